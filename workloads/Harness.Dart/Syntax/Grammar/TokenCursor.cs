namespace Harness.Dart.Syntax.Grammar;

/// <summary>A place in the tokens of a file: looks at what stands there, moves over it, and says what is wrong with it.</summary>
internal sealed class TokenCursor(SourceFile file, List<Token> tokens)
{
    /// <summary>Most levels of nesting, of whatever kind.</summary>
    public const int MaximumDepth = 1500;

    /// <summary>
    /// The highest tree. A chain, as of operators or selectors, is nested to the left without being read so: each link of it puts what stands before one level deeper, and what that has within.
    /// </summary>
    private const int MaximumHeight = 2 * MaximumDepth;

    /// <summary>Words that are never names.</summary>
    private static readonly HashSet<string> Reserved =
    [
        "assert", "break", "case", "catch", "class", "const", "continue", "default", "do", "else", "enum", "extends", "false", "final",
        "finally", "for", "if", "in", "is", "new", "null", "rethrow", "return", "super", "switch", "this", "throw", "true", "try", "var",
        "void", "while", "with",
    ];

    /// <summary>Words that are names, but not of types.</summary>
    private static readonly HashSet<string> BuiltIn =
    [
        "abstract", "as", "augment", "covariant", "deferred", "dynamic", "export", "extension", "external", "factory", "Function", "get", "implements",
        "import", "interface", "late", "library", "mixin", "operator", "part", "required", "set", "static", "typedef",
    ];

    private List<Token> _tokens = tokens;

    private BracketPairs? _brackets;

    // How deep the tree is that was read since the innermost chain began.
    private int _height;

    // Looking ahead over what is in brackets takes no longer where that is nested.
    private BracketPairs Brackets => _brackets ??= new BracketPairs(_tokens);

    /// <summary>The file that the tokens are of.</summary>
    public SourceFile File => file;

    /// <summary>Index of the current token. Who looks ahead by moving puts it back.</summary>
    public int Index { get; set; }

    /// <summary>Levels of nesting that have been entered (<see cref="Enter"/>).</summary>
    public int Depth { get; set; }

    /// <summary>The token here; one of kind <see cref="TokenKind.End"/> behind the last.</summary>
    public Token Current => _tokens[Index];

    /// <summary>The token that was moved over last.</summary>
    public Token Previous => _tokens[Index - 1];

    /// <summary>A token further on.</summary>
    public Token Peek(int ahead = 1) => _tokens[Math.Min(Index + ahead, _tokens.Count - 1)];

    /// <summary>Moves over a token and returns it.</summary>
    public Token Advance()
    {
        var token = Current;
        if (token.Kind != TokenKind.End)
        {
            Index++;
        }

        return token;
    }

    /// <summary>An error at a position in the file.</summary>
    public DartErrorException Error(int position, string message) => new(file, position, message);

    /// <summary>Whether a token further on is a word or a sign, and not a string, of this text.</summary>
    public bool PeekIs(int ahead, string text)
    {
        var token = Peek(ahead);
        return token.Text == text && token.Kind is TokenKind.Identifier or TokenKind.Punctuation;
    }

    /// <summary>Moves over a word or sign if it stands here.</summary>
    public bool Accept(string text)
    {
        if (!PeekIs(0, text))
        {
            return false;
        }

        Index++;
        return true;
    }

    /// <summary>Moves over a word or sign that has to stand here.</summary>
    /// <exception cref="DartErrorException">Something else does.</exception>
    public void Expect(string text)
    {
        if (Accept(text))
        {
            return;
        }

        if (text == ";" && Index > 0)
        {
            throw Error(Previous.Start, "Expected ';' after this.");
        }

        throw Error(Current.Start, $"Expected '{text}' before {Current}.");
    }

    /// <summary>Whether a token further on is a word that can be a name.</summary>
    public bool IsIdentifier(int ahead = 0)
    {
        var token = Peek(ahead);
        return token.Kind == TokenKind.Identifier && !Reserved.Contains(token.Text);
    }

    /// <summary>Moves over a name and returns it.</summary>
    /// <exception cref="DartErrorException">There is none.</exception>
    public string Identifier()
    {
        if (!IsIdentifier())
        {
            throw Error(Current.Start, Current.Kind == TokenKind.Identifier ? $"'{Current.Text}' can't be used as an identifier because it's a keyword." : $"Expected an identifier, but got {Current}.");
        }

        return Advance().Text;
    }

    /// <summary>An identifier that declares a type or prefix, which built-in identifiers can't.</summary>
    /// <exception cref="DartErrorException">There is none.</exception>
    public string TypeIdentifier()
    {
        if (BuiltIn.Contains(Current.Text) && Current.Kind == TokenKind.Identifier && !file.Name.StartsWith("dart:", StringComparison.Ordinal))
        {
            throw Error(Current.Start, $"The built-in identifier '{Current.Text}' can't be used as a type name.");
        }

        return Identifier();
    }

    /// <summary>Goes one level deeper.</summary>
    /// <exception cref="DartErrorException">That is too deep.</exception>
    public void Enter()
    {
        if (++Depth > MaximumDepth)
        {
            throw Error(Current.Start, "The program is nested too deeply here.");
        }

        _height = Math.Max(_height, Depth);
    }

    /// <summary>Begins what may be a chain: its first operand comes next.</summary>
    /// <returns>What <see cref="EndChain"/> needs.</returns>
    public int BeginChain()
    {
        var outer = _height;
        _height = Depth;
        return outer;
    }

    /// <summary>Makes all that was read of the chain an operand of its next link, before what else that has is read.</summary>
    /// <param name="what">What the chain is, and of what it has too many, for the error.</param>
    /// <exception cref="DartErrorException">That is too deep.</exception>
    public void Link(string what)
    {
        if (++_height > MaximumHeight)
        {
            throw Error(Current.Start, $"The {what} in a row.");
        }
    }

    /// <summary>Ends the innermost chain.</summary>
    public void EndChain(int outer) => _height = Math.Max(outer, _height);

    /// <summary>Whether no space is between a token further on and the one behind it.</summary>
    public bool Adjacent(int ahead) => Peek(ahead).End == Peek(ahead + 1).Start;

    /// <summary>Moves over type arguments or parameters in angle brackets; false, somewhere, if a statement ends or a body begins before they do.</summary>
    public bool SkipAngles()
    {
        var depth = 0;
        while (Current.Kind != TokenKind.End)
        {
            if (PeekIs(0, "<"))
            {
                depth++;
            }
            else if (PeekIs(0, ">") && --depth == 0) { Advance(); return true; }
            else if (PeekIs(0, ";") || PeekIs(0, "{"))
            {
                return false;
            }

            Advance();
        }

        return false;
    }

    /// <summary>Moves over an opening parenthesis and all up to its closing one; false, where it was, if there is none or a statement ends before.</summary>
    public bool SkipParentheses()
    {
        var end = Brackets.Closing[Index];
        if (end == 0 || Brackets.Ends[end] > Brackets.Ends[Index])
        {
            return false;
        }

        Index = end + 1;
        return true;
    }

    /// <summary>Moves over an opening parenthesis, bracket or brace and all up to its closing one, statements among it; false, at the end, if there is none.</summary>
    public bool SkipNested()
    {
        var end = Brackets.Closing[Index];
        Index = end > 0 ? end + 1 : _tokens.Count - 1;
        return end > 0;
    }

    /// <summary>Reads from other tokens, those of an interpolated expression, and comes back.</summary>
    public T Within<T>(List<Token> others, Func<T> read)
    {
        var (saved, brackets, index) = (_tokens, _brackets, Index);
        (_tokens, _brackets, Index) = (others, null, 0);
        try
        {
            return read();
        }
        finally
        {
            (_tokens, _brackets, Index) = (saved, brackets, index);
        }
    }
}
