using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Statistics;

/// <summary>
/// Two modes of a sample: its values fall into two groups with nothing between them, as they do where compiled code has two variants. The median of such a
/// sample says little.
/// </summary>
/// <param name="Low">Median of the smaller values.</param>
/// <param name="LowCount">Their number.</param>
/// <param name="High">Median of the larger values.</param>
/// <param name="HighCount">Their number.</param>
internal sealed record Modes(double Low, int LowCount, double High, int HighCount)
{
    private const int LeastOfGroup = 3;

    /// <summary>Least relative distance of the groups that matters to anybody.</summary>
    private const double LeastRatio = 1.05;

    /// <summary>
    /// Least distance of the groups' means in units of their pooled deviation (Ashman's D). Halves of a single normal distribution have 2.65, so
    /// that the distance must be well above.
    /// </summary>
    private const double LeastSeparation = 5;

    /// <summary>Least share of the distance between the means that the empty space between the groups takes.</summary>
    private const double LeastGap = 0.35;

    /// <summary>Finds the two modes of a sample of positive values; null where it has one.</summary>
    public static Modes? Find(Sample sample)
    {
        var values = sample.Sorted;
        var least = Math.Max(LeastOfGroup, (int)Math.Ceiling(values.Count * 0.1));
        var split = 0;
        double widest = 0;
        for (var i = least; i <= values.Count - least; i++)
        {
            var gap = Math.Log(values[i] / values[i - 1]);
            if (gap > widest)
            {
                (split, widest) = (i, gap);
            }
        }

        if (split == 0)
        {
            return null;
        }

        var (low, lowVariance) = Moments(values.Take(split));
        var (high, highVariance) = Moments(values.Skip(split));
        var distance = high - low;
        var deviation = Math.Sqrt((lowVariance + highVariance) / 2);
        return distance >= Math.Log(LeastRatio) && distance >= LeastSeparation * deviation && widest >= LeastGap * distance
            ? new Modes(MedianOf(values.Take(split)), split, MedianOf(values.Skip(split)), values.Count - split)
            : null;
    }

    private static double MedianOf(IEnumerable<double> sorted) => SortedArrayStatistics.Median(sorted.ToArray());

    /// <summary>Mean and variance of the logarithms.</summary>
    private static (double Mean, double Variance) Moments(IEnumerable<double> values)
    {
        var logarithms = values.Select(value => Math.Log(value)).ToArray();
        var mean = logarithms.Average();
        return (mean, logarithms.Sum(value => (value - mean) * (value - mean)) / Math.Max(1, logarithms.Length - 1));
    }
}
