using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Harness.Engine.Configuration;

namespace Harness.Experiments.Engines;

/// <summary>V8, in Node processes that run <c>v8-worker.mjs</c>. Knobs become V8's flags of the same meaning.</summary>
internal sealed partial class V8Engine : IEngine
{
    public const string EngineName = "v8";

    private readonly string node = NodeInstallation.NodePath;
    private readonly string[] versions;

    public V8Engine()
    {
        using var process = Process.Start(new ProcessStartInfo(node, ["-p", "process.version + ' ' + process.versions.v8"]) { RedirectStandardOutput = true })!;
        versions = process.StandardOutput.ReadToEnd().Trim().Split(' ');
        process.WaitForExit();
    }

    public string Name => EngineName;

    public string Title => $"V8 (Node {versions[0].TrimStart('v').Split('.')[0]})";

    public string Version => $"Node {versions[0]}, V8 {versions[1]}";

    public string Fingerprint => Version;

    public void CheckKnobs(IReadOnlyDictionary<string, string> knobs, IReadOnlySet<string> ignored)
    {
        foreach (var (name, text) in knobs)
        {
            var knob = KnobRegistry.Find(name);
            var value = knob.Parse(text);
            if (knob.ToV8Flags(value) is null && !value.Equals(knob.Default) && !ignored.Contains(name))
                throw new HarnessException($"V8 has no flag for knob '{name}' = {text}; leave it out, add it to 'v8-ignores', or measure with --engine ours");
        }
    }

    public WorkerReport Measure(WorkerRequest request, TimeSpan timeout)
    {
        string[] arguments = ["--trace-wasm-compilation-times", "--trace-deopt", .. Flags(request.Knobs), Path.Combine(ProjectLayout.Node, "v8-worker.mjs")];
        var output = WorkerProcess.Run(node, arguments, request, timeout);
        return AddTrace(output.Report(), output.Lines);
    }

    /// <summary>V8's flags for some knobs; knobs without a flag are left out.</summary>
    public static IReadOnlyList<string> Flags(IReadOnlyDictionary<string, string> knobs) =>
    [
        .. knobs.SelectMany(pair =>
        {
            var knob = KnobRegistry.Find(pair.Key);
            return knob.ToV8Flags(knob.Parse(pair.Value)) ?? [];
        }),
    ];

    /// <summary>Adds what only V8's trace tells: compilations, code sizes and deopts.</summary>
    public static WorkerReport AddTrace(WorkerReport report, IEnumerable<string> lines)
    {
        var optimized = new Dictionary<int, long>();
        var baseline = new Dictionary<int, long>();
        var tierUps = 0;
        var deopts = 0;
        foreach (var line in lines)
        {
            if (CompilationLine().Match(line) is { Success: true } match)
            {
                var isOptimized = match.Groups["compiler"].Value == "TurboFan";
                tierUps += isOptimized ? 1 : 0;
                (isOptimized ? optimized : baseline)[Number(match, "function")] = Number(match, "size");
            }
            else if (line.StartsWith("[bailout (kind: deopt", StringComparison.Ordinal) && line.Contains("type: Wasm", StringComparison.Ordinal))
            {
                deopts++;
            }
        }

        return report with { OptimizedBytes = optimized.Values.Sum(), BaselineBytes = baseline.Values.Sum(), TierUps = tierUps, Deopts = deopts };
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^Compiled function \S+#(?<function>\d+) using (?<compiler>\w+), .* codesize (?<size>\d+)")]
    private static partial Regex CompilationLine();
}
