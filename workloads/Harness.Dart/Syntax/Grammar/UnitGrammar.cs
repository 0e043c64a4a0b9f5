namespace Harness.Dart.Syntax.Grammar;

/// <summary>A whole file: directives, and what stands outside of classes.</summary>
internal sealed class UnitGrammar(Parser parser) : GrammarPart(parser)
{
    /// <summary>The directives and declarations up to the end of the file.</summary>
    public UnitNode ParseUnit()
    {
        var unit = new UnitNode { File = File, OtherMetadata = OtherMetadata };
        while (Current.Kind != TokenKind.End)
        {
            var metadata = Annotations.ParseMetadata();
            if (!IsDirective())
            {
                ParseTopLevel(unit, metadata);
                continue;
            }

            AddDirective(unit);
            NoteMetadata(metadata);
        }

        return unit;
    }

    private void NoteMetadata(List<Annotation> metadata) => OtherMetadata.AddRange(metadata.Select(annotation => (annotation, (ClassNode?)null)));

    private void AddDirective(UnitNode unit)
    {
        var pos = Pos;
        var directive = ParseDirective();
        if (unit.Declarations.Count > 0)
        {
            throw Error(pos, "Directives must appear before any declarations.");
        }

        if (directive.Kind is "import" or "export" && unit.Directives.Exists(d => d.Kind == "part"))
        {
            throw Error(pos, "Imports and exports must precede all part directives.");
        }

        if (directive.Kind == "library" && unit.Directives.Count > 0)
        {
            throw Error(pos, "The library directive must appear before all other directives.");
        }

        unit.Directives.Add(directive);
    }

    private bool IsDirective()
    {
        if (Is("library"))
        {
            return PeekIs(1, ";") || IsIdentifier(1) && (PeekIs(2, ";") || PeekIs(2, "."));
        }

        if (Is("import") || Is("export"))
        {
            return Peek().Kind == TokenKind.String;
        }

        return Is("part") && (Peek().Kind == TokenKind.String || PeekIs(1, "of") && !PeekIs(2, "("));
    }

    private string UriString()
    {
        var literal = Current.Kind == TokenKind.String ? Literals.ParseString() : throw Error("Expected a URI in quotes.");
        return literal.IsConstantText ? (string)literal.Parts[0] : throw Error(literal.Pos, "Can't use string interpolation in a URI.");
    }

    private string DottedName()
    {
        List<string> names = [Identifier()];
        while (Accept("."))
        {
            names.Add(Identifier());
        }

        return string.Join('.', names);
    }

    private Directive ParseDirective()
    {
        var directive = new Directive { Pos = Pos, Kind = Advance().Text };
        if (directive.Kind == "library")
        {
            directive.Uri = Is(";") ? "" : DottedName();
        }
        else if (directive.Kind == "part" && Accept("of"))
        {
            directive.Kind = "part of";
            if (Current.Kind == TokenKind.String)
            {
                directive.Uri = UriString();
            }
            else
            {
                directive.Prefix = DottedName();
            }
        }
        else
        {
            directive.Uri = UriString();
            while (directive.Kind != "part" && Is("if"))
            {
                Advance();
                Expect("(");
                var test = DottedName();
                string? value = null;
                if (Accept("=="))
                {
                    value = UriString();
                }

                Expect(")");
                directive.Conditions.Add((test, value, UriString()));
            }

            if (directive.Kind == "import")
            {
                if (Accept("deferred"))
                {
                    directive.Deferred = true;
                }

                if (Accept("as"))
                {
                    directive.Prefix = TypeIdentifier();
                }
            }

            while (directive.Kind != "part" && (Is("show") || Is("hide")))
            {
                var show = Advance().Text == "show";
                var names = new List<string>();
                do
                {
                    names.Add(Identifier());
                }
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
        {
            throw Error("Augmentations are not supported.");
        }

        if (Classes.LooksLikeClass(out var modifiers))
        {
            unit.Declarations.Add(Classes.ParseClass(modifiers, metadata));
            return;
        }

        if (Is("enum")) { unit.Declarations.Add(Classes.ParseEnum(metadata)); return; }

        if (Is("extension") && (IsIdentifier(1) || PeekIs(1, "<") || PeekIs(1, "on")) && !PeekIs(1, "(") && !PeekIs(2, "="))
        {
            unit.Declarations.Add(Classes.ParseExtension(metadata));
            return;
        }

        if (Classes.IsModifier("typedef"))
        {
            NoteMetadata(metadata);
            unit.Declarations.Add(ParseTypedef());
            return;
        }

        var isExternal = Classes.IsModifier("external") && Accept("external");
        Functions.ParseMember(pos, metadata, null, isExternal, unit.Declarations.Add);
    }

    private TypedefNode ParseTypedef()
    {
        Advance();
        var pos = Pos;
        if (IsIdentifier() && (PeekIs(1, "=") || PeekIs(1, "<") && IsNewTypedef()))
        {
            var name = TypeIdentifier();
            var parameters = Is("<") ? Types.ParseTypeParameters() : [];
            Expect("=");
            var type = Types.ParseType();
            Expect(";");
            return new TypedefNode { Pos = pos, Name = name, TypeParams = parameters, Type = type };
        }

        // The old form: typedef R F<T>(params).
        TypeNode? result = null;
        if (!(IsIdentifier() && (PeekIs(1, "(") || PeekIs(1, "<") && Statements.IsNamedFunction())))
        {
            result = Types.ParseType();
        }

        var old = new TypedefNode { Pos = Pos, Name = TypeIdentifier(), Type = null! };
        if (Is("<"))
        {
            old.TypeParams = Types.ParseTypeParameters();
        }

        var parameterNodes = Functions.ParseParameters();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var parameter in parameterNodes)
        {
            if (parameter.Default is not null)
            {
                throw Error(parameter.Pos, "Can't have a default value in a typedef.");
            }

            if (parameter.Name != "_" && !names.Add(parameter.Name))
            {
                throw Error(parameter.Pos, $"'{parameter.Name}' is already declared in this scope.");
            }
        }

        Expect(";");
        old.Type = new FunctionTypeNode { Pos = pos, Return = result, Params = parameterNodes };
        return old;
    }

    private bool IsNewTypedef()
    {
        var start = Index;
        Advance();
        var result = Types.SkipTypeParameters() && Is("=");
        Index = start;
        return result;
    }
}
