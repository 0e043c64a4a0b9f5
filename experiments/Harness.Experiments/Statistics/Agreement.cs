using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;
using MathNet.Numerics.Distributions;

namespace Harness.Experiments.Statistics;

/// <summary>
/// What the statistics make of no difference: pairs of configurations with the same knobs are compared as if they were different ones. Their speedup is 1, so
/// that of 95% intervals 95 in 100 must hold 1, and of tests at 5% at most 5 in 100 may find a difference.
/// </summary>
internal sealed class Agreement
{
    private Agreement(IReadOnlyList<AgreementPair> pairs, IReadOnlyList<Estimate> means, int rounds)
    {
        (Pairs, Means, Rounds) = (pairs, means, rounds);
    }

    /// <summary>Every pair of every workload and engine.</summary>
    public IReadOnlyList<AgreementPair> Pairs { get; }

    /// <summary>The geometric mean, over the workloads, of each pair of configurations.</summary>
    public IReadOnlyList<Estimate> Means { get; }

    /// <summary>Rounds that both sides of a pair have, of the pair that has most.</summary>
    public int Rounds { get; }

    /// <summary>
    /// Whether the corrected tests could find a difference at all: the least p that the signed-rank test has after so many rounds is 2 in 2 to the power of their number, which Holm's
    /// correction multiplies by the number of tests.
    /// </summary>
    public bool CanFindCorrected => 2 / Math.Pow(2, Rounds) * Pairs.Count < 0.05;

    /// <summary>Share of the intervals that hold 1, with the interval of Clopper and Pearson (1934) for what it would be in the long run.</summary>
    public Estimate Coverage => Share(Pairs.Count(pair => pair.IsCovered), Pairs.Count);

    /// <summary>Share of the tests that find a difference at 5%, uncorrected.</summary>
    public Estimate FalsePositives => Share(Pairs.Count(pair => pair.PValue < 0.05), Pairs.Count);

    /// <summary>Number of tests that find a difference after Holm's correction: more than none in at most 5 of 100 sweeps.</summary>
    public int CorrectedFalsePositives => Pairs.Count(pair => pair.AdjustedPValue < 0.05);

    /// <summary>Compares the pairs of a sweep; null where no two configurations have the same knobs.</summary>
    /// <exception cref="HarnessException">There are too few repetitions for intervals.</exception>
    public static Agreement? Of(SweepDefinition sweep, SweepSummary summary) => Twins(sweep).Count == 0
        ? null
        : Find(sweep, summary) ?? throw new HarnessException($"sweep '{sweep.Name}' has too few repetitions to compare a configuration with itself: intervals need {MedianInterval.LeastValues}");

    /// <summary>The same; null also where there are too few repetitions for intervals.</summary>
    public static Agreement? Find(SweepDefinition sweep, SweepSummary summary)
    {
        var twins = Twins(sweep);
        var compared = (
            from engine in summary.Engines
            from workload in summary.Workloads
            from twin in twins
            let a = summary.FindSample(engine, twin.A, workload.Name)
            let b = summary.FindSample(engine, twin.B, workload.Name)
            where a is not null && b is not null
            let ratio = Ratio.Of(a, b)
            where ratio.HasInterval
            select (Pair: new AgreementPair(new Cell(engine, twin.A, workload.Name), twin.B, ratio, Difference.Between(a, b).PValue, 1), Rounds: a.DividedBy(b).Count)).ToList();
        var pairs = compared.ConvertAll(pair => pair.Pair);
        if (pairs.Count == 0)
        {
            return null;
        }

        var adjusted = Holm.Adjust([.. pairs.Select(pair => pair.PValue)]);
        var means =
            from engine in summary.Engines
            from twin in twins
            let mean = summary.Mean(summary.CommonWorkloads(engine), (engine, twin.A), (engine, twin.B))
            where mean is { Measured.HasInterval: true }
            select mean.Value.Measured;
        return new Agreement([.. pairs.Select((pair, i) => pair with { AdjustedPValue = adjusted[i] })], [.. means], compared.Max(pair => pair.Rounds));
    }

    /// <summary>Pairs of configurations with the same knobs, each configuration in one pair at most, so that pairs do not depend on each other.</summary>
    private static List<(string A, string B)> Twins(SweepDefinition sweep) =>
    [
        .. sweep.Configurations
            .GroupBy(configuration => string.Join('\n', configuration.Knobs.OrderBy(knob => knob.Key, StringComparer.Ordinal).Select(knob => $"{knob.Key}={knob.Value}")))
            .SelectMany(group => group.Chunk(2))
            .Where(pair => pair.Length == 2)
            .Select(pair => (pair[0].Name, pair[1].Name)),
    ];

    private static Estimate Share(int count, int total)
    {
        const double tail = (1 - MedianInterval.Confidence) / 2;
        return new Estimate(
            (double)count / total,
            count == 0 ? 0 : Beta.InvCDF(count, total - count + 1, tail),
            count == total ? 1 : Beta.InvCDF(count + 1, total - count, 1 - tail));
    }
}

/// <summary>A configuration that is compared with another one of the same knobs.</summary>
/// <param name="A">The cell of the first one.</param>
/// <param name="B">Name of the second one.</param>
/// <param name="Ratio">The speedup of the second over the first: in truth 1.</param>
/// <param name="PValue">The signed-rank test.</param>
/// <param name="AdjustedPValue">The same after Holm's correction over all pairs.</param>
internal sealed record AgreementPair(Cell A, string B, Estimate Ratio, double PValue, double AdjustedPValue)
{
    /// <summary>Whether the interval holds the truth.</summary>
    public bool IsCovered => Ratio.Low <= 1 && 1 <= Ratio.High;
}
