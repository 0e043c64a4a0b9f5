namespace Harness.Engine.Modules.Text;

/// <summary>Reads a tokenized text from front to back, with the small steps that all parsers of it share.</summary>
internal sealed class TokenCursor
{
    private readonly SourceText _source;
    private readonly Token[] _tokens;

    /// <param name="source">The text, which is tokenized at once.</param>
    /// <exception cref="WatException">The text cannot be divided into tokens.</exception>
    public TokenCursor(SourceText source)
        : this(source, Lexer.Tokenize(source), 0)
    {
    }

    private TokenCursor(SourceText source, Token[] tokens, int position)
    {
        _source = source;
        _tokens = tokens;
        Position = position;
    }

    /// <summary>The index of the current token. Set it to go back to, or on to, a place seen before.</summary>
    public int Position { get; set; }

    /// <summary>The current token.</summary>
    public Token Current => _tokens[Position];

    /// <summary>The class of the current token.</summary>
    public TokenKind Kind => Current.Kind;

    /// <summary>The class of the token after the current one.</summary>
    public TokenKind NextKind => Kind == TokenKind.End ? TokenKind.End : _tokens[Position + 1].Kind;

    /// <summary>The characters of the current token.</summary>
    public ReadOnlySpan<char> Text => TextOf(Current);

    /// <summary>The line of the current token, from 1.</summary>
    public int Line => PositionOf(Current).Line;

    /// <summary>A cursor on the same text that stands on another token.</summary>
    public TokenCursor At(int position) => new(_source, _tokens, position);

    /// <summary>The characters of a token.</summary>
    public ReadOnlySpan<char> TextOf(Token token) => _source.Text.AsSpan(token.Start, token.Length);

    /// <summary>Goes on to the next token and gives the one left.</summary>
    public Token Advance()
    {
        var token = Current;
        if (token.Kind != TokenKind.End)
        {
            Position++;
        }

        return token;
    }

    /// <summary>Whether the current token is this keyword.</summary>
    public bool AtKeyword(string keyword) => Kind == TokenKind.Keyword && Text.SequenceEqual(keyword);

    /// <summary>Whether the current tokens are <c>(</c> and this keyword.</summary>
    public bool AtOpen(string keyword) =>
        Kind == TokenKind.LeftParenthesis
        && NextKind == TokenKind.Keyword
        && TextOf(_tokens[Position + 1]).SequenceEqual(keyword);

    /// <summary>Whether the current token is an index: a number or an identifier.</summary>
    public bool AtIndex => Kind is TokenKind.Natural or TokenKind.Identifier;

    /// <summary>Passes over this keyword if it is the current token.</summary>
    public bool TryKeyword(string keyword)
    {
        if (!AtKeyword(keyword))
        {
            return false;
        }

        Position++;
        return true;
    }

    /// <summary>Passes over <c>(</c> and this keyword if they are the current tokens.</summary>
    public bool TryOpen(string keyword)
    {
        if (!AtOpen(keyword))
        {
            return false;
        }

        Position += 2;
        return true;
    }

    /// <summary>Takes the current token, which must be of this class.</summary>
    public Token Expect(TokenKind kind) => Kind == kind ? Advance() : throw Unexpected();

    /// <summary>Takes <c>)</c>.</summary>
    public void Close() => Expect(TokenKind.RightParenthesis);

    /// <summary>Takes <c>(</c> and this keyword.</summary>
    public void Open(string keyword)
    {
        Expect(TokenKind.LeftParenthesis);
        if (!TryKeyword(keyword))
        {
            throw Unexpected();
        }
    }

    /// <summary>Takes an identifier if there is one, and gives its name without the <c>$</c>.</summary>
    public string? TryIdentifier() => Kind == TokenKind.Identifier ? NameOf(Advance()) : null;

    /// <summary>The name that an identifier token stands for, without the <c>$</c>.</summary>
    public string NameOf(Token identifier)
    {
        var name = TextOf(identifier)[1..];
        return name[0] == '"' && StringLiteral.TryDecodeName(name, out var decoded) ? decoded : name.ToString();
    }

    /// <summary>Takes a string that must be a name.</summary>
    public string ExpectName()
    {
        var token = Expect(TokenKind.String);
        return StringLiteral.TryDecodeName(TextOf(token), out var name) ? name : throw Error("malformed UTF-8 encoding", token);
    }

    /// <summary>Takes any number of strings and gives the bytes of all.</summary>
    public byte[] Strings()
    {
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        while (Kind == TokenKind.String)
        {
            StringLiteral.Decode(TextOf(Advance()), bytes);
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Takes an unsigned 32-bit number.</summary>
    public uint ExpectU32() => (uint)ExpectUnsigned(32);

    /// <summary>Takes an unsigned 64-bit number.</summary>
    public ulong ExpectU64() => ExpectUnsigned(64);

    /// <summary>Passes over the rest of a parenthesized group whose <c>(</c> has been passed, and over its <c>)</c>.</summary>
    public void SkipGroup()
    {
        for (var depth = 1; depth > 0; Position++)
        {
            depth += Kind switch
            {
                TokenKind.LeftParenthesis => 1,
                TokenKind.RightParenthesis => -1,
                TokenKind.End => throw Unexpected(),
                _ => 0,
            };
        }
    }

    /// <summary>The error for a current token that may not stand there.</summary>
    public WatException Unexpected()
    {
        var token = Current;
        var text = TextOf(token);
        return token.Kind switch
        {
            TokenKind.Reserved => Error($"unknown operator {text}", token),
            TokenKind.Keyword when Keywords.IsKnown(text) => Error($"unexpected token '{text}'", token),
            TokenKind.Keyword => Error($"unknown operator {text}", token),
            TokenKind.End => Error("unexpected token: the text ends here", token),
            _ => Error($"unexpected token '{text}'", token),
        };
    }

    /// <summary>An error at a token.</summary>
    public WatException Error(string reason, Token token) => _source.Error(reason, token.Start);

    private ulong ExpectUnsigned(int bits)
    {
        var token = Expect(TokenKind.Natural);
        return IntegerLiteral.TryParse(TextOf(token), bits, out var value)
            ? value
            : throw Error($"i{bits} constant out of range", token);
    }

    private TextPosition PositionOf(Token token) => _source.PositionOf(token.Start);
}
