using System.Reflection;

namespace Harness.Engine.Configuration;

/// <summary>
/// All knobs of the engine, in the order in which <see cref="EngineOptions"/> declares them. The command line, the sweep
/// files and the documentation are made from this.
/// </summary>
public static class KnobRegistry
{
    private static readonly Knob[] Knobs =
    [
        .. typeof(EngineOptions).GetProperties()
            .Select(property => (property, description: property.GetCustomAttribute<KnobAttribute>()))
            .Where(pair => pair.description is not null)
            .OrderBy(pair => pair.property.MetadataToken)
            .Select(pair => new Knob(pair.property, pair.description!)),
    ];

    private static readonly Dictionary<string, Knob> ByName = Knobs.ToDictionary(knob => knob.Name);

    /// <summary>All knobs.</summary>
    public static IReadOnlyList<Knob> All => Knobs;

    /// <summary>Finds a knob by its name.</summary>
    /// <param name="name">Name of the knob, such as <c>inlining.budget</c>.</param>
    /// <exception cref="KnobException">There is no such knob; the message suggests the nearest name.</exception>
    public static Knob Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return ByName.TryGetValue(name, out var knob)
            ? knob
            : throw new KnobException($"unknown knob '{name}'; did you mean '{NameSuggestion.Nearest(name, ByName.Keys)}'? ('harness knobs' lists all)");
    }

    /// <summary>Finds a knob by its name, if there is one.</summary>
    /// <param name="name">Name of the knob, such as <c>inlining.budget</c>.</param>
    /// <param name="knob">The knob, or null.</param>
    /// <returns>Whether there is such a knob.</returns>
    public static bool TryFind(string name, out Knob? knob) => ByName.TryGetValue(name, out knob);
}
