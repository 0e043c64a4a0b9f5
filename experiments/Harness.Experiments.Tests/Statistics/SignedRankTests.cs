using Harness.Experiments.Statistics;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

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
    public void TiesAreCountedByTheMiddleOfTheirRanks()
    {
        // Ranks 1.5 1.5 3.5 3.5 5, of which 1.5 is negative: no rank or one of the two smallest are at most that, three sets of signs of 32.
        Assert.Equal(2 * 3.0 / 32, SignedRank.PValue([1, -1, 2, 2, 3]), 12);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(6)]
    public void NoTiesMakeADifferenceMoreCertainThanTheNumberOfPairsAllows(int pairs)
    {
        Assert.Equal(2 / Math.Pow(2, pairs), SignedRank.PValue(Enumerable.Repeat(1.0, pairs)), 12);
        Assert.Equal(2 / Math.Pow(2, pairs), SignedRank.PValue(Enumerable.Range(0, pairs).Select(i => 1.0 + (i / 2))), 12);
    }

    [Fact]
    public void TiedSamplesHaveThePValueOfAllTheirSigns()
    {
        var random = new MersenneTwister(5);
        for (var i = 0; i < 40; i++)
        {
            double[] values = [.. Enumerable.Range(0, 2 + random.Next(8)).Select(_ => (double)(random.Next(7) - 3)).Where(value => value != 0)];
            if (values.Length == 0)
            {
                continue;
            }

            var observed = Math.Abs(Sum(values));
            var sets = Enumerable.Range(0, 1 << values.Length).Count(signs => Math.Abs(Sum([.. values.Select((value, place) => ((signs >> place) & 1) == 0 ? Math.Abs(value) : -Math.Abs(value))])) >= observed);
            Assert.Equal(sets / Math.Pow(2, values.Length), SignedRank.PValue(values), 12);
            Assert.Equal(Math.Sign(Sum(values)), SignedRank.Test(values).Direction);
        }

        // Twice the sum of the ranks with their signs.
        static int Sum(double[] values) => values.Sum(value => Math.Sign(value) * ((2 * values.Count(other => Math.Abs(other) < Math.Abs(value))) + 1 + values.Count(other => Math.Abs(other).Equals(Math.Abs(value)))));
    }

    [Fact]
    public void ManyPairsUseTheCorrectedApproximation()
    {
        // 1 1 2 2 … 30 30 31, of which every third is negative: the ranks of the pair g are 2g − 0.5, the variance is 61·62·123/24 − 30·6/48.
        double[] values = [.. Enumerable.Range(1, 61).Select(i => (i % 3 == 0 ? -1.0 : 1) * ((i + 1) / 2))];
        var positive = Enumerable.Range(1, 61).Where(i => i % 3 != 0).Sum(i => i == 61 ? 61 : (2 * ((i + 1) / 2)) - 0.5);
        var deviation = Math.Sqrt((61 * 62 * 123 / 24.0) - (30 * 6 / 48.0));
        Assert.Equal(2 * Normal.CDF(0, 1, -(Math.Abs(positive - (61 * 62 / 4.0)) - 0.5) / deviation), SignedRank.PValue(values), 9);
    }

    [Fact]
    public void NoDifferenceIsNone() => Assert.Equal(1, SignedRank.PValue([0, 0, 0]));

    [Fact]
    public void HolmMultipliesTheSmallestByTheNumberOfTests()
    {
        var adjusted = Holm.Adjust([0.03, 0.01, 0.9, 0.02]);
        Assert.Equal([0.06, 0.04, 0.9, 0.06], adjusted.Select(p => Math.Round(p, 12)));
    }

    /// <summary>Of 31 tests of 8 pairs none shows anything, however large the difference is.</summary>
    [Theory]
    [InlineData(1, 6)]
    [InlineData(6, 8)]
    [InlineData(8, 9)]
    [InlineData(31, 11)]
    public void AsManyPairsAsManyTestsNeed(int tests, int pairs)
    {
        Assert.Equal(pairs, SignedRank.LeastPairs(tests));
        Assert.True(Corrected(pairs) < Holm.Level && Corrected(pairs - 1) >= Holm.Level);

        double Corrected(int count) => Holm.Adjust([.. Enumerable.Repeat(SignedRank.PValue(Enumerable.Range(1, count).Select(i => (double)i)), tests)])[0];
    }
}
