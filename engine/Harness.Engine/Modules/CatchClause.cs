namespace Harness.Engine.Modules;

/// <summary>What a clause of <c>try_table</c> catches and what it passes to its label.</summary>
internal enum CatchKind : byte
{
    /// <summary>One tag; passes the values.</summary>
    Catch,

    /// <summary>One tag; passes the values and the exception.</summary>
    CatchRef,

    /// <summary>Everything; passes nothing.</summary>
    CatchAll,

    /// <summary>Everything; passes the exception.</summary>
    CatchAllRef,
}

/// <summary>One clause of <c>try_table</c>.</summary>
/// <param name="Kind">What is caught.</param>
/// <param name="TagIndex">The tag, or -1 for the kinds that catch everything.</param>
/// <param name="Label">The label to branch to, counted from outside the block.</param>
internal readonly record struct CatchClause(CatchKind Kind, int TagIndex, uint Label);
