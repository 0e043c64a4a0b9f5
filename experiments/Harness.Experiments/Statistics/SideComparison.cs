using Harness.Experiments.Engines;
using Harness.Experiments.Results;
using Harness.Experiments.Workloads;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Statistics;

/// <summary>
/// Compares two sides cell by cell. What identifies a cell is engine, configuration and workload, but for what both sides restrict to one value; where both are restricted to a suite, a
/// workload is known by its name within the suite. Rows of one folder are compared round by round; rows of different ones, whose rounds have nothing in common, as independent samples.
/// </summary>
internal sealed class SideComparison
{
    /// <summary>Draws times cells of a bootstrap: many cells have less need of many draws.</summary>
    private const int MostDraws = 10_000_000;

    private readonly bool _isPaired;
    private readonly int _seed;

    private SideComparison(bool isPaired, int seed)
    {
        _isPaired = isPaired;
        _seed = seed;
    }

    /// <summary>Whether both sides were measured in the same rounds.</summary>
    public bool IsPaired => _isPaired;

    /// <summary>The cells that both sides have, in the order of the first side.</summary>
    public IReadOnlyList<ComparedCell> Cells { get; private init; } = [];

    /// <summary>Cells that only the first side has.</summary>
    public IReadOnlyList<Cell> OnlyA { get; private init; } = [];

    /// <summary>Cells that only the second side has.</summary>
    public IReadOnlyList<Cell> OnlyB { get; private init; } = [];

    /// <summary>Compares a column of two sides.</summary>
    /// <param name="a">The first side, whose values are divided.</param>
    /// <param name="b">The second side.</param>
    /// <param name="metric">The column.</param>
    /// <param name="seed">Seed of the bootstrap.</param>
    /// <exception cref="HarnessException">There is no such column of numbers, or a side has none in it.</exception>
    public static SideComparison Of(ComparisonSide a, ComparisonSide b, string metric, int seed)
    {
        var (first, second) = (Samples(a, b, a, metric), Samples(a, b, b, metric));
        var comparison = new SideComparison(a.Folder.Path == b.Folder.Path, seed);
        var common = first.Keys.Where(second.ContainsKey).ToList();
        var cells = common.Select(cell => IsObservedOnce(cell) ? comparison.Observe(cell, first[cell], second[cell]) : comparison.Compare(cell, first[cell], second[cell])).ToList();
        var tested = Enumerable.Range(0, cells.Count).Where(i => !cells[i].IsObservedOnce).ToList();
        var adjusted = Holm.Adjust([.. tested.Select(i => cells[i].PValue)]);
        for (var i = 0; i < tested.Count; i++)
        {
            cells[tested[i]] = cells[tested[i]] with { AdjustedPValue = adjusted[i] };
        }

        return new SideComparison(comparison._isPaired, seed)
        {
            Cells = cells,
            OnlyA = [.. first.Keys.Where(cell => !second.ContainsKey(cell))],
            OnlyB = [.. second.Keys.Where(cell => !first.ContainsKey(cell))],
        };

        bool IsObservedOnce(Cell cell) => EngineCatalog.IsObservedOnce(a.Engine ?? cell.Engine, metric) || EngineCatalog.IsObservedOnce(b.Engine ?? cell.Engine, metric);
    }

    /// <summary>
    /// By engine, the workloads that its geometric means are over: those that have a ratio in every configuration, so that the means of two configurations are of the same. A configuration without any
    /// ratio, of which there is no mean, leaves out none.
    /// </summary>
    public IReadOnlyList<MeanWorkloads> WorkloadsOfMeans() =>
    [
        .. from engine in Cells.GroupBy(cell => cell.Cell.Engine)
           let configurations = engine.Where(cell => cell.Ratio is not null).Select(cell => cell.Cell.Configuration).Distinct().Count()
           let counts = engine.GroupBy(cell => cell.Cell.Workload).Select(workload => (Name: workload.Key, Ratios: workload.Count(cell => cell.Ratio is not null))).ToList()
           select new MeanWorkloads(
               engine.Key,
               [.. counts.Where(count => count.Ratios > 0 && count.Ratios == configurations).Select(count => count.Name)],
               [.. counts.Where(count => count.Ratios == 0 || count.Ratios < configurations).Select(count => count.Name)]),
    ];

    /// <summary>
    /// The geometric mean, over the workloads of an engine that have a ratio in every configuration, of the ratio; a claim about just these. There is no interval for programs like these: sides are of any
    /// selection of rows, whose programs nobody has chosen for such a claim.
    /// </summary>
    public IEnumerable<ComparedMean> Means()
    {
        var included = WorkloadsOfMeans().ToDictionary(workloads => workloads.Engine, workloads => workloads.Included.ToHashSet());
        var groups = Cells.Where(cell => cell.Ratio is not null && included[cell.Cell.Engine].Contains(cell.Cell.Workload)).GroupBy(cell => (cell.Cell.Engine, cell.Cell.Configuration)).ToList();
        var draws = Math.Clamp(MostDraws / Math.Max(1, Cells.Count), 1_000, 10_000);
        var first = new RoundBootstrap(Cells.SelectMany(cell => cell.A.Rounds).ToHashSet(), _seed, draws);
        var second = _isPaired ? first : new RoundBootstrap(Cells.SelectMany(cell => cell.B.Rounds).ToHashSet(), unchecked(_seed + 104_729), draws);
        foreach (var group in groups)
        {
            List<ComparedCell> cells = [.. group];
            var mean = cells.Exists(cell => cell.IsObservedOnce) ? MeanWithoutInterval(cells)
                : _isPaired ? OfThese(first.Mean(cells.ConvertAll(cell => (cell.A, cell.B))).Measured, cells.Count)
                : IndependentMean(cells, first, second);
            yield return new ComparedMean(group.Key.Engine, group.Key.Configuration, mean) { IsObservedOnce = cells.Exists(cell => cell.IsObservedOnce) };
        }
    }

    private static GeometricMean MeanWithoutInterval(List<ComparedCell> cells) => OfThese(Estimate.Without(Math.Exp(cells.Average(cell => Math.Log(cell.Ratio!.Value.Value)))), cells.Count);

    private static GeometricMean OfThese(Estimate measured, int workloads) => new(measured, Estimate.Without(measured.Value), workloads);

    /// <summary>
    /// Rounds of both sides are drawn apart. The draws tell how far a mean of ratios of medians strays, relatively; by so much the mean of the
    /// ratios that the table shows is taken to be uncertain.
    /// </summary>
    private GeometricMean IndependentMean(List<ComparedCell> cells, RoundBootstrap first, RoundBootstrap second)
    {
        if (cells.Exists(cell => !cell.Ratio!.Value.HasInterval))
        {
            return MeanWithoutInterval(cells);
        }

        var value = Math.Exp(cells.Average(cell => Math.Log(cell.Ratio!.Value.Value)));
        var strays = cells.Select(cell =>
        {
            var center = cell.A.Median / cell.B.Median;
            return (Log: Math.Log(cell.Ratio!.Value.Value), Draws: first.MediansOf(cell.A).Zip(second.MediansOf(cell.B), (x, y) => Math.Log(x / y / center)).ToArray());
        }).ToArray();
        var measured = new double[strays[0].Draws.Length];
        for (var i = 0; i < measured.Length; i++)
        {
            foreach (var stray in strays)
            {
                measured[i] += stray.Log + stray.Draws[i];
            }
        }

        return OfThese(Interval(value, measured, strays.Length), strays.Length);
    }

    private static Estimate Interval(double value, double[] sums, int count)
    {
        Array.Sort(sums);
        const double tail = (1 - MedianInterval.Confidence) / 2;
        return new Estimate(value, Math.Exp(SortedArrayStatistics.Quantile(sums, tail) / count), Math.Exp(SortedArrayStatistics.Quantile(sums, 1 - tail) / count));
    }

    /// <summary>The cell where the rows of a side are one observation: there is nothing to test.</summary>
    private ComparedCell Observe(Cell cell, Sample a, Sample b)
    {
        var compared = Compare(cell, a, b);
        return compared with
        {
            Ratio = compared.Ratio is { } ratio ? Estimate.Without(ratio.Value) : null,
            PValue = double.NaN,
            Direction = 0,
            EffectSize = double.NaN,
            IsObservedOnce = true,
        };
    }

    private ComparedCell Compare(Cell cell, Sample a, Sample b)
    {
        // A column may be 0 throughout, such as deopts; then there is no ratio.
        var comparable = a.Sorted[0] > 0 && b.Sorted[0] > 0;
        var test = _isPaired ? SignedRank.Test(comparable ? a.DividedBy(b).Sorted.Select(ratio => Math.Log(ratio)) : a.Minus(b).Sorted) : MannWhitney.Compare(a.Sorted, b.Sorted).Test;
        return new ComparedCell
        {
            Cell = cell,
            A = a,
            B = b,
            Ratio = !comparable ? null : _isPaired ? Ratio.Of(a, b) : IndependentRatio.Of(a, b),
            PValue = test.PValue,
            Direction = test.Direction,
            EffectSize = MannWhitney.CliffsDelta(a.SortedSpan, b.SortedSpan),
        };
    }

    private static Dictionary<Cell, Sample> Samples(ComparisonSide a, ComparisonSide b, ComparisonSide side, string metric)
    {
        var column = side.View.FindNumber(metric);
        var engine = a.Engine is not null && b.Engine is not null ? Name(a.Engine, b.Engine) : null;
        var configuration = a.Configuration is not null && b.Configuration is not null ? Name(a.Configuration, b.Configuration) : null;
        var known = side.Rows.Where(row => !double.IsNaN(column.ReadNumber(row))).ToList();
        if (known.Count == 0 && side.Rows.Any())
        {
            throw new HarnessException($"no row of {side.Text} has a value of '{metric}': results of older formats lack the columns that came later, and not every engine tells what it does with code and heap (experiments/FORMAT.md)");
        }

        return known
            .GroupBy(row => new Cell(engine ?? row.Engine, configuration ?? row.Configuration, WorkloadOf(row)))
            .ToDictionary(group => group.Key, group => new Sample(group.Select(row => (row.Repetition, column.ReadNumber(row)))));

        string WorkloadOf(Measurement row) => a.Suite is not null && b.Suite is not null ? SuiteCatalog.NameWithin(side.Suite!, row.Workload) : row.Workload;
    }

    private static string Name(string a, string b) => a == b ? a : $"{a} → {b}";
}

/// <summary>A cell of a comparison of two sides.</summary>
internal sealed record ComparedCell
{
    public required Cell Cell { get; init; }

    /// <summary>The values of the first side.</summary>
    public required Sample A { get; init; }

    /// <summary>The values of the second side.</summary>
    public required Sample B { get; init; }

    /// <summary>The first side's value divided by the second's: for times above 1 where the second is faster. Null where a value is 0.</summary>
    public required Estimate? Ratio { get; init; }

    /// <summary>Whether the rows of a side have what one process told: then there is no interval, test or effect size, which would take copies for a sample.</summary>
    public bool IsObservedOnce { get; init; }

    /// <summary>Wilcoxon's signed-rank test over rounds where the sides have the same, else the Mann–Whitney test; two-sided. Not a number where nothing is tested.</summary>
    public required double PValue { get; init; }

    /// <summary>The same after Holm's correction over all cells that are tested.</summary>
    public double AdjustedPValue { get; init; } = double.NaN;

    /// <summary>The direction of the test: 1 where the first side's values are larger, -1 where they are smaller.</summary>
    public required int Direction { get; init; }

    /// <summary>Cliff's delta: 1 if every value of the first side is larger than every one of the second, -1 if smaller; not a number where nothing is tested.</summary>
    public required double EffectSize { get; init; }

    /// <summary>Whether the sides differ by more than noise, and in which direction: that of the test.</summary>
    public RatioVerdict Verdict => RatioVerdicts.Of(AdjustedPValue, Direction, Ratio?.Value);
}

/// <summary>A geometric mean of a comparison of two sides.</summary>
/// <param name="Engine">The engine, or both.</param>
/// <param name="Configuration">The configuration, or both.</param>
/// <param name="Mean">The mean of the ratios.</param>
internal sealed record ComparedMean(string Engine, string Configuration, GeometricMean Mean)
{
    /// <summary>Whether it is a mean of single observations, which has no interval.</summary>
    public bool IsObservedOnce { get; init; }
}

/// <summary>What the geometric means of an engine are over.</summary>
/// <param name="Engine">The engine, or both.</param>
/// <param name="Included">The workloads that have a ratio in every configuration.</param>
/// <param name="LeftOut">The others that both sides have: a value is 0, or a configuration lacks them.</param>
internal sealed record MeanWorkloads(string Engine, IReadOnlyList<string> Included, IReadOnlyList<string> LeftOut);
