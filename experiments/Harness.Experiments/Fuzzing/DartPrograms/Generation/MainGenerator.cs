using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>
/// The function that a program begins with: in some rounds it calls all that the program has, with objects whose classes change from round to round, when code has been optimized for those before.
/// </summary>
/// <param name="context">What all bodies have in common.</param>
internal sealed class MainGenerator(BodyContext context)
{
    /// <summary>Above the level of every function.</summary>
    private const int Level = 100;

    private const string Round = "round";

    private readonly RandomSource _random = context.Random;

    /// <summary>The declaration.</summary>
    public Item Main()
    {
        var isAsync = context.Program.Functions.Exists(function => function.Sort is FunctionSort.Async or FunctionSort.Stream);
        var body = new Body(context, isAsync ? BodySort.Async : BodySort.Plain, Level, DartType.Void, [], budget: 400);
        return body.Nested(() =>
        {
            var statements = new List<Item>();
            var lists = Objects(body, statements);
            body.Scope.Add(new Variable(Round, DartType.Int));
            var rounds = new List<Item>(lists.Select(list => Chosen(body, list)));
            rounds.AddRange(Calls(body));
            for (var i = _random.Between(2, 5); i > 0; i--)
            {
                rounds.Add(Guarded(body, body.Nested(() => body.Statements.Any(3))));
            }

            rounds.Add(Item.Of("print('$round $digest');"));
            statements.Add(Item.Of($"for (var {Round} = 0; {Round} < {_random.Between(3, 6)}; {Round}++) {new Block(rounds)}"));
            statements.Add(Item.Of("print('digest $digest');"));
            return Item.Of($"{(isAsync ? "Future<void> main() async" : "void main()")} {new Block(statements)}");
        });
    }

    /// <summary>A list of objects of each type whose objects code may have. Nothing that could throw makes them.</summary>
    private List<Variable> Objects(Body body, List<Item> statements)
    {
        var lists = new List<Variable>();
        foreach (var outline in context.Program.ObjectClasses)
        {
            var type = DartType.Of(outline, [.. outline.Parameters.Select(body.Types.Argument)]);
            var list = new Variable(body.NewName("v"), DartType.ListOf(type));
            List<Item> objects = [.. Enumerable.Range(0, _random.Between(2, 4)).Select(_ => Item.Of($"{body.Members.NewObject(type, 0) ?? body.Literals.Of(type)}"))];
            statements.Add(Item.Of($"final {list.Text} = <{type}>[{new Block(objects, BlockLayout.Elements)}];"));
            lists.Add(list);
        }

        return lists;
    }

    /// <summary>Takes an object of a list: the first one in the first rounds, then one after the other.</summary>
    private Item Chosen(Body body, Variable list)
    {
        var type = list.Type.Arguments[0];
        var name = body.NewName("v");
        var chosen = Item.Of($"final {type} {name} = at<{type}>({list.Text}, {Round} < {_random.Between(0, 2)} ? 0 : {Round}, {body.Literals.Of(type)});");
        body.Scope.Add(new Variable(name, type));
        return chosen;
    }

    /// <summary>Calls of functions and methods.</summary>
    private List<Item> Calls(Body body)
    {
        var calls = new List<Item>();
        foreach (var function in context.Program.AllFunctions)
        {
            calls.Add(Called(body, body.Calls.To(function.Name, function, 2), function.Sort));
        }

        var methods = body.Calls.Callees().FindAll(callee => callee.Prefix.StartsWith('v'));
        for (var i = Math.Min(methods.Count, _random.Between(8, 16)); i > 0; i--)
        {
            var (prefix, method) = _random.Pick(methods);
            calls.Add(Called(body, body.Calls.To(prefix, method, 2), FunctionSort.Plain));
        }

        return calls;
    }

    /// <summary>Shows what a call gives, or what it ends with.</summary>
    private Item Called(Body body, Expression call, FunctionSort sort)
    {
        var tag = body.NewName("s");
        return Guarded(body, sort switch
        {
            FunctionSort.Generator => Item.Of($"show('{tag}', {call}.take(9).toList());"),
            FunctionSort.Async => Item.Of($"show('{tag}', await {call});"),
            FunctionSort.Stream => Item.Of($"show('{tag}', await {call}.take(9).toList());"),
            _ when call.Type.Kind is DartKind.Void or DartKind.Function => Item.Of($"{call};"),
            _ => Item.Of($"show('{tag}', {call});"),
        });
    }

    /// <summary>A statement with fuel of its own, and what it ends with where it throws.</summary>
    private Item Guarded(Body body, Item statement)
    {
        var name = body.NewName("v");
        return Item.Of($"fuel = {_random.Between(60, 400)};\ntry {new Block([statement])} catch ({name}) {new Block([Item.Of($"show('{body.NewName("s")}', kindOf({name}));")])}");
    }
}
