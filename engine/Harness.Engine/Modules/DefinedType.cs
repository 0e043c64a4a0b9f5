using System.Collections.Immutable;

namespace Harness.Engine.Modules;

/// <summary>A type definition after canonicalization: equal definitions of all modules share one of these.</summary>
public sealed class DefinedType
{
    private readonly int[] _display;

    /// <summary>Makes a type that a module defines.</summary>
    internal DefinedType(int canonicalId, SubType definition, DefinedType? supertype)
        : this(canonicalId, definition, definition.Composite switch
        {
            FunctionType => AbstractHeapType.Func,
            StructType => AbstractHeapType.Struct,
            _ => AbstractHeapType.Array,
        })
    {
        Supertype = supertype;
        _display = supertype is null ? _display : [.. supertype._display, canonicalId];
        if (definition.Descriptor is { } descriptor && Struct is { } structure)
        {
            // A type that does not match its supertype is found later.
            var inherited = supertype is null ? 0 : supertype.DescriptorSlot >= 0 ? supertype.DescriptorSlot : supertype.Slots.Length;
            DescriptorSlot = Math.Min(inherited, structure.Fields.Length);
            Slots = structure.Fields.Insert(
                DescriptorSlot, new FieldType(ValueType.Reference(descriptor, nullable: false), Packing.None, IsMutable: false));
        }
    }

    /// <summary>Makes a type without declared supertypes right below an abstract one.</summary>
    internal DefinedType(int canonicalId, SubType definition, AbstractHeapType abstractSupertype)
    {
        CanonicalId = canonicalId;
        Definition = definition;
        AbstractSupertype = abstractSupertype;
        _display = [canonicalId];
        Slots = Struct?.Fields ?? [];
    }

    /// <summary>The process-wide number of the type; types are the same if and only if their ids are.</summary>
    public int CanonicalId { get; }

    /// <summary>The definition, with all references to other types by canonical id.</summary>
    public SubType Definition { get; }

    /// <summary>The declared supertype, or null.</summary>
    public DefinedType? Supertype { get; }

    /// <summary>The smallest abstract type above: <c>func</c>, <c>struct</c> or <c>array</c>; <c>extern</c> above strings.</summary>
    public AbstractHeapType AbstractSupertype { get; }

    /// <summary>The function type, or null if this defines something else.</summary>
    public FunctionType? Function => Definition.Composite as FunctionType;

    /// <summary>The structure type, or null if this defines something else.</summary>
    public StructType? Struct => Definition.Composite as StructType;

    /// <summary>The array type, or null if this defines something else.</summary>
    public ArrayType? Array => Definition.Composite as ArrayType;

    /// <summary>
    /// What an object of a structure type holds: the fields and, where the type has one, the descriptor, as one more field that never changes. It comes behind
    /// what the objects of the highest supertype without a descriptor hold, so that the slots of a supertype are the first ones of all its subtypes. No slots
    /// if this defines something else.
    /// </summary>
    public ImmutableArray<FieldType> Slots { get; }

    /// <summary>The slot of the descriptor; -1 if objects of the type have none.</summary>
    public int DescriptorSlot { get; } = -1;

    /// <summary>The number of declared supertypes above this type.</summary>
    public int Depth => _display.Length - 1;

    /// <summary>
    /// The canonical ids of the supertypes from the root down to this type itself: a subtype check is one comparison.
    /// </summary>
    internal ReadOnlySpan<int> Display => _display;

    /// <summary>The slot of a structure's field.</summary>
    public int SlotOf(int field) => DescriptorSlot < 0 || field < DescriptorSlot ? field : field + 1;

    /// <summary>The field in a slot, which is not that of the descriptor.</summary>
    internal int FieldIn(int slot) => DescriptorSlot < 0 || slot < DescriptorSlot ? slot : slot - 1;

    /// <summary>Whether this is <paramref name="other"/> or declared below it.</summary>
    internal bool IsSubtypeOf(DefinedType other)
    {
        var depth = other.Depth;
        return depth < _display.Length && _display[depth] == other.CanonicalId;
    }
}
