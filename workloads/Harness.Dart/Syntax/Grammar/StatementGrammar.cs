namespace Harness.Dart.Syntax.Grammar;

/// <summary>Statements.</summary>
internal sealed class StatementGrammar(Parser parser) : GrammarPart(parser)
{
    /// <summary>Statements in braces.</summary>
    public BlockStmt ParseBlock()
    {
        var block = new BlockStmt { Pos = Pos };
        Expect("{");
        while (!Is("}"))
        {
            if (Current.Kind == TokenKind.End)
            {
                throw Error(block.Pos, "Can't find '}' to match '{'.");
            }

            block.Body.Add(ParseStatement());
        }

        block.End = Pos;
        Expect("}");
        return block;
    }

    private Stmt ParseStatement()
    {
        Enter();
        try
        {
            return ParseStatementInner();
        }
        finally
        {
            Leave();
        }
    }

    private Stmt ParseStatementInner()
    {
        var pos = Pos;
        if (IsIdentifier() && PeekIs(1, ":"))
        {
            var labels = new List<string>();
            while (IsIdentifier() && PeekIs(1, ":"))
            {
                labels.Add(Identifier());
                Advance();
            }

            return new LabeledStmt { Pos = pos, Labels = labels, Body = ParseStatement() };
        }

        if (Current.Kind == TokenKind.Punctuation)
        {
            if (Is("{") && !Patterns.LooksLikePatternAssignment())
            {
                return ParseBlock();
            }

            if (Is(";"))
            {
                Advance();
                return new EmptyStmt { Pos = pos };
            }

            if (Is("@"))
            {
                Annotations.SkipMetadata();
                return ParseStatement();
            }
        }

        if (Current.Kind == TokenKind.Identifier)
        {
            switch (Current.Text)
            {
                case "if":
                    Advance();
                    Expect("(");
                    var condition = Expressions.ParseExpression();
                    var (pattern, guard) = Patterns.ParseCaseClause();
                    Expect(")");
                    var then = ParseStatement();
                    return new IfStmt { Pos = pos, Condition = condition, Case = pattern, Guard = guard, Then = then, Else = Accept("else") ? ParseStatement() : null };
                case "for":
                    var parts = ParseForParts();
                    return new ForStmt { Pos = pos, Parts = parts, Body = ParseStatement() };
                case "await" when PeekIs(1, "for"):
                    parts = ParseForParts();
                    return new ForStmt { Pos = pos, Parts = parts, Body = ParseStatement() };
                case "while":
                    Advance();
                    Expect("(");
                    condition = Expressions.ParseExpression();
                    Expect(")");
                    return new WhileStmt { Pos = pos, Condition = condition, Body = ParseStatement() };
                case "do":
                    Advance();
                    var body = ParseStatement();
                    Expect("while");
                    Expect("(");
                    condition = Expressions.ParseExpression();
                    Expect(")");
                    Expect(";");
                    return new DoStmt { Pos = pos, Condition = condition, Body = body };
                case "switch":
                    return ParseSwitch();
                case "break":
                    Advance();
                    var label = IsIdentifier() ? Identifier() : null;
                    Expect(";");
                    return new BreakStmt { Pos = pos, Label = label };
                case "continue":
                    Advance();
                    label = IsIdentifier() ? Identifier() : null;
                    Expect(";");
                    return new ContinueStmt { Pos = pos, Label = label };
                case "return":
                    Advance();
                    var value = Is(";") ? null : Expressions.ParseExpression();
                    Expect(";");
                    return new ReturnStmt { Pos = pos, Value = value };
                case "try":
                    return ParseTry();
                case "assert":
                    Advance();
                    Expect("(");
                    condition = Expressions.ParseExpression();
                    Expr? message = null;
                    if (Accept(",") && !Is(")"))
                    {
                        message = Expressions.ParseExpression();
                        Accept(",");
                    }

                    Expect(")");
                    Expect(";");
                    return new AssertStmt { Pos = pos, Condition = condition, Message = message };
                case "yield" when Async is AsyncKind.AsyncStar or AsyncKind.SyncStar:
                    Advance();
                    var each = Accept("*");
                    value = Expressions.ParseExpression();
                    Expect(";");
                    return new YieldStmt { Pos = pos, Value = value, Each = each };
                case "rethrow":
                    Advance();
                    Expect(";");
                    return new ExprStmt { Pos = pos, Value = new RethrowExpr { Pos = pos } };
                case "var" or "final" or "late" or "const":
                    if (Is("late") && !(PeekIs(1, "var") || PeekIs(1, "final") || PeekIs(1, "const") || IsIdentifier(1) || PeekIs(1, "(") || PeekIs(1, "void")))
                    {
                        break;
                    }

                    if (Is("const") && !LooksLikeConstDeclaration())
                    {
                        break;
                    }

                    var declaration = ParseVariableDeclaration();
                    Expect(";");
                    return declaration;
            }
        }

        // 'await x' is no declaration of x where something can be waited for.
        var isAwait = Is("await") && Async is (AsyncKind.Async or AsyncKind.AsyncStar);
        if (!isAwait && LooksLikeLocalFunction())
        {
            var function = new FunctionNode { Pos = pos };
            if (!(IsIdentifier() && (PeekIs(1, "(") || PeekIs(1, "<") && IsNamedFunction())))
            {
                function.Return = Types.ParseType();
            }

            if (Is("get") && IsIdentifier(1))
            {
                throw Error("Local getters are not allowed.");
            }

            function.Pos = Pos;
            function.Name = Identifier();
            if (Is("<"))
            {
                function.TypeParams = Types.ParseTypeParameters();
            }

            function.Params = Functions.ParseParameters();
            Functions.ParseBody(function, isExpression: false);
            return new LocalFunction { Pos = pos, Function = function };
        }

        if (!isAwait && LooksLikeVariable())
        {
            var declaration = ParseVariableDeclaration();
            Expect(";");
            return declaration;
        }

        var expression = Expressions.ParseExpression();
        Expect(";");
        return new ExprStmt { Pos = pos, Value = expression };
    }

    private bool LooksLikeConstDeclaration()
    {
        var start = Index;
        Advance();
        var result = IsIdentifier() && PeekIs(1, "=") || Types.SkipType() && IsIdentifier() && (PeekIs(1, "=") || PeekIs(1, ";"));
        Index = start;
        return result;
    }

    /// <summary>Whether a name with the parameters of a function begins here.</summary>
    public bool IsNamedFunction()
    {
        var start = Index;
        Advance();
        var result = Types.SkipTypeParameters() && Is("(");
        Index = start;
        return result;
    }

    /// <summary>Whether a declaration of a local function begins here: type, name, parameters and a body.</summary>
    private bool LooksLikeLocalFunction()
    {
        if (!IsIdentifier() && !Is("void") && !Is("("))
        {
            return false;
        }

        var start = Index;
        var result = false;
        if (IsIdentifier() && (PeekIs(1, "(") || PeekIs(1, "<")))
        {
            Advance();
            result = IsParametersAndBody();
            Index = start;
        }

        if (!result && Types.SkipType() && IsIdentifier() && (PeekIs(1, "(") || PeekIs(1, "<")))
        {
            Advance();
            result = IsParametersAndBody();
        }

        Index = start;
        return result;
    }

    private bool IsParametersAndBody()
    {
        if (Is("<") && !Types.SkipTypeParameters())
        {
            return false;
        }

        return Is("(") && SkipNested() && (Is("{") || Is("=>") || Is("async") || Is("sync") && PeekIs(1, "*"));
    }

    private bool LooksLikeVariable()
    {
        if (!IsIdentifier() && !Is("void") && !Is("("))
        {
            return false;
        }

        var start = Index;
        var result = Types.SkipType() && IsIdentifier() && (PeekIs(1, "=") || PeekIs(1, ";") || PeekIs(1, ",") || PeekIs(1, "in") || PeekIs(1, ")"));
        // 'a as b' and 'a is b' are expressions.
        if (result && (Is("as") || Is("is")) && !PeekIs(1, "=") && !PeekIs(1, ";"))
        {
            result = false;
        }

        Index = start;
        return result;
    }

    /// <summary>Variables with their keywords and type, or a pattern that declares; without the semicolon.</summary>
    private Stmt ParseVariableDeclaration()
    {
        var declaration = new VarDecl { Pos = Pos };
        declaration.Late = Accept("late");
        var isVar = false;
        if (Accept("final"))
        {
            declaration.Final = true;
        }
        else if (Accept("const"))
        {
            declaration.Const = declaration.Final = true;
        }
        else if (Accept("var"))
        {
            isVar = true;
        }

        if (declaration is { Late: true, Const: true })
        {
            throw Error(declaration.Pos, "A constant can't be late.");
        }

        if ((isVar || declaration.Final && !declaration.Const) && !declaration.Late && StartsDeclaringPattern())
        {
            var pattern = Patterns.ParsePattern(assigns: false, declaresFinal: declaration.Final);
            Expect("=");
            return new PatternDecl { Pos = declaration.Pos, Final = declaration.Final, Pattern = pattern, Value = Expressions.ParseExpression() };
        }

        if (!isVar && !(IsIdentifier() && (PeekIs(1, "=") || PeekIs(1, ";") || PeekIs(1, ",") || PeekIs(1, "in") || PeekIs(1, ")"))))
        {
            declaration.Type = Types.ParseType();
        }

        do
        {
            var pos = Pos;
            var name = Identifier();
            declaration.Vars.Add((pos, name, Accept("=") ? Expressions.ParseExpression() : null));
        }
        while (Accept(","));
        return declaration;
    }

    private bool StartsDeclaringPattern()
    {
        if (Is("[") || Is("{") || Is("<"))
        {
            return true;
        }

        if (Is("("))
        {
            var start = Index;
            var isType = Types.SkipType() && IsIdentifier();
            Index = start;
            return !isType;
        }

        if (!IsIdentifier())
        {
            return false;
        }

        var from = Index;
        var result = Types.SkipType() && Is("(");
        Index = from;
        return result;
    }

    /// <summary>What stands in the parentheses behind <c>for</c>.</summary>
    public ForParts ParseForParts()
    {
        var parts = new ForParts { Pos = Pos, Await = Accept("await") };
        Expect("for");
        Expect("(");
        Annotations.SkipMetadata();
        if (!Is(";"))
        {
            if (Is("var") || Is("final") || Is("const") || Is("late") || LooksLikeVariable())
            {
                var start = Index;
                if ((Is("var") || Is("final")))
                {
                    var isFinal = Advance().Text == "final";
                    if (StartsDeclaringPattern())
                    {
                        var pattern = Patterns.ParsePattern(assigns: false, declaresFinal: isFinal);
                        if (Accept("in"))
                        {
                            parts.Pattern = pattern;
                            parts.Iterable = Expressions.ParseExpression();
                            Expect(")");
                            return parts;
                        }
                    }

                    Index = start;
                }

                parts.Declaration = ParseVariableDeclaration();
            }
            else
            {
                var expression = Expressions.ParseExpression();
                if (Is("in"))
                {
                    parts.Target = expression;
                }
                else
                {
                    parts.Init = new ExprStmt { Pos = expression.Pos, Value = expression };
                }
            }

            if (Accept("in"))
            {
                CheckLoopVariable(parts);
                parts.Iterable = Expressions.ParseExpression();
                Expect(")");
                return parts;
            }

            if (parts.Declaration is not null)
            {
                if (parts.Declaration is VarDecl { Late: true })
                {
                    throw Error(parts.Declaration.Pos, "The variable of a loop can't be late.");
                }

                parts.Init = parts.Declaration;
                parts.Declaration = null;
            }
        }

        if (parts.Await)
        {
            throw Error(parts.Pos, "Only a loop over elements can wait for them: 'await' can't stand in front of another.");
        }

        Expect(";");
        if (!Is(";"))
        {
            parts.Condition = Expressions.ParseExpression();
        }

        Expect(";");
        while (!Is(")"))
        {
            parts.Updates.Add(Expressions.ParseExpression());
            if (!Accept(","))
            {
                break;
            }
        }

        Expect(")");
        return parts;
    }

    // What a loop over elements gives them to: a variable, which it may declare.
    private void CheckLoopVariable(ForParts parts)
    {
        if (parts.Declaration is VarDecl declaration)
        {
            if (declaration.Late || declaration.Const)
            {
                throw Error(declaration.Pos, "The variable of a loop can't be late or constant.");
            }

            if (declaration.Vars is not [(_, _, null)])
            {
                throw Error(declaration.Pos, "A loop over elements declares one variable, without an initializer.");
            }
        }
        else if (parts.Target is { } target and not Ident)
        {
            throw Error(target.Pos, "A loop over elements needs the name of a variable here.");
        }
    }

    private SwitchStmt ParseSwitch()
    {
        var pos = Advance().Start;
        Expect("(");
        var result = new SwitchStmt { Pos = pos, Value = Expressions.ParseExpression() };
        Expect(")");
        Expect("{");
        while (!Is("}"))
        {
            var group = new SwitchCase { Pos = Pos };
            while (true)
            {
                while (IsCaseLabel())
                {
                    group.Labels.Add(Identifier());
                    Advance();
                }

                if (Accept("default"))
                {
                    Expect(":");
                    group.Heads.Add((null, null));
                }
                else if (Accept("case"))
                {
                    var pattern = Patterns.ParsePattern(assigns: false);
                    var guard = Accept("when") ? Expressions.ParseExpression() : null;
                    Expect(":");
                    group.Heads.Add((pattern, guard));
                }
                else
                {
                    break;
                }
            }

            if (group.Heads.Count == 0)
            {
                throw Error($"Expected 'case' or 'default', but got {Current}.");
            }

            while (!Is("}") && !Is("case") && !Is("default") && !IsCaseLabel())
            {
                group.Body.Add(ParseStatement());
            }

            result.Cases.Add(group);
        }

        Expect("}");
        return result;
    }

    private bool IsCaseLabel()
    {
        var ahead = 0;
        while (IsIdentifier(ahead) && PeekIs(ahead + 1, ":"))
        {
            ahead += 2;
        }

        return ahead > 0 && (PeekIs(ahead, "case") || PeekIs(ahead, "default"));
    }

    private TryStmt ParseTry()
    {
        var result = new TryStmt { Pos = Advance().Start, Body = ParseBlock() };
        while (Is("on") || Is("catch"))
        {
            var pos = Pos;
            var type = Accept("on") ? Types.ParseType() : null;
            string? exception = null, stack = null;
            if (Accept("catch"))
            {
                Expect("(");
                exception = Identifier();
                if (Accept(",") && !Is(")"))
                {
                    stack = Identifier();
                    Accept(",");
                }

                Expect(")");
            }

            result.Catches.Add(new CatchClause { Pos = pos, Type = type, Exception = exception, StackTrace = stack, Body = ParseBlock() });
        }

        if (Accept("finally"))
        {
            result.Finally = ParseBlock();
        }

        if (result.Catches.Count == 0 && result.Finally is null)
        {
            throw Error(result.Pos, "A try block must be followed by an 'on', 'catch', or 'finally' clause.");
        }

        return result;
    }
}
