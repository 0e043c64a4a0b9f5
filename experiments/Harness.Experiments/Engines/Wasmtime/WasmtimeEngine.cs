using System.Reflection;
using Harness.Engine.Modules;

namespace Harness.Experiments.Engines.Wasmtime;

/// <summary>Wasmtime, in processes of the harness that load its library: <see cref="WasmtimeWorker"/>.</summary>
internal sealed class WasmtimeEngine : IEngine
{
    public const string EngineName = "wasmtime";

    /// <summary>The hidden command by which the harness runs itself as a worker.</summary>
    public const string WorkerCommandName = "wasmtime-worker";

    /// <summary>The version of the library.</summary>
    public static string LibraryVersion =>
        typeof(global::Wasmtime.Engine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    public string Name => EngineName;

    public string Title => "Wasmtime";

    public string Version => "Wasmtime " + LibraryVersion;

    public string Fingerprint => $"{Version}, harness {BuildFingerprint.OfHarness}";

    public void CheckKnobs(IReadOnlyDictionary<string, string> knobs, IReadOnlySet<string> ignored) => SharedKnobs.Check(Title, EngineName, Translate, knobs, ignored);

    public string? FindGap(IReadOnlyDictionary<string, string> knobs, IReadOnlySet<string> ignored) => SharedKnobs.FindGap(Translate, knobs, ignored);

    public IReadOnlyList<string> Settings(IReadOnlyDictionary<string, string> knobs) =>
        [.. OwnKnobs(knobs).Select(pair => $"{pair.Key[(EngineName.Length + 1)..]}={pair.Value}")];

    public string? FindGap(WorkerProgram program) => program.Host switch
    {
        "javascript" or "j2cl" => "runs no JavaScript, which the program's glue is written in",
        "none" when FirstImport(program.Module) is { } import => $"has no host for what the module imports from '{import}'",
        "none" or "instances" or "compile" or "traps" => null,
        "wasi" or "sightglass" => HostGap.Of(program),
        var host => $"has no host '{host}'",
    };

    public WorkerReport Measure(WorkerRequest request, TimeSpan timeout)
    {
        var output = WorkerProcess.Run(OwnEngine.OwnProgram(WorkerCommandName), request with { Knobs = OwnKnobs(request.Knobs) }, timeout);
        var report = output.Report();

        // The C interface, which the .NET library uses, ends the process where it meets a type that it has no words for.
        return report.Status == WorkerStatus.Error && output.Error.Split('\n').FirstOrDefault(line => line.Contains("is not implemented", StringComparison.Ordinal)) is { } reason
            ? report with { Status = WorkerStatus.Unsupported, Message = $"its C interface says: {reason.Trim()}" }
            : report;
    }

    /// <summary>The module that the program's first import is from; null where it imports nothing, or cannot be decoded here.</summary>
    private static string? FirstImport(string? module)
    {
        try
        {
            return module is not null && WasmModule.Decode(File.ReadAllBytes(module)).Imports is { Length: > 0 } imports ? imports[0].ModuleName : null;
        }
        catch (ModuleException)
        {
            return null;
        }
    }

    /// <summary>The knobs of the engine's own, with what the shared ones come to.</summary>
    private static IReadOnlyDictionary<string, string> OwnKnobs(IReadOnlyDictionary<string, string> knobs) => SharedKnobs.Resolve(EngineName, Translate, knobs);

    /// <summary>What a value of a shared knob is in the engine's own knobs.</summary>
    private static IReadOnlyDictionary<string, string>? Translate(string knob, string value) => (knob, value) switch
    {
        ("tier-up", "never") => new Dictionary<string, string> { ["wasmtime.strategy"] = "winch" },
        ("tier-up", "eager") => new Dictionary<string, string> { ["wasmtime.strategy"] = "cranelift" },
        ("memory.guard-pages", _) => new Dictionary<string, string> { ["wasmtime.signals_based_traps"] = value },
        ("interrupt.epochs", _) => new Dictionary<string, string> { ["wasmtime.epoch_interruption"] = value },
        ("interrupt.fuel", _) => new Dictionary<string, string> { ["wasmtime.consume_fuel"] = value },
        ("instance.pool", _) => new Dictionary<string, string> { ["wasmtime.pooling_allocator"] = value == "0" ? "off" : "on" },
        ("memory.image-min-size", _) => new Dictionary<string, string> { ["wasmtime.memory_init_cow"] = value == "0" ? "off" : "on" },
        ("pass.load-elimination", _) => new Dictionary<string, string> { ["wasmtime.enable_alias_analysis"] = value },
        ("inlining" or "inlining.call-indirect" or "inlining.call-ref" or "deopt", "off") => new Dictionary<string, string>(),
        _ => null,
    };
}
