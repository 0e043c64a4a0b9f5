namespace Harness.Dart.Syntax.Grammar;

/// <summary>Functions, accessors and operators: heads, parameters, bodies; and variables, which begin alike.</summary>
internal sealed class FunctionGrammar(Parser parser) : GrammarPart(parser)
{
    /// <summary>A function, getter, setter, operator, or variables; of a class unless <paramref name="owner"/> is null.</summary>
    public void ParseMember(int pos, List<Annotation> metadata, ClassNode? owner, bool isExternal, Action<Node> add)
    {
        var field = new FieldNode();
        var isVar = false;
        if (Classes.IsModifier("abstract")) { Advance(); field.Abstract = true; }

        if (Classes.IsModifier("covariant")) { Advance(); field.Covariant = true; }

        if (Classes.IsModifier("late")) { Advance(); field.Late = true; }

        if (Classes.IsModifier("covariant")) { Advance(); field.Covariant = true; }

        if (Is("final") || Is("const") || Is("var"))
        {
            var word = Advance().Text;
            field.Final = word != "var";
            field.Const = word == "const";
            isVar = true;
        }

        TypeNode? type = null;
        var function = new FunctionNode { Pos = pos, External = isExternal, Metadata = metadata };
        if (!isVar && IsAccessor("get"))
        {
            CheckVariable(field);
            ParseGetter(function);
            add(function);
            return;
        }

        if (!isVar && IsAccessor("set"))
        {
            CheckVariable(field);
            ParseSetter(function);
            add(function);
            return;
        }

        if (!isVar && Is("operator") && Peek().Kind == TokenKind.Punctuation && !PeekIs(1, "=") && !PeekIs(1, ";") && !PeekIs(1, "(") && owner is not null)
        {
            CheckVariable(field);
            ParseOperator(function);
            add(function);
            return;
        }

        var isNameNext = IsIdentifier() && (PeekIs(1, "=") || PeekIs(1, ";") || PeekIs(1, ",") || !isVar && (PeekIs(1, "(") || PeekIs(1, "<") && Statements.IsNamedFunction()));
        if (!isNameNext)
        {
            if (!IsIdentifier() && !Is("void") && !Is("("))
            {
                throw Error($"Expected a declaration, but got {Current}.");
            }

            type = Types.ParseType();
            if (isVar && !field.Final)
            {
                throw Error(pos, "A variable can't be declared by both 'var' and a type.");
            }

            function.Return = type;
            if (!isVar && IsAccessor("get")) { CheckVariable(field); ParseGetter(function); add(function); return; }

            if (!isVar && IsAccessor("set")) { CheckVariable(field); ParseSetter(function); add(function); return; }

            if (!isVar && Is("operator") && Peek().Kind == TokenKind.Punctuation && !PeekIs(1, "=") && !PeekIs(1, ";") && !PeekIs(1, "(")) { CheckVariable(field); ParseOperator(function); add(function); return; }
        }

        if (!isVar && IsIdentifier() && (PeekIs(1, "(") || PeekIs(1, "<")))
        {
            CheckVariable(field);
            function.Pos = Pos;
            function.Name = Identifier();
            if (Is("<"))
            {
                function.TypeParams = Types.ParseTypeParameters();
            }

            function.Params = ParseParameters();
            ParseBody(function, isExpression: false);
            add(function);
            return;
        }

        if (field is { Late: true, Const: true })
        {
            throw Error(pos, "A constant can't be late.");
        }

        if (type is null && !isVar)
        {
            throw Error(pos, "Variables must be declared using the keywords 'const', 'final', 'var' or a type name.");
        }

        do
        {
            var variable = new FieldNode
            {
                Pos = Pos, Name = Identifier(), Type = type, Final = field.Final, Const = field.Const, Late = field.Late, Covariant = field.Covariant, Abstract = field.Abstract,
                External = isExternal, Metadata = metadata,
            };
            if (Accept("="))
            {
                variable.Init = Expressions.ParseExpression();
            }

            add(variable);
        }
        while (Accept(","));
        Expect(";");
    }

    // Modifiers of variables stand in front of nothing else.
    private void CheckVariable(FieldNode modifiers)
    {
        var modifier = modifiers switch { { Abstract: true } => "abstract", { Covariant: true } => "covariant", { Late: true } => "late", _ => null };
        if (modifier is not null)
        {
            throw Error($"Can't have modifier '{modifier}' here: only a variable can be declared '{modifier}'.");
        }
    }

    private bool IsAccessor(string word) => Is(word) && IsIdentifier(1);

    private void ParseGetter(FunctionNode function)
    {
        Advance();
        function.Kind = FunctionKind.Getter;
        function.Pos = Pos;
        function.Name = Identifier();
        if (Is("("))
        {
            throw Error("A getter can't have formal parameters.");
        }

        ParseBody(function, isExpression: false);
    }

    private void ParseSetter(FunctionNode function)
    {
        Advance();
        function.Kind = FunctionKind.Setter;
        function.Pos = Pos;
        function.Name = Identifier();
        function.Params = ParseParameters();
        if (function.Params is not [{ Kind: ParamKind.Required }])
        {
            throw Error(function.Pos, "A setter should have exactly one formal parameter.");
        }

        ParseBody(function, isExpression: false);
    }

    private void ParseOperator(FunctionNode function)
    {
        Advance();
        function.Kind = FunctionKind.Operator;
        function.Pos = Pos;
        var op = Advance().Text;
        if (op == "[")
        {
            Expect("]");
            op = "[]";
            if (Is("=") && !PeekIs(1, ">")) { Advance(); op = "[]="; }
        }
        else if (op == ">")
        {
            if (Is(">")) { Advance(); op = ">>"; if (Is(">")) { Advance(); op = ">>>"; } }
            else if (Is("=")) { Advance(); op = ">="; }
        }

        function.Name = op;
        if (!IsUserOperator(op))
        {
            throw Error(function.Pos, $"The string '{op}' isn't a user-definable operator.");
        }

        function.Params = ParseParameters();
        var expected = op switch { "~" => 0, "[]=" => 2, "-" => -1, _ => 1 };
        if (op == "-" && function.Params.Count == 0)
        {
            function.Name = "unary-";
        }

        if (expected >= 0 && function.Params.Count != expected || op == "-" && function.Params.Count > 1 || function.Params.Exists(p => p.Kind != ParamKind.Required))
        {
            throw Error(function.Pos, $"The operator '{op}' has the wrong number of parameters.");
        }

        ParseBody(function, isExpression: false);
    }

    /// <summary>Whether classes can declare an operator of this name.</summary>
    public static bool IsUserOperator(string op) => op is "<" or ">" or "<=" or ">=" or "==" or "-" or "+" or "/" or "~/" or "*" or "%" or "|" or "^" or "&" or "<<" or ">>" or ">>>" or "[]=" or "[]" or "~";

    /// <summary>Parameters in parentheses.</summary>
    public List<ParamNode> ParseParameters()
    {
        Expect("(");
        var list = new List<ParamNode>();
        var kind = ParamKind.Required;
        string? close = null;
        while (!Is(")"))
        {
            if (close is null && Is("[")) { Advance(); kind = ParamKind.Optional; close = "]"; }
            else if (close is null && Is("{")) { Advance(); kind = ParamKind.Named; close = "}"; }

            list.Add(ParseParameter(kind));
            if (!Accept(","))
            {
                break;
            }

            if (close is not null && Is(close))
            {
                break;
            }
        }

        if (close is not null) { Expect(close); }

        Expect(")");
        return list;
    }

    private ParamNode ParseParameter(ParamKind kind)
    {
        Annotations.SkipMetadata();
        var p = new ParamNode { Pos = Pos, Kind = kind };
        if (kind == ParamKind.Named && Is("required") && !PeekIs(1, ",") && !PeekIs(1, "}") && !PeekIs(1, "=")) { Advance(); p.IsRequiredNamed = true; }

        Annotations.SkipMetadata();
        if (Is("covariant") && !PeekIs(1, ",") && !PeekIs(1, ")") && !PeekIs(1, "}") && !PeekIs(1, "]")) { Advance(); p.IsCovariant = true; }

        if (kind == ParamKind.Named && Is("required") && !PeekIs(1, ",") && !PeekIs(1, "}") && !PeekIs(1, "=")) { Advance(); p.IsRequiredNamed = true; }

        if (Accept("final")) { p.IsFinal = true; }
        else if (Accept("var")) { p.HasVar = true; }

        var isName = IsIdentifier() && (PeekIs(1, ",") || PeekIs(1, ")") || PeekIs(1, "]") || PeekIs(1, "}") || PeekIs(1, "=") || PeekIs(1, "(") || PeekIs(1, ":") || PeekIs(1, "<") && Statements.IsNamedFunction());
        if (!isName && !Is("this") && !Is("super"))
        {
            p.Type = Types.ParseType();
        }

        if (Is("this") && PeekIs(1, ".")) { Advance(); Advance(); p.IsThis = true; }
        else if (Is("super") && PeekIs(1, ".")) { Advance(); Advance(); p.IsSuper = true; }

        p.Pos = Pos;
        p.Name = Identifier();
        if (Is("(") || Is("<"))
        {
            var function = new FunctionTypeNode { Pos = p.Pos, Return = p.Type };
            if (Is("<"))
            {
                function.TypeParams = Types.ParseTypeParameters();
            }

            function.Params = ParseParameters();
            if (function.Params.Find(inner => inner.Default is not null) is { } withDefault)
            {
                throw Error(withDefault.Pos, "Can't have a default value in a function type.");
            }

            if (Accept("?"))
            {
                function.Nullable = true;
            }

            p.Type = function;
        }

        if (Accept("="))
        {
            if (kind == ParamKind.Required)
            {
                throw Error(p.Pos, "Non-optional parameters can't have a default value.");
            }

            p.Default = Expressions.ParseExpression();
        }

        return p;
    }

    /// <summary>What makes a function asynchronous or a generator, and its body.</summary>
    public void ParseBody(FunctionNode function, bool isExpression)
    {
        if (Is("native"))
        {
            throw Error("Native methods are not supported.");
        }

        if (Is("async") || Is("sync"))
        {
            var isAsync = Advance().Text == "async";
            var star = Accept("*");
            if (!isAsync && !star)
            {
                throw Error("Expected '*' after 'sync'.");
            }

            function.Async = isAsync ? star ? AsyncKind.AsyncStar : AsyncKind.Async : AsyncKind.SyncStar;
            if (function.Kind == FunctionKind.Setter)
            {
                throw Error("The modifier can't be applied to the body of a setter.");
            }
        }

        var (savedAsync, savedBody, wasInBody) = (Async, NoFunctionBody, IsInBody);
        (Async, IsInBody) = (function.Async, true);
        if (Is("{"))
        {
            NoFunctionBody = false;
            function.Body = Statements.ParseBlock();
        }
        else if (Accept("=>"))
        {
            if (function.Async is AsyncKind.AsyncStar or AsyncKind.SyncStar)
            {
                throw Error("Generator functions can't return a value: use a block.");
            }

            function.ExprBody = Expressions.ParseExpression();
            if (!isExpression)
            {
                Expect(";");
            }
        }
        else if (isExpression || function.Async != AsyncKind.None)
        {
            throw Error($"Expected a function body, but got {Current}.");
        }
        else
        {
            Expect(";");
            function.Abstract = !function.External;
        }

        (Async, NoFunctionBody, IsInBody) = (savedAsync, savedBody, wasInBody);
    }
}
