using System.Globalization;
using System.Text;
using Harness.Experiments.Engines;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Reports;

/// <summary>Writes a sweep's results as Markdown: a table per configuration, engines side by side, and the geometric means.</summary>
internal static class SummaryReport
{
    /// <summary>Makes the text of <c>summary.md</c>.</summary>
    public static string Create(SweepDefinition sweep, SweepSummary summary, Provenance? provenance)
    {
        var text = new StringBuilder();
        Line(text, $"# {sweep.Title}");
        Line(text, "");
        if (provenance is not null)
            WriteProvenance(text, sweep, provenance);
        WriteMeans(text, sweep, summary);
        foreach (var engine in summary.Engines)
            WriteEngine(text, sweep, summary, engine);
        if (Both(summary))
            WriteRatios(text, sweep, summary);
        return text.ToString();
    }

    /// <summary>Makes the short table of the README: medians and speedups of each engine, and the ratio between them.</summary>
    public static string CreateShort(SweepDefinition sweep, SweepSummary summary)
    {
        var text = new StringBuilder();
        WriteMeans(text, sweep, summary);
        if (Both(summary))
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

    private static bool Both(SweepSummary summary) => summary.Engines.Count == 2;

    private static void WriteProvenance(StringBuilder text, SweepDefinition sweep, Provenance provenance)
    {
        var machine = provenance.Machine;
        var run = provenance.Runs[^1];
        Line(text, $"Made by `{run.CommandLine}` on {machine.Cpu}, {machine.Cores} cores, {machine.Kernel}, {machine.Dotnet}; {string.Join("; ", provenance.Engines.Values)}; commit {run.Commit?[..10] ?? "unknown"}{(run.Dirty ? " with changes" : "")}; begun {provenance.Runs[0].StartedUtc}.");
        Line(text, $"Medians of {sweep.Repetitions} fresh processes per cell, in random order interleaved over all cells; 95% bootstrap intervals; times in ms.");
        Line(text, "");
    }

    private static void WriteMeans(StringBuilder text, SweepDefinition sweep, SweepSummary summary)
    {
        var columns = summary.Engines.Select(engine => $"{Title(engine)}: speedup").ToList();
        if (Both(summary))
            columns.Add("time, ours ÷ V8");
        Line(text, $"| Geometric means | {string.Join(" | ", columns)} |");
        Line(text, $"| --- | {string.Join(" | ", columns.Select(_ => "---:"))} |");
        foreach (var configuration in sweep.Configurations)
        {
            var values = summary.Engines.Select(engine => configuration.Name == sweep.Baseline ? "1" : Times(summary.MeanSpeedup(engine, configuration.Name))).ToList();
            if (Both(summary))
                values.Add(Ratio(summary.MeanRatio(OwnEngine.EngineName, V8Engine.EngineName, configuration.Name)));
            Line(text, $"| {configuration.Title} | {string.Join(" | ", values)} |");
        }

        Line(text, "");
    }

    private static void WriteEngine(StringBuilder text, SweepDefinition sweep, SweepSummary summary, string engine)
    {
        Line(text, $"## {Title(engine)}");
        Line(text, "");
        Line(text, "| workload | configuration | n | time | speedup | p | effect | outliers | unsettled | code bytes | deopts |");
        Line(text, "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var workload in summary.Workloads)
        {
            foreach (var configuration in sweep.Configurations)
            {
                if (summary.Find(engine, configuration.Name, workload.Name) is not { } cell)
                {
                    Line(text, $"| {workload.Title} | {configuration.Title} | 0 | not measured | | | | | | | |");
                    continue;
                }

                var p = cell.Difference is { } difference ? (difference.PValue < 0.0001 ? "<0.0001" : Number(difference.PValue, "0.0000")) : "";
                var effect = cell.Difference is { } test ? Number(test.EffectSize, "0.00") : "";
                Line(text, $"| {workload.Title} | {configuration.Title} | {cell.Count} | {Milliseconds(cell.Time)} | {(configuration.Name == sweep.Baseline ? "" : Times(cell.Speedup))} | {p} | {effect} | {cell.Outliers} | {cell.Unsettled} | {Number(cell.OptimizedBytes, "0")} | {Number(cell.Deopts, "0")} |");
            }
        }

        Line(text, "");
    }

    private static void WriteRatios(StringBuilder text, SweepDefinition sweep, SweepSummary summary)
    {
        Line(text, "## Ours beside V8");
        Line(text, "");
        Line(text, "Median times in ms, ours / V8, and their ratio (below 1: ours is faster); then optimized code in bytes, ours / V8.");
        Line(text, "");
        Line(text, $"| workload | {string.Join(" | ", sweep.Configurations.Select(configuration => configuration.Title + " | ratio | code"))} |");
        Line(text, $"| --- | {string.Join(" | ", sweep.Configurations.Select(_ => "---: | ---: | ---:"))} |");
        foreach (var workload in summary.Workloads)
        {
            var values = sweep.Configurations.Select(configuration =>
            {
                var own = summary.Find(OwnEngine.EngineName, configuration.Name, workload.Name);
                var other = summary.Find(V8Engine.EngineName, configuration.Name, workload.Name);
                return own is null || other is null
                    ? "– | – | –"
                    : $"{Number(own.Time.Value, "0.0")} / {Number(other.Time.Value, "0.0")} | {Ratio(summary.Ratio(OwnEngine.EngineName, V8Engine.EngineName, configuration.Name, workload.Name))} | {Number(own.OptimizedBytes, "0")} / {Number(other.OptimizedBytes, "0")}";
            });
            Line(text, $"| {workload.Title} | {string.Join(" | ", values)} |");
        }

        var means = sweep.Configurations.Select(configuration => $"| {Ratio(summary.MeanRatio(OwnEngine.EngineName, V8Engine.EngineName, configuration.Name))} |");
        Line(text, $"| **geometric mean** | {string.Join(" | ", means)} |");
        Line(text, "");
    }

    private static string Title(string engine) => engine == OwnEngine.EngineName ? "This engine" : "V8";

    private static string Times(Estimate? estimate) => estimate is { } e ? $"{Number(e.Value, "0.00")}x ({Number(e.Low, "0.00")}–{Number(e.High, "0.00")})" : "–";

    private static string Ratio(Estimate? estimate) => estimate is { } e ? $"{Number(e.Value, "0.00")} ({Number(e.Low, "0.00")}–{Number(e.High, "0.00")})" : "–";

    private static string Milliseconds(Estimate e) => $"{Number(e.Value, "0.00")} ({Number(e.Low, "0.00")}–{Number(e.High, "0.00")})";

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
