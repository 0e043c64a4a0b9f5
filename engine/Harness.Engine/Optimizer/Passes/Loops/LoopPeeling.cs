using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Loops;

/// <summary>
/// Peels the first iteration off innermost loops: a copy of the loop's blocks runs before it. What does not change in the loop
/// has then been loaded and checked before the loop, and value numbering removes it from the loop, guards included; each
/// guard of the copy keeps the frame state of its place.
/// </summary>
internal sealed class LoopPeeling(int maxSize) : IPass
{
    /// <inheritdoc/>
    public string Name => "peel";

    /// <inheritdoc/>
    public Analyses Run(Graph graph)
    {
        var flow = graph.Analyses.ControlFlow;
        var candidates = flow.Loops.FindAll(loop => loop.IsInnermost && IsWorthwhile(graph, loop));
        if (candidates.Count == 0)
        {
            return Analyses.All;
        }

        LoopCopy.InsertBefore(graph, flow, candidates.ConvertAll(loop => CopiedRegion.WholeOf(graph, loop)));
        return Analyses.None;
    }

    /// <summary>Whether a loop is small enough, and checks or reads something that it does not change.</summary>
    private bool IsWorthwhile(Graph graph, Loop loop)
    {
        var size = 0;
        var isWorthwhile = false;
        foreach (var block in loop.OwnBlocks)
        {
            size += graph.Blocks[block].Nodes.Count;
            if (size > maxSize)
            {
                return false;
            }

            foreach (var id in graph.Blocks[block].Nodes)
            {
                var effects = OperatorTable.EffectsOf(graph, id);
                isWorthwhile |= (effects & Effects.Pinned) == 0
                    && (effects & (Effects.Traps | Effects.Deoptimizes | StateVersions.Reads)) != 0
                    && DependsOnInvariants(graph, loop, id, depth: 3);
            }
        }

        return isWorthwhile;
    }

    private static bool DependsOnInvariants(Graph graph, Loop loop, int id, int depth)
    {
        foreach (var input in graph.Inputs(id))
        {
            if (loop.Contains(graph[input].Block)
                && (depth == 0
                    || (OperatorTable.EffectsOf(graph, input) & (Effects.Pinned | Effects.AnyWrite)) != 0
                    || !DependsOnInvariants(graph, loop, input, depth - 1)))
            {
                return false;
            }
        }

        return true;
    }
}
