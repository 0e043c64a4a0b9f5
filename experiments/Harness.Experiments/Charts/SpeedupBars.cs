using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Charts.Panels;
using Harness.Experiments.Engines;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Charts;

/// <summary>
/// The grouped bar chart, as V8's report has it: a panel per engine, a group of bars per workload and one for their geometric mean, a bar per
/// configuration; the baseline is the line at 1.
/// </summary>
internal static class SpeedupBars
{
    private const string MeanTitle = "geometric mean";

    public static Figure Create(SweepDefinition sweep, SweepSummary summary)
    {
        var engines = SweepChart.EnginesWithSpeedups(sweep, summary);
        var compared = summary.Configurations
            .Where(configuration => engines.Any(engine => !sweep.IsBaseline(engine, configuration) && configuration.IsFor(engine)))
            .ToList();
        var panels = engines.Select(engine => MakePanel(sweep, engine, compared, summary)).ToList();
        return new Figure
        {
            Title = ChartFindings.Title(sweep, ChartFindings.OfMeans(sweep, summary)),
            Subtitle = $"Speedup over “{SweepChart.BaselineTitle(sweep)}” of the same engine (dashed line); {SweepChart.Describe(summary)}",
            Legend = [.. compared.Select((configuration, index) => (configuration.Title, SeriesColors.Of(index, compared.Count)))],
            Panels = [.. engines.Zip(panels, (engine, panel) => new FigurePanel(EngineCatalog.TitleOf(engine), panel with { SameScale = panels }))],
            Notes = SweepChart.Notes(sweep, summary),
        };
    }

    /// <summary>An engine's bars: of the configurations that it was measured in, each looking as it does beside other engines.</summary>
    private static BarPanel MakePanel(SweepDefinition sweep, string engine, List<SweepConfiguration> compared, SweepSummary summary)
    {
        var workloads = summary.Workloads;
        List<int> own = [.. Enumerable.Range(0, compared.Count).Where(i => !sweep.IsBaseline(engine, compared[i]) && summary.ConfigurationsOf(engine).Contains(compared[i]))];
        var hasMean = summary.CommonWorkloads(engine).Count > 1;
        return new BarPanel(
            "speedup",
            [.. workloads.Select(workload => workload.Title), .. hasMean ? [MeanTitle] : Array.Empty<string>()],
            own.Count,
            (group, series) => group < workloads.Count
                ? summary.Find(engine, compared[own[series]].Name, workloads[group].Name)?.Speedup
                : summary.MeanSpeedup(engine, compared[own[series]].Name)?.Measured)
        {
            Looks = [.. own.Select(index => (SeriesColors.Of(index, compared.Count), index))],
        };
    }
}
