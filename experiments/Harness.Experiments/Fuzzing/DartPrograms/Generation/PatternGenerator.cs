using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>A pattern, with the variables that it binds.</summary>
/// <param name="Text">How it is written.</param>
/// <param name="Bound">What it binds.</param>
internal sealed record DartPattern(string Text, IReadOnlyList<Variable> Bound)
{
    public DartPattern(string text)
        : this(text, [])
    {
    }

    public DartPattern(string text, Variable bound)
        : this(text, [bound])
    {
    }

    /// <summary>Whether other patterns cover what it matches, so that it may hold on a condition only.</summary>
    public bool MayBeGuarded { get; init; }
}

/// <summary>Patterns of every kind, and switch expressions over them.</summary>
internal sealed class PatternGenerator(Body body)
{
    private readonly RandomSource _random = body.Random;

    /// <summary>A switch expression, whose cases cover every value.</summary>
    public Expression Switch(DartType type, int depth)
    {
        var subject = Subject(depth);
        var arms = Cases(subject.Type).Select(pattern => Arm(pattern, type, depth)).ToList();
        return Expression.Of(type, $"(switch ({subject}) {{{new Block(arms, BlockLayout.Elements)}}})");
    }

    /// <summary>Something to look at by patterns: what has some to choose from.</summary>
    public Expression Subject(int depth)
    {
        var variables = body.Scope.All
            .Where(variable => variable.Type.IsNullable || variable.Type.Kind is DartKind.Class or DartKind.Record or DartKind.List or DartKind.Object or DartKind.Enum or DartKind.Map)
            .ToList();
        if (variables.Count > 0 && _random.Percent(60))
        {
            var variable = _random.Pick(variables);
            return Expression.Of(variable.Type, variable.Text);
        }

        var type = _random.Below(5) switch
        {
            0 or 1 => DartType.Int,
            2 => body.Types.Record([]),
            3 => DartType.ListOf(body.Types.Plain()),
            _ => body.Types.Plain(),
        };
        var value = body.Expressions.Of(type, depth - 1);

        // Patterns are about the type that is wanted, not about a narrower one.
        return value.Type.Equals(type) ? value : Expression.Of(type, $"pick<{type}>(true, {value}, {value})");
    }

    /// <summary>Patterns that cover the values of a type together, in order.</summary>
    public List<DartPattern> Cases(DartType type)
    {
        if (type.IsNullable)
        {
            var name = body.NewName("v");
            return [new("null"), new($"final {name}?", new Variable(name, type.WithNull(false)))];
        }

        if (type.Kind == DartKind.Enum && _random.Percent(70))
        {
            return Shuffled(type.Class!.Values.ConvertAll(value => new DartPattern($"{type}.{value}")));
        }

        if (type.Kind == DartKind.Bool)
        {
            return [new("true"), new("false")];
        }

        if (type.Class is { IsSealed: true, Subclasses.Count: > 0 } root)
        {
            return Shuffled(root.Subclasses.ConvertAll(subclass => OfObject(subclass.Type)));
        }

        var cases = new List<DartPattern>();
        for (var i = _random.Between(1, 3); i > 0; i--)
        {
            cases.Add(Of(type, 2) with { MayBeGuarded = true });
        }

        if (type.Kind == DartKind.List && _random.Percent(40))
        {
            cases.AddRange([new("[]"), new("[_, ...]")]);
        }
        else
        {
            cases.Add(_random.Percent(40) ? Binding(type) : new DartPattern("_"));
        }

        return cases;
    }

    /// <summary>A pattern for values of a type, which need not match all of them.</summary>
    public DartPattern Of(DartType type, int depth)
    {
        if (depth <= 0 || _random.Percent(12))
        {
            return _random.Percent(40) ? new DartPattern("_") : Binding(type);
        }

        if (type.IsNullable)
        {
            return OfPerhaps(type);
        }

        switch (type.Kind)
        {
            case DartKind.Int:
                return OfInteger();
            case DartKind.Double:
                return new DartPattern(_random.Pick(["0.0", "1.5", "< 0.0", "> 100.0", ">= 0.5 && < 10.0"]));
            case DartKind.Number:
                return _random.Percent(50) ? Typed(_random.Percent(50) ? DartType.Int : DartType.Double) : new DartPattern(_random.Pick(["0", "< 0", "> 10.5"]));
            case DartKind.Bool:
                return new DartPattern(_random.Percent(50) ? "true" : "false");
            case DartKind.String:
                return _random.Percent(70) ? new DartPattern(body.Literals.Text()) : new DartPattern($"String(length: > {_random.Below(4)})");
            case DartKind.Enum:
                var values = type.Class!.Values;
                return new DartPattern(_random.Percent(60) ? $"{type}.{_random.Pick(values)}" : $"{type}.{_random.Pick(values)} || {type}.{_random.Pick(values)}");
            case DartKind.Class:
                return OfObject(body.Conditions.TestedType(type));
            case DartKind.Record:
                return OfRecord(type, depth);
            case DartKind.List:
                return OfList(type, depth);
            case DartKind.Map:
                return OfMap(type);
            case DartKind.Object:
                var tested = body.Conditions.TestedType(type);
                return tested.Kind == DartKind.Class ? OfObject(tested) : Typed(tested);
            default:
                return Binding(type);
        }
    }

    /// <summary>A pattern that takes records apart, whatever they are.</summary>
    public DartPattern Destructuring(DartType type)
    {
        var bound = new List<Variable>();
        var fields = new List<string>();
        for (var i = 0; i < type.Arguments.Count; i++)
        {
            var name = body.NewName("v");
            bound.Add(new Variable(name, type.Arguments[i]));
            fields.Add(type.FieldNames[i] is { } field ? $"{field}: {name}" : name);
        }

        return new DartPattern($"({string.Join(", ", fields)})", bound);
    }

    private Item Arm(DartPattern pattern, DartType type, int depth) => body.Nested(() =>
    {
        foreach (var variable in pattern.Bound)
        {
            body.Scope.Add(variable);
        }

        return Item.Of($"{pattern.Text}{Guard(pattern, depth)} => {body.Expressions.Of(type, depth - 1)}");
    });

    /// <summary>A condition behind a pattern, or nothing.</summary>
    public Piece Guard(DartPattern pattern, int depth) =>
        pattern.MayBeGuarded && _random.Percent(25) ? Piece.Of($" when {body.Expressions.Of(DartType.Bool, depth - 1)}") : Piece.Of($"");

    /// <summary>A pattern for what may be null: relations are none, since null has no operators.</summary>
    private DartPattern OfPerhaps(DartType type)
    {
        var present = type.WithNull(false);
        return _random.Below(3) switch
        {
            0 => new DartPattern("null"),
            1 when present.IsPlain => Typed(present),
            1 when present.Kind == DartKind.Class => OfObject(body.Conditions.TestedType(present)),
            _ => Binding(type),
        };
    }

    private DartPattern OfInteger()
    {
        var name = body.NewName("v");
        return _random.Below(6) switch
        {
            0 => new DartPattern($"{_random.Below(10)}"),
            1 => new DartPattern($"{_random.Below(5)} || {_random.Between(5, 9)} || -1"),
            2 => new DartPattern($"< {_random.Between(-5, 5)}"),
            3 => new DartPattern($">= {_random.Below(10)} && < {_random.Between(10, 1000)}"),
            4 => new DartPattern($"int(isEven: true) && final {name}", new Variable(name, DartType.Int)),
            _ => new DartPattern($"!= {_random.Below(3)} && final {name}", new Variable(name, DartType.Int)),
        };
    }

    /// <summary>A pattern for objects of a class, that reads some of their fields.</summary>
    private DartPattern OfObject(DartType type)
    {
        var bound = new List<Variable>();
        var fields = new List<string>();
        foreach (var (field, fieldType) in ClassOutline.FieldsOf(type).Where(read => !read.Field.IsLate))
        {
            if (!_random.Percent(45))
            {
                continue;
            }

            var name = body.NewName("v");
            fields.Add($"{field.Name}: final {name}");
            bound.Add(new Variable(name, fieldType));
        }

        return new DartPattern($"{type}({string.Join(", ", fields)})", bound);
    }

    private DartPattern OfRecord(DartType type, int depth)
    {
        var bound = new List<Variable>();
        var fields = new List<string>();
        for (var i = 0; i < type.Arguments.Count; i++)
        {
            var field = Of(type.Arguments[i], depth - 1);
            bound.AddRange(field.Bound);
            fields.Add(type.FieldNames[i] is { } name ? $"{name}: {field.Text}" : field.Text);
        }

        return new DartPattern($"({string.Join(", ", fields)})", bound);
    }

    private DartPattern OfList(DartType type, int depth)
    {
        var bound = new List<Variable>();
        var elements = new List<string>();
        for (var i = _random.Below(3); i > 0; i--)
        {
            var element = Of(type.Arguments[0], depth - 1);
            bound.AddRange(element.Bound);
            elements.Add(element.Text);
        }

        if (_random.Percent(50))
        {
            var name = body.NewName("v");
            var isNamed = _random.Percent(40);
            elements.Insert(_random.Below(elements.Count + 1), isNamed ? $"...final {name}" : "...");
            if (isNamed)
            {
                bound.Add(new Variable(name, type));
            }
        }

        return new DartPattern($"[{string.Join(", ", elements)}]", bound);
    }

    private DartPattern OfMap(DartType type)
    {
        var name = body.NewName("v");
        var key = type.Arguments[0].Kind switch
        {
            DartKind.Int => $"{_random.Below(10)}",
            DartKind.String => body.Literals.Text(),
            _ => $"{type.Arguments[0]}.{_random.Pick(type.Arguments[0].Class!.Values)}",
        };
        return new DartPattern($"{{{key}: final {name}}}", new Variable(name, type.Arguments[1]));
    }

    private DartPattern Typed(DartType type)
    {
        var name = body.NewName("v");
        return new DartPattern($"{type} {name}", new Variable(name, type));
    }

    private DartPattern Binding(DartType type)
    {
        var name = body.NewName("v");
        return new DartPattern($"final {name}", new Variable(name, type));
    }

    private List<T> Shuffled<T>(List<T> items)
    {
        for (var i = items.Count - 1; i > 0; i--)
        {
            var other = _random.Below(i + 1);
            (items[i], items[other]) = (items[other], items[i]);
        }

        return items;
    }
}
