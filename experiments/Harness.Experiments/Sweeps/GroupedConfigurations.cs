using Harness.Experiments.Engines;

namespace Harness.Experiments.Sweeps;

/// <summary>
/// Gives each configuration the baseline of its group: the configuration that has some knobs at the baseline's values and is otherwise the same. So a grid of a
/// budget and a switch compares budgets for each position of the switch.
/// </summary>
internal static class GroupedConfigurations
{
    /// <summary>Finds the baselines.</summary>
    /// <param name="configurations">The configurations; those that name their baseline keep it.</param>
    /// <param name="values">The values of the baseline, by knob.</param>
    /// <exception cref="HarnessException">A group has no baseline.</exception>
    public static List<SweepConfiguration> Group(IReadOnlyList<SweepConfiguration> configurations, IReadOnlyDictionary<string, string?> values)
    {
        foreach (var (knob, value) in values)
        {
            KnobCatalog.Find(knob).Parse(value ?? throw new HarnessException($"'group-baseline' has no value for '{knob}'"));
        }

        var byKnobs = new Dictionary<string, string>();
        foreach (var configuration in configurations)
        {
            byKnobs.TryAdd(Key(configuration.Knobs), configuration.Name);
        }

        return [.. configurations.Select(configuration => configuration.Baseline is not null ? configuration : configuration with { Baseline = Find(configuration) })];

        string Find(SweepConfiguration configuration)
        {
            var knobs = new Dictionary<string, string>(configuration.Knobs);
            foreach (var (knob, value) in values)
            {
                knobs[knob] = value!;
            }

            return byKnobs.GetValueOrDefault(Key(knobs))
                ?? throw new HarnessException($"configuration '{configuration.Name}' has no baseline: none has {string.Join(" and ", values.Select(pair => $"{pair.Key}={pair.Value}"))} and is otherwise the same");
        }
    }

    /// <summary>The knobs that are not at their defaults, in one text that is the same for the same knobs.</summary>
    private static string Key(IReadOnlyDictionary<string, string> knobs) => string.Join('\n', knobs
        .Select(pair => (Knob: KnobCatalog.Find(pair.Key), pair.Value))
        .Select(pair => (pair.Knob, Value: pair.Knob.Parse(pair.Value)))
        .Where(pair => !pair.Value.Equals(pair.Knob.Default))
        .Select(pair => $"{pair.Knob.Name}={pair.Value}")
        .Order(StringComparer.Ordinal));
}
