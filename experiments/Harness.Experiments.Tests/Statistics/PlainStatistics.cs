using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Tests.Statistics;

/// <summary>
/// The statistics of a sweep in their plainest form: each is computed as its definition says, from the values alone, and nothing is remembered. It takes long, and what the
/// harness computes must be the same to the last digit.
/// </summary>
internal sealed class PlainStatistics
{
    private const double Confidence = 0.95;
    private const int LeastValues = 6;

    private readonly int _seed;

    /// <summary>How often each draw has each round, by its number.</summary>
    private readonly int[][] _draws;

    /// <summary>Draws rounds with replacement, as many as there are, from 1,000 to 10,000 times.</summary>
    public PlainStatistics(IReadOnlyList<Measurement> rows, int seed)
    {
        _seed = seed;
        int[] rounds = [.. rows.Select(row => row.Repetition).Distinct().Order()];
        var cells = rows.Select(row => row.Key.Cell).Distinct().Count();
        var most = Math.Clamp(10_000_000 / cells, 1_000, 10_000);
        var random = new MersenneTwister(seed);
        _draws = [.. Enumerable.Range(0, Math.Clamp(4_000_000 / rounds.Length, 1_000, most)).Select(_ => Draw())];

        int[] Draw()
        {
            var counts = new int[rounds[^1] + 1];
            for (var i = 0; i < rounds.Length; i++)
            {
                counts[rounds[random.Next(rounds.Length)]]++;
            }

            return counts;
        }
    }

    /// <summary>The median with the interval of Hettmansperger and Sheather.</summary>
    public static Estimate MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        var n = sorted.Length;
        if (n < LeastValues)
        {
            return Estimate.Without(SortedArrayStatistics.Median(sorted));
        }

        var k = Enumerable.Range(1, n / 2).Last(rank => rank == 1 || Coverage(rank) >= Confidence);
        var step = (Coverage(k) - Confidence) / (Coverage(k) - Coverage(k + 1));
        var weight = (n - k) * step / (k + ((n - (2 * k)) * step));
        return new Estimate(
            SortedArrayStatistics.Median(sorted), ((1 - weight) * sorted[k - 1]) + (weight * sorted[k]), ((1 - weight) * sorted[n - k]) + (weight * sorted[n - k - 1]));

        double Coverage(int rank) => 1 - (2 * Binomial.CDF(0.5, n, rank - 1));
    }

    /// <summary>The p-value of the signed-rank test, by counting sets of signs by twice the rank sum, ties in the middle of their ranks; null where the test is not the exact one.</summary>
    public static double? SignedRank(IEnumerable<double> ratios)
    {
        double[] differences = [.. ratios.Select(ratio => Math.Log(ratio)).Where(difference => difference != 0)];
        if (differences.Length is 0 or > 60)
        {
            return null;
        }

        int[] ranks = [.. differences.Select(difference => (2 * differences.Count(other => Math.Abs(other) < Math.Abs(difference))) + 1 + differences.Count(other => Math.Abs(other).Equals(Math.Abs(difference))))];
        var positive = differences.Zip(ranks, (difference, rank) => difference > 0 ? rank : 0).Sum();
        var smaller = Math.Min(positive, ranks.Sum() - positive);
        var sets = new double[smaller + 1];
        sets[0] = 1;
        foreach (var rank in ranks)
        {
            for (var sum = smaller; sum >= rank; sum--)
            {
                sets[sum] += sets[sum - rank];
            }
        }

        return Math.Min(1, 2 * sets.Sum() / Math.Pow(2, differences.Length));
    }

    /// <summary>Cliff's delta, over all pairs.</summary>
    public static double CliffsDelta(IReadOnlyCollection<double> first, IReadOnlyCollection<double> second) =>
        (2 * first.Sum(a => second.Sum(b => a > b ? 1 : a.Equals(b) ? 0.5 : 0)) / (first.Count * second.Count)) - 1;

    /// <summary>The geometric mean of ratios, each by round, with the intervals for just these programs and for programs like these.</summary>
    /// <param name="workloads">The ratios of each workload.</param>
    /// <param name="programs">The program of each workload; those of one are drawn together.</param>
    public GeometricMean Mean(IReadOnlyList<IReadOnlyDictionary<int, double>> workloads, IReadOnlyList<string> programs)
    {
        var value = Math.Exp(workloads.Average(workload => Math.Log(MedianOf(workload.Values).Value)));
        if (workloads.Any(workload => workload.Count < LeastValues))
        {
            return new GeometricMean(Estimate.Without(value), Estimate.Without(value), workloads.Count);
        }

        string[] names = [.. programs.Distinct()];
        var ordered = workloads.Select(workload => workload.OrderBy(pair => pair.Value).ToArray()).ToArray();
        var measured = new List<double>();
        var general = new List<double>();
        var random = new MersenneTwister(unchecked(_seed + 7919));
        foreach (var draw in _draws)
        {
            var medians = ordered.Select(workload => MedianOf(workload, draw)).ToArray();
            measured.Add(Math.Exp(medians.Sum(median => Math.Log(median)) / medians.Length));
            List<double> drawn = [];
            for (var i = 0; i < names.Length; i++)
            {
                var name = names[random.Next(names.Length)];
                drawn.AddRange(medians.Where((_, place) => programs[place] == name));
            }

            general.Add(Math.Exp(drawn.Sum(median => Math.Log(median)) / drawn.Count));
        }

        return new GeometricMean(Interval(value, measured), names.Length < LeastValues ? Estimate.Without(value) : ForFew(Interval(value, general), names.Length), workloads.Count);
    }

    /// <summary>The interval of a mean of n values that were drawn: Student's quantile instead of the normal one, and the variance of n values for that of all.</summary>
    private static Estimate ForFew(Estimate interval, int n)
    {
        var factor = StudentT.InvCDF(0, 1, n - 1, (1 + Confidence) / 2) * Math.Sqrt(n / (n - 1.0)) / Normal.InvCDF(0, 1, (1 + Confidence) / 2);
        return new Estimate(interval.Value, Farther(interval.Low), Farther(interval.High));

        double Farther(double end) => interval.Value * Math.Pow(end / interval.Value, factor);
    }

    /// <summary>The median of what a draw has of a program, whose ratios are in ascending order.</summary>
    private static double MedianOf(KeyValuePair<int, double>[] program, int[] draw)
    {
        var drawn = new List<double>();
        foreach (var (round, ratio) in program)
        {
            for (var i = 0; i < draw[round]; i++)
            {
                drawn.Add(ratio);
            }
        }

        return drawn.Count == 0 ? SortedArrayStatistics.Median([.. program.Select(pair => pair.Value)]) : (drawn[(drawn.Count - 1) / 2] + drawn[drawn.Count / 2]) / 2;
    }

    private static Estimate Interval(double value, List<double> means)
    {
        double[] sorted = [.. means.Order()];
        return new Estimate(value, SortedArrayStatistics.Quantile(sorted, (1 - Confidence) / 2), SortedArrayStatistics.Quantile(sorted, (1 + Confidence) / 2));
    }
}
