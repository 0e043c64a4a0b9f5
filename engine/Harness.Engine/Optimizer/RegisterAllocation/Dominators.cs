using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Lowering;

namespace Harness.Engine.Optimizer.RegisterAllocation;

/// <summary>
/// Which blocks lie on all paths to others. Blocks are numbered so that each comes after its dominators; all loops are natural ones, so that one walk in reverse postorder finds them
/// (Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm", 2001).
/// </summary>
internal sealed class Dominators
{
    private readonly GrowList<int> work = new();
    private readonly DominatorTree tree = new();

    /// <summary>By place in reverse postorder, the block.</summary>
    private int[] order = new int[64];

    /// <summary>By block, its place in reverse postorder.</summary>
    private int[] places = new int[64];
    private Subtree[] subtrees = new Subtree[64];
    private int[] runEnds = new int[64];

    /// <summary>Computes the dominators of a function's blocks.</summary>
    public void Run(LirCode code)
    {
        int count = code.BlockCount;
        if (order.Length < count)
        {
            order = new int[count * 2];
            places = new int[count * 2];
            subtrees = new Subtree[count * 2];
            runEnds = new int[count * 2];
        }

        // What cannot be reached is taken to come right behind the entry.
        tree.Begin(count);
        for (int place = ListReversePostorder(code) + 1; place < count; place++)
        {
            int block = order[place];
            ref LirBlock lir = ref code.Block(block);
            int dominator = -1;
            for (int p = 0; p < lir.PredecessorCount; p++)
            {
                int predecessor = code.Predecessors[lir.FirstPredecessor + p];
                if (places[predecessor] < place)
                {
                    dominator = dominator < 0 ? predecessor : tree.Common(predecessor, dominator);
                }
            }

            tree.Add(block, dominator);
        }

        NumberTree(count);
        FindRuns(count);
    }

    /// <summary>Whether every path to a block leads through another one, or they are the same.</summary>
    public bool Dominates(int block, int other) =>
        (uint)(subtrees[other].First - subtrees[block].First) < (uint)subtrees[block].Size;

    /// <summary>Whether every path to any of the blocks in a row leads through a block before them, or the first one of them.</summary>
    /// <param name="block">The block.</param>
    /// <param name="first">The first block of the row.</param>
    /// <param name="last">The last one.</param>
    public bool DominatesAll(int block, int first, int last)
    {
        while (first <= last)
        {
            if (!Dominates(block, first))
            {
                return false;
            }

            // What the first one dominates, the block does as well.
            first = first < runEnds[block] ? runEnds[block] : runEnds[first];
        }

        return true;
    }

    /// <summary>Lists the rows of adjacent blocks that a block dominates, itself included.</summary>
    /// <param name="block">The block.</param>
    /// <param name="last">The last block that is looked at.</param>
    /// <param name="rows">Where they are listed, ascending.</param>
    /// <param name="mostSteps">How many blocks are looked at, at most.</param>
    /// <returns>Whether those are all.</returns>
    public bool TryListDominated(int block, int last, GrowList<(int First, int Last)> rows, int mostSteps)
    {
        rows.Clear();
        int steps = 0;
        for (int i = block; i <= last; i = runEnds[i])
        {
            if (++steps > mostSteps)
            {
                return false;
            }

            if (!Dominates(block, i))
            {
                // Nor does it dominate what this one does.
                continue;
            }

            int end = Math.Min(runEnds[i] - 1, last);
            if (rows.Count > 0 && rows[rows.Count - 1].Last == i - 1)
            {
                rows[rows.Count - 1].Last = end;
            }
            else
            {
                rows.Add((i, end));
            }
        }

        return true;
    }

    /// <summary>Finds for each block the first one behind it that it does not dominate.</summary>
    private void FindRuns(int count)
    {
        for (int i = count - 1; i >= 0; i--)
        {
            int end = i + 1;
            while (end < count && Dominates(i, end))
            {
                end = runEnds[end];
            }

            runEnds[i] = end;
        }
    }

    /// <summary>Numbers the blocks in preorder of the tree of dominators, so that those below a block have adjacent numbers.</summary>
    private void NumberTree(int count)
    {
        Array.Fill(subtrees, new Subtree { Size = 1 }, 0, count);
        for (int i = count - 1; i > 0; i--)
        {
            subtrees[tree[i]].Size += subtrees[i].Size;
        }

        subtrees[0].Next = 1;
        for (int i = 1; i < count; i++)
        {
            ref Subtree parent = ref subtrees[tree[i]];
            subtrees[i].First = parent.Next;
            subtrees[i].Next = parent.Next + 1;
            parent.Next += subtrees[i].Size;
        }
    }

    /// <summary>Lists the blocks that can be reached, each before its successors but for back edges, at the end of <see cref="order"/>.</summary>
    /// <returns>Where the list begins, with the entry.</returns>
    private int ListReversePostorder(LirCode code)
    {
        // At first, by block, how many of its successors were looked at, and one; 0 where nobody has been.
        int count = code.BlockCount;
        Array.Clear(places, 0, count);
        work.Clear();
        work.Add(0);
        places[0] = 1;
        int place = count;
        while (work.Count > 0)
        {
            int block = work[work.Count - 1];
            ref LirBlock lir = ref code.Block(block);
            int successor = places[block]++ - 1;
            if (successor == lir.SuccessorCount)
            {
                work.Truncate(work.Count - 1);
                order[--place] = block;
                continue;
            }

            int target = code.Successors[lir.FirstSuccessor + successor];
            if (places[target] == 0)
            {
                places[target] = 1;
                work.Add(target);
            }
        }

        Array.Fill(places, int.MaxValue, 0, count);
        for (int i = place; i < count; i++)
        {
            places[order[i]] = i;
        }

        return place;
    }

    /// <summary>The blocks at and below a block, as numbers in preorder, and the number that its next child gets.</summary>
    private struct Subtree
    {
        public int First;
        public int Size;
        public int Next;
    }
}
