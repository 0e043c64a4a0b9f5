using System.Reflection;
using System.Security.Cryptography;
using Harness.Engine.Configuration;

namespace Harness.Experiments.Engines;

/// <summary>The engine of this project, in worker processes of the harness itself.</summary>
internal sealed class OwnEngine : IEngine
{
    public const string EngineName = "ours";

    /// <summary>The hidden command by which the harness runs itself as a worker: <see cref="OwnWorker"/>.</summary>
    public const string WorkerCommandName = "worker";

    private static readonly Assembly EngineAssembly = typeof(EngineOptions).Assembly;

    public string Name => EngineName;

    public string Title => "ours";

    public string Version => EngineAssembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    public string Fingerprint { get; } = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(EngineAssembly.Location)))[..16];

    public void CheckKnobs(IReadOnlyDictionary<string, string> knobs, IReadOnlySet<string> ignored) => EngineOptions.FromDictionary(KnobCatalog.Shared(knobs));

    public string? FindGap(IReadOnlyDictionary<string, string> knobs, IReadOnlySet<string> ignored) => null;

    public IReadOnlyList<string> Settings(IReadOnlyDictionary<string, string> knobs) =>
        [.. EngineOptions.FromDictionary(KnobCatalog.Shared(knobs)).ChangedKnobs().Select(pair => $"{pair.Key}={pair.Value}")];

    public string? FindGap(WorkerProgram program) => null;

    public WorkerReport Measure(WorkerRequest request, TimeSpan timeout) =>
        WorkerProcess.Run(OwnProgram(WorkerCommandName), request with { Knobs = KnobCatalog.Shared(request.Knobs) }, timeout).Report();

    /// <summary>The harness itself with one of its hidden commands.</summary>
    public static WorkerLaunch OwnProgram(string command) => new(DotnetPath, [typeof(OwnEngine).Assembly.Location, command]);

    private static string DotnetPath =>
        Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";
}
