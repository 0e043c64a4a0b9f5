using System.Diagnostics;
using System.Text.Json;
using Harness.Experiments.Engines;
using Harness.Experiments.Results;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Sweeps;

/// <summary>
/// Runs a sweep: each repetition that the results folder does not have yet, in a fresh process. Rows are on the disk before
/// the next repetition starts, so that a killed sweep goes on where it stopped.
/// </summary>
internal sealed class SweepRunner
{
    /// <summary>A cell that failed so often is not tried again in this run.</summary>
    private const int FailuresToGiveUp = 3;

    // What is said of a program that cannot be run at all.
    private const string AnyEngine = "any";
    private const string AnyConfiguration = "any";

    private readonly PreparedSweep _prepared;
    private readonly SweepDefinition _sweep;
    private readonly ResultsFolder _folder;
    private readonly SweepFingerprints _fingerprints;
    private readonly List<EngineGap> _gaps;

    /// <summary>Checks all that can be checked before the first repetition.</summary>
    /// <exception cref="HarnessException">An engine does not have a knob.</exception>
    public SweepRunner(SweepDefinition sweep, ResultsFolder folder)
    {
        _sweep = sweep;
        _folder = folder;
        _prepared = new PreparedSweep(sweep);
        _gaps = [.. SweepGaps.Find(_prepared)];
        _fingerprints = new SweepFingerprints(_prepared);
    }

    /// <summary>
    /// Whether the folder has the results of a finished sweep that there is nothing to add to: all is measured, or was
    /// measured of something else.
    /// </summary>
    public bool IsSuperseding
    {
        get
        {
            if (!File.Exists(_folder.Results) || Provenance.Read(_folder.Provenance) is not { FinishedUtc: not null } earlier)
            {
                return false;
            }

            var rows = MeasurementFile.Read(_folder.Results);
            return _fingerprints.ChangedSince(earlier, rows).Count > 0 || Pending(rows).Count == 0;
        }
    }

    /// <summary>Takes what others on the machine disturbed out of the results, so that it is missing.</summary>
    /// <returns>How many processes that are.</returns>
    /// <exception cref="HarnessException">The folder has results of another sweep or build, which could not be measured again, or cannot be written.</exception>
    public int SetDisturbedAside()
    {
        if (!File.Exists(_folder.Results))
        {
            return 0;
        }

        RequireUnchanged(Provenance.Read(_folder.Provenance), MeasurementFile.Read(_folder.Results));
        return DisturbedRows.SetAside(_folder);
    }

    /// <summary>Measures what is missing.</summary>
    /// <param name="progress">Is told what goes on.</param>
    /// <param name="limit">Time after which no process is started any more; null for none.</param>
    /// <returns>The failures of this run.</returns>
    /// <exception cref="HarnessException">The folder has results of another sweep or build, or cannot be written.</exception>
    public IReadOnlyList<Failure> Run(ISweepProgress progress, TimeSpan? limit = null)
    {
        var started = Stopwatch.StartNew();
        _folder.Create();
        using var results = DurableCsv<Measurement>.Open(_folder.Results, out var rows);
        MeasurementFile.Check(rows, _folder.Results);
        using var failureLog = DurableCsv<Failure>.Open(_folder.Failures, out _);

        // The gaps that earlier runs found are part of what is recorded.
        var pending = Pending(rows);
        RecordProvenance(rows);
        var done = rows.Select(row => row.Key).ToHashSet();
        var failures = new List<Failure>();
        progress.Begin(pending, alreadyDone: rows.Count);
        progress.Measured(rows);
        foreach (var gap in _gaps)
        {
            progress.Gap(gap);
        }

        foreach (var program in _prepared.Programs.Values.Where(program => program.Problem is not null))
        {
            progress.Absent(Log(new ProgramRun(AnyEngine, AnyConfiguration, program.Definition.Name, 0), new WorkerReport { Status = WorkerStatus.Absent, Message = program.Problem! }));
        }

        var meter = new ProcessMeter();
        foreach (var key in pending)
        {
            if (limit is { } most && started.Elapsed > most)
            {
                progress.Stop();
                break;
            }

            if (failures.Count(failure => failure.Key.Cell == key.Cell) >= FailuresToGiveUp || _gaps.Any(gap => gap.Covers(key)))
            {
                progress.Skip(key);
                continue;
            }

            progress.Start(key);
            var measured = Measure(key, meter);
            var report = measured.Report;
            if (report.Status == WorkerStatus.Unsupported)
            {
                progress.Finish(key, failure: null);
                progress.Gap(AddGap(key, report));
                continue;
            }

            if (report.Status != WorkerStatus.Ok)
            {
                progress.Finish(key, Log(key, report));
                continue;
            }

            // All rows of a process go to the disk at once; where a kill tore them apart, only those that are missing are added.
            List<Measurement> added = [.. _prepared.WorkloadsOf[key.Program].Where(workload => !done.Contains(key.Of(workload.Name))).Select(workload => ToMeasurement(key, workload, measured))];
            results.Append(added);
            progress.Finish(key, failure: null);
            progress.Measured(added);
        }

        return failures;

        Failure Log(ProgramRun key, WorkerReport report)
        {
            var failure = ToFailure(key, report);
            failureLog.Append(failure);
            failures.Add(failure);
            return failure;
        }
    }

    /// <summary>Notes that an engine turned out not to run a program under a configuration, so that it is tried only once. Another configuration may be able to, with another tier or other features.</summary>
    private EngineGap AddGap(ProgramRun key, WorkerReport report)
    {
        var gap = new EngineGap(key.Engine, key.Configuration, key.Program, $"cannot run it: {OneLine.Of(report.Message)}");
        _gaps.Add(gap);
        (Provenance.Read(_folder.Provenance)! with { Gaps = _gaps }).Write(_folder.Provenance);
        return gap;
    }

    /// <summary>Runs a repetition: modules are built before its process, and what only another process tells is asked for afterwards.</summary>
    private MeteredProcess Measure(ProgramRun key, ProcessMeter meter)
    {
        var configuration = _prepared.Configurations[key.Configuration];
        var program = _prepared.BuildOf(key.Program, configuration);
        var request = new WorkerRequest
        {
            Program = program.Request!,
            TimedCalls = _sweep.TimedCalls,
            Settle = _sweep.WarmUp,
            Knobs = configuration.Knobs,
            Counts = true,
        };
        var engine = _prepared.Engines[key.Engine];
        var measured = meter.Run(engine, request, _sweep.Timeout);
        var judged = ProgramResult.CheckTimes(program.Definition, _prepared.WorkloadsOf[key.Program], ProgramResult.Check(program.Definition, measured.Report));
        return measured with { Report = engine.AddCounts(request, judged, _sweep.Timeout) };
    }

    private Measurement ToMeasurement(ProgramRun key, Workload workload, MeteredProcess measured)
    {
        var report = measured.Report;
        var times = ProgramResult.TimesOf(workload, _prepared.Programs[key.Program].Definition, report);
        return Measurement.Of(key.Of(workload.Name), key.Program, times, workload.Metric is null ? report : report with { ClockStepMs = 0 }, measured.Interference, measured.Speed);
    }

    private static Failure ToFailure(ProgramRun key, WorkerReport report) => new()
    {
        Engine = key.Engine,
        Configuration = key.Configuration,
        Workload = key.Program,
        Repetition = key.Repetition,
        Status = JsonNamingPolicy.KebabCaseLower.ConvertName(report.Status.ToString()),
        Message = OneLine.Of(report.Message),
        FinishedUtc = DateTime.UtcNow,
    };

    /// <summary>Rows of different builds, files or programs are not mixed.</summary>
    private void RequireUnchanged(Provenance? earlier, IReadOnlyList<Measurement> rows)
    {
        if (earlier is not null && _fingerprints.ChangedSince(earlier, rows) is { Count: > 0 } changed)
        {
            throw new HarnessException(
                $"{_folder.Path} has results from before these changed: {string.Join(", ", changed)}; use --restart to set them aside and measure anew, or --results to measure elsewhere");
        }
    }

    private void RecordProvenance(IReadOnlyList<Measurement> rows)
    {
        var earlier = Provenance.Read(_folder.Provenance);
        RequireUnchanged(earlier, rows);
        var engineVersions = new Dictionary<string, string>(earlier?.Engines ?? []);
        foreach (var engine in _prepared.Engines.Values)
        {
            engineVersions[engine.Name] = engine.Version;
        }

        var environment = EnvironmentDescription.Current();
        var provenance = new Provenance
        {
            Sweep = _sweep.Name,
            Seed = _sweep.Seed,
            Repetitions = _sweep.Repetitions,
            Machine = MachineDescription.Current(),
            Environment = earlier?.Environment ?? environment,
            Engines = engineVersions,
            Fingerprints = Merge(earlier?.Fingerprints, _fingerprints.Parts),
            Knobs = _sweep.Configurations.ToDictionary(configuration => configuration.Name, configuration => KnobCatalog.Complete(configuration.Knobs)),
            Settings = Merge(earlier?.Settings, _prepared.Engines.Values.ToDictionary(engine => engine.Name, engine =>
                _sweep.ConfigurationsFor(engine.Name).ToDictionary(configuration => configuration.Name, configuration => string.Join(' ', engine.Settings(configuration.Knobs))))),
            Shard = _sweep.Shard.IsWhole ? null : _sweep.Shard.ToString(),
            Shards = earlier?.Shards,
            ArtificialLoad = _sweep.Load == 0 ? null : _sweep.Load,
            Gaps = _gaps,
            MeasuredAgain = earlier?.MeasuredAgain,
            Workloads = DescribeWorkloads(earlier),
            Runs = [.. earlier?.Runs ?? [], RunDescription.Current() with { Environment = environment }],
        };
        provenance.Write(_folder.Provenance);
        _folder.WriteSweep(_sweep.SourceText);
    }

    /// <summary>The workloads of this run, behind those that earlier runs of the same sweep have measured alone.</summary>
    private List<WorkloadDescription> DescribeWorkloads(Provenance? earlier)
    {
        var present = _sweep.Workloads.Select(workload => new WorkloadDescription(workload.Name, workload.Title, workload.Group, workload.Program, workload.Calls)).ToList();
        return [.. earlier?.Workloads?.Where(before => !present.Exists(workload => workload.Name == before.Name)) ?? [], .. present];
    }

    /// <summary>The runs that are missing, of programs that can be run: those of which a workload has no row.</summary>
    private List<ProgramRun> Pending(IReadOnlyList<Measurement> rows)
    {
        var done = rows.Select(row => row.Key).ToHashSet();
        if (rows.Count > 0 && Provenance.Read(_folder.Provenance)?.Gaps is { } earlier)
        {
            _gaps.AddRange(earlier.Where(gap => gap.Program is not null && _prepared.Engines.ContainsKey(gap.Engine)).Except(_gaps).ToList());
        }

        return [.. SweepPlan.Order(_sweep)
            .Where(run => _prepared.Programs[run.Program].Problem is null && !_gaps.Any(gap => gap.Covers(run)) && _prepared.WorkloadsOf[run.Program].Any(workload => !done.Contains(run.Of(workload.Name))))];
    }

    private static Dictionary<string, TValue> Merge<TValue>(Dictionary<string, TValue>? earlier, IReadOnlyDictionary<string, TValue> now)
    {
        var merged = new Dictionary<string, TValue>(earlier ?? []);
        foreach (var (part, value) in now)
        {
            merged[part] = value;
        }

        return merged;
    }
}
