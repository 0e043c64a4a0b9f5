using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.ClearScript.V8;

namespace Harness.Hosts.JavaScript;

/// <summary>
/// The native library of V8 that ClearScript loads. It is large, and most users never need it: it is restored from NuGet on first need, into
/// the user's ordinary package folder, by a project without any code.
/// </summary>
public static class V8Library
{
    /// <summary>The version of the packages; the managed one is pinned to the same.</summary>
    private const string Version = "7.5.1.1";

    private const string Package = "microsoft.clearscript.v8.native.linux-x64";

    private const string FileName = "ClearScriptV8.linux-x64.so";

    private static readonly Lock Gate = new();
    private static bool _ready;

    /// <summary>Makes the library loadable, downloading it if it is not there (about 60 MB unpacked; once).</summary>
    /// <exception cref="ProgramException">It cannot be downloaded; the message says why and how to mend it.</exception>
    public static void Require()
    {
        lock (Gate)
        {
            if (_ready) return;
            string folder = Path.Combine(PackageFolder(), Package, Version, "runtimes", "linux-x64", "native");
            if (!File.Exists(Path.Combine(folder, FileName))) Restore(folder);
            NativeLibrary.SetDllImportResolver(
                typeof(V8ScriptEngine).Assembly,
                (name, _, _) => name == FileName ? NativeLibrary.Load(Path.Combine(folder, FileName)) : 0);
            _ready = true;
        }
    }

    private static string PackageFolder() => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
        ? folder
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static void Restore(string folder)
    {
        DirectoryInfo project = Directory.CreateTempSubdirectory("harness-v8-");
        try
        {
            string file = Path.Combine(project.FullName, "restore.csproj");
            File.WriteAllText(file, $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
                  <ItemGroup><PackageDownload Include="{Package}" Version="[{Version}]" /></ItemGroup>
                </Project>
                """);
            Console.Error.WriteLine("harness: restoring V8 for JavaScript glue (once, about 25 MB to download)");
            var start = new ProcessStartInfo("dotnet", ["restore", file, "-v", "quiet"]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd() + error.GetAwaiter().GetResult();
            process.WaitForExit();
            if (process.ExitCode == 0 && Directory.Exists(folder)) return;
            string reason = output.Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.Ordinal))?.Trim() ?? $"exit code {process.ExitCode}";
            throw new ProgramException($"JavaScript glue needs the NuGet package {Package} {Version}, which could not be restored ({reason}); check the connection to the package source");
        }
        finally
        {
            project.Delete(recursive: true);
        }
    }
}
