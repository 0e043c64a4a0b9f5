namespace Harness.Dart.Syntax.Grammar;

/// <summary>Types: what they look like, whether one begins here, and the syntax trees of them.</summary>
internal sealed class TypeGrammar(Parser parser) : GrammarPart(parser)
{
    /// <summary>Moves over a type without building it; returns false, somewhere, where there is none.</summary>
    public bool SkipType()
    {
        if (Is("void") || IsIdentifier() && !Is("Function"))
        {
            Advance();
            if (Is(".") && IsIdentifier(1)) { Advance(); Advance(); }

            if (Is("<") && !SkipTypeArguments())
            {
                return false;
            }
        }
        else if (Is("("))
        {
            // A record type, unless it is a parenthesized expression; what follows decides.
            if (!SkipParentheses())
            {
                return false;
            }
        }
        else if (!Is("Function"))
        {
            return false;
        }
        else if (!(PeekIs(1, "(") || PeekIs(1, "<")))
        {
            Advance();
        }

        while (true)
        {
            if (Is("?"))
            {
                Advance();
            }

            if (Is("Function") && (PeekIs(1, "(") || PeekIs(1, "<")))
            {
                Advance();
                if (Is("<") && !SkipTypeParameters())
                {
                    return false;
                }

                if (!Is("(") || !SkipParentheses())
                {
                    return false;
                }

                continue;
            }

            return true;
        }
    }

    /// <summary>Moves over type parameters in angle brackets; returns false, somewhere, where there are none.</summary>
    public bool SkipTypeParameters() => SkipAngles();

    /// <summary>Moves over type arguments in angle brackets; returns false, somewhere, where there are none.</summary>
    public bool SkipTypeArguments()
    {
        if (++Depth > TokenCursor.MaximumDepth)
        {
            return false;
        }

        Advance();
        while (true)
        {
            while (Is("@")) { Annotations.ParseAnnotation(); }

            if (!SkipType()) { Depth--; return false; }

            if (Accept(","))
            {
                continue;
            }

            Depth--;
            return Accept(">");
        }
    }

    /// <summary>A type, with the question mark behind it where that can belong to it.</summary>
    public TypeNode ParseType(bool allowNullable = true)
    {
        Enter();
        var outer = BeginChain();
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

            if (!Is("Function") || !(PeekIs(1, "(") || PeekIs(1, "<")))
            {
                break;
            }

            Link("type has too many functions");
            type = ParseFunctionTypeTail(type, pos);
        }

        EndChain(outer);
        Leave();
        return type;
    }

    /// <summary>A class's or another declared type's name, with prefix and arguments; or <c>void</c>.</summary>
    public NamedTypeNode ParseNamedType()
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
        {
            type.Args = ParseTypeArguments();
        }

        return type;
    }

    /// <summary>Types in angle brackets.</summary>
    public List<TypeNode> ParseTypeArguments()
    {
        Expect("<");
        var args = new List<TypeNode>();
        do
        {
            Annotations.SkipMetadata();
            args.Add(ParseType());
        }
        while (Accept(","));
        Expect(">");
        return args;
    }

    /// <summary>Types in angle brackets, where what follows them says that they are not comparisons; null, with nothing read, otherwise.</summary>
    public List<TypeNode>? TryTypeArguments()
    {
        var start = Index;
        var depth = Depth;
        if (!SkipTypeArguments())
        {
            Index = start;
            Depth = depth;
            return null;
        }

        // What ends an expression, and the few signs that go on with one and cannot begin another.
        var follows = Current.Kind == TokenKind.End || Current.Kind == TokenKind.Punctuation && Current.Text is "(" or ")" or "]" or "}" or ":" or ";" or "," or "." or "==" or "!=";
        Index = start;
        return follows ? ParseTypeArguments() : null;
    }

    /// <summary>A type after <c>is</c> or <c>as</c>: a question mark belongs to it unless it begins a conditional expression.</summary>
    public TypeNode ParseTypeNotConditional()
    {
        var start = Index;
        if (Is("void") && !PeekIs(1, "Function"))
        {
            throw Error("A value can't be tested for the type 'void', or cast to it.");
        }

        var type = ParseType();
        if (type.Nullable)
        {
            // x is T ? a : b
            var end = Index;
            if (!(Is(")") || Is("]") || Is("}") || Is(",") || Is(";") || Is("&&") || Is("||") || Is("?") || Is(":") || Is("==") || Is("!=") || Is("??") || Is("=>") || Is("..") || Is("as") || Is("is") || Is("|") || Is("&") || Is("^") || Is("when") || Is("=") || Is("?..") || Current.Kind == TokenKind.End))
            {
                Index = start;
                type = ParseType(allowNullable: false);
                return type;
            }

            Index = end;
        }

        return type;
    }

    private FunctionTypeNode ParseFunctionTypeTail(TypeNode? result, int pos)
    {
        Expect("Function");
        var type = new FunctionTypeNode { Pos = pos, Return = result };
        if (Is("<"))
        {
            type.TypeParams = ParseTypeParameters();
        }

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

            Annotations.SkipMetadata();
            var parameter = new ParamNode { Pos = Pos, Kind = kind };
            if (kind == ParamKind.Named && Is("required")) { Advance(); parameter.IsRequiredNamed = true; }

            parameter.Type = ParseType();
            if (IsIdentifier())
            {
                parameter.Name = Identifier();
            }

            list.Add(parameter);
            if (!Accept(","))
            {
                break;
            }

            if (close is not null && Is(close))
            {
                break;
            }
        }

        if (close is not null) { Expect(close); Accept(","); }

        Expect(")");
        return list;
    }

    private RecordTypeNode ParseRecordType()
    {
        var type = new RecordTypeNode { Pos = Pos };
        Expect("(");
        var names = new RecordFieldNames(Error);
        var isAfterComma = true;
        while (!Is(")") && !Is("{"))
        {
            Annotations.SkipMetadata();
            var field = ParseType();
            if (IsIdentifier())
            {
                names.AddPositional(Pos, type.Fields.Count, Identifier());
            }

            type.Fields.Add((field, null));
            isAfterComma = Accept(",");
            if (!isAfterComma)
            {
                break;
            }
        }

        var positional = type.Fields.Count;
        if (isAfterComma && Accept("{"))
        {
            do
            {
                if (Is("}") && type.Fields.Count > positional)
                {
                    break;
                }

                Annotations.SkipMetadata();
                var field = ParseType();
                names.AddNamed(Pos, Current.Text);
                type.Fields.Add((field, Identifier()));
            }
            while (Accept(","));
            Expect("}");
        }
        else if (positional == 1 && !isAfterComma)
        {
            throw Error("A record type with one positional field needs a comma behind it.");
        }

        Expect(")");
        names.Check(positional);
        return type;
    }

    /// <summary>Type parameters in angle brackets, with their bounds.</summary>
    public List<TypeParamNode> ParseTypeParameters()
    {
        Expect("<");
        var list = new List<TypeParamNode>();
        do
        {
            Annotations.SkipMetadata();
            // Declaration-site variance is not part of the language yet.
            var parameter = new TypeParamNode { Pos = Pos, Name = TypeIdentifier() };
            if (Accept("extends"))
            {
                parameter.Bound = Is("void") && !PeekIs(1, "Function") ? throw Error("The bound of a type variable can't be 'void'.") : ParseType();
            }

            list.Add(parameter);
        }
        while (Accept(","));
        Expect(">");
        return list;
    }
}
