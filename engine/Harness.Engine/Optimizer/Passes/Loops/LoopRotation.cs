using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Loops;

/// <summary>
/// Turns loops that test at the top into loops that test at the bottom: a copy of the header decides whether the loop is entered
/// at all, and the header itself becomes the loop's end. Each iteration then makes one jump less.
/// </summary>
internal sealed class LoopRotation : IPass
{
    /// <summary>Largest header that is copied, in nodes.</summary>
    private const int MaxHeaderSize = 12;

    /// <inheritdoc/>
    public string Name => "rotate";

    /// <inheritdoc/>
    public Analyses Run(Graph graph)
    {
        var flow = graph.Analyses.ControlFlow;
        var candidates = flow.Loops.FindAll(loop => IsTopTested(graph, loop));
        if (candidates.Count == 0)
        {
            return Analyses.All;
        }

        List<(Block Header, int Inside)> tests = candidates.ConvertAll(
            static loop => (loop.Header, loop.Contains(loop.Header.Successors[0].Target) ? 0 : 1));
        LoopCopy.InsertBefore(graph, flow, candidates.ConvertAll(CopiedRegion.HeaderOf));
        foreach (var (header, inside) in tests)
        {
            // Control goes into the loop, and back, to the block behind the test now.
            header.IsLoopHeader = false;
            graph.Blocks[header.Successors[inside].Target].IsLoopHeader = true;
        }

        return Analyses.None;
    }

    /// <summary>Whether a loop's header does little but decide whether to go on, and another block goes back to it.</summary>
    private static bool IsTopTested(Graph graph, Loop loop)
    {
        var header = loop.Header;
        if (header.Terminator.Kind != TerminatorKind.Branch || header.Nodes.Count > MaxHeaderSize
            || loop.Contains(header.Successors[0].Target) == loop.Contains(header.Successors[1].Target)
            || loop.BackEdgeSources.Contains(header.Id))
        {
            return false;
        }

        return loop.BackEdgeSources.TrueForAll(source => graph.Blocks[source].Terminator.Kind == TerminatorKind.Jump);
    }
}
