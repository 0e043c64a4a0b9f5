using Harness.Experiments.Engines;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using MathNet.Numerics.Random;

namespace Harness.Experiments.Tests.Statistics;

public sealed class SteadinessTests
{
    [Theory]
    [InlineData("10x40", "Flat", 0)]
    [InlineData("30x10 10x40", "WarmUp", 10)]
    [InlineData("30x5 20x10 10x40", "WarmUp", 15)]
    [InlineData("10x10 14x40", "SlowDown", 10)]
    [InlineData("30x5 10x10 14x40", "SlowDown", 15)]
    [InlineData("10x50 14x10", "NoSteadyState", 60)]
    [InlineData("10x12 14x12 10x12 14x12 18x10", "NoSteadyState", 58)]
    [InlineData("10x14", "TooShort", 14)]
    public void ProcessesHaveTheirClass(string shape, string expected, int steadyFrom)
    {
        var steadiness = Steadiness.Of(Make(shape));
        Assert.Equal(expected, steadiness.Class.ToString());
        Assert.Equal(steadyFrom, steadiness.SteadyFrom);
    }

    [Fact]
    public void ASlowIterationNowAndThenIsNoChangeOfState()
    {
        var iterations = Make("10x60");
        (iterations[20], iterations[41]) = (31, 25);
        Assert.Equal(SteadinessClass.Flat, Steadiness.Of(iterations).Class);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(4, 4)]
    [InlineData(2, 3)]
    public void OnlyCallsOfOneKindAreComparedWithEachOther(int warmUpCalls, int expected) => Assert.Equal(
        expected,
        Steadiness.IterationsOf(new Measurement { Engine = "ours", Configuration = "a", Workload = "b", Repetition = 1, ExecuteMs = 1, WarmUpCalls = warmUpCalls, IterationsMs = "1;2;3;4;5.5" }).Count);

    /// <summary>A row has the end of a long warm-up only, and says the same of the process.</summary>
    [Theory]
    [InlineData(3_000, 3, 0)]
    [InlineData(9_000, 3, 5_000)]
    [InlineData(9_000, 8_999, 5_000)]
    [InlineData(9_000, 9_001, 5_000)]
    public void OfALongWarmUpTheLastIterationsAreEnough(int warmUpCalls, int timedCalls, int omitted)
    {
        double[] all = [.. Enumerable.Range(1, warmUpCalls + timedCalls).Select(i => 1 + (0.25 * (i % 4096)))];
        var report = new WorkerReport { Status = WorkerStatus.Ok, WarmUpCalls = warmUpCalls, WarmUpMs = all[..warmUpCalls].Sum(), ExecuteMs = all[warmUpCalls..], IterationMs = all };
        var row = Measurement.Of(new RepetitionKey("ours", "a", "b", 1), "b", report.ExecuteMs, report, default, default);
        Assert.Equal(omitted, row.OmittedIterations);
        Assert.Equal(all.Length - omitted, row.IterationsMs.Split(';').Length);
        Assert.Equal((all[0], SteadyState.After(all, warmUpCalls)), (row.FirstMs, SteadyState.Of(row)));
        var kind = warmUpCalls >= timedCalls ? all[..warmUpCalls] : all[warmUpCalls..];
        Assert.Equal(kind.TakeLast(Steadiness.MostIterations), Steadiness.IterationsOf(row));
        Assert.Equal(Steadiness.Of([.. kind.TakeLast(Steadiness.MostIterations)]).Class, new SteadinessScan().Classify(row).Class);
        Assert.Equal(kind.TakeLast(Steadiness.MostIterations), PlainSteadiness.IterationsOf(row));
        Assert.Empty(Steadiness.IterationsOf(row with { IterationsMs = "" }));
    }

    [Fact]
    public void ShortIterationsAreWrittenInSmallSteps()
    {
        var report = new WorkerReport { Status = WorkerStatus.Ok, ExecuteMs = [0.0001234], IterationMs = [0.0001234, 12.345678] };
        Assert.Equal([0.0001234, 12.3457], Steadiness.IterationsOf(Measurement.Of(new RepetitionKey("ours", "a", "b", 1), "b", report.ExecuteMs, report, default, default)));
    }

    private static double[] Make(string shape)
    {
        var random = new MersenneTwister(7);
        return [.. shape.Split(' ').Select(part => part.Split('x')).SelectMany(part => Enumerable.Range(0, int.Parse(part[1])).Select(_ => int.Parse(part[0]) * (1 + (random.NextDouble() * 0.004))))];
    }
}
