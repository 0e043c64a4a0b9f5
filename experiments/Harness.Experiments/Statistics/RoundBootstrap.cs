using System.Runtime.CompilerServices;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Statistics;

/// <summary>
/// Percentile bootstrap (Efron) of geometric means, over rounds: whole rounds are drawn anew with replacement, the same ones for every program, so
/// that what hits a whole round is counted once. Where a claim is about programs in general, programs are drawn anew as well (hierarchical, after
/// Kalibera and Jones 2013), and the interval is widened, since there are few of them (<see cref="WideningFor"/>). Seeded, so that the same results give the same intervals. The percentile interval is chosen over the BCa one because
/// the latter's acceleration is estimated by the jackknife, which fails for medians. Its loops run millions of times within a second, and are compiled for that at once: a command would be over before
/// .NET had got to it.
/// </summary>
internal sealed class RoundBootstrap
{
    private const int MostDraws = 4_000_000;

    private readonly Dictionary<int, int> _indexOfRound;
    private readonly byte[][] _drawn;
    private readonly int _seed;

    // Which programs each draw has, for the last number of programs that was asked for: every mean over so many draws the same.
    private int[] _drawnPrograms = [];
    private int _drawnFrom;

    // The logarithms of the medians of each program and draw, for the mean that is being computed.
    private double[] _logarithms = [];

    /// <summary>Draws rounds.</summary>
    /// <param name="rounds">The rounds of the sweep.</param>
    /// <param name="seed">Seed of the random numbers.</param>
    /// <param name="mostResamples">Number of draws; fewer where there are very many rounds.</param>
    public RoundBootstrap(IReadOnlyCollection<int> rounds, int seed, int mostResamples = 10_000)
    {
        _seed = seed;
        _indexOfRound = rounds.Order().Select((round, index) => (round, index)).ToDictionary(pair => pair.round, pair => pair.index);
        var random = new MersenneTwister(seed, threadSafe: false);
        _drawn = new byte[Math.Clamp(MostDraws / Math.Max(1, rounds.Count), Math.Min(1_000, mostResamples), mostResamples)][];
        for (var i = 0; i < _drawn.Length; i++)
        {
            var counts = new byte[rounds.Count];
            for (var j = 0; j < counts.Length; j++)
            {
                var round = random.Next(counts.Length);
                if (counts[round] < byte.MaxValue)
                {
                    counts[round]++;
                }
            }

            _drawn[i] = counts;
        }
    }

    /// <summary>The median of each draw of rounds, of a sample; the sample's own where a draw has none of its rounds.</summary>
    public double[] MediansOf(Sample sample)
    {
        var (places, total) = PlacesOf(sample);
        var sorted = sample.SortedSpan;
        var medians = new double[_drawn.Length];
        for (var i = 0; i < medians.Length; i++)
        {
            var (lower, upper) = Middle(places, _drawn[i], total);
            medians[i] = lower < 0 ? sample.Median : (sorted[lower] + sorted[upper]) / 2;
        }

        return medians;
    }

    /// <summary>The geometric mean, over workloads, of the ratio of two samples each.</summary>
    /// <param name="workloads">The two samples of each workload.</param>
    /// <param name="programs">Name of the program that each workload is of; null where each is one of its own. What one program times several of is chosen together with it, so that a claim about programs like these draws all of them or none.</param>
    public GeometricMean Mean(IReadOnlyList<(Sample Numerator, Sample Denominator)> workloads, IReadOnlyList<string>? programs = null)
    {
        var ratios = workloads.Select(pair => pair.Numerator.DividedBy(pair.Denominator)).ToList();
        var value = Math.Exp(workloads.Zip(ratios, (pair, paired) => Math.Log(Ratio.ValueOf(pair.Numerator, pair.Denominator, paired))).Average());
        if (ratios.Any(sample => sample.Count < MedianInterval.LeastValues))
        {
            return new GeometricMean(Estimate.Without(value), Estimate.Without(value), workloads.Count);
        }

        if (_logarithms.Length < _drawn.Length * ratios.Count)
        {
            _logarithms = new double[_drawn.Length * ratios.Count];
        }

        for (var j = 0; j < ratios.Count; j++)
        {
            TakeLogarithmsOfMedians(ratios[j], _logarithms.AsSpan(j * _drawn.Length, _drawn.Length));
        }

        int[][] members = programs is null ? [.. Enumerable.Range(0, ratios.Count).Select(place => (int[])[place])] : [.. Enumerable.Range(0, ratios.Count).GroupBy(place => programs[place]).Select(program => program.ToArray())];
        var (measured, general) = Average(ratios.Count, members);

        return new GeometricMean(
            Interval(value, measured), members.Length < MedianInterval.LeastValues ? Estimate.Without(value) : Interval(value, general).Widened(WideningFor(members.Length)), workloads.Count);
    }

    /// <summary>
    /// By what the interval of a mean of few drawn things is to be widened, on the scale on which they are averaged: draws from n values vary as if these were all there are, by a share of (n − 1)/n of the
    /// variance, and their quantiles are those of the normal distribution, not of Student's with n − 1 degrees of freedom (Hesterberg 2015). Without it the interval for programs like six programs
    /// holds the truth in 86 of 100 cases.
    /// </summary>
    /// <param name="count">How many things were measured; at least two.</param>
    public static double WideningFor(int count)
    {
        const double upper = (1 + MedianInterval.Confidence) / 2;
        return StudentT.InvCDF(0, 1, count - 1, upper) * Math.Sqrt(count / (count - 1.0)) / Normal.InvCDF(0, 1, upper);
    }

    /// <summary>The geometric means of all workloads, and of those of the programs that are drawn, in each draw of rounds.</summary>
    /// <param name="workloads">The number of workloads.</param>
    /// <param name="members">The places of each program's workloads.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (double[] OfThese, double[] OfDrawn) Average(int workloads, int[][] members)
    {
        var programs = members.Length;
        var chosen = DrawPrograms(programs);
        var draws = _drawn.Length;
        var (ofThese, ofDrawn) = (new double[draws], new double[draws]);
        for (var i = 0; i < draws; i++)
        {
            var these = 0.0;
            for (var j = 0; j < workloads; j++)
            {
                these += _logarithms[(j * draws) + i];
            }

            var (others, count) = (0.0, 0);
            for (var j = 0; j < programs; j++)
            {
                var places = members[chosen[(i * programs) + j]];
                count += places.Length;
                foreach (var place in places)
                {
                    others += _logarithms[(place * draws) + i];
                }
            }

            ofThese[i] = Math.Exp(these / workloads);
            ofDrawn[i] = Math.Exp(others / count);
        }

        return (ofThese, ofDrawn);
    }

    /// <summary>The logarithms of what <see cref="MediansOf"/> gives. Most draws have an odd number of values and one of these in the middle, so that few logarithms are computed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TakeLogarithmsOfMedians(Sample sample, Span<double> ofMedians)
    {
        var (places, total) = PlacesOf(sample);
        var sorted = sample.SortedSpan;
        var ofValues = new double[sorted.Length];
        for (var i = 0; i < ofValues.Length; i++)
        {
            ofValues[i] = Math.Log(sorted[i]);
        }

        for (var i = 0; i < ofMedians.Length; i++)
        {
            var (lower, upper) = Middle(places, _drawn[i], total);
            ofMedians[i] = lower < 0 ? Math.Log(sample.Median) : lower == upper ? ofValues[lower] : Math.Log((sorted[lower] + sorted[upper]) / 2);
        }
    }

    /// <summary>The places, among the rounds of the sweep, of the rounds of a sample's values in ascending order; and how many values each draw has of it, -1 where that differs.</summary>
    private (int[] Places, int Total) PlacesOf(Sample sample)
    {
        int[] places = [.. sample.Rounds.Select(round => _indexOfRound[round])];

        // A draw has as many rounds as the sweep. Of more rounds than a byte counts, a draw may have lost some.
        var hasAll = places.Length == _indexOfRound.Count && places.Length <= byte.MaxValue && places.Distinct().Count() == places.Length;
        return (places, hasAll ? places.Length : -1);
    }

    /// <summary>Draws programs with replacement, as many as there are, for each draw of rounds.</summary>
    private int[] DrawPrograms(int count)
    {
        if (_drawnFrom == count)
        {
            return _drawnPrograms;
        }

        var random = new MersenneTwister(unchecked(_seed + 7919), threadSafe: false);
        var chosen = new int[checked(_drawn.Length * count)];
        for (var i = 0; i < chosen.Length; i++)
        {
            chosen[i] = random.Next(count);
        }

        (_drawnPrograms, _drawnFrom) = (chosen, count);
        return chosen;
    }

    /// <summary>
    /// Which of a sample's values, in ascending order, are in the middle of a draw: of an odd number the same one twice, of an even number the two between which the median is; -1 where the draw
    /// has none.
    /// </summary>
    /// <param name="places">The places of the values' rounds.</param>
    /// <param name="counts">How often the draw has each round.</param>
    /// <param name="total">How many values the draw has; -1 where that is to be counted.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (int Lower, int Upper) Middle(int[] places, byte[] counts, int total)
    {
        if (total < 0)
        {
            total = 0;
            foreach (var place in places)
            {
                total += counts[place];
            }
        }

        if (total == 0)
        {
            return (-1, -1);
        }

        // The places of the middle two, counted from 0.
        var (lower, upper) = ((total - 1) / 2, total / 2);
        var i = 0;
        var passed = (int)counts[places[0]];
        while (passed <= lower)
        {
            passed += counts[places[++i]];
        }

        var first = i;
        while (passed <= upper)
        {
            passed += counts[places[++i]];
        }

        return (first, i);
    }

    private static Estimate Interval(double value, double[] draws)
    {
        Array.Sort(draws);
        return new Estimate(value, SortedArrayStatistics.Quantile(draws, (1 - MedianInterval.Confidence) / 2), SortedArrayStatistics.Quantile(draws, (1 + MedianInterval.Confidence) / 2));
    }
}

/// <summary>A geometric mean over workloads, with an interval for each of two claims.</summary>
/// <param name="Measured">For the claim about just these programs: repetitions are random, programs are not.</param>
/// <param name="General">For a claim about programs like these: programs are random, too, and these are only some of them.</param>
/// <param name="Programs">Number of workloads, each of which counts once, whatever program times it.</param>
internal readonly record struct GeometricMean(Estimate Measured, Estimate General, int Programs);
