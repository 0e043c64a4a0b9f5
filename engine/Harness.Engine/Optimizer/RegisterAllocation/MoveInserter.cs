using Harness.Engine.Optimizer.Lowering;

namespace Harness.Engine.Optimizer.RegisterAllocation;

/// <summary>
/// Finds the moves that make the allocation true: where a value changes its place within a block, where its place differs at both
/// ends of an edge, and into block parameters.
/// </summary>
/// <remarks>
/// A value that goes to the frame is stored once, so that later it only needs to be loaded: where it goes there first if all other
/// places come after that, else where it is made; unless it goes there only in colder code than where it is made: then it is
/// stored wherever it goes. An edge that comes from before the store, to where the value is expected in the frame, stores it too.
/// </remarks>
internal sealed class MoveInserter(LifetimeBuilder builder, LinearScan scan)
{
    private const int NotStored = -1;

    /// <summary>Stored before all of its uses: as if in the entry.</summary>
    private const int AtDefinition = 0;


    private readonly Lifetimes _lifetimes = builder.Lifetimes;
    private readonly GrowList<Entry> _moves = new();
    private readonly Dominators _dominators = builder.Dominators;
    private LirCode _code = null!;
    private readonly GrowList<int> _intervals = new();
    private int[] _storeBlocks = new int[512];
    private int[] _storePositions = new int[512];
    private int[] _firstIntervals = new int[513];
    private int[] _connectedFrom = new int[64];

    /// <summary>Number of moves.</summary>
    public int Count => _moves.Count;

    /// <summary>A move.</summary>
    public Move this[int index] => _moves[index].Move;

    /// <summary>Number of the instruction before which a move happens.</summary>
    public int InstructionOf(int index) => (int)(_moves[index].Key >> 2);

    /// <summary>Tells groups apart: all moves with the same number happen at once.</summary>
    public long GroupOf(int index) => _moves[index].Key;

    /// <summary>Finds the moves of a function.</summary>
    public void Run(LirCode lir)
    {
        _code = lir;
        _moves.Clear();
        if (scan.SlotCount > 0)
        {
            builder.FindDominators();
        }

        if (_storeBlocks.Length < _code.ValueCount)
        {
            _storeBlocks = new int[_code.ValueCount * 2];
            _storePositions = new int[_code.ValueCount * 2];
            _firstIntervals = new int[(_code.ValueCount * 2) + 1];
        }

        if (_connectedFrom.Length < _code.BlockCount)
        {
            _connectedFrom = new int[_code.BlockCount * 2];
        }

        Array.Fill(_connectedFrom, -1, 0, _code.BlockCount);
        ListIntervals();
        foreach (var value in builder.Definitions.Span)
        {
            _storeBlocks[value] = NotStored;
            if (_lifetimes[value].Next != 0)
            {
                ConnectIntervals(value);
            }
        }

        for (var i = 0; i < _code.BlockCount; i++)
        {
            _code.Graph.Budget.CountStep();
            ConnectBlocks(i);
        }

        _moves.Sort(static (a, b) => a.Key.CompareTo(b.Key));
    }

    /// <summary>
    /// Whether the slot of a value that lives at a position holds the value there, and moves behind it may count on that.
    /// </summary>
    public bool IsInSlot(int value, int position)
    {
        var block = _storeBlocks[value];
        return scan.SlotOf(value) >= 0 && block != NotStored && position >= _storePositions[value]
            && _dominators.Dominates(block, scan.BlockAt(position));
    }

    /// <summary>Lists the intervals of each value in order, so that they can be searched.</summary>
    private void ListIntervals()
    {
        _intervals.Clear();
        for (var value = 0; value < _code.ValueCount; value++)
        {
            _firstIntervals[value] = _intervals.Count;
            for (var i = _lifetimes[value].Next == 0 ? 0 : value; i != 0; i = _lifetimes[i].Next)
            {
                _intervals.Add(i);
            }
        }

        _firstIntervals[_code.ValueCount] = _intervals.Count;
    }

    /// <summary>The interval of a value that a position belongs to, which may lie in a hole.</summary>
    private int IntervalAt(int value, int position)
    {
        if (_lifetimes[value].Next == 0)
        {
            return value;
        }

        var low = _firstIntervals[value];
        var high = _firstIntervals[value + 1] - 1;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_lifetimes[_intervals[middle]].End <= position)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return _intervals[low];
    }

    private void ConnectIntervals(int value)
    {
        if (builder.LivesInFrame(value))
        {
            LoadForUses(value);
            return;
        }

        if (scan.SlotOf(value) >= 0)
        {
            if (_lifetimes[value].Location.IsStack)
            {
                _storeBlocks[value] = AtDefinition;
                _storePositions[value] = 0;
            }
            else if (_lifetimes[value].Location.IsRegister)
            {
                StoreOnce(value);
            }
        }

        var earlier = 0;
        var before = value;
        for (var i = _lifetimes[value].Next; i != 0; earlier = before, before = i, i = _lifetimes[i].Next)
        {
            var start = _lifetimes[i].Start;
            if (IsContinuedBy(before, i))
            {
                var from = PlaceBefore(earlier, before, i);
                Connect(scan.BlockAt(start), start >> 2, MoveGroup.Split, value, from, _lifetimes[i].Location);
            }
        }
    }

    /// <summary>Stores a value that lives in the frame where it is made, and loads it wherever it is needed in a register.</summary>
    private void LoadForUses(int value)
    {
        _storeBlocks[value] = AtDefinition;
        _storePositions[value] = 0;
        var slot = Location.OfSlot(scan.SlotOf(value));
        if (_lifetimes[value].Location.IsRegister)
        {
            Add((_lifetimes[value].Start + 3) >> 2, MoveGroup.Spill, new Move(_lifetimes[value].Location, slot, _code.TypeOf(value)));
        }

        for (var i = _lifetimes[value].Next; i != 0; i = _lifetimes[i].Next)
        {
            if (_lifetimes[i].Location.IsRegister)
            {
                Add(_lifetimes[i].Start >> 2, MoveGroup.Split, new Move(slot, _lifetimes[i].Location, _code.TypeOf(value)));
            }
        }
    }

    /// <summary>Whether a value goes from one interval to the next within a block.</summary>
    private bool IsContinuedBy(int interval, int next) =>
        _lifetimes[interval].End == _lifetimes[next].Start && !IsBlockStart(_lifetimes[next].Start);

    /// <summary>
    /// Where a value lies before the instruction at which an interval starts. That is not in the interval before if that one starts
    /// at the same instruction, since the moves before an instruction happen at once.
    /// </summary>
    private Location PlaceBefore(int earlier, int before, int interval)
    {
        var isSameInstruction = _lifetimes[before].Start >= (_lifetimes[interval].Start & ~3);
        return _lifetimes[isSameInstruction && earlier != 0 && IsContinuedBy(earlier, before) ? earlier : before].Location;
    }

    /// <summary>Stores a value that goes to the frame, if it need not be stored each time that it does.</summary>
    private void StoreOnce(int value)
    {
        var definition = _lifetimes[value].Start;
        var slot = Location.OfSlot(scan.SlotOf(value));
        var earlier = 0;
        var before = value;
        var first = _lifetimes[value].Next;
        while (!_lifetimes[first].Location.IsStack)
        {
            earlier = before;
            before = first;
            first = _lifetimes[first].Next;
        }

        var start = _lifetimes[first].Start;
        var isFirst = IsContinuedBy(before, first);
        var weight = int.MinValue;
        for (var i = first; i != 0; i = _lifetimes[i].Next)
        {
            if (_lifetimes[i].Location.IsStack)
            {
                weight = Math.Max(weight, scan.WeightAt(_lifetimes[i].Start));
                isFirst = isFirst && IsDominated(i, scan.BlockAt(start));
            }
        }

        if (isFirst && scan.WeightAt(start) <= scan.WeightAt(definition))
        {
            _storeBlocks[value] = scan.BlockAt(start);
            _storePositions[value] = start;
            Add(start >> 2, MoveGroup.Split, new Move(PlaceBefore(earlier, before, first), slot, _code.TypeOf(value)));
        }
        else if (weight >= scan.WeightAt(definition))
        {
            _storeBlocks[value] = AtDefinition;
            _storePositions[value] = 0;
            Add((definition + 3) >> 2, MoveGroup.Spill, new Move(_lifetimes[value].Location, slot, _code.TypeOf(value)));
        }
    }

    /// <summary>
    /// Whether every block that an interval reaches into comes after another block: to one that does not, the value may come by an
    /// edge on which it is not stored yet.
    /// </summary>
    private bool IsDominated(int interval, int dominator)
    {
        for (var i = _lifetimes[interval].FirstRange; i != 0; i = _lifetimes.Range(i).Next)
        {
            ref var range = ref _lifetimes.Range(i);
            if (!_dominators.DominatesAll(dominator, scan.BlockAt(range.Start), scan.BlockAt(range.End - 1)))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsBlockStart(int position) =>
        (position & 3) == 0 && _code.Block(scan.BlockAt(position)).FirstInstruction == position >> 2;

    private void ConnectBlocks(int index)
    {
        ref var block = ref _code.Block(index);
        for (var s = 0; s < block.SuccessorCount; s++)
        {
            var target = _code.Successors[block.FirstSuccessor + s];
            if (_connectedFrom[target] != index)
            {
                _connectedFrom[target] = index;
                ConnectEdge(index, target);
            }
        }
    }

    private void ConnectEdge(int from, int to)
    {
        ref var source = ref _code.Block(from);
        ref var target = ref _code.Block(to);
        var isAtEnd = source.SuccessorCount == 1;
        var instruction = isAtEnd ? source.EndInstruction - 1 : target.FirstInstruction;
        var group = isAtEnd ? MoveGroup.BlockEnd : MoveGroup.BlockStart;
        var end = IsHandler(source, to) ? (4 * (source.EndInstruction - 2)) + 1 : (4 * source.EndInstruction) - 1;
        var start = 4 * target.FirstInstruction;
        for (var i = builder.FirstLiveIn(to); i != 0;)
        {
            (var value, i) = builder.NextLiveIn(i);
            if (_lifetimes[value].Next != 0)
            {
                var before = _lifetimes[IntervalAt(value, end)].Location;
                var after = _lifetimes[IntervalAt(value, start)].Location;
                Connect(from, instruction, group, value, before, after);
            }
        }

        if (target.GraphBlock >= 0)
        {
            PassArguments(ref source, ref target, instruction, group, end);
        }
    }

    /// <summary>Whether exceptions of the call at the end of a block come to another block: then values are where they are at the call.</summary>
    private bool IsHandler(in LirBlock source, int target) =>
        _code.Instruction(source.EndInstruction - 1).Op == LirOp.Invoke && _code.Successors[source.FirstSuccessor + 1] == target;

    private void PassArguments(ref LirBlock source, ref LirBlock target, int instruction, MoveGroup group, int end)
    {
        var parameters = _code.Graph.Blocks[target.GraphBlock].Parameters;
        var arguments = _code.Operands(_code.Instruction(source.EndInstruction - 1));
        for (var i = 0; i < parameters.Count; i++)
        {
            var parameter = _code.ValueOfNode[parameters[i]];
            var to = _lifetimes[parameter].Location;
            if (to.IsNone)
            {
                continue;
            }

            var type = _code.TypeOf(parameter);
            if (arguments[i].IsConstant)
            {
                var bits = Constants.RegisterBits(_code.Graph, arguments[i].ConstantNode);
                Add(instruction, group, new Move(Location.None, to, type, bits));
                continue;
            }

            var argument = arguments[i].Value;
            var from = _lifetimes[IntervalAt(argument, end)].Location;
            var isThere = to.IsStack && scan.SlotOf(argument) == scan.SlotOf(parameter) && IsInSlot(argument, end);
            if (from != to && !isThere)
            {
                Add(instruction, group, new Move(from, to, type));
            }
        }
    }

    /// <summary>Moves a value that comes from a block, unless it goes to the frame and was stored there on every way to the block.</summary>
    private void Connect(int block, int instruction, MoveGroup group, int value, Location from, Location to)
    {
        var isStored = to.IsStack && _storeBlocks[value] != NotStored && _dominators.Dominates(_storeBlocks[value], block);
        if (from != to && !isStored)
        {
            Add(instruction, group, new Move(from, to, _code.TypeOf(value)));
        }
    }

    private void Add(int instruction, MoveGroup group, Move move) =>
        _moves.Add(new Entry(((long)instruction << 2) | (long)group, move));

    private readonly record struct Entry(long Key, Move Move);
}
