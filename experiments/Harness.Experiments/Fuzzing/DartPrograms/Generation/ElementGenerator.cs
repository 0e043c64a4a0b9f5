using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>Reading collections: elements at an index that is within bounds, values by keys, what folding gives, and how many there are.</summary>
internal sealed class ElementGenerator(Body body)
{
    private readonly RandomSource _random = body.Random;

    /// <summary>Expressions of a type that read collections with such elements.</summary>
    public void AddTo(Choices<Expression> choices, DartType type, int depth)
    {
        var collections = body.Features.Collections;
        choices
            .Add(6 * Math.Max(1, collections), () => AtIndex(type, depth))
            .Add(2 * collections, () => Expression.Of(type, $"at<{type}>({List(type, depth)}, {body.Expressions.Of(DartType.Int, depth - 1)}, {body.Expressions.Stored(type, depth - 1)})"))
            .Add(2 * collections, () => Lookup(type, depth) is { } found ? Expression.Of(type, $"({found} ?? {body.Expressions.Of(type, depth - 1)})") : null)
            .Add(2 * collections, () => Folded(type, depth))
            .Add(collections, () => Found(type, depth));
    }

    /// <summary>How many there are of something.</summary>
    public void AddCounts(Choices<Expression> choices, int depth)
    {
        var collections = body.Features.Collections;
        choices
            .Add(2 * collections, () => Count($"{body.Expressions.Of(body.Types.Collection(body.TypeParameters), depth - 1)}.length"))
            .Add(collections, () => body.Types.Key() is var key ? Count($"{List(key, depth)}.indexOf({body.Expressions.Of(key, depth - 1)})") : null)
            .Add(collections, () => body.Types.Element(body.TypeParameters) is var element
                ? Count($"{List(element, depth)}.where({body.Closures.Function(DartType.Bool, [element], depth - 1)}).length")
                : null);
    }

    /// <summary>The value of a key, which a map may not have; null where no variable is a map with such values.</summary>
    public Expression? Lookup(DartType type, int depth)
    {
        var maps = body.Scope.All.Where(variable => variable.Type is { Kind: DartKind.Map, IsNullable: false } && variable.Type.Arguments[1].Equals(type)).ToList();
        if (maps.Count == 0)
        {
            return null;
        }

        var map = _random.Pick(maps);
        return Expression.Of(type.WithNull(true), $"{map.Text}[{body.Expressions.Of(map.Type.Arguments[0], depth - 1)}]");
    }

    private static Expression Count(PieceText text) => Expression.Of(DartType.Int, text);

    private Expression List(DartType element, int depth) => body.Expressions.Of(DartType.ListOf(element), depth - 1);

    /// <summary>An element of a list that is a variable. Nothing that could change the list comes between its length and the access.</summary>
    private Expression? AtIndex(DartType type, int depth)
    {
        var lists = body.Scope.All.Where(variable => variable.Type is { Kind: DartKind.List or DartKind.TypedList, IsNullable: false } && variable.Type.Arguments[0].Equals(type)).ToList();
        if (lists.Count == 0)
        {
            return null;
        }

        var list = _random.Pick(lists).Text;
        return Expression.Of(type, $"({list}.isEmpty ? {body.Expressions.Of(type, depth - 1)} : {list}[{body.Expressions.Leaf(DartType.Int)} % {list}.length])");
    }

    private Expression Folded(DartType type, int depth)
    {
        var element = body.Types.Element(body.TypeParameters);
        var list = List(element, depth);
        return Expression.Of(type, $"{list}.fold<{type}>({body.Expressions.Stored(type, depth - 1)}, {body.Closures.Function(type, [type, element], depth - 1)})");
    }

    /// <summary>The first or last element with a property, or something else.</summary>
    private Expression Found(DartType type, int depth) => Expression.Of(
        type,
        $"{List(type, depth)}.{_random.Pick(["firstWhere", "lastWhere"])}({body.Closures.Function(DartType.Bool, [type], depth - 1)}, orElse: {body.Closures.Function(type, [], depth - 1)})");
}
