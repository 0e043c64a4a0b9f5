using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Analysis;

/// <summary>An edge, seen from where it leads.</summary>
/// <param name="Source">Id of the block that it comes from.</param>
/// <param name="Index">Which of that block's edges it is.</param>
internal readonly record struct IncomingEdge(int Source, int Index);

/// <summary>The edges that lead to each block, found in one walk however many ways a switch has.</summary>
internal sealed class IncomingEdges
{
    private Graph graph = null!;
    private int[] start = [];
    private IncomingEdge[] edges = [];

    /// <summary>Finds the edges between reachable blocks.</summary>
    public void Run(Graph described, List<Block> order)
    {
        graph = described;
        int count = graph.Blocks.Count + 2;
        if (start.Length < count)
        {
            start = new int[Math.Max(count, 2 * start.Length)];
        }

        Array.Clear(start, 0, count);
        foreach (Block block in order)
        {
            foreach (Edge edge in block.Successors)
            {
                start[edge.Target + 2]++;
            }
        }

        for (int i = 2; i < count; i++)
        {
            start[i] += start[i - 1];
        }

        if (edges.Length < start[count - 1])
        {
            edges = new IncomingEdge[Math.Max(start[count - 1], 2 * edges.Length)];
        }

        foreach (Block block in order)
        {
            for (int i = 0; i < block.Successors.Length; i++)
            {
                edges[start[block.Successors[i].Target + 1]++] = new IncomingEdge(block.Id, i);
            }
        }
    }

    /// <summary>Lets go of the graph.</summary>
    public void Forget() => graph = null!;

    /// <summary>The edges to a block, in the order of their sources.</summary>
    public ReadOnlySpan<IncomingEdge> Of(Block block) => edges.AsSpan(start[block.Id]..start[block.Id + 1]);

    /// <summary>The arguments of an edge as they are now.</summary>
    public int[] ArgumentsOf(IncomingEdge edge) => graph.Blocks[edge.Source].Successors[edge.Index].Arguments;
}
