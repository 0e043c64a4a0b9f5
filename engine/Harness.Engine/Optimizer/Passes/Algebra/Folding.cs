using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Algebra;

/// <summary>
/// Constant folding and the rules of algebra, in one walk over the blocks in reverse postorder: an operator is looked at after its
/// inputs, so that one walk is enough but for values that go around loops.
/// </summary>
internal sealed class Folding : IPass
{
    /// <inheritdoc/>
    public string Name => "fold";

    /// <inheritdoc/>
    public Analyses Run(Graph graph)
    {
        var rewriter = new NodeRewriter(graph);
        foreach (var block in graph.Analyses.Order)
        {
            rewriter.Visit(block);
        }

        rewriter.PlaceConstants();
        return Analyses.All;
    }
}
