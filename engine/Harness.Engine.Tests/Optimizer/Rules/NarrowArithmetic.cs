using Harness.Engine.Rules;

namespace Harness.Engine.Tests.Optimizer.Rules;

/// <summary>
/// The integer instructions on integers of a few bits, of which there are so few that all can be tried: whatever holds there by the laws of arithmetic modulo a power of two holds for 32 and 64 bits. What a
/// rule says of single bits keeps its place in relation to the width: of 8 bits for 32, <c>extend8_s</c> extends two, and 31 is 7.
/// </summary>
/// <param name="widthOf32">The bits of an i32.</param>
/// <param name="widthOf64">The bits of an i64.</param>
internal sealed class NarrowArithmetic(int widthOf32, int widthOf64)
{
    /// <summary>The number of bits of a type.</summary>
    public int WidthOf(string type) => type == "i32" ? widthOf32 : widthOf64;

    /// <summary>Computes an expression; null where it traps.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="type">The type of its place.</param>
    /// <param name="values">What variables are, sign-extended.</param>
    public long? Evaluate(RuleExpression expression, string type, IReadOnlyDictionary<string, long> values)
    {
        switch (expression)
        {
            case RuleVariable variable:
                return values[variable.Name];
            case RuleNumber number:
                return Scale(number.BitsAs(type), type);
            default:
                var operation = (RuleOperation)expression;
                var operands = new long[operation.Operands.Count];
                for (var i = 0; i < operands.Length; i++)
                {
                    if (Evaluate(operation.Operands[i], operation.OperandType(i) ?? type, values) is not { } operand)
                    {
                        return null;
                    }

                    operands[i] = operand;
                }

                return operation.Name == "select"
                    ? (operands[2] != 0 ? operands[0] : operands[1])
                    : Compute(operation.Name[4..], operation.OperandType(0)!, operation.ResultType!, operands);
        }
    }

    private long? Compute(string name, string type, string resultType, long[] operands)
    {
        var width = WidthOf(type);
        var full = type == "i32" ? 32 : 64;
        var x = operands[0];
        var ux = Unsigned(x, width);
        var y = operands.Length > 1 ? operands[1] : 0;
        var uy = Unsigned(y, width);
        var shift = (int)(uy % (ulong)width);
        long? result = name switch
        {
            "add" => x + y,
            "sub" => x - y,
            "mul" => x * y,
            "div_s" => y == 0 || (x == Least(width) && y == -1) ? null : x / y,
            "div_u" => uy == 0 ? null : (long)(ux / uy),
            "rem_s" => y == 0 ? null : y == -1 ? 0 : x % y,
            "rem_u" => uy == 0 ? null : (long)(ux % uy),
            "and" => x & y,
            "or" => x | y,
            "xor" => x ^ y,
            "shl" => x << shift,
            "shr_s" => x >> shift,
            "shr_u" => (long)(ux >> shift),
            "rotl" => (long)((ux << shift) | (ux >> (width - shift))),
            "rotr" => (long)((ux >> shift) | (ux << (width - shift))),
            "popcnt" => long.PopCount((long)ux),
            "ctz" => ux == 0 ? width : long.TrailingZeroCount((long)ux),
            "clz" => width - (ux == 0 ? 0 : long.Log2((long)ux) + 1),
            "eqz" => x == 0 ? 1 : 0,
            "eq" => x == y ? 1 : 0,
            "ne" => x != y ? 1 : 0,
            "lt_s" => x < y ? 1 : 0,
            "lt_u" => ux < uy ? 1 : 0,
            "gt_s" => x > y ? 1 : 0,
            "gt_u" => ux > uy ? 1 : 0,
            "le_s" => x <= y ? 1 : 0,
            "le_u" => ux <= uy ? 1 : 0,
            "ge_s" => x >= y ? 1 : 0,
            "ge_u" => ux >= uy ? 1 : 0,
            "extend8_s" => Signed(x, 8 * width / full),
            "extend16_s" => Signed(x, 16 * width / full),
            "extend32_s" => Signed(x, widthOf32),
            "wrap_i64" or "extend_i32_s" => x,
            "extend_i32_u" => (long)ux,
            _ => throw new NotSupportedException($"{name} has no meaning on a few bits yet: say here which it has"),
        };
        return result is { } value ? Signed(value, WidthOf(resultType)) : null;
    }

    /// <summary>A number of a rule as it is at this width.</summary>
    private long Scale(long number, string type)
    {
        var width = WidthOf(type);
        var full = type == "i32" ? 32 : 64;
        return number switch
        {
            0 or 1 or -1 => number,
            2 or 3 or 5 or 9 => Signed(number, width),
            31 or 63 => width - 1,
            8 or 16 or 24 or 32 or 48 or 56 => number * width / full,
            255 => Signed((1L << (8 * width / full)) - 1, width),
            65535 => Signed((1L << (16 * width / full)) - 1, width),
            uint.MaxValue => Signed((1L << (32 * width / full)) - 1, width),
            int.MinValue => Least(widthOf32),
            long.MinValue => Least(width),
            _ => throw new NotSupportedException($"{number} has no meaning on a few bits yet: say here which it has"),
        };
    }

    private static long Least(int width) => -1L << (width - 1);

    private static ulong Unsigned(long value, int width) => (ulong)value & ((1UL << width) - 1);

    private static long Signed(long value, int width) => width == 0 ? 0 : value << (64 - width) >> (64 - width);
}
