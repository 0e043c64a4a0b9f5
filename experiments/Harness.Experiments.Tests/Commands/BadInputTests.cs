using System.Diagnostics;

namespace Harness.Experiments.Tests.Commands;

/// <summary>Whatever the user gets wrong is answered in one line, without a stack trace, and with an exit code that is not 0.</summary>
public sealed class BadInputTests : IDisposable
{
    private const string Header = "engine,configuration,workload,repetition,compile_ms,instantiate_ms,warm_up_calls,warm_up_ms,settled,execute_ms,execute_min_ms,execute_max_ms,timed_calls,optimized_bytes,baseline_bytes,tier_ups,deopts,finished_utc\n";

    private readonly TemporaryFolder folder = new();

    public BadInputTests()
    {
        folder.Write("text.wat", "(module (fun))");
        folder.Write("invalid.wat", "(module (func (export \"main\") i32.add drop))");
        folder.Write("good.wat", "(module (func (export \"main\") (param i32) (result i32) local.get 0))");
        folder.Write("truncated.wasm", "\0asm\u0001\0\0\0\u0001");
        folder.Write("notcsv.txt", "x");
        Directory.CreateDirectory(folder.File("damaged"));
        folder.Write("damaged/results.csv", "some,thing\n1,2\n");
        WriteResults("semicolons", "engine;configuration;workload;repetition;execute_ms\nours;a;two-targets;1;2.5\n");
        WriteResults("plain", Header + Row(1, "2.5"));
        WriteResults("nan", Header + Row(1, "2.5") + Row(2, "NaN"));
        WriteResults("doubled", Header + Row(1, "2.5") + Row(1, "2.5"));
        folder.Write("null-knob.yaml", "workloads: [two-targets]\nknobs: {deopt: }\nconfigurations: [{name: a}]\n");
        folder.Write("null-grid.yaml", "workloads: [two-targets]\ngrid: {inlining.budget: }\n");
        folder.Write("huge-grid.yaml", "workloads: [two-targets]\ngrid:\n" + string.Concat(((string[])["inlining.budget", "inlining.max-size", "inlining.factor", "inlining.min-budget"])
            .Select(knob => $"  {knob}: [{string.Join(", ", Enumerable.Range(1, 200))}]\n")));
        folder.Write("list-root.yaml", "- a\n- b\n");
        folder.Write("no-workloads.yaml", "configurations: [{name: a}]\n");
        folder.Write("large-seed.yaml", "workloads: [two-targets]\nseed: 99999999999999999999\n");
        folder.Write("syntax.yaml", "workloads: [two-targets\ngrid: {a: [1\n");
        folder.Write("negative.yaml", "workloads: [two-targets]\nrepetitions: -5\nconfigurations: [{name: a}]\n");
        folder.Write("no-name.yaml", "workloads: [two-targets]\nconfigurations: [{title: a}]\n");
        folder.Write("two-names.yaml", "workloads: [two-targets]\nconfigurations: [{name: a}, {name: a}]\n");
        folder.Write("baseline.yaml", "workloads: [two-targets]\nconfigurations: [{name: a}]\nbaseline: b\n");
        folder.Write("field.yaml", "workloads: [two-targets]\nrepetition: 3\n");
        folder.Write("twice.yaml", "workloads: [two-targets]\nseed: 1\nseed: 2\n");
        folder.Write("empty.yaml", "");
        folder.Write("knob.yaml", "workloads: [two-targets]\nconfigurations: [{name: a, knobs: {inlinig.budget: 3}}]\n");
        folder.Write("value.yaml", "workloads: [two-targets]\nconfigurations: [{name: a, knobs: {deopt: perhaps}}]\n");
        folder.Write("workload.yaml", "workloads: [two-target]\nconfigurations: [{name: a}]\n");
        folder.Write("text.yaml", "workloads: two-targets\nconfigurations: [{name: a}]\n");
        folder.Write("engine.yaml", "engines: [v9]\nworkloads: [two-targets]\nconfigurations: [{name: a}]\n");
    }

    private static string Row(int repetition, string time) => $"ours,a,two-targets,{repetition},1,1,5,100,True,{time},1,1,1,0,0,0,0,2026-11-28T10:00:00.000Z\n";

    private void WriteResults(string name, string rows)
    {
        Directory.CreateDirectory(folder.File(name));
        folder.Write($"{name}/results.csv", rows);
        folder.Write($"{name}/sweep.yaml", "workloads: [two-targets]\nconfigurations: [{name: a}]\n");
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("blub", "Unrecognized command or argument 'blub'")]
    [InlineData("run", "Required argument missing")]
    [InlineData("run {0}/none.wat", "cannot read module")]
    [InlineData("run {0}/text.wat", "text.wat:1:10: unknown operator fun")]
    [InlineData("run {0}/invalid.wat", "invalid.wat: type mismatch")]
    [InlineData("run {0}/truncated.wasm", "truncated.wasm: unexpected end")]
    [InlineData("run {0}/good.wat --invoke mian 1", "exports no function 'mian'; it exports main")]
    [InlineData("run {0}/good.wat", "'main' takes 1 arguments")]
    [InlineData("run {0}/good.wat x", "'x' is not a number of type i32")]
    [InlineData("run {0}/good.wat 1 --deoptt off", "unknown knob 'deoptt'; did you mean 'deopt'?")]
    [InlineData("run {0}/good.wat 1 --deopt maybe", "knob 'deopt' does not take 'maybe'")]
    [InlineData("run {0}/good.wat 1 --polymorphism-limit 99", "it takes a whole number in 1..16 (targets)")]
    [InlineData("run {0}/good.wat 1 --dart.dispatch class-switch", "knob 'dart.dispatch' says how Dart programs are compiled, and")]
    [InlineData("run two-targets --dart.inline 5", "knob 'dart.inline' says how Dart programs are compiled, and program 'two-targets' is none; leave it out")]
    [InlineData("run dart-queens --dart.dispatch virtual", "knob 'dart.dispatch' does not take 'virtual'; it takes one of dispatch-table, vtable-globals, vtable-fields, class-switch")]
    [InlineData("run dart-queens --dart.dispach virtual", "unknown knob 'dart.dispach'; did you mean 'dart.dispatch'?")]
    [InlineData("run dart-queens --v8.liftoff off", "knob 'v8.liftoff' is none of this command")]
    [InlineData("measure {0}/good.wat 1 --knob dart.casts=trusted", "knob 'dart.casts' says how Dart programs are compiled, and good.wat is none; leave it out")]
    [InlineData("wast {0}/none", "there is no file or folder")]
    [InlineData("sweep none", "there is no sweep or file 'none'")]
    [InlineData("sweep v8-example --engine v9", "unknown engine 'v9'; there are ours, v8, jsc, spidermonkey, wasmtime")]
    [InlineData("measure {0}/none.wasm", "cannot read module")]
    [InlineData("measure {0}/good.wat", "'main' takes 1 arguments")]
    [InlineData("measure {0}/good.wat 1 --host linux", "--host takes none or wasi, not 'linux'")]
    [InlineData("measure {0}/good.wat 1 --knob deopt", "--knob deopt: write NAME=VALUE")]
    [InlineData("measure {0}/good.wat 1 --knob deoptt=on", "unknown knob 'deoptt'; did you mean 'deopt'?")]
    [InlineData("measure {0}/good.wat 1 --knob deopt=on,maybe", "knob 'deopt' does not take 'maybe'")]
    [InlineData("measure {0}/good.wat 1 --knob deopt=on,on", "--knob deopt has a value twice")]
    [InlineData("measure {0}/good.wat 1 --knob deopt=on --knob deopt=off", "--knob deopt is given twice; write all its values at once: deopt=on,off")]
    [InlineData("measure {0}/good.wat 1 --knob jsc.useOMGJIT=off", "knob 'jsc.useOMGJIT' is one of JavaScriptCore alone, which is not measured; add it: --engines ours,jsc")]
    [InlineData("measure {0}/good.wat 1 --engines v9", "unknown engine 'v9'")]
    [InlineData("measure {0}/good.wat 1 --expect x --results {0}/out", "--expect 'x' is not a typed number")]
    [InlineData("measure {0}/good.wat 1 --repetitions 0", "--repetitions must be at least 1, not 0")]
    [InlineData("engines --install v9", "unknown engine 'v9'")]
    [InlineData("knobs v9", "unknown engine 'v9'")]
    [InlineData("sweep v8-example --workload none", "has no workload 'none'")]
    [InlineData("sweep gc --include blub", "'blub' is no condition; write FIELD=VALUE")]
    [InlineData("sweep gc --exclude engine=*", "no cell meets the conditions of include and exclude")]
    [InlineData("sweep gc --aa 0", "--aa must be in 1..500, not 0")]
    [InlineData("sweep v8-example --results /proc/none", "cannot make the results folder")]
    [InlineData("sweep v8-example --results {0}/notcsv.txt", "cannot make the results folder")]
    [InlineData("chart {0}", "there are no results in")]
    [InlineData("chart {0}/damaged", "results.csv is damaged")]
    [InlineData("chart {0}/semicolons", "does not name the columns of results, separated by commas")]
    [InlineData("chart {0}/nan", "results.csv:3 was changed after it was measured: execute_ms is NaN")]
    [InlineData("compare {0}/doubled", "results.csv:3 was changed after it was measured: this is the same repetition as line 2")]
    [InlineData("compare v8-example@nowhere v8-example", "there is no commit 'nowhere'")]
    [InlineData("compare gc,engine=v9 gc", "has no engine 'v9'; it has ")]
    [InlineData("compare gc,configuration=none gc", "has no configuration 'none'; it has inlining")]
    [InlineData("compare gc v8-example", "have nothing in common to compare")]
    [InlineData("compare gc gc --metric workload", "column 'workload' holds no numbers")]
    [InlineData("compare gc --json --csv", "--json, --csv and --markdown exclude each other")]
    [InlineData("aa gc", "has no two configurations with the same knobs; measure one against itself with")]
    [InlineData("report {0}", "there are no results in")]
    [InlineData("report gc --output {0}/none/report.html", "Could not find a part of the path")]
    [InlineData("rank gc --engine v9", "the results have no engine 'v9'; they have ")]
    [InlineData("show gc --columns execute", "no column 'execute'; did you mean")]
    [InlineData("show gc --where engine", "'engine' is no condition; write COLUMN=VALUE")]
    [InlineData("show gc --where execute_ms>x", "compares numbers with 'x', which is none")]
    [InlineData("show gc --sort nothing", "the table has no column 'nothing' to sort by")]
    [InlineData("show gc --pivot execute_ms", "too many to be columns (at most 200)")]
    [InlineData("show gc --limit 0", "--limit must be at least 1, not 0")]
    [InlineData("show gc --statistic mode", "--statistic takes median, mean, minimum, maximum, deviation, sum, not 'mode'")]
    [InlineData("export gc {0}/rows.xls", "results are exported as .parquet, .csv, .json, not as '.xls'")]
    [InlineData("export gc {0}/none/rows.csv", "there is no folder")]
    [InlineData("query select {0}/none", "there are no results in")]
    [InlineData("diff-decisions default deopt {0}/good.wat 1", "'deopt' is no knob with its value; write KNOB=VALUE")]
    [InlineData("diff-decisions default deoptt=off {0}/good.wat 1", "unknown knob 'deoptt'; did you mean 'deopt'?")]
    [InlineData("chart v8-example --width 3", "--width must be in 150..5000 points, not 3")]
    [InlineData("chart v8-example --kind pie", "--kind takes auto, bars, sorted, lines, heat, dots, pareto, iterations, not 'pie'")]
    [InlineData("chart v8-example --kind heat", "a heat map needs a grid of two knobs; sweep 'v8-example' has no grid")]
    [InlineData("chart {0}/plain --kind iterations", "has no process with 15 iterations or more to draw")]
    [InlineData("chart v8-example --output {0}/chart.bmp", "charts are written as png, svg, pdf, not as '.bmp'")]
    [InlineData("sweep {0}/null-knob.yaml", "knob 'deopt' has no value; write one, as in 'deopt: on'")]
    [InlineData("sweep {0}/null-grid.yaml", "the grid has no values for 'inlining.budget'")]
    [InlineData("sweep {0}/huge-grid.yaml", "the grid has 1,600,000,000 configurations; at most 10,000")]
    [InlineData("sweep {0}/list-root.yaml", "list-root.yaml:1:1: the value here is of the wrong form")]
    [InlineData("sweep {0}/no-workloads.yaml", "it does not say what to measure")]
    [InlineData("sweep {0}/large-seed.yaml", "large-seed.yaml:2:7: this number is too large")]
    [InlineData("sweep {0}/syntax.yaml", "syntax.yaml:1:12: ")]
    [InlineData("sweep {0}/negative.yaml", "repetitions must be in 1..10000, not -5")]
    [InlineData("sweep {0}/no-name.yaml", "each configuration needs a name")]
    [InlineData("sweep {0}/two-names.yaml", "two configurations are named 'a'")]
    [InlineData("sweep {0}/baseline.yaml", "the baseline 'b' is none of the configurations 'a'")]
    [InlineData("sweep {0}/field.yaml", "field.yaml:2:1: there is no field 'repetition' here")]
    [InlineData("sweep {0}/twice.yaml", "twice.yaml:3:1: ")]
    [InlineData("sweep {0}/empty.yaml", "empty.yaml is empty")]
    [InlineData("sweep {0}/knob.yaml", "unknown knob 'inlinig.budget'; did you mean 'inlining.budget'?")]
    [InlineData("sweep {0}/value.yaml", "knob 'deopt' does not take 'perhaps'")]
    [InlineData("sweep {0}/workload.yaml", "unknown workload 'two-target'; did you mean 'two-targets'?")]
    [InlineData("sweep {0}/text.yaml", "text.yaml:1:12: the value here is of the wrong form; a list is written [a, b]")]
    [InlineData("sweep {0}/engine.yaml", "unknown engine 'v9'")]
    [InlineData("fuzz --count -5", "--count must be at least 1, not -5")]
    [InlineData("run {0}/good.wat 1 --repeat -1", "--repeat must be at least 1, not -1")]
    public async Task MistakesAreExplainedInOneLine(string command, string part)
    {
        string[] arguments = [typeof(HarnessException).Assembly.Location, .. command.Split(' ').Select(word => word.Replace("{0}", folder.Path, StringComparison.Ordinal))];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = (await process.StandardError.ReadToEndAsync()).TrimEnd();
        await process.WaitForExitAsync();

        Assert.Equal(2, process.ExitCode);
        Assert.Empty(await output);
        Assert.StartsWith("harness: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
        Assert.Contains(part, error, StringComparison.Ordinal);
    }
}
