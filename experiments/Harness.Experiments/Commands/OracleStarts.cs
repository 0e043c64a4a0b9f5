using Harness.Engine.Configuration;
using Harness.Experiments.Engines;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Tuning.Oracle;

namespace Harness.Experiments.Commands;

/// <summary>The policies that <c>harness oracle</c> starts from and compares with: those of the engine, one with wide limits, and files of knob values.</summary>
internal static class OracleStarts
{
    /// <summary>What all are compared with.</summary>
    public static OracleStart NoInlining { get; } = new("no-inlining", "", new Dictionary<string, string> { ["inlining"] = "off" });

    /// <summary>All policies with their default knobs, and V8's with limits that hardly limit.</summary>
    public static IReadOnlyList<OracleStart> All { get; } =
    [
        .. KnobRegistry.Find("inlining.policy").Values.Where(value => value.Value is not (InliningPolicyKind.Oracle or InliningPolicyKind.Custom))
            .Select(policy => new OracleStart(policy.Name, policy.Name, new Dictionary<string, string> { ["inlining.policy"] = policy.Name })),
        new("v8-large", "v8", new Dictionary<string, string> { ["inlining.policy"] = "v8", ["inlining.budget"] = "20000", ["inlining.factor"] = "10", ["inlining.max-count"] = "1000" }),
    ];

    /// <summary>Policies by their names, all where there are none, and files of knob values.</summary>
    /// <exception cref="HarnessException">There is no such policy, a file is no start, or two starts have one name; the message says how to mend it.</exception>
    public static IReadOnlyList<OracleStart> Choose(IReadOnlyList<string> policies, IReadOnlyList<string> files)
    {
        List<OracleStart> chosen = [.. policies.Count == 0 ? All : policies.Select(Find), .. files.Select(Read)];
        return chosen.GroupBy(start => start.Name).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new HarnessException($"two starts are named '{twice.Key}'; {(policies.Count(name => name == twice.Key) > 1 ? "name it once" : "rename the file of one")}")
            : chosen;
    }

    /// <summary>A start from a file of knob values, by the name of the file.</summary>
    /// <exception cref="HarnessException">It cannot be read, or cannot be a start; the message says how to mend it.</exception>
    public static OracleStart Read(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        if (name == OracleSearch.FoundName || name == NoInlining.Name)
        {
            throw new HarnessException($"a start cannot be named '{name}', as {path} is: that is {(name == NoInlining.Name ? "the configuration without inlining" : "what the search finds")}; rename the file");
        }

        var knobs = KnobCatalog.Shared(ConfigurationFile.Read(path)).ToDictionary();
        var policy = knobs.GetValueOrDefault("inlining.policy", "v8");
        return policy == "oracle" ? throw new HarnessException($"configuration {path} has decisions of its own (inlining.policy: oracle); start from the policy for the rest") : new OracleStart(name, policy, knobs);
    }

    /// <summary>
    /// What rows depend on beside engine, machine and program: the rules and the starts, with what the files say that these name, such as a model that was trained. What is compared must have been measured in the same rounds,
    /// and found by the same search.
    /// </summary>
    /// <exception cref="HarnessException">A file cannot be read.</exception>
    public static IReadOnlyDictionary<string, string> Fingerprints(OracleRules rules, IReadOnlyList<OracleStart> starts)
    {
        var parts = new Dictionary<string, string>
        {
            ["rules"] = rules.ToString(),
            ["starts"] = string.Join("; ", starts.Select(start => $"{start.Name}: {string.Join(' ', start.Knobs.Select(pair => $"{pair.Key}={pair.Value}"))}")),
        };
        foreach (var (part, fingerprint) in SweepFingerprints.OfFiles(starts.SelectMany(start => start.Knobs), "the starts"))
        {
            parts[part] = fingerprint;
        }

        return parts;
    }

    private static OracleStart Find(string name) => All.FirstOrDefault(start => start.Name == name)
        ?? throw new HarnessException($"unknown policy '{name}'; there are {string.Join(", ", All.Select(start => start.Name))}, and files of knob values by --start");
}
