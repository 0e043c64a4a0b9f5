namespace Harness.Engine.Modules.Text;

/// <summary>The form of numbers (specification section 6.3.1 and 6.3.2): which kind of number a run of characters is.</summary>
internal static class NumberSyntax
{
    /// <summary>
    /// <see cref="TokenKind.Natural"/>, <see cref="TokenKind.Integer"/> or <see cref="TokenKind.Float"/>, or
    /// <see cref="TokenKind.Reserved"/> if the characters form no number.
    /// </summary>
    public static TokenKind Classify(ReadOnlySpan<char> text)
    {
        var isSigned = text.Length > 0 && text[0] is '+' or '-';
        var magnitude = isSigned ? text[1..] : text;
        if (magnitude is "inf" or "nan")
        {
            return TokenKind.Float;
        }

        if (magnitude.StartsWith("nan:0x"))
        {
            return IsHexadecimalNumber(magnitude[6..]) ? TokenKind.Float : TokenKind.Reserved;
        }

        var isHexadecimal = magnitude.StartsWith("0x");
        if (isHexadecimal)
        {
            magnitude = magnitude[2..];
        }

        var end = DigitsEnd(magnitude, 0, isHexadecimal);
        if (end == 0)
        {
            return TokenKind.Reserved;
        }

        if (end == magnitude.Length)
        {
            return isSigned ? TokenKind.Integer : TokenKind.Natural;
        }

        if (magnitude[end] == '.')
        {
            end = DigitsEnd(magnitude, end + 1, isHexadecimal);
        }

        if (end < magnitude.Length && IsExponentMark(magnitude[end], isHexadecimal))
        {
            var exponent = end + 1;
            if (exponent < magnitude.Length && magnitude[exponent] is '+' or '-')
            {
                exponent++;
            }

            end = DigitsEnd(magnitude, exponent, false);
            if (end == exponent)
            {
                return TokenKind.Reserved;
            }
        }

        return end == magnitude.Length ? TokenKind.Float : TokenKind.Reserved;
    }

    /// <summary>Whether the characters are hexadecimal digits, with single underscores only between digits.</summary>
    public static bool IsHexadecimalNumber(ReadOnlySpan<char> text) =>
        !text.IsEmpty && DigitsEnd(text, 0, true) == text.Length;

    private static bool IsExponentMark(char c, bool isHexadecimal) => isHexadecimal ? c is 'p' or 'P' : c is 'e' or 'E';

    /// <summary>The end of the digits, with single underscores between them, that begin at <paramref name="start"/>.</summary>
    private static int DigitsEnd(ReadOnlySpan<char> text, int start, bool isHexadecimal)
    {
        var end = start;
        while (end < text.Length)
        {
            if (IsDigit(text[end], isHexadecimal))
            {
                end++;
            }
            else if (text[end] == '_' && end > start && end + 1 < text.Length && IsDigit(text[end + 1], isHexadecimal))
            {
                end += 2;
            }
            else
            {
                break;
            }
        }

        return end;
    }

    private static bool IsDigit(char c, bool isHexadecimal) =>
        isHexadecimal ? char.IsAsciiHexDigit(c) : char.IsAsciiDigit(c);
}
