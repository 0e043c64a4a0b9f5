using MathNet.Numerics.Distributions;

namespace Harness.Experiments.Statistics;

/// <summary>
/// The ratio of two samples that were not measured in the same rounds: the median of the ratios of all pairs of a value of one and a value of the other
/// (Hodges and Lehmann 1963, on logarithms). Its interval holds the ratios that the Mann–Whitney test does not reject: it assumes no distribution.
/// </summary>
internal static class IndependentRatio
{
    private const int LargestExact = 60;

    /// <summary>Values of a sample beyond which it is thinned out evenly: the pairs of more would take long and say no more.</summary>
    private const int MostValues = 500;

    /// <summary>The ratio of two samples of positive values.</summary>
    public static Estimate Of(Sample numerator, Sample denominator)
    {
        var (first, second) = (Thin(numerator.Sorted), Thin(denominator.Sorted));
        var ratios = new double[first.Length * second.Length];
        for (var i = 0; i < first.Length; i++)
        {
            for (var j = 0; j < second.Length; j++)
            {
                ratios[(i * second.Length) + j] = first[i] / second[j];
            }
        }

        Array.Sort(ratios);
        var middle = ratios.Length % 2 == 1 ? ratios[ratios.Length / 2] : Math.Sqrt(ratios[(ratios.Length / 2) - 1] * ratios[ratios.Length / 2]);
        if (Math.Min(first.Length, second.Length) < MedianInterval.LeastValues)
        {
            return Estimate.Without(middle);
        }

        var rank = Math.Clamp(LowerRank(first.Length, second.Length), 1, (ratios.Length + 1) / 2);
        return new Estimate(middle, ratios[rank - 1], ratios[^rank]);
    }

    /// <summary>The rank, from 1, of the ratio at the lower end.</summary>
    private static int LowerRank(int m, int n)
    {
        const double tail = (1 - MedianInterval.Confidence) / 2;
        if (m + n <= LargestExact)
        {
            var orders = MannWhitney.OrdersUpTo(m, n);
            for (var u = 0; u < orders.Count; u++)
            {
                if (orders[u] / orders[^1] >= tail)
                {
                    return u;
                }
            }
        }

        var deviation = Math.Sqrt(m * (double)n * (m + n + 1) / 12);
        return (int)Math.Floor((m * (double)n / 2) + (Normal.InvCDF(0, 1, tail) * deviation));
    }

    private static double[] Thin(IReadOnlyList<double> sorted)
    {
        if (sorted.Count <= MostValues)
        {
            return [.. sorted];
        }

        return [.. Enumerable.Range(0, MostValues).Select(i => sorted[(int)((i + 0.5) * sorted.Count / MostValues)])];
    }
}
