using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>Throwing and catching: the program's own exceptions, and the errors of the core library that its operations end with.</summary>
internal sealed class FailureGenerator(Body body)
{
    private static readonly string[] Errors = ["RangeError", "StateError", "ArgumentError", "UnsupportedError", "FormatException", "ConcurrentModificationError"];

    private readonly RandomSource _random = body.Random;

    /// <summary>An expression that throws.</summary>
    public Expression Throw()
    {
        var failures = body.Program.Failures.ToList();
        return _random.Below(3) switch
        {
            0 => Expression.Of(DartType.Object, $"(throw {_random.Pick(["StateError('t')", "ArgumentError('t')", "UnsupportedError('t')", "FormatException('t')", "RangeError.range(9, 0, 5)"])})"),
            _ => Expression.Of(DartType.Object, $"(throw {_random.Pick(failures).Name}({body.Expressions.Leaf(DartType.Int)}))"),
        };
    }

    /// <summary>Throws on a condition that seldom holds.</summary>
    public Item ThrowIf(int depth) => Item.Of($"if ({body.Expressions.Rare(depth)}) {Throw()};");

    /// <summary>A try statement, with handlers, a part that is always executed, or both.</summary>
    public Item Try(int depth)
    {
        var parts = new List<object> { "try ", body.Statements.Few(depth) };
        var hasFinally = _random.Percent(40);
        var handlers = _random.Weighted(20, 50, 30);
        for (var i = 0; i < handlers; i++)
        {
            AddHandler(parts, depth);
        }

        if (_random.Percent(60) || (handlers == 0 && !hasFinally))
        {
            var name = body.NewName("v");
            parts.Add(_random.Percent(80) ? $" catch ({name}) " : $" catch ({name}, {body.NewName("v")}) ");
            parts.Add(Handler(depth, new Variable(name, DartType.Object), Item.Of($"show('{body.NewName("s")}', kindOf({name}));")));
        }

        if (hasFinally)
        {
            parts.Add(" finally ");
            parts.Add(body.Statements.Few(depth));
        }

        return new Item(parts);
    }

    /// <summary>An operation of the core library that may end with an error, and what it ends with.</summary>
    public Item Provoked(int depth)
    {
        var operation = _random.Percent(40) && body.Features.ReliesOnBounds ? OutOfBounds(depth) : Failing(depth);
        var name = body.NewName("v");
        return Item.Of($"try {new Block([Item.Of($"show('{body.NewName("s")}', {operation});")])} catch ({name}) {new Block([Item.Of($"show('{body.NewName("s")}', kindOf({name}));")])}");
    }

    private void AddHandler(List<object> parts, int depth)
    {
        var failures = body.Program.Failures.ToList();
        var name = body.NewName("v");
        if (_random.Percent(40))
        {
            parts.Add(_random.Percent(50) ? $" on {_random.Pick(Errors)} catch ({name}) " : $" on {_random.Pick(Errors)} ");
            parts.Add(Handler(depth, null, Item.Of($"show('{body.NewName("s")}', 0);")));
            return;
        }

        var failure = _random.Pick(failures);
        parts.Add($" on {failure.Name} catch ({name}) ");
        parts.Add(Handler(depth, new Variable(name, failure.Type), Item.Of($"show('{body.NewName("s")}', {name});")));
    }

    private Block Handler(int depth, Variable? caught, Item first)
    {
        var wasInHandler = body.IsInHandler;
        body.IsInHandler = true;
        var block = body.Statements.Few(depth, caught is null ? [] : [caught], first);
        body.IsInHandler = wasInHandler;
        return block;
    }

    /// <summary>An operation that checks its operands whatever the lowering.</summary>
    private Piece Failing(int depth)
    {
        Expression Make(DartType type) => body.Expressions.Of(type, depth - 1);
        var list = DartType.ListOf(body.Types.Plain());
        return _random.Below(16) switch
        {
            0 => Piece.Of($"int.parse({Make(DartType.String)})"),
            1 => Piece.Of($"double.parse({Make(DartType.String)})"),
            2 => Piece.Of($"{Make(list)}.{_random.Pick(["first", "last", "single"])}"),
            3 => Piece.Of($"{Make(list)}.removeLast()"),
            4 => Piece.Of($"{Make(list)}.sublist({Make(DartType.Int)})"),
            5 => Piece.Of($"{Make(list)}.firstWhere({body.Closures.Function(DartType.Bool, [list.Arguments[0]], depth - 1)})"),
            6 => Piece.Of($"{Make(DartType.ListOf(DartType.Int))}.reduce({body.Closures.Function(DartType.Int, [DartType.Int, DartType.Int], depth - 1)})"),
            7 => Piece.Of($"{Make(DartType.String)}.substring({Make(DartType.Int)})"),
            8 => Piece.Of($"{Make(DartType.String)}.codeUnitAt({Make(DartType.Int)})"),
            9 => Piece.Of($"{Make(DartType.String)}[{Make(DartType.Int)}]"),
            10 => Piece.Of($"({Make(DartType.Int)} {_random.Pick(["~/", "%"])} {Make(DartType.Int)})"),
            11 => Piece.Of($"({Make(DartType.Int)} {_random.Pick(["<<", ">>", ">>>"])} {Make(DartType.Int)})"),
            12 => Piece.Of($"{Make(DartType.Double)}.{_random.Pick(["toInt", "round", "floor", "ceil", "truncate"])}()"),
            13 => Piece.Of($"({Make(DartType.Double)} ~/ {Make(DartType.Double)})"),
            14 => Piece.Of($"(List<int>.filled(2, 0)..add({Make(DartType.Int)}))"),
            _ => Piece.Of($"(const <int>[1, 2]..add({Make(DartType.Int)}))"),
        };
    }

    /// <summary>An access at an index that may be out of range: a program that has some relies on its being checked.</summary>
    private Piece OutOfBounds(int depth)
    {
        Expression Index() => body.Expressions.Of(DartType.Int, depth - 1);
        var type = _random.Percent(40) ? _random.Pick(DartType.TypedLists) : DartType.ListOf(body.Types.Plain());
        var list = body.Expressions.Of(type, depth - 1);
        return _random.Below(4) switch
        {
            0 => Piece.Of($"({list}[{Index()}] = {body.Expressions.Of(type.Arguments[0], depth - 1)})"),
            1 => Piece.Of($"{list}.elementAt({Index()})"),
            2 when type.Kind == DartKind.List => Piece.Of($"{list}.removeAt({Index()})"),
            _ => Piece.Of($"{list}[{Index()}]"),
        };
    }
}
