using Harness.Experiments.Engines;

namespace Harness.Experiments.Tests.Engines;

/// <summary>What is peculiar to V8: its trace, and its flags.</summary>
public sealed class V8EngineTests
{
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
        var mistake = Assert.Throws<HarnessException>(() => new V8Engine().CheckKnobs(knobs, new HashSet<string>()));
        Assert.Contains("V8 has no flag for knob 'pass.gvn' = off", mistake.Message, StringComparison.Ordinal);
        new V8Engine().CheckKnobs(knobs, new HashSet<string> { "pass.gvn" });
        new V8Engine().CheckKnobs(new Dictionary<string, string> { ["pass.gvn"] = "on" }, new HashSet<string>());
    }

    [Fact]
    public void FlagsFollowTheKnobs() => Assert.Equal(
        ["--no-wasm-deopt", "--wasm-inlining-budget=10"],
        V8Engine.Flags(new Dictionary<string, string> { ["deopt"] = "off", ["inlining.budget"] = "10", ["pass.gvn"] = "off" }));
}
