namespace Harness.Engine.Modules;

/// <summary>
/// The type of a value, in 32 bits: its kind and, for references, nullability and heap type. Types of different
/// modules can be compared, since defined types are named by canonical id (specification, section 2.3).
/// </summary>
public readonly struct ValueType : IEquatable<ValueType>
{
    private const int HeapShift = 4;
    private const uint NullableBit = 8;
    private const uint KindMask = 7;

    private readonly uint _bits;

    private ValueType(uint bits) => _bits = bits;

    /// <summary>The type of 32-bit integers.</summary>
    public static ValueType I32 => new((uint)ValueKind.I32);

    /// <summary>The type of 64-bit integers.</summary>
    public static ValueType I64 => new((uint)ValueKind.I64);

    /// <summary>The type of 32-bit IEEE 754 numbers.</summary>
    public static ValueType F32 => new((uint)ValueKind.F32);

    /// <summary>The type of 64-bit IEEE 754 numbers.</summary>
    public static ValueType F64 => new((uint)ValueKind.F64);

    /// <summary>The type of 128-bit vectors.</summary>
    public static ValueType V128 => new((uint)ValueKind.V128);

    /// <summary>Nullable references to any function.</summary>
    public static ValueType FuncRef => Reference(AbstractHeapType.Func, nullable: true);

    /// <summary>Nullable references of the host.</summary>
    public static ValueType ExternRef => Reference(AbstractHeapType.Extern, nullable: true);

    /// <summary>Nullable references to exceptions.</summary>
    public static ValueType ExnRef => Reference(AbstractHeapType.Exn, nullable: true);

    /// <summary>Nullable references of the internal hierarchy.</summary>
    public static ValueType AnyRef => Reference(AbstractHeapType.Any, nullable: true);

    /// <summary>Nullable references that can be compared for identity.</summary>
    public static ValueType EqRef => Reference(AbstractHeapType.Eq, nullable: true);

    /// <summary>Nullable unboxed 31-bit integers.</summary>
    public static ValueType I31Ref => Reference(AbstractHeapType.I31, nullable: true);

    /// <summary>A subtype of every type, of operands popped in unreachable code.</summary>
    internal static ValueType Bottom => new((uint)ValueKind.Bottom);

    /// <summary>The value's kind.</summary>
    public ValueKind Kind => (ValueKind)(_bits & KindMask);

    /// <summary>Whether this is a reference type.</summary>
    public bool IsReference => (_bits & KindMask) == (uint)ValueKind.Ref;

    /// <summary>Whether this is a reference type with null.</summary>
    public bool IsNullable => (_bits & NullableBit) != 0;

    /// <summary>Whether this is the type of vectors.</summary>
    public bool IsVector => (_bits & KindMask) == (uint)ValueKind.V128;

    /// <summary>8-byte words that a value takes where values lie in words: two for a vector, one for all else.</summary>
    internal int WordCount => IsVector ? 2 : 1;

    /// <summary>Whether a variable of this type has an initial value: all but references without null.</summary>
    public bool IsDefaultable => !IsReference || IsNullable;

    /// <summary>What a reference points to; meaningful only if <see cref="IsReference"/>.</summary>
    public HeapType HeapType => new(_bits >> HeapShift);

    /// <summary>All of the type as one number.</summary>
    internal uint Bits => _bits;

    /// <summary>The type with a number.</summary>
    internal static ValueType FromBits(uint bits) => new(bits);

    /// <summary>The type of references to a heap type.</summary>
    public static ValueType Reference(HeapType heapType, bool nullable) =>
        new((heapType.Code << HeapShift) | (nullable ? NullableBit : 0) | (uint)ValueKind.Ref);

    /// <summary>The type of references to an abstract heap type.</summary>
    public static ValueType Reference(AbstractHeapType heapType, bool nullable) =>
        Reference(HeapType.Abstract(heapType), nullable);

    /// <summary>The type of numbers of a kind.</summary>
    /// <param name="kind">Any kind but <see cref="ValueKind.Ref"/>.</param>
    public static ValueType OfKind(ValueKind kind) => new((uint)kind);

    /// <summary>The same reference type with or without null.</summary>
    public ValueType WithNull(bool nullable) => new((_bits & ~NullableBit) | (nullable ? NullableBit : 0));

    /// <summary>
    /// Whether every value of this type is one of <paramref name="other"/> (specification, section 3.3).
    /// </summary>
    public bool IsSubtypeOf(ValueType other) =>
        _bits == other._bits
        || (IsReference && other.IsReference
            && (other.IsNullable || !IsNullable)
            && TypeRegistry.IsSubtype(HeapType, other.HeapType))
        || Kind == ValueKind.Bottom;

    /// <inheritdoc/>
    public bool Equals(ValueType other) => _bits == other._bits;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ValueType other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)_bits;

    /// <summary>Whether two types are the same.</summary>
    public static bool operator ==(ValueType left, ValueType right) => left._bits == right._bits;

    /// <summary>Whether two types differ.</summary>
    public static bool operator !=(ValueType left, ValueType right) => left._bits != right._bits;

    /// <summary>The type as in the text format, with canonical ids for defined types.</summary>
    public override string ToString() => Kind switch
    {
        ValueKind.Ref => IsNullable ? $"(ref null {HeapType})" : $"(ref {HeapType})",
        var kind => kind.ToString().ToLowerInvariant(),
    };
}
