using Harness.Engine.Optimizer.Lowering;

namespace Harness.Engine.Optimizer.Emission;

/// <summary>
/// Decides where the blocks of edges and the headers of loops are emitted. The moves of an edge that a branch does not fall into go out
/// of its way: in front of the block that they lead to, where nothing else falls into that, or else where the code before them ends.
/// A header that decides whether its loop goes on moves behind the loop's last block if that only jumps back to it, so that an iteration has one
/// jump instead of two.
/// </summary>
internal sealed class LoopLayout
{
    private const int None = -1;
    private const int Free = -2;

    /// <summary>Blocks of edges that lie behind a branch at most: a switch may have any number of them.</summary>
    private const int MostEdges = 2;

    private readonly GrowList<(int Branch, int Edge)> _outOfLine = new();
    private readonly GrowList<int> _pending = new();
    private readonly GrowList<int> _placed = new();

    /// <summary>By place, where the loop whose header was found there ends; the loops behind the current place are known.</summary>
    private readonly GrowList<int> _loopEnds = new();

    /// <summary>By place, the block that is there now where the place begins, or ends, a loop that was found, and where it belongs to none.</summary>
    private readonly GrowList<int> _firsts = new();
    private readonly GrowList<int> _lasts = new();

    /// <summary>By block, its place before any loop was rotated; <see cref="None"/> if it was taken out of the order.</summary>
    private readonly GrowList<int> _placeOf = new();

    /// <summary>By block, the one behind it now.</summary>
    private readonly GrowList<int> _nexts = new();
    private int[] _edgeInFront = new int[64];
    private int[] _edgeOfBranch = new int[64];

    /// <summary>Fills <see cref="LirCode.EmissionOrder"/>; the block that a rotated loop begins with counts as its header.</summary>
    /// <param name="code">The code.</param>
    /// <param name="targets">For each block, the block where a jump to it really goes.</param>
    public void Run(LirCode code, int[] targets)
    {
        _outOfLine.Clear();
        for (var i = 0; i < code.BlockCount; i++)
        {
            if (targets[i] == i)
            {
                code.EmissionOrder.Add(i);
            }
        }

        TakeEdgesOut(code, targets);
        RotateLoops(code, targets);
        PlaceEdges(code, targets);
    }

    /// <summary>
    /// Moves headers behind the last blocks of their loops, from the last loop to the first. Meanwhile the order is a linked list, so that in a nest of loops no block moves because a header
    /// does: a loop keeps the places that it has, of which the first and the last are looked at from outside.
    /// </summary>
    private void RotateLoops(LirCode code, int[] targets)
    {
        var order = code.EmissionOrder.Span;
        _loopEnds.Clear();
        _loopEnds.AddMany(None, order.Length);
        _firsts.Clear();
        _lasts.Clear();
        _placeOf.Clear();
        _placeOf.AddMany(None, code.BlockCount);
        _nexts.Clear();
        _nexts.AddMany(None, code.BlockCount);
        for (var i = 0; i < order.Length; i++)
        {
            _firsts.Add(order[i]);
            _lasts.Add(order[i]);
            _placeOf[order[i]] = i;
            _nexts[order[i]] = i + 1 < order.Length ? order[i + 1] : None;
        }

        var entry = order[0];
        for (var i = order.Length - 2; i >= 0; i--)
        {
            var end = EndOfLoop(code, i);
            _loopEnds[i] = end;
            if (end > i && IsRotatable(code, targets, i, end))
            {
                var header = _firsts[i];
                var begin = _nexts[header];
                ref var before = ref (i > 0 ? ref _nexts[order[i - 1]] : ref entry);
                before = begin;
                _nexts[header] = _nexts[_lasts[end]];
                _nexts[_lasts[end]] = header;
                _firsts[i] = begin;
                _lasts[end] = header;
                code.Block(header).IsLoopHeader = false;
                code.Block(begin).IsLoopHeader = true;
            }
        }

        var next = entry;
        foreach (ref var block in order)
        {
            block = next;
            next = _nexts[next];
        }
    }

    /// <summary>Takes the blocks of edges out of the order that lie between a branch and the block it goes on with.</summary>
    private void TakeEdgesOut(LirCode code, int[] targets)
    {
        ReadOnlySpan<int> order = code.EmissionOrder.Span;
        var kept = 0;
        for (var i = 0; i < order.Length; i++)
        {
            var block = order[i];
            code.EmissionOrder[kept++] = block;
            var count = 0;
            while (count <= MostEdges && i + 1 + count < order.Length && code.Block(order[i + 1 + count]).GraphBlock < 0)
            {
                count++;
            }

            var next = i + 1 + count;
            if (count is 0 or > MostEdges || next == order.Length || code.Block(order[i + 1]).EdgeSource != code.Block(block).GraphBlock
                || code.Block(block).SuccessorCount != 2 || code.Block(block).IsCold)
            {
                continue;
            }

            var first = order[i + 1];
            var last = order[i + count];
            if (count == 1 ? IsOutOfTheWay(code, targets, block, first, order[next]) : Target(code, targets, last) == order[next])
            {
                _outOfLine.Add((block, first));
                if (count == 2)
                {
                    code.EmissionOrder[kept++] = last;
                }

                i = next - 1;
            }
            else if (count == 2 && Target(code, targets, first) == order[next])
            {
                _outOfLine.Add((block, last));
                code.EmissionOrder[kept++] = first;
                i = next - 1;
            }
        }

        code.EmissionOrder.Truncate(kept);
    }

    /// <summary>Whether a branch without the block of its only edge falls into the next block, and does so at least as often as not.</summary>
    private static bool IsOutOfTheWay(LirCode code, int[] targets, int branch, int edge, int next)
    {
        ref var block = ref code.Block(branch);
        var one = targets[code.Successors[block.FirstSuccessor]];
        var other = targets[code.Successors[block.FirstSuccessor + 1]];
        if ((one == edge ? other : one) != next || Target(code, targets, edge) == next)
        {
            return false;
        }

        ref var target = ref code.Block(next);
        var share = target.PredecessorCount == 1 ? target.Frequency : target.Frequency / 2;
        return target.LoopDepth >= code.Block(edge).LoopDepth
            && (code.Block(edge).LoopDepth < block.LoopDepth || block.Frequency - share <= share);
    }

    /// <summary>
    /// Puts what was taken out in front of where it leads to, or else where no block falls into the next one, behind its branch and
    /// in no deeper loop, or behind all hot blocks.
    /// </summary>
    private void PlaceEdges(LirCode code, int[] targets)
    {
        if (_outOfLine.Count == 0)
        {
            return;
        }

        if (_edgeInFront.Length < code.BlockCount)
        {
            _edgeInFront = new int[code.BlockCount * 2];
            _edgeOfBranch = new int[code.BlockCount * 2];
        }

        Array.Fill(_edgeInFront, None, 0, code.BlockCount);
        Array.Fill(_edgeOfBranch, None, 0, code.BlockCount);
        ReserveFronts(code, targets);
        _placed.Clear();
        _pending.Clear();
        var last = None;
        foreach (var block in code.EmissionOrder.Span)
        {
            if (last != None && !FallsInto(code, targets, last, block))
            {
                if (_edgeInFront[block] != None)
                {
                    PlacePending(code, code.Block(block).LoopDepth);
                    _placed.Add(_edgeInFront[block]);
                }
                else
                {
                    PlacePending(code, code.Block(block).IsCold ? 0 : Math.Min(code.Block(last).LoopDepth, code.Block(block).LoopDepth));
                }
            }

            _placed.Add(block);
            last = block;
            if (_edgeOfBranch[block] != None)
            {
                _pending.Add(_edgeOfBranch[block]);
            }
        }

        PlacePending(code, 0);
        code.EmissionOrder.Clear();
        foreach (var block in _placed.Span)
        {
            code.EmissionOrder.Add(block);
        }
    }

    /// <summary>Decides which edges come right in front of where they lead to; the others wait behind their branches.</summary>
    private void ReserveFronts(LirCode code, int[] targets)
    {
        var last = None;
        foreach (var block in code.EmissionOrder.Span)
        {
            // Not taken yet, as opposed to none where the block before falls into it.
            _edgeInFront[block] = last != None && !FallsInto(code, targets, last, block) ? Free : None;
            last = block;
        }

        foreach (var (branch, edge) in _outOfLine.Span)
        {
            ref var place = ref _edgeInFront[Target(code, targets, edge)];
            if (place == Free)
            {
                place = edge;
            }
            else
            {
                _edgeOfBranch[branch] = edge;
            }
        }

        foreach (var block in code.EmissionOrder.Span)
        {
            _edgeInFront[block] = _edgeInFront[block] == Free ? None : _edgeInFront[block];
        }
    }

    /// <summary>Places the edges that wait, from the last one to the first that belongs to a loop less deep.</summary>
    private void PlacePending(LirCode code, int depth)
    {
        while (_pending.Count > 0 && code.Block(_pending[_pending.Count - 1]).LoopDepth >= depth)
        {
            _placed.Add(_pending[_pending.Count - 1]);
            _pending.Truncate(_pending.Count - 1);
        }
    }

    /// <summary>Whether control may go from one block to the next without a jump.</summary>
    private static bool FallsInto(LirCode code, int[] targets, int block, int next)
    {
        ref var from = ref code.Block(block);
        for (var i = 0; i < Math.Min(from.SuccessorCount, 2); i++)
        {
            if (targets[code.Successors[from.FirstSuccessor + i]] == next)
            {
                return true;
            }
        }

        return false;
    }

    private static int Target(LirCode code, int[] targets, int edge) => targets[code.Successors[code.Block(edge).FirstSuccessor]];

    /// <summary>The place of the last block of the loop whose header is at a place; that place itself if there is none.</summary>
    private int EndOfLoop(LirCode code, int place)
    {
        ref var header = ref code.Block(_firsts[place]);
        if (!header.IsLoopHeader || header.IsCold)
        {
            return place;
        }

        var depth = header.LoopDepth;
        var end = place;
        while (end + 1 < _firsts.Count)
        {
            ref var next = ref code.Block(_firsts[end + 1]);
            if (next.IsCold || next.LoopDepth < depth || (next.LoopDepth == depth && next.IsLoopHeader))
            {
                break;
            }

            // A loop inside is passed as a whole.
            end++;
            end = Math.Max(end, _loopEnds[end]);
        }

        return end;
    }

    /// <summary>Whether the header goes on to the next block or leaves the loop, and the last block jumps to the header.</summary>
    private bool IsRotatable(LirCode code, int[] targets, int place, int end)
    {
        var first = _firsts[place];
        ref var header = ref code.Block(first);
        ref var last = ref code.Block(_lasts[end]);
        if (code.Instruction(header.EndInstruction - 1).Op is not (LirOp.Branch or LirOp.BranchOnType)
            || code.Instruction(last.EndInstruction - 1).Op != LirOp.Jump
            || targets[code.Successors[last.FirstSuccessor]] != first)
        {
            return false;
        }

        var one = targets[code.Successors[header.FirstSuccessor]];
        var other = targets[code.Successors[header.FirstSuccessor + 1]];
        return (one == _nexts[first] && !IsInside(other)) || (other == _nexts[first] && !IsInside(one));

        // Blocks change places with others of their loop only.
        bool IsInside(int block) => _placeOf[block] >= place && _placeOf[block] <= end;
    }
}
