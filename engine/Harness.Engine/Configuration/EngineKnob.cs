using System.Reflection;
using System.Text;

namespace Harness.Engine.Configuration;

/// <summary>A knob of this engine, bound to its property of <see cref="EngineOptions"/>.</summary>
public sealed class EngineKnob : Knob
{
    private readonly PropertyInfo _property;
    private readonly string? _v8Flag;
    private readonly int _v8Unit;
    private readonly bool _isZeroAutomatic;

    internal EngineKnob(PropertyInfo property, KnobAttribute description)
        : base(description.Name, property.GetValue(EngineOptions.Default)!, description.Documentation, ReadValues(property.PropertyType))
    {
        _property = property;
        _v8Flag = description.V8Flag;
        _v8Unit = description.V8Unit;
        _isZeroAutomatic = description.IsZeroAutomatic;
        if (description.IsFolder)
        {
            Type = KnobType.Folder;
        }

        Unit = description.Unit;
        Least = description.Minimum;
        Most = description.Maximum;
    }

    /// <summary>V8's flag of the same meaning, or null.</summary>
    public string? V8Flag => Type == KnobType.Enum
        ? Values.Select(value => value.V8Flags).FirstOrDefault(flags => !string.IsNullOrEmpty(flags))
        : _v8Flag;

    /// <summary>The value in given options, as a <see cref="bool"/>, <see cref="int"/>, <see cref="double"/> or enumeration value.</summary>
    /// <param name="options">The options to read.</param>
    public object GetValue(EngineOptions options) => _property.GetValue(options)!;

    /// <summary>Why V8's flag of the same meaning does not take a value that this knob takes: V8 counts in larger units, of which it is no whole number.</summary>
    /// <param name="value">A value of this knob.</param>
    /// <returns>One line saying what would be right; null where the flag takes the value, or there is none.</returns>
    public string? FindV8Mistake(object value) => _v8Flag is not null && value is int number && number % _v8Unit != 0
        ? $"knob '{Name}' = {Format(value)} is no whole number for V8's flag {_v8Flag}, which counts {Format(_v8Unit)} {Unit} as one; write a multiple of {Format(_v8Unit)}"
        : null;

    /// <summary>The flags that give V8 the same setting.</summary>
    /// <param name="value">A value of this knob.</param>
    /// <returns>The flags, none where the value is V8's own behaviour; null where V8 has no such setting.</returns>
    /// <exception cref="KnobException">V8's flag does not take the value (<see cref="FindV8Mistake"/>).</exception>
    public IReadOnlyList<string>? ToV8Flags(object value) => value switch
    {
        Enum => Values.First(candidate => candidate.Value.Equals(value)).V8Flags?.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        _ when _v8Flag is null => null,
        bool flag => [flag ? _v8Flag : Negate(_v8Flag)],
        0 when _isZeroAutomatic => [],
        int when FindV8Mistake(value) is { } mistake => throw new KnobException(mistake),
        int number => [$"{_v8Flag}={Format(number / _v8Unit)}"],
        _ => [$"{_v8Flag}={Format(value)}"],
    };

    internal void SetValue(EngineOptions options, object value) => _property.SetValue(options, value);

    private static string Negate(string flag) =>
        flag.StartsWith("--no-", StringComparison.Ordinal) ? "--" + flag["--no-".Length..] : "--no-" + flag["--".Length..];

    private static KnobValue[]? ReadValues(Type type) => !type.IsEnum ? null :
    [
        .. type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field =>
        {
            var attribute = field.GetCustomAttribute<KnobValueAttribute>()
                ?? throw new NotSupportedException($"{type.Name}.{field.Name}: a knob's value needs a description");
            return new KnobValue(NameOf(field.Name), attribute.Documentation, field.GetValue(null)!, attribute.V8Flags);
        }),
    ];

    /// <summary>A value's name as users write it: <c>hotness-first</c> for <c>HotnessFirst</c>. The framework's naming policy would load its serializer into each worker that has such a knob.</summary>
    private static string NameOf(string field)
    {
        var name = new StringBuilder();
        foreach (var letter in field)
        {
            if (char.IsUpper(letter) && name.Length > 0)
            {
                name.Append('-');
            }

            name.Append(char.ToLowerInvariant(letter));
        }

        return name.ToString();
    }
}
