using System.Globalization;

namespace Harness.Hosts;

/// <summary>Numbers as JavaScript reads them: <c>StrDecimalLiteral</c> (ECMA-262, section 7.1.4.1), rounded to the nearest number, of two to the even one.</summary>
public static class NumberReading
{
    private const string Infinity = "Infinity";
    private const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>The number with which a text begins after white space, as <c>parseFloat</c> has it.</summary>
    /// <returns>NaN if it begins with none.</returns>
    public static double ReadPrefix(ReadOnlySpan<char> text)
    {
        var rest = SkipWhiteSpace(text);
        return Read(rest[..LengthOf(rest)]);
    }

    /// <summary>The number that a text is, with white space around it.</summary>
    /// <returns>NaN if it is none.</returns>
    public static double ReadWhole(ReadOnlySpan<char> text)
    {
        var trimmed = Trim(text);
        return LengthOf(trimmed) == trimmed.Length ? Read(trimmed) : double.NaN;
    }

    /// <summary>The number that a text converts to (<c>StringToNumber</c>).</summary>
    /// <returns>NaN if it converts to none; null for a text of digits of another radix.</returns>
    public static double? Convert(ReadOnlySpan<char> text) => Trim(text) switch
    {
        [] => 0,
        ['0', 'x' or 'X' or 'o' or 'O' or 'b' or 'B', ..] => null,
        var trimmed => ReadWhole(trimmed),
    };

    /// <summary>The number that consists of all of a text; NaN for an empty one.</summary>
    private static double Read(ReadOnlySpan<char> number) => number switch
    {
        [] => double.NaN,
        ['-', 'I', ..] => double.NegativeInfinity,
        ['I', ..] or ['+', 'I', ..] => double.PositiveInfinity,
        _ => double.Parse(number, Style, CultureInfo.InvariantCulture),
    };

    /// <summary>How many characters the longest number has with which a text begins; 0 if there is none.</summary>
    private static int LengthOf(ReadOnlySpan<char> text)
    {
        var at = text is ['+' or '-', ..] ? 1 : 0;
        if (text[at..].StartsWith(Infinity, StringComparison.Ordinal))
        {
            return at + Infinity.Length;
        }

        var whole = CountDigits(text[at..]);
        at += whole;
        var fraction = 0;
        if (at < text.Length && text[at] == '.')
        {
            fraction = CountDigits(text[(at + 1)..]);
            at += 1 + fraction;
        }

        return whole + fraction == 0 ? 0 : at + LengthOfExponent(text[at..]);
    }

    private static int LengthOfExponent(ReadOnlySpan<char> text)
    {
        if (text is not ['e' or 'E', ..])
        {
            return 0;
        }

        var before = text is [_, '+' or '-', ..] ? 2 : 1;
        var digits = CountDigits(text[before..]);
        return digits == 0 ? 0 : before + digits;
    }

    private static int CountDigits(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : text.Length;

    private static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text)
    {
        var rest = SkipWhiteSpace(text);
        while (rest is [.., var last] && IsWhiteSpace(last))
        {
            rest = rest[..^1];
        }

        return rest;
    }

    private static ReadOnlySpan<char> SkipWhiteSpace(ReadOnlySpan<char> text)
    {
        var start = 0;
        while (start < text.Length && IsWhiteSpace(text[start]))
        {
            start++;
        }

        return text[start..];
    }

    /// <summary>Whether a character is <c>WhiteSpace</c> or a <c>LineTerminator</c> of JavaScript.</summary>
    private static bool IsWhiteSpace(char character) =>
        character is >= '\t' and <= '\r' or '\u2028' or '\u2029' or '\uFEFF' || char.GetUnicodeCategory(character) == UnicodeCategory.SpaceSeparator;
}
