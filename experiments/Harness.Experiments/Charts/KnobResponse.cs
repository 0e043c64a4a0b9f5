using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Charts.Panels;
using Harness.Experiments.Engines;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Charts;

/// <summary>How speedups follow one or two knobs: lines over a knob's values, or a heat map over two.</summary>
internal static class KnobResponse
{
    private const string MeanTitle = "geometric mean";

    /// <summary>A panel per engine and value of the second knob; a line per workload, and one for their geometric mean.</summary>
    public static Figure CreateLines(SweepDefinition sweep, SweepSummary summary, IReadOnlyList<KnobAxis> axes) =>
        CreateLines(sweep, summary, axes, summary.Workloads, "Speedup");

    /// <summary>A panel per engine and value of the second knob; a line for the geometric mean over the workloads.</summary>
    /// <exception cref="HarnessException">There is no mean: an engine ran no two workloads in every configuration.</exception>
    public static Figure CreateMeans(SweepDefinition sweep, SweepSummary summary, IReadOnlyList<KnobAxis> axes) =>
        SweepChart.EnginesWithSpeedups(sweep, summary).FirstOrDefault(engine => summary.CommonWorkloads(engine).Count < 2) is { } without
            ? throw new HarnessException($"sweep '{sweep.Name}' has no geometric mean on {EngineCatalog.TitleOf(without)}: it ran {summary.CommonWorkloads(without).Count} workloads in every configuration")
            : CreateLines(sweep, summary, axes, [], "Geometric mean, over the workloads, of the speedup");

    private static Figure CreateLines(SweepDefinition sweep, SweepSummary summary, IReadOnlyList<KnobAxis> axes, IReadOnlyList<Workload> workloads, string quantity)
    {
        var (knob, others) = axes switch
        {
            [var only] => (only, (KnobAxis?)null),
            [var first, var second] => (first, second),
            _ => throw new HarnessException($"lines need a grid of one or two knobs; sweep '{sweep.Name}' has {Count(axes)}"),
        };
        var panels =
            from engine in SweepChart.EnginesWithSpeedups(sweep, summary)
            from other in others?.Values ?? [""]
            let title = EngineCatalog.TitleOf(engine) + (others is null ? "" : $", {others.Knob} = {other}")
            select new FigurePanel(title, MakeLines(sweep, summary, workloads, engine, knob, others, other));
        return new Figure
        {
            Title = ChartFindings.Title(sweep, ChartFindings.OfMeans(sweep, summary)),
            Subtitle = $"{quantity} over “{SweepChart.BaselineTitle(sweep)}” of the same engine (dashed line); {SweepChart.Describe(summary)}",
            Panels = [.. panels],
            Notes = SweepChart.Notes(sweep, summary),
        };
    }

    /// <summary>A panel per engine; the geometric mean of the speedups in each cell.</summary>
    public static Figure CreateHeat(SweepDefinition sweep, SweepSummary summary, IReadOnlyList<KnobAxis> axes)
    {
        if (axes is not [var columns, var rows])
        {
            throw new HarnessException($"a heat map needs a grid of two knobs; sweep '{sweep.Name}' has {Count(axes)}");
        }

        return new Figure
        {
            Title = ChartFindings.Title(sweep, ChartFindings.OfMeans(sweep, summary)),
            Subtitle = $"Geometric mean of the speedups over “{SweepChart.BaselineTitle(sweep)}” of the same engine; {SweepChart.Describe(summary)}",
            Panels = [.. SweepChart.EnginesWithSpeedups(sweep, summary).Select(engine => new FigurePanel(EngineCatalog.TitleOf(engine), new HeatPanel(
                columns.Knob, columns.Values, rows.Knob, rows.Values,
                (row, column) => summary.MeanSpeedup(engine, KnobAxis.Find(sweep, (columns, columns.Values[column]), (rows, rows.Values[row])).Name)?.Measured.Value)))],
            Notes = SweepChart.Notes(sweep, summary),
        };
    }

    private static LinePanel MakeLines(SweepDefinition sweep, SweepSummary summary, IReadOnlyList<Workload> workloads, string engine, KnobAxis knob, KnobAxis? others, string other)
    {
        var hasMean = summary.CommonWorkloads(engine).Count > 1;
        return new LinePanel(
            "speedup",
            knob.Knob,
            knob.Values,
            [.. workloads.Select(workload => workload.Title), .. hasMean ? [MeanTitle] : Array.Empty<string>()],
            (series, value) =>
            {
                var configuration = others is null
                    ? KnobAxis.Find(sweep, (knob, knob.Values[value]))
                    : KnobAxis.Find(sweep, (knob, knob.Values[value]), (others, other));
                return series < workloads.Count
                    ? summary.Find(engine, configuration.Name, workloads[series].Name)?.Speedup
                    : summary.MeanSpeedup(engine, configuration.Name)?.Measured;
            },
            hasMean ? workloads.Count : -1);
    }

    private static string Count(IReadOnlyList<KnobAxis> axes) => axes.Count == 0 ? "no grid" : $"one of {axes.Count}";
}
