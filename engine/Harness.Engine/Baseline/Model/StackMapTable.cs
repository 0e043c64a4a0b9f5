using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Harness.Engine.Runtime;

namespace Harness.Engine.Baseline.Model;

/// <summary>
/// Collects the <see cref="StackMap"/>s of a function while it is compiled; equal ones are there once. A map is a set of frame slots,
/// which is found several values at a time, and a set of registers.
/// </summary>
internal sealed class StackMapTable
{
    private const int Buckets = 64;
    private const int BitsPerWord = 64;

    private readonly int[] _first = new int[Buckets];
    private Entry[] _entries = new Entry[64];
    private int _count;
    private ulong[] _words = new ulong[256];
    private int _wordCount;

    /// <summary>An empty table.</summary>
    public StackMapTable() => Clear();

    /// <summary>Forgets all maps.</summary>
    public void Clear()
    {
        Array.Fill(_first, -1);
        _count = 0;
        _wordCount = 0;
    }

    /// <summary>
    /// The map of a state: the slots and registers that hold references. Constants (null and small integers) are no addresses.
    /// </summary>
    /// <param name="values">The locals and operands.</param>
    /// <param name="registers">Registers that hold references besides.</param>
    /// <returns>What <see cref="CodeSite.StackMap"/> is to be: the map's index, or -1 if it is empty.</returns>
    public int Add(ReadOnlySpan<StackValue> values, uint registers)
    {
        int length = (values.Length + BitsPerWord - 1) / BitsPerWord;
        if (_wordCount + length > _words.Length) Array.Resize(ref _words, Math.Max(_wordCount + length, 2 * _words.Length));
        var slots = _words.AsSpan(_wordCount, length);
        registers |= Collect(values, slots);
        slots = slots.TrimEnd(0UL);
        if (slots.IsEmpty && registers == 0) return -1;

        ulong hash = registers;
        foreach (ulong word in slots) hash = (BitOperations.RotateLeft(hash, 5) ^ word) * 0x9E3779B97F4A7C15;
        ref int first = ref _first[hash >> (BitsPerWord - 6)];
        for (int i = first; i >= 0; i = _entries[i].Next)
        {
            ref readonly var entry = ref _entries[i];
            if (entry.Hash == hash && entry.Registers == registers && slots.SequenceEqual(SlotsOf(entry))) return i;
        }

        if (_count == _entries.Length) Array.Resize(ref _entries, 2 * _count);
        _entries[_count] = new Entry { Start = _wordCount, Length = slots.Length, Registers = registers, Hash = hash, Next = first };
        _wordCount += slots.Length;
        return first = _count++;
    }

    /// <summary>All maps by index.</summary>
    /// <param name="slotSize">Bytes of a frame slot.</param>
    public StackMap[] ToArray(int slotSize)
    {
        var maps = new StackMap[_count];
        for (int i = 0; i < maps.Length; i++)
        {
            maps[i] = new StackMap(SlotsOf(_entries[i]).ToArray(), FrameLayout.BaselineSlot(0, slotSize), slotSize, _entries[i].Registers);
        }

        return maps;
    }

    private ReadOnlySpan<ulong> SlotsOf(in Entry entry) => _words.AsSpan(entry.Start, entry.Length);

    /// <summary>Fills the set of slots, and gives that of registers.</summary>
    private static uint Collect(ReadOnlySpan<StackValue> values, Span<ulong> slots)
    {
        slots.Clear();
        uint registers = 0;
        int start = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            var words = MemoryMarshal.Cast<StackValue, ulong>(values);
            for (; start + Vector256<ulong>.Count <= words.Length; start += Vector256<ulong>.Count)
            {
                var block = Vector256.Create(words[start..]);
                var places = block & Vector256.Create(StackValue.PlaceMask);
                var inFrame = Vector256.Equals(places, Vector256.Create(StackValue.ReferenceInFrame));
                var inRegister = Vector256.Equals(places, Vector256.Create(StackValue.ReferenceInRegister));
                var isSaved = Vector256.Equals(places, Vector256.Create(StackValue.SavedReference));
                if ((inFrame | inRegister | isSaved) == Vector256<ulong>.Zero) continue;
                slots[start / BitsPerWord] |= (ulong)(inFrame | isSaved).ExtractMostSignificantBits() << start;
                for (uint left = (inRegister | isSaved).ExtractMostSignificantBits(); left != 0; left &= left - 1)
                {
                    registers |= values[start + BitOperations.TrailingZeroCount(left)].Register.Bit;
                }
            }
        }

        for (int i = start; i < values.Length; i++)
        {
            ulong place = values[i].Bits & StackValue.PlaceMask;
            if (place is StackValue.ReferenceInFrame or StackValue.SavedReference) slots[i / BitsPerWord] |= 1UL << i;
            if (place is StackValue.ReferenceInRegister or StackValue.SavedReference) registers |= values[i].Register.Bit;
        }

        return registers;
    }

    /// <summary>A map, whose slots are words of the table.</summary>
    private struct Entry
    {
        public ulong Hash;
        public int Start;
        public int Length;
        public uint Registers;
        public int Next;
    }
}
