using Harness.Engine.Configuration;
using Harness.Experiments.Engines;
using Harness.Experiments.Results;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Sweeps;

/// <summary>
/// The fingerprints of all that the times of a sweep depend on: its file, machine, engines, modules, and the files that knobs name. Rows of different
/// fingerprints are never mixed.
/// </summary>
internal sealed class SweepFingerprints
{
    // The fingerprints of files that knobs name.
    private const string FilePart = "file ";

    // The fingerprint of the share of a sweep that is measured; folders from before there were shards have none.
    private const string ShardPart = "shard";

    // The fingerprint of what disturbed the measurement on purpose; folders from before there was this have none.
    private const string LoadPart = "artificial load";

    /// <summary>The beginning of the names of parts that say how programs are run, before the workload's name; folders from before there was this have none.</summary>
    public const string UsagePart = "arguments and scripts of workload ";

    private readonly PreparedSweep _prepared;

    /// <summary>Takes them of a sweep as it is now.</summary>
    /// <exception cref="HarnessException">A file that a knob names cannot be read.</exception>
    public SweepFingerprints(PreparedSweep prepared)
    {
        _prepared = prepared;
        Parts = Take(prepared);
    }

    /// <summary>Fingerprints by the name of what they are of.</summary>
    public IReadOnlyDictionary<string, string> Parts { get; }

    /// <summary>What has changed since earlier rows were measured, by name, of the parts that they depend on.</summary>
    public IReadOnlyList<string> ChangedSince(Provenance earlier, IReadOnlyList<Measurement> rows)
    {
        if (rows.Count == 0)
        {
            return [];
        }

        var dependsOn = rows.SelectMany(row => (string[])[$"engine {row.Engine}", PartOf(row), UsagePart + row.Workload]).Append("sweep file").Append("machine").Append(ShardPart).Append(LoadPart).ToHashSet();
        return [.. Parts
            .Where(part => (dependsOn.Contains(part.Key) || part.Key.StartsWith(FilePart, StringComparison.Ordinal)) && Before(part.Key) is { } before && before != part.Value)
            .Select(part => part.Key)];

        string? Before(string part) => earlier.Fingerprints.GetValueOrDefault(part) ?? part switch
        {
            ShardPart => SweepShard.Whole.ToString(),
            LoadPart => Describe(0),
            _ => null,
        };
    }

    private static Dictionary<string, string> Take(PreparedSweep prepared)
    {
        var sweep = prepared.Definition;
        var machine = MachineDescription.Current();
        var parts = new Dictionary<string, string> { ["sweep file"] = Hash(sweep.SourceText), ["machine"] = machine.Kind, [ShardPart] = sweep.Shard.ToString(), [LoadPart] = Describe(sweep.Load) };
        foreach (var engine in prepared.Engines.Values)
        {
            parts[$"engine {engine.Name}"] = engine.Fingerprint;
        }

        foreach (var program in prepared.Runnable)
        {
            foreach (var workload in prepared.WorkloadsOf[program.Definition.Name])
            {
                parts[UsagePart + workload.Name] = program.UsageFingerprint;
            }

            foreach (var configuration in sweep.Configurations)
            {
                foreach (var workload in prepared.WorkloadsOf[program.Definition.Name])
                {
                    parts[PartOf(workload.Name, program.Definition, configuration)] = prepared.BuildOf(program.Definition.Name, configuration).Fingerprint;
                }
            }
        }

        foreach (var configuration in sweep.Configurations)
        {
            foreach (var (part, fingerprint) in OfFiles(configuration.Knobs, $"configuration '{configuration.Name}'"))
            {
                parts[part] = fingerprint;
            }
        }

        return parts;
    }

    private static string Describe(int load) => load == 0 ? "none" : $"{load} processors";

    /// <summary>The module of a workload among the fingerprints; where it is not built by default, with what it is built by.</summary>
    private static string PartOf(string workload, ProgramDefinition program, SweepConfiguration configuration) =>
        PreparedPrograms.BuildOf(program, configuration.Knobs) is { Length: > 0 } build ? $"workload {workload} ({build})" : $"workload {workload}";

    private string PartOf(Measurement row) =>
        _prepared.Definition.Workloads.FirstOrDefault(workload => workload.Name == row.Workload) is { } workload
        && _prepared.Programs.TryGetValue(workload.Program, out var program) && _prepared.Configurations.TryGetValue(row.Configuration, out var configuration)
            ? PartOf(workload.Name, program.Definition, configuration)
            : $"workload {row.Workload}";

    /// <summary>The fingerprints of the files that knobs name, by part.</summary>
    /// <param name="knobs">Values by knob name; a knob may be there with several.</param>
    /// <param name="place">What names them, for messages.</param>
    /// <exception cref="HarnessException">One cannot be read.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> OfFiles(IEnumerable<KeyValuePair<string, string>> knobs, string place) =>
    [
        .. knobs
            .Where(pair => KnobCatalog.Find(pair.Key).Type is KnobType.Path or KnobType.Model or KnobType.Decisions or KnobType.Assembly
                && pair.Value is not ("none" or InliningModel.BuiltInName) && !RecordedProfile.IsAskedFor(pair.Key, pair.Value))
            .Select(pair => KeyValuePair.Create(FilePart + pair.Value, HashOfFile(place, pair.Key, pair.Value))),
    ];

    private static string HashOfFile(string place, string knob, string file)
    {
        try
        {
            // An assembly is no text: bytes that are no letters would all be the same.
            return Hash(File.ReadAllBytes(file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HarnessException($"{place}, knob '{knob}': '{file}' cannot be read: {exception.Message}", exception);
        }
    }

    private static string Hash(string text) => Hash(System.Text.Encoding.UTF8.GetBytes(text));

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes))[..16];
}
