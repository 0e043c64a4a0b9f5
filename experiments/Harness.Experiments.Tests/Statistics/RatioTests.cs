using Harness.Experiments.Statistics;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace Harness.Experiments.Tests.Statistics;

public sealed class RatioTests
{
    private static readonly int[] Rounds = [.. Enumerable.Range(1, 21)];

    [Fact]
    public void TheRatioIsTheMedianOfThoseOfTheRounds()
    {
        var ratio = Ratio.Of(Sample.Of(20, 22, 24, 26, 28, 30, 32), Sample.Of(20, 11, 12, 13, 14, 10, 8));
        Assert.Equal(2, ratio.Value, 12);
        Assert.InRange(ratio.Low, 1, 2);
        Assert.InRange(ratio.High, 2, 4);
    }

    [Fact]
    public void RoundsThatOneCellLacksAreLeftOut() =>
        Assert.Equal(2, Ratio.Of(new Sample([(1, 10), (2, 90), (3, 30)]), new Sample([(1, 5), (3, 15)])).Value, 12);

    [Fact]
    public void ADriftThatHitsWholeRoundsDoesNotWidenTheInterval()
    {
        var random = new MersenneTwister(3);
        var drift = Rounds.Select(_ => Math.Exp(Normal.Sample(random, 0, 0.3))).ToArray();
        var slow = Sample.Of(drift.Select(factor => 20 * factor));
        var ratio = Ratio.Of(slow, Sample.Of(drift.Select(factor => 10 * factor)));
        Assert.Equal(2, ratio.Low, 9);
        Assert.Equal(2, ratio.High, 9);
        Assert.True(MedianInterval.Of(slow) is { } time && time.High > time.Low * 1.1);
    }

    [Fact]
    public void TheIntervalIsTheOneOfOrderStatistics()
    {
        // Of 6 values the whole range covers in 62 of 64 cases (96.9%), the next narrower interval in 50: interpolated by
        // 5·I / (1 + 4·I) with I = (0.96875 − 0.95) / (0.96875 − 0.78125) = 0.1.
        var interval = MedianInterval.Of(Sample.Of(1, 2, 3, 4, 5, 6));
        Assert.Equal(1 + (0.5 / 1.4), interval.Low, 9);
        Assert.Equal(6 - (0.5 / 1.4), interval.High, 9);
        Assert.False(MedianInterval.Of(Sample.Of(1, 2, 3, 4, 5)).HasInterval);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(21)]
    [InlineData(50)]
    public void TheIntervalCoversTheTruthAboutAsOftenAsItSays(int repetitions)
    {
        var random = new MersenneTwister(42);
        var covered = 0;
        const int experiments = 2000;
        for (var i = 0; i < experiments; i++)
        {
            var first = new double[repetitions];
            var second = new double[repetitions];
            LogNormal.Samples(random, first, 0, 0.1);
            LogNormal.Samples(random, second, 0, 0.1);
            var interval = Ratio.Of(Sample.Of(first), Sample.Of(second));
            covered += interval.Low <= 1 && 1 <= interval.High ? 1 : 0;
        }

        Assert.InRange(covered / (double)experiments, 0.935, 0.965);
    }
}
