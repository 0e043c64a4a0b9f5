using Harness.Experiments.Engines;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Charts;

/// <summary>
/// The grouped bar chart of a sweep: a panel per engine, a group of bars per workload and one for their geometric mean, a
/// bar per configuration. It says what is drawn, not how.
/// </summary>
/// <param name="Title">Title above all.</param>
/// <param name="Subtitle">What the bars and intervals are.</param>
/// <param name="ValueTitle">Title of the value axis.</param>
/// <param name="Panels">Titles of the panels, in order.</param>
/// <param name="Groups">Titles of the groups, in order.</param>
/// <param name="Series">Titles of the configurations, in order.</param>
/// <param name="Bars">The bars.</param>
internal sealed record SpeedupChart(
    string Title, string Subtitle, string ValueTitle, IReadOnlyList<string> Panels, IReadOnlyList<string> Groups, IReadOnlyList<string> Series, IReadOnlyList<Bar> Bars)
{
    private const string MeanTitle = "geometric mean";

    /// <summary>Makes the chart of a sweep.</summary>
    public static SpeedupChart Create(SweepDefinition sweep, SweepSummary summary)
    {
        var bars = new List<Bar>();
        foreach (var engine in summary.Engines)
        {
            foreach (var configuration in sweep.Configurations)
            {
                foreach (var workload in summary.Workloads)
                {
                    if (summary.Find(engine, configuration.Name, workload.Name)?.Speedup is { } speedup)
                        bars.Add(new Bar(PanelTitle(engine), workload.Title, configuration.Title, speedup));
                }

                if (summary.Workloads.Count > 1 && summary.MeanSpeedup(engine, configuration.Name) is { } mean)
                    bars.Add(new Bar(PanelTitle(engine), MeanTitle, configuration.Title, mean));
            }
        }

        var baseline = sweep.Configurations.First(configuration => configuration.Name == sweep.Baseline).Title;
        return new SpeedupChart(
            sweep.Title,
            $"Speedup over “{baseline}” of the same engine; medians of {sweep.Repetitions} processes, 95% bootstrap intervals",
            "speedup",
            [.. summary.Engines.Select(PanelTitle)],
            [.. summary.Workloads.Select(workload => workload.Title), .. summary.Workloads.Count > 1 ? [MeanTitle] : Array.Empty<string>()],
            [.. sweep.Configurations.Select(configuration => configuration.Title)],
            bars);
    }

    private static string PanelTitle(string engine) => engine == OwnEngine.EngineName ? "this engine" : "V8";
}

/// <summary>One bar.</summary>
internal sealed record Bar(string Panel, string Group, string Series, Estimate Speedup);
