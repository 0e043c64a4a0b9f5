using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Charts.Panels;
using Harness.Experiments.Engines;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Charts;

/// <summary>What speed costs, in code and in time of compilation: a point per configuration, with the front of those that no other beats in both.</summary>
internal static class ParetoChart
{
    private static readonly (string Title, string Panel, Func<CellSummary, double> Of)[] Costs =
    [
        ("optimized code, in relation to the baseline", "code", cell => cell.OptimizedBytes),
        ("time of the optimizing compiler, in relation to the baseline", "compile time", cell => cell.OptimizedCompileMs),
    ];

    /// <summary>Makes the figure.</summary>
    /// <exception cref="HarnessException">No engine tells what its speed costs, or it costs the same in all configurations.</exception>
    public static Figure Create(SweepDefinition sweep, SweepSummary summary)
    {
        var panels = (
            from engine in SweepChart.EnginesWithSpeedups(sweep, summary)
            from cost in Costs
            let points = sweep.Configurations.Select(configuration => MakePoint(sweep, summary, engine, configuration, cost.Of)).OfType<ScatterPoint>().ToList()
            where points.Select(point => point.Cost).Distinct().Count() > 1
            select new FigurePanel($"{EngineCatalog.TitleOf(engine)}: {cost.Panel}", new ScatterPanel(cost.Title, "speedup", points))).ToList();
        if (panels.Count == 0)
            throw new HarnessException($"sweep '{sweep.Name}' has no engine whose code or time of compilation is known to differ between two configurations");
        return new Figure
        {
            Title = ChartFindings.Title(sweep, ChartFindings.OfMeans(sweep, summary)),
            Subtitle = $"Geometric means over the workloads, all in relation to “{SweepChart.BaselineTitle(sweep)}” of the same engine; the line joins what no other configuration beats in both; {SweepChart.Describe(summary)}",
            Panels = panels,
            Notes = SweepChart.Notes(sweep, summary),
        };
    }

    /// <summary>The point of a configuration; null where the engine does not tell the cost.</summary>
    private static ScatterPoint? MakePoint(SweepDefinition sweep, SweepSummary summary, string engine, SweepConfiguration configuration, Func<CellSummary, double> cost)
    {
        if (summary.MeanSpeedup(engine, configuration.Name) is not { } speedup)
            return null;
        var growth = summary.CommonWorkloads(engine)
            .Select(workload => (Own: summary.Find(engine, configuration.Name, workload.Name), Baseline: summary.Find(engine, sweep.BaselineOf(engine, configuration), workload.Name)))
            .Where(cells => cells.Own is not null && cells.Baseline is not null && cost(cells.Own) > 0 && cost(cells.Baseline) > 0)
            .Select(cells => Math.Log(cost(cells.Own!) / cost(cells.Baseline!)))
            .ToList();
        return growth.Count == 0 ? null : new ScatterPoint(configuration.Title, Math.Exp(growth.Average()), speedup.Measured);
    }
}
