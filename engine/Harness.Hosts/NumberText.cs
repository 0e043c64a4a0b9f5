using System.Globalization;

namespace Harness.Hosts;

/// <summary>Numbers as JavaScript writes them: <c>Number::toString</c> (ECMA-262, section 6.1.6.1.20) of radix 10, and integers of any radix.</summary>
public static class NumberText
{
    /// <summary>Least radix of an integer's text.</summary>
    public const int LeastRadix = 2;

    /// <summary>Largest radix of an integer's text.</summary>
    public const int MostRadix = 36;

    /// <summary>Numbers from here on have an exponent, as powers of ten: the point is behind this many digits at most.</summary>
    private const int MostWholeDigits = 21;

    /// <summary>Numbers below have an exponent: at most this many zeros follow the point.</summary>
    private const int MostLeadingZeros = 5;

    /// <summary>The text of a number.</summary>
    public static string Of(double number)
    {
        if (double.IsNaN(number))
        {
            return "NaN";
        }

        if (number == 0)
        {
            return "0";
        }

        var sign = number < 0 ? "-" : "";
        if (double.IsInfinity(number))
        {
            return sign + "Infinity";
        }

        var (digits, point) = Digits(number);
        return sign + Arrange(digits, point, whole: "");
    }

    /// <summary>The text of an integer in a radix.</summary>
    /// <param name="integer">The integer.</param>
    /// <param name="radix">From 2 to 36; digits above 9 are small letters.</param>
    public static string Of(long integer, int radix)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(radix, LeastRadix);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(radix, MostRadix);
        if (radix == 10)
        {
            return integer.ToString(CultureInfo.InvariantCulture);
        }

        Span<char> text = stackalloc char[65];
        var start = text.Length;
        var rest = integer < 0 ? 0 - (ulong)integer : (ulong)integer;
        do
        {
            (rest, var digit) = Math.DivRem(rest, (ulong)radix);
            text[--start] = (char)(digit < 10 ? '0' + digit : 'a' + (digit - 10));
        }
        while (rest != 0);
        if (integer < 0)
        {
            text[--start] = '-';
        }

        return new string(text[start..]);
    }

    /// <summary>
    /// The fewest digits that read back as the same number, of those the closest, without sign and zeros at the ends, and how many of them are before the
    /// decimal point: below 0 where zeros follow it first.
    /// </summary>
    /// <param name="number">A finite number other than 0.</param>
    public static (string Digits, int Point) Digits(double number)
    {
        ReadOnlySpan<char> text = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture);
        var exponent = 0;
        if (text.IndexOf('E') is var mark and >= 0)
        {
            exponent = int.Parse(text[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            text = text[..mark];
        }

        var dot = text.IndexOf('.');
        var all = dot < 0 ? text.ToString() : string.Concat(text[..dot], text[(dot + 1)..]);
        var significant = all.TrimStart('0');
        var point = exponent + (dot < 0 ? text.Length : dot) - (all.Length - significant.Length);
        return (significant.TrimEnd('0'), point);
    }

    /// <summary>Puts digits, zeros, point and exponent in order.</summary>
    /// <param name="digits">The digits, see <see cref="Digits"/>.</param>
    /// <param name="point">How many of them are before the decimal point.</param>
    /// <param name="whole">What is written behind a number without a fraction.</param>
    public static string Arrange(string digits, int point, string whole)
    {
        if (digits.Length <= point && point <= MostWholeDigits)
        {
            return digits + new string('0', point - digits.Length) + whole;
        }

        if (point > 0 && point <= MostWholeDigits)
        {
            return $"{digits[..point]}.{digits[point..]}";
        }

        if (point <= 0 && point >= -MostLeadingZeros)
        {
            return $"0.{new string('0', -point)}{digits}";
        }

        return Exponential(digits, point);
    }

    /// <summary>The form with an exponent: one digit before the point.</summary>
    public static string Exponential(string digits, int point)
    {
        var fraction = digits.Length > 1 ? $".{digits[1..]}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{digits[0]}{fraction}e{(point < 1 ? "-" : "+")}{Math.Abs(point - 1)}");
    }
}
