using System.Collections.Concurrent;
using MathNet.Numerics.Distributions;

namespace Harness.Experiments.Statistics;

/// <summary>
/// The Mann–Whitney U test: whether one of two samples tends to larger values, without assuming a distribution. Where both together have up to 60 values it is exact: every choice of
/// as many values as the first sample has is equally probable, and with ties, which share the middle of their ranks, these choices are counted by their rank sum. Of more values it is the normal
/// approximation with corrections for ties and continuity.
/// </summary>
/// <param name="U">Pairs in which the first sample's value is larger; ties count half.</param>
/// <param name="PValue">Two-sided probability of a difference at least as large, if there were none.</param>
/// <param name="EffectSize">
/// Cliff's delta: 1 if every value of the first sample is larger than every one of the second, -1 if smaller, 0 if evenly mixed.
/// </param>
internal readonly record struct MannWhitney(double U, double PValue, double EffectSize)
{
    private const int LargestExact = 60;

    /// <summary>The test with its direction: the sign of U less what it would be on average, were there no difference.</summary>
    public RankTest Test => new(PValue, EffectSize > 0 ? 1 : EffectSize < 0 ? -1 : 0);

    // The cells of a sweep have the same few sizes of samples.
    private static readonly ConcurrentDictionary<(int M, int N), double[]> KnownOrders = new();

    public static MannWhitney Compare(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        var (u, tieTerm, ranks) = Rank(first, second);
        var (m, n) = (first.Count, second.Count);
        var p = m + n > LargestExact ? ApproximatePValue(u, m, n, tieTerm) : tieTerm == 0 ? ExactPValue(u, m, n) : TiedPValue(u, m, n, ranks);
        return new MannWhitney(u, p, EffectOf(u, m, n));
    }

    /// <summary>The effect size alone, of samples in ascending order.</summary>
    public static double CliffsDelta(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        double u = 0;
        var (smaller, notLarger) = (0, 0);
        foreach (var value in first)
        {
            while (smaller < second.Length && second[smaller].CompareTo(value) < 0)
            {
                smaller++;
            }

            while (notLarger < second.Length && second[notLarger].CompareTo(value) <= 0)
            {
                notLarger++;
            }

            u += (smaller + notLarger) / 2.0;
        }

        return EffectOf(u, first.Length, second.Length);
    }

    private static double EffectOf(double u, int m, int n) => (2 * u / ((double)m * n)) - 1;

    /// <summary>U of the first sample, the sum of t³ − t over groups of t tied values, and twice the rank of each value of both samples in ascending order.</summary>
    private static (double U, double TieTerm, int[] Ranks) Rank(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        var sorted = first.Select(value => (value, isFirst: true)).Concat(second.Select(value => (value, isFirst: false))).OrderBy(pair => pair.value).ToArray();
        var ranks = new int[sorted.Length];
        double rankSum = 0;
        double tieTerm = 0;
        for (var start = 0; start < sorted.Length;)
        {
            var end = start + 1;
            while (end < sorted.Length && sorted[end].value.Equals(sorted[start].value))
            {
                end++;
            }

            var rank = (start + 1 + end) / 2.0;
            for (var i = start; i < end; i++)
            {
                ranks[i] = start + 1 + end;
                rankSum += sorted[i].isFirst ? rank : 0;
            }

            double tied = end - start;
            tieTerm += (tied * tied * tied) - tied;
            start = end;
        }

        return (rankSum - (first.Count * (first.Count + 1) / 2.0), tieTerm, ranks);
    }

    /// <summary>The number of orders of m and n values whose U is at most 0, 1 … m·n. It is for small samples, and remembered.</summary>
    public static IReadOnlyList<double> OrdersUpTo(int m, int n) => KnownOrders.GetOrAdd((m, n), static sizes =>
    {
        var counts = CountOrders(sizes.M, sizes.N);
        for (var u = 1; u < counts.Length; u++)
        {
            counts[u] += counts[u - 1];
        }

        return counts;
    });

    /// <summary>The number of orders of m and n values that have each U, from 0 to m·n: the recurrence of Mann and Whitney, as a product of polynomials.</summary>
    private static double[] CountOrders(int m, int n)
    {
        var counts = new double[(m * n) + 1];
        counts[0] = 1;
        for (var i = 1; i <= m; i++)
        {
            for (var j = counts.Length - 1; j >= n + i; j--)
            {
                counts[j] -= counts[j - n - i];
            }

            for (var j = i; j < counts.Length; j++)
            {
                counts[j] += counts[j - i];
            }
        }

        return counts;
    }

    private static double ExactPValue(double u, int m, int n)
    {
        var orders = OrdersUpTo(m, n);
        var smaller = (int)Math.Min(u, (m * n) - u);
        var tail = orders[smaller] / orders[^1];
        return Math.Min(1, 2 * tail);
    }

    /// <summary>
    /// The share of the choices of m of all values whose rank sum is at least as far from its average as that of the first sample: with ties the distribution need not be even. The choices are counted
    /// by their number of values and twice their rank sum, value by value.
    /// </summary>
    private static double TiedPValue(double u, int m, int n, int[] ranks)
    {
        // Both samples are as far from their averages; the smaller one has fewer choices of less values.
        var chosen = Math.Min(m, n);
        var center = chosen * (m + n + 1);
        var distance = Math.Abs((int)(2 * u) - (m * n));
        if (distance == 0)
        {
            return 1;
        }

        var upTo = new int[ranks.Length + 1];
        for (var i = 0; i < ranks.Length; i++)
        {
            upTo[i + 1] = upTo[i] + ranks[i];
        }

        var largest = upTo[^1] - upTo[^(chosen + 1)];
        var choices = new double[chosen + 1][];
        for (var count = 0; count <= chosen; count++)
        {
            choices[count] = new double[largest + 1];
        }

        choices[0][0] = 1;
        for (var i = 0; i < ranks.Length; i++)
        {
            // Between the sums of the least and of the largest ranks so far lie all that as many of them can have.
            for (var count = Math.Min(i + 1, chosen); count > 0; count--)
            {
                var least = upTo[count - 1] + ranks[i];
                for (var sum = upTo[i + 1] - upTo[i + 1 - count]; sum >= least; sum--)
                {
                    choices[count][sum] += choices[count - 1][sum - ranks[i]];
                }
            }
        }

        var (far, all) = (0.0, 0.0);
        for (var sum = 0; sum <= largest; sum++)
        {
            all += choices[chosen][sum];
            far += Math.Abs(sum - center) >= distance ? choices[chosen][sum] : 0;
        }

        return far / all;
    }

    private static double ApproximatePValue(double u, int m, int n, double tieTerm)
    {
        double total = m + n;
        var variance = m * n / 12.0 * (total + 1 - (tieTerm / (total * (total - 1))));
        if (variance <= 0)
        {
            return 1;
        }

        var distance = Math.Max(0, Math.Abs(u - (m * n / 2.0)) - 0.5);
        return Math.Min(1, 2 * Normal.CDF(0, 1, -distance / Math.Sqrt(variance)));
    }
}
