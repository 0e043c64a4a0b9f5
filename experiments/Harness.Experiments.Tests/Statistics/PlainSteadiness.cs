using System.Globalization;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Tests.Statistics;

/// <summary>
/// Steady states in their plainest form: every pair of places is tried for a segment, and nothing is used again. It takes long, and what the harness finds must be the same to the last digit.
/// </summary>
internal static class PlainSteadiness
{
    /// <summary>The iterations of a row that can be compared with each other.</summary>
    public static double[] IterationsOf(Measurement row)
    {
        double[] all = [.. row.IterationsMs.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        var warmUp = Math.Min(row.WarmUpCalls - row.OmittedIterations, all.Length);
        var part = warmUp == 0 ? all : row.OmittedIterations + warmUp >= all.Length - warmUp ? all[..warmUp] : all[warmUp..];
        return [.. part.TakeLast(4_000)];
    }

    /// <summary>Classifies a process.</summary>
    public static ProcessSteadiness Of(double[] iterations)
    {
        var n = iterations.Length;
        if (n < 15)
        {
            return Make(SteadinessClass.TooShort, n);
        }

        var segments = Segments(iterations);
        var final = segments[^1];
        var alike = segments.AsEnumerable().Reverse().TakeWhile(segment => segment == final || AreAlike(segment)).Count();
        var steadyFrom = segments[^alike].Start;
        return n - steadyFrom < 0.25 * n ? Make(SteadinessClass.NoSteadyState, n)
            : steadyFrom == 0 ? Make(SteadinessClass.Flat, 0)
            : segments.SkipLast(alike).All(segment => segment.Mean > final.Mean || AreAlike(segment)) ? Make(SteadinessClass.WarmUp, steadyFrom)
            : Make(SteadinessClass.SlowDown, steadyFrom);

        bool AreAlike(Segment segment) => Math.Abs(segment.Mean - final.Mean) <= new[] { segment.Deviation, final.Deviation, 0.01 * final.Mean }.Max();

        ProcessSteadiness Make(SteadinessClass kind, int from) => new(kind, n, from, iterations.Take(from).Sum());
    }

    /// <summary>The segmentation with the least cost, by trying every last segment of every beginning.</summary>
    public static List<Segment> Segments(double[] values)
    {
        var n = values.Length;
        var center = values.Median();
        var least = Math.Max(1e-3 * center * 1e-3 * center, double.Epsilon);
        var sums = Running(values.Select(value => value - center));
        var squares = Running(values.Select(value => (value - center) * (value - center)));
        if (n < 6)
        {
            return n == 0 ? [] : [Make(0, n)];
        }

        var penalty = 15 * Math.Log(n);
        var best = new (double Cost, int Start)[n + 1];
        best[0] = (-penalty, 0);
        for (var end = 1; end <= n; end++)
        {
            best[end] = (double.PositiveInfinity, 0);
            for (var start = 0; start <= end - 3; start++)
            {
                var cost = best[start].Cost + Cost(start, end) + penalty;
                if (cost < best[end].Cost)
                {
                    best[end] = (cost, start);
                }
            }
        }

        var segments = new List<Segment>();
        for (var end = n; end > 0; end = best[end].Start)
        {
            segments.Insert(0, Make(best[end].Start, end));
        }

        return segments;

        double Squares(int start, int end)
        {
            var sum = sums[end] - sums[start];
            return Math.Max(0, squares[end] - squares[start] - (sum * sum / (end - start)));
        }

        double Cost(int start, int end)
        {
            var variance = Math.Max(Squares(start, end) / (end - start), least);
            return ((end - start) * Math.Log(variance)) + (Squares(start, end) / variance);
        }

        Segment Make(int start, int end) => new(start, end, center + ((sums[end] - sums[start]) / (end - start)), Math.Sqrt(Squares(start, end) / Math.Max(1, end - start - 1)));
    }

    private static List<double> Running(IEnumerable<double> values)
    {
        var sums = new List<double> { 0 };
        foreach (var value in values)
        {
            sums.Add(sums[^1] + value);
        }

        return sums;
    }
}
