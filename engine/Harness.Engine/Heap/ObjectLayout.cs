using System.Collections.Immutable;
using Harness.Engine.Modules;

namespace Harness.Engine.Heap;

/// <summary>
/// Where fields and elements lie in objects of a defined type. A structure's slots, which are its fields and the descriptor where there is one
/// (<see cref="DefinedType.Slots"/>), follow the header in their order, each at a multiple of its size (vectors: of 8), so that a subtype's layout begins with
/// its supertype's. The header has the type's id in any case: a descriptor costs an object the 8 bytes that a field with a method table would.
/// </summary>
internal sealed class ObjectLayout
{
    /// <summary>Offset of an array's (or string's) length, an unsigned number of 32 bits.</summary>
    public const int ArrayLength = 8;

    /// <summary>Offset of the first element of an array (or code unit of a string).</summary>
    public const int ArrayElements = 16;

    /// <summary>Offset of the <see cref="Runtime.TagData"/> address in an exception.</summary>
    public const int ExceptionTag = 8;

    /// <summary>Offset of the first value of an exception; each takes 8 bytes, a vector 16.</summary>
    public const int ExceptionValues = 16;

    private static readonly Lock Gate = new();
    private static readonly TypeTable<ObjectLayout> Layouts = CreateTable();

    private ObjectLayout(DefinedType type)
    {
        if (type.Array is { } array)
        {
            ElementSize = SizeOf(array.Element);
            Size = ArrayElements;
            Header = ObjectHeader.Of(
                type.CanonicalId, type.AbstractSupertype == AbstractHeapType.Array ? ObjectFlags.Array : ObjectFlags.None);
            HasReferences = IsHeapReference(array.Element);
            return;
        }

        if (type.Struct is null)
        {
            throw new ArgumentException("functions are no heap objects", nameof(type));
        }

        var offsets = ImmutableArray.CreateBuilder<int>(type.Slots.Length);
        var references = ImmutableArray.CreateBuilder<int>();
        var offset = ObjectHeader.Size;
        foreach (var field in type.Slots)
        {
            var size = SizeOf(field);
            var alignment = Math.Min(size, ObjectHeader.Alignment);
            offset = (offset + alignment - 1) & -alignment;
            offsets.Add(offset);
            if (IsHeapReference(field))
            {
                references.Add(offset);
            }

            offset += size;
        }

        // Room for a forwarding address is the header itself.
        SlotOffsets = offsets.MoveToImmutable();
        ReferenceOffsets = references.ToImmutable();
        HasReferences = ReferenceOffsets.Length > 0;
        Size = (offset + ObjectHeader.Alignment - 1) & -ObjectHeader.Alignment;
        Header = ObjectHeader.Of(type.CanonicalId, ObjectFlags.Struct);
    }

    /// <summary>Offset of each slot of a structure, in bytes from the header.</summary>
    public ImmutableArray<int> SlotOffsets { get; } = [];

    /// <summary>Offsets of those slots of a structure that the collector follows, ascending.</summary>
    public ImmutableArray<int> ReferenceOffsets { get; } = [];

    /// <summary>Whether fields or elements may refer to heap objects.</summary>
    public bool HasReferences { get; }

    /// <summary>Bytes of a structure, or of an array without elements.</summary>
    public int Size { get; }

    /// <summary>Bytes of an array's element: 1, 2, 4, 8 or 16.</summary>
    public int ElementSize { get; }

    /// <summary>The header of a new object.</summary>
    public ulong Header { get; }

    /// <summary>The layout of a structure or array type.</summary>
    public static ObjectLayout Of(int canonicalId) => Layouts[canonicalId] ?? Add(canonicalId);

    private static ObjectLayout Add(int canonicalId)
    {
        lock (Gate)
        {
            var layout = Layouts[canonicalId] ?? new ObjectLayout(TypeRegistry.Get(canonicalId));
            Layouts.Set(canonicalId, layout);
            return layout;
        }
    }

    private static TypeTable<ObjectLayout> CreateTable()
    {
        TypeRegistry.Removed += static id =>
        {
            lock (Gate)
            {
                Layouts.Remove(id);
            }
        };
        return new TypeTable<ObjectLayout>();
    }

    /// <summary>Bytes of an array with a number of elements, the rounding at its end included.</summary>
    public ulong ArraySize(uint length) =>
        (ArrayElements + ((ulong)length * (uint)ElementSize) + (ObjectHeader.Alignment - 1)) & ~(ulong)(ObjectHeader.Alignment - 1);

    /// <summary>Bytes of a field or element: 1, 2, 4, 8 or 16.</summary>
    public static int SizeOf(FieldType field) => field.Packing switch
    {
        Packing.I8 => 1,
        Packing.I16 => 2,
        _ => field.Type.Kind switch
        {
            ValueKind.I32 or ValueKind.F32 => 4,
            ValueKind.V128 => 16,
            _ => 8,
        },
    };

    /// <summary>Bytes of a slot of a structure type: 1, 2, 4, 8 or 16.</summary>
    public static int SlotSize(int canonicalId, int slot) => SizeOf(TypeRegistry.Get(canonicalId).Slots[slot]);

    /// <summary>Whether a place of this type may hold the address of a heap object.</summary>
    public static bool IsHeapReference(FieldType field) => IsHeapReference(field.Type);

    /// <inheritdoc cref="IsHeapReference(FieldType)"/>
    public static bool IsHeapReference(ValueType type) =>
        type.IsReference && TypeRegistry.TopOf(type.HeapType) != AbstractHeapType.Func;
}
