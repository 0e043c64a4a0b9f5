using Harness.Experiments.Reports;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Tests.Results;
using Harness.Experiments.Tests.Sweeps;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace Harness.Experiments.Tests.Reports.Tables;

public sealed class RankTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EqualsShareARankAndTheSlowerComeAfterThem()
    {
        Dictionary<string, Dictionary<string, string>> configurations = new() { ["slow"] = [], ["fast"] = [], ["as-fast"] = [] };
        var results = SyntheticResults.Write(
            _folder.File("results"), ["ours"], configurations, ["alpha", "beta", "gamma"], 21, cell => cell.Configuration == "slow" ? 15 : 10);
        var (sweep, summary) = ReportWriter.Summarize(results);
        var table = RankTable.Create(sweep, summary, ["ours"]);
        Assert.Equal([1, 1, 3], table.Rows.Select(row => (int)row[0]!));
        Assert.Equal("slow", table.Rows[2][2]);
        Assert.Equal(1.5, (double)table.Rows[2][3]!, 0.05);
        Assert.InRange(1.5, (double)table.Rows[2][4]!, (double)table.Rows[2][5]!);
    }

    [Fact]
    public void EqualsAreSeldomToldApartHoweverManyTheyAre()
    {
        const int experiments = 150;
        var sweep = TestSweeps.Read("workloads: [two-targets, recursion, v8-example, sort-two-orders]\ngrid: {inlining.budget: [1, 2, 3, 4, 5, 6, 7, 8]}");
        var random = new MersenneTwister(42);
        var toldApart = 0;
        for (var i = 0; i < experiments; i++)
        {
            List<Measurement> rows =
            [
                .. from configuration in sweep.Configurations
                   from workload in sweep.Workloads
                   from repetition in Enumerable.Range(1, 21)
                   select new Measurement { Engine = "ours", Configuration = configuration.Name, Workload = workload.Name, Repetition = repetition, ExecuteMs = 10 * Math.Exp(Normal.Sample(random, 0, 0.05)) },
            ];
            var table = RankTable.Create(sweep, new SweepSummary(sweep, rows), ["ours"]);
            toldApart += table.Rows.Any(row => (int)row[0]! > 1) ? 1 : 0;
        }

        // Each beside the first by an interval of its own, some were told apart in 28 of 100 experiments.
        Assert.InRange(toldApart / (double)experiments, 0, 0.05);
    }

    [Fact]
    public void IntervalsAreThoseOfAllPairsTogether()
    {
        Assert.Equal(1, MedianInterval.WideningFor(1), 12);
        Assert.Equal(2.3940 / 1.9600, MedianInterval.WideningFor(3), 4);
        var widened = new Estimate(2, 1, 4).Widened(2);
        Assert.Equal((2.0, 0.5, 8.0), (widened.Value, widened.Low, widened.High));
        Assert.False(Estimate.Without(2).Widened(2).HasInterval);
    }

    [Fact]
    public void CodeOfAProcessCountsOnceHoweverManyTimesItPrintsAndWhereTheEngineTells()
    {
        var sweep = TestSweeps.Read("engines: [ours, jsc]\nworkloads: [two-targets, recursion]\nconfigurations: [{name: a}]");
        var several = sweep with { Workloads = [.. sweep.Workloads, sweep.Workloads[0] with { Name = "two-targets/again" }] };
        List<Measurement> rows =
        [
            .. from engine in several.Engines
               from workload in several.Workloads
               from repetition in Enumerable.Range(1, 7)
               select new Measurement { Engine = engine, Configuration = "a", Workload = workload.Name, Repetition = repetition, ExecuteMs = engine == "ours" ? 10 : 20, OptimizedBytes = engine == "ours" ? 1000 : 0 },
        ];
        var table = RankTable.Create(several, new SweepSummary(several, rows), several.Engines);
        Assert.Equal([2000.0, null], table.Rows.Select(row => (double?)row[^1]));
    }

    [Fact]
    public void AWorkloadThatIsNotMeasuredEverywhereIsNamed()
    {
        Dictionary<string, Dictionary<string, string>> configurations = new() { ["a"] = [], ["b"] = [] };
        var results = SyntheticResults.Write(
            _folder.File("results"), ["ours"], configurations, ["alpha", "beta"], 7, cell => cell is { Configuration: "b", Workload: "beta" } ? null : 10);
        var (sweep, summary) = ReportWriter.Summarize(results);
        Assert.Contains("Not measured everywhere, and so left out: beta.", RankTable.Create(sweep, summary, ["ours"]).Notes);
    }

    [Fact]
    public void ANoisyEnvironmentIsSaid()
    {
        var sweep = TestSweeps.Read("workloads: [two-targets, recursion]\nconfigurations: [{name: a}, {name: b}]");
        List<Measurement> rows =
        [
            .. from configuration in sweep.Configurations
               from workload in sweep.Workloads
               from repetition in Enumerable.Range(1, 7)
               select new Measurement { Engine = "ours", Configuration = configuration.Name, Workload = workload.Name, Repetition = repetition, ExecuteMs = 10, ElapsedMs = 1000, OthersCpuMs = repetition == 1 ? 500 : 0 },
        ];
        Assert.StartsWith("Noisy environment: 4 of 28 processes were disturbed", RankTable.Create(sweep, new SweepSummary(sweep, rows), ["ours"]).Notes[^1], StringComparison.Ordinal);
    }
}
