using Harness.Engine.Configuration;
using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tuning;

/// <summary>The folder of a tuning run: specification, rows, provenance, report.</summary>
internal sealed class TuningFolder(string path)
{
    /// <summary>Its full path, without a slash at the end: the last part of it is the run's name.</summary>
    public string Path { get; } = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));

    public string Specification => In("tune.yaml");

    public string Evaluations => In("evaluations.csv");

    public string Provenance => In("provenance.json");

    public string Report => In("report.md");

    public string HtmlReport => In("report.html");

    /// <summary>Name of the file with the winner's knob values, as the option <c>--config</c> reads them.</summary>
    public const string WinnerFile = "winner.yaml";

    /// <summary>The winner's knob values; written only where there is one.</summary>
    public string Winner => In(WinnerFile);

    /// <summary>All files of a winner that there are.</summary>
    public IEnumerable<string> WinnerFiles => Directory.EnumerateFiles(Path, "winner*");

    /// <summary>Name of the file with the winner in the words of an engine's command line, one a line.</summary>
    public static string SettingsFile(string engine) => $"winner-{engine}.flags";

    /// <summary>That file in this folder.</summary>
    public string SettingsPath(string engine) => In(SettingsFile(engine));

    public string Chart(string name, string format) => In($"{name}.{format}");

    /// <summary>Finds the folder of a run that was started.</summary>
    /// <exception cref="HarnessException">There is none.</exception>
    public static TuningFolder Find(string path)
    {
        var folder = new TuningFolder(path);
        return File.Exists(folder.Specification) && File.Exists(folder.Evaluations)
            ? folder
            : throw new HarnessException($"there is no tuning run in {folder.Path} (no tune.yaml and evaluations.csv); start one with 'harness tune SPEC'");
    }

    /// <summary>Reads the specification of the run, which has the folder's name.</summary>
    /// <param name="catalog">The programs that there are.</param>
    /// <exception cref="HarnessException">It cannot be read, or names what there is not.</exception>
    public TuningSpecification ReadSpecification(ProgramCatalog catalog) => TuningFile.Read(Specification, catalog) with { Name = System.IO.Path.GetFileName(Path) };

    /// <summary>Makes the folder, or checks that it has the same run.</summary>
    /// <param name="specification">What is searched.</param>
    /// <param name="engineVersion">Version of the engine.</param>
    /// <param name="fingerprints">What rows depend on, by part.</param>
    /// <param name="shard">Which share of a search on several machines; null for all of it.</param>
    /// <exception cref="HarnessException">It cannot be made, is being written by another run of the harness, or has rows of something else.</exception>
    public void Prepare(TuningSpecification specification, string engineVersion, Dictionary<string, string> fingerprints, SweepShard? shard = null)
    {
        ResultsFolder.RequireNoSweep(Path);

        // A run that is refused is none that measured.
        DurableCsv<Evaluation>.RequireUnused(Evaluations);
        try
        {
            Directory.CreateDirectory(Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HarnessException($"cannot make the folder {Path}: {exception.Message}; choose another with --results", exception);
        }

        var earlier = Results.Provenance.Read(Provenance);
        if (File.Exists(Specification) && File.ReadAllText(Specification) != specification.SourceText)
        {
            throw new HarnessException($"{Path} has a run of another specification; choose another folder with --results, or go on with 'harness tune continue {Path}'");
        }

        var share = shard is { IsWhole: false } ? shard.ToString() : null;
        if (earlier is not null && earlier.Shard != share)
        {
            throw new HarnessException($"{Path} has {(earlier.Shard is { } other ? $"shard {other}" : "the whole")} of a search, not {(share is null ? "the whole" : $"shard {share}")}; choose another folder with --results");
        }

        var changed = fingerprints.Where(part => earlier?.Fingerprints.TryGetValue(part.Key, out var before) == true && before != part.Value).Select(part => part.Key).ToList();
        if (changed.Count > 0)
        {
            throw new HarnessException($"{Path} has rows from before these changed: {string.Join(", ", changed)}; choose another folder with --results");
        }

        WriteSpecification(specification.SourceText);
        new Provenance
        {
            Sweep = specification.Name,
            Seed = specification.Seed,
            Repetitions = specification.ConfirmRounds,
            Machine = MachineDescription.Current(),
            Engines = new Dictionary<string, string> { [specification.Engine] = engineVersion },
            Fingerprints = fingerprints,
            Knobs = new Dictionary<string, IReadOnlyDictionary<string, string>> { ["default"] = EngineOptions.Default.ToDictionary() },
            Shard = share,
            Shards = earlier?.Shards,
            Runs = [.. earlier?.Runs ?? [], RunDescription.Current()],
        }.Write(Provenance);
    }

    /// <summary>Writes the specification, whole or not at all, where there is none yet: without it a run cannot go on.</summary>
    private void WriteSpecification(string text)
    {
        if (!File.Exists(Specification))
        {
            WholeFile.WriteText(Specification, text);
        }
    }

    private string In(string file) => System.IO.Path.Combine(Path, file);
}
