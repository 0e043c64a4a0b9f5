using System.Globalization;
using Harness.Experiments.Engines.Shells;

namespace Harness.Experiments.Engines.Jsc;

/// <summary>JavaScriptCore, in processes of its shell <c>jsc</c> that run <c>experiments/shells/jsc.mjs</c>. Knobs become options of the shell.</summary>
internal sealed class JscEngine : IEngine
{
    public const string EngineName = "jsc";

    private readonly Installation.InstalledProgram program = JscInstallation.Package.Find()
        ?? throw new HarnessException($"engine '{EngineName}' is not installed; install it with './harness engines --install {EngineName}'");

    public string Name => EngineName;

    public string Title => "JavaScriptCore";

    public string Version => "JavaScriptCore " + program.Version.Split('-')[0];

    public string Fingerprint => $"JavaScriptCore {program.Version}";

    public void CheckKnobs(IReadOnlyDictionary<string, string> knobs, IReadOnlySet<string> ignored) => SharedKnobs.Check(Title, EngineName, Translate, knobs, ignored);

    public string? FindGap(IReadOnlyDictionary<string, string> knobs, IReadOnlySet<string> ignored) => SharedKnobs.FindGap(Translate, knobs, ignored);

    public IReadOnlyList<string> Settings(IReadOnlyDictionary<string, string> knobs) => Options(knobs);

    public string? FindGap(WorkerProgram program) => ShellPrograms.FindGap(program);

    public WorkerReport Measure(WorkerRequest request, TimeSpan timeout)
    {
        var launch = new WorkerLaunch(program.Program, [.. Options(request.Knobs), "-m", Path.Combine(ProjectLayout.Shells, "jsc.mjs")]) { Environment = program.Environment };
        var observer = new ShellObserver();
        return observer.Complete(WorkerProcess.Run(launch, request, timeout, observer.Observe).Report());
    }

    /// <summary>The shell's options for some knobs.</summary>
    public static IReadOnlyList<string> Options(IReadOnlyDictionary<string, string> knobs) =>
    [
        .. SharedKnobs.Resolve(EngineName, Translate, knobs).Select(pair =>
        {
            var value = KnobCatalog.Find(pair.Key).Parse(pair.Value);
            return $"--{pair.Key[(EngineName.Length + 1)..]}={(value is bool isOn ? (isOn ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture))}";
        }),
    ];

    /// <summary>What a value of a shared knob is in the engine's own knobs. It does not speculate on the targets of calls, and never leaves optimized code.</summary>
    private static IReadOnlyDictionary<string, string>? Translate(string knob, string value) => (knob, value) switch
    {
        ("inlining", _) => new Dictionary<string, string> { ["jsc.useOMGInlining"] = value },
        ("inlining.call-indirect" or "inlining.call-ref" or "deopt", "off") => new Dictionary<string, string>(),
        ("inlining.max-depth", _) => new Dictionary<string, string> { ["jsc.maximumWasmDepthForInlining"] = value },
        ("inlining.max-size", _) => new Dictionary<string, string> { ["jsc.maximumWasmCalleeSizeForInlining"] = value },
        ("tier-up", "never") => new Dictionary<string, string> { ["jsc.useOMGJIT"] = "off" },
        ("tier-up", "synchronous") => new Dictionary<string, string> { ["jsc.useConcurrentJIT"] = "off" },
        ("tier-up", "background") => new Dictionary<string, string>(),
        ("memory.guard-pages", _) => new Dictionary<string, string> { ["jsc.useWasmFastMemory"] = value },
        _ => null,
    };
}
