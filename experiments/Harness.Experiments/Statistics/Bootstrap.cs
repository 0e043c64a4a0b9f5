using MathNet.Numerics.Random;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Statistics;

/// <summary>
/// Percentile bootstrap (Efron): repetitions are drawn anew with replacement, the statistic is computed of each draw, and
/// the interval is between the quantiles of those. Seeded, so that the same results give the same intervals. The percentile
/// interval is chosen over the BCa one because the latter's acceleration is estimated by the jackknife, which fails for
/// medians.
/// </summary>
internal static class Bootstrap
{
    private const int Resamples = 10_000;
    private const double Confidence = 0.95;

    /// <summary>The median of a sample.</summary>
    public static Estimate Median(IReadOnlyList<double> sample, int seed)
    {
        var random = new MersenneTwister(seed);
        var draws = Draw(sample, random);
        return Interval(sample.Median(), draws);
    }

    /// <summary>The ratio of the medians of two samples: the speedup, with the slower one's times as numerator.</summary>
    public static Estimate MedianRatio(IReadOnlyList<double> numerator, IReadOnlyList<double> denominator, int seed) =>
        GeometricMeanOfRatios([(numerator, denominator)], seed);

    /// <summary>The geometric mean, over several pairs of samples, of the ratio of their medians.</summary>
    public static Estimate GeometricMeanOfRatios(IReadOnlyList<(IReadOnlyList<double> Numerator, IReadOnlyList<double> Denominator)> pairs, int seed)
    {
        var random = new MersenneTwister(seed);
        var logarithms = new double[Resamples];
        foreach (var (numerator, denominator) in pairs)
        {
            var numerators = Draw(numerator, random);
            var denominators = Draw(denominator, random);
            for (var i = 0; i < Resamples; i++)
                logarithms[i] += Math.Log(numerators[i] / denominators[i]) / pairs.Count;
        }

        var value = Math.Exp(pairs.Average(pair => Math.Log(pair.Numerator.Median() / pair.Denominator.Median())));
        return Interval(value, [.. logarithms.Select(Math.Exp)]);
    }

    private static double[] Draw(IReadOnlyList<double> sample, MersenneTwister random)
    {
        var medians = new double[Resamples];
        var draw = new double[sample.Count];
        for (var i = 0; i < Resamples; i++)
        {
            for (var j = 0; j < draw.Length; j++)
                draw[j] = sample[random.Next(draw.Length)];
            Array.Sort(draw);
            medians[i] = SortedArrayStatistics.Median(draw);
        }

        return medians;
    }

    private static Estimate Interval(double value, double[] draws)
    {
        Array.Sort(draws);
        return new Estimate(value, SortedArrayStatistics.Quantile(draws, (1 - Confidence) / 2), SortedArrayStatistics.Quantile(draws, (1 + Confidence) / 2));
    }
}
