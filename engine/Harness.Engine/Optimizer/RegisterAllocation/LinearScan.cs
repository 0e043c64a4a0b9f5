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
    private readonly GrowList<int> inactive = new();
    private readonly SpillSlots spillSlots;
    private readonly int[] active = new int[Location.RegisterCount];
    private readonly int[] freeUntil = new int[Location.RegisterCount];
    private readonly int[] nextUse = new int[Location.RegisterCount];
    private LirCode code = null!;
    private int[] blockOfInstruction = new int[1024];
    private uint activeRegisters;
    private int inactiveEvent;
    private int callCursor;
    private int clobberCursor;

    /// <summary>Makes an allocator for the lifetimes that a builder computes.</summary>
    public LinearScan(LifetimeBuilder builder)
    {
        this.builder = builder;
        lifetimes = builder.Lifetimes;
        spillSlots = new SpillSlots(builder);
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
        inactive.Clear();
        inactiveEvent = Never;
        callCursor = 0;
        clobberCursor = 0;
    }

    private void Visit(int current)
    {
        int position = lifetimes[current].Start;
        Advance(position);
        if (TryAllocateFree(current))
        {
            return;
        }

        AllocateBlocked(current);
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
                AddInactive(interval);
            }
        }

        if (position >= inactiveEvent)
        {
            int kept = 0;
            inactiveEvent = Never;
            for (int i = 0; i < inactive.Count; i++)
            {
                int interval = inactive[i];
                if (lifetimes[interval].End <= position)
                {
                    continue;
                }

                if (lifetimes.CoversAdvancing(interval, position))
                {
                    Activate(interval);
                    continue;
                }

                inactive[kept++] = interval;
                inactiveEvent = Math.Min(inactiveEvent, lifetimes.Range(lifetimes[interval].CurrentRange).Start);
            }

            inactive.Truncate(kept);
        }

        while (callCursor < builder.Calls.Count && builder.Calls[callCursor] < position)
        {
            callCursor++;
        }

        while (clobberCursor < builder.Clobbers.Count && builder.Clobbers[clobberCursor].Position < position)
        {
            clobberCursor++;
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

    private void AddInactive(int interval)
    {
        inactive.Add(interval);
        inactiveEvent = Math.Min(inactiveEvent, lifetimes.Range(lifetimes[interval].CurrentRange).Start);
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
        int limit = NextCall(current);
        foreach (int register in registers)
        {
            freeUntil[register] = active[register] == 0 ? limit : 0;
        }

        // Values in SSA form that are not split do not meet those in a hole where they are defined.
        if (interval.IsChild)
        {
            for (int i = 0; i < inactive.Count; i++)
            {
                int register = lifetimes[inactive[i]].Location.Code;
                int meeting = lifetimes.FirstIntersection(inactive[i], current);
                freeUntil[register] = Math.Min(freeUntil[register], meeting);
            }
        }

        for (int i = clobberCursor; i < builder.Clobbers.Count; i++)
        {
            var (position, mask) = builder.Clobbers[i];
            if (position >= interval.End || position >= limit)
            {
                break;
            }

            if (!lifetimes.Covers(current, position))
            {
                continue;
            }

            for (; mask != 0; mask &= mask - 1)
            {
                int register = BitOperations.TrailingZeroCount(mask);
                freeUntil[register] = Math.Min(freeUntil[register], position);
            }
        }

        return limit;
    }

    /// <summary>The first call that an interval lives across; <see cref="Never"/> if none.</summary>
    private int NextCall(int current)
    {
        ref Interval interval = ref lifetimes[current];
        GrowList<int> calls = builder.Calls;
        int call = callCursor;
        for (int range = interval.CurrentRange; range != 0 && call < calls.Count;)
        {
            ref LiveRange part = ref lifetimes.Range(range);
            if (calls[call] >= part.End)
            {
                range = part.Next;
            }
            else if (calls[call] >= part.Start)
            {
                return calls[call];
            }
            else
            {
                call = FirstCallFrom(call + 1, part.Start);
            }
        }

        return Never;
    }

    /// <summary>The first call at or behind a position, by a search that doubles its steps.</summary>
    private int FirstCallFrom(int call, int position)
    {
        GrowList<int> calls = builder.Calls;
        int step = 1;
        int high = call;
        while (high < calls.Count && calls[high] < position)
        {
            call = high + 1;
            high += step;
            step *= 2;
        }

        high = Math.Min(high, calls.Count);
        while (call < high)
        {
            int middle = (call + high) >>> 1;
            if (calls[middle] < position)
            {
                call = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return call;
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

        Location last = lifetimes[lifetimes.At(hint, lifetimes[current].Start - 1)].Location;
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
