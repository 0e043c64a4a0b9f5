using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Passes.Loops;

/// <summary>
/// Blocks of a loop that are copied, the header first: the whole loop when it is peeled or unrolled, its header alone when it is
/// rotated.
/// </summary>
internal sealed class CopiedRegion
{
    private CopiedRegion(Loop loop, List<int> blocks)
    {
        Loop = loop;
        Blocks = blocks;
    }

    /// <summary>The loop.</summary>
    public Loop Loop { get; }

    /// <summary>Ids of the blocks that are copied.</summary>
    public List<int> Blocks { get; }

    /// <summary>All of a loop, and the blocks by which exceptions of its calls leave it: no other call leads to those.</summary>
    public static CopiedRegion WholeOf(Graph graph, Loop loop)
    {
        List<int> blocks = [.. loop.AllBlocks];
        var count = blocks.Count;
        for (var i = 0; i < count; i++)
        {
            var block = graph.Blocks[blocks[i]];
            if (block.Terminator.Kind == TerminatorKind.Invoke && !loop.Contains(block.Successors[1].Target))
            {
                blocks.Add(block.Successors[1].Target);
            }
        }

        return new CopiedRegion(loop, blocks);
    }

    /// <summary>A loop's header.</summary>
    public static CopiedRegion HeaderOf(Loop loop) => new(loop, [loop.Header.Id]);
}
