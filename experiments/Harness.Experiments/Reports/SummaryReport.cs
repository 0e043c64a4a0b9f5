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
    /// <param name="sweep">The sweep.</param>
    /// <param name="summary">Its statistics.</param>
    /// <param name="provenance">Where the results are from; null where that is not known.</param>
    /// <param name="failures">What failed, as <c>failures.csv</c> has it.</param>
    public static string Create(SweepDefinition sweep, SweepSummary summary, Provenance? provenance, IReadOnlyList<Failure> failures)
    {
        var text = new StringBuilder();
        Line(text, $"# {sweep.Title}");
        Line(text, "");
        if (provenance is not null)
        {
            WriteProvenance(text, summary, provenance);
        }

        WriteMeans(text, sweep, summary);
        WriteGaps(text, provenance);
        WriteCautions(text, Cautions.Of(sweep, summary, provenance, failures));
        foreach (var engine in summary.Engines)
        {
            WriteEngine(text, sweep, summary, engine);
        }

        WriteRatios(text, sweep, summary);
        return text.ToString();
    }

    /// <summary>Makes the short table of README.md and RESULTS.md: medians and speedups of each engine, and the ratio between them.</summary>
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
        Line(text, $"Made by {string.Join(", then ", provenance.CommandLines.Select(command => $"`{command}`"))} on {machine.Cpu}, {machine.Cores} cores, {machine.Kernel}, {machine.Dotnet}; {string.Join("; ", provenance.Engines.Values)}; {(provenance.Commits.Count > 1 ? "commits" : "commit")} {string.Join(", ", provenance.Commits)}; begun {provenance.Runs[0].StartedUtc}.");
        if (provenance.Shards is { Count: > 0 } shards)
        {
            Line(text, $"Merged from {shards.Count} folders: {string.Join("; ", shards.Select(shard => $"shard {shard.Shard}, {shard.Rows} rows{(shard.FinishedUtc is null ? ", not finished" : "")}{string.Concat(shard.Runs.Select(earlier => earlier.Node).OfType<string>().Distinct().Select(node => $", node {node}"))}"))}.");
        }

        Line(text, $"{Capitalized(SweepChart.Describe(summary))} over whole rounds; fresh processes in random order interleaved over all cells; times in ms.");
        Line(text, "");
    }

    /// <summary>Beside one other engine the means are columns; beside more, which may have configurations of their own, rows.</summary>
    private static void WriteMeans(StringBuilder text, SweepDefinition sweep, SweepSummary summary)
    {
        if (summary.Engines.Count > 2 || summary.UnmeasuredEngines.Count > 0)
        {
            WriteMeansByEngine(text, sweep, summary);
        }
        else
        {
            WriteMeansBesideEachOther(text, sweep, summary);
        }

        foreach (var note in SweepChart.Notes(sweep, summary))
        {
            Line(text, note + "\n");
        }

        if (summary.SharedPrograms is { } shared)
        {
            Line(text, shared + "\n");
        }
    }

    private static void WriteMeansByEngine(StringBuilder text, SweepDefinition sweep, SweepSummary summary)
    {
        var hasOwn = summary.Engines.Contains(OwnEngine.EngineName);
        var table = new MarkdownTable(["Geometric means", "configuration", "workloads", "speedup", "for programs like these", .. hasOwn ? ["time, ours ÷ it"] : Array.Empty<string>()], textColumns: 2);

        // The command line may have named others than the sweep file.
        foreach (var engine in sweep.Engines.Union(summary.Engines).Where(engine => summary.Engines.Contains(engine)))
        {
            foreach (var configuration in summary.ConfigurationsOf(engine))
            {
                var beside = hasOwn && engine != OwnEngine.EngineName
                    ? summary.Counterparts(OwnEngine.EngineName, engine).Where(pair => pair.Other.Name == configuration.Name).Select(pair => pair.Own).FirstOrDefault()
                    : null;
                var ratio = beside is null ? null : summary.MeanRatio((OwnEngine.EngineName, beside.Name), (engine, configuration.Name))?.Measured;
                table.Add([Title(engine), configuration.Title, Number(summary.CommonWorkloads(engine).Count, "0"), .. Means(sweep, summary, engine, configuration), .. hasOwn ? [engine == OwnEngine.EngineName ? "" : Ratio(ratio)] : Array.Empty<string>()]);
            }
        }

        foreach (var engine in sweep.Engines.Except(summary.Engines))
        {
            table.Add([Title(engine), "–", "0", "not measured", "–", .. hasOwn ? ["–"] : Array.Empty<string>()]);
        }

        table.WriteTo(text);
        if (hasOwn)
        {
            Line(text, "Times of two engines stand beside each other where both have the same configuration, or both their defaults, over the programs that both ran.\n");
        }
    }

    private static void WriteMeansBesideEachOther(StringBuilder text, SweepDefinition sweep, SweepSummary summary)
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
    }

    private static IEnumerable<string> Means(SweepDefinition sweep, SweepSummary summary, string engine, SweepConfiguration configuration)
    {
        if (sweep.SpeedupObstacle(engine) is not null)
        {
            return ["–", "–"];
        }

        if (sweep.IsBaseline(engine, configuration))
        {
            return ["1", ""];
        }

        var mean = summary.MeanSpeedup(engine, configuration.Name);
        return [Times(mean?.Measured), mean is { General.HasInterval: true } ? $"{Number(mean.Value.General.Low, "0.00")}–{Number(mean.Value.General.High, "0.00")}" : "–"];
    }

    /// <summary>Lists what was not measured because an engine cannot run it.</summary>
    private static void WriteGaps(StringBuilder text, Provenance? provenance)
    {
        if (provenance?.Gaps is not { Count: > 0 } gaps)
        {
            return;
        }

        Line(text, "## Gaps\n");
        foreach (var gap in gaps)
        {
            Line(text, $"- {gap}");
        }

        Line(text, "");
    }

    /// <summary>Lists what a reader should know before quoting a number.</summary>
    private static void WriteCautions(StringBuilder text, IReadOnlyList<string> cautions)
    {
        if (cautions.Count == 0)
        {
            return;
        }

        Line(text, "## To be careful of\n");
        foreach (var caution in cautions)
        {
            Line(text, $"- {caution}");
        }

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
                    {
                        continue;
                    }

                    table.Add(workload.Title, configuration.Title, "0", "not measured");
                    continue;
                }

                table.Add(
                    workload.Title, configuration.Title, Number(cell.Count, "0"), MarkdownTable.Time(cell.Time),
                    sweep.IsBaseline(engine, configuration) ? "" : Times(cell.Speedup),
                    Probability(cell.Difference?.PValue), Probability(cell.Difference?.AdjustedPValue),
                    cell.Difference is { } effect ? Number(effect.EffectSize, "0.00") : "",
                    cell.Difference is not { } power ? "" : double.IsNaN(power.DetectableEffect) ? "–" : Number(power.DetectableEffect, "0.000") + "x",
                    Number(cell.Outliers, "0"), Number(cell.Unsettled, "0"), Told(cell.OptimizedBytes), Told(cell.Deopts));
            }
        }

        table.WriteTo(text);
    }

    private static void WriteRatios(StringBuilder text, SweepDefinition sweep, SweepSummary summary)
    {
        foreach (var other in Others(summary))
        {
            var pairs = summary.Counterparts(OwnEngine.EngineName, other);
            if (pairs.Count == 0)
            {
                continue;
            }

            Line(text, $"## Ours beside {Title(other)}");
            Line(text, "");
            Line(text, $"Median times in ms, ours / {Title(other)}, and their ratio (below 1: ours is faster); then optimized code in bytes, ours / {Title(other)}.");
            Line(text, "");
            var table = new MarkdownTable(["workload", .. pairs.SelectMany(pair => (string[])[pair.Own.Title == pair.Other.Title ? pair.Own.Title : $"{pair.Own.Title} / {pair.Other.Title}", "ratio", "code"])]);
            foreach (var workload in summary.Workloads)
            {
                table.Add([workload.Title, .. pairs.SelectMany(pair => Side(summary, (OwnEngine.EngineName, pair.Own.Name), (other, pair.Other.Name), workload.Name))]);
            }

            table.Add(["**geometric mean**", .. pairs.SelectMany(pair => (string[])["", Ratio(summary.MeanRatio((OwnEngine.EngineName, pair.Own.Name), (other, pair.Other.Name))?.Measured), ""])]);
            table.WriteTo(text);
        }
    }

    private static string[] Side(SweepSummary summary, (string Engine, string Configuration) ours, (string Engine, string Configuration) other, string workload)
    {
        var own = summary.Find(ours.Engine, ours.Configuration, workload);
        var theirs = summary.Find(other.Engine, other.Configuration, workload);
        return own is null || theirs is null
            ? ["–", "–", "–"]
            :
            [
                $"{MarkdownTable.Time(own.Time.Value, "0.0")} / {MarkdownTable.Time(theirs.Time.Value, "0.0")}",
                Ratio(summary.Ratio(ours, other, workload)),
                $"{Told(own.OptimizedBytes)} / {Told(theirs.OptimizedBytes)}",
            ];
    }

    /// <summary>A number that not every engine tells.</summary>
    private static string Told(double number) => double.IsNaN(number) ? "–" : Number(number, "0");

    private static string Probability(double? p) => p is { } known ? MarkdownTable.Probability(known, "0.0000") : "";

    private static string Title(string engine) => EngineCatalog.TitleOf(engine);

    private static string Capitalized(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
