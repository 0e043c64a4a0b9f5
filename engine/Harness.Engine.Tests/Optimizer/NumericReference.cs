using System.Numerics;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Optimizer;

/// <summary>
/// The numeric instructions as the specification defines them (section 4.3), in plain words, to compare the optimizer with. Values
/// are bits: those of 32-bit types zero-extended. NaNs are canonical.
/// </summary>
internal static class NumericReference
{
    private const uint NanF32 = 0x7FC00000;
    private const ulong NanF64 = 0x7FF8000000000000;

    /// <summary>Computes an instruction.</summary>
    /// <exception cref="ReferenceTrapException">It traps.</exception>
    public static ulong Evaluate(Opcode op, ReadOnlySpan<ulong> operands)
    {
        var x = operands[0];
        var y = operands.Length > 1 ? operands[1] : 0;
        var name = OpcodeTable.Get(op).Name;
        var type = name[..3];
        var operation = name[4..];
        if (operation.Contains("convert", StringComparison.Ordinal) || operation.Contains("trunc_", StringComparison.Ordinal)
            || operation.Contains("reinterpret", StringComparison.Ordinal) || operation is "wrap_i64" or "promote_f32" or "demote_f64"
            || operation.StartsWith("extend_i32", StringComparison.Ordinal))
        {
            return Convert(name, x);
        }

        return type switch
        {
            "i32" => (uint)Integer(operation, (uint)x, (uint)y, 32),
            "i64" => Integer(operation, x, y, 64),
            "f32" => F32(operation, BitConverter.UInt32BitsToSingle((uint)x), BitConverter.UInt32BitsToSingle((uint)y)),
            _ => F64(operation, BitConverter.UInt64BitsToDouble(x), BitConverter.UInt64BitsToDouble(y)),
        };
    }

    /// <summary>Computes both halves of an instruction on 128 bits, the low one first.</summary>
    public static ulong[] EvaluateWide(Opcode op, ReadOnlySpan<ulong> operands)
    {
        BigInteger x = operands[0];
        BigInteger y = operands[1];
        var result = op switch
        {
            Opcode.I64MulWideU => x * y,
            Opcode.I64MulWideS => Signed(operands[0], 64) * Signed(operands[1], 64),
            Opcode.I64Add128 => x + (y << 64) + operands[2] + ((BigInteger)operands[3] << 64),
            _ => x + (y << 64) - operands[2] - ((BigInteger)operands[3] << 64),
        };
        return [(ulong)(result & ulong.MaxValue), (ulong)((result >> 64) & ulong.MaxValue)];
    }

    private static ulong Integer(string operation, ulong x, ulong y, int bits)
    {
        var mask = bits == 64 ? ulong.MaxValue : (1UL << bits) - 1;
        var sx = Signed(x, bits);
        var sy = Signed(y, bits);
        var minimum = -(BigInteger.One << (bits - 1));
        var shift = (int)(y % (ulong)bits);
        ulong Wrap(BigInteger value) => (ulong)(value & mask);
        switch (operation)
        {
            case "add": return Wrap((BigInteger)x + y);
            case "sub": return Wrap((BigInteger)x - y);
            case "mul": return Wrap((BigInteger)x * y);
            case "div_s" or "div_u" or "rem_s" or "rem_u" when y == 0:
                throw new ReferenceTrapException(TrapKind.IntegerDivideByZero);
            case "div_s" when sx == minimum && sy == -1: throw new ReferenceTrapException(TrapKind.IntegerOverflow);
            case "div_s": return Wrap(BigInteger.Divide(sx, sy));
            case "div_u": return x / y;
            case "rem_s": return Wrap(BigInteger.Remainder(sx, sy));
            case "rem_u": return x % y;
            case "and": return x & y;
            case "or": return x | y;
            case "xor": return x ^ y;
            case "shl": return (x << shift) & mask;
            case "shr_u": return x >> shift;
            case "shr_s": return Wrap(sx >> shift);
            case "rotl": return Wrap(((BigInteger)x << shift) | ((BigInteger)x >> (bits - shift)));
            case "rotr": return Wrap(((BigInteger)x >> shift) | ((BigInteger)x << (bits - shift)));
            case "eqz": return x == 0 ? 1u : 0;
            case "eq": return x == y ? 1u : 0;
            case "ne": return x != y ? 1u : 0;
            case "lt_s": return sx < sy ? 1u : 0;
            case "lt_u": return x < y ? 1u : 0;
            case "gt_s": return sx > sy ? 1u : 0;
            case "gt_u": return x > y ? 1u : 0;
            case "le_s": return sx <= sy ? 1u : 0;
            case "le_u": return x <= y ? 1u : 0;
            case "ge_s": return sx >= sy ? 1u : 0;
            case "ge_u": return x >= y ? 1u : 0;
            case "clz": return (ulong)Enumerable.Range(0, bits).TakeWhile(i => (x >> (bits - 1 - i) & 1) == 0).Count();
            case "ctz": return (ulong)Enumerable.Range(0, bits).TakeWhile(i => (x >> i & 1) == 0).Count();
            case "popcnt": return (ulong)Enumerable.Range(0, bits).Count(i => (x >> i & 1) != 0);
            case "extend8_s": return Wrap(Signed(x & 0xFF, 8));
            case "extend16_s": return Wrap(Signed(x & 0xFFFF, 16));
            case "extend32_s": return Wrap(Signed(x & 0xFFFFFFFF, 32));
            default: throw new NotSupportedException(operation);
        }
    }

    private static ulong F32(string operation, float x, float y) => operation switch
    {
        "eq" => x == y ? 1u : 0,
        "ne" => x != y ? 1u : 0,
        "lt" => x < y ? 1u : 0,
        "gt" => x > y ? 1u : 0,
        "le" => x <= y ? 1u : 0,
        "ge" => x >= y ? 1u : 0,
        "abs" => BitConverter.SingleToUInt32Bits(x) & 0x7FFFFFFF,
        "neg" => BitConverter.SingleToUInt32Bits(x) ^ 0x80000000,
        "copysign" => (BitConverter.SingleToUInt32Bits(x) & 0x7FFFFFFF) | (BitConverter.SingleToUInt32Bits(y) & 0x80000000),
        _ => Bits((float)Arithmetic(operation, x, y, isSingle: true)),
    };

    private static ulong F64(string operation, double x, double y) => operation switch
    {
        "eq" => x == y ? 1u : 0,
        "ne" => x != y ? 1u : 0,
        "lt" => x < y ? 1u : 0,
        "gt" => x > y ? 1u : 0,
        "le" => x <= y ? 1u : 0,
        "ge" => x >= y ? 1u : 0,
        "abs" => BitConverter.DoubleToUInt64Bits(x) & long.MaxValue,
        "neg" => BitConverter.DoubleToUInt64Bits(x) ^ 0x8000000000000000,
        "copysign" =>
            (BitConverter.DoubleToUInt64Bits(x) & long.MaxValue) | (BitConverter.DoubleToUInt64Bits(y) & 0x8000000000000000),
        _ => Bits(Arithmetic(operation, x, y, isSingle: false)),
    };

    /// <summary>Operations that round once; a double has room for the exact single-precision intermediate of each.</summary>
    private static double Arithmetic(string operation, double x, double y, bool isSingle) => operation switch
    {
        "add" => isSingle ? (float)x + (float)y : x + y,
        "sub" => isSingle ? (float)x - (float)y : x - y,
        "mul" => isSingle ? (float)x * (float)y : x * y,
        "div" => isSingle ? (float)x / (float)y : x / y,
        "sqrt" => isSingle ? MathF.Sqrt((float)x) : Math.Sqrt(x),
        "min" => Math.Min(x, y),
        "max" => Math.Max(x, y),
        "ceil" => Math.Ceiling(x),
        "floor" => Math.Floor(x),
        "trunc" => Math.Truncate(x),
        "nearest" => Math.Round(x, MidpointRounding.ToEven),
        _ => throw new NotSupportedException(operation),
    };

    private static ulong Convert(string name, ulong x)
    {
        var single = BitConverter.UInt32BitsToSingle((uint)x);
        double f32 = single;
        var f64 = BitConverter.UInt64BitsToDouble(x);
        return name switch
        {
            "i32.wrap_i64" => (uint)x,
            "i64.extend_i32_s" => (ulong)(int)x,
            "i64.extend_i32_u" => (uint)x,
            "i32.reinterpret_f32" or "f32.reinterpret_i32" => (uint)x,
            "i64.reinterpret_f64" or "f64.reinterpret_i64" => x,
            "f64.promote_f32" => Bits(f32),
            "f32.demote_f64" => Bits((float)f64),
            "f32.convert_i32_s" => Bits(ToSingle((int)x)),
            "f32.convert_i32_u" => Bits(ToSingle((uint)x)),
            "f32.convert_i64_s" => Bits(ToSingle((long)x)),
            "f32.convert_i64_u" => Bits(ToSingle(x)),
            "f64.convert_i32_s" => Bits((double)(int)x),
            "f64.convert_i32_u" => Bits((double)(uint)x),
            "f64.convert_i64_s" => Bits(ToDouble((long)x)),
            "f64.convert_i64_u" => Bits(ToDouble(x)),
            _ => Truncate(name, name.Contains("f32", StringComparison.Ordinal) ? f32 : f64),
        };
    }

    private static ulong Truncate(string name, double value)
    {
        var bits = name.StartsWith("i32", StringComparison.Ordinal) ? 32 : 64;
        var isSigned = name.EndsWith("_s", StringComparison.Ordinal);
        var saturates = name.Contains("sat", StringComparison.Ordinal);
        var minimum = isSigned ? -(BigInteger.One << (bits - 1)) : 0;
        var maximum = (BigInteger.One << (isSigned ? bits - 1 : bits)) - 1;
        if (double.IsNaN(value))
        {
            return saturates ? 0UL : throw new ReferenceTrapException(TrapKind.InvalidConversionToInteger);
        }

        var result = double.IsInfinity(value)
            ? (value > 0 ? maximum + 1 : minimum - 1)
            : new BigInteger(Math.Truncate(value));
        if (result < minimum || result > maximum)
        {
            if (!saturates)
            {
                throw new ReferenceTrapException(TrapKind.IntegerOverflow);
            }

            result = BigInteger.Clamp(result, minimum, maximum);
        }

        return (ulong)(result & ((BigInteger.One << bits) - 1));
    }

    /// <summary>Rounds an integer to the nearest single, ties to even.</summary>
    private static float ToSingle(BigInteger value) => (float)Round(value, 24);

    private static double ToDouble(BigInteger value) => (double)Round(value, 53);

    /// <summary>Rounds to a number of significant bits, which makes the conversion that follows exact.</summary>
    private static BigInteger Round(BigInteger value, int precision)
    {
        var magnitude = BigInteger.Abs(value);
        var excess = (int)magnitude.GetBitLength() - precision;
        if (excess <= 0)
        {
            return value;
        }

        var unit = BigInteger.One << excess;
        var quotient = BigInteger.DivRem(magnitude, unit, out var rest);
        var comparison = (rest * 2).CompareTo(unit);
        if (comparison > 0 || (comparison == 0 && !quotient.IsEven))
        {
            quotient++;
        }

        return quotient * unit * value.Sign;
    }

    private static BigInteger Signed(ulong value, int bits) =>
        (value >> (bits - 1) & 1) != 0 ? (BigInteger)value - (BigInteger.One << bits) : value;

    private static ulong Bits(float value) => float.IsNaN(value) ? NanF32 : BitConverter.SingleToUInt32Bits(value);

    private static ulong Bits(double value) => double.IsNaN(value) ? NanF64 : BitConverter.DoubleToUInt64Bits(value);
}

/// <summary>The evaluated program traps.</summary>
internal sealed class ReferenceTrapException(TrapKind kind) : Exception(kind.ToString())
{
    public TrapKind Kind { get; } = kind;
}
