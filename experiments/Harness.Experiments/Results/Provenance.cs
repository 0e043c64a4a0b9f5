using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Harness.Experiments.Engines;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Results;

/// <summary>Where results come from: everything needed to judge them and to measure them again. <c>provenance.json</c>.</summary>
internal sealed record Provenance
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public required string Sweep { get; init; }

    public required int Seed { get; init; }

    public required int Repetitions { get; init; }

    public required MachineDescription Machine { get; init; }

    /// <summary>
    /// The machine's settings that make times vary, as they were when the sweep began; in results from before runs had their own (<see cref="RunDescription.Environment"/>) as they were when the last run
    /// began, and null in results from before there was this.
    /// </summary>
    public EnvironmentDescription? Environment { get; init; }

    /// <summary>Version by engine.</summary>
    public required Dictionary<string, string> Engines { get; init; }

    /// <summary>What the results depend on, by part: results of different builds, files or modules are not mixed.</summary>
    public required Dictionary<string, string> Fingerprints { get; init; }

    /// <summary>The value of every knob, by configuration.</summary>
    public required Dictionary<string, IReadOnlyDictionary<string, string>> Knobs { get; init; }

    /// <summary>V8's flags, by configuration; in results from before there were <see cref="Settings"/>.</summary>
    public Dictionary<string, string>? V8Flags { get; init; }

    /// <summary>By engine and configuration, the knobs in the engine's own words, as its processes were given them.</summary>
    public Dictionary<string, Dictionary<string, string>>? Settings { get; init; }

    /// <summary>What was not measured because an engine cannot, or need not; null in results from before there was this.</summary>
    public List<EngineGap>? Gaps { get; init; }

    /// <summary>What was measured, in order, so that the results can be read where the programs are not; null in results from before there was this.</summary>
    public List<WorkloadDescription>? Workloads { get; init; }

    /// <summary>The share of the sweep that these results are, as in <c>2/3</c>; null for all of it.</summary>
    public string? Shard { get; init; }

    /// <summary>The folders that these results were merged from; null where they were measured in one.</summary>
    public List<ShardDescription>? Shards { get; init; }

    /// <summary>Processors that were kept busy on purpose meanwhile (<c>--load</c>); null for none.</summary>
    public int? ArtificialLoad { get; init; }

    /// <summary>How many processes were measured again because others on the machine had disturbed them; null for none.</summary>
    public int? MeasuredAgain { get; init; }

    /// <summary>The runs of the harness that measured: one, or more where the sweep was continued.</summary>
    public required List<RunDescription> Runs { get; init; }

    /// <summary>When everything was measured; null for a sweep that is not finished, which takes that it is reported, too.</summary>
    public string? FinishedUtc { get; init; }

    /// <summary>The settings of all runs and of all folders that were merged, as far as they are known; the same ones once.</summary>
    [JsonIgnore]
    public IReadOnlyList<EnvironmentDescription> Environments =>
    [
        .. (Shards is { Count: > 0 } shards ? shards.SelectMany(shard => shard.Runs.Select(run => run.Environment).Prepend(shard.Environment)) : Runs.Select(run => run.Environment).Prepend(Environment))
            .OfType<EnvironmentDescription>().Distinct(),
    ];

    /// <summary>The command lines that measured, in the order of their runs; the same ones once.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> CommandLines => [.. Runs.Select(run => run.CommandLine).Distinct()];

    /// <summary>The commits that were measured, shortened, in the order of their runs, and whether files differed from them; the same ones once.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Commits => [.. Runs.Select(run => (run.Commit?[..Math.Min(10, run.Commit.Length)] ?? "unknown") + (run.Dirty ? " with changes" : "")).Distinct()];

    /// <summary>Reads the provenance in a results folder, if there is one.</summary>
    public static Provenance? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var provenance = JsonSerializer.Deserialize<Provenance>(File.ReadAllText(path), Json);
            return provenance?.FindLack() is { } lack ? throw new HarnessException($"{path} is damaged: {lack}; use --restart to measure anew") : provenance;
        }
        catch (JsonException exception)
        {
            throw new HarnessException($"{path} is damaged: {exception.Message}; use --restart to measure anew", exception);
        }
    }

    /// <summary>What is missing that every provenance has and that its form does not say: a run at least, and something in every place of a list.</summary>
    private string? FindLack()
    {
        (string Field, IEnumerable<object?>? Entries)[] lists =
        [
            ("runs", Runs), ("gaps", Gaps), ("workloads", Workloads), ("shards", Shards), ("knobs", Knobs.Values), ("knobs", Knobs.Values.Where(knobs => knobs is not null).SelectMany(knobs => knobs.Values)),
            ("shards", Shards?.Where(shard => shard is not null).SelectMany(shard => shard.Runs)),
        ];
        return lists.FirstOrDefault(list => list.Entries?.Any(entry => entry is null) == true).Field is { } empty
            ? $"'{empty}' has a place with nothing in it"
            : Runs.Count == 0 ? "'runs' names no run of the harness" : null;
    }

    /// <summary>The time of day as it is written here.</summary>
    public static string Now() => DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    /// <summary>It as JSON, with whatever it has.</summary>
    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, Json)!.AsObject();

    /// <summary>Writes it, whole or not at all.</summary>
    /// <exception cref="HarnessException">It cannot be written.</exception>
    public void Write(string path) => WholeFile.WriteText(path, JsonSerializer.Serialize(this, Json) + "\n");
}

/// <summary>A workload as it is in results.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Title">Its title for charts.</param>
/// <param name="Group">Its group.</param>
/// <param name="Program">The program whose processes measured it.</param>
/// <param name="Calls">How many calls of interest it makes; 0 if not of interest.</param>
internal sealed record WorkloadDescription(string Name, string Title, string Group, string Program, long Calls);

/// <summary>Something that an engine does not measure, and why: no failure, and no hole in a mean.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="Configuration">The configuration; null for all.</param>
/// <param name="Program">The program; null for all.</param>
/// <param name="Reason">Why, in words that follow the engine's title.</param>
internal sealed record EngineGap(string Engine, string? Configuration, string? Program, string Reason)
{
    /// <summary>Whether a run of a program is left out by this.</summary>
    public bool Covers(ProgramRun run) => run.Engine == Engine && (Configuration ?? run.Configuration) == run.Configuration && (Program ?? run.Program) == run.Program;

    public override string ToString() => string.Join(", ", new[] { EngineCatalog.TitleOf(Engine), Configuration, Program }.OfType<string>()) + ": it " + Reason;
}

/// <summary>A folder that was merged with others.</summary>
/// <param name="Folder">Its name.</param>
/// <param name="Shard">The share of the sweep that it had.</param>
/// <param name="Rows">How many rows it had.</param>
/// <param name="Machine">The machine that measured it.</param>
/// <param name="Environment">The machine's settings; null where they were not recorded.</param>
/// <param name="Runs">The runs of the harness that measured it.</param>
/// <param name="FinishedUtc">When it was finished; null where it was not.</param>
internal sealed record ShardDescription(
    string Folder, string Shard, int Rows, MachineDescription Machine, EnvironmentDescription? Environment, IReadOnlyList<RunDescription> Runs, string? FinishedUtc);

/// <summary>The machine that measured.</summary>
internal sealed record MachineDescription(string Cpu, int Cores, double MemoryGiB, string Kernel, string System, string Dotnet)
{
    /// <summary>What kind of machine it is: times of machines of one kind can stand beside each other.</summary>
    [JsonIgnore]
    public string Kind => $"{Cpu}, {Cores} cores";

    public static MachineDescription Current() => new(
        ProcessorName.Current(),
        Environment.ProcessorCount,
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30), 1),
        Environment.OSVersion.VersionString,
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription);
}

/// <summary>One run of the harness.</summary>
/// <param name="StartedUtc">When it started.</param>
/// <param name="CommandLine">The command line that started it.</param>
/// <param name="Commit">The commit of the project; null outside a git clone.</param>
/// <param name="Dirty">Whether files differed from the commit.</param>
/// <param name="Node">The node of a cluster that it ran on; null outside of one.</param>
/// <param name="Environment">The machine's settings as they were when it started; null where they were not recorded.</param>
internal sealed record RunDescription(string StartedUtc, string CommandLine, string? Commit, bool Dirty, string? Node = null, EnvironmentDescription? Environment = null)
{
    public static RunDescription Current() => new(
        Provenance.Now(),
        "harness " + string.Join(' ', System.Environment.GetCommandLineArgs().Skip(1).Select(argument => argument.Contains(' ', StringComparison.Ordinal) ? $"'{argument}'" : argument)),
        Git("rev-parse", "HEAD"),
        Git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!results") is { Length: > 0 },
        System.Environment.GetEnvironmentVariable("SLURMD_NODENAME"));

    private static string? Git(params string[] arguments)
    {
        try
        {
            var git = ToolProcess.Run("git", arguments, ProjectLayout.Root);
            return git.ExitCode == 0 ? git.Output.Trim() : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
