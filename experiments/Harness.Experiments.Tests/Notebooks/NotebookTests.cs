using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Harness.Experiments.Tests.Results;
using Xunit.Abstractions;

namespace Harness.Experiments.Tests.Notebooks;

/// <summary>
/// What notebooks are committed with is small and names nobody's machine, and they give it again when they are executed. With the variable <c>HARNESS_UPDATE_NOTEBOOKS=1</c> the
/// notebooks are written anew with what they give now.
/// </summary>
public sealed partial class NotebookTests(ITestOutputHelper log) : IDisposable
{
    /// <summary>Most characters of the outputs of a notebook.</summary>
    private const int MostOutput = 600_000;

    /// <summary>They take well below a minute on an idle machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private static readonly string Folder = Path.Combine(ProjectLayout.Root, "notebooks");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Names => [.. Directory.EnumerateFiles(Folder, "*.ipynb").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    [Fact]
    public void TheyAreThere() =>
        Assert.Equal(["anatomy-of-a-deopt", "lowering-and-speculation", "published-charts", "tuning-the-budget"], Directory.EnumerateFiles(Folder).Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void WhatIsCommittedIsWholeSmallAndOfNoMachine(string name)
    {
        using var notebook = Read(Path.Combine(Folder, name + ".ipynb"));
        Assert.Equal(".net-csharp", notebook.RootElement.GetProperty("metadata").GetProperty("kernelspec").GetProperty("name").GetString());
        var outputs = Cells(notebook).Where(cell => IsCode(cell)).Select(cell => cell.GetProperty("outputs").GetRawText()).ToList();
        Assert.InRange(outputs.Sum(output => output.Length), 1, MostOutput);
        Assert.Contains(Cells(notebook).Where(IsCode), HasResult);
        Assert.All(outputs, output => Assert.DoesNotContain("\"output_type\": \"error\"", output, StringComparison.Ordinal));

        // Pictures are no text.
        Assert.All(outputs, output => Assert.DoesNotMatch(PathOfMachine(), Picture().Replace(output, "")));
    }

    [JupyterTheory]
    [MemberData(nameof(Names))]
    public void ItRunsFromTheCommittedResults(string name)
    {
        var path = Path.Combine(Folder, name + ".ipynb");
        var watch = Stopwatch.StartNew();
        using var executed = Execute(name);
        log.WriteLine($"{name}: {watch.Elapsed.TotalSeconds:0} s with the start of the kernel");
        if (Environment.GetEnvironmentVariable("HARNESS_UPDATE_NOTEBOOKS") == "1")
        {
            File.WriteAllText(path, NotebookText.ToCommit(File.ReadAllText(_folder.File($"executed/{name}.ipynb")), PathOfMachine()));
        }

        using var committed = Read(path);
        var pairs = Cells(committed).Zip(Cells(executed)).Where(pair => IsCode(pair.First)).ToList();
        Assert.Contains(pairs, pair => HasResult(pair.Second));
        Assert.All(pairs.Where(pair => HasResult(pair.First)), pair => Assert.True(HasResult(pair.Second), pair.Second.GetProperty("source").ToString()));
    }

    [JupyterTheory]
    [InlineData("published-charts")]
    public void ItTakesAnotherFolder(string name)
    {
        var results = SyntheticResults.Pair(_folder.File("mine"), 3, ["ours"], workloads: "alpha,beta,gammadelta");
        using var executed = Execute(name, ("HARNESS_RESULTS", results.Path));
        var text = string.Concat(Cells(executed).Where(IsCode).Select(cell => cell.GetProperty("outputs").GetRawText()));
        Assert.Contains("gammadelta", text, StringComparison.Ordinal);
        Assert.Contains("3.0", text, StringComparison.Ordinal);
    }

    private JsonDocument Execute(string name, params (string Name, string Value)[] variables)
    {
        // The kernel is a tool of the project, so that it needs to be known to Jupyter only here.
        _folder.Write("jupyter/kernels/.net-csharp/kernel.json", """
            {"argv": ["dotnet", "tool", "run", "dotnet-interactive", "--", "jupyter", "--default-kernel", "csharp", "--http-local-only", "{connection_file}"], "display_name": ".NET (C#)", "language": "C#"}
            """);
        Start("dotnet", ["tool", "restore"], []);
        Start(
            "jupyter-nbconvert",
            ["--to", "notebook", "--execute", "--ExecutePreprocessor.timeout=120", "--output-dir", _folder.File("executed"), Path.Combine(Folder, name + ".ipynb")],
            [
                .. variables, ("JUPYTER_PATH", _folder.File("jupyter")), ("JUPYTER_RUNTIME_DIR", _folder.File("runtime")), ("JUPYTER_CONFIG_DIR", _folder.File("configuration")),
                ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"), ("DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT", "1"), ("DOTNET_INTERACTIVE_SKIP_FIRST_TIME_EXPERIENCE", "1"),
            ]);
        return Read(_folder.File($"executed/{name}.ipynb"));
    }

    private void Start(string program, IReadOnlyList<string> arguments, IReadOnlyList<(string Name, string Value)> variables)
    {
        var log = _folder.File("log");
        var start = new ProcessStartInfo("bash", ["-c", $"exec \"$@\" >'{log}' 2>&1 </dev/null", "bash", program, .. arguments]) { WorkingDirectory = ProjectLayout.Root };
        foreach (var (variable, value) in variables)
        {
            start.Environment[variable] = value;
        }

        using var process = Process.Start(start)!;
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} took longer than {Limit.TotalMinutes} minutes: {File.ReadAllText(log)}");
        }

        Assert.True(process.ExitCode == 0, File.ReadAllText(log));
    }

    private static JsonDocument Read(string path) => JsonDocument.Parse(File.ReadAllText(path));

    private static List<JsonElement> Cells(JsonDocument notebook) => [.. notebook.RootElement.GetProperty("cells").EnumerateArray()];

    private static bool IsCode(JsonElement cell) => cell.GetProperty("cell_type").GetString() == "code";

    /// <summary>Its folders, and addresses, which the kernel tells the browser in its first output; those of committed notebooks are taken out.</summary>
    [GeneratedRegex("/(home|root|work|tmp|Users|usr)/|https?://[0-9\\[]|probingAddresses")]
    private static partial Regex PathOfMachine();

    private static bool HasResult(JsonElement cell) => cell.GetProperty("outputs").EnumerateArray().Any(output => output.GetProperty("output_type").GetString() == "execute_result");

    [GeneratedRegex("base64,[A-Za-z0-9+/=]*")]
    private static partial Regex Picture();
}
