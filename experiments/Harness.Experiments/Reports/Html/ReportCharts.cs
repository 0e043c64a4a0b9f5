using Harness.Experiments.Charts;
using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Reports.Html;

/// <summary>Chooses the charts of a report: all kinds that fit the sweep and that anybody can read.</summary>
internal static class ReportCharts
{
    /// <summary>The charts in the order in which they are shown, and what is said of those that are left out.</summary>
    /// <exception cref="HarnessException">The font of charts cannot be installed.</exception>
    public static (IReadOnlyList<(ChartKind Kind, Figure Figure)> Figures, IReadOnlyList<string> Omitted) Choose(SweepDefinition sweep, SweepSummary summary)
    {
        // A missing font is a mistake to tell, a chart that does not fit the sweep is none.
        ChartFont.Create(10, bold: false).Dispose();
        var columns = summary.Engines.Count * sweep.Configurations.Count;
        var cells = columns * summary.Workloads.Count;
        var axes = KnobAxis.Of(sweep);
        var figures = new List<(ChartKind, Figure)>();
        var omitted = new List<string>();
        Consider(ChartKind.Bars, axes.Count is 0 or > 2 || cells <= 60, cells, ReportLimits.Bars);
        Consider(ChartKind.Lines, axes.Count is 1 or 2, cells, ReportLimits.Bars);
        Consider(ChartKind.Means, axes.Count is 1 or 2 && cells > ReportLimits.Bars, columns, ReportLimits.Bars);
        Consider(ChartKind.Heat, axes.Count == 2, cells, ReportLimits.Fields);
        Consider(ChartKind.Sorted, sweep.Configurations.Count > 1, cells, ReportLimits.Bars);
        Consider(ChartKind.Slope, sweep.Configurations.Count > 1 && axes.Count == 0, cells, ReportLimits.Bars);
        Consider(ChartKind.Pareto, sweep.Configurations.Count > 2, sweep.Configurations.Count, ReportLimits.NamedPoints);
        Consider(ChartKind.Dots, fits: true, summary.Rows.Count, ReportLimits.Dots);
        Consider(ChartKind.Iterations, summary.SteadinessOfCells.Values.Any(cell => cell.IsJudged), 0, 1);
        return (figures, omitted);

        void Consider(ChartKind kind, bool fits, int marks, int most)
        {
            var name = kind.ToString().ToLowerInvariant();
            if (!fits)
            {
                return;
            }

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

    /// <summary>Names of the programs whose repetitions are drawn: while there is room for their dots, those with most cells in two groups first.</summary>
    /// <param name="summary">The results.</param>
    /// <param name="programs">The programs that have a section.</param>
    public static IReadOnlySet<string> ChoosePrograms(SweepSummary summary, IReadOnlyList<Workload> programs)
    {
        var cells = summary.Cells.ToLookup(pair => pair.Key.Workload, pair => pair.Value);
        var chosen = new HashSet<string>();
        var room = ReportLimits.Dots;
        foreach (var program in programs.OrderByDescending(program => cells[program.Name].Count(cell => cell.Modes is not null)))
        {
            var dots = cells[program.Name].Sum(cell => cell.Count);
            if (dots > room)
            {
                continue;
            }

            chosen.Add(program.Name);
            room -= dots;
        }

        return chosen;
    }
}
