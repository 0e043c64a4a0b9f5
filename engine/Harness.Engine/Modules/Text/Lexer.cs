using System.Buffers;
using System.Text;

namespace Harness.Engine.Modules.Text;

/// <summary>
/// Divides a text into tokens and drops white space, comments and annotations (specification section 6.3). Characters
/// that form no token are left to the parser as <see cref="TokenKind.Reserved"/>; only what leaves the borders of tokens
/// unclear is an error here.
/// </summary>
internal sealed class Lexer
{
    private static readonly SearchValues<char> IdentifierCharacters = SearchValues.Create(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&'*+-./:<=>?@\\^_`|~");

    private static readonly UTF8Encoding StrictUtf8 = new(false, true);

    private readonly string text;
    private readonly List<Token> tokens;
    private int position;

    private Lexer(string text)
    {
        this.text = text;
        tokens = new List<Token>(text.Length / 4 + 1);
    }

    /// <summary>The tokens of <paramref name="text"/>, closed by one of kind <see cref="TokenKind.End"/>.</summary>
    /// <exception cref="WatException">A comment, string or annotation is malformed, or a character is illegal.</exception>
    public static Token[] Tokenize(string text)
    {
        var lexer = new Lexer(text);
        lexer.Run();
        return lexer.tokens.ToArray();
    }

    /// <summary>The text that <paramref name="utf8"/> encodes.</summary>
    /// <exception cref="WatException">The bytes are not UTF-8.</exception>
    public static string Decode(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return StrictUtf8.GetString(utf8);
        }
        catch (DecoderFallbackException e)
        {
            var before = Encoding.UTF8.GetString(utf8[..e.Index]);
            throw new WatException("malformed UTF-8 encoding", TextPosition.Of(before, before.Length));
        }
    }

    private void Run()
    {
        CheckSurrogates();
        while (position < text.Length)
        {
            var start = position;
            switch (text[position])
            {
                case ' ' or '\t' or '\n' or '\r':
                    position++;
                    break;
                case '(' when Next() == ';':
                    SkipBlockComment();
                    break;
                case '(' when Next() == '@':
                    SkipAnnotation();
                    break;
                case '(':
                    position++;
                    Add(TokenKind.LeftParenthesis, start);
                    break;
                case ')':
                    position++;
                    Add(TokenKind.RightParenthesis, start);
                    break;
                case ';' when Next() == ';':
                    SkipLineComment();
                    break;
                case ';' or ',' or '[' or ']' or '{' or '}':
                    position++;
                    Add(TokenKind.Reserved, start);
                    break;
                default:
                    Add(LexRun(), start);
                    break;
            }
        }

        Add(TokenKind.End, position);
    }

    private void Add(TokenKind kind, int start) => tokens.Add(new Token(kind, start, position - start));

    private char Next() => position + 1 < text.Length ? text[position + 1] : '\0';

    private static bool IsIdentifierCharacter(char c) => IdentifierCharacters.Contains(c);

    /// <summary>Takes the longest run of identifier characters and strings, which forms one token or is reserved.</summary>
    private TokenKind LexRun()
    {
        var start = position;
        var strings = 0;
        while (position < text.Length)
        {
            if (text[position] == '"')
            {
                LexString(quotesIdentifier: position == start + 1 && text[start] == '$');
                strings++;
            }
            else if (IsIdentifierCharacter(text[position]))
            {
                position++;
            }
            else
            {
                break;
            }
        }

        if (position == start) throw Error("illegal character", start);
        var run = text.AsSpan(start, position - start);
        if (strings > 0) return ClassifyWithStrings(run, start, strings);
        switch (run[0])
        {
            case '$':
                return run.Length > 1 ? TokenKind.Identifier : throw Error("empty identifier", start);
            case >= '0' and <= '9' or '+' or '-':
                return NumberSyntax.Classify(run);
            case >= 'a' and <= 'z':
                return NumberSyntax.Classify(run) == TokenKind.Float ? TokenKind.Float : TokenKind.Keyword;
            default:
                return TokenKind.Reserved;
        }
    }

    /// <summary>A run with strings in it is a token only if it is one string, or <c>$</c> and one string.</summary>
    private TokenKind ClassifyWithStrings(ReadOnlySpan<char> run, int start, int strings)
    {
        if (strings != 1 || run[^1] != '"') return TokenKind.Reserved;
        if (run[0] == '"') return TokenKind.String;
        if (run[0] != '$' || run[1] != '"') return TokenKind.Reserved;
        if (run.Length == 3) throw Error("empty identifier", start);
        if (!StringLiteral.TryDecodeName(run[1..], out _)) throw Error("malformed UTF-8 encoding", start);
        return TokenKind.Identifier;
    }

    /// <summary>Passes over a string literal and checks its form.</summary>
    /// <param name="quotesIdentifier">Whether it follows a <c>$</c>, which stands alone if the string is malformed.</param>
    private void LexString(bool quotesIdentifier)
    {
        var start = position;
        var length = StringLiteral.Measure(text.AsSpan(start), out var error);
        if (error is not null) throw Error(quotesIdentifier ? "empty identifier" : error, start + length);
        position = start + length;
    }

    private void SkipLineComment()
    {
        var length = text.AsSpan(position).IndexOfAny('\n', '\r');
        position = length < 0 ? text.Length : position + length;
    }

    private void SkipBlockComment()
    {
        var start = position;
        var depth = 0;
        do
        {
            var length = text.AsSpan(position).IndexOfAny('(', ';');
            if (length < 0) throw Error("unclosed comment", start);
            position += length;
            if (text[position] == '(' && Next() == ';')
            {
                depth++;
                position += 2;
            }
            else if (text[position] == ';' && Next() == ')')
            {
                depth--;
                position += 2;
            }
            else
            {
                position++;
            }
        }
        while (depth > 0);
    }

    /// <summary>Passes over an annotation, whose contents may be any tokens, with parentheses in balance.</summary>
    private void SkipAnnotation()
    {
        var start = position;
        position += 2;
        LexAnnotationName(start);
        var depth = 1;
        while (depth > 0)
        {
            if (position >= text.Length) throw Error("unclosed annotation", start);
            switch (text[position])
            {
                case '(' when Next() == ';':
                    SkipBlockComment();
                    break;
                case ';' when Next() == ';':
                    SkipLineComment();
                    break;
                case '(':
                    depth++;
                    position++;
                    break;
                case ')':
                    depth--;
                    position++;
                    break;
                case ' ' or '\t' or '\n' or '\r' or ';' or ',' or '[' or ']' or '{' or '}':
                    position++;
                    break;
                case '"':
                    LexString(quotesIdentifier: false);
                    break;
                case var c when IsIdentifierCharacter(c):
                    position++;
                    break;
                default:
                    throw Error("illegal character", position);
            }
        }
    }

    private void LexAnnotationName(int start)
    {
        var nameStart = position;
        if (position < text.Length && text[position] == '"')
        {
            var rest = text.AsSpan(position);
            var length = StringLiteral.Measure(rest, out var error);
            if (error is not null || length == 2) throw Error("empty annotation id", start);
            if (!StringLiteral.TryDecodeName(rest[..length], out _)) throw Error("malformed UTF-8 encoding", nameStart);
            position += length;
            return;
        }

        while (position < text.Length && IsIdentifierCharacter(text[position])) position++;
        if (position == nameStart) throw Error("empty annotation id", start);
    }

    private void CheckSurrogates()
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsSurrogatePair(text, i)) throw Error("malformed UTF-8 encoding", i);
            i++;
        }
    }

    private WatException Error(string reason, int offset) => new(reason, TextPosition.Of(text, offset));
}
