using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Harness.Engine.Modules.Text;

/// <summary>The form and the meaning of string literals (specification section 6.3.3).</summary>
internal static class StringLiteral
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, true);

    /// <summary>
    /// The length of the literal with which <paramref name="text"/> begins, quotes included. If it is malformed,
    /// <paramref name="error"/> says how and the result is where.
    /// </summary>
    public static int Measure(ReadOnlySpan<char> text, out string? error)
    {
        error = null;
        var i = 1;
        while (i < text.Length)
        {
            switch (text[i])
            {
                case '"':
                    return i + 1;
                case '\n' or '\r':
                    error = "unclosed string literal";
                    return i;
                case < ' ' or '\x7f':
                    error = "illegal control character in string literal";
                    return i;
                case '\\':
                    var length = EscapeLength(text[i..]);
                    if (length == 0)
                    {
                        error = "illegal escape";
                        return i;
                    }

                    i += length;
                    break;
                default:
                    i++;
                    break;
            }
        }

        error = "unclosed string literal";
        return text.Length;
    }

    /// <summary>Appends the bytes that a well-formed literal (with its quotes) stands for.</summary>
    public static void Decode(ReadOnlySpan<char> literal, ArrayBufferWriter<byte> output)
    {
        var rest = literal[1..^1];
        while (!rest.IsEmpty)
        {
            var plain = rest.IndexOf('\\');
            if (plain < 0)
            {
                plain = rest.Length;
            }

            Encoding.UTF8.GetBytes(rest[..plain], output);
            rest = rest[plain..];
            if (rest.IsEmpty)
            {
                return;
            }

            DecodeEscape(rest, output);
            rest = rest[EscapeLength(rest)..];
        }
    }

    /// <summary>The bytes that a well-formed literal (with its quotes) stands for.</summary>
    public static byte[] Decode(ReadOnlySpan<char> literal)
    {
        var output = new ArrayBufferWriter<byte>(literal.Length);
        Decode(literal, output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The name that a well-formed literal (with its quotes) stands for, unless its bytes are not UTF-8.</summary>
    public static bool TryDecodeName(ReadOnlySpan<char> literal, [NotNullWhen(true)] out string? name)
    {
        if (literal.IndexOf('\\') < 0)
        {
            name = literal[1..^1].ToString();
            return true;
        }

        try
        {
            name = StrictUtf8.GetString(Decode(literal));
            return true;
        }
        catch (DecoderFallbackException)
        {
            name = null;
            return false;
        }
    }

    /// <summary>The length of the escape with which <paramref name="text"/> begins, or 0 if it is malformed.</summary>
    private static int EscapeLength(ReadOnlySpan<char> text)
    {
        if (text.Length < 2)
        {
            return 0;
        }

        if (text[1] is 'n' or 't' or 'r' or '"' or '\'' or '\\')
        {
            return 2;
        }

        if (text[1] == 'u')
        {
            return UnicodeEscapeLength(text);
        }

        return text.Length >= 3 && char.IsAsciiHexDigit(text[1]) && char.IsAsciiHexDigit(text[2]) ? 3 : 0;
    }

    private static int UnicodeEscapeLength(ReadOnlySpan<char> text)
    {
        if (text.Length < 5 || text[2] != '{')
        {
            return 0;
        }

        var close = text.IndexOf('}');
        if (close < 0)
        {
            return 0;
        }

        var digits = text[3..close];
        return NumberSyntax.IsHexadecimalNumber(digits) && TryParseScalar(digits, out _) ? close + 1 : 0;
    }

    private static bool TryParseScalar(ReadOnlySpan<char> digits, out Rune scalar)
    {
        var value = 0;
        foreach (var digit in digits)
        {
            if (digit == '_')
            {
                continue;
            }

            value = value * 16 + (int)IntegerLiteral.HexadecimalDigit(digit);
            if (value > 0x10FFFF)
            {
                break;
            }
        }

        return Rune.TryCreate(value, out scalar);
    }

    private static void DecodeEscape(ReadOnlySpan<char> escape, ArrayBufferWriter<byte> output)
    {
        if (escape[1] == 'u')
        {
            if (TryParseScalar(escape[3..escape.IndexOf('}')], out var scalar))
            {
                output.Advance(scalar.EncodeToUtf8(output.GetSpan(4)));
            }

            return;
        }

        output.GetSpan(1)[0] = escape[1] switch
        {
            'n' => (byte)'\n',
            't' => (byte)'\t',
            'r' => (byte)'\r',
            '"' or '\'' or '\\' => (byte)escape[1],
            _ => byte.Parse(escape.Slice(1, 2), NumberStyles.AllowHexSpecifier),
        };
        output.Advance(1);
    }
}
