namespace Harness.Experiments.Statistics;

/// <summary>
/// Compares two cells round by round: their ratio is the median of the ratios of the repetitions of the same round, so that a drift that hits a
/// whole round alike cancels out. Where there is no drift this is as exact as the ratio of the medians.
/// </summary>
internal static class Ratio
{
    /// <summary>The ratio of two samples: the speedup, with the slower one's times as numerator.</summary>
    public static Estimate Of(Sample numerator, Sample denominator) => Of(numerator, denominator, numerator.DividedBy(denominator));

    /// <summary>The same where the ratios of the rounds are there already.</summary>
    public static Estimate Of(Sample numerator, Sample denominator, Sample ratios) =>
        ratios.Count == 0 ? Estimate.Without(ValueOf(numerator, denominator, ratios)) : MedianInterval.Of(ratios);

    /// <summary>The ratio without its interval.</summary>
    public static double ValueOf(Sample numerator, Sample denominator, Sample ratios) => ratios.Count == 0 ? numerator.Median / denominator.Median : ratios.Median;
}
