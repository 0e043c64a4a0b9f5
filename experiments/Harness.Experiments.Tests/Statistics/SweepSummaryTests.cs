using Harness.Experiments.Reports;
using Harness.Experiments.Reports.Tables;
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
            if (sweep.SpeedupObstacle(cell.Engine) is not null)
            {
                Assert.Null(found.Speedup);
                Assert.Null(found.Difference);
                continue;
            }

            if (BaselineOf(sweep, cell) is { } baseline && cells.TryGetValue(baseline, out var divided) && Divide(divided, values) is { Count: > 0 } ratios)
            {
                Assert.Equal(PlainStatistics.MedianOf(ratios.Values), found.Speedup);
                Assert.Equal(PlainStatistics.CliffsDelta(divided.Values, values.Values), found.Difference!.EffectSize);
                if (PlainStatistics.SignedRank(ratios.Values) is { } p)
                {
                    Assert.Equal(p, found.Difference.PValue);
                }

                tested++;
            }
        }

        Assert.True(tested > 0 || sweep.Configurations.Count == 1, "nothing was compared");
    }

    /// <summary>An engine that cannot switch off what the baseline switches off: neither its speedups nor what is tested of them mean anything, nor do its tests count among those of the others.</summary>
    [Fact]
    public void NothingIsSaidOfABaselineThatDoesWhatItShouldNot()
    {
        var sweep = TestSweeps.Read("engines: [ours, v8]\nworkloads: [recursion]\nconfigurations: [{name: base, knobs: {inlining.call-ref: off}}, {name: fast}]\nv8-ignores: [inlining.call-ref]\nrepetitions: 8");
        var summary = new SweepSummary(sweep, [
            .. from engine in sweep.Engines
               from configuration in sweep.Configurations
               from repetition in Enumerable.Range(1, 8)
               select new Measurement { Engine = engine, Configuration = configuration.Name, Workload = "recursion", Program = "recursion", Repetition = repetition, ExecuteMs = (configuration.Name == "fast" ? 5 : 10) + (repetition * 0.01), Settled = true },
        ]);
        foreach (var configuration in sweep.Configurations)
        {
            var cell = summary.Find("v8", configuration.Name, "recursion")!;
            Assert.True(cell.Count == 8 && cell.Time.HasInterval);
            Assert.Null(cell.Speedup);
            Assert.Null(cell.Difference);
            Assert.Null(summary.MeanSpeedup("v8", configuration.Name));
        }

        var own = summary.Find("ours", "fast", "recursion")!;
        Assert.Equal(RatioVerdict.Above, own.Verdict);
        Assert.Equal(own.Difference!.PValue, own.Difference.AdjustedPValue);
        Assert.NotNull(summary.MeanSpeedup("ours", "fast"));

        var table = ComparisonTables.OfSweep(sweep, summary);
        var place = Enumerable.Range(0, table.Columns.Count).Single(i => table.Columns[i].Name == "p_corrected");
        Assert.All(table.Rows.Where(row => row[0] is "v8"), row => Assert.All(row.Skip(place - 3), cell => Assert.Null(cell)));
        Assert.Contains(table.Rows, row => row[0] is "ours" && row[place] is not null);
    }

    [Fact]
    public void WorkloadsOfOneProgramAreNoProgramsOfTheirOwn()
    {
        var sweep = TestSweeps.Read("engines: [ours]\nworkloads: [recursion, two-targets, sort-two-orders, expression, state-machine, histogram]\nconfigurations: [{name: base}, {name: fast}]");
        var apart = Summarize(sweep);
        Assert.Null(apart.SharedPrograms);
        Assert.True(apart.MeanSpeedup("ours", "fast")!.Value.General.HasInterval);

        var together = Summarize(sweep with { Workloads = [.. sweep.Workloads.Select((workload, i) => i < 2 ? workload : workload with { Program = "one" })] });
        Assert.Equal("The 6 workloads are of 3 programs, as which they count for programs like these, for which 6 are needed.", together.SharedPrograms);
        var mean = together.MeanSpeedup("ours", "fast")!.Value;
        Assert.Equal(apart.MeanSpeedup("ours", "fast")!.Value.Measured, mean.Measured);
        Assert.False(mean.General.HasInterval);
        Assert.Contains("The 6 workloads are of 3 programs", SummaryReport.CreateMeans(sweep, together), StringComparison.Ordinal);
        Assert.Contains(" in the geometric mean over 6 programs (95% interval ", Assert.Single(Findings.Of(sweep, apart)), StringComparison.Ordinal);
        Assert.Contains(" in the geometric mean over 6 workloads (95% interval ", Assert.Single(Findings.Of(sweep, together)), StringComparison.Ordinal);

        static SweepSummary Summarize(SweepDefinition sweep) => new(sweep, [
            .. from workload in sweep.Workloads
               from configuration in sweep.Configurations
               from repetition in Enumerable.Range(1, 8)
               select new Measurement { Engine = "ours", Configuration = configuration.Name, Workload = workload.Name, Repetition = repetition, ExecuteMs = (configuration.Name == "fast" ? 5 : 10) + (repetition * workload.Name.Length * 0.01), Settled = true },
        ]);
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
                Assert.Equal(programs.Count == 0 || sweep.SpeedupObstacle(engine) is not null ? null : plain.Mean(programs, [.. summary.CommonWorkloads(engine).Select(workload => workload.Program)]), summary.MeanSpeedup(engine, configuration.Name));
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
