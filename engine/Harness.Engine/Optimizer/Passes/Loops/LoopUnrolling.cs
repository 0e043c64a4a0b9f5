using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Loops;

/// <summary>
/// Unrolls small innermost loops that call nothing: their blocks are doubled until they are there as often as asked for.
/// Every copy still decides whether to go on, so that nothing has to be known about the number of iterations; what is saved are
/// jumps and interrupt checks, and folding finds sums over several iterations.
/// </summary>
/// <param name="maxFactor">How often the loop's body is there at most, afterwards.</param>
/// <param name="maxSize">Largest size of an unrolled loop, in nodes.</param>
internal sealed class LoopUnrolling(int maxFactor, int maxSize) : IPass
{
    /// <inheritdoc/>
    public string Name => "unroll";

    /// <inheritdoc/>
    public Analyses Run(Graph graph)
    {
        for (var factor = 2; factor <= maxFactor; factor *= 2)
        {
            var flow = graph.Analyses.ControlFlow;
            var candidates = flow.Loops.FindAll(loop => loop.IsInnermost && IsWorthwhile(graph, loop));
            if (candidates.Count == 0)
            {
                return factor == 2 ? Analyses.All : Analyses.None;
            }

            LoopCopy.InsertBehind(graph, flow, candidates.ConvertAll(loop => CopiedRegion.WholeOf(graph, loop)));
            graph.Analyses.Keep(Analyses.None);
        }

        return Analyses.None;
    }

    /// <summary>Whether a loop calls nothing and is small enough to be doubled.</summary>
    private bool IsWorthwhile(Graph graph, Loop loop)
    {
        var size = 0;
        foreach (var block in loop.OwnBlocks)
        {
            foreach (var id in graph.Blocks[block].Nodes)
            {
                size++;
                if (2 * size > maxSize || (OperatorTable.EffectsOf(graph, id) & Effects.Call) == Effects.Call)
                {
                    return false;
                }
            }
        }

        return true;
    }
}
