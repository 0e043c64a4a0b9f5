using System.Collections.Concurrent;
using MathNet.Numerics.Distributions;

namespace Harness.Experiments.Statistics;

/// <summary>
/// The Wilcoxon signed-rank test: whether the values of pairs differ in one direction, without assuming a distribution. The pairs are repetitions of
/// the same round, so that what a round did to both cancels out. Up to 60 pairs it is exact, ties included, which share the middle of their ranks: all
/// signs are equally probable, whatever the ranks are. Of more pairs it is the normal approximation with corrections for ties and continuity.
/// </summary>
internal static class SignedRank
{
    private const int LargestExact = 60;

    // The cells of a sweep have the same few numbers of pairs.
    private static readonly ConcurrentDictionary<int, double[]> KnownSets = new();

    /// <summary>Two-sided probability of a difference at least as large, if there were none; 1 where no pair differs.</summary>
    /// <param name="differences">The differences of the pairs; zeros are left out (Wilcoxon's treatment).</param>
    public static double PValue(IEnumerable<double> differences) => Test(differences).PValue;

    /// <summary>The same with the direction of the difference.</summary>
    /// <param name="differences">The differences of the pairs; zeros are left out (Wilcoxon's treatment).</param>
    public static RankTest Test(IEnumerable<double> differences)
    {
        var ordered = differences.Where(difference => difference != 0).OrderBy(Math.Abs).ToArray();
        var count = ordered.Length;
        if (count == 0)
        {
            return new RankTest(1, 0);
        }

        // Twice the ranks, which are whole numbers where ties share the middle of theirs, too.
        var ranks = new int[count];
        var positive = 0;
        double tieTerm = 0;
        for (var start = 0; start < count;)
        {
            var end = start + 1;
            while (end < count && Math.Abs(ordered[end]).Equals(Math.Abs(ordered[start])))
            {
                end++;
            }

            for (var i = start; i < end; i++)
            {
                ranks[i] = start + 1 + end;
                positive += ordered[i] > 0 ? ranks[i] : 0;
            }

            double tied = end - start;
            tieTerm += (tied * tied * tied) - tied;
            start = end;
        }

        var sum = count * (count + 1);
        var smaller = Math.Min(positive, sum - positive);
        var p = count > LargestExact ? Approximate(positive / 2.0, sum / 2.0, count, tieTerm)
            : Exact(tieTerm == 0 ? KnownSets.GetOrAdd(count, SetsWithoutTies)[smaller / 2] : SetsUpTo(ranks, smaller)[^1], count);
        return new RankTest(p, Math.Sign((2 * positive) - sum));
    }

    /// <summary>The smallest number of pairs with which any of several tests can show a difference once they are corrected after Holm: even if all pairs differ in one direction, n of them have the probability 2^(1−n).</summary>
    /// <param name="tests">How many tests are corrected together, at least one.</param>
    public static int LeastPairs(int tests)
    {
        var pairs = 1;
        while (tests * Math.Pow(2, 1 - pairs) >= Holm.Level)
        {
            pairs++;
        }

        return pairs;
    }

    private static double Exact(double sets, int count) => Math.Min(1, 2 * sets / Math.Pow(2, count));

    private static double[] SetsWithoutTies(int count) => SetsUpTo([.. Enumerable.Range(1, count)], count * (count + 1) / 2);

    /// <summary>The number of sets of signs whose sum of positive ranks is at most 0, 1 …: from a product of the polynomials 1 + x^rank, which counts those of each sum.</summary>
    private static double[] SetsUpTo(int[] ranks, int most)
    {
        var sets = new double[most + 1];
        sets[0] = 1;
        foreach (var rank in ranks)
        {
            for (var sum = most; sum >= rank; sum--)
            {
                sets[sum] += sets[sum - rank];
            }
        }

        for (var sum = 1; sum < sets.Length; sum++)
        {
            sets[sum] += sets[sum - 1];
        }

        return sets;
    }

    private static double Approximate(double positive, double sum, int count, double tieTerm)
    {
        var variance = (count * (count + 1.0) * ((2 * count) + 1) / 24) - (tieTerm / 48);
        var distance = Math.Max(0, Math.Abs(positive - (sum / 2)) - 0.5);
        return Math.Min(1, 2 * Normal.CDF(0, 1, -distance / Math.Sqrt(variance)));
    }
}

/// <summary>What a test of ranks says of two samples.</summary>
/// <param name="PValue">Two-sided probability of a difference at least as large, if there were none.</param>
/// <param name="Direction">The sign of the rank sum less what it would be on average, were there no difference: 1 where the first sample tends to larger values, -1 where to smaller ones.</param>
internal readonly record struct RankTest(double PValue, int Direction);
