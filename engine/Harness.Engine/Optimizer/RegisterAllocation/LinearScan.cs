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

    private readonly LifetimeBuilder _builder;
    private readonly Lifetimes _lifetimes;
    private readonly PriorityQueue<int, int> _children = new();
    private readonly InactiveIntervals _inactive;
    private readonly FixedPositions _fixedPositions;
    private readonly SpillSlots _spillSlots;
    private readonly int[] _active = new int[Location.RegisterCount];
    private readonly int[] _freeUntil = new int[Location.RegisterCount];
    private readonly int[] _nextUse = new int[Location.RegisterCount];
    private LirCode _code = null!;
    private int[] _blockOfInstruction = new int[1024];

    /// <summary>By value, the interval that the position was in when it was last asked for, as positions only grow.</summary>
    private int[] _visitedPart = new int[512];
    private uint _activeRegisters;

    /// <summary>Makes an allocator for the lifetimes that a builder computes.</summary>
    public LinearScan(LifetimeBuilder builder)
    {
        _builder = builder;
        _lifetimes = builder.Lifetimes;
        _spillSlots = new SpillSlots(builder);
        _inactive = new InactiveIntervals(_lifetimes);
        _fixedPositions = new FixedPositions(builder);
    }

    /// <summary>Number of spill slots in the frame.</summary>
    public int SlotCount => _spillSlots.Count;

    /// <summary>The spill slot of a value; -1 if it never lies in the frame.</summary>
    public int SlotOf(int value) => _spillSlots.Of(value);

    /// <summary>The block that a position lies in.</summary>
    public int BlockAt(int position) => _blockOfInstruction[position >> 2];

    /// <summary>How expensive code is at a position: by loops around it; least in cold blocks.</summary>
    public int WeightAt(int position) => Weight(BlockAt(position));

    /// <summary>Allocates a function's values, whose lifetimes have just been computed.</summary>
    public void Run(LirCode lir)
    {
        _code = lir;
        Prepare();
        var next = 0;
        var definitions = _builder.Definitions;
        while (true)
        {
            var parent = 0;
            for (; next < definitions.Count; next++)
            {
                parent = definitions[next];
                if (_lifetimes[parent].FirstRange != 0)
                {
                    break;
                }

                parent = 0;
            }

            int current;
            if (_children.TryPeek(out var child, out var start) && (parent == 0 || start <= _lifetimes[parent].Start))
            {
                current = child;
                _children.Dequeue();
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

            _code.Graph.Budget.CountStep();
            Visit(current);
        }

        _spillSlots.Assign();
    }

    private void Prepare()
    {
        _spillSlots.Reset(_code);
        if (_blockOfInstruction.Length < _code.InstructionCount)
        {
            _blockOfInstruction = new int[_code.InstructionCount * 2];
        }

        for (var i = 0; i < _code.BlockCount; i++)
        {
            ref var block = ref _code.Block(i);
            _blockOfInstruction.AsSpan(block.FirstInstruction, block.EndInstruction - block.FirstInstruction).Fill(i);
        }

        Array.Clear(_active);
        _activeRegisters = 0;
        _children.Clear();
        _inactive.Clear();
        _fixedPositions.Reset(_code.ValueCount);
        if (_visitedPart.Length < _code.ValueCount)
        {
            _visitedPart = new int[_code.ValueCount * 2];
        }

        for (var i = 0; i < _code.ValueCount; i++)
        {
            _visitedPart[i] = i;
        }
    }

    private void Visit(int current)
    {
        var position = _lifetimes[current].Start;
        Advance(position);
        if (_builder.LivesInFrame(_lifetimes[current].Value))
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
        var last = _lifetimes[current].Start | 3;
        var slot = _spillSlots.Add(_lifetimes[current].Value);
        if (HasMustUse(current, last))
        {
            // A call overwrites the register right after it has read it.
            var start = _lifetimes[current].Start;
            var isCall = (start & 3) == 0 && _code.Instruction(start >> 2).Clobbers == uint.MaxValue;
            var behind = isCall ? start + 1 : last + 1;
            if (behind < _lifetimes[current].End)
            {
                Requeue(current, behind);
            }

            if (!TryAllocateFree(current))
            {
                AllocateBlocked(current);
            }

            return;
        }

        _lifetimes[current].Location = slot;
        var use = _lifetimes[current].FirstUse;
        while (use != 0 && (_lifetimes.Use(use).Position <= last || _lifetimes.Use(use).Kind != UseKind.Must))
        {
            use = _lifetimes.Use(use).Next;
        }

        if (use != 0)
        {
            Requeue(current, _lifetimes.Use(use).Position & ~3);
        }
    }

    /// <summary>Moves on to a position: intervals end, pause in a hole, or come back from one.</summary>
    private void Advance(int position)
    {
        for (var registers = _activeRegisters; registers != 0; registers &= registers - 1)
        {
            var register = BitOperations.TrailingZeroCount(registers);
            var interval = _active[register];
            if (_lifetimes[interval].End <= position)
            {
                Deactivate(register);
            }
            else if (!_lifetimes.CoversAdvancing(interval, position))
            {
                Deactivate(register);
                _inactive.Add(interval);
            }
        }

        if (position < _inactive.NextReturn)
        {
            return;
        }

        while (_inactive.TryTake(position, out var interval))
        {
            if (_lifetimes[interval].End <= position)
            {
                continue;
            }

            if (_lifetimes.CoversAdvancing(interval, position))
            {
                Activate(interval);
            }
            else
            {
                _inactive.Add(interval);
            }
        }
    }

    private void Activate(int interval)
    {
        var register = _lifetimes[interval].Location.Code;
        _active[register] = interval;
        _activeRegisters |= 1u << register;
    }

    private void Deactivate(int register)
    {
        _active[register] = 0;
        _activeRegisters &= ~(1u << register);
    }

    /// <summary>Gives an interval a register that is free for it, if need be only for its beginning.</summary>
    private bool TryAllocateFree(int current)
    {
        ref var interval = ref _lifetimes[current];
        var registers = _code.IsFloat(interval.Value) ? Xmms : Gprs;
        var limit = FindFree(current, registers);
        var start = interval.Start;
        var firstUse = _lifetimes.NextUse(current, start);
        if ((limit & ~3) <= start || (firstUse > limit && limit < interval.End))
        {
            // The next call comes before anybody needs the value in a register.
            return false;
        }

        var register = ChooseFree(current, registers);
        var free = _freeUntil[register];
        if (free < interval.End)
        {
            var last = LastCut(free, limit);
            if (last <= start || (firstUse >= last && firstUse != start))
            {
                return false;
            }

            Cut(current, last);
        }

        _lifetimes[current].Location = new Location(register);
        Activate(current);
        return true;
    }

    /// <summary>Finds how long each register is free from the current position on; no register is longer than the result.</summary>
    private int FindFree(int current, int[] registers)
    {
        ref var interval = ref _lifetimes[current];
        var limit = _fixedPositions.NextCall(current);
        foreach (var register in registers)
        {
            _freeUntil[register] = _active[register] == 0 ? limit : 0;
        }

        // Values in SSA form that are not split do not meet those in a hole where they are defined.
        foreach (var register in interval.IsChild ? registers : [])
        {
            var others = _inactive.Of(register);
            for (var i = others.Length - 1; i >= 0 && _inactive.ReturnOf(others[i]) < Math.Min(_freeUntil[register], interval.End); i--)
            {
                _freeUntil[register] = Math.Min(_freeUntil[register], _lifetimes.FirstIntersection(others[i], current));
            }
        }

        foreach (var register in _fixedPositions.Clobbered == 0 ? [] : registers)
        {
            if (_freeUntil[register] > 0 && (_fixedPositions.Clobbered & (1u << register)) != 0)
            {
                _freeUntil[register] = Math.Min(_freeUntil[register], _fixedPositions.NextClobber(current, register));
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
        ref var interval = ref _lifetimes[current];
        var end = interval.End;
        var best = registers[0];
        foreach (var register in registers)
        {
            var free = _freeUntil[register];
            var isBetter = _freeUntil[best] >= end ? free >= end && free < _freeUntil[best] : free > _freeUntil[best];
            if (isBetter)
            {
                best = register;
            }
        }

        var needed = Math.Min(end, _freeUntil[best]);
        var hint = HintedRegister(current, needed);
        if (hint >= 0)
        {
            return hint;
        }

        var other = _builder.RegisterHint(interval.Value);
        return other != LirOperand.NoHint && _freeUntil[other] >= needed ? other : best;
    }

    /// <summary>The register of the value that an interval would best share its place with; -1 if none is free long enough.</summary>
    private int HintedRegister(int current, int needed)
    {
        var hint = _code.HintOf(_lifetimes[current].Value);
        if (hint == 0 || _code.IsFloat(hint) != _code.IsFloat(_lifetimes[current].Value))
        {
            return -1;
        }

        // What flows into a loop's parameter wants the register in which the loop begins; others one that has just become free.
        var first = _lifetimes[hint].Location;
        if (first.IsRegister && _freeUntil[first.Code] >= needed)
        {
            return first.Code;
        }

        ref var part = ref _visitedPart[hint];
        part = _lifetimes.At(part, _lifetimes[current].Start - 1);
        var last = _lifetimes[part].Location;
        return last.IsRegister && _freeUntil[last.Code] >= needed ? last.Code : -1;
    }

    private static int[] RegistersOf(ReadOnlySpan<Gpr> registers)
    {
        var numbers = new int[registers.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = Location.Of(registers[i]).Code;
        }

        return numbers;
    }

    private static int[] RegistersOf(ReadOnlySpan<Xmm> registers)
    {
        var numbers = new int[registers.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = Location.Of(registers[i]).Code;
        }

        return numbers;
    }
}
