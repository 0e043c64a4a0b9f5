using System.ComponentModel;
using System.Security.Cryptography;

namespace Harness.Experiments.Engines;

/// <summary>A folder with a <c>package-lock.json</c> whose npm packages are installed on first need.</summary>
/// <param name="folder">The folder.</param>
/// <param name="contents">What is in the packages, and after a comma how much it is, for people who wait for them.</param>
internal sealed class NpmPackages(string folder, string contents)
{
    private readonly Lock _gate = new();
    private bool _ready;

    /// <summary>The path of something in the packages, after installing them if need be.</summary>
    /// <exception cref="HarnessException">npm is missing or failed.</exception>
    public string PathOf(params ReadOnlySpan<string> parts)
    {
        lock (_gate)
        {
            if (!_ready)
            {
                Ensure();
            }

            _ready = true;
        }

        return Path.Combine([folder, "node_modules", .. parts]);
    }

    /// <summary>Whether they are installed, in the versions that the lock file names.</summary>
    public bool IsInstalled => HasStamp(Wanted);

    private string Stamp => Path.Combine(folder, "node_modules", ".installed");

    private string Wanted => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, "package-lock.json"))));

    private void Ensure()
    {
        var wanted = Wanted;
        if (HasStamp(wanted))
        {
            return;
        }

        Directory.CreateDirectory(ProjectLayout.Artifacts);
        using var processLock = LockFile.Take(Path.Combine(ProjectLayout.Artifacts, "npm" + LockFile.Suffix));
        if (HasStamp(wanted))
        {
            return;
        }

        Console.Error.WriteLine($"harness: installing {contents} (npm ci; once)");
        RunNpm();
        File.WriteAllText(Stamp, wanted);
    }

    private bool HasStamp(string wanted) => File.Exists(Stamp) && File.ReadAllText(Stamp) == wanted;

    private void RunNpm()
    {
        string[] arguments = ["ci", "--foreground-scripts", "--no-audit", "--no-fund", "--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-factor=3"];
        try
        {
            var (exitCode, output, error) = ToolProcess.Run("npm", arguments, folder);
            if (exitCode != 0)
            {
                throw new HarnessException($"{contents[..contents.LastIndexOf(',')]} could not be installed from the npm registry ({ReasonIn(output + error) ?? $"npm ended with code {exitCode}"}); 'npm ci' in {folder} shows all");
            }
        }
        catch (Win32Exception exception)
        {
            throw new HarnessException("npm was not found; V8, charts and wasm-opt need it: install Node.js with npm (any version from 20 on)", exception);
        }
    }

    /// <summary>What npm says is wrong: the line that names the request which failed, or else the first that is not a mere code.</summary>
    private static string? ReasonIn(string output)
    {
        const string prefix = "npm error ";
        string[] codes = ["code ", "errno ", "syscall ", "type "];
        var lines = output.Split('\n').Where(line => line.StartsWith(prefix, StringComparison.Ordinal)).Select(line => line[prefix.Length..].Trim()).Where(line => line.Length > 0).ToList();
        return lines.FirstOrDefault(line => line.Contains("reason:", StringComparison.Ordinal))
            ?? lines.FirstOrDefault(line => !codes.Any(code => line.StartsWith(code, StringComparison.Ordinal)))
            ?? lines.FirstOrDefault();
    }
}
