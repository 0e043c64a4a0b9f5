using Harness.Engine.Configuration;

namespace Harness.Experiments.Engines;

/// <summary>
/// Makes the knobs that are another engine's alone. After the engine's name and a dot they are called what the engine calls them, so that its own
/// documentation speaks of them; their defaults are those of the version that the harness was written for, and hold only for what the knobs are compared with: a knob that
/// is not given is not passed on.
/// </summary>
/// <param name="engine">Name of the engine.</param>
internal sealed class ForeignKnobs(string engine)
{
    /// <summary>A switch.</summary>
    public Knob Switch(string name, bool isOn, string documentation) => new($"{engine}.{name}", isOn, documentation);

    /// <summary>A whole number.</summary>
    public Knob Number(string name, int number, string documentation, string? unit = null, int least = 0, int most = 1_000_000_000) =>
        new($"{engine}.{name}", number, documentation) { Unit = unit, Least = least, Most = most };

    /// <summary>Flags that are passed on as they are; none by default.</summary>
    public Knob Flags(string name, string documentation) => new($"{engine}.{name}", new ToolFlags(""), documentation);

    /// <summary>A choice: the first name is the default.</summary>
    public Knob Choice(string name, string documentation, params IReadOnlyList<(string Name, string Documentation)> values) =>
        new($"{engine}.{name}", values[0].Name, documentation, [.. values.Select(value => new KnobValue(value.Name, value.Documentation, value.Name, null))]);
}
