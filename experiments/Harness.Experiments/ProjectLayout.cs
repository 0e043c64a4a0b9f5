namespace Harness.Experiments;

/// <summary>
/// Where the parts of the project lie: found from the folder of this assembly, upwards, whichever program has loaded it; where the assembly is of a package, from the current directory.
/// </summary>
internal static class ProjectLayout
{
    private static readonly Lazy<string> LazyRoot = new(FindRoot);

    /// <summary>The folder that holds <c>Harness.sln</c>.</summary>
    public static string Root => LazyRoot.Value;

    public static string Workloads => Path.Combine(Root, "workloads");

    /// <summary>Manifests of suites that are not part of the project.</summary>
    public static string Suites => Path.Combine(Workloads, "suites");

    /// <summary>Scripts that run the scripts of programs, on both engines.</summary>
    public static string Drivers => Path.Combine(Workloads, "drivers");

    /// <summary>The programs in Dart, with a manifest of their own.</summary>
    public static string DartPrograms => Path.Combine(Workloads, "dart");

    public static string Sweeps => Path.Combine(Root, "experiments", "sweeps");

    public static string Results => Path.Combine(Root, "results");

    /// <summary>The npm packages and the scripts that use them: V8's worker and the chart renderer.</summary>
    public static string Node => Path.Combine(Root, "experiments", "node");

    /// <summary>The scripts by which engines run programs in shells of their own.</summary>
    public static string Shells => Path.Combine(Root, "experiments", "shells");

    /// <summary>Files that can be made again at any time.</summary>
    public static string Artifacts => Path.Combine(Root, "artifacts");

    private static string FindRoot()
    {
        var start = Path.GetDirectoryName(typeof(ProjectLayout).Assembly.Location) is { Length: > 0 } place ? place : AppContext.BaseDirectory;
        return FindAbove(start) ?? FindAbove(Environment.CurrentDirectory)
            ?? throw new HarnessException($"the project's folder (with Harness.sln) was not found above {start}, nor above the current directory; run harness from a clone of the project");
    }

    private static string? FindAbove(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Harness.sln")))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
