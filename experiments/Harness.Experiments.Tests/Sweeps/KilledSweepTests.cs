using System.Diagnostics;
using System.Globalization;
using Harness.Experiments.Engines;
using Harness.Experiments.Results;
using Xunit.Abstractions;

namespace Harness.Experiments.Tests.Sweeps;

/// <summary>
/// Sweeps in processes of their own, as users run them. The variable <c>HARNESS_KILLS</c> says how often the first test kills its sweep, where the usual ten are not enough:
/// <c>HARNESS_KILLS=100 dotnet test experiments/Harness.Experiments.Tests -c Release --filter "ASweepKilled|AMergeKilled" --logger "console;verbosity=detailed"</c>.
/// </summary>
public sealed class KilledSweepTests(ITestOutputHelper log) : IDisposable
{
    /// <summary>Kills by default.</summary>
    private const int UsualKills = 10;

    private static readonly int Kills = KillCount.Read(UsualKills);

    /// <summary>More rounds than a sweep gets done before it is killed so often.</summary>
    private static readonly string[] WithoutEnd = ["--repetitions", $"{Math.Min(100 + (20 * Kills), 10_000)}"];

    /// <summary>Time in which a sweep writes some rows, in ms.</summary>
    private const int SomeRows = 400;

    private const string SweepText = """
        engines: [v8]
        workloads: [recursion]
        configurations: [{name: base, knobs: {deopt: off}}, {name: deopt}]
        repetitions: 30
        timed-calls: 1
        warm-up: {calls: 2, window: 2, milliseconds: 0, limit-milliseconds: 0}
        """;

    private readonly TemporaryFolder _folder = new();

    private string Results => _folder.File("results/results.csv");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ASweepKilledAtRandomMomentsLosesNoRepetitionAndMeasuresNoneTwice()
    {
        _ = NodeInstallation.NodePath;
        var sweep = _folder.Write("test.yaml", SweepText);
        var random = new Random(20260101);
        var usual = TimeUntilFirstRow(sweep);
        var before = File.ReadAllText(Results);
        var (withoutRows, torn) = (0, 0);
        for (var kill = 0; kill < Kills; kill++)
        {
            // Every other kill comes at any moment of the start, the rest once there are rows: within one or between two.
            using var process = Start(sweep, WithoutEnd);
            if (kill % 2 == 1)
            {
                WaitForRow(process, before.Length);
            }

            Thread.Sleep(random.Next(kill % 2 == 1 ? SomeRows : usual));
            Assert.False(process.HasExited, $"the sweep ended by itself before kill {kill + 1}: {File.ReadAllText(_folder.File("log"))}");
            process.Kill();
            process.WaitForExit();

            // No row that was there is gone or changed: a line torn by a kill is the only thing that may be cut off.
            var after = File.ReadAllText(Results);
            Assert.StartsWith(WholeLines(before), after, StringComparison.Ordinal);
            withoutRows += WholeLines(after).Length == WholeLines(before).Length ? 1 : 0;
            torn += after.EndsWith('\n') ? 0 : 1;
            before = after;
        }

        log.WriteLine($"{Kills} kills of a sweep, {withoutRows} of them before its first row, {torn} within one; {WholeLines(before).Count(letter => letter == '\n') - 1} rows by then");
        Assert.True(withoutRows < Kills, "no kill came after a row: the moments are badly chosen");
        var rounds = 2 + DurableCsv<Measurement>.Read(Results).Max(row => row.Repetition);
        Assert.Equal(0, Finish(sweep, "--repetitions", $"{rounds}").ExitCode);
        Assert.StartsWith(WholeLines(before), File.ReadAllText(Results), StringComparison.Ordinal);
        var keys = DurableCsv<Measurement>.Read(Results).Select(row => row.Key).ToList();
        Assert.Equal(2 * rounds, keys.Count);
        Assert.Equal(2 * rounds, keys.Distinct().Count());
        foreach (var file in (string[])["chart.svg", "chart.png", "summary.md", "provenance.json"])
        {
            Assert.True(new FileInfo(_folder.File("results/" + file)).Length > 0, file);
        }
    }

    [Fact]
    public void AKilledSweepOfProcessesThatReportSeveralBenchmarksHasEachRowOnce()
    {
        _ = NodeInstallation.NodePath;
        _folder.Write("suite/bench.wat", """
            (module
              (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (data (i32.const 0) "\10\00\00\00\1a\00\00\00")
              (data (i32.const 16) "A: 1.5 ms\0aB: 3 ms\0aC: 4 ms\0a")
              (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
            """);
        _folder.Write("suite/programs.yaml", """
            host: wasi
            programs: [{name: bench, file: bench.wat, metric: {pattern: '(?<name>[A-Z]): (?<value>[0-9.]+) ms', names: [A, B, C]}}]
            """);
        var sweep = _folder.Write("several.yaml", SweepText.Replace("[recursion]", "[mine]", StringComparison.Ordinal).Replace("repetitions: 30", "repetitions: 20", StringComparison.Ordinal));
        string[] suite = ["--suite", "mine=" + _folder.File("suite")];
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
        Assert.Equal(0, Finish(_folder.Write("test.yaml", short1)).ExitCode);
        var rows = File.ReadAllText(Results);
        var provenance = _folder.File("results/provenance.json");
        (Provenance.Read(provenance)! with { FinishedUtc = null }).Write(provenance);

        var changed = _folder.Write("test.yaml", short1.Replace("timed-calls: 1", "timed-calls: 2", StringComparison.Ordinal));
        var refused = Finish(changed);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("sweep file; use --restart", refused.Error, StringComparison.Ordinal);
        Assert.Equal(rows, File.ReadAllText(Results));

        Assert.Equal(0, Finish(changed, "--restart").ExitCode);
        Assert.All(DurableCsv<Measurement>.Read(Results), row => Assert.Equal(2, row.TimedCalls));
        var aside = Assert.Single(Directory.EnumerateDirectories(_folder.Path, "results.2*"));
        Assert.Equal(rows, File.ReadAllText(Path.Combine(aside, "results.csv")));
    }

    [Fact]
    public void AFinishedSweepIsSetAsideAndMoreRepetitionsAreAdded()
    {
        var sweep = _folder.Write("test.yaml", SweepText);
        Assert.Equal(0, Finish(sweep, "--repetitions", "1").ExitCode);
        var first = File.ReadAllText(Results);
        Assert.Equal(0, Finish(sweep, "--repetitions", "2").ExitCode);
        var second = File.ReadAllText(Results);
        Assert.StartsWith(first, second, StringComparison.Ordinal);
        Assert.Equal(4, DurableCsv<Measurement>.Read(Results).Count);

        Assert.Equal(0, Finish(sweep, "--repetitions", "2").ExitCode);
        Assert.NotEqual(second, File.ReadAllText(Results));
        var aside = Assert.Single(Directory.EnumerateDirectories(_folder.Path, "results.2*"));
        Assert.Equal(second, File.ReadAllText(Path.Combine(aside, "results.csv")));
    }

    /// <summary>Kills a sweep once it has a row, and tells how long that took, in ms.</summary>
    private int TimeUntilFirstRow(string sweep)
    {
        var watch = Stopwatch.StartNew();
        using var process = Start(sweep, WithoutEnd);
        while (!process.HasExited && !(File.Exists(Results) && File.ReadAllText(Results).Count(letter => letter == '\n') > 1))
        {
            Thread.Sleep(5);
        }

        process.Kill();
        process.WaitForExit();
        return (int)watch.ElapsedMilliseconds;
    }

    /// <summary>Waits until a sweep has written something.</summary>
    /// <param name="process">The sweep.</param>
    /// <param name="before">Length of the file before.</param>
    private void WaitForRow(Process process, int before)
    {
        while (!process.HasExited && new FileInfo(Results).Length <= before)
        {
            Thread.Sleep(1);
        }
    }

    private static string WholeLines(string text) => text[..(text.LastIndexOf('\n') + 1)];

    private (int ExitCode, string Error) Finish(string sweep, params string[] more)
    {
        using var process = Start(sweep, more);
        process.WaitForExit();
        return (process.ExitCode, File.ReadAllText(_folder.File("log")));
    }

    /// <summary>Starts a sweep with its messages going to a file: a killed process leaves no pipe to wait for.</summary>
    private Process Start(string sweep, params string[] more)
    {
        var arguments = HarnessProcess.Arguments(["sweep", sweep, "--results", _folder.File("results"), .. more]);
        return Process.Start(new ProcessStartInfo("bash", ["-c", $"exec dotnet \"$@\" >'{_folder.File("log")}' 2>&1 </dev/null", "bash", .. arguments]))!;
    }
}
