using System.Diagnostics;
using System.Security.Cryptography;

namespace Harness.Experiments.Engines;

/// <summary>A folder with a <c>package-lock.json</c> whose npm packages are installed on first need.</summary>
/// <param name="folder">The folder.</param>
/// <param name="contents">What is in the packages, for people who wait for them.</param>
internal sealed class NpmPackages(string folder, string contents)
{
    private readonly Lock gate = new();
    private bool ready;

    /// <summary>The path of something in the packages, after installing them if need be.</summary>
    /// <exception cref="HarnessException">npm is missing or failed.</exception>
    public string PathOf(params ReadOnlySpan<string> parts)
    {
        lock (gate)
        {
            if (!ready)
                Ensure();
            ready = true;
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
            return;

        Directory.CreateDirectory(ProjectLayout.Artifacts);
        using var processLock = AcquireLock(Path.Combine(ProjectLayout.Artifacts, "npm.lock"));
        if (HasStamp(wanted))
            return;
        Console.Error.WriteLine($"harness: installing {contents} (npm ci; once)");
        RunNpm();
        File.WriteAllText(Stamp, wanted);
    }

    private bool HasStamp(string wanted) => File.Exists(Stamp) && File.ReadAllText(Stamp) == wanted;

    private void RunNpm()
    {
        var start = new ProcessStartInfo("npm", ["ci", "--foreground-scripts", "--no-audit", "--no-fund"])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                var reason = (output.GetAwaiter().GetResult() + error.GetAwaiter().GetResult()).Split('\n').LastOrDefault(line => line.StartsWith("npm error", StringComparison.Ordinal));
                throw new HarnessException($"'npm ci' failed in {folder} with code {process.ExitCode} ({reason}); run it there to see why");
            }
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new HarnessException("npm was not found; V8, charts and wasm-opt need it: install Node.js with npm (any version from 20 on)", exception);
        }
    }

    private static FileStream AcquireLock(string path)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                Thread.Sleep(200);
            }
        }
    }
}
