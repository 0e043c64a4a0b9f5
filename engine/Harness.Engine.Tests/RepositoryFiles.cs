namespace Harness.Engine.Tests;

/// <summary>Files of the project that are not part of the test's own folder.</summary>
internal static class RepositoryFiles
{
    /// <summary>The project's root folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The names of the workloads' modules, without folder.</summary>
    public static IEnumerable<string> Workloads =>
        Directory.EnumerateFiles(Path.Combine(Root, "workloads"), "*.wat").Select(file => Path.GetFileName(file)).Order();

    /// <summary>The path of a workload's module.</summary>
    public static string Workload(string name) => Path.Combine(Root, "workloads", name);

    /// <summary>The path of the inlining model that comes with the engine.</summary>
    public static string InliningModel => Path.Combine(Root, "engine", "Harness.Engine", "Configuration", "inlining-model.txt");

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Harness.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("the tests do not lie inside the project");
    }
}
