using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Statistics;

/// <summary>
/// Finds where the mean or the spread of a series changes: the segmentation with the least cost, by the method PELT (Killick, Fearnhead and Eckley 2012).
/// The cost of a segment is that of a normal distribution fitted to it; each change costs 15·ln(n) on top, as in Barrett et al. (2017), so that noise
/// is not taken for change. METHODOLOGY.md says why no library does this.
/// </summary>
internal static class Changepoints
{
    /// <summary>Least number of values of a segment: one or two that stray are no state of their own.</summary>
    private const int LeastLength = 3;

    private const double PenaltyFactor = 15;

    /// <summary>Deviations below this share of the median are those of the clock: they do not make segments differ.</summary>
    private const double LeastDeviation = 1e-3;

    /// <summary>The segments of a series, in order; one where nothing changes.</summary>
    public static IReadOnlyList<Segment> Find(IReadOnlyList<double> values)
    {
        var n = values.Count;
        if (n < 2 * LeastLength)
            return n == 0 ? [] : [new Sums(values).Of(0, n)];
        var sums = new Sums(values);
        var penalty = PenaltyFactor * Math.Log(n);
        var best = new double[n + 1];
        var previous = new int[n + 1];

        // What the best segmentation with its last change at each start costs up to the present end, without the penalty of that change.
        var costs = new double[n + 1];

        // From this end on, a start can be the last change of no best segmentation any more.
        var until = new int[n + 1];
        Array.Fill(best, double.PositiveInfinity);
        Array.Fill(until, int.MaxValue);
        best[0] = -penalty;
        var starts = new List<int> { 0 };
        for (var end = LeastLength; end <= n; end++)
        {
            foreach (var start in starts)
            {
                costs[start] = end - start < LeastLength ? double.PositiveInfinity : best[start] + sums.Cost(start, end);
                if (costs[start] + penalty < best[end])
                    (best[end], previous[end]) = (costs[start] + penalty, start);
            }

            foreach (var start in starts)
            {
                if (until[start] == int.MaxValue && end - start >= LeastLength && costs[start] >= best[end])
                    until[start] = end + LeastLength;
            }

            starts.RemoveAll(start => until[start] <= end + 1);
            if (best[end] < double.PositiveInfinity)
                starts.Add(end);
        }

        var segments = new List<Segment>();
        for (var end = n; end > 0; end = previous[end])
            segments.Add(sums.Of(previous[end], end));
        segments.Reverse();
        return segments;
    }

    /// <summary>Sums by which any segment's mean, spread and cost are found at once.</summary>
    private sealed class Sums
    {
        private readonly double center;
        private readonly double leastVariance;
        private readonly double[] first;
        private readonly double[] second;

        public Sums(IReadOnlyList<double> values)
        {
            // Around the median, so that little is lost to rounding.
            center = values.Median();
            leastVariance = Math.Max(LeastDeviation * center * LeastDeviation * center, double.Epsilon);
            first = new double[values.Count + 1];
            second = new double[values.Count + 1];
            for (var i = 0; i < values.Count; i++)
            {
                var value = values[i] - center;
                first[i + 1] = first[i] + value;
                second[i + 1] = second[i] + (value * value);
            }
        }

        /// <summary>Twice the negative logarithm of the likelihood, but for a constant per value.</summary>
        public double Cost(int start, int end)
        {
            var squares = Squares(start, end);
            var variance = Math.Max(squares / (end - start), leastVariance);
            return ((end - start) * Math.Log(variance)) + (squares / variance);
        }

        public Segment Of(int start, int end) => new(
            start, end, center + ((first[end] - first[start]) / (end - start)), Math.Sqrt(Squares(start, end) / Math.Max(1, end - start - 1)));

        /// <summary>Sum of the squared distances from the segment's mean.</summary>
        private double Squares(int start, int end)
        {
            var sum = first[end] - first[start];
            return Math.Max(0, second[end] - second[start] - (sum * sum / (end - start)));
        }
    }
}

/// <summary>Values between two changes.</summary>
/// <param name="Start">Place of the first one, from 0.</param>
/// <param name="End">Place after the last one.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">Their standard deviation.</param>
internal readonly record struct Segment(int Start, int End, double Mean, double Deviation);
