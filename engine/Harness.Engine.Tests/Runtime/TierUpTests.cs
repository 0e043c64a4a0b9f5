using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Tests.Runtime;

/// <summary>When functions are optimized, and on which thread.</summary>
public sealed class TierUpTests
{
    private static readonly WasmModule Module =
        HandCompiler.Module("""(module (func $f (export "tier") (result i32) i32.const 0))""");

    /// <summary>Tells by its result which tier ran; baseline code uses up one unit of budget a call.</summary>
    private static HandCompiler Tiers() => new HandCompiler()
        .Baseline(0, w =>
        {
            var used = w.A.NewLabel();
            var goOn = w.A.NewLabel();
            w.Prologue();
            w.A.Alu(AluOp.Sub, OpSize.Dword, Mem.Base(Gpr.R14, w.Code.Layout.TieringBudget(0)), 1);
            w.A.Jcc(Condition.Sign, used);
            w.A.Bind(goOn);
            w.A.MovImm(Gpr.Rax, 1);
            w.Epilogue();
            w.A.Bind(used);
            w.A.MovImm(Gpr.R11, 0);
            w.CallStub(Stub.TierUp);
            w.Site(5);
            w.A.Jmp(goOn);
        })
        .Optimized(0, w =>
        {
            w.Prologue();
            w.A.MovImm(Gpr.Rax, 2);
            w.Epilogue();
        });

    private static int[] Run(Store store, int calls)
    {
        var function = store.Instantiate(Module).GetFunction("tier");
        return [.. Enumerable.Range(0, calls).Select(_ => function.Invoke()[0].AsI32())];
    }

    [Fact]
    public void SynchronousTierUpComesAtOnce()
    {
        using var store = Tiers().NewStore(EngineOptions.Default with { TierUp = TierUpMode.Synchronous, TieringBudget = 3 });
        Assert.Equal([1, 1, 1, 1, 2, 2], Run(store, 6));
    }

    [Fact]
    public void TheStressKnobCountsCalls()
    {
        using var store = Tiers().NewStore(EngineOptions.Default with { TierUp = TierUpMode.Synchronous, StressTierUpAfter = 2 });
        Assert.Equal([1, 1, 2], Run(store, 3));
    }

    [Fact]
    public void EagerAndNeverAreAllOfOneTier()
    {
        using var eager = Tiers().NewStore(EngineOptions.Default with { TierUp = TierUpMode.Eager });
        Assert.Equal([2, 2], Run(eager, 2));
        Assert.Equal(0, eager.Engine.Statistics.BaselineFunctions);
        using var never = Tiers().NewStore(EngineOptions.Default with { TierUp = TierUpMode.Never, TieringBudget = 1 });
        Assert.Equal([1, 1, 1, 1], Run(never, 4));
        Assert.Equal(0, never.Engine.Statistics.OptimizedFunctions);
    }

    [Fact]
    public void BackgroundTierUpSettles()
    {
        using var store = Tiers().NewStore(EngineOptions.Default with { TieringBudget = 3 });
        var function = store.Instantiate(Module).GetFunction("tier");
        for (var i = 0; i < 4; i++)
        {
            function.Invoke();
        }

        Assert.True(store.Engine.WaitUntilSettled(TimeSpan.FromSeconds(30)));
        Assert.Equal(2, function.Invoke()[0].AsI32());
        var statistics = store.Engine.Statistics;
        Assert.Equal((1, 1, 0), (statistics.BaselineFunctions, statistics.OptimizedFunctions, statistics.PendingCompilations));
        Assert.True(statistics.LiveOptimizedCodeBytes > 0);
    }

    [Fact]
    public void WithoutSharingInstancesHaveTheCodeInCommonOnly()
    {
        using var engine = Tiers().NewEngine(
            EngineOptions.Default with { TierUp = TierUpMode.Synchronous, TieringBudget = 3, TieringShare = false });
        using var first = new Store(engine);
        using var second = new Store(engine);
        Assert.Equal([1, 1, 1], Run(first, 3));
        var other = second.Instantiate(Module).GetFunction("tier");
        Assert.Equal(1, other.Invoke()[0].AsI32());
        Assert.Equal(1, engine.Statistics.BaselineFunctions);
        Assert.Equal([1, 1, 1, 1, 2], Run(first, 5));
        Assert.Equal(2, other.Invoke()[0].AsI32());
    }

    [Fact]
    public void WhatCannotBeOptimizedStaysInBaselineCode()
    {
        var limited = Tiers().Optimized(0, _ => throw new NotSupportedException("cannot compile this"));
        foreach (var mode in (TierUpMode[])[TierUpMode.Eager, TierUpMode.Synchronous])
        {
            using var store = limited.NewStore(EngineOptions.Default with { TierUp = mode, TieringBudget = 1 });
            Assert.Equal([1, 1, 1, 1], Run(store, 4));
            Assert.Equal([1, 1, 1, 1], Run(store, 4));
            Assert.Equal(1, store.Engine.Statistics.FailedCompilations);
        }
    }

    [Fact]
    public void FaultsOfTheCompilerReachTheCallerOrTheEvents()
    {
        var broken = Tiers().Optimized(0, _ => throw new InvalidDataException("cannot compile this"));
        using (var store = broken.NewStore(EngineOptions.Default with { TierUp = TierUpMode.Eager }))
        {
            Assert.Throws<InvalidDataException>(() => Run(store, 1));
        }

        using (var store = broken.NewStore(EngineOptions.Default with { TieringBudget = 1 }))
        {
            string? seen = null;
            store.Engine.Events.CompilationFailed += failed => seen = failed.Failure.Message;
            Assert.Equal([1, 1, 1], Run(store, 3));
            Assert.True(store.Engine.WaitUntilSettled(TimeSpan.FromSeconds(30)));
            Assert.Equal("cannot compile this", seen);
            Assert.Equal(1, store.Engine.Statistics.FailedCompilations);
        }
    }
}
