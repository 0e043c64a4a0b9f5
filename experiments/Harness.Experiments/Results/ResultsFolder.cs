using Harness.Experiments.Charts;
using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Results;

/// <summary>A results folder: the files that a sweep leaves behind, by name.</summary>
internal sealed class ResultsFolder(string path)
{
    /// <summary>Its full path, without a slash at the end: the same folder has the same path, and the last part of that is its name.</summary>
    public string Path { get; } = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));

    public string Results => In("results.csv");

    public string Failures => In("failures.csv");

    /// <summary>The rows of processes that were disturbed, and measured again.</summary>
    public string Disturbed => In("disturbed.csv");

    public string Provenance => In("provenance.json");

    /// <summary>The copy of the sweep file.</summary>
    public string Sweep => In("sweep.yaml");

    public string Summary => In("summary.md");

    /// <summary>The document of <c>harness report</c>.</summary>
    public string Report => In("report.html");

    /// <summary>What the files of a kind of chart are called where the user names none.</summary>
    public static string ChartName(ChartKind kind) => kind == ChartKind.Auto ? "chart" : $"chart-{kind.ToString().ToLowerInvariant()}";

    /// <summary>A chart's file.</summary>
    public string Chart(string name, string format) => In($"{name}.{format}");

    /// <summary>Finds a folder by path, or by the name of its sweep.</summary>
    /// <exception cref="HarnessException">There are no results.</exception>
    public static ResultsFolder Find(string nameOrPath)
    {
        var folder = new ResultsFolder(Directory.Exists(nameOrPath) ? nameOrPath : System.IO.Path.Combine(ProjectLayout.Results, nameOrPath));
        return File.Exists(folder.Results)
            ? folder
            : throw new HarnessException($"there are no results in {folder.Path} (no results.csv); measure them with 'harness sweep'");
    }

    /// <summary>Reads what failed; empty where nothing did.</summary>
    public IReadOnlyList<Failure> ReadFailures() => File.Exists(Failures) ? DurableCsv<Failure>.Read(Failures) : [];

    /// <summary>Makes the folder.</summary>
    public void Create()
    {
        try
        {
            Directory.CreateDirectory(Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HarnessException($"cannot make the results folder {Path}: {exception.Message}; choose another with --results", exception);
        }
    }

    /// <summary>Refuses a folder for something other than a sweep where a sweep has its results: both have a provenance, and there is one file for it.</summary>
    /// <param name="path">The folder, which need not be there.</param>
    /// <exception cref="HarnessException">It has results of a sweep.</exception>
    public static void RequireNoSweep(string path)
    {
        var folder = new ResultsFolder(path);
        if (File.Exists(folder.Results))
        {
            throw new HarnessException($"{folder.Path} has the results of a sweep, whose provenance would be lost; choose another folder with --results");
        }
    }

    /// <summary>Refuses to write a document over what was measured, which nothing makes again.</summary>
    /// <param name="file">The file to write to.</param>
    /// <exception cref="HarnessException">It is one of those that this folder's results consist of.</exception>
    public void RequireOther(string file)
    {
        if (((string[])[Results, Failures, Disturbed, Provenance, Sweep]).Contains(System.IO.Path.GetFullPath(file)))
        {
            throw new HarnessException($"{file} is part of the results themselves, which would be lost; write to another file");
        }
    }

    /// <summary>Writes the copy of the sweep file, whole or not at all.</summary>
    /// <exception cref="HarnessException">It cannot be written.</exception>
    public void WriteSweep(string text) => WholeFile.WriteText(Sweep, text);

    /// <summary>Moves old results, and what was made of them, out of the way. Files that are none of the harness's stay.</summary>
    /// <returns>Where they are now; null if there were none.</returns>
    /// <exception cref="HarnessException">Another run of the harness is writing them.</exception>
    public string? SetAside()
    {
        var own = OwnFiles();
        if (own.Count == 0)
        {
            return null;
        }

        string? aside;

        // A run goes on writing to files that are moved under it, and would report what then is in their place.
        using (DurableCsv<Measurement>.Lock(Results))
        {
            DurableCsv<Failure>.RequireUnused(Failures);
            DurableCsv<Measurement>.RequireUnused(Disturbed);
            aside = AsideFolder.Move(Path, own);
        }

        AsideFolder.RemoveEmpty(Path);
        return aside;
    }

    /// <summary>The files here that the harness writes by itself, and what a killed run left of them; rows first, so that none are ever without their provenance.</summary>
    private List<string> OwnFiles()
    {
        if (!Directory.Exists(Path))
        {
            return [];
        }

        List<string> present = [.. Directory.EnumerateFiles(Path).Order(StringComparer.Ordinal)];
        string[] written =
        [
            Results, Failures, Disturbed, Provenance, Sweep, Summary, Report,
            .. Enum.GetValues<ChartKind>().SelectMany(kind => FigureFile.KeptFormats.Select(format => Chart(ChartName(kind), format))),
        ];
        return [.. written.SelectMany(own => present.Where(file => file == own || WholeFile.IsTemporaryOf(file, own)))];
    }

    /// <summary>The sweep that the results are of, as it was when they were measured: with the seed that the command line may have given it.</summary>
    public SweepDefinition ReadSweep()
    {
        var provenance = Experiments.Results.Provenance.Read(Provenance);
        var known = provenance?.Workloads?
            .Select(workload => new Workload { Name = workload.Name, Title = workload.Title, Group = workload.Group, Program = workload.Program, Calls = workload.Calls })
            .ToList();
        var sweep = SweepFile.Read(Sweep, () => ProgramCatalog.Read(), known);
        return sweep with { Name = System.IO.Path.GetFileName(Path), Seed = provenance?.Seed ?? sweep.Seed };
    }

    private string In(string file) => System.IO.Path.Combine(Path, file);
}
