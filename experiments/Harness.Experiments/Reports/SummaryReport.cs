using System.Text;
using Harness.Experiments.Charts;
using Harness.Experiments.Engines;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;
using static Harness.Experiments.Reports.MarkdownTable;

namespace Harness.Experiments.Reports;

/// <summary>Writes a sweep's results as Markdown: the geometric means, a table per engine, engines side by side, and what to be careful of.</summary>
internal static class SummaryReport
{
    /// <summary>Makes the text of <c>summary.md</c>.</summary>
    public static string Create(SweepDefinition sweep, SweepSummary summary, Provenance? provenance)
    {
        var text = new StringBuilder();
        Line(text, $"# {sweep.Title}");
        Line(text, "");
        if (provenance is not null)
            WriteProvenance(text, summary, provenance);
        else
            Line(text, "**Where these results are from is not known: `provenance.json` is missing.**\n");
        WriteMeans(text, sweep, summary);
        WriteGaps(text, provenance);
        WriteCautions(text, sweep, summary, provenance);
        foreach (var engine in summary.Engines)
            WriteEngine(text, sweep, summary, engine);
        WriteRatios(text, sweep, summary);
        return text.ToString();
    }

    /// <summary>Makes the short table of the README: medians and speedups of each engine, and the ratio between them.</summary>
    public static string CreateShort(SweepDefinition sweep, SweepSummary summary)
    {
        var text = new StringBuilder();
        WriteMeans(text, sweep, summary);
        WriteRatios(text, sweep, summary);
        return text.ToString();
    }

    /// <summary>Makes the table of the geometric means alone.</summary>
    public static string CreateMeans(SweepDefinition sweep, SweepSummary summary)
    {
        var text = new StringBuilder();
        WriteMeans(text, sweep, summary);
        return text.ToString();
    }

    /// <summary>The engines that stand beside ours, where ours was measured.</summary>
    private static IEnumerable<string> Others(SweepSummary summary) =>
        summary.Engines.Contains(OwnEngine.EngineName) ? summary.Engines.Where(engine => engine != OwnEngine.EngineName) : [];

    private static void WriteProvenance(StringBuilder text, SweepSummary summary, Provenance provenance)
    {
        var machine = provenance.Machine;
        var run = provenance.Runs[^1];
        Line(text, $"Made by `{run.CommandLine}` on {machine.Cpu}, {machine.Cores} cores, {machine.Kernel}, {machine.Dotnet}; {string.Join("; ", provenance.Engines.Values)}; commit {run.Commit?[..10] ?? "unknown"}{(run.Dirty ? " with changes" : "")}; begun {provenance.Runs[0].StartedUtc}.");
        if (provenance.Shards is { Count: > 0 } shards)
            Line(text, $"Merged from {shards.Count} folders: {string.Join("; ", shards.Select(shard => $"shard {shard.Shard}, {shard.Rows} rows{(shard.FinishedUtc is null ? ", not finished" : "")}{string.Concat(shard.Runs.Select(earlier => earlier.Node).OfType<string>().Distinct().Select(node => $", node {node}"))}"))}.");
        Line(text, $"{Capitalized(SweepChart.Describe(summary))} over whole rounds; fresh processes in random order interleaved over all cells; times in ms.");
        Line(text, "");
    }

    private static void WriteMeans(StringBuilder text, SweepDefinition sweep, SweepSummary summary)
    {
        var others = Others(summary).ToList();
        var table = new MarkdownTable([
            "Geometric means",
            .. summary.Engines.SelectMany(engine => (string[])[$"{Title(engine)}: speedup", "for programs like these"]),
            .. others.Select(other => $"time, ours ÷ {Title(other)}")]);
        foreach (var configuration in summary.Configurations)
        {
            table.Add([
                configuration.Title,
                .. summary.Engines.SelectMany(engine => Means(sweep, summary, engine, configuration)),
                .. others.Select(other => Ratio(summary.MeanRatio(OwnEngine.EngineName, other, configuration.Name)?.Measured))]);
        }

        table.WriteTo(text);
        foreach (var note in SweepChart.Notes(sweep, summary))
            Line(text, note + "\n");
    }

    private static IEnumerable<string> Means(SweepDefinition sweep, SweepSummary summary, string engine, SweepConfiguration configuration)
    {
        if (sweep.SpeedupObstacle(engine) is not null)
            return ["–", "–"];
        if (sweep.IsBaseline(engine, configuration))
            return ["1", ""];
        var mean = summary.MeanSpeedup(engine, configuration.Name);
        return [Times(mean?.Measured), mean is { General.HasInterval: true } ? $"{Number(mean.Value.General.Low, "0.00")}–{Number(mean.Value.General.High, "0.00")}" : "–"];
    }

    /// <summary>Lists what was not measured because an engine cannot run it.</summary>
    private static void WriteGaps(StringBuilder text, Provenance? provenance)
    {
        if (provenance?.Gaps is not { Count: > 0 } gaps)
            return;
        Line(text, "## Gaps\n");
        foreach (var gap in gaps)
            Line(text, $"- {gap}");
        Line(text, "");
    }

    /// <summary>Lists what a reader should know before quoting a number.</summary>
    private static void WriteCautions(StringBuilder text, SweepDefinition sweep, SweepSummary summary, Provenance? provenance)
    {
        List<string> cautions = [.. Cautions.OfEnvironment(provenance), .. Cautions.OfCells(sweep, summary)];
        if (cautions.Count == 0)
            return;
        Line(text, "## To be careful of\n");
        foreach (var caution in cautions)
            Line(text, $"- {caution}");
        Line(text, "");
    }

    private static void WriteEngine(StringBuilder text, SweepDefinition sweep, SweepSummary summary, string engine)
    {
        Line(text, $"## {Capitalized(Title(engine))}");
        Line(text, "");
        var table = new MarkdownTable(["workload", "configuration", "n", "time", "speedup", "p", "p, corrected", "effect", "detectable", "outliers", "unsettled", "code bytes", "deopts"], textColumns: 2);
        foreach (var workload in summary.Workloads)
        {
            foreach (var configuration in summary.Configurations)
            {
                if (summary.Find(engine, configuration.Name, workload.Name) is not { } cell)
                {
                    if (!configuration.IsFor(engine))
                        continue;
                    table.Add(workload.Title, configuration.Title, "0", "not measured");
                    continue;
                }

                table.Add(
                    workload.Title, configuration.Title, Number(cell.Count, "0"), Ratio(cell.Time),
                    sweep.IsBaseline(engine, configuration) || sweep.SpeedupObstacle(engine) is not null ? "" : Times(cell.Speedup),
                    Probability(cell.Difference?.PValue), Probability(cell.Difference?.AdjustedPValue),
                    cell.Difference is { } effect ? Number(effect.EffectSize, "0.00") : "",
                    cell.Difference is { } power && cell.Count >= MedianInterval.LeastValues ? Number(power.DetectableEffect, "0.000") + "x" : "",
                    Number(cell.Outliers, "0"), Number(cell.Unsettled, "0"), Number(cell.OptimizedBytes, "0"), Number(cell.Deopts, "0"));
            }
        }

        table.WriteTo(text);
    }

    private static void WriteRatios(StringBuilder text, SweepDefinition sweep, SweepSummary summary)
    {
        foreach (var other in Others(summary))
        {
            Line(text, $"## Ours beside {Title(other)}");
            Line(text, "");
            Line(text, $"Median times in ms, ours / {Title(other)}, and their ratio (below 1: ours is faster); then optimized code in bytes, ours / {Title(other)}.");
            Line(text, "");
            var table = new MarkdownTable(["workload", .. summary.Configurations.SelectMany(configuration => (string[])[configuration.Title, "ratio", "code"])]);
            foreach (var workload in summary.Workloads)
                table.Add([workload.Title, .. summary.Configurations.SelectMany(configuration => Side(summary, other, configuration.Name, workload.Name))]);
            table.Add(["**geometric mean**", .. summary.Configurations.SelectMany(configuration => (string[])["", Ratio(summary.MeanRatio(OwnEngine.EngineName, other, configuration.Name)?.Measured), ""])]);
            table.WriteTo(text);
        }
    }

    private static string[] Side(SweepSummary summary, string other, string configuration, string workload)
    {
        var own = summary.Find(OwnEngine.EngineName, configuration, workload);
        var theirs = summary.Find(other, configuration, workload);
        return own is null || theirs is null
            ? ["–", "–", "–"]
            :
            [
                $"{Number(own.Time.Value, "0.0")} / {Number(theirs.Time.Value, "0.0")}",
                Ratio(summary.Ratio(OwnEngine.EngineName, other, configuration, workload)),
                $"{Number(own.OptimizedBytes, "0")} / {Number(theirs.OptimizedBytes, "0")}",
            ];
    }

    private static string Probability(double? p) => p switch
    {
        null => "",
        < 0.0001 => "<0.0001",
        { } value => Number(value, "0.0000"),
    };

    private static string Title(string engine) => EngineCatalog.TitleOf(engine);

    private static string Capitalized(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
