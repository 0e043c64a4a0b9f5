using System.Globalization;
using System.Numerics;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Vectors;

/// <summary>
/// What vector instructions compute, lane by lane in plain C#, by the names of the instructions (specification, section 4.4.3). Of
/// the results that relaxed instructions may have, those of this engine.
/// </summary>
internal static class VectorReference
{
    /// <summary>The result of an instruction without memory.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="operands">Its operands; numbers have no high half.</param>
    /// <param name="immediates">The numbers of lanes.</param>
    /// <param name="fuses">Whether relaxed multiply-adds are rounded once.</param>
    public static V128 Evaluate(string name, V128[] operands, byte[] immediates, bool fuses)
    {
        var parts = name.Split('.', 2);
        var op = parts[1];
        var a = operands[0];
        var b = operands.Length > 1 ? operands[1] : default;
        var c = operands.Length > 2 ? operands[2] : default;
        if (parts[0] == "v128")
        {
            return Bitwise(op, a, b, c);
        }

        var isFloat = parts[0][0] == 'f';
        var bits = int.Parse(parts[0][1..parts[0].IndexOf('x')], CultureInfo.InvariantCulture);
        var lanes = 128 / bits;
        return op switch
        {
            "splat" => Map(bits, _ => a.Low),
            "extract_lane" or "extract_lane_u" => new V128(Lane(a, bits, immediates[0]), 0),
            "extract_lane_s" => new V128((uint)(int)Signed(Lane(a, bits, immediates[0]), bits), 0),
            "replace_lane" => Map(bits, i => i == immediates[0] ? b.Low : Lane(a, bits, i)),
            "shuffle" => Map(8, i => immediates[i] < 16 ? Lane(a, 8, immediates[i]) : Lane(b, 8, immediates[i] - 16)),
            "swizzle" => Map(8, i => Lane(b, 8, i) is < 16 and var lane ? Lane(a, 8, (int)lane) : 0),
            "relaxed_swizzle" => Map(8, i => Lane(b, 8, i) is < 128 and var lane ? Lane(a, 8, (int)lane & 15) : 0),
            "relaxed_laneselect" => Bitwise("bitselect", a, b, c),
            "all_true" => new V128(Enumerable.Range(0, lanes).All(i => Lane(a, bits, i) != 0) ? 1u : 0u, 0),
            "bitmask" => new V128((ulong)Enumerable.Range(0, lanes).Sum(i => (long)(Lane(a, bits, i) >> (bits - 1)) << i), 0),
            _ when isFloat => Float(fuses && op.EndsWith("madd", StringComparison.Ordinal) ? "fused" + op["relaxed".Length..] : op, bits, a, b, c),
            _ => Map(bits, i => Integer(op, bits, i, a, b, c)),
        };
    }

    /// <summary>The bits of a lane.</summary>
    public static ulong Lane(V128 vector, int bits, int lane)
    {
        var position = lane * bits;
        var half = position < 64 ? vector.Low : vector.High;
        return (half >> (position & 63)) & (ulong.MaxValue >> (64 - bits));
    }

    private static V128 Map(int bits, Func<int, ulong> lane)
    {
        UInt128 result = 0;
        for (var i = 0; i < 128 / bits; i++)
        {
            result |= (UInt128)(lane(i) & (ulong.MaxValue >> (64 - bits))) << (i * bits);
        }

        return new V128((ulong)result, (ulong)(result >> 64));
    }

    private static V128 Bitwise(string op, V128 a, V128 b, V128 c) => op switch
    {
        "not" => new V128(~a.Low, ~a.High),
        "and" => new V128(a.Low & b.Low, a.High & b.High),
        "andnot" => new V128(a.Low & ~b.Low, a.High & ~b.High),
        "or" => new V128(a.Low | b.Low, a.High | b.High),
        "xor" => new V128(a.Low ^ b.Low, a.High ^ b.High),
        "bitselect" => new V128((a.Low & c.Low) | (b.Low & ~c.Low), (a.High & c.High) | (b.High & ~c.High)),
        "any_true" => new V128((a.Low | a.High) != 0 ? 1u : 0u, 0),
        _ => throw new ArgumentException(op),
    };

    private static long Signed(ulong lane, int bits) => (long)lane << (64 - bits) >> (64 - bits);

    private static ulong Saturate(Int128 value, int bits, bool isSigned)
    {
        var most = isSigned ? (Int128.One << (bits - 1)) - 1 : (Int128.One << bits) - 1;
        var least = isSigned ? -(Int128.One << (bits - 1)) : 0;
        return (ulong)(long)Int128.Clamp(value, least, most);
    }

    private static ulong Integer(string op, int bits, int i, V128 a, V128 b, V128 c)
    {
        var isSigned = op.EndsWith("_s", StringComparison.Ordinal) || op.EndsWith("_s_zero", StringComparison.Ordinal);
        var x = Value(a, bits, i, isSigned);
        var y = Value(b, bits, i, isSigned);
        var count = (int)(b.Low & (uint)(bits - 1));
        var half = bits / 2;
        var upper = 128 / bits;
        return op switch
        {
            "add" => (ulong)(long)(x + y),
            "sub" => (ulong)(long)(x - y),
            "mul" => Lane(a, bits, i) * Lane(b, bits, i),
            "neg" => 0 - Lane(a, bits, i),
            "abs" => (ulong)(long)Int128.Abs(Value(a, bits, i, isSigned: true)),
            "popcnt" => (ulong)BitOperations.PopCount(Lane(a, bits, i)),
            "min_s" or "min_u" => (ulong)(long)Int128.Min(x, y),
            "max_s" or "max_u" => (ulong)(long)Int128.Max(x, y),
            "add_sat_s" or "add_sat_u" => Saturate(x + y, bits, isSigned),
            "sub_sat_s" or "sub_sat_u" => Saturate(x - y, bits, isSigned),
            "avgr_u" => (ulong)((x + y + 1) >> 1),
            "eq" => Ones(x == y),
            "ne" => Ones(x != y),
            "lt_s" or "lt_u" => Ones(x < y),
            "gt_s" or "gt_u" => Ones(x > y),
            "le_s" or "le_u" => Ones(x <= y),
            "ge_s" or "ge_u" => Ones(x >= y),
            "shl" => Lane(a, bits, i) << count,
            "shr_u" or "shr_s" => (ulong)(long)(x >> count),
            "q15mulr_sat_s" => Saturate(((x * y) + 0x4000) >> 15, bits, isSigned: true),
            "relaxed_q15mulr_s" => (ulong)(long)(((x * y) + 0x4000) >> 15),
            "dot_i16x8_s" => (ulong)(long)Enumerable.Range(2 * i, 2).Aggregate(
                Int128.Zero, (sum, j) => sum + (Value(a, half, j, true) * Value(b, half, j, true))),
            "relaxed_dot_i8x16_i7x16_s" => Dot(a, b, i),
            "relaxed_dot_i8x16_i7x16_add_s" => (ulong)(Signed(Dot(a, b, 2 * i), 16) + Signed(Dot(a, b, (2 * i) + 1), 16)) + Lane(c, bits, i),
            _ when op.StartsWith("narrow", StringComparison.Ordinal) =>
                Saturate(Value(i < upper / 2 ? a : b, 2 * bits, i % (upper / 2), isSigned: true), bits, isSigned),
            _ when op.StartsWith("extend_low", StringComparison.Ordinal) => (ulong)(long)Value(a, half, i, isSigned),
            _ when op.StartsWith("extend_high", StringComparison.Ordinal) => (ulong)(long)Value(a, half, i + upper, isSigned),
            _ when op.StartsWith("extmul_low", StringComparison.Ordinal) =>
                (ulong)(UInt128)(Value(a, half, i, isSigned) * Value(b, half, i, isSigned)),
            _ when op.StartsWith("extmul_high", StringComparison.Ordinal) =>
                (ulong)(UInt128)(Value(a, half, i + upper, isSigned) * Value(b, half, i + upper, isSigned)),
            _ when op.StartsWith("extadd_pairwise", StringComparison.Ordinal) =>
                (ulong)(long)(Value(a, half, 2 * i, isSigned) + Value(a, half, (2 * i) + 1, isSigned)),
            _ when op.Contains("trunc_", StringComparison.Ordinal) => Truncate(op, i, a, isSigned),
            _ => throw new ArgumentException(op),
        };
    }

    /// <summary>The sum of two products of signed by unsigned bytes, saturated.</summary>
    private static ulong Dot(V128 a, V128 b, int i) => Saturate(
        (Value(a, 8, 2 * i, true) * Value(b, 8, 2 * i, false)) + (Value(a, 8, (2 * i) + 1, true) * Value(b, 8, (2 * i) + 1, false)),
        16, isSigned: true) & 0xFFFF;

    private static ulong Truncate(string op, int i, V128 a, bool isSigned)
    {
        var isDouble = op.Contains("f64x2", StringComparison.Ordinal);
        if (isDouble && i >= 2)
        {
            return 0;
        }

        var value = isDouble
            ? BitConverter.UInt64BitsToDouble(Lane(a, 64, i))
            : BitConverter.UInt32BitsToSingle((uint)Lane(a, 32, i));
        if (op.StartsWith("relaxed", StringComparison.Ordinal) && isSigned && !(value is > -2147483649.0 and < 2147483648.0))
        {
            return 0x8000_0000;
        }

        if (double.IsNaN(value))
        {
            return 0;
        }

        return isSigned
            ? (ulong)(long)Math.Clamp(Math.Truncate(value), int.MinValue, int.MaxValue)
            : (ulong)Math.Clamp(Math.Truncate(value), 0, uint.MaxValue);
    }

    private static Int128 Value(V128 vector, int bits, int lane, bool isSigned) =>
        isSigned ? Signed(Lane(vector, bits, lane), bits) : Lane(vector, bits, lane);

    private static ulong Ones(bool condition) => condition ? ulong.MaxValue : 0;

    private static V128 Float(string op, int bits, V128 a, V128 b, V128 c)
    {
        if (op == "demote_f64x2_zero")
        {
            return Map(32, i => i < 2 ? BitConverter.SingleToUInt32Bits((float)BitConverter.UInt64BitsToDouble(Lane(a, 64, i))) : 0);
        }

        if (op == "promote_low_f32x4")
        {
            return Map(64, i => BitConverter.DoubleToUInt64Bits(BitConverter.UInt32BitsToSingle((uint)Lane(a, 32, i))));
        }

        if (op.StartsWith("convert", StringComparison.Ordinal))
        {
            var isSigned = op.EndsWith("_s", StringComparison.Ordinal);
            return Map(bits, i => bits == 32
                ? BitConverter.SingleToUInt32Bits(isSigned ? (int)Lane(a, 32, i) : (float)(uint)Lane(a, 32, i))
                : BitConverter.DoubleToUInt64Bits(isSigned ? (int)Lane(a, 32, i) : (uint)Lane(a, 32, i)));
        }

        return bits == 32
            ? Map(32, i => Lanewise(op, Single(a, i), Single(b, i), Single(c, i), v => BitConverter.SingleToUInt32Bits(v)))
            : Map(64, i => Lanewise(op, Double(a, i), Double(b, i), Double(c, i), BitConverter.DoubleToUInt64Bits));
    }

    private static float Single(V128 vector, int lane) => BitConverter.UInt32BitsToSingle((uint)Lane(vector, 32, lane));

    private static double Double(V128 vector, int lane) => BitConverter.UInt64BitsToDouble(Lane(vector, 64, lane));

    private static ulong Lanewise<T>(string op, T a, T b, T c, Func<T, ulong> bitsOf)
        where T : IBinaryFloatingPointIeee754<T> => op switch
        {
            "eq" => Ones(a == b),
            "ne" => Ones(a != b),
            "lt" => Ones(a < b),
            "gt" => Ones(a > b),
            "le" => Ones(a <= b),
            "ge" => Ones(a >= b),
            "add" => bitsOf(a + b),
            "sub" => bitsOf(a - b),
            "mul" => bitsOf(a * b),
            "div" => bitsOf(a / b),
            "min" => bitsOf(T.Min(a, b)),
            "max" => bitsOf(T.Max(a, b)),
            "pmin" => bitsOf(b < a ? b : a),
            "pmax" => bitsOf(a < b ? b : a),
            "relaxed_min" => bitsOf(a < b ? a : b),
            "relaxed_max" => bitsOf(a > b ? a : b),
            "relaxed_madd" => bitsOf((a * b) + c),
            "relaxed_nmadd" => bitsOf(c - (a * b)),
            "fused_madd" => bitsOf(T.FusedMultiplyAdd(a, b, c)),
            "fused_nmadd" => bitsOf(T.FusedMultiplyAdd(-a, b, c)),
            "abs" => bitsOf(T.Abs(a)),
            "neg" => bitsOf(-a),
            "sqrt" => bitsOf(T.Sqrt(a)),
            "ceil" => bitsOf(T.Ceiling(a)),
            "floor" => bitsOf(T.Floor(a)),
            "trunc" => bitsOf(T.Truncate(a)),
            "nearest" => bitsOf(T.Round(a, MidpointRounding.ToEven)),
            _ => throw new ArgumentException(op),
        };
}
