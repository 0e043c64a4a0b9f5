namespace Harness.Dart.Syntax.Grammar;

/// <summary>Metadata in front of declarations.</summary>
internal sealed class AnnotationGrammar(Parser parser) : GrammarPart(parser)
{
    /// <summary>Moves over annotations of what has no place for them (<see cref="Parser.OtherMetadata"/>).</summary>
    public void SkipMetadata()
    {
        while (Is("@"))
        {
            var annotation = ParseAnnotation();
            if (!IsInBody)
            {
                OtherMetadata.Add((annotation, EnclosingClass));
            }
        }
    }

    /// <summary>The annotations that stand here.</summary>
    public List<Annotation> ParseMetadata()
    {
        var list = new List<Annotation>();
        while (Is("@"))
        {
            list.Add(ParseAnnotation());
        }

        return list;
    }

    /// <summary>One annotation.</summary>
    public Annotation ParseAnnotation()
    {
        var pos = Pos;
        Expect("@");
        var outer = BeginChain();
        var value = ParseSelectors(new Ident { Pos = Pos, Name = Identifier() });
        var args = Is("<") ? Types.ParseTypeArguments() : null;
        value = ParseSelectors(value);
        EndChain(outer);
        // Only an argument list that follows without a space belongs to the annotation.
        if (Is("(") && Current.Start == Previous.End)
        {
            value = new Call { Pos = pos, Target = value, TypeArgs = args, Args = Expressions.ParseArguments() };
        }

        return new Annotation { Pos = pos, Value = value };
    }

    private Expr ParseSelectors(Expr value)
    {
        while (Is("."))
        {
            Link("annotation has too many selectors");
            Advance();
            value = new PropertyGet { Pos = Pos, Target = value, Name = Is("new") ? Advance().Text : Identifier() };
        }

        return value;
    }
}
