using System.Globalization;
using System.Text.RegularExpressions;

namespace Harness.Experiments.Workloads;

/// <summary>How to read the times that a program prints.</summary>
/// <param name="Pattern">Matches a line with a time; the groups <c>name</c> and <c>value</c> are the benchmark's name and the number.</param>
/// <param name="UnitInMilliseconds">What the number counts, in ms.</param>
/// <param name="Names">The benchmarks that must occur, in the order of charts.</param>
internal sealed record MetricPattern(Regex Pattern, double UnitInMilliseconds, IReadOnlyList<string> Names)
{
    /// <summary>Milliseconds by the unit's name.</summary>
    public static IReadOnlyDictionary<string, double> Units { get; } =
        new Dictionary<string, double> { ["ns"] = 1e-6, ["us"] = 1e-3, ["ms"] = 1, ["s"] = 1e3 };

    /// <summary>Reads the times, in ms. Where a benchmark occurs more than once, the last time counts.</summary>
    /// <returns>The time of each benchmark, or a mistake in one line.</returns>
    public (IReadOnlyDictionary<string, double> Times, string? Mistake) Read(string output)
    {
        var times = new Dictionary<string, double>();
        foreach (var line in output.Split('\n'))
        {
            if (Pattern.Match(line.TrimEnd('\r')) is { Success: true } match)
            {
                if (!double.TryParse(match.Groups["value"].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !(value >= 0))
                {
                    return (times, $"it printed '{match.Value}', in which '{match.Groups["value"].Value}' is no time");
                }

                times[match.Groups["name"].Value] = value * UnitInMilliseconds;
            }
        }

        var missing = Names.Where(name => !times.ContainsKey(name)).ToList();
        return (times, missing.Count == 0 ? null : $"it printed no time of {string.Join(", ", missing)}");
    }
}
