using System.Globalization;
using Harness.Hosts;

namespace Harness.Dart;

/// <summary>Doubles as Dart writes them (the same shortest digits as JavaScript, with ".0" where an integer would look like one).</summary>
internal static class DoubleText
{
    /// <summary>The shortest text that reads back as the same double.</summary>
    public static string Shortest(double value)
    {
        if (double.IsNaN(value)) return "NaN";
        if (double.IsInfinity(value)) return value > 0 ? "Infinity" : "-Infinity";
        if (value == 0) return double.IsNegative(value) ? "-0.0" : "0.0";
        var (digits, point) = NumberText.Digits(value);
        return (value < 0 ? "-" : "") + NumberText.Arrange(digits, point, whole: ".0");
    }

    /// <summary>Formats for the host interface: 0 shortest, 1 fixed, 2 exponential (-1 digits: as many as needed), 3 precision.</summary>
    public static string Format(double value, int kind, int digits)
    {
        if (kind == 0 || double.IsNaN(value) || double.IsInfinity(value)) return Shortest(value);
        switch (kind)
        {
            case 1:
                return new DecimalFormat(value).Fixed(digits);
            case 2:
                return Exponential(value, digits);
            default:
                return Precision(value, digits);
        }
    }

    private static string Exponential(double value, int digits)
    {
        string text;
        if (digits < 0)
        {
            if (value == 0) return double.IsNegative(value) ? "-0e+0" : "0e+0";
            var (all, point) = NumberText.Digits(value);
            return (value < 0 ? "-" : "") + NumberText.Exponential(all, point);
        }

        text = value.ToString("e" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        var e = text.IndexOf('e', StringComparison.Ordinal);
        var number = int.Parse(text.AsSpan(e + 2), CultureInfo.InvariantCulture);
        return text[..(e + 2)] + number.ToString(CultureInfo.InvariantCulture);
    }

    private static string Precision(double value, int digits)
    {
        if (value == 0) return (double.IsNegative(value) ? "-0" : "0") + (digits > 1 ? "." + new string('0', digits - 1) : "");
        var text = value.ToString("e" + (digits - 1).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        var e = int.Parse(text.AsSpan(text.IndexOf('e', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);
        if (e < -6 || e >= digits) return Exponential(value, digits - 1);
        return new DecimalFormat(value).Fixed(Math.Max(0, digits - 1 - e));
    }

    /// <summary>Exact decimal formatting, as toFixed has it: ties away from zero on the exact value.</summary>
    private readonly struct DecimalFormat(double value)
    {
        public string Fixed(int digits)
        {
            if (Math.Abs(value) >= 1e21) return Shortest(value);
            var bits = BitConverter.DoubleToInt64Bits(Math.Abs(value));
            var exponent = (int)(bits >> 52);
            var mantissa = new System.Numerics.BigInteger(exponent == 0 ? bits & 0xFFFFFFFFFFFFF : (bits & 0xFFFFFFFFFFFFF) | 1L << 52);
            var power = (exponent == 0 ? 1 : exponent) - 1075;
            var scaled = mantissa * System.Numerics.BigInteger.Pow(10, digits);
            if (power >= 0) scaled <<= power;
            else
            {
                var half = System.Numerics.BigInteger.One << (-power - 1);
                scaled = (scaled + half) >> -power;
            }

            var text = scaled.ToString(CultureInfo.InvariantCulture).PadLeft(digits + 1, '0');
            var result = digits == 0 ? text : text[..^digits] + "." + text[^digits..];
            return (value < 0 || value == 0 && double.IsNegative(value) ? "-" : "") + result;
        }
    }
}
