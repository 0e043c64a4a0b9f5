using Harness.Engine.Optimizer.Lowering;

namespace Harness.Engine.Optimizer.RegisterAllocation;

/// <summary>
/// Which blocks lie on all paths to others: Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm" (2001). Blocks are
/// numbered so that each comes after its dominators.
/// </summary>
/// <remarks>
/// Where that takes too long (many blocks that all go to the same one), only the entry is taken to dominate others, which is safe
/// to assume.
/// </remarks>
internal sealed class Dominators
{
    /// <summary>Most steps up the tree, for each block.</summary>
    private const int StepsPerBlock = 30;

    private int[] immediate = new int[64];
    private int steps;
    private Subtree[] subtrees = new Subtree[64];
    private int[] runEnds = new int[64];

    /// <summary>Whether all dominators are known, and not only that the entry dominates all blocks.</summary>
    public bool AreAllKnown => steps > 0;

    /// <summary>Computes the dominators of a function's blocks.</summary>
    public void Run(LirCode code)
    {
        if (immediate.Length < code.BlockCount)
        {
            immediate = new int[code.BlockCount * 2];
            subtrees = new Subtree[code.BlockCount * 2];
            runEnds = new int[code.BlockCount * 2];
        }

        Array.Fill(immediate, -1, 0, code.BlockCount);
        immediate[0] = 0;
        steps = StepsPerBlock * code.BlockCount;
        for (bool isChanged = true; isChanged && steps > 0;)
        {
            isChanged = false;
            for (int i = 1; i < code.BlockCount; i++)
            {
                ref LirBlock block = ref code.Block(i);
                int dominator = -1;
                for (int p = 0; p < block.PredecessorCount; p++)
                {
                    int predecessor = code.Predecessors[block.FirstPredecessor + p];
                    if (immediate[predecessor] >= 0)
                    {
                        dominator = dominator < 0 ? predecessor : Common(predecessor, dominator);
                    }
                }

                isChanged |= immediate[i] != dominator;
                immediate[i] = dominator;
            }
        }

        if (steps <= 0)
        {
            Array.Clear(immediate, 0, code.BlockCount);
        }

        NumberTree(code.BlockCount);
        FindRuns(code.BlockCount);
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
            subtrees[immediate[i]].Size += subtrees[i].Size;
        }

        subtrees[0].Next = 1;
        for (int i = 1; i < count; i++)
        {
            ref Subtree parent = ref subtrees[immediate[i]];
            subtrees[i].First = parent.Next;
            subtrees[i].Next = parent.Next + 1;
            parent.Next += subtrees[i].Size;
        }
    }

    private int Common(int a, int b)
    {
        while (a != b)
        {
            steps--;
            if (a > b)
            {
                a = immediate[a];
            }
            else
            {
                b = immediate[b];
            }
        }

        return a;
    }

    /// <summary>The blocks at and below a block, as numbers in preorder, and the number that its next child gets.</summary>
    private struct Subtree
    {
        public int First;
        public int Size;
        public int Next;
    }
}
