using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.Tests.Optimizer;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Where a site's guards have failed, or it has seen little, it calls other targets without leaving the code.</summary>
public sealed class GivenUpSiteTests
{
    private static readonly WasmModule Module = TestGraphs.Module("""
        (module
          (type $f (func (result i32)))
          (table funcref (elem $a $b $c))
          (func $a (result i32) (i32.const 1))
          (func $b (result i32) (i32.const 2))
          (func $c (result i32) (i32.const 3))
          (func (export "call") (param i32) (result i32) (call_indirect (type $f) (local.get 0))))
        """);

    /// <summary>Calls each target in turn, often enough for the code to be optimized again after a deopt.</summary>
    private static long DeoptsUnder(EngineOptions options)
    {
        using var engine = new WasmEngine(options with { TierUp = TierUpMode.Synchronous, StressTierUpAfter = 10 });
        using var store = new Store(engine);
        var call = store.Instantiate(Module).GetFunction("call");
        for (var target = 0; target < 3; target++)
        {
            for (var i = 0; i < 30; i++)
            {
                Assert.Equal(target + 1, call.Invoke(target)[0].AsI32());
            }
        }

        return engine.Statistics.Deopts;
    }

    [Fact]
    public void EachNewTargetDeoptimizesOnce() => Assert.Equal(2, DeoptsUnder(EngineOptions.Default));

    [Fact]
    public void ASiteIsGivenUpAfterItsLimit()
    {
        Assert.Equal(1, DeoptsUnder(EngineOptions.Default with { DeoptSiteLimit = 1 }));
        Assert.Equal(2, DeoptsUnder(EngineOptions.Default with { DeoptSiteLimit = 2 }));
    }

    [Fact]
    public void ASiteThatHasSeenLittleIsNotReliedOn() => Assert.Equal(0, DeoptsUnder(EngineOptions.Default with { DeoptMinCalls = 1000 }));

    [Fact]
    public void RareTargetsAreCalledGenerically() =>
        Assert.Equal(1, DeoptsUnder(EngineOptions.Default with { PolymorphismShare = 0.6 }));
}
