using System.Collections.Concurrent;
using MathNet.Numerics.Distributions;

namespace Harness.Experiments.Statistics;

/// <summary>
/// Confidence interval of a median from order statistics, interpolated to the confidence wished for (Hettmansperger and Sheather 1986). It
/// assumes no distribution, and covers more exactly than the bootstrap, whose intervals of medians of some twenty values cover in 91 to 93 of 100
/// cases.
/// </summary>
internal static class MedianInterval
{
    /// <summary>The confidence of all intervals.</summary>
    public const double Confidence = 0.95;

    /// <summary>
    /// Values below which there is no interval: with fewer, not even the range from smallest to largest covers the median in
    /// 95 of 100 cases (1 − 2^(1−n)).
    /// </summary>
    public const int LeastValues = 6;

    // The cells of a sweep have the same few numbers of repetitions.
    private static readonly ConcurrentDictionary<int, (int Rank, double Weight)> KnownRanks = new();

    /// <summary>
    /// By what an interval is to be widened so that many of them have the confidence together: the quantile of the normal distribution that Bonferroni's correction takes, in relation to that of one
    /// interval. Resampling has no draws so far out.
    /// </summary>
    /// <param name="intervals">How many intervals, at least one.</param>
    public static double WideningFor(int intervals)
    {
        const double tail = (1 - Confidence) / 2;
        return Normal.InvCDF(0, 1, tail / intervals) / Normal.InvCDF(0, 1, tail);
    }

    /// <summary>The variance of a median of some values in relation to that of one of them: exactly 1 for one, and π/2 times a mean's for many.</summary>
    /// <param name="values">How many, at least one.</param>
    public static double RelativeVariance(int values) => Math.PI / ((2 * values) + Math.PI - 2);

    /// <summary>The median of a sample with its interval, if it has enough values.</summary>
    public static Estimate Of(Sample sample)
    {
        var n = sample.Count;
        if (n < LeastValues)
        {
            return Estimate.Without(sample.Median);
        }

        var (k, weight) = KnownRanks.GetOrAdd(n, RankOf);
        var sorted = sample.Sorted;
        return new Estimate(
            sample.Median,
            ((1 - weight) * sorted[k - 1]) + (weight * sorted[k]),
            ((1 - weight) * sorted[n - k]) + (weight * sorted[n - k - 1]));
    }

    /// <summary>
    /// The rank k such that the interval from the k-th smallest to the k-th largest of n values has at least the confidence, the next narrower one less; and the weight of the narrower one in the
    /// interpolation between both.
    /// </summary>
    private static (int Rank, double Weight) RankOf(int n)
    {
        var k = 1;
        while (k + 1 <= n / 2 && Coverage(n, k + 1) >= Confidence)
        {
            k++;
        }

        var (wide, narrow) = (Coverage(n, k), Coverage(n, k + 1));
        var step = (wide - Confidence) / (wide - narrow);
        return (k, (n - k) * step / (k + ((n - (2 * k)) * step)));
    }

    /// <summary>Probability that the median is between the k-th smallest and the k-th largest of n values.</summary>
    private static double Coverage(int n, int k) => 1 - (2 * Binomial.CDF(0.5, n, k - 1));
}
