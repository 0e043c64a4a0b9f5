using MathNet.Numerics.Random;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Statistics;

/// <summary>
/// Percentile bootstrap (Efron) of geometric means, over rounds: whole rounds are drawn anew with replacement, the same ones for every program, so
/// that what hits a whole round is counted once. Where a claim is about programs in general, programs are drawn anew as well (hierarchical, after
/// Kalibera and Jones 2013). Seeded, so that the same results give the same intervals. The percentile interval is chosen over the BCa one because
/// the latter's acceleration is estimated by the jackknife, which fails for medians.
/// </summary>
internal sealed class RoundBootstrap
{
    private const int MostDraws = 4_000_000;

    private readonly Dictionary<int, int> indexOfRound;
    private readonly byte[][] drawn;
    private readonly int seed;

    /// <summary>Draws rounds.</summary>
    /// <param name="rounds">The rounds of the sweep.</param>
    /// <param name="seed">Seed of the random numbers.</param>
    /// <param name="mostResamples">Number of draws; fewer where there are very many rounds.</param>
    public RoundBootstrap(IReadOnlyCollection<int> rounds, int seed, int mostResamples = 10_000)
    {
        this.seed = seed;
        indexOfRound = rounds.Order().Select((round, index) => (round, index)).ToDictionary(pair => pair.round, pair => pair.index);
        var random = new MersenneTwister(seed);
        drawn = new byte[Math.Clamp(MostDraws / Math.Max(1, rounds.Count), Math.Min(1_000, mostResamples), mostResamples)][];
        for (var i = 0; i < drawn.Length; i++)
        {
            var counts = new byte[rounds.Count];
            for (var j = 0; j < counts.Length; j++)
            {
                var round = random.Next(counts.Length);
                if (counts[round] < byte.MaxValue)
                    counts[round]++;
            }

            drawn[i] = counts;
        }
    }

    /// <summary>The median of each draw of rounds, of a sample; the sample's own where a draw has none of its rounds.</summary>
    public double[] MediansOf(Sample sample)
    {
        var places = sample.Rounds.Select(round => indexOfRound[round]).ToArray();
        var medians = new double[drawn.Length];
        for (var i = 0; i < medians.Length; i++)
            medians[i] = Median(sample, places, drawn[i]);
        return medians;
    }

    /// <summary>The geometric mean, over programs, of the ratio of two samples each.</summary>
    public GeometricMean Mean(IReadOnlyList<(Sample Numerator, Sample Denominator)> programs)
    {
        var value = Math.Exp(programs.Average(pair => Math.Log(Ratio.Of(pair.Numerator, pair.Denominator).Value)));
        var ratios = programs.Select(pair => pair.Numerator.DividedBy(pair.Denominator)).ToList();
        if (ratios.Any(sample => sample.Count < MedianInterval.LeastValues))
            return new GeometricMean(Estimate.Without(value), Estimate.Without(value), programs.Count);

        var medians = ratios.Select(MediansOf).ToArray();
        var measured = new double[drawn.Length];
        var general = new double[drawn.Length];
        var random = new MersenneTwister(unchecked(seed + 7919));
        for (var i = 0; i < drawn.Length; i++)
        {
            foreach (var program in medians)
            {
                measured[i] += Math.Log(program[i]);
                general[i] += Math.Log(medians[random.Next(medians.Length)][i]);
            }

            measured[i] = Math.Exp(measured[i] / medians.Length);
            general[i] = Math.Exp(general[i] / medians.Length);
        }

        return new GeometricMean(
            Interval(value, measured), programs.Count < MedianInterval.LeastValues ? Estimate.Without(value) : Interval(value, general), programs.Count);
    }

    private static double Median(Sample sample, int[] places, byte[] counts)
    {
        var total = 0;
        foreach (var place in places)
            total += counts[place];
        if (total == 0)
            return sample.Median;

        // Of an even number of values the median is between two: the values at these places, counted from 0.
        var (lower, upper) = ((total - 1) / 2, total / 2);
        var passed = 0;
        var low = double.NaN;
        for (var i = 0; i < places.Length; i++)
        {
            passed += counts[places[i]];
            if (double.IsNaN(low) && passed > lower)
                low = sample.Sorted[i];
            if (passed > upper)
                return (low + sample.Sorted[i]) / 2;
        }

        return sample.Median;
    }

    private static Estimate Interval(double value, double[] draws)
    {
        Array.Sort(draws);
        return new Estimate(value, SortedArrayStatistics.Quantile(draws, (1 - MedianInterval.Confidence) / 2), SortedArrayStatistics.Quantile(draws, (1 + MedianInterval.Confidence) / 2));
    }
}

/// <summary>A geometric mean over programs, with an interval for each of two claims.</summary>
/// <param name="Measured">For the claim about just these programs: repetitions are random, programs are not.</param>
/// <param name="General">For a claim about programs like these: programs are random, too.</param>
/// <param name="Programs">Number of programs.</param>
internal readonly record struct GeometricMean(Estimate Measured, Estimate General, int Programs);
