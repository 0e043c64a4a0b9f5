using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Lowering;

/// <summary>
/// Decides the order in which blocks are emitted: each after its dominators, loops in one piece, the likely successor right
/// after its block, cold blocks at the end. Edges that moves have no other place on get a block of their own.
/// </summary>
internal sealed class BlockOrder
{
    /// <summary>A block is cold if it runs less often than this, measured by the innermost loop's header or the function.</summary>
    private const double ColdFrequency = 0.01;

    /// <summary>So many edges of a block at most are compared with each other rather than looked up.</summary>
    private const int ComparedEdges = 8;

    private const int None = -1;

    private readonly PriorityQueue<int, (int Shallowness, int Age)> _ready = new();
    private readonly GrowList<int> _newlyReady = new();
    private readonly GrowList<Place> _hot = new();
    private readonly GrowList<Place> _cold = new();
    private readonly GrowList<int> _previousEdgeBlock = new();
    private readonly GrowList<int> _edgeBlocks = new();
    private readonly GrowList<int> _lastSources = new();
    private readonly Dictionary<Edge, int> _firstEdges = new(new EdgeComparer());
    private readonly GrowList<int> _firstEquals = new();
    private readonly Comparison<int> _byFrequency;
    private Graph _graph = null!;
    private List<Block> _blocks = null!;
    private BlockState[] _states = new BlockState[64];
    private int _readyCount;

    /// <summary>Makes what can order graphs, one after the other.</summary>
    public BlockOrder() => _byFrequency = CompareFrequencies;

    /// <summary>Lets go of the graph.</summary>
    public void Forget()
    {
        _graph = null!;
        _blocks = null!;
    }

    /// <summary>Puts the blocks of a graph into <paramref name="code"/>, still without instructions.</summary>
    /// <param name="code">The code to begin.</param>
    /// <param name="outOfLine">Whether cold blocks go to the end.</param>
    public void Run(LirCode code, bool outOfLine)
    {
        _graph = code.Graph;
        _blocks = _graph.Blocks;
        var order = _graph.Analyses.Order;
        if (_states.Length < _blocks.Count)
        {
            _states = new BlockState[_blocks.Count * 2];
        }

        for (var i = 0; i < order.Count; i++)
        {
            _states[order[i].Id] = new BlockState { Position = i, Loop = None, LoopParent = None, LastEdgeBlock = None };
        }

        FindLoops(order);
        if (outOfLine)
        {
            FindColdBlocks(order);
        }

        PlaceBlocks(order);
        MakeBlocks(code);
    }

    private void FindLoops(List<Block> order)
    {
        if (!order.Exists(IsLoopHeader))
        {
            return;
        }

        var flow = _graph.Analyses.ControlFlow;
        foreach (var block in order)
        {
            if (flow.LoopOf(block.Id) is not { } loop)
            {
                continue;
            }

            ref var state = ref _states[block.Id];
            state.Loop = loop.Header.Id;
            if (loop.Header == block)
            {
                state.IsHeader = true;
                state.LoopParent = loop.Parent is { } parent ? parent.Header.Id : None;
                state.LoopDepth = state.LoopParent == None ? 1 : _states[state.LoopParent].LoopDepth + 1;
            }
            else
            {
                state.LoopDepth = _states[state.Loop].LoopDepth;
            }
        }
    }

    private bool IsLoopHeader(Block block)
    {
        foreach (var predecessor in block.Predecessors)
        {
            if (_states[predecessor].Position >= _states[block.Id].Position)
            {
                return true;
            }
        }

        return false;
    }

    private void FindColdBlocks(List<Block> order)
    {
        for (var i = order.Count - 1; i > 0; i--)
        {
            var block = order[i];
            ref var state = ref _states[block.Id];
            double scale = 1;
            if (state.Loop != None)
            {
                var loop = state.IsHeader ? state.LoopParent : state.Loop;
                scale = loop == None ? 1 : Math.Max(1, _blocks[loop].Frequency);
            }

            var leavesHot = block.Terminator.Kind is not (TerminatorKind.Trap or TerminatorKind.Deoptimize or TerminatorKind.Throw);
            if (block.Successors.Length > 0)
            {
                leavesHot = false;
                foreach (var edge in block.Successors)
                {
                    leavesHot |= !_states[edge.Target].IsCold;
                }
            }

            state.IsCold = !leavesHot || block.Frequency < ColdFrequency * scale;
        }

        for (var i = 1; i < order.Count; i++)
        {
            var isReachedHot = false;
            foreach (var predecessor in order[i].Predecessors)
            {
                isReachedHot |= _states[predecessor].Position < i && !_states[predecessor].IsCold;
            }

            _states[order[i].Id].IsCold |= !isReachedHot;
        }
    }

    private void PlaceBlocks(List<Block> order)
    {
        foreach (var block in order)
        {
            var position = _states[block.Id].Position;
            var count = 0;
            foreach (var predecessor in block.Predecessors)
            {
                if (_states[predecessor].Position < position)
                {
                    count++;
                }
            }

            _states[block.Id].UnplacedPredecessors = count;
        }

        _hot.Clear();
        _cold.Clear();
        _ready.Clear();
        _readyCount = 0;
        _ready.Enqueue(order[0].Id, default);
        while (_ready.TryDequeue(out var id, out _))
        {
            // Of the deepest loops' blocks, the one that became ready last: loops stay in one piece.
            var block = _blocks[id];
            (_states[block.Id].IsCold ? _cold : _hot).Add(new Place(block.Id, None, 0));
            PlaceEdges(block);
            AddReady(block);
        }
    }

    /// <summary>Makes the blocks that stand for edges of a block.</summary>
    private void PlaceEdges(Block block)
    {
        var edges = block.Successors;
        if (edges.Length < 2)
        {
            return;
        }

        FindEquals(edges);
        for (var i = 0; i < edges.Length; i++)
        {
            if (NeedsBlock(edges[i]) && _firstEquals[i] == i)
            {
                var isCold = _states[block.Id].IsCold || _states[edges[i].Target].IsCold;
                (isCold ? _cold : _hot).Add(new Place(None, block.Id, i));
            }
        }
    }

    private bool NeedsBlock(Edge edge) => edge.Arguments.Length > 0 || _blocks[edge.Target].Predecessors.Count > 1;

    /// <summary>Finds for each edge of a block the first one that does the same.</summary>
    private void FindEquals(Edge[] edges)
    {
        _firstEquals.Clear();
        _firstEdges.Clear();
        for (var i = 0; i < edges.Length; i++)
        {
            _firstEquals.Add(edges.Length <= ComparedEdges ? FirstEqual(edges, i) : i);
        }

        for (var i = 0; edges.Length > ComparedEdges && i < edges.Length; i++)
        {
            _firstEdges.TryAdd(edges[i], i);
            _firstEquals[i] = _firstEdges[edges[i]];
        }
    }

    private static int FirstEqual(Edge[] edges, int index)
    {
        var first = 0;
        while (first < index && !EdgeComparer.AreEqual(edges[first], edges[index]))
        {
            first++;
        }

        return first;
    }

    /// <summary>Counts a block as placed for its successors; of those that become ready, the likeliest comes last.</summary>
    private void AddReady(Block block)
    {
        _newlyReady.Clear();
        for (var i = block.Successors.Length - 1; i >= 0; i--)
        {
            var target = block.Successors[i].Target;
            ref var state = ref _states[target];
            if (state.Position > _states[block.Id].Position && --state.UnplacedPredecessors == 0)
            {
                state.ReadyOrder = _newlyReady.Add(target);
            }
        }

        if (_newlyReady.Count > 1)
        {
            _newlyReady.Sort(_byFrequency);
        }

        foreach (var target in _newlyReady.Span)
        {
            _ready.Enqueue(target, (-_states[target].LoopDepth, -++_readyCount));
        }
    }

    private int CompareFrequencies(int one, int other) => _blocks[one].Frequency != _blocks[other].Frequency
        ? _blocks[one].Frequency.CompareTo(_blocks[other].Frequency)
        : _states[one].ReadyOrder.CompareTo(_states[other].ReadyOrder);

    private void MakeBlocks(LirCode code)
    {
        _previousEdgeBlock.Clear();
        _previousEdgeBlock.AddMany(None, _hot.Count + _cold.Count);
        foreach (var place in _hot.Span)
        {
            MakeBlock(code, place);
        }

        foreach (var place in _cold.Span)
        {
            MakeBlock(code, place);
        }

        for (var i = 0; i < code.BlockCount; i++)
        {
            Connect(code, i);
        }

        CountPredecessors(code);
    }

    private void MakeBlock(LirCode code, Place place)
    {
        var index = code.BlockCount;
        ref var block = ref code.NewBlock();
        block.GraphBlock = place.Block;
        block.EdgeSource = place.EdgeSource;
        block.EdgeIndex = place.EdgeIndex;
        if (place.Block != None)
        {
            ref var state = ref _states[place.Block];
            state.Number = index;
            block.LoopDepth = state.LoopDepth;
            block.IsLoopHeader = state.IsHeader;
            block.IsCold = state.IsCold;
            block.Frequency = _blocks[place.Block].Frequency;
        }
        else
        {
            var target = _blocks[place.EdgeSource].Successors[place.EdgeIndex].Target;
            block.LoopDepth = Math.Min(_states[place.EdgeSource].LoopDepth, _states[target].LoopDepth);
            block.IsCold = _states[place.EdgeSource].IsCold || _states[target].IsCold;
            _previousEdgeBlock[index] = _states[place.EdgeSource].LastEdgeBlock;
            _states[place.EdgeSource].LastEdgeBlock = index;
            block.Frequency = Math.Min(_blocks[place.EdgeSource].Frequency, _blocks[target].Frequency) / 2;
        }
    }

    private void Connect(LirCode code, int index)
    {
        ref var block = ref code.Block(index);
        if (block.GraphBlock == None)
        {
            block.FirstSuccessor = code.Successors.Add(
                _states[_blocks[block.EdgeSource].Successors[block.EdgeIndex].Target].Number);
            block.SuccessorCount = 1;
            return;
        }

        var edges = _blocks[block.GraphBlock].Successors;
        block.FirstSuccessor = code.Successors.Count;
        block.SuccessorCount = edges.Length;
        FindEquals(edges);
        _edgeBlocks.Clear();
        _edgeBlocks.AddMany(None, edges.Length);
        for (var number = _states[block.GraphBlock].LastEdgeBlock; number != None; number = _previousEdgeBlock[number])
        {
            _edgeBlocks[code.Block(number).EdgeIndex] = number;
        }

        for (var i = 0; i < edges.Length; i++)
        {
            var hasBlock = edges.Length > 1 && NeedsBlock(edges[i]);
            code.Successors.Add(hasBlock ? _edgeBlocks[_firstEquals[i]] : _states[edges[i].Target].Number);
        }
    }

    /// <summary>Lists the predecessors of each block; one that has several edges to it counts once.</summary>
    private void CountPredecessors(LirCode code)
    {
        _lastSources.Clear();
        _lastSources.AddMany(None, code.BlockCount);
        for (var i = 0; i < code.BlockCount; i++)
        {
            ref var block = ref code.Block(i);
            for (var s = 0; s < block.SuccessorCount; s++)
            {
                var successor = code.Successors[block.FirstSuccessor + s];
                code.Block(successor).PredecessorCount += _lastSources[successor] == i ? 0 : 1;
                _lastSources[successor] = i;
            }
        }

        var first = 0;
        for (var i = 0; i < code.BlockCount; i++)
        {
            ref var block = ref code.Block(i);
            block.FirstPredecessor = first;
            first += block.PredecessorCount;
            block.PredecessorCount = 0;
            _lastSources[i] = None;
        }

        code.Predecessors.AddMany(0, first);
        for (var i = 0; i < code.BlockCount; i++)
        {
            ref var block = ref code.Block(i);
            for (var s = 0; s < block.SuccessorCount; s++)
            {
                var number = code.Successors[block.FirstSuccessor + s];
                if (_lastSources[number] != i)
                {
                    _lastSources[number] = i;
                    ref var successor = ref code.Block(number);
                    code.Predecessors[successor.FirstPredecessor + successor.PredecessorCount++] = i;
                }
            }
        }
    }

    private record struct Place(int Block, int EdgeSource, int EdgeIndex);

    private struct BlockState
    {
        public int Position;
        public int Number;
        public int LastEdgeBlock;
        public int ReadyOrder;
        public int Loop;
        public int LoopParent;
        public int LoopDepth;
        public int UnplacedPredecessors;
        public bool IsHeader;
        public bool IsCold;
    }

    /// <summary>Edges are the same if they pass the same to the same block.</summary>
    private sealed class EdgeComparer : IEqualityComparer<Edge>
    {
        public static bool AreEqual(Edge x, Edge y) => x.Target == y.Target && x.Arguments.AsSpan().SequenceEqual(y.Arguments);

        public bool Equals(Edge x, Edge y) => AreEqual(x, y);

        public int GetHashCode(Edge edge)
        {
            var hash = default(HashCode);
            hash.Add(edge.Target);
            foreach (var argument in edge.Arguments)
            {
                hash.Add(argument);
            }

            return hash.ToHashCode();
        }
    }
}
