using System.Runtime.InteropServices;
using Harness.Engine.Runtime;

namespace Harness.Engine.Heap;

/// <content>
/// Objects made by C#. All fields, elements and values are zero (null) at first; until the next collection references can be
/// written to them without a write barrier. When the limit of the heap is reached, or an array would be larger than
/// <see cref="MaxObjectSize"/>, allocations that may collect return 0, and the others, for which there is more room, throw
/// <see cref="InsufficientMemoryException"/>.
/// </content>
internal sealed unsafe partial class ObjectHeap
{
    /// <summary>A structure.</summary>
    /// <param name="typeId">Canonical id of a structure type, known to <see cref="TypeDisplays.Add"/>.</param>
    /// <param name="allocation">Whether a collection may happen.</param>
    public ulong NewStruct(int typeId, Allocation allocation) =>
        Allocate(typeId, (nuint)ObjectShapes.Base[typeId].Size, allocation);

    /// <summary>An array.</summary>
    /// <param name="typeId">Canonical id of an array type, known to <see cref="TypeDisplays.Add"/>.</param>
    /// <param name="length">Number of elements.</param>
    /// <param name="allocation">Whether a collection may happen.</param>
    public ulong NewArray(int typeId, uint length, Allocation allocation)
    {
        var array = Allocate(typeId, (nuint)ObjectShapes.Base[typeId].ArraySize(length), allocation);
        if (array != 0)
        {
            *(uint*)(array + ObjectLayout.ArrayLength) = length;
        }

        return array;
    }

    /// <summary>A string of zeros. What follows its code units up to the next 8 bytes stays zero as well: comparisons rely on it.</summary>
    public ulong NewString(uint length, Allocation allocation) => NewArray(BuiltinTypeId.String, length, allocation);

    /// <summary>A string.</summary>
    public ulong NewString(ReadOnlySpan<char> text, Allocation allocation)
    {
        var result = NewString((uint)text.Length, allocation);
        if (result != 0)
        {
            text.CopyTo(new Span<char>((byte*)result + ObjectLayout.ArrayElements, text.Length));
        }

        return result;
    }

    /// <summary>The object that stands for one of the host: the one it has, or a new one.</summary>
    public ulong WrapHostObject(object value, Allocation allocation)
    {
        var wrapper = HostObjects.WrapperOf(value);
        if (wrapper != 0)
        {
            return wrapper;
        }

        wrapper = Allocate(BuiltinTypeId.HostObject, (nuint)ObjectShapes.Base[BuiltinTypeId.HostObject].Size, allocation);
        if (wrapper != 0)
        {
            *(long*)(wrapper + ObjectHeader.Size) = HostObjects.Add(value, wrapper);
        }

        return wrapper;
    }

    /// <summary>An exception.</summary>
    public ulong NewException(TagData* tag, Allocation allocation)
    {
        var size = (nuint)ObjectLayout.ExceptionValues + ((nuint)tag->ValueCount * sizeof(ulong));
        var exception = Allocate(BuiltinTypeId.Exception, size, allocation);
        if (exception != 0)
        {
            *(TagData**)(exception + ObjectLayout.ExceptionTag) = tag;
        }

        return exception;
    }

    private ulong Allocate(int typeId, nuint size, Allocation allocation)
    {
        if (_reservation is null)
        {
            Reserve();
        }

        var shape = ObjectShapes.Base + typeId;
        var header = ObjectHeader.Of(typeId, (ObjectFlags)shape->Flags);
        if (size > MaxInlineSize)
        {
            return AllocateLarge(header, size, allocation);
        }

        // A collection must find room for all that lives in nursery and old generation.
        var mayCollect = allocation == Allocation.MayCollect;
        if (!mayCollect && _old!.Used + size + _young!.Size + Collector.Overhang > _old.Capacity)
        {
            return Refuse(size, allocation);
        }

        var end = mayCollect ? _context->AllocationLimit : _young!.NurseryEnd;
        if (end - _context->AllocationTop < (long)size)
        {
            if (!mayCollect)
            {
                return AllocateOld(header, size);
            }

            if (!MakeRoom(size))
            {
                return 0;
            }
        }

        var address = _context->AllocationTop;
        _context->AllocationTop += size;
        NativeMemory.Clear(address + ObjectHeader.Size, size - ObjectHeader.Size);
        *(ulong*)address = header;
        return (ulong)address;
    }

    /// <summary>A small object that is old from the beginning.</summary>
    private ulong AllocateOld(ulong header, nuint size)
    {
        PutOff();
        var address = _old!.Top;
        _old.Top += size;
        NativeMemory.Clear(address + ObjectHeader.Size, size - ObjectHeader.Size);
        AddOld(address, header, size);
        return (ulong)address;
    }

    /// <summary>A collection is due that cannot be made now.</summary>
    private void PutOff()
    {
        _hasPutOff = true;
        _context->OpenStackSize = 0;
    }

    private ulong AllocateLarge(ulong header, nuint size, Allocation allocation)
    {
        if (size > Math.Min(_limit, MaxObjectSize))
        {
            return Refuse(size, allocation);
        }

        if (allocation == Allocation.MayCollect)
        {
            if (_stressInterval > 0)
            {
                MakeStressedRoom(0);
            }

            if (OldBytes + size > _threshold)
            {
                Collect(isFull: true);
                if (_stressInterval == 0)
                {
                    OpenNursery();
                }
            }
        }

        else if (OldBytes + size > _threshold)
        {
            PutOff();
        }

        var limit = allocation == Allocation.MayCollect ? _limit : _limit + _slack;
        if (OldBytes + size > limit)
        {
            return Refuse(size, allocation);
        }

        var address = _large!.Allocate(size);
        if (address == null)
        {
            return Refuse(size, allocation);
        }

        AddOld(address, header, size);
        return (ulong)address;
    }

    private ulong Refuse(nuint size, Allocation allocation) => allocation == Allocation.MayCollect
        ? 0UL
        : throw new InsufficientMemoryException(
            size > MaxObjectSize
                ? $"an object of {size} bytes is larger than any may be ({MaxObjectSize})"
                : $"an object of {size} bytes does not fit: the heap may have {_limit >> 20} MiB (heap.limit)");

    /// <summary>An old object that may hold references is remembered, so that its initialisation needs no write barrier.</summary>
    private void AddOld(byte* address, ulong header, nuint size)
    {
        _allocated += (long)size;
        var shape = ObjectShapes.Base + (uint)header;
        var carded = Collector.CardedBitFor(shape, size);
        if (shape->HasReferences)
        {
            _remembered!.Add((ulong)address | (carded != 0 ? RememberedSet.Whole : 0));
        }
        else
        {
            header |= ObjectHeader.UnrememberedBit;
        }

        *(ulong*)address = header | carded;
    }
}
