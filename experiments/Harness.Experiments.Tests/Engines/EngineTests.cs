using Harness.Experiments.Engines;
using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tests.Engines;

/// <summary>The workers of every engine: what they report, and how they fail.</summary>
public sealed class EngineTests : IDisposable
{
    /// <summary>(module (func (export "add1") (param i32) (result i32) local.get 0 i32.const 1 i32.add) (func (export "trap") unreachable))</summary>
    private static readonly byte[] Module =
    [
        0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
        1, 9, 2, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 0, 0,
        3, 3, 2, 0, 1,
        7, 15, 2, 4, (byte)'a', (byte)'d', (byte)'d', (byte)'1', 0, 0, 4, (byte)'t', (byte)'r', (byte)'a', (byte)'p', 0, 1,
        10, 13, 2, 7, 0, 0x20, 0, 0x41, 1, 0x6a, 0x0b, 3, 0, 0, 0x0b,
    ];

    private readonly TemporaryFolder _folder = new();

    /// <summary>The engines that are here or come by themselves; <see cref="ForeignEngineTests"/> says what the others are skipped for.</summary>
    public static TheoryData<string> EngineNames => [.. EngineCatalog.All.Where(engine => engine.Installation.IsOnFirstNeed || engine.Installation.Inspect().IsInstalled).Select(engine => engine.Name)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(EngineNames))]
    public void ARepetitionReportsItsPhases(string engine)
    {
        var report = Measure(engine, new WorkerInvocation("add1", ["i32:41"], ["i32:42"]));
        Assert.Equal(("", WorkerStatus.Ok), (report.Message, report.Status));
        Assert.Equal(4, report.ExecuteMs.Count);
        Assert.True(report.CompileMs > 0 && report.InstantiateMs > 0 && report.WarmUpMs >= 10 && report.WarmUpCalls >= 3);
        Assert.True(report.CpuMs > 0 && report.PeakMemoryBytes > 0);
        if (engine is "ours" or "v8")
        {
            Assert.True(Measure(engine, new WorkerInvocation("add1", ["i32:41"], ["i32:42"]), counts: true).BaselineBytes > 0);
        }
    }

    [Theory]
    [MemberData(nameof(EngineNames))]
    public void AWrongResultIsAFailure(string engine)
    {
        var report = Measure(engine, new WorkerInvocation("add1", ["i32:41"], ["i32:43"]));
        Assert.Equal(WorkerStatus.WrongResult, report.Status);
        Assert.Equal("add1(i32:41) gave 42 instead of i32:43", report.Message);
        Assert.Empty(report.ExecuteMs);
    }

    [Theory]
    [MemberData(nameof(EngineNames))]
    public void ATrapIsAFailure(string engine) => Assert.Equal(WorkerStatus.Trap, Measure(engine, new WorkerInvocation("trap", [], [])).Status);

    [Theory]
    [MemberData(nameof(EngineNames))]
    public void AMissingExportIsAnError(string engine)
    {
        var report = Measure(engine, new WorkerInvocation("sub1", [], []));
        Assert.Equal((WorkerStatus.Error, "the module exports no function 'sub1'"), (report.Status, report.Message));
    }

    [Theory]
    [MemberData(nameof(EngineNames))]
    public void AMalformedModuleIsAnError(string engine) =>
        Assert.Equal(engine is "ours" or "v8" ? WorkerStatus.Error : WorkerStatus.Unsupported, Measure(engine, new WorkerInvocation("add1", ["i32:1"], ["i32:2"]), Module[..20]).Status);

    [Theory]
    [MemberData(nameof(EngineNames))]
    public void AWorkerThatTakesTooLongIsStopped(string engine)
    {
        var report = Measure(engine, new WorkerInvocation("add1", ["i32:1"], ["i32:2"]), timedCalls: 1_000_000_000, timeout: TimeSpan.FromSeconds(1));
        Assert.Equal(WorkerStatus.Timeout, report.Status);
    }

    [Fact]
    public void V8IsNotTracedWhereItIsTimed()
    {
        var call = new WorkerInvocation("add1", ["i32:1"], ["i32:2"]);
        Assert.Equal(0, Measure("v8", call).BaselineBytes);
        Assert.NotEqual(0, Measure("v8", call, counts: true).BaselineBytes);

        // The process that is timed is one, whatever it is asked for.
        Assert.Equal(0, EngineCatalog.Open("v8").Measure(MakeRequest(call, counts: true), TimeSpan.FromSeconds(60)).BaselineBytes);
    }

    /// <summary>It is one of those whose times are added up, whoever tells them.</summary>
    [Theory]
    [InlineData("ours")]
    [InlineData("v8")]
    public void TheLongestCollectionIsToldBesideTheTimeOfAll(string engine)
    {
        var program = ProgramCatalog.Read().Find("gc-allocation");
        var prepared = PreparedProgram.Prepare(program with { Timed = program.WarmUp });
        var request = new WorkerRequest
        {
            Program = prepared.Request!, TimedCalls = 1, Settle = new WarmUpRule(3, 10, 3, 0.5, 1000), Knobs = new Dictionary<string, string> { ["heap.nursery-size"] = "1024" }, Counts = true,
        };
        var (opened, limit) = (EngineCatalog.Open(engine), TimeSpan.FromSeconds(60));
        var report = opened.AddCounts(request, opened.Measure(request, limit), limit);
        Assert.Equal(("", WorkerStatus.Ok), (report.Message, report.Status));
        var collections = report.YoungCollections + report.FullCollections;
        Assert.True(collections > 0);
        Assert.InRange(report.LongestPauseMs, report.CollectionMs / collections * 0.999, report.CollectionMs * 1.001);
        Assert.True(report.LongestPauseMs > 0);
        var row = Measurement.Of(new RepetitionKey(engine, "a", "b", 1), "b", report.ExecuteMs, report, default, default);
        Assert.Equal(report.LongestPauseMs, ResultsView.FindMeasured("longest_pause_ms").ReadNumber(row));
        Assert.True(double.IsNaN(ResultsView.FindMeasured("longest_pause_ms").ReadNumber(row with { Format = 11 })));
    }

    [Fact]
    public void ThisEngineTellsDecodingFromValidationAndTheWaitFromTheCompilation()
    {
        var report = Measure("ours", new WorkerInvocation("add1", ["i32:41"], ["i32:42"]), knobs: new() { ["tiering.budget"] = "1" });
        Assert.Equal(("", WorkerStatus.Ok), (report.Message, report.Status));
        Assert.True(report is { DecodeMs: > 0, ValidateMs: > 0 } && report.DecodeMs + report.ValidateMs <= report.CompileMs);
        Assert.True(report.TierUps > 0);
        Assert.True(report.LongestQueueWaitMs > 0 && report.LongestQueueWaitMs <= report.QueueWaitMs && report.LongestCodeWaitMs <= report.CodeWaitMs);
        Assert.True(report.QueueWaitMs + report.OptimizedCompileMs <= report.CodeWaitMs + 0.001);
        var row = Measurement.Of(new RepetitionKey("ours", "a", "b", 1), "b", report.ExecuteMs, report, default, default);
        foreach (var (column, value) in ((string, double?)[])[
            ("decode_ms", report.DecodeMs), ("validate_ms", report.ValidateMs), ("queue_wait_ms", report.QueueWaitMs), ("longest_queue_wait_ms", report.LongestQueueWaitMs),
            ("code_wait_ms", report.CodeWaitMs), ("longest_code_wait_ms", report.LongestCodeWaitMs)])
        {
            Assert.True(ResultsView.FindMeasured(column).IsNumber);
            Assert.Equal(value, ResultsView.FindMeasured(column).ReadNumber(row));
            Assert.Null(ResultsView.FindMeasured(column).Read(row with { Format = 12 }));
        }
    }

    /// <summary>Nothing, where 0 would be a figure.</summary>
    [Fact]
    public void WhatV8DoesAsOneHasNoColumnsOfItsOwn()
    {
        var report = Measure("v8", new WorkerInvocation("add1", ["i32:41"], ["i32:42"]));
        Assert.Equal(WorkerStatus.Ok, report.Status);
        Assert.True(report.CompileMs > 0);
        var row = Measurement.Of(new RepetitionKey("v8", "a", "b", 1), "b", report.ExecuteMs, report, default, default);
        Assert.Null(ResultsView.FindMeasured("decode_ms").Read(row));
        using (var csv = DurableCsv<Measurement>.Open(_folder.File("phases.csv"), out _))
        {
            csv.Append(row);
        }

        Assert.EndsWith(",,,,,,\n", File.ReadAllText(_folder.File("phases.csv")), StringComparison.Ordinal);
        Assert.Equal((null, null, null), (row.ValidateMs, DurableCsv<Measurement>.Read(_folder.File("phases.csv"))[0].ValidateMs, row.QueueWaitMs));
        Assert.All(EngineCatalog.All.Where(engine => engine.Name != "ours"), engine => Assert.True(engine.Untold.IsSupersetOf(["decode_ms", "validate_ms", "queue_wait_ms", "code_wait_ms"]), engine.Name));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    [InlineData("1000000")]
    public void AnotherLayoutGivesTheSameResults(string seed)
    {
        var report = Measure("ours", new WorkerInvocation("add1", ["i32:41"], ["i32:42"]), knobs: new() { ["layout.seed"] = seed, ["tier-up"] = "eager" });
        Assert.Equal(("", WorkerStatus.Ok), (report.Message, report.Status));
    }

    private WorkerReport Measure(
        string engine, WorkerInvocation call, byte[]? module = null, int timedCalls = 4, TimeSpan? timeout = null, bool counts = false, Dictionary<string, string>? knobs = null)
    {
        var (opened, request, limit) = (EngineCatalog.Open(engine), MakeRequest(call, module, timedCalls, counts, knobs), timeout ?? TimeSpan.FromSeconds(60));
        return opened.AddCounts(request, opened.Measure(request, limit), limit);
    }

    private WorkerRequest MakeRequest(WorkerInvocation call, byte[]? module = null, int timedCalls = 4, bool counts = false, Dictionary<string, string>? knobs = null)
    {
        var path = _folder.File("module.wasm");
        File.WriteAllBytes(path, module ?? Module);
        var rule = new WarmUpRule(MinimumCalls: 3, MinimumMilliseconds: 10, Window: 3, Tolerance: 0.5, LimitMilliseconds: 1000);
        return new WorkerRequest
        {
            Program = new WorkerProgram { Name = "test", Host = "none", Module = path, Iteration = "call", WarmUp = call, Timed = call },
            TimedCalls = timedCalls,
            Settle = rule,
            Knobs = knobs ?? [],
            Counts = counts,
        };
    }
}
