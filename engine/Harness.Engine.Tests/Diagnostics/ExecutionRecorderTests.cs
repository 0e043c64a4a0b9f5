using System.Text.Json;
using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Diagnostics;

/// <summary>Explanations of a small program whose only indirect call changes its target half-way.</summary>
public class ExecutionRecorderTests
{
    private const string Program =
        """
        (module
          (type $unary (func (param i32) (result i32)))
          (table 2 funcref)
          (elem (i32.const 0) $add37 $add38)
          (func $add37 (type $unary) (i32.add (local.get 0) (i32.const 37)))
          (func $add38 (type $unary) (i32.add (local.get 0) (i32.const 38)))
          (func $loop (export "loop") (param $n i32) (param $slot i32) (result i32) (local $sum i32)
            (loop $next
              (local.set $sum (i32.add (local.get $sum) (call_indirect (type $unary) (i32.const 7) (local.get $slot))))
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $sum)))
        """;

    [Fact]
    public void ARunIsExplained()
    {
        var explanation = Run(new RecorderOptions());
        Assert.Equal(["add37", "add38", "loop"], explanation.Functions.Select(function => function.Name));
        var loop = explanation.Functions[2];
        var site = Assert.Single(loop.CallSites);
        Assert.Equal("call_indirect (type 0)", site.Instruction);
        Assert.Equal("polymorphic", site.State);
        Assert.Equal(["add37", "add38"], site.Targets.Select(target => target.Name).Order());
        Assert.Equal(CompilationTier.Baseline, loop.Compilations[0].Tier);
        var optimized = loop.Compilations[1];
        Assert.Equal((CompilationTier.Optimized, 1), (optimized.Tier, optimized.InlinedCalls));
        Assert.True(optimized.CodeBytes > 0 && optimized.DeoptPoints > 0);
        var decided = Assert.Single(optimized.Inlining);
        Assert.Equal(((MissHandling?)MissHandling.Guard, false), (decided.Miss, decided.IsMissByPolicy));
        var decision = Assert.Single(decided.Targets);
        Assert.Equal(("add37", true, 1, 1), (decision.Name, decision.IsInlined, decision.Order, decision.Depth));
        Assert.Contains("check", decision.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ADeoptIsExplained()
    {
        var deopt = Assert.Single(Run(new RecorderOptions()).Deopts);
        Assert.Equal(("loop", "wrong call target"), (deopt.Function, deopt.Reason));
        var frame = Assert.Single(deopt.Frames);
        Assert.Equal("call_indirect (type 0)", frame.Instruction);
        Assert.Equal(["5", "1", "0"], frame.Locals);
        Assert.Equal(["0", "7", "1"], frame.Operands);
        Assert.InRange(deopt.Microseconds, 0.001, 1e6);
    }

    [Fact]
    public void GraphsAndCodeAreThereForTheChosenFunctions()
    {
        var explanation = Run(
            new RecorderOptions { Graphs = true, Code = true, Functions = function => function.Name == "loop" });
        Assert.All(explanation.Functions[0].Compilations, compilation => Assert.Empty(compilation.Code));
        var baseline = explanation.Functions[2].Compilations[0];
        var optimized = explanation.Functions[2].Compilations[1];
        Assert.Empty(baseline.Graphs);
        Assert.Equal("build", optimized.Graphs[0].Pass);
        Assert.Contains("peel", optimized.Graphs.Select(graph => graph.Pass));
        Assert.Contains("guard", optimized.Graphs[0].Text, StringComparison.Ordinal);
        foreach (var compilation in new[] { baseline, optimized })
        {
            Assert.Contains("call_indirect (type 0)", compilation.Code.Select(line => line.Source?.Text));
            var last = compilation.Code[^1];
            Assert.InRange(last.CodeOffset + last.Length, 1, compilation.CodeBytes);
        }
    }

    [Fact]
    public void JsonAndTextTellTheSame()
    {
        var explanation = Run(new RecorderOptions { Graphs = true, Code = true });
        using var document = JsonDocument.Parse(explanation.ToJson());
        var root = document.RootElement;
        Assert.Equal(1, root.GetProperty("schema").GetInt32());
        var optimized = root.GetProperty("functions")[2].GetProperty("compilations")[1];
        Assert.Equal("optimized", optimized.GetProperty("tier").GetString());
        var reason = optimized.GetProperty("inlining")[0].GetProperty("targets")[0].GetProperty("reason").GetString();
        Assert.Equal("guard", optimized.GetProperty("inlining")[0].GetProperty("miss").GetString());
        var text = new StringWriter();
        ExplanationTextWriter.Write(text, explanation);
        Assert.Contains($"add37: {reason}", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("call_indirect (type 0): monomorphic, guard for other targets\n", text.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
        var waits = root.GetProperty("waits");
        Assert.Equal((1, 1), (waits.GetProperty("begun").GetInt32(), waits.GetProperty("installed").GetInt32()));
        var (queued, installed) = (optimized.GetProperty("queuedMicroseconds").GetDouble(), optimized.GetProperty("untilInstalledMicroseconds").GetDouble());
        Assert.True(queued >= 0 && queued + optimized.GetProperty("compileMicroseconds").GetDouble() < installed);
        Assert.Contains(FormattableString.Invariant($"; begun {queued:F0} us after the request, installed after {installed:F0} us\n"), text.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($"waits for optimized code: 1 from request to begin, {queued:F0} us"), text.ToString(), StringComparison.Ordinal);
        Assert.False(root.GetProperty("functions")[2].GetProperty("compilations")[0].TryGetProperty("queuedMicroseconds", out _));
        Assert.Contains("deopts: 1", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AfterItsEndNothingIsRecorded()
    {
        using var engine = new WasmEngine(Options);
        var recorder = new ExecutionRecorder(engine, new RecorderOptions { Code = true });
        Assert.True(engine.Events is { WantsSteps: true, WantsListings: true, WantsEstimates: true, WantsDeopts: true });
        recorder.Dispose();
        Assert.True(engine.Events is { WantsSteps: false, WantsListings: false, WantsEstimates: false, WantsDeopts: false });
        using var store = new Store(engine);
        var instance = store.Instantiate(WasmModule.Decode(WatAssembler.Assemble(Program)), new Imports());
        instance.GetFunction("loop").Invoke(WasmValue.FromI32(10), WasmValue.FromI32(0));
        Assert.Empty(recorder.Explain(instance).Functions);
    }

    private static EngineOptions Options => EngineOptions.Default with { TierUp = TierUpMode.Synchronous, TieringBudget = 20_000 };

    private static Explanation Run(RecorderOptions recorded) => ExecutionThread.Run(Options, () =>
    {
        using var engine = new WasmEngine(Options);
        using var recorder = new ExecutionRecorder(engine, recorded);
        using var store = new Store(engine);
        var instance = store.Instantiate(WasmModule.Decode(WatAssembler.Assemble(Program)), new Imports());
        var loop = instance.GetFunction("loop");
        loop.Invoke(WasmValue.FromI32(2000), WasmValue.FromI32(0));
        loop.Invoke(WasmValue.FromI32(5), WasmValue.FromI32(0));
        loop.Invoke(WasmValue.FromI32(5), WasmValue.FromI32(1));
        return recorder.Explain(instance);
    });
}
