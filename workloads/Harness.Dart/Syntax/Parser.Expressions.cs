using System.Globalization;

namespace Harness.Dart.Syntax;

/// <summary>Expressions.</summary>
internal sealed partial class Parser
{
    private static readonly Dictionary<string, int> BinaryPrecedence = new()
    {
        ["??"] = 1, ["||"] = 2, ["&&"] = 3, ["=="] = 4, ["!="] = 4, ["<"] = 5, [">"] = 5, ["<="] = 5, [">="] = 5, ["|"] = 6, ["^"] = 7, ["&"] = 8,
        ["<<"] = 9, [">>"] = 9, [">>>"] = 9, ["+"] = 10, ["-"] = 10, ["*"] = 11, ["/"] = 11, ["%"] = 11, ["~/"] = 11,
    };

    private static readonly HashSet<string> AssignOps = ["=", "+=", "-=", "*=", "/=", "~/=", "%=", "&=", "|=", "^=", "<<=", "??="];

    private Expr ParseExpression(bool allowCascade = true)
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

            if ((Is("[") || Is("{") || Is("(") || IsIdentifier()) && LooksLikePatternAssignment())
            {
                var pattern = ParsePattern(assigns: true);
                Expect("=");
                return new PatternAssign { Pos = pos, Pattern = pattern, Value = ParseExpression(allowCascade) };
            }

            var left = ParseConditional();
            var op = AssignmentOperator();
            if (op is not null)
            {
                if (!IsAssignable(left))
                    throw Error(left.Pos, "Can't assign to this.");
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

    /// <summary>Whether a list, map, record or object pattern with a '=' behind begins here.</summary>
    private bool LooksLikePatternAssignment()
    {
        var start = _index;
        bool result;
        if (IsIdentifier())
        {
            if (!SkipType() || !Is("(")) { _index = start; return false; }
            // An object pattern's arguments begin with a name and a colon, or with a colon.
            result = (PeekIs(1, ":") || IsIdentifier(1) && PeekIs(2, ":") || PeekIs(1, ")")) && SkipBalanced("(", ")") && Is("=");
        }
        else
        {
            var (open, close) = Is("[") ? ("[", "]") : Is("{") ? ("{", "}") : ("(", ")");
            var bracket = open == "(" ;
            result = SkipNested(open, close) && Is("=");
            _ = bracket;
        }

        _index = start;
        return result;
    }

    private bool SkipNested(string open, string close)
    {
        var depth = 0;
        while (Current.Kind != TokenKind.End)
        {
            if (Is(open)) depth++;
            else if (Is(close) && --depth == 0) { Advance(); return true; }
            Advance();
        }

        return false;
    }

    private string? AssignmentOperator()
    {
        if (Current.Kind != TokenKind.Punctuation)
            return null;
        if (AssignOps.Contains(Current.Text))
            return Advance().Text;
        // '>>=' and '>>>=' come as single characters.
        if (Is(">") && PeekIs(1, ">") && Adjacent(0) && Adjacent(1))
        {
            if (PeekIs(2, "=")) { _index += 3; return ">>="; }
            if (PeekIs(2, ">") && PeekIs(3, "=") && Adjacent(2)) { _index += 4; return ">>>="; }
        }

        return null;
    }

    private bool Adjacent(int ahead) => Peek(ahead).End == Peek(ahead + 1).Start;

    private Cascade ParseCascade(Expr target)
    {
        var cascade = new Cascade { Pos = target.Pos, Target = target, NullAware = Is("?..") };
        while (Is("..") || Is("?.."))
        {
            Advance();
            Expr section;
            var pos = Pos;
            if (Is("["))
            {
                Advance();
                section = new IndexExpr { Pos = pos, Target = new CascadeTarget { Pos = pos }, Index = ParseExpression() };
                Expect("]");
            }
            else
            {
                section = new PropertyGet { Pos = pos, Target = new CascadeTarget { Pos = pos }, Name = Identifier() };
            }

            section = ParseSelectors(section);
            var op = AssignmentOperator();
            if (op is not null)
                section = new Assign { Pos = pos, Op = op == "=" ? null : op[..^1], Target = section, Value = ParseExpression(allowCascade: false) };
            cascade.Sections.Add(section);
        }

        return cascade;
    }

    private Expr ParseConditional()
    {
        var condition = ParseBinary(1);
        if (!Is("?"))
            return condition;
        var pos = Advance().Start;
        var then = ParseExpression(allowCascade: false);
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
                        return PeekIs(3, "=") && Adjacent(2) ? null : (">>>", 3);
                    if (PeekIs(2, "=") && Adjacent(1))
                        return null;
                    return (">>", 2);
                }

                return PeekIs(1, "=") && Adjacent(0) ? (">=", 2) : (">", 1);
            }

            return BinaryPrecedence.ContainsKey(Current.Text) ? (Current.Text, 1) : null;
        }

        return null;
    }

    private Expr ParseBinary(int minimum)
    {
        var left = ParseUnary();
        var chain = 0;
        while (true)
        {
            if (minimum <= 5 && Is("is"))
            {
                var pos = Advance().Start;
                var negated = Accept("!");
                left = new IsExpr { Pos = pos, Value = left, Negated = negated, Type = ParseTypeNotConditional() };
                continue;
            }

            if (minimum <= 5 && Is("as") && Current.Kind == TokenKind.Identifier)
            {
                var pos = Advance().Start;
                left = new AsExpr { Pos = pos, Value = left, Type = ParseTypeNotConditional() };
                continue;
            }

            if (BinaryOperator() is not var (op, tokens))
                return left;
            var precedence = BinaryPrecedence[op];
            if (precedence < minimum)
                return left;
            if (++chain > MaximumDepth)
                throw Error("The expression has too many operators in a row.");
            var position = Pos;
            _index += tokens;
            Enter();
            var right = op == "??" ? ParseBinary(precedence + 1) : ParseBinary(precedence + 1);
            Leave();
            left = new Binary { Pos = position, Op = op, Left = left, Right = right };
        }
    }

    /// <summary>A type after <c>is</c> or <c>as</c>: a question mark belongs to it unless it begins a conditional expression.</summary>
    private TypeNode ParseTypeNotConditional()
    {
        var start = _index;
        var type = ParseType();
        if (type.Nullable)
        {
            // x is T ? a : b
            var end = _index;
            if (!(Is(")") || Is("]") || Is("}") || Is(",") || Is(";") || Is("&&") || Is("||") || Is("?") || Is(":") || Is("==") || Is("!=") || Is("??") || Is("=>") || Is("..") || Is("as") || Is("is") || Is("|") || Is("&") || Is("^") || Is("when") || Is("=") || Is("?..") || Current.Kind == TokenKind.End))
            {
                _index = start;
                type = ParseType(allowNullable: false);
                return type;
            }

            _index = end;
        }

        return type;
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
                        throw Error(target.Pos, "Can't assign to this.");
                    return new Update { Pos = pos, Op = update, Target = target, Prefix = true };
            }
        }
        else if (Is("await") && (_async is AsyncKind.Async or AsyncKind.AsyncStar))
        {
            Advance();
            Enter();
            var value = ParseUnary();
            Leave();
            return new AwaitExpr { Pos = pos, Value = value };
        }

        var result = ParseSelectors(ParsePrimary());
        if (Is("++") || Is("--"))
        {
            if (!IsAssignable(result))
                throw Error(result.Pos, "Can't assign to this.");
            return new Update { Pos = Pos, Op = Advance().Text, Target = result, Prefix = false };
        }

        return result;
    }

    private Expr ParseSelectors(Expr e)
    {
        var chain = 0;
        while (true)
        {
            if (++chain > MaximumDepth * 2)
                throw Error("The expression has too many selectors in a row.");
            var pos = Pos;
            if (Current.Kind != TokenKind.Punctuation)
                return e;
            switch (Current.Text)
            {
                case "." or "?.":
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
                    e = new IndexExpr { Pos = pos, Target = e, Index = ParseExpression() };
                    Expect("]");
                    break;
                case "?" when PeekIs(1, "[") && IsNullAwareIndex():
                    Advance();
                    Advance();
                    e = new IndexExpr { Pos = pos, Target = e, Index = ParseExpression(), NullAware = true };
                    Expect("]");
                    break;
                case "(":
                    e = new Call { Pos = e is PropertyGet or Ident ? e.Pos : pos, Target = e, Args = ParseArguments() };
                    break;
                case "<":
                    var args = TryTypeArguments();
                    if (args is null)
                        return e;
                    e = Is("(") ? new Call { Pos = e.Pos, Target = e, TypeArgs = args, Args = ParseArguments() } : new Instantiation { Pos = e.Pos, Target = e, TypeArgs = args };
                    break;
                default:
                    return e;
            }
        }
    }

    /// <summary>Whether '?[' is an index of something that may be null, and not a conditional with a list.</summary>
    private bool IsNullAwareIndex()
    {
        var start = _index;
        Advance();
        var closed = SkipNested("[", "]");
        var isConditional = closed && Is(":") && HasConditionalColon();
        _index = start;
        return !isConditional;
    }

    // After 'a ?[b] :' there is a conditional unless a colon means something else; a case or a map key is rare.
    private bool HasConditionalColon() => true;

    private List<TypeNode>? TryTypeArguments()
    {
        var start = _index;
        var depth = _depth;
        if (!SkipTypeArguments())
        {
            _index = start;
            _depth = depth;
            return null;
        }

        var follows = Current.Kind == TokenKind.End || Current.Kind == TokenKind.Punctuation && Current.Text is "(" or ")" or "]" or "}" or ":" or ";" or "," or "." or "?." or "==" or "!=" or ".." or "?.." or "?" or "!";
        if (Current.Kind == TokenKind.Punctuation && Current.Text is "?." or "?" && follows && Is("?") && !PeekIs(1, "["))
            follows = Is("?.");
        if (Is(">"))
            follows = false;
        _index = start;
        return follows ? ParseTypeArguments() : null;
    }

    private Arguments ParseArguments()
    {
        var args = new Arguments { Pos = Pos };
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
                break;
        }

        Expect(")");
        return args;
    }

    private Expr ParsePrimary()
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
                return ParseString();
            case TokenKind.Punctuation:
                switch (token.Text)
                {
                    case "(":
                        return IsFunctionExpression() ? ParseFunctionExpression() : ParseParenthesized(isConst: false);
                    case "[":
                        return ParseList(null, isConst: false);
                    case "{":
                        return ParseSetOrMap(null, isConst: false);
                    case "<":
                        if (IsGenericFunctionExpression())
                            return ParseFunctionExpression();
                        var args = ParseTypeArguments();
                        if (Is("[")) return ParseList(args, isConst: false);
                        if (Is("{")) return ParseSetOrMap(args, isConst: false);
                        throw Error("Expected '[' or '{' after type arguments.");
                    case "#":
                        return ParseSymbol();
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
                        if (Is("[")) return ParseList(null, isConst: true);
                        if (Is("{")) return ParseSetOrMap(null, isConst: true);
                        if (Is("(")) return ParseParenthesized(isConst: true);
                        if (Is("<"))
                        {
                            var typeArgs = ParseTypeArguments();
                            return Is("[") ? ParseList(typeArgs, isConst: true) : ParseSetOrMap(typeArgs, isConst: true);
                        }

                        return ParseNew(pos, isConst: true);
                    case "switch":
                        return ParseSwitchExpression();
                    case "throw":
                        return ParseExpression();
                    case "void" when PeekIs(1, ")") || PeekIs(1, ","):
                        break;
                }

                if (token.Text == "Function" && PeekIs(1, "(") is false && PeekIs(1, "<") is false || !Reserved.Contains(token.Text))
                    return new Ident { Pos = pos, Name = Advance().Text };
                break;
        }

        throw Error(token.Kind == TokenKind.End ? "Unexpected end of the file or expression." : $"Expected an expression, but got {token}.");
    }

    private SymbolLit ParseSymbol()
    {
        var pos = Advance().Start;
        if (Current.Kind == TokenKind.Punctuation)
        {
            var text = Advance().Text;
            if (text == "[") { Expect("]"); text = Is("=") && Adjacent(-1) ? "[]=" : "[]"; if (text == "[]=") Advance(); }
            else if (text == ">" && Is(">")) { text = ">>"; Advance(); if (Is(">")) { text = ">>>"; Advance(); } }
            else if (text == ">" && Is("=") && _tokens[_index - 1].End == Current.Start) { text = ">="; Advance(); }
            return new SymbolLit { Pos = pos, Name = text };
        }

        var name = Advance().Text;
        while (Is(".") && Peek().Kind == TokenKind.Identifier)
        {
            Advance();
            name += "." + Advance().Text;
        }

        return new SymbolLit { Pos = pos, Name = name };
    }

    private StringLit ParseString()
    {
        var result = new StringLit { Pos = Pos };
        var texts = new System.Text.StringBuilder();
        while (Current.Kind == TokenKind.String)
        {
            var token = Advance();
            foreach (var part in token.StringParts!)
            {
                if (part is string text)
                {
                    texts.Append(text);
                }
                else
                {
                    result.Parts.Add(texts.ToString());
                    texts.Clear();
                    result.Parts.Add(ParseInterpolation((List<Token>)part));
                }
            }
        }

        result.Parts.Add(texts.ToString());
        return result;
    }

    private Expr ParseInterpolation(List<Token> tokens)
    {
        var (saved, index) = (_tokens, _index);
        (_tokens, _index) = (tokens, 0);
        Expr value;
        if (tokens.Count == 2 && tokens[0].Text == "this")
        {
            value = new This { Pos = tokens[0].Start };
            Advance();
        }
        else
        {
            value = ParseExpression();
        }

        if (Current.Kind != TokenKind.End)
            throw Error($"Unexpected {Current} in a string interpolation.");
        (_tokens, _index) = (saved, index);
        return value;
    }

    private NewExpr ParseNew(int pos, bool isConst)
    {
        var type = new NamedTypeNode { Pos = Pos, Name = Identifier() };
        string? constructor = null;
        string? second = null;
        if (Is(".")) { Advance(); second = Is("new") ? Advance().Text : Identifier(); }
        if (Is("<"))
        {
            type.Args = ParseTypeArguments();
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
            throw Error("Expected an argument list after 'new' or 'const'.");
        return new NewExpr { Pos = pos, Const = isConst, Type = type, Constructor = constructor == "new" ? null : constructor, Args = ParseArguments() };
    }

    private bool IsFunctionExpression()
    {
        var start = _index;
        var result = SkipNested("(", ")") && (Is("=>") || Is("{") || Is("async") && (PeekIs(1, "=>") || PeekIs(1, "{") || PeekIs(1, "*")) || Is("sync") && PeekIs(1, "*"));
        _index = start;
        return result && !_noFunctionBody;
    }

    // Within the head of a switch expression's case, '=>' and '{' do not begin a function's body.
    private bool _noFunctionBody;

    private bool IsGenericFunctionExpression()
    {
        var start = _index;
        var result = SkipTypeParameters() && Is("(") && SkipNested("(", ")") && (Is("=>") || Is("{") || Is("async") || Is("sync"));
        _index = start;
        return result;
    }

    private FunctionExpr ParseFunctionExpression()
    {
        var function = new FunctionNode { Pos = Pos };
        if (Is("<"))
            function.TypeParams = ParseTypeParameters();
        function.Params = ParseParameters();
        ParseBody(function, isExpression: true);
        return new FunctionExpr { Pos = function.Pos, Function = function };
    }

    private Expr ParseParenthesized(bool isConst)
    {
        var pos = Pos;
        Expect("(");
        if (Accept(")"))
            return new RecordLit { Pos = pos, Const = isConst };
        var saved = _noFunctionBody;
        _noFunctionBody = false;
        var record = new RecordLit { Pos = pos, Const = isConst };
        var isRecord = false;
        do
        {
            if (Is(")")) { isRecord = true; break; }
            string? name = null;
            if (IsIdentifier() && PeekIs(1, ":")) { name = Identifier(); Advance(); isRecord = true; }
            record.Fields.Add((name, ParseExpression()));
            if (Is(",")) isRecord = true;
        }
        while (Accept(","));
        Expect(")");
        _noFunctionBody = saved;
        if (isRecord || isConst)
            return record;
        return new Paren { Pos = pos, Value = record.Fields[0].Value };
    }

    private ListLit ParseList(List<TypeNode>? args, bool isConst)
    {
        var list = new ListLit { Pos = Pos, Const = isConst, TypeArgs = args };
        Expect("[");
        ParseElements(list.Elements, "]");
        return list;
    }

    private SetOrMapLit ParseSetOrMap(List<TypeNode>? args, bool isConst)
    {
        var literal = new SetOrMapLit { Pos = Pos, Const = isConst, TypeArgs = args };
        Expect("{");
        ParseElements(literal.Elements, "}");
        return literal;
    }

    private void ParseElements(List<Element> elements, string close)
    {
        var saved = _noFunctionBody;
        _noFunctionBody = false;
        while (!Is(close))
        {
            elements.Add(ParseElement());
            if (!Accept(","))
                break;
        }

        Expect(close);
        _noFunctionBody = saved;
    }

    private Element ParseElement()
    {
        Enter();
        try
        {
            var pos = Pos;
            if (Is("...") || Is("...?"))
                return new SpreadElement { Pos = pos, NullAware = Advance().Text == "...?", Value = ParseExpression() };
            if (Is("if") && Current.Kind == TokenKind.Identifier)
            {
                Advance();
                Expect("(");
                var condition = ParseExpression();
                var (pattern, guard) = ParseCaseClause();
                Expect(")");
                var then = ParseElement();
                return new IfElement { Pos = pos, Condition = condition, Case = pattern, Guard = guard, Then = then, Else = Accept("else") ? ParseElement() : null };
            }

            if (Is("for") || Is("await") && PeekIs(1, "for"))
            {
                var parts = ParseForParts();
                return new ForElement { Pos = pos, Parts = parts, Body = ParseElement() };
            }

            var nullAware = Accept("?");
            var value = ParseExpression();
            if (Accept(":"))
            {
                var nullAwareValue = Accept("?");
                return new MapEntryElement { Pos = pos, Key = value, NullAwareKey = nullAware, NullAwareValue = nullAwareValue, Value = ParseExpression() };
            }

            return nullAware ? new NullAwareElement { Pos = pos, Value = value } : value;
        }
        finally
        {
            Leave();
        }
    }

    private SwitchExpr ParseSwitchExpression()
    {
        var pos = Advance().Start;
        Expect("(");
        var value = ParseExpression();
        Expect(")");
        Expect("{");
        var result = new SwitchExpr { Pos = pos, Value = value };
        var outer = _noFunctionBody;
        while (!Is("}"))
        {
            _noFunctionBody = true;
            var pattern = ParsePattern(assigns: false);
            var guard = Accept("when") ? ParseExpression() : null;
            _noFunctionBody = false;
            Expect("=>");
            result.Cases.Add((pattern, guard, ParseExpression()));
            if (!Accept(","))
                break;
        }

        _noFunctionBody = outer;
        Expect("}");
        return result;
    }

    // Patterns.

    private (Pattern?, Expr?) ParseCaseClause()
    {
        if (!Accept("case"))
            return (null, null);
        var pattern = ParsePattern(assigns: false);
        return (pattern, Accept("when") ? ParseExpression() : null);
    }

    private bool _assigns;
    private bool? _declares;

    /// <summary>A pattern. One that assigns or declares (<c>var (a, b) = …</c>) has variables where another has constants.</summary>
    private Pattern ParsePattern(bool assigns, bool? declaresFinal = null)
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
        var left = ParseAndPattern();
        while (Is("||"))
        {
            var pos = Advance().Start;
            left = new OrPattern { Pos = pos, Left = left, Right = ParseAndPattern() };
        }

        Leave();
        return left;
    }

    private Pattern ParseAndPattern()
    {
        var left = ParseRelationalPattern();
        while (Is("&&"))
        {
            var pos = Advance().Start;
            left = new AndPattern { Pos = pos, Left = left, Right = ParseRelationalPattern() };
        }

        return left;
    }

    private Pattern ParseRelationalPattern()
    {
        var pos = Pos;
        if (Is("==") || Is("!=") || Is("<") && !IsTypedLiteralPattern() || Is("<=") || Is(">"))
        {
            var op = Advance().Text;
            if (op == ">" && Is("=") && _tokens[_index - 1].End == Pos) { Advance(); op = ">="; }
            return new RelationalPattern { Pos = pos, Op = op, Value = ParseBinary(6) };
        }

        return ParseUnaryPattern();
    }

    private bool IsTypedLiteralPattern()
    {
        var start = _index;
        var result = SkipTypeArguments() && (Is("[") || Is("{"));
        _index = start;
        return result;
    }

    private Pattern ParseUnaryPattern()
    {
        var pattern = ParsePrimaryPattern();
        while (true)
        {
            var pos = Pos;
            if (Is("?")) { Advance(); pattern = new NullCheckPattern { Pos = pos, Inner = pattern }; }
            else if (Is("!")) { Advance(); pattern = new NullCheckPattern { Pos = pos, Inner = pattern, Assert = true }; }
            else if (Is("as")) { Advance(); pattern = new CastPattern { Pos = pos, Inner = pattern, Type = ParseType() }; }
            else return pattern;
        }
    }

    private Pattern ParsePrimaryPattern()
    {
        var pos = Pos;
        List<TypeNode>? typeArgs = null;
        if (Is("<"))
            typeArgs = ParseTypeArguments();
        if (Is("["))
        {
            Advance();
            var list = new ListPattern { Pos = pos, TypeArgs = typeArgs };
            while (!Is("]"))
            {
                if (Is("..."))
                {
                    var at = Advance().Start;
                    list.Elements.Add(new RestPattern { Pos = at, Inner = Is(",") || Is("]") ? null : ParseOrPattern() });
                }
                else
                {
                    list.Elements.Add(ParseOrPattern());
                }

                if (!Accept(",")) break;
            }

            Expect("]");
            return list;
        }

        if (Is("{"))
        {
            Advance();
            var map = new MapPattern { Pos = pos, TypeArgs = typeArgs };
            while (!Is("}"))
            {
                var key = ParseBinary(6);
                Expect(":");
                map.Entries.Add((key, ParseOrPattern()));
                if (!Accept(",")) break;
            }

            Expect("}");
            return map;
        }

        if (Is("("))
        {
            // A function type that begins with a record is rare; what is in parentheses is a record or a pattern.
            if (LooksLikeTypedVariable())
                return ParseTypedVariable();
            var fields = ParsePatternFields(out var isRecord);
            return isRecord ? new RecordPattern { Pos = pos, Fields = fields } : fields[0].Value;
        }

        if (Is("var") || Is("final"))
        {
            var isFinal = Advance().Text == "final";
            if (isFinal && LooksLikeTypedVariable())
            {
                var typed = ParseTypedVariable();
                if (typed is VariablePattern variable) variable.Final = true;
                return typed;
            }

            var name = Identifier();
            return name == "_" ? new WildcardPattern { Pos = pos } : new VariablePattern { Pos = pos, Name = name, Final = isFinal };
        }

        if (Is("const"))
        {
            Advance();
            if (Is("(")) { Advance(); var inner = ParseExpression(); Expect(")"); return new ConstPattern { Pos = pos, Value = inner }; }
            Expr value = Is("[") ? ParseList(null, true) : Is("{") ? ParseSetOrMap(null, true) : Is("<") ? ParseConstTyped() : ParseNew(pos, true);
            return new ConstPattern { Pos = pos, Value = value };
        }

        if (Is("void") || IsIdentifier())
        {
            if (LooksLikeTypedVariable())
                return ParseTypedVariable();
            if (LooksLikeObjectPattern())
            {
                var type = ParseNamedType();
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
                Advance();
                constant = new PropertyGet { Pos = Pos, Target = constant, Name = Identifier() };
            }

            if (Is("<") && TryTypeArguments() is { } args)
                constant = new Instantiation { Pos = pos, Target = constant, TypeArgs = args };
            return new ConstPattern { Pos = pos, Value = constant };
        }

        if (Is("-"))
        {
            Advance();
            return new ConstPattern { Pos = pos, Value = new Unary { Pos = pos, Op = "-", Operand = ParsePrimary() } };
        }

        return new ConstPattern { Pos = pos, Value = ParsePrimary() };
    }

    private Expr ParseConstTyped()
    {
        var args = ParseTypeArguments();
        return Is("[") ? ParseList(args, true) : ParseSetOrMap(args, true);
    }

    private bool LooksLikeTypedVariable()
    {
        var start = _index;
        var result = SkipType() && IsIdentifier() && !Is("when") && !Is("as");
        if (!result && _index != start)
        {
            // 'int when' declares a variable only where something that ends a pattern follows.
            if ((Is("when") || Is("as")) && (PeekIs(1, ",") || PeekIs(1, ")") || PeekIs(1, ":") || PeekIs(1, "=>") || PeekIs(1, "when")))
                result = true;
        }

        _index = start;
        return result;
    }

    private bool LooksLikeObjectPattern()
    {
        var start = _index;
        var result = SkipType() && Is("(");
        _index = start;
        return result;
    }

    private Pattern ParseTypedVariable()
    {
        var pos = Pos;
        var type = ParseType();
        var name = Identifier();
        return name == "_" ? new WildcardPattern { Pos = pos, Type = type } : new VariablePattern { Pos = pos, Name = name, Type = type };
    }

    private List<(string? Name, Pattern Value)> ParsePatternFields(out bool isRecord)
    {
        var fields = new List<(string?, Pattern)>();
        Expect("(");
        isRecord = Is(")");
        while (!Is(")"))
        {
            if (Is(":"))
            {
                Advance();
                isRecord = true;
                var pattern = ParseOrPattern();
                fields.Add((BoundName(pattern) ?? throw Error(pattern.Pos, "The pattern has no name that the getter could have."), pattern));
            }
            else if (IsIdentifier() && PeekIs(1, ":"))
            {
                isRecord = true;
                var name = Identifier();
                Advance();
                fields.Add((name, ParseOrPattern()));
            }
            else
            {
                fields.Add((null, ParseOrPattern()));
            }

            if (!Accept(",")) break;
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
        AndPattern and => BoundName(and.Left) ?? BoundName(and.Right),
        ConstPattern { Value: Ident name } => name.Name,
        _ => null,
    };
}
