namespace Harness.Engine.Configuration;

/// <summary>
/// Describes a property of <see cref="EngineOptions"/> as a knob. This is the only description of the knob: its type and
/// default are those of the property, and the command line, sweep files and documentation are made from both.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class KnobAttribute(string name, string documentation) : Attribute
{
    /// <summary>The name that users write, such as <c>inlining.budget</c>.</summary>
    public string Name { get; } = name;

    /// <summary>One line saying what the knob does.</summary>
    public string Documentation { get; } = documentation;

    /// <summary>The smallest value allowed. Meaningful for numbers only.</summary>
    public double Minimum { get; init; }

    /// <summary>The largest value allowed. Meaningful for numbers only.</summary>
    public double Maximum { get; init; } = int.MaxValue;

    /// <summary>What a number counts, such as <c>IR nodes</c>.</summary>
    public string? Unit { get; init; }

    /// <summary>Whether a path is one of a folder.</summary>
    public bool IsFolder { get; init; }

    /// <summary>
    /// V8's flag of the same meaning. A flag that starts with <c>--no-</c> has the opposite sense of a boolean knob.
    /// </summary>
    public string? V8Flag { get; init; }

    /// <summary>How many units of the knob are one of V8's flag: 1024 where the knob counts KiB and the flag MiB.</summary>
    public int V8Unit { get; init; } = 1;

    /// <summary>Whether 0 leaves the choice to the engine, so that V8 is given no flag for it.</summary>
    public bool IsZeroAutomatic { get; init; }
}

/// <summary>Describes one value of an enumeration used as a knob.</summary>
[AttributeUsage(AttributeTargets.Field)]
internal sealed class KnobValueAttribute(string documentation) : Attribute
{
    /// <summary>One line saying what the value means.</summary>
    public string Documentation { get; } = documentation;

    /// <summary>
    /// V8's flags of the same meaning, separated by spaces; empty where it is V8's default; null where V8 has no such mode.
    /// </summary>
    public string? V8Flags { get; init; }
}
