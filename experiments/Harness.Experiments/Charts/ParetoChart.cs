using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Charts.Panels;
using Harness.Experiments.Engines;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Charts;

/// <summary>What speed costs, in code, in time of compilation and in memory: a point per configuration, with the front of those that no other beats in both.</summary>
internal static class ParetoChart
{
    private static readonly (string Title, string Panel, Func<CellSummary, double> Of)[] Costs =
    [
        ("optimized code, in relation to the baseline", "code", cell => cell.OptimizedBytes),
        ("time of the optimizing compiler, in relation to the baseline", "compile time", cell => cell.OptimizedCompileMs),
        ("peak memory, in relation to the baseline", "memory", cell => cell.PeakMemoryBytes),
    ];

    /// <summary>Makes the figure.</summary>
    /// <exception cref="HarnessException">No engine tells what its speed costs, or it costs the same in all configurations.</exception>
    public static Figure Create(SweepDefinition sweep, SweepSummary summary)
    {
        var panels = new List<FigurePanel>();
        var notes = new List<string>();
        foreach (var engine in SweepChart.EnginesWithSpeedups(sweep, summary))
        {
            foreach (var cost in Costs)
            {
                var title = $"{EngineCatalog.TitleOf(engine)}: {cost.Panel}";
                var (points, remarks) = MakePoints(sweep, summary, engine, cost.Of);
                if (points.Select(point => point.Cost).Distinct().Count() < 2)
                {
                    continue;
                }

                panels.Add(new FigurePanel(title, new ScatterPanel(cost.Title, "speedup", points)));
                notes.AddRange(remarks.Select(remark => $"{title}: {remark}"));
            }
        }

        if (panels.Count == 0)
        {
            throw new HarnessException($"sweep '{sweep.Name}' has no engine whose code, time of compilation or memory is known to differ between two configurations");
        }

        return new Figure
        {
            Title = ChartFindings.Title(sweep, ChartFindings.OfMeans(sweep, summary)),
            Subtitle = $"Geometric means, of speedups over the workloads, of costs over the programs, all in relation to “{SweepChart.BaselineTitle(sweep)}” of the same engine; the line joins what no other configuration beats in both; {SweepChart.Describe(summary)}",
            Panels = panels,
            Notes = [.. SweepChart.Notes(sweep, summary), .. notes],
        };
    }

    /// <summary>
    /// The points of the configurations that have the cost at all. Their means are over the same programs, those in which each of them and its baseline has it: a mean over others would not stand beside
    /// them. All workloads of a program have the cost of its process, which counts once.
    /// </summary>
    /// <returns>The points, none where the engine does not tell the cost; and what is to be said of what they leave out.</returns>
    private static (IReadOnlyList<ScatterPoint> Points, IReadOnlyList<string> Remarks) MakePoints(SweepDefinition sweep, SweepSummary summary, string engine, Func<CellSummary, double> cost)
    {
        var programs = summary.CommonWorkloads(engine).DistinctBy(workload => workload.Program).ToList();
        var measured = summary.ConfigurationsOf(engine).Where(configuration => summary.MeanSpeedup(engine, configuration.Name) is not null).ToList();
        var growth = measured
            .Select(configuration => (Configuration: configuration, Logarithms: programs.Select(workload => Growth(configuration, workload.Name)).ToArray()))
            .Where(row => Array.Exists(row.Logarithms, logarithm => logarithm is not null))
            .ToList();
        var places = Enumerable.Range(0, programs.Count).Where(place => growth.TrueForAll(row => row.Logarithms[place] is not null)).ToList();
        if (growth.Count == 0 || places.Count == 0)
        {
            return ([], []);
        }

        var remarks = new List<string>();
        if (places.Count < programs.Count)
        {
            remarks.Add($"costs are means over {places.Count} of {programs.Count} programs, without those in which it is 0 in some configuration: {SweepChart.ListOf([.. Enumerable.Range(0, programs.Count).Except(places).Select(place => programs[place].Title)])}.");
        }

        if (growth.Count < measured.Count)
        {
            remarks.Add($"without the configurations in which it is always 0: {SweepChart.ListOf([.. measured.Except(growth.Select(row => row.Configuration)).Select(configuration => configuration.Title)])}.");
        }

        return ([.. growth.Select(row => new ScatterPoint(
            row.Configuration.Title, Math.Exp(places.Average(place => row.Logarithms[place]!.Value)), summary.MeanSpeedup(engine, row.Configuration.Name)!.Value.Measured))], remarks);

        double? Growth(SweepConfiguration configuration, string workload) =>
            summary.Find(engine, configuration.Name, workload) is { } own && summary.Find(engine, sweep.BaselineOf(engine, configuration), workload) is { } baseline && cost(own) > 0 && cost(baseline) > 0
                ? Math.Log(cost(own) / cost(baseline))
                : null;
    }
}
