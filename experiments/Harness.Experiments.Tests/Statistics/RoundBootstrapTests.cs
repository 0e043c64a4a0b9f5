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
            var values = new double[21];
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

    /// <summary>A claim about programs in general holds as often as it says, however few of them were measured; as the quantiles of the draws have it, it does not.</summary>
    [Theory]
    [InlineData(6, 0.80, 0.91)]
    [InlineData(8, 0.83, 0.925)]
    [InlineData(15, 0.88, 0.945)]
    public void TheIntervalForProgramsLikeTheseCoversTheTruthAboutAsOftenAsItSays(int programs, double leastOfDraws, double mostOfDraws)
    {
        const int experiments = 1000;
        const double truth = 1.3;
        var random = new MersenneTwister(42);
        var (covered, coveredByDraws) = (0, 0);
        for (var i = 0; i < experiments; i++)
        {
            // Each program has a speedup of its own, and rounds with some noise.
            List<(Sample, Sample)> drawn =
            [
                .. Enumerable.Range(0, programs).Select(_ =>
                {
                    var speedup = truth * Math.Exp(Normal.Sample(random, 0, 0.2));
                    return (Sample.Of([.. Rounds.Select(_ => speedup * Math.Exp(Normal.Sample(random, 0, 0.01)))]), Sample.Of([.. Rounds.Select(_ => 1.0)]));
                }),
            ];
            var interval = new RoundBootstrap(Rounds, seed: i, mostResamples: 1000).Mean(drawn).General;
            covered += interval.Low <= truth && truth <= interval.High ? 1 : 0;
            var ofDraws = interval.Widened(1 / RoundBootstrap.WideningFor(programs));
            coveredByDraws += ofDraws.Low <= truth && truth <= ofDraws.High ? 1 : 0;
        }

        Assert.InRange(covered / (double)experiments, 0.935, 0.965);
        Assert.InRange(coveredByDraws / (double)experiments, leastOfDraws, mostOfDraws);
    }

    /// <summary>What one program times several of rises and falls together: 24 workloads of six programs are no 24 programs, and those of one program no sample at all.</summary>
    [Fact]
    public void WorkloadsOfAProgramAreDrawnTogether()
    {
        const int experiments = 600;
        const double truth = 1.3;
        var random = new MersenneTwister(43);
        string[] names = [.. Enumerable.Range(0, 24).Select(i => $"program {i / 4}")];
        var (covered, coveredApart) = (0, 0);
        for (var i = 0; i < experiments; i++)
        {
            List<(Sample, Sample)> drawn = [];
            foreach (var program in names.GroupBy(name => name))
            {
                var speedup = truth * Math.Exp(Normal.Sample(random, 0, 0.2));
                drawn.AddRange(program.Select(_ => (Sample.Of([.. Rounds.Select(_ => speedup * Math.Exp(Normal.Sample(random, 0, 0.01)))]), Sample.Of([.. Rounds.Select(_ => 1.0)]))));
            }

            covered += Holds(new RoundBootstrap(Rounds, seed: i, mostResamples: 1000).Mean(drawn, names).General);
            coveredApart += Holds(new RoundBootstrap(Rounds, seed: i, mostResamples: 1000).Mean(drawn).General);
        }

        Assert.InRange(covered / (double)experiments, 0.92, 0.98);
        Assert.InRange(coveredApart / (double)experiments, 0.3, 0.8);
        var one = new RoundBootstrap(Rounds, seed: 1).Mean(RandomPrograms(random, 12, 0), [.. Enumerable.Repeat("one", 12)]);
        Assert.True(one.Measured.HasInterval);
        Assert.False(one.General.HasInterval);

        static int Holds(Estimate interval) => interval.Low <= truth && truth <= interval.High ? 1 : 0;
    }

    [Fact]
    public void FewProgramsWidenTheirInterval()
    {
        // t of 5 degrees of freedom is 2.5706.
        Assert.Equal(2.5706 * Math.Sqrt(6 / 5.0) / 1.959964, RoundBootstrap.WideningFor(6), 4);
        Assert.InRange(RoundBootstrap.WideningFor(1000), 1, 1.003);
    }

    /// <summary>Programs without a difference between two configurations, under a drift that hits whole rounds.</summary>
    private static List<(Sample, Sample)> RandomPrograms(MersenneTwister random, int count, double drift)
    {
        var factors = Rounds.Select(_ => Math.Exp(Normal.Sample(random, 0, drift))).ToArray();
        return [.. Enumerable.Range(0, count).Select(_ => (RandomSample(), RandomSample()))];

        Sample RandomSample() => Sample.Of([.. factors.Select(factor => factor * Math.Exp(Normal.Sample(random, 0, 0.05)))]);
    }
}
