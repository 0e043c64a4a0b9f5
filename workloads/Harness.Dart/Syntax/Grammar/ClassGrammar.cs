namespace Harness.Dart.Syntax.Grammar;

/// <summary>Classes, mixins, enums, extensions and extension types, with their members and constructors.</summary>
internal sealed class ClassGrammar(Parser parser) : GrammarPart(parser)
{
    private static readonly HashSet<string> ClassModifiers =
    [
        "", "sealed", "abstract", "base", "interface", "final", "abstract base", "abstract interface", "abstract final", "mixin", "abstract mixin", "base mixin", "abstract base mixin",
    ];

    private static readonly HashSet<string> MixinModifiers = ["", "base"];

    /// <summary>Whether a class or mixin begins here; the modifiers in front are read if so.</summary>
    public bool LooksLikeClass(out List<string> modifiers)
    {
        modifiers = [];
        var start = Index;
        while (Is("abstract") || Is("sealed") || Is("base") || Is("interface") || Is("final") || Is("mixin"))
        {
            if (Is("mixin") && !PeekIs(1, "class"))
            {
                break;
            }

            modifiers.Add(Advance().Text);
        }

        if (Is("class") || Is("mixin") && IsIdentifier(1) && !PeekIs(1, "get") || Is("mixin") && IsIdentifier(1) && !PeekIs(2, "("))
        {
            return true;
        }

        Index = start;
        return false;
    }

    /// <summary>A class or mixin behind its modifiers.</summary>
    public ClassNode ParseClass(List<string> modifiers, List<Annotation> metadata)
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

        if (!(node.Kind == ClassKind.Mixin ? MixinModifiers : ClassModifiers).Contains(string.Join(' ', modifiers)))
        {
            throw Error(node.Pos, $"A {(node.Kind == ClassKind.Mixin ? "mixin" : "class")} can't have the modifiers '{string.Join(' ', modifiers)}' in this order.");
        }

        node.Pos = Pos;
        node.Name = TypeIdentifier();
        if (Is("<"))
        {
            node.TypeParams = Types.ParseTypeParameters();
        }

        if (node.Kind == ClassKind.Class && Accept("="))
        {
            node.Kind = ClassKind.MixinApplication;
            node.Extends = Types.ParseType();
            Expect("with");
            node.With = ParseTypeList();
            if (Accept("implements"))
            {
                node.Implements = ParseTypeList();
            }

            Expect(";");
            return node;
        }

        if (node.Kind == ClassKind.Mixin)
        {
            if (Accept("on"))
            {
                node.On = ParseTypeList();
            }
        }
        else
        {
            if (Accept("extends"))
            {
                node.Extends = Types.ParseType();
            }

            if (Accept("with"))
            {
                node.With = ParseTypeList();
            }
        }

        if (Accept("implements"))
        {
            node.Implements = ParseTypeList();
        }

        ParseMembers(node);
        return node;
    }

    private List<TypeNode> ParseTypeList()
    {
        var list = new List<TypeNode>();
        do
        {
            list.Add(Types.ParseType());
        }
        while (Accept(","));
        return list;
    }

    /// <summary>An enum.</summary>
    public ClassNode ParseEnum(List<Annotation> metadata)
    {
        Advance();
        var node = new ClassNode { Pos = Pos, Kind = ClassKind.Enum, Metadata = metadata, Name = TypeIdentifier() };
        if (Is("<"))
        {
            node.TypeParams = Types.ParseTypeParameters();
        }

        if (Accept("with"))
        {
            node.With = ParseTypeList();
        }

        if (Accept("implements"))
        {
            node.Implements = ParseTypeList();
        }

        Expect("{");
        EnclosingClass = node;
        while (!Is("}") && !Is(";"))
        {
            Annotations.SkipMetadata();
            var pos = Pos;
            var value = new EnumValueNode { Pos = pos, Name = Identifier() };
            if (Is("<"))
            {
                value.TypeArgs = Types.ParseTypeArguments();
            }

            if (Accept("."))
            {
                value.Constructor = Is("new") ? Advance().Text : Identifier();
            }

            if (Is("("))
            {
                value.Args = Expressions.ParseArguments();
            }
            else if (value.TypeArgs is not null || value.Constructor is not null)
            {
                throw Error("Expected the arguments of the value's constructor.");
            }

            if (value.Constructor == "new")
            {
                value.Constructor = null;
            }

            node.Values.Add(value);
            if (!Accept(","))
            {
                break;
            }
        }

        if (node.Values.Count == 0)
        {
            throw Error(node.Pos, "An enum can't be without values.");
        }

        if (Accept(";"))
        {
            while (!Is("}") && Current.Kind != TokenKind.End)
            {
                ParseClassMember(node);
            }
        }

        Expect("}");
        EnclosingClass = null;
        return node;
    }

    /// <summary>An extension or extension type.</summary>
    public ClassNode ParseExtension(List<Annotation> metadata)
    {
        Advance();
        var node = new ClassNode { Pos = Pos, Kind = ClassKind.Extension, Metadata = metadata };
        // So an extension can't have the name 'type', and an extension type can have the name 'on'.
        if (Is("type"))
        {
            Advance();
            node.Kind = ClassKind.ExtensionType;
            var isConst = Accept("const");
            node.Pos = Pos;
            node.Name = TypeIdentifier();
            if (Is("<"))
            {
                node.TypeParams = Types.ParseTypeParameters();
            }

            var constructor = new FunctionNode { Pos = Pos, Kind = FunctionKind.Constructor, Name = "", Const = isConst };
            if (Accept("."))
            {
                constructor.Name = Is("new") ? Advance().Text : Identifier();
            }

            if (constructor.Name == "new")
            {
                constructor.Name = "";
            }

            Expect("(");
            Annotations.SkipMetadata();
            var pos = Pos;
            var type = Types.ParseType();
            var name = Identifier();
            Accept(",");
            Expect(")");
            node.Fields.Add(new FieldNode { Pos = pos, Name = name, Type = type, Final = true });
            constructor.Params.Add(new ParamNode { Pos = pos, Name = name, IsThis = true });
            node.Methods.Add(constructor);
            if (Accept("implements"))
            {
                node.Implements = ParseTypeList();
            }

            ParseMembers(node);
            return node;
        }

        if (!Is("on") && !Is("<"))
        {
            node.Name = TypeIdentifier();
        }
        else if (Is("on") && PeekIs(1, "on"))
        {
            node.Name = Identifier();
        }

        if (Is("<"))
        {
            node.TypeParams = Types.ParseTypeParameters();
        }

        Expect("on");
        node.On.Add(Types.ParseType());
        ParseMembers(node);
        return node;
    }

    private void ParseMembers(ClassNode node)
    {
        if (node.Kind == ClassKind.ExtensionType && Accept(";"))
        {
            return;
        }

        Expect("{");
        EnclosingClass = node;
        while (!Is("}"))
        {
            if (Current.Kind == TokenKind.End)
            {
                throw Error("Can't find '}' to match '{'.");
            }

            ParseClassMember(node);
        }

        Expect("}");
        EnclosingClass = null;
    }

    private void ParseClassMember(ClassNode node)
    {
        var metadata = Annotations.ParseMetadata();
        var pos = Pos;
        var isExternal = IsModifier("external") && Accept("external");
        var isStatic = false;
        if (IsModifier("static")) { Advance(); isStatic = true; }

        var isConst = Is("const") && !IsFieldAfterConst();
        if (isConst)
        {
            Advance();
        }

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
        {
            throw Error("Expected a constructor after 'const'.");
        }

        Functions.ParseMember(pos, metadata, node, isExternal, member =>
        {
            if (member is FieldNode field) { field.Static |= isStatic; node.Fields.Add(field); }
            else { var function = (FunctionNode)member; function.Static = isStatic; node.Methods.Add(function); }
        });
    }

    private bool IsFieldAfterConst()
    {
        var start = Index;
        Advance();
        var result = IsIdentifier() && (PeekIs(1, "=") || PeekIs(1, ";")) || Types.SkipType() && IsIdentifier() && (PeekIs(1, "=") || PeekIs(1, ";") || PeekIs(1, ","));
        Index = start;
        return result;
    }

    /// <summary>Whether the word is a modifier here, and not a name.</summary>
    public bool IsModifier(string word) =>
        Is(word) && (!PeekIs(1, "(") || IsBeforeRecordType()) && !PeekIs(1, "=") && !PeekIs(1, ";") && !PeekIs(1, ",") && !PeekIs(1, ".") && !PeekIs(1, "<") && !PeekIs(1, "?");

    /// <summary>Whether what follows the word is a type in parentheses and a name, not a list of parameters.</summary>
    private bool IsBeforeRecordType()
    {
        var start = Index;
        Advance();
        var result = Types.SkipType() && IsIdentifier();
        Index = start;
        return result;
    }

    private FunctionNode ParseConstructor(int pos, ClassNode node)
    {
        var function = new FunctionNode { Pos = pos, Kind = FunctionKind.Constructor };
        function.Pos = Pos;
        var name = Identifier();
        if (name != node.Name)
        {
            throw Error(function.Pos, $"The name of a constructor must match the name of the enclosing class.");
        }

        if (Accept("."))
        {
            function.Name = Is("new") ? Advance().Text : Identifier();
        }

        if (function.Name == "new")
        {
            function.Name = "";
        }

        function.Params = Functions.ParseParameters();
        if (Accept("="))
        {
            function.Redirect = new NamedTypeNode { Pos = Pos, Name = Identifier() };
            string? second = null;
            if (Is(".")) { Advance(); second = Is("new") ? Advance().Text : Identifier(); }

            if (Is("<"))
            {
                function.Redirect.Args = Types.ParseTypeArguments();
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
            do
            {
                function.Initializers.Add(ParseInitializer());
            }
            while (Accept(","));
        }

        Functions.ParseBody(function, isExpression: false);
        return function;
    }

    private Initializer ParseInitializer()
    {
        var pos = Pos;
        if (Is("super"))
        {
            Advance();
            string? name = null;
            if (Accept("."))
            {
                name = Is("new") ? Advance().Text : Identifier();
            }

            return new SuperInit { Pos = pos, Name = name == "new" ? null : name, Args = Expressions.ParseArguments() };
        }

        if (Is("assert"))
        {
            Advance();
            Expect("(");
            var condition = Expressions.ParseExpression();
            Expr? message = null;
            if (Accept(",") && !Is(")")) { message = Expressions.ParseExpression(); Accept(","); }

            Expect(")");
            return new AssertInit { Pos = pos, Condition = condition, Message = message };
        }

        if (Is("this"))
        {
            Advance();
            if (Is("("))
            {
                return new ThisInit { Pos = pos, Args = Expressions.ParseArguments() };
            }

            Expect(".");
            var name = Is("new") ? Advance().Text : Identifier();
            if (Is("("))
            {
                return new ThisInit { Pos = pos, Name = name == "new" ? null : name, Args = Expressions.ParseArguments() };
            }

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
        var saved = NoFunctionBody;
        NoFunctionBody = HasBraceBehindParenthesis();
        var value = Expressions.ParseExpression();
        NoFunctionBody = saved;
        return value;
    }

    // Whether a '{' stands behind a parenthesis of the expression here, and not within other signs.
    private bool HasBraceBehindParenthesis()
    {
        var start = Index;
        var isFound = false;
        while (!isFound && Current.Kind != TokenKind.End && !Is(",") && !Is(";") && !Is("{"))
        {
            if (Is("("))
            {
                isFound = SkipNested() && Is("{");
            }
            else if (Is("["))
            {
                SkipNested();
            }
            else
            {
                Advance();
            }
        }

        Index = start;
        return isFound;
    }
}
