using Harness.Experiments.Results;

namespace Harness.Experiments.Tuning.Oracle;

/// <summary>The folder of a search of decisions: rows, provenance, table, and the decisions found.</summary>
internal sealed class OracleFolder(string path)
{
    /// <summary>Its full path, without a slash at the end: the last part of it is the search's name.</summary>
    public string Path { get; } = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));

    public string Evaluations => In("evaluations.csv");

    public string Provenance => In("provenance.json");

    public string Table => In("oracle.md");

    /// <summary>The decisions found, as the knob <c>inlining.decisions</c> takes them.</summary>
    public string Decisions => In("oracle.decisions");

    /// <summary>The configuration found, as the option <c>--config</c> reads it: all knobs of the policy that it started from, and the decisions.</summary>
    public string Configuration => In("oracle.yaml");

    /// <summary>The changes of single calls that were measured, a row each (<see cref="ChangeRow"/>).</summary>
    public string Changes => In("changes.csv");

    /// <summary>The file of a choice that is only tried.</summary>
    public string DecisionsOf(string choice) => In(System.IO.Path.Combine("tried", choice + ".decisions"));

    /// <summary>What was found out about the calls of a choice, so that a search that goes on sees the same again.</summary>
    public string CallsOf(string choice) => In(System.IO.Path.Combine("tried", choice + ".json"));

    /// <summary>Finds the folder of a search that was begun.</summary>
    /// <exception cref="HarnessException">There is none.</exception>
    public static OracleFolder Find(string path)
    {
        var folder = new OracleFolder(path);
        return File.Exists(folder.Evaluations) ? folder : throw new HarnessException($"there is no search of decisions in {folder.Path} (no evaluations.csv); start one with 'harness oracle PROGRAM'");
    }

    /// <summary>Makes the folder, or checks that it has the same search.</summary>
    /// <exception cref="HarnessException">It cannot be made, is being written by another run of the harness, or has rows of something else.</exception>
    public void Prepare(string name, OracleRules rules, string engine, string engineVersion, Dictionary<string, string> fingerprints)
    {
        ResultsFolder.RequireNoSweep(Path);

        // A run that is refused is none that measured.
        DurableCsv<Evaluation>.RequireUnused(Evaluations);
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(DecisionsOf(""))!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HarnessException($"cannot make the folder {Path}: {exception.Message}; choose another with --results", exception);
        }

        var earlier = Results.Provenance.Read(Provenance);
        var changed = fingerprints.Where(part => earlier?.Fingerprints.TryGetValue(part.Key, out var before) == true && before != part.Value).Select(part => part.Key).ToList();
        if (changed.Count > 0)
        {
            throw new HarnessException($"{Path} has rows from before these changed: {string.Join(", ", changed)}; choose another folder with --results");
        }

        new Provenance
        {
            Sweep = name,
            Seed = rules.Seed,
            Repetitions = rules.Rounds,
            Machine = MachineDescription.Current(),
            Engines = new Dictionary<string, string> { [engine] = engineVersion },
            Fingerprints = fingerprints,
            Knobs = [],
            Runs = [.. earlier?.Runs ?? [], RunDescription.Current()],
        }.Write(Provenance);
    }

    private string In(string file) => System.IO.Path.Combine(Path, file);
}
