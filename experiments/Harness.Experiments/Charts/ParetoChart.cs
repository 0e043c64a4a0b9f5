using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Charts.Panels;
using Harness.Experiments.Engines;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Charts;

/// <summary>What speed costs in code: a point per configuration, with the front of those that no other beats in both.</summary>
internal static class ParetoChart
{
    public static Figure Create(SweepDefinition sweep, SweepSummary summary)
    {
        var panels = SweepChart.EnginesWithSpeedups(sweep, summary).Select(engine => new FigurePanel(EngineCatalog.TitleOf(engine), new ScatterPanel(
            "optimized code, in relation to the baseline", "speedup", [.. sweep.Configurations.Select(configuration => MakePoint(sweep, summary, engine, configuration)).OfType<ScatterPoint>()])));
        return new Figure
        {
            Title = sweep.Title,
            Subtitle = $"Geometric means over the workloads, both in relation to “{SweepChart.BaselineTitle(sweep)}” of the same engine; the line joins what no other configuration beats in both; {SweepChart.Describe(summary)}",
            Panels = [.. panels],
            Notes = SweepChart.Notes(sweep, summary),
        };
    }

    private static ScatterPoint? MakePoint(SweepDefinition sweep, SweepSummary summary, string engine, SweepConfiguration configuration)
    {
        if (summary.MeanSpeedup(engine, configuration.Name) is not { } speedup)
            return null;
        var growth = summary.CommonWorkloads(engine)
            .Select(workload => (Own: summary.Find(engine, configuration.Name, workload.Name)!.OptimizedBytes, Baseline: summary.Find(engine, sweep.BaselineOf(engine, configuration), workload.Name)!.OptimizedBytes))
            .Where(sizes => sizes.Own > 0 && sizes.Baseline > 0)
            .Select(sizes => Math.Log(sizes.Own / sizes.Baseline))
            .DefaultIfEmpty()
            .Average();
        return new ScatterPoint(configuration.Title, Math.Exp(growth), speedup.Measured);
    }
}
