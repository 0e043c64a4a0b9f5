namespace Harness.Experiments.Workloads;

/// <summary>A program to measure: a module, the call to time, and the results that it must give.</summary>
internal sealed record Workload
{
    /// <summary>Short name, as used in sweep files and results.</summary>
    public required string Name { get; init; }

    /// <summary>Title for charts.</summary>
    public required string Title { get; init; }

    /// <summary>One sentence about what it exercises.</summary>
    public required string Description { get; init; }

    /// <summary>Name of the group that it belongs to.</summary>
    public required string Group { get; init; }

    /// <summary>Full path of the <c>.wat</c> or <c>.wasm</c> file.</summary>
    public required string Path { get; init; }

    /// <summary>The call that is timed.</summary>
    public required Invocation Timed { get; init; }

    /// <summary>The call that warms up: the timed one, or a shorter one.</summary>
    public required Invocation WarmUp { get; init; }

    /// <summary>How many calls the timed invocation makes inside the module, for times per call; 0 if not of interest.</summary>
    public long Calls { get; init; }
}

/// <summary>A call of an exported function with the results that it must give.</summary>
/// <param name="Function">Name of the export.</param>
/// <param name="Arguments">The arguments.</param>
/// <param name="Expected">The results that it must give.</param>
internal sealed record Invocation(string Function, IReadOnlyList<TypedLiteral> Arguments, IReadOnlyList<TypedLiteral> Expected);
