namespace Harness.Engine.Modules;

/// <summary>The broad kind of a value, which decides how it is stored.</summary>
public enum ValueKind : byte
{
    /// <summary>No value; the kind of <c>default(ValueType)</c>.</summary>
    None,

    /// <summary>A 32-bit integer.</summary>
    I32,

    /// <summary>A 64-bit integer.</summary>
    I64,

    /// <summary>A 32-bit IEEE 754 number.</summary>
    F32,

    /// <summary>A 64-bit IEEE 754 number.</summary>
    F64,

    /// <summary>A 128-bit vector.</summary>
    V128,

    /// <summary>A reference.</summary>
    Ref,

    /// <summary>
    /// The type of an operand popped in unreachable code, a subtype of every type; only validation sees it.
    /// </summary>
    Bottom,
}
