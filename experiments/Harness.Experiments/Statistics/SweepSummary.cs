using Harness.Experiments.Engines;
using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Statistics;

/// <summary>What a sweep's measurements say: each cell's median, its speedup over the baseline, and comparisons of engines.</summary>
internal sealed class SweepSummary
{
    /// <summary>Draws times cells of the bootstrap: very many cells get fewer draws, so that their summary does not take minutes.</summary>
    private const int MostDraws = 10_000_000;

    private readonly SweepDefinition _sweep;
    private readonly RoundBootstrap _bootstrap;
    private readonly Dictionary<string, string?> _baselines;
    private readonly HashSet<(string Engine, string Configuration)> _measured;
    private readonly HashSet<string> _incomparable;
    private readonly Dictionary<Cell, Measurement[]> _rowsOfCells;
    private readonly Dictionary<Cell, CellSummary> _cells;
    private readonly Dictionary<Cell, Sample> _samples;
    private readonly Lazy<Dictionary<Cell, CellSteadiness>> _steadiness;
    private readonly Dictionary<((string Engine, string Configuration) Numerator, (string Engine, string Configuration) Denominator), GeometricMean?> _means = [];
    private readonly Dictionary<string, IReadOnlyList<Workload>> _commonWorkloads = [];

    public SweepSummary(SweepDefinition sweep, IReadOnlyList<Measurement> measurements)
    {
        _sweep = sweep;
        Rows = measurements;
        Engines = [.. measurements.Select(row => row.Engine).Distinct().Order(StringComparer.Ordinal)];
        _incomparable = Engines.Where(engine => sweep.SpeedupObstacle(engine) is not null).ToHashSet();
        _baselines = sweep.Configurations.ToDictionary(configuration => configuration.Name, configuration => configuration.Baseline);
        _rowsOfCells = measurements.GroupBy(row => row.Key.Cell).ToDictionary(group => group.Key, group => group.ToArray());
        _steadiness = new Lazy<Dictionary<Cell, CellSteadiness>>(() => CellSteadiness.Of(_rowsOfCells));
        _measured = _rowsOfCells.Keys.Select(cell => (cell.Engine, cell.Configuration)).ToHashSet();
        _samples = _rowsOfCells.ToDictionary(pair => pair.Key, pair => new Sample(pair.Value.Select(row => (row.Repetition, row.ExecuteMs))));
        _bootstrap = new RoundBootstrap(measurements.Select(row => row.Repetition).ToHashSet(), sweep.Seed, Math.Clamp(MostDraws / Math.Max(1, _rowsOfCells.Count), 1_000, 10_000));
        _cells = _rowsOfCells.ToDictionary(pair => pair.Key, pair => Summarize(pair.Key, pair.Value));
        Processes = _rowsOfCells.Count == 0 ? (0, 0) : (_rowsOfCells.Values.Min(rows => rows.Length), _rowsOfCells.Values.Max(rows => rows.Length));
        CorrectForManyTests();
        Disturbances = Statistics.Disturbances.DescribeAll(measurements);
        var workloads = _cells.Keys.Select(cell => cell.Workload).ToHashSet();
        Workloads = TellApart([.. sweep.Workloads.Where(workload => workloads.Contains(workload.Name))]);
    }

    /// <summary>How much was disturbed by others on the machine, and where the machine itself was slow: a sentence for each that was so.</summary>
    public IReadOnlyList<string> Disturbances { get; }

    /// <summary>How many processes a cell has, at least and at most: fewer than the sweep wants where it was stopped or some failed.</summary>
    public (int Fewest, int Most) Processes { get; }

    /// <summary>The rows that it sums up.</summary>
    public IReadOnlyList<Measurement> Rows { get; }

    /// <summary>What the rows of each cell say, in numbers.</summary>
    public IReadOnlyDictionary<Cell, CellSummary> Cells => _cells;

    /// <summary>How the processes of each cell went.</summary>
    public IReadOnlyDictionary<Cell, CellSteadiness> SteadinessOfCells => _steadiness.Value;

    /// <summary>The engines that were measured.</summary>
    public IReadOnlyList<string> Engines { get; }

    /// <summary>The workloads that were measured, each with a title of its own.</summary>
    public IReadOnlyList<Workload> Workloads { get; }

    /// <summary>What was not measured because an engine cannot, or need not.</summary>
    public IReadOnlyList<EngineGap> Gaps { get; init; } = [];

    /// <summary>The engines of the sweep that ran nothing of it, because they cannot: a sentence for each, with the reasons.</summary>
    public IReadOnlyList<string> UnmeasuredEngines =>
    [
        .. from engine in _sweep.Engines.Except(Engines)
           let reasons = Gaps.Where(gap => gap.Engine == engine).GroupBy(gap => gap.Reason).ToList()
           where reasons.Count > 0
           let words = reasons.Select(reason => reason.All(gap => gap.Program is not null) ? $"{reason.Key} ({reason.Select(gap => gap.Program).Distinct().Count()} programs)" : reason.Key)
           select $"{EngineCatalog.TitleOf(engine)} was not measured: it {string.Join("; it ", words)}.",
    ];

    /// <summary>That several workloads are of one program, as which they count where a claim is about programs like these: a sentence; null where none are.</summary>
    public string? SharedPrograms
    {
        get
        {
            var programs = Workloads.Select(workload => workload.Program).Distinct().Count();
            return programs == Workloads.Count
                ? null
                : $"The {Workloads.Count} workloads are of {programs} {(programs == 1 ? "program" : "programs")}, as which they count for programs like these{(programs < MedianInterval.LeastValues ? $", for which {MedianInterval.LeastValues} are needed" : "")}.";
        }
    }

    /// <summary>A cell's summary; null if it was not measured.</summary>
    public CellSummary? Find(string engine, string configuration, string workload) =>
        _cells.GetValueOrDefault(new Cell(engine, configuration, workload));

    /// <summary>A cell's repetitions; null if it was not measured.</summary>
    public Sample? FindSample(string engine, string configuration, string workload) =>
        _samples.GetValueOrDefault(new Cell(engine, configuration, workload));

    /// <summary>The workloads that were measured on all of some engines in every configuration: means are over these only.</summary>
    public IReadOnlyList<Workload> CommonWorkloads(params IReadOnlyList<string> engines)
    {
        var key = string.Join(' ', engines);
        if (!_commonWorkloads.TryGetValue(key, out var common))
        {
            _commonWorkloads.Add(key, common = FindCommonWorkloads(engines));
        }

        return common;
    }

    /// <summary>The configurations in which an engine measured anything: the others are gaps, not holes in its means.</summary>
    public IReadOnlyList<SweepConfiguration> ConfigurationsOf(string engine) =>
        [.. _sweep.Configurations.Where(configuration => _measured.Contains((engine, configuration.Name)))];

    /// <summary>The configurations in which anything was measured: those that a sweep was told to leave out are not spoken of.</summary>
    public IReadOnlyList<SweepConfiguration> Configurations => [.. _sweep.Configurations.Where(configuration => Engines.Any(engine => _measured.Contains((engine, configuration.Name))))];

    /// <summary>
    /// Geometric mean, over the workloads that the engine ran in every configuration, of the speedup over the baseline; null where there is none, and where it would mean nothing
    /// (<see cref="SweepDefinition.SpeedupObstacle"/>).
    /// </summary>
    public GeometricMean? MeanSpeedup(string engine, string configuration) => _incomparable.Contains(engine) ? null : MeanRatio((engine, BaselineOf(engine, configuration)), (engine, configuration));

    /// <summary>
    /// Geometric mean, over the workloads that both engines ran in every configuration, of one engine's time divided by the other's; null where there is
    /// none.
    /// </summary>
    public GeometricMean? MeanRatio(string engine, string otherEngine, string configuration) => MeanRatio((engine, configuration), (otherEngine, configuration));

    /// <summary>
    /// The configurations in which two engines can stand beside each other: those of the same name, and where an engine has configurations of its own, those of the same knobs, such as
    /// both engines with their defaults.
    /// </summary>
    public IReadOnlyList<(SweepConfiguration Own, SweepConfiguration Other)> Counterparts(string engine, string otherEngine)
    {
        var (owns, others) = (ConfigurationsOf(engine), ConfigurationsOf(otherEngine));
        return
        [
            .. from own in owns
               let other = others.FirstOrDefault(candidate => candidate.Name == own.Name) ?? others.FirstOrDefault(candidate => !owns.Contains(candidate) && HasSameKnobs(own, candidate))
               where other is not null
               select (own, other),
        ];
    }

    /// <summary>The same as <see cref="MeanRatio(string, string, string)"/> for configurations of two names. It is computed once, whoever asks for it.</summary>
    public GeometricMean? MeanRatio((string Engine, string Configuration) own, (string Engine, string Configuration) other)
    {
        if (!_means.TryGetValue((own, other), out var mean))
        {
            _means.Add((own, other), mean = Mean(own.Engine == other.Engine ? CommonWorkloads(own.Engine) : CommonWorkloads(own.Engine, other.Engine), own, other));
        }

        return mean;
    }

    /// <summary>One engine's time divided by another's; null where one of them was not measured.</summary>
    public Estimate? Ratio((string Engine, string Configuration) numerator, (string Engine, string Configuration) denominator, string workload) =>
        _samples.TryGetValue(new Cell(numerator.Engine, numerator.Configuration, workload), out var own) && _samples.TryGetValue(new Cell(denominator.Engine, denominator.Configuration, workload), out var other)
            ? Statistics.Ratio.Of(own, other)
            : null;

    /// <summary>
    /// Geometric mean, over some workloads, of the time of one engine and configuration divided by that of another; null where there are none, or one of
    /// them was not measured.
    /// </summary>
    public GeometricMean? Mean(
        IReadOnlyList<Workload> workloads, (string Engine, string Configuration) numerator, (string Engine, string Configuration) denominator)
    {
        var pairs = workloads
            .Select(workload => (Numerator: FindSample(numerator.Engine, numerator.Configuration, workload.Name), Denominator: FindSample(denominator.Engine, denominator.Configuration, workload.Name)))
            .ToList();
        return pairs.Count == 0 || pairs.Exists(pair => pair.Numerator is null || pair.Denominator is null)
            ? null
            : _bootstrap.Mean([.. pairs.Select(pair => (pair.Numerator!, pair.Denominator!))], [.. workloads.Select(workload => workload.Program)]);
    }

    /// <summary>Gives workloads of the same title, such as a program in two languages, their names beside it.</summary>
    private static IReadOnlyList<Workload> TellApart(List<Workload> workloads)
    {
        var repeated = workloads.GroupBy(workload => workload.Title).Where(group => group.Count() > 1).Select(group => group.Key).ToHashSet();
        return [.. workloads.Select(workload => repeated.Contains(workload.Title) ? workload with { Title = $"{workload.Title} ({workload.Name})" } : workload)];
    }

    private List<Workload> FindCommonWorkloads(IReadOnlyList<string> engines)
    {
        var wanted = engines.SelectMany(engine => ConfigurationsOf(engine), (engine, configuration) => (Engine: engine, Configuration: configuration.Name)).ToList();
        return [.. Workloads.Where(workload => wanted.TrueForAll(pair => _samples.ContainsKey(new Cell(pair.Engine, pair.Configuration, workload.Name))))];
    }

    private static bool HasSameKnobs(SweepConfiguration first, SweepConfiguration second) =>
        first.Knobs.Count == second.Knobs.Count && first.Knobs.All(knob => second.Knobs.TryGetValue(knob.Key, out var value) && value == knob.Value);

    private string BaselineOf(string engine, string configuration) => _baselines.GetValueOrDefault(configuration) ?? _sweep.BaselineOf(engine);

    /// <summary>What the rows of a cell say. Where its engine's baseline does not do what the sweep's does, all that is said of the two would be wrong, and nothing is.</summary>
    private CellSummary Summarize(Cell cell, Measurement[] rows)
    {
        var sample = _samples[cell];
        var isComparable = !_incomparable.Contains(cell.Engine);
        var baselineName = BaselineOf(cell.Engine, cell.Configuration);
        var isBaseline = isComparable && cell.Configuration == baselineName;
        var baseline = isBaseline || !isComparable ? null : _samples.GetValueOrDefault(cell with { Configuration = baselineName });
        var ratios = baseline?.DividedBy(sample);
        return new CellSummary
        {
            Count = rows.Length,
            Time = MedianInterval.Of(sample),
            Speedup = isBaseline ? new Estimate(1, 1, 1) : baseline is null ? null : Statistics.Ratio.Of(baseline, sample, ratios!),
            SpeedupRounds = ratios?.Count ?? rows.Length,
            Difference = baseline is null ? null : Difference.Between(baseline, sample, ratios!),
            Outliers = sample.CountOutliers(),
            Modes = Modes.Find(sample),
            CodeVariants = rows.Select(row => row.OptimizedBytes).Distinct().Count(),
            Unsettled = rows.Count(row => !row.Settled),
            OptimizedBytes = MedianOf("optimized_bytes", row => row.OptimizedBytes),
            CompileMs = rows.Select(row => row.CompileMs).Median(),
            DecodeMs = MedianOf("decode_ms", row => row.DecodeMs ?? double.NaN),
            ValidateMs = MedianOf("validate_ms", row => row.ValidateMs ?? double.NaN),
            OptimizedCompileMs = MedianOf("optimized_compile_ms", row => row.OptimizedCompileMs),
            Deopts = MedianOf("deopts", row => row.Deopts),
            PeakMemoryBytes = MedianOf("peak_memory_bytes", row => row.PeakMemoryBytes),
            ClockStepMs = rows.Select(row => row.ClockStepMs).Median(),
        };

        double MedianOf(string column, Func<Measurement, double> quantity) => EngineCatalog.IsUntold(cell.Engine, column) || rows.Any(row => double.IsNaN(quantity(row))) ? double.NaN : rows.Select(quantity).Median();
    }

    private void CorrectForManyTests()
    {
        var tested = _cells.Where(pair => pair.Value.Difference is not null).Select(pair => pair.Key).ToList();
        var adjusted = Holm.Adjust([.. tested.Select(cell => _cells[cell].Difference!.PValue)]);
        for (var i = 0; i < tested.Count; i++)
        {
            var summary = _cells[tested[i]];
            _cells[tested[i]] = summary with { Difference = summary.Difference! with { AdjustedPValue = adjusted[i] } };
        }
    }
}

/// <summary>The repetitions of one cell, in numbers.</summary>
internal sealed record CellSummary
{
    public required int Count { get; init; }

    /// <summary>Median of the execution times, in ms.</summary>
    public required Estimate Time { get; init; }

    /// <summary>The baseline configuration's median divided by this one's; null where the baseline was not measured, or does not do what that of the sweep does (<see cref="SweepDefinition.SpeedupObstacle"/>).</summary>
    public required Estimate? Speedup { get; init; }

    /// <summary>Rounds that the cell has in common with the baseline, over which its speedup is: fewer than <see cref="Count"/> where processes of the baseline failed or are missing.</summary>
    public required int SpeedupRounds { get; init; }

    /// <summary>The difference from the baseline; an effect size above 0 means faster. Null for the baseline itself, and where there is no <see cref="Speedup"/>.</summary>
    public required Difference? Difference { get; init; }

    /// <summary>What the corrected test says of the speedup: <see cref="RatioVerdict.Above"/> where the cell is faster than the baseline.</summary>
    public RatioVerdict Verdict => Difference is { } difference ? RatioVerdicts.Of(difference.AdjustedPValue, difference.Direction, Speedup?.Value) : RatioVerdict.NotShown;

    /// <summary>Repetitions outside Tukey's fences. They are counted, not dropped.</summary>
    public required int Outliers { get; init; }

    /// <summary>The two groups that the times fall into; null where they do not.</summary>
    public required Modes? Modes { get; init; }

    /// <summary>Number of different sizes of optimized code among the repetitions; it says nothing where one process tells the size for all of them.</summary>
    public required int CodeVariants { get; init; }

    /// <summary>Repetitions that were measured although warm-up had hit its time limit.</summary>
    public required int Unsettled { get; init; }

    /// <summary>Median of the size of the optimized code in use at the end, in bytes; not a number where the engine does not tell.</summary>
    public required double OptimizedBytes { get; init; }

    public required double CompileMs { get; init; }

    /// <summary>Median time that decoding took, but for function bodies, in ms; not a number where the engine does not tell, or rows are of before there was this.</summary>
    public required double DecodeMs { get; init; }

    /// <summary>Median time that validating function bodies took, likewise.</summary>
    public required double ValidateMs { get; init; }

    /// <summary>Median time that the optimizing compiler took, in ms; not a number where the engine does not tell.</summary>
    public required double OptimizedCompileMs { get; init; }

    /// <summary>Median of the number of failed speculations; not a number where the engine does not tell.</summary>
    public required double Deopts { get; init; }

    /// <summary>Median of the most memory that the process had resident, in bytes; not a number where the engine does not tell, and 0 where rows are of before there was this.</summary>
    public required double PeakMemoryBytes { get; init; }

    /// <summary>Median of the steps of the clock that timed it, in ms; 0 where they are not known.</summary>
    public required double ClockStepMs { get; init; }
}
