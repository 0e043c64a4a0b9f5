using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing;

/// <summary>Random constants, with a preference for those at which arithmetic changes its ways.</summary>
internal static class Constants
{
    private static readonly long[] Integers =
    [
        0, 1, 2, 3, 4, 7, 8, 10, 16, 31, 32, 33, 63, 64, 65, 100, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 0x10000,
        int.MaxValue, int.MinValue, uint.MaxValue, 0x1_0000_0000, long.MaxValue, long.MinValue, 0x5555_5555_5555_5555,
        -1, -2, -3, -7, -8, -128, -129, -0x8000, -0x8001,
    ];

    private static readonly double[] Floats =
    [
        0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2, 2.5, 3, 10, 0.1, 1e10, -1e10, 1e30, -1e-30, 1e300, double.Epsilon, float.Epsilon,
        float.MaxValue, float.MinValue, double.MaxValue, double.MinValue, double.PositiveInfinity, double.NegativeInfinity, double.NaN,
        int.MaxValue, int.MinValue, 2147483648.0, -2147483649.0, 4294967295.0, 4294967296.0, -0.9999999999, 16777216, 16777217,
        9007199254740992.0, 9223372036854775808.0, -9223372036854775808.0, 18446744073709551616.0, 9223371487098961920.0,
    ];

    /// <summary>The numbers at which comparisons, shifts and arithmetic of integers have their limits.</summary>
    private static readonly long[] IntegerEdges =
    [
        0, 1, 2, -1, -2, 31, 32, 63, 64, 0x7F, 0x80, 0xFF, -0x80, -0x81, 0x7FFF, 0x8000, 0xFFFF, -0x8000,
        int.MaxValue, int.MinValue, int.MinValue + 1, uint.MaxValue, 0x1_0000_0000, long.MaxValue, long.MinValue, long.MinValue + 1,
    ];

    /// <summary>Zeros, infinities, and NaNs of both signs: canonical, quiet with bits of their own, and signalling.</summary>
    private static readonly uint[] SingleEdges =
        [0, 0x8000_0000, 0x3F80_0000, 1, 0x7F80_0000, 0xFF80_0000, 0x7FC0_0000, 0xFFC0_0000, 0x7FC0_0001, 0xFFD5_5555, 0x7FA0_0000, 0xFF80_0001, 0xFFFF_FFFF];

    /// <summary>The same of 64 bits.</summary>
    private static readonly ulong[] DoubleEdges =
    [
        0, 0x8000_0000_0000_0000, 0x3FF0_0000_0000_0000, 1, 0x7FF0_0000_0000_0000, 0xFFF0_0000_0000_0000, 0x7FF8_0000_0000_0000, 0xFFF8_0000_0000_0000,
        0x7FF8_0000_0000_0001, 0xFFFA_AAAA_AAAA_AAAA, 0x7FF4_0000_0000_0000, 0xFFF0_0000_0000_0001, 0x7FF0_0000_8000_0000, 0xFFFF_FFFF_FFFF_FFFF,
    ];

    public static ProgramNode Random(ProgramType type, RandomSource random)
    {
        switch (type.Kind)
        {
            case ValueKind.I32:
                return ProgramNode.I32Const((int)Integer(random));
            case ValueKind.I64:
                return new ProgramNode(Opcode.I64Const, [type]) { Immediates = [Integer(random)] };
            case ValueKind.F32:
                var single = random.Percent(85) ? BitConverter.SingleToUInt32Bits((float)Float(random)) : (uint)random.Next();
                return new ProgramNode(Opcode.F32Const, [type]) { Immediates = [single] };
            case ValueKind.F64:
                var bits = random.Percent(85) ? BitConverter.DoubleToInt64Bits(Float(random)) : (long)random.Next();
                return new ProgramNode(Opcode.F64Const, [type]) { Immediates = [bits] };
            case ValueKind.V128:
                return new ProgramNode(Opcode.V128Const, [type]) { Immediates = [Lanes(random), Lanes(random)] };
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, null);
        }
    }

    /// <summary>A number at which instructions change their ways; a NaN may have any bits, so that these may not be seen after arithmetic.</summary>
    public static ProgramNode Edge(ProgramType type, RandomSource random) => type.Kind switch
    {
        ValueKind.I32 => ProgramNode.I32Const((int)random.Pick(IntegerEdges)),
        ValueKind.I64 => new ProgramNode(Opcode.I64Const, [type]) { Immediates = [random.Pick(IntegerEdges)] },
        ValueKind.F32 => new ProgramNode(Opcode.F32Const, [type]) { Immediates = [random.Pick(SingleEdges)] },
        ValueKind.F64 => new ProgramNode(Opcode.F64Const, [type]) { Immediates = [(long)random.Pick(DoubleEdges)] },
        _ => Random(type, random),
    };

    /// <summary>Half of a vector: lanes of any width.</summary>
    private static long Lanes(RandomSource random) => random.Below(5) switch
    {
        0 => Integer(random),
        1 => (byte)Integer(random) * 0x0101_0101_0101_0101,
        2 => (long)((ushort)Integer(random) * 0x0001_0001_0001_0001UL),
        3 => ((long)BitConverter.SingleToUInt32Bits((float)Float(random)) << 32) | BitConverter.SingleToUInt32Bits((float)Float(random)),
        _ => BitConverter.DoubleToInt64Bits(Float(random)),
    };

    private static long Integer(RandomSource random) => random.Weighted(50, 30, 10, 10) switch
    {
        0 => random.Pick(Integers),
        1 => random.Between(-20, 100),
        2 => (int)random.Next(),
        _ => (long)random.Next(),
    };

    private static double Float(RandomSource random) =>
        random.Percent(60) ? random.Pick(Floats) : random.Between(-1000, 1000) / 8.0;
}
