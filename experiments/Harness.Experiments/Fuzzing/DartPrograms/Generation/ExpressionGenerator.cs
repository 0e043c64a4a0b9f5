using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>Expressions of any type.</summary>
internal sealed class ExpressionGenerator(Body body)
{
    private readonly RandomSource _random = body.Random;

    /// <summary>An expression whose value can stand where a type is wanted.</summary>
    /// <param name="type">The type.</param>
    /// <param name="depth">How deep it may be; 0 for a variable or literal.</param>
    public Expression Of(DartType type, int depth)
    {
        body.Budget--;
        if (depth <= 0 || body.Budget < 0)
        {
            return Leaf(type);
        }

        var choices = new Choices<Expression>(_random).Add(14, () => Leaf(type));
        if (body.IsAnywhere)
        {
            body.Members.AddTo(choices, type, depth);
            body.Calls.AddTo(choices, type, depth);
            choices.Add(2, () => AssignedTo(type, depth));
        }

        if (type.IsNullable)
        {
            AddNullable(choices, type, depth);
        }
        else
        {
            AddPresent(choices, type, depth);
        }

        return choices.Pick()!;
    }

    /// <summary>An expression for what is kept or passed on: texts and lists are kept from growing.</summary>
    public Expression Stored(DartType type, int depth)
    {
        if (depth <= 0 || type.IsNullable || type.Kind is not (DartKind.String or DartKind.List))
        {
            return Of(type, depth);
        }

        var value = Of(type, depth);
        return value.Parts.Count == 1 ? value
            : type.Kind == DartKind.String ? Expression.Of(type, $"clip({value})")
            : Expression.Of(type, $"few<{type.Arguments[0]}>({value})");
    }

    /// <summary>A variable or literal: to read it has no effect, and calls nothing.</summary>
    public Expression Leaf(DartType type) => (_random.Percent(75) ? Variable(type) : null) ?? body.Literals.Of(type);

    /// <summary>A variable of a type, or of a subtype; null if there is none.</summary>
    public Expression? Variable(DartType type) => body.Scope.Pick(type, _random) is { } variable ? Expression.Of(variable.Type, variable.Text) : null;

    /// <summary>A truth that holds seldom.</summary>
    public Expression Rare(int depth) =>
        Expression.Of(DartType.Bool, $"({Of(DartType.Int, depth - 1)} % {_random.Pick([5, 7, 11, 13])} == {_random.Below(5)})");

    private void AddPresent(Choices<Expression> choices, DartType type, int depth)
    {
        choices.Add(IsUniform(type) ? 5 : 0, () => Expression.Of(type, $"({Of(DartType.Bool, depth - 1)} ? {Of(type, depth - 1)} : {Of(type, depth - 1)})"));
        choices.Add(IsUniform(type) ? 5 * body.Features.Patterns : 0, () => body.Patterns.Switch(type, depth));
        choices.Add(
            type.Kind is DartKind.Class or DartKind.Parameter ? 4 : 1,
            () => Expression.Of(type, $"pick<{type}>({Of(DartType.Bool, depth - 1)}, {Stored(type, depth - 1)}, {Stored(type, depth - 1)})"));
        choices.Add(body.IsAnywhere && IsUniform(type) ? body.Features.Failures : 0, () => Expression.Of(type, $"({Rare(depth)} ? {body.Failures.Throw()} : {Of(type, depth - 1)})"));
        choices.Add(3 * body.Features.Nulls, () => OrElse(type, depth));
        body.Elements.AddTo(choices, type, depth);
        switch (type.Kind)
        {
            case DartKind.Int:
                body.Numbers.AddInteger(choices, depth);
                body.Elements.AddCounts(choices, depth);
                break;
            case DartKind.Double:
                body.Numbers.AddDouble(choices, depth);
                break;
            case DartKind.Number:
                body.Numbers.AddNumber(choices, depth);
                break;
            case DartKind.Bool:
                body.Conditions.AddTo(choices, depth);
                break;
            case DartKind.String:
                body.Texts.AddTo(choices, depth);
                break;
            case DartKind.Enum:
                choices.Add(10, () => Expression.Of(type, $"{type}.values[{Of(DartType.Int, depth - 1)} % {type.Class!.Values.Count}]"));
                break;
            case DartKind.Class:
                body.Members.AddObjects(choices, type, depth);
                break;
            case DartKind.List or DartKind.Set or DartKind.Map or DartKind.TypedList:
                body.Collections.AddTo(choices, type, depth);
                break;
            case DartKind.Record:
                choices.Add(20, () => LiteralGenerator.Record(type, field => Stored(field, depth - 1)));
                break;
            case DartKind.Function:
                body.Closures.AddTo(choices, type, depth);
                break;
            case DartKind.Object:
                choices.Add(30, () => Stored(body.Types.Plain(), depth - 1));
                choices.Add(body.IsAnywhere && body.Program.ObjectClasses.Count > 0 ? 10 : 0, () => body.Types.OfClass() is var known && known.IsSubtypeOf(type) ? Stored(known, depth - 1) : null);
                choices.Add(5 * body.Features.Collections, () => Stored(body.Types.Collection([]), depth - 1));
                break;
        }
    }

    private void AddNullable(Choices<Expression> choices, DartType type, int depth)
    {
        var present = type.WithNull(false);
        choices
            .Add(20, () => Stored(present, depth - 1))
            .Add(8, () => Expression.Of(type, "null"))
            .Add(IsUniform(present) ? 5 : 0, () => Expression.Of(type, $"({Of(DartType.Bool, depth - 1)} ? {Stored(present, depth - 1)} : null)"))
            .Add(4, () => body.Elements.Lookup(present, depth))
            .Add(4, () => body.Members.OfPerhaps(present));
    }

    /// <summary>Something that may be null, and what takes its place.</summary>
    private Expression? OrElse(DartType type, int depth)
    {
        var candidates = body.Scope.OfType(type.WithNull(true)).FindAll(variable => variable.Type.IsNullable);
        return candidates.Count == 0 ? null : Expression.Of(type, $"({_random.Pick(candidates).Text} ?? {Of(type, depth - 1)})");
    }

    /// <summary>An assignment as an expression.</summary>
    private Expression? AssignedTo(DartType type, int depth)
    {
        var candidates = body.Scope.MutableOfType(type);
        return candidates.Count == 0 ? null : Expression.Of(type, $"({_random.Pick(candidates).Text} = {Stored(type, depth - 1)})");
    }

    /// <summary>Whether two expressions of the type have a common static type that is a subtype of it, whatever they are.</summary>
    private static bool IsUniform(DartType type) =>
        type.IsPlain || type.Kind is DartKind.Parameter or DartKind.List or DartKind.Set or DartKind.Map || (type.Kind == DartKind.Record && type.Arguments.All(field => field.IsPlain));
}
