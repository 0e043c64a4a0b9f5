using Harness.Experiments.Results;
using Harness.Experiments.Statistics;

namespace Harness.Experiments.Tests.Statistics;

/// <summary>Whether the machine itself was slow is judged by its probes, each beside those of the same machine.</summary>
public sealed class SlowMachineTests
{
    [Fact]
    public void ASentenceSaysBesideHowManyProcessesAndHowProbesWereSpread()
    {
        // The third process has two rows, and the fifth has no probes.
        Measurement[] rows = [Row(1, 10, 10), Row(2, 10, 10.5), Row(3, 10, 21), Row(3, 10, 21) with { Workload = "v" }, Row(4, 20.1, 10), Row(5, 0, 0)];
        Assert.Equal(
            "Slow machine: beside 2 of 4 processes a fixed piece of work took more than 2 times as long as where the machine was quiet (half of all probes up to 1.00 times as long, three quarters up to 1.61, the slowest 2.10), as it does where others use the same cores, which neither steal nor CPU time shows; times may be too long, and intervals too wide or, where it drifted, wrong.",
            SlowMachine.Describe(rows));
    }

    [Theory]
    [InlineData(19.9, 10, false)]
    [InlineData(10, 19.9, false)]
    [InlineData(20.1, 10, true)]
    [InlineData(10, 20.1, true)]
    [InlineData(5, 5, false)] // a lucky one
    public void TwiceTheQuietLevelIsSlow(double before, double after, bool isSlow) =>
        Assert.Equal(isSlow, SlowMachine.Describe([.. Quiet(10), Row(100, before, after)]) is not null);

    [Fact]
    public void WhatIsNotKnownIsNotJudged()
    {
        Assert.Null(SlowMachine.Describe([]));
        Assert.Null(SlowMachine.Describe([Row(1, 0, 0), Row(2, 0, 0)]));
        Assert.Null(SlowMachine.Describe([.. Quiet(10), Row(100, 0, 30), Row(101, double.NaN, 30), Row(102, 10, double.PositiveInfinity)]));
    }

    /// <summary>Else a lucky probe alone would make the others slow.</summary>
    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void OfTooFewProcessesNothingIsSaid(int others, bool isJudged)
    {
        Assert.Equal(isJudged, SlowMachine.Describe([.. Quiet(10).Take(others), Row(100, 25, 25)]) is not null);

        // They are not among those that are counted either.
        Assert.StartsWith(
            $"Slow machine: beside 1 of {(isJudged ? 13 : 9)} processes",
            SlowMachine.Describe([.. Quiet(10), Row(101, 25, 25), .. Quiet(5).Take(others + 1).Select(row => row with { Machine = "b", Repetition = row.Repetition + 50 })]),
            StringComparison.Ordinal);
    }

    [Fact]
    public void ProbesOfOtherMachinesAndFormatsAreNotCompared()
    {
        Measurement[] others = [.. Quiet(25).Select(row => row with { Repetition = row.Repetition + 50 })];
        Assert.NotNull(SlowMachine.Describe([.. Quiet(10), .. others]));
        Assert.Null(SlowMachine.Describe([.. Quiet(10), .. others.Select(row => row with { Machine = "b" })]));
        Assert.Null(SlowMachine.Describe([.. Quiet(10), .. others.Select(row => row with { Format = Measurement.CurrentFormat + 1 })]));

        // A slow process of one machine is found beside the other machine all the same.
        Assert.StartsWith("Slow machine: beside 1 of 17 processes", SlowMachine.Describe([.. Quiet(10), .. others.Select(row => row with { Machine = "b" }), Row(100, 25, 25)]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(16, 0)]
    [InlineData(5, 11)]
    public void ItIsFoundAlsoWhereTheMachineWasSlowForLong(int quiet, int slow)
    {
        double[] probes = [.. Enumerable.Repeat(20.0, slow), .. Enumerable.Repeat(10.0, quiet)];
        Assert.Equal(10, SlowMachine.QuietLevel(probes.Chunk(2).Select(pair => new MachineSpeed("a", pair[0], pair[1]))), 9);
    }

    /// <summary>Eight processes of a machine whose probe takes the same time beside all of them.</summary>
    private static IEnumerable<Measurement> Quiet(double probe) => Enumerable.Range(1, 8).Select(repetition => Row(repetition, probe, probe));

    private static Measurement Row(int repetition, double before, double after) => new()
    {
        Engine = "ours", Configuration = "a", Workload = "w", Program = "w", Repetition = repetition, ExecuteMs = 1, Format = Measurement.CurrentFormat, Machine = "a", ProbeBeforeMs = before, ProbeAfterMs = after,
    };
}
