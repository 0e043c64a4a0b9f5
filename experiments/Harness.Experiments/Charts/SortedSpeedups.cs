using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Charts.Panels;
using Harness.Experiments.Engines;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Charts;

/// <summary>Speedups of each configuration over the baseline, from the slowest to the fastest workload: losses are seen at once.</summary>
internal static class SortedSpeedups
{
    public static Figure Create(SweepDefinition sweep, SweepSummary summary)
    {
        var panels =
            from engine in SweepChart.EnginesWithSpeedups(sweep, summary)
            from configuration in sweep.Configurations
            where !sweep.IsBaseline(engine, configuration)
            let bars = summary.Workloads
                .Select(workload => (workload.Title, Speedup: summary.Find(engine, configuration.Name, workload.Name)?.Speedup))
                .Where(bar => bar.Speedup is not null)
                .OrderBy(bar => bar.Speedup!.Value.Value)
                .ToList()
            where bars.Count > 0
            select new FigurePanel($"{EngineCatalog.TitleOf(engine)}, {configuration.Title}", new BarPanel("speedup", [.. bars.Select(bar => bar.Title)], 1, (row, _) => bars[row].Speedup));
        return new Figure
        {
            Title = ChartFindings.Title(sweep, ChartFindings.OfMeans(sweep, summary)),
            Subtitle = $"Speedup over “{SweepChart.BaselineTitle(sweep)}” of the same engine (dashed line), sorted; {SweepChart.Describe(summary)}",
            Panels = [.. panels],
            Notes = SweepChart.Notes(sweep, summary),
        };
    }
}
