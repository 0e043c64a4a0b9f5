using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>Texts: interpolation, and what the core library does to them.</summary>
internal sealed class TextGenerator(Body body)
{
    private static readonly string[] Changes =
        ["toUpperCase()", "toLowerCase()", "trim()", "padLeft(6, '*')", "padRight(5)", "replaceAll('a', 'xy')", "replaceFirst('b', '')", "split('').reversed.join()"];

    private readonly RandomSource _random = body.Random;

    public void AddTo(Choices<Expression> choices, int depth)
    {
        Expression Text() => body.Expressions.Of(DartType.String, depth - 1);
        Expression Int() => body.Expressions.Of(DartType.Int, depth - 1);
        choices
            .Add(18, () => Interpolation(depth))
            .Add(10, () => Of($"({Text()} + {Text()})"))
            .Add(8, () => Of($"{Text()}.{_random.Pick(Changes)}"))
            .Add(4, () => Part())
            .Add(2, () => Of($"({Text()} * {_random.Below(4)})"))
            .Add(3, () => Of($"String.fromCharCode(({Int()} & {_random.Pick([127, 255, 511, 1023])}) + 32)"))
            .Add(4, () => Of($"{Shown(depth)}.toString()"))
            .Add(2, () => Of($"{Int()}.toRadixString({_random.Pick([2, 8, 16, 36])})"))
            .Add(2, () => EnumName(depth))
            .Add(body.IsAnywhere ? 2 : 0, () => TypeName())
            .Add(2 * body.Features.Collections, () => Joined(depth));
    }

    /// <summary>An expression of a type whose text tells its value.</summary>
    public Expression Shown(int depth)
    {
        var type = _random.Percent(70) || body.Program.ObjectClasses.Count == 0 || !body.IsAnywhere ? body.Types.Plain() : body.Types.OfClass();
        return body.Expressions.Of(type, depth - 1);
    }

    private static Expression Of(PieceText text) => Expression.Of(DartType.String, text);

    private Expression Interpolation(int depth)
    {
        var parts = new List<object> { "'" };
        for (var i = _random.Between(1, 3); i > 0; i--)
        {
            parts.Add(body.Literals.Words());
            parts.Add("${");
            parts.Add(Shown(depth));
            parts.Add("}");
        }

        parts.Add(body.Literals.Words() + "'");
        return new Expression(DartType.String, parts);
    }

    /// <summary>A part of a text that is a variable, within its length.</summary>
    private Expression? Part()
    {
        if (body.Scope.Pick(DartType.String, _random) is not { Text: var name })
        {
            return null;
        }

        return _random.Below(3) switch
        {
            0 => Of($"({name}.length > 2 ? {name}.substring(1, {name}.length - 1) : {name})"),
            1 => Of($"{name}.substring({name}.length ~/ 2)"),
            _ => Of($"({name}.isEmpty ? '-' : {name}[{body.Expressions.Leaf(DartType.Int)} % {name}.length])"),
        };
    }

    private Expression? EnumName(int depth)
    {
        var enums = body.Program.Enums.ToList();
        return enums.Count == 0 ? null : Of($"{body.Expressions.Of(_random.Pick(enums).Type, depth - 1)}.name");
    }

    /// <summary>The name of an object's class.</summary>
    private Expression? TypeName()
    {
        var objects = body.Scope.All.Where(variable => variable.Type.Kind is DartKind.Class or DartKind.Parameter).ToList();
        return objects.Count == 0 ? null : Of($"{_random.Pick(objects).Text}.runtimeType.toString()");
    }

    private Expression? Joined(int depth)
    {
        var element = body.Types.Plain();
        return Of($"{body.Expressions.Of(DartType.ListOf(element), depth - 1)}.join('{_random.Pick(["", ",", " - "])}')");
    }
}
