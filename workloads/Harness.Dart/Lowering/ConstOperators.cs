namespace Harness.Dart.Lowering;

/// <summary>Operators of constant expressions on values that are known.</summary>
internal static class ConstOperators
{
    /// <summary>The value of an operator before a value; null where it gives no constant.</summary>
    public static ConstValue? Unary(string op, ConstValue value) => (op, value) switch
    {
        ("-", ConstInt i) => new ConstInt(unchecked(-i.Value)),
        ("-", ConstDouble d) => new ConstDouble(-d.Value),
        ("~", ConstInt i) => new ConstInt(~i.Value),
        ("!", ConstBool b) => new ConstBool(!b.Value),
        _ => null,
    };

    /// <summary>The value of an operator between two values, both of which are evaluated; null where it gives no constant.</summary>
    public static ConstValue? Binary(string op, ConstValue left, ConstValue right)
    {
        switch (op)
        {
            case "==": return new ConstBool(EqualValues(left, right));
            case "!=": return new ConstBool(!EqualValues(left, right));
        }

        return (left, right) switch
        {
            (ConstString a, ConstString b) => op == "+" ? new ConstString(a.Value + b.Value) : null,
            (ConstBool a, ConstBool b) => Booleans(op, a.Value, b.Value),
            (ConstInt a, ConstInt b) => Integers(op, a.Value, b.Value),
            _ => Number(left) is { } a && Number(right) is { } b ? Doubles(op, a, b) : null,
        };
    }

    /// <summary>Whether the division of two integers has no value.</summary>
    public static bool IsDivisionByZero(string op, ConstValue left, ConstValue right) => op is "~/" or "%" && left is ConstInt && right is ConstInt { Value: 0 };

    private static ConstValue? Booleans(string op, bool a, bool b) => op switch
    {
        "&" => new ConstBool(a & b),
        "|" => new ConstBool(a | b),
        "^" => new ConstBool(a ^ b),
        _ => null,
    };

    private static ConstValue? Integers(string op, long a, long b)
    {
        unchecked
        {
            switch (op)
            {
                case "+": return new ConstInt(a + b);
                case "-": return new ConstInt(a - b);
                case "*": return new ConstInt(a * b);
                case "/": return new ConstDouble((double)a / b);
                case "~/" when b != 0: return new ConstInt(b == -1 ? -a : a / b);
                case "%" when b != 0:
                    var remainder = b == -1 ? 0 : a % b;
                    return new ConstInt(remainder >= 0 ? remainder : b < 0 ? remainder - b : remainder + b);
                case "&": return new ConstInt(a & b);
                case "|": return new ConstInt(a | b);
                case "^": return new ConstInt(a ^ b);
                case "<<" when b >= 0: return new ConstInt(b > 63 ? 0 : a << (int)b);
                case ">>" when b >= 0: return new ConstInt(a >> (int)Math.Min(63, b));
                case ">>>" when b >= 0: return new ConstInt(b > 63 ? 0 : (long)((ulong)a >> (int)b));
                case "<": return new ConstBool(a < b);
                case "<=": return new ConstBool(a <= b);
                case ">": return new ConstBool(a > b);
                case ">=": return new ConstBool(a >= b);
                default: return null;
            }
        }
    }

    private static ConstValue? Doubles(string op, double a, double b)
    {
        switch (op)
        {
            case "+": return new ConstDouble(a + b);
            case "-": return new ConstDouble(a - b);
            case "*": return new ConstDouble(a * b);
            case "/": return new ConstDouble(a / b);
            case "%":
                var remainder = a % b;
                // The remainder of a multiple is no negative zero.
                return new ConstDouble(remainder == 0 ? 0 : remainder < 0 ? remainder + Math.Abs(b) : remainder);
            case "~/" when double.IsFinite(a / b): return new ConstInt((long)Math.Truncate(a / b));
            case "<": return new ConstBool(a < b);
            case "<=": return new ConstBool(a <= b);
            case ">": return new ConstBool(a > b);
            case ">=": return new ConstBool(a >= b);
            default: return null;
        }
    }

    private static bool EqualValues(ConstValue a, ConstValue b) =>
        (a is ConstDouble || b is ConstDouble) && Number(a) is { } x && Number(b) is { } y ? x == y : a.Equals(b);

    private static double? Number(ConstValue value) => value switch { ConstInt i => i.Value, ConstDouble d => d.Value, _ => null };
}
