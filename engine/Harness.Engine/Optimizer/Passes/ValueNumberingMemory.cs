using Harness.Engine.Optimizer.Analysis;

namespace Harness.Engine.Optimizer.Passes;

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

    /// <summary>Forgets what is known, and lets go of the graph.</summary>
    public void Forget()
    {
        Table.Shrink(0);
        Conditions.Forget(0);
        Versions.Forget();
        Output.Clear();
    }
}
