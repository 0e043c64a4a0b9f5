using System.Diagnostics;
using System.Globalization;
using Harness.Experiments.Engines;
using Harness.Experiments.Results;

namespace Harness.Experiments.Tests.Sweeps;

/// <summary>Sweeps in processes of their own, as users run them.</summary>
public sealed class KilledSweepTests : IDisposable
{
    private const string SweepText = """
        engines: [v8]
        workloads: [recursion]
        configurations: [{name: base, knobs: {deopt: off}}, {name: deopt}]
        repetitions: 30
        timed-calls: 1
        warm-up: {calls: 2, window: 2, milliseconds: 0, limit-milliseconds: 0}
        """;

    private readonly TemporaryFolder folder = new();

    private string Results => folder.File("results/results.csv");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ASweepKilledTenTimesLosesNoRepetitionAndMeasuresNoneTwice()
    {
        _ = NodeInstallation.NodePath;
        var sweep = folder.Write("test.yaml", SweepText);
        var random = new Random(20260101);
        var before = "";
        for (var kill = 0; kill < 10; kill++)
        {
            using var process = Start(sweep);
            Thread.Sleep(random.Next(200, 1500));
            process.Kill();
            process.WaitForExit();

            var after = File.Exists(Results) ? File.ReadAllText(Results) : "";
            Assert.StartsWith(WholeLines(before), after, StringComparison.Ordinal);
            before = after;
        }

        using var last = Start(sweep);
        last.WaitForExit();
        Assert.Equal(0, last.ExitCode);
        Assert.StartsWith(WholeLines(before), File.ReadAllText(Results), StringComparison.Ordinal);
        var keys = DurableCsv<Measurement>.Read(Results).Select(row => row.Key).ToList();
        Assert.Equal(60, keys.Count);
        Assert.Equal(60, keys.Distinct().Count());
        foreach (var file in (string[])["chart.svg", "chart.png", "summary.md", "provenance.json"])
            Assert.True(new FileInfo(folder.File("results/" + file)).Length > 0, file);
    }

    [Fact]
    public void AKilledSweepOfProcessesThatReportSeveralBenchmarksHasEachRowOnce()
    {
        _ = NodeInstallation.NodePath;
        folder.Write("suite/bench.wat", """
            (module
              (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (data (i32.const 0) "\10\00\00\00\1a\00\00\00")
              (data (i32.const 16) "A: 1.5 ms\0aB: 3 ms\0aC: 4 ms\0a")
              (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
            """);
        folder.Write("suite/programs.yaml", """
            host: wasi
            programs: [{name: bench, file: bench.wat, metric: {pattern: '(?<name>[A-Z]): (?<value>[0-9.]+) ms', names: [A, B, C]}}]
            """);
        var sweep = folder.Write("several.yaml", SweepText.Replace("[recursion]", "[mine]", StringComparison.Ordinal).Replace("repetitions: 30", "repetitions: 20", StringComparison.Ordinal));
        string[] suite = ["--suite", "mine=" + folder.File("suite")];
        var random = new Random(20260102);
        var before = "";
        for (var kill = 0; kill < 6; kill++)
        {
            using var process = Start(sweep, suite);
            Thread.Sleep(random.Next(400, 1500));
            process.Kill();
            process.WaitForExit();

            // Where the kill came between the rows of a process, it is measured again for those that are missing.
            var after = File.Exists(Results) ? File.ReadAllText(Results) : "";
            Assert.StartsWith(WholeLines(before), after, StringComparison.Ordinal);
            before = after;
        }

        Assert.Equal(0, Finish(sweep, suite).ExitCode);
        var rows = DurableCsv<Measurement>.Read(Results);
        Assert.Equal(120, rows.Count);
        Assert.Equal(120, rows.Select(row => row.Key).Distinct().Count());
        Assert.All(rows.GroupBy(row => (row.Configuration, row.Repetition)), group => Assert.Equal(["mine/bench/A 1.5", "mine/bench/B 3", "mine/bench/C 4"], group.Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.Workload} {row.ExecuteMs}")).Order()));
    }

    [Fact]
    public void AnUnfinishedSweepWhoseFileChangedIsRefusedUntilRestarted()
    {
        var short1 = SweepText.Replace("repetitions: 30", "repetitions: 1", StringComparison.Ordinal);
        Assert.Equal(0, Finish(folder.Write("test.yaml", short1)).ExitCode);
        var rows = File.ReadAllText(Results);
        var provenance = folder.File("results/provenance.json");
        (Provenance.Read(provenance)! with { FinishedUtc = null }).Write(provenance);

        var changed = folder.Write("test.yaml", short1.Replace("timed-calls: 1", "timed-calls: 2", StringComparison.Ordinal));
        var refused = Finish(changed);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("sweep file; use --restart", refused.Error, StringComparison.Ordinal);
        Assert.Equal(rows, File.ReadAllText(Results));

        Assert.Equal(0, Finish(changed, "--restart").ExitCode);
        Assert.All(DurableCsv<Measurement>.Read(Results), row => Assert.Equal(2, row.TimedCalls));
        var aside = Assert.Single(Directory.EnumerateDirectories(folder.Path, "results.2*"));
        Assert.Equal(rows, File.ReadAllText(Path.Combine(aside, "results.csv")));
    }

    [Fact]
    public void AFinishedSweepIsSetAsideAndMoreRepetitionsAreAdded()
    {
        var sweep = folder.Write("test.yaml", SweepText);
        Assert.Equal(0, Finish(sweep, "--repetitions", "1").ExitCode);
        var first = File.ReadAllText(Results);
        Assert.Equal(0, Finish(sweep, "--repetitions", "2").ExitCode);
        var second = File.ReadAllText(Results);
        Assert.StartsWith(first, second, StringComparison.Ordinal);
        Assert.Equal(4, DurableCsv<Measurement>.Read(Results).Count);

        Assert.Equal(0, Finish(sweep, "--repetitions", "2").ExitCode);
        Assert.NotEqual(second, File.ReadAllText(Results));
        var aside = Assert.Single(Directory.EnumerateDirectories(folder.Path, "results.2*"));
        Assert.Equal(second, File.ReadAllText(Path.Combine(aside, "results.csv")));
    }

    private static string WholeLines(string text) => text[..(text.LastIndexOf('\n') + 1)];

    private (int ExitCode, string Error) Finish(string sweep, params string[] more)
    {
        using var process = Start(sweep, more);
        process.WaitForExit();
        return (process.ExitCode, File.ReadAllText(folder.File("log")));
    }

    /// <summary>Starts a sweep with its messages going to a file: a killed process leaves no pipe to wait for.</summary>
    private Process Start(string sweep, params string[] more)
    {
        string[] arguments = [typeof(HarnessException).Assembly.Location, "sweep", sweep, "--results", folder.File("results"), .. more];
        return Process.Start(new ProcessStartInfo("bash", ["-c", $"exec dotnet \"$@\" >'{folder.File("log")}' 2>&1 </dev/null", "bash", .. arguments]))!;
    }
}
