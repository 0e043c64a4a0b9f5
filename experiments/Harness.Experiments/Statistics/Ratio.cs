namespace Harness.Experiments.Statistics;

/// <summary>
/// Compares two cells round by round: their ratio is the median of the ratios of the repetitions of the same round, so that a drift that hits a
/// whole round alike cancels out. Where there is no drift this is as exact as the ratio of the medians.
/// </summary>
internal static class Ratio
{
    /// <summary>The ratio of two samples: the speedup, with the slower one's times as numerator.</summary>
    public static Estimate Of(Sample numerator, Sample denominator)
    {
        var ratios = numerator.DividedBy(denominator);
        return ratios.Count == 0 ? Estimate.Without(numerator.Median / denominator.Median) : MedianInterval.Of(ratios);
    }
}
