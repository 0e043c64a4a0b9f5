using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Charts;

/// <summary>Makes the figures of a sweep: says what is drawn, the panels say how.</summary>
internal static class SweepChart
{
    /// <summary>Values of a knob from which on lines are clearer than bars.</summary>
    private const int LeastValuesForLines = 4;

    /// <summary>Things that a note names; of more, it says how many.</summary>
    private const int MostNamed = 20;

    /// <summary>Cells whose names stand in a note: each has that of a workload and of a configuration.</summary>
    private const int MostCellsNamed = 3;

    /// <summary>Makes a chart.</summary>
    /// <param name="kind">What is drawn.</param>
    /// <param name="sweep">The sweep.</param>
    /// <param name="summary">Its results.</param>
    /// <param name="between">The two configurations that a slope chart is about; null for the last two with the same baseline.</param>
    /// <exception cref="HarnessException">The results have no such chart; the message says why.</exception>
    public static Figure Create(ChartKind kind, SweepDefinition sweep, SweepSummary summary, (string From, string To)? between = null)
    {
        var axes = KnobAxis.Of(sweep);
        var chosen = kind != ChartKind.Auto ? kind : HasSpeedups(sweep, summary) ? Choose(axes) : ChartKind.Dots;
        var figure = chosen switch
        {
            ChartKind.Bars => SpeedupBars.Create(sweep, summary),
            ChartKind.Sorted => SortedSpeedups.Create(sweep, summary),
            ChartKind.Slope => SlopeChart.Create(sweep, summary, between),
            ChartKind.Lines => KnobResponse.CreateLines(sweep, summary, axes),
            ChartKind.Means => KnobResponse.CreateMeans(sweep, summary, axes),
            ChartKind.Heat => KnobResponse.CreateHeat(sweep, summary, axes),
            ChartKind.Dots => RepetitionDots.Create(sweep, summary),
            ChartKind.Pareto => ParetoChart.Create(sweep, summary),
            ChartKind.Iterations => IterationChart.Create(sweep, summary),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
        return figure with { Source = $"results of the sweep '{sweep.Name}'; made by: harness chart {sweep.Name} --kind {chosen.ToString().ToLowerInvariant()}{(between is var (from, to) ? $" --between {from},{to}" : "")}" };
    }

    /// <summary>What the interval and the number of processes are, for subtitles.</summary>
    public static string Describe(SweepSummary summary)
    {
        var processes = NumberOfProcesses(summary);
        return summary.Processes.Most < MedianInterval.LeastValues
            ? $"medians of {processes} processes, too few for intervals (from {MedianInterval.LeastValues} on)"
            : $"medians of {processes} processes, 95% intervals";
    }

    /// <summary>How many processes a cell has, as they were measured: what the sweep file asks for may be more, or was overridden.</summary>
    public static string NumberOfProcesses(SweepSummary summary)
    {
        var (fewest, most) = summary.Processes;
        return fewest == most ? $"{most}" : $"{fewest} to {most}";
    }

    /// <summary>The engines whose speedups mean what they say.</summary>
    /// <exception cref="HarnessException">There is none, or nothing to compare.</exception>
    public static IReadOnlyList<string> EnginesWithSpeedups(SweepDefinition sweep, SweepSummary summary)
    {
        if (sweep.Configurations.Count < 2)
        {
            throw new HarnessException($"sweep '{sweep.Name}' has the baseline only: there is no speedup to draw; add configurations");
        }

        var engines = summary.Engines.Where(engine => sweep.SpeedupObstacle(engine) is null).ToList();
        return engines.Count > 0
            ? engines
            : throw new HarnessException($"sweep '{sweep.Name}': {summary.Engines[0]} {sweep.SpeedupObstacle(summary.Engines[0])}; draw the times with --kind dots");
    }

    /// <summary>Title of the baseline configuration.</summary>
    public static string BaselineTitle(SweepDefinition sweep) => sweep.Configurations.Any(configuration => configuration.Baseline is not null) ? "baseline of its group" : sweep.Baselines.Count == 0 ? TitleOf(sweep, sweep.Baseline) : string.Join(", ", sweep.Baselines
        .Where(pair => sweep.Engines.Contains(pair.Key))
        .GroupBy(pair => pair.Value, pair => Engines.EngineCatalog.TitleOf(pair.Key))
        .Select(group => $"{TitleOf(sweep, group.Key)} ({string.Join(", ", group)})")
        .Prepend(TitleOf(sweep, sweep.Baseline)));

    private static string TitleOf(SweepDefinition sweep, string name) => sweep.Configurations.First(configuration => configuration.Name == name).Title;

    /// <summary>Names with commas between them, of very many the first ones and how many more.</summary>
    /// <param name="names">The names.</param>
    /// <param name="most">How many of them are said at most.</param>
    public static string ListOf(IReadOnlyList<string> names, int most = MostNamed) => $"{string.Join(", ", names.Take(most))}{(names.Count > most ? $" and {names.Count - most} more" : "")}";

    /// <summary>What is not to be seen, and why: what disturbed the measurement, workloads that a mean leaves out, engines without speedups.</summary>
    public static IReadOnlyList<string> Notes(SweepDefinition sweep, SweepSummary summary)
    {
        List<string> notes = [.. summary.Disturbances, .. summary.UnmeasuredEngines];
        foreach (var engine in summary.Engines)
        {
            if (sweep.SpeedupObstacle(engine) is { } obstacle)
            {
                notes.Add($"{Engines.EngineCatalog.TitleOf(engine)} {obstacle}.");
            }

            var common = summary.CommonWorkloads(engine);
            var missing = summary.Workloads.Except(common).Select(workload => workload.Title).ToList();
            if (missing.Count > 0)
            {
                notes.Add($"{Engines.EngineCatalog.TitleOf(engine)}: not measured in every configuration, and so in no mean: {ListOf(missing)}.");
            }

            if (WithoutBaseline(engine) is { Count: > 0 } partial)
            {
                notes.Add($"{Engines.EngineCatalog.TitleOf(engine)}: the baseline lacks rounds, so that {InWords(partial)}.");
            }
        }

        return notes;

        List<(string Name, int Rounds, int Count)> WithoutBaseline(string engine) =>
        [
            .. from configuration in sweep.Configurations
               from workload in summary.Workloads
               let cell = summary.Find(engine, configuration.Name, workload.Name)
               where cell is not null && cell.SpeedupRounds < cell.Count
               select ($"{workload.Title}, {configuration.Title}", cell.SpeedupRounds, cell.Count),
        ];

        // A sweep that was stopped in the middle of a round may have very many, which nobody wants to read.
        static string InWords(List<(string Name, int Rounds, int Count)> partial) => partial.Count > MostCellsNamed
            ? $"{partial.Count} speedups are over fewer than their processes, by {partial.Max(cell => cell.Count - cell.Rounds)} at most"
            : $"these speedups are over fewer than their processes: {string.Join(", ", partial.Select(cell => $"{cell.Name} ({cell.Rounds} of {cell.Count})"))}";
    }

    private static bool HasSpeedups(SweepDefinition sweep, SweepSummary summary) =>
        sweep.Configurations.Count > 1 && summary.Engines.Any(engine => sweep.SpeedupObstacle(engine) is null);

    private static ChartKind Choose(IReadOnlyList<KnobAxis> axes) => axes switch
    {
        [var only] when only.Values.Count >= LeastValuesForLines => ChartKind.Lines,
        [var first, var second] when first.Values.Count * second.Values.Count > LeastValuesForLines => ChartKind.Lines,
        _ => ChartKind.Bars,
    };
}
