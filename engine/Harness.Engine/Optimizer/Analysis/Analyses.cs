namespace Harness.Engine.Optimizer.Analysis;

/// <summary>The analyses of a graph that are kept from pass to pass, by name.</summary>
[Flags]
internal enum Analyses
{
    /// <summary>None: blocks or edges may have changed.</summary>
    None = 0,

    /// <summary>The order of the reachable blocks and their predecessors.</summary>
    Order = 1,

    /// <summary>Dominators and loops; they need the order.</summary>
    ControlFlow = 2 | Order,

    /// <summary>All of them: nodes may have changed, blocks and edges have not.</summary>
    All = ControlFlow,
}
