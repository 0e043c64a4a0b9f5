using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>Declarations of functions, methods, getters, setters and operators, with their code.</summary>
/// <param name="context">What all bodies have in common.</param>
internal sealed class FunctionGenerator(BodyContext context)
{
    private const int Depth = 3;

    private readonly RandomSource _random = context.Random;

    /// <summary>A function outside of classes, or a static one.</summary>
    public Item Function(FunctionOutline outline, bool isStatic = false) =>
        Declare(outline, NewBody(outline, [], null), isStatic ? "static " : "");

    /// <summary>A member of a class.</summary>
    /// <param name="outline">Its signature.</param>
    /// <param name="self">The class's type within itself.</param>
    public Item Member(FunctionOutline outline, DartType self)
    {
        if (outline.IsAbstract)
        {
            return Item.Of($"{Head(outline)};");
        }

        var inherited = ClassOutline.Ancestry(self).Skip(1).Any(super => super.Class!.Methods.Exists(method => !method.IsAbstract && method.Name == outline.Name && method.Sort == outline.Sort));
        var body = NewBody(outline, self.Class!.Parameters, inherited && outline.Sort == FunctionSort.Plain ? outline : null);
        AddSelf(body, self, withLate: true);
        return Declare(outline, body, "");
    }

    /// <summary>A member of an extension.</summary>
    public Item ExtensionMember(FunctionOutline outline, DartType extended)
    {
        var body = NewBody(outline, [], null);
        body.Scope.Add(new Variable("this", extended));
        return Declare(outline, body, "");
    }

    /// <summary>Makes an object's own fields known, and the object itself.</summary>
    /// <param name="body">Where.</param>
    /// <param name="self">The object's type.</param>
    /// <param name="withLate">Whether that is so for late fields, too.</param>
    public static void AddSelf(Body body, DartType self, bool withLate)
    {
        body.Scope.Add(new Variable("this", self));
        foreach (var (field, type) in ClassOutline.FieldsOf(self).Where(known => withLate || !known.Field.IsLate))
        {
            body.Scope.Add(new Variable(field.Name, type, !field.IsFinal));
        }
    }

    private Body NewBody(FunctionOutline outline, List<TypeParameter> classParameters, FunctionOutline? overridden)
    {
        var sort = outline.Sort switch
        {
            FunctionSort.Generator => BodySort.Generator,
            FunctionSort.Async => BodySort.Async,
            FunctionSort.Stream => BodySort.Stream,
            _ => BodySort.Plain,
        };
        var budget = outline.Level == 0 ? _random.Between(8, 20) : _random.Between(25, 70);
        return new Body(context, sort, outline.Level, outline.Result, [.. classParameters, .. outline.TypeParameters], budget)
        {
            Self = outline.CallsItself ? outline : null, SuperMethod = overridden,
        };
    }

    private Item Declare(FunctionOutline outline, Body body, string prefix)
    {
        foreach (var parameter in outline.Parameters)
        {
            body.Scope.Add(new Variable(parameter.Name, parameter.Type, !outline.CallsItself && _random.Percent(40)));
        }

        var isExpression = !body.IsFueled && body.Sort == BodySort.Plain && outline.Result.Kind != DartKind.Void && _random.Percent(55);
        return isExpression
            ? Item.Of($"{prefix}{Head(outline)} => {body.Expressions.Stored(outline.Result, Depth + 1)};")
            : Item.Of($"{prefix}{Head(outline)}{Mark(outline)} {Code(outline, body)}");
    }

    private Block Code(FunctionOutline outline, Body body)
    {
        var first = new List<Item>();
        if (outline.CallsItself)
        {
            first.Add(Item.Fixed($"if ({outline.Parameters[0].Name} <= 0) {Exit(body)}"));
        }

        if (body.IsFueled)
        {
            first.Add(Item.Fixed($"if (fuel-- <= 0) {Exit(body)}"));
        }

        return body.Nested(() =>
        {
            List<Item> items = [.. first];
            for (var i = body.IsFueled ? _random.Between(3, 7) : _random.Between(1, 3); i > 0; i--)
            {
                items.Add(body.Statements.Any(Depth));
            }

            if (body.Sort is BodySort.Plain or BodySort.Async && outline.Result.Kind != DartKind.Void)
            {
                items.Add(Item.Of($"return {body.Expressions.Stored(outline.Result, Depth)};"));
            }

            return new Block(items);
        });
    }

    /// <summary>Leaves a function without having done anything.</summary>
    private static Piece Exit(Body body) =>
        body.Sort is BodySort.Generator or BodySort.Stream || body.Result.Kind == DartKind.Void ? Piece.Of($"return;") : Piece.Of($"return {body.Literals.Of(body.Result)};");

    private static string Head(FunctionOutline outline)
    {
        var types = TypeParameter.Declare(outline.TypeParameters);
        return outline.Sort switch
        {
            FunctionSort.Getter => $"{outline.Result} get {outline.Name}",
            FunctionSort.Setter => $"set {outline.Name}{outline.ParameterList}",
            FunctionSort.Operator => $"{outline.Result} operator {outline.Name}{outline.ParameterList}",
            FunctionSort.Generator => $"Iterable<{outline.Result}> {outline.Name}{outline.ParameterList}",
            FunctionSort.Async => $"Future<{outline.Result}> {outline.Name}{outline.ParameterList}",
            FunctionSort.Stream => $"Stream<{outline.Result}> {outline.Name}{outline.ParameterList}",
            _ => $"{outline.Result} {outline.Name}{types}{outline.ParameterList}",
        };
    }

    /// <summary>What is written between the parameters and the code of a function that stops on the way.</summary>
    private static string Mark(FunctionOutline outline) => outline.Sort switch
    {
        FunctionSort.Generator => " sync*",
        FunctionSort.Async => " async",
        FunctionSort.Stream => " async*",
        _ => "",
    };
}
