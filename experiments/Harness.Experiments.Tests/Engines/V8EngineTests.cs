using Harness.Experiments.Engines;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Tests.Engines;

/// <summary>The V8 worker: what it reports, and how it fails.</summary>
public sealed class V8EngineTests : IDisposable
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

    private readonly TemporaryFolder folder = new();
    private readonly V8Engine engine = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ARepetitionReportsItsPhases()
    {
        var report = Measure(new WorkerInvocation("add1", ["i32:41"], ["i32:42"]));
        Assert.Equal(WorkerStatus.Ok, report.Status);
        Assert.Equal(4, report.ExecuteMs.Count);
        Assert.True(report.CompileMs > 0 && report.InstantiateMs > 0 && report.WarmUpMs >= 10 && report.WarmUpCalls >= 3);
        Assert.True(report.BaselineBytes > 0);
    }

    [Fact]
    public void AWrongResultIsAFailure()
    {
        var report = Measure(new WorkerInvocation("add1", ["i32:41"], ["i32:43"]));
        Assert.Equal(WorkerStatus.WrongResult, report.Status);
        Assert.Equal("add1(i32:41) gave 42 instead of i32:43", report.Message);
        Assert.Empty(report.ExecuteMs);
    }

    [Fact]
    public void ATrapIsAFailure() => Assert.Equal(WorkerStatus.Trap, Measure(new WorkerInvocation("trap", [], [])).Status);

    [Fact]
    public void AMissingExportIsAnError()
    {
        var report = Measure(new WorkerInvocation("sub1", [], []));
        Assert.Equal(WorkerStatus.Error, report.Status);
        Assert.Equal("the module exports no function 'sub1'", report.Message);
    }

    [Fact]
    public void AMalformedModuleIsAnError() =>
        Assert.Equal(WorkerStatus.Error, Measure(new WorkerInvocation("add1", ["i32:1"], ["i32:2"]), Module[..20]).Status);

    [Fact]
    public void AWorkerThatTakesTooLongIsStopped()
    {
        var report = Measure(new WorkerInvocation("add1", ["i32:1"], ["i32:2"]), timedCalls: 1_000_000_000, timeout: TimeSpan.FromSeconds(1));
        Assert.Equal(WorkerStatus.Timeout, report.Status);
    }

    [Fact]
    public void TheTraceTellsSizesTierUpsAndDeopts()
    {
        string[] trace =
        [
            "Compiled function 0x2c490b30#2 using Liftoff, took 39 μs and 16400 bytes; bodysize 29 codesize 308",
            "Compiled function 0x2c490b30#2 using TurboFan, took 966 μs and 75856 / 172184 max/total bytes; bodysize 29 codesize 260 name wasm-function#2",
            "Compiled function 0x2c490b30#1 using TurboFan, took 65 μs and 47264 / 73328 max/total bytes; bodysize 7 codesize 28 name wasm-function#1",
            "[bailout (kind: deopt-eager, reason: wrong call target, type: Wasm): begin. deoptimizing wasm-function[2], function index 2, bytecode offset 84, deopt exit 0, FP to SP delta 48, pc 0x3c6ec529ac6f]",
            "Compiled function 0x2c490b30#2 using TurboFan, took 966 μs and 75856 / 172184 max/total bytes; bodysize 29 codesize 300 name wasm-function#2",
        ];
        var report = V8Engine.AddTrace(new WorkerReport { Status = WorkerStatus.Ok }, trace);
        Assert.Equal((328, 308, 3, 1), (report.OptimizedBytes, report.BaselineBytes, report.TierUps, report.Deopts));
    }

    [Fact]
    public void KnobsWithoutAFlagAreRefusedUnlessIgnored()
    {
        var knobs = new Dictionary<string, string> { ["pass.gvn"] = "off" };
        var mistake = Assert.Throws<HarnessException>(() => engine.CheckKnobs(knobs, new HashSet<string>()));
        Assert.Contains("V8 has no flag for knob 'pass.gvn' = off", mistake.Message, StringComparison.Ordinal);
        engine.CheckKnobs(knobs, new HashSet<string> { "pass.gvn" });
        engine.CheckKnobs(new Dictionary<string, string> { ["pass.gvn"] = "on" }, new HashSet<string>());
    }

    [Fact]
    public void FlagsFollowTheKnobs() => Assert.Equal(
        ["--no-wasm-deopt", "--wasm-inlining-budget=10"],
        V8Engine.Flags(new Dictionary<string, string> { ["deopt"] = "off", ["inlining.budget"] = "10", ["pass.gvn"] = "off" }));

    private WorkerReport Measure(WorkerInvocation call, byte[]? module = null, int timedCalls = 4, TimeSpan? timeout = null)
    {
        var path = folder.File("module.wasm");
        File.WriteAllBytes(path, module ?? Module);
        var rule = new WarmUpRule(MinimumCalls: 3, MinimumMilliseconds: 10, Window: 3, Tolerance: 0.5, LimitMilliseconds: 1000);
        return engine.Measure(new WorkerRequest(path, call, call, timedCalls, rule, new Dictionary<string, string>()), timeout ?? TimeSpan.FromSeconds(60));
    }
}
