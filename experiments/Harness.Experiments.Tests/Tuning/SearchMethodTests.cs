using Harness.Experiments.Tuning;
using Harness.Experiments.Tuning.Search;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Tests.Tuning;

/// <summary>Methods on noisy functions of the unit square whose least value is 0.</summary>
public sealed class SearchMethodTests
{
    private const double Noise = 0.02;

    private static readonly SearchSpace Square = new(
        [.. Enumerable.Range(0, 2).Select(i => new TuningParameter("x" + i, [], 0, 1, Whole: false, Logarithmic: false))]);

    private static readonly Func<double[], double>[] Functions =
    [
        x => Power(x[0] - 0.3) + Power(x[1] - 0.8),
        x => (10 * Power(x[0] - 0.7)) + Power(x[1] - 0.2),
        x => Math.Abs(x[0] - 0.15) + Math.Abs(x[1] - 0.6),
        x => Power((4 * x[1]) - 1 - Power((4 * x[0]) - 2)) + (0.05 * Power((4 * x[0]) - 3)),
        x => 1 - Math.Exp(-8 * (Power(x[0] - 0.85) + Power(x[1] - 0.35))),
        x => Power(x[0] + x[1] - 1.1) + (0.3 * Power(x[0] - x[1] - 0.3)),
    ];

    public static TheoryData<string> Names => [.. SearchMethods.Names];

    [Theory]
    [InlineData("gaussian-process", 30, 3, 0.5)]
    [InlineData("tpe", 80, 7, 0.9)]
    [InlineData("cma-es", 80, 7, 0.9)]
    public void LearningMethodsBeatRandomSearchAtEqualCost(string method, int evaluations, int seeds, double share)
    {
        var ratio = Functions.Average(function => Math.Log(Regret(method, function, evaluations, seeds) / Regret("random", function, evaluations, 41)));
        Assert.True(Math.Exp(ratio) <= share, FormattableString.Invariant($"regret is {Math.Exp(ratio):0.00} of random search's"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TheSameHistoryGivesTheSameProposalInTheCube(string method)
    {
        var history = new List<Observation>();
        for (var i = 0; i < 20; i++)
        {
            var point = SearchMethods.Create(method, Square, 3, 20).Propose(history);
            Assert.Equal(point, SearchMethods.Create(method, Square, 3, 20).Propose(history));
            Assert.All(point, place => Assert.InRange(place, 0, 1));
            history.Add(new Observation(point, Functions[0](point)));
        }

        Assert.True(history.Select(observation => (observation.Point[0], observation.Point[1])).Distinct().Count() >= 16);
    }

    [Fact]
    public void SobolsPointsFillEachKnobsRangeEvenly()
    {
        var sobol = new SobolSearch(SobolSearch.MostDimensions, 5);
        var points = Enumerable.Range(0, 64).Select(sobol.Point).ToList();
        for (var dimension = 0; dimension < SobolSearch.MostDimensions; dimension++)
        {
            Assert.Equal(64, points.Select(point => (int)(point[dimension] * 64)).Distinct().Count());
        }

        Assert.Equal(64, points.Select(point => ((int)(point[0] * 8), (int)(point[1] * 8))).Distinct().Count());
    }

    [Fact]
    public void ALatinHypercubeHasOnePointInEachPart()
    {
        var search = new LatinHypercubeSearch(3, 1, 10);
        var history = new List<Observation>();
        for (var i = 0; i < 10; i++)
        {
            history.Add(new Observation(search.Propose(history), 0));
        }

        for (var dimension = 0; dimension < 3; dimension++)
        {
            Assert.Equal(10, history.Select(observation => (int)(observation.Point[dimension] * 10)).Distinct().Count());
        }
    }

    /// <summary>Median over seeds of the true value at the point that looked best.</summary>
    private static double Regret(string method, Func<double[], double> function, int evaluations, int seeds) => Enumerable.Range(1, seeds).Select(seed =>
    {
        var search = SearchMethods.Create(method, Square, seed, evaluations);
        var noise = new MersenneTwister(seed);
        var history = new List<Observation>();
        for (var i = 0; i < evaluations; i++)
        {
            var point = search.Propose(history);
            history.Add(new Observation(point, function(point) + Normal.Sample(noise, 0, Noise)));
        }

        return function(history.MinBy(observation => observation.Value)!.Point) + 1e-4;
    }).Median();

    private static double Power(double value) => value * value;
}
