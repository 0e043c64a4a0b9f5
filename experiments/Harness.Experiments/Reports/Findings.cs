using Harness.Experiments.Charts;
using Harness.Experiments.Engines;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Reports;

/// <summary>What a sweep found, in sentences: each with its number, its uncertainty and what it is about.</summary>
internal static class Findings
{
    /// <summary>Configurations of an engine that are described; of more, the fastest and the slowest.</summary>
    private const int MostConfigurations = 6;

    /// <summary>Programs that are named where some become slower.</summary>
    private const int MostNamed = 5;

    /// <summary>The findings, those of most interest first.</summary>
    public static IReadOnlyList<string> Of(SweepDefinition sweep, SweepSummary summary)
    {
        var sentences = new List<string>();
        foreach (var engine in summary.Engines)
        {
            sentences.AddRange(OfEngine(sweep, summary, engine));
        }

        sentences.AddRange(OfEngines(summary));
        sentences.AddRange(summary.UnmeasuredEngines);
        if (sentences.Count == 0)
        {
            sentences.Add("There is one configuration on one engine: nothing to compare.");
        }

        return sentences;
    }

    private static IEnumerable<string> OfEngine(SweepDefinition sweep, SweepSummary summary, string engine)
    {
        var title = Capitalized(EngineCatalog.TitleOf(engine));
        if (sweep.SpeedupObstacle(engine) is { } obstacle)
        {
            yield return $"{title} {obstacle}.";
            yield break;
        }

        var compared = sweep.Configurations
            .Select(configuration => (Configuration: configuration, Mean: sweep.IsBaseline(engine, configuration) ? null : summary.MeanSpeedup(engine, configuration.Name)))
            .Where(pair => pair.Mean is not null)
            .OrderByDescending(pair => pair.Mean!.Value.Measured.Value)
            .ToList();
        var described = compared.Count <= MostConfigurations ? compared : [.. compared.Take(MostConfigurations - 1), compared[^1]];
        foreach (var (configuration, mean) in described)
        {
            yield return $"{title}: “{configuration.Title}” is {Describe(sweep, summary, mean!.Value)}. {DescribePrograms(sweep, summary, engine, configuration)}";
        }

        if (described.Count < compared.Count)
        {
            yield return $"{title}: of {compared.Count} configurations these are the fastest {MostConfigurations - 1} and the slowest; the tables have all. The fastest of so many is partly so by chance, which its interval does not count: measure it again, by itself, before its number is quoted.";
        }
    }

    private static string Describe(SweepDefinition sweep, SweepSummary summary, GeometricMean mean)
    {
        var times = $"{Number(mean.Measured.Value)} times as fast as “{SweepChart.BaselineTitle(sweep)}” in the geometric mean over {Programs(summary, mean.Programs)}";
        if (!mean.Measured.HasInterval)
        {
            return times + " (too few repetitions for an interval)";
        }

        var general = mean.General.HasInterval ? $"; for programs like these {Range(mean.General)}" : "";
        return $"{times} (95% interval {Range(mean.Measured)}{general})";
    }

    private static string DescribePrograms(SweepDefinition sweep, SweepSummary summary, string engine, SweepConfiguration configuration)
    {
        var cells = summary.Workloads
            .Select(workload => (Workload: workload, Cell: summary.Find(engine, configuration.Name, workload.Name)))
            .Where(pair => pair.Cell?.Difference is not null && pair.Cell.Speedup is not null)
            .Select(pair => (pair.Workload.Title, Speedup: pair.Cell!.Speedup!.Value.Value, pair.Cell.Verdict))
            .ToList();
        var faster = cells.Count(cell => cell.Verdict == RatioVerdict.Above);
        var slower = cells.Where(cell => cell.Verdict == RatioVerdict.Below).OrderBy(cell => cell.Speedup).ToList();
        var unclear = cells.Count(cell => cell.Verdict == RatioVerdict.Unclear);
        var contradictions = unclear == 0 ? "" : $"; in {unclear} the test and the median ratio contradict each other";
        var names = string.Join(", ", slower.Take(MostNamed).Select(cell => $"{cell.Title} {Number(cell.Speedup)}x"));
        var losses = slower.Count == 0 ? "slower in none" : $"slower in {slower.Count} ({names}{(slower.Count > MostNamed ? ", …" : "")})";
        return $"It is faster in {Programs(summary, faster)}, {losses}; in {cells.Count - faster - slower.Count - unclear} no difference is shown{contradictions} (corrected for {cells.Count} tests and those of the other cells).";
    }

    private static IEnumerable<string> OfEngines(SweepSummary summary)
    {
        if (!summary.Engines.Contains(OwnEngine.EngineName))
        {
            yield break;
        }

        foreach (var other in summary.Engines.Where(engine => engine != OwnEngine.EngineName))
        {
            var ratios = summary.Counterparts(OwnEngine.EngineName, other)
                .Select(pair => (Title: pair.Own.Title == pair.Other.Title ? pair.Own.Title : $"{pair.Own.Title}” and “{pair.Other.Title}", Ratio: summary.MeanRatio((OwnEngine.EngineName, pair.Own.Name), (other, pair.Other.Name))?.Measured))
                .Where(pair => pair.Ratio is not null)
                .Take(MostConfigurations)
                .Select(pair => $"{Number(pair.Ratio!.Value.Value)}{(pair.Ratio.Value.HasInterval ? $" ({Range(pair.Ratio.Value)})" : "")} with “{pair.Title}”")
                .ToList();
            if (ratios.Count > 0)
            {
                yield return $"Time of {EngineCatalog.TitleOf(OwnEngine.EngineName)} divided by that of {EngineCatalog.TitleOf(other)}, geometric mean: {string.Join(", ", ratios)}.";
            }
        }
    }

    /// <summary>A number of workloads, which are programs where each program times one.</summary>
    private static string Programs(SweepSummary summary, int count) => $"{count} {(summary.SharedPrograms is null ? "program" : "workload")}{(count == 1 ? "" : "s")}";

    private static string Range(Estimate estimate) => $"{Number(estimate.Low)}–{Number(estimate.High)}";

    private static string Number(double value) => MarkdownTable.Number(value, "0.00");

    private static string Capitalized(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
