using Harness.Engine.Modules;

namespace Harness.Engine.Tests.Optimizer;

/// <summary>The numeric instructions, and operands on which they behave differently: around zero, powers of two, the ends of ranges, what is no number.</summary>
internal static class NumericOperands
{
    private static readonly long[] Integers =
    [
        0, 1, 2, 3, 4, 5, 7, 8, 31, 32, 33, 63, 64, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 1 << 30, int.MaxValue,
        int.MinValue, uint.MaxValue, 1L << 32, 1L << 40, 0x0020_0000_2000_0001, 0x7FFF_FF40_0000_0001, 1L << 62, long.MaxValue,
        long.MinValue, -1, -2, -3, -5, -7, -8, -127, -128, -129, -0x8000, -0x8001,
    ];

    private static readonly double[] Floats =
    [
        0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3, 1e9, 3e9, 1e10, -1e10, 1e19, 1e30, 1e38, 1e39, -1e300, 1e-40, 1e-320, double.Epsilon,
        float.MaxValue, double.MaxValue, int.MaxValue, int.MinValue, long.MaxValue, 16777217, 9007199254740993, double.PositiveInfinity,
        double.NegativeInfinity, double.NaN,
    ];

    /// <summary>The instructions on one or two numbers that give one.</summary>
    public static List<OpcodeInfo> Rows()
    {
        // A method, since a lazy sequence cannot walk over a span.
        var rows = new List<OpcodeInfo>();
        foreach (var row in OpcodeTable.All)
        {
            if (row is { HasSignature: true, IsVector: false, Immediates: ImmediateKind.None, Results.Length: 1, Parameters.Length: 1 or 2 })
            {
                rows.Add(row);
            }
        }

        return rows;
    }

    /// <summary>All operands for an instruction, as bits.</summary>
    public static IEnumerable<ulong[]> Of(OpcodeInfo row)
    {
        ulong[] first = [.. Values(row.Parameters[0])];
        return row.Parameters.Length == 1
            ? first.Select(value => new[] { value })
            : first.SelectMany(value => Values(row.Parameters[1]).Select(other => new[] { value, other }));
    }

    /// <summary>The numbers of a kind, as bits.</summary>
    public static IEnumerable<ulong> Values(ValueKind kind) => kind switch
    {
        ValueKind.I32 => Integers.Select(value => (ulong)(uint)value).Distinct(),
        ValueKind.I64 => Integers.Select(value => (ulong)value),
        ValueKind.F32 => Floats.Select(value => (ulong)BitConverter.SingleToUInt32Bits((float)value)),
        _ => Floats.Select(BitConverter.DoubleToUInt64Bits),
    };
}
