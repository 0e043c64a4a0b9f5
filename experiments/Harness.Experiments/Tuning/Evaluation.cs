using System.Diagnostics;
using System.Text.Json;
using CsvHelper;
using Harness.Experiments.Engines;
using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Tuning;

/// <summary>
/// One workload in one measured process of a tuning run: a row of <c>evaluations.csv</c>. Times are in milliseconds, sizes in bytes. A program that times
/// several workloads itself gives a row for each of them. What rows from before there was a column do not have of it is not known: null, or empty.
/// </summary>
[CsvRecord]
internal sealed partial record Evaluation : IMeteredRow
{
    /// <summary>What it was measured for: <c>search</c>, <c>validation</c>, <c>confirm</c> or <c>held-out</c>.</summary>
    [CsvColumn("phase")]
    public required string Phase { get; init; }

    /// <summary>The round; what has the same round and phase was measured together.</summary>
    [CsvColumn("round")]
    public required int Round { get; init; }

    /// <summary>Knob values, or <c>default</c>.</summary>
    [CsvColumn("configuration")]
    public required string Configuration { get; init; }

    [CsvColumn("workload")]
    public required string Workload { get; init; }

    /// <summary><c>ok</c>, or how it failed.</summary>
    [CsvColumn("status")]
    public required string Status { get; init; }

    [CsvColumn("execute_ms")]
    public double ExecuteMs { get; init; }

    [CsvColumn("compile_ms")]
    public double CompileMs { get; init; }

    [CsvColumn("optimized_bytes")]
    public long OptimizedBytes { get; init; }

    /// <summary>How long the whole process took, in equal parts of its rows; budgets of time are sums of it.</summary>
    [CsvColumn("process_seconds")]
    public double ProcessSeconds { get; init; }

    /// <summary>Most memory that the measured process had resident; 0 where nobody told it, as in rows from before there was this.</summary>
    [CsvColumn("peak_memory_bytes", Optional = true)]
    public long PeakMemoryBytes { get; init; }

    /// <summary>The longest collection of the process; 0 where there was none, and where the engine does not tell it.</summary>
    [CsvColumn("longest_pause_ms", Optional = true)]
    public double? LongestPauseMs { get; init; }

    /// <summary>The program whose process measured it: rows of one process have the same phase, round, configuration and program.</summary>
    [CsvColumn("program", Optional = true)]
    public string Program { get => field ?? ""; init; } = "";

    /// <summary>How long the measured process alone took, from its start to its end.</summary>
    [CsvColumn("elapsed_ms", Optional = true)]
    public double? ElapsedMs { get; init; }

    /// <summary>Time that the hypervisor gave to other machines meanwhile.</summary>
    [CsvColumn("steal_ms", Optional = true)]
    public double? StealMs { get; init; }

    /// <summary>CPU time of everything else on the machine meanwhile.</summary>
    [CsvColumn("others_cpu_ms", Optional = true)]
    public double? OthersCpuMs { get; init; }

    /// <summary>How long a fixed piece of work took just before the process was started.</summary>
    [CsvColumn("probe_before_ms", Optional = true)]
    public double? ProbeBeforeMs { get; init; }

    /// <summary>How long the same work took just after the process had ended.</summary>
    [CsvColumn("probe_after_ms", Optional = true)]
    public double? ProbeAfterMs { get; init; }

    /// <summary>Which machine it was (<see cref="MachineBoot"/>).</summary>
    [CsvColumn("machine", Optional = true)]
    public string Machine { get => field ?? ""; init; } = "";

    /// <summary>The version of the columns of <c>results.csv</c> (<see cref="Measurement.CurrentFormat"/>) that those of the machine have the meaning of.</summary>
    [CsvColumn("format", Optional = true)]
    public int? Format { get; init; }

    [CsvIgnore]
    public ProcessKey Process => new(Phase, Configuration, Program, Round);

    [CsvIgnore]
    public Interference Interference => new(ElapsedMs ?? 0, StealMs ?? 0, OthersCpuMs ?? 0);

    [CsvIgnore]
    public MachineSpeed Speed => new(Machine, ProbeBeforeMs ?? 0, ProbeAfterMs ?? 0);

    [CsvIgnore]
    public int ProbeFormat => Format ?? 0;

    [CsvIgnore]
    public bool IsOk => Status == OkStatus;

    [CsvIgnore]
    public EvaluationKey Key => new(Phase, Round, Configuration, Workload);

    public const string OkStatus = "ok";
}

/// <summary>Names one row of a tuning run.</summary>
internal readonly record struct EvaluationKey(string Phase, int Round, string Configuration, string Workload);

/// <summary>A process of a tuning run.</summary>
/// <param name="Phase">What it is measured for.</param>
/// <param name="Round">Its round.</param>
/// <param name="Configuration">Knob values, or <c>default</c>.</param>
/// <param name="Program">Name of the program that it runs.</param>
/// <param name="Workloads">Names of the program's workloads that count.</param>
internal sealed record EvaluationProcess(string Phase, int Round, string Configuration, string Program, IReadOnlyList<string> Workloads)
{
    /// <summary>Its rows, in the order of the workloads.</summary>
    public IEnumerable<EvaluationKey> Keys => Workloads.Select(workload => new EvaluationKey(Phase, Round, Configuration, workload));
}

/// <summary>Measures a configuration on a program: this machine, or a function in a test.</summary>
internal interface IEvaluator
{
    /// <summary>Begins a round: what it measures comes together.</summary>
    /// <param name="phase">What it is measured for.</param>
    /// <param name="round">The round.</param>
    /// <param name="configurations">Names of all configurations that it measures.</param>
    void Begin(string phase, int round, IReadOnlyList<string> configurations)
    {
    }

    /// <summary>Runs a process, or answers from an earlier one.</summary>
    /// <returns>A row for each of its workloads, in their order.</returns>
    IReadOnlyList<Evaluation> Evaluate(EvaluationProcess process, IReadOnlyDictionary<string, string> knobs);
}

/// <summary>Measures in fresh worker processes of this machine.</summary>
internal sealed class ProcessEvaluator : IEvaluator
{
    /// <summary>How many steps from corner to corner of the space are tried for values that an engine cannot take.</summary>
    private const int Steps = 32;

    private static readonly HashSet<string> NothingIgnored = [];
    private static readonly Dictionary<string, string> Defaults = [];

    private readonly TuningSpecification _specification;
    private readonly IEngine _engine;
    private readonly Dictionary<string, Workload> _workloads;
    private readonly PreparedPrograms _programs;
    private readonly ProcessMeter _meter = new();

    /// <summary>Checks that the engine has the knobs, and prepares the modules.</summary>
    /// <param name="specification">What is searched.</param>
    /// <param name="engine">What measures; null for the engine of the specification.</param>
    public ProcessEvaluator(TuningSpecification specification, IEngine? engine = null)
    {
        _specification = specification;
        _engine = engine ??= EngineCatalog.Open(specification.Engine);
        // Corners and what lies between them: an engine may know no flag for one of several values, or count in larger units.
        for (var step = 0; step <= Steps; step++)
        {
            var place = Math.Min((double)step / Steps, 0.999999);
            engine.CheckKnobs(specification.Space.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.At(place)), NothingIgnored);
        }

        _workloads = specification.Train.Concat(specification.Validation).Concat(specification.HeldOut).ToDictionary(workload => workload.Name);
        _programs = new PreparedPrograms(specification.Programs.Values);
        if (specification.Programs.Values.Select(program => _programs.Find(program.Name, Defaults)).FirstOrDefault(program => program.Problem is not null) is { } unusable)
        {
            throw new HarnessException($"program '{unusable.Definition.Name}': {unusable.Problem}");
        }

        if (!specification.Programs.Values.Any(program => program.IsCompiled))
        {
            KnobCatalog.RefuseOfPrograms(specification.Space.Parameters.Select(parameter => KeyValuePair.Create(parameter.Name, "")), "what is measured");
        }
    }

    public string EngineVersion => _engine.Version;

    /// <summary>What results depend on, by part.</summary>
    public Dictionary<string, string> Fingerprints()
    {
        var machine = MachineDescription.Current();
        var parts = new Dictionary<string, string> { ["machine"] = $"{machine.Cpu}, {machine.Cores} cores", [$"engine {_engine.Name}"] = _engine.Fingerprint };
        foreach (var workload in _workloads.Values)
        {
            var program = _programs.Find(workload.Program, Defaults);
            parts[$"workload {workload.Name}"] = program.Fingerprint;
            parts[SweepFingerprints.UsagePart + workload.Name] = program.UsageFingerprint;
        }

        foreach (var (part, fingerprint) in SweepFingerprints.OfFiles(_specification.Space.Parameters.SelectMany(parameter => parameter.Values.Select(value => KeyValuePair.Create(parameter.Name, value))), "the search"))
        {
            parts[part] = fingerprint;
        }

        // The modules of a search over lowerings are known only when it asks for them.
        if (_specification.Space.Parameters.Any(parameter => KnobCatalog.IsOfPrograms(parameter.Name)))
        {
            parts["compiler dart"] = PreparedPrograms.CompilerFingerprint;
        }

        return parts;
    }

    public IReadOnlyList<Evaluation> Evaluate(EvaluationProcess process, IReadOnlyDictionary<string, string> knobs)
    {
        var program = _programs.Find(process.Program, knobs);
        if (program.Problem is { } problem)
        {
            throw new HarnessException($"program '{process.Program}' under {process.Configuration}: {problem}");
        }

        var watch = Stopwatch.StartNew();

        // V8 tells sizes of code and collections in a process more, which a search that they do not concern is spared.
        var counts = _specification.WeighsObserved || process.Phase is not "search";
        // What of them decides is measured in every round, as times are, and profiles are recorded in every round: what was lucky once must not be found again in all of them. Where they are only
        // shown, one a phase is enough.
        var occasion = _specification.WeighsObserved || RecordedProfile.IsAskedFor(knobs) || CellCache.IsAskedFor(knobs) ? FormattableString.Invariant($"{process.Phase} {process.Round}") : process.Phase;
        var request = new WorkerRequest { Program = program.Request!, TimedCalls = _specification.TimedCalls, Settle = WarmUpRule.Usual, Knobs = knobs, Counts = counts, Occasion = occasion };
        var timeout = TimeSpan.FromSeconds(_specification.TimeoutSeconds);
        var measured = _meter.Run(_engine, request, timeout);
        var judged = ProgramResult.CheckTimes(program.Definition, process.Workloads.Select(name => _workloads[name]), ProgramResult.Check(program.Definition, measured.Report));
        var report = _engine.AddCounts(request, judged, timeout);
        var seconds = Math.Round(watch.Elapsed.TotalSeconds / process.Workloads.Count, 3);
        return [.. process.Workloads.Select(name => new Evaluation
        {
            Phase = process.Phase,
            Round = process.Round,
            Configuration = process.Configuration,
            Workload = name,
            Status = JsonNamingPolicy.KebabCaseLower.ConvertName(report.Status.ToString()),
            ExecuteMs = report.Status == WorkerStatus.Ok ? ProgramResult.TimesOf(_workloads[name], program.Definition, report).Median() : 0,
            CompileMs = report.CompileMs,
            OptimizedBytes = report.OptimizedBytes,
            ProcessSeconds = seconds,
            PeakMemoryBytes = report.PeakMemoryBytes,
            LongestPauseMs = report.LongestPauseMs,
            Program = process.Program,
            ElapsedMs = measured.Interference.ElapsedMs,
            StealMs = measured.Interference.StealMs,
            OthersCpuMs = measured.Interference.OthersMs,
            ProbeBeforeMs = measured.Speed.BeforeMs,
            ProbeAfterMs = measured.Speed.AfterMs,
            Machine = measured.Speed.Machine,
            Format = Measurement.CurrentFormat,
        })];
    }
}

/// <summary>
/// Answers from the rows of a folder, and measures what they do not have: since a search depends on nothing but seed and rows, a run that was killed
/// goes on by being run again.
/// </summary>
internal sealed class RecordedEvaluator : IEvaluator, IDisposable
{
    private readonly IEvaluator _inner;
    private readonly DurableCsv<Evaluation> _file;
    private readonly Dictionary<EvaluationKey, Evaluation> _rows;
    private readonly TuningRecord _begun;
    private readonly string _path;

    public RecordedEvaluator(IEvaluator inner, string path)
    {
        _inner = inner;
        _path = path;

        // A run that an older version of the harness began goes on.
        DurableCsv<Evaluation>.Renew(path);
        _file = DurableCsv<Evaluation>.Open(path, out var earlier);
        _rows = Index(earlier, path);
        _begun = new TuningRecord(earlier);
    }

    /// <summary>The rows by key.</summary>
    /// <exception cref="HarnessException">A row is there twice, or has a time that is none.</exception>
    public static Dictionary<EvaluationKey, Evaluation> Index(IReadOnlyList<Evaluation> rows, string path)
    {
        var byKey = new Dictionary<EvaluationKey, Evaluation>();
        for (var i = 0; i < rows.Count; i++)
        {
            if (!byKey.TryAdd(rows[i].Key, rows[i]))
            {
                throw new HarnessException($"{path}:{i + 2} is the same evaluation as an earlier line; delete one of them");
            }

            if (rows[i].IsOk && !(rows[i].ExecuteMs > 0 && double.IsFinite(rows[i].ExecuteMs)))
            {
                throw new HarnessException($"{path}:{i + 2} was changed after it was measured: execute_ms is no time above 0; delete the line to measure it again");
            }
        }

        return byKey;
    }

    /// <summary>Refuses to mix two searches: a baseline of the one would stand beside candidates of the other, measured at another time.</summary>
    /// <exception cref="HarnessException">The round has rows of a configuration that it does not measure.</exception>
    public void Begin(string phase, int round, IReadOnlyList<string> configurations)
    {
        if (_begun.Candidates(phase, round).FirstOrDefault(known => !configurations.Contains(known)) is { } other)
        {
            throw new HarnessException($"{_path} has rows of {other} in phase {phase}, round {round}, which this search does not measure there: another version of the harness began it, which provenance.json names; go on with that one, or choose another folder with --results");
        }
    }

    public IReadOnlyList<Evaluation> Evaluate(EvaluationProcess process, IReadOnlyDictionary<string, string> knobs)
    {
        // Where a kill tore the rows of a process apart, only those that are missing are added.
        if (!process.Keys.All(_rows.ContainsKey))
        {
            Evaluation[] missing = [.. _inner.Evaluate(process, knobs).Where(row => !_rows.ContainsKey(row.Key))];
            _file.Append(missing);
            foreach (var row in missing)
            {
                _rows[row.Key] = row;
            }
        }

        return [.. process.Keys.Select(key => _rows[key])];
    }

    public void Dispose() => _file.Dispose();
}
