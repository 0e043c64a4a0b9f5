using System.Diagnostics;

namespace Harness.Hosts;

/// <summary>
/// A NuGet package whose large native library most users never need: it is restored on first need, into the user's ordinary package folder, by a project
/// without any code.
/// </summary>
/// <param name="id">The package, in lower case.</param>
/// <param name="version">Its version.</param>
/// <param name="purpose">What needs it, for people who wait for it.</param>
public sealed class NativePackage(string id, string version, string purpose)
{
    private static string PackageFolder => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
        ? folder
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>Path of a native library of the package, after restoring the package if need be.</summary>
    /// <param name="file">Name of the file.</param>
    /// <exception cref="IOException">The package cannot be restored; the message is one line that says why and how to mend it.</exception>
    public string PathOf(string file)
    {
        var path = Path.Combine(PackageFolder, id, version, "runtimes", "linux-x64", "native", file);
        if (!File.Exists(path))
        {
            Restore(path);
        }

        return path;
    }

    private void Restore(string path)
    {
        var project = Directory.CreateTempSubdirectory("harness-native-");
        try
        {
            var file = Path.Combine(project.FullName, "restore.csproj");
            File.WriteAllText(file, $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
                  <ItemGroup><PackageDownload Include="{id}" Version="[{version}]" /></ItemGroup>
                </Project>
                """);
            Console.Error.WriteLine($"harness: restoring {purpose} (once)");
            var start = new ProcessStartInfo("dotnet", ["restore", file, "-v", "quiet"]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd() + error.GetAwaiter().GetResult();
            process.WaitForExit();
            if (process.ExitCode == 0 && File.Exists(path))
            {
                return;
            }

            var reason = output.Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.Ordinal))?.Trim()
                ?? $"exit code {process.ExitCode}, no file {path}";
            throw new IOException($"the NuGet package {id} {version} could not be restored ({reason}); check the connection to the package source");
        }
        finally
        {
            project.Delete(recursive: true);
        }
    }
}
