using System.ComponentModel;

namespace Harness.Experiments.Engines.Installation;

/// <summary>
/// A program of a Debian package. Where the system does not have it, the package and what it needs are downloaded by <c>apt-get</c> and unpacked into a folder of
/// the project: that takes no rights of root, and changes nothing outside.
/// </summary>
/// <param name="engine">Name of the engine, and of its folder.</param>
/// <param name="program">The program's file name.</param>
/// <param name="packages">Packages that hold it, the best first: releases of Debian have different ones.</param>
internal sealed class DebianPackage(string engine, string program, params IReadOnlyList<string> packages) : IEngineInstallation
{
    public bool IsOnFirstNeed => false;

    private string Folder => Path.Combine(ProjectLayout.Artifacts, "engines", engine);

    private string Stamp => Path.Combine(Folder, ".installed");

    public EngineStatus Inspect() => Find() is { } found
        ? EngineStatus.Present(found.Version, found.Program)
        : EngineStatus.Absent($"the Debian package {packages[0]}{(packages.Count > 1 ? $" (or {string.Join(", ", packages.Skip(1))})" : "")}");

    /// <summary>Where the program is; null if it is not there.</summary>
    public InstalledProgram? Find()
    {
        if (File.Exists(Stamp) && File.ReadAllLines(Stamp) is [var version, var path, ..] && File.Exists(path))
        {
            return new InstalledProgram(path, version, Folder);
        }

        var system = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        return system is null ? null : new InstalledProgram(system, SystemVersion(), null);
    }

    public void Install(TextWriter log)
    {
        if (Find() is { } present)
        {
            log.WriteLine($"is there: {present.Program}");
            return;
        }

        var package = packages.FirstOrDefault(IsKnown);
        if (package is null && Environment.IsPrivilegedProcess)
        {
            log.WriteLine("apt-get update");
            _ = Run("apt-get", ["update", "-qq"]);
            package = packages.FirstOrDefault(IsKnown);
        }

        if (package is null)
        {
            throw new HarnessException($"apt knows no package {string.Join(" or ", packages)}; run 'apt-get update' as root first, or install {program} in another way and put it on the PATH");
        }

        var scratch = Directory.CreateDirectory(Folder + ".new");
        try
        {
            Unpack(package, scratch.FullName, log);
            var path = Directory.EnumerateFiles(scratch.FullName, program, new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
                .OrderBy(file => file.Length).FirstOrDefault()
                ?? throw new HarnessException($"the package {package} has no program '{program}'");
            if (Directory.Exists(Folder))
            {
                Directory.Delete(Folder, recursive: true);
            }

            Directory.Move(scratch.FullName, Folder);
            File.WriteAllLines(Stamp, [VersionOf(package), Path.Combine(Folder, Path.GetRelativePath(scratch.FullName, path))]);
        }
        finally
        {
            if (scratch.Exists)
            {
                Directory.Delete(scratch.FullName, recursive: true);
            }
        }
    }

    /// <summary>Names and versions in what <c>apt-get install --print-uris</c> prints: <c>'http://…/jsc_2.50.6-1_amd64.deb' jsc_2.50.6-1_amd64.deb 123 SHA256:…</c>.</summary>
    public static IReadOnlyList<string> ParseUris(string output) =>
    [
        .. output.Split('\n')
            .Select(line => line.Split(' '))
            .Where(words => words.Length >= 2 && words[0].StartsWith('\'') && words[1].EndsWith(".deb", StringComparison.Ordinal))
            .Select(words => words[1].Split('_'))
            .Where(parts => parts.Length == 3)
            .Select(parts => $"{parts[0]}={Uri.UnescapeDataString(parts[1])}"),
    ];

    private static void Unpack(string package, string folder, TextWriter log)
    {
        var wanted = ParseUris(Run("apt-get", ["install", "--print-uris", "-qq", "--yes", "--no-install-recommends", package]).Output);
        if (wanted.Count == 0)
        {
            throw new HarnessException($"apt-get has nothing to download for {package}; if the package is installed, its program is not on the PATH");
        }

        log.WriteLine($"downloading {wanted.Count} packages of Debian ({package} and what it needs) into {folder}");
        var downloads = Directory.CreateDirectory(Path.Combine(folder, ".packages"));
        Check(Run("apt-get", ["download", "-qq", .. wanted], downloads.FullName), $"apt-get download {package}");
        foreach (var file in downloads.EnumerateFiles("*.deb"))
        {
            Check(Run("dpkg-deb", ["--extract", file.FullName, folder]), $"dpkg-deb --extract {file.Name}");
        }

        downloads.Delete(recursive: true);
    }

    private static bool IsKnown(string package) => Run("apt-cache", ["show", "--no-all-versions", package]) is { ExitCode: 0, Output.Length: > 0 };

    private static string VersionOf(string package) =>
        Run("apt-cache", ["show", "--no-all-versions", package]).Output.Split('\n').FirstOrDefault(line => line.StartsWith("Version: ", StringComparison.Ordinal))?["Version: ".Length..].Trim() ?? "";

    private string SystemVersion()
    {
        foreach (var package in packages)
        {
            if (Run("dpkg-query", ["--show", "--showformat=${Version}", package]) is { ExitCode: 0, Output: { Length: > 0 } version })
            {
                return version.Trim();
            }
        }

        return InstalledProgram.UnknownVersion;
    }

    private static void Check((int ExitCode, string Output) result, string what)
    {
        if (result.ExitCode != 0)
        {
            throw new HarnessException($"'{what}' failed with code {result.ExitCode}: {result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "it printed nothing"}");
        }
    }

    private static (int ExitCode, string Output) Run(string command, IReadOnlyList<string> arguments, string? folder = null)
    {
        try
        {
            var (exitCode, output, error) = ToolProcess.Run(command, arguments, folder, new Dictionary<string, string> { ["LC_ALL"] = "C" });
            return (exitCode, exitCode == 0 ? output : output + error);
        }
        catch (Win32Exception)
        {
            return (127, $"{command} was not found");
        }
    }
}

/// <summary>A program that was found.</summary>
/// <param name="Program">Its full path.</param>
/// <param name="Version">The version of its package; <see cref="UnknownVersion"/> where it is of none.</param>
/// <param name="Folder">The folder that its package was unpacked into; null for a program of the system.</param>
internal sealed record InstalledProgram(string Program, string Version, string? Folder)
{
    /// <summary>The version of a program that no package has brought.</summary>
    public const string UnknownVersion = "of unknown version";

    /// <summary>What tells it from others: its version, or, where nobody knows that, a hash of the program.</summary>
    public string Identity => Version == UnknownVersion ? $"of unknown version, program {BuildFingerprint.Of([Program], "")}" : Version;

    /// <summary>The environment that it needs: where its libraries are, if not in the system's own folders.</summary>
    public IReadOnlyDictionary<string, string> Environment
    {
        get
        {
            if (Folder is null)
            {
                return new Dictionary<string, string>();
            }

            string[] folders = ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu", "usr/lib"];
            return new Dictionary<string, string> { ["LD_LIBRARY_PATH"] = string.Join(':', folders.Select(folder => Path.Combine(Folder, folder))) };
        }
    }
}
