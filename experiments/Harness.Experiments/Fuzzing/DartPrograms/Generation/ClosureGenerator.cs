using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>Functions as values: closures, and tear-offs of functions, methods and constructors.</summary>
internal sealed class ClosureGenerator(Body body)
{
    private readonly RandomSource _random = body.Random;

    /// <summary>Expressions of a function type.</summary>
    public void AddTo(Choices<Expression> choices, DartType type, int depth) => choices
        .Add(20, () => Literal(type, depth))
        .Add(body.Level > 0 ? 12 : 0, () => TearOff(type))
        .Add(body.IsAnywhere ? 4 : 0, () => ConstructorTearOff(type));

    /// <summary>A closure of a function type, whose parameters tell their types.</summary>
    public Expression Literal(DartType type, int depth)
    {
        var parameters = NewParameters(type.Arguments.Skip(1));
        return Expression.Of(type, $"(({Declared(parameters)}) {Code(type.Arguments[0], parameters, depth)})");
    }

    /// <summary>A closure as an argument that tells what its parameters are, so that they need not.</summary>
    public Piece Function(DartType result, DartType[] parameterTypes, int depth)
    {
        var parameters = NewParameters(parameterTypes);
        var list = _random.Percent(60) ? string.Join(", ", parameters.Select(parameter => parameter.Text)) : Declared(parameters);
        return Piece.Of($"({list}) {Code(result, parameters, depth)}");
    }

    /// <summary>The code of a closure: an expression, or some statements.</summary>
    private Piece Code(DartType result, List<Variable> parameters, int depth)
    {
        var closure = body.NewClosure(result, parameters);
        if (!body.IsAnywhere || depth <= 0 || _random.Percent(75))
        {
            return Piece.Of($"=> {closure.Expressions.Stored(result, Math.Min(depth, 2))}");
        }

        var block = closure.Statements.BlockOf(1, _random.Between(1, 2));
        block.Items.Add(closure.Statements.Return());
        return block;
    }

    /// <summary>A function, or a method of an object, as a value.</summary>
    private Expression? TearOff(DartType type)
    {
        var candidates = body.Calls.Callees()
            .FindAll(callee => callee.Function.Level == 0 && type.Equals(callee.Function.TearOffType) && !callee.Prefix.StartsWith("super", StringComparison.Ordinal));
        return candidates.Count == 0 ? null : Expression.Of(type, _random.Pick(candidates).Prefix);
    }

    /// <summary>A constructor as a function, where its class is the wanted result.</summary>
    private Expression? ConstructorTearOff(DartType type)
    {
        if (type.Arguments[0] is not { IsNullable: false, Class.HasObjects: true })
        {
            return null;
        }

        var fields = ClassOutline.ConstructorFields(type.Arguments[0]).Select(constructed => constructed.Type);
        return fields.SequenceEqual(type.Arguments.Skip(1)) ? Expression.Of(type, $"{type.Arguments[0]}.new") : null;
    }

    private List<Variable> NewParameters(IEnumerable<DartType> types) => [.. types.Select(type => new Variable(body.NewName("v"), type, _random.Percent(20)))];

    private static string Declared(List<Variable> parameters) => string.Join(", ", parameters.Select(parameter => $"{parameter.Type} {parameter.Text}"));
}
