namespace Harness.Engine.Modules;

/// <summary>The kinds of state that an instruction can read or write at one place.</summary>
internal enum AccessKind : byte
{
    /// <summary>None: the instruction accesses nothing, or more than one place.</summary>
    None,

    /// <summary>Bytes of a memory.</summary>
    Memory,

    /// <summary>A global.</summary>
    Global,

    /// <summary>An element of a table.</summary>
    Table,

    /// <summary>A field of a structure.</summary>
    Field,

    /// <summary>An element of an array.</summary>
    Element,
}

/// <summary>How a read fills a result that is wider than what it reads.</summary>
internal enum AccessExtension : byte
{
    /// <summary>The result is as wide as what is read.</summary>
    None,

    /// <summary>With zeros.</summary>
    Zero,

    /// <summary>With the sign.</summary>
    Sign,
}

/// <summary>
/// What an instruction reads or writes, as far as its opcode tells. The operands come in one order for all: the object, the index or address, the value that
/// is written.
/// </summary>
/// <param name="Kind">What it accesses.</param>
/// <param name="IsRead">Whether it gives what is there.</param>
/// <param name="IsWrite">Whether it changes what is there.</param>
/// <param name="Extension">What a read does with a value that is narrower than the result.</param>
internal readonly record struct OperatorAccess(AccessKind Kind, bool IsRead, bool IsWrite, AccessExtension Extension)
{
    /// <summary>Whether a field or an element is accessed.</summary>
    public bool IsObject => Kind >= AccessKind.Field;

    /// <summary>The effects that every instruction of this kind has, where nothing more is known of its operands.</summary>
    public Effects Effects => (IsRead ? ReadEffect : Effects.None) | (IsWrite ? WriteEffect : Effects.None);

    /// <summary>Why an access may trap.</summary>
    public Traps Traps => Kind switch
    {
        AccessKind.Memory => Traps.Memory,
        AccessKind.Table => Traps.Table,
        AccessKind.Field => Traps.Null,
        AccessKind.Element => Traps.Null | Traps.Array,
        _ => Traps.None,
    };

    private Effects ReadEffect => Kind switch
    {
        AccessKind.Memory => Effects.ReadsMemory,
        AccessKind.Global => Effects.ReadsGlobal,
        AccessKind.Table => Effects.ReadsTable,
        AccessKind.Field or AccessKind.Element => Effects.ReadsHeap,
        _ => Effects.None,
    };

    private Effects WriteEffect => Kind switch
    {
        AccessKind.Memory => Effects.WritesMemory,
        AccessKind.Global => Effects.WritesGlobal,
        AccessKind.Table => Effects.WritesTable,
        AccessKind.Field or AccessKind.Element => Effects.WritesHeap,
        _ => Effects.None,
    };

    /// <summary>A read.</summary>
    public static OperatorAccess Read(AccessKind kind, AccessExtension extension = AccessExtension.None) => new(kind, true, false, extension);

    /// <summary>A write.</summary>
    public static OperatorAccess Write(AccessKind kind) => new(kind, false, true, AccessExtension.None);
}
