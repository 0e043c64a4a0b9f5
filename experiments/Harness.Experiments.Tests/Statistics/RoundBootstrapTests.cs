using Harness.Experiments.Statistics;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace Harness.Experiments.Tests.Statistics;

public sealed class RoundBootstrapTests
{
    private static readonly int[] Rounds = [.. Enumerable.Range(1, 21)];

    [Fact]
    public void TheSameSeedGivesTheSameInterval()
    {
        var programs = RandomPrograms(new MersenneTwister(2), 3, 0);
        Assert.Equal(new RoundBootstrap(Rounds, seed: 7).Mean(programs), new RoundBootstrap(Rounds, seed: 7).Mean(programs));
    }

    [Fact]
    public void AMedianOfAnEvenNumberIsBetweenTheMiddleTwo()
    {
        // Whatever is drawn, two values only: the medians are these and their mean.
        var medians = new RoundBootstrap([1, 2, 3, 4, 5, 6], seed: 1).MediansOf(Sample.Of(1, 1, 1, 3, 3, 3));
        Assert.Equal([1.0, 2.0, 3.0], medians.Distinct().Order());
        Assert.Equal(2, medians.Average(), 1);
    }

    [Fact]
    public void TheMeanOfProgramsLikeTheseIsLessCertainThanThatOfThese()
    {
        var random = new MersenneTwister(5);
        var programs = Enumerable.Range(0, 10).Select(program =>
        {
            double[] values = new double[21];
            Normal.Samples(random, values, 100, 1);
            return (Sample.Of(values.Select(value => value * (1 + program))), Sample.Of(values));
        }).ToList();
        var mean = new RoundBootstrap(Rounds, seed: 1).Mean(programs);
        Assert.Equal(Math.Exp(Enumerable.Range(1, 10).Average(factor => Math.Log(factor))), mean.Measured.Value, 9);
        Assert.InRange(mean.Measured.High / mean.Measured.Low, 1, 1.001);
        Assert.True(mean.General.High / mean.General.Low > 1.5);
    }

    [Fact]
    public void TooFewRepetitionsOrProgramsHaveNoInterval()
    {
        Assert.False(new RoundBootstrap([1, 2, 3], seed: 1).Mean([(Sample.Of(3, 3, 3), Sample.Of(1, 1, 1))]).Measured.HasInterval);
        var few = new RoundBootstrap(Rounds, seed: 1).Mean(RandomPrograms(new MersenneTwister(2), 3, 0));
        Assert.True(few.Measured.HasInterval);
        Assert.False(few.General.HasInterval);
    }

    [Theory]
    [InlineData(5, 0.0)]
    [InlineData(20, 0.2)]
    public void TheIntervalOfAMeanCoversTheTruthAboutAsOftenAsItSays(int programs, double drift)
    {
        var random = new MersenneTwister(42);
        var covered = 0;
        const int experiments = 300;
        for (var i = 0; i < experiments; i++)
        {
            var interval = new RoundBootstrap(Rounds, seed: i, mostResamples: 1000).Mean(RandomPrograms(random, programs, drift)).Measured;
            covered += interval.Low <= 1 && 1 <= interval.High ? 1 : 0;
        }

        Assert.InRange(covered / (double)experiments, 0.92, 0.98);
    }

    /// <summary>Programs without a difference between two configurations, under a drift that hits whole rounds.</summary>
    private static List<(Sample, Sample)> RandomPrograms(MersenneTwister random, int count, double drift)
    {
        var factors = Rounds.Select(_ => Math.Exp(Normal.Sample(random, 0, drift))).ToArray();
        return [.. Enumerable.Range(0, count).Select(_ => (RandomSample(), RandomSample()))];

        Sample RandomSample() => Sample.Of([.. factors.Select(factor => factor * Math.Exp(Normal.Sample(random, 0, 0.05)))]);
    }
}
