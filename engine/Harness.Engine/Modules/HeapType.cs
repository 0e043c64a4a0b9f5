namespace Harness.Engine.Modules;

/// <summary>The abstract heap types (specification, section 2.3).</summary>
public enum AbstractHeapType : byte
{
    /// <summary>The bottom of the function hierarchy.</summary>
    NoFunc,

    /// <summary>The bottom of the external hierarchy.</summary>
    NoExtern,

    /// <summary>The bottom of the internal hierarchy.</summary>
    None,

    /// <summary>The bottom of the exception hierarchy.</summary>
    NoExn,

    /// <summary>All functions.</summary>
    Func,

    /// <summary>All references of the host.</summary>
    Extern,

    /// <summary>The top of the internal hierarchy.</summary>
    Any,

    /// <summary>Internal references that can be compared for identity.</summary>
    Eq,

    /// <summary>Unboxed 31-bit integers.</summary>
    I31,

    /// <summary>All structures.</summary>
    Struct,

    /// <summary>All arrays.</summary>
    Array,

    /// <summary>Exceptions.</summary>
    Exn,
}

/// <summary>
/// What a reference points to: one of the abstract heap types or a defined type, named by its canonical id, so that
/// equal types of different modules are equal here (specification, section 2.3). A defined type stands for its objects and those of its subtypes, or
/// for its own objects alone: then it is exact (custom descriptors proposal).
/// </summary>
public readonly struct HeapType : IEquatable<HeapType>
{
    /// <summary>Codes below this are abstract types; the others are canonical ids plus this.</summary>
    internal const uint FirstDefined = 16;

    /// <summary>One more than the largest canonical id: a heap type fits in 28 bits.</summary>
    internal const int MaxTypes = (1 << 26) - (int)FirstDefined;

    /// <summary>
    /// Codes with this bit name a member of the recursion group being read, which has no canonical id yet.
    /// </summary>
    internal const uint GroupMember = 1u << 26;

    /// <summary>Codes of exact types have this bit and are otherwise those of the types.</summary>
    private const uint ExactBit = 1u << 27;

    internal HeapType(uint code) => Code = code;

    internal uint Code { get; }

    /// <summary>
    /// A subtype of every heap type, of references popped in unreachable code; only validation sees it.
    /// </summary>
    internal static HeapType Bottom => new(FirstDefined - 1);

    /// <summary>The heap type of strings: see <see cref="TypeRegistry.StringId"/>.</summary>
    internal static HeapType String => Defined(TypeRegistry.StringId);

    /// <summary>The heap type of an abstract type.</summary>
    public static HeapType Abstract(AbstractHeapType type) => new((uint)type);

    /// <summary>The heap type of the defined type with a canonical id (see <see cref="TypeRegistry"/>).</summary>
    public static HeapType Defined(int canonicalId) => new((uint)canonicalId + FirstDefined);

    /// <summary>Whether this is a defined type, exact or not.</summary>
    public bool IsDefined => Code >= FirstDefined;

    /// <summary>Whether this is a defined type without its subtypes.</summary>
    public bool IsExact => (Code & ExactBit) != 0;

    /// <summary>The exact type of a defined one; meaningful only if <see cref="IsDefined"/>.</summary>
    public HeapType Exact => new(Code | ExactBit);

    /// <summary>The type with its subtypes, if it is exact; else itself.</summary>
    public HeapType Inexact => new(Code & ~ExactBit);

    /// <summary>The canonical id; meaningful only if <see cref="IsDefined"/>.</summary>
    public int CanonicalId => (int)((Code & ~ExactBit) - FirstDefined);

    /// <summary>The abstract type; meaningful only if not <see cref="IsDefined"/>.</summary>
    public AbstractHeapType AbstractType => (AbstractHeapType)Code;

    /// <summary>Whether every reference of this heap type is one of <paramref name="other"/>.</summary>
    public bool IsSubtypeOf(HeapType other) => TypeRegistry.IsSubtype(this, other);

    /// <inheritdoc/>
    public bool Equals(HeapType other) => Code == other.Code;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is HeapType other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)Code;

    /// <summary>Whether two heap types are the same.</summary>
    public static bool operator ==(HeapType left, HeapType right) => left.Equals(right);

    /// <summary>Whether two heap types differ.</summary>
    public static bool operator !=(HeapType left, HeapType right) => !left.Equals(right);

    /// <summary>The abstract type's name in the text format, <c>string</c>, or <c>type</c> and the canonical id; in <c>(exact …)</c> if it is exact.</summary>
    public override string ToString() =>
        IsExact ? $"(exact {Inexact})"
        : this == String ? "string" : IsDefined ? $"type{CanonicalId}" : this == Bottom ? "bot" : AbstractType.ToString().ToLowerInvariant();
}
