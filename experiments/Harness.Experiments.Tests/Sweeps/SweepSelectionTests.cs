using System.Diagnostics;
using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Tests.Results;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace Harness.Experiments.Tests.Sweeps;

public sealed class SweepSelectionTests
{
    private const string Text = """
        engines: [ours, v8]
        workloads: [two-targets, recursion, sort-one-order]
        configurations: [{name: plain, knobs: {deopt: off, inlining: off}}]
        grid: {inlining.budget: [100, 5000], deopt: [on, off]}
        group-baseline: {inlining.budget: 100}
        repetitions: 2
        """;

    [Fact]
    public void AListAndAGridStandTogetherAndEachGroupHasItsBaseline()
    {
        var sweep = TestSweeps.Read(Text.Replace("{name: plain,", "{name: plain, baseline: plain,", StringComparison.Ordinal));
        Assert.Equal(5, sweep.Configurations.Count);
        string BaselineOf(string name) => sweep.BaselineOf("ours", sweep.Configurations.Single(configuration => configuration.Name == name));
        Assert.Equal("inlining.budget=100 deopt=on", BaselineOf("inlining.budget=5000 deopt=on"));
        Assert.Equal("inlining.budget=100 deopt=off", BaselineOf("inlining.budget=5000 deopt=off"));
        Assert.Equal("inlining.budget=100 deopt=on", BaselineOf("inlining.budget=100 deopt=on"));
        Assert.Equal("plain", BaselineOf("plain"));
    }

    [Fact]
    public void AGroupWithoutABaselineIsExplained() => Assert.Contains(
        "configuration 'plain' has no baseline: none has inlining.budget=100 and is otherwise the same", Assert.Throws<HarnessException>(() => TestSweeps.Read(Text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("", "", 60)]
    [InlineData("include: [{workload: sort-*}]", "", 20)]
    [InlineData("exclude: [{engine: v8, inlining.budget: 100}]", "", 48)]
    [InlineData("exclude: [{configuration: plain}, {workload: recursion}]", "engine=v8", 16)]
    public void CellsAreIncludedAndExcluded(string fields, string exclude, int runs)
    {
        var sweep = TestSweeps.Read(Text.Replace("{name: plain,", "{name: plain, baseline: plain,", StringComparison.Ordinal) + "\n" + fields);
        if (exclude.Length > 0)
        {
            sweep = sweep with { Exclude = [.. sweep.Exclude, CellCondition.Parse(exclude)] };
        }

        Assert.Equal(runs, SweepPlan.Order(sweep).Count());
    }

    [Fact]
    public void ThePlanOfTenThousandCellsIsMadeAtOnce()
    {
        var text = "workloads: [recursion]\nrepetitions: 1\ngrid:\n" + string.Concat(((string[])["inlining.budget", "inlining.max-size"])
            .Select(knob => $"  {knob}: [{string.Join(", ", Enumerable.Range(1, 100))}]\n"));
        var best = Enumerable.Range(0, 3).Min(_ =>
        {
            var time = Stopwatch.StartNew();
            Assert.Equal(10_000, SweepPlan.Order(TestSweeps.Read(text)).Count());
            return time.Elapsed.TotalSeconds;
        });
        // With margin for other tests that run meanwhile: alone it takes less than one.
        Assert.True(best < 3, $"{best} s");
    }

    [Fact]
    public void TheEstimateGoesByEarlierProcesses()
    {
        var sweep = TestSweeps.Read("workloads: [two-targets, recursion]\nconfigurations: [{name: a}, {name: b}]\nrepetitions: 10\n");
        ProgramRun[] pending = [.. SweepPlan.Order(sweep)];
        Assert.Null(new SweepEstimate(sweep, pending, []).Duration);
        Measurement[] measured =
        [
            new() { Engine = "ours", Configuration = "a", Workload = "two-targets", Program = "two-targets", Repetition = 1, ExecuteMs = 1, StartMs = 350, WarmUpMs = 200, Settled = true, TimedCalls = 3, IterationsMs = "200;100;110;90" },
        ];
        var estimate = new SweepEstimate(sweep, pending, measured);

        // One second of each process of the program, and as much of the other program's, which nothing is known of.
        Assert.Equal(40, estimate.Duration!.Value.TotalSeconds, 1e-6);
        Assert.Equal(2, estimate.KnownCells);
        Assert.Equal(30, SweepPlan.Pending(sweep, Enumerable.Range(1, 10).Select(repetition => measured[0] with { Repetition = repetition })).Count());
    }

    [Fact]
    public void TheEstimateTellsHowLargeAnEffectWouldBeFound()
    {
        var sweep = TestSweeps.Read("workloads: [two-targets, recursion]\nconfigurations: [{name: a}, {name: b}]\nrepetitions: 21\n");
        ProgramRun[] pending = [.. SweepPlan.Order(sweep)];
        Assert.Empty(new SweepEstimate(sweep, pending, []).Detectable);

        // Times with a deviation of 5%; from the 100th on they are of a machine that is three times as slow, which is no noise.
        var random = new MersenneTwister(5);
        List<Measurement> measured =
        [
            .. Enumerable.Range(1, 200).Select(i => new Measurement
            {
                Engine = "ours", Configuration = i % 2 == 0 ? "a" : "other", Workload = "two-targets", Repetition = i, FinishedUtc = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMinutes(i),
                ExecuteMs = (i < 100 ? 10 : 30) * Math.Exp(Normal.Sample(random, 0, 0.05)),
            }),
        ];
        var estimate = new SweepEstimate(sweep, pending, measured);

        // The ratio of two such times deviates by 7.1%: 2.8 standard errors of 21 of them, a little more for the test by ranks.
        Assert.InRange(Assert.Single(estimate.Detectable), 1.030, 1.062);
        Assert.Contains(estimate.Describe(), line => line.StartsWith("with 21 repetitions a speedup of 1.0", StringComparison.Ordinal) && line.Contains("(1 known; ", StringComparison.Ordinal));
        Assert.Empty(new SweepEstimate(sweep with { Repetitions = 5 }, pending, measured).Detectable);
        Assert.Empty(new SweepEstimate(sweep, pending, measured.Take(6)).Detectable);
    }

    [Fact]
    public void TheEstimateLeavesOutWhatIsDamaged()
    {
        using var folder = new TemporaryFolder();
        var good = SyntheticResults.Pair(folder.File("results/good"), 2, repetitions: 3);
        var own = SyntheticResults.Pair(folder.File("results/own"), 2, repetitions: 4);
        var damaged = SyntheticResults.Pair(folder.File("results/damaged"), 2, repetitions: 3).Results;
        File.AppendAllText(damaged, "what,is,this,row\n");
        var told = new List<string>();
        Assert.Equal(MeasurementFile.Read(good.Results), SweepEstimate.ReadBelow(folder.File("results"), own.Results, told.Add));
        Assert.StartsWith($"{damaged} is damaged: ", Assert.Single(told), StringComparison.Ordinal);
        Assert.Empty(SweepEstimate.ReadBelow(folder.File("none"), own.Results, told.Add));
    }

    [Fact]
    public void ProcessesOfAQuickLookAreTakenToBeAsLongAsTheSweepLetsThemBe()
    {
        var sweep = TestSweeps.Read("workloads: [recursion]\nconfigurations: [{name: a}]\nrepetitions: 10\ntimed-calls: 5\nwarm-up: {limit-milliseconds: 2350}\n");
        Measurement row = new() { Engine = "ours", Configuration = "a", Workload = "recursion", Program = "recursion", Repetition = 1, ExecuteMs = 100, TimedCalls = 1, WarmUpMs = 500, IterationsMs = "250;250;100" };
        Assert.Equal(30, Seconds(row), 1e-6);
        Assert.Equal(11.5, Seconds(row with { Settled = true }), 1e-6);

        double Seconds(Measurement measured) => new SweepEstimate(sweep, [.. SweepPlan.Order(sweep)], [measured]).Duration!.Value.TotalSeconds;
    }

    [Fact]
    public void AQuickLookIsShortAndSaysSo()
    {
        var sweep = TestSweeps.Read("workloads: [recursion]\nconfigurations: [{name: a}]\n");
        var quick = QuickLook.Make(sweep);
        Assert.Equal((6, 1), (quick.Repetitions, quick.TimedCalls));
        Assert.Equal("test-quick", quick.Name);
        Assert.Equal((6, quick.Title), (TestSweeps.Read(quick.SourceText).Repetitions, TestSweeps.Read(quick.SourceText).Title));
    }
}
