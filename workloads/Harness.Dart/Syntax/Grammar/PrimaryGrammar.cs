using System.Globalization;

namespace Harness.Dart.Syntax.Grammar;

/// <summary>What expressions are made of: names, parentheses, functions, constructor calls, switch expressions.</summary>
internal sealed class PrimaryGrammar(Parser parser) : GrammarPart(parser)
{
    /// <summary>An operand without operators and selectors.</summary>
    public Expr ParsePrimary()
    {
        var token = Current;
        var pos = token.Start;
        switch (token.Kind)
        {
            case TokenKind.Integer:
                Advance();
                return new IntLit { Pos = pos, Text = token.Text };
            case TokenKind.Double:
                Advance();
                return new DoubleLit { Pos = pos, Value = double.Parse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture) };
            case TokenKind.String:
                return Literals.ParseString();
            case TokenKind.Punctuation:
                switch (token.Text)
                {
                    case "(":
                        return IsFunctionExpression() ? ParseFunctionExpression() : ParseParenthesized(isConst: false);
                    case "[":
                        return Literals.ParseList(null, isConst: false);
                    case "{":
                        return Literals.ParseSetOrMap(null, isConst: false);
                    case "<":
                        if (IsGenericFunctionExpression())
                        {
                            return ParseFunctionExpression();
                        }

                        var args = Types.ParseTypeArguments();
                        if (Is("["))
                        {
                            return Literals.ParseList(args, isConst: false);
                        }

                        if (Is("{"))
                        {
                            return Literals.ParseSetOrMap(args, isConst: false);
                        }

                        throw Error("Expected '[' or '{' after type arguments.");
                    case "#":
                        return Literals.ParseSymbol();
                }

                break;
            case TokenKind.Identifier:
                switch (token.Text)
                {
                    case "true" or "false":
                        Advance();
                        return new BoolLit { Pos = pos, Value = token.Text == "true" };
                    case "null":
                        Advance();
                        return new NullLit { Pos = pos };
                    case "this":
                        Advance();
                        return new This { Pos = pos };
                    case "super":
                        Advance();
                        return new Super { Pos = pos };
                    case "new":
                        Advance();
                        return ParseNew(pos, isConst: false);
                    case "const":
                        Advance();
                        if (Is("["))
                        {
                            return Literals.ParseList(null, isConst: true);
                        }

                        if (Is("{"))
                        {
                            return Literals.ParseSetOrMap(null, isConst: true);
                        }

                        if (Is("("))
                        {
                            return ParseParenthesized(isConst: true);
                        }

                        if (Is("<"))
                        {
                            var typeArgs = Types.ParseTypeArguments();
                            return Is("[") ? Literals.ParseList(typeArgs, isConst: true) : Literals.ParseSetOrMap(typeArgs, isConst: true);
                        }

                        return ParseNew(pos, isConst: true);
                    case "switch":
                        return ParseSwitchExpression();
                    case "throw":
                        return Expressions.ParseExpression();
                    case "void" when PeekIs(1, ")") || PeekIs(1, ","):
                        break;
                }

                if (IsIdentifier())
                {
                    return new Ident { Pos = pos, Name = Advance().Text };
                }

                break;
        }

        throw Error(token.Kind == TokenKind.End ? "Unexpected end of the file or expression." : $"Expected an expression, but got {token}.");
    }

    /// <summary>What follows <c>new</c> or <c>const</c>: a constructor and its arguments.</summary>
    public NewExpr ParseNew(int pos, bool isConst)
    {
        var type = new NamedTypeNode { Pos = Pos, Name = Identifier(), IsExpression = true };
        string? constructor = null;
        string? second = null;
        if (Is(".")) { Advance(); second = Is("new") ? Advance().Text : Identifier(); }

        if (Is("<"))
        {
            type.Args = Types.ParseTypeArguments();
            if (second is not null) { type.Prefix = type.Name; type.Name = second; second = null; }

            if (Is(".")) { Advance(); constructor = Is("new") ? Advance().Text : Identifier(); }
        }
        else if (second is not null && Is("."))
        {
            Advance();
            type.Prefix = type.Name;
            type.Name = second;
            second = null;
            constructor = Is("new") ? Advance().Text : Identifier();
        }

        // 'new a.b()' may name a prefix and a class or a class and a constructor: what follows resolves it.
        constructor ??= second;
        if (!Is("("))
        {
            throw Error("Expected an argument list after 'new' or 'const'.");
        }

        return new NewExpr { Pos = pos, Const = isConst, Type = type, Constructor = constructor == "new" ? null : constructor, Args = Expressions.ParseArguments() };
    }

    private bool IsFunctionExpression()
    {
        var start = Index;
        var result = SkipNested() && (Is("=>") || Is("{") || Is("async") && (PeekIs(1, "=>") || PeekIs(1, "{") || PeekIs(1, "*")) || Is("sync") && PeekIs(1, "*"));
        Index = start;
        return result && !NoFunctionBody;
    }

    private bool IsGenericFunctionExpression()
    {
        var start = Index;
        var result = Types.SkipTypeParameters() && Is("(") && SkipNested() && (Is("=>") || Is("{") || Is("async") || Is("sync"));
        Index = start;
        return result;
    }

    private FunctionExpr ParseFunctionExpression()
    {
        var function = new FunctionNode { Pos = Pos };
        if (Is("<"))
        {
            function.TypeParams = Types.ParseTypeParameters();
        }

        function.Params = Functions.ParseParameters();
        Functions.ParseBody(function, isExpression: true);
        return new FunctionExpr { Pos = function.Pos, Function = function };
    }

    private Expr ParseParenthesized(bool isConst)
    {
        var pos = Pos;
        Expect("(");
        if (Accept(")"))
        {
            return new RecordLit { Pos = pos, Const = isConst };
        }

        var saved = NoFunctionBody;
        NoFunctionBody = false;
        var record = new RecordLit { Pos = pos, Const = isConst };
        var names = new RecordFieldNames(Error);
        var isRecord = false;
        do
        {
            if (Is(")")) { isRecord = true; break; }

            string? name = null;
            if (IsIdentifier() && PeekIs(1, ":"))
            {
                names.AddNamed(Pos, Current.Text);
                name = Identifier();
                Advance();
                isRecord = true;
            }

            record.Fields.Add((name, Expressions.ParseExpression()));
            if (Is(","))
            {
                isRecord = true;
            }
        }
        while (Accept(","));
        Expect(")");
        NoFunctionBody = saved;
        names.Check(record.Fields.Count(f => f.Name is null));
        if (isRecord)
        {
            return record;
        }

        if (isConst)
        {
            throw Error(pos, "Expected a constructor, a list, a set, a map or a record behind 'const'.");
        }

        return new Paren { Pos = pos, Value = record.Fields[0].Value };
    }

    private SwitchExpr ParseSwitchExpression()
    {
        var pos = Advance().Start;
        Expect("(");
        var value = Expressions.ParseExpression();
        Expect(")");
        Expect("{");
        var result = new SwitchExpr { Pos = pos, Value = value };
        var outer = NoFunctionBody;
        while (!Is("}"))
        {
            NoFunctionBody = true;
            var pattern = Patterns.ParsePattern(assigns: false);
            var guard = Accept("when") ? Expressions.ParseExpression() : null;
            NoFunctionBody = false;
            Expect("=>");
            result.Cases.Add((pattern, guard, Expressions.ParseExpression()));
            if (!Accept(","))
            {
                break;
            }
        }

        NoFunctionBody = outer;
        Expect("}");
        return result;
    }
}
