using CsvHelper;

namespace Harness.Experiments.Results;

/// <summary>Names one repetition of a sweep.</summary>
internal readonly record struct RepetitionKey(string Engine, string Configuration, string Workload, int Repetition)
{
    public Cell Cell => new(Engine, Configuration, Workload);
}

/// <summary>Names what is repeated: a workload under a configuration on an engine.</summary>
internal readonly record struct Cell(string Engine, string Configuration, string Workload);

/// <summary>One finished repetition: a row of <c>results.csv</c>. Times are in milliseconds, sizes in bytes.</summary>
[CsvRecord]
internal sealed partial record Measurement
{
    /// <summary>How times of day are written.</summary>
    public const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";

    [CsvColumn("engine")]
    public required string Engine { get; init; }

    [CsvColumn("configuration")]
    public required string Configuration { get; init; }

    [CsvColumn("workload")]
    public required string Workload { get; init; }

    /// <summary>From 1.</summary>
    [CsvColumn("repetition")]
    public required int Repetition { get; init; }

    [CsvColumn("compile_ms")]
    public double CompileMs { get; init; }

    [CsvColumn("instantiate_ms")]
    public double InstantiateMs { get; init; }

    [CsvColumn("warm_up_calls")]
    public int WarmUpCalls { get; init; }

    [CsvColumn("warm_up_ms")]
    public double WarmUpMs { get; init; }

    /// <summary>Whether warm-up ended because the worker had settled, not at its time limit.</summary>
    [CsvColumn("settled")]
    public bool Settled { get; init; }

    /// <summary>Median of the timed calls.</summary>
    [CsvColumn("execute_ms")]
    public required double ExecuteMs { get; init; }

    /// <summary>Fastest of the timed calls.</summary>
    [CsvColumn("execute_min_ms")]
    public double ExecuteMinMs { get; init; }

    /// <summary>Slowest of the timed calls.</summary>
    [CsvColumn("execute_max_ms")]
    public double ExecuteMaxMs { get; init; }

    [CsvColumn("timed_calls")]
    public int TimedCalls { get; init; }

    [CsvColumn("optimized_bytes")]
    public long OptimizedBytes { get; init; }

    [CsvColumn("baseline_bytes")]
    public long BaselineBytes { get; init; }

    [CsvColumn("tier_ups")]
    public int TierUps { get; init; }

    [CsvColumn("deopts")]
    public int Deopts { get; init; }

    /// <summary>When the repetition ended.</summary>
    [CsvColumn("finished_utc")]
    [CsvFormat(TimeFormat)]
    public DateTime FinishedUtc { get; init; }

    [CsvIgnore]
    public RepetitionKey Key => new(Engine, Configuration, Workload, Repetition);
}

/// <summary>One failed repetition: a row of <c>failures.csv</c>. It is never a data point.</summary>
[CsvRecord]
internal sealed partial record Failure
{
    [CsvColumn("engine")]
    public required string Engine { get; init; }

    [CsvColumn("configuration")]
    public required string Configuration { get; init; }

    [CsvColumn("workload")]
    public required string Workload { get; init; }

    [CsvColumn("repetition")]
    public required int Repetition { get; init; }

    /// <summary>How the worker ended.</summary>
    [CsvColumn("status")]
    public required string Status { get; init; }

    [CsvColumn("message")]
    public required string Message { get; init; }

    [CsvColumn("finished_utc")]
    [CsvFormat(Measurement.TimeFormat)]
    public DateTime FinishedUtc { get; init; }

    [CsvIgnore]
    public RepetitionKey Key => new(Engine, Configuration, Workload, Repetition);
}
