using System.Globalization;
using System.Text;

namespace Harness.Dart.Syntax;

internal enum TokenKind : byte { End, Identifier, Integer, Double, String, Punctuation }

/// <summary>A token. Text is interned for identifiers and punctuation; a string's parts are in <see cref="StringParts"/>.</summary>
internal sealed class Token
{
    public TokenKind Kind;
    public int Start;
    public int End;
    public string Text = "";

    /// <summary>Pieces of a string literal: a <see cref="string"/>, or the tokens of an interpolated expression.</summary>
    public List<object>? StringParts;

    public override string ToString() => Kind == TokenKind.End ? "end of file" : $"'{Text}'";
}

/// <summary>Splits a Dart source into tokens.</summary>
internal sealed class Lexer
{
    private const int MaximumNesting = 100;

    // Longest first. '>' is never joined with what follows, since type arguments nest; the parser joins shifts.
    private static readonly string[] Punctuation =
    [
        "...?", "<<=", "...", "??=", "?..", "~/=", "&&=", "||=",
        "=>", "==", "!=", "<=", "<<", "&&", "||", "??", "?.", "..", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "~/",
        "(", ")", "[", "]", "{", "}", "<", ">", "=", "!", "+", "-", "*", "/", "%", "&", "|", "^", "~", "?", ":", ";", ",", ".", "@", "#",
    ];

    private static readonly string[][] PunctuationByCharacter = MakeTable();

    private readonly SourceFile _file;
    private readonly string _text;
    private int _position;
    private int _nesting;

    private Lexer(SourceFile file)
    {
        _file = file;
        _text = file.Text;
    }

    public static List<Token> Run(SourceFile file)
    {
        var lexer = new Lexer(file);
        if (lexer._text.StartsWith("#!", StringComparison.Ordinal))
        {
            lexer.SkipLine();
        }

        return lexer.ReadUntil(null);
    }

    private static string[][] MakeTable()
    {
        var table = new string[128][];
        for (var i = 0; i < 128; i++)
        {
            table[i] = [.. Punctuation.Where(text => text[0] == i)];
        }

        return table;
    }

    private DartErrorException Error(int offset, string message) => new(_file, offset, message);

    private void SkipLine()
    {
        while (_position < _text.Length && _text[_position] != '\n' && _text[_position] != '\r')
        {
            _position++;
        }
    }

    private void SkipSpace()
    {
        while (_position < _text.Length)
        {
            var c = _text[_position];
            if (c is ' ' or '\t' or '\r' or '\n' or '\uFEFF')
            {
                _position++;
            }
            else if (c == '/' && _position + 1 < _text.Length && _text[_position + 1] == '/')
            {
                SkipLine();
            }
            else if (c == '/' && _position + 1 < _text.Length && _text[_position + 1] == '*')
            {
                var start = _position;
                var depth = 1;
                _position += 2;
                while (depth > 0)
                {
                    if (_position + 1 >= _text.Length)
                    {
                        throw Error(start, "Unterminated multi-line comment.");
                    }

                    if (_text[_position] == '*' && _text[_position + 1] == '/') { depth--; _position += 2; }
                    else if (_text[_position] == '/' && _text[_position + 1] == '*') { depth++; _position += 2; }
                    else
                    {
                        _position++;
                    }
                }
            }
            else
            {
                return;
            }
        }
    }

    private List<Token> ReadUntil(string? closing)
    {
        var tokens = new List<Token>();
        var depth = 0;
        while (true)
        {
            SkipSpace();
            var start = _position;
            if (_position >= _text.Length)
            {
                if (closing is not null)
                {
                    throw Error(start, "Unterminated string literal.");
                }

                tokens.Add(new Token { Kind = TokenKind.End, Start = start, End = start });
                return tokens;
            }

            var c = _text[_position];
            if (closing is not null)
            {
                if (c == '{')
                {
                    depth++;
                }

                if (c == '}' && depth-- == 0)
                {
                    tokens.Add(new Token { Kind = TokenKind.End, Start = start, End = start });
                    _position++;
                    return tokens;
                }
            }

            tokens.Add(ReadToken(c, start));
        }
    }

    private static bool IsIdentifierStart(char c) => char.IsAsciiLetter(c) || c is '_' or '$';

    private static bool IsIdentifierPart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$';

    private string NameOf(string text)
    {
        var name = string.Intern(_file.OwnName(text));
        _file.Names.Add(name);
        return name;
    }

    private Token ReadToken(char c, int start)
    {
        if (c == 'r' && _position + 1 < _text.Length && _text[_position + 1] is '\'' or '"' && c == 'r')
        {
            _position++;
            return ReadString(start, raw: true);
        }

        if (IsIdentifierStart(c))
        {
            while (_position < _text.Length && IsIdentifierPart(_text[_position]))
            {
                _position++;
            }

            var name = _text[start.._position];
            return new Token { Kind = TokenKind.Identifier, Start = start, End = _position, Text = NameOf(name) };
        }

        if (char.IsAsciiDigit(c) || (c == '.' && _position + 1 < _text.Length && char.IsAsciiDigit(_text[_position + 1])))
        {
            return ReadNumber(start);
        }

        if (c is '\'' or '"')
        {
            return ReadString(start, raw: false);
        }

        if (c < 128)
        {
            foreach (var candidate in PunctuationByCharacter[c])
            {
                if (string.CompareOrdinal(_text, _position, candidate, 0, candidate.Length) == 0)
                {
                    _position += candidate.Length;
                    return new Token { Kind = TokenKind.Punctuation, Start = start, End = _position, Text = candidate };
                }
            }
        }

        throw Error(start, $"The character '{c}' (0x{(int)c:x4}) is not allowed here.");
    }

    private Token ReadNumber(int start)
    {
        var isDouble = false;
        if (_text[_position] == '0' && _position + 1 < _text.Length && _text[_position + 1] is 'x' or 'X')
        {
            _position += 2;
            var digits = _position;
            while (_position < _text.Length && (char.IsAsciiHexDigit(_text[_position]) || _text[_position] == '_'))
            {
                _position++;
            }

            if (_position == digits)
            {
                throw Error(start, "A hex digit (0-9 or A-F) must follow '0x'.");
            }
        }
        else
        {
            SkipDigits();
            if (_position + 1 < _text.Length && _text[_position] == '.' && char.IsAsciiDigit(_text[_position + 1]))
            {
                isDouble = true;
                _position++;
                SkipDigits();
            }

            if (_position < _text.Length && _text[_position] is 'e' or 'E')
            {
                var ahead = _position + 1;
                if (ahead < _text.Length && _text[ahead] is '+' or '-')
                {
                    ahead++;
                }

                if (ahead >= _text.Length || !char.IsAsciiDigit(_text[ahead]))
                {
                    throw Error(start, "Numbers in exponential notation should always contain an exponent (an integer number with an optional sign).");
                }

                isDouble = true;
                _position = ahead;
                SkipDigits();
            }
        }

        if (_position < _text.Length && IsIdentifierStart(_text[_position]))
        {
            throw Error(_position, $"Unexpected character '{_text[_position]}' after a number.");
        }

        var text = _text[start.._position];
        if (text.EndsWith('_') || text.Contains("_.", StringComparison.Ordinal) || (text is ['0', 'x' or 'X', ..] ? text[2] == '_' : text.Contains("_e", StringComparison.OrdinalIgnoreCase)))
        {
            throw Error(start, "Digit separators ('_') in a number literal can only be placed between two digits.");
        }

        return new Token { Kind = isDouble ? TokenKind.Double : TokenKind.Integer, Start = start, End = _position, Text = text.Replace("_", "", StringComparison.Ordinal) };
    }

    private void SkipDigits()
    {
        while (_position < _text.Length && (char.IsAsciiDigit(_text[_position]) || _text[_position] == '_'))
        {
            _position++;
        }
    }

    private Token ReadString(int start, bool raw)
    {
        if (++_nesting > MaximumNesting)
        {
            throw Error(start, "String interpolations are nested too deeply.");
        }

        var quote = _text[_position];
        var triple = _position + 2 < _text.Length && _text[_position + 1] == quote && _text[_position + 2] == quote;
        _position += triple ? 3 : 1;
        var parts = new List<object>();
        var text = new StringBuilder();
        if (triple)
        {
            // White space up to the end of the first line does not belong to the string.
            var ahead = _position;
            while (ahead < _text.Length && (_text[ahead] is ' ' or '\t' || (_text[ahead] == '\\' && ahead + 1 < _text.Length && _text[ahead + 1] is ' ' or '\t')))
            {
                ahead++;
            }

            if (ahead < _text.Length && _text[ahead] == '\\' && ahead + 1 < _text.Length && _text[ahead + 1] is '\r' or '\n' && !raw)
            {
                ahead++;
            }

            if (ahead < _text.Length && _text[ahead] == '\r')
            {
                ahead++;
            }

            if (ahead < _text.Length && _text[ahead] == '\n')
            {
                _position = ahead + 1;
            }
            else if (ahead > 0 && _text[ahead - 1] == '\r')
            {
                _position = ahead;
            }
        }

        while (true)
        {
            if (_position >= _text.Length)
            {
                throw Error(start, "Unterminated string literal.");
            }

            var c = _text[_position];
            if (c == quote)
            {
                if (!triple) { _position++; break; }

                if (_position + 2 < _text.Length && _text[_position + 1] == quote && _text[_position + 2] == quote) { _position += 3; break; }
            }

            if (c is '\n' or '\r')
            {
                if (!triple)
                {
                    throw Error(start, "String starting with " + quote + " must end with " + quote + ".");
                }

                _position++;
                if (c == '\r' && _position < _text.Length && _text[_position] == '\n')
                {
                    _position++;
                }

                text.Append('\n');
            }
            else if (c == '\\' && !raw)
            {
                ReadEscape(text);
            }
            else if (c == '$' && !raw)
            {
                parts.Add(text.ToString());
                text.Clear();
                _position++;
                if (_position < _text.Length && _text[_position] == '{')
                {
                    _position++;
                    parts.Add(ReadUntil("}"));
                }
                else
                {
                    var from = _position;
                    if (_position >= _text.Length || !IsIdentifierStart(_text[_position]) || _text[_position] == '$')
                    {
                        throw Error(_position - 1, "A '$' has special meaning inside a string, and must be followed by an identifier or an expression in curly braces ({}).");
                    }

                    while (_position < _text.Length && char.IsAsciiLetterOrDigit(_text[_position]) || _position < _text.Length && _text[_position] == '_')
                    {
                        _position++;
                    }

                    var name = _text[from.._position];
                    parts.Add(new List<Token>
                    {
                        new() { Kind = TokenKind.Identifier, Start = from, End = _position, Text = NameOf(name) },
                        new() { Kind = TokenKind.End, Start = _position, End = _position },
                    });
                }
            }
            else
            {
                text.Append(c);
                _position++;
            }
        }

        parts.Add(text.ToString());
        _nesting--;
        return new Token { Kind = TokenKind.String, Start = start, End = _position, Text = "string", StringParts = parts };
    }

    private void ReadEscape(StringBuilder text)
    {
        var start = _position;
        _position++;
        if (_position >= _text.Length)
        {
            throw Error(start, "Unterminated string literal.");
        }

        var c = _text[_position++];
        switch (c)
        {
            case 'n': text.Append('\n'); break;
            case 'r': text.Append('\r'); break;
            case 't': text.Append('\t'); break;
            case 'b': text.Append('\b'); break;
            case 'f': text.Append('\f'); break;
            case 'v': text.Append('\v'); break;
            case 'x': AppendCode(text, Hex(start, 2, 2)); break;
            case 'u':
                if (_position < _text.Length && _text[_position] == '{')
                {
                    _position++;
                    AppendCode(text, Hex(start, 1, 6));
                    if (_position >= _text.Length || _text[_position] != '}')
                    {
                        throw Error(start, "An escape sequence starting with '\\u{' must be followed by 1 to 6 hexadecimal digits followed by a '}'.");
                    }

                    _position++;
                }
                else
                {
                    AppendCode(text, Hex(start, 4, 4));
                }

                break;
            case '\n' or '\r':
                throw Error(start, "An escape sequence can't be a line break.");
            default: text.Append(c); break;
        }
    }

    private int Hex(int start, int minimum, int maximum)
    {
        var from = _position;
        while (_position < _text.Length && _position - from < maximum && char.IsAsciiHexDigit(_text[_position]))
        {
            _position++;
        }

        if (_position - from < minimum)
        {
            throw Error(start, $"An escape sequence is not followed by {minimum} hexadecimal digits.");
        }

        var value = int.Parse(_text.AsSpan(from, _position - from), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        if (value > 0x10FFFF)
        {
            throw Error(start, "The escape sequence is not a valid code point.");
        }

        return value;
    }

    private static void AppendCode(StringBuilder text, int code)
    {
        if (code < 0x10000)
        {
            text.Append((char)code);
        }
        else
        {
            text.Append(char.ConvertFromUtf32(code));
        }
    }
}
