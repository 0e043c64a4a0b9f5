using Harness.Experiments.Engines;
using Harness.Experiments.Reports;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Charts;

/// <summary>What a chart shows in a few words, for its title: a reader who sees nothing else takes away a number that is right.</summary>
internal static class ChartFindings
{
    /// <summary>The largest mean speedup of each engine, and with which configuration; nothing where there is no mean.</summary>
    public static string OfMeans(SweepDefinition sweep, SweepSummary summary)
    {
        var best = summary.Engines
            .Select(engine => (Engine: engine, Best: sweep.Configurations
                .Where(configuration => !sweep.IsBaseline(engine, configuration))
                .Select(configuration => (configuration.Title, Mean: summary.MeanSpeedup(engine, configuration.Name)?.Measured))
                .Where(pair => pair.Mean is not null)
                .OrderByDescending(pair => pair.Mean!.Value.Value)
                .FirstOrDefault()))
            .Where(pair => pair.Best.Mean is not null)
            .ToList();
        if (best.Count == 0)
        {
            return "";
        }

        var isSame = best.TrueForAll(pair => pair.Best.Title == best[0].Best.Title);
        var parts = best.Select(pair => $"{Number(pair.Best.Mean!.Value.Value)}x {(pair.Engine == OwnEngine.EngineName ? "on this engine" : "on " + EngineCatalog.TitleOf(pair.Engine))}{(isSame ? "" : $" with “{pair.Best.Title}”")}");
        return $"{string.Join(", ", parts)}{(isSame ? $" with “{best[0].Best.Title}”" : "")} in the mean";
    }

    /// <summary>In how many rows times fall into two groups.</summary>
    public static string OfModes(SweepDefinition sweep, SweepSummary summary)
    {
        var cells = Cells(sweep, summary).ToList();
        var split = cells.Count(cell => cell.Modes is not null);
        return split == 0 ? $"no row of {cells.Count} falls into two groups" : $"{split} of {cells.Count} rows fall into two groups";
    }

    /// <summary>How many cells have processes that slow down or never settle.</summary>
    public static string OfSteadiness(SweepSummary summary)
    {
        var judged = summary.SteadinessOfCells.Values.Where(cell => cell.IsJudged).ToList();
        var doubtful = judged.Count(cell => cell.IsDoubtful);
        return doubtful == 0 ? $"all of {judged.Count} cells settle" : $"{doubtful} of {judged.Count} cells slow down again or do not settle";
    }

    /// <summary>In how many programs the second of two configurations is faster and slower than the first.</summary>
    /// <param name="speedups">The speedups of the second over the first.</param>
    public static string OfPair(IReadOnlyCollection<Estimate> speedups)
    {
        var (faster, slower) = (speedups.Count(IsFaster), speedups.Count(IsSlower));
        return $"faster in {faster} of {speedups.Count}, slower in {slower}{(speedups.Any(speedup => speedup.HasInterval) ? "" : " (without intervals)")}";
    }

    /// <summary>Whether a speedup's interval lies above 1; where there is none, the value.</summary>
    public static bool IsFaster(Estimate speedup) => speedup.HasInterval ? speedup.Low > 1 : speedup.Value > 1;

    /// <summary>Whether a speedup's interval lies below 1; where there is none, the value.</summary>
    public static bool IsSlower(Estimate speedup) => speedup.HasInterval ? speedup.High < 1 : speedup.Value < 1;

    /// <summary>A title: what was measured, and what was found.</summary>
    public static string Title(SweepDefinition sweep, string finding) => finding.Length == 0 ? sweep.Title : $"{sweep.Title}: {finding}";

    private static IEnumerable<CellSummary> Cells(SweepDefinition sweep, SweepSummary summary) =>
        from engine in summary.Engines
        from workload in summary.Workloads
        from configuration in sweep.Configurations
        let cell = summary.Find(engine, configuration.Name, workload.Name)
        where cell is not null
        select cell;

    private static string Number(double value) => MarkdownTable.Number(value, "0.00");
}
