using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Harness.Engine.Configuration;

namespace Harness.Experiments.Engines.V8;

/// <summary>V8, in Node processes that run <c>v8-worker.mjs</c>. Knobs become V8's flags of the same meaning.</summary>
internal sealed partial class V8Engine : IEngine
{
    public const string EngineName = "v8";

    /// <summary>The columns of <c>results.csv</c> that a trace tells, in one process for all repetitions of a cell.</summary>
    public static IReadOnlySet<string> TracedColumns { get; } = new HashSet<string>
    {
        "optimized_bytes", "baseline_bytes", "optimized_compile_ms", "baseline_compile_ms", "tier_ups", "deopts", "young_collections", "full_collections", "collection_ms", "promoted_bytes",
        "longest_pause_ms",
    };

    private static readonly string[] Traces = ["--trace-wasm-compilation-times", "--trace-deopt", "--trace-gc-nvp"];

    private readonly string _node = NodeInstallation.NodePath;
    private readonly Dictionary<string, WorkerReport> _traces = [];
    private readonly string[] _versions;

    public V8Engine()
    {
        var (exitCode, output, error) = ToolProcess.Run(_node, ["-p", "process.version + ' ' + process.versions.v8"]);
        if (exitCode != 0)
        {
            throw new HarnessException($"{_node} does not run, it ended with code {exitCode}: {error.Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault()}");
        }

        _versions = output.Trim().Split(' ');
    }

    public string Name => EngineName;

    public string Title => $"V8 (Node {_versions[0].TrimStart('v').Split('.')[0]})";

    public string Version => $"Node {_versions[0]}, V8 {_versions[1]}";

    public string Fingerprint => $"{Version}, scripts {BuildFingerprint.OfNode}";

    public string? FindGap(IReadOnlyDictionary<string, string> knobs, IReadOnlySet<string> ignored)
    {
        foreach (var (name, text) in KnobCatalog.Shared(knobs).Where(knob => !ignored.Contains(knob.Key)))
        {
            if (FindMistake(name, text) is { } mistake)
            {
                return $"cannot be given it: {mistake}";
            }

            if (ToFlags(name, text) is null && KnobCatalog.Find(name) is var knob && !knob.Parse(text).Equals(knob.Default))
            {
                return $"has no flag for knob '{name}' = {text}";
            }
        }

        return null;
    }

    public void CheckKnobs(IReadOnlyDictionary<string, string> knobs, IReadOnlySet<string> ignored)
    {
        if (FindGap(knobs, ignored) is { } gap)
        {
            throw new HarnessException($"V8 {gap}; leave it out, add it to 'v8-ignores', or measure with --engine ours");
        }

        var given = new HashSet<string>();
        foreach (var (name, text) in KnobCatalog.Concerning(EngineName, knobs))
        {
            foreach (var flag in GivenFlags(name, text))
            {
                if (!given.Add(NameOf(flag)))
                {
                    throw new HarnessException($"knob '{name}' sets V8's flag {NameOf(flag)}, which another knob sets as well; write one of them");
                }
            }
        }

        CheckOtherFlags(knobs);
    }

    /// <summary>Lets this V8 start with the flags that have no knob of their own: what it does not know would fail in every process of the sweep.</summary>
    private void CheckOtherFlags(IReadOnlyDictionary<string, string> knobs)
    {
        const string knob = $"{EngineName}.{V8Knobs.OtherFlags}";
        if (!knobs.TryGetValue(knob, out var text) || ToFlags(knob, text) is not { Count: > 0 } flags)
        {
            return;
        }

        var (exitCode, _, error) = ToolProcess.Run(_node, [.. flags, "--eval", "0"]);
        if (exitCode != 0)
        {
            throw new HarnessException($"{Version} does not start with knob '{knob}' = {text}: {OneLine.Of(error.Trim())}; 'node --v8-options' lists its flags");
        }
    }

    public IReadOnlyList<string> Settings(IReadOnlyDictionary<string, string> knobs) => Flags(knobs);

    public string? FindGap(WorkerProgram program) => HostGap.OfInstances(program) ?? HostGap.Of(program);

    /// <summary>Runs a program without any trace, since V8 writes a kilobyte for each collection, of which there may be thousands a second.</summary>
    public WorkerReport Measure(WorkerRequest request, TimeSpan timeout) => Run(request, timeout, []).Report();

    /// <summary>
    /// Adds what only a trace tells. It comes from another process, which nobody times: one for all repetitions of a cell on the same
    /// <see cref="WorkerRequest.Occasion"/>.
    /// </summary>
    public WorkerReport AddCounts(WorkerRequest request, WorkerReport report, TimeSpan timeout)
    {
        if (!request.Counts || report.Status != WorkerStatus.Ok)
        {
            return report;
        }

        var key = $"{request.Occasion}\n{JsonSerializer.Serialize(request, WorkerProtocol.Json)}";
        if (!_traces.TryGetValue(key, out var trace))
        {
            var traced = Run(request, timeout, Traces);
            if (traced.Report() is { Status: not WorkerStatus.Ok } failed)
            {
                return failed;
            }

            trace = AddTrace(new WorkerReport { Status = WorkerStatus.Ok }, traced.Lines);
            _traces.Add(key, trace);
        }

        return report with
        {
            OptimizedBytes = trace.OptimizedBytes,
            BaselineBytes = trace.BaselineBytes,
            OptimizedCompileMs = trace.OptimizedCompileMs,
            BaselineCompileMs = trace.BaselineCompileMs,
            TierUps = trace.TierUps,
            Deopts = trace.Deopts,
            YoungCollections = trace.YoungCollections,
            FullCollections = trace.FullCollections,
            CollectionMs = trace.CollectionMs,
            LongestPauseMs = trace.LongestPauseMs,
            PromotedBytes = trace.PromotedBytes,
        };
    }

    private WorkerOutput Run(WorkerRequest request, TimeSpan timeout, IReadOnlyList<string> flags) =>
        WorkerProcess.Run(new WorkerLaunch(_node, [.. flags, .. Flags(request.Knobs), Path.Combine(ProjectLayout.Node, "v8-worker.mjs")]), request, timeout);

    /// <summary>V8's flags for some knobs; knobs without a flag, and those of other engines, are left out.</summary>
    public static IReadOnlyList<string> Flags(IReadOnlyDictionary<string, string> knobs) =>
        [.. KnobCatalog.Concerning(EngineName, knobs).SelectMany(pair => GivenFlags(pair.Key, pair.Value))];

    /// <summary>The flags that V8 is given: none for what it cannot take, which is a gap, or to be ignored.</summary>
    private static IReadOnlyList<string> GivenFlags(string name, string text) => FindMistake(name, text) is null ? ToFlags(name, text) ?? [] : [];

    /// <summary>Why V8's flag does not take a value that the knob takes; null if it does, or there is none.</summary>
    private static string? FindMistake(string name, string text) => KnobCatalog.Find(name) is EngineKnob knob ? knob.FindV8Mistake(knob.Parse(text)) : null;

    /// <summary>The flags for a value of a knob; null where V8 has no such setting.</summary>
    private static IReadOnlyList<string>? ToFlags(string name, string text)
    {
        var knob = KnobCatalog.Find(name);
        var value = knob.Parse(text);
        if (knob is EngineKnob own)
        {
            return own.ToV8Flags(value);
        }

        if (value is ToolFlags flags)
        {
            return flags.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }

        var flag = name[(EngineName.Length + 1)..];
        return [value is bool isOn ? (isOn ? $"--{flag}" : $"--no-{flag}") : $"--{flag}={knob.Format(value)}"];
    }

    /// <summary>The flag without its value or its negation.</summary>
    private static string NameOf(string flag) => "--" + flag.Split('=')[0].Replace("--no-", "--", StringComparison.Ordinal)[2..];

    /// <summary>Adds what only V8's trace tells: compilations, code sizes, deopts and collections, those of the worker's own scripts included.</summary>
    public static WorkerReport AddTrace(WorkerReport report, IEnumerable<string> lines)
    {
        var optimized = new Dictionary<string, long>();
        var baseline = new Dictionary<string, long>();
        var tierUps = 0;
        var deopts = 0;
        var compileMicroseconds = new Dictionary<bool, long> { [false] = 0, [true] = 0 };
        var (young, full, pauses, longest, promoted) = (0, 0, 0.0, 0.0, 0L);
        foreach (var line in lines)
        {
            if (CompilationLine().Match(line) is { Success: true } match)
            {
                var isOptimized = match.Groups["compiler"].Value == "TurboFan";
                tierUps += isOptimized ? 1 : 0;
                (isOptimized ? optimized : baseline)[match.Groups["function"].Value] = Number(match, "size");
                compileMicroseconds[isOptimized] += Number(match, "time");
            }
            else if (CollectionLine().Match(line) is { Success: true } collection)
            {
                var isYoung = collection.Groups["kind"].Value is "s" or "mms";
                young += isYoung ? 1 : 0;
                full += isYoung ? 0 : 1;
                var pause = double.Parse(collection.Groups["pause"].Value, CultureInfo.InvariantCulture);
                pauses += pause;
                longest = Math.Max(longest, pause);
                promoted += PromotedPart().Match(line) is { Success: true } part ? Number(part, "bytes") : 0;
            }
            else if (line.StartsWith("[bailout (kind: deopt", StringComparison.Ordinal) && line.Contains("type: Wasm", StringComparison.Ordinal))
            {
                deopts++;
            }
        }

        return report with
        {
            OptimizedBytes = optimized.Values.Sum(),
            BaselineBytes = baseline.Values.Sum(),
            OptimizedCompileMs = compileMicroseconds[true] / 1000.0,
            BaselineCompileMs = compileMicroseconds[false] / 1000.0,
            TierUps = tierUps,
            Deopts = deopts,
            YoungCollections = young,
            FullCollections = full,
            CollectionMs = pauses,
            LongestPauseMs = longest,
            PromotedBytes = promoted,
        };
    }

    private static long Number(Match match, string group) => long.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    /// <summary>A compilation: functions are told by module and number, since scripts may load more than one module.</summary>
    [GeneratedRegex(@"^Compiled function (?<function>\S+#\d+) using (?<compiler>\w+), took (?<time>\d+) .* codesize (?<size>\d+)")]
    private static partial Regex CompilationLine();

    [GeneratedRegex(@" ms: GC: \{""pause"":(?<pause>[0-9.]+),.*?""gc"":""(?<kind>\w+)""")]
    private static partial Regex CollectionLine();

    [GeneratedRegex(@"""promoted"":(?<bytes>\d+)")]
    private static partial Regex PromotedPart();
}
