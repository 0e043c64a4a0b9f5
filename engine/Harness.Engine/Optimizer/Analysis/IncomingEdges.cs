using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Analysis;

/// <summary>An edge, seen from where it leads.</summary>
/// <param name="Source">Id of the block that it comes from.</param>
/// <param name="Index">Which of that block's edges it is.</param>
internal readonly record struct IncomingEdge(int Source, int Index);

/// <summary>The edges that lead to each block, found in one walk however many ways a switch has.</summary>
internal sealed class IncomingEdges
{
    private Graph _graph = null!;
    private int[] _start = [];
    private IncomingEdge[] _edges = [];

    /// <summary>Finds the edges between reachable blocks.</summary>
    public void Run(Graph described, List<Block> order)
    {
        _graph = described;
        var count = _graph.Blocks.Count + 2;
        if (_start.Length < count)
        {
            _start = new int[Math.Max(count, 2 * _start.Length)];
        }

        Array.Clear(_start, 0, count);
        foreach (var block in order)
        {
            foreach (var edge in block.Successors)
            {
                _start[edge.Target + 2]++;
            }
        }

        for (var i = 2; i < count; i++)
        {
            _start[i] += _start[i - 1];
        }

        if (_edges.Length < _start[count - 1])
        {
            _edges = new IncomingEdge[Math.Max(_start[count - 1], 2 * _edges.Length)];
        }

        foreach (var block in order)
        {
            for (var i = 0; i < block.Successors.Length; i++)
            {
                _edges[_start[block.Successors[i].Target + 1]++] = new IncomingEdge(block.Id, i);
            }
        }
    }

    /// <summary>Lets go of the graph.</summary>
    public void Forget() => _graph = null!;

    /// <summary>The edges to a block, in the order of their sources.</summary>
    public ReadOnlySpan<IncomingEdge> Of(Block block) => _edges.AsSpan(_start[block.Id].._start[block.Id + 1]);

    /// <summary>The arguments of an edge as they are now.</summary>
    public int[] ArgumentsOf(IncomingEdge edge) => _graph.Blocks[edge.Source].Successors[edge.Index].Arguments;
}
