using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Statistics;

/// <summary>What a sweep's measurements say: each cell's median, its speedup over the baseline, and comparisons of engines.</summary>
internal sealed class SweepSummary
{
    private readonly SweepDefinition sweep;
    private readonly Dictionary<Cell, CellSummary> cells;
    private readonly Dictionary<Cell, double[]> times;

    public SweepSummary(SweepDefinition sweep, IReadOnlyList<Measurement> measurements)
    {
        this.sweep = sweep;
        var byCell = measurements.GroupBy(row => row.Key.Cell).ToDictionary(group => group.Key, group => group.ToArray());
        times = byCell.ToDictionary(pair => pair.Key, pair => pair.Value.Select(row => row.ExecuteMs).ToArray());
        cells = byCell.ToDictionary(pair => pair.Key, pair => Summarize(pair.Key, pair.Value));
        Engines = [.. measurements.Select(row => row.Engine).Distinct().Order(StringComparer.Ordinal)];
        Workloads = [.. sweep.Workloads.Where(workload => cells.Keys.Any(cell => cell.Workload == workload.Name))];
    }

    /// <summary>The engines that were measured.</summary>
    public IReadOnlyList<string> Engines { get; }

    /// <summary>The workloads that were measured.</summary>
    public IReadOnlyList<Workload> Workloads { get; }

    /// <summary>A cell's summary; null if it was not measured.</summary>
    public CellSummary? Find(string engine, string configuration, string workload) =>
        cells.GetValueOrDefault(new Cell(engine, configuration, workload));

    /// <summary>
    /// Geometric mean over the workloads of the speedup over the baseline; null where no workload was measured with both.
    /// </summary>
    public Estimate? MeanSpeedup(string engine, string configuration) =>
        configuration == sweep.Baseline
            ? new Estimate(1, 1, 1)
            : Mean(workload => (new Cell(engine, sweep.Baseline, workload), new Cell(engine, configuration, workload)));

    /// <summary>Geometric mean over the workloads of one engine's time divided by another's; null where no workload was measured on both.</summary>
    public Estimate? MeanRatio(string engine, string otherEngine, string configuration) =>
        Mean(workload => (new Cell(engine, configuration, workload), new Cell(otherEngine, configuration, workload)));

    /// <summary>One engine's time divided by another's; null where one of them was not measured.</summary>
    public Estimate? Ratio(string engine, string otherEngine, string configuration, string workload) =>
        times.TryGetValue(new Cell(engine, configuration, workload), out var own) && times.TryGetValue(new Cell(otherEngine, configuration, workload), out var other)
            ? Bootstrap.MedianRatio(own, other, sweep.Seed)
            : null;

    private Estimate? Mean(Func<string, (Cell Numerator, Cell Denominator)> pairOf)
    {
        var pairs = new List<(IReadOnlyList<double>, IReadOnlyList<double>)>();
        foreach (var workload in Workloads)
        {
            var (numerator, denominator) = pairOf(workload.Name);
            if (times.TryGetValue(numerator, out var above) && times.TryGetValue(denominator, out var below))
                pairs.Add((above, below));
        }

        return pairs.Count == 0 ? null : Bootstrap.GeometricMeanOfRatios(pairs, sweep.Seed);
    }

    private CellSummary Summarize(Cell cell, Measurement[] rows)
    {
        var sample = times[cell];
        var hasBaseline = times.TryGetValue(cell with { Configuration = sweep.Baseline }, out var baseline);
        var isBaseline = cell.Configuration == sweep.Baseline;
        return new CellSummary
        {
            Count = rows.Length,
            Time = Bootstrap.Median(sample, sweep.Seed),
            Speedup = isBaseline ? new Estimate(1, 1, 1) : hasBaseline ? Bootstrap.MedianRatio(baseline!, sample, sweep.Seed) : null,
            Difference = isBaseline || !hasBaseline ? null : MannWhitney.Compare(baseline!, sample),
            Outliers = CountOutliers(sample),
            Unsettled = rows.Count(row => !row.Settled),
            OptimizedBytes = rows.Select(row => (double)row.OptimizedBytes).Median(),
            CompileMs = rows.Select(row => row.CompileMs).Median(),
            Deopts = rows.Select(row => (double)row.Deopts).Median(),
        };
    }

    /// <summary>Values outside Tukey's fences: more than 1.5 interquartile ranges from the quartiles.</summary>
    private static int CountOutliers(double[] sample)
    {
        var low = sample.LowerQuartile();
        var high = sample.UpperQuartile();
        var fence = 1.5 * (high - low);
        return sample.Count(value => value < low - fence || value > high + fence);
    }
}

/// <summary>The repetitions of one cell, in numbers.</summary>
internal sealed record CellSummary
{
    public required int Count { get; init; }

    /// <summary>Median of the execution times, in ms.</summary>
    public required Estimate Time { get; init; }

    /// <summary>The baseline configuration's median divided by this one's; null where the baseline was not measured.</summary>
    public required Estimate? Speedup { get; init; }

    /// <summary>Test of the difference from the baseline; an effect size above 0 means faster. Null for the baseline itself.</summary>
    public required MannWhitney? Difference { get; init; }

    /// <summary>Repetitions outside Tukey's fences. They are counted, not dropped.</summary>
    public required int Outliers { get; init; }

    /// <summary>Repetitions that were measured although warm-up had hit its time limit.</summary>
    public required int Unsettled { get; init; }

    public required double OptimizedBytes { get; init; }

    public required double CompileMs { get; init; }

    public required double Deopts { get; init; }
}
