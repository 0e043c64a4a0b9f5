namespace Harness.Experiments.Fuzzing.DartPrograms.Model;

/// <summary>What sort of function it is.</summary>
internal enum FunctionSort
{
    /// <summary>A function of its own, or a method.</summary>
    Plain,

    /// <summary>A getter.</summary>
    Getter,

    /// <summary>A setter.</summary>
    Setter,

    /// <summary>An operator, whose name is what is written.</summary>
    Operator,

    /// <summary>A <c>sync*</c> function, whose result is what it yields.</summary>
    Generator,

    /// <summary>An <c>async</c> function, whose result is what its future gives.</summary>
    Async,

    /// <summary>An <c>async*</c> function, whose result is what it yields.</summary>
    Stream,
}

/// <summary>How a parameter is given.</summary>
internal enum ParameterSort
{
    /// <summary>By its place.</summary>
    Required,

    /// <summary>By its place, or not at all.</summary>
    Optional,

    /// <summary>By its name, or not at all.</summary>
    Named,

    /// <summary>By its name.</summary>
    RequiredNamed,
}

/// <summary>A parameter of a function.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Sort">How it is given.</param>
/// <param name="Default">What it is where it may be left out, as a constant expression.</param>
internal sealed record ParameterOutline(string Name, DartType Type, ParameterSort Sort = ParameterSort.Required, string? Default = null)
{
    /// <summary>Whether a call may leave it out.</summary>
    public bool MayBeLeftOut => Sort is ParameterSort.Optional or ParameterSort.Named;
}

/// <summary>What is known of a function before it has any code.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Sort">What sort of function it is.</param>
/// <param name="Result">What it returns, or what its future, iterable or stream gives.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Level">
/// Functions call only functions of lower levels, and so does whatever overrides them, so that programs end: of level 0 are those that call nothing, of level 1 closures besides, and from level 2
/// on closures are called.
/// </param>
internal sealed record FunctionOutline(string Name, FunctionSort Sort, DartType Result, IReadOnlyList<ParameterOutline> Parameters, int Level)
{
    /// <summary>From this level on functions take fuel, and may call closures.</summary>
    public const int FueledLevel = 2;

    /// <summary>Its type parameters.</summary>
    public IReadOnlyList<TypeParameter> TypeParameters { get; init; } = [];

    /// <summary>The arguments for its type parameters, where a call has some.</summary>
    public IReadOnlyList<DartType> BoundTypes { get; init; } = [];

    /// <summary>Whether it has no code where it is declared.</summary>
    public bool IsAbstract { get; init; }

    /// <summary>Whether it calls itself, and counts its first parameter down for that.</summary>
    public bool CallsItself { get; init; }

    /// <summary>The parameters in parentheses, with their defaults.</summary>
    public string ParameterList
    {
        get
        {
            var required = Parameters.Where(parameter => parameter.Sort == ParameterSort.Required).Select(parameter => $"{parameter.Type} {parameter.Name}").ToList();
            var rest = Parameters.Where(parameter => parameter.Sort != ParameterSort.Required).ToList();
            if (rest.Count == 0)
            {
                return $"({string.Join(", ", required)})";
            }

            var isNamed = rest[0].Sort != ParameterSort.Optional;
            var others = string.Join(", ", rest.Select(parameter =>
                $"{(parameter.Sort == ParameterSort.RequiredNamed ? "required " : "")}{parameter.Type} {parameter.Name}{(parameter.Default is { } value ? " = " + value : "")}"));
            required.Add(isNamed ? $"{{{others}}}" : $"[{others}]");
            return $"({string.Join(", ", required)})";
        }
    }

    /// <summary>The type of the function as a value; null where it cannot be one by a plain function type.</summary>
    public DartType? TearOffType => Sort == FunctionSort.Plain && TypeParameters.Count == 0 && Parameters.All(parameter => parameter.Sort != ParameterSort.RequiredNamed)
        ? DartType.FunctionOf(Result, [.. Parameters.Where(parameter => parameter.Sort == ParameterSort.Required).Select(parameter => parameter.Type)])
        : null;

    /// <summary>The function with arguments in the place of its class's type parameters.</summary>
    public FunctionOutline Substitute(IReadOnlyDictionary<TypeParameter, DartType> arguments) => arguments.Count == 0 ? this : this with
    {
        Result = Result.Substitute(arguments),
        Parameters = [.. Parameters.Select(parameter => parameter with { Type = parameter.Type.Substitute(arguments) })],
    };
}
