using Harness.Experiments.Charts;
using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Reports;

/// <summary>Makes the reports of a results folder from its rows: the summary and the chart.</summary>
internal static class ReportWriter
{
    /// <summary>Writes <c>summary.md</c> and the chart files.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="provenance">Where the results are from, as it is once they are reported.</param>
    /// <returns>What they show.</returns>
    /// <exception cref="HarnessException">There are no rows, or the chart cannot be rendered.</exception>
    public static (SweepDefinition Sweep, SweepSummary Summary) Write(ResultsFolder folder, Provenance? provenance)
    {
        var (sweep, summary) = Summarize(folder);
        WriteSummary(folder, sweep, summary, provenance);
        WriteChart(SweepChart.Create(ChartKind.Auto, sweep, summary), folder);
        return (sweep, summary);
    }

    /// <summary>Writes <c>summary.md</c>.</summary>
    public static void WriteSummary(ResultsFolder folder, SweepDefinition sweep, SweepSummary summary, Provenance? provenance) =>
        WholeFile.WriteText(folder.Summary, SummaryReport.Create(sweep, summary, provenance, folder.ReadFailures()));

    /// <summary>Writes a figure in every format.</summary>
    public static void WriteChart(Figure figure, ResultsFolder folder, string name = "chart", float width = Figure.StandardWidth)
    {
        foreach (var format in FigureFile.KeptFormats)
        {
            FigureFile.Write(figure, folder.Chart(name, format), width);
        }
    }

    /// <summary>Reads a results folder and computes its statistics.</summary>
    public static (SweepDefinition Sweep, SweepSummary Summary) Summarize(ResultsFolder folder)
    {
        var rows = MeasurementFile.Read(folder.Results);
        if (rows.Count == 0)
        {
            throw new HarnessException($"{folder.Results} has no rows yet; continue the sweep");
        }

        var sweep = folder.ReadSweep();
        return (sweep, new SweepSummary(sweep, rows) { Gaps = Provenance.Read(folder.Provenance)?.Gaps ?? [] });
    }
}
