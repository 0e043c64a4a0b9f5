using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Harness.Engine.Modules.Text;
using Harness.Experiments.Results;

namespace Harness.Experiments.Tests.Workloads;

/// <summary>Suites by path, run by the commands that users run: programs that are right, wrong, absent, or fail.</summary>
public sealed class SuiteTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AFolderOfModulesIsASuiteOfWasiCommands()
    {
        WritePrinter("hello.wasm", "hello\n");
        WriteText("vectors.wasm", "(module (func (export \"_start\") unreachable))");
        var (exitCode, output, error) = HarnessProcess.Run("check", "--suite", _folder.Path, "--configurations", "default,eager");
        Assert.Empty(error);
        var name = Path.GetFileName(_folder.Path);
        Assert.Equal($"right  {name}/hello (it gives no result that could be wrong)\nWRONG  {name}/vectors: ours, default: unreachable\nWRONG  {name}/vectors: ours, eager: unreachable\n1 right, 1 wrong, 0 absent\n", output);
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public void WhatIsWrongWithAProgramIsOneLineAndTheRestRuns()
    {
        WritePrinter("hello.wasm", "hello\n");
        File.WriteAllBytes(_folder.File("broken.wasm"), [0, (byte)'a']);
        _folder.Write("programs.yaml", """
            host: wasi
            programs:
              - {name: right, file: hello.wasm, check: {text: hello}}
              - {name: wrong, file: hello.wasm, check: {text: bye}}
              - {name: absent, file: none.wasm}
              - {name: broken, file: broken.wasm}
              - {name: unbuilt, build: {command: exit 7, sources: [hello.wasm]}}
            """);
        var (exitCode, output, _) = HarnessProcess.Run("check", "--suite", "mine=" + _folder.Path);
        var lines = output.TrimEnd().Split('\n');
        Assert.Equal(6, lines.Length);
        Assert.Equal("right  mine/right", lines[0]);
        Assert.Equal("WRONG  mine/wrong: ours, default: it printed 'hello' instead of 'bye'", lines[1]);
        Assert.Equal($"ABSENT mine/absent: there is no file {_folder.File("none.wasm")}", lines[2]);
        Assert.StartsWith("WRONG  mine/broken: ours, default: ", lines[3], StringComparison.Ordinal);
        Assert.Contains("ended with code 7", lines[4], StringComparison.Ordinal);
        Assert.Equal("1 right, 2 wrong, 2 absent", lines[5]);
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public void WhatIsWrongWithAScriptIsOneLineForEachEngineAndTheRestRuns()
    {
        WritePrinter("hello.wasm", "hello\n");
        _folder.Write("throws.mjs", "export async function load() { throw new Error('no such glue\\nand more'); }");
        _folder.Write("fails.mjs", "export async function load() { return { iterate() { null.compile(); } }; }");
        _folder.Write("broken.mjs", "export async function load( {");
        _folder.Write("prints.mjs", "export async function load(host) { return { iterate() { host.print('seven\\n'); } }; }");
        _folder.Write("programs.yaml", """
            host: javascript
            programs:
              - {name: throws, file: hello.wasm, driver: ./throws.mjs}
              - {name: fails, file: hello.wasm, driver: ./fails.mjs}
              - {name: broken, file: hello.wasm, driver: ./broken.mjs}
              - {name: wrong, file: hello.wasm, driver: ./prints.mjs, check: {text: six}}
              - {name: nowhere, file: hello.wasm, driver: ./none.mjs}
              - {name: right, file: hello.wasm, driver: ./prints.mjs, check: {text: seven}}
            """);
        var (exitCode, output, error) = HarnessProcess.Run("check", "--suite", "mine=" + _folder.Path, "--engine", "both");
        Assert.Empty(error);
        var lines = output.TrimEnd().Split('\n');
        Assert.Equal(11, lines.Length);
        for (var engine = 0; engine < 2; engine++)
        {
            var name = engine == 0 ? "ours" : "v8";
            Assert.StartsWith($"WRONG  mine/throws: {name}, default: ", lines[engine], StringComparison.Ordinal);
            Assert.Contains("no such glue", lines[engine], StringComparison.Ordinal);
            Assert.StartsWith($"WRONG  mine/fails: {name}, default: ", lines[2 + engine], StringComparison.Ordinal);
            Assert.Contains("null", lines[2 + engine], StringComparison.Ordinal);
            Assert.StartsWith($"WRONG  mine/broken: {name}, default: ", lines[4 + engine], StringComparison.Ordinal);
            Assert.Equal($"WRONG  mine/wrong: {name}, default: it printed 'seven' instead of 'six'", lines[6 + engine]);
        }

        Assert.Equal($"ABSENT mine/nowhere: there is no driver {_folder.File("./none.mjs")}", lines[8]);
        Assert.Equal(["right  mine/right", "1 right, 4 wrong, 1 absent"], lines[9..]);
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public void OlderLineItemsOfJetStreamRunAsAWhole()
    {
        File.WriteAllBytes(_folder.File("blob.bin"), [1, 2, 254]);
        _folder.Write("older.js", "async function doRun() { const start = benchmarkTime(); reportCompileTime(0); print(Module.blob.join(' '), typeof start, JetStream.preload.blob.length > 0); reportRunTime(1); }");
        _folder.Write("programs.yaml", "- {name: older, host: javascript, driver: jetstream, scripts: [older.js], files: {blob: blob.bin}, check: {text: 1 2 -2 number true}}");
        Assert.Equal("right  mine/older\n1 right, 0 wrong, 0 absent\n", HarnessProcess.Run("check", "--suite", "mine=" + _folder.Path, "--engine", "both").Output);
    }

    /// <summary>Vectors may stay in baseline code: what they compute is right or wrong all the same.</summary>
    [Fact]
    public void ProgramsWithVectorsAreCheckedLikeOthers()
    {
        WriteText("vectors.wasm", """
            (module
              (func (export "main") (param $n i32) (result i32) (local $sum v128)
                (loop $next
                  (local.set $sum (i32x4.add (local.get $sum) (i32x4.splat (local.get $n))))
                  (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum)))))
            """);
        _folder.Write("programs.yaml", "- {name: vectors, file: vectors.wasm, args: ['i32:1000'], expected: ['i32:1001000']}");
        Assert.Equal("right  mine/vectors\n1 right, 0 wrong, 0 absent\n", HarnessProcess.Run("check", "--suite", "mine=" + _folder.Path, "--configurations", "default,eager").Output);
    }

    [Fact]
    public void WhatNoHostHasIsAGapWithAName()
    {
        WriteText("network.wasm", "(module (import \"wasi_ephemeral_sock\" \"open\" (func)) (func (export \"_start\")))");
        File.WriteAllBytes(_folder.File("part.wasm"), [0, (byte)'a', (byte)'s', (byte)'m', 0x0D, 0, 1, 0]);
        var (_, output, _) = HarnessProcess.Run("check", "--suite", "mine=" + _folder.Path);
        Assert.Equal(
            "GAP    mine/network: ours cannot run it: has no host for what the module imports from 'wasi_ephemeral_sock'\nGAP    mine/part: ours cannot run it: has no component model, and part.wasm is a component\n0 right, 0 wrong, 0 absent, 2 not run (2 by no engine)\n",
            output);
    }

    [Fact]
    public void ASweepGoesOnWhereAProgramFailsAndAProcessGivesSeveralRows()
    {
        WritePrinter("bench.wasm", "A: 2.5 ms\nB: 40 ms\n");
        _folder.Write("programs.yaml", """
            host: wasi
            programs:
              - {name: bench, file: bench.wasm, metric: {pattern: '(?<name>[A-Z]): (?<value>[0-9.]+) ms', names: [A, B]}}
              - {name: wrong, file: bench.wasm, check: {text: nothing}}
              - {name: absent, file: none.wasm}
            """);
        var sweep = _folder.Write("s.yaml", "engines: [ours]\nworkloads: [mine]\nconfigurations: [{name: base}, {name: no-deopt, knobs: {deopt: off}}]\nrepetitions: 2\ntimed-calls: 2\nwarm-up: {calls: 2, window: 2, milliseconds: 0, limit-milliseconds: 0}");
        var results = _folder.File("results");
        var (exitCode, _, error) = HarnessProcess.Run("sweep", sweep, "--suite", "mine=" + _folder.Path, "--results", results);
        Assert.Equal(1, exitCode);
        Assert.Contains("ABSENT mine/absent: there is no file", error, StringComparison.Ordinal);
        Assert.Contains("FAILED mine/wrong, base, ours, repetition 1: wrong-result: it printed 'A: 2.5 ms B: 40 ms' instead of 'nothing'", error, StringComparison.Ordinal);
        var rows = MeasurementFile.Read(Path.Combine(results, "results.csv"));
        Assert.Equal(
            ["mine/bench/A 1 2.5", "mine/bench/A 2 2.5", "mine/bench/B 1 40", "mine/bench/B 2 40"],
            rows.Where(row => row.Configuration == "base").Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.Workload} {row.Repetition} {row.ExecuteMs}")).Order());
        Assert.All(rows, row => Assert.True(row is { Format: Measurement.CurrentFormat, Program: "mine/bench", CpuMs: > 0, PeakMemoryBytes: > 1 << 20, FirstMs: > 0, StartMs: > 0 } && row.IterationsMs.Length > 0));

        // The results can be read where the suite is not.
        Assert.Equal(0, HarnessProcess.Run("compare", results).ExitCode);

        // A process whose rows were torn apart is measured again, and only what is missing is added.
        var file = Path.Combine(results, "results.csv");
        var whole = File.ReadAllLines(file);
        File.WriteAllText(file, string.Join('\n', whole[..^1]) + "\n" + whole[^1][..5]);
        HarnessProcess.Run("sweep", sweep, "--suite", "mine=" + _folder.Path, "--results", results);
        var again = File.ReadAllLines(file);
        Assert.Equal(whole[..^1], again[..^1]);
        Assert.Equal(8, MeasurementFile.Read(file).Count);
    }

    [Fact]
    public void AGitRepositoryAtACommitIsASuite()
    {
        var repository = Directory.CreateDirectory(_folder.File("repository.git")).FullName;
        WritePrinter("repository.git/hello.wasm", "first\n");
        Git(repository, "init", "--quiet");
        Commit(repository);
        var first = Git(repository, "rev-parse", "HEAD");
        WritePrinter("repository.git/hello.wasm", "second\n");
        Commit(repository);

        var (exitCode, output, _) = HarnessProcess.Run("run", "mine/hello", "--suite", $"mine=file://{repository}@{first}");
        Assert.Equal((0, "first\n"), (exitCode, output));
        var missing = HarnessProcess.Run("run", "mine/hello", "--suite", $"mine=file://{repository}@0123456789");
        Assert.Equal(2, missing.ExitCode);
        Assert.Contains("has no commit 0123456789", missing.Error, StringComparison.Ordinal);

        // Of the commit that is not there nothing is kept.
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"file://{repository}")))[..12];
        Assert.Equal([first], Directory.EnumerateDirectories(Path.Combine(ProjectLayout.Artifacts, "suites", $"repository-{key}")).Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public void AProgramIsExplainedWithItsHost()
    {
        WritePrinter("hello.wasm", "hello\n");
        var (exitCode, output, error) = HarnessProcess.Run("explain", "mine/hello", "--suite", "mine=" + _folder.Path, "--tier-up", "eager");
        Assert.Empty(error);
        Assert.Equal(0, exitCode);
        Assert.Contains("print", output, StringComparison.Ordinal);
    }

    private static void Commit(string repository)
    {
        Git(repository, "add", "-A");
        Git(repository, "-c", "user.name=test", "-c", "user.email=test@example.org", "commit", "--quiet", "-m", "test");
    }

    private static string Git(string folder, params string[] arguments)
    {
        var (exitCode, output, error) = ToolProcess.Run("git", arguments, folder);
        Assert.True(exitCode == 0, error);
        return output.Trim();
    }

    /// <summary>Writes a command that prints a text.</summary>
    private void WritePrinter(string file, string text)
    {
        var literal = text.Replace("\n", "\\0a", StringComparison.Ordinal);
        WriteText(file, $"""
            (module
              (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (data (i32.const 0) "\10\00\00\00\{text.Length:x2}\00\00\00")
              (data (i32.const 16) "{literal}")
              (func $print (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
              (func (export "_start") (call $print)))
            """);
    }

    private void WriteText(string file, string text) => File.WriteAllBytes(_folder.File(file), WatAssembler.Assemble(text));
}
