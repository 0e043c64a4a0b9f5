using System.Numerics;
using System.Runtime.InteropServices;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Runtime;
using Harness.Engine.Runtime.Stacks;

namespace Harness.Engine.Optimizer.RegisterAllocation;

/// <summary>
/// Finds where the references lie that live across each instruction at which garbage may be collected, and which registers are in
/// use there.
/// </summary>
/// <remarks>
/// No register survives a call, so that only allocations find references in registers. Of such a reference there may be a copy in
/// the frame already, which later is relied on: it lies in both places. Slots are sets of bits, which are written down anew only where they
/// change: a value that lives across many safepoints is noted where its life begins and where it ends.
/// </remarks>
internal sealed class Safepoints(LifetimeBuilder lives, LinearScan scan, MoveInserter moves)
{
    private const int BitsPerWord = 64;

    private readonly GrowList<int> _positions = new();
    private readonly GrowList<Point> _points = new();
    private readonly GrowList<Change> _changes = new();
    private readonly StackMapBuilder _builder = new();
    private readonly List<ulong> _current = [];

    /// <summary>The stack maps, each there once.</summary>
    public StackMap[] Maps => _builder.ToArray(FrameLayout.OptimizedFirstSlot, sizeof(long));

    /// <summary>Whether garbage may be collected at an instruction.</summary>
    public static bool IsSafepoint(LirOp op) =>
        op is LirOp.Allocate or LirOp.AllocateArray or LirOp.Throw or (>= LirOp.CallDirect and <= LirOp.CallBuiltin);

    /// <summary>Finds the places in a function whose moves have just been found.</summary>
    public void Run(LirCode code)
    {
        _positions.Clear();
        _points.Clear();
        _changes.Clear();
        _builder.Clear();
        for (var i = 0; i < code.InstructionCount; i++)
        {
            if (IsSafepoint(code.Instruction(i).Op))
            {
                _positions.Add((4 * i) + 1);
            }
        }

        if (_positions.Count == 0)
        {
            return;
        }

        _points.AddMany(default, _positions.Count);
        var lifetimes = lives.Lifetimes;
        for (var i = 1; i < lifetimes.Count; i++)
        {
            var location = lifetimes[i].Location;
            if (lifetimes[i].FirstRange == 0 || location.IsNone)
            {
                continue;
            }

            var isReference = code.TypeOf(lifetimes[i].Value) == IrType.Ref;
            if (isReference || location.IsRegister)
            {
                AddInterval(lifetimes, i, location, isReference, code.IsVector(lifetimes[i].Value));
            }
        }

        ListSlots();
    }

    /// <summary>The number of the map of an instruction; -1 if no reference lives across it.</summary>
    public int MapOf(int instruction)
    {
        ref var point = ref At(instruction);
        return _builder.MapOf(point.Slots, point.References);
    }

    /// <summary>
    /// The number of the map of an instruction for a call that saves the registers in use in the order of their numbers, general-purpose
    /// ones, which come first, in 8 bytes each; -1 if no reference lives across it.
    /// </summary>
    /// <param name="instruction">The instruction's number.</param>
    /// <param name="saveArea">Offset from rbp of where the first register is saved.</param>
    public int MapWithSavedRegisters(int instruction, int saveArea)
    {
        ref var point = ref At(instruction);
        _builder.ListWords(point.Slots, _current);
        for (var left = point.Registers; left != 0; left &= left - 1)
        {
            if ((point.References & left & (uint)-(int)left) != 0)
            {
                var slot = (FrameLayout.OptimizedFirstSlot - saveArea) / sizeof(long);
                while (_current.Count <= slot / BitsPerWord)
                {
                    _current.Add(0);
                }

                _current[slot / BitsPerWord] |= 1UL << slot;
            }

            saveArea += sizeof(long);
        }

        return _builder.MapOf(_builder.SetOf(CollectionsMarshal.AsSpan(_current)), 0);
    }

    /// <summary>The registers whose values live across an instruction, as bits by number.</summary>
    public uint RegistersAt(int instruction) => At(instruction).Registers;

    /// <summary>Those of <see cref="RegistersAt"/> that hold vectors.</summary>
    public uint VectorsAt(int instruction) => At(instruction).Vectors;

    /// <summary>The places that the map of an instruction names.</summary>
    public List<Location> ReferencesAt(int instruction)
    {
        ref var point = ref At(instruction);
        var places = new List<Location>();
        for (var left = point.References; left != 0; left &= left - 1)
        {
            places.Add(new Location(BitOperations.TrailingZeroCount(left)));
        }

        _builder.ListWords(point.Slots, _current);
        for (var i = 0; i < _current.Count; i++)
        {
            for (var left = _current[i]; left != 0; left &= left - 1)
            {
                places.Add(Location.OfSlot((i * BitsPerWord) + BitOperations.TrailingZeroCount(left)));
            }
        }

        return places;
    }

    private void AddInterval(Lifetimes lifetimes, int index, Location location, bool isReference, bool isVector)
    {
        var value = lifetimes[index].Value;
        var slot = isReference ? scan.SlotOf(value) : -1;
        for (var range = lifetimes[index].FirstRange; range != 0; range = lifetimes.Range(range).Next)
        {
            var part = lifetimes.Range(range);
            var first = FirstFrom(part.Start);
            var end = first < _positions.Count && _positions[first] < part.End ? FirstFrom(part.End) : first;
            if (location.IsStack)
            {
                AddSlot(slot, first, end);
                continue;
            }

            var vector = isVector && location.IsRegister ? 1u << location.Code : 0;
            for (var i = first; i < end; i++)
            {
                _points[i].Registers |= 1u << location.Code;
                _points[i].Vectors |= vector;
                _points[i].References |= isReference ? 1u << location.Code : 0;
                if (slot >= 0 && moves.IsInSlot(value, _positions[i]))
                {
                    AddSlot(slot, i, i + 1);
                }
            }
        }
    }

    /// <summary>A slot holds a reference from a safepoint up to, not including, another.</summary>
    private void AddSlot(int slot, int first, int end)
    {
        if (first < end)
        {
            _changes.Add(new Change(first, IsAdded: true, slot));
            _changes.Add(new Change(end, IsAdded: false, slot));
        }
    }

    /// <summary>Makes sets of slots of the changes.</summary>
    private void ListSlots()
    {
        _changes.Sort(static (a, b) => a.Safepoint != b.Safepoint
            ? a.Safepoint.CompareTo(b.Safepoint)
            : a.IsAdded != b.IsAdded ? a.IsAdded.CompareTo(b.IsAdded) : a.Slot.CompareTo(b.Slot));
        _current.Clear();
        _current.AddRange(new ulong[(scan.SlotCount + BitsPerWord - 1) / BitsPerWord]);
        var next = 0;
        for (var i = 0; i < _positions.Count; i++)
        {
            var start = next;
            for (; next < _changes.Count && _changes[next].Safepoint == i; next++)
            {
                // What ends comes before what begins.
                var slot = _changes[next].Slot;
                var bit = 1UL << slot;
                _current[slot / BitsPerWord] = _changes[next].IsAdded ? _current[slot / BitsPerWord] | bit : _current[slot / BitsPerWord] & ~bit;
            }

            _points[i].Slots = next > start ? _builder.SetOf(CollectionsMarshal.AsSpan(_current)) : i > 0 ? _points[i - 1].Slots : StackMapBuilder.NoSlots;
        }
    }

    /// <summary>The first safepoint at or behind a position.</summary>
    private int FirstFrom(int position)
    {
        var found = _positions.Span.BinarySearch(position);
        return found < 0 ? ~found : found;
    }

    private ref Point At(int instruction) => ref _points[_positions.Span.BinarySearch((4 * instruction) + 1)];

    /// <summary>A safepoint: registers in use, those with references, and the number of the set of slots with references.</summary>
    private struct Point
    {
        public uint Registers;
        public uint References;
        public int Slots;
        public uint Vectors;
    }

    /// <summary>A slot begins to hold a reference that lives across a safepoint, or no longer holds one.</summary>
    private readonly record struct Change(int Safepoint, bool IsAdded, int Slot);
}
