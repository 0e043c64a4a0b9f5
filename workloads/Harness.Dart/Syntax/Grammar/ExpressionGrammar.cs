namespace Harness.Dart.Syntax.Grammar;

/// <summary>Expressions from assignments down to selectors, by precedence.</summary>
internal sealed class ExpressionGrammar(Parser parser) : GrammarPart(parser)
{
    private const string TooMany = "expression has too many operators";

    private const int Equality = 4;

    private const int Relational = 5;

    private static readonly Dictionary<string, int> BinaryPrecedence = new()
    {
        ["??"] = 1, ["||"] = 2, ["&&"] = 3, ["=="] = Equality, ["!="] = Equality, ["<"] = Relational, [">"] = Relational, ["<="] = Relational, [">="] = Relational, ["|"] = 6, ["^"] = 7, ["&"] = 8,
        ["<<"] = 9, [">>"] = 9, [">>>"] = 9, ["+"] = 10, ["-"] = 10, ["*"] = 11, ["/"] = 11, ["%"] = 11, ["~/"] = 11,
    };

    private static readonly HashSet<string> AssignOps = ["=", "+=", "-=", "*=", "/=", "~/=", "%=", "&=", "|=", "^=", "<<=", "??="];

    // What selectors begin with.
    private static readonly HashSet<string> Selectors = [".", "?.", "!", "[", "?", "(", "<"];

    // Conditional expressions around whose colon has not come yet.
    private int _conditionals;

    /// <summary>An expression, with assignments, and with cascades if they are allowed.</summary>
    public Expr ParseExpression(bool allowCascade = true)
    {
        Enter();
        try
        {
            var pos = Pos;
            if (Is("throw"))
            {
                Advance();
                return new ThrowExpr { Pos = pos, Value = ParseExpression(allowCascade) };
            }

            if (Is("rethrow"))
            {
                Advance();
                return new RethrowExpr { Pos = pos };
            }

            if ((Is("[") || Is("{") || Is("(") || Is("<") || IsIdentifier()) && Patterns.LooksLikePatternAssignment())
            {
                var pattern = Patterns.ParsePattern(assigns: true);
                Expect("=");
                return new PatternAssign { Pos = pos, Pattern = pattern, Value = ParseExpression(allowCascade) };
            }

            var left = ParseConditional();
            var op = AssignmentOperator();
            if (op is not null)
            {
                if (!IsAssignable(left))
                {
                    throw Error(left.Pos, "Can't assign to this.");
                }

                var value = ParseExpression(allowCascade);
                return new Assign { Pos = pos, Op = op == "=" ? null : op[..^1], Target = left, Value = value };
            }

            return allowCascade && (Is("..") || Is("?..")) ? ParseCascade(left) : left;
        }
        finally
        {
            Leave();
        }
    }

    private static bool IsAssignable(Expr e) => e is Ident or PropertyGet or IndexExpr or CascadeTarget;

    private string? AssignmentOperator()
    {
        if (Current.Kind != TokenKind.Punctuation)
        {
            return null;
        }

        if (AssignOps.Contains(Current.Text))
        {
            return Advance().Text;
        }

        // '>>=' and '>>>=' come as single characters.
        if (Is(">") && PeekIs(1, ">") && Adjacent(0) && Adjacent(1))
        {
            if (PeekIs(2, "=")) { Index += 3; return ">>="; }

            if (PeekIs(2, ">") && PeekIs(3, "=") && Adjacent(2)) { Index += 4; return ">>>="; }
        }

        return null;
    }

    private Cascade ParseCascade(Expr target)
    {
        var cascade = new Cascade { Pos = target.Pos, Target = target, NullAware = Is("?..") };
        while (Is("..") || Is("?.."))
        {
            if (Is("?..") && cascade.Sections.Count > 0)
            {
                throw Error("Only the first section of a cascade can be null-aware.");
            }

            Advance();
            Expr section;
            var pos = Pos;
            if (Is("["))
            {
                Advance();
                section = new IndexExpr { Pos = pos, Target = new CascadeTarget { Pos = pos }, Index = ParseIndex() };
            }
            else
            {
                section = new PropertyGet { Pos = pos, Target = new CascadeTarget { Pos = pos }, Name = Identifier() };
            }

            var outer = BeginChain();
            section = ParseSelectors(section);
            EndChain(outer);
            var op = AssignmentOperator();
            if (op is not null)
            {
                section = new Assign { Pos = pos, Op = op == "=" ? null : op[..^1], Target = section, Value = ParseExpression(allowCascade: false) };
            }

            cascade.Sections.Add(section);
        }

        return cascade;
    }

    private Expr ParseConditional()
    {
        var condition = ParseBinary(1);
        if (!Is("?"))
        {
            return condition;
        }

        var pos = Advance().Start;
        _conditionals++;
        var then = ParseExpression(allowCascade: false);
        _conditionals--;
        Expect(":");
        var otherwise = ParseExpression(allowCascade: false);
        return new Conditional { Pos = pos, Condition = condition, Then = then, Else = otherwise };
    }

    private (string Op, int Tokens)? BinaryOperator()
    {
        if (Current.Kind == TokenKind.Punctuation)
        {
            if (Is(">"))
            {
                if (PeekIs(1, ">") && Adjacent(0))
                {
                    if (PeekIs(2, ">") && Adjacent(1))
                    {
                        return PeekIs(3, "=") && Adjacent(2) ? null : (">>>", 3);
                    }

                    if (PeekIs(2, "=") && Adjacent(1))
                    {
                        return null;
                    }

                    return (">>", 2);
                }

                return PeekIs(1, "=") && Adjacent(0) ? (">=", 2) : (">", 1);
            }

            return BinaryPrecedence.ContainsKey(Current.Text) ? (Current.Text, 1) : null;
        }

        return null;
    }

    /// <summary>Operands and the operators between them that bind at least as strongly as the least one (<see cref="BinaryPrecedence"/>).</summary>
    public Expr ParseBinary(int minimum)
    {
        var outer = BeginChain();
        var expression = ParseOperators(minimum);
        EndChain(outer);
        return expression;
    }

    private Expr ParseOperators(int minimum)
    {
        var left = ParseUnary();
        // Equalities and comparisons have no operand of their own kind without parentheses, nor have type tests and casts.
        var (last, wasTypeTest) = (0, false);
        while (true)
        {
            if (minimum <= Relational && (Is("is") || Is("as")))
            {
                if (wasTypeTest)
                {
                    throw Error("A type test or cast can't be an operand of another one without parentheses.");
                }

                wasTypeTest = true;
            }

            if (minimum <= Relational && Is("is"))
            {
                Link(TooMany);
                var pos = Advance().Start;
                var negated = Accept("!");
                left = new IsExpr { Pos = pos, Value = left, Negated = negated, Type = Types.ParseTypeNotConditional() };
                continue;
            }

            if (minimum <= Relational && Is("as"))
            {
                Link(TooMany);
                var pos = Advance().Start;
                left = new AsExpr { Pos = pos, Value = left, Type = Types.ParseTypeNotConditional() };
                continue;
            }

            if (BinaryOperator() is not var (op, tokens))
            {
                return left;
            }

            var precedence = BinaryPrecedence[op];
            if (precedence < minimum)
            {
                return left;
            }

            if (precedence == last && precedence is Equality or Relational)
            {
                throw Error("An equality or comparison can't be an operand of another one without parentheses.");
            }

            (last, wasTypeTest) = (precedence, false);
            Link(TooMany);
            var position = Pos;
            Index += tokens;
            Enter();
            var right = ParseBinary(precedence + 1);
            Leave();
            left = new Binary { Pos = position, Op = op, Left = left, Right = right };
        }
    }

    private Expr ParseUnary()
    {
        var pos = Pos;
        if (Current.Kind == TokenKind.Punctuation)
        {
            switch (Current.Text)
            {
                case "-" or "!" or "~":
                    Enter();
                    var op = Advance().Text;
                    var operand = ParseUnary();
                    Leave();
                    return new Unary { Pos = pos, Op = op, Operand = operand };
                case "++" or "--":
                    var update = Advance().Text;
                    Enter();
                    var target = ParseUnary();
                    Leave();
                    if (!IsAssignable(target))
                    {
                        throw Error(target.Pos, "Can't assign to this.");
                    }

                    return new Update { Pos = pos, Op = update, Target = target, Prefix = true };
            }
        }
        else if (Is("await") && (Async is AsyncKind.Async or AsyncKind.AsyncStar))
        {
            Advance();
            Enter();
            var value = ParseUnary();
            Leave();
            return new AwaitExpr { Pos = pos, Value = value };
        }

        var outer = BeginChain();
        var result = ParseSelectors(Primaries.ParsePrimary());
        EndChain(outer);
        if (Is("++") || Is("--"))
        {
            if (!IsAssignable(result))
            {
                throw Error(result.Pos, "Can't assign to this.");
            }

            return new Update { Pos = Pos, Op = Advance().Text, Target = result, Prefix = false };
        }

        return result;
    }

    private Expr ParseSelectors(Expr e)
    {
        while (true)
        {
            var pos = Pos;
            if (Current.Kind != TokenKind.Punctuation || !Selectors.Contains(Current.Text))
            {
                return e;
            }

            Link("expression has too many selectors");
            switch (Current.Text)
            {
                case "." or "?.":
                    if (e is Super && Is("?."))
                    {
                        throw SuperIsNeverNull();
                    }

                    var nullAware = Advance().Text == "?.";
                    if (Is("new")) { Advance(); e = new PropertyGet { Pos = pos, Target = e, Name = "new" }; break; }

                    e = new PropertyGet { Pos = Pos, Target = e, Name = Identifier(), NullAware = nullAware };
                    break;
                case "!":
                    Advance();
                    e = new NullAssert { Pos = pos, Value = e };
                    break;
                case "[":
                    Advance();
                    e = new IndexExpr { Pos = pos, Target = e, Index = ParseIndex() };
                    break;
                case "?" when PeekIs(1, "[") && IsNullAwareIndex():
                    if (e is Super)
                    {
                        throw SuperIsNeverNull();
                    }

                    Advance();
                    Advance();
                    e = new IndexExpr { Pos = pos, Target = e, Index = ParseIndex(), NullAware = true };
                    break;
                case "(":
                    e = new Call { Pos = e is PropertyGet or Ident ? e.Pos : pos, Target = e, Args = ParseArguments() };
                    break;
                case "<":
                    var args = Types.TryTypeArguments();
                    if (args is null)
                    {
                        return e;
                    }

                    e = Is("(") ? new Call { Pos = e.Pos, Target = e, TypeArgs = args, Args = ParseArguments() } : new Instantiation { Pos = e.Pos, Target = e, TypeArgs = args };
                    break;
                default:
                    return e;
            }
        }
    }

    private DartErrorException SuperIsNeverNull() => Error("The receiver 'super' can't be null, so a null-aware operator can't be used with it.");

    // What stands in brackets, up to and with the closing one, where functions have bodies again.
    private Expr ParseIndex()
    {
        var saved = NoFunctionBody;
        NoFunctionBody = false;
        var index = ParseExpression();
        Expect("]");
        NoFunctionBody = saved;
        return index;
    }

    /// <summary>Whether '?[' is an index of something that may be null, and not a conditional with a list.</summary>
    private bool IsNullAwareIndex()
    {
        // After 'a ?[b] :' there is a conditional unless a colon means something else; a case or a map key is rare.
        var start = Index;
        Advance();
        var isConditional = SkipNested() && Is(":");
        Index = start;
        // The colon may be that of a conditional around: then signs that stand together belong together.
        return !isConditional || _conditionals > 0 && Adjacent(0);
    }

    /// <summary>Arguments in parentheses, named ones among them.</summary>
    public Arguments ParseArguments()
    {
        var args = new Arguments { Pos = Pos };
        var saved = NoFunctionBody;
        NoFunctionBody = false;
        Expect("(");
        while (!Is(")"))
        {
            string? name = null;
            if (IsIdentifier() && PeekIs(1, ":"))
            {
                name = Identifier();
                Advance();
            }

            args.Items.Add((name, ParseExpression()));
            if (!Accept(","))
            {
                break;
            }
        }

        Expect(")");
        NoFunctionBody = saved;
        return args;
    }
}
