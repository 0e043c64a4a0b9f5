using System.CommandLine;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Commands;

/// <summary>The option <c>--suite</c>, by which programs come from outside of the project.</summary>
internal static class SuiteOption
{
    /// <summary>Makes the option.</summary>
    public static Option<string[]> Create() => new("--suite")
    {
        Description = $"programs from elsewhere (may be repeated): {string.Join(", ", SuiteCatalog.Known.Select(name => name + "=PLACE"))}, or PLACE with a manifest {SuiteCatalog.ManifestName} or with WASI modules; a place is a folder or URL@COMMIT of a git repository; what a manifest says to build runs as commands of your shell",
        HelpName = "NAME=PLACE",
        DefaultValueFactory = _ => [],
    };

    /// <summary>The program that an argument names where a file might stand too; null for a file.</summary>
    public static ProgramDefinition? FindProgram(string fileOrName, IReadOnlyList<string> suites) =>
        File.Exists(fileOrName) ? null : ProgramCatalog.Read(suites).TryFind(fileOrName);
}
