using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.RegisterAllocation;

/// <summary>
/// Finds where the references lie that live across each instruction at which garbage may be collected, and which registers are in
/// use there.
/// </summary>
/// <remarks>
/// No register survives a call, so that only allocations find references in registers. Of such a reference there may be a copy in
/// the frame already, which later is relied on: it lies in both places.
/// </remarks>
internal sealed class Safepoints(LifetimeBuilder builder, LinearScan scan, MoveInserter moves)
{
    private readonly GrowList<int> positions = new();
    private readonly GrowList<Entry> entries = new();
    private readonly GrowList<int> starts = new();
    private readonly List<StackMap> maps = [];
    private readonly Dictionary<StackMap, int> mapNumbers = new(new StackMapComparer());
    private readonly List<int> offsets = [];

    /// <summary>The stack maps, each there once.</summary>
    public IReadOnlyList<StackMap> Maps => maps;

    /// <summary>Whether garbage may be collected at an instruction.</summary>
    public static bool IsSafepoint(LirOp op) =>
        op is LirOp.Allocate or LirOp.AllocateArray or LirOp.Throw or (>= LirOp.CallDirect and <= LirOp.CallBuiltin);

    /// <summary>Finds the places in a function whose moves have just been found.</summary>
    public void Run(LirCode code)
    {
        positions.Clear();
        entries.Clear();
        starts.Clear();
        maps.Clear();
        mapNumbers.Clear();
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

        Lifetimes lifetimes = builder.Lifetimes;
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
                AddInterval(lifetimes, i, location, isReference);
            }
        }

        entries.Span.Sort(static (a, b) => a.Safepoint != b.Safepoint
            ? a.Safepoint.CompareTo(b.Safepoint)
            : a.Location.Code.CompareTo(b.Location.Code));
        int next = 0;
        for (int i = 0; i < positions.Count; i++)
        {
            starts.Add(next);
            while (next < entries.Count && entries[next].Safepoint == i)
            {
                next++;
            }
        }

        starts.Add(next);
    }

    /// <summary>The number of the map of an instruction; -1 if no reference lives across it.</summary>
    public int MapOf(int instruction)
    {
        offsets.Clear();
        uint registers = 0;
        foreach (Entry entry in At(instruction))
        {
            if (!entry.IsReference)
            {
                continue;
            }

            if (entry.Location.IsStack)
            {
                offsets.Add(entry.Location.RbpOffset);
            }
            else
            {
                registers |= 1u << entry.Location.Code;
            }
        }

        return Number(registers);
    }

    /// <summary>
    /// The number of the map of an instruction for a call that saves the registers in use in 8 bytes each, in the order of their
    /// numbers; -1 if no reference lives across it.
    /// </summary>
    /// <param name="instruction">The instruction's number.</param>
    /// <param name="saveArea">Offset from rbp of where the first register is saved.</param>
    public int MapWithSavedRegisters(int instruction, int saveArea)
    {
        offsets.Clear();
        foreach (Entry entry in At(instruction))
        {
            if (entry.Location.IsStack)
            {
                offsets.Add(entry.Location.RbpOffset);
                continue;
            }

            if (entry.IsReference)
            {
                offsets.Add(saveArea);
            }

            saveArea += sizeof(long);
        }

        return Number(0);
    }

    /// <summary>The registers whose values live across an instruction, as bits by number.</summary>
    public uint RegistersAt(int instruction)
    {
        uint registers = 0;
        foreach (Entry entry in At(instruction))
        {
            registers |= entry.Location.IsRegister ? 1u << entry.Location.Code : 0;
        }

        return registers;
    }

    /// <summary>The places that the map of an instruction names.</summary>
    public IEnumerable<Location> ReferencesAt(int instruction) =>
        At(instruction).ToArray().Where(entry => entry.IsReference).Select(entry => entry.Location);

    private void AddInterval(Lifetimes lifetimes, int index, Location location, bool isReference)
    {
        int value = lifetimes[index].Value;
        for (int range = lifetimes[index].FirstRange; range != 0; range = lifetimes.Range(range).Next)
        {
            LiveRange part = lifetimes.Range(range);
            for (int i = FirstFrom(part.Start); i < positions.Count && positions[i] < part.End; i++)
            {
                entries.Add(new Entry(i, location, isReference));
                if (isReference && location.IsRegister && moves.IsInSlot(value, positions[i]))
                {
                    entries.Add(new Entry(i, Location.OfSlot(scan.SlotOf(value)), true));
                }
            }
        }
    }

    /// <summary>The first safepoint at or behind a position.</summary>
    private int FirstFrom(int position)
    {
        int found = positions.Span.BinarySearch(position);
        return found < 0 ? ~found : found;
    }

    private Span<Entry> At(int instruction)
    {
        int safepoint = positions.Span.BinarySearch((4 * instruction) + 1);
        return entries.Span[starts[safepoint]..starts[safepoint + 1]];
    }

    private int Number(uint registers)
    {
        if (offsets.Count == 0 && registers == 0)
        {
            return -1;
        }

        var map = new StackMap([.. offsets], registers);
        if (!mapNumbers.TryGetValue(map, out int number))
        {
            number = maps.Count;
            maps.Add(map);
            mapNumbers.Add(map, number);
        }

        return number;
    }

    private readonly record struct Entry(int Safepoint, Location Location, bool IsReference);

    private sealed class StackMapComparer : IEqualityComparer<StackMap>
    {
        public bool Equals(StackMap? x, StackMap? y) =>
            x is not null && y is not null && x.Registers == y.Registers && x.RbpOffsets.AsSpan().SequenceEqual(y.RbpOffsets);

        public int GetHashCode(StackMap map)
        {
            var hash = default(HashCode);
            hash.Add(map.Registers);
            foreach (int offset in map.RbpOffsets)
            {
                hash.Add(offset);
            }

            return hash.ToHashCode();
        }
    }
}
