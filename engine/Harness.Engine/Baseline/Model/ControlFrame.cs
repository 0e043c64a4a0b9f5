using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Model;

/// <summary>What opened a label.</summary>
internal enum ControlKind : byte
{
    /// <summary>The function itself: branches to it return.</summary>
    Function,

    /// <summary><c>block</c>.</summary>
    Block,

    /// <summary><c>loop</c>: branches to it go back to its start.</summary>
    Loop,

    /// <summary><c>if</c>, before its <c>else</c>.</summary>
    If,

    /// <summary><c>if</c>, after its <c>else</c>.</summary>
    Else,

    /// <summary><c>try_table</c>.</summary>
    TryTable,

    /// <summary><c>try</c> of the legacy instructions, before its first <c>catch</c>.</summary>
    Try,

    /// <summary><c>try</c> of the legacy instructions, in a <c>catch</c> or <c>catch_all</c>: the exception is below the operands.</summary>
    Catch,
}

/// <summary>A label that is open at the current instruction.</summary>
internal struct ControlFrame
{
    /// <summary>What opened it.</summary>
    public ControlKind Kind;

    /// <summary>Whether <see cref="State"/> is settled: something branches to <see cref="Label"/>.</summary>
    public bool IsTarget;

    /// <summary>The block's type.</summary>
    public BlockSignature Signature;

    /// <summary>Height of the stack below the block's parameters.</summary>
    public int BaseHeight;

    /// <summary>Number of values that a branch to the label takes along.</summary>
    public int BranchArity;

    /// <summary>Where branches go: the end, or the start of a loop.</summary>
    public Label Label;

    /// <summary>Where an <c>if</c> goes when its condition is false, or a <c>catch</c> when the exception has another tag.</summary>
    public Label ElseLabel;

    /// <summary>Where in the saved states that of <see cref="Label"/> lies.</summary>
    public int State;

    /// <summary>Where in the saved states that of <see cref="ElseLabel"/> lies.</summary>
    public int ElseState;

    /// <summary>The registers that values are in in that state.</summary>
    public uint ElseRegisters;

    /// <summary>End of the saved states when the block was opened.</summary>
    public int OuterStates;

    /// <summary>Number of chunks of states when the block was opened.</summary>
    public int OuterChunks;

    /// <summary>Its place among the open labels.</summary>
    public int Place;

    /// <summary>
    /// Place of the outermost label whose state was settled while this one was the innermost: chunks of that state may have been made here.
    /// </summary>
    public int OutermostSettled;

    /// <summary>The block's number in the <see cref="BodyScan"/>.</summary>
    public int Summary;

    /// <summary>Where in the saved states that of the landing pad lies, of a block that catches.</summary>
    public int HandlerState;

    /// <summary>The number of the landing pad, of a block that catches; -1 as long as nothing throws to it.</summary>
    public int LandingPad;

    /// <summary>Index in the open labels of the next block around a block that catches which does so as well; -1 if there is none.</summary>
    public int OuterCatcher;

    /// <summary>Offset in the module's bytes of the clauses of a <c>try_table</c>.</summary>
    public int Clauses;

    /// <summary>The branch table, by number, that <see cref="Landing"/> belongs to.</summary>
    public int LandingTable;

    /// <summary>Where entries of that branch table go: <see cref="Label"/>, or where values are moved before.</summary>
    public Label Landing;

    /// <summary>Height of the stack where <see cref="Label"/> is bound.</summary>
    public readonly int TargetHeight => BaseHeight + BranchArity;

    /// <summary>Height of the stack where <see cref="ElseLabel"/> of an <c>if</c> is bound.</summary>
    public readonly int ElseHeight => BaseHeight + Signature.ParameterCount;
}
