using Harness.Engine.Configuration;

namespace Harness.Dart;

/// <summary>A knob of the compiler, bound to its property of <see cref="DartOptions"/>.</summary>
internal sealed class DartKnob : Knob
{
    private readonly Func<DartOptions, object> _get;
    private readonly Func<DartOptions, object, DartOptions> _with;

    private DartKnob(string name, string documentation, Func<DartOptions, object> get, Func<DartOptions, object, DartOptions> with, IReadOnlyList<KnobValue>? values = null)
        : base(DartKnobs.Prefix + name, get(DartOptions.Default), documentation, values)
    {
        _get = get;
        _with = with;
    }

    /// <summary>A knob that is on or off.</summary>
    public static DartKnob Switch(string name, string documentation, Func<DartOptions, bool> get, Func<DartOptions, bool, DartOptions> with) =>
        new(name, documentation, options => get(options), (options, value) => with(options, (bool)value));

    /// <summary>A knob that takes a whole number.</summary>
    public static DartKnob Number(string name, string documentation, string unit, int least, int most, Func<DartOptions, int> get, Func<DartOptions, int, DartOptions> with) =>
        new(name, documentation, options => get(options), (options, value) => with(options, (int)value)) { Unit = unit, Least = least, Most = most };

    /// <summary>A knob that takes flags of a tool.</summary>
    public static DartKnob Flags(string name, string documentation, Func<DartOptions, string> get, Func<DartOptions, string, DartOptions> with) =>
        new(name, documentation, options => new ToolFlags(get(options)), (options, value) => with(options, ((ToolFlags)value).Text));

    /// <summary>A knob that takes one of some names.</summary>
    public static DartKnob Choice<T>(
        string name, string documentation, Func<DartOptions, T> get, Func<DartOptions, T, DartOptions> with, params IReadOnlyList<(string Name, string Documentation, T Value)> values)
        where T : struct =>
        new(name, documentation, options => get(options), (options, value) => with(options, (T)value),
            [.. values.Select(value => new KnobValue(value.Name, value.Documentation, value.Value, null))]);

    /// <summary>The value in given options.</summary>
    public object GetValue(DartOptions options) => _get(options);

    /// <summary>The options with another value.</summary>
    /// <exception cref="KnobException">The knob does not take this value.</exception>
    public DartOptions Apply(DartOptions options, string text) => _with(options, Parse(text));
}
