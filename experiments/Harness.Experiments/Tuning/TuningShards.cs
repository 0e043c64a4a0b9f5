using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Tuning;

/// <summary>
/// A search on several machines. Each shard is a search of its own with the whole budget and another seed, whose rounds have a baseline of their own: what is compared was measured by the same machine. Merged, their rounds
/// are one search, whose candidates are judged together.
/// </summary>
internal static class TuningShards
{
    /// <summary>By how much the seeds of neighbouring shards differ.</summary>
    private const int SeedStep = 1_000_033;

    private const string MadeSuffix = ".merging";

    /// <summary>What a shard searches. The first one searches as the whole would.</summary>
    /// <exception cref="HarnessException">The method tries the same in every shard.</exception>
    public static TuningSpecification ShareOf(TuningSpecification specification, SweepShard shard) => specification.Method != "grid"
        ? specification with { Seed = unchecked(specification.Seed + ((shard.Index - 1) * SeedStep)) }
        : throw new HarnessException($"--shard {shard}: method grid tries the same values in every shard; take another method, or leave --shard out");

    /// <summary>What the shards of a merged search have tried, which is not proposed anew when it goes on; null for a folder that was not merged.</summary>
    public static TuningRecord? RecordOf(TuningFolder folder) => Provenance.Read(folder.Provenance)?.Shards is { Count: > 0 }
        ? new TuningRecord(DurableCsv<Evaluation>.Read(folder.Evaluations).Where(row => row.Phase == TuningRun.Search))
        : null;

    /// <summary>Makes one search of shards, which then can go on with its judgement.</summary>
    /// <param name="output">Where to; a folder that is not there, or empty.</param>
    /// <param name="folders">The shards, which stay as they are.</param>
    /// <returns>What was merged.</returns>
    /// <exception cref="HarnessException">They are not finished, do not belong together, or cannot be read or written.</exception>
    public static Provenance Merge(TuningFolder output, IReadOnlyList<TuningFolder> folders)
    {
        var parts = folders.DistinctBy(folder => folder.Path).Select(Part.Read).OrderBy(part => part.Shard.Index).ToList();
        for (var i = 1; i < parts.Count; i++)
        {
            parts[i].RequireBeside(parts[i - 1]);
        }

        var rows = new List<Evaluation>();
        foreach (var part in parts)
        {
            var before = rows.Count == 0 ? 0 : rows.Max(row => row.Round);
            rows.AddRange(part.Rows.Select(row => row with { Round = before + row.Round }));
        }

        var provenance = parts[0].Provenance with
        {
            Sweep = Path.GetFileName(output.Path),
            Seed = unchecked(parts[0].Provenance.Seed - ((parts[0].Shard.Index - 1) * SeedStep)),
            Shard = null,
            Shards = [.. parts.Select(part => part.Describe())],
            Runs = [.. parts.SelectMany(part => part.Provenance.Runs).OrderBy(run => run.StartedUtc, StringComparer.Ordinal)],
            FinishedUtc = null,
        };
        try
        {
            Write(output, parts[0].Text, rows, provenance);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HarnessException($"cannot write {output.Path}: {exception.Message}; the shards are as they were", exception);
        }

        return provenance;
    }

    /// <summary>Makes the folder beside its place, and moves it there when it is whole.</summary>
    private static void Write(TuningFolder output, string text, List<Evaluation> rows, Provenance provenance)
    {
        if (Directory.Exists(output.Path) && Directory.EnumerateFileSystemEntries(output.Path).Any())
        {
            throw new HarnessException($"{output.Path} is not empty; merge into another folder");
        }

        var made = new TuningFolder(output.Path + MadeSuffix);
        if (Directory.Exists(made.Path))
        {
            Directory.Delete(made.Path, recursive: true);
        }

        Directory.CreateDirectory(made.Path);
        File.WriteAllText(made.Specification, text);
        using (var file = DurableCsv<Evaluation>.Open(made.Evaluations, out _))
        {
            file.Append(rows);
        }

        provenance.Write(made.Provenance);
        if (Directory.Exists(output.Path))
        {
            Directory.Delete(output.Path);
        }

        Directory.Move(made.Path, output.Path);
    }

    /// <summary>A shard that was searched to its end.</summary>
    private sealed record Part(TuningFolder Folder, SweepShard Shard, string Text, IReadOnlyList<Evaluation> Rows, Provenance Provenance)
    {
        public static Part Read(TuningFolder folder)
        {
            if (Provenance.Read(folder.Provenance) is not { Shard: { } shard } provenance)
            {
                throw new HarnessException($"{folder.Path} is no shard of a search; make shards with 'harness tune SPEC --shard I/N'");
            }

            if (provenance.FinishedUtc is null)
            {
                throw new HarnessException($"shard {shard} in {folder.Path} is not finished; go on with 'harness tune continue {folder.Path}'");
            }

            var rows = DurableCsv<Evaluation>.Read(folder.Evaluations);
            RecordedEvaluator.Index(rows, folder.Evaluations);
            return new Part(folder, SweepShard.Parse(shard), File.ReadAllText(folder.Specification), rows, provenance);
        }

        /// <summary>Refuses what is no other shard of the same search.</summary>
        public void RequireBeside(Part other)
        {
            if (Text != other.Text)
            {
                throw new HarnessException($"{other.Folder.Path} and {Folder.Path} are of different specifications");
            }

            if (Shard.Count != other.Shard.Count || Shard == other.Shard)
            {
                throw new HarnessException($"{other.Folder.Path} is shard {other.Shard} and {Folder.Path} is shard {Shard}; what is merged are different shards of as many");
            }

            var names = Provenance.Fingerprints.Keys.Union(other.Provenance.Fingerprints.Keys);
            var different = names.Where(name => Provenance.Fingerprints.GetValueOrDefault(name) != other.Provenance.Fingerprints.GetValueOrDefault(name)).Order(StringComparer.Ordinal).ToList();
            if (different.Count > 0)
            {
                throw new HarnessException($"{other.Folder.Path} and {Folder.Path} were not measured alike: they differ in {string.Join(", ", different)}");
            }
        }

        public ShardDescription Describe() => new(
            Path.GetFileName(Folder.Path), Shard.ToString(), Rows.Count, Provenance.Machine, Provenance.Environment, Provenance.Runs, Provenance.FinishedUtc);
    }
}
