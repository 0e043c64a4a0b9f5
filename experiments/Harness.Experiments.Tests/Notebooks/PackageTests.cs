using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;
using Harness.Experiments.Reports;
using Harness.Experiments.Results;
using Harness.Experiments.Tests.Results;

namespace Harness.Experiments.Tests.Notebooks;

/// <summary>What notebooks see of results is a package, too: it says what it is, has all that it needs, and reads results in a project that has nothing else of this one.</summary>
public sealed class PackageTests : IDisposable
{
    private const string Version = "0.0.1-test";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly string Project = Path.Combine(ProjectLayout.Root, "experiments", "Harness.Notebooks");

    /// <summary>The configuration that the tests are built in, and so what the project refers to.</summary>
    private static readonly string Configuration = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(typeof(HarnessException).Assembly.Location)))!;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ItIsWholeAndReadsResultsElsewhere()
    {
        Run(ProjectLayout.Root, "pack", Project, "-c", Configuration, "--no-build", "-o", _folder.File("packages"), $"-p:PackageVersion={Version}");
        using (var package = ZipFile.OpenRead(_folder.File($"packages/Harness.Notebooks.{Version}.nupkg")))
        {
            var files = package.Entries.Select(entry => entry.FullName).ToHashSet();
            Assert.Contains("README.md", files);
            foreach (var assembly in (string[])["Harness.Notebooks", "harness", "Harness.Engine", "Harness.Hosts", "Harness.Hosts.JavaScript", "Harness.Dart"])
            {
                Assert.Contains($"lib/net10.0/{assembly}.dll", files);
            }

            Assert.Contains("lib/net10.0/Harness.Notebooks.xml", files);
            using var description = package.GetEntry("Harness.Notebooks.nuspec")!.Open();
            CheckDescription(XDocument.Load(description));
        }

        // Calls of microseconds, of which none is shown as 0.
        var results = SyntheticResults.Write(_folder.File("results"), ["ours"], new Dictionary<string, Dictionary<string, string>> { ["base"] = [], ["fast"] = [] }, ["alpha"], 21, cell => cell.Configuration == "fast" ? 0.004 : 0.012);
        Assert.Equal(Expected(results), RunElsewhere(results));
    }

    private static void CheckDescription(XDocument description)
    {
        var metadata = description.Root!.Elements().Single();
        Assert.Equal("Harness.Notebooks", Of("id"));
        Assert.Equal("README.md", Of("readme"));
        Assert.Contains("statistics", Of("description"), StringComparison.Ordinal);
        var dependencies = metadata.Descendants().Where(element => element.Name.LocalName == "dependency").ToDictionary(element => element.Attribute("id")!.Value, element => element.Attribute("version")!.Value);
        Assert.All(PackagesOfProjects(), package => Assert.Equal(package.Version, dependencies.GetValueOrDefault(package.Name)));

        string Of(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
    }

    /// <summary>The packages that this project's assemblies refer to, by what the build wrote down.</summary>
    private static List<(string Name, string Version)> PackagesOfProjects()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Project, "bin", Configuration, "net10.0", "Harness.Notebooks.deps.json")));
        var kinds = document.RootElement.GetProperty("libraries").EnumerateObject().ToDictionary(library => library.Name, library => library.Value.GetProperty("type").GetString());
        var target = document.RootElement.GetProperty("targets").EnumerateObject().Last().Value;
        List<(string Name, string Version)> packages =
        [
            .. from library in target.EnumerateObject()
               where kinds[library.Name] == "project" && library.Value.TryGetProperty("dependencies", out _)
               from dependency in library.Value.GetProperty("dependencies").EnumerateObject()
               where kinds.GetValueOrDefault($"{dependency.Name}/{dependency.Value.GetString()}") == "package"
               select (dependency.Name, dependency.Value.GetString()!),
        ];
        Assert.Contains(packages, package => package.Name == "CsvHelper");
        return packages;
    }

    private static string Expected(ResultsFolder results)
    {
        var (sweep, summary) = ReportWriter.Summarize(results);
        var mean = summary.MeanSpeedup("ours", "fast")!.Value.Measured;
        return FormattableString.Invariant($"{sweep.Title}: {mean.Value:R} {mean.Low:R} {mean.High:R}, {summary.Rows.Count} rows, {MarkdownTable.Time(summary.Find("ours", "fast", "alpha")!.Time)} ms\n");
    }

    /// <summary>Builds and runs a program in a folder of its own, which finds the package there and what it depends on among what is restored already.</summary>
    private string RunElsewhere(ResultsFolder results)
    {
        var restored = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        _folder.Write("program/nuget.config", $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{_folder.File("restored")}" /></config>
              <packageSources><clear /><add key="here" value="{_folder.File("packages")}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="restored" value="{restored}" /></fallbackPackageFolders>
            </configuration>
            """);
        _folder.Write("program/program.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <UseAppHost>false</UseAppHost>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Harness.Notebooks" Version="{Version}" />
              </ItemGroup>
            </Project>
            """);
        _folder.Write("program/Program.cs", """
            using Harness.Notebooks;

            var results = SweepResults.Open(args[0]);
            var mean = results.MeanSpeedup("ours", "fast").Value;
            Console.Write(FormattableString.Invariant($"{results.Title}: {mean.Value:R} {mean.Low:R} {mean.High:R}, {results.Rows.Count} rows, {results.Time("ours", "fast", "alpha")} ms\n"));
            """);
        Run(_folder.File("program"), "build", "-c", "Release", "-o", _folder.File("built"));
        return Run(_folder.File("program"), _folder.File("built/program.dll"), results.Path);
    }

    private string Run(string place, params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"exec dotnet \"$@\" >'{_folder.File("log")}' 2>&1 </dev/null", "bash", .. arguments]) { WorkingDirectory = place };
        if (place != ProjectLayout.Root)
        {
            start.Environment.Remove("NUGET_PACKAGES");
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"dotnet {arguments[0]} took longer than {Limit.TotalMinutes} minutes: {File.ReadAllText(_folder.File("log"))}");
        }

        var output = File.ReadAllText(_folder.File("log"));
        Assert.True(process.ExitCode == 0, output);
        return output;
    }
}
