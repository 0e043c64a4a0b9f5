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

    public void CheckKnobs(IReadOnlyDictionary<string, string> knobs, IReadOnlySet<string> ignored) => EngineOptions.FromDictionary(knobs);

    public WorkerReport Measure(WorkerRequest request, TimeSpan timeout) =>
        WorkerProcess.Run(DotnetPath, [typeof(OwnEngine).Assembly.Location, WorkerCommandName], request, timeout).Report();

    private static string DotnetPath =>
        Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";
}
