namespace Harness.Dart.Syntax;

/// <summary>Reads a Dart library or part: tokens to syntax tree. This file holds the cursor; the grammar is in the other parts.</summary>
internal sealed partial class Parser
{
    private const int MaximumDepth = 1500;

    private static readonly HashSet<string> Reserved =
    [
        "assert", "break", "case", "catch", "class", "const", "continue", "default", "do", "else", "enum", "extends", "false", "final",
        "finally", "for", "if", "in", "is", "new", "null", "rethrow", "return", "super", "switch", "this", "throw", "true", "try", "var",
        "void", "while", "with",
    ];

    private static readonly HashSet<string> BuiltIn =
    [
        "abstract", "as", "covariant", "deferred", "dynamic", "export", "extension", "external", "factory", "Function", "get", "implements",
        "import", "interface", "late", "library", "mixin", "operator", "part", "required", "set", "static", "typedef",
    ];

    private readonly SourceFile _file;
    private List<Token> _tokens;
    private int _index;
    private int _depth;
    private AsyncKind _async;

    private Parser(SourceFile file, List<Token> tokens)
    {
        _file = file;
        _tokens = tokens;
    }

    /// <summary>Parses a whole file.</summary>
    /// <exception cref="DartErrorException">The first syntax error.</exception>
    public static UnitNode Parse(SourceFile file) => new Parser(file, Lexer.Run(file)).ParseUnit();

    private Token Current => _tokens[_index];

    private Token Peek(int ahead = 1) => _tokens[Math.Min(_index + ahead, _tokens.Count - 1)];

    private int Pos => Current.Start;

    private Token Advance()
    {
        var token = Current;
        if (token.Kind != TokenKind.End)
            _index++;
        return token;
    }

    private DartErrorException Error(string message) => Error(Pos, message);

    private DartErrorException Error(int position, string message) => new(_file, position, message);

    private bool Is(string text) => Current.Text == text && Current.Kind is TokenKind.Identifier or TokenKind.Punctuation && Current.Text == text;

    private bool PeekIs(int ahead, string text)
    {
        var token = Peek(ahead);
        return token.Text == text && token.Kind is TokenKind.Identifier or TokenKind.Punctuation && token.Text == text;
    }

    private bool Accept(string text)
    {
        if (!Is(text))
            return false;
        _index++;
        return true;
    }

    private void Expect(string text)
    {
        if (Accept(text))
            return;
        var at = text == ";" && _index > 0 ? _tokens[_index - 1].Start : Pos;
        throw Error(at, text == ";" ? "Expected ';' after this." : $"Expected '{text}' before {Current}.");
    }

    private bool IsIdentifier(int ahead = 0)
    {
        var token = Peek(ahead);
        return token.Kind == TokenKind.Identifier && !Reserved.Contains(token.Text);
    }

    private string Identifier()
    {
        if (!IsIdentifier())
            throw Error(Current.Kind == TokenKind.Identifier ? $"'{Current.Text}' can't be used as an identifier because it's a keyword." : $"Expected an identifier, but got {Current}.");
        return Advance().Text;
    }

    /// <summary>An identifier that declares a type or prefix, which built-in identifiers can't.</summary>
    private string TypeIdentifier()
    {
        if (BuiltIn.Contains(Current.Text) && Current.Kind == TokenKind.Identifier && !_file.Name.StartsWith("dart:", StringComparison.Ordinal))
            throw Error($"The built-in identifier '{Current.Text}' can't be used as a type name.");
        return Identifier();
    }

    private void Enter()
    {
        if (++_depth > MaximumDepth)
            throw Error("The program is nested too deeply here.");
    }

    private void Leave() => _depth--;

    // Types.

    /// <summary>Tries to read something, and takes it back where it is not there.</summary>
    private T? Try<T>(Func<T?> read) where T : class
    {
        var start = _index;
        var depth = _depth;
        try
        {
            if (read() is { } result)
                return result;
        }
        catch (DartErrorException)
        {
            // What follows is something else.
        }

        _index = start;
        _depth = depth;
        return null;
    }

    /// <summary>Moves over a type without building it; returns false, somewhere, where there is none.</summary>
    private bool SkipType()
    {
        if (Is("void") || IsIdentifier() && !Is("Function"))
        {
            Advance();
            if (Is(".") && IsIdentifier(1)) { Advance(); Advance(); }
            if (Is("<") && !SkipTypeArguments())
                return false;
        }
        else if (Is("("))
        {
            // A record type, unless it is a parenthesized expression; what follows decides.
            if (!SkipBalanced("(", ")"))
                return false;
        }
        else if (!Is("Function") || !(PeekIs(1, "(") || PeekIs(1, "<")))
        {
            if (!Is("Function"))
                return false;
            Advance();
            Accept("?");
            return true;
        }

        while (true)
        {
            if (Is("?")) Advance();
            if (Is("Function") && (PeekIs(1, "(") || PeekIs(1, "<")))
            {
                Advance();
                if (Is("<") && !SkipTypeParameters()) return false;
                if (!Is("(") || !SkipBalanced("(", ")")) return false;
                continue;
            }

            return true;
        }
    }

    private bool SkipTypeParameters() => SkipBalanced("<", ">");

    private bool SkipTypeArguments()
    {
        if (++_depth > MaximumDepth)
            return false;
        Advance();
        while (true)
        {
            while (Is("@")) { ParseAnnotation(); }
            if (!SkipType()) { _depth--; return false; }
            if (Accept(",")) continue;
            _depth--;
            return Accept(">");
        }
    }

    private bool SkipBalanced(string open, string close)
    {
        var depth = 0;
        while (Current.Kind != TokenKind.End)
        {
            if (Is(open)) depth++;
            else if (Is(close) && --depth == 0) { Advance(); return true; }
            else if (Is(";") || Is("{") && open == "<") return false;
            Advance();
        }

        return false;
    }

    private TypeNode ParseType(bool allowNullable = true)
    {
        Enter();
        TypeNode type;
        var pos = Pos;
        if (Is("Function") && (PeekIs(1, "(") || PeekIs(1, "<")))
        {
            type = ParseFunctionTypeTail(null, pos);
        }
        else if (Is("("))
        {
            type = ParseRecordType();
        }
        else
        {
            type = ParseNamedType();
        }

        while (true)
        {
            if (allowNullable && !type.Nullable && Is("?"))
            {
                Advance();
                type.Nullable = true;
            }

            if (Is("Function") && (PeekIs(1, "(") || PeekIs(1, "<")))
                type = ParseFunctionTypeTail(type, pos);
            else
                break;
        }

        Leave();
        return type;
    }

    private NamedTypeNode ParseNamedType()
    {
        var type = new NamedTypeNode { Pos = Pos };
        if (Is("void"))
        {
            Advance();
            type.Name = "void";
            return type;
        }

        type.Name = Identifier();
        if (Is(".") && IsIdentifier(1))
        {
            Advance();
            type.Prefix = type.Name;
            type.Name = Identifier();
        }

        if (Is("<"))
            type.Args = ParseTypeArguments();
        return type;
    }

    private List<TypeNode> ParseTypeArguments()
    {
        Expect("<");
        var args = new List<TypeNode>();
        do
        {
            SkipMetadata();
            args.Add(ParseType());
        }
        while (Accept(","));
        Expect(">");
        return args;
    }

    private FunctionTypeNode ParseFunctionTypeTail(TypeNode? result, int pos)
    {
        Expect("Function");
        var type = new FunctionTypeNode { Pos = pos, Return = result };
        if (Is("<"))
            type.TypeParams = ParseTypeParameters();
        type.Params = ParseFunctionTypeParameters();
        return type;
    }

    private List<ParamNode> ParseFunctionTypeParameters()
    {
        Expect("(");
        var list = new List<ParamNode>();
        var kind = ParamKind.Required;
        string? close = null;
        while (!Is(")"))
        {
            if (close is null && Is("[")) { Advance(); kind = ParamKind.Optional; close = "]"; }
            else if (close is null && Is("{")) { Advance(); kind = ParamKind.Named; close = "}"; }
            SkipMetadata();
            var parameter = new ParamNode { Pos = Pos, Kind = kind };
            if (kind == ParamKind.Named && Is("required")) { Advance(); parameter.IsRequiredNamed = true; }
            parameter.Type = ParseType();
            if (IsIdentifier()) parameter.Name = Identifier();
            list.Add(parameter);
            if (!Accept(",")) break;
            if (close is not null && Is(close)) break;
        }

        if (close is not null) { Expect(close); Accept(","); }
        Expect(")");
        return list;
    }

    private RecordTypeNode ParseRecordType()
    {
        var type = new RecordTypeNode { Pos = Pos };
        Expect("(");
        while (!Is(")") && !Is("{"))
        {
            SkipMetadata();
            var field = ParseType();
            if (IsIdentifier()) Identifier();
            type.Fields.Add((field, null));
            if (!Accept(",")) break;
        }

        if (Accept("{"))
        {
            while (!Is("}"))
            {
                SkipMetadata();
                var field = ParseType();
                type.Fields.Add((field, Identifier()));
                if (!Accept(",")) break;
            }

            Expect("}");
        }

        Expect(")");
        return type;
    }

    private List<TypeParamNode> ParseTypeParameters()
    {
        Expect("<");
        var list = new List<TypeParamNode>();
        do
        {
            SkipMetadata();
            // Declaration-site variance is not part of the language yet.
            var parameter = new TypeParamNode { Pos = Pos, Name = TypeIdentifier() };
            if (Accept("extends"))
                parameter.Bound = ParseType();
            list.Add(parameter);
        }
        while (Accept(","));
        Expect(">");
        return list;
    }

    private void SkipMetadata()
    {
        while (Is("@"))
            ParseAnnotation();
    }

    private List<Annotation> ParseMetadata()
    {
        var list = new List<Annotation>();
        while (Is("@"))
            list.Add(ParseAnnotation());
        return list;
    }

    private Annotation ParseAnnotation()
    {
        var pos = Pos;
        Expect("@");
        Expr value = new Ident { Pos = Pos, Name = Identifier() };
        List<TypeNode>? args = null;
        while (Is(".") )
        {
            Advance();
            value = new PropertyGet { Pos = Pos, Target = value, Name = Is("new") ? Advance().Text : Identifier() };
        }

        if (Is("<"))
            args = ParseTypeArguments();
        while (Is(".") )
        {
            Advance();
            value = new PropertyGet { Pos = Pos, Target = value, Name = Is("new") ? Advance().Text : Identifier() };
        }

        // Only an argument list that follows without a space belongs to the annotation.
        if (Is("(") && Current.Start == _tokens[_index - 1].End)
            value = new Call { Pos = pos, Target = value, TypeArgs = args, Args = ParseArguments() };
        return new Annotation { Pos = pos, Value = value };
    }
}
