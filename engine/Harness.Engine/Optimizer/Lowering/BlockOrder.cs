using Harness.Engine.Optimizer.Analysis;
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

    private readonly PriorityQueue<int, (int Shallowness, int Age)> ready = new();
    private readonly GrowList<int> newlyReady = new();
    private readonly GrowList<Place> hot = new();
    private readonly GrowList<Place> cold = new();
    private readonly GrowList<int> previousEdgeBlock = new();
    private readonly GrowList<int> edgeBlocks = new();
    private readonly GrowList<int> lastSources = new();
    private readonly Dictionary<Edge, int> firstEdges = new(new EdgeComparer());
    private readonly GrowList<int> firstEquals = new();
    private readonly Comparison<int> byFrequency;
    private Graph graph = null!;
    private List<Block> blocks = null!;
    private BlockState[] states = new BlockState[64];
    private int readyCount;

    /// <summary>Makes what can order graphs, one after the other.</summary>
    public BlockOrder() => byFrequency = CompareFrequencies;

    /// <summary>Lets go of the graph.</summary>
    public void Forget()
    {
        graph = null!;
        blocks = null!;
    }

    /// <summary>Puts the blocks of a graph into <paramref name="code"/>, still without instructions.</summary>
    /// <param name="code">The code to begin.</param>
    /// <param name="outOfLine">Whether cold blocks go to the end.</param>
    public void Run(LirCode code, bool outOfLine)
    {
        graph = code.Graph;
        blocks = graph.Blocks;
        List<Block> order = graph.Analyses.Order;
        if (states.Length < blocks.Count)
        {
            states = new BlockState[blocks.Count * 2];
        }

        for (int i = 0; i < order.Count; i++)
        {
            states[order[i].Id] = new BlockState { Position = i, Loop = None, LoopParent = None, LastEdgeBlock = None };
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

        ControlFlow flow = graph.Analyses.ControlFlow;
        foreach (Block block in order)
        {
            if (flow.LoopOf(block.Id) is not { } loop)
            {
                continue;
            }

            ref BlockState state = ref states[block.Id];
            state.Loop = loop.Header.Id;
            if (loop.Header == block)
            {
                state.IsHeader = true;
                state.LoopParent = loop.Parent is { } parent ? parent.Header.Id : None;
                state.LoopDepth = state.LoopParent == None ? 1 : states[state.LoopParent].LoopDepth + 1;
            }
            else
            {
                state.LoopDepth = states[state.Loop].LoopDepth;
            }
        }
    }

    private bool IsLoopHeader(Block block)
    {
        foreach (int predecessor in block.Predecessors)
        {
            if (states[predecessor].Position >= states[block.Id].Position)
            {
                return true;
            }
        }

        return false;
    }

    private void FindColdBlocks(List<Block> order)
    {
        for (int i = order.Count - 1; i > 0; i--)
        {
            Block block = order[i];
            ref BlockState state = ref states[block.Id];
            double scale = 1;
            if (state.Loop != None)
            {
                int loop = state.IsHeader ? state.LoopParent : state.Loop;
                scale = loop == None ? 1 : Math.Max(1, blocks[loop].Frequency);
            }

            bool leavesHot = block.Terminator.Kind is not (TerminatorKind.Trap or TerminatorKind.Deoptimize or TerminatorKind.Throw);
            if (block.Successors.Length > 0)
            {
                leavesHot = false;
                foreach (Edge edge in block.Successors)
                {
                    leavesHot |= !states[edge.Target].IsCold;
                }
            }

            state.IsCold = !leavesHot || block.Frequency < ColdFrequency * scale;
        }

        for (int i = 1; i < order.Count; i++)
        {
            bool isReachedHot = false;
            foreach (int predecessor in order[i].Predecessors)
            {
                isReachedHot |= states[predecessor].Position < i && !states[predecessor].IsCold;
            }

            states[order[i].Id].IsCold |= !isReachedHot;
        }
    }

    private void PlaceBlocks(List<Block> order)
    {
        foreach (Block block in order)
        {
            int position = states[block.Id].Position;
            int count = 0;
            foreach (int predecessor in block.Predecessors)
            {
                if (states[predecessor].Position < position)
                {
                    count++;
                }
            }

            states[block.Id].UnplacedPredecessors = count;
        }

        hot.Clear();
        cold.Clear();
        ready.Clear();
        readyCount = 0;
        ready.Enqueue(order[0].Id, default);
        while (ready.TryDequeue(out int id, out _))
        {
            // Of the deepest loops' blocks, the one that became ready last: loops stay in one piece.
            Block block = blocks[id];
            (states[block.Id].IsCold ? cold : hot).Add(new Place(block.Id, None, 0));
            PlaceEdges(block);
            AddReady(block);
        }
    }

    /// <summary>Makes the blocks that stand for edges of a block.</summary>
    private void PlaceEdges(Block block)
    {
        Edge[] edges = block.Successors;
        if (edges.Length < 2)
        {
            return;
        }

        FindEquals(edges);
        for (int i = 0; i < edges.Length; i++)
        {
            if (NeedsBlock(edges[i]) && firstEquals[i] == i)
            {
                bool isCold = states[block.Id].IsCold || states[edges[i].Target].IsCold;
                (isCold ? cold : hot).Add(new Place(None, block.Id, i));
            }
        }
    }

    private bool NeedsBlock(Edge edge) => edge.Arguments.Length > 0 || blocks[edge.Target].Predecessors.Count > 1;

    /// <summary>Finds for each edge of a block the first one that does the same.</summary>
    private void FindEquals(Edge[] edges)
    {
        firstEquals.Clear();
        firstEdges.Clear();
        for (int i = 0; i < edges.Length; i++)
        {
            firstEquals.Add(edges.Length <= ComparedEdges ? FirstEqual(edges, i) : i);
        }

        for (int i = 0; edges.Length > ComparedEdges && i < edges.Length; i++)
        {
            firstEdges.TryAdd(edges[i], i);
            firstEquals[i] = firstEdges[edges[i]];
        }
    }

    private static int FirstEqual(Edge[] edges, int index)
    {
        int first = 0;
        while (first < index && !EdgeComparer.AreEqual(edges[first], edges[index]))
        {
            first++;
        }

        return first;
    }

    /// <summary>Counts a block as placed for its successors; of those that become ready, the likeliest comes last.</summary>
    private void AddReady(Block block)
    {
        newlyReady.Clear();
        for (int i = block.Successors.Length - 1; i >= 0; i--)
        {
            int target = block.Successors[i].Target;
            ref BlockState state = ref states[target];
            if (state.Position > states[block.Id].Position && --state.UnplacedPredecessors == 0)
            {
                state.ReadyOrder = newlyReady.Add(target);
            }
        }

        if (newlyReady.Count > 1)
        {
            newlyReady.Sort(byFrequency);
        }

        foreach (int target in newlyReady.Span)
        {
            ready.Enqueue(target, (-states[target].LoopDepth, -++readyCount));
        }
    }

    private int CompareFrequencies(int one, int other) => blocks[one].Frequency != blocks[other].Frequency
        ? blocks[one].Frequency.CompareTo(blocks[other].Frequency)
        : states[one].ReadyOrder.CompareTo(states[other].ReadyOrder);

    private void MakeBlocks(LirCode code)
    {
        previousEdgeBlock.Clear();
        previousEdgeBlock.AddMany(None, hot.Count + cold.Count);
        foreach (Place place in hot.Span)
        {
            MakeBlock(code, place);
        }

        foreach (Place place in cold.Span)
        {
            MakeBlock(code, place);
        }

        for (int i = 0; i < code.BlockCount; i++)
        {
            Connect(code, i);
        }

        CountPredecessors(code);
    }

    private void MakeBlock(LirCode code, Place place)
    {
        int index = code.BlockCount;
        ref LirBlock block = ref code.NewBlock();
        block.GraphBlock = place.Block;
        block.EdgeSource = place.EdgeSource;
        block.EdgeIndex = place.EdgeIndex;
        if (place.Block != None)
        {
            ref BlockState state = ref states[place.Block];
            state.Number = index;
            block.LoopDepth = state.LoopDepth;
            block.IsLoopHeader = state.IsHeader;
            block.IsCold = state.IsCold;
            block.Frequency = blocks[place.Block].Frequency;
        }
        else
        {
            int target = blocks[place.EdgeSource].Successors[place.EdgeIndex].Target;
            block.LoopDepth = Math.Min(states[place.EdgeSource].LoopDepth, states[target].LoopDepth);
            block.IsCold = states[place.EdgeSource].IsCold || states[target].IsCold;
            previousEdgeBlock[index] = states[place.EdgeSource].LastEdgeBlock;
            states[place.EdgeSource].LastEdgeBlock = index;
            block.Frequency = Math.Min(blocks[place.EdgeSource].Frequency, blocks[target].Frequency) / 2;
        }
    }

    private void Connect(LirCode code, int index)
    {
        ref LirBlock block = ref code.Block(index);
        if (block.GraphBlock == None)
        {
            block.FirstSuccessor = code.Successors.Add(
                states[blocks[block.EdgeSource].Successors[block.EdgeIndex].Target].Number);
            block.SuccessorCount = 1;
            return;
        }

        Edge[] edges = blocks[block.GraphBlock].Successors;
        block.FirstSuccessor = code.Successors.Count;
        block.SuccessorCount = edges.Length;
        FindEquals(edges);
        edgeBlocks.Clear();
        edgeBlocks.AddMany(None, edges.Length);
        for (int number = states[block.GraphBlock].LastEdgeBlock; number != None; number = previousEdgeBlock[number])
        {
            edgeBlocks[code.Block(number).EdgeIndex] = number;
        }

        for (int i = 0; i < edges.Length; i++)
        {
            bool hasBlock = edges.Length > 1 && NeedsBlock(edges[i]);
            code.Successors.Add(hasBlock ? edgeBlocks[firstEquals[i]] : states[edges[i].Target].Number);
        }
    }

    /// <summary>Lists the predecessors of each block; one that has several edges to it counts once.</summary>
    private void CountPredecessors(LirCode code)
    {
        lastSources.Clear();
        lastSources.AddMany(None, code.BlockCount);
        for (int i = 0; i < code.BlockCount; i++)
        {
            ref LirBlock block = ref code.Block(i);
            for (int s = 0; s < block.SuccessorCount; s++)
            {
                int successor = code.Successors[block.FirstSuccessor + s];
                code.Block(successor).PredecessorCount += lastSources[successor] == i ? 0 : 1;
                lastSources[successor] = i;
            }
        }

        int first = 0;
        for (int i = 0; i < code.BlockCount; i++)
        {
            ref LirBlock block = ref code.Block(i);
            block.FirstPredecessor = first;
            first += block.PredecessorCount;
            block.PredecessorCount = 0;
            lastSources[i] = None;
        }

        code.Predecessors.AddMany(0, first);
        for (int i = 0; i < code.BlockCount; i++)
        {
            ref LirBlock block = ref code.Block(i);
            for (int s = 0; s < block.SuccessorCount; s++)
            {
                int number = code.Successors[block.FirstSuccessor + s];
                if (lastSources[number] != i)
                {
                    lastSources[number] = i;
                    ref LirBlock successor = ref code.Block(number);
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
            foreach (int argument in edge.Arguments)
            {
                hash.Add(argument);
            }

            return hash.ToHashCode();
        }
    }
}
