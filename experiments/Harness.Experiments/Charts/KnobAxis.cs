using System.Globalization;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Charts;

/// <summary>A knob whose values a grid of configurations goes through.</summary>
/// <param name="Knob">Its name.</param>
/// <param name="Values">Its values, numbers in ascending order.</param>
internal sealed record KnobAxis(string Knob, IReadOnlyList<string> Values)
{
    /// <summary>
    /// The axes of a sweep whose configurations are all combinations of some knobs' values, the one with most values first; none for a sweep with a list of
    /// configurations of other kinds.
    /// </summary>
    public static IReadOnlyList<KnobAxis> Of(SweepDefinition sweep)
    {
        var knobs = sweep.Configurations.SelectMany(configuration => configuration.Knobs.Keys).Distinct().ToList();
        if (knobs.Any(knob => sweep.Configurations.Any(configuration => !configuration.Knobs.ContainsKey(knob))))
        {
            return [];
        }

        var axes = knobs
            .Select(knob => new KnobAxis(knob, [.. Sorted(sweep.Configurations.Select(configuration => configuration.Knobs[knob]).Distinct())]))
            .Where(axis => axis.Values.Count > 1)
            .OrderByDescending(axis => axis.Values.Count)
            .ToList();
        return axes.Aggregate(1L, (product, axis) => product * axis.Values.Count) == sweep.Configurations.Count ? axes : [];
    }

    /// <summary>The configuration with a value for each of some axes.</summary>
    public static SweepConfiguration Find(SweepDefinition sweep, params ReadOnlySpan<(KnobAxis Axis, string Value)> choice)
    {
        foreach (var configuration in sweep.Configurations)
        {
            var matches = true;
            foreach (var (axis, value) in choice)
            {
                matches &= configuration.Knobs[axis.Knob] == value;
            }

            if (matches)
            {
                return configuration;
            }
        }

        throw new ArgumentException("a grid has all combinations", nameof(choice));
    }

    private static IEnumerable<string> Sorted(IEnumerable<string> values)
    {
        var list = values.ToList();
        return list.All(value => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            ? list.OrderBy(value => double.Parse(value, CultureInfo.InvariantCulture))
            : list;
    }
}
