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
    }

    /// <summary>Makes a type without declared supertypes right below an abstract one.</summary>
    internal DefinedType(int canonicalId, SubType definition, AbstractHeapType abstractSupertype)
    {
        CanonicalId = canonicalId;
        Definition = definition;
        AbstractSupertype = abstractSupertype;
        _display = [canonicalId];
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

    /// <summary>The number of declared supertypes above this type.</summary>
    public int Depth => _display.Length - 1;

    /// <summary>
    /// The canonical ids of the supertypes from the root down to this type itself: a subtype check is one comparison.
    /// </summary>
    internal ReadOnlySpan<int> Display => _display;

    /// <summary>Whether this is <paramref name="other"/> or declared below it.</summary>
    internal bool IsSubtypeOf(DefinedType other)
    {
        var depth = other.Depth;
        return depth < _display.Length && _display[depth] == other.CanonicalId;
    }
}
