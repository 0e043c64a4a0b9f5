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
        var start = _lifetimes[current].Start;
        var instruction = start & ~3;
        var firstUse = _lifetimes.NextUse(current, start);
        if (firstUse == Never)
        {
            SpillFrom(current);
            return;
        }

        var registers = _code.IsFloat(_lifetimes[current].Value) ? Xmms : Gprs;
        var limit = FindBlocked(current, registers, instruction);
        var best = registers[0];
        foreach (var register in registers)
        {
            if (Math.Min(_nextUse[register], _freeUntil[register]) > Math.Min(_nextUse[best], _freeUntil[best]))
            {
                best = register;
            }
        }

        var mustHave = HasMustUse(current, instruction + 3);
        var gain = Math.Min(_nextUse[best], _freeUntil[best]);
        var isTooShort = (gain & ~3) <= start && gain < _lifetimes[current].End;
        if (!mustHave && (isTooShort || gain <= firstUse || limit <= firstUse || IsWeakUse(current)))
        {
            SpillFrom(current);
            return;
        }

        if (isTooShort)
        {
            throw new InvalidOperationException($"no register for v{_lifetimes[current].Value} at position {start}");
        }

        Evict(current, best, instruction);
        var free = _freeUntil[best];
        if (free < _lifetimes[current].End)
        {
            Cut(current, LastCut(free, limit));
        }

        _lifetimes[current].Location = new Location(best);
        Activate(current);
    }

    /// <summary>
    /// Finds when the value in each register is needed next (<see cref="_nextUse"/>) and how long the register can be taken at all
    /// (<see cref="_freeUntil"/>).
    /// </summary>
    private int FindBlocked(int current, int[] registers, int instruction)
    {
        ref var interval = ref _lifetimes[current];
        var limit = _fixedPositions.NextCall(current);
        foreach (var register in registers)
        {
            _freeUntil[register] = limit;
            var holder = _active[register];
            _nextUse[register] = holder == 0 ? Never : _lifetimes.NextUseAdvancing(holder, instruction);
            if (holder != 0 && _lifetimes[holder].Start > instruction)
            {
                // Made by the same instruction.
                _nextUse[register] = instruction;
            }
        }

        foreach (var register in interval.IsChild ? registers : [])
        {
            var others = _inactive.Of(register);
            for (var i = others.Length - 1; i >= 0 && _inactive.ReturnOf(others[i]) < interval.End; i--)
            {
                if (_lifetimes.FirstIntersection(others[i], current) != Never)
                {
                    _nextUse[register] = Math.Min(_nextUse[register], _lifetimes.NextUseAdvancing(others[i], instruction));
                }
            }
        }

        foreach (var register in _fixedPositions.Clobbered == 0 ? [] : registers)
        {
            if ((_fixedPositions.Clobbered & (1u << register)) != 0)
            {
                _freeUntil[register] = Math.Min(_freeUntil[register], _fixedPositions.NextClobber(current, register));
            }
        }

        return limit;
    }

    /// <summary>Whether an interval needs a register at or before a position.</summary>
    private bool HasMustUse(int index, int until)
    {
        for (var use = _lifetimes[index].FirstUse; use != 0 && _lifetimes.Use(use).Position <= until; use = _lifetimes.Use(use).Next)
        {
            if (_lifetimes.Use(use).Kind == UseKind.Must)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the next use takes its value from the frame as well, and nothing is gained by a register.</summary>
    private bool IsWeakUse(int index)
    {
        var use = _lifetimes[index].FirstUse;
        return use != 0 && !WantsRegister(use);
    }

    /// <summary>Whether a value in the frame is to be loaded for a use: where it must, and where it is read again and again.</summary>
    private bool WantsRegister(int use)
    {
        ref var position = ref _lifetimes.Use(use);
        ref var block = ref _code.Block(BlockAt(position.Position));
        return position.Kind == UseKind.Must || (block.LoopDepth > 0 && !block.IsCold);
    }

    /// <summary>Whether an interval ends as an argument of a call, which can be taken from the frame just as well.</summary>
    private bool IsLastAtCall(int index, int use) =>
        _lifetimes.Use(use).Kind == UseKind.Should && _lifetimes[index].End <= _lifetimes.Use(use).Position + 1
            && _code.Instruction(_lifetimes.Use(use).Position >> 2).Clobbers == uint.MaxValue;

    /// <summary>Frees a register for an interval.</summary>
    private void Evict(int current, int register, int instruction)
    {
        var holder = _active[register];
        if (holder != 0)
        {
            Deactivate(register);
            SplitAndSpill(holder, instruction);
        }

        if (!_lifetimes[current].IsChild)
        {
            return;
        }

        var end = _lifetimes[current].End;
        for (var i = _inactive.Of(register).Length - 1; i >= 0 && _inactive.ReturnOf(_inactive.Of(register)[i]) < end; i--)
        {
            var other = _inactive.Of(register)[i];
            if (_lifetimes.FirstIntersection(other, current) != Never)
            {
                // It is in a hole: what comes after finds a place of its own.
                _inactive.RemoveAt(register, i);
                Requeue(other, _lifetimes.Range(_lifetimes[other].CurrentRange).Start);
            }
        }
    }

    /// <summary>Sends the rest of an interval to the frame, from an instruction on at the latest.</summary>
    private void SplitAndSpill(int index, int instruction)
    {
        var start = _lifetimes[index].Start;
        var earliest = Math.Max(start, _lifetimes.PreviousUse(index, instruction)) + 1;
        var position = SplitPosition(earliest, instruction);
        if (position <= start)
        {
            SpillFrom(index, instruction);
            return;
        }

        SpillFrom(_lifetimes.Split(index, position), instruction);
    }

    private void SpillFrom(int index) => SpillFrom(index, _lifetimes[index].Start);

    /// <summary>Leaves an interval in the frame, up to its first use behind a position that wants a register.</summary>
    private void SpillFrom(int index, int position)
    {
        _lifetimes[index].Location = _spillSlots.Add(_lifetimes[index].Value);
        var use = _lifetimes[index].FirstUse;
        while (use != 0 && (_lifetimes.Use(use).Position <= (position | 3) || !WantsRegister(use) || IsLastAtCall(index, use)))
        {
            use = _lifetimes.Use(use).Next;
        }

        if (use != 0)
        {
            var last = _lifetimes.Use(use).Position & ~3;
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
        var earliest = Math.Max(_lifetimes[current].Start, _lifetimes.PreviousUse(current, latest)) + 1;
        Requeue(current, SplitPosition(earliest, latest));
    }

    /// <summary>Cuts an interval and lets the part behind wait for its turn.</summary>
    private void Requeue(int index, int position)
    {
        var child = _lifetimes.Split(index, position);
        _children.Enqueue(child, _lifetimes[child].Start);
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

        var last = BlockAt(latest);
        var first = Math.Max(BlockAt(earliest), last - SearchedBlocks);
        var best = latest;
        var bestWeight = Weight(last);
        for (var i = last; i > first; i--)
        {
            var start = 4 * _code.Block(i).FirstInstruction;
            var isAroundBest = IsLoopAround(i, BlockAt(best));
            var weight = isAroundBest ? Weight(i) - 1 : Weight(i);
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
        ref var loop = ref _code.Block(header);
        if (!loop.IsLoopHeader || loop.IsCold)
        {
            return false;
        }

        // Predecessors are listed in ascending order.
        return loop.PredecessorCount > 0 && _code.Predecessors[loop.FirstPredecessor + loop.PredecessorCount - 1] >= block;
    }

    private int Weight(int block) => _code.Block(block).IsCold ? -1 : _code.Block(block).LoopDepth;
}
