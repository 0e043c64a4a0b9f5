namespace Harness.Experiments.Workloads;

/// <summary>
/// What has rows in the results: a program, or one of the benchmarks that a program runs and whose times it prints.
/// </summary>
internal sealed record Workload
{
    /// <summary>Name as used in sweep files and results: the program's, and after a slash the benchmark's where there are several.</summary>
    public required string Name { get; init; }

    /// <summary>Title for charts.</summary>
    public required string Title { get; init; }

    /// <summary>Name of the group that it belongs to; the suite's where it has none of its own.</summary>
    public string Group { get; init; } = "";

    /// <summary>Name of the program that is run for it.</summary>
    public required string Program { get; init; }

    /// <summary>What the program calls it where it prints its time; null where the program's iterations are timed.</summary>
    public string? Metric { get; init; }

    /// <summary>How many calls the timed invocation makes inside the module, for times per call; 0 if not of interest.</summary>
    public long Calls { get; init; }
}
