using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Harness.Engine.Runtime;

/// <summary>The value of a v128: 128 bits without a shape.</summary>
/// <param name="Low">The low half: the lanes with low numbers.</param>
/// <param name="High">The high half.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct V128(ulong Low, ulong High)
{
    /// <summary>The same bits as a vector of .NET.</summary>
    public Vector128<byte> ToVector128() => Vector128.Create(Low, High).AsByte();

    /// <summary>A vector of .NET as bits.</summary>
    public static V128 FromVector128(Vector128<byte> vector) => new(vector.AsUInt64()[0], vector.AsUInt64()[1]);

    /// <summary>The bits as one hexadecimal number of 32 digits, lane 0 last.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"0x{High:x16}{Low:x16}");
}
