using Harness.Experiments.Engines;
using Harness.Experiments.Engines.Wasmtime;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Results;

/// <summary>
/// Makes one results folder of several: of shards of a sweep, or of parts that were measured in any other way. Nothing is mixed that was not measured alike: sweep, commit,
/// builds, modules, knobs and kind of machine must be the same, and a repetition counts once.
/// </summary>
/// <remarks>
/// A merge that is killed at any moment leaves the folders that it reads as they are, and where it writes either nothing or everything: the new folder is made beside its place
/// and moved there when it is whole. The same command does it again.
/// </remarks>
internal static class ResultsMerge
{
    /// <summary>Rows that are written to the disk at a time.</summary>
    private const int RowsAtATime = 5_000;

    /// <summary>What the name of the new folder ends with until it is whole.</summary>
    private const string MadeSuffix = ".merging";

    /// <summary>What the name of an earlier merge ends with from when it is moved away until it is removed.</summary>
    private const string ReplacedSuffix = ".replaced";

    /// <summary>Groups folders by the kind of machine that measured them, in the order of the folders.</summary>
    public static IReadOnlyList<(string Kind, IReadOnlyList<ResultsFolder> Folders)> ByMachine(IEnumerable<ResultsFolder> folders) =>
        [.. folders.GroupBy(folder => MergePart.Read(folder).Provenance.Machine.Kind).Select(group => (group.Key, (IReadOnlyList<ResultsFolder>)[.. group]))];

    /// <summary>Merges folders.</summary>
    /// <param name="output">Where the merged results go. What is there must be an earlier merge of some of the folders; files there that no merge makes stay.</param>
    /// <param name="folders">The folders, which stay as they are.</param>
    /// <returns>The provenance of the merged results, and the number of their rows.</returns>
    /// <exception cref="HarnessException">The folders do not belong together, or cannot be read or written.</exception>
    public static (Provenance Provenance, int Rows) Merge(ResultsFolder output, IReadOnlyList<ResultsFolder> folders)
    {
        if (folders.FirstOrDefault(folder => IsWithin(output.Path, folder.Path) || IsWithin(folder.Path, output.Path)) is { } same)
        {
            throw new HarnessException($"the results of {same.Path} cannot be merged into {output.Path}; write to a folder of its own");
        }

        var parts = folders.DistinctBy(folder => folder.Path).Select(MergePart.Read).ToList();
        foreach (var part in parts.Skip(1))
        {
            parts[0].RequireSameSweep(part);
        }

        var rows = MergeRows(parts);
        var provenance = MergeProvenance(parts);
        try
        {
            using var writerLock = Lock(output);
            Restore(output);
            DurableCsv<Measurement>.RequireUnused(output.Results);
            RequireReplaceable(output, rows);
            Replace(output, made => Write(made, parts, rows, provenance));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HarnessException($"cannot write {output.Path}: {exception.Message}; the folders that were to be merged are as they were", exception);
        }

        return (provenance, rows.Count);
    }

    /// <summary>All rows in the order of rounds; the same whatever the order of the folders.</summary>
    private static List<Measurement> MergeRows(List<MergePart> parts)
    {
        var merged = new Dictionary<RepetitionKey, (Measurement Row, MergePart Part)>();
        foreach (var part in parts)
        {
            foreach (var row in part.Rows)
            {
                if (merged.TryAdd(row.Key, (row, part)))
                {
                    continue;
                }

                var (other, otherPart) = merged[row.Key];
                if (row != other)
                {
                    throw new HarnessException($"repetition {row.Repetition} of {row.Workload}, {row.Configuration}, {row.Engine} is in {otherPart.Folder.Path} and in {part.Folder.Path}, with other times; each counts once: leave one of the folders out");
                }
            }
        }

        return [.. merged.Values.Select(pair => pair.Row).OrderBy(row => row.Repetition).ThenBy(row => row.FinishedUtc)
            .ThenBy(row => row.Engine, StringComparer.Ordinal).ThenBy(row => row.Configuration, StringComparer.Ordinal).ThenBy(row => row.Workload, StringComparer.Ordinal)];
    }

    private static Provenance MergeProvenance(List<MergePart> parts)
    {
        var shards = parts.SelectMany(part => part.Describe()).OrderBy(shard => shard.Runs.Count > 0 ? shard.Runs[0].StartedUtc : "", StringComparer.Ordinal).ThenBy(shard => shard.Shard, StringComparer.Ordinal).ToList();
        return parts[0].Provenance with
        {
            Shard = null,
            Shards = shards,
            Fingerprints = new Dictionary<string, string>(parts[0].Provenance.Fingerprints) { ["shard"] = SweepShard.Whole.ToString() },
            MeasuredAgain = parts.Sum(part => part.Provenance.MeasuredAgain ?? 0) is > 0 and var again ? again : null,
            Gaps = [.. parts.SelectMany(part => part.Provenance.Gaps ?? []).Distinct()],
            Runs = [.. shards.SelectMany(shard => shard.Runs).Distinct().OrderBy(run => run.StartedUtc, StringComparer.Ordinal)],
            FinishedUtc = IsWhole(shards) ? shards.Max(shard => shard.FinishedUtc) : null,
        };
    }

    /// <summary>Whether the finished shards are all of the sweep.</summary>
    private static bool IsWhole(IReadOnlyList<ShardDescription> shards)
    {
        var finished = shards.Where(shard => shard.FinishedUtc is not null).Select(shard => SweepShard.Parse(shard.Shard)).Distinct().ToList();
        return finished.GroupBy(shard => shard.Count).Any(group => group.Count() == group.Key);
    }

    private static LockFile Lock(ResultsFolder output)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(output.Path)!);
        return LockFile.TryTake($"{output.Path}.merge{LockFile.Suffix}") ?? throw new HarnessException($"{output.Path} is being written by another merge; wait for its end");
    }

    private static void RequireReplaceable(ResultsFolder output, List<Measurement> rows)
    {
        if (!Directory.Exists(output.Path) || !Directory.EnumerateFileSystemEntries(output.Path).Any())
        {
            return;
        }

        if (!File.Exists(output.Results))
        {
            throw new HarnessException($"{output.Path} is no results folder (no results.csv) and not empty; merge into another folder");
        }

        var known = rows.ToHashSet();
        if (MergePart.ReadRows(output).FirstOrDefault(row => !known.Contains(row)) is { } own)
        {
            throw new HarnessException($"{output.Path} has rows that none of the folders has, such as repetition {own.Repetition} of {own.Workload}, {own.Configuration}, {own.Engine}; merge into another folder, and this one with the others");
        }
    }

    /// <summary>Makes a folder beside its place, and moves it there.</summary>
    private static void Replace(ResultsFolder output, Action<ResultsFolder> write)
    {
        var made = new ResultsFolder(output.Path + MadeSuffix);
        var replaced = output.Path + ReplacedSuffix;
        Remove(made.Path);
        made.Create();
        write(made);

        // All rows of an earlier merge are in the new folder; what else is there, such as notes, reports and disturbed.csv, nothing makes again.
        if (Directory.Exists(output.Path))
        {
            CopyOthers(output.Path, made.Path);
        }

        Remove(replaced);
        if (Directory.Exists(output.Path))
        {
            Directory.Move(output.Path, replaced);
        }

        Directory.Move(made.Path, output.Path);
        Remove(replaced);
    }

    /// <summary>Puts an earlier merge back that a killed one had moved away and not replaced yet.</summary>
    private static void Restore(ResultsFolder output)
    {
        var replaced = output.Path + ReplacedSuffix;
        if (!Directory.Exists(output.Path) && Directory.Exists(output.Path + MadeSuffix) && Directory.Exists(replaced))
        {
            Directory.Move(replaced, output.Path);
        }

        Remove(replaced);
    }

    /// <summary>Copies the files that a merge does not make.</summary>
    private static void CopyOthers(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            if (File.Exists(target) || file.EndsWith(LockFile.Suffix, StringComparison.Ordinal))
            {
                continue;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Write(ResultsFolder made, List<MergePart> parts, List<Measurement> rows, Provenance provenance)
    {
        using (var results = DurableCsv<Measurement>.Open(made.Results, out _))
        {
            foreach (var chunk in rows.Chunk(RowsAtATime))
            {
                results.Append(chunk);
            }
        }

        using (var failures = DurableCsv<Failure>.Open(made.Failures, out _))
        {
            failures.Append([.. parts.SelectMany(part => part.Failures).Distinct().OrderBy(failure => failure.FinishedUtc)]);
        }

        provenance.Write(made.Provenance);
        File.Copy(parts[0].Folder.Sweep, made.Sweep);
    }

    /// <summary>Whether a path is a folder or lies in it.</summary>
    private static bool IsWithin(string path, string folder) => path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);
}

/// <summary>A folder that is merged with others.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Provenance">Where its rows come from.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Failures">What failed.</param>
internal sealed record MergePart(ResultsFolder Folder, Provenance Provenance, IReadOnlyList<Measurement> Rows, IReadOnlyList<Failure> Failures)
{
    // Parts of the fingerprints that may differ: the kind of machine is compared apart, and a shard is what is merged.
    private static readonly string[] OwnParts = ["machine", "shard"];

    /// <summary>Reads a folder.</summary>
    /// <exception cref="HarnessException">It is damaged, or nobody knows where its rows come from.</exception>
    public static MergePart Read(ResultsFolder folder)
    {
        var provenance = Provenance.Read(folder.Provenance)
            ?? throw new HarnessException($"{folder.Path} has no provenance.json: nobody knows what its rows were measured of, so that they are not merged with others");
        if (!File.Exists(folder.Sweep))
        {
            throw new HarnessException($"{folder.Path} has no sweep.yaml, so that its rows are not merged with others");
        }

        return new MergePart(folder, provenance, ReadRows(folder), folder.ReadFailures());
    }

    /// <summary>The rows of a folder, those of older formats with what is taken for what they do not have.</summary>
    public static IReadOnlyList<Measurement> ReadRows(ResultsFolder folder) =>
        [.. MeasurementFile.Read(folder.Results).Select(row => row with { Program = row.Program, Format = row.Format, IterationsMs = row.IterationsMs, Machine = row.Machine })];

    /// <summary>The folders that it stands for: those that it was merged from, or itself.</summary>
    public IEnumerable<ShardDescription> Describe() => Provenance.Shards is { Count: > 0 } shards
        ? shards
        : [new ShardDescription(Path.GetFileName(Folder.Path), Provenance.Shard ?? SweepShard.Whole.ToString(), Rows.Count, Provenance.Machine, Provenance.Environment, Provenance.Runs, Provenance.FinishedUtc)];

    /// <summary>Refuses a folder whose rows cannot stand beside those of this one.</summary>
    /// <exception cref="HarnessException">They were not measured alike; the message says what differs.</exception>
    public void RequireSameSweep(MergePart other)
    {
        Require(Provenance.Sweep == other.Provenance.Sweep, "other sweeps", Provenance.Sweep, other.Provenance.Sweep);
        Require(Provenance.Repetitions == other.Provenance.Repetitions, "other numbers of repetitions", Provenance.Repetitions, other.Provenance.Repetitions);
        Require(Provenance.Seed == other.Provenance.Seed, "other seeds", Provenance.Seed, other.Provenance.Seed);
        Require(Provenance.Machine.Kind == other.Provenance.Machine.Kind, "other kinds of machine (--apart makes a folder of each kind)", Provenance.Machine.Kind, other.Provenance.Machine.Kind);
        Require(Commits(this) == Commits(other), "other commits of the project", Commits(this), Commits(other));
        RequireSameParts(other);
        RequireSameKnobs(other);

        void Require<T>(bool condition, string what, T own, T others)
        {
            if (!condition)
            {
                throw Mismatch(other, $"{what}: {own} and {others}");
            }
        }
    }

    private void RequireSameParts(MergePart other)
    {
        var (own, others) = (Provenance.Fingerprints, other.Provenance.Fingerprints);
        foreach (var part in own.Keys.Union(others.Keys).Except(OwnParts).Order(StringComparer.Ordinal))
        {
            if (!own.TryGetValue(part, out var first) || !others.TryGetValue(part, out var second))
            {
                throw Mismatch(other, $"other things: only {(own.ContainsKey(part) ? Folder : other.Folder).Path} has {part}");
            }

            if (first != second && !(part is $"engine {OwnEngine.EngineName}" or $"engine {WasmtimeEngine.EngineName}" && IsSameSource(other)))
            {
                throw Mismatch(other, part == "sweep file" ? "other sweep files" : $"another {part}");
            }
        }
    }

    /// <summary>
    /// Whether both were built from the same commit without changes, by the same .NET. Builds in two folders differ by the paths that they name, and emit the same machine code.
    /// </summary>
    private bool IsSameSource(MergePart other) =>
        Provenance.Runs.Concat(other.Provenance.Runs).All(run => run is { Dirty: false, Commit: not null }) && Provenance.Machine.Dotnet == other.Provenance.Machine.Dotnet;

    private void RequireSameKnobs(MergePart other)
    {
        foreach (var configuration in Provenance.Knobs.Keys.Union(other.Provenance.Knobs.Keys))
        {
            if (!Provenance.Knobs.TryGetValue(configuration, out var own) || !other.Provenance.Knobs.TryGetValue(configuration, out var others))
            {
                throw Mismatch(other, $"other configurations: only one has '{configuration}'");
            }

            if (own.Keys.Union(others.Keys).FirstOrDefault(knob => own.GetValueOrDefault(knob) != others.GetValueOrDefault(knob)) is { } differing)
            {
                throw Mismatch(other, $"other knobs: in configuration '{configuration}' {differing} is {own.GetValueOrDefault(differing, "unknown")} and {others.GetValueOrDefault(differing, "unknown")}");
            }
        }
    }

    private static string Commits(MergePart part) => string.Join(", ", part.Provenance.Commits.Order(StringComparer.Ordinal));

    private HarnessException Mismatch(MergePart other, string what) => new($"{Folder.Path} and {other.Folder.Path} do not belong together; they have {what}");
}
