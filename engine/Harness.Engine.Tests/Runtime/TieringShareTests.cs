using Harness.Engine.Configuration;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>A new instance goes on with the budgets and the feedback of earlier ones.</summary>
public sealed class TieringShareTests
{
    private const int Caller = 4;

    private static readonly WasmModule Module = HandCompiler.Module(
        """
        (module
          (type $f (func (param i32) (result i32)))
          (import "m" "host" (func $host (type $f)))
          (table (export "t") 5 funcref)
          (elem (i32.const 0) func $one $two $three $host)
          (func $one (type $f) (i32.const 1))
          (func $two (type $f) (i32.add (local.get 0) (i32.const 2)))
          (func $three (type $f) (i32.mul (local.get 0) (i32.const 3)))
          (func (export "call") (param i32 i32) (result i32)
            (i32.add (call $one (i32.const 0)) (call_indirect (type $f) (local.get 0) (local.get 1)))))
        """);

    private static Imports Host => new Imports().Define("m", "host", HostFunction.Create((int x) => x + 100));

    private static readonly EngineOptions Options =
        EngineOptions.Default with { TierUp = TierUpMode.Synchronous, StressTierUpAfter = 8 };

    private static int[] Run(Instance instance, params int[] targets) =>
        [.. targets.Select(target => instance.GetFunction("call").Invoke(10, target)[0].AsI32())];

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void BudgetsAndFeedbackAreHandedOn(bool isShared, bool isDisposedFirst)
    {
        using var engine = new WasmEngine(Options with { TieringShare = isShared });
        var optimized = 0;
        engine.Events.Compiled += compiled => optimized += compiled is { Tier: CodeTier.Optimized, FunctionIndex: Caller } ? 1 : 0;
        using var first = new Store(engine);
        Assert.Equal([13, 31, 13, 31, 13], Run(first.Instantiate(Module, Host), 1, 2, 1, 2, 1));
        if (isDisposedFirst)
        {
            first.Dispose();
        }

        using var second = new Store(engine);
        var instance = second.Instantiate(Module, Host);
        Assert.Equal([31], Run(instance, 2));
        var feedback = FeedbackSnapshot.Read(instance, Caller)!;
        Assert.Equal(isShared ? 6 : 1, feedback.Invocations);
        Assert.Equal(isShared ? 6 : 1, feedback.Sites[0].Count);
        Assert.Equal(isShared ? FeedbackState.Polymorphic : FeedbackState.Monomorphic, feedback.Sites[1].State);
        Assert.Equal(
            isShared ? [new FeedbackTarget(2, 3), new FeedbackTarget(3, 3)] : [new FeedbackTarget(3, 1)],
            feedback.Sites[1].Targets.OrderBy(target => target.FunctionIndex));
        Assert.Equal([13, 31], Run(instance, 1, 2));
        Assert.Equal(isShared ? 1 : 0, optimized);
        Assert.Equal([13, 31, 111, 2], Run(instance, 1, 2, 3, 0));
    }

    [Fact]
    public void FunctionsOfTheHostAndOfOtherInstancesAreNotHandedOn()
    {
        using var engine = new WasmEngine(Options with { StressTierUpAfter = 100 });
        using var first = new Store(engine);
        Assert.Equal([111, 111], Run(first.Instantiate(Module, Host), 3, 3));
        using var second = new Store(engine);
        var instance = second.Instantiate(Module, Host);
        Assert.Equal([13], Run(instance, 1));
        var feedback = FeedbackSnapshot.Read(instance, Caller)!;
        Assert.Equal(3, feedback.Invocations);
        Assert.Equal([new FeedbackTarget(2, 1)], feedback.Sites[1].Targets);
    }

    [Fact]
    public void AMegamorphicSiteStaysOne()
    {
        using var engine = new WasmEngine(Options with { StressTierUpAfter = 100, PolymorphismLimit = 2 });
        using var first = new Store(engine);
        Run(first.Instantiate(Module, Host), 0, 1, 2, 0);
        first.Dispose();
        using var second = new Store(engine);
        var instance = second.Instantiate(Module, Host);
        Run(instance, 1);
        Assert.Equal(FeedbackState.Megamorphic, FeedbackSnapshot.Read(instance, Caller)!.Sites[1].State);
    }

    [Fact]
    public void DiscardedCodeStartsOverInLaterInstancesToo()
    {
        using var engine = new WasmEngine(Options with { StressTierUpAfter = 4 });
        var optimized = 0;
        engine.Events.Compiled += compiled => optimized += compiled is { Tier: CodeTier.Optimized, FunctionIndex: Caller } ? 1 : 0;
        using (var first = new Store(engine))
        {
            // Code for one target is left by the call of another.
            Assert.Equal([13, 13, 13, 13, 13, 31], Run(first.Instantiate(Module, Host), 1, 1, 1, 1, 1, 2));
            Assert.Equal(1, engine.Statistics.Deopts);
        }

        using var second = new Store(engine);
        var instance = second.Instantiate(Module, Host);
        Assert.Equal([13, 31, 13, 31, 13, 31], Run(instance, 1, 2, 1, 2, 1, 2));
        Assert.Equal(1, engine.Statistics.Deopts);
        Assert.Equal(2, optimized);
    }
}
