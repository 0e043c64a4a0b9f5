using System.Collections.Concurrent;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Numbering;

/// <summary>What <see cref="ValueNumbering"/> may remove.</summary>
[Flags]
internal enum Redundancies
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A computation whose value a dominating one has.</summary>
    Computations = 1,

    /// <summary>A load of what was loaded or stored before and cannot have changed.</summary>
    Loads = 2,

    /// <summary>A check or branch that a dominating one decides.</summary>
    Checks = 4,

    /// <summary>A type test, cast or null check that static types or dominating ones decide.</summary>
    Casts = 8,
}

/// <summary>
/// Global value numbering over the dominator tree: a node is replaced by an equal one that dominates it. What depends on state
/// (memory, tables, globals, sizes) is equal only in the same version of that state; a version ends with every write, and where
/// control comes together with different versions, or a loop writes, a new one begins. Guards, traps and branches on conditions
/// that a dominating check has decided go as well: after the peeling of a loop its checks of what does not change are such.
/// Behind a check of a reference's type, its uses see what the check has established.
/// </summary>
internal sealed class ValueNumbering(Redundancies redundancies) : IPass
{
    /// <summary>The memory of walks that are over: in a large function what is known of values is as much as the graph.</summary>
    private readonly ConcurrentStack<ValueNumberingMemory> _memories = [];

    /// <inheritdoc/>
    public string Name => "gvn";

    /// <inheritdoc/>
    public Analyses Run(Graph graph)
    {
        if (!_memories.TryPop(out var memory))
        {
            memory = new ValueNumberingMemory();
        }

        try
        {
            var walk = new ValueNumberingWalk(graph, redundancies, memory);
            walk.Run();
            return walk.HasRemovedEdges ? Analyses.None : Analyses.All;
        }
        finally
        {
            memory.Forget();
            _memories.Push(memory);
        }
    }
}
