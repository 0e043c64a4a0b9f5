using Harness.Experiments.Commands;
using Harness.Experiments.Results;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tests.Commands;

/// <summary>Modules of the user's own.</summary>
public sealed class MeasureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AModuleIsMeasuredOnTwoEnginesWithTwoValuesOfAKnob()
    {
        _folder.Write("own.wat", """
            (module (func (export "sum") (param $n i32) (result f64) (local $sum f64)
              (loop $next
                (local.set $sum (f64.add (local.get $sum) (f64.convert_i32_s (local.get $n))))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (local.get $sum)))
            """);
        var results = _folder.File("out");
        var output = Run("measure", _folder.File("own.wat"), "--invoke", "sum", "1000", "--engines", "ours,wasmtime", "--knob", "pass.peel=on,off", "--knob", "wasmtime.cranelift_opt_level=speed,none", "--repetitions", "1", "--results", results);
        var rows = DurableCsv<Measurement>.Read(Path.Combine(results, "results.csv"));
        Assert.Equal(
            [
                "ours pass.peel=off wasmtime.cranelift_opt_level=speed",
                "ours pass.peel=on wasmtime.cranelift_opt_level=speed",
                "wasmtime pass.peel=on wasmtime.cranelift_opt_level=none",
                "wasmtime pass.peel=on wasmtime.cranelift_opt_level=speed",
            ],
            rows.Select(row => $"{row.Engine} {row.Configuration}").Order(StringComparer.Ordinal));
        Assert.Contains("wasmtime.cranelift_opt_level=none", output, StringComparison.Ordinal);

        // The sweep file has the program in it, with what it gives: whoever has the folder can read it.
        Assert.Contains("expected: [\"f64:500500\"]", File.ReadAllText(Path.Combine(results, "sweep.yaml")), StringComparison.Ordinal);
        Assert.Contains("speedup", Run("compare", results), StringComparison.Ordinal);
    }

    [Fact]
    public void ACommandMustPrintOnEveryEngineWhatItPrintsOnTheFirst()
    {
        _folder.Write("command.wat", """
            (module
              (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (data (i32.const 8) "\10\00\00\00\03\00\00\00hi\n")
              (func (export "_start") (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 0)))))
            """);
        var results = _folder.File("out");
        Run("measure", _folder.File("command.wat"), "--host", "wasi", "word", "--engines", "wasmtime,ours", "--repetitions", "1", "--results", results);
        Assert.Equal(2, DurableCsv<Measurement>.Read(Path.Combine(results, "results.csv")).Count);
        var sweep = File.ReadAllText(Path.Combine(results, "sweep.yaml"));
        Assert.Contains("sha256: 8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4, exit-code: 0", sweep, StringComparison.Ordinal);
        Assert.Contains("arguments: [\"word\"]", sweep, StringComparison.Ordinal);
    }

    /// <summary>Engines are given the same, and the results are gone on with only while it is the same.</summary>
    [Fact]
    public void WhatACommandIsGivenIsInTheSweepAndItsFingerprints()
    {
        _folder.Write("command.wat", GivenCommand.Text);
        _folder.Write("data/sub/in.txt", "inner\n");
        _folder.Write("words.txt", "words\n");
        var results = _folder.File("out");
        string[] words =
        [
            "measure", _folder.File("command.wat"), "--host", "wasi", "--dir", _folder.File("data"), "--stdin", _folder.File("words.txt"), "--env", "NAME=value", "--engines", "wasmtime,ours",
            "--repetitions", "1", "--results", results,
        ];
        Run(words);
        Assert.Equal(2, DurableCsv<Measurement>.Read(Path.Combine(results, "results.csv")).Count);
        var sweep = File.ReadAllText(Path.Combine(results, "sweep.yaml"));
        Assert.Contains($"inputs: {{\"data\": \"{_folder.File("data")}\"}}", sweep, StringComparison.Ordinal);
        Assert.Contains($"stdin: \"{_folder.File("words.txt")}\"", sweep, StringComparison.Ordinal);
        Assert.Contains("environment: {\"NAME\": \"value\"}", sweep, StringComparison.Ordinal);

        // A file that the command does not read: it prints the same, but is given something else.
        var before = Fingerprint();
        _folder.Write("data/other.txt", "other");
        Run(words);
        Assert.NotEqual(before, Fingerprint());

        string Fingerprint() => Provenance.Read(Path.Combine(results, "provenance.json"))!.Fingerprints["workload command"];
    }

    [Fact]
    public void ASweepCanBeginWithPerfectFeedback()
    {
        _folder.Write("own.wat", """
            (module
              (type $f (func (param i32) (result i32)))
              (table funcref (elem $one $two))
              (func $one (type $f) (i32.add (local.get 0) (i32.const 1)))
              (func $two (type $f) (i32.add (local.get 0) (i32.const 2)))
              (func $step (param i32 i32) (result i32) (call_indirect (type $f) (local.get 0) (i32.and (local.get 1) (i32.const 1))))
              (func (export "run") (param $n i32) (result i32) (local $x i32)
                (loop $next
                  (local.set $x (call $step (local.get $x) (i32.gt_u (local.get $n) (i32.const 400000))))
                  (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (local.get $x)))
            """);
        var results = _folder.File("out");
        Run("measure", _folder.File("own.wat"), "--invoke", "run", "500000", "--engines", "ours", "--knob", "feedback.profile=none,recorded", "--knob", "feedback.first-call=1", "--knob", "tier-up=synchronous", "--knob", "tiering.budget=100000", "--repetitions", "1", "--results", results);
        var rows = DurableCsv<Measurement>.Read(Path.Combine(results, "results.csv")).OrderBy(row => row.Configuration, StringComparer.Ordinal).ToList();
        Assert.Equal(2, rows.Count);
        Assert.Contains("recorded", rows[1].Configuration, StringComparison.Ordinal);
        Assert.True(rows[0].Deopts > 0);
        Assert.Equal(0, rows[1].Deopts);
    }

    /// <summary>Processes begin with what earlier ones have left where a configuration says so, and nowhere else.</summary>
    [Fact]
    public void ASweepUsesACacheOnlyWhereItSaysSo()
    {
        _folder.Write("own.wat", """
            (module
              (func $one (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
              (func (export "run") (param i32) (result i32) (call $one (call $one (local.get 0)))))
            """);
        var cache = _folder.File("cache");
        var results = _folder.File("out");
        Run("measure", _folder.File("own.wat"), "--invoke", "run", "5", "--engines", "ours", "--knob", $"cache.directory=none,{cache}", "--knob", "tier-up=never", "--repetitions", "2", "--results", results);
        var rows = DurableCsv<Measurement>.Read(Path.Combine(results, "results.csv"));
        Assert.Equal(4, rows.Count);
        Assert.All(rows.Where(row => !row.Configuration.Contains(cache, StringComparison.Ordinal)), row => Assert.Equal((0, 0), (row.CacheHits, row.CacheMisses)));
        Assert.All(rows.Where(row => row.Configuration.Contains(cache, StringComparison.Ordinal)), row => Assert.Equal(2, row.CacheHits + row.CacheMisses));
        Assert.Equal((2, 0), (rows[^1].CacheHits + rows[^2].CacheHits, rows[^1].CacheMisses + rows[^2].CacheMisses));
        Assert.NotEmpty(Directory.EnumerateFiles(cache, "*.code"));
    }

    /// <summary>Every process of a cell, and not from the second one on.</summary>
    [Fact]
    public void ACacheIsFilledBeforeTheFirstProcessAndEmptyInEach()
    {
        _folder.Write("own.wat", """
            (module
              (func $one (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
              (func (export "run") (param i32) (result i32) (call $one (call $one (local.get 0)))))
            """);
        var results = _folder.File("out");
        Run("measure", _folder.File("own.wat"), "--invoke", "run", "5", "--knob", "cache.directory=none,empty,filled", "--knob", "tier-up=never", "--repetitions", "2", "--results", results);
        var rows = MeasurementFile.Read(Path.Combine(results, "results.csv"));
        Assert.Equal(
            [("empty", 0, 2), ("empty", 0, 2), ("filled", 2, 0), ("filled", 2, 0), ("none", 0, 0), ("none", 0, 0)],
            rows.Select(row => (row.Configuration["cache.directory=".Length..].Split(' ')[0], row.CacheHits, row.CacheMisses)).Order());

        // What is known to be valid is not looked at.
        Assert.All(rows, row => Assert.Equal(row.CacheHits == 0, row.ValidateMs > 0));
        Assert.All(rows, row => Assert.True(row.DecodeMs > 0));
    }

    [Fact]
    public void ADryRunSaysWhatItWouldStartAndWritesNothing()
    {
        _folder.Write("own.wat", "(module (func (export \"run\") (param i32) (result i32) (unreachable)))");
        var results = _folder.File("out");
        var told = Run("measure", _folder.File("own.wat"), "--invoke", "run", "5", "--knob", "deopt=on,off", "--repetitions", "7", "--results", results, "--dry-run");
        Assert.Contains("14 processes to start", told, StringComparison.Ordinal);
        Assert.Contains("12 processes to start", Run("measure", _folder.File("own.wat"), "--invoke", "run", "5", "--knob", "deopt=on,off", "--results", results, "--dry-run", "--quick"), StringComparison.Ordinal);
        _folder.Write("command.wat", "(module (memory (export \"memory\") 1) (func (export \"_start\") (unreachable)))");
        Assert.Contains("11 processes to start", Run("measure", _folder.File("command.wat"), "--host", "wasi", "--results", results, "--dry-run"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(results));
    }

    [Fact]
    public void AQuickLookIsThatOfSweeps()
    {
        _folder.Write("own.wat", "(module (func (export \"run\") (result i32) (i32.const 1)))");
        var results = _folder.File("out");
        Run("measure", _folder.File("own.wat"), "--invoke", "run", "--quick", "--repetitions", "8", "--results", results);
        var rows = MeasurementFile.Read(Path.Combine(results, "results.csv"));
        Assert.Equal((6, 1), (rows.Count, rows.Max(row => row.TimedCalls)));
        Assert.Contains("(a first look)", File.ReadAllText(Path.Combine(results, "sweep.yaml")), StringComparison.Ordinal);
    }

    /// <summary>Of the project, or from elsewhere, with all of its workloads.</summary>
    [Fact]
    public void ProgramsAreMeasuredByTheirNames()
    {
        var told = Run("measure", "recursion", "--knob", "deopt=on,off", "--repetitions", "1", "--timed-calls", "1", "--results", _folder.File("own"));
        Assert.Equal(["recursion"], MeasurementFile.Read(Path.Combine(_folder.File("own"), "results.csv")).Select(row => row.Workload).Distinct());
        Assert.Contains("deopt=off", told, StringComparison.Ordinal);

        _folder.Write("far/programs.yaml", "- {name: a, file: a.wat, invoke: f, args: ['i32:2'], expected: ['i32:3']}\n");
        _folder.Write("far/a.wat", "(module (func (export \"f\") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))");
        Run("measure", "far/a", "--suite", $"far={_folder.File("far")}", "--repetitions", "1", "--results", _folder.File("suite"));
        Assert.Equal("far/a", Assert.Single(MeasurementFile.Read(Path.Combine(_folder.File("suite"), "results.csv"))).Workload);
    }

    /// <summary>The folder may be the user's own.</summary>
    [Fact]
    public void FilesOfTheUserStayAsTheyAre()
    {
        _folder.Write("own.wat", "(module (func (export \"run\") (result i32) (i32.const 1)))");
        var mine = _folder.Write("mine/measure.yaml", "distances: [1, 2]\n");
        Run("measure", _folder.File("own.wat"), "--invoke", "run", "--repetitions", "1", "--results", _folder.File("mine"));
        Assert.Equal("distances: [1, 2]\n", File.ReadAllText(mine));
        Assert.True(File.Exists(_folder.File("mine/sweep.yaml")));
    }

    [Fact]
    public void NamesThatYamlWouldTakeForSomethingElseAreQuoted()
    {
        var request = new MeasureRequest
        {
            Path = _folder.File("a: {b} 'c\" #.wasm"),
            Host = new ModuleHost(HostKind.Wasi, [ProgramInput.ByName(_folder.File("in: [put]")), ProgramInput.At("data/{a}: b", _folder.File("a")), ProgramInput.At(".", _folder.Path)])
            {
                StandardInput = _folder.File("std: 'in'"),
                Environment = new Dictionary<string, string> { ["no"] = "yes", ["A: {b}"] = "" },
            },
            Function = "main",
            Arguments = ["- x", "no", "ü\t"],
            Expected = [],
            Engines = ["ours"],
            Knobs = [new("deopt", ["on", "off"])],
            Repetitions = 2,
            TimedCalls = 1,
        };
        var text = request.ToSweep(new MeasuredProgram([], [], new Harness.Experiments.Engines.WorkerOutputText { Text = "", Sha256 = "00", Files = new Dictionary<string, string> { ["x: y"] = "11" } }));
        var sweep = Harness.Experiments.Sweeps.SweepFile.Read(_folder.Write("sweep.yaml", text), ProgramCatalog.Read());
        var program = Assert.Single(sweep.Programs);
        Assert.Equal(("a: {b} 'c\" #", request.Path), (program.Name, program.PathOf(program.Module)));
        Assert.Equal(request.Arguments, program.Arguments);
        Assert.Equal(request.Host.Inputs, program.Inputs);
        Assert.Equal((request.Host.StandardInput, "no=yes A: {b}="), (program.StandardInput, string.Join(' ', program.Environment.Select(variable => $"{variable.Key}={variable.Value}"))));
        Assert.Equal("11", program.Check.Files["x: y"]);
        Assert.Equal(["deopt=on", "deopt=off"], sweep.Configurations.Select(configuration => configuration.Name));
    }

    [Theory]
    [InlineData("main", "measure-own")]
    [InlineData("wasi:cli/run@0.2.0#run", "measure-own-wasi:cli-run@0.2.0#run")]
    [InlineData("/../../out", "measure-own--..-..-out")]
    public void AFunctionNamedLikeAPathLeadsOutOfNoFolder(string function, string name)
    {
        var request = new MeasureRequest
        {
            Path = _folder.File("own.wasm"),
            Host = new ModuleHost(HostKind.None, []),
            Function = function,
            Arguments = [],
            Expected = [],
            Engines = ["ours"],
            Knobs = [],
            Repetitions = 1,
            TimedCalls = 1,
        };
        Assert.Equal(name, request.FolderName);
    }

    private static string Run(params string[] arguments)
    {
        var (exitCode, output, error) = HarnessProcess.Run(arguments);
        Assert.True(exitCode == 0, error);
        return output;
    }
}
