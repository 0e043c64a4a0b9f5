using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>Statements of every kind, and blocks of them.</summary>
internal sealed class StatementGenerator(Body body)
{
    private readonly RandomSource _random = body.Random;

    /// <summary>A block with a scope of its own.</summary>
    /// <param name="depth">How deep its statements may be.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="known">Variables that are known in it.</param>
    /// <param name="first">Statements that it begins with.</param>
    public Block BlockOf(int depth, int count, IEnumerable<Variable>? known = null, params IReadOnlyList<Item> first) => body.Nested(() =>
    {
        foreach (var variable in known ?? [])
        {
            body.Scope.Add(variable);
        }

        List<Item> items = [.. first];
        for (var i = 0; i < count; i++)
        {
            items.Add(Any(depth));
        }

        return new Block(items);
    });

    /// <summary>A block of a few statements.</summary>
    public Block Few(int depth, IEnumerable<Variable>? known = null, params IReadOnlyList<Item> first) => BlockOf(depth - 1, _random.Weighted(5, 40, 35, 20), known, first);

    /// <summary>Any statement.</summary>
    public Item Any(int depth)
    {
        body.Budget -= 2;
        if (depth <= 0 || body.Budget < 0)
        {
            return (_random.Percent(60) ? body.Assignments.Assign(1) : null) ?? Show(1);
        }

        var features = body.Features;
        return new Choices<Item>(_random)
            .Add(20, () => body.Assignments.Declare(3))
            .Add(16, () => body.Assignments.Assign(3))
            .Add(5 * features.Patterns, () => body.Assignments.TakeApart(3))
            .Add(3, () => body.Assignments.Exchange())
            .Add(12, () => Show(3))
            .Add(9 * features.Calls, () => Call(3))
            .Add(10, () => If(depth))
            .Add(5 * features.Patterns, () => IfCase(depth))
            .Add(6, () => IfPromoted(depth))
            .Add(9, () => body.Loops.Loop(depth))
            .Add(6, () => body.Loops.Jump(depth))
            .Add(4 * features.Patterns, () => body.Switches.Statement(depth))
            .Add(6 * features.Failures, () => body.Failures.Try(depth))
            .Add(3 * features.Failures, () => body.Failures.ThrowIf(3))
            .Add(3 * features.Failures, () => body.Failures.Provoked(3))
            .Add(body.IsInHandler ? 6 : 0, () => Item.Of($"if ({body.Expressions.Rare(2)}) rethrow;"))
            .Add(6 * (features.Collections + features.TypedLists), () => body.Updates.Update(3))
            .Add(4 * features.Dynamics, () => body.Dynamics.Statement(3))
            .Add(3 * features.Closures, () => LocalFunction(2))
            .Add(4, () => Item.Of($"if ({body.Expressions.Rare(3)}) {Return()}"))
            .Add(2, () => Item.Of($"{Few(depth)}"))
            .Add(body.Sort is BodySort.Generator or BodySort.Stream ? 25 : 0, () => Yield(3))
            .Add(body.MayAwait ? 10 : 0, () => Wait())
            .Pick()!;
    }

    /// <summary>Prints a value, and makes it part of the digest.</summary>
    public Item Show(int depth)
    {
        var type = _random.Weighted(60, body.Program.ObjectClasses.Count > 0 ? 15 : 0, 8 * body.Features.Collections, 5 * body.Features.Patterns, 5 * body.Features.Nulls) switch
        {
            0 => body.Types.Plain(),
            1 => body.Types.OfClass(),
            2 => body.Types.Collection([]),
            3 => body.Types.Record([]),
            _ => body.Types.Plain().WithNull(true),
        };
        return Item.Of($"show('{body.NewName("s")}', {body.Expressions.Of(type, depth)});");
    }

    /// <summary>Returns a value of the body's result, or nothing where it has none.</summary>
    public Item Return() => body.Sort is BodySort.Generator or BodySort.Stream || body.Result.Kind == DartKind.Void
        ? Item.Of("return;")
        : Item.Of($"return {body.Expressions.Stored(body.Result, 3)};");

    private Item? Call(int depth) => body.Calls.Any(depth) is { } call ? Item.Of($"{call};") : null;

    private Item If(int depth)
    {
        var condition = body.Expressions.Of(DartType.Bool, 3);
        var then = Few(depth);
        return _random.Below(4) switch
        {
            0 or 1 => Item.Of($"if ({condition}) {then}"),
            2 => Item.Of($"if ({condition}) {then} else {Few(depth)}"),
            _ => Item.Of($"if ({condition}) {then} else if ({body.Expressions.Of(DartType.Bool, 2)}) {Few(depth)} else {Few(depth)}"),
        };
    }

    private Item IfCase(int depth)
    {
        var subject = body.Patterns.Subject(2);
        var pattern = body.Patterns.Of(subject.Type, 2) with { MayBeGuarded = true };
        var guard = body.Nested(() =>
        {
            foreach (var variable in pattern.Bound)
            {
                body.Scope.Add(variable);
            }

            return body.Patterns.Guard(pattern, 2);
        });
        var then = Few(depth, pattern.Bound);
        return _random.Percent(60) ? Item.Of($"if ({subject} case {pattern.Text}{guard}) {then}") : Item.Of($"if ({subject} case {pattern.Text}{guard}) {then} else {Few(depth)}");
    }

    /// <summary>Tests the type of a variable, or whether it is null, and goes on with what is known of it. The variable is final, so that this holds wherever it is mentioned.</summary>
    private Item? IfPromoted(int depth)
    {
        var variables = body.Scope.All.Where(variable => variable.Type.IsNullable || variable.Type.Kind is DartKind.Class or DartKind.Object or DartKind.Number).ToList();
        if (variables.Count == 0)
        {
            return null;
        }

        var tested = _random.Pick(variables);
        var name = body.NewName("v");
        var type = tested.Type.IsNullable ? tested.Type.WithNull(false) : body.Conditions.TestedType(tested.Type);
        var test = tested.Type.IsNullable ? $"{name} != null" : $"{name} is {type}";
        var then = Few(depth, [new Variable(name, type)]);
        return _random.Percent(60)
            ? Item.Of($"final {name} = {tested.Text};\nif ({test}) {then}")
            : Item.Of($"final {name} = {tested.Text};\nif ({test}) {then} else {Few(depth)}");
    }

    /// <summary>A function within the body, which is known as a closure is, and not to itself.</summary>
    private Item LocalFunction(int depth)
    {
        var type = body.Types.Function(body.TypeParameters);
        List<Variable> parameters = [.. type.Arguments.Skip(1).Select(parameter => new Variable(body.NewName("v"), parameter))];
        var closure = body.NewClosure(type.Arguments[0], parameters);
        var name = body.NewName("v");
        var head = $"{type.Arguments[0]} {name}({string.Join(", ", parameters.Select(parameter => $"{parameter.Type} {parameter.Text}"))})";
        Piece code;
        if (_random.Percent(50))
        {
            code = Piece.Of($"=> {closure.Expressions.Stored(type.Arguments[0], depth)};");
        }
        else
        {
            var block = closure.Statements.BlockOf(1, _random.Between(1, 3));
            block.Items.Add(closure.Statements.Return());
            code = block;
        }

        body.Scope.Add(new Variable(name, type));
        return Item.Of($"{head} {code}");
    }

    private Item Yield(int depth)
    {
        if (body.Sort == BodySort.Generator && _random.Percent(20))
        {
            return Item.Of($"yield* {body.Expressions.Of(DartType.ListOf(body.Result), depth)};");
        }

        return Item.Of($"yield {body.Expressions.Stored(body.Result, depth)};");
    }

    /// <summary>Waits for something, or for several things at a time, whose arguments do not throw: nobody would wait then for those that are there already.</summary>
    private Item Wait()
    {
        var futures = new List<Expression>();
        for (var i = _random.Between(1, 3); i > 0 && body.Calls.Future(null, 0) is { } future; i--)
        {
            futures.Add(future);
        }

        return futures.Count == 0
            ? Item.Of(_random.Percent(50) ? "await null;" : "await Future<int>.value(1);")
            : Item.Of($"show('{body.NewName("s")}', await Future.wait<Object?>([{futures}]));");
    }
}
