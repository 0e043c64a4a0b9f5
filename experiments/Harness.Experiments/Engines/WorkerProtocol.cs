using System.Text.Json;
using System.Text.Json.Serialization;

namespace Harness.Experiments.Engines;

/// <summary>What a worker process is asked to do; one JSON object on its standard input.</summary>
internal sealed record WorkerRequest
{
    public required WorkerProgram Program { get; init; }

    /// <summary>How many iterations are timed once the worker is warmed up, where the program does not say itself.</summary>
    public required int TimedCalls { get; init; }

    /// <summary>When the worker counts as warmed up.</summary>
    public required Sweeps.WarmUpRule Settle { get; init; }

    /// <summary>Knob values by name.</summary>
    public required IReadOnlyDictionary<string, string> Knobs { get; init; }

    /// <summary>Where to record what the engine has learnt, on this engine only; null for nowhere.</summary>
    public string? ProfileOut { get; init; }

    /// <summary>Whether it is asked what the engine did, too: compilations, code sizes, deopts, collections.</summary>
    public bool Counts { get; init; }

    /// <summary>
    /// What it is measured for, in any words; workers are not told. What an engine finds out in a process that nobody times, and keeps for other processes of the same cell, it keeps within one occasion.
    /// </summary>
    [JsonIgnore]
    public string Occasion { get; init; } = "";

    /// <summary>Whether the program is run to see what it gives, not how long it takes: then there is no warm-up, and its driver lets time pass evenly.</summary>
    public bool Checks { get; init; }
}

/// <summary>A program in words: all paths are full.</summary>
internal sealed record WorkerProgram
{
    public required string Name { get; init; }

    /// <summary>Name of the host (<see cref="Workloads.HostKind"/> in lower case).</summary>
    public required string Host { get; init; }

    /// <summary>Path of the binary module; null where scripts load it.</summary>
    public string? Module { get; init; }

    /// <summary>Path of the driver of scripts.</summary>
    public string? Driver { get; init; }

    /// <summary>Paths of the files that the driver asks for, by name.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>Paths of the scripts that the driver runs.</summary>
    public IReadOnlyList<string> Scripts { get; init; } = [];

    /// <summary>What the program finds in its folder, a folder before what is in it.</summary>
    public IReadOnlyList<WorkerInput> Inputs { get; init; } = [];

    /// <summary>Path of the file that is its standard input; null where that is empty.</summary>
    public string? StandardInput { get; init; }

    /// <summary>Arguments of its command line.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Its environment variables, by name.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What an iteration is (<see cref="Workloads.IterationKind"/> in lower case).</summary>
    public required string Iteration { get; init; }

    /// <summary>The call to warm up with.</summary>
    public WorkerInvocation? WarmUp { get; init; }

    /// <summary>The call to time.</summary>
    public WorkerInvocation? Timed { get; init; }

    /// <summary>How many iterations to make without warm-up; 0 where the request says how many are timed after warm-up.</summary>
    public int Iterations { get; init; }
}

/// <summary>Something that a program finds in its folder: a copy of a file, a symbolic link, or, where both are null, a folder.</summary>
/// <param name="Place">Where it finds it: names with slashes between them, from its folder down.</param>
/// <param name="File">Path of the file; null where it is none.</param>
/// <param name="Link">Where the symbolic link leads; null where it is none.</param>
internal sealed record WorkerInput(string Place, string? File, string? Link);

/// <summary>A call of an export, as typed literals such as <c>i32:7</c>.</summary>
/// <param name="Function">Name of the export.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Expected">The results that it must give; null to be told them among the outputs, which the worker of this engine does.</param>
internal sealed record WorkerInvocation(string Function, IReadOnlyList<string> Arguments, IReadOnlyList<string>? Expected);

/// <summary>What a worker process reports; one JSON object as the last line of its standard output. Times are in milliseconds.</summary>
internal sealed record WorkerReport
{
    public required WorkerStatus Status { get; init; }

    /// <summary>What went wrong; empty if nothing did.</summary>
    public string Message { get; init; } = "";

    /// <summary>From the start of the process to the first line of the worker.</summary>
    public double StartMs { get; init; }

    /// <summary>From the bytes to modules that can be instantiated, up to the end of the first iteration.</summary>
    public double CompileMs { get; init; }

    /// <summary>The part of <see cref="CompileMs"/> that decoding took, but for function bodies; null where the engine does not tell.</summary>
    public double? DecodeMs { get; init; }

    /// <summary>The part of <see cref="CompileMs"/> that validating function bodies took; null where the engine does not tell.</summary>
    public double? ValidateMs { get; init; }

    /// <summary>From modules to instances, up to the end of the first iteration.</summary>
    public double InstantiateMs { get; init; }

    public int WarmUpCalls { get; init; }

    public double WarmUpMs { get; init; }

    /// <summary>Whether warm-up ended because the worker had settled, not because of the time limit.</summary>
    public bool Settled { get; init; }

    /// <summary>The timed calls.</summary>
    public IReadOnlyList<double> ExecuteMs { get; init; } = [];

    /// <summary>CPU time of the process, on all its threads, for each timed iteration on average.</summary>
    public double ExecuteCpuMs { get; init; }

    /// <summary>All iterations in order, those that warmed up included.</summary>
    public IReadOnlyList<double> IterationMs { get; init; } = [];

    /// <summary>What came out of the iterations; each different outcome once, that of the last iteration in the end. Of very many the first hundred and the last.</summary>
    public IReadOnlyList<WorkerOutputText> Outputs { get; init; } = [];

    /// <summary>CPU time of the process up to the report, on all its threads.</summary>
    public double CpuMs { get; init; }

    /// <summary>Most memory that the process had resident.</summary>
    public long PeakMemoryBytes { get; init; }

    /// <summary>Time that the baseline compiler took.</summary>
    public double BaselineCompileMs { get; init; }

    /// <summary>Time that the optimizing compiler took, on its own threads.</summary>
    public double OptimizedCompileMs { get; init; }

    /// <summary>Time, over all compilations by the optimizing compiler, from the request until one began; null where the engine does not tell, as the next ones.</summary>
    public double? QueueWaitMs { get; init; }

    /// <summary>The longest such time.</summary>
    public double? LongestQueueWaitMs { get; init; }

    /// <summary>Time, over all compilations whose code was installed, from the request until that.</summary>
    public double? CodeWaitMs { get; init; }

    /// <summary>The longest such time.</summary>
    public double? LongestCodeWaitMs { get; init; }

    /// <summary>Collections of the nursery alone.</summary>
    public long YoungCollections { get; init; }

    /// <summary>Collections of the whole heap.</summary>
    public long FullCollections { get; init; }

    /// <summary>Time of all collections.</summary>
    public double CollectionMs { get; init; }

    /// <summary>Time of the longest of them; 0 without any.</summary>
    public double LongestPauseMs { get; init; }

    /// <summary>Bytes copied from the nursery into the old generation.</summary>
    public long PromotedBytes { get; init; }

    /// <summary>Optimized machine code in use: of each function, the code compiled last.</summary>
    public long OptimizedBytes { get; init; }

    /// <summary>Baseline machine code: of each function, the code compiled last.</summary>
    public long BaselineBytes { get; init; }

    /// <summary>Compilations by the optimizing compiler.</summary>
    public int TierUps { get; init; }

    public int Deopts { get; init; }

    /// <summary>Memory of an instance that does nothing, where that was measured.</summary>
    public long InstanceBytes { get; init; }

    /// <summary>Functions whose baseline code came out of the cache of code.</summary>
    public int CacheHits { get; init; }

    /// <summary>Functions that were compiled since the cache did not have them.</summary>
    public int CacheMisses { get; init; }

    /// <summary>Functions whose optimized code came out of the cache of code.</summary>
    public int CacheOptimizedHits { get; init; }

    /// <summary>The least that the clock by which iterations are timed goes on by between two readings right after each other: its step, or what it takes to read it. 0 where that is not known.</summary>
    public double ClockStepMs { get; init; }
}

/// <summary>What came out of iterations of a program.</summary>
internal sealed record WorkerOutputText
{
    /// <summary>What it printed: the beginning, where that is more than 16 Ki characters.</summary>
    public required string Text { get; init; }

    /// <summary>Hash of all bytes that it printed, but for white space at the end.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The beginning of what it wrote to its standard error.</summary>
    public string ErrorText { get; init; } = "";

    /// <summary>Hash of all that it wrote there, but for white space at the end.</summary>
    public string ErrorSha256 { get; init; } = "";

    public int ExitCode { get; init; }

    /// <summary>Hashes of the files that it wrote, by name.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>How many iterations gave this.</summary>
    public int Count { get; init; }
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

    /// <summary>The engine cannot run this program: it does not know an instruction that the module needs, or has no host for it.</summary>
    Unsupported,

    /// <summary>The program is not there: a file is missing, or it could not be built.</summary>
    Absent,
}

/// <summary>The JSON form of requests and reports.</summary>
internal static class WorkerProtocol
{
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };
}
