using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>Changes of collections that are variables, which keep them short, and their indices within bounds.</summary>
internal sealed class UpdateGenerator(Body body)
{
    /// <summary>A collection grows to this many elements by updates.</summary>
    private const int Most = 12;

    private readonly RandomSource _random = body.Random;

    /// <summary>A change of a list, set or map; null where no variable is one.</summary>
    public Item? Update(int depth)
    {
        var collections = body.Scope.All.Where(variable => variable.Type is { IsNullable: false, Kind: DartKind.List or DartKind.TypedList or DartKind.Set or DartKind.Map }).ToList();
        if (collections.Count == 0)
        {
            return null;
        }

        var chosen = _random.Pick(collections);
        return chosen.Type.Kind switch
        {
            DartKind.List => _random.Percent(35) ? OfElement(chosen.Text, chosen.Type.Arguments[0]) : OfList(chosen.Text, chosen.Type, depth),
            DartKind.TypedList => OfElement(chosen.Text, chosen.Type.Arguments[0]),
            DartKind.Set => OfSet(chosen.Text, chosen.Type, depth),
            _ => OfMap(chosen.Text, chosen.Type, depth),
        };
    }

    /// <summary>Changes an element. What is computed for it comes before the length is looked at, since it might change the list.</summary>
    private Item OfElement(string list, DartType element)
    {
        var index = $"[{((string)body.Expressions.Leaf(DartType.Int).Parts[0])} % {list}.length]";
        if (element is { IsNullable: false, Kind: DartKind.Int or DartKind.Double } && _random.Percent(50))
        {
            return Item.Of($"if ({list}.isNotEmpty) {list}{index} {_random.Pick(["+=", "-=", "*="])} {body.Expressions.Leaf(element)};");
        }

        if (_random.Percent(50))
        {
            return Item.Of($"if ({list}.isNotEmpty) {list}{index} = {body.Expressions.Leaf(element)};");
        }

        var name = body.NewName("v");
        var stored = Item.Fixed($"final {element} {name} = {body.Expressions.Stored(element, 2)};");
        return Item.Of($"{new Block([stored, Item.Of($"if ({list}.isNotEmpty) {list}{index} = {name};")])}");
    }

    private Item OfList(string list, DartType type, int depth)
    {
        var element = type.Arguments[0];
        Expression Value() => body.Expressions.Stored(element, depth - 1);
        return _random.Weighted(35, 8, 6, 5, 6, 4, 5, 5, 4, 3) switch
        {
            1 => Item.Of($"if ({list}.isNotEmpty) {list}.removeLast();"),
            2 => Item.Of($"if ({list}.isNotEmpty) {list}.removeAt({body.Expressions.Leaf(DartType.Int)} % {list}.length);"),
            3 => Item.Of($"if ({list}.length < {Most}) {list}.insert({body.Expressions.Leaf(DartType.Int)} % ({list}.length + 1), {body.Expressions.Leaf(element)});"),
            4 when body.Collections.Order(element) is { } order => Item.Of($"{list}.sort({order});"),
            5 => Item.Of($"{list}.{_random.Pick(["removeWhere", "retainWhere"])}({body.Closures.Function(DartType.Bool, [element], depth - 1)});"),
            6 => Item.Of($"if ({list}.length < {Most / 2}) {list}.addAll({body.Expressions.Stored(type, depth - 1)});"),
            7 => Item.Of($"{list}.remove({Value()});"),
            8 => Item.Of($"if ({list}.length < {Most / 2}) {list}.insertAll(0, <{element}>[{Value()}, {Value()}]);"),
            9 => Item.Of($"{list}.clear();"),
            _ => Item.Of($"if ({list}.length < {Most}) {list}.add({Value()});"),
        };
    }

    private Item OfSet(string set, DartType type, int depth)
    {
        Expression Value() => body.Expressions.Stored(type.Arguments[0], depth - 1);
        return _random.Weighted(50, 20, 10, 10, 5) switch
        {
            1 => Item.Of($"{set}.remove({Value()});"),
            2 => Item.Of($"{set}.removeWhere({body.Closures.Function(DartType.Bool, [type.Arguments[0]], depth - 1)});"),
            3 => Item.Of($"if ({set}.length < {Most / 2}) {set}.addAll({body.Expressions.Stored(DartType.ListOf(type.Arguments[0]), depth - 1)});"),
            4 => Item.Of($"{set}.retainAll({body.Expressions.Of(type, depth - 1)});"),
            _ => Item.Of($"if ({set}.length < {Most}) {set}.add({Value()});"),
        };
    }

    private Item OfMap(string map, DartType type, int depth)
    {
        var (key, value) = (type.Arguments[0], type.Arguments[1]);
        Expression Key() => body.Expressions.Stored(key, depth - 1);
        Expression Value() => body.Expressions.Stored(value, depth - 1);
        return _random.Weighted(45, 15, 10, 10, 8, 7, 5) switch
        {
            1 => Item.Of($"{map}.remove({Key()});"),
            2 => Item.Of($"if ({map}.length < {Most}) {map}.putIfAbsent({Key()}, {body.Closures.Function(value, [], depth - 1)});"),
            3 => Item.Of($"if ({map}.length < {Most}) {map}.update({Key()}, {body.Closures.Function(value, [value], depth - 1)}, ifAbsent: {body.Closures.Function(value, [], depth - 1)});"),
            4 => Item.Of($"{map}.updateAll({body.Closures.Function(value, [key, value], depth - 1)});"),
            5 => Item.Of($"{map}.removeWhere({body.Closures.Function(DartType.Bool, [key, value], depth - 1)});"),
            6 => Item.Of($"if ({map}.length < {Most}) {map}[{Key()}] ??= {Value()};"),
            _ => Item.Of($"if ({map}.length < {Most}) {map}[{Key()}] = {Value()};"),
        };
    }
}
