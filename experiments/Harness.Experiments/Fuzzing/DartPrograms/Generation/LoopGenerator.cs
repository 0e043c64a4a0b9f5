using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>
/// Loops, each of which ends by itself: what counts is in the loop's head or in statements that stay, and nothing else of the program assigns it. From the level on at which functions take fuel,
/// loops take some, too.
/// </summary>
internal sealed class LoopGenerator(Body body)
{
    private const int DeepestNesting = 2;

    private readonly RandomSource _random = body.Random;

    /// <summary>How the head of a loop takes fuel; empty in bodies that take none.</summary>
    private string Fuel => body.IsFueled ? " && fuel-- > 0" : "";

    /// <summary>A loop; null where there are loops enough around it.</summary>
    public Item? Loop(int depth)
    {
        if (body.LoopLabels.Count >= (body.IsFueled ? DeepestNesting : 1))
        {
            return null;
        }

        var label = _random.Percent(25) ? body.NewName("L") : null;
        return new Choices<Item>(_random)
            .Add(20, () => Counted(label, depth))
            .Add(8, () => While(label, depth))
            .Add(5, () => DoWhile(label, depth))
            .Add(12 * Math.Max(1, body.Features.Collections), () => InList(label, depth))
            .Add(6 * body.Features.Collections, () => InMap(label, depth))
            .Add(4 * body.Features.Patterns, () => InRecords(label, depth))
            .Add(12, () => InGenerated(label, depth))
            .Add(body.MayAwait ? 20 : 0, () => InStream(label, depth))
            .Pick();
    }

    /// <summary>Leaves a loop, or goes on with its next round, on a condition that seldom holds; null outside of loops.</summary>
    public Item? Jump(int depth)
    {
        if (body.LoopLabels.Count == 0)
        {
            return null;
        }

        var label = _random.Pick(body.LoopLabels);
        var target = label is not null && _random.Percent(60) ? " " + label : "";
        return Item.Of($"if ({body.Expressions.Rare(Math.Min(depth, 2))}) {_random.Pick(["break", "continue"])}{target};");
    }

    private static string Labelled(string? label) => label is null ? "" : label + ": ";

    /// <summary>The body of a loop.</summary>
    private Block Round(string? label, int depth, IEnumerable<Variable> known, params IReadOnlyList<Item> first)
    {
        body.LoopLabels.Add(label);
        var block = body.Statements.Few(depth, known, first);
        body.LoopLabels.RemoveAt(body.LoopLabels.Count - 1);
        return block;
    }

    private int Rounds() => body.IsFueled ? _random.Between(2, 8) : _random.Between(1, 3);

    private Item Counted(string? label, int depth)
    {
        var name = body.NewName("v");
        Variable[] known = [new(name, DartType.Int)];
        if (_random.Percent(70))
        {
            return Item.Of($"{Labelled(label)}for (var {name} = 0; {name} < {Rounds()}{Fuel}; {name}++) {Round(label, depth, known)}");
        }

        return Item.Of($"{Labelled(label)}for (int {name} = {Rounds()}; {name} > 0{Fuel}; {name} -= {_random.Between(1, 2)}) {Round(label, depth, known)}");
    }

    private Item While(string? label, int depth)
    {
        var name = body.NewName("v");
        var rounds = Rounds();
        body.Scope.Add(new Variable(name, DartType.Int));
        var condition = body.Expressions.Of(DartType.Bool, 2);
        return Item.Of($"var {name} = {rounds};\n{Labelled(label)}while ({name} > 0 && {condition}{Fuel}) {Round(label, depth, [], Item.Fixed($"{name}--;"))}");
    }

    private Item DoWhile(string? label, int depth)
    {
        var name = body.NewName("v");
        var rounds = Rounds();
        body.Scope.Add(new Variable(name, DartType.Int));
        var block = Round(label, depth, [], Item.Fixed($"{name}--;"));
        return Item.Of($"var {name} = {rounds};\n{Labelled(label)}do {block} while ({name} > 0 && {body.Expressions.Of(DartType.Bool, 2)}{Fuel});");
    }

    private Item InList(string? label, int depth)
    {
        var element = body.Types.Element(body.TypeParameters);
        var list = body.Expressions.Of(DartType.ListOf(element), 2);
        var name = body.NewName("v");
        var isMutable = _random.Percent(25);
        var head = isMutable ? $"{element} {name}" : $"final {name}";
        return Item.Of($"{Labelled(label)}for ({head} in {list}) {Round(label, depth, [new Variable(name, element, isMutable)], Spent())}");
    }

    private Item? InMap(string? label, int depth)
    {
        var type = DartType.MapOf(body.Types.Key(), body.Types.Plain());
        if (body.Scope.Pick(type, _random) is not { } map)
        {
            var maps = body.Scope.All.Where(variable => variable.Type is { Kind: DartKind.Map, IsNullable: false }).ToList();
            if (maps.Count == 0)
            {
                return null;
            }

            map = _random.Pick(maps);
        }

        var (key, value) = (body.NewName("v"), body.NewName("v"));
        Variable[] known = [new(key, map.Type.Arguments[0]), new(value, map.Type.Arguments[1])];
        return Item.Of($"{Labelled(label)}for (final MapEntry(key: {key}, value: {value}) in {map.Text}.entries) {Round(label, depth, known, Spent())}");
    }

    private Item InRecords(string? label, int depth)
    {
        var type = body.Types.Record([]);
        var list = body.Expressions.Of(DartType.ListOf(type), 2);
        var pattern = body.Patterns.Destructuring(type);
        return Item.Of($"{Labelled(label)}for (final {pattern.Text} in {list}) {Round(label, depth, pattern.Bound, Spent())}");
    }

    private Item? InGenerated(string? label, int depth)
    {
        var generators = body.Program.Functions.FindAll(function => function.Sort == FunctionSort.Generator && function.Level < body.Level);
        if (generators.Count == 0 || body.Calls.Generated(_random.Pick(generators).Result, 2) is not { } generated)
        {
            return null;
        }

        var name = body.NewName("v");
        return Item.Of($"{Labelled(label)}for (final {name} in {generated}.take({_random.Between(1, 9)})) {Round(label, depth, [new Variable(name, generated.Type)], Spent())}");
    }

    private Item? InStream(string? label, int depth)
    {
        if (body.Calls.Stream(2) is not { } stream)
        {
            return null;
        }

        var name = body.NewName("v");
        return Item.Of($"{Labelled(label)}await for (final {name} in {stream}) {Round(label, depth, [new Variable(name, stream.Type)], Spent())}");
    }

    /// <summary>How a loop over a collection takes fuel.</summary>
    private Item[] Spent() => body.IsFueled ? [Item.Fixed("if (fuel-- <= 0) break;")] : [];
}
