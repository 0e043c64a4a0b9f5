namespace Harness.Engine.Heap;

/// <content>
/// Fields, elements and values for C#, as the bits that compiled code has: those of packed and 32-bit ones zero-extended, of vectors
/// the low half; the high half is zero unless it is given. Values of exceptions are counted in words. Objects are
/// given by their address, which holds until the next collection.
/// </content>
internal sealed unsafe partial class ObjectHeap
{
    /// <summary>The canonical id of an object's type, or a <see cref="BuiltinTypeId"/>.</summary>
    public static int TypeIdOf(ulong address) => *(int*)address;

    /// <summary>The kind bits and others of an object.</summary>
    public static ObjectFlags FlagsOf(ulong address) => *(ObjectFlags*)(address + ObjectHeader.FlagsOffset);

    /// <summary>Number of elements of an array, or of code units of a string.</summary>
    public static uint LengthOf(ulong array) => *(uint*)(array + ObjectLayout.ArrayLength);

    /// <summary>The code units of a string, where they lie until the next collection.</summary>
    public static Span<char> CharactersOf(ulong text) =>
        new((byte*)text + ObjectLayout.ArrayElements, checked((int)LengthOf(text)));

    /// <summary>The object of the host that a wrapper stands for.</summary>
    public object HostObjectOf(ulong wrapper) => HostObjects[*(long*)(wrapper + ObjectHeader.Size)];

    /// <summary>A field of a structure, or its descriptor, by the slot (<see cref="Modules.DefinedType.Slots"/>).</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such slot.</exception>
    public static ulong ReadField(ulong structure, int slot)
    {
        var typeId = TypeIdOf(structure);
        return Read(structure + (uint)ObjectLayout.Of(typeId).SlotOffsets[slot], ObjectLayout.SlotSize(typeId, slot));
    }

    /// <summary>Writes a field of a structure, or its descriptor, by the slot.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such slot.</exception>
    public void WriteField(ulong structure, int slot, ulong bits, ulong highBits = 0)
    {
        var typeId = TypeIdOf(structure);
        Write(structure, (uint)ObjectLayout.Of(typeId).SlotOffsets[slot], ObjectLayout.SlotSize(typeId, slot), bits, highBits);
    }

    /// <summary>An element of an array.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    public static ulong ReadElement(ulong array, uint index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, LengthOf(array));
        int shift = ObjectShapes.Base[TypeIdOf(array)].ElementShift;
        return Read(array + ObjectLayout.ArrayElements + ((ulong)index << shift), 1 << shift);
    }

    /// <summary>Writes an element of an array.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    public void WriteElement(ulong array, uint index, ulong bits, ulong highBits = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, LengthOf(array));
        int shift = ObjectShapes.Base[TypeIdOf(array)].ElementShift;
        Write(array, ObjectLayout.ArrayElements + ((ulong)index << shift), 1 << shift, bits, highBits);
        if ((*(ulong*)array & ObjectHeader.CardedBit) != 0 && IsYoung(bits))
        {
            Remember(array, index, 1);
        }
    }

    /// <summary>A value of an exception.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such value.</exception>
    public static ulong ReadExceptionValue(ulong exception, int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Collector.TagOf((byte*)exception)->ValueCount);
        return ((ulong*)(exception + ObjectLayout.ExceptionValues))[index];
    }

    /// <summary>Writes a value of an exception.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such value.</exception>
    public void WriteExceptionValue(ulong exception, int index, ulong bits)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Collector.TagOf((byte*)exception)->ValueCount);
        Write(exception, ObjectLayout.ExceptionValues + ((ulong)index * sizeof(ulong)), sizeof(ulong), bits);
    }

    /// <summary>Remembers an object that references are written to, if one of them can be young.</summary>
    /// <param name="address">The object.</param>
    /// <param name="word">What is written.</param>
    public void WriteBarrier(ulong address, ulong word)
    {
        if (IsYoung(word))
        {
            Remember(address);
        }
    }

    private static ulong Read(ulong place, int size) => size switch
    {
        1 => *(byte*)place,
        2 => *(ushort*)place,
        4 => *(uint*)place,
        _ => *(ulong*)place,
    };

    private void Write(ulong address, ulong offset, int size, ulong bits, ulong highBits = 0)
    {
        var place = address + offset;
        switch (size)
        {
            case 1:
                *(byte*)place = (byte)bits;
                break;
            case 2:
                *(ushort*)place = (ushort)bits;
                break;
            case 4:
                *(uint*)place = (uint)bits;
                break;
            case 16:
                ((ulong*)place)[0] = bits;
                ((ulong*)place)[1] = highBits;
                break;
            default:
                // A number can look like a reference to something young: to remember its object in vain does no harm.
                *(ulong*)place = bits;
                WriteBarrier(address, bits);
                break;
        }
    }
}
