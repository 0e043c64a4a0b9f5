using System.Reflection;
using System.Text;

namespace Harness.Engine.Configuration;

/// <summary>
/// All knobs of this engine, by their areas, and within an area in the order in which <see cref="EngineOptions"/> declares them. The command line, the sweep
/// files and the documentation are made from this, together with the knobs of other engines.
/// </summary>
/// <remarks>
/// The property of a knob has its name without dots and hyphens (<c>inlining.call-ref</c> is <c>InliningCallRef</c>), so that a process that sets a few
/// knobs looks at their descriptions only.
/// </remarks>
public static class KnobRegistry
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, EngineKnob> Known = [];
    private static EngineKnob[]? _all;

    /// <summary>All knobs.</summary>
    public static IReadOnlyList<EngineKnob> All
    {
        get
        {
            lock (Gate)
            {
                return _all ??=
                [
                    .. typeof(EngineOptions).GetProperties()
                        .OrderBy(property => property.MetadataToken)
                        .Select(Describe)
                        .OfType<EngineKnob>()
                        .OrderBy(knob => AreaOf(knob.Name), StringComparer.Ordinal),
                ];
            }
        }
    }

    /// <summary>Finds a knob by its name.</summary>
    /// <param name="name">Name of the knob, such as <c>inlining.budget</c>.</param>
    /// <exception cref="KnobException">There is no such knob; the message suggests the nearest name.</exception>
    public static EngineKnob Find(string name) => TryFind(name, out var knob)
        ? knob!
        : throw new KnobException($"unknown knob '{name}'; did you mean '{NameSuggestion.Nearest(name, All.Select(other => other.Name))}'? ('harness knobs' lists all)");

    /// <summary>Finds a knob by its name, if there is one.</summary>
    /// <param name="name">Name of the knob, such as <c>inlining.budget</c>.</param>
    /// <param name="knob">The knob, or null.</param>
    /// <returns>Whether there is such a knob.</returns>
    public static bool TryFind(string name, out EngineKnob? knob)
    {
        ArgumentNullException.ThrowIfNull(name);
        lock (Gate)
        {
            if (Known.TryGetValue(name, out knob))
            {
                return true;
            }

            knob = typeof(EngineOptions).GetProperty(PropertyOf(name)) is { } property && Describe(property) is { } described && described.Name == name ? described : null;
            return knob is not null;
        }
    }

    /// <summary>The knob that a property is, which is made once; null if it is none.</summary>
    private static EngineKnob? Describe(PropertyInfo property)
    {
        if (property.GetCustomAttribute<KnobAttribute>() is not { } description)
        {
            return null;
        }

        if (!Known.TryGetValue(description.Name, out var knob))
        {
            Known.Add(description.Name, knob = new EngineKnob(property, description));
        }

        return knob;
    }

    /// <summary>The area of a knob: the first word of its name, <c>inlining</c> for <c>inlining.budget</c>. The properties of an area stand in one file.</summary>
    internal static string AreaOf(string name) => name.Split('.')[0];

    /// <summary>The property of a knob: its name with a capital letter in the place of each dot and hyphen.</summary>
    internal static string PropertyOf(string name)
    {
        var property = new StringBuilder(name.Length);
        var begins = true;
        foreach (var letter in name)
        {
            if (letter is '.' or '-')
            {
                begins = true;
                continue;
            }

            property.Append(begins ? char.ToUpperInvariant(letter) : letter);
            begins = false;
        }

        return property.ToString();
    }
}
