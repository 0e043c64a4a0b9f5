using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Numbering;

/// <summary>What a walk of <see cref="ValueNumbering"/> knows at a place, and its buffers. It serves one walk after the other, each of which begins with nothing.</summary>
internal sealed class ValueNumberingMemory
{
    /// <summary>The values that are computed already.</summary>
    public ValueTable Table { get; } = new();

    /// <summary>The conditions that were decided.</summary>
    public KnownConditions Conditions { get; } = new();

    /// <summary>The versions of mutable state.</summary>
    public StateVersions Versions { get; } = new();

    /// <summary>The nodes of a block that stay.</summary>
    public List<int> Output { get; } = [];

    /// <summary>The blocks on the way from the entry to where the walk is, with what is to be visited below them.</summary>
    public Stack<Step> Steps { get; } = new();

    /// <summary>Forgets what is known, and lets go of the graph.</summary>
    public void Forget()
    {
        Steps.Clear();
        Table.Shrink(0);
        Conditions.Forget(0);
        Versions.Forget();
        Output.Clear();
    }

    /// <summary>A block on the way.</summary>
    /// <param name="Block">The block.</param>
    /// <param name="Child">The first of the blocks below it in the dominator tree that are still to be visited; null if there is none.</param>
    /// <param name="Marks">How much was known before it.</param>
    public readonly record struct Step(Block Block, Block? Child, Marks Marks);

    /// <summary>How much was known at a place of the walk.</summary>
    public readonly record struct Marks(int Table, int Conditions, int References);
}
