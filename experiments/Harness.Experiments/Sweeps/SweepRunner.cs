using System.Text.Json;
using Harness.Engine.Configuration;
using Harness.Experiments.Engines;
using Harness.Experiments.Results;
using Harness.Experiments.Workloads;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Sweeps;

/// <summary>
/// Runs a sweep: each repetition that the results folder does not have yet, in a fresh process. Rows are on the disk before
/// the next repetition starts, so that a killed sweep goes on where it stopped.
/// </summary>
internal sealed class SweepRunner
{
    /// <summary>A cell that failed so often is not tried again in this run.</summary>
    private const int FailuresToGiveUp = 3;

    private readonly SweepDefinition sweep;
    private readonly ResultsFolder folder;
    private readonly Dictionary<string, IEngine> engines;
    private readonly Dictionary<string, (Workload Workload, string Module, string Hash)> workloads;
    private readonly Dictionary<string, SweepConfiguration> configurations;
    private readonly Dictionary<string, string> fingerprints;

    /// <summary>Checks all that can be checked before the first repetition.</summary>
    /// <exception cref="HarnessException">An engine does not have a knob, or a module is malformed.</exception>
    public SweepRunner(SweepDefinition sweep, ResultsFolder folder)
    {
        this.sweep = sweep;
        this.folder = folder;
        engines = sweep.Engines.ToDictionary(name => name, EngineCatalog.Open);
        configurations = sweep.Configurations.ToDictionary(configuration => configuration.Name);
        workloads = sweep.Workloads.ToDictionary(workload => workload.Name, workload =>
        {
            var (module, hash) = ModuleCache.GetBinary(workload);
            return (workload, module, hash);
        });
        foreach (var engine in engines.Values)
        {
            foreach (var configuration in sweep.Configurations)
                engine.CheckKnobs(configuration.Knobs, sweep.V8Ignores);
        }

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

    /// <summary>Measures what is missing.</summary>
    /// <param name="progress">Is told what goes on.</param>
    /// <returns>The failures of this run.</returns>
    /// <exception cref="HarnessException">The folder has results of another sweep or build, or cannot be written.</exception>
    public IReadOnlyList<Failure> Run(ISweepProgress progress)
    {
        folder.Create();
        using var results = DurableCsv<Measurement>.Open(folder.Results, out var rows);
        MeasurementFile.Check(rows, folder.Results);
        using var failureLog = DurableCsv<Failure>.Open(folder.Failures, out _);
        RecordProvenance(rows);

        var pending = Pending(rows);
        var failures = new List<Failure>();
        progress.Begin(pending, alreadyDone: rows.Count);
        foreach (var key in pending)
        {
            if (failures.Count(failure => failure.Key.Cell == key.Cell) >= FailuresToGiveUp)
            {
                progress.Skip(key);
                continue;
            }

            progress.Start(key);
            var report = Measure(key);
            if (report.Status == WorkerStatus.Ok)
            {
                results.Append(ToMeasurement(key, report));
                progress.Finish(key, failure: null);
            }
            else
            {
                var failure = ToFailure(key, report);
                failureLog.Append(failure);
                failures.Add(failure);
                progress.Finish(key, failure);
            }
        }

        return failures;
    }

    private WorkerReport Measure(RepetitionKey key)
    {
        var (workload, module, _) = workloads[key.Workload];
        var request = new WorkerRequest(
            module, Words(workload.WarmUp), Words(workload.Timed), sweep.TimedCalls, sweep.WarmUp, configurations[key.Configuration].Knobs);
        return engines[key.Engine].Measure(request, sweep.Timeout);
    }

    private static WorkerInvocation Words(Invocation invocation) => new(
        invocation.Function, [.. invocation.Arguments.Select(literal => literal.ToString())], [.. invocation.Expected.Select(literal => literal.ToString())]);

    private static Measurement ToMeasurement(RepetitionKey key, WorkerReport report) => new()
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
        ExecuteMs = report.ExecuteMs.Median(),
        ExecuteMinMs = report.ExecuteMs.Min(),
        ExecuteMaxMs = report.ExecuteMs.Max(),
        TimedCalls = report.ExecuteMs.Count,
        OptimizedBytes = report.OptimizedBytes,
        BaselineBytes = report.BaselineBytes,
        TierUps = report.TierUps,
        Deopts = report.Deopts,
        FinishedUtc = DateTime.UtcNow,
    };

    private static Failure ToFailure(RepetitionKey key, WorkerReport report) => new()
    {
        Engine = key.Engine,
        Configuration = key.Configuration,
        Workload = key.Workload,
        Repetition = key.Repetition,
        Status = JsonNamingPolicy.KebabCaseLower.ConvertName(report.Status.ToString()),
        Message = report.Message.ReplaceLineEndings(" "),
        FinishedUtc = DateTime.UtcNow,
    };

    private void RecordProvenance(IReadOnlyList<Measurement> rows)
    {
        var earlier = Provenance.Read(folder.Provenance);
        if (earlier is not null && ChangedParts(earlier, rows) is { Count: > 0 } changed)
        {
            throw new HarnessException(
                $"{folder.Path} has results from before these changed: {string.Join(", ", changed)}; use --restart to set them aside and measure anew, or --results to measure elsewhere");
        }

        var measuresV8 = engines.ContainsKey(V8Engine.EngineName);
        var engineVersions = new Dictionary<string, string>(earlier?.Engines ?? []);
        foreach (var engine in engines.Values)
            engineVersions[engine.Name] = engine.Version;
        var provenance = new Provenance
        {
            Sweep = sweep.Name,
            Seed = sweep.Seed,
            Repetitions = sweep.Repetitions,
            Machine = MachineDescription.Current(),
            Engines = engineVersions,
            Fingerprints = Merge(earlier?.Fingerprints, fingerprints),
            Knobs = sweep.Configurations.ToDictionary(configuration => configuration.Name, configuration => EngineOptions.FromDictionary(configuration.Knobs).ToDictionary()),
            V8Flags = measuresV8
                ? sweep.Configurations.ToDictionary(configuration => configuration.Name, configuration => string.Join(' ', V8Engine.Flags(configuration.Knobs)))
                : earlier?.V8Flags,
            Runs = [.. earlier?.Runs ?? [], RunDescription.Current()],
        };
        provenance.Write(folder.Provenance);
        File.WriteAllText(folder.Sweep, sweep.SourceText);
    }

    private Dictionary<string, string> TakeFingerprints()
    {
        var machine = MachineDescription.Current();
        var parts = new Dictionary<string, string> { ["sweep file"] = Hash(sweep.SourceText), ["machine"] = $"{machine.Cpu}, {machine.Cores} cores" };
        foreach (var engine in engines.Values)
            parts[$"engine {engine.Name}"] = engine.Fingerprint;
        foreach (var (name, (_, _, hash)) in workloads)
            parts[$"workload {name}"] = hash;
        return parts;
    }

    /// <summary>What has changed since earlier rows were measured, of the parts that they depend on.</summary>
    private List<string> ChangedParts(Provenance earlier, IReadOnlyList<Measurement> rows)
    {
        if (rows.Count == 0)
            return [];
        var dependsOn = rows.SelectMany(row => (string[])[$"engine {row.Engine}", $"workload {row.Workload}"]).Append("sweep file").Append("machine").ToHashSet();
        return [.. fingerprints
            .Where(part => dependsOn.Contains(part.Key) && earlier.Fingerprints.TryGetValue(part.Key, out var before) && before != part.Value)
            .Select(part => part.Key)];
    }

    private List<RepetitionKey> Pending(IReadOnlyList<Measurement> rows)
    {
        var done = rows.Select(row => row.Key).ToHashSet();
        return [.. SweepPlan.Order(sweep).Where(key => !done.Contains(key))];
    }

    private static Dictionary<string, string> Merge(Dictionary<string, string>? earlier, Dictionary<string, string> now)
    {
        var merged = new Dictionary<string, string>(earlier ?? []);
        foreach (var (part, value) in now)
            merged[part] = value;
        return merged;
    }

    private static string Hash(string text) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)))[..16];
}
