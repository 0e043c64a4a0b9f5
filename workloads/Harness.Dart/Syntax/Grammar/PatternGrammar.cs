namespace Harness.Dart.Syntax.Grammar;

/// <summary>Patterns: of cases, of declarations and of assignments.</summary>
internal sealed class PatternGrammar(Parser parser) : GrammarPart(parser)
{
    private const string TooMany = "pattern has too many operators";

    private bool _assigns;
    private bool? _declares;

    /// <summary>Whether a list, map, record or object pattern with a '=' behind begins here.</summary>
    public bool LooksLikePatternAssignment()
    {
        var start = Index;
        bool result;
        if (IsIdentifier())
        {
            // An object pattern's arguments begin with a name and a colon, or with a colon.
            result = Types.SkipType() && Is("(") && (PeekIs(1, ":") || IsIdentifier(1) && PeekIs(2, ":") || PeekIs(1, ")")) && SkipParentheses() && Is("=");
        }
        else
        {
            // Type arguments of a list or map.
            if (Is("<") && !(Types.SkipTypeArguments() && (Is("[") || Is("{"))))
            {
                Index = start;
                return false;
            }

            result = SkipNested() && Is("=");
        }

        Index = start;
        return result;
    }

    /// <summary>The pattern and the guard of <c>case</c>, where one follows; nulls otherwise.</summary>
    public (Pattern?, Expr?) ParseCaseClause()
    {
        if (!Accept("case"))
        {
            return (null, null);
        }

        var pattern = ParsePattern(assigns: false);
        return (pattern, Accept("when") ? Expressions.ParseExpression() : null);
    }

    /// <summary>A pattern. One that assigns or declares (<c>var (a, b) = …</c>) has variables where another has constants.</summary>
    public Pattern ParsePattern(bool assigns, bool? declaresFinal = null)
    {
        var (savedAssigns, savedDeclares) = (_assigns, _declares);
        (_assigns, _declares) = (assigns, declaresFinal);
        var pattern = ParseOrPattern();
        (_assigns, _declares) = (savedAssigns, savedDeclares);
        return pattern;
    }

    private Pattern ParseOrPattern()
    {
        Enter();
        var outer = BeginChain();
        var left = ParseAndPattern();
        while (Is("||"))
        {
            Link(TooMany);
            var pos = Advance().Start;
            left = new OrPattern { Pos = pos, Left = left, Right = ParseAndPattern() };
        }

        EndChain(outer);
        Leave();
        return left;
    }

    private Pattern ParseAndPattern()
    {
        var outer = BeginChain();
        var left = ParseRelationalPattern();
        while (Is("&&"))
        {
            Link(TooMany);
            var pos = Advance().Start;
            left = new AndPattern { Pos = pos, Left = left, Right = ParseRelationalPattern() };
        }

        EndChain(outer);
        return left;
    }

    private Pattern ParseRelationalPattern()
    {
        var pos = Pos;
        if (Is("==") || Is("!=") || Is("<") && !IsTypedLiteralPattern() || Is("<=") || Is(">"))
        {
            var op = Advance().Text;
            if (op == ">" && Is("=") && Previous.End == Pos) { Advance(); op = ">="; }

            return new RelationalPattern { Pos = pos, Op = op, Value = Expressions.ParseBinary(6) };
        }

        return ParseUnaryPattern();
    }

    private bool IsTypedLiteralPattern()
    {
        var start = Index;
        var result = Types.SkipTypeArguments() && (Is("[") || Is("{"));
        Index = start;
        return result;
    }

    private Pattern ParseUnaryPattern()
    {
        var outer = BeginChain();
        var pattern = ParsePrimaryPattern();
        while (Is("?") || Is("!") || Is("as"))
        {
            Link(TooMany);
            var pos = Pos;
            if (Accept("?"))
            {
                pattern = new NullCheckPattern { Pos = pos, Inner = pattern };
            }
            else if (Accept("!"))
            {
                pattern = new NullCheckPattern { Pos = pos, Inner = pattern, Assert = true };
            }
            else { Advance(); pattern = new CastPattern { Pos = pos, Inner = pattern, Type = Types.ParseType() }; }
        }

        EndChain(outer);
        return pattern;
    }

    private Pattern ParsePrimaryPattern()
    {
        var pos = Pos;
        List<TypeNode>? typeArgs = null;
        if (Is("<"))
        {
            typeArgs = Types.ParseTypeArguments();
        }

        if (Is("["))
        {
            if (typeArgs is { Count: not 1 })
            {
                throw Error(pos, "A list pattern requires one type argument or none.");
            }

            Advance();
            var list = new ListPattern { Pos = pos, TypeArgs = typeArgs };
            while (!Is("]"))
            {
                if (Is("..."))
                {
                    var at = Advance().Start;
                    if (list.Elements.Exists(e => e is RestPattern))
                    {
                        throw Error(at, "A list pattern can have only one rest element.");
                    }

                    list.Elements.Add(new RestPattern { Pos = at, Inner = Is(",") || Is("]") ? null : ParseOrPattern() });
                }
                else
                {
                    list.Elements.Add(ParseOrPattern());
                }

                if (!Accept(","))
                {
                    break;
                }
            }

            Expect("]");
            return list;
        }

        if (Is("{"))
        {
            if (typeArgs is { Count: not 2 })
            {
                throw Error(pos, "A map pattern requires two type arguments or none.");
            }

            Advance();
            var map = new MapPattern { Pos = pos, TypeArgs = typeArgs };
            while (!Is("}"))
            {
                var key = Expressions.ParseBinary(6);
                Expect(":");
                map.Entries.Add((key, ParseOrPattern()));
                if (!Accept(","))
                {
                    break;
                }
            }

            if (map.Entries.Count == 0)
            {
                throw Error(pos, "A map pattern must have at least one entry.");
            }

            Expect("}");
            return map;
        }

        if (Is("("))
        {
            // A function type that begins with a record is rare; what is in parentheses is a record or a pattern.
            if (LooksLikeTypedVariable())
            {
                return ParseTypedVariable();
            }

            var fields = ParsePatternFields(out var isRecord);
            return isRecord ? new RecordPattern { Pos = pos, Fields = fields } : fields[0].Value;
        }

        if (Is("var") || Is("final"))
        {
            if (_assigns || _declares is not null)
            {
                throw Error($"'{Current.Text}' can't stand within a pattern that {(_assigns ? "assigns" : "declares variables by a word in front of it")}.");
            }

            var isFinal = Advance().Text == "final";
            if (isFinal && LooksLikeTypedVariable())
            {
                var typed = ParseTypedVariable();
                if (typed is VariablePattern variable)
                {
                    variable.Final = true;
                }

                return typed;
            }

            var name = Identifier();
            return name == "_" ? new WildcardPattern { Pos = pos } : new VariablePattern { Pos = pos, Name = name, Final = isFinal };
        }

        if (Is("const"))
        {
            Advance();
            if (Is("(")) { Advance(); var inner = Expressions.ParseExpression(); Expect(")"); return new ConstPattern { Pos = pos, Value = inner }; }

            var value = Is("[") ? Literals.ParseList(null, true) : Is("{") ? Literals.ParseSetOrMap(null, true) : Is("<") ? Literals.ParseConstTyped() : Primaries.ParseNew(pos, true);
            return new ConstPattern { Pos = pos, Value = value };
        }

        if (Is("void") || IsIdentifier())
        {
            if (LooksLikeTypedVariable())
            {
                return ParseTypedVariable();
            }

            if (LooksLikeObjectPattern())
            {
                var type = Types.ParseNamedType();
                var fields = ParsePatternFields(out _);
                return new ObjectPattern { Pos = pos, Type = type, Fields = fields };
            }

            if (!PeekIs(1, "."))
            {
                if (_declares is { } isFinal)
                {
                    var name = Identifier();
                    return name == "_" ? new WildcardPattern { Pos = pos } : new VariablePattern { Pos = pos, Name = name, Final = isFinal };
                }

                if (_assigns)
                {
                    var name = Identifier();
                    return name == "_" ? new WildcardPattern { Pos = pos } : new VariablePattern { Pos = pos, Name = name, Declares = false };
                }

                if (Is("_") && !PeekIs(1, "(") && !PeekIs(1, "<"))
                {
                    Advance();
                    return new WildcardPattern { Pos = pos };
                }
            }

            Expr constant = new Ident { Pos = pos, Name = Identifier() };
            while (Is(".") && IsIdentifier(1))
            {
                Link("expression has too many selectors");
                Advance();
                constant = new PropertyGet { Pos = Pos, Target = constant, Name = Identifier() };
            }

            if (Is("<") && Types.TryTypeArguments() is { } args)
            {
                constant = new Instantiation { Pos = pos, Target = constant, TypeArgs = args };
            }

            return new ConstPattern { Pos = pos, Value = constant };
        }

        if (Is("-"))
        {
            Advance();
            if (Current.Kind is not (TokenKind.Integer or TokenKind.Double))
            {
                throw Error("Only a number literal can follow '-' in a constant pattern.");
            }

            return new ConstPattern { Pos = pos, Value = new Unary { Pos = pos, Op = "-", Operand = Primaries.ParsePrimary() } };
        }

        return new ConstPattern { Pos = pos, Value = Primaries.ParsePrimary() };
    }

    private bool LooksLikeTypedVariable()
    {
        var start = Index;
        var result = Types.SkipType() && IsIdentifier() && !Is("when") && !Is("as");
        if (!result && Index != start)
        {
            // 'int when' declares a variable only where something that ends a pattern follows.
            if ((Is("when") || Is("as")) && (PeekIs(1, ",") || PeekIs(1, ")") || PeekIs(1, ":") || PeekIs(1, "=>") || PeekIs(1, "when")))
            {
                result = true;
            }
        }

        Index = start;
        return result;
    }

    private bool LooksLikeObjectPattern()
    {
        var start = Index;
        var result = Types.SkipType() && Is("(");
        Index = start;
        return result;
    }

    private Pattern ParseTypedVariable()
    {
        var pos = Pos;
        var type = Types.ParseType();
        if (_assigns)
        {
            throw Error("A pattern that assigns can't declare variables.");
        }

        var name = Identifier();
        return name == "_" ? new WildcardPattern { Pos = pos, Type = type } : new VariablePattern { Pos = pos, Name = name, Type = type };
    }

    private List<(string? Name, Pattern Value)> ParsePatternFields(out bool isRecord)
    {
        var fields = new List<(string?, Pattern)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        void Add(string? name, Pattern pattern)
        {
            if (name is not null && !names.Add(name))
            {
                throw Error(pattern.Pos, $"The field '{name}' is already matched in this pattern.");
            }

            fields.Add((name, pattern));
        }

        Expect("(");
        isRecord = Is(")");
        while (!Is(")"))
        {
            if (Is(":"))
            {
                Advance();
                isRecord = true;
                var pattern = ParseOrPattern();
                Add(BoundName(pattern) ?? throw Error(pattern.Pos, "The pattern has no name that the getter could have."), pattern);
            }
            else if (IsIdentifier() && PeekIs(1, ":"))
            {
                isRecord = true;
                var name = Identifier();
                Advance();
                Add(name, ParseOrPattern());
            }
            else
            {
                Add(null, ParseOrPattern());
            }

            if (!Accept(","))
            {
                break;
            }

            isRecord = true;
        }

        Expect(")");
        return fields;
    }

    private static string? BoundName(Pattern pattern) => pattern switch
    {
        VariablePattern variable => variable.Name,
        NullCheckPattern check => BoundName(check.Inner),
        CastPattern cast => BoundName(cast.Inner),
        _ => null,
    };
}
