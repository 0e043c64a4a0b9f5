using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Harness.Engine.Configuration;

/// <summary>One knob: its name, type, range, default and meaning, bound to its property of <see cref="EngineOptions"/>.</summary>
public sealed class Knob
{
    private const string NoFile = "none";

    private readonly PropertyInfo property;
    private readonly KnobAttribute description;
    private readonly KnobValue[] values;

    internal Knob(PropertyInfo property, KnobAttribute description)
    {
        this.property = property;
        this.description = description;
        Type = property.PropertyType switch
        {
            var type when type == typeof(bool) => KnobType.Bool,
            var type when type == typeof(int) => KnobType.Int,
            var type when type == typeof(double) => KnobType.Double,
            var type when type == typeof(string) => KnobType.Path,
            { IsEnum: true } => KnobType.Enum,
            var type => throw new NotSupportedException($"{property.Name}: a knob cannot be of type {type}"),
        };
        values = Type == KnobType.Enum ? ReadValues(property.PropertyType) : [];
    }

    /// <summary>The name that users write, such as <c>inlining.budget</c>.</summary>
    public string Name => description.Name;

    /// <summary>The kind of value that it takes.</summary>
    public KnobType Type { get; }

    /// <summary>One line saying what the knob does.</summary>
    public string Documentation => description.Documentation;

    /// <summary>What a number counts, such as <c>IR nodes</c>; null where it is a plain number, or none.</summary>
    public string? Unit => description.Unit;

    /// <summary>The smallest number that it takes; null unless it takes numbers.</summary>
    public double? Minimum => Type is KnobType.Int or KnobType.Double ? description.Minimum : null;

    /// <summary>The largest number that it takes; null unless it takes numbers.</summary>
    public double? Maximum => Type is KnobType.Int or KnobType.Double ? description.Maximum : null;

    /// <summary>The values of an enumeration; empty for the other types.</summary>
    public IReadOnlyList<KnobValue> Values => values;

    /// <summary>The default, as a <see cref="bool"/>, <see cref="int"/>, <see cref="double"/>, path (empty for none) or enumeration value.</summary>
    public object Default => GetValue(EngineOptions.Default);

    /// <summary>The default as users write it.</summary>
    public string DefaultText => Format(Default);

    /// <summary>V8's flag of the same meaning, or null.</summary>
    public string? V8Flag => Type == KnobType.Enum
        ? values.Select(value => value.V8Flags).FirstOrDefault(flags => !string.IsNullOrEmpty(flags))
        : description.V8Flag;

    /// <summary>The values that it takes, in words for people: <c>on, off</c>, <c>0..100</c> or the names.</summary>
    public string RangeText => Type switch
    {
        KnobType.Bool => "on, off",
        KnobType.Enum => string.Join(", ", values.Select(value => value.Name)),
        KnobType.Path => "path of a file, none",
        _ => $"{FormatNumber(description.Minimum)}..{FormatNumber(description.Maximum)}",
    };

    /// <summary>The value in given options, as a <see cref="bool"/>, <see cref="int"/>, <see cref="double"/>, path or enumeration value.</summary>
    /// <param name="options">The options to read.</param>
    public object GetValue(EngineOptions options) => property.GetValue(options)!;

    /// <summary>Reads a value as users write it.</summary>
    /// <param name="text">The text, such as <c>3000</c> or <c>off</c>.</param>
    /// <returns>A <see cref="bool"/>, <see cref="int"/>, <see cref="double"/>, path (empty for none) or enumeration value.</returns>
    /// <exception cref="KnobException">The knob does not take this value.</exception>
    public object Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        object? value = Type switch
        {
            KnobType.Bool => ParseBool(text),
            KnobType.Int => int.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && InRange(number) ? number : null,
            KnobType.Double => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && InRange(number) ? number : null,
            KnobType.Path => text.Length == 0 ? null : text == NoFile ? "" : text,
            _ => values.FirstOrDefault(candidate => candidate.Name == text)?.Value,
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
        string path => path.Length == 0 ? NoFile : path,
        _ => values.First(candidate => candidate.Value.Equals(value)).Name,
    };

    /// <summary>The flags that give V8 the same setting.</summary>
    /// <param name="value">A value of this knob.</param>
    /// <returns>The flags, none where the value is V8's own behaviour; null where V8 has no such setting.</returns>
    public IReadOnlyList<string>? ToV8Flags(object value) => value switch
    {
        Enum => values.First(candidate => candidate.Value.Equals(value)).V8Flags?.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        _ when description.V8Flag is null => null,
        bool flag => [flag ? description.V8Flag : Negate(description.V8Flag)],
        _ => [$"{description.V8Flag}={Format(value)}"],
    };

    internal void SetValue(EngineOptions options, object value) => property.SetValue(options, value);

    private string Expectation => Type switch
    {
        KnobType.Bool => "on or off",
        KnobType.Int => $"a whole number in {RangeText}{UnitSuffix}",
        KnobType.Double => $"a number in {RangeText}{UnitSuffix}",
        KnobType.Path => $"the path of a file or '{NoFile}'",
        _ => "one of " + RangeText,
    };

    private string UnitSuffix => Unit is null ? "" : $" ({Unit})";

    private bool InRange(double number) => number >= description.Minimum && number <= description.Maximum;

    private static object? ParseBool(string text) => text switch
    {
        "on" or "true" or "1" => true,
        "off" or "false" or "0" => false,
        _ => null,
    };

    private static string FormatNumber(double number) => number.ToString("0.#########", CultureInfo.InvariantCulture);

    private static string Negate(string flag) =>
        flag.StartsWith("--no-", StringComparison.Ordinal) ? "--" + flag["--no-".Length..] : "--no-" + flag["--".Length..];

    private static KnobValue[] ReadValues(Type type) =>
    [
        .. type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field =>
        {
            var attribute = field.GetCustomAttribute<KnobValueAttribute>()
                ?? throw new NotSupportedException($"{type.Name}.{field.Name}: a knob's value needs a description");
            return new KnobValue(JsonNamingPolicy.KebabCaseLower.ConvertName(field.Name), attribute.Documentation, field.GetValue(null)!, attribute.V8Flags);
        }),
    ];
}

/// <summary>One of the values that an enumeration knob takes.</summary>
/// <param name="Name">The name that users write, such as <c>background</c>.</param>
/// <param name="Documentation">One line saying what it means.</param>
/// <param name="Value">The enumeration value.</param>
/// <param name="V8Flags">V8's flags of the same meaning, separated by spaces; empty for V8's default; null where V8 has none.</param>
public sealed record KnobValue(string Name, string Documentation, object Value, string? V8Flags);
