namespace Harness.Engine.Configuration;

/// <summary>
/// The values of all knobs: everything that may change how fast the engine runs a program, and nothing that changes what
/// the program computes, but for limits and for what the specification leaves open (<see cref="VectorsFma"/>). Immutable; starts from <see cref="Default"/> and is varied with <see cref="With(string, string)"/>
/// or a <c>with</c> expression (which, unlike the former, does not check ranges).
/// </summary>
/// <remarks>
/// To add a knob, add a property with a <c>Knob</c> attribute to the file of its area, which is the first word of its name; all else follows from it. The knobs are properties of one record, in
/// a file for each group of areas, since a group that were an object of its own would have to be named wherever a knob is read or varied: <c>with { HeapLimit = 64 }</c> names what is varied.
/// </remarks>
public sealed partial record EngineOptions
{
    /// <summary>Every knob at its default.</summary>
    public static EngineOptions Default { get; } = new();

    /// <summary>Makes options from the values of some knobs; the others are at their defaults.</summary>
    /// <param name="values">Values by knob name, as users write them.</param>
    /// <exception cref="KnobException">A knob is unknown, or does not take its value.</exception>
    public static EngineOptions FromDictionary(IEnumerable<KeyValuePair<string, string>> values) => Default.With(values);

    /// <summary>A copy in which one knob has another value.</summary>
    /// <param name="name">Name of the knob, such as <c>inlining.budget</c>.</param>
    /// <param name="value">Its value as users write it, such as <c>3000</c> or <c>off</c>.</param>
    /// <exception cref="KnobException">The knob is unknown, or does not take the value.</exception>
    public EngineOptions With(string name, string value) => With([new(name, value)]);

    /// <summary>A copy in which some knobs have other values.</summary>
    /// <param name="values">Values by knob name, as users write them.</param>
    /// <exception cref="KnobException">A knob is unknown, or does not take its value.</exception>
    public EngineOptions With(IEnumerable<KeyValuePair<string, string>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var copy = new EngineOptions(this);
        foreach (var (name, text) in values)
        {
            var knob = KnobRegistry.Find(name);
            knob.SetValue(copy, knob.Parse(text));
        }

        return copy;
    }

    /// <summary>The value of every knob by its name, in the order of the registry; the inverse of <see cref="FromDictionary"/>.</summary>
    public IReadOnlyDictionary<string, string> ToDictionary() =>
        KnobRegistry.All.ToDictionary(knob => knob.Name, knob => knob.Format(knob.GetValue(this)));

    /// <summary>The knobs that are not at their default, by name.</summary>
    public IReadOnlyDictionary<string, string> ChangedKnobs() =>
        KnobRegistry.All
            .Where(knob => !Equals(knob.GetValue(this), knob.Default))
            .ToDictionary(knob => knob.Name, knob => knob.Format(knob.GetValue(this)));
}
