using Harness.Experiments.Charts;
using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Reports.Html;

/// <summary>Chooses the charts of a report: all kinds that fit the sweep and that anybody can read.</summary>
internal static class ReportCharts
{
    // Marks beyond which a chart of a kind is a grey surface, and the report heavy.
    private const int MostBars = 600;
    private const int MostDots = 4_000;
    private const int MostPoints = 300;

    /// <summary>The charts in the order in which they are shown, and what is said of those that are left out.</summary>
    /// <exception cref="HarnessException">The font of charts cannot be installed.</exception>
    public static (IReadOnlyList<(ChartKind Kind, Figure Figure)> Figures, IReadOnlyList<string> Omitted) Choose(SweepDefinition sweep, SweepSummary summary)
    {
        // A missing font is a mistake to tell, a chart that does not fit the sweep is none.
        ChartFont.Create(10, bold: false).Dispose();
        var cells = summary.Engines.Count * summary.Workloads.Count * sweep.Configurations.Count;
        var axes = KnobAxis.Of(sweep);
        var figures = new List<(ChartKind, Figure)>();
        var omitted = new List<string>();
        Consider(ChartKind.Bars, axes.Count is 0 or > 2 || cells <= 60, cells, MostBars);
        Consider(ChartKind.Lines, axes.Count is 1 or 2, cells, MostBars);
        Consider(ChartKind.Heat, axes.Count == 2, cells, MostBars * 4);
        Consider(ChartKind.Sorted, sweep.Configurations.Count > 1, cells, MostBars);
        Consider(ChartKind.Slope, sweep.Configurations.Count > 1 && axes.Count == 0, cells, MostBars);
        Consider(ChartKind.Pareto, sweep.Configurations.Count > 2, sweep.Configurations.Count, MostPoints);
        Consider(ChartKind.Dots, fits: true, summary.Rows.Count, MostDots);
        Consider(ChartKind.Iterations, summary.SteadinessOfCells.Values.Any(cell => cell.Processes.Any(process => process.Class != SteadinessClass.TooShort)), 0, 1);
        return (figures, omitted);

        void Consider(ChartKind kind, bool fits, int marks, int most)
        {
            var name = kind.ToString().ToLowerInvariant();
            if (!fits)
                return;
            if (marks > most)
            {
                omitted.Add($"The chart '{name}' would have {marks} marks, more than anybody can read: harness chart {sweep.Name} --kind {name} draws it.");
                return;
            }

            try
            {
                figures.Add((kind, SweepChart.Create(kind, sweep, summary)));
            }
            catch (HarnessException reason)
            {
                omitted.Add($"No chart '{name}': {reason.Message}.");
            }
        }
    }

    /// <summary>Whether each program gets a chart of its own.</summary>
    public static bool HasProgramCharts(SweepSummary summary) => summary.Rows.Count <= MostDots;
}
