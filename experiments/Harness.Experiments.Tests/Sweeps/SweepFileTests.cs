using Harness.Experiments.Engines;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tests.Sweeps;

public sealed class SweepFileTests
{
    public static TheoryData<string> Shipped => [.. Directory.EnumerateFiles(ProjectLayout.Sweeps).Select(path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void EveryShippedSweepCanBeRead(string file) =>
        Assert.NotEmpty(SweepFile.Read(Path.Combine(ProjectLayout.Sweeps, file), ProgramCatalog.Read()).Configurations);

    /// <summary>By their names within the suites the modules of two compilers are compared.</summary>
    [Fact]
    public void TheBenchmarksOfBothDartCompilersHaveTheSameNames()
    {
        var suites = SweepFile.Read(Path.Combine(ProjectLayout.Sweeps, "dart-compilers.yaml"), ProgramCatalog.Read()).Workloads.ToLookup(workload => SuiteCatalog.SuiteOf(workload.Program));
        Assert.Equal(["dart", "dart-sources"], suites.Select(suite => suite.Key));
        Assert.Equal(23, suites["dart"].Count());
        Assert.Equal(NamesOf("dart"), NamesOf("dart-sources"));

        IEnumerable<string> NamesOf(string suite) => suites[suite].Select(workload => SuiteCatalog.NameWithin(suite, workload.Name));
    }

    /// <summary>What speculation adds to each lowering can stand beside what it adds in the published configurations.</summary>
    [Fact]
    public void AllLoweringsAreComparedWithTheNoSpeculationOfThePublishedSweep()
    {
        var catalog = ProgramCatalog.Read();
        var published = SweepFile.Read(Path.Combine(ProjectLayout.Sweeps, "published.yaml"), catalog);
        var sweep = SweepFile.Read(Path.Combine(ProjectLayout.Sweeps, "lowering-all.yaml"), catalog);
        var noSpeculation = published.Configurations.Single(configuration => configuration.Name == published.Baseline).Knobs;
        var baselines = sweep.Configurations.Where(configuration => configuration.Baseline == configuration.Name).ToList();
        Assert.Equal(6, baselines.Count);
        Assert.All(baselines, baseline => Assert.Equal(noSpeculation.ToDictionary(), baseline.Knobs.Where(knob => !KnobCatalog.IsOfPrograms(knob.Key)).ToDictionary()));
        Assert.Empty(((string[])["dart-micro", "dart-sources", "todo-app", "page-app"]).SelectMany(catalog.Select).Except(sweep.Workloads));
    }

    [Fact]
    public void AGridHasEveryCombination()
    {
        var sweep = TestSweeps.Read("workloads: [all]\nknobs: {deopt.limit: 3}\ngrid: {inlining.budget: [10, 20], deopt: [on, off]}");
        Assert.Equal(
            ["inlining.budget=10 deopt=on", "inlining.budget=10 deopt=off", "inlining.budget=20 deopt=on", "inlining.budget=20 deopt=off"],
            sweep.Configurations.Select(configuration => configuration.Name));
        Assert.Equal("inlining.budget=10 deopt=on", sweep.Baseline);
        Assert.Equal(new Dictionary<string, string> { ["deopt.limit"] = "3", ["inlining.budget"] = "20", ["deopt"] = "off" }, sweep.Configurations[3].Knobs);
    }

    [Fact]
    public void LeftOutFieldsHaveDefaults()
    {
        var sweep = TestSweeps.Read("workloads: [all]\nconfigurations: [{name: base}]");
        Assert.Equal(21, sweep.Repetitions);
        Assert.Equal(["ours"], sweep.Engines);
        Assert.Equal(ProgramCatalog.Read().Own.Sum(program => program.Workloads.Count), sweep.Workloads.Count);
    }

    [Theory]
    [InlineData("", 5, 100, 3, 0.05, 3000, 0.02, 20, 500)]
    [InlineData("warm-up: {calls: 7, milliseconds: 10, window: 4, tolerance: 0.1, limit-milliseconds: 900, gain: 0.05, gain-calls: 2, gain-milliseconds: 50}", 7, 10, 4, 0.1, 900, 0.05, 2, 50)]
    [InlineData("warm-up: {limit-milliseconds: 500}", 5, 100, 3, 0.05, 500, 0.02, 20, 100)]
    public void WarmUpIsAsTheFileSays(string line, int calls, double milliseconds, int window, double tolerance, double limit, double gain, int gainCalls, double gainMilliseconds)
    {
        var sweep = TestSweeps.Read("workloads: [all]\nconfigurations: [{name: base}]\n" + line);
        Assert.Equal(new WarmUpRule(calls, milliseconds, window, tolerance, limit, gain, gainCalls, gainMilliseconds), sweep.WarmUp);

        // A quick look is content with less, and never asks for more.
        var quick = QuickLook.Make(sweep).WarmUp;
        Assert.Equal((500, Math.Min(gainMilliseconds, 100)), (quick.LimitMilliseconds, quick.GainMilliseconds));
    }

    [Fact]
    public void ProgramsMayStandInTheFile()
    {
        var sweep = TestSweeps.Read("programs: [{name: own, file: own.wasm, invoke: f, args: ['i32:1'], expected: ['i32:2']}]\nworkloads: [own, two-targets]\nconfigurations: [{name: base}]");
        Assert.Equal(["own", "two-targets"], sweep.Programs.Select(program => program.Name));
        Assert.EndsWith("/own.wasm", sweep.Programs[0].PathOf(sweep.Programs[0].Module), StringComparison.Ordinal);
    }

    [Fact]
    public void ConfigurationsAndBaselinesMayBeOfSomeEnginesOnly()
    {
        var sweep = TestSweeps.Read("engines: [ours, jsc]\nworkloads: [two-targets]\nconfigurations: [{name: a}, {name: b, engines: [jsc]}, {name: c, engines: [jsc]}]\nbaselines: {jsc: b}");
        Assert.Equal(("a", "b"), (sweep.BaselineOf("ours"), sweep.BaselineOf("jsc")));
        Assert.Equal(["ours a", "jsc a", "jsc b", "jsc c"], SweepPlan.Order(sweep with { Repetitions = 1 }).Select(run => $"{run.Engine} {run.Configuration}").OrderBy(name => name, Comparer<string>.Create((one, other) => (one.StartsWith("jsc", StringComparison.Ordinal), one).CompareTo((other.StartsWith("jsc", StringComparison.Ordinal), other)))));
    }

    [Theory]
    [InlineData("repetitons: 3", "test.yaml:1:1: there is no field 'repetitons' here")]
    [InlineData("engines: ours", "test.yaml:1:10: the value here is of the wrong form")]
    [InlineData("workloads: [all]\ntitle: x", "it has no configurations; write a list 'configurations' or a 'grid'")]
    [InlineData("workloads: [all]\nconfigurations: [{name: a, knobs: {deopts: off}}]", "unknown knob 'deopts'; did you mean 'deopt'?")]
    [InlineData("workloads: [all]\nconfigurations: [{name: a, knobs: {deopt.limit: -1}}]", "knob 'deopt.limit' does not take '-1'; it takes a whole number")]
    [InlineData("workloads: [all]\nconfigurations: [{name: a}]\nwarm-up: {limit-milliseconds: 400, gain-milliseconds: 400}", "warm-up needs gain-milliseconds below limit-milliseconds")]
    [InlineData("workloads: [all]\nconfigurations: [{name: a}, {name: a}]", "two configurations are named 'a'")]
    [InlineData("workloads: [all]\nconfigurations: [{name: a}]\nbaseline: b", "the baseline 'b' is none of the configurations 'a'")]
    [InlineData("workloads: [all]\nconfigurations: [{name: a}]\nengines: [v9]", "unknown engine 'v9'; there are ours, v8, jsc, spidermonkey, wasmtime")]
    [InlineData("workloads: [all]\nconfigurations: [{name: a, engines: [v9]}]", "unknown engine 'v9'")]
    [InlineData("workloads: [all]\nconfigurations: [{name: a}]\nbaselines: {jsc: b}", "the baseline 'b' of jsc is none of its configurations 'a'")]
    [InlineData("workloads: [all]\nconfigurations: [{name: a, engines: [v8]}, {name: b}]\nbaselines: {jsc: a}", "the baseline 'a' of jsc is none of its configurations 'b'")]
    [InlineData("workloads: [all]\nconfigurations: [{name: a, knobs: {jsc.useOMGJit: off}}]", "unknown knob 'jsc.useOMGJit'; did you mean 'jsc.useOMGJIT'?")]
    [InlineData("workloads: [all]\nconfigurations: [{name: a, knobs: {wasmtime.strategy: fast}}]", "knob 'wasmtime.strategy' does not take 'fast'; it takes one of cranelift, winch")]
    [InlineData("workloads: [all]\nconfigurations: [{name: a}]\nignores: {jsc: [deoptt]}", "unknown knob 'deoptt'; did you mean 'deopt'?")]
    [InlineData("workloads: [own]\nprograms: [{name: own}]\nconfigurations: [{name: a}]", "each entry needs a name, and a file")]
    [InlineData("configurations: [{name: a}]\nworkloads: [v8-exampel]", "unknown workload 'v8-exampel'; did you mean 'v8-example'?")]
    [InlineData("workloads: [all]\nconfigurations: [{name: a}]\nwarm-up: {gain: 0}", "warm-up needs a gain between 0 and 1")]
    [InlineData("workloads: [all]\nconfigurations: [{name: a}]\nwarm-up: {gain-calls: 0}", "at least one of gain-calls")]
    [InlineData("workloads: [all]\nconfigurations: [{name: a}]\nrepetitions: 0", "repetitions must be in 1..10000, not 0")]
    [InlineData("workloads: [all]\nconfigurations: [{name: a}]\nengines: []", "it names no engine; write 'engines: [ours]'")]
    [InlineData("workloads: [all]\nconfigurations: [{name: a}]\nwarm-up: {milliseconds: 1e999}", "warm-up needs milliseconds, limits and a tolerance that are finite")]
    [InlineData("workloads: [all]\nconfigurations: [{name: a}]\nwarm-up: {limit-milliseconds: 1e999}", "warm-up needs milliseconds, limits and a tolerance that are finite")]
    [InlineData("workloads: [all]\nconfigurations: [{name: a}]\nwarm-up: {tolerance: -0.1}", "warm-up needs milliseconds, limits and a tolerance that are finite")]
    [InlineData("workloads: [all]\nconfigurations: [{name: \"a\\nb\"}]", "the name of a configuration has a character that cannot be printed; it would tear the lines of results.csv: ab")]
    [InlineData("workloads: [own]\nprograms: [{name: \"\\e[2Jown\", file: own.wasm}]\nconfigurations: [{name: a}]", "the name of a program has a character that cannot be printed; it would tear the lines of results.csv: [2Jown")]
    public void MistakesAreExplainedInOneLine(string text, string part)
    {
        var mistake = Assert.Throws<HarnessException>(() => TestSweeps.Read(text));
        Assert.Contains(part, mistake.Message, StringComparison.Ordinal);
        Assert.Contains("test.yaml", mistake.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake.Message);
    }
}
