using System.Globalization;

namespace Harness.Engine.Configuration;

/// <summary>
/// One knob: its name, type, range, default and meaning. What the value of a knob does is not its concern: those of this engine are
/// <see cref="EngineKnob"/>s, bound to <see cref="EngineOptions"/>; others belong to other engines or to the compilers of programs.
/// </summary>
public class Knob
{
    private const string NoFile = "none";

    /// <summary>Describes a knob.</summary>
    /// <param name="name">The name that users write, such as <c>inlining.budget</c>.</param>
    /// <param name="defaultValue">The default: a <see cref="bool"/>, <see cref="int"/> or <see cref="double"/>, a path (empty for none), or the <see cref="KnobValue.Value"/> of one of the values.</param>
    /// <param name="documentation">One line saying what the knob does.</param>
    /// <param name="values">The values of an enumeration; null for the other types.</param>
    public Knob(string name, object defaultValue, string documentation, IReadOnlyList<KnobValue>? values = null)
    {
        Name = name;
        Default = defaultValue;
        Documentation = documentation;
        Values = values ?? [];
        Type = defaultValue switch
        {
            _ when Values.Count > 0 => KnobType.Enum,
            bool => KnobType.Bool,
            int => KnobType.Int,
            double => KnobType.Double,
            string => KnobType.Path,
            InliningModel => KnobType.Model,
            InliningDecisions => KnobType.Decisions,
            InliningPolicySource => KnobType.Assembly,
            ToolFlags => KnobType.Flags,
            _ => throw new NotSupportedException($"{name}: a knob cannot have the default {defaultValue}"),
        };
    }

    /// <summary>The name that users write, such as <c>inlining.budget</c>.</summary>
    public string Name { get; }

    /// <summary>The kind of value that it takes.</summary>
    public KnobType Type { get; protected init; }

    /// <summary>One line saying what the knob does.</summary>
    public string Documentation { get; }

    /// <summary>What a number counts, such as <c>IR nodes</c>; null where it is a plain number, or none.</summary>
    public string? Unit { get; init; }

    /// <summary>The smallest number that it takes; null unless it takes numbers.</summary>
    public double? Minimum => Type is KnobType.Int or KnobType.Double ? Least : null;

    /// <summary>The largest number that it takes; null unless it takes numbers.</summary>
    public double? Maximum => Type is KnobType.Int or KnobType.Double ? Most : null;

    /// <summary>The smallest value allowed. Meaningful for numbers only.</summary>
    public double Least { get; init; }

    /// <summary>The largest value allowed. Meaningful for numbers only.</summary>
    public double Most { get; init; } = int.MaxValue;

    /// <summary>The values of an enumeration; empty for the other types.</summary>
    public IReadOnlyList<KnobValue> Values { get; }

    /// <summary>The default, as a <see cref="bool"/>, <see cref="int"/>, <see cref="double"/>, path (empty for none) or enumeration value.</summary>
    public object Default { get; }

    /// <summary>The default as users write it.</summary>
    public string DefaultText => Format(Default);

    /// <summary>The values that it takes, in words for people: <c>on, off</c>, <c>0..100</c> or the names.</summary>
    public string RangeText => Type switch
    {
        KnobType.Bool => "on, off",
        KnobType.Enum => string.Join(", ", Values.Select(value => value.Name)),
        KnobType.Path => "path of a file, none",
        KnobType.Folder => "path of a folder, none",
        KnobType.Model => $"FILE, {InliningModel.BuiltInName}",
        KnobType.Decisions => $"FILE, {InliningDecisions.NoFile}",
        KnobType.Assembly => $"FILE, {InliningPolicySource.NoFile}",
        KnobType.Flags => $"flags, {ToolFlags.None}",
        _ => $"{FormatNumber(Least)}..{FormatNumber(Most)}",
    };

    /// <summary>Reads a value as users write it.</summary>
    /// <param name="text">The text, such as <c>3000</c> or <c>off</c>.</param>
    /// <returns>The value.</returns>
    /// <exception cref="KnobException">The knob does not take this value.</exception>
    public object Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var value = Type switch
        {
            KnobType.Bool => ParseBool(text),
            KnobType.Int => int.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && InRange(number) ? number : null,
            KnobType.Double => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && InRange(number) ? number : null,
            KnobType.Path or KnobType.Folder => text.Length == 0 ? null : text == NoFile ? "" : text,
            KnobType.Model => InliningModel.Load(text),
            KnobType.Decisions => InliningDecisions.Load(text),
            KnobType.Assembly => InliningPolicySource.Load(text),
            KnobType.Flags => ToolFlags.TryParse(text),
            _ => Values.FirstOrDefault(candidate => candidate.Name == text)?.Value,
        };
        return value ?? throw new KnobException($"knob '{Name}' does not take '{text}'; it takes {Expectation}");
    }

    /// <summary>Writes a value the way users write it; the inverse of <see cref="Parse"/>.</summary>
    /// <param name="value">A value of this knob.</param>
    public string Format(object value) => value switch
    {
        bool flag => flag ? "on" : "off",
        int number => number.ToString(CultureInfo.InvariantCulture),
        double number => FormatNumber(number),
        string path when Type is KnobType.Path or KnobType.Folder => path.Length == 0 ? NoFile : path,
        InliningModel model => model.Path,
        InliningDecisions decisions => decisions.Path,
        InliningPolicySource source => source.Path,
        ToolFlags flags => flags.ToString(),
        _ => Values.First(candidate => candidate.Value.Equals(value)).Name,
    };

    private string Expectation => Type switch
    {
        KnobType.Bool => "on or off",
        KnobType.Int => $"a whole number in {RangeText}{UnitSuffix}",
        KnobType.Double => $"a number in {RangeText}{UnitSuffix}",
        KnobType.Path => $"the path of a file or '{NoFile}'",
        KnobType.Folder => $"the path of a folder or '{NoFile}'",
        KnobType.Flags => $"flags that begin with '-', separated by spaces, or '{ToolFlags.None}'",
        _ => "one of " + RangeText,
    };

    private string UnitSuffix => Unit is null ? "" : $" ({Unit})";

    private bool InRange(double number) => number >= Least && number <= Most;

    private static object? ParseBool(string text) => text switch
    {
        "on" or "true" or "1" => true,
        "off" or "false" or "0" => false,
        _ => null,
    };

    private static string FormatNumber(double number) => number.ToString("0.#########", CultureInfo.InvariantCulture);
}

/// <summary>One of the values that an enumeration knob takes.</summary>
/// <param name="Name">The name that users write, such as <c>background</c>.</param>
/// <param name="Documentation">One line saying what it means.</param>
/// <param name="Value">The enumeration value.</param>
/// <param name="V8Flags">V8's flags of the same meaning, separated by spaces; empty for V8's default; null where V8 has none.</param>
public sealed record KnobValue(string Name, string Documentation, object Value, string? V8Flags);
