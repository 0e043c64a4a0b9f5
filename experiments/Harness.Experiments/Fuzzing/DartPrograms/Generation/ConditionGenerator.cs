using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>Conditions: comparisons, logic, tests of types and of what collections have.</summary>
internal sealed class ConditionGenerator(Body body)
{
    private readonly RandomSource _random = body.Random;

    public void AddTo(Choices<Expression> choices, int depth)
    {
        var features = body.Features;
        Expression Make(DartType type) => body.Expressions.Of(type, depth - 1);
        choices
            .Add(20, () => Of($"({Make(DartType.Int)} {Comparison()} {Make(DartType.Int)})"))
            .Add(8 * features.Doubles, () => Of($"({Make(DartType.Double)} {Comparison()} {Make(DartType.Double)})"))
            .Add(4 * features.Doubles, () => Of($"({Make(DartType.Number)} {Comparison()} {Make(DartType.Number)})"))
            .Add(5 * features.Texts, () => Of($"({Make(DartType.String)} {_random.Pick(["==", "!="])} {Make(DartType.String)})"))
            .Add(5 * features.Texts, () => Of($"{Make(DartType.String)}.{_random.Pick(["isEmpty", "isNotEmpty", "contains('a')", "startsWith('A')", "endsWith('c')"])}"))
            .Add(10, () => Of($"({Make(DartType.Bool)} {_random.Pick(["&&", "||", "==", "!=", "^"])} {Make(DartType.Bool)})"))
            .Add(5, () => Of($"(!{Make(DartType.Bool)})"))
            .Add(5, () => Of($"{Make(DartType.Int)}.{_random.Pick(["isEven", "isOdd", "isNegative"])}"))
            .Add(3 * features.Doubles, () => Of($"{Make(DartType.Double)}.{_random.Pick(["isNaN", "isNegative", "isFinite", "isInfinite"])}"))
            .Add(3 * features.Collections, () => Of($"{Make(DartType.ListOf(body.Types.Plain()))}.{_random.Pick(["isEmpty", "isNotEmpty"])}"))
            .Add(3 * features.Collections, () => Holds(depth))
            .Add(3 * features.Collections, () => Contains(depth))
            .Add(body.IsAnywhere ? 6 : 0, () => SameObject(depth))
            .Add(body.IsAnywhere ? 5 : 0, () => TypeTest())
            .Add(4 * features.Nulls, () => NullTest())
            .Add(2 * features.Patterns, () => Of($"({body.Literals.Of(body.Types.Plain())} == {Make(body.Types.Plain())})"));
    }

    private static Expression Of(PieceText text) => Expression.Of(DartType.Bool, text);

    private string Comparison() => _random.Pick(["<", "<=", ">", ">=", "==", "!="]);

    /// <summary>Whether some or all elements have a property.</summary>
    private Expression Holds(int depth)
    {
        var element = body.Types.Element(body.TypeParameters);
        var list = body.Expressions.Of(DartType.ListOf(element), depth - 1);
        return Of($"{list}.{_random.Pick(["any", "every"])}({body.Closures.Function(DartType.Bool, [element], depth - 1)})");
    }

    private Expression Contains(int depth)
    {
        var element = body.Types.Key();
        return _random.Below(3) switch
        {
            0 => Of($"{body.Expressions.Of(DartType.ListOf(element), depth - 1)}.contains({body.Expressions.Of(element, depth - 1)})"),
            1 => Of($"{body.Expressions.Of(DartType.SetOf(element), depth - 1)}.contains({body.Expressions.Of(element, depth - 1)})"),
            _ => Of($"{body.Expressions.Of(DartType.MapOf(element, body.Types.Plain()), depth - 1)}.containsKey({body.Expressions.Of(element, depth - 1)})"),
        };
    }

    /// <summary>Whether two objects, or values of an enum, are equal.</summary>
    private Expression? SameObject(int depth)
    {
        var objects = body.Scope.All.Where(variable => variable.Type.Kind is DartKind.Class or DartKind.Enum or DartKind.Record).ToList();
        if (objects.Count == 0)
        {
            return null;
        }

        var one = _random.Pick(objects);
        var other = body.Expressions.Of(one.Type.WithNull(false), depth - 1);
        return one.Type is { Kind: DartKind.Class, Class.Sort: not ClassSort.ExtensionType } && _random.Percent(25) ? Of($"identical({one.Text}, {other})") : Of($"({one.Text} {_random.Pick(["==", "!="])} {other})");
    }

    /// <summary>A test of an object that is a variable: whether it is of a class, or of another type that its own allows.</summary>
    private Expression? TypeTest()
    {
        var objects = body.Scope.All.Where(variable => variable.Type.Kind is DartKind.Class or DartKind.Object or DartKind.Number or DartKind.Parameter).ToList();
        if (objects.Count == 0)
        {
            return null;
        }

        var tested = _random.Pick(objects);
        return Of($"({tested.Text} {_random.Pick(["is", "is!"])} {TestedType(tested.Type)})");
    }

    /// <summary>A type that objects of another may have.</summary>
    public DartType TestedType(DartType type)
    {
        if (type.Kind == DartKind.Number)
        {
            return _random.Percent(50) ? DartType.Int : DartType.Double;
        }

        var candidates = body.Program.ObjectClasses
            .Where(candidate => candidate.Parameters.Count == 0)
            .Select(candidate => candidate.Type)
            .Where(candidate => candidate.IsSubtypeOf(type.WithNull(false)))
            .ToList();
        if (candidates.Count > 0 && _random.Percent(type.Kind == DartKind.Object ? 60 : 95))
        {
            return _random.Pick(candidates);
        }

        return type.Kind == DartKind.Object
            ? _random.Pick([DartType.Int, DartType.String, DartType.Double, DartType.Number, DartType.Bool, DartType.ListOf(DartType.Int)])
            : type.WithNull(false);
    }

    private Expression? NullTest()
    {
        var variables = body.Scope.All.Where(variable => variable.Type.IsNullable).ToList();
        return variables.Count == 0 ? null : Of($"({_random.Pick(variables).Text} {_random.Pick(["==", "!="])} null)");
    }
}
