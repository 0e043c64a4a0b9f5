using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Charts.Panels;
using Harness.Experiments.Engines;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Charts;

/// <summary>Every repetition as a dot, in relation to the median of its cell: spread, outliers and modes as they are.</summary>
internal static class RepetitionDots
{
    public static Figure Create(SweepDefinition sweep, SweepSummary summary)
    {
        var panels =
            from engine in summary.Engines
            let rows = (
                from workload in summary.Workloads
                from configuration in sweep.Configurations
                let sample = summary.FindSample(engine, configuration.Name, workload.Name)
                where sample is not null
                select new DotRow($"{workload.Title}, {configuration.Title}", [.. sample.Sorted.Select(value => value / sample.Median)], summary.Find(engine, configuration.Name, workload.Name)!.Modes is not null)).ToList()
            select new FigurePanel(EngineCatalog.TitleOf(engine), new DotPanel("time, in relation to the median of the row", rows));
        return new Figure
        {
            Title = ChartFindings.Title(sweep, ChartFindings.OfModes(sweep, summary)),
            Subtitle = $"Every repetition ({SweepChart.NumberOfProcesses(summary)} processes a row) in relation to the median of its row, and above them their density; rows in red fall into two groups",
            Panels = [.. panels],
            Notes = SweepChart.Notes(sweep, summary),
        };
    }
    /// <summary>The repetitions of one workload, in ms, a row per configuration and engine.</summary>
    public static Figure OfWorkload(SweepDefinition sweep, SweepSummary summary, Workload workload)
    {
        var rows =
            from engine in summary.Engines
            from configuration in sweep.Configurations
            let sample = summary.FindSample(engine, configuration.Name, workload.Name)
            where sample is not null
            select new DotRow($"{configuration.Title}, {EngineCatalog.TitleOf(engine)}", sample.Sorted, summary.Find(engine, configuration.Name, workload.Name)!.Modes is not null);
        return new Figure
        {
            Title = workload.Title,
            Subtitle = "Every repetition, and above them their density; rows in red fall into two groups",
            Panels = [new FigurePanel("", new DotPanel("ms", [.. rows]))],
        };
    }
}
