using Harness.Experiments.Reports;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Tests.Sweeps;

namespace Harness.Experiments.Tests.Statistics;

/// <summary>What a summary says of the committed results is what the plainest form of each statistic gives, to the last digit: no shortcut changes a number.</summary>
public sealed class SweepSummaryTests
{
    public static TheoryData<string> Committed =>
        [.. Directory.EnumerateDirectories(ProjectLayout.Results).Where(folder => File.Exists(new ResultsFolder(folder).Results)).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Committed))]
    public void EveryCellIsAsByDefinition(string results)
    {
        var (sweep, summary) = ReportWriter.Summarize(ResultsFolder.Find(results));
        var cells = ValuesByCell(summary);
        var tested = 0;
        foreach (var (cell, values) in cells)
        {
            var found = summary.Find(cell.Engine, cell.Configuration, cell.Workload)!;
            Assert.Equal(PlainStatistics.MedianOf(values.Values), found.Time);
            if (BaselineOf(sweep, cell) is { } baseline && cells.TryGetValue(baseline, out var divided) && Divide(divided, values) is { Count: > 0 } ratios)
            {
                Assert.Equal(PlainStatistics.MedianOf(ratios.Values), found.Speedup);
                Assert.Equal(PlainStatistics.CliffsDelta(divided.Values, values.Values), found.Difference!.EffectSize);
                if (PlainStatistics.SignedRank(ratios.Values) is { } p)
                    Assert.Equal(p, found.Difference.PValue);
                tested++;
            }
        }

        Assert.True(tested > 0 || sweep.Configurations.Count == 1, "nothing was compared");
    }

    [Fact]
    public void WorkloadsOfTheSameTitleAreToldApart()
    {
        var sweep = TestSweeps.Read("engines: [ours]\nworkloads: [state-machine, dart-state-machine, recursion]\nconfigurations: [{name: a}]");
        Assert.Equal(2, sweep.Workloads.Select(workload => workload.Title).Distinct().Count());
        var summary = new SweepSummary(sweep, [.. sweep.Workloads.Select(workload => new Measurement { Engine = "ours", Configuration = "a", Workload = workload.Name, Repetition = 1, ExecuteMs = 1 })]);
        Assert.Equal(["State machine (state-machine)", "State machine (dart-state-machine)", sweep.Workloads[2].Title], summary.Workloads.Select(workload => workload.Title));
        Assert.Equal(summary.Workloads, summary.CommonWorkloads("ours"));
    }

    [Theory]
    [MemberData(nameof(Committed))]
    public void EveryGeometricMeanIsAsByDefinition(string results)
    {
        var (sweep, summary) = ReportWriter.Summarize(ResultsFolder.Find(results));
        var cells = ValuesByCell(summary);
        var plain = new PlainStatistics(summary.Rows, sweep.Seed);
        foreach (var engine in summary.Engines)
        {
            foreach (var configuration in summary.ConfigurationsOf(engine).Where(configuration => !sweep.IsBaseline(engine, configuration)))
            {
                List<IReadOnlyDictionary<int, double>> programs =
                [
                    .. from workload in summary.CommonWorkloads(engine)
                       let cell = new Cell(engine, configuration.Name, workload.Name)
                       select Divide(cells[BaselineOf(sweep, cell)!.Value], cells[cell]),
                ];
                Assert.Equal(programs.Count == 0 ? null : plain.Mean(programs), summary.MeanSpeedup(engine, configuration.Name));
            }
        }
    }

    private static Cell? BaselineOf(SweepDefinition sweep, Cell cell)
    {
        var name = sweep.BaselineOf(cell.Engine, sweep.Configurations.Single(configuration => configuration.Name == cell.Configuration));
        return name == cell.Configuration ? null : cell with { Configuration = name };
    }

    private static Dictionary<Cell, Dictionary<int, double>> ValuesByCell(SweepSummary summary) =>
        summary.Rows.GroupBy(row => row.Key.Cell).ToDictionary(group => group.Key, group => group.ToDictionary(row => row.Repetition, row => row.ExecuteMs));

    private static Dictionary<int, double> Divide(Dictionary<int, double> dividend, Dictionary<int, double> divisor) =>
        dividend.Where(pair => divisor.ContainsKey(pair.Key)).ToDictionary(pair => pair.Key, pair => pair.Value / divisor[pair.Key]);
}
