using System.Text.Json;
using System.Text.Json.Serialization;

namespace Harness.Experiments.Engines;

/// <summary>What a worker process is asked to do; one JSON object on its standard input.</summary>
/// <param name="Module">Path of the binary module.</param>
/// <param name="WarmUp">The call to warm up with.</param>
/// <param name="Timed">The call to time.</param>
/// <param name="TimedCalls">How often to time it.</param>
/// <param name="Settle">When the worker counts as warmed up.</param>
/// <param name="Knobs">Knob values by name.</param>
internal sealed record WorkerRequest(
    string Module, WorkerInvocation WarmUp, WorkerInvocation Timed, int TimedCalls, Sweeps.WarmUpRule Settle, IReadOnlyDictionary<string, string> Knobs);

/// <summary>A call of an export, as typed literals such as <c>i32:7</c>.</summary>
internal sealed record WorkerInvocation(string Function, IReadOnlyList<string> Arguments, IReadOnlyList<string> Expected);

/// <summary>What a worker process reports; one JSON object as the last line of its standard output. Times are in milliseconds.</summary>
internal sealed record WorkerReport
{
    public required WorkerStatus Status { get; init; }

    /// <summary>What went wrong; empty if nothing did.</summary>
    public string Message { get; init; } = "";

    /// <summary>From the bytes to a module that can be instantiated.</summary>
    public double CompileMs { get; init; }

    public double InstantiateMs { get; init; }

    public int WarmUpCalls { get; init; }

    public double WarmUpMs { get; init; }

    /// <summary>Whether warm-up ended because the worker had settled, not because of the time limit.</summary>
    public bool Settled { get; init; }

    /// <summary>The timed calls.</summary>
    public IReadOnlyList<double> ExecuteMs { get; init; } = [];

    /// <summary>Optimized machine code in use: of each function, the code compiled last.</summary>
    public long OptimizedBytes { get; init; }

    /// <summary>Baseline machine code: of each function, the code compiled last.</summary>
    public long BaselineBytes { get; init; }

    /// <summary>Compilations by the optimizing compiler.</summary>
    public int TierUps { get; init; }

    public int Deopts { get; init; }
}

/// <summary>How a worker ended.</summary>
internal enum WorkerStatus
{
    /// <summary>Every call gave the expected results.</summary>
    Ok,

    /// <summary>A call gave other results than expected.</summary>
    WrongResult,

    /// <summary>A call trapped.</summary>
    Trap,

    /// <summary>The module could not be compiled or instantiated, or the worker broke.</summary>
    Error,

    /// <summary>The worker was stopped because it took too long.</summary>
    Timeout,
}

/// <summary>The JSON form of requests and reports.</summary>
internal static class WorkerProtocol
{
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };
}
