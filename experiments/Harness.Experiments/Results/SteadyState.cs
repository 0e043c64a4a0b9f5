using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Results;

/// <summary>When a process reached its steady state.</summary>
internal static class SteadyState
{
    private const int LastIterations = 10;
    private const double Tolerance = 1.05;

    /// <summary>The time until the end of the last iteration that took more than 5% longer than the median of the last ten; 0 where there is none.</summary>
    /// <param name="iterations">All iterations of the process in order, in ms.</param>
    public static double After(IReadOnlyList<double> iterations)
    {
        if (iterations.Count == 0)
            return 0;
        var limit = iterations.TakeLast(LastIterations).Median() * Tolerance;
        var last = iterations.Count - 1;
        while (last >= 0 && iterations[last] <= limit)
            last--;
        return iterations.Take(last + 1).Sum();
    }
}
