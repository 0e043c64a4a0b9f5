using Harness.Experiments.Statistics;

namespace Harness.Experiments.Tests.Statistics;

/// <summary>The expected p-values are those of R's <c>wilcox.test</c>, or counted by hand.</summary>
public sealed class MannWhitneyTests
{
    [Fact]
    public void SeparateSamplesOfThreeHaveTwoOfTwentyOrders()
    {
        var test = MannWhitney.Compare([4, 5, 6], [1, 2, 3]);
        Assert.Equal(9, test.U);
        Assert.Equal(2.0 / 20, test.PValue, 12);
        Assert.Equal(1, test.EffectSize);
    }

    [Fact]
    public void SeparateSamplesOfUnequalSize()
    {
        var test = MannWhitney.Compare([1, 2], [3, 4, 5, 6]);
        Assert.Equal(0, test.U);
        Assert.Equal(2.0 / 15, test.PValue, 12);
        Assert.Equal(-1, test.EffectSize);
    }

    [Fact]
    public void ThePublishedExampleOfPermeability()
    {
        // Hollander and Wolfe (1973), p. 69, as in R's help: W = 35, p-value = 0.2544 (two-sided).
        var test = MannWhitney.Compare(
            [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46], [1.15, 0.88, 0.90, 0.74, 1.21]);
        Assert.Equal(35, test.U);
        Assert.Equal(0.2544, test.PValue, 4);
    }

    [Fact]
    public void TiesUseTheCorrectedApproximation()
    {
        // Ranks 1.5 1.5 3 4.5 | 4.5 6 7.5 7.5: U = 0.5, tie term 18, variance 16/12·(9 − 18/56).
        var test = MannWhitney.Compare([1, 1, 2, 3], [3, 4, 5, 5]);
        Assert.Equal(0.5, test.U);
        Assert.Equal(0.0396, test.PValue, 3);
    }

    [Fact]
    public void EqualSamplesDoNotDiffer()
    {
        var test = MannWhitney.Compare([2, 2, 2], [2, 2, 2]);
        Assert.Equal(1, test.PValue);
        Assert.Equal(0, test.EffectSize);
    }
}
