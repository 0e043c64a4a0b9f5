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
            : throw new KnobException($"unknown knob '{name}'; did you mean '{NearestName(name)}'? ('harness knobs' lists all)");
    }

    /// <summary>Finds a knob by its name, if there is one.</summary>
    /// <param name="name">Name of the knob, such as <c>inlining.budget</c>.</param>
    /// <param name="knob">The knob, or null.</param>
    /// <returns>Whether there is such a knob.</returns>
    public static bool TryFind(string name, out Knob? knob) => ByName.TryGetValue(name, out knob);

    private static string NearestName(string name) => Knobs.MinBy(knob => Distance(name, knob.Name))!.Name;

    /// <summary>Levenshtein distance: the fewest insertions, deletions and replacements that turn one into the other.</summary>
    private static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[to.Length];
    }
}
