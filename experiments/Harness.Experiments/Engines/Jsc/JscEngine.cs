using System.Globalization;
using System.Text.RegularExpressions;
using Harness.Experiments.Engines.Shells;

namespace Harness.Experiments.Engines.Jsc;

/// <summary>JavaScriptCore, in processes of its shell <c>jsc</c> that run <c>experiments/shells/jsc.mjs</c>. Knobs become options of the shell.</summary>
internal sealed partial class JscEngine : IEngine
{
    public const string EngineName = "jsc";

    /// <summary>What the shell writes to its standard error about an option that it does not know. It goes on without it.</summary>
    private const string UnknownOption = "invalid option";

    private readonly Installation.InstalledProgram _program = JscInstallation.Package.Find()
        ?? throw new HarnessException($"engine '{EngineName}' is not installed; install it with './harness engines --install {EngineName}'");

    private readonly Lazy<IReadOnlySet<string>> _options;

    public JscEngine() => _options = new Lazy<IReadOnlySet<string>>(() => ReadOptionNames(ListOptions(_program)));

    public string Name => EngineName;

    public string Title => "JavaScriptCore";

    public string Version => "JavaScriptCore " + _program.Version.Split('-')[0];

    public string Fingerprint => $"JavaScriptCore {_program.Identity}, scripts {BuildFingerprint.OfShells}";

    public void CheckKnobs(IReadOnlyDictionary<string, string> knobs, IReadOnlySet<string> ignored)
    {
        SharedKnobs.Check(Version, EngineName, TranslationOf(_program.Version), knobs, ignored);
        CheckOptions(Version, Options(knobs, _options.Value), _options.Value);
    }

    public string? FindGap(IReadOnlyDictionary<string, string> knobs, IReadOnlySet<string> ignored) => SharedKnobs.FindGap(TranslationOf(_program.Version), knobs, ignored);

    public IReadOnlyList<string> Settings(IReadOnlyDictionary<string, string> knobs) => Options(knobs, _options.Value);

    public string? FindGap(WorkerProgram program) => ShellPrograms.FindGap(program);

    public WorkerReport Measure(WorkerRequest request, TimeSpan timeout)
    {
        var launch = new WorkerLaunch(_program.Program, [.. Options(request.Knobs, _options.Value), "-m", Path.Combine(ProjectLayout.Shells, "jsc.mjs")]) { Environment = _program.Environment };
        var observer = new ShellObserver();
        var output = WorkerProcess.Run(launch, request, timeout, observer.Observe);
        return FindRefusal(output.Error) ?? observer.Complete(output.Report());
    }

    /// <summary>What the shell lists as its options, on whichever of its outputs.</summary>
    /// <param name="program">The shell.</param>
    public static string ListOptions(Installation.InstalledProgram program)
    {
        var (_, output, error) = ToolProcess.Run(program.Program, ["--options"], environment: program.Environment);
        return output + error;
    }

    /// <summary>The names in a list of options, such as <c>   useOMGJIT=true   ... "allows the OMG JIT"</c>.</summary>
    public static IReadOnlySet<string> ReadOptionNames(string list) => OptionName().Matches(list).Select(match => match.Groups["name"].Value).ToHashSet();

    /// <summary>Refuses options that the shell does not know: it would say so and go on without them.</summary>
    /// <param name="version">The shell's version, for the message.</param>
    /// <param name="given">The options that it is to be given.</param>
    /// <param name="known">The names that it knows; none where it does not list them, so that what it says when it runs must do.</param>
    /// <exception cref="HarnessException">There is one.</exception>
    public static void CheckOptions(string version, IReadOnlyList<string> given, IReadOnlySet<string> known)
    {
        if (known.Count > 0 && given.Select(option => option.Split('=')[0][2..]).FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            throw new HarnessException($"{version} has no option '{unknown}'{(JscKnobs.LaterNameOf(unknown) is { } later ? $" (nor '{later}', as later versions call it)" : "")}, and would run as if it were not given; leave out knob '{EngineName}.{unknown}', or install another version with './harness engines --install {EngineName}'");
        }
    }

    /// <summary>The failure of a shell that was given an option which it does not know, or a value that the option does not take; null where it took all.</summary>
    /// <param name="error">Its standard error.</param>
    public static WorkerReport? FindRefusal(string error) =>
        error.Split('\n').FirstOrDefault(line => line.Contains(UnknownOption, StringComparison.OrdinalIgnoreCase)) is { } line
            ? new WorkerReport { Status = WorkerStatus.Error, Message = $"jsc ran without an option: {line.Trim()}" }
            : null;

    [GeneratedRegex(@"(?<![\w-])(?<name>[A-Za-z]\w*)=")]
    private static partial Regex OptionName();

    /// <summary>The shell's options for some knobs.</summary>
    /// <param name="knobs">Values by name.</param>
    /// <param name="known">The options that the shell lists, which are named as it names them; none where it does not list them.</param>
    public static IReadOnlyList<string> Options(IReadOnlyDictionary<string, string> knobs, IReadOnlySet<string> known) =>
    [
        .. SharedKnobs.Resolve(EngineName, Translate, knobs).Select(pair =>
        {
            var value = KnobCatalog.Find(pair.Key).Parse(pair.Value);
            return $"--{JscKnobs.NameIn(known, pair.Key[(EngineName.Length + 1)..])}={(value is bool isOn ? (isOn ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture))}";
        }),
    ];

    /// <summary>What shared knobs are in the knobs of a version: of one that may inline indirect calls, nothing keeps it from that.</summary>
    /// <param name="version">The version of the shell's package.</param>
    public static SharedKnobs.Translation TranslationOf(string version) => (knob, value) =>
        knob is "inlining.call-indirect" or "inlining.call-ref" && !JscInstallation.InlinesDirectCallsOnly(version) ? null : Translate(knob, value);

    /// <summary>What a value of a shared knob is in the engine's own knobs, of versions that do not speculate on the targets of calls. None ever leaves optimized code.</summary>
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
