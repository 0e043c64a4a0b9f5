using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Harness.Engine.Runtime;
using Harness.Engine.Runtime.Stacks;

namespace Harness.Engine.Baseline.Model;

/// <summary>
/// Collects the <see cref="StackMap"/>s of a function while it is compiled; equal ones are there once. A map is a set of frame slots,
/// which is found several values at a time, and a set of registers.
/// </summary>
internal sealed class StackMapTable
{
    private const int BitsPerWord = 64;

    private readonly StackMapBuilder _maps = new();

    /// <summary>Forgets all maps.</summary>
    public void Clear() => _maps.Clear();

    /// <summary>
    /// The map of a state: the slots and registers that hold references. Constants (null and small integers) are no addresses.
    /// </summary>
    /// <param name="references">The slots that hold references, a bit for each height, and anything above the stack.</param>
    /// <param name="changed">The words of them that may have changed since the last map, ascending, but for those from the top of either stack on.</param>
    /// <param name="height">How high the stack is.</param>
    /// <param name="registers">The registers that hold references.</param>
    /// <returns>What <see cref="CodeSite.StackMap"/> is to be: the map's index, or -1 if it is empty.</returns>
    public int Add(ReadOnlySpan<ulong> references, ReadOnlySpan<int> changed, int height, uint registers)
    {
        var lastMask = height % BitsPerWord == 0 ? ulong.MaxValue : (1UL << height) - 1;
        return _maps.MapOf(_maps.SetOf(references, lastMask, changed), registers);
    }

    /// <summary>All maps by index.</summary>
    /// <param name="slotSize">Bytes of a frame slot.</param>
    public StackMap[] ToArray(int slotSize) => _maps.ToArray(FrameLayout.BaselineSlot(0, slotSize), slotSize);

    /// <summary>Which of 64 values are references in the frame, be it that they are in registers as well, as bits.</summary>
    public static ulong ReferencesIn(ReadOnlySpan<StackValue> values)
    {
        ulong slots = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            var words = MemoryMarshal.Cast<StackValue, ulong>(values);
            for (var i = 0; i < words.Length; i += Vector256<ulong>.Count)
            {
                var places = Vector256.Create(words[i..]) & Vector256.Create(StackValue.PlaceMask);
                var found = Vector256.Equals(places, Vector256.Create(StackValue.ReferenceInFrame))
                    | Vector256.Equals(places, Vector256.Create(StackValue.SavedReference));
                slots |= (ulong)found.ExtractMostSignificantBits() << i;
            }

            return slots;
        }

        for (var i = 0; i < values.Length; i++)
        {
            if ((values[i].Bits & StackValue.PlaceMask) is StackValue.ReferenceInFrame or StackValue.SavedReference)
            {
                slots |= 1UL << i;
            }
        }

        return slots;
    }

    /// <summary>The registers that hold references among values.</summary>
    public static uint RegistersWithReferences(ReadOnlySpan<StackValue> values)
    {
        uint registers = 0;
        foreach (ref readonly var value in values)
        {
            if ((value.Bits & StackValue.PlaceMask) is StackValue.ReferenceInRegister or StackValue.SavedReference)
            {
                registers |= value.Register.Bit;
            }
        }

        return registers;
    }
}
