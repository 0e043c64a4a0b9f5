using Harness.Experiments.Engines;
using Harness.Experiments.Results;
using Harness.Experiments.Tuning;

namespace Harness.Experiments.Tests.Tuning;

/// <summary>What a tuning run asks of an engine.</summary>
public sealed class ProcessEvaluatorTests
{
    private static readonly (string Phase, int Round)[] Measured = [("search", 1), ("search", 2), ("confirm", 1), ("confirm", 2)];

    [Theory]
    [InlineData("objective: {time: 1, code: 0.5}")]
    [InlineData("constraints: {code: 1.1}")]
    [InlineData("objective: {time: 1, pause: 0.5}")]
    [InlineData("constraints: {pause: 2}")]
    public void WhatDecidesAndIsToldElsewhereIsMeasuredInEveryRoundOfEveryPhase(string weighing)
    {
        var requests = Requests(weighing);
        Assert.All(requests, request => Assert.True(request.Counts));
        Assert.Equal(Measured.Length, requests.Select(request => request.Occasion).Distinct().Count());
    }

    [Fact]
    public void SizesThatAreOnlyShownAreNotAskedForInTheSearchAndMeasuredOnceAPhase()
    {
        var requests = Requests("objective: {time: 1}");
        Assert.Equal([false, false, true, true], requests.Select(request => request.Counts));
        Assert.Equal(requests[2].Occasion, requests[3].Occasion);
        Assert.NotEqual(requests[0].Occasion, requests[2].Occasion);
    }

    [Fact]
    public void ARowHasThePeakMemoryAndTheLongestCollectionOfItsProcess()
    {
        var evaluator = new ProcessEvaluator(TestTuning.Read("knobs: {deopt: {}}\ntrain: [two-targets]\nbudget: {processes: 99}\nobjective: {memory: 1}"), new AskedEngine());
        var row = Assert.Single(evaluator.Evaluate(new EvaluationProcess("search", 1, "default", "two-targets", ["two-targets"]), new Dictionary<string, string>()));
        Assert.Equal((70_000_000, 2.5), (row.PeakMemoryBytes, row.LongestPauseMs!.Value));
        Assert.Equal(2.5, TuningQuantity.Pause.Read(row));
    }

    /// <summary>As rows of sweeps have it: of the measured process alone, whatever is made before it.</summary>
    [Fact]
    public void ARowHasWhatTheMachineDidMeanwhile()
    {
        var engine = new AskedEngine { Takes = TimeSpan.FromMilliseconds(50) };
        var evaluator = new ProcessEvaluator(TestTuning.Read("knobs: {deopt: {}}\ntrain: [two-targets]\nbudget: {processes: 99}"), engine);
        var row = Assert.Single(evaluator.Evaluate(new EvaluationProcess("search", 1, "default", "two-targets", ["two-targets"]), new Dictionary<string, string>()));
        Assert.Equal(["prepare", "measure"], engine.Calls);
        Assert.Equal(("two-targets", MachineBoot.Current, (int?)Measurement.CurrentFormat), (row.Program, row.Machine, row.Format));
        Assert.True(row is { ElapsedMs: >= 50, StealMs: >= 0, OthersCpuMs: >= 0, ProbeBeforeMs: > 0, ProbeAfterMs: > 0 }, $"{row}");
        Assert.True(row.ElapsedMs < (row.ProcessSeconds * 1000) + 50, $"{row}");
    }

    [Fact]
    public void ProfilesAreRecordedInEveryRoundOfEveryPhase()
    {
        var requests = Requests("objective: {time: 1}", "feedback.profile", RecordedProfile.Recorded);
        Assert.Equal(Measured.Length, requests.Select(request => request.Occasion).Distinct().Count());

        // Within a round the recording is made once, after it anew.
        var (profiles, recorded) = (new RecordedProfile(), 0);
        foreach (var request in requests.SelectMany(request => (WorkerRequest[])[request, request]))
        {
            profiles.Of(request, Record);
        }

        Assert.Equal(Measured.Length, recorded);

        WorkerReport Record(WorkerRequest request)
        {
            Assert.NotNull(request.ProfileOut);
            Assert.False(RecordedProfile.IsAskedFor(request.Knobs));
            recorded++;
            return new WorkerReport { Status = WorkerStatus.Ok };
        }
    }

    /// <summary>Byte for byte: an assembly is no text.</summary>
    [Fact]
    public void FilesThatAreSearchedOverAreAmongWhatResultsDependOn()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("first.feedback");
        File.WriteAllBytes(file, [0x81]);
        var specification = TestTuning.Read($"knobs: {{feedback.profile: {{values: [none, recorded, {file}]}}}}\ntrain: [two-targets]\nbudget: {{processes: 99}}");
        var before = new ProcessEvaluator(specification, new AskedEngine()).Fingerprints();
        Assert.Equal([$"file {file}"], before.Keys.Where(part => part.StartsWith("file ", StringComparison.Ordinal)));
        File.WriteAllBytes(file, [0x82]);
        Assert.NotEqual(before[$"file {file}"], new ProcessEvaluator(specification, new AskedEngine()).Fingerprints()[$"file {file}"]);
    }

    /// <summary>Not only corners may be what an engine cannot take: V8 counts the nursery in MiB, of which most of a range in KiB is no whole number.</summary>
    [Fact]
    public void ARangeWithValuesThatTheEngineCannotTakeIsRefusedBeforeTheFirstProcess()
    {
        var specification = TestTuning.Read("engine: v8\nknobs: {heap.nursery-size: {low: 1024, high: 65536}}\ntrain: [two-targets]\nbudget: {processes: 99}");
        Assert.Contains("write a multiple of 1024", Assert.Throws<HarnessException>(() => new ProcessEvaluator(specification)).Message, StringComparison.Ordinal);
    }

    private static List<WorkerRequest> Requests(string weighing, string knob = "deopt", string value = "off")
    {
        var engine = new AskedEngine();
        var evaluator = new ProcessEvaluator(TestTuning.Read($"knobs: {{deopt: {{}}}}\ntrain: [two-targets]\nbudget: {{processes: 99}}\n{weighing}"), engine);
        foreach (var (phase, round) in Measured)
        {
            evaluator.Evaluate(new EvaluationProcess(phase, round, $"{knob}={value}", "two-targets", ["two-targets"]), new Dictionary<string, string> { [knob] = value });
        }

        return engine.Requests;
    }

    /// <summary>An engine that remembers what it was asked.</summary>
    private sealed class AskedEngine : IEngine
    {
        public List<WorkerRequest> Requests { get; } = [];

        /// <summary>What was asked, in order.</summary>
        public List<string> Calls { get; } = [];

        /// <summary>How long a process takes.</summary>
        public TimeSpan Takes { get; init; }

        public string Name => "asked";

        public string Title => Name;

        public string Version => "1";

        public string Fingerprint => "1";

        public void CheckKnobs(IReadOnlyDictionary<string, string> knobs, IReadOnlySet<string> ignored)
        {
        }

        public string? FindGap(IReadOnlyDictionary<string, string> knobs, IReadOnlySet<string> ignored) => null;

        public IReadOnlyList<string> Settings(IReadOnlyDictionary<string, string> knobs) => [];

        public string? FindGap(WorkerProgram program) => null;

        public void Prepare(WorkerRequest request, TimeSpan timeout) => Calls.Add("prepare");

        public WorkerReport Measure(WorkerRequest request, TimeSpan timeout)
        {
            Calls.Add("measure");
            Requests.Add(request);
            Thread.Sleep(Takes);
            return new WorkerReport { Status = WorkerStatus.Ok, ExecuteMs = [1], PeakMemoryBytes = 70_000_000, LongestPauseMs = 2.5 };
        }
    }
}
