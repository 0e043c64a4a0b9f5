using Harness.Experiments.Statistics;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace Harness.Experiments.Tests.Statistics;

public sealed class IndependentRatioTests
{
    [Fact]
    public void TheIntervalGoesFromTheRankOfTheTestToTheSameRankFromAbove()
    {
        // Of samples of six, 19 of 924 orders have a U of at most 5 (2.06%) and 30 one of at most 6 (3.25%): the sixth ratio from either end.
        double[] first = [2, 3, 5, 7, 11, 13];
        double[] second = [1, 17, 19, 23, 29, 31];
        var ratios = first.SelectMany(a => second.Select(b => a / b)).Order().ToArray();
        var estimate = IndependentRatio.Of(Sample.Of(first), Sample.Of(second));
        Assert.Equal(Math.Sqrt(ratios[17] * ratios[18]), estimate.Value, 12);
        Assert.Equal(ratios[5], estimate.Low);
        Assert.Equal(ratios[30], estimate.High);
    }

    [Fact]
    public void TooFewValuesHaveNoInterval() => Assert.False(IndependentRatio.Of(Sample.Of(1, 2, 3, 4, 5), Sample.Of(1, 2, 3, 4, 5, 6, 7)).HasInterval);

    [Theory]
    [InlineData(7, 7)]
    [InlineData(21, 21)]
    [InlineData(21, 50)]
    [InlineData(600, 10)]
    public void TheIntervalCoversTheTruthAboutAsOftenAsItSays(int m, int n)
    {
        var random = new MersenneTwister(42);
        var covered = 0;
        const int experiments = 1000;
        for (var i = 0; i < experiments; i++)
        {
            var interval = IndependentRatio.Of(Draw(m, 2), Draw(n, 1));
            covered += interval.Low <= 2 && 2 <= interval.High ? 1 : 0;
        }

        Assert.InRange(covered / (double)experiments, 0.93, 0.985);

        Sample Draw(int count, double factor)
        {
            var values = new double[count];
            LogNormal.Samples(random, values, Math.Log(factor), 0.1);
            return Sample.Of(values);
        }
    }
}
