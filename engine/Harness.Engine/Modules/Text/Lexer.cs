using System.Buffers;

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

    private readonly SourceText _source;
    private readonly string _text;
    private readonly List<Token> _tokens;
    private int _position;

    private Lexer(SourceText source)
    {
        _source = source;
        _text = source.Text;
        _tokens = new List<Token>(_text.Length / 4 + 1);
    }

    /// <summary>The tokens of <paramref name="source"/>, closed by one of kind <see cref="TokenKind.End"/>.</summary>
    /// <exception cref="WatException">A comment, string or annotation is malformed, or a character is illegal.</exception>
    public static Token[] Tokenize(SourceText source)
    {
        var lexer = new Lexer(source);
        lexer.Run();
        return lexer._tokens.ToArray();
    }

    private void Run()
    {
        CheckSurrogates();
        while (_position < _text.Length)
        {
            var start = _position;
            switch (_text[_position])
            {
                case ' ' or '\t' or '\n' or '\r':
                    _position++;
                    break;
                case '(' when Next() == ';':
                    SkipBlockComment();
                    break;
                case '(' when Next() == '@':
                    SkipAnnotation();
                    break;
                case '(':
                    _position++;
                    Add(TokenKind.LeftParenthesis, start);
                    break;
                case ')':
                    _position++;
                    Add(TokenKind.RightParenthesis, start);
                    break;
                case ';' when Next() == ';':
                    SkipLineComment();
                    break;
                case ';' or ',' or '[' or ']' or '{' or '}':
                    _position++;
                    Add(TokenKind.Reserved, start);
                    break;
                default:
                    Add(LexRun(), start);
                    break;
            }
        }

        Add(TokenKind.End, _position);
    }

    private void Add(TokenKind kind, int start) => _tokens.Add(new Token(kind, start, _position - start));

    private char Next() => _position + 1 < _text.Length ? _text[_position + 1] : '\0';

    private static bool IsIdentifierCharacter(char c) => IdentifierCharacters.Contains(c);

    /// <summary>Takes the longest run of identifier characters and strings, which forms one token or is reserved.</summary>
    private TokenKind LexRun()
    {
        var start = _position;
        var strings = 0;
        while (_position < _text.Length)
        {
            if (_text[_position] == '"')
            {
                LexString(quotesIdentifier: _position == start + 1 && _text[start] == '$');
                strings++;
            }
            else if (IsIdentifierCharacter(_text[_position]))
            {
                _position++;
            }
            else
            {
                break;
            }
        }

        if (_position == start)
        {
            throw Error("illegal character", start);
        }

        var run = _text.AsSpan(start, _position - start);
        if (strings > 0)
        {
            return ClassifyWithStrings(run, start, strings);
        }

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
        if (strings != 1 || run[^1] != '"')
        {
            return TokenKind.Reserved;
        }

        if (run[0] == '"')
        {
            return TokenKind.String;
        }

        if (run[0] != '$' || run[1] != '"')
        {
            return TokenKind.Reserved;
        }

        if (run.Length == 3)
        {
            throw Error("empty identifier", start);
        }

        if (!StringLiteral.TryDecodeName(run[1..], out _))
        {
            throw Error("malformed UTF-8 encoding", start);
        }

        return TokenKind.Identifier;
    }

    /// <summary>Passes over a string literal and checks its form.</summary>
    /// <param name="quotesIdentifier">Whether it follows a <c>$</c>, which stands alone if the string is malformed.</param>
    private void LexString(bool quotesIdentifier)
    {
        var start = _position;
        var length = StringLiteral.Measure(_text.AsSpan(start), out var error);
        if (error is not null)
        {
            throw Error(quotesIdentifier ? "empty identifier" : error, start + length);
        }

        _position = start + length;
    }

    private void SkipLineComment()
    {
        var length = _text.AsSpan(_position).IndexOfAny('\n', '\r');
        _position = length < 0 ? _text.Length : _position + length;
    }

    private void SkipBlockComment()
    {
        var start = _position;
        var depth = 0;
        do
        {
            var length = _text.AsSpan(_position).IndexOfAny('(', ';');
            if (length < 0)
            {
                throw Error("unclosed comment", start);
            }

            _position += length;
            if (_text[_position] == '(' && Next() == ';')
            {
                depth++;
                _position += 2;
            }
            else if (_text[_position] == ';' && Next() == ')')
            {
                depth--;
                _position += 2;
            }
            else
            {
                _position++;
            }
        }
        while (depth > 0);
    }

    /// <summary>Passes over an annotation, whose contents may be any tokens, with parentheses in balance.</summary>
    private void SkipAnnotation()
    {
        var start = _position;
        _position += 2;
        LexAnnotationName(start);
        var depth = 1;
        while (depth > 0)
        {
            if (_position >= _text.Length)
            {
                throw Error("unclosed annotation", start);
            }

            switch (_text[_position])
            {
                case '(' when Next() == ';':
                    SkipBlockComment();
                    break;
                case ';' when Next() == ';':
                    SkipLineComment();
                    break;
                case '(':
                    depth++;
                    _position++;
                    break;
                case ')':
                    depth--;
                    _position++;
                    break;
                case ' ' or '\t' or '\n' or '\r' or ';' or ',' or '[' or ']' or '{' or '}':
                    _position++;
                    break;
                case '"':
                    LexString(quotesIdentifier: false);
                    break;
                case var c when IsIdentifierCharacter(c):
                    _position++;
                    break;
                default:
                    throw Error("illegal character", _position);
            }
        }
    }

    private void LexAnnotationName(int start)
    {
        var nameStart = _position;
        if (_position < _text.Length && _text[_position] == '"')
        {
            var rest = _text.AsSpan(_position);
            var length = StringLiteral.Measure(rest, out var error);
            if (error is not null || length == 2)
            {
                throw Error("empty annotation id", start);
            }

            if (!StringLiteral.TryDecodeName(rest[..length], out _))
            {
                throw Error("malformed UTF-8 encoding", nameStart);
            }

            _position += length;
            return;
        }

        while (_position < _text.Length && IsIdentifierCharacter(_text[_position]))
        {
            _position++;
        }

        if (_position == nameStart)
        {
            throw Error("empty annotation id", start);
        }
    }

    private void CheckSurrogates()
    {
        for (var i = 0; i < _text.Length; i++)
        {
            if (!char.IsSurrogate(_text[i]))
            {
                continue;
            }

            if (!char.IsSurrogatePair(_text, i))
            {
                throw Error("malformed UTF-8 encoding", i);
            }

            i++;
        }
    }

    private WatException Error(string reason, int offset) => _source.Error(reason, offset);
}
