namespace Harness.Engine.Modules.Text;

/// <summary>The value of integer literals (specification section 6.3.1).</summary>
internal static class IntegerLiteral
{
    /// <summary>
    /// The value of a well-formed literal as <paramref name="bits"/> bits: unsigned without a sign, two's complement
    /// with one. False if it does not fit.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, int bits, out ulong value)
    {
        var isNegative = text[0] == '-';
        var isSigned = isNegative || text[0] == '+';
        if (!TryParseMagnitude(isSigned ? text[1..] : text, out value))
        {
            return false;
        }

        var mask = ulong.MaxValue >> (64 - bits);
        if (!isSigned)
        {
            return value <= mask;
        }

        var limit = mask / 2 + (isNegative ? 1UL : 0UL);
        if (value > limit)
        {
            return false;
        }

        if (isNegative)
        {
            value = (0 - value) & mask;
        }

        return true;
    }

    private static bool TryParseMagnitude(ReadOnlySpan<char> digits, out ulong value)
    {
        var isHexadecimal = digits.StartsWith("0x");
        var radix = isHexadecimal ? 16UL : 10UL;
        value = 0;
        foreach (var c in isHexadecimal ? digits[2..] : digits)
        {
            if (c == '_')
            {
                continue;
            }

            var digit = HexadecimalDigit(c);
            var high = Math.BigMul(value, radix, out var low);
            value = low + digit;
            if (high != 0 || value < low)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The value of a hexadecimal digit.</summary>
    internal static uint HexadecimalDigit(char c) => c <= '9' ? (uint)(c - '0') : (uint)((c | 0x20) - 'a' + 10);
}
