using CsvHelper;

namespace Harness.Experiments.Results;

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
