using System.Numerics;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.RegisterAllocation;

/// <summary>
/// Gives each virtual register a place for each moment of its life: Wimmer and Franz, "Linear Scan Register Allocation on SSA
/// Form" (2010), with the splitting of Wimmer and Mössenböck, "Optimized Interval Splitting in a Linear Scan Register Allocator"
/// (2005).
/// </summary>
/// <remarks>
/// Intervals are visited by their start. One that finds no register free for all of its life is cut where the register ends; if
/// none is free at all, whoever is needed last goes to the frame. Cuts move out of loops and into cold blocks. Since no register
/// survives a call, calls are not intervals of each register but one list of positions.
/// </remarks>
internal sealed partial class LinearScan
{
    private const int Never = int.MaxValue;

    private static readonly int[] Gprs = RegistersOf(CallingConvention.AllocatableGprs);
    private static readonly int[] Xmms = RegistersOf(CallingConvention.AllocatableXmms);

    private readonly LifetimeBuilder builder;
    private readonly Lifetimes lifetimes;
    private readonly PriorityQueue<int, int> children = new();
    private readonly InactiveIntervals inactive;
    private readonly FixedPositions fixedPositions;
    private readonly SpillSlots spillSlots;
    private readonly int[] active = new int[Location.RegisterCount];
    private readonly int[] freeUntil = new int[Location.RegisterCount];
    private readonly int[] nextUse = new int[Location.RegisterCount];
    private LirCode code = null!;
    private int[] blockOfInstruction = new int[1024];

    /// <summary>By value, the interval that the position was in when it was last asked for, as positions only grow.</summary>
    private int[] visitedPart = new int[512];
    private uint activeRegisters;

    /// <summary>Makes an allocator for the lifetimes that a builder computes.</summary>
    public LinearScan(LifetimeBuilder builder)
    {
        this.builder = builder;
        lifetimes = builder.Lifetimes;
        spillSlots = new SpillSlots(builder);
        inactive = new InactiveIntervals(lifetimes);
        fixedPositions = new FixedPositions(builder);
    }

    /// <summary>Number of spill slots in the frame.</summary>
    public int SlotCount => spillSlots.Count;

    /// <summary>The spill slot of a value; -1 if it never lies in the frame.</summary>
    public int SlotOf(int value) => spillSlots.Of(value);

    /// <summary>The block that a position lies in.</summary>
    public int BlockAt(int position) => blockOfInstruction[position >> 2];

    /// <summary>How expensive code is at a position: by loops around it; least in cold blocks.</summary>
    public int WeightAt(int position) => Weight(BlockAt(position));

    /// <summary>Allocates a function's values, whose lifetimes have just been computed.</summary>
    public void Run(LirCode lir)
    {
        code = lir;
        Prepare();
        int next = 0;
        GrowList<int> definitions = builder.Definitions;
        while (true)
        {
            int parent = 0;
            for (; next < definitions.Count; next++)
            {
                parent = definitions[next];
                if (lifetimes[parent].FirstRange != 0)
                {
                    break;
                }

                parent = 0;
            }

            int current;
            if (children.TryPeek(out int child, out int start) && (parent == 0 || start <= lifetimes[parent].Start))
            {
                current = child;
                children.Dequeue();
            }
            else if (parent != 0)
            {
                current = parent;
                next++;
            }
            else
            {
                break;
            }

            code.Graph.Budget.CountStep();
            Visit(current);
        }

        spillSlots.Assign();
    }

    private void Prepare()
    {
        spillSlots.Reset(code);
        if (blockOfInstruction.Length < code.InstructionCount)
        {
            blockOfInstruction = new int[code.InstructionCount * 2];
        }

        for (int i = 0; i < code.BlockCount; i++)
        {
            ref LirBlock block = ref code.Block(i);
            blockOfInstruction.AsSpan(block.FirstInstruction, block.EndInstruction - block.FirstInstruction).Fill(i);
        }

        Array.Clear(active);
        activeRegisters = 0;
        children.Clear();
        inactive.Clear();
        fixedPositions.Reset(code.ValueCount);
        if (visitedPart.Length < code.ValueCount)
        {
            visitedPart = new int[code.ValueCount * 2];
        }

        for (int i = 0; i < code.ValueCount; i++)
        {
            visitedPart[i] = i;
        }
    }

    private void Visit(int current)
    {
        int position = lifetimes[current].Start;
        Advance(position);
        if (builder.LivesInFrame(lifetimes[current].Value))
        {
            VisitInFrame(current);
            return;
        }

        if (TryAllocateFree(current))
        {
            return;
        }

        AllocateBlocked(current);
    }

    /// <summary>
    /// Leaves a value that lives in the frame there up to the next instruction that needs it in a register; at such an instruction, gives it one for
    /// that instruction alone.
    /// </summary>
    private void VisitInFrame(int current)
    {
        int last = lifetimes[current].Start | 3;
        Location slot = spillSlots.Add(lifetimes[current].Value);
        if (HasMustUse(current, last))
        {
            // A call overwrites the register right after it has read it.
            int start = lifetimes[current].Start;
            bool isCall = (start & 3) == 0 && code.Instruction(start >> 2).Clobbers == uint.MaxValue;
            int behind = isCall ? start + 1 : last + 1;
            if (behind < lifetimes[current].End)
            {
                Requeue(current, behind);
            }

            if (!TryAllocateFree(current))
            {
                AllocateBlocked(current);
            }

            return;
        }

        lifetimes[current].Location = slot;
        int use = lifetimes[current].FirstUse;
        while (use != 0 && (lifetimes.Use(use).Position <= last || lifetimes.Use(use).Kind != UseKind.Must))
        {
            use = lifetimes.Use(use).Next;
        }

        if (use != 0)
        {
            Requeue(current, lifetimes.Use(use).Position & ~3);
        }
    }

    /// <summary>Moves on to a position: intervals end, pause in a hole, or come back from one.</summary>
    private void Advance(int position)
    {
        for (uint registers = activeRegisters; registers != 0; registers &= registers - 1)
        {
            int register = BitOperations.TrailingZeroCount(registers);
            int interval = active[register];
            if (lifetimes[interval].End <= position)
            {
                Deactivate(register);
            }
            else if (!lifetimes.CoversAdvancing(interval, position))
            {
                Deactivate(register);
                inactive.Add(interval);
            }
        }

        if (position < inactive.NextReturn)
        {
            return;
        }

        while (inactive.TryTake(position, out int interval))
        {
            if (lifetimes[interval].End <= position)
            {
                continue;
            }

            if (lifetimes.CoversAdvancing(interval, position))
            {
                Activate(interval);
            }
            else
            {
                inactive.Add(interval);
            }
        }
    }

    private void Activate(int interval)
    {
        int register = lifetimes[interval].Location.Code;
        active[register] = interval;
        activeRegisters |= 1u << register;
    }

    private void Deactivate(int register)
    {
        active[register] = 0;
        activeRegisters &= ~(1u << register);
    }

    /// <summary>Gives an interval a register that is free for it, if need be only for its beginning.</summary>
    private bool TryAllocateFree(int current)
    {
        ref Interval interval = ref lifetimes[current];
        int[] registers = code.IsFloat(interval.Value) ? Xmms : Gprs;
        int limit = FindFree(current, registers);
        int start = interval.Start;
        int firstUse = lifetimes.NextUse(current, start);
        if ((limit & ~3) <= start || (firstUse > limit && limit < interval.End))
        {
            // The next call comes before anybody needs the value in a register.
            return false;
        }

        int register = ChooseFree(current, registers);
        int free = freeUntil[register];
        if (free < interval.End)
        {
            int last = LastCut(free, limit);
            if (last <= start || (firstUse >= last && firstUse != start))
            {
                return false;
            }

            Cut(current, last);
        }

        lifetimes[current].Location = new Location(register);
        Activate(current);
        return true;
    }

    /// <summary>Finds how long each register is free from the current position on; no register is longer than the result.</summary>
    private int FindFree(int current, int[] registers)
    {
        ref Interval interval = ref lifetimes[current];
        int limit = fixedPositions.NextCall(current);
        foreach (int register in registers)
        {
            freeUntil[register] = active[register] == 0 ? limit : 0;
        }

        // Values in SSA form that are not split do not meet those in a hole where they are defined.
        foreach (int register in interval.IsChild ? registers : [])
        {
            ReadOnlySpan<int> others = inactive.Of(register);
            for (int i = others.Length - 1; i >= 0 && inactive.ReturnOf(others[i]) < Math.Min(freeUntil[register], interval.End); i--)
            {
                freeUntil[register] = Math.Min(freeUntil[register], lifetimes.FirstIntersection(others[i], current));
            }
        }

        foreach (int register in fixedPositions.Clobbered == 0 ? [] : registers)
        {
            if (freeUntil[register] > 0 && (fixedPositions.Clobbered & (1u << register)) != 0)
            {
                freeUntil[register] = Math.Min(freeUntil[register], fixedPositions.NextClobber(current, register));
            }
        }

        return limit;
    }

    /// <summary>
    /// The register to take: one that saves a move if it is free long enough, else the one that is free just long enough, else the
    /// one that is free longest.
    /// </summary>
    private int ChooseFree(int current, int[] registers)
    {
        ref Interval interval = ref lifetimes[current];
        int end = interval.End;
        int best = registers[0];
        foreach (int register in registers)
        {
            int free = freeUntil[register];
            bool isBetter = freeUntil[best] >= end ? free >= end && free < freeUntil[best] : free > freeUntil[best];
            if (isBetter)
            {
                best = register;
            }
        }

        int needed = Math.Min(end, freeUntil[best]);
        int hint = HintedRegister(current, needed);
        if (hint >= 0)
        {
            return hint;
        }

        byte other = builder.RegisterHint(interval.Value);
        return other != LirOperand.NoHint && freeUntil[other] >= needed ? other : best;
    }

    /// <summary>The register of the value that an interval would best share its place with; -1 if none is free long enough.</summary>
    private int HintedRegister(int current, int needed)
    {
        int hint = code.HintOf(lifetimes[current].Value);
        if (hint == 0 || code.IsFloat(hint) != code.IsFloat(lifetimes[current].Value))
        {
            return -1;
        }

        // What flows into a loop's parameter wants the register in which the loop begins; others one that has just become free.
        Location first = lifetimes[hint].Location;
        if (first.IsRegister && freeUntil[first.Code] >= needed)
        {
            return first.Code;
        }

        ref int part = ref visitedPart[hint];
        part = lifetimes.At(part, lifetimes[current].Start - 1);
        Location last = lifetimes[part].Location;
        return last.IsRegister && freeUntil[last.Code] >= needed ? last.Code : -1;
    }

    private static int[] RegistersOf(ReadOnlySpan<Gpr> registers)
    {
        var numbers = new int[registers.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = Location.Of(registers[i]).Code;
        }

        return numbers;
    }

    private static int[] RegistersOf(ReadOnlySpan<Xmm> registers)
    {
        var numbers = new int[registers.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = Location.Of(registers[i]).Code;
        }

        return numbers;
    }
}
