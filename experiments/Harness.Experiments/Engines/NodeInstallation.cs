using System.Diagnostics;
using System.Security.Cryptography;

namespace Harness.Experiments.Engines;

/// <summary>The npm packages: Node itself (for its V8) and the chart renderer. Installed on first need.</summary>
internal static class NodeInstallation
{
    private static readonly Lock Gate = new();
    private static bool ready;

    /// <summary>Path of the Node program, after installing what is missing.</summary>
    /// <exception cref="HarnessException">npm is missing or failed.</exception>
    public static string NodePath
    {
        get
        {
            lock (Gate)
            {
                if (!ready)
                    Ensure();
                ready = true;
            }

            return Path.Combine(ProjectLayout.Node, "node_modules", "node", "bin", "node");
        }
    }

    private static void Ensure()
    {
        var packageLock = Path.Combine(ProjectLayout.Node, "package-lock.json");
        var stamp = Path.Combine(ProjectLayout.Node, "node_modules", ".installed");
        var wanted = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(packageLock)));
        if (IsInstalled(stamp, wanted))
            return;

        Directory.CreateDirectory(ProjectLayout.Artifacts);
        using var processLock = AcquireLock(Path.Combine(ProjectLayout.Artifacts, "npm.lock"));
        if (IsInstalled(stamp, wanted))
            return;
        Console.Error.WriteLine("harness: installing Node and the chart renderer (npm ci; once, about 80 MB to download)");
        RunNpm();
        File.WriteAllText(stamp, wanted);
    }

    private static bool IsInstalled(string stamp, string wanted) => File.Exists(stamp) && File.ReadAllText(stamp) == wanted;

    private static void RunNpm()
    {
        var start = new ProcessStartInfo("npm", ["ci", "--foreground-scripts", "--no-audit", "--no-fund"])
        {
            WorkingDirectory = ProjectLayout.Node,
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
                throw new HarnessException($"'npm ci' failed in {ProjectLayout.Node} with code {process.ExitCode} ({reason}); run it there to see why");
            }
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new HarnessException("npm was not found; V8 and charts need it: install Node.js with npm (any version from 20 on)", exception);
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
