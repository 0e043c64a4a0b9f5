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

    private static WorkerReport Right => new() { Status = WorkerStatus.Ok, Outputs = [new WorkerOutputText { Text = "same", Sha256 = "1" }] };

    private static (int Code, string[] Lines) Check(params IReadOnlyList<IEngine> engines)
    {
        var output = new StringWriter();
        var code = new ProgramChecker(engines, [CheckConfigurations.All[0]], TimeSpan.FromSeconds(1), traces: false, new Dictionary<string, string>(), output).Run([ProgramCatalog.Read().Find("recursion")]);
        return (code, output.ToString().TrimEnd().Split('\n'));
    }

    /// <summary>An engine that always reports the same.</summary>
    private sealed class FakeEngine(string name, WorkerReport report) : IEngine
    {
        public string? Gap { get; init; }

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

        public WorkerReport Measure(WorkerRequest request, TimeSpan timeout) => report;
    }
}
