using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Ranges;

/// <summary>
/// Removes checks that an index is below a length where that follows from what is known on all ways to the check: from other
/// comparisons, and, for a loop's counter, from where it starts and how it goes on. Proofs are made on demand, check by check (after
/// Bodík, Gupta and Sarkar, "ABCD: Eliminating Array Bounds Checks on Demand", 2000), on the dominator tree.
/// </summary>
internal sealed class RangeCheckElimination : IPass
{
    /// <inheritdoc/>
    public string Name => "range-check-elimination";

    /// <inheritdoc/>
    public Analyses Run(Graph graph)
    {
        if (!graph.Operators.Contains(IrOp.TrapUnless))
        {
            return Analyses.All;
        }

        BoundsProver? prover = null;
        foreach (var block in graph.Analyses.Order)
        {
            for (var i = 0; i < block.Nodes.Count; i++)
            {
                graph.Budget.CountStep();
                var id = block.Nodes[i];
                if (graph[id].Op == IrOp.TrapUnless
                    && graph.Input(id, 0) is int condition && graph[condition].Op == Opcode.I32LtU
                    && (prover ??= new BoundsProver(graph, graph.Analyses.ControlFlow))
                        .IsBelow(graph.Input(condition, 0), graph.Input(condition, 1), new KnownFacts.Point(block.Id, i)))
                {
                    graph.Remove(id);
                }
            }
        }

        return Analyses.All;
    }
}
