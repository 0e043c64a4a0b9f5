using System.Diagnostics;
using System.Runtime.Versioning;
using System.Xml.Linq;

namespace Harness.Experiments.Tests.Commands;

/// <summary>The script <c>harness</c>, with a compiler that does nothing: it builds what it runs when anything has changed of which that is made, and only then.</summary>
[SupportedOSPlatform("linux")]
public sealed class HarnessScriptTests : IDisposable
{
    private const string Program = "artifacts/harness/publish/Harness.Experiments/release_linux-x64/harness.dll";

    private static readonly string[] Files =
    [
        .. Projects(Path.Combine(ProjectLayout.Root, "experiments", "Harness.Experiments", "Harness.Experiments.csproj")).Select(project => Path.GetRelativePath(ProjectLayout.Root, project)),
        "Directory.Build.props", "Directory.Packages.props", "global.json", "harness",
    ];

    private readonly TemporaryFolder _folder = new();

    public HarnessScriptTests()
    {
        foreach (var file in Files)
        {
            _folder.Write(file, "");
        }

        _folder.Write("harness", File.ReadAllText(Path.Combine(ProjectLayout.Root, "harness")));
        _folder.Write("experiments/Harness.Experiments.Tests/Some.cs", "");
        _folder.Write(Program, "");
        File.SetUnixFileMode(_folder.Write("tools/dotnet", "#!/usr/bin/env bash\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public static TheoryData<string> Sources => [.. Files];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Sources))]
    public void WhatItIsMadeOfIsBuiltAnewOnceChanged(string source)
    {
        Assert.Equal("harness: building (once, about a minute)\n", Run());
        Assert.Empty(Run());
        Change(source);
        Assert.Equal("harness: building (once, about a minute)\n", Run());
    }

    [Theory]
    [InlineData("experiments/Harness.Experiments.Tests/Some.cs")]
    [InlineData("engine/Harness.Engine/obj/Some.cs")]
    public void NothingElseIsAReasonToBuild(string file)
    {
        Run();
        _folder.Write(file, "");
        Change(file);
        Assert.Empty(Run());
    }

    /// <summary>A project and all that it refers to, whether or not it is loaded with it.</summary>
    private static IEnumerable<string> Projects(string project) => XDocument.Load(project).Descendants("ProjectReference")
        .Select(reference => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(project)!, reference.Attribute("Include")!.Value.Replace('\\', '/'))))
        .SelectMany(Projects).Append(project).Distinct();

    private void Change(string file) => File.SetLastWriteTimeUtc(_folder.File(file), DateTime.UtcNow.AddMinutes(1));

    /// <summary>Runs the script.</summary>
    /// <returns>What it says.</returns>
    private string Run()
    {
        var start = new ProcessStartInfo("bash", [_folder.File("harness")]) { RedirectStandardError = true };
        start.Environment["PATH"] = $"{_folder.File("tools")}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return said;
    }
}
