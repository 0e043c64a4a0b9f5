using System.Diagnostics;
using System.Text.Json;
using Harness.Dart;
using Harness.Engine.Configuration;
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

    // The fingerprints of files that knobs name.
    private const string FilePart = "file ";

    // The fingerprint of the share of a sweep that is measured; folders from before there were shards have none.
    private const string ShardPart = "shard";

    // The fingerprint of what disturbed the measurement on purpose; folders from before there was this have none.
    private const string LoadPart = "artificial load";

    private readonly SweepDefinition sweep;
    private readonly ResultsFolder folder;
    private readonly Dictionary<string, IEngine> engines;
    private readonly PreparedPrograms builds;
    private readonly Dictionary<string, PreparedProgram> programs;
    private readonly ILookup<string, Workload> workloadsOf;
    private readonly Dictionary<string, SweepConfiguration> configurations;
    private readonly Dictionary<string, string> fingerprints;
    private readonly List<EngineGap> gaps;

    /// <summary>Checks all that can be checked before the first repetition.</summary>
    /// <exception cref="HarnessException">An engine does not have a knob.</exception>
    public SweepRunner(SweepDefinition sweep, ResultsFolder folder)
    {
        this.sweep = sweep;
        this.folder = folder;
        engines = sweep.Engines.ToDictionary(name => name, EngineCatalog.Open);
        configurations = sweep.Configurations.ToDictionary(configuration => configuration.Name);
        builds = new PreparedPrograms(sweep.Programs);
        programs = sweep.Programs.ToDictionary(program => program.Name, BuildAll);
        workloadsOf = sweep.Workloads.ToLookup(workload => workload.Program);
        foreach (var engine in engines.Values)
        {
            foreach (var configuration in sweep.ConfigurationsFor(engine.Name).Where(configuration => configuration.Name == sweep.BaselineOf(engine.Name) || KnobGap(engine, configuration) is null))
                engine.CheckKnobs(configuration.Knobs, sweep.IgnoredBy(engine.Name));
        }

        gaps = [.. engines.Values.SelectMany(FindGaps)];
        fingerprints = TakeFingerprints();
    }

    /// <summary>
    /// Whether the folder has the results of a finished sweep that there is nothing to add to: all is measured, or was
    /// measured of something else.
    /// </summary>
    public bool IsSuperseding
    {
        get
        {
            if (!File.Exists(folder.Results) || Provenance.Read(folder.Provenance) is not { FinishedUtc: not null } earlier)
                return false;
            var rows = MeasurementFile.Read(folder.Results);
            return ChangedParts(earlier, rows).Count > 0 || Pending(rows).Count == 0;
        }
    }

    /// <summary>Takes what others on the machine disturbed out of the results, so that it is missing.</summary>
    /// <returns>How many processes that are.</returns>
    /// <exception cref="HarnessException">The folder has results of another sweep or build, which could not be measured again, or cannot be written.</exception>
    public int SetDisturbedAside()
    {
        if (!File.Exists(folder.Results))
            return 0;
        RequireUnchanged(Provenance.Read(folder.Provenance), MeasurementFile.Read(folder.Results));
        return DisturbedRows.SetAside(folder);
    }

    /// <summary>Measures what is missing.</summary>
    /// <param name="progress">Is told what goes on.</param>
    /// <param name="limit">Time after which no process is started any more; null for none.</param>
    /// <returns>The failures of this run.</returns>
    /// <exception cref="HarnessException">The folder has results of another sweep or build, or cannot be written.</exception>
    public IReadOnlyList<Failure> Run(ISweepProgress progress, TimeSpan? limit = null)
    {
        var started = Stopwatch.StartNew();
        folder.Create();
        using var results = DurableCsv<Measurement>.Open(folder.Results, out var rows);
        MeasurementFile.Check(rows, folder.Results);
        using var failureLog = DurableCsv<Failure>.Open(folder.Failures, out _);

        // The gaps that earlier runs found are part of what is recorded.
        var pending = Pending(rows);
        RecordProvenance(rows);
        var done = rows.Select(row => row.Key).ToHashSet();
        var failures = new List<Failure>();
        progress.Begin(pending, alreadyDone: rows.Count);
        progress.Measured(rows);
        foreach (var gap in gaps)
            progress.Gap(gap);
        foreach (var program in programs.Values.Where(program => program.Problem is not null))
            progress.Absent(Log(new ProgramRun(AnyEngine, AnyConfiguration, program.Definition.Name, 0), new WorkerReport { Status = WorkerStatus.Absent, Message = program.Problem! }));
        foreach (var key in pending)
        {
            if (limit is { } most && started.Elapsed > most)
            {
                progress.Stop();
                break;
            }

            if (failures.Count(failure => failure.Key.Cell == key.Cell) >= FailuresToGiveUp || gaps.Any(gap => gap.Covers(key)))
            {
                progress.Skip(key);
                continue;
            }

            progress.Start(key);
            var meter = new InterferenceMeter();
            var report = Measure(key);
            var interference = meter.Stop(report.CpuMs);
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
            List<Measurement> added = [.. workloadsOf[key.Program].Where(workload => !done.Contains(key.Of(workload.Name))).Select(workload => ToMeasurement(key, workload, report, interference))];
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

    /// <summary>Builds a program as all configurations ask for it; gives the first build that cannot be run, else the first.</summary>
    private PreparedProgram BuildAll(ProgramDefinition program)
    {
        var all = sweep.Configurations.Select(configuration => builds.Find(program.Name, configuration.Knobs)).Distinct().ToList();
        return all.FirstOrDefault(build => build.Problem is not null) ?? all[0];
    }

    private string? KnobGap(IEngine engine, SweepConfiguration configuration) => engine.FindGap(configuration.Knobs, sweep.IgnoredBy(engine.Name));

    /// <summary>
    /// What is known beforehand: programs that an engine cannot run, configurations that it has no settings for, and those that come to the same on it as an
    /// earlier one although their knobs differ. A baseline that cannot be measured is a mistake of the sweep.
    /// </summary>
    private IEnumerable<EngineGap> FindGaps(IEngine engine)
    {
        var seen = new Dictionary<string, SweepConfiguration>();
        var seenBySettings = new Dictionary<string, SweepConfiguration>();
        var uncompiled = programs.Values.Where(program => program.Problem is null && !program.Definition.IsCompiled).Select(program => program.Definition.Name).ToList();
        foreach (var configuration in sweep.ConfigurationsFor(engine.Name).OrderBy(configuration => configuration.Name == sweep.BaselineOf(engine.Name) ? 0 : 1))
        {
            if (KnobGap(engine, configuration) is { } obstacle)
            {
                yield return new EngineGap(engine.Name, configuration.Name, null, obstacle);
                continue;
            }

            var settings = string.Join(' ', engine.Settings(configuration.Knobs));
            var compiled = $"{settings} {DartKnobs.Describe(configuration.Knobs)}";
            if (!seen.TryAdd(compiled, configuration) && ChangedKnobs(seen[compiled]) != ChangedKnobs(configuration))
            {
                yield return new EngineGap(engine.Name, configuration.Name, null, $"does the same as in '{seen[compiled].Name}'");
                continue;
            }

            // A program that is not compiled by the project is the same for all knobs of the compiler.
            if (!seenBySettings.TryAdd(settings, configuration) && ChangedKnobs(seenBySettings[settings]) != ChangedKnobs(configuration))
            {
                foreach (var program in uncompiled)
                    yield return new EngineGap(engine.Name, configuration.Name, program, $"does the same as in '{seenBySettings[settings].Name}'");
            }
        }

        foreach (var program in programs.Values.Where(program => program.Problem is null))
        {
            if (engine.FindGap(program.Request!) is { } reason)
                yield return new EngineGap(engine.Name, null, program.Definition.Name, reason);
        }
    }

    private static string ChangedKnobs(SweepConfiguration configuration) => string.Join(' ', configuration.Knobs
        .Select(pair => (Knob: KnobCatalog.Find(pair.Key), pair.Value))
        .Where(pair => !pair.Knob.Parse(pair.Value).Equals(pair.Knob.Default))
        .Select(pair => $"{pair.Knob.Name}={pair.Knob.Format(pair.Knob.Parse(pair.Value))}")
        .Order(StringComparer.Ordinal));

    /// <summary>Notes that an engine turned out not to run a program, so that it is tried only once.</summary>
    private EngineGap AddGap(ProgramRun key, WorkerReport report)
    {
        var gap = new EngineGap(key.Engine, null, key.Program, $"cannot run it: {report.Message.ReplaceLineEndings(" ")}");
        gaps.Add(gap);
        (Provenance.Read(folder.Provenance)! with { Gaps = gaps }).Write(folder.Provenance);
        return gap;
    }

    private WorkerReport Measure(ProgramRun key)
    {
        var program = builds.Find(key.Program, configurations[key.Configuration].Knobs);
        var request = new WorkerRequest
        {
            Program = program.Request!,
            TimedCalls = sweep.TimedCalls,
            Settle = sweep.WarmUp,
            Knobs = configurations[key.Configuration].Knobs,
            Counts = true,
        };
        return ProgramResult.Check(program.Definition, engines[key.Engine].Measure(request, sweep.Timeout));
    }

    private Measurement ToMeasurement(ProgramRun key, Workload workload, WorkerReport report, Interference interference)
    {
        var times = ProgramResult.TimesOf(workload, programs[key.Program].Definition, report);
        return Measurement.Of(key.Of(workload.Name), key.Program, times, report, interference);
    }

    private static Failure ToFailure(ProgramRun key, WorkerReport report) => new()
    {
        Engine = key.Engine,
        Configuration = key.Configuration,
        Workload = key.Program,
        Repetition = key.Repetition,
        Status = JsonNamingPolicy.KebabCaseLower.ConvertName(report.Status.ToString()),
        Message = report.Message.ReplaceLineEndings(" "),
        FinishedUtc = DateTime.UtcNow,
    };

    /// <summary>Rows of different builds, files or programs are not mixed.</summary>
    private void RequireUnchanged(Provenance? earlier, IReadOnlyList<Measurement> rows)
    {
        if (earlier is not null && ChangedParts(earlier, rows) is { Count: > 0 } changed)
        {
            throw new HarnessException(
                $"{folder.Path} has results from before these changed: {string.Join(", ", changed)}; use --restart to set them aside and measure anew, or --results to measure elsewhere");
        }
    }

    private void RecordProvenance(IReadOnlyList<Measurement> rows)
    {
        var earlier = Provenance.Read(folder.Provenance);
        RequireUnchanged(earlier, rows);
        var engineVersions = new Dictionary<string, string>(earlier?.Engines ?? []);
        foreach (var engine in engines.Values)
            engineVersions[engine.Name] = engine.Version;
        var provenance = new Provenance
        {
            Sweep = sweep.Name,
            Seed = sweep.Seed,
            Repetitions = sweep.Repetitions,
            Machine = MachineDescription.Current(),
            Environment = EnvironmentDescription.Current(),
            Engines = engineVersions,
            Fingerprints = Merge(earlier?.Fingerprints, fingerprints),
            Knobs = sweep.Configurations.ToDictionary(configuration => configuration.Name, configuration => KnobCatalog.Complete(configuration.Knobs)),
            Settings = Merge(earlier?.Settings, engines.Values.ToDictionary(engine => engine.Name, engine =>
                sweep.ConfigurationsFor(engine.Name).ToDictionary(configuration => configuration.Name, configuration => string.Join(' ', engine.Settings(configuration.Knobs))))),
            Shard = sweep.Shard.IsWhole ? null : sweep.Shard.ToString(),
            Shards = earlier?.Shards,
            ArtificialLoad = sweep.Load == 0 ? null : sweep.Load,
            Gaps = gaps,
            MeasuredAgain = earlier?.MeasuredAgain,
            Workloads = [.. sweep.Workloads.Select(workload => new WorkloadDescription(workload.Name, workload.Title, workload.Group, workload.Program, workload.Calls))],
            Runs = [.. earlier?.Runs ?? [], RunDescription.Current()],
        };
        provenance.Write(folder.Provenance);
        folder.WriteSweep(sweep.SourceText);
    }

    private Dictionary<string, string> TakeFingerprints()
    {
        var machine = MachineDescription.Current();
        var parts = new Dictionary<string, string> { ["sweep file"] = Hash(sweep.SourceText), ["machine"] = machine.Kind, [ShardPart] = sweep.Shard.ToString(), [LoadPart] = Describe(sweep.Load) };
        foreach (var engine in engines.Values)
            parts[$"engine {engine.Name}"] = engine.Fingerprint;
        foreach (var program in programs.Values.Where(program => program.Problem is null))
        {
            foreach (var configuration in sweep.Configurations)
            {
                foreach (var workload in workloadsOf[program.Definition.Name])
                    parts[PartOf(workload.Name, program.Definition, configuration)] = builds.Find(program.Definition.Name, configuration.Knobs).Fingerprint;
            }
        }

        foreach (var configuration in sweep.Configurations)
        {
            foreach (var (knob, file) in configuration.Knobs.Where(pair => KnobCatalog.Find(pair.Key).Type is KnobType.Path or KnobType.Model or KnobType.Decisions or KnobType.Assembly
                && pair.Value is not ("none" or InliningModel.BuiltInName) && !RecordedProfile.IsAskedFor(pair.Key, pair.Value)))
                parts[FilePart + file] = HashOfFile(configuration.Name, knob, file);
        }

        return parts;
    }

    private static string Describe(int load) => load == 0 ? "none" : $"{load} processors";

    /// <summary>The module of a workload among the fingerprints; where it is not built by default, with what it is built by.</summary>
    private static string PartOf(string workload, ProgramDefinition program, SweepConfiguration configuration) =>
        PreparedPrograms.BuildOf(program, configuration.Knobs) is { Length: > 0 } build ? $"workload {workload} ({build})" : $"workload {workload}";

    private string PartOf(Measurement row) =>
        sweep.Workloads.FirstOrDefault(workload => workload.Name == row.Workload) is { } workload
        && programs.TryGetValue(workload.Program, out var program) && configurations.TryGetValue(row.Configuration, out var configuration)
            ? PartOf(workload.Name, program.Definition, configuration)
            : $"workload {row.Workload}";

    private static string HashOfFile(string configuration, string knob, string file)
    {
        try
        {
            return Hash(File.ReadAllText(file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HarnessException($"configuration '{configuration}', knob '{knob}': '{file}' cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>What has changed since earlier rows were measured, of the parts that they depend on.</summary>
    private List<string> ChangedParts(Provenance earlier, IReadOnlyList<Measurement> rows)
    {
        if (rows.Count == 0)
            return [];
        var dependsOn = rows.SelectMany(row => (string[])[$"engine {row.Engine}", PartOf(row)]).Append("sweep file").Append("machine").Append(ShardPart).Append(LoadPart).ToHashSet();
        return [.. fingerprints
            .Where(part => (dependsOn.Contains(part.Key) || part.Key.StartsWith(FilePart, StringComparison.Ordinal)) && Before(part.Key) is { } before && before != part.Value)
            .Select(part => part.Key)];

        string? Before(string part) => earlier.Fingerprints.GetValueOrDefault(part) ?? part switch
        {
            ShardPart => SweepShard.Whole.ToString(),
            LoadPart => Describe(0),
            _ => null,
        };
    }

    /// <summary>The runs that are missing, of programs that can be run: those of which a workload has no row.</summary>
    private List<ProgramRun> Pending(IReadOnlyList<Measurement> rows)
    {
        var done = rows.Select(row => row.Key).ToHashSet();
        if (rows.Count > 0 && Provenance.Read(folder.Provenance)?.Gaps is { } earlier)
            gaps.AddRange(earlier.Where(gap => gap.Program is not null && engines.ContainsKey(gap.Engine)).Except(gaps).ToList());
        return [.. SweepPlan.Order(sweep)
            .Where(run => programs[run.Program].Problem is null && !gaps.Any(gap => gap.Covers(run)) && workloadsOf[run.Program].Any(workload => !done.Contains(run.Of(workload.Name))))];
    }

    private static Dictionary<string, TValue> Merge<TValue>(Dictionary<string, TValue>? earlier, Dictionary<string, TValue> now)
    {
        var merged = new Dictionary<string, TValue>(earlier ?? []);
        foreach (var (part, value) in now)
            merged[part] = value;
        return merged;
    }

    private static string Hash(string text) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)))[..16];
}
