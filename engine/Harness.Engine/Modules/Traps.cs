namespace Harness.Engine.Modules;

/// <summary>
/// Why an instruction itself may trap (specification, section 4.6), and this engine's own reason: no room. What a called function traps
/// for is not among them.
/// </summary>
[Flags]
internal enum Traps : ushort
{
    /// <summary>It never traps.</summary>
    None = 0,

    /// <summary>It always does.</summary>
    Unreachable = 1 << 0,

    /// <summary>An address or a range is out of bounds of a memory or of a data segment.</summary>
    Memory = 1 << 1,

    /// <summary>An index or a range is out of bounds of a table or of an element segment.</summary>
    Table = 1 << 2,

    /// <summary>An index or a range is out of bounds of an array.</summary>
    Array = 1 << 3,

    /// <summary>A reference is null.</summary>
    Null = 1 << 4,

    /// <summary>A divisor is zero.</summary>
    DivisionByZero = 1 << 5,

    /// <summary>A result does not fit in its type.</summary>
    Overflow = 1 << 6,

    /// <summary>A float that is converted is not a number.</summary>
    InvalidConversion = 1 << 7,

    /// <summary>A reference is not of the type that it is cast to.</summary>
    Cast = 1 << 8,

    /// <summary>What a table has at an index is not a function of the type that is called.</summary>
    Callee = 1 << 9,

    /// <summary>The address of an atomic access is no multiple of its size.</summary>
    Alignment = 1 << 10,

    /// <summary>There is no room in the heap.</summary>
    Heap = 1 << 11,
}
