using System.Reflection;
using Harness.Engine.Configuration;
using Harness.Engine.Runtime;

namespace Harness.Experiments.Engines;

/// <summary>The engine of this project, in worker processes of the harness itself.</summary>
internal sealed class OwnEngine : IEngine
{
    public const string EngineName = "ours";

    /// <summary>The hidden command by which the harness runs itself as a worker: <see cref="OwnWorker"/>.</summary>
    public const string WorkerCommandName = "worker";

    private const string Dotnet = "dotnet";

    /// <summary>The variable that makes the environment of a worker larger, where the knob <c>layout.seed</c> says so.</summary>
    public const string LayoutVariable = "HARNESS_LAYOUT";

    /// <summary>What the runtime leaves out in processes that live for milliseconds: threads and pipes for debuggers, a library for tracing, and changing the protection of pages whenever it writes code.</summary>
    private static readonly Dictionary<string, string> QuickStart = new() { ["DOTNET_EnableDiagnostics"] = "0", ["DOTNET_LTTng"] = "0", ["DOTNET_EnableWriteXorExecute"] = "0" };

    private static readonly Assembly EngineAssembly = typeof(EngineOptions).Assembly;

    private readonly RecordedProfile _profiles = new();
    private readonly CellCache _caches = new();

    public string Name => EngineName;

    public string Title => "ours";

    public string Version => EngineAssembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    public string Fingerprint => BuildFingerprint.OfHarness;

    public void CheckKnobs(IReadOnlyDictionary<string, string> knobs, IReadOnlySet<string> ignored) => EngineOptions.FromDictionary(KnobCatalog.Shared(knobs));

    public string? FindGap(IReadOnlyDictionary<string, string> knobs, IReadOnlySet<string> ignored) => null;

    public IReadOnlyList<string> Settings(IReadOnlyDictionary<string, string> knobs) =>
        [.. EngineOptions.FromDictionary(KnobCatalog.Shared(knobs)).ChangedKnobs().Select(pair => $"{pair.Key}={pair.Value}")];

    public string? FindGap(WorkerProgram program) => HostGap.Of(program);

    /// <summary>Makes what the processes of a cell begin with, where its configuration asks for it: a profile that is recorded, and a cache of code that is filled or empty.</summary>
    public void Prepare(WorkerRequest request, TimeSpan timeout) => _ = PrepareRequest(request, timeout);

    public WorkerReport Measure(WorkerRequest request, TimeSpan timeout)
    {
        var (prepared, failed) = PrepareRequest(request, timeout);
        if (failed is not null)
        {
            return failed;
        }

        return Run(CellCache.IsAskedFor(prepared.Knobs) ? _caches.Take(prepared) : prepared, timeout);
    }

    /// <summary>The request with what other processes have made for it.</summary>
    /// <returns>It, and the report of the process that has failed to; null where none has.</returns>
    private (WorkerRequest Request, WorkerReport? Failed) PrepareRequest(WorkerRequest request, TimeSpan timeout)
    {
        request = request with { Knobs = KnobCatalog.Shared(request.Knobs) };
        if (RecordedProfile.IsAskedFor(request.Knobs))
        {
            // What the cache holds is no part of what was learnt.
            var recording = Record(request with { Knobs = request.Knobs.Where(knob => knob.Key != CellCache.Knob || !CellCache.IsAskedFor(request.Knobs)).ToDictionary() }, timeout);
            if (recording.Report.Status != WorkerStatus.Ok)
            {
                return (request, recording.Report);
            }

            request = request with { Knobs = RecordedProfile.With(request.Knobs, recording.File) };
        }

        return (request, CellCache.IsAskedFor(request.Knobs) ? _caches.Prepare(request, filling => Run(filling, timeout)) : null);
    }

    private (string File, WorkerReport Report) Record(WorkerRequest request, TimeSpan timeout) => _profiles.Of(request, recorded => Run(recorded, timeout));

    private static WorkerReport Run(WorkerRequest request, TimeSpan timeout)
    {
        var launch = OwnProgram(WorkerCommandName);
        if (RandomLayout.EnvironmentSize(EngineOptions.FromDictionary(request.Knobs).LayoutSeed) is > 0 and var size)
        {
            launch = launch with { Environment = new Dictionary<string, string>(launch.Environment) { [LayoutVariable] = new('x', size) } };
        }

        return WorkerProcess.Run(launch, request, timeout).Report();
    }

    /// <summary>The harness itself with one of its hidden commands: the program that runs, or its assembly where dotnet or a test runs it.</summary>
    public static WorkerLaunch OwnProgram(string command)
    {
        var assembly = typeof(OwnEngine).Assembly;
        var launch = Environment.ProcessPath is not { } path ? new WorkerLaunch(Dotnet, [assembly.Location, command])
            : Path.GetFileName(path) == assembly.GetName().Name ? new WorkerLaunch(path, [command])
            : new WorkerLaunch(Path.GetFileName(path) == Dotnet ? path : Dotnet, [assembly.Location, command]);
        return launch with { Environment = QuickStart };
    }
}
