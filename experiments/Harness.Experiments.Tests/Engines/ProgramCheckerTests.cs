using Harness.Dart;
using Harness.Experiments.Engines;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tests.Engines;

public sealed class ProgramCheckerTests
{
    [Fact]
    public void WhatAnEngineCannotRunIsAGapAndNoMistake()
    {
        var (code, lines) = Check(new FakeEngine("one", Right), new FakeEngine("two", Right) { Gap = "has no such host" }, new FakeEngine("three", new WorkerReport { Status = WorkerStatus.Unsupported, Message = "no\nvectors" }));
        Assert.Equal(0, code);
        Assert.Equal(
            ["GAP    recursion: two cannot run it: has no such host", "GAP    recursion: three cannot run it: no vectors", "right  recursion", "1 right, 0 wrong, 0 absent, 2 not run"],
            lines);
    }

    [Fact]
    public void AProgramThatNoEngineRanIsNotRight()
    {
        var (code, lines) = Check(new FakeEngine("one", Right) { Gap = "has no such host" });
        Assert.Equal(1, code);
        Assert.Equal("0 right, 0 wrong, 0 absent, 1 not run (1 by no engine)", lines[^1]);
    }

    [Fact]
    public void AnEngineThatGivesSomethingElseIsWrong()
    {
        var other = Right with { Outputs = [new WorkerOutputText { Text = "other", Sha256 = "2" }] };
        var (code, lines) = Check(new FakeEngine("one", Right), new FakeEngine("two", other));
        Assert.Equal(1, code);
        Assert.Equal(["WRONG  recursion: two, default: its result is not that of the first configuration", "0 right, 1 wrong, 0 absent"], lines);
    }

    /// <summary>How a program is compiled is everybody's; what else there is to configure is ours.</summary>
    [Fact]
    public void EveryLoweringRunsOnEveryEngineAndKnobsOfOursOnOursAlone()
    {
        var (own, other) = (new FakeEngine(OwnEngine.EngineName, Right), new FakeEngine("two", Right));
        var (code, lines) = Check("dart-queens", [CheckConfigurations.All[0], Lowering("dart.dispatch", "class-switch"), Lowering("dart.dispatch", "vtable-fields")], own, other);
        Assert.Equal(0, code);
        Assert.Equal(["right  dart-queens", "1 right, 0 wrong, 0 absent"], lines);
        Assert.Equal(3, own.Modules.Distinct().Count());
        Assert.Equal(own.Modules, other.Modules);

        var (ours, theirs) = (new FakeEngine(OwnEngine.EngineName, Right), new FakeEngine("two", Right));
        Check("recursion", CheckConfigurations.All, ours, theirs);
        Assert.Equal((CheckConfigurations.All.Count, 1), (ours.Modules.Count, theirs.Modules.Count));

        // A program in text is the same under all lowerings.
        var plain = new FakeEngine(OwnEngine.EngineName, Right);
        Check("recursion", [CheckConfigurations.All[0], Lowering("dart.dispatch", "class-switch")], plain);
        Assert.Single(plain.Modules.Distinct());
    }

    [Fact]
    public void WhatALoweringBreaksHasALineThatNamesIt()
    {
        var other = Right with { Outputs = [new WorkerOutputText { Text = "other", Sha256 = "2" }] };
        var trap = new WorkerReport { Status = WorkerStatus.Trap, Message = "unreachable" };
        var engine = new FakeEngine("one", Right) { Others = new Dictionary<string, WorkerReport> { ["class-switch"] = other, ["vtable-fields"] = trap } };
        var (code, lines) = Check(
            "dart-queens",
            [CheckConfigurations.All[0], Lowering("dart.dispatch", "class-switch"), Lowering("dart.dispatch", "vtable-fields"), Lowering("dart.wasm-opt", "--no-such-pass")],
            engine);
        Assert.Equal(1, code);
        Assert.Equal("WRONG  dart-queens: one, dart.dispatch=class-switch: its result is not that of the first configuration", lines[0]);
        Assert.Equal("WRONG  dart-queens: one, dart.dispatch=vtable-fields: unreachable", lines[1]);
        Assert.StartsWith("WRONG  dart-queens: one, dart.wasm-opt=--no-such-pass: wasm-opt failed with code ", lines[2], StringComparison.Ordinal);
        Assert.Equal("0 right, 1 wrong, 0 absent", lines[^1]);
    }

    /// <summary>The list is that of the compiler's own tests.</summary>
    [Fact]
    public void LoweringsAreEveryValueAloneAndEveryPair()
    {
        Assert.Same(CheckConfigurations.All[0], CheckConfigurations.Lowerings[0]);
        Assert.Equal(LoweringCombinations.All.Skip(1), CheckConfigurations.Lowerings.Skip(1).Select(lowering => lowering.Knobs));
        Assert.Equal(CheckConfigurations.Lowerings.Count, CheckConfigurations.Lowerings.Select(lowering => lowering.Name).Distinct().Count());
        Assert.Contains(CheckConfigurations.Lowerings, lowering => lowering.Name == "dart.dispatch=class-switch");
        var help = string.Join(' ', HarnessProcess.Run("check", "--help").Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains($"each compiled {CheckConfigurations.Lowerings.Count} times", help, StringComparison.Ordinal);
    }

    private static WorkerReport Right => new() { Status = WorkerStatus.Ok, Outputs = [new WorkerOutputText { Text = "same", Sha256 = "1" }] };

    private static SweepConfiguration Lowering(string knob, string value) => new($"{knob}={value}", "", new Dictionary<string, string> { [knob] = value });

    private static (int Code, string[] Lines) Check(params IReadOnlyList<IEngine> engines) => Check("recursion", [CheckConfigurations.All[0]], engines);

    private static (int Code, string[] Lines) Check(string program, IReadOnlyList<SweepConfiguration> configurations, params IReadOnlyList<IEngine> engines)
    {
        var output = new StringWriter();
        var code = new ProgramChecker(engines, configurations, TimeSpan.FromSeconds(1), traces: false, new Dictionary<string, string>(), output).Run([ProgramCatalog.Read().Find(program)]);
        return (code, output.ToString().TrimEnd().Split('\n'));
    }

    /// <summary>An engine that always reports the same, but for some ways to dispatch calls.</summary>
    private sealed class FakeEngine(string name, WorkerReport report) : IEngine
    {
        public string? Gap { get; init; }

        /// <summary>Reports by the value of <c>dart.dispatch</c>.</summary>
        public Dictionary<string, WorkerReport> Others { get; init; } = [];

        /// <summary>The modules that it was to run, in order.</summary>
        public List<string?> Modules { get; } = [];

        public string Name => name;

        public string Title => name;

        public string Version => "1";

        public string Fingerprint => "1";

        public void CheckKnobs(IReadOnlyDictionary<string, string> knobs, IReadOnlySet<string> ignored)
        {
        }

        public string? FindGap(IReadOnlyDictionary<string, string> knobs, IReadOnlySet<string> ignored) => null;

        public IReadOnlyList<string> Settings(IReadOnlyDictionary<string, string> knobs) => [];

        public string? FindGap(WorkerProgram program) => Gap;

        public WorkerReport Measure(WorkerRequest request, TimeSpan timeout)
        {
            Modules.Add(request.Program.Module);
            return Others.GetValueOrDefault(request.Knobs.GetValueOrDefault("dart.dispatch", ""), report);
        }
    }
}
