using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Statistics;

/// <summary>The repetitions of a cell: a value per round.</summary>
internal sealed class Sample
{
    private readonly double[] _sorted;
    private readonly int[] _rounds;

    /// <summary>Takes the values with the rounds that they were measured in.</summary>
    public Sample(IEnumerable<(int Round, double Value)> values)
    {
        var ordered = values.OrderBy(pair => pair.Value).ToArray();
        _sorted = [.. ordered.Select(pair => pair.Value)];
        _rounds = [.. ordered.Select(pair => pair.Round)];
    }

    /// <summary>Takes values of rounds 1, 2, 3 ….</summary>
    public static Sample Of(params IEnumerable<double> values) => new(values.Select((value, index) => (index + 1, value)));

    /// <summary>Number of repetitions.</summary>
    public int Count => _sorted.Length;

    /// <summary>The values in ascending order.</summary>
    public IReadOnlyList<double> Sorted => _sorted;

    /// <summary>The same, for loops that run very often.</summary>
    public ReadOnlySpan<double> SortedSpan => _sorted;

    /// <summary>The round of each value of <see cref="Sorted"/>.</summary>
    public IReadOnlyList<int> Rounds => _rounds;

    /// <summary>The median.</summary>
    public double Median => SortedArrayStatistics.Median(_sorted);

    /// <summary>Values outside Tukey's fences: more than 1.5 interquartile ranges from the quartiles.</summary>
    public int CountOutliers()
    {
        var low = SortedArrayStatistics.LowerQuartile(_sorted);
        var high = SortedArrayStatistics.UpperQuartile(_sorted);
        var fence = 1.5 * (high - low);
        return _sorted.Count(value => value < low - fence || value > high + fence);
    }

    /// <summary>This sample's values divided by another's of the same round; rounds that only one of them has are left out.</summary>
    public Sample DividedBy(Sample other) => Combine(other, (own, divisor) => own / divisor);

    /// <summary>This sample's values less another's of the same round; rounds that only one of them has are left out.</summary>
    public Sample Minus(Sample other) => Combine(other, (own, subtrahend) => own - subtrahend);

    private Sample Combine(Sample other, Func<double, double, double> combine)
    {
        var byRound = new Dictionary<int, double>();
        for (var i = 0; i < other.Count; i++)
        {
            byRound[other._rounds[i]] = other._sorted[i];
        }

        var combined = new List<(int, double)>();
        for (var i = 0; i < Count; i++)
        {
            if (byRound.TryGetValue(_rounds[i], out var value))
            {
                combined.Add((_rounds[i], combine(_sorted[i], value)));
            }
        }

        return new Sample(combined);
    }
}
