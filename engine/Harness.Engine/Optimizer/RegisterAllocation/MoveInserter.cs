using Harness.Engine.Optimizer.Ir;
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


    private readonly Lifetimes lifetimes = builder.Lifetimes;
    private readonly GrowList<Entry> moves = new();
    private readonly Dominators dominators = builder.Dominators;
    private LirCode code = null!;
    private readonly GrowList<int> intervals = new();
    private int[] storeBlocks = new int[512];
    private int[] storePositions = new int[512];
    private int[] firstIntervals = new int[513];
    private int[] connectedFrom = new int[64];

    /// <summary>Number of moves.</summary>
    public int Count => moves.Count;

    /// <summary>A move.</summary>
    public Move this[int index] => moves[index].Move;

    /// <summary>Number of the instruction before which a move happens.</summary>
    public int InstructionOf(int index) => (int)(moves[index].Key >> 2);

    /// <summary>Tells groups apart: all moves with the same number happen at once.</summary>
    public long GroupOf(int index) => moves[index].Key;

    /// <summary>Finds the moves of a function.</summary>
    public void Run(LirCode lir)
    {
        code = lir;
        moves.Clear();
        if (scan.SlotCount > 0)
        {
            builder.FindDominators();
        }

        if (storeBlocks.Length < code.ValueCount)
        {
            storeBlocks = new int[code.ValueCount * 2];
            storePositions = new int[code.ValueCount * 2];
            firstIntervals = new int[(code.ValueCount * 2) + 1];
        }

        if (connectedFrom.Length < code.BlockCount)
        {
            connectedFrom = new int[code.BlockCount * 2];
        }

        Array.Fill(connectedFrom, -1, 0, code.BlockCount);
        ListIntervals();
        foreach (int value in builder.Definitions.Span)
        {
            storeBlocks[value] = NotStored;
            if (lifetimes[value].Next != 0)
            {
                ConnectIntervals(value);
            }
        }

        for (int i = 0; i < code.BlockCount; i++)
        {
            code.Graph.Budget.CountStep();
            ConnectBlocks(i);
        }

        moves.Sort(static (a, b) => a.Key.CompareTo(b.Key));
    }

    /// <summary>
    /// Whether the slot of a value that lives at a position holds the value there, and moves behind it may count on that.
    /// </summary>
    public bool IsInSlot(int value, int position)
    {
        int block = storeBlocks[value];
        return scan.SlotOf(value) >= 0 && block != NotStored && position >= storePositions[value]
            && dominators.Dominates(block, scan.BlockAt(position));
    }

    /// <summary>Lists the intervals of each value in order, so that they can be searched.</summary>
    private void ListIntervals()
    {
        intervals.Clear();
        for (int value = 0; value < code.ValueCount; value++)
        {
            firstIntervals[value] = intervals.Count;
            for (int i = lifetimes[value].Next == 0 ? 0 : value; i != 0; i = lifetimes[i].Next)
            {
                intervals.Add(i);
            }
        }

        firstIntervals[code.ValueCount] = intervals.Count;
    }

    /// <summary>The interval of a value that a position belongs to, which may lie in a hole.</summary>
    private int IntervalAt(int value, int position)
    {
        if (lifetimes[value].Next == 0)
        {
            return value;
        }

        int low = firstIntervals[value];
        int high = firstIntervals[value + 1] - 1;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (lifetimes[intervals[middle]].End <= position)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return intervals[low];
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
            if (lifetimes[value].Location.IsStack)
            {
                storeBlocks[value] = AtDefinition;
                storePositions[value] = 0;
            }
            else if (lifetimes[value].Location.IsRegister)
            {
                StoreOnce(value);
            }
        }

        int earlier = 0;
        int before = value;
        for (int i = lifetimes[value].Next; i != 0; earlier = before, before = i, i = lifetimes[i].Next)
        {
            int start = lifetimes[i].Start;
            if (IsContinuedBy(before, i))
            {
                Location from = PlaceBefore(earlier, before, i);
                Connect(scan.BlockAt(start), start >> 2, MoveGroup.Split, value, from, lifetimes[i].Location);
            }
        }
    }

    /// <summary>Stores a value that lives in the frame where it is made, and loads it wherever it is needed in a register.</summary>
    private void LoadForUses(int value)
    {
        storeBlocks[value] = AtDefinition;
        storePositions[value] = 0;
        Location slot = Location.OfSlot(scan.SlotOf(value));
        if (lifetimes[value].Location.IsRegister)
        {
            Add((lifetimes[value].Start + 3) >> 2, MoveGroup.Spill, new Move(lifetimes[value].Location, slot, code.TypeOf(value)));
        }

        for (int i = lifetimes[value].Next; i != 0; i = lifetimes[i].Next)
        {
            if (lifetimes[i].Location.IsRegister)
            {
                Add(lifetimes[i].Start >> 2, MoveGroup.Split, new Move(slot, lifetimes[i].Location, code.TypeOf(value)));
            }
        }
    }

    /// <summary>Whether a value goes from one interval to the next within a block.</summary>
    private bool IsContinuedBy(int interval, int next) =>
        lifetimes[interval].End == lifetimes[next].Start && !IsBlockStart(lifetimes[next].Start);

    /// <summary>
    /// Where a value lies before the instruction at which an interval starts. That is not in the interval before if that one starts
    /// at the same instruction, since the moves before an instruction happen at once.
    /// </summary>
    private Location PlaceBefore(int earlier, int before, int interval)
    {
        bool isSameInstruction = lifetimes[before].Start >= (lifetimes[interval].Start & ~3);
        return lifetimes[isSameInstruction && earlier != 0 && IsContinuedBy(earlier, before) ? earlier : before].Location;
    }

    /// <summary>Stores a value that goes to the frame, if it need not be stored each time that it does.</summary>
    private void StoreOnce(int value)
    {
        int definition = lifetimes[value].Start;
        Location slot = Location.OfSlot(scan.SlotOf(value));
        int earlier = 0;
        int before = value;
        int first = lifetimes[value].Next;
        while (!lifetimes[first].Location.IsStack)
        {
            earlier = before;
            before = first;
            first = lifetimes[first].Next;
        }

        int start = lifetimes[first].Start;
        bool isFirst = IsContinuedBy(before, first);
        int weight = int.MinValue;
        for (int i = first; i != 0; i = lifetimes[i].Next)
        {
            if (lifetimes[i].Location.IsStack)
            {
                weight = Math.Max(weight, scan.WeightAt(lifetimes[i].Start));
                isFirst = isFirst && IsDominated(i, scan.BlockAt(start));
            }
        }

        if (isFirst && scan.WeightAt(start) <= scan.WeightAt(definition))
        {
            storeBlocks[value] = scan.BlockAt(start);
            storePositions[value] = start;
            Add(start >> 2, MoveGroup.Split, new Move(PlaceBefore(earlier, before, first), slot, code.TypeOf(value)));
        }
        else if (weight >= scan.WeightAt(definition))
        {
            storeBlocks[value] = AtDefinition;
            storePositions[value] = 0;
            Add((definition + 3) >> 2, MoveGroup.Spill, new Move(lifetimes[value].Location, slot, code.TypeOf(value)));
        }
    }

    /// <summary>
    /// Whether every block that an interval reaches into comes after another block: to one that does not, the value may come by an
    /// edge on which it is not stored yet.
    /// </summary>
    private bool IsDominated(int interval, int dominator)
    {
        for (int i = lifetimes[interval].FirstRange; i != 0; i = lifetimes.Range(i).Next)
        {
            ref LiveRange range = ref lifetimes.Range(i);
            if (!dominators.DominatesAll(dominator, scan.BlockAt(range.Start), scan.BlockAt(range.End - 1)))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsBlockStart(int position) =>
        (position & 3) == 0 && code.Block(scan.BlockAt(position)).FirstInstruction == position >> 2;

    private void ConnectBlocks(int index)
    {
        ref LirBlock block = ref code.Block(index);
        for (int s = 0; s < block.SuccessorCount; s++)
        {
            int target = code.Successors[block.FirstSuccessor + s];
            if (connectedFrom[target] != index)
            {
                connectedFrom[target] = index;
                ConnectEdge(index, target);
            }
        }
    }

    private void ConnectEdge(int from, int to)
    {
        ref LirBlock source = ref code.Block(from);
        ref LirBlock target = ref code.Block(to);
        bool isAtEnd = source.SuccessorCount == 1;
        int instruction = isAtEnd ? source.EndInstruction - 1 : target.FirstInstruction;
        MoveGroup group = isAtEnd ? MoveGroup.BlockEnd : MoveGroup.BlockStart;
        int end = IsHandler(source, to) ? (4 * (source.EndInstruction - 2)) + 1 : (4 * source.EndInstruction) - 1;
        int start = 4 * target.FirstInstruction;
        for (int i = builder.FirstLiveIn(to); i != 0;)
        {
            (int value, i) = builder.NextLiveIn(i);
            if (lifetimes[value].Next != 0)
            {
                Location before = lifetimes[IntervalAt(value, end)].Location;
                Location after = lifetimes[IntervalAt(value, start)].Location;
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
        code.Instruction(source.EndInstruction - 1).Op == LirOp.Invoke && code.Successors[source.FirstSuccessor + 1] == target;

    private void PassArguments(ref LirBlock source, ref LirBlock target, int instruction, MoveGroup group, int end)
    {
        List<int> parameters = code.Graph.Blocks[target.GraphBlock].Parameters;
        ReadOnlySpan<LirOperand> arguments = code.Operands(code.Instruction(source.EndInstruction - 1));
        for (int i = 0; i < parameters.Count; i++)
        {
            int parameter = code.ValueOfNode[parameters[i]];
            Location to = lifetimes[parameter].Location;
            if (to.IsNone)
            {
                continue;
            }

            IrType type = code.TypeOf(parameter);
            if (arguments[i].IsConstant)
            {
                long bits = Constants.RegisterBits(code.Graph, arguments[i].ConstantNode);
                Add(instruction, group, new Move(Location.None, to, type, bits));
                continue;
            }

            int argument = arguments[i].Value;
            Location from = lifetimes[IntervalAt(argument, end)].Location;
            bool isThere = to.IsStack && scan.SlotOf(argument) == scan.SlotOf(parameter) && IsInSlot(argument, end);
            if (from != to && !isThere)
            {
                Add(instruction, group, new Move(from, to, type));
            }
        }
    }

    /// <summary>Moves a value that comes from a block, unless it goes to the frame and was stored there on every way to the block.</summary>
    private void Connect(int block, int instruction, MoveGroup group, int value, Location from, Location to)
    {
        bool isStored = to.IsStack && storeBlocks[value] != NotStored && dominators.Dominates(storeBlocks[value], block);
        if (from != to && !isStored)
        {
            Add(instruction, group, new Move(from, to, code.TypeOf(value)));
        }
    }

    private void Add(int instruction, MoveGroup group, Move move) =>
        moves.Add(new Entry(((long)instruction << 2) | (long)group, move));

    private readonly record struct Entry(long Key, Move Move);
}
