using Harness.Engine.Configuration;

namespace Harness.Engine.Tests;

/// <summary>Knobs as tests write them: <c>NAME=VALUE</c>, with spaces between several.</summary>
internal static class KnobText
{
    /// <summary>The options with some knobs set.</summary>
    /// <param name="options">The options.</param>
    /// <param name="knobs">The knobs, such as <c>tier-up=never deopt=off</c>; nothing changes without any.</param>
    public static EngineOptions WithKnobs(this EngineOptions options, string knobs) => options.WithKnobs(knobs.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <inheritdoc cref="WithKnobs(EngineOptions, string)"/>
    public static EngineOptions WithKnobs(this EngineOptions options, IEnumerable<string> knobs) =>
        options.With(knobs.Select(knob => knob.Split('=', 2)).Select(parts => KeyValuePair.Create(parts[0], parts[1])));
}
