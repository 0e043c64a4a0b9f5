using System.Runtime.InteropServices;
using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Analysis;

/// <summary>
/// The shape of a graph's control flow: reverse postorder, predecessors, dominators and loops. It describes the graph as it was
/// when it was made; a pass that changes blocks or edges makes a new one.
/// </summary>
/// <remarks>
/// Dominators by Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm" (2001). WebAssembly's control is structured,
/// so that every loop is a natural one.
/// </remarks>
internal sealed class ControlFlow
{
    private readonly Graph graph;
    private readonly int[] position;
    private readonly int[] dominators;
    private readonly int[] treeEntry;
    private readonly int[] treeExit;
    private readonly List<Loop?> innermost = [];

    /// <summary>Analyses a graph, and fills <see cref="Block.Predecessors"/>.</summary>
    public ControlFlow(Graph graph)
    {
        this.graph = graph;
        Order = graph.ReversePostorder();
        graph.ComputePredecessors(Order);
        position = new int[graph.Blocks.Count];
        Array.Fill(position, -1);
        for (int i = 0; i < Order.Count; i++)
        {
            position[Order[i].Id] = i;
        }

        dominators = new int[Order.Count];
        treeEntry = new int[Order.Count];
        treeExit = new int[Order.Count];
        CollectionsMarshal.SetCount(innermost, graph.Blocks.Count);
        ComputeDominators();
        NumberDominatorTree();
        FindLoops();
    }

    /// <summary>The reachable blocks in reverse postorder.</summary>
    public List<Block> Order { get; }

    /// <summary>The loops, inner ones before those around them.</summary>
    public List<Loop> Loops { get; } = [];

    /// <summary>Whether control can come to a block.</summary>
    public bool IsReachable(int block) => position[block] >= 0;

    /// <summary>Whether a block existed when the graph was analysed.</summary>
    public bool IsKnown(int block) => block < position.Length;

    /// <summary>A block's place in <see cref="Order"/>.</summary>
    public int PositionOf(int block) => position[block];

    /// <summary>The immediate dominator of a block; the entry's is itself.</summary>
    public Block DominatorOf(Block block) => Order[dominators[position[block.Id]]];

    /// <summary>Whether every path to a block leads through another one, or they are the same.</summary>
    public bool Dominates(int block, int other)
    {
        int a = position[block];
        int b = position[other];
        return treeEntry[a] <= treeEntry[b] && treeExit[b] <= treeExit[a];
    }

    /// <summary>The innermost loop around a block, or null.</summary>
    public Loop? LoopOf(int block) => block < innermost.Count ? innermost[block] : null;

    /// <summary>Notes a block made since, as one of a loop.</summary>
    public void Adopt(int block, Loop? loop)
    {
        CollectionsMarshal.SetCount(innermost, Math.Max(innermost.Count, block + 1));
        innermost[block] = loop;
    }

    private void ComputeDominators()
    {
        Array.Fill(dominators, -1);
        dominators[0] = 0;
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int i = 1; i < Order.Count; i++)
            {
                int dominator = -1;
                foreach (int predecessor in Order[i].Predecessors)
                {
                    int p = position[predecessor];
                    if (dominators[p] >= 0)
                    {
                        dominator = dominator < 0 ? p : Intersect(p, dominator);
                    }
                }

                changed |= dominators[i] != dominator;
                dominators[i] = dominator;
            }
        }
    }

    private int Intersect(int a, int b)
    {
        while (a != b)
        {
            while (a > b)
            {
                a = dominators[a];
            }

            while (b > a)
            {
                b = dominators[b];
            }
        }

        return a;
    }

    private void NumberDominatorTree()
    {
        var firstChild = new int[Order.Count];
        var sibling = new int[Order.Count];
        Array.Fill(firstChild, -1);
        Array.Fill(sibling, -1);
        for (int i = Order.Count - 1; i > 0; i--)
        {
            sibling[i] = firstChild[dominators[i]];
            firstChild[dominators[i]] = i;
        }

        int time = 0;
        var stack = new Stack<int>();
        stack.Push(0);
        treeEntry[0] = time++;
        while (stack.TryPeek(out int node))
        {
            int child = firstChild[node];
            if (child < 0)
            {
                treeExit[node] = time++;
                stack.Pop();
                continue;
            }

            firstChild[node] = sibling[child];
            treeEntry[child] = time++;
            stack.Push(child);
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
            header.IsLoopHeader = false;
            Loop? loop = null;
            foreach (int predecessor in header.Predecessors)
            {
                if (position[predecessor] >= i && Dominates(header.Id, predecessor))
                {
                    loop ??= new Loop(this, header);
                    loop.BackEdgeSources.Add(predecessor);
                    work.Push(predecessor);
                }
            }

            if (loop is not null)
            {
                header.IsLoopHeader = true;
                Loops.Add(loop);
                FindBlocks(loop, work);
            }
        }
    }

    /// <summary>Goes back from the back edges to the header; inner loops are passed as a whole.</summary>
    private void FindBlocks(Loop loop, Stack<int> work)
    {
        innermost[loop.Header.Id] ??= loop;
        loop.Blocks.Add(loop.Header.Id);
        while (work.TryPop(out int block))
        {
            if (block == loop.Header.Id)
            {
                continue;
            }

            if (innermost[block] is not { } inner)
            {
                innermost[block] = loop;
                loop.Blocks.Add(block);
                PushAll(work, graph.Blocks[block].Predecessors);
                continue;
            }

            while (inner.Parent is not null && inner != loop)
            {
                inner = inner.Parent;
            }

            if (inner == loop)
            {
                continue;
            }

            inner.Parent = loop;
            loop.IsInnermost = false;
            loop.Blocks.AddRange(inner.Blocks);
            PushAll(work, inner.Header.Predecessors);
        }
    }

    private static void PushAll(Stack<int> work, List<int> blocks)
    {
        foreach (int block in blocks)
        {
            work.Push(block);
        }
    }
}
