using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.Tests.Optimizer;
using Harness.Engine.Tests.Optimizer.Inlining;

namespace Harness.Engine.Tests.Runtime;

/// <summary>What a policy says of targets that are not inlined is what the code does: a guard leaves it, a generic call does not, and the program computes the same.</summary>
public sealed class MissHandlingTests
{
    private static readonly WasmModule Module = TestGraphs.Module("""
        (module
          (type $f (func (result i32)))
          (table funcref (elem $a $b $c))
          (func $a (result i32) (i32.const 1))
          (func $b (result i32) (i32.const 2))
          (func $c (result i32) (i32.const 3))
          (func (export "call") (param i32) (result i32) (call_indirect (type $f) (local.get 0)))
          (func (export "both") (param i32 i32) (result i32)
            (i32.add (call_indirect (type $f) (local.get 0)) (i32.mul (i32.const 10) (call_indirect (type $f) (local.get 1))))))
        """);

    private static WasmEngine NewEngine(EngineOptions options) => new(options with { TierUp = TierUpMode.Synchronous, StressTierUpAfter = 10 });

    /// <summary>Calls each target in turn, often enough for the code to be optimized again after a deopt.</summary>
    private static EngineStatistics Run(EngineOptions options)
    {
        using var engine = NewEngine(options);
        using var store = new Store(engine);
        var call = store.Instantiate(Module).GetFunction("call");
        for (var target = 0; target < 3; target++)
        {
            for (var i = 0; i < 30; i++)
            {
                Assert.Equal(target + 1, call.Invoke(target)[0].AsI32());
            }
        }

        return engine.Statistics;
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 0)]
    [InlineData(2, 1)]
    public void AGenericCallNeverDeoptimizesAndAGuardDoesUnderStressToo(int guardFailures, int collections)
    {
        var generic = Run(Stressed(MissPolicies.With<MissPolicies.GenericCalls>()));
        Assert.Equal((0, 0), (generic.Deopts, generic.StressDeopts));
        Assert.NotEqual(0, generic.OptimizedFunctions);

        var guarded = Run(Stressed(MissPolicies.With<MissPolicies.Guards>()));
        Assert.Equal((2, guardFailures > 0), (guarded.Deopts, guarded.StressDeopts > 0));

        EngineOptions Stressed(EngineOptions options) => options with { StressGuardFailInterval = guardFailures, StressGcInterval = collections };
    }

    /// <summary>A guard that the policy wants is there whatever a single site has seen; where no function may deoptimize there is none.</summary>
    [Fact]
    public void APolicyDecidesBeforeTheKnobsOfSites()
    {
        var guards = MissPolicies.With<MissPolicies.Guards>();
        Assert.Equal(2, Run(guards with { DeoptMinCalls = 1000, DeoptSiteLimit = 1 }).Deopts);
        Assert.Equal(0, Run(guards with { Deopt = false }).Deopts);
    }

    /// <summary>The knobs would call generically what was seen and is not inlined.</summary>
    [Fact]
    public void AGuardAgainstTargetsThatWereSeenEndsWithTheDeoptsOfTheFunction() =>
        Assert.Equal(3, Run(MissPolicies.With<MissPolicies.GuardedA>() with { DeoptLimit = 3 }).Deopts);

    [Fact]
    public void EachSiteOfAFunctionHasItsOwn()
    {
        using var engine = NewEngine(MissPolicies.With<MissPolicies.GuardsOfA>());
        using var store = new Store(engine);
        var both = store.Instantiate(Module).GetFunction("both");
        Call(0, 1, 21);
        Assert.NotEqual(0, engine.Statistics.OptimizedFunctions);
        Call(0, 2, 31);
        Assert.Equal(0, engine.Statistics.Deopts);
        Call(2, 1, 23);
        Assert.Equal(1, engine.Statistics.Deopts);

        void Call(int first, int second, int expected)
        {
            for (var i = 0; i < 30; i++)
            {
                Assert.Equal(expected, both.Invoke(first, second)[0].AsI32());
            }
        }
    }

    /// <summary>A deopt that costs more than a guard saves in the calls so far is not risked; in the same calls one that is cheap is.</summary>
    [Fact]
    public void BenefitPutsAPriceOnDeopts()
    {
        var benefit = EngineOptions.Default with { InliningPolicy = InliningPolicyKind.Benefit, InliningBenefitThreshold = 0 };
        Assert.Equal(2, Run(benefit).Deopts);
        Assert.Equal(2, Run(benefit with { InliningBenefitDeoptCycles = 0.1 }).Deopts);
        Assert.Equal(0, Run(benefit with { InliningBenefitDeoptCycles = 1_000_000 }).Deopts);
        Assert.Equal(2, Run(benefit with { InliningBenefitDeoptCycles = 1_000_000, InliningBenefitGuardCycles = 10_000_000 }).Deopts);
    }
}
