using System.Diagnostics;

namespace Harness.Experiments.Results;

/// <summary>Results as they are in a commit of the project: their files are taken out of git, into a folder that is kept.</summary>
internal static class ResultsAtCommit
{
    private static readonly string[] Files = ["results.csv", "failures.csv", "provenance.json", "sweep.yaml"];

    /// <summary>Takes the results of a folder out of a commit.</summary>
    /// <param name="nameOrPath">Name of a sweep, or path of a results folder within the project.</param>
    /// <param name="commit">A commit, as git names it: a hash, a tag, <c>HEAD~3</c>.</param>
    /// <exception cref="HarnessException">There is no such commit, or it has no such results.</exception>
    public static ResultsFolder Open(string nameOrPath, string commit)
    {
        if (Git("rev-parse", "--verify", "--quiet", "--end-of-options", commit + "^{commit}") is not { } output)
        {
            throw new HarnessException($"there is no commit '{commit}' in {ProjectLayout.Root}");
        }

        var hash = System.Text.Encoding.ASCII.GetString(output).Trim();
        var relative = PathInProject(nameOrPath);
        if (Git("cat-file", "-e", $"{hash}:{relative}/results.csv") is null)
        {
            throw new HarnessException($"commit '{commit}' has no results in {relative} (no results.csv)");
        }

        var folder = new ResultsFolder(Path.Combine(ProjectLayout.Artifacts, "results-of-commits", hash[..12], relative));
        folder.Create();
        foreach (var file in Files)
        {
            // Another comparison may be reading the file: it has the same bytes, and is whole at every moment.
            if (Git("cat-file", "blob", $"{hash}:{relative}/{file}") is { } content)
            {
                WholeFile.WriteBytes(Path.Combine(folder.Path, file), content);
            }
        }

        return folder;
    }

    private static string PathInProject(string nameOrPath)
    {
        // A name is one of a folder below results, whether or not that is there now.
        var path = nameOrPath.Contains('/', StringComparison.Ordinal) ? Path.GetFullPath(nameOrPath) : Path.Combine(ProjectLayout.Results, nameOrPath);
        var relative = Path.GetRelativePath(ProjectLayout.Root, path);
        return relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative)
            ? throw new HarnessException($"{path} is outside of the project, so that no commit has it")
            : relative;
    }

    /// <summary>What git prints; null where it fails.</summary>
    private static byte[]? Git(params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = ProjectLayout.Root, RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            using var output = new MemoryStream();
            process.StandardOutput.BaseStream.CopyTo(output);
            process.WaitForExit();
            error.GetAwaiter().GetResult();
            return process.ExitCode == 0 ? output.ToArray() : null;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new HarnessException("git was not found; results of commits need it", exception);
        }
    }
}
