using System.Reflection;

namespace Harness.Engine.Configuration;

/// <summary>
/// All knobs of this engine, in the order in which <see cref="EngineOptions"/> declares them. The command line, the sweep
/// files and the documentation are made from this, together with the knobs of other engines.
/// </summary>
public static class KnobRegistry
{
    private static readonly EngineKnob[] Knobs =
    [
        .. typeof(EngineOptions).GetProperties()
            .Select(property => (property, description: property.GetCustomAttribute<KnobAttribute>()))
            .Where(pair => pair.description is not null)
            .OrderBy(pair => pair.property.MetadataToken)
            .Select(pair => new EngineKnob(pair.property, pair.description!)),
    ];

    private static readonly Dictionary<string, EngineKnob> ByName = Knobs.ToDictionary(knob => knob.Name);

    /// <summary>All knobs.</summary>
    public static IReadOnlyList<EngineKnob> All => Knobs;

    /// <summary>Finds a knob by its name.</summary>
    /// <param name="name">Name of the knob, such as <c>inlining.budget</c>.</param>
    /// <exception cref="KnobException">There is no such knob; the message suggests the nearest name.</exception>
    public static EngineKnob Find(string name)
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
    public static bool TryFind(string name, out EngineKnob? knob) => ByName.TryGetValue(name, out knob);
}
