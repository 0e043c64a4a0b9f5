using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;

namespace Harness.Experiments.Workloads;

/// <summary>How a module is made of sources.</summary>
/// <param name="Command">A command for the shell, run in the program's folder; it writes the module to <c>$OUTPUT</c>.</param>
/// <param name="Sources">The files that it reads, relative to the folder: the command runs again when one has changed.</param>
internal sealed record ModuleBuild(string Command, IReadOnlyList<string> Sources)
{
    /// <summary>Makes the module unless it is there already.</summary>
    /// <param name="name">Name of the program.</param>
    /// <param name="folder">The program's folder.</param>
    /// <returns>Path of the module.</returns>
    /// <exception cref="HarnessException">The command failed, or there is no bash to run it.</exception>
    public string Run(string name, string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(Command));
        foreach (var source in Sources)
        {
            hash.AppendData(File.ReadAllBytes(Path.Combine(folder, source)));
        }

        var target = Path.Combine(ProjectLayout.Artifacts, "programs", $"{Convert.ToHexStringLower(hash.GetHashAndReset())[..16]}.wasm");
        if (File.Exists(target))
        {
            return target;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var temporary = $"{target}.{Environment.ProcessId}";
        var shell = RunCommand(name, folder, temporary);
        if (shell.ExitCode != 0 || !File.Exists(temporary))
        {
            var reason = (shell.Error + shell.Output).Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "it wrote no file $OUTPUT";
            throw new HarnessException($"program '{name}' cannot be built: '{Command}' ended with code {shell.ExitCode} in {folder}: {reason}");
        }

        File.Move(temporary, target, overwrite: true);
        return target;
    }

    private ToolOutput RunCommand(string name, string folder, string target)
    {
        try
        {
            return ToolProcess.Run("bash", ["-c", Command], folder, new Dictionary<string, string> { ["OUTPUT"] = target });
        }
        catch (Win32Exception exception)
        {
            throw new HarnessException($"program '{name}' cannot be built, which takes bash: {exception.Message}", exception);
        }
    }
}
