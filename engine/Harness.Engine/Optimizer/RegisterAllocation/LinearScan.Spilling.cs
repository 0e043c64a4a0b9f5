using Harness.Engine.Optimizer.Lowering;

namespace Harness.Engine.Optimizer.RegisterAllocation;

/// <content>What happens when there are not enough registers: cutting intervals, and slots in the frame.</content>
internal sealed partial class LinearScan
{
    /// <summary>Most blocks that are looked at for a better place to cut.</summary>
    private const int SearchedBlocks = 100;

    /// <summary>
    /// Finds a place for an interval for which no register is free: in the frame, or in the register of what is needed later
    /// than it.
    /// </summary>
    private void AllocateBlocked(int current)
    {
        int start = lifetimes[current].Start;
        int instruction = start & ~3;
        int firstUse = lifetimes.NextUse(current, start);
        if (firstUse == Never)
        {
            SpillFrom(current);
            return;
        }

        int[] registers = code.IsFloat(lifetimes[current].Value) ? Xmms : Gprs;
        int limit = FindBlocked(current, registers, instruction);
        int best = registers[0];
        foreach (int register in registers)
        {
            if (Math.Min(nextUse[register], freeUntil[register]) > Math.Min(nextUse[best], freeUntil[best]))
            {
                best = register;
            }
        }

        bool mustHave = HasMustUse(current, instruction + 3);
        int gain = Math.Min(nextUse[best], freeUntil[best]);
        bool isTooShort = (gain & ~3) <= start && gain < lifetimes[current].End;
        if (!mustHave && (isTooShort || gain <= firstUse || limit <= firstUse || IsWeakUse(current)))
        {
            SpillFrom(current);
            return;
        }

        if (isTooShort)
        {
            throw new InvalidOperationException($"no register for v{lifetimes[current].Value} at position {start}");
        }

        Evict(current, best, instruction);
        int free = freeUntil[best];
        if (free < lifetimes[current].End)
        {
            Cut(current, LastCut(free, limit));
        }

        lifetimes[current].Location = new Location(best);
        Activate(current);
    }

    /// <summary>
    /// Finds when the value in each register is needed next (<see cref="nextUse"/>) and how long the register can be taken at all
    /// (<see cref="freeUntil"/>).
    /// </summary>
    private int FindBlocked(int current, int[] registers, int instruction)
    {
        ref Interval interval = ref lifetimes[current];
        int limit = fixedPositions.NextCall(current);
        foreach (int register in registers)
        {
            freeUntil[register] = limit;
            int holder = active[register];
            nextUse[register] = holder == 0 ? Never : lifetimes.NextUseAdvancing(holder, instruction);
            if (holder != 0 && lifetimes[holder].Start > instruction)
            {
                // Made by the same instruction.
                nextUse[register] = instruction;
            }
        }

        foreach (int register in interval.IsChild ? registers : [])
        {
            ReadOnlySpan<int> others = inactive.Of(register);
            for (int i = others.Length - 1; i >= 0 && inactive.ReturnOf(others[i]) < interval.End; i--)
            {
                if (lifetimes.FirstIntersection(others[i], current) != Never)
                {
                    nextUse[register] = Math.Min(nextUse[register], lifetimes.NextUseAdvancing(others[i], instruction));
                }
            }
        }

        foreach (int register in fixedPositions.Clobbered == 0 ? [] : registers)
        {
            if ((fixedPositions.Clobbered & (1u << register)) != 0)
            {
                freeUntil[register] = Math.Min(freeUntil[register], fixedPositions.NextClobber(current, register));
            }
        }

        return limit;
    }

    /// <summary>Whether an interval needs a register at or before a position.</summary>
    private bool HasMustUse(int index, int until)
    {
        for (int use = lifetimes[index].FirstUse; use != 0 && lifetimes.Use(use).Position <= until; use = lifetimes.Use(use).Next)
        {
            if (lifetimes.Use(use).Kind == UseKind.Must)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the next use takes its value from the frame as well, and nothing is gained by a register.</summary>
    private bool IsWeakUse(int index)
    {
        int use = lifetimes[index].FirstUse;
        return use != 0 && !WantsRegister(use);
    }

    /// <summary>Whether a value in the frame is to be loaded for a use: where it must, and where it is read again and again.</summary>
    private bool WantsRegister(int use)
    {
        ref UsePosition position = ref lifetimes.Use(use);
        ref LirBlock block = ref code.Block(BlockAt(position.Position));
        return position.Kind == UseKind.Must || (block.LoopDepth > 0 && !block.IsCold);
    }

    /// <summary>Whether an interval ends as an argument of a call, which can be taken from the frame just as well.</summary>
    private bool IsLastAtCall(int index, int use) =>
        lifetimes.Use(use).Kind == UseKind.Should && lifetimes[index].End <= lifetimes.Use(use).Position + 1
            && code.Instruction(lifetimes.Use(use).Position >> 2).Clobbers == uint.MaxValue;

    /// <summary>Frees a register for an interval.</summary>
    private void Evict(int current, int register, int instruction)
    {
        int holder = active[register];
        if (holder != 0)
        {
            Deactivate(register);
            SplitAndSpill(holder, instruction);
        }

        if (!lifetimes[current].IsChild)
        {
            return;
        }

        int end = lifetimes[current].End;
        for (int i = inactive.Of(register).Length - 1; i >= 0 && inactive.ReturnOf(inactive.Of(register)[i]) < end; i--)
        {
            int other = inactive.Of(register)[i];
            if (lifetimes.FirstIntersection(other, current) != Never)
            {
                // It is in a hole: what comes after finds a place of its own.
                inactive.RemoveAt(register, i);
                Requeue(other, lifetimes.Range(lifetimes[other].CurrentRange).Start);
            }
        }
    }

    /// <summary>Sends the rest of an interval to the frame, from an instruction on at the latest.</summary>
    private void SplitAndSpill(int index, int instruction)
    {
        int start = lifetimes[index].Start;
        int earliest = Math.Max(start, lifetimes.PreviousUse(index, instruction)) + 1;
        int position = SplitPosition(earliest, instruction);
        if (position <= start)
        {
            SpillFrom(index, instruction);
            return;
        }

        SpillFrom(lifetimes.Split(index, position), instruction);
    }

    private void SpillFrom(int index) => SpillFrom(index, lifetimes[index].Start);

    /// <summary>Leaves an interval in the frame, up to its first use behind a position that wants a register.</summary>
    private void SpillFrom(int index, int position)
    {
        lifetimes[index].Location = spillSlots.Add(lifetimes[index].Value);
        int use = lifetimes[index].FirstUse;
        while (use != 0 && (lifetimes.Use(use).Position <= (position | 3) || !WantsRegister(use) || IsLastAtCall(index, use)))
        {
            use = lifetimes.Use(use).Next;
        }

        if (use != 0)
        {
            int last = lifetimes.Use(use).Position & ~3;
            Requeue(index, SplitPosition((position & ~3) + 4, last));
        }
    }

    /// <summary>
    /// The last position at which a register can be left that is free up to a position. What a call reads is read before it
    /// overwrites the registers, and what comes after lies in the frame; otherwise values move between instructions.
    /// </summary>
    private static int LastCut(int free, int call) => free == call ? free : free & ~3;

    /// <summary>Cuts an interval that has got a register, behind its last use before a position at the earliest.</summary>
    private void Cut(int current, int latest)
    {
        int earliest = Math.Max(lifetimes[current].Start, lifetimes.PreviousUse(current, latest)) + 1;
        Requeue(current, SplitPosition(earliest, latest));
    }

    /// <summary>Cuts an interval and lets the part behind wait for its turn.</summary>
    private void Requeue(int index, int position)
    {
        int child = lifetimes.Split(index, position);
        children.Enqueue(child, lifetimes[child].Start);
    }

    /// <summary>
    /// The best place to cut between two positions: the beginning of a block in the outermost loop or in cold code, or else as late
    /// as possible. A cut at a loop's header is made before the loop, as the value lies in the same place around it; one in a block that
    /// leaves the loop, but lies between its blocks, would be made in the loop.
    /// </summary>
    private int SplitPosition(int earliest, int latest)
    {
        if (earliest > latest)
        {
            return latest;
        }

        int last = BlockAt(latest);
        int first = Math.Max(BlockAt(earliest), last - SearchedBlocks);
        int best = latest;
        int bestWeight = Weight(last);
        for (int i = last; i > first; i--)
        {
            int start = 4 * code.Block(i).FirstInstruction;
            bool isAroundBest = IsLoopAround(i, BlockAt(best));
            int weight = isAroundBest ? Weight(i) - 1 : Weight(i);
            if (start >= earliest && (weight < bestWeight || (isAroundBest && weight == bestWeight && best != latest)))
            {
                best = start;
                bestWeight = weight;
            }
        }

        return best;
    }

    /// <summary>Whether a block is the header of a loop with another block between its blocks.</summary>
    private bool IsLoopAround(int header, int block)
    {
        ref LirBlock loop = ref code.Block(header);
        if (!loop.IsLoopHeader || loop.IsCold)
        {
            return false;
        }

        // Predecessors are listed in ascending order.
        return loop.PredecessorCount > 0 && code.Predecessors[loop.FirstPredecessor + loop.PredecessorCount - 1] >= block;
    }

    private int Weight(int block) => code.Block(block).IsCold ? -1 : code.Block(block).LoopDepth;
}
