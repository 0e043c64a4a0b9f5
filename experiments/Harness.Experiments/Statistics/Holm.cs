namespace Harness.Experiments.Statistics;

/// <summary>
/// Holm's correction for many tests (1979): with adjusted p-values below 0.05 taken for differences, the probability of even one false among
/// them is at most 0.05, whatever the tests have to do with each other.
/// </summary>
internal static class Holm
{
    /// <summary>Level below which a corrected test is said to show a difference.</summary>
    public const double Level = 0.05;

    /// <summary>Adjusts p-values, in their order.</summary>
    public static double[] Adjust(IReadOnlyList<double> pValues)
    {
        var adjusted = new double[pValues.Count];
        double least = 0;
        var rank = 0;
        foreach (var index in Enumerable.Range(0, pValues.Count).OrderBy(index => pValues[index]))
        {
            least = Math.Max(least, Math.Min(1, pValues[index] * (pValues.Count - rank)));
            adjusted[index] = least;
            rank++;
        }

        return adjusted;
    }
}
