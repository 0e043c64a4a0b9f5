namespace Harness.Experiments.Statistics;

/// <summary>What a test, corrected for all others, says of the ratio of two sides: of the first side's values divided by the second's.</summary>
internal enum RatioVerdict
{
    /// <summary>No difference is shown.</summary>
    NotShown,

    /// <summary>The first side's values are larger: where they are times, the second side is faster.</summary>
    Above,

    /// <summary>The first side's values are smaller.</summary>
    Below,

    /// <summary>The test finds a difference in a direction that is not that of the median ratio: a few large differences stand against many small ones.</summary>
    Unclear,
}

/// <summary>Makes verdicts: the direction is the test's own, since only that is what its p-value is about.</summary>
internal static class RatioVerdicts
{
    /// <summary>The verdict of a test.</summary>
    /// <param name="adjustedPValue">Its p-value after the correction for many tests.</param>
    /// <param name="direction">Its direction: 1 where the first side's values are larger, -1 where they are smaller.</param>
    /// <param name="ratio">The ratio that is shown beside it; null where there is none.</param>
    public static RatioVerdict Of(double adjustedPValue, int direction, double? ratio)
    {
        if (!(adjustedPValue < Holm.Level))
        {
            return RatioVerdict.NotShown;
        }

        if (direction == 0 || (ratio is { } known && (known > 1 ? 1 : known < 1 ? -1 : 0) != direction))
        {
            return RatioVerdict.Unclear;
        }

        return direction > 0 ? RatioVerdict.Above : RatioVerdict.Below;
    }
}
