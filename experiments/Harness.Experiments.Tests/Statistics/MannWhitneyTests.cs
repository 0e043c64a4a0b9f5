using Harness.Experiments.Statistics;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

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
    public void TiesAreCountedByTheMiddleOfTheirRanks()
    {
        // Ranks 1.5 1.5 3 4.5 | 4.5 6 7.5 7.5: U = 0.5. Two choices of four values have a rank sum of at most 10.5, since two have the rank 4.5, and as many one of at least 25.5.
        var test = MannWhitney.Compare([1, 1, 2, 3], [3, 4, 5, 5]);
        Assert.Equal(0.5, test.U);
        Assert.Equal(4.0 / 70, test.PValue, 12);
    }

    [Fact]
    public void NoTiesMakeADifferenceMoreCertainThanTheNumberOfValuesAllows() => Assert.Equal(2.0 / 20, MannWhitney.Compare([2, 2, 2], [1, 1, 1]).PValue, 12);

    [Fact]
    public void TiedSamplesHaveThePValueOfAllTheirOrders()
    {
        var random = new MersenneTwister(5);
        for (var i = 0; i < 40; i++)
        {
            var (m, n) = (1 + random.Next(5), 1 + random.Next(5));
            double[] all = [.. Enumerable.Range(0, m + n).Select(_ => (double)random.Next(4))];
            var observed = Math.Abs(Excess(all, m, (1 << m) - 1));
            var choices = Enumerable.Range(0, 1 << (m + n)).Where(choice => System.Numerics.BitOperations.PopCount((uint)choice) == m).ToList();
            var expected = choices.Count(choice => Math.Abs(Excess(all, m, choice)) >= observed) / (double)choices.Count;
            var test = MannWhitney.Compare(all[..m], all[m..]);
            Assert.Equal(expected, test.PValue, 12);
            Assert.Equal(Math.Sign(Excess(all, m, (1 << m) - 1)), test.Test.Direction);
        }

        // Pairs in which a chosen value is larger than another one less those in which it is smaller.
        static int Excess(double[] all, int m, int choice)
        {
            double[] first = [.. all.Where((_, place) => ((choice >> place) & 1) == 1)];
            double[] second = [.. all.Where((_, place) => ((choice >> place) & 1) == 0)];
            Assert.Equal(m, first.Length);
            return first.Sum(a => second.Sum(b => a.CompareTo(b)));
        }
    }

    [Fact]
    public void ManyValuesUseTheCorrectedApproximation()
    {
        // 1 1 2 2 … 15 15 16 against 9 9 … 23 23: groups of two, of four from 9 to 15, and of three of the 16.
        double[] first = [.. Enumerable.Range(0, 31).Select(i => (double)(1 + (i / 2)))];
        double[] second = [.. Enumerable.Range(0, 30).Select(i => (double)(9 + (i / 2)))];
        var u = first.Sum(a => second.Sum(b => a > b ? 1 : a.Equals(b) ? 0.5 : 0));
        double tieTerm = (15 * 6) + (7 * 60) + 24;
        var deviation = Math.Sqrt(31 * 30 / 12.0 * (62 - (tieTerm / (61 * 60))));
        var test = MannWhitney.Compare(first, second);
        Assert.Equal(u, test.U);
        Assert.Equal(2 * Normal.CDF(0, 1, -(Math.Abs(u - 465) - 0.5) / deviation), test.PValue, 12);
    }

    [Fact]
    public void EqualSamplesDoNotDiffer()
    {
        var test = MannWhitney.Compare([2, 2, 2], [2, 2, 2]);
        Assert.Equal(1, test.PValue);
        Assert.Equal(0, test.EffectSize);
    }
}
