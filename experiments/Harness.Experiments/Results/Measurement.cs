using CsvHelper;
using Harness.Experiments.Engines;
using Harness.Experiments.Statistics;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Results;

/// <summary>Names one repetition of a sweep.</summary>
internal readonly record struct RepetitionKey(string Engine, string Configuration, string Workload, int Repetition)
{
    public Cell Cell => new(Engine, Configuration, Workload);
}

/// <summary>Names what is repeated: a workload under a configuration on an engine.</summary>
internal readonly record struct Cell(string Engine, string Configuration, string Workload);

/// <summary>
/// One finished repetition: a row of <c>results.csv</c>. Times are in milliseconds, sizes in bytes. <c>experiments/FORMAT.md</c> describes the
/// columns. Those that came with later formats are optional, so that older files can be read: there they are 0 or empty.
/// </summary>
[CsvRecord]
internal sealed partial record Measurement : IMeteredRow
{
    /// <summary>The version of the columns that is written.</summary>
    public const int CurrentFormat = 13;

    /// <summary>The version from which on <see cref="SteadyAfterMs"/> compares calls of one kind only.</summary>
    public const int SteadyByKindFormat = 7;

    /// <summary>The version from which on warm-up goes on until no call has become faster for a while.</summary>
    public const int GainFormat = 8;

    /// <summary>The version from which on <see cref="IterationsMs"/> has no more of a warm-up than its last iterations that are looked at.</summary>
    public const int LastWarmUpFormat = 9;

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

    /// <summary>The version of the columns: 1 where there is no such column.</summary>
    [CsvColumn("format", Optional = true)]
    public int Format { get => Math.Max(1, field); init; } = 1;

    /// <summary>
    /// The program whose process measured this: rows of one process have the same program, engine, configuration and repetition. The workload, where there
    /// is no such column.
    /// </summary>
    [CsvColumn("program", Optional = true)]
    public string Program { get => string.IsNullOrEmpty(field) ? Workload : field; init; } = "";

    /// <summary>From the start of the process to the first line of the worker.</summary>
    [CsvColumn("start_ms", Optional = true)]
    public double StartMs { get; init; }

    /// <summary>The first iteration of the process.</summary>
    [CsvColumn("first_ms", Optional = true)]
    public double FirstMs { get; init; }

    /// <summary>CPU time of a timed iteration, on all threads of the process, on average.</summary>
    [CsvColumn("execute_cpu_ms", Optional = true)]
    public double ExecuteCpuMs { get; init; }

    /// <summary>CPU time of the whole process up to its report, on all its threads.</summary>
    [CsvColumn("cpu_ms", Optional = true)]
    public double CpuMs { get; init; }

    /// <summary>
    /// Time until steady state: the sum of the iterations up to the last that took more than 5% longer than the median of the last ten of its kind. As it was written: <see cref="SteadyState.Of"/>
    /// gives it for rows of all formats.
    /// </summary>
    [CsvColumn("steady_after_ms", Optional = true)]
    public double SteadyAfterMs { get; init; }

    /// <summary>
    /// The iterations of the process in order, with <c>;</c> between them: all of them, but for the first ones of a long warm-up (<see cref="OmittedIterations"/>), of which there may be a million.
    /// </summary>
    [CsvColumn("iterations_ms", Optional = true)]
    public string IterationsMs { get => field ?? ""; init; } = "";

    [CsvColumn("baseline_compile_ms", Optional = true)]
    public double BaselineCompileMs { get; init; }

    [CsvColumn("optimized_compile_ms", Optional = true)]
    public double OptimizedCompileMs { get; init; }

    [CsvColumn("young_collections", Optional = true)]
    public long YoungCollections { get; init; }

    [CsvColumn("full_collections", Optional = true)]
    public long FullCollections { get; init; }

    /// <summary>Time of all collections.</summary>
    [CsvColumn("collection_ms", Optional = true)]
    public double CollectionMs { get; init; }

    /// <summary>Bytes copied from the nursery into the old generation.</summary>
    [CsvColumn("promoted_bytes", Optional = true)]
    public long PromotedBytes { get; init; }

    /// <summary>Most memory that the process had resident.</summary>
    [CsvColumn("peak_memory_bytes", Optional = true)]
    public long PeakMemoryBytes { get; init; }

    /// <summary>How long the whole process took, from its start to its end; 0 where that was not recorded. Before format 7 that of a cell's first process may have others in it.</summary>
    [CsvColumn("elapsed_ms", Optional = true)]
    public double ElapsedMs { get; init; }

    /// <summary>Time that the hypervisor gave to other machines meanwhile.</summary>
    [CsvColumn("steal_ms", Optional = true)]
    public double StealMs { get; init; }

    /// <summary>CPU time of everything else on the machine meanwhile.</summary>
    [CsvColumn("others_cpu_ms", Optional = true)]
    public double OthersCpuMs { get; init; }

    /// <summary>Memory of an instance that does nothing; 0 where that was not measured.</summary>
    [CsvColumn("instance_bytes", Optional = true)]
    public long InstanceBytes { get; init; }

    /// <summary>Functions whose baseline code came out of the cache of code.</summary>
    [CsvColumn("cache_hits", Optional = true)]
    public int CacheHits { get; init; }

    /// <summary>Functions that were compiled since the cache did not have them.</summary>
    [CsvColumn("cache_misses", Optional = true)]
    public int CacheMisses { get; init; }

    /// <summary>Functions whose optimized code came out of the cache of code.</summary>
    [CsvColumn("cache_optimized_hits", Optional = true)]
    public int CacheOptimizedHits { get; init; }

    /// <summary>
    /// The least that the clock by which iterations were timed goes on by between two readings right after each other: its step, or what it takes to read it. 0 where that is not known, and where the program
    /// printed its time itself.
    /// </summary>
    [CsvColumn("clock_step_ms", Optional = true)]
    public double ClockStepMs { get; init; }

    /// <summary>How long a fixed piece of work took just before the process was started; 0 where it was not done.</summary>
    [CsvColumn("probe_before_ms", Optional = true)]
    public double ProbeBeforeMs { get; init; }

    /// <summary>How long the same work took just after the process had ended.</summary>
    [CsvColumn("probe_after_ms", Optional = true)]
    public double ProbeAfterMs { get; init; }

    /// <summary>Which machine it was (<see cref="MachineBoot"/>); empty where that was not recorded.</summary>
    [CsvColumn("machine", Optional = true)]
    public string Machine { get => field ?? ""; init; } = "";

    /// <summary>Time of the longest collection; 0 without any.</summary>
    [CsvColumn("longest_pause_ms", Optional = true)]
    public double LongestPauseMs { get; init; }

    /// <summary>The part of <see cref="CompileMs"/> that decoding took, but for function bodies; null where the engine does not tell.</summary>
    [CsvColumn("decode_ms", Optional = true)]
    public double? DecodeMs { get; init; }

    /// <summary>The part of <see cref="CompileMs"/> that validating function bodies took; null where the engine does not tell.</summary>
    [CsvColumn("validate_ms", Optional = true)]
    public double? ValidateMs { get; init; }

    /// <summary>Time from the request to the beginning of each compilation by the optimizing compiler, of all together; null where the engine does not tell.</summary>
    [CsvColumn("queue_wait_ms", Optional = true)]
    public double? QueueWaitMs { get; init; }

    /// <summary>The longest such time of one compilation; null where the engine does not tell.</summary>
    [CsvColumn("longest_queue_wait_ms", Optional = true)]
    public double? LongestQueueWaitMs { get; init; }

    /// <summary>Time from the request to the installation of the code, of all compilations together; null where the engine does not tell.</summary>
    [CsvColumn("code_wait_ms", Optional = true)]
    public double? CodeWaitMs { get; init; }

    /// <summary>The longest such time of one compilation; null where the engine does not tell.</summary>
    [CsvColumn("longest_code_wait_ms", Optional = true)]
    public double? LongestCodeWaitMs { get; init; }

    /// <summary>How many iterations there were before those that the row has. No statistic looks at them but those that have columns of their own: the first one, and the time until steady state.</summary>
    [CsvIgnore]
    public int OmittedIterations => Format < LastWarmUpFormat ? 0 : Math.Max(0, WarmUpCalls - Steadiness.MostIterations);

    [CsvIgnore]
    public RepetitionKey Key => new(Engine, Configuration, Workload, Repetition);

    [CsvIgnore]
    public ProcessKey Process => new(Engine, Configuration, Program, Repetition);

    /// <summary>What else happened on the machine meanwhile.</summary>
    [CsvIgnore]
    public Interference Interference => new(ElapsedMs, StealMs, OthersCpuMs);

    /// <summary>How fast the machine itself was before and after the process.</summary>
    [CsvIgnore]
    public MachineSpeed Speed => new(Machine, ProbeBeforeMs, ProbeAfterMs);

    [CsvIgnore]
    public int ProbeFormat => Format;

    /// <summary>Makes the row of a workload from what a worker reported of its program.</summary>
    /// <param name="key">Which repetition it is.</param>
    /// <param name="program">The program.</param>
    /// <param name="times">The times of the workload.</param>
    /// <param name="report">The report.</param>
    /// <param name="interference">What else happened on the machine meanwhile.</param>
    /// <param name="speed">How fast the machine itself was before and after it.</param>
    public static Measurement Of(RepetitionKey key, string program, IReadOnlyList<double> times, WorkerReport report, Interference interference, MachineSpeed speed) => new()
    {
        Engine = key.Engine,
        Configuration = key.Configuration,
        Workload = key.Workload,
        Repetition = key.Repetition,
        CompileMs = report.CompileMs,
        InstantiateMs = report.InstantiateMs,
        WarmUpCalls = report.WarmUpCalls,
        WarmUpMs = report.WarmUpMs,
        Settled = report.Settled,
        ExecuteMs = times.Median(),
        ExecuteMinMs = times.Min(),
        ExecuteMaxMs = times.Max(),
        TimedCalls = times.Count,
        OptimizedBytes = report.OptimizedBytes,
        BaselineBytes = report.BaselineBytes,
        TierUps = report.TierUps,
        Deopts = report.Deopts,
        FinishedUtc = DateTime.UtcNow,
        Format = CurrentFormat,
        Program = program,
        StartMs = report.StartMs,
        FirstMs = report.IterationMs.Count > 0 ? report.IterationMs[0] : 0,
        ExecuteCpuMs = report.ExecuteCpuMs,
        CpuMs = report.CpuMs,
        SteadyAfterMs = SteadyState.After(report.IterationMs, report.WarmUpCalls),
        IterationsMs = string.Join(';', report.IterationMs.Skip(report.WarmUpCalls - Steadiness.MostIterations).Select(time => time.ToString(time < 1 ? "0.#######" : "0.####", System.Globalization.CultureInfo.InvariantCulture))),
        BaselineCompileMs = report.BaselineCompileMs,
        OptimizedCompileMs = report.OptimizedCompileMs,
        YoungCollections = report.YoungCollections,
        FullCollections = report.FullCollections,
        CollectionMs = report.CollectionMs,
        PromotedBytes = report.PromotedBytes,
        PeakMemoryBytes = report.PeakMemoryBytes,
        ElapsedMs = interference.ElapsedMs,
        StealMs = interference.StealMs,
        OthersCpuMs = interference.OthersMs,
        InstanceBytes = report.InstanceBytes,
        CacheHits = report.CacheHits,
        CacheMisses = report.CacheMisses,
        CacheOptimizedHits = report.CacheOptimizedHits,
        ClockStepMs = report.ClockStepMs,
        ProbeBeforeMs = speed.BeforeMs,
        ProbeAfterMs = speed.AfterMs,
        Machine = speed.Machine,
        LongestPauseMs = report.LongestPauseMs,
        DecodeMs = report.DecodeMs,
        ValidateMs = report.ValidateMs,
        QueueWaitMs = report.QueueWaitMs,
        LongestQueueWaitMs = report.LongestQueueWaitMs,
        CodeWaitMs = report.CodeWaitMs,
        LongestCodeWaitMs = report.LongestCodeWaitMs,
    };
}
