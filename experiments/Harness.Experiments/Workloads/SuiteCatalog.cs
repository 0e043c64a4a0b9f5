using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Harness.Experiments.Workloads;

/// <summary>
/// Suites of programs that are not part of the project. Those that the project knows have a manifest in <c>workloads/suites</c>, whose paths
/// are relative to a folder that the user gives (<c>--suite dart=FOLDER</c>). Any other folder is a suite as well: by its manifest
/// <c>programs.yaml</c>, or as a folder of WASI commands.
/// </summary>
internal static partial class SuiteCatalog
{
    /// <summary>Name of the manifest in a folder.</summary>
    public const string ManifestName = "programs.yaml";

    /// <summary>The suites that the project knows.</summary>
    public static IReadOnlyList<string> Known { get; } =
        Directory.Exists(ProjectLayout.Suites)
            ? [.. Directory.EnumerateFiles(ProjectLayout.Suites, "*.yaml").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)]
            : [];

    /// <summary>The suite that a program is of, as its name tells; empty for the project's own.</summary>
    /// <param name="program">Name of the program.</param>
    public static string SuiteOf(string program) => program.IndexOf('/', StringComparison.Ordinal) is > 0 and var end ? program[..end] : "";

    /// <summary>What a program or a workload of a suite is called within it: programs of two suites that are the same otherwise have the same name there.</summary>
    /// <param name="suite">Name of the suite; empty for the project's own programs, whose names are of no suite.</param>
    /// <param name="name">Its name.</param>
    public static string NameWithin(string suite, string name) => name.StartsWith(suite + "/", StringComparison.Ordinal) ? name[(suite.Length + 1)..] : name;

    /// <summary>How the user says where a suite is.</summary>
    public static string HowToGive(string suite) => $"the programs of '{suite}' are not part of the project: say where they are with --suite {suite}=FOLDER";

    /// <summary>The programs of a known suite whose folder is not known: to be listed and reported, not to be run.</summary>
    public static IReadOnlyList<ProgramDefinition> ReadKnown(string suite) => ProgramManifest.Read(KnownManifest(suite), suite, folder: null);

    /// <summary>Reads what a <c>--suite</c> option names.</summary>
    /// <param name="option"><c>NAME=PLACE</c> or <c>PLACE</c>; a place is a folder, or <c>URL@COMMIT</c> of a git repository.</param>
    /// <exception cref="HarnessException">There is no such suite or place, or a manifest is wrong.</exception>
    public static (string Name, IReadOnlyList<ProgramDefinition> Programs) Open(string option)
    {
        var match = NamedSuite().Match(option);
        var place = match.Success ? match.Groups["place"].Value : option;
        var folder = RepositoryAtCommit().Match(place) is { Success: true } repository
            ? Clone(repository.Groups["url"].Value, repository.Groups["commit"].Value)
            : place;
        if (!Directory.Exists(folder))
        {
            throw new HarnessException(
                $"--suite {option}: there is no folder {folder}{(place.Contains("://", StringComparison.Ordinal) ? "; a git repository is given as URL@COMMIT" : "")}");
        }

        var name = match.Success ? match.Groups["name"].Value : NameOf(folder);
        if (Known.Contains(name) && !File.Exists(Path.Combine(folder, ManifestName)))
        {
            return (name, ProgramManifest.Read(KnownManifest(name), name, folder));
        }

        if (File.Exists(Path.Combine(folder, ManifestName)))
        {
            return (name, ProgramManifest.Read(Path.Combine(folder, ManifestName), name, folder));
        }

        return (name, ReadFolder(name, folder, option));
    }

    private static string KnownManifest(string suite) => Path.Combine(ProjectLayout.Suites, suite + ".yaml");

    private static string NameOf(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

    /// <summary>A folder of modules without a manifest: each is a WASI command.</summary>
    private static List<ProgramDefinition> ReadFolder(string suite, string folder, string option)
    {
        var modules = Directory.EnumerateFiles(folder, "*.wasm").Order(StringComparer.Ordinal).ToList();
        if (modules.Count == 0)
        {
            throw new HarnessException($"--suite {option}: {folder} has neither a manifest {ManifestName} nor modules (*.wasm){(Known.Count > 0 ? $"; known suites are {string.Join(", ", Known)} (--suite {Known[0]}={folder})" : "")}");
        }

        return [.. modules.Select(path => ProgramDefinition.OfCommand(path, suite))];
    }

    /// <summary>Brings a commit of a repository into the folder of things that can be made again.</summary>
    private static string Clone(string url, string commit)
    {
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url)))[..12];
        var folder = Path.Combine(ProjectLayout.Artifacts, "suites", $"{NameOf(url).Replace(".git", "", StringComparison.Ordinal)}-{key}", commit);
        if (Directory.Exists(folder))
        {
            return folder;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        var temporary = $"{folder}.{Environment.ProcessId}";
        Console.Error.WriteLine($"harness: cloning {url} (once)");
        try
        {
            Git($"cannot clone {url}", "clone", "--quiet", "--no-checkout", "--", url, temporary);
            Git($"{url} has no commit {commit}", "-C", temporary, "checkout", "--quiet", "--detach", commit);
            Directory.Move(temporary, folder);
        }
        finally
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }
        }

        return folder;
    }

    private static void Git(string mistake, params string[] arguments)
    {
        try
        {
            var git = ToolProcess.Run("git", arguments, environment: new Dictionary<string, string> { ["GIT_TERMINAL_PROMPT"] = "0" });
            if (git.ExitCode != 0)
            {
                throw new HarnessException($"{mistake}: {git.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? $"git ended with code {git.ExitCode}"}");
            }
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new HarnessException("git was not found; it is needed to clone a suite", exception);
        }
    }

    [GeneratedRegex(@"^(?<name>[A-Za-z0-9_-]+)=(?<place>.+)$")]
    private static partial Regex NamedSuite();

    [GeneratedRegex(@"^(?<url>([a-z+]+://|git@).+)@(?<commit>[0-9a-fA-F]{7,40})$")]
    private static partial Regex RepositoryAtCommit();
}
