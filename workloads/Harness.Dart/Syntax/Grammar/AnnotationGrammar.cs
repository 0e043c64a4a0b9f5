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
            if (!IsInBody) OtherMetadata.Add((annotation, EnclosingClass));
        }
    }

    /// <summary>The annotations that stand here.</summary>
    public List<Annotation> ParseMetadata()
    {
        var list = new List<Annotation>();
        while (Is("@"))
            list.Add(ParseAnnotation());
        return list;
    }

    /// <summary>One annotation.</summary>
    public Annotation ParseAnnotation()
    {
        var pos = Pos;
        Expect("@");
        Expr value = new Ident { Pos = Pos, Name = Identifier() };
        List<TypeNode>? args = null;
        while (Is(".") )
        {
            Advance();
            value = new PropertyGet { Pos = Pos, Target = value, Name = Is("new") ? Advance().Text : Identifier() };
        }

        if (Is("<"))
            args = Types.ParseTypeArguments();
        while (Is(".") )
        {
            Advance();
            value = new PropertyGet { Pos = Pos, Target = value, Name = Is("new") ? Advance().Text : Identifier() };
        }

        // Only an argument list that follows without a space belongs to the annotation.
        if (Is("(") && Current.Start == Previous.End)
            value = new Call { Pos = pos, Target = value, TypeArgs = args, Args = Expressions.ParseArguments() };
        return new Annotation { Pos = pos, Value = value };
    }
}
