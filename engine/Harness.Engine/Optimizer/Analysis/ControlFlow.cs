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

    private readonly List<Loop?> innermost = [];
    private readonly Stack<Loop> keptLoops = new();

    /// <summary>Over places in <see cref="Order"/>.</summary>
    private readonly DominatorTree tree = new();
    private Graph graph = null!;
    private int blockCount;
    private int[] position = [];
    private int[] firstChild = [];
    private int[] sibling = [];
    private int[] treeEntry = [];
    private int[] treeExit = [];
    private Dictionary<Loop, Loop> outermost = [];

    /// <summary>Makes an analysis that is still to be run.</summary>
    public ControlFlow()
    {
    }

    /// <summary>Analyses a graph, and fills <see cref="Block.Predecessors"/>.</summary>
    public ControlFlow(Graph graph) => Run(graph, OrderOf(graph));

    /// <summary>Analyses a graph whose order and predecessors are known.</summary>
    public void Run(Graph described, List<Block> order)
    {
        graph = described;
        Order = order;
        blockCount = graph.Blocks.Count;
        MakeRoom();
        Array.Fill(position, -1, 0, blockCount);
        for (int i = 0; i < Order.Count; i++)
        {
            position[Order[i].Id] = i;
        }

        CollectionsMarshal.SetCount(innermost, blockCount);
        ComputeDominators();
        NumberDominatorTree();
        FindLoops();
    }

    /// <summary>Lets go of the graph.</summary>
    public void Forget()
    {
        graph = null!;
        Order = [];
        foreach (Loop loop in Loops)
        {
            loop.Forget();
            if (keptLoops.Count < MostKeptLoops)
            {
                keptLoops.Push(loop);
            }
        }

        Loops.Clear();
        innermost.Clear();
        if (outermost.Count > 0)
        {
            outermost = [];
        }
    }

    /// <summary>The reachable blocks in reverse postorder.</summary>
    public List<Block> Order { get; private set; } = [];

    /// <summary>The loops, inner ones before those around them.</summary>
    public List<Loop> Loops { get; } = [];

    /// <summary>Whether control can come to a block.</summary>
    public bool IsReachable(int block) => position[block] >= 0;

    /// <summary>Whether a block existed when the graph was analysed.</summary>
    public bool IsKnown(int block) => block < blockCount;

    /// <summary>A block's place in <see cref="Order"/>.</summary>
    public int PositionOf(int block) => position[block];

    /// <summary>The immediate dominator of a block; the entry's is itself.</summary>
    public Block DominatorOf(Block block) => Order[tree[position[block.Id]]];

    /// <summary>Whether every path to a block leads through another one, or they are the same.</summary>
    public bool Dominates(int block, int other)
    {
        int a = position[block];
        int b = position[other];
        return treeEntry[a] <= treeEntry[b] && treeExit[b] <= treeExit[a];
    }

    /// <summary>The nearest block that every path to any of some blocks leads through.</summary>
    /// <param name="blocks">Ids of blocks that can be reached; at least one.</param>
    public int CommonDominatorOf(List<int> blocks)
    {
        int common = position[blocks[0]];
        foreach (int block in blocks)
        {
            common = tree.Common(position[block], common);
        }

        return Order[common].Id;
    }

    /// <summary>The innermost loop around a block, or null.</summary>
    public Loop? LoopOf(int block) => block < innermost.Count ? innermost[block] : null;

    /// <summary>Notes a block made since, as one of a loop.</summary>
    public void Adopt(int block, Loop? loop)
    {
        CollectionsMarshal.SetCount(innermost, Math.Max(innermost.Count, block + 1));
        innermost[block] = loop;
    }

    /// <summary>The first of the blocks that a block immediately dominates; null if there is none.</summary>
    public Block? FirstChildOf(Block block) => firstChild[position[block.Id]] is >= 0 and int child ? Order[child] : null;

    /// <summary>The next block with the same immediate dominator; null if there is none.</summary>
    public Block? NextSiblingOf(Block block) => sibling[position[block.Id]] is >= 0 and int next ? Order[next] : null;

    private static List<Block> OrderOf(Graph graph)
    {
        List<Block> order = graph.ReversePostorder();
        graph.ComputePredecessors(order);
        return order;
    }

    private void MakeRoom()
    {
        if (position.Length < blockCount)
        {
            position = new int[Math.Max(blockCount, 2 * position.Length)];
        }

        if (firstChild.Length < Order.Count)
        {
            int room = Math.Max(Order.Count, 2 * firstChild.Length);
            firstChild = new int[room];
            sibling = new int[room];
            treeEntry = new int[room];
            treeExit = new int[room];
        }
    }

    private void ComputeDominators()
    {
        tree.Begin(Order.Count);
        for (int i = 1; i < Order.Count; i++)
        {
            int dominator = -1;
            foreach (int predecessor in Order[i].Predecessors)
            {
                int p = position[predecessor];
                if (p < i)
                {
                    dominator = dominator < 0 ? p : tree.Common(p, dominator);
                }
            }

            tree.Add(i, dominator);
        }
    }

    private void NumberDominatorTree()
    {
        Array.Fill(firstChild, -1, 0, Order.Count);
        Array.Fill(sibling, -1, 0, Order.Count);
        for (int i = Order.Count - 1; i > 0; i--)
        {
            sibling[i] = firstChild[tree[i]];
            firstChild[tree[i]] = i;
        }

        int time = 0;
        int node = 0;
        treeEntry[0] = time++;
        while (true)
        {
            if (firstChild[node] >= 0)
            {
                node = firstChild[node];
                treeEntry[node] = time++;
                continue;
            }

            treeExit[node] = time++;
            while (node != 0 && sibling[node] < 0)
            {
                node = tree[node];
                treeExit[node] = time++;
            }

            if (node == 0)
            {
                return;
            }

            node = sibling[node];
            treeEntry[node] = time++;
        }
    }

    private void FindLoops()
    {
        // Headers from the last to the first: an inner loop's header comes after the outer one's, so that a block meets its
        // innermost loop first.
        var work = new Stack<int>();
        for (int i = Order.Count - 1; i >= 0; i--)
        {
            Block header = Order[i];
            Loop? loop = null;
            foreach (int predecessor in header.Predecessors)
            {
                if (position[predecessor] >= i && Dominates(header.Id, predecessor))
                {
                    loop ??= NewLoop(header);
                    loop.BackEdgeSources.Add(predecessor);
                    work.Push(predecessor);
                }
            }

            // A block that no longer begins a loop may be skipped.
            bool isHeader = loop is not null;
            graph.IsControlSimple &= header.IsLoopHeader == isHeader;
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
        if (!keptLoops.TryPop(out Loop? loop))
        {
            loop = new Loop(this);
        }

        loop.Begin(header);
        return loop;
    }

    /// <summary>Goes back from the back edges to the header; inner loops are passed as a whole.</summary>
    private void FindBlocks(Loop loop, Stack<int> work)
    {
        innermost[loop.Header.Id] ??= loop;
        while (work.TryPop(out int block))
        {
            if (block == loop.Header.Id)
            {
                continue;
            }

            if (innermost[block] is not { } inner)
            {
                innermost[block] = loop;
                loop.OwnBlocks.Add(block);
                PushAll(work, graph.Blocks[block].Predecessors);
                continue;
            }

            inner = OutermostOf(inner);
            if (inner == loop)
            {
                continue;
            }

            inner.Parent = loop;
            outermost.Add(inner, loop);
            loop.Inner.Add(inner);
            PushAll(work, inner.Header.Predecessors);
        }
    }

    /// <summary>The outermost loop found so far around one.</summary>
    private Loop OutermostOf(Loop loop)
    {
        while (outermost.TryGetValue(loop, out Loop? outer))
        {
            if (outermost.TryGetValue(outer, out Loop? further))
            {
                outermost[loop] = further;
            }

            loop = outer;
        }

        return loop;
    }

    /// <summary>Numbers the loops so that those inside one have the numbers after its own.</summary>
    private void NumberLoops()
    {
        int next = 0;
        var work = new Stack<Loop>();
        foreach (Loop outer in Loops)
        {
            if (outer.Parent is null)
            {
                work.Push(outer);
            }

            while (work.TryPop(out Loop? loop))
            {
                loop.First = loop.Last = next++;
                loop.Inner.ForEach(work.Push);
            }
        }

        foreach (Loop loop in Loops)
        {
            if (loop.Parent is { } parent)
            {
                parent.Last = Math.Max(parent.Last, loop.Last);
            }
        }
    }

    private static void PushAll(Stack<int> work, in ShortList blocks)
    {
        foreach (int block in blocks)
        {
            work.Push(block);
        }
    }
}
