using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Analysis;

/// <summary>An edge, seen from where it leads.</summary>
/// <param name="Source">Id of the block that it comes from.</param>
/// <param name="Index">Which of that block's edges it is.</param>
internal readonly record struct IncomingEdge(int Source, int Index);

/// <summary>The edges that lead to each block, found in one walk however many ways a switch has.</summary>
internal sealed class IncomingEdges
{
    private readonly Graph graph;
    private readonly int[] start;
    private readonly IncomingEdge[] edges;

    /// <summary>Finds the edges between reachable blocks.</summary>
    public IncomingEdges(Graph graph, List<Block> order)
    {
        this.graph = graph;
        start = new int[graph.Blocks.Count + 2];
        foreach (Block block in order)
        {
            foreach (Edge edge in block.Successors)
            {
                start[edge.Target + 2]++;
            }
        }

        for (int i = 2; i < start.Length; i++)
        {
            start[i] += start[i - 1];
        }

        edges = new IncomingEdge[start[^1]];
        foreach (Block block in order)
        {
            for (int i = 0; i < block.Successors.Length; i++)
            {
                edges[start[block.Successors[i].Target + 1]++] = new IncomingEdge(block.Id, i);
            }
        }
    }

    /// <summary>The edges to a block, in the order of their sources.</summary>
    public ReadOnlySpan<IncomingEdge> Of(Block block) => edges.AsSpan(start[block.Id]..start[block.Id + 1]);

    /// <summary>The arguments of an edge as they are now.</summary>
    public int[] ArgumentsOf(IncomingEdge edge) => graph.Blocks[edge.Source].Successors[edge.Index].Arguments;
}
