using System.Globalization;
using System.Numerics;
using Harness.Hosts;

namespace Harness.Dart;

/// <summary>Doubles as Dart writes them (the same shortest digits as JavaScript, with ".0" where an integer would look like one).</summary>
internal static class DoubleText
{
    /// <summary>The shortest text that reads back as the same double.</summary>
    public static string Shortest(double value)
    {
        if (double.IsNaN(value))
        {
            return "NaN";
        }

        if (double.IsInfinity(value))
        {
            return value > 0 ? "Infinity" : "-Infinity";
        }

        if (value == 0)
        {
            return double.IsNegative(value) ? "-0.0" : "0.0";
        }

        var (digits, point) = NumberText.Digits(value);
        return (value < 0 ? "-" : "") + NumberText.Arrange(digits, point, whole: ".0");
    }

    /// <summary>Formats for the host interface: 0 shortest, 1 fixed, 2 exponential (-1 digits: as many as needed), 3 precision. Ties of the exact value are rounded away from zero.</summary>
    public static string Format(double value, int kind, int digits)
    {
        if (kind == 0 || double.IsNaN(value) || double.IsInfinity(value))
        {
            return Shortest(value);
        }

        switch (kind)
        {
            case 1:
                return Fixed(value, digits);
            case 2:
                return Exponential(value, digits);
            default:
                return Precision(value, digits);
        }
    }

    private static string Exponential(double value, int digits)
    {
        var sign = double.IsNegative(value) ? "-" : "";
        if (value == 0)
        {
            return sign + NumberText.Exponential(new string('0', Math.Max(digits, 0) + 1), 1);
        }

        if (digits < 0)
        {
            var (all, point) = NumberText.Digits(value);
            return sign + NumberText.Exponential(all, point);
        }

        var (rounded, exponent) = Rounded(value, digits + 1);
        return sign + NumberText.Exponential(rounded, exponent + 1);
    }

    private static string Precision(double value, int digits)
    {
        if (value == 0)
        {
            return (double.IsNegative(value) ? "-0" : "0") + (digits > 1 ? "." + new string('0', digits - 1) : "");
        }

        var exponent = Rounded(value, digits).Exponent;
        return exponent < -6 || exponent >= digits ? Exponential(value, digits - 1) : Fixed(value, digits - 1 - exponent);
    }

    private static string Fixed(double value, int digits)
    {
        if (Math.Abs(value) >= 1e21)
        {
            return Shortest(value);
        }

        var text = Scaled(value, digits).ToString(CultureInfo.InvariantCulture).PadLeft(digits + 1, '0');
        var result = digits == 0 ? text : text[..^digits] + "." + text[^digits..];
        return (double.IsNegative(value) ? "-" : "") + result;
    }

    /// <summary>The first digits of a number other than 0, so many of them, and the power of ten of the first.</summary>
    private static (string Digits, int Exponent) Rounded(double value, int count)
    {
        // The shortest digits tell the power of ten unless the exact value is just below one, or is rounded to one.
        var exponent = NumberText.Digits(value).Point - 1;
        while (true)
        {
            var text = Scaled(value, count - 1 - exponent).ToString(CultureInfo.InvariantCulture);
            if (text.Length == count)
            {
                return (text, exponent);
            }

            exponent += text.Length - count;
        }
    }

    /// <summary>The exact value without its sign, times a power of ten, rounded to an integer.</summary>
    private static BigInteger Scaled(double value, int powerOfTen)
    {
        var bits = BitConverter.DoubleToInt64Bits(Math.Abs(value));
        var exponent = (int)(bits >> 52);
        BigInteger numerator = exponent == 0 ? bits : (bits & 0xFFFFFFFFFFFFF) | 1L << 52;
        var denominator = BigInteger.One;
        var power = Math.Max(exponent, 1) - 1075;
        if (power >= 0)
        {
            numerator <<= power;
        }
        else
        {
            denominator <<= -power;
        }

        if (powerOfTen >= 0)
        {
            numerator *= BigInteger.Pow(10, powerOfTen);
        }
        else
        {
            denominator *= BigInteger.Pow(10, -powerOfTen);
        }

        return ((2 * numerator) + denominator) / (2 * denominator);
    }
}
