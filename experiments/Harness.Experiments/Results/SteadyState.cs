using Harness.Experiments.Statistics;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Results;

/// <summary>When a process reached its steady state.</summary>
internal static class SteadyState
{
    private const int LastIterations = 10;
    private const double Tolerance = 1.05;

    /// <summary>
    /// The time, from the first iteration on, until the end of the last iteration that took more than 5% longer than the median of the last ten. A call that warms up may be shorter than
    /// a timed one, so that only the more numerous kind is looked at (<see cref="Steadiness.ComparablePart"/>): where these are the timed ones, the whole warm-up lies before it.
    /// </summary>
    /// <param name="iterations">All iterations of the process in order, in ms.</param>
    /// <param name="warmUpCalls">How many of them, from the first one, were of the warm-up.</param>
    /// <returns>The time in ms; 0 where all were steady, or where there are none.</returns>
    public static double After(IReadOnlyList<double> iterations, int warmUpCalls)
    {
        var (start, end) = Steadiness.ComparablePart(iterations.Count, warmUpCalls);
        if (end == start)
        {
            return 0;
        }

        var limit = iterations.Take(end).Skip(Math.Max(start, end - LastIterations)).Median() * Tolerance;
        var last = end - 1;
        while (last >= start && iterations[last] <= limit)
        {
            last--;
        }

        return iterations.Take(last + 1).Sum();
    }

    /// <summary>The same of a row, from its iterations: rows of formats before 7 have another number, for which calls of both kinds were compared with each other.</summary>
    /// <param name="row">The row.</param>
    /// <returns>The time in ms; what the row has where it has no iterations.</returns>
    public static double Of(Measurement row)
    {
        if (row.Format >= Measurement.SteadyByKindFormat || row.IterationsMs.Length == 0)
        {
            return row.SteadyAfterMs;
        }

        var iterations = new List<double>();
        Steadiness.Parse(row.IterationsMs, iterations);
        return After(iterations, row.WarmUpCalls);
    }
}
