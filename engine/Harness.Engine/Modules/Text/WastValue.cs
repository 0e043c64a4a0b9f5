namespace Harness.Engine.Modules.Text;

/// <summary>The kinds of constants that scripts pass as arguments and expect as results.</summary>
internal enum WastValueKind : byte
{
    /// <summary>An i32.</summary>
    I32,

    /// <summary>An i64.</summary>
    I64,

    /// <summary>An f32.</summary>
    F32,

    /// <summary>An f64.</summary>
    F64,

    /// <summary>A v128.</summary>
    V128,

    /// <summary>A null reference.</summary>
    NullReference,

    /// <summary>A reference to an object of the host, as an <c>externref</c>.</summary>
    ExternReference,

    /// <summary>A reference to an object of the host, as an <c>anyref</c>.</summary>
    HostReference,
}

/// <summary>A constant of a script.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Bits">The bits of a number, the number of a host object, or the code of a null's heap type.</param>
/// <param name="HighBits">The high half of a vector, else zero.</param>
internal readonly record struct WastValue(WastValueKind Kind, ulong Bits, ulong HighBits = 0)
{
    /// <summary>For a null reference, the abstract heap type, or null if it was not given or is a defined type.</summary>
    public AbstractHeapType? NullType =>
        Kind == WastValueKind.NullReference && (long)Bits < 0
            ? BinaryFormat.AbstractHeapTypeOf((byte)((long)Bits + 0x80))
            : null;

    /// <summary>The constant as scripts write it.</summary>
    public override string ToString() => Kind switch
    {
        WastValueKind.I32 => $"(i32.const {(int)Bits})",
        WastValueKind.I64 => $"(i64.const {(long)Bits})",
        WastValueKind.F32 => $"(f32.const {BitConverter.UInt32BitsToSingle((uint)Bits):R}) [0x{Bits:x8}]",
        WastValueKind.F64 => $"(f64.const {BitConverter.UInt64BitsToDouble(Bits):R}) [0x{Bits:x16}]",
        WastValueKind.V128 => $"(v128.const i64x2 0x{Bits:x16} 0x{HighBits:x16})",
        WastValueKind.NullReference => "(ref.null)",
        WastValueKind.ExternReference => $"(ref.extern {Bits})",
        _ => $"(ref.host {Bits})",
    };
}
