using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Harness.Experiments.Statistics;

/// <summary>
/// Finds where the mean or the spread of a series changes: the segmentation with the least cost, by the method PELT (Killick, Fearnhead and Eckley 2012).
/// The cost of a segment is that of a normal distribution fitted to it; each change costs 15·ln(n) on top, as in Barrett et al. (2017), so that noise
/// is not taken for change. METHODOLOGY.md says why no library does this. Series come by the hundred thousand: one object searches them one after the other in the same room.
/// </summary>
internal sealed class Changepoints
{
    /// <summary>Least number of values of a segment: one or two that stray are no state of their own.</summary>
    private const int LeastLength = 3;

    private const double PenaltyFactor = 15;

    /// <summary>Deviations below this share of the median are those of the clock: they do not make segments differ.</summary>
    private const double LeastDeviation = 1e-3;

    private readonly List<Segment> _segments = [];

    // The values in ascending order, and sums of them and of their squares up to each place, around the median, so that little is lost to rounding.
    private double[] _sorted = [];
    private double[] _first = [];
    private double[] _second = [];
    private double _center;
    private double _leastVariance;

    // The cost of the best segmentation up to each end, and where its last segment starts.
    private double[] _best = [];
    private int[] _previous = [];

    // What the best segmentation with its last change at each start costs up to the present end, without the penalty of that change; and the starts that may be the last change of a best segmentation.
    private double[] _costs = [];
    private int[] _starts = [];

    // From this end on, a start can be the last change of no best segmentation any more.
    private int[] _until = [];

    /// <summary>The segments of a series, in order; one where nothing changes.</summary>
    public static IReadOnlyList<Segment> Find(IReadOnlyList<double> values) => [.. new Changepoints().Search([.. values])];

    /// <summary>The same, in room that is used again: what is returned is overwritten by the next search.</summary>
    public ReadOnlySpan<Segment> Search(ReadOnlySpan<double> values)
    {
        var n = values.Length;
        _segments.Clear();
        if (n == 0)
        {
            return [];
        }

        Reserve(n + 1);
        TakeSums(values);
        if (n < 2 * LeastLength)
        {
            _segments.Add(SegmentOf(0, n));
        }
        else
        {
            FindBest(n);
            for (var end = n; end > 0; end = _previous[end])
            {
                _segments.Add(SegmentOf(_previous[end], end));
            }

            _segments.Reverse();
        }

        return CollectionsMarshal.AsSpan(_segments);
    }

    private void Reserve(int length)
    {
        if (_best.Length >= length)
        {
            return;
        }

        var size = Math.Max(length, 2 * _best.Length);
        (_sorted, _first, _second, _best, _costs) = (new double[size], new double[size], new double[size], new double[size], new double[size]);
        (_previous, _starts, _until) = (new int[size], new int[size], new int[size]);
    }

    /// <summary>Takes the sums by which any segment's mean, spread and cost are found at once.</summary>
    private void TakeSums(ReadOnlySpan<double> values)
    {
        _center = MedianOf(values);
        _leastVariance = Math.Max(LeastDeviation * _center * LeastDeviation * _center, double.Epsilon);
        for (var i = 0; i < values.Length; i++)
        {
            var value = values[i] - _center;
            _first[i + 1] = _first[i] + value;
            _second[i + 1] = _second[i] + (value * value);
        }
    }

    private double MedianOf(ReadOnlySpan<double> values)
    {
        var ordered = _sorted.AsSpan(0, values.Length);
        values.CopyTo(ordered);
        ordered.Sort();
        var middle = ordered.Length / 2;
        return ordered.Length % 2 == 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2;
    }

    /// <summary>Finds the best segmentation up to each end. Its loops are compiled for speed at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FindBest(int n)
    {
        var penalty = PenaltyFactor * Math.Log(n);
        _best.AsSpan(0, n + 1).Fill(double.PositiveInfinity);
        _previous.AsSpan(0, n + 1).Clear();
        _until.AsSpan(0, n + 1).Fill(int.MaxValue);
        _best[0] = -penalty;
        _starts[0] = 0;
        var count = 1;
        for (var end = LeastLength; end <= n; end++)
        {
            for (var i = 0; i < count; i++)
            {
                var start = _starts[i];
                _costs[start] = end - start < LeastLength ? double.PositiveInfinity : _best[start] + Cost(start, end);
                if (_costs[start] + penalty < _best[end])
                {
                    (_best[end], _previous[end]) = (_costs[start] + penalty, start);
                }
            }

            var kept = 0;
            for (var i = 0; i < count; i++)
            {
                var start = _starts[i];
                if (_until[start] == int.MaxValue && end - start >= LeastLength && _costs[start] >= _best[end])
                {
                    _until[start] = end + LeastLength;
                }

                if (_until[start] > end + 1)
                {
                    _starts[kept++] = start;
                }
            }

            count = kept;
            if (_best[end] < double.PositiveInfinity)
            {
                _starts[count++] = end;
            }
        }
    }

    /// <summary>Twice the negative logarithm of the likelihood of a segment, but for a constant per value.</summary>
    private double Cost(int start, int end)
    {
        var squares = Squares(start, end);
        var variance = Math.Max(squares / (end - start), _leastVariance);
        return ((end - start) * Math.Log(variance)) + (squares / variance);
    }

    private Segment SegmentOf(int start, int end) => new(
        start, end, _center + ((_first[end] - _first[start]) / (end - start)), Math.Sqrt(Squares(start, end) / Math.Max(1, end - start - 1)));

    /// <summary>Sum of the squared distances from the segment's mean.</summary>
    private double Squares(int start, int end)
    {
        var sum = _first[end] - _first[start];
        return Math.Max(0, _second[end] - _second[start] - (sum * sum / (end - start)));
    }
}

/// <summary>Values between two changes.</summary>
/// <param name="Start">Place of the first one, from 0.</param>
/// <param name="End">Place after the last one.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">Their standard deviation.</param>
internal readonly record struct Segment(int Start, int End, double Mean, double Deviation);
