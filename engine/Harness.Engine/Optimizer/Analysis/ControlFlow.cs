using System.Runtime.InteropServices;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Analysis;

/// <summary>
/// The shape of a graph's control flow: reverse postorder, predecessors, dominators and loops. It describes the graph as it was
/// when it was made; a pass that changes blocks or edges makes a new one.
/// </summary>
/// <remarks>
/// WebAssembly's control is structured, so that every loop is a natural one: the dominator of a block is the nearest common one of the
/// predecessors that come before it in reverse postorder.
/// </remarks>
internal sealed class ControlFlow
{
    /// <summary>Loops that are kept to describe those of another graph.</summary>
    private const int MostKeptLoops = 1 << 13;

    private readonly List<Loop?> _innermost = [];
    private readonly Stack<Loop> _keptLoops = new();

    /// <summary>Over places in <see cref="Order"/>.</summary>
    private readonly DominatorTree _tree = new();
    private Graph _graph = null!;
    private int _blockCount;
    private int[] _position = [];
    private int[] _firstChild = [];
    private int[] _sibling = [];
    private int[] _treeEntry = [];
    private int[] _treeExit = [];
    private Dictionary<Loop, Loop> _outermost = [];

    /// <summary>Makes an analysis that is still to be run.</summary>
    public ControlFlow()
    {
    }

    /// <summary>Analyses a graph, and fills <see cref="Block.Predecessors"/>.</summary>
    public ControlFlow(Graph graph) => Run(graph, OrderOf(graph));

    /// <summary>Analyses a graph whose order and predecessors are known.</summary>
    public void Run(Graph described, List<Block> order)
    {
        _graph = described;
        Order = order;
        _blockCount = _graph.Blocks.Count;
        MakeRoom();
        Array.Fill(_position, -1, 0, _blockCount);
        for (var i = 0; i < Order.Count; i++)
        {
            _position[Order[i].Id] = i;
        }

        CollectionsMarshal.SetCount(_innermost, _blockCount);
        ComputeDominators();
        NumberDominatorTree();
        FindLoops();
    }

    /// <summary>Lets go of the graph.</summary>
    public void Forget()
    {
        _graph = null!;
        Order = [];
        foreach (var loop in Loops)
        {
            loop.Forget();
            if (_keptLoops.Count < MostKeptLoops)
            {
                _keptLoops.Push(loop);
            }
        }

        Loops.Clear();
        _innermost.Clear();
        if (_outermost.Count > 0)
        {
            _outermost = [];
        }
    }

    /// <summary>The reachable blocks in reverse postorder.</summary>
    public List<Block> Order { get; private set; } = [];

    /// <summary>The loops, inner ones before those around them.</summary>
    public List<Loop> Loops { get; } = [];

    /// <summary>Whether control can come to a block.</summary>
    public bool IsReachable(int block) => _position[block] >= 0;

    /// <summary>Whether a block existed when the graph was analysed.</summary>
    public bool IsKnown(int block) => block < _blockCount;

    /// <summary>A block's place in <see cref="Order"/>.</summary>
    public int PositionOf(int block) => _position[block];

    /// <summary>The immediate dominator of a block; the entry's is itself.</summary>
    public Block DominatorOf(Block block) => Order[_tree[_position[block.Id]]];

    /// <summary>Whether every path to a block leads through another one, or they are the same.</summary>
    public bool Dominates(int block, int other)
    {
        var a = _position[block];
        var b = _position[other];
        return _treeEntry[a] <= _treeEntry[b] && _treeExit[b] <= _treeExit[a];
    }

    /// <summary>The nearest block that every path to any of some blocks leads through.</summary>
    /// <param name="blocks">Ids of blocks that can be reached; at least one.</param>
    public int CommonDominatorOf(List<int> blocks)
    {
        var common = _position[blocks[0]];
        foreach (var block in blocks)
        {
            common = _tree.Common(_position[block], common);
        }

        return Order[common].Id;
    }

    /// <summary>The innermost loop around a block, or null.</summary>
    public Loop? LoopOf(int block) => block < _innermost.Count ? _innermost[block] : null;

    /// <summary>Notes a block made since, as one of a loop.</summary>
    public void Adopt(int block, Loop? loop)
    {
        CollectionsMarshal.SetCount(_innermost, Math.Max(_innermost.Count, block + 1));
        _innermost[block] = loop;
    }

    /// <summary>The first of the blocks that a block immediately dominates; null if there is none.</summary>
    public Block? FirstChildOf(Block block) => _firstChild[_position[block.Id]] is >= 0 and int child ? Order[child] : null;

    /// <summary>The next block with the same immediate dominator; null if there is none.</summary>
    public Block? NextSiblingOf(Block block) => _sibling[_position[block.Id]] is >= 0 and int next ? Order[next] : null;

    private static List<Block> OrderOf(Graph graph)
    {
        var order = graph.ReversePostorder();
        graph.ComputePredecessors(order);
        return order;
    }

    private void MakeRoom()
    {
        if (_position.Length < _blockCount)
        {
            _position = new int[Math.Max(_blockCount, 2 * _position.Length)];
        }

        if (_firstChild.Length < Order.Count)
        {
            var room = Math.Max(Order.Count, 2 * _firstChild.Length);
            _firstChild = new int[room];
            _sibling = new int[room];
            _treeEntry = new int[room];
            _treeExit = new int[room];
        }
    }

    private void ComputeDominators()
    {
        _tree.Begin(Order.Count);
        for (var i = 1; i < Order.Count; i++)
        {
            var dominator = -1;
            foreach (var predecessor in Order[i].Predecessors)
            {
                var p = _position[predecessor];
                if (p < i)
                {
                    dominator = dominator < 0 ? p : _tree.Common(p, dominator);
                }
            }

            _tree.Add(i, dominator);
        }
    }

    private void NumberDominatorTree()
    {
        Array.Fill(_firstChild, -1, 0, Order.Count);
        Array.Fill(_sibling, -1, 0, Order.Count);
        for (var i = Order.Count - 1; i > 0; i--)
        {
            _sibling[i] = _firstChild[_tree[i]];
            _firstChild[_tree[i]] = i;
        }

        var time = 0;
        var node = 0;
        _treeEntry[0] = time++;
        while (true)
        {
            if (_firstChild[node] >= 0)
            {
                node = _firstChild[node];
                _treeEntry[node] = time++;
                continue;
            }

            _treeExit[node] = time++;
            while (node != 0 && _sibling[node] < 0)
            {
                node = _tree[node];
                _treeExit[node] = time++;
            }

            if (node == 0)
            {
                return;
            }

            node = _sibling[node];
            _treeEntry[node] = time++;
        }
    }

    private void FindLoops()
    {
        // Headers from the last to the first: an inner loop's header comes after the outer one's, so that a block meets its
        // innermost loop first.
        var work = new Stack<int>();
        for (var i = Order.Count - 1; i >= 0; i--)
        {
            var header = Order[i];
            Loop? loop = null;
            foreach (var predecessor in header.Predecessors)
            {
                if (_position[predecessor] >= i && Dominates(header.Id, predecessor))
                {
                    loop ??= NewLoop(header);
                    loop.BackEdgeSources.Add(predecessor);
                    work.Push(predecessor);
                }
            }

            // A block that no longer begins a loop may be skipped.
            var isHeader = loop is not null;
            _graph.IsControlSimple &= header.IsLoopHeader == isHeader;
            header.IsLoopHeader = isHeader;
            if (loop is not null)
            {
                Loops.Add(loop);
                FindBlocks(loop, work);
            }
        }

        NumberLoops();
    }

    private Loop NewLoop(Block header)
    {
        if (!_keptLoops.TryPop(out var loop))
        {
            loop = new Loop(this);
        }

        loop.Begin(header);
        return loop;
    }

    /// <summary>Goes back from the back edges to the header; inner loops are passed as a whole.</summary>
    private void FindBlocks(Loop loop, Stack<int> work)
    {
        _innermost[loop.Header.Id] ??= loop;
        while (work.TryPop(out var block))
        {
            if (block == loop.Header.Id)
            {
                continue;
            }

            if (_innermost[block] is not { } inner)
            {
                _innermost[block] = loop;
                loop.OwnBlocks.Add(block);
                PushAll(work, _graph.Blocks[block].Predecessors);
                continue;
            }

            inner = OutermostOf(inner);
            if (inner == loop)
            {
                continue;
            }

            inner.Parent = loop;
            _outermost.Add(inner, loop);
            loop.Inner.Add(inner);
            PushAll(work, inner.Header.Predecessors);
        }
    }

    /// <summary>The outermost loop found so far around one.</summary>
    private Loop OutermostOf(Loop loop)
    {
        while (_outermost.TryGetValue(loop, out var outer))
        {
            if (_outermost.TryGetValue(outer, out var further))
            {
                _outermost[loop] = further;
            }

            loop = outer;
        }

        return loop;
    }

    /// <summary>Numbers the loops so that those inside one have the numbers after its own.</summary>
    private void NumberLoops()
    {
        var next = 0;
        var work = new Stack<Loop>();
        foreach (var outer in Loops)
        {
            if (outer.Parent is null)
            {
                work.Push(outer);
            }

            while (work.TryPop(out var loop))
            {
                loop.First = loop.Last = next++;
                loop.Inner.ForEach(work.Push);
            }
        }

        foreach (var loop in Loops)
        {
            if (loop.Parent is { } parent)
            {
                parent.Last = Math.Max(parent.Last, loop.Last);
            }
        }
    }

    private static void PushAll(Stack<int> work, in ShortList blocks)
    {
        foreach (var block in blocks)
        {
            work.Push(block);
        }
    }
}
