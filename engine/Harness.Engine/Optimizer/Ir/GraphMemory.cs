using System.Runtime.InteropServices;
using Harness.Engine.Optimizer.Analysis;

namespace Harness.Engine.Optimizer.Ir;

/// <summary>
/// The arrays that the nodes of a graph and their inputs lie in, its blocks, and what is known of it. They serve one graph after the other: to get new memory for those
/// of a large function, and to have what lives of it copied by collections, takes as long as to work on them.
/// </summary>
internal sealed class GraphMemory
{
    /// <summary>Most blocks that are kept for later graphs; with their lists they take about half a kilobyte each.</summary>
    private const int MostKeptBlocks = 1 << 16;

    private readonly List<Block> _keptBlocks = [];
    private Node[] _nodes = new Node[256];
    private int[] _inputs = new int[512];
    private int[] _ofBlocks = [];

    /// <summary>The nodes by id; what lies behind those of the graph is left over from others.</summary>
    public Node[] Nodes => _nodes;

    /// <summary>The inputs of all nodes.</summary>
    public int[] Inputs => _inputs;

    /// <summary>The blocks of the graph.</summary>
    public List<Block> Blocks { get; } = [];

    /// <summary>The analyses of the graph.</summary>
    public AnalysisMemory Analyses { get; } = new();

    /// <summary>The operators of the graph.</summary>
    public OperatorSet Operators { get; } = new();

    /// <summary>A stack for a walk over the blocks, which leaves it empty.</summary>
    public Stack<Block> BlockStack { get; } = new();

    /// <summary>Takes the blocks of the graph back: from here on they are used again.</summary>
    public void ClearBlocks()
    {
        foreach (var block in CollectionsMarshal.AsSpan(_keptBlocks)[..Math.Min(Blocks.Count, _keptBlocks.Count)])
        {
            block.Clear();
        }

        Blocks.Clear();
    }

    /// <summary>Adds an empty block to those of the graph.</summary>
    public Block NewBlock()
    {
        var id = Blocks.Count;
        var block = id < _keptBlocks.Count ? _keptBlocks[id] : new Block(id);
        if (id == _keptBlocks.Count && id < MostKeptBlocks)
        {
            _keptBlocks.Add(block);
        }

        Blocks.Add(block);
        return block;
    }

    /// <summary>A number for each block, 0 at first, for a walk over them.</summary>
    /// <param name="count">How many blocks there are.</param>
    public Span<int> ZerosForBlocks(int count)
    {
        if (_ofBlocks.Length < count)
        {
            _ofBlocks = new int[Math.Max(count, 2 * _ofBlocks.Length)];
        }

        var numbers = _ofBlocks.AsSpan(0, count);
        numbers.Clear();
        return numbers;
    }

    /// <summary>Lets go of the graph, and of what a very large one had for blocks.</summary>
    public void Forget()
    {
        Analyses.TakeBackAll();
        ClearBlocks();
        if (Blocks.Capacity > MostKeptBlocks)
        {
            Blocks.Capacity = 0;
        }
    }

    /// <summary>Doubles the room for nodes.</summary>
    /// <returns>The array, which has the nodes that were there.</returns>
    public Node[] GrowNodes()
    {
        Array.Resize(ref _nodes, _nodes.Length * 2);
        return _nodes;
    }

    /// <summary>Makes more room for inputs.</summary>
    /// <param name="least">How many there must be room for at least.</param>
    /// <returns>The array, which has the inputs that were there.</returns>
    public int[] GrowInputs(int least)
    {
        Array.Resize(ref _inputs, Math.Max(_inputs.Length * 2, least));
        return _inputs;
    }
}
