using Harness.Experiments.Charts;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Reports;

/// <summary>Makes the reports of a results folder from its rows: the summary and the chart.</summary>
internal static class ReportWriter
{
    /// <summary>Writes <c>summary.md</c> and the chart files.</summary>
    /// <exception cref="HarnessException">There are no rows, or the chart cannot be rendered.</exception>
    public static void Write(ResultsFolder folder)
    {
        var (sweep, summary) = Summarize(folder);
        File.WriteAllText(folder.Summary, SummaryReport.Create(sweep, summary, Provenance.Read(folder.Provenance)));
        ChartRenderer.Render(VegaLite.Specify(SpeedupChart.Create(sweep, summary)), folder);
    }

    /// <summary>Reads a results folder and computes its statistics.</summary>
    public static (SweepDefinition Sweep, SweepSummary Summary) Summarize(ResultsFolder folder)
    {
        var rows = DurableCsv<Measurement>.Read(folder.Results);
        if (rows.Count == 0)
            throw new HarnessException($"{folder.Results} has no rows yet; continue the sweep");
        var sweep = folder.ReadSweep();
        return (sweep, new SweepSummary(sweep, rows));
    }
}
