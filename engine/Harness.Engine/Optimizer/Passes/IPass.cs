using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes;

/// <summary>A transformation of a graph that keeps what it computes.</summary>
internal interface IPass
{
    /// <summary>Name in dumps; the knob that turns it off is <c>pass.</c> and this.</summary>
    string Name { get; }

    /// <summary>
    /// Transforms a graph, which has no aliases. Whoever runs the pass removes those that it makes. Work that is not in proportion to the
    /// graph is drawn on <see cref="Graph.Budget"/>. A pass that gives edges other arguments, or takes nodes out of blocks that may be empty then, and leaves the order of blocks as it is, says
    /// so by <see cref="Graph.IsControlSimple"/>; whatever replaces, removes or rewrites nodes has said so.
    /// </summary>
    /// <returns>The analyses that still hold.</returns>
    Analyses Run(Graph graph);
}
