using System.Globalization;
using Harness.Engine.Modules.Text;
using Harness.Experiments.Costs;
using Harness.Experiments.Engines;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Tests.Costs;

/// <summary>What hosts measure around programs (instances, traps, compilation), on this engine and on Wasmtime.</summary>
public sealed class EngineCostTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ours", "")]
    [InlineData("ours", "instance.pool=10 instance.lazy-tables=on instance.lazy-functions=on stress.instance-pool=on")]
    [InlineData("wasmtime", "")]
    [InlineData("wasmtime", "instance.pool=10")]
    public void InstancesAreMade(string engine, string knobs)
    {
        foreach (var imports in new[] { "", """(import "env" "memory" (memory 2 10)) (import "env" "table" (table 3 funcref))""" })
        {
            var report = Measure(engine, "instances", $"""
                (module (import "env" "now" (func $now (result f64))) {imports}
                  (table $t 500 funcref) (elem (table $t) (i32.const 4) func $f $now) (memory $m 3) (data (memory $m) (i32.const 70000) "data")
                  (func $f (export "f") (result i32) (i32.const 1)))
                """, knobs);
            Assert.Equal(("", WorkerStatus.Ok), (report.Message, report.Status));
            var (times, mistake) = InstanceCost.Metric.Read(Assert.Single(report.Outputs).Text);
            Assert.Null(mistake);
            Assert.All(times.Values, time => Assert.InRange(time, 1e-6, 1000));
        }
    }

    [Theory]
    [InlineData("ours", "(module (import \"env\" \"g\" (global i32)))", "imports the global 'g' from 'env'")]
    [InlineData("wasmtime", "(module (import \"env\" \"g\" (global i32)))", "imports 'g' from 'env'")]
    [InlineData("v8", "(module)", "")]
    public void WhatCannotBeMeasuredIsSaid(string engine, string text, string message)
    {
        if (message.Length == 0)
        {
            Assert.NotNull(EngineCatalog.Open(engine).FindGap(Request("instances", text, "").Program));
            return;
        }

        var report = Measure(engine, "instances", text, "");
        Assert.Equal(WorkerStatus.Error, report.Status);
        Assert.Contains(message, report.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ours", "tier-up=never")]
    [InlineData("ours", "tier-up=eager")]
    [InlineData("wasmtime", "wasmtime.max_wasm_stack=2048")]
    public void TrapsAreMeasuredByDepth(string engine, string knobs)
    {
        var text = File.ReadAllText(Path.Combine(ProjectLayout.Sweeps, "modules", "stack-walk.wat"));
        var report = Measure(engine, "traps", text, knobs);
        Assert.Equal(("", WorkerStatus.Ok), (report.Message, report.Status));
        Assert.Null(TrapCost.Metric.Read(Assert.Single(report.Outputs).Text).Mistake);
    }

    /// <summary>Calls and instances that cost next to nothing take less than a step of 100 ns, and none of it is lost.</summary>
    [Fact]
    public void WhatTakesNanosecondsHasItsTime()
    {
        var (times, mistake) = TrapCost.Metric.Read(TrapCost.Measure(_ => 1, depth => depth, checks: false));
        Assert.Null(mistake);
        Assert.All(times.Values, time => Assert.True(time > 0));

        // Times are in ms: in steps of 100 ns all of them would be whole numbers of 1e-4.
        Assert.Contains(times.Values, time => Math.Abs((time * 1e4) - Math.Round(time * 1e4)) > 1e-6);
        var cost = InstanceCost.Measure(() => new Nothing(), checks: true);
        Assert.True(cost is { MakeUs: > 0, LeaveUs: > 0 });
    }

    [Theory]
    [InlineData("ours", "tier-up=never tiering.threads=2")]
    [InlineData("ours", "tier-up=eager tiering.threads=2")]
    [InlineData("wasmtime", "tier-up=never")]
    [InlineData("v8", "v8.wasm-lazy-compilation=off")]
    public void ModulesAreCompiledAgainAndAgain(string engine, string knobs)
    {
        var request = Request("compile", "(module (func (export \"f\") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))", knobs);
        var report = EngineCatalog.Open(engine).Measure(request with { Checks = false, TimedCalls = 5 }, TimeSpan.FromSeconds(120));
        Assert.Equal(("", WorkerStatus.Ok), (report.Message, report.Status));
        Assert.Equal(5, report.ExecuteMs.Count);
        Assert.All(report.ExecuteMs, time => Assert.True(time > 0));

        // The first compilation of the process: that of the first iteration, before which Wasmtime makes one more.
        Assert.True(report.CompileMs > 0);
        if (engine != "wasmtime")
        {
            Assert.Equal(report.IterationMs[0], report.CompileMs, 6);
        }

        if (engine == "ours")
        {
            Assert.True(report.DecodeMs > 0 && report.ValidateMs > 0 && report.DecodeMs + report.ValidateMs < report.CompileMs);
        }

        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{new FileInfo(_folder.File("module.wasm")).Length} bytes\n"), Assert.Single(report.Outputs).Text);
    }

    private WorkerReport Measure(string engine, string host, string text, string knobs) =>
        EngineCatalog.Open(engine).Measure(Request(host, text, knobs), TimeSpan.FromSeconds(120));

    private WorkerRequest Request(string host, string text, string knobs)
    {
        File.WriteAllBytes(_folder.File("module.wasm"), WatAssembler.Assemble(text));
        return new WorkerRequest
        {
            Program = new WorkerProgram { Name = host, Host = host, Iteration = "instance", Module = _folder.File("module.wasm"), Iterations = host == "compile" ? 0 : 1 },
            TimedCalls = 1,
            Settle = new WarmUpRule(1, 0, 1, 1, 0),
            Checks = true,
            Knobs = knobs.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(knob => knob.Split('=')).ToDictionary(knob => knob[0], knob => knob[1]),
        };
    }

    private sealed class Nothing : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
