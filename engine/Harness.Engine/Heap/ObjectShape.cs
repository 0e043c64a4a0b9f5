using System.Runtime.InteropServices;
using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Heap;

/// <summary>How the collector finds the size and the references of an object.</summary>
internal enum ShapeKind : byte
{
    /// <summary>The type was not added: no object can have it.</summary>
    None,

    /// <summary>Of one size, with references at the words that a mask names.</summary>
    Fixed,

    /// <summary>Of one size, with references at listed offsets.</summary>
    FixedLong,

    /// <summary>An array (or string) without references.</summary>
    PlainArray,

    /// <summary>An array of references.</summary>
    ReferenceArray,

    /// <summary>An exception: the tag says which values are references.</summary>
    Exception,
}

/// <summary>What the collector must know of a type, in 16 bytes of native memory.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct ObjectShape
{
    /// <summary>Offset of <see cref="Kind"/>.</summary>
    public const int KindOffset = 12;

    /// <summary>Offset of <see cref="ElementShift"/>.</summary>
    public const int ElementShiftOffset = 13;

    /// <summary>For <see cref="ShapeKind.Fixed"/>: bit i is set when word i of the object is a reference.</summary>
    [FieldOffset(0)]
    public ulong ReferenceWords;

    /// <summary>For <see cref="ShapeKind.FixedLong"/>: the number of references, then their offsets.</summary>
    [FieldOffset(0)]
    public int* ReferenceOffsets;

    /// <summary>Bytes of an object, or of what precedes its elements or values.</summary>
    [FieldOffset(8)]
    public int Size;

    /// <summary>How to read the rest.</summary>
    [FieldOffset(KindOffset)]
    public ShapeKind Kind;

    /// <summary>Binary logarithm of the bytes of an element.</summary>
    [FieldOffset(ElementShiftOffset)]
    public byte ElementShift;

    /// <summary>The flags that tell a structure or an array, for the header of new objects.</summary>
    [FieldOffset(14)]
    public ushort Flags;

    /// <summary>Whether objects of this shape may hold references.</summary>
    public readonly bool HasReferences => Kind switch
    {
        ShapeKind.Fixed => ReferenceWords != 0,
        ShapeKind.PlainArray => false,
        _ => true,
    };

    /// <summary>Bytes of an array with a number of elements.</summary>
    public readonly ulong ArraySize(uint length) =>
        ((uint)Size + ((ulong)length << ElementShift) + (ObjectHeader.Alignment - 1)) & ~(ulong)(ObjectHeader.Alignment - 1);
}

/// <summary>The shapes of all types by canonical id: one flat table, reserved once, whose pages take memory as types come and until they are gone.</summary>
internal static unsafe class ObjectShapes
{
    private const int MaskWords = 64;

    /// <summary>The shape of type 0, which there is not; that of type i lies i places behind.</summary>
    public static ObjectShape* Base { get; } = CreateTable();

    /// <summary>Fills the shape of a type, which may be filled already. Functions have none.</summary>
    public static void Add(DefinedType type)
    {
        if (type.Function is not null || Base[type.CanonicalId].Kind != ShapeKind.None)
        {
            return;
        }

        var layout = ObjectLayout.Of(type.CanonicalId);
        var shape = new ObjectShape { Size = layout.Size };
        if (type.Array is not null)
        {
            shape.Kind = layout.HasReferences ? ShapeKind.ReferenceArray : ShapeKind.PlainArray;
            shape.ElementShift = (byte)int.TrailingZeroCount(layout.ElementSize);
            shape.Flags = (ushort)ObjectFlags.Array;
        }
        else
        {
            shape.Flags = (ushort)ObjectFlags.Struct;
            DescribeReferences(ref shape, layout);
        }

        Publish(type.CanonicalId, shape);
    }

    private static void DescribeReferences(ref ObjectShape shape, ObjectLayout layout)
    {
        if (layout.Size <= MaskWords * ObjectHeader.Alignment)
        {
            shape.Kind = ShapeKind.Fixed;
            foreach (var offset in layout.ReferenceOffsets)
            {
                shape.ReferenceWords |= 1UL << (offset / ObjectHeader.Alignment);
            }

            return;
        }

        shape.Kind = ShapeKind.FixedLong;
        var count = layout.ReferenceOffsets.Length;
        shape.ReferenceOffsets = (int*)NativeMemory.Alloc((nuint)(count + 1), sizeof(int));
        shape.ReferenceOffsets[0] = count;
        layout.ReferenceOffsets.CopyTo(new Span<int>(shape.ReferenceOffsets + 1, count));
    }

    /// <summary>Writes the half with the kind last. Two threads may write the same.</summary>
    private static void Publish(int typeId, ObjectShape shape)
    {
        var target = (ulong*)(Base + typeId);
        var source = (ulong*)&shape;
        target[0] = source[0];
        Volatile.Write(ref target[1], source[1]);
    }

    private static ObjectShape* CreateTable()
    {
        var table = (ObjectShape*)LinuxMemory.MapPages((nuint)HeapType.MaxTypes * (nuint)sizeof(ObjectShape));
        var pages = new TypePages((byte*)table, sizeof(ObjectShape));
        TypeRegistry.Removed += id =>
        {
            var shape = table + id;
            if (shape->Kind == ShapeKind.FixedLong)
            {
                NativeMemory.Free(shape->ReferenceOffsets);
            }

            if (shape->Kind != ShapeKind.None)
            {
                *shape = default;
            }

            pages.Remove(id);
        };
        table[BuiltinTypeId.HostObject] = new ObjectShape { Kind = ShapeKind.Fixed, Size = ObjectHeader.Size + sizeof(long) };
        table[BuiltinTypeId.String] = new ObjectShape
        {
            Kind = ShapeKind.PlainArray, Size = ObjectLayout.ArrayElements, ElementShift = 1,
        };
        table[BuiltinTypeId.Exception] = new ObjectShape { Kind = ShapeKind.Exception, Size = ObjectLayout.ExceptionValues };
        return table;
    }
}
