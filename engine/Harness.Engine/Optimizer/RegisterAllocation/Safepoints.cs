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

    private readonly GrowList<int> positions = new();
    private readonly GrowList<Point> points = new();
    private readonly GrowList<Change> changes = new();
    private readonly StackMapBuilder builder = new();
    private readonly List<ulong> current = [];

    /// <summary>The stack maps, each there once.</summary>
    public StackMap[] Maps => builder.ToArray(FrameLayout.OptimizedFirstSlot, sizeof(long));

    /// <summary>Whether garbage may be collected at an instruction.</summary>
    public static bool IsSafepoint(LirOp op) =>
        op is LirOp.Allocate or LirOp.AllocateArray or LirOp.Throw or (>= LirOp.CallDirect and <= LirOp.CallBuiltin);

    /// <summary>Finds the places in a function whose moves have just been found.</summary>
    public void Run(LirCode code)
    {
        positions.Clear();
        points.Clear();
        changes.Clear();
        builder.Clear();
        for (int i = 0; i < code.InstructionCount; i++)
        {
            if (IsSafepoint(code.Instruction(i).Op))
            {
                positions.Add((4 * i) + 1);
            }
        }

        if (positions.Count == 0)
        {
            return;
        }

        points.AddMany(default, positions.Count);
        Lifetimes lifetimes = lives.Lifetimes;
        for (int i = 1; i < lifetimes.Count; i++)
        {
            Location location = lifetimes[i].Location;
            if (lifetimes[i].FirstRange == 0 || location.IsNone)
            {
                continue;
            }

            bool isReference = code.TypeOf(lifetimes[i].Value) == IrType.Ref;
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
        ref Point point = ref At(instruction);
        return builder.MapOf(point.Slots, point.References);
    }

    /// <summary>
    /// The number of the map of an instruction for a call that saves the registers in use in the order of their numbers, general-purpose
    /// ones, which come first, in 8 bytes each; -1 if no reference lives across it.
    /// </summary>
    /// <param name="instruction">The instruction's number.</param>
    /// <param name="saveArea">Offset from rbp of where the first register is saved.</param>
    public int MapWithSavedRegisters(int instruction, int saveArea)
    {
        ref Point point = ref At(instruction);
        builder.ListWords(point.Slots, current);
        for (uint left = point.Registers; left != 0; left &= left - 1)
        {
            if ((point.References & left & (uint)-(int)left) != 0)
            {
                int slot = (FrameLayout.OptimizedFirstSlot - saveArea) / sizeof(long);
                while (current.Count <= slot / BitsPerWord)
                {
                    current.Add(0);
                }

                current[slot / BitsPerWord] |= 1UL << slot;
            }

            saveArea += sizeof(long);
        }

        return builder.MapOf(builder.SetOf(CollectionsMarshal.AsSpan(current)), 0);
    }

    /// <summary>The registers whose values live across an instruction, as bits by number.</summary>
    public uint RegistersAt(int instruction) => At(instruction).Registers;

    /// <summary>Those of <see cref="RegistersAt"/> that hold vectors.</summary>
    public uint VectorsAt(int instruction) => At(instruction).Vectors;

    /// <summary>The places that the map of an instruction names.</summary>
    public List<Location> ReferencesAt(int instruction)
    {
        ref Point point = ref At(instruction);
        var places = new List<Location>();
        for (uint left = point.References; left != 0; left &= left - 1)
        {
            places.Add(new Location(BitOperations.TrailingZeroCount(left)));
        }

        builder.ListWords(point.Slots, current);
        for (int i = 0; i < current.Count; i++)
        {
            for (ulong left = current[i]; left != 0; left &= left - 1)
            {
                places.Add(Location.OfSlot((i * BitsPerWord) + BitOperations.TrailingZeroCount(left)));
            }
        }

        return places;
    }

    private void AddInterval(Lifetimes lifetimes, int index, Location location, bool isReference, bool isVector)
    {
        int value = lifetimes[index].Value;
        int slot = isReference ? scan.SlotOf(value) : -1;
        for (int range = lifetimes[index].FirstRange; range != 0; range = lifetimes.Range(range).Next)
        {
            LiveRange part = lifetimes.Range(range);
            int first = FirstFrom(part.Start);
            int end = first < positions.Count && positions[first] < part.End ? FirstFrom(part.End) : first;
            if (location.IsStack)
            {
                AddSlot(slot, first, end);
                continue;
            }

            uint vector = isVector && location.IsRegister ? 1u << location.Code : 0;
            for (int i = first; i < end; i++)
            {
                points[i].Registers |= 1u << location.Code;
                points[i].Vectors |= vector;
                points[i].References |= isReference ? 1u << location.Code : 0;
                if (slot >= 0 && moves.IsInSlot(value, positions[i]))
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
            changes.Add(new Change(first, IsAdded: true, slot));
            changes.Add(new Change(end, IsAdded: false, slot));
        }
    }

    /// <summary>Makes sets of slots of the changes.</summary>
    private void ListSlots()
    {
        changes.Sort(static (a, b) => a.Safepoint != b.Safepoint
            ? a.Safepoint.CompareTo(b.Safepoint)
            : a.IsAdded != b.IsAdded ? a.IsAdded.CompareTo(b.IsAdded) : a.Slot.CompareTo(b.Slot));
        current.Clear();
        current.AddRange(new ulong[(scan.SlotCount + BitsPerWord - 1) / BitsPerWord]);
        int next = 0;
        for (int i = 0; i < positions.Count; i++)
        {
            int start = next;
            for (; next < changes.Count && changes[next].Safepoint == i; next++)
            {
                // What ends comes before what begins.
                int slot = changes[next].Slot;
                ulong bit = 1UL << slot;
                current[slot / BitsPerWord] = changes[next].IsAdded ? current[slot / BitsPerWord] | bit : current[slot / BitsPerWord] & ~bit;
            }

            points[i].Slots = next > start ? builder.SetOf(CollectionsMarshal.AsSpan(current)) : i > 0 ? points[i - 1].Slots : StackMapBuilder.NoSlots;
        }
    }

    /// <summary>The first safepoint at or behind a position.</summary>
    private int FirstFrom(int position)
    {
        int found = positions.Span.BinarySearch(position);
        return found < 0 ? ~found : found;
    }

    private ref Point At(int instruction) => ref points[positions.Span.BinarySearch((4 * instruction) + 1)];

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
