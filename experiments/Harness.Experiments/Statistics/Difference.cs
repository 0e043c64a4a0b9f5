namespace Harness.Experiments.Statistics;

/// <summary>How a cell differs from the baseline's.</summary>
/// <param name="PValue">Wilcoxon signed-rank test over pairs of the same round, two-sided.</param>
/// <param name="AdjustedPValue">The same after Holm's correction over all cells of the sweep.</param>
/// <param name="EffectSize">Cliff's delta: 1 if every repetition is faster than every one of the baseline, -1 if slower.</param>
/// <param name="DetectableEffect">
/// The smallest speedup that so many pairs with such noise would have shown with 80% power at an uncorrected p of 0.05, as a ratio above 1. Not a number below
/// <see cref="MedianInterval.LeastValues"/> pairs: no difference of so few is shown at that level, however large, and their deviation is hardly known.
/// </param>
/// <param name="Direction">The direction of the test: 1 where the cell is faster than the baseline, -1 where slower. Over drifting rounds it can be another than that of the effect size, which knows no pairs.</param>
internal sealed record Difference(double PValue, double AdjustedPValue, double EffectSize, double DetectableEffect, int Direction)
{
    /// <summary>Quantiles of the normal distribution for 95% confidence (two-sided) and 80% power.</summary>
    private const double Quantiles = 1.960 + 0.842;

    /// <summary>Relative efficiency of the signed-rank test against the t test for normal data: 3/π.</summary>
    private const double Efficiency = 3 / Math.PI;

    /// <summary>Compares paired samples; the correction over all cells comes later.</summary>
    public static Difference Between(Sample baseline, Sample sample) => Between(baseline, sample, baseline.DividedBy(sample));

    /// <summary>The same where the ratios of the rounds, baseline to sample, are there already.</summary>
    public static Difference Between(Sample baseline, Sample sample, Sample ratios)
    {
        var logarithms = ratios.Sorted.Select(ratio => Math.Log(ratio)).ToArray();
        var test = SignedRank.Test(logarithms);
        var mean = logarithms.Length == 0 ? 0 : logarithms.Average();
        var deviation = Math.Sqrt(logarithms.Sum(value => (value - mean) * (value - mean)) / Math.Max(1, logarithms.Length - 1));
        return new Difference(test.PValue, test.PValue, MannWhitney.CliffsDelta(baseline.SortedSpan, sample.SortedSpan), DetectableOf(deviation, logarithms.Length), test.Direction);
    }

    /// <summary>The smallest speedup that pairs with some noise show with 80% power at an uncorrected p of 0.05, as a ratio above 1; not a number below <see cref="MedianInterval.LeastValues"/> pairs.</summary>
    /// <param name="deviation">Standard deviation of the logarithms of the pairs' ratios.</param>
    /// <param name="pairs">How many pairs there are.</param>
    public static double DetectableOf(double deviation, int pairs) => pairs < MedianInterval.LeastValues ? double.NaN : Math.Exp(Quantiles * deviation / Math.Sqrt(pairs * Efficiency));
}
