namespace Harness.Engine.Modules;

/// <summary>What can be imported and exported.</summary>
public enum ExternalKind : byte
{
    /// <summary>A function.</summary>
    Function,

    /// <summary>A table.</summary>
    Table,

    /// <summary>A linear memory.</summary>
    Memory,

    /// <summary>A global variable.</summary>
    Global,

    /// <summary>An exception tag.</summary>
    Tag,
}

/// <summary>The size limits of a table (in elements) or a memory (in pages).</summary>
/// <param name="Minimum">The initial size.</param>
/// <param name="Maximum">The size that it can grow to, or null if only the implementation limits it.</param>
public readonly record struct Limits(ulong Minimum, ulong? Maximum)
{
    /// <summary>
    /// Whether something of actual size <see cref="Minimum"/> can be imported where <paramref name="other"/> is asked
    /// for.
    /// </summary>
    internal bool Matches(Limits other) =>
        Minimum >= other.Minimum
        && (other.Maximum is not { } limit || (Maximum is { } maximum && maximum <= limit));
}

/// <summary>The type of a table.</summary>
/// <param name="ElementType">The type of its elements, a reference type.</param>
/// <param name="Limits">Its size in elements.</param>
/// <param name="Is64">Whether its indices are i64 rather than i32.</param>
public sealed record TableType(ValueType ElementType, Limits Limits, bool Is64)
{
    /// <summary>The type of indices into the table.</summary>
    public ValueType AddressType => Is64 ? ValueType.I64 : ValueType.I32;
}

/// <summary>The type of a linear memory.</summary>
/// <param name="Limits">Its size in pages. One that is shared has a maximum.</param>
/// <param name="Is64">Whether its addresses are i64 rather than i32.</param>
/// <param name="IsShared">
/// Whether stores can share it, each on a thread of its own (threads proposal). One that is shared can be imported only as one that is.
/// </param>
/// <param name="PageSizeLog2">
/// The binary logarithm of the size of its pages in bytes: 16, or 0 (custom page sizes proposal). It can be imported only where that is asked for.
/// </param>
public sealed record MemoryType(Limits Limits, bool Is64, bool IsShared = false, int PageSizeLog2 = MemoryType.UsualPageSizeLog2)
{
    /// <summary>The binary logarithm of the usual size of pages.</summary>
    public const int UsualPageSizeLog2 = 16;

    /// <summary>The usual size of a page in bytes: that of all memories whose type says nothing of it.</summary>
    public const int UsualPageSize = 1 << UsualPageSizeLog2;

    /// <summary>The size of its pages in bytes.</summary>
    public int PageSize => 1 << PageSizeLog2;

    /// <summary>
    /// The most pages that limits may name: as many as addresses reach, of pages of one byte one less, so that an address can tell their number.
    /// </summary>
    internal ulong AddressablePages => (PageSizeLog2, Is64) switch
    {
        (UsualPageSizeLog2, true) => ImplementationLimits.MemoryPages64,
        (UsualPageSizeLog2, false) => ImplementationLimits.MemoryPages32,
        (_, true) => ulong.MaxValue,
        _ => uint.MaxValue,
    };

    /// <summary>The size that it has at first, in bytes.</summary>
    internal ulong InitialBytes => Limits.Minimum << PageSizeLog2;

    /// <summary>The type of addresses in the memory.</summary>
    public ValueType AddressType => Is64 ? ValueType.I64 : ValueType.I32;
}

/// <summary>The type of a global variable.</summary>
/// <param name="Type">The type of its value.</param>
/// <param name="IsMutable">Whether it can be written.</param>
public sealed record GlobalType(ValueType Type, bool IsMutable);

/// <summary>The type of an exception tag.</summary>
/// <param name="CanonicalTypeId">The canonical id of the function type.</param>
/// <param name="Type">The function type, whose parameters are the values that an exception carries.</param>
public sealed record TagType(int CanonicalTypeId, FunctionType Type);
