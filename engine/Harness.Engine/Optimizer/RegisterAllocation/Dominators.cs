using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Lowering;

namespace Harness.Engine.Optimizer.RegisterAllocation;

/// <summary>
/// Which blocks lie on all paths to others. Blocks are numbered so that each comes after its dominators; all loops are natural ones, so that one walk in reverse postorder finds them
/// (Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm", 2001).
/// </summary>
internal sealed class Dominators
{
    private readonly GrowList<int> _work = new();
    private readonly DominatorTree _tree = new();

    /// <summary>By place in reverse postorder, the block.</summary>
    private int[] _order = new int[64];

    /// <summary>By block, its place in reverse postorder.</summary>
    private int[] _places = new int[64];
    private Subtree[] _subtrees = new Subtree[64];
    private int[] _runEnds = new int[64];

    /// <summary>Computes the dominators of a function's blocks.</summary>
    public void Run(LirCode code)
    {
        var count = code.BlockCount;
        if (_order.Length < count)
        {
            _order = new int[count * 2];
            _places = new int[count * 2];
            _subtrees = new Subtree[count * 2];
            _runEnds = new int[count * 2];
        }

        // What cannot be reached is taken to come right behind the entry.
        _tree.Begin(count);
        for (var place = ListReversePostorder(code) + 1; place < count; place++)
        {
            var block = _order[place];
            ref var lir = ref code.Block(block);
            var dominator = -1;
            for (var p = 0; p < lir.PredecessorCount; p++)
            {
                var predecessor = code.Predecessors[lir.FirstPredecessor + p];
                if (_places[predecessor] < place)
                {
                    dominator = dominator < 0 ? predecessor : _tree.Common(predecessor, dominator);
                }
            }

            _tree.Add(block, dominator);
        }

        NumberTree(count);
        FindRuns(count);
    }

    /// <summary>Whether every path to a block leads through another one, or they are the same.</summary>
    public bool Dominates(int block, int other) =>
        (uint)(_subtrees[other].First - _subtrees[block].First) < (uint)_subtrees[block].Size;

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
            first = first < _runEnds[block] ? _runEnds[block] : _runEnds[first];
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
        var steps = 0;
        for (var i = block; i <= last; i = _runEnds[i])
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

            var end = Math.Min(_runEnds[i] - 1, last);
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
        for (var i = count - 1; i >= 0; i--)
        {
            var end = i + 1;
            while (end < count && Dominates(i, end))
            {
                end = _runEnds[end];
            }

            _runEnds[i] = end;
        }
    }

    /// <summary>Numbers the blocks in preorder of the tree of dominators, so that those below a block have adjacent numbers.</summary>
    private void NumberTree(int count)
    {
        Array.Fill(_subtrees, new Subtree { Size = 1 }, 0, count);
        for (var i = count - 1; i > 0; i--)
        {
            _subtrees[_tree[i]].Size += _subtrees[i].Size;
        }

        _subtrees[0].Next = 1;
        for (var i = 1; i < count; i++)
        {
            ref var parent = ref _subtrees[_tree[i]];
            _subtrees[i].First = parent.Next;
            _subtrees[i].Next = parent.Next + 1;
            parent.Next += _subtrees[i].Size;
        }
    }

    /// <summary>Lists the blocks that can be reached, each before its successors but for back edges, at the end of <see cref="_order"/>.</summary>
    /// <returns>Where the list begins, with the entry.</returns>
    private int ListReversePostorder(LirCode code)
    {
        // At first, by block, how many of its successors were looked at, and one; 0 where nobody has been.
        var count = code.BlockCount;
        Array.Clear(_places, 0, count);
        _work.Clear();
        _work.Add(0);
        _places[0] = 1;
        var place = count;
        while (_work.Count > 0)
        {
            var block = _work[_work.Count - 1];
            ref var lir = ref code.Block(block);
            var successor = _places[block]++ - 1;
            if (successor == lir.SuccessorCount)
            {
                _work.Truncate(_work.Count - 1);
                _order[--place] = block;
                continue;
            }

            var target = code.Successors[lir.FirstSuccessor + successor];
            if (_places[target] == 0)
            {
                _places[target] = 1;
                _work.Add(target);
            }
        }

        Array.Fill(_places, int.MaxValue, 0, count);
        for (var i = place; i < count; i++)
        {
            _places[_order[i]] = i;
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
