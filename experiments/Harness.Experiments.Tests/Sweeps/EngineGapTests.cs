using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Tests.Sweeps;

/// <summary>What an engine cannot run, or need not, is left out with its name and reason, and makes no hole in a mean.</summary>
public sealed class EngineGapTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void GapsAreNamedAndTheRestIsMeasured()
    {
        var sweep = TestSweeps.Read("""
            engines: [ours, wasmtime]
            workloads: [two-targets, gc-js-strings, gc-exceptions-rare]
            grid: {wasmtime.cranelift_opt_level: [speed, none]}
            repetitions: 1
            timed-calls: 1
            warm-up: {calls: 2, window: 2, milliseconds: 0, limit-milliseconds: 0}
            """);
        var results = new ResultsFolder(_folder.File("results"));
        var progress = new RecordedProgress();
        Assert.Empty(new SweepRunner(sweep, results).Run(progress));

        const string speed = "wasmtime.cranelift_opt_level=speed";
        const string none = "wasmtime.cranelift_opt_level=none";
        var rows = DurableCsv<Measurement>.Read(results.Results);
        Assert.Equal(
            [$"ours {speed} gc-exceptions-rare", $"ours {speed} gc-js-strings", $"ours {speed} two-targets", $"wasmtime {none} two-targets", $"wasmtime {speed} two-targets"],
            rows.Select(row => $"{row.Engine} {row.Configuration} {row.Workload}").Order(StringComparer.Ordinal));
        Assert.All(rows, row => Assert.True(row.ElapsedMs > 0 && row.Speed.IsKnown && row.Machine == MachineBoot.Current));
        var gaps = Provenance.Read(results.Provenance)!.Gaps!;
        Assert.Equal(progress.Gaps, gaps);
        Assert.Equal($"this engine, {none}: it does the same as in '{speed}'", gaps[0].ToString());
        Assert.Equal("Wasmtime, gc-js-strings: it has no host for what the module imports from 'wasm:js-string'", gaps[1].ToString());
        foreach (var configuration in (string[])[none, speed])
        {
            Assert.Single(gaps, gap => gap.ToString().StartsWith($"Wasmtime, {configuration}, gc-exceptions-rare: it cannot run it: ", StringComparison.Ordinal));
        }

        Assert.Equal(4, gaps.Count);

        // What turned out not to run is not tried again.
        var again = new RecordedProgress();
        Assert.Empty(new SweepRunner(sweep, results).Run(again));
        Assert.Equal(0, again.Pending);
        Assert.Equal(gaps.OrderBy(gap => gap.ToString()), again.Gaps.OrderBy(gap => gap.ToString()));
    }

    /// <summary>Wasmtime's baseline compiler has no tail calls, its optimizing one has.</summary>
    [Fact]
    public void WhatOneConfigurationCannotRunAnotherIsMeasuredIn()
    {
        var file = _folder.Write("tail.wat", """
            (module (func $f (param i32) (result i32) local.get 0)
                    (func (export "main") (param i32) (result i32) local.get 0 return_call $f))
            """);
        var sweep = TestSweeps.Read($$$"""
            engines: [wasmtime]
            workloads: [tail]
            programs: [{name: tail, file: {{{file}}}, invoke: main, args: ["i32:7"], expected: ["i32:7"]}]
            configurations: [{name: winch, knobs: {wasmtime.strategy: winch}}, {name: cranelift, knobs: {wasmtime.strategy: cranelift}}]
            repetitions: 3
            timed-calls: 1
            warm-up: {calls: 2, window: 2, milliseconds: 0, limit-milliseconds: 0}
            """);
        var results = new ResultsFolder(_folder.File("results"));
        var progress = new RecordedProgress();
        Assert.Empty(new SweepRunner(sweep, results).Run(progress));
        Assert.StartsWith("Wasmtime, winch, tail: it cannot run it: ", Assert.Single(progress.Gaps).ToString(), StringComparison.Ordinal);
        Assert.Equal(["cranelift", "cranelift", "cranelift"], DurableCsv<Measurement>.Read(results.Results).Select(row => row.Configuration));
    }

    [Fact]
    public void ConfigurationsThatAnEngineHasNoSettingForAreGapsAndBaselinesMistakes()
    {
        const string text = "engines: [ours, wasmtime]\nworkloads: [two-targets]\nconfigurations: [{name: a}, {name: b, knobs: {pass.peel: off}}]\nrepetitions: 1";
        var runner = new SweepRunner(TestSweeps.Read(text) with { Repetitions = 0 }, new ResultsFolder(_folder.File("results")));
        var progress = new RecordedProgress();
        runner.Run(progress);
        Assert.Equal("Wasmtime, b: it has no setting for knob 'pass.peel' = off", Assert.Single(progress.Gaps).ToString());
        var mistake = Assert.Throws<HarnessException>(() => new SweepRunner(TestSweeps.Read(text + "\nbaseline: b"), new ResultsFolder(_folder.File("results"))));
        Assert.StartsWith("Wasmtime has no setting for knob 'pass.peel' = off; leave it out", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AProgramIsBuiltForEachLoweringAndOthersAreMeasuredOnce()
    {
        var sweep = TestSweeps.Read("""
            engines: [ours]
            workloads: [two-targets, dart-queens]
            grid: {dart.dispatch: [dispatch-table, vtable-fields, class-switch], dart.switch-targets: [4]}
            repetitions: 1
            timed-calls: 1
            warm-up: {calls: 2, window: 2, milliseconds: 0, limit-milliseconds: 0}
            """);
        var results = new ResultsFolder(_folder.File("results"));
        var progress = new RecordedProgress();
        Assert.Empty(new SweepRunner(sweep, results).Run(progress));
        var rows = DurableCsv<Measurement>.Read(results.Results);
        Assert.Equal(["dart-queens", "dart-queens", "dart-queens", "two-targets"], rows.Select(row => row.Workload).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["class-switch", "vtable-fields"],
            progress.Gaps.Select(gap => gap.Configuration!.Split(' ')[0].Split('=')[1]).Order(StringComparer.Ordinal));
        Assert.All(progress.Gaps, gap => Assert.Equal(("two-targets", "does the same as in 'dart.dispatch=dispatch-table dart.switch-targets=4'"), (gap.Program, gap.Reason)));

        // Each build has a fingerprint of its own, and its knobs are part of what is recorded.
        var provenance = Provenance.Read(results.Provenance)!;
        var modules = provenance.Fingerprints.Where(part => part.Key.StartsWith("workload dart-queens", StringComparison.Ordinal)).ToDictionary();
        Assert.Equal(["workload dart-queens", "workload dart-queens (dart.dispatch=class-switch)", "workload dart-queens (dart.dispatch=vtable-fields)"], modules.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(3, modules.Values.Distinct().Count());
        Assert.Equal("vtable-fields", provenance.Knobs["dart.dispatch=vtable-fields dart.switch-targets=4"]["dart.dispatch"]);
        var again = new RecordedProgress();
        Assert.Empty(new SweepRunner(sweep, results).Run(again));
        Assert.Equal(0, again.Pending);
    }

    [Fact]
    public void MeansAreOverWhatAnEngineIsMeasuredIn()
    {
        var sweep = TestSweeps.Read("""
            engines: [ours, jsc]
            workloads: [two-targets, recursion]
            configurations: [{name: a, engines: [ours]}, {name: b}, {name: c, engines: [jsc]}]
            baselines: {jsc: c}
            """);
        var rows = new List<Measurement>();
        foreach (var workload in (string[])["two-targets", "recursion"])
        {
            foreach (var (engine, configuration, time) in ((string, string, double)[])[("ours", "a", 6), ("ours", "b", 3), ("jsc", "b", 12), ("jsc", "c", 18)])
            {
                rows.AddRange(Enumerable.Range(1, 7).Select(repetition => new Measurement { Engine = engine, Configuration = configuration, Workload = workload, Repetition = repetition, ExecuteMs = time }));
            }
        }

        var summary = new SweepSummary(sweep, rows);
        Assert.Equal(2, summary.MeanSpeedup("ours", "b")!.Value.Measured.Value, 6);
        Assert.Equal(1.5, summary.MeanSpeedup("jsc", "b")!.Value.Measured.Value, 6);
        Assert.Null(summary.MeanSpeedup("jsc", "a"));
        Assert.Equal(0.25, summary.MeanRatio("ours", "jsc", "b")!.Value.Measured.Value, 6);
        Assert.Null(summary.MeanRatio("ours", "jsc", "c"));
        Assert.Equal(1.5, summary.Find("jsc", "b", "recursion")!.Speedup!.Value.Value, 6);

        // Both at their defaults: a configuration of ours alone stands beside one that only the other engine has.
        Assert.Equal([("a", "c"), ("b", "b")], summary.Counterparts("ours", "jsc").Select(pair => (pair.Own.Name, pair.Other.Name)));
        Assert.Equal(1 / 3.0, summary.MeanRatio(("ours", "a"), ("jsc", "c"))!.Value.Measured.Value, 6);
    }

    [Fact]
    public void MeansOfManyEnginesAreRowsAndAnEngineThatRanNothingIsAmongThem()
    {
        var sweep = TestSweeps.Read("""
            engines: [ours, v8, jsc, wasmtime]
            workloads: [two-targets, recursion]
            configurations: [{name: base, knobs: {deopt: off}, engines: [ours, v8]}, {name: usual, title: as usual, engines: [ours, v8]}, {name: plain, knobs: {inlining: off}, engines: [jsc, wasmtime]}, {name: own, engines: [jsc, wasmtime]}]
            baselines: {jsc: plain, wasmtime: plain}
            """);
        var rows =
            from workload in (string[])["two-targets", "recursion"]
            from cell in ((string Engine, string Configuration, double Time)[])[("ours", "base", 6), ("ours", "usual", 3), ("v8", "base", 8), ("v8", "usual", 6), ("jsc", "plain", 24), ("jsc", "own", 12)]
            from repetition in Enumerable.Range(1, 3)
            select new Measurement { Engine = cell.Engine, Configuration = cell.Configuration, Workload = workload, Repetition = repetition, ExecuteMs = cell.Time };
        var summary = new SweepSummary(sweep, [.. rows]) { Gaps = [.. sweep.Workloads.Select(workload => new EngineGap("wasmtime", null, workload.Name, "runs no JavaScript"))] };
        var text = Experiments.Reports.SummaryReport.CreateMeans(sweep, summary);
        Assert.Equal(
            [
                "| this engine | base | 2 | 1 |  |  |", "| this engine | as usual | 2 | 2.00x | – |  |", "| V8 | base | 2 | 1 |  | 0.75 |", "| V8 | as usual | 2 | 1.33x | – | 0.50 |",
                "| JavaScriptCore | plain | 2 | 1 |  | – |", "| JavaScriptCore | own | 2 | 2.00x | – | 0.25 |", "| Wasmtime | – | 0 | not measured | – | – |",
            ],
            text.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(2));
        Assert.Contains("Wasmtime was not measured: it runs no JavaScript (2 programs).", text, StringComparison.Ordinal);

        // So are engines that the command line alone has named.
        var others = Experiments.Reports.SummaryReport.CreateMeans(sweep with { Engines = ["ours"] }, summary);
        Assert.Equal(["this engine", "this engine", "JavaScriptCore", "JavaScriptCore", "V8", "V8"], others.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(2).Select(line => line.Split('|')[1].Trim()));
        Assert.Contains(Experiments.Reports.Findings.Of(sweep, summary), sentence => sentence.Contains("0.25 with “as usual” and “own”", StringComparison.Ordinal));
    }
}
