using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>Calls of functions, methods and closures, and their arguments. What is called has a lower level than the body, so that calls end.</summary>
internal sealed class CallGenerator(Body body)
{
    private readonly RandomSource _random = body.Random;

    /// <summary>Expressions of a type that call something.</summary>
    public void AddTo(Choices<Expression> choices, DartType type, int depth)
    {
        var calls = body.Features.Calls;
        choices
            .Add(12 * calls, () => Call(callee => callee.Result.IsSubtypeOf(type), type, depth))
            .Add(body.IsFueled ? 6 * body.Features.Closures : 0, () => CallOfClosure(type, depth))
            .Add(body.MayAwait ? 14 : 0, () => Awaited(type, depth));
    }

    /// <summary>A call of anything, whatever it gives; null where nothing may be called.</summary>
    public Expression? Any(int depth) => Call(_ => true, null, depth);

    /// <summary>A call of a generator of some elements; null where there is none.</summary>
    public Expression? Generated(DartType element, int depth)
    {
        var candidates = body.Program.Functions.FindAll(function => function.Sort == FunctionSort.Generator && function.Level < body.Level && function.Result.Equals(element));
        return candidates.Count == 0 ? null : Made(_random.Pick(candidates), depth);
    }

    /// <summary>A call of a function that gives a stream, with what the stream gives; null where there is none.</summary>
    public Expression? Stream(int depth)
    {
        var candidates = body.Program.Functions.FindAll(function => function.Sort == FunctionSort.Stream && function.Level < body.Level);
        return candidates.Count == 0 ? null : Made(_random.Pick(candidates), depth);
    }

    /// <summary>A future that another asynchronous function gives; null where there is none.</summary>
    public Expression? Future(DartType? type, int depth)
    {
        var candidates = body.Program.Functions.FindAll(function => function.Sort == FunctionSort.Async && function.Level < body.Level && (type is null || function.Result.IsSubtypeOf(type)));
        return candidates.Count == 0 ? null : Made(_random.Pick(candidates), depth);
    }

    /// <summary>A call of one function, by what is written before its arguments.</summary>
    public Expression To(string prefix, FunctionOutline function, int depth)
    {
        var bound = Bind(function, null);
        return Expression.Of(bound.Result, $"{prefix}{TypeArguments(bound)}({Arguments(bound, depth)})");
    }

    /// <summary>The arguments of a call: those by name in any order, some of those that may be left out.</summary>
    public List<Piece> Arguments(FunctionOutline function, int depth)
    {
        var pieces = new List<Piece>();
        var named = new List<Piece>();
        foreach (var parameter in function.Parameters)
        {
            if (parameter.MayBeLeftOut && _random.Percent(45))
            {
                // Those behind it have no place any more.
                if (parameter.Sort == ParameterSort.Optional)
                {
                    break;
                }

                continue;
            }

            if (function.CallsItself && parameter == function.Parameters[0])
            {
                pieces.Add(Piece.Of($"({body.Expressions.Of(DartType.Int, depth - 1)} & {_random.Pick([3, 7])})"));
                continue;
            }

            var value = body.Expressions.Stored(parameter.Type, depth - 1);
            if (parameter.Sort is ParameterSort.Named or ParameterSort.RequiredNamed)
            {
                named.Insert(_random.Below(named.Count + 1), Piece.Of($"{parameter.Name}: {value}"));
            }
            else
            {
                pieces.Add(value);
            }
        }

        pieces.AddRange(named);
        return pieces;
    }

    /// <summary>The functions that may be called here, by what is written before their arguments.</summary>
    public List<(string Prefix, FunctionOutline Function)> Callees()
    {
        var functions = body.Program.AllFunctions.Where(function => function.Sort == FunctionSort.Plain && function.Level < body.Level);
        List<(string Prefix, FunctionOutline Function)> callees = [.. functions.Select(function => (function.Name, function))];
        foreach (var (receiver, type) in body.Members.Receivers)
        {
            if (type.Class is not null)
            {
                callees.AddRange(ClassOutline.MethodsOf(type).Where(method => method.Sort == FunctionSort.Plain && method.Level < body.Level).Select(method => (PrefixOf(receiver, method), method)));
            }

            foreach (var (_, extended, members) in body.Program.Extensions)
            {
                if (receiver.Type.IsSubtypeOf(extended))
                {
                    callees.AddRange(members.Where(member => member.Sort == FunctionSort.Plain && member.Level < body.Level).Select(member => ($"{receiver.Text}.{member.Name}", member)));
                }
            }
        }

        // What overrides something is there to call it.
        if (body.SuperMethod is { } super)
        {
            callees.AddRange(Enumerable.Repeat(($"super.{super.Name}", super), (callees.Count / 2) + 1));
        }

        return callees;
    }

    private Expression? Call(Predicate<FunctionOutline> isWanted, DartType? type, int depth)
    {
        if (body.Self is { } self && isWanted(self) && _random.Percent(40))
        {
            var rest = Arguments(self with { Parameters = [.. self.Parameters.Skip(1)], CallsItself = false }, depth);
            return Expression.Of(self.Result, $"{self.Name}({self.Parameters[0].Name} - 1{(rest.Count > 0 ? ", " : "")}{rest})");
        }

        List<(string Prefix, FunctionOutline Function)> callees = [.. Callees().Select(callee => (callee.Prefix, Bind(callee.Function, type))).Where(callee => isWanted(callee.Item2))];
        if (callees.Count == 0)
        {
            return null;
        }

        var (prefix, function) = _random.Pick(callees);

        // An object with a method of this name is called as a function, too.
        if (function.Name == "call" && _random.Percent(50))
        {
            prefix = prefix[..prefix.LastIndexOf('.')];
        }

        return Expression.Of(function.Result, $"{prefix}{TypeArguments(function)}({Arguments(function, depth)})");
    }

    private string PrefixOf(Variable receiver, FunctionOutline method) =>
        receiver.Text == "this" && method.Name != "call" && _random.Percent(50) ? method.Name : $"{receiver.Text}.{method.Name}";

    private Expression? CallOfClosure(DartType type, int depth)
    {
        var closures = body.Scope.All.Where(variable => variable.Type is { IsNullable: false, Kind: DartKind.Function } && variable.Type.Arguments[0].IsSubtypeOf(type)).ToList();
        if (closures.Count == 0)
        {
            return null;
        }

        var closure = _random.Pick(closures);
        List<Expression> arguments = [.. closure.Type.Arguments.Skip(1).Select(parameter => body.Expressions.Stored(parameter, depth - 1))];
        return Expression.Of(closure.Type.Arguments[0], $"{closure.Text}{(_random.Percent(15) ? ".call" : "")}({arguments})");
    }

    private Expression? Awaited(DartType type, int depth) => Future(type, depth) is { } future ? Expression.Of(future.Type, $"(await {future})") : null;

    private Expression Made(FunctionOutline function, int depth) => Expression.Of(function.Result, $"{function.Name}({Arguments(function, depth)})");

    /// <summary>A function with arguments for its type parameters: the wanted type where it is the result's.</summary>
    private FunctionOutline Bind(FunctionOutline function, DartType? wanted)
    {
        if (function.TypeParameters.Count == 0)
        {
            return function;
        }

        var arguments = new Dictionary<TypeParameter, DartType>();
        foreach (var parameter in function.TypeParameters)
        {
            arguments[parameter] = wanted is not null && parameter == function.Result.Parameter && parameter.Takes(wanted) ? wanted : body.Types.Argument(parameter);
        }

        return function.Substitute(arguments) with { BoundTypes = [.. function.TypeParameters.Select(parameter => arguments[parameter])] };
    }

    private static string TypeArguments(FunctionOutline function) => function.BoundTypes.Count == 0 ? "" : $"<{string.Join(", ", function.BoundTypes)}>";
}
