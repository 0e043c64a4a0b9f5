using System.Globalization;
using System.Numerics;

namespace Harness.Engine.Modules.Text;

/// <summary>
/// The value of floating-point literals (specification section 6.3.2), rounded once, to nearest with ties to even.
/// Values are given as their IEEE 754 bits, since a NaN's payload is part of the literal.
/// </summary>
internal static class FloatLiteral
{
    private static readonly Format Single = new(MantissaBits: 24, MinExponent: -126, InfinityBits: 0x7F80_0000);
    private static readonly Format Double = new(MantissaBits: 53, MinExponent: -1022, InfinityBits: 0x7FF0_0000_0000_0000);

    /// <summary>The shape of a binary floating-point format.</summary>
    /// <param name="MantissaBits">Bits of the significand, the implied one included.</param>
    /// <param name="MinExponent">Exponent of the smallest normal number.</param>
    /// <param name="InfinityBits">The bits of positive infinity.</param>
    private readonly record struct Format(int MantissaBits, int MinExponent, ulong InfinityBits);

    /// <summary>The bits of a well-formed literal as an f32; false if it is out of range.</summary>
    public static bool TryParseF32(ReadOnlySpan<char> text, out uint bits)
    {
        var magnitude = SplitSign(text, out var isNegative);
        if (!TryParseSpecial(magnitude, Single, out var result, out var isInRange))
        {
            result = BitConverter.SingleToUInt32Bits(
                float.Parse(WithoutUnderscores(magnitude), NumberStyles.Float, CultureInfo.InvariantCulture));
            isInRange = result < Single.InfinityBits;
        }

        bits = (uint)result | (isNegative ? 0x8000_0000 : 0);
        return isInRange;
    }

    /// <summary>The bits of a well-formed literal as an f64; false if it is out of range.</summary>
    public static bool TryParseF64(ReadOnlySpan<char> text, out ulong bits)
    {
        var magnitude = SplitSign(text, out var isNegative);
        if (!TryParseSpecial(magnitude, Double, out var result, out var isInRange))
        {
            result = BitConverter.DoubleToUInt64Bits(
                double.Parse(WithoutUnderscores(magnitude), NumberStyles.Float, CultureInfo.InvariantCulture));
            isInRange = result < Double.InfinityBits;
        }

        bits = result | (isNegative ? 0x8000_0000_0000_0000 : 0);
        return isInRange;
    }

    /// <summary>Parses all but decimal numbers; false if the text is a decimal number.</summary>
    private static bool TryParseSpecial(ReadOnlySpan<char> magnitude, Format format, out ulong bits, out bool isInRange)
    {
        bits = format.InfinityBits;
        isInRange = true;
        if (magnitude is "inf")
        {
            return true;
        }

        if (magnitude is "nan")
        {
            bits |= 1UL << (format.MantissaBits - 2);
            return true;
        }

        if (magnitude.StartsWith("nan:"))
        {
            isInRange = IntegerLiteral.TryParse(magnitude[4..], format.MantissaBits - 1, out var payload) && payload != 0;
            bits |= payload;
            return true;
        }

        if (!magnitude.StartsWith("0x"))
        {
            return false;
        }

        bits = ParseHexadecimal(magnitude[2..], format);
        isInRange = bits < format.InfinityBits;
        return true;
    }

    private static ReadOnlySpan<char> SplitSign(ReadOnlySpan<char> text, out bool isNegative)
    {
        isNegative = text[0] == '-';
        return text[0] is '+' or '-' ? text[1..] : text;
    }

    private static ReadOnlySpan<char> WithoutUnderscores(ReadOnlySpan<char> text) =>
        text.Contains('_') ? text.ToString().Replace("_", "", StringComparison.Ordinal) : text;

    /// <summary>The bits of a hexadecimal number (without <c>0x</c>), infinity or more if it is out of range.</summary>
    private static ulong ParseHexadecimal(ReadOnlySpan<char> text, Format format)
    {
        var significand = 0UL;
        var exponent = 0L;
        var hasLostBits = false;
        var isFraction = false;
        var i = 0;
        for (; i < text.Length && text[i] is not ('p' or 'P'); i++)
        {
            if (text[i] == '_')
            {
                continue;
            }

            if (text[i] == '.')
            {
                isFraction = true;
                continue;
            }

            var digit = IntegerLiteral.HexadecimalDigit(text[i]);
            if (significand >> 60 == 0)
            {
                significand = significand << 4 | digit;
                if (isFraction)
                {
                    exponent -= 4;
                }
            }
            else
            {
                hasLostBits |= digit != 0;
                if (!isFraction)
                {
                    exponent += 4;
                }
            }
        }

        if (i < text.Length)
        {
            exponent += ParseExponent(text[(i + 1)..]);
        }

        return significand == 0 ? 0 : Round(significand, exponent, hasLostBits, format);
    }

    /// <summary>A decimal exponent, held within bounds far outside the range of any format.</summary>
    private static long ParseExponent(ReadOnlySpan<char> text)
    {
        const long Bound = 1L << 40;
        var exponent = 0L;
        var digits = SplitSign(text, out var isNegative);
        foreach (var c in digits)
        {
            if (c != '_')
            {
                exponent = Math.Min(exponent * 10 + (c - '0'), Bound);
            }
        }

        return isNegative ? -exponent : exponent;
    }

    /// <summary>Rounds <c>significand * 2^exponent</c>, plus a little if bits were lost, to the format.</summary>
    private static ulong Round(ulong significand, long exponent, bool hasLostBits, Format format)
    {
        var leadingZeros = BitOperations.LeadingZeroCount(significand);
        significand <<= leadingZeros;
        var topExponent = exponent - leadingZeros + 63;
        if (topExponent > -format.MinExponent + 1)
        {
            return format.InfinityBits;
        }

        var kept = format.MantissaBits - Math.Max(0, format.MinExponent - topExponent);
        if (kept < 0)
        {
            return 0;
        }

        var mantissa = kept == 0 ? 0 : significand >> (int)(64 - kept);
        var rest = significand << (int)kept;
        const ulong Half = 1UL << 63;
        var roundsUp = rest > Half || (rest == Half && (hasLostBits || (mantissa & 1) != 0));
        if (roundsUp)
        {
            mantissa++;
        }

        // The implied top bit of a normal mantissa, and a carry out of rounding, add one to the exponent field.
        var field = topExponent < format.MinExponent ? 0 : (ulong)(topExponent - format.MinExponent);
        return (field << (format.MantissaBits - 1)) + mantissa;
    }
}
