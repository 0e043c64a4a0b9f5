namespace Harness.Experiments.Fuzzing.DartPrograms.Model;

/// <summary>A type parameter of a class or function.</summary>
/// <param name="name">Its name, which no other has.</param>
/// <param name="bound">What its arguments must be subtypes of; null for anything that is not null.</param>
internal sealed class TypeParameter(string name, DartType? bound)
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>What its arguments must be subtypes of; null for anything that is not null.</summary>
    public DartType? Bound { get; } = bound;

    /// <summary>The parameter as a type.</summary>
    public DartType Type => DartType.Of(this);

    /// <summary>How it is declared: <c>T1 extends num</c>.</summary>
    public string Declaration => $"{Name} extends {Bound ?? DartType.Object}";

    /// <summary>The list of declarations behind a class's or function's name; empty without any.</summary>
    public static string Declare(IReadOnlyList<TypeParameter> parameters) =>
        parameters.Count == 0 ? "" : $"<{string.Join(", ", parameters.Select(parameter => parameter.Declaration))}>";

    /// <summary>Whether a type can be the argument.</summary>
    public bool Takes(DartType argument) => !argument.IsNullable && argument.IsSubtypeOf(Bound ?? DartType.Object);
}
