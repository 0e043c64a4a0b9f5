using Harness.Experiments.Tuning.Importance;
using Harness.Experiments.Tuning.Search;

namespace Harness.Experiments.Tests.Tuning.Importance;

/// <summary>Shares of variance against functions whose shares are known.</summary>
public sealed class FunctionalAnovaTests
{
    private static List<Observation> Sample(int dimensions, int count, Func<double[], double> function) =>
        [.. Enumerable.Range(0, count).Select(index => new SobolSearch(dimensions, 3).Point(index)).Select(point => new Observation(point, function(point)))];

    private static FunctionalAnova Analyse(int dimensions, int count, Func<double[], double> function) =>
        new(RandomForest.Fit(Sample(dimensions, count, function), new int[dimensions], 1), dimensions);

    /// <summary>Four boxes: the value is 8 in the right half, and 4 more in its upper quarter.</summary>
    [Fact]
    public void SharesOfAGivenTreeAreExact()
    {
        var tree = RegressionTree.Of(
            new TreeBox([0, 0], [0.5, 1], 0), new TreeBox([0.5, 0], [1, 0.75], 8), new TreeBox([0.5, 0.75], [1, 1], 12));
        var anova = new FunctionalAnova(new RandomForest([tree]), 2);

        // Mean 4.5. Along the first: 0 and 9. Along the second: 4 below, 6 above. The rest is the interaction.
        const double Total = (0.5 * 4.5 * 4.5) + (0.375 * 3.5 * 3.5) + (0.125 * 7.5 * 7.5);
        const double First = 4.5 * 4.5;
        const double Second = (0.75 * 0.5 * 0.5) + (0.25 * 1.5 * 1.5);
        Assert.Equal(First / Total, anova.Single(0).Share, 12);
        Assert.Equal(Second / Total, anova.Single(1).Share, 12);
        Assert.Equal((Total - First - Second) / Total, anova.Pair(1, 0).Share, 12);
    }

    [Fact]
    public void SumsHaveNoInteractions()
    {
        var anova = Analyse(3, 400, x => (3 * x[0]) + x[1]);
        Assert.InRange(anova.Single(0).Share, 0.86, 0.94);
        Assert.InRange(anova.Single(1).Share, 0.05, 0.13);
        Assert.InRange(anova.Single(2).Share, 0, 0.01);
        Assert.InRange(anova.Pair(0, 1).Share, 0, 0.03);
    }

    [Fact]
    public void AProductAroundItsMiddleIsInteractionAlone()
    {
        var anova = Analyse(2, 600, x => (x[0] - 0.5) * (x[1] - 0.5));
        Assert.InRange(anova.Pair(0, 1).Share, 0.85, 1);
        Assert.InRange(anova.Single(0).Share + anova.Single(1).Share, 0, 0.15);
        Assert.Equal((0, 1), anova.Pairs.First());
    }

    /// <summary>Ishigami's function: a third of the variance is the first input's, 44% the second's, a quarter the first and third together.</summary>
    [Fact]
    public void IshigamisFunctionHasItsKnownShares()
    {
        var anova = Analyse(3, 3000, x =>
        {
            var (a, b, c) = (Angle(x[0]), Angle(x[1]), Angle(x[2]));
            return Math.Sin(a) + (7 * Math.Pow(Math.Sin(b), 2)) + (0.1 * Math.Pow(c, 4) * Math.Sin(a));
        });
        Assert.InRange(anova.Single(0).Share, 0.25, 0.40);
        Assert.InRange(anova.Single(1).Share, 0.34, 0.54);
        Assert.InRange(anova.Single(2).Share, 0, 0.05);
        Assert.InRange(anova.Pair(0, 2).Share, 0.15, 0.29);
        Assert.InRange(anova.Pair(1, 2).Share, 0, 0.06);

        static double Angle(double place) => ((2 * place) - 1) * Math.PI;
    }

    [Fact]
    public void NoiseAloneHasNoFavourite()
    {
        var random = new Random(5);
        var anova = Analyse(4, 300, _ => random.NextDouble());
        for (var dimension = 0; dimension < 4; dimension++)
        {
            Assert.InRange(anova.Single(dimension).Share, 0, 0.45);
        }

        Assert.Equal(0, Analyse(2, 50, _ => 1).Single(0).Share);
    }

    [Fact]
    public void CutsBetweenCategoriesAreWhereOneEnds()
    {
        // Categories 0, 2 and 4 of five: between 0 and 2 the cut is after 0 or after 1.
        double[][] points = [[0.1], [0.1], [0.5], [0.5], [0.9], [0.9]];
        var tree = RegressionTree.Grow(points, [0, 0, 1, 1, 5, 5], new TreeRule(2, [5]), new MathNet.Numerics.Random.MersenneTwister(1));
        Assert.Equal([0, 0.4, 0.8], tree.Boxes.Select(box => box.Low[0]).Order());
        Assert.Equal([0, 1, 5], tree.Boxes.Select(box => box.Value).Order());
        Assert.Equal(5, tree.At([1]));
        Assert.Equal(1, tree.Boxes.Sum(box => box.Volume), 12);
    }

    [Fact]
    public void MarginalsFollowTheFunction()
    {
        var forest = RandomForest.Fit(Sample(2, 500, x => (4 * x[0]) + (x[1] * x[1])), [0, 0], 1);
        Assert.InRange(forest.Marginal(0, 0.75).Average() - forest.Marginal(0, 0.25).Average(), 1.8, 2.2);
        Assert.InRange(forest.Marginal(0, 0.75, 1, 0.9), 3.5, 4.0);
        Assert.InRange(forest.At([0.5, 0.5]), 2.1, 2.4);
    }
}
