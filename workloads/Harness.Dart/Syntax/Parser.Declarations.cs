namespace Harness.Dart.Syntax;

/// <summary>Directives and declarations.</summary>
internal sealed partial class Parser
{
    private UnitNode ParseUnit()
    {
        var unit = new UnitNode { File = _file };
        while (Current.Kind != TokenKind.End)
        {
            var metadata = ParseMetadata();
            if (IsDirective())
                unit.Directives.Add(ParseDirective());
            else
                ParseTopLevel(unit, metadata);
        }

        return unit;
    }

    private bool IsDirective()
    {
        if (Is("library"))
            return PeekIs(1, ";") || IsIdentifier(1) && (PeekIs(2, ";") || PeekIs(2, "."));
        if (Is("import") || Is("export"))
            return Peek().Kind == TokenKind.String;
        return Is("part") && (Peek().Kind == TokenKind.String || PeekIs(1, "of") && !PeekIs(2, "("));
    }

    private string UriString()
    {
        var literal = Current.Kind == TokenKind.String ? ParseString() : throw Error("Expected a URI in quotes.");
        return literal.IsConstantText ? (string)literal.Parts[0] : throw Error(literal.Pos, "Can't use string interpolation in a URI.");
    }

    private Directive ParseDirective()
    {
        var directive = new Directive { Pos = Pos, Kind = Advance().Text };
        if (directive.Kind == "library")
        {
            while (!Is(";"))
            {
                directive.Uri += Advance().Text;
            }
        }
        else if (directive.Kind == "part" && Accept("of"))
        {
            directive.Kind = "part of";
            if (Current.Kind == TokenKind.String) directive.Uri = UriString();
            else
            {
                while (!Is(";")) Advance();
            }
        }
        else
        {
            directive.Uri = UriString();
            while (Is("if"))
            {
                Advance();
                Expect("(");
                var test = Identifier();
                while (Accept(".")) test += "." + Identifier();
                string? value = null;
                if (Accept("==")) value = UriString();
                Expect(")");
                directive.Conditions.Add((test, value, UriString()));
            }

            if (Accept("deferred")) directive.Deferred = true;
            if (Accept("as")) directive.Prefix = TypeIdentifier();
            while (Is("show") || Is("hide"))
            {
                var show = Advance().Text == "show";
                var names = new List<string>();
                do names.Add(Identifier());
                while (Accept(","));
                directive.Combinators.Add((show, names));
            }
        }

        Expect(";");
        return directive;
    }

    private void ParseTopLevel(UnitNode unit, List<Annotation> metadata)
    {
        var pos = Pos;
        if (Is("augment"))
            throw Error("Augmentations are not supported.");
        if (LooksLikeClass(out var modifiers))
        {
            unit.Declarations.Add(ParseClass(modifiers, metadata));
            return;
        }

        if (Is("enum")) { unit.Declarations.Add(ParseEnum(metadata)); return; }
        if (Is("extension") && (IsIdentifier(1) || PeekIs(1, "<") || PeekIs(1, "on")) && !PeekIs(1, "(") && !PeekIs(2, "="))
        {
            unit.Declarations.Add(ParseExtension(metadata));
            return;
        }

        if (Is("typedef") && !PeekIs(1, "(") && !PeekIs(1, "=")) { unit.Declarations.Add(ParseTypedef()); return; }
        var isExternal = Is("external") && !PeekIs(1, "(") && !PeekIs(1, "=") && Accept("external");
        ParseMember(pos, metadata, null, isExternal, unit.Declarations.Add);
    }

    private bool LooksLikeClass(out List<string> modifiers)
    {
        modifiers = [];
        var start = _index;
        while (Is("abstract") || Is("sealed") || Is("base") || Is("interface") || Is("final") || Is("mixin"))
        {
            if (Is("mixin") && !PeekIs(1, "class"))
                break;
            modifiers.Add(Advance().Text);
        }

        if (Is("class") || Is("mixin") && IsIdentifier(1) && !PeekIs(1, "get") || Is("mixin") && IsIdentifier(1) && !PeekIs(2, "("))
            return true;
        _index = start;
        return false;
    }

    private ClassNode ParseClass(List<string> modifiers, List<Annotation> metadata)
    {
        var node = new ClassNode { Pos = Pos, Metadata = metadata, Kind = Advance().Text == "mixin" ? ClassKind.Mixin : ClassKind.Class };
        foreach (var modifier in modifiers)
        {
            switch (modifier)
            {
                case "abstract": node.Abstract = true; break;
                case "sealed": node.Sealed = node.Abstract = true; break;
                case "base": node.Base = true; break;
                case "interface": node.Interface = true; break;
                case "final": node.Final = true; break;
                case "mixin": node.MixinClass = true; break;
            }
        }

        node.Pos = Pos;
        node.Name = TypeIdentifier();
        if (Is("<")) node.TypeParams = ParseTypeParameters();
        if (node.Kind == ClassKind.Class && Accept("="))
        {
            node.Kind = ClassKind.MixinApplication;
            node.Extends = ParseType();
            Expect("with");
            node.With = ParseTypeList();
            if (Accept("implements")) node.Implements = ParseTypeList();
            Expect(";");
            return node;
        }

        if (node.Kind == ClassKind.Mixin)
        {
            if (Accept("on")) node.On = ParseTypeList();
        }
        else
        {
            if (Accept("extends")) node.Extends = ParseType();
            if (Accept("with")) node.With = ParseTypeList();
        }

        if (Accept("implements")) node.Implements = ParseTypeList();
        ParseMembers(node);
        return node;
    }

    private List<TypeNode> ParseTypeList()
    {
        var list = new List<TypeNode>();
        do list.Add(ParseType());
        while (Accept(","));
        return list;
    }

    private ClassNode ParseEnum(List<Annotation> metadata)
    {
        Advance();
        var node = new ClassNode { Pos = Pos, Kind = ClassKind.Enum, Metadata = metadata, Name = TypeIdentifier() };
        if (Is("<")) node.TypeParams = ParseTypeParameters();
        if (Accept("with")) node.With = ParseTypeList();
        if (Accept("implements")) node.Implements = ParseTypeList();
        Expect("{");
        while (!Is("}") && !Is(";"))
        {
            SkipMetadata();
            var pos = Pos;
            var value = new EnumValueNode { Pos = pos, Name = Identifier() };
            if (Is("<")) value.TypeArgs = ParseTypeArguments();
            if (Accept(".")) value.Constructor = Is("new") ? Advance().Text : Identifier();
            if (value.Constructor == "new") value.Constructor = null;
            if (Is("(")) value.Args = ParseArguments();
            node.Values.Add(value);
            if (!Accept(",")) break;
        }

        if (Accept(";"))
        {
            while (!Is("}") && Current.Kind != TokenKind.End)
                ParseClassMember(node);
        }

        Expect("}");
        return node;
    }

    private ClassNode ParseExtension(List<Annotation> metadata)
    {
        Advance();
        var node = new ClassNode { Pos = Pos, Kind = ClassKind.Extension, Metadata = metadata };
        if (Is("type") && (IsIdentifier(1) || PeekIs(1, "const")) && !PeekIs(1, "on"))
        {
            Advance();
            node.Kind = ClassKind.ExtensionType;
            var isConst = Accept("const");
            node.Pos = Pos;
            node.Name = TypeIdentifier();
            if (Is("<")) node.TypeParams = ParseTypeParameters();
            var constructor = new FunctionNode { Pos = Pos, Kind = FunctionKind.Constructor, Name = "", Const = isConst };
            if (Accept(".")) constructor.Name = Is("new") ? Advance().Text : Identifier();
            if (constructor.Name == "new") constructor.Name = "";
            Expect("(");
            SkipMetadata();
            var pos = Pos;
            var type = ParseType();
            var name = Identifier();
            Accept(",");
            Expect(")");
            node.Fields.Add(new FieldNode { Pos = pos, Name = name, Type = type, Final = true });
            constructor.Params.Add(new ParamNode { Pos = pos, Name = name, IsThis = true });
            node.Methods.Add(constructor);
            if (Accept("implements")) node.Implements = ParseTypeList();
            ParseMembers(node);
            return node;
        }

        if (!Is("on") && !Is("<")) node.Name = TypeIdentifier();
        else if (Is("on") && PeekIs(1, "on")) node.Name = Identifier();
        if (Is("<")) node.TypeParams = ParseTypeParameters();
        Expect("on");
        node.On.Add(ParseType());
        ParseMembers(node);
        return node;
    }

    private TypedefNode ParseTypedef()
    {
        Advance();
        var pos = Pos;
        if (IsIdentifier() && (PeekIs(1, "=") || PeekIs(1, "<") && IsNewTypedef()))
        {
            var name = TypeIdentifier();
            var parameters = Is("<") ? ParseTypeParameters() : [];
            Expect("=");
            var type = ParseType();
            Expect(";");
            return new TypedefNode { Pos = pos, Name = name, TypeParams = parameters, Type = type };
        }

        // The old form: typedef R F<T>(params).
        TypeNode? result = null;
        if (!(IsIdentifier() && (PeekIs(1, "(") || PeekIs(1, "<") && IsNamedFunction())))
            result = ParseType();
        var old = new TypedefNode { Pos = Pos, Name = TypeIdentifier(), Type = null! };
        if (Is("<")) old.TypeParams = ParseTypeParameters();
        var parameterNodes = ParseParameters();
        foreach (var parameter in parameterNodes)
        {
            if (parameter.Default is not null)
                throw Error(parameter.Pos, "Can't have a default value in a typedef.");
        }

        Expect(";");
        old.Type = new FunctionTypeNode { Pos = pos, Return = result, Params = parameterNodes };
        return old;
    }

    private bool IsNewTypedef()
    {
        var start = _index;
        Advance();
        var result = SkipTypeParameters() && Is("=");
        _index = start;
        return result;
    }

    private void ParseMembers(ClassNode node)
    {
        if (node.Kind == ClassKind.ExtensionType && Accept(";"))
            return;
        Expect("{");
        while (!Is("}"))
        {
            if (Current.Kind == TokenKind.End)
                throw Error("Can't find '}' to match '{'.");
            ParseClassMember(node);
        }

        Expect("}");
    }

    private void ParseClassMember(ClassNode node)
    {
        var metadata = ParseMetadata();
        var pos = Pos;
        var isExternal = IsModifier("external") && Accept("external");
        var isStatic = false;
        if (IsModifier("static")) { Advance(); isStatic = true; }
        var isConst = Is("const") && !IsFieldAfterConst();
        if (isConst) Advance();
        if (IsModifier("factory") && IsIdentifier(1))
        {
            Advance();
            var factory = ParseConstructor(pos, node);
            factory.Factory = true;
            factory.Const = isConst;
            factory.External = isExternal;
            factory.Metadata = metadata;
            node.Methods.Add(factory);
            return;
        }

        if (!isStatic && Is(node.Name) && node.Kind != ClassKind.Extension && (PeekIs(1, "(") || PeekIs(1, ".") && (PeekIs(3, "(")) ))
        {
            var constructor = ParseConstructor(pos, node);
            constructor.Const = isConst;
            constructor.External = isExternal;
            constructor.Metadata = metadata;
            node.Methods.Add(constructor);
            return;
        }

        if (isConst)
            throw Error("Expected a constructor after 'const'.");
        ParseMember(pos, metadata, node, isExternal, member =>
        {
            if (member is FieldNode field) { field.Static |= isStatic; node.Fields.Add(field); }
            else { var function = (FunctionNode)member; function.Static = isStatic; node.Methods.Add(function); }
        });
    }

    private bool IsFieldAfterConst()
    {
        var start = _index;
        Advance();
        var result = IsIdentifier() && (PeekIs(1, "=") || PeekIs(1, ";")) || SkipType() && IsIdentifier() && (PeekIs(1, "=") || PeekIs(1, ";") || PeekIs(1, ","));
        _index = start;
        return result;
    }

    /// <summary>Whether the word is a modifier here, and not a name.</summary>
    private bool IsModifier(string word) =>
        Is(word) && (!PeekIs(1, "(") || IsBeforeRecordType()) && !PeekIs(1, "=") && !PeekIs(1, ";") && !PeekIs(1, ",") && !PeekIs(1, ".") && !PeekIs(1, "<") && !PeekIs(1, "?");

    /// <summary>Whether what follows the word is a type in parentheses and a name, not a list of parameters.</summary>
    private bool IsBeforeRecordType()
    {
        var start = _index;
        Advance();
        var result = SkipType() && IsIdentifier();
        _index = start;
        return result;
    }

    private FunctionNode ParseConstructor(int pos, ClassNode node)
    {
        var function = new FunctionNode { Pos = pos, Kind = FunctionKind.Constructor };
        function.Pos = Pos;
        var name = Identifier();
        if (name != node.Name)
            throw Error(function.Pos, $"The name of a constructor must match the name of the enclosing class.");
        if (Accept("."))
            function.Name = Is("new") ? Advance().Text : Identifier();
        if (function.Name == "new")
            function.Name = "";
        function.Params = ParseParameters();
        if (Accept("="))
        {
            function.Redirect = new NamedTypeNode { Pos = Pos, Name = Identifier() };
            string? second = null;
            if (Is(".")) { Advance(); second = Is("new") ? Advance().Text : Identifier(); }
            if (Is("<"))
            {
                function.Redirect.Args = ParseTypeArguments();
                if (second is not null) { function.Redirect.Prefix = function.Redirect.Name; function.Redirect.Name = second; second = null; }
            }

            if (Is("."))
            {
                Advance();
                if (second is not null) { function.Redirect.Prefix = function.Redirect.Name; function.Redirect.Name = second; }
                second = Is("new") ? Advance().Text : Identifier();
            }

            function.RedirectName = second;
            Expect(";");
            return function;
        }

        if (Accept(":"))
        {
            do function.Initializers.Add(ParseInitializer());
            while (Accept(","));
        }

        ParseBody(function, isExpression: false);
        return function;
    }

    private Initializer ParseInitializer()
    {
        var pos = Pos;
        if (Is("super"))
        {
            Advance();
            string? name = null;
            if (Accept(".")) name = Is("new") ? Advance().Text : Identifier();
            return new SuperInit { Pos = pos, Name = name == "new" ? null : name, Args = ParseArguments() };
        }

        if (Is("assert"))
        {
            Advance();
            Expect("(");
            var condition = ParseExpression();
            Expr? message = null;
            if (Accept(",") && !Is(")")) { message = ParseExpression(); Accept(","); }
            Expect(")");
            return new AssertInit { Pos = pos, Condition = condition, Message = message };
        }

        if (Is("this"))
        {
            Advance();
            if (Is("(")) return new ThisInit { Pos = pos, Args = ParseArguments() };
            Expect(".");
            var name = Is("new") ? Advance().Text : Identifier();
            if (Is("(")) return new ThisInit { Pos = pos, Name = name == "new" ? null : name, Args = ParseArguments() };
            Expect("=");
            return new FieldInit { Pos = pos, Name = name, Value = ParseInitializerValue() };
        }

        var field = Identifier();
        Expect("=");
        return new FieldInit { Pos = pos, Name = field, Value = ParseInitializerValue() };
    }

    private Expr ParseInitializerValue()
    {
        // A function's body can't follow, since a constructor's may: '{' after a parenthesis is the constructor's.
        var saved = _noFunctionBody;
        var left = ParseExpressionOfInitializer();
        _noFunctionBody = saved;
        return left;
    }

    private Expr ParseExpressionOfInitializer()
    {
        var start = _index;
        if (Is("(") && SkipNested("(", ")") && Is("{"))
        {
            _index = start;
            _noFunctionBody = true;
        }

        _index = start;
        return ParseExpression();
    }

    /// <summary>A function, getter, setter, operator, or variables; of a class unless <paramref name="owner"/> is null.</summary>
    private void ParseMember(int pos, List<Annotation> metadata, ClassNode? owner, bool isExternal, Action<Node> add)
    {
        var field = new FieldNode();
        var isVar = false;
        if (IsModifier("abstract")) { Advance(); field.Abstract = true; }
        if (IsModifier("covariant")) { Advance(); field.Covariant = true; }
        if (IsModifier("late")) { Advance(); field.Late = true; }
        if (IsModifier("covariant")) { Advance(); field.Covariant = true; }
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
            ParseGetter(function);
            add(function);
            return;
        }

        if (!isVar && IsAccessor("set"))
        {
            ParseSetter(function);
            add(function);
            return;
        }

        if (!isVar && Is("operator") && Peek().Kind == TokenKind.Punctuation && !PeekIs(1, "=") && !PeekIs(1, ";") && !PeekIs(1, "(") && owner is not null)
        {
            ParseOperator(function);
            add(function);
            return;
        }

        var isNameNext = IsIdentifier() && (PeekIs(1, "=") || PeekIs(1, ";") || PeekIs(1, ",") || !isVar && (PeekIs(1, "(") || PeekIs(1, "<") && IsNamedFunction()));
        if (!isNameNext)
        {
            if (!IsIdentifier() && !Is("void") && !Is("("))
                throw Error($"Expected a declaration, but got {Current}.");
            type = ParseType();
            function.Return = type;
            if (IsAccessor("get")) { ParseGetter(function); add(function); return; }
            if (IsAccessor("set")) { ParseSetter(function); add(function); return; }
            if (Is("operator") && Peek().Kind == TokenKind.Punctuation && !PeekIs(1, "=") && !PeekIs(1, ";") && !PeekIs(1, "(")) { ParseOperator(function); add(function); return; }
        }

        if (!isVar && IsIdentifier() && (PeekIs(1, "(") || PeekIs(1, "<")))
        {
            function.Pos = Pos;
            function.Name = Identifier();
            if (Is("<")) function.TypeParams = ParseTypeParameters();
            function.Params = ParseParameters();
            ParseBody(function, isExpression: false);
            add(function);
            return;
        }

        if (type is null && !isVar && !field.Late && !field.Covariant)
            throw Error(pos, "Variables must be declared using the keywords 'const', 'final', 'var' or a type name.");
        do
        {
            var variable = new FieldNode
            {
                Pos = Pos, Name = Identifier(), Type = type, Final = field.Final, Const = field.Const, Late = field.Late, Covariant = field.Covariant, Abstract = field.Abstract,
                External = isExternal, Metadata = metadata,
            };
            if (Accept("="))
                variable.Init = ParseExpression();
            add(variable);
        }
        while (Accept(","));
        Expect(";");
    }

    private bool IsAccessor(string word) => Is(word) && Peek().Kind == TokenKind.Identifier && !Reserved.Contains(Peek().Text);

    private void ParseGetter(FunctionNode function)
    {
        Advance();
        function.Kind = FunctionKind.Getter;
        function.Pos = Pos;
        function.Name = Identifier();
        if (Is("("))
            throw Error("A getter can't have formal parameters.");
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
            throw Error(function.Pos, "A setter should have exactly one formal parameter.");
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
        if (op is not ("<" or ">" or "<=" or ">=" or "==" or "-" or "+" or "/" or "~/" or "*" or "%" or "|" or "^" or "&" or "<<" or ">>" or ">>>" or "[]=" or "[]" or "~"))
            throw Error(function.Pos, $"The string '{op}' isn't a user-definable operator.");
        function.Params = ParseParameters();
        var expected = op switch { "~" => 0, "[]=" => 2, "-" => -1, _ => 1 };
        if (op == "-" && function.Params.Count == 0)
            function.Name = "unary-";
        if (expected >= 0 && function.Params.Count != expected || op == "-" && function.Params.Count > 1 || function.Params.Exists(p => p.Kind != ParamKind.Required))
            throw Error(function.Pos, $"The operator '{op}' has the wrong number of parameters.");
        ParseBody(function, isExpression: false);
    }

    private List<ParamNode> ParseParameters()
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
            if (!Accept(",")) break;
            if (close is not null && Is(close)) break;
        }

        if (close is not null) { Expect(close); }
        Expect(")");
        return list;
    }

    private ParamNode ParseParameter(ParamKind kind)
    {
        SkipMetadata();
        var p = new ParamNode { Pos = Pos, Kind = kind };
        if (kind == ParamKind.Named && Is("required") && !PeekIs(1, ",") && !PeekIs(1, "}") && !PeekIs(1, "=")) { Advance(); p.IsRequiredNamed = true; }
        SkipMetadata();
        if (Is("covariant") && !PeekIs(1, ",") && !PeekIs(1, ")") && !PeekIs(1, "}") && !PeekIs(1, "]")) { Advance(); p.IsCovariant = true; }
        if (kind == ParamKind.Named && Is("required") && !PeekIs(1, ",") && !PeekIs(1, "}") && !PeekIs(1, "=")) { Advance(); p.IsRequiredNamed = true; }
        if (Accept("final")) { p.IsFinal = true; }
        else if (Accept("var")) { p.HasVar = true; }
        var isName = IsIdentifier() && (PeekIs(1, ",") || PeekIs(1, ")") || PeekIs(1, "]") || PeekIs(1, "}") || PeekIs(1, "=") || PeekIs(1, "(") || PeekIs(1, ":") || PeekIs(1, "<") && IsNamedFunction());
        if (!isName && !Is("this") && !Is("super"))
            p.Type = ParseType();
        if (Is("this") && PeekIs(1, ".")) { Advance(); Advance(); p.IsThis = true; }
        else if (Is("super") && PeekIs(1, ".")) { Advance(); Advance(); p.IsSuper = true; }
        p.Pos = Pos;
        p.Name = Identifier();
        if (Is("(") || Is("<"))
        {
            var function = new FunctionTypeNode { Pos = p.Pos, Return = p.Type };
            if (Is("<")) function.TypeParams = ParseTypeParameters();
            function.Params = ParseParameters();
            if (Accept("?")) function.Nullable = true;
            p.Type = function;
        }

        if (Accept("="))
        {
            if (kind == ParamKind.Required)
                throw Error(p.Pos, "Non-optional parameters can't have a default value.");
            p.Default = ParseExpression();
        }

        return p;
    }

    private void ParseBody(FunctionNode function, bool isExpression)
    {
        if (Is("native"))
            throw Error("Native methods are not supported.");
        if (Is("async") || Is("sync"))
        {
            var isAsync = Advance().Text == "async";
            var star = Accept("*");
            if (!isAsync && !star)
                throw Error("Expected '*' after 'sync'.");
            function.Async = isAsync ? star ? AsyncKind.AsyncStar : AsyncKind.Async : AsyncKind.SyncStar;
            if (function.Kind == FunctionKind.Setter)
                throw Error("The modifier can't be applied to the body of a setter.");
        }

        var savedAsync = _async;
        var savedBody = _noFunctionBody;
        _async = function.Async;
        if (Is("{"))
        {
            _noFunctionBody = false;
            function.Body = ParseBlock();
        }
        else if (Accept("=>"))
        {
            if (function.Async is AsyncKind.AsyncStar or AsyncKind.SyncStar)
                throw Error("Generator functions can't return a value: use a block.");
            function.ExprBody = ParseExpression();
            if (!isExpression)
                Expect(";");
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

        _async = savedAsync;
        _noFunctionBody = savedBody;
    }
}
