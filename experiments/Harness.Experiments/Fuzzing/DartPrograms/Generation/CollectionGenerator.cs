using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>Lists, sets and maps: literals with spreads, conditions and loops, and what is made of others.</summary>
internal sealed class CollectionGenerator(Body body)
{
    private static readonly string[] Copies =
        ["reversed.toList()", "take(3).toList()", "skip(1).toList()", "toList(growable: true)", "toSet().toList()", "followedBy(<Never>[]).toList()"];

    private readonly RandomSource _random = body.Random;

    public void AddTo(Choices<Expression> choices, DartType type, int depth)
    {
        switch (type.Kind)
        {
            case DartKind.List:
                AddList(choices, type, depth);
                break;
            case DartKind.Set:
                choices.Add(20, () => Literal(type, depth)).Add(6, () => Expression.Of(type, $"{Make(DartType.ListOf(type.Arguments[0]), depth)}.toSet()"));
                break;
            case DartKind.Map:
                choices.Add(20, () => MapLiteral(type, depth)).Add(5, () => MapFrom(type, depth));
                break;
            default:
                choices.Add(10, () => Expression.Of(type, $"{type}.fromList({Make(DartType.ListOf(type.Arguments[0]), depth)})"));
                break;
        }
    }

    /// <summary>A literal of a list or set.</summary>
    public Expression Literal(DartType type, int depth)
    {
        var items = new List<Item>();
        for (var i = HasValues(type) ? _random.Below(depth > 0 ? 5 : 4) : 0; i > 0; i--)
        {
            items.Add(Element(type.Arguments[0], depth));
        }

        var elements = new Block(items, BlockLayout.Elements);
        return type.Kind == DartKind.List ? Expression.Of(type, $"<{type.Arguments[0]}>[{elements}]") : Expression.Of(type, $"<{type.Arguments[0]}>{{{elements}}}");
    }

    /// <summary>A literal of a map.</summary>
    public Expression MapLiteral(DartType type, int depth)
    {
        var items = new List<Item>();
        for (var i = HasValues(type) ? _random.Below(4) : 0; i > 0; i--)
        {
            items.Add(_random.Percent(15) && depth > 0
                ? Item.Of($"if ({body.Expressions.Of(DartType.Bool, depth - 1)}) {Make(type.Arguments[0], depth)}: {Make(type.Arguments[1], depth)}")
                : Item.Of($"{Make(type.Arguments[0], depth)}: {Make(type.Arguments[1], depth)}"));
        }

        return Expression.Of(type, $"<{type.Arguments[0]}, {type.Arguments[1]}>{{{new Block(items, BlockLayout.Elements)}}}");
    }

    /// <summary>A closure that orders elements, without any effect; null where the type has no order.</summary>
    public string? Order(DartType element)
    {
        var (a, b) = _random.Percent(50) ? ("x", "y") : ("y", "x");
        switch (element.Kind)
        {
            case DartKind.Int or DartKind.Double or DartKind.Number or DartKind.String when !element.IsNullable:
                return $"(x, y) => {a}.compareTo({b})";
            case DartKind.Enum when !element.IsNullable:
                return $"(x, y) => {a}.index - {b}.index";
            case DartKind.Class when !element.IsNullable:
                var fields = ClassOutline.FieldsOf(element).Where(field => !field.Field.IsLate && field.Type is { IsNullable: false, Kind: DartKind.Int or DartKind.String }).ToList();
                return fields.Count == 0 ? null : $"(x, y) => {a}.{fields[0].Field.Name}.compareTo({b}.{fields[0].Field.Name})";
            default:
                return null;
        }
    }

    private void AddList(Choices<Expression> choices, DartType type, int depth)
    {
        var element = type.Arguments[0];
        Expression Source(DartType of) => body.Expressions.Of(DartType.ListOf(of), depth - 1);
        choices
            .Add(24, () => Literal(type, depth))
            .Add(5, () => Expression.Of(type, $"List<{element}>.filled({_random.Below(6)}, {Make(element, depth)}, growable: true)"))
            .Add(5, () => Expression.Of(type, $"List<{element}>.generate({_random.Below(7)}, {body.Closures.Function(element, [DartType.Int], depth - 1)})"))
            .Add(6, () => body.Types.Element(body.TypeParameters) is var source
                ? Expression.Of(type, $"{Source(source)}.map<{element}>({body.Closures.Function(element, [source], depth - 1)}).toList()")
                : null)
            .Add(6, () => Expression.Of(type, $"{Source(element)}.where({body.Closures.Function(DartType.Bool, [element], depth - 1)}).toList()"))
            .Add(2, () => Expression.Of(type, $"{Source(element)}.expand<{element}>({body.Closures.Function(type, [element], depth - 1)}).toList()"))
            .Add(3, () => Expression.Of(type, $"{Source(element)}.{_random.Pick(Copies)}"))
            .Add(3, () => Expression.Of(type, $"({Source(element)} + {Source(element)})"))
            .Add(4, () => Order(element) is { } order ? Expression.Of(type, $"(<{element}>[...{Source(element)}]..sort({order}))") : null)
            .Add(3, () => body.Scope.Pick(type, _random) is { Text: var name } ? Expression.Of(type, $"{name}.sublist({name}.length ~/ 2)") : null)
            .Add(element.Kind is DartKind.Int or DartKind.String or DartKind.Enum && !element.IsNullable ? 2 : 0, () => Expression.Of(type, $"{Make(DartType.SetOf(element), depth)}.toList()"))
            .Add(element.IsNullable ? 0 : 2, () => Expression.Of(type, $"{Make(DartType.MapOf(body.Types.Key(), element), depth)}.values.toList()"))
            .Add(element.Kind == DartKind.Int && !element.IsNullable ? body.Features.Texts : 0, () => Expression.Of(type, $"{Make(DartType.String, depth)}.codeUnits"))
            .Add(element.Kind == DartKind.String && !element.IsNullable ? body.Features.Texts : 0, () => Expression.Of(type, $"{Make(DartType.String, depth)}.split('a')"))
            .Add(body.IsAnywhere ? 5 : 0, () => body.Calls.Generated(element, depth) is { } generated ? Expression.Of(type, $"{generated}.take({_random.Between(1, 8)}).toList()") : null);
    }

    /// <summary>An element: a value, a spread, or one of these on a condition or in a loop.</summary>
    private Item Element(DartType element, int depth)
    {
        if (depth <= 0)
        {
            return Item.Of($"{body.Expressions.Leaf(element)}");
        }

        switch (_random.Weighted(60, 12, 12, 8, 6 * body.Features.Patterns, 3 * body.Features.Patterns, 8))
        {
            case 0:
                return Item.Of($"{Make(element, depth)}");
            case 1:
                return Item.Of($"if ({body.Expressions.Of(DartType.Bool, depth - 1)}) {Make(element, depth)}{(_random.Percent(40) ? Piece.Of($" else {Make(element, depth)}") : Piece.Of($""))}");
            case 2:
                return Item.Of($"...{Make(DartType.ListOf(element), depth)}");
            case 3:
                return Counted(element, depth);
            case 4:
                return InCase(element, depth);
            case 5:
                return InRecords(element, depth);
            default:
                return InList(element, depth);
        }
    }

    private Item Counted(DartType element, int depth) => body.Nested(() =>
    {
        var counter = body.NewName("v");
        body.Scope.Add(new Variable(counter, DartType.Int));
        return Item.Of($"for (var {counter} = 0; {counter} < {_random.Between(1, 4)}; {counter}++) {Make(element, depth)}");
    });

    /// <summary>An element that is there only if something matches a pattern, with what that binds, and perhaps another one otherwise.</summary>
    private Item InCase(DartType element, int depth)
    {
        var subject = body.Patterns.Subject(depth);
        var pattern = body.Patterns.Of(subject.Type, 1) with { MayBeGuarded = true };
        var (guard, value) = body.Nested(() =>
        {
            foreach (var variable in pattern.Bound)
            {
                body.Scope.Add(variable);
            }

            return (body.Patterns.Guard(pattern, depth), Make(element, depth));
        });
        return Item.Of($"if ({subject} case {pattern.Text}{guard}) {value}{(_random.Percent(40) ? Piece.Of($" else {Make(element, depth)}") : Piece.Of($""))}");
    }

    private Item InRecords(DartType element, int depth)
    {
        var record = body.Types.Record([]);
        var list = body.Expressions.Of(DartType.ListOf(record), depth - 1);
        var pattern = body.Patterns.Destructuring(record);
        return body.Nested(() =>
        {
            foreach (var variable in pattern.Bound)
            {
                body.Scope.Add(variable);
            }

            return Item.Of($"for (final {pattern.Text} in {list}) {Make(element, depth)}");
        });
    }

    private Item InList(DartType element, int depth)
    {
        var source = body.Types.Element(body.TypeParameters);
        var list = body.Expressions.Of(DartType.ListOf(source), depth - 1);
        return body.Nested(() =>
        {
            var name = body.NewName("v");
            body.Scope.Add(new Variable(name, source));
            return Item.Of($"for (final {name} in {list}) {(_random.Percent(40) ? Piece.Of($"if ({body.Expressions.Of(DartType.Bool, depth - 1)}) ") : Piece.Of($""))}{Make(element, depth)}");
        });
    }

    private Expression MapFrom(DartType type, int depth)
    {
        var list = Make(DartType.ListOf(type.Arguments[0]), depth);
        return body.Nested(() =>
        {
            var name = body.NewName("v");
            body.Scope.Add(new Variable(name, type.Arguments[0]));
            return Expression.Of(type, $"<{type.Arguments[0]}, {type.Arguments[1]}>{{for (final {name} in {list}) {name}: {Make(type.Arguments[1], depth)}}}");
        });
    }

    private Expression Make(DartType type, int depth) => body.Expressions.Stored(type, depth - 1);

    /// <summary>Whether there are values of all types that a collection is of: not of a type parameter's where no variable has one.</summary>
    private bool HasValues(DartType type) => type.Arguments.All(part => part.Parameter is null || part.IsNullable || body.Scope.OfType(part).Count > 0);
}
