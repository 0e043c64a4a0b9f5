using System.Runtime.InteropServices;
using Harness.Engine.Heap;

namespace Harness.Engine.Runtime.Stubs;

/// <content>Arrays. Their element type is that of the object, which validation has found to fit.</content>
internal static unsafe partial class RuntimeFunctions
{
    /// <summary>
    /// The functions that may collect garbage: compiled code reaches them through a stub that makes a frame for the collector to start
    /// at.
    /// </summary>
    public static Builtin[] Collecting => [Builtin.ArrayNew, Builtin.ArrayNewData, Builtin.ArrayNewElem, Builtin.ExceptionNew];

    /// <summary>Fills a part of an array, which is inside, with the bits of a value; a vector has high ones as well.</summary>
    internal static void Fill(ObjectHeap heap, ulong array, uint index, ulong bits, uint count, ulong highBits = 0)
    {
        var elements = ElementAddress(array, index);
        ref readonly var shape = ref ObjectShapes.Base[ObjectHeap.TypeIdOf(array)];
        switch (shape.ElementShift)
        {
            case 0:
                new Span<byte>(elements, (int)count).Fill((byte)bits);
                break;
            case 1:
                new Span<ushort>(elements, (int)count).Fill((ushort)bits);
                break;
            case 2:
                new Span<uint>(elements, (int)count).Fill((uint)bits);
                break;
            case 4:
                new Span<V128>(elements, (int)count).Fill(new V128(bits, highBits));
                break;
            default:
                new Span<ulong>(elements, (int)count).Fill(bits);
                if (shape.HasReferences && heap.IsYoung(bits))
                {
                    heap.Remember(array, index, count);
                }

                break;
        }
    }

    [UnmanagedCallersOnly]
    private static ulong ArrayNew(InstanceHeader* header, int typeId, uint length, ulong bits)
    {
        var store = Store.Of(header->Context);
        try
        {
            ulong array;
            using (store.Heap.Protect(&bits, ObjectShapes.Base[typeId].HasReferences ? 1u : 0))
            {
                array = store.Heap.NewArray(typeId, length, Allocation.MayCollect);
            }

            if (array == 0)
            {
                return Refuse(header, TrapKind.OutOfMemory);
            }

            if (bits != 0)
            {
                Fill(store.Heap, array, 0, bits, length);
            }

            return array;
        }
        catch (Exception e)
        {
            return Refuse(header, store, e);
        }
    }

    [UnmanagedCallersOnly]
    private static ulong ArrayNewData(InstanceHeader* header, ulong typeAndSegment, uint offset, uint length)
    {
        var store = Store.Of(header->Context);
        try
        {
            var typeId = (int)(typeAndSegment >> 32);
            var data = Instance.Of(header)!.Data((int)(uint)typeAndSegment);
            var bytes = (ulong)length << ObjectShapes.Base[typeId].ElementShift;
            if (!IsInside(offset, bytes, (ulong)data.Length))
            {
                return Refuse(header, TrapKind.MemoryOutOfBounds);
            }

            var array = store.Heap.NewArray(typeId, length, Allocation.MayCollect);
            if (array == 0)
            {
                return Refuse(header, TrapKind.OutOfMemory);
            }

            data.Slice((int)offset, (int)bytes).CopyTo(new Span<byte>(ElementAddress(array, 0), (int)bytes));
            return array;
        }
        catch (Exception e)
        {
            return Refuse(header, store, e);
        }
    }

    [UnmanagedCallersOnly]
    private static ulong ArrayNewElem(InstanceHeader* header, ulong typeAndSegment, uint offset, uint length)
    {
        var store = Store.Of(header->Context);
        try
        {
            // The collector updates the segment's references.
            ReadOnlySpan<ulong> elements = Instance.Of(header)!.Elements((int)(uint)typeAndSegment);
            if (!IsInside(offset, length, (ulong)elements.Length))
            {
                return Refuse(header, TrapKind.TableOutOfBounds);
            }

            var array = store.Heap.NewArray((int)(typeAndSegment >> 32), length, Allocation.MayCollect);
            if (array == 0)
            {
                return Refuse(header, TrapKind.OutOfMemory);
            }

            elements.Slice((int)offset, (int)length).CopyTo(new Span<ulong>(ElementAddress(array, 0), (int)length));
            return array;
        }
        catch (Exception e)
        {
            return Refuse(header, store, e);
        }
    }

    [UnmanagedCallersOnly]
    private static int ArrayFill(InstanceHeader* header, ulong array, uint index, ulong bits, uint count)
    {
        if (array == 0)
        {
            return Trap(header, TrapKind.NullArray);
        }

        if (!IsInside(index, count, ObjectHeap.LengthOf(array)))
        {
            return Trap(header, TrapKind.ArrayOutOfBounds);
        }

        Fill(Store.Of(header->Context).Heap, array, index, bits, count);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int ArrayFillVector(InstanceHeader* header, ulong array, uint index, ulong low, ulong high, uint count)
    {
        if (array == 0)
        {
            return Trap(header, TrapKind.NullArray);
        }

        if (!IsInside(index, count, ObjectHeap.LengthOf(array)))
        {
            return Trap(header, TrapKind.ArrayOutOfBounds);
        }

        Fill(Store.Of(header->Context).Heap, array, index, low, count, high);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int ArrayCopy(InstanceHeader* header, ulong target, uint index, ulong source, uint sourceIndex, uint count)
    {
        if (target == 0 || source == 0)
        {
            return Trap(header, TrapKind.NullArray);
        }

        if (!IsInside(index, count, ObjectHeap.LengthOf(target)) || !IsInside(sourceIndex, count, ObjectHeap.LengthOf(source)))
        {
            return Trap(header, TrapKind.ArrayOutOfBounds);
        }

        ref readonly var shape = ref ObjectShapes.Base[ObjectHeap.TypeIdOf(target)];
        var bytes = (nuint)count << shape.ElementShift;
        NativeMemory.Copy(ElementAddress(source, sourceIndex), ElementAddress(target, index), bytes);
        if (shape.HasReferences)
        {
            Store.Of(header->Context).Heap.Remember(target, index, count);
        }

        return 0;
    }

    [UnmanagedCallersOnly]
    private static int ArrayInitData(InstanceHeader* header, int segment, ulong array, uint index, uint offset, uint count)
    {
        if (array == 0)
        {
            return Trap(header, TrapKind.NullArray);
        }

        if (!IsInside(index, count, ObjectHeap.LengthOf(array)))
        {
            return Trap(header, TrapKind.ArrayOutOfBounds);
        }

        var data = Instance.Of(header)!.Data(segment);
        var bytes = (ulong)count << ObjectShapes.Base[ObjectHeap.TypeIdOf(array)].ElementShift;
        if (!IsInside(offset, bytes, (ulong)data.Length))
        {
            return Trap(header, TrapKind.MemoryOutOfBounds);
        }

        data.Slice((int)offset, (int)bytes).CopyTo(new Span<byte>(ElementAddress(array, index), (int)bytes));
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int ArrayInitElem(InstanceHeader* header, int segment, ulong array, uint index, uint offset, uint count)
    {
        if (array == 0)
        {
            return Trap(header, TrapKind.NullArray);
        }

        if (!IsInside(index, count, ObjectHeap.LengthOf(array)))
        {
            return Trap(header, TrapKind.ArrayOutOfBounds);
        }

        ReadOnlySpan<ulong> elements;
        try
        {
            elements = Instance.Of(header)!.Elements(segment);
        }
        catch (OutOfMemoryException)
        {
            return Trap(header, TrapKind.OutOfMemory);
        }

        if (!IsInside(offset, count, (ulong)elements.Length))
        {
            return Trap(header, TrapKind.TableOutOfBounds);
        }

        elements.Slice((int)offset, (int)count).CopyTo(new Span<ulong>(ElementAddress(array, index), (int)count));
        if (ObjectShapes.Base[ObjectHeap.TypeIdOf(array)].HasReferences)
        {
            Store.Of(header->Context).Heap.Remember(array, index, count);
        }

        return 0;
    }

    private static byte* ElementAddress(ulong array, uint index) => (byte*)array + ObjectLayout.ArrayElements
        + ((nuint)index << ObjectShapes.Base[ObjectHeap.TypeIdOf(array)].ElementShift);

    private static ulong Refuse(InstanceHeader* header, TrapKind kind)
    {
        header->Context->PendingTrap = kind;
        return 0;
    }

    /// <summary>The exception is thrown at the outermost C# frame in place of the trap.</summary>
    private static ulong Refuse(InstanceHeader* header, Store store, Exception exception)
    {
        store.SetPending(exception);
        return Refuse(header, TrapKind.OutOfMemory);
    }
}
