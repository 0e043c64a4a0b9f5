using Harness.Experiments.Fuzzing.DartPrograms.Model;

namespace Harness.Experiments.Fuzzing.DartPrograms.Generation;

/// <summary>Chooses types.</summary>
/// <param name="program">What there is.</param>
/// <param name="features">What the program has much of.</param>
/// <param name="random">Decides.</param>
/// <param name="withClasses">Whether it may choose classes. What fields begin with has no objects, which would have fields again.</param>
internal sealed class TypeGenerator(ProgramOutline program, DartFeatures features, RandomSource random, bool withClasses = true)
{
    private bool HasClasses => withClasses && program.ObjectClasses.Count > 0;

    /// <summary>A type for a variable, parameter or result.</summary>
    /// <param name="parameters">The type parameters that are known.</param>
    public DartType Any(IReadOnlyList<TypeParameter> parameters) => random.Weighted(
        50, parameters.Count > 0 ? 25 : 0, HasClasses ? 20 : 0, 12 * features.Collections, 4 * features.TypedLists,
        5 * features.Patterns, 5 * features.Closures, 6 * features.Nulls, 2 * features.Dynamics) switch
    {
        0 => Plain(),
        1 => random.Pick(parameters).Type,
        2 => OfClass(),
        3 => Collection(parameters),
        4 => random.Pick(DartType.TypedLists),
        5 => Record(parameters),
        6 => Function(parameters),
        7 => (random.Percent(60) || !HasClasses ? Plain() : OfClass()).WithNull(true),
        _ => DartType.Object,
    };

    /// <summary>A number, text, truth or enum.</summary>
    public DartType Plain()
    {
        var enums = program.Enums.ToList();
        return random.Weighted(40, 14 * features.Doubles, 4 * features.Doubles, 12, 14 * features.Texts, enums.Count > 0 ? 7 : 0) switch
        {
            0 => DartType.Int,
            1 => DartType.Double,
            2 => DartType.Number,
            3 => DartType.Bool,
            4 => DartType.String,
            _ => random.Pick(enums).Type,
        };
    }

    /// <summary>The type of a class's objects. There must be a class.</summary>
    public DartType OfClass()
    {
        var type = random.Pick(program.ObjectClasses);
        return DartType.Of(type, [.. type.Parameters.Select(Argument)]);
    }

    /// <summary>An argument that a type parameter takes.</summary>
    public DartType Argument(TypeParameter parameter)
    {
        List<DartType> candidates = [DartType.Int, DartType.Double, DartType.String, .. program.ObjectClasses.Where(type => type.Parameters.Count == 0).Select(type => type.Type)];
        if (parameter.Bound is { } bound)
        {
            candidates.Add(bound);
        }

        return random.Pick(candidates.FindAll(parameter.Takes));
    }

    /// <summary>The type of elements of a collection.</summary>
    public DartType Element(IReadOnlyList<TypeParameter> parameters) =>
        random.Weighted(70, parameters.Count > 0 ? 20 : 0, HasClasses ? 15 : 0, 4 * features.Patterns, 4 * features.Nulls) switch
        {
            0 => Plain(),
            1 => random.Pick(parameters).Type,
            2 => OfClass(),
            3 => Record([]),
            _ => Plain().WithNull(true),
        };

    /// <summary>The type of a map's keys: what is equal to itself and has the same hash code in every run.</summary>
    public DartType Key()
    {
        var enums = program.Enums.ToList();
        return random.Weighted(50, 30, enums.Count > 0 ? 20 : 0) switch { 0 => DartType.Int, 1 => DartType.String, _ => random.Pick(enums).Type };
    }

    /// <summary>A list, set or map.</summary>
    public DartType Collection(IReadOnlyList<TypeParameter> parameters) => random.Weighted(60, 15, 25) switch
    {
        0 => DartType.ListOf(Element(parameters)),
        1 => DartType.SetOf(Key()),
        _ => DartType.MapOf(Key(), Element(parameters).WithNull(false)),
    };

    /// <summary>A record.</summary>
    public DartType Record(IReadOnlyList<TypeParameter> parameters)
    {
        DartType Field() => parameters.Count > 0 && random.Percent(20) ? random.Pick(parameters).Type : Plain();
        return random.Below(4) switch
        {
            0 => DartType.RecordOf([Field(), Field(), Field()], [null, null, null]),
            1 => DartType.RecordOf([Field(), Field()], [null, "tag"]),
            2 => DartType.RecordOf([Field(), Field()], ["high", "low"]),
            _ => DartType.RecordOf([Field(), Field()], [null, null]),
        };
    }

    /// <summary>The type of a closure.</summary>
    public DartType Function(IReadOnlyList<TypeParameter> parameters)
    {
        DartType Part() => parameters.Count > 0 && random.Percent(30) ? random.Pick(parameters).Type : Plain();
        var makers = program.ObjectClasses.FindAll(type => type.HasObjects && type.Parameters.Count == 0);
        if (withClasses && makers.Count > 0 && random.Percent(12))
        {
            var made = random.Pick(makers).Type;
            return DartType.FunctionOf(made, [.. ClassOutline.ConstructorFields(made).Select(field => field.Type)]);
        }

        return DartType.FunctionOf(Part(), [.. Enumerable.Range(0, random.Between(1, 2)).Select(_ => Part())]);
    }
}
