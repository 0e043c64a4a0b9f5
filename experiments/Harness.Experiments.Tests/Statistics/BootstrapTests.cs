using Harness.Experiments.Statistics;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace Harness.Experiments.Tests.Statistics;

public sealed class BootstrapTests
{
    private static readonly double[] Slow = [20, 21, 22, 23, 24];
    private static readonly double[] Fast = [9, 10, 11, 12, 13];

    [Fact]
    public void TheRatioIsThatOfTheMedians()
    {
        var ratio = Bootstrap.MedianRatio(Slow, Fast, seed: 1);
        Assert.Equal(2, ratio.Value, 12);
        Assert.InRange(ratio.Low, 20.0 / 13, 2);
        Assert.InRange(ratio.High, 2, 24.0 / 9);
    }

    [Fact]
    public void TheSameSeedGivesTheSameInterval()
    {
        Assert.Equal(Bootstrap.MedianRatio(Slow, Fast, seed: 7), Bootstrap.MedianRatio(Slow, Fast, seed: 7));
        Assert.Equal(Bootstrap.Median(Slow, seed: 7), Bootstrap.Median(Slow, seed: 7));
    }

    [Fact]
    public void ConstantSamplesHaveNoSpread() =>
        Assert.Equal(new Estimate(3, 3, 3), Bootstrap.Median([3, 3, 3], seed: 1));

    [Fact]
    public void TheGeometricMeanIsOverTheRatios()
    {
        var mean = Bootstrap.GeometricMeanOfRatios([([8, 8], [1, 1]), ([2, 2], [1, 1])], seed: 1);
        Assert.Equal(4, mean.Value, 12);
        Assert.Equal(4, mean.Low, 12);
        Assert.Equal(4, mean.High, 12);
    }

    [Fact]
    public void TheIntervalCoversTheTrueMedianAboutAsOftenAsItSays()
    {
        var random = new MersenneTwister(42);
        var covered = 0;
        const int experiments = 200;
        for (var i = 0; i < experiments; i++)
        {
            var sample = new double[21];
            Normal.Samples(random, sample, 100, 10);
            var interval = Bootstrap.Median(sample, seed: i);
            covered += interval.Low <= 100 && 100 <= interval.High ? 1 : 0;
        }

        Assert.InRange(covered / (double)experiments, 0.90, 0.99);
    }
}
