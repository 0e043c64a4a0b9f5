using Harness.Experiments.Statistics;

namespace Harness.Experiments.Tests.Statistics;

/// <summary>The expected p-values are those of R's <c>wilcox.test(paired = TRUE)</c>, or counted by hand.</summary>
public sealed class SignedRankTests
{
    [Fact]
    public void FiveOfFiveHaveTwoOfThirtyTwoSigns() => Assert.Equal(2.0 / 32, SignedRank.PValue([1, 2, 3, 4, 5]), 12);

    [Fact]
    public void ThePublishedExampleOfDepression()
    {
        // Hollander and Wolfe (1973), p. 29: V = 40, exact two-sided p = 0.03906.
        double[] before = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30];
        double[] after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
        Assert.Equal(0.03906, SignedRank.PValue(before.Zip(after, (x, y) => x - y)), 5);
    }

    [Fact]
    public void TiesUseTheCorrectedApproximation()
    {
        // Ranks 1.5 1.5 3.5 3.5 5, of which 1.5 is negative: V = 13.5, variance 5·6·11/24 − 12/48.
        Assert.Equal(2 * MathNet.Numerics.Distributions.Normal.CDF(0, 1, -(13.5 - 7.5 - 0.5) / Math.Sqrt(13.75 - 0.25)), SignedRank.PValue([1, -1, 2, 2, 3]), 9);
    }

    [Fact]
    public void NoDifferenceIsNone() => Assert.Equal(1, SignedRank.PValue([0, 0, 0]));

    [Fact]
    public void HolmMultipliesTheSmallestByTheNumberOfTests()
    {
        var adjusted = Holm.Adjust([0.03, 0.01, 0.9, 0.02]);
        Assert.Equal([0.06, 0.04, 0.9, 0.06], adjusted.Select(p => Math.Round(p, 12)));
    }
}
