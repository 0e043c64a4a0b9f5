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
    private readonly Loop?[] innermost;

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
        innermost = new Loop?[graph.Blocks.Count];
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
    public Loop? LoopOf(int block) => innermost[block];

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
        // Headers from the last to the first: an inner loop's header comes after the outer one's.
        for (int i = Order.Count - 1; i >= 0; i--)
        {
            Block header = Order[i];
            header.IsLoopHeader = false;
            Loop? loop = null;
            var work = new Stack<int>();
            foreach (int predecessor in header.Predecessors)
            {
                if (Dominates(header.Id, predecessor))
                {
                    loop ??= new Loop(header);
                    loop.BackEdgeSources.Add(predecessor);
                    work.Push(predecessor);
                }
            }

            if (loop is null)
            {
                continue;
            }

            header.IsLoopHeader = true;
            loop.Add(header.Id);
            while (work.TryPop(out int block))
            {
                if (!loop.Add(block))
                {
                    continue;
                }

                foreach (int predecessor in graph.Blocks[block].Predecessors)
                {
                    work.Push(predecessor);
                }
            }

            foreach (int block in loop.Blocks)
            {
                if (innermost[block] is null)
                {
                    innermost[block] = loop;
                }
                else
                {
                    Loop outer = innermost[block]!;
                    while (outer != loop && outer.Parent is not null)
                    {
                        outer = outer.Parent;
                    }

                    if (outer != loop)
                    {
                        outer.Parent = loop;
                    }
                }
            }

            Loops.Add(loop);
        }

        foreach (Loop loop in Loops)
        {
            loop.Parent?.Children.Add(loop);
        }
    }
}
