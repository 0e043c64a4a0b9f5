using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Optimizer.Passes;
using Harness.Engine.Runtime;
using Harness.Engine.Tests.Optimizer;

namespace Harness.Engine.Tests.Runtime;

/// <summary>
/// Fuel: programs use up what is written beside them, the same in either tier, after inlining, deopts, on-stack replacement and collections; what
/// happens when it is used up.
/// </summary>
public sealed class FuelTests
{
    /// <summary>Functions of all kinds of control that call each other in all ways, and change targets and types after they were optimized.</summary>
    private const string Program = """
        (type $unary (func (param i32) (result i32)))
        (type $pair (struct (field (mut i32)) (field (ref null eq))))
        (import "m" "host" (func $host (type $unary)))
        (tag $odd (param i32))
        (tag $rare)
        (global $count (mut i32) (i32.const 0))
        (memory 1)
        (table funcref (elem $double $collatz $guarded $host $legacy $chain))
        (elem declare func $double $collatz)

        (func $double (type $unary) (i32.shl (local.get 0) (i32.const 1)))

        (func $collatz (type $unary) (local $steps i32)
          (block $done
            (loop $again
              (br_if $done (i32.le_s (local.get 0) (i32.const 1)))
              (local.set $steps (i32.add (local.get $steps) (i32.const 1)))
              (if (i32.and (local.get 0) (i32.const 1))
                (then (local.set 0 (i32.add (i32.mul (local.get 0) (i32.const 3)) (i32.const 1))))
                (else (local.set 0 (i32.shr_u (local.get 0) (i32.const 1)))))
              (br $again)))
          (local.get $steps))

        (func $throws (type $unary)
          (if (i32.and (local.get 0) (i32.const 1)) (then (throw $odd (local.get 0))))
          (if (i32.eq (local.get 0) (i32.const 12)) (then (throw $rare)))
          (i32.add (local.get 0) (i32.const 7)))

        (func $guarded (type $unary)
          (block $caught (result i32)
            (block $other
              (try_table (catch $odd $caught) (catch_all $other)
                (return (call $throws (local.get 0)))))
            (i32.const -1)))

        (func $legacy (type $unary)
          (try (result i32)
            (do (call $throws (local.get 0)))
            (catch $odd (i32.add (i32.const 5)))
            (catch_all (i32.const -2))))

        (func $chain (type $unary)
          (if (result i32) (i32.eqz (local.get 0))
            (then (i32.const 3))
            (else (return_call_indirect (type $unary)
              (i32.sub (local.get 0) (i32.const 1)) (select (i32.const 5) (i32.const 0) (i32.gt_u (local.get 0) (i32.const 1)))))))

        (func $tail (type $unary)
          (if (i32.le_s (local.get 0) (i32.const 0)) (then (return (i32.const 1))))
          (return_call $tail2 (i32.sub (local.get 0) (i32.const 1))))
        (func $tail2 (type $unary) (return_call_ref $unary (local.get 0) (ref.func $tail3)))
        (func $tail3 (type $unary) (return_call $tail (i32.sub (local.get 0) (i32.const 2))))
        (elem declare func $tail3)

        (func $objects (type $unary) (local $list (ref null $pair)) (local $sum i32)
          (loop $make
            (local.set $list (struct.new $pair (local.get 0) (local.get $list)))
            (br_if $make (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
          (block $end
            (loop $next
              (br_on_null $end (local.get $list))
              (local.set $sum (i32.add (struct.get $pair 0) (local.get $sum)))
              (local.set $list (ref.cast (ref null $pair) (struct.get $pair 1 (local.get $list))))
              (br $next)))
          (local.get $sum))

        (func $nested (type $unary) (local $i i32) (local $j i32)
          (loop $outer
            (local.set $j (i32.const 0))
            (loop $inner
              (i32.store (i32.shl (local.get $j) (i32.const 2)) (i32.add (i32.load (i32.shl (local.get $j) (i32.const 2))) (local.get $i)))
              (br_if $inner (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1))) (i32.const 9))))
            (block $two (block $one (block $zero
              (br_table $zero $one $two (i32.rem_u (local.get $i) (i32.const 4))))
              (global.set $count (i32.add (global.get $count) (i32.const 1)))
              (br $two))
              nop)
            (br_if $outer (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get 0))))
          (i32.add (i32.load (i32.const 32)) (global.get $count)))

        (func $indirect (param i32 i32) (result i32)
          (call_indirect (type $unary) (local.get 0) (local.get 1)))

        (func $spin (export "spin") (loop $forever (br $forever)))
        (func $recurse (export "recurse") (param i32) (result i32)
          (if (result i32) (i32.eqz (local.get 0))
            (then (i32.const 0))
            (else (i32.add (i32.const 1) (call $recurse (i32.sub (local.get 0) (i32.const 1)))))))

        (func (export "main") (param $n i32) (result i32) (local $i i32) (local $sum i32)
          (loop $repeat
            (local.set $sum (i32.add (local.get $sum) (call $indirect (local.get $i) (i32.rem_u (i32.div_u (local.get $i) (i32.const 7)) (i32.const 6)))))
            (local.set $sum (i32.add (local.get $sum) (call $tail (i32.and (local.get $i) (i32.const 15)))))
            (local.set $sum (i32.add (local.get $sum) (call $objects (i32.add (i32.and (local.get $i) (i32.const 3)) (i32.const 1)))))
            (local.set $sum (i32.add (local.get $sum) (call $nested (i32.and (local.get $i) (i32.const 7)))))
            (local.set $sum (i32.add (local.get $sum) (call_ref $unary (local.get $i)
              (if (result (ref $unary)) (i32.lt_u (local.get $i) (i32.const 20))
                (then (ref.func $double)) (else (ref.func $collatz))))))
            (br_if $repeat (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
          (local.get $sum))
        """;

    /// <summary>Configurations in which the same must be used up.</summary>
    public static TheoryData<string> Configurations =>
    [
        "tier-up=eager",
        "tier-up=eager interrupt.epochs=on osr=on",
        "tier-up=synchronous stress.tier-up-after=2",
        "tier-up=synchronous stress.tier-up-after=2 inlining=off",
        "tier-up=synchronous stress.tier-up-after=2 deopt=off",
        "tier-up=synchronous stress.tier-up-after=2 inlining.policy=benefit",
        "tier-up=synchronous stress.tier-up-after=2 stress.guard-fail-interval=3",
        "tier-up=synchronous stress.tier-up-after=2 stress.guard-fail-interval=2 osr=on",
        "tier-up=synchronous stress.tier-up-after=2 stress.gc-interval=1",
        "tier-up=synchronous stress.tier-up-after=2 stress.guard-fail-interval=2 stress.gc-interval=1",
        "tier-up=synchronous tiering.budget=500 osr=on",
        "tier-up=synchronous tiering.budget=300 osr=on stress.guard-fail-interval=5",
        "tier-up=synchronous stress.tier-up-after=3 pass.peel=off",
        "tier-up=synchronous stress.tier-up-after=3 pass.rotate=off pass.unroll=off",
        "tier-up=synchronous stress.tier-up-after=3 unroll.max-factor=16 unroll.max-size=1000",
        "tier-up=synchronous stress.tier-up-after=3 pass.escape-analysis=off pass.gvn=off",
        "tier-up=background tiering.budget=200 osr=on",
    ];

    private static readonly WasmModule Module = Decode(Program);

    [Theory, MemberData(nameof(Configurations))]
    public void EveryConfigurationUsesUpTheSame(string knobs)
    {
        var expected = Run("tier-up=never");
        Assert.Equal(expected, Run(knobs));
        Assert.All(expected, call => Assert.NotEqual(0, call.Fuel));
    }

    [Theory, MemberData(nameof(Configurations))]
    public void EveryConfigurationStopsAtTheSamePlace(string knobs)
    {
        foreach (var units in (long[])[0, 1, 100, 3_333, 12_345])
        {
            var expected = Stop("tier-up=never", units);
            Assert.True(expected.Consumed > units);
            Assert.Equal(expected, Stop(knobs, units));
        }
    }

    [Theory]
    [InlineData("(func)", 1)]
    [InlineData("(func nop (drop (i32.const 1)))", 2)]
    [InlineData("(func (block) (block (nop)))", 1)]
    [InlineData("(func (drop (i32.add (i32.const 1) (i32.const 2))))", 4)]
    [InlineData("(func (call $f) (call $f)) (func $f)", 5)]
    [InlineData("(func (if (i32.const 0) (then (call $f) (call $f))) (call $f)) (func $f)", 5)]
    [InlineData("(func (if (i32.const 1) (then (call $f) (call $f)) (else nop)) (call $f)) (func $f)", 9)]
    [InlineData("(func (local i32) (loop (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 10)))))", 71)]
    [InlineData("(func (block (br 0) (call $f)) (return) (call $f)) (func $f)", 2)]
    [InlineData("(func (return_call $f)) (func $f (drop (i32.const 0)))", 4)]
    [InlineData("(tag $t) (func (block (try_table (catch_all 0) (call $f) (call $f))) (call $g)) (func $f (throw $t)) (func $g)", 8)]
    [InlineData("(func (block (loop (br_table 1 0 (i32.const 0)))))", 3)]
    public void UnitsAreCountedAsDocumented(string functions, long expected)
    {
        foreach (var tier in (string[])["never", "eager"])
        {
            using var store = new Store(EngineOptions.Default.With("interrupt.fuel", "on").With("tier-up", tier));
            store.Instantiate(Decode(functions + """(export "f" (func 0))""")).GetFunction("f").Invoke();
            Assert.Equal(expected, store.FuelConsumed);
        }
    }

    [Fact]
    public void PassesKeepWhatGraphsUseUp()
    {
        const string text = """
            (module (func (param i64 i64) (result i64) (local i64)
              (loop $a
                (local.set 2 (i64.add (local.get 2) (i64.mul (local.get 0) (local.get 1))))
                (if (i32.wrap_i64 (i64.and (local.get 2) (i64.const 1))) (then (local.set 2 (i64.add (local.get 2) (i64.const 3)))))
                (br_if $a (i64.gt_s (local.tee 0 (i64.sub (local.get 0) (i64.const 1))) (i64.const 0))))
              (local.get 2)))
            """;
        var module = WasmModule.Decode(WatAssembler.Assemble(text));
        var options = EngineOptions.Default.With("interrupt.fuel", "on").With("interrupt.epochs", "on");
        for (ulong count = 1; count < 12; count++)
        {
            var plain = new GraphEvaluator(module, 10_000);
            var expected = plain.Outcome(TestGraphs.Build(module, 0, SyntheticFeedback.Random(module, 1, 1), allowDeopt: true, options), count, 5);
            var graph = TestGraphs.Build(module, 0, SyntheticFeedback.Random(module, 1, 1), allowDeopt: true, options);
            new PassPipeline(options).Run(graph, null);
            var optimized = new GraphEvaluator(module, 10_000);
            Assert.Equal(expected, optimized.Outcome(graph, count, 5));
            Assert.Equal(plain.UsedFuel, optimized.UsedFuel);
            Assert.NotEqual(0, plain.UsedFuel);
        }
    }

    [Theory]
    [InlineData("never")]
    [InlineData("eager")]
    public void TheHostCanAddFuel(string tier)
    {
        using var store = NewStore($"tier-up={tier}");
        var main = Instantiate(store).GetFunction("main");
        main.Invoke(60);
        var needed = store.FuelConsumed;
        store.Fuel = needed / 10;
        var calls = 0;
        store.OutOfFuel = asking =>
        {
            Assert.Same(store, asking);
            Assert.Equal(0, store.Fuel);
            calls++;
            return needed / 10;
        };
        main.Invoke(60);
        Assert.InRange(calls, 9, 10);
        Assert.Equal(2 * needed, store.FuelConsumed);

        // Nothing that is too little to go on with helps.
        store.OutOfFuel = _ => 0;
        Assert.Equal(TrapKind.OutOfFuel, Assert.Throws<WasmTrapException>(() => main.Invoke(60)).Kind);
        store.OutOfFuel = _ => -5;
        Assert.Equal(TrapKind.OutOfFuel, Assert.Throws<WasmTrapException>(() => main.Invoke(60)).Kind);
        store.OutOfFuel = _ => throw new FormatException("from the host");
        Assert.Equal("from the host", Assert.Throws<FormatException>(() => main.Invoke(60)).Message);
        store.OutOfFuel = null;
        store.Fuel = long.MaxValue;
        main.Invoke(60);
    }

    [Theory]
    [InlineData("never")]
    [InlineData("eager")]
    public void WhoIsAskedCannotUseTheStore(string tier)
    {
        using var store = NewStore($"tier-up={tier}");
        var instance = Instantiate(store);
        var main = instance.GetFunction("main");
        var refused = new List<string>();
        store.OutOfFuel = _ =>
        {
            foreach (var use in (Action[])[() => main.Invoke(1), () => store.CollectGarbage(), () => Instantiate(store), () => store.Fuel = 1, store.Dispose])
            {
                refused.Add(Assert.Throws<InvalidOperationException>(use).Message);
            }

            return 1_000_000_000;
        };
        store.Fuel = 100;
        main.Invoke(3);
        Assert.Equal(5, refused.Count);
        Assert.All(refused[..4], message => Assert.StartsWith("a function that is asked about fuel", message, StringComparison.Ordinal));
        main.Invoke(3);
    }

    /// <summary>An interrupt that comes after the guard of a large frame has looked for one ends that call, not the next one.</summary>
    [Fact]
    public void AnInterruptThatComesWhileALargeFrameIsRefusedEndsTheCall()
    {
        var options = EngineOptions.Default with { InterruptFuel = true, TierUp = TierUpMode.Never, StackSize = 800 };
        var module = Decode(
            $"""
            (func $large (local {string.Join(' ', Enumerable.Repeat("v128", 40_000))}) (local.set 39999 (v128.const i64x2 1 2)) (call $small))
            (func $small (export "small"))
            (func (export "main") (param i32) (if (local.get 0) (then (call $large))))
            """);
        ExecutionThread.Run(options, () =>
        {
            using var store = new Store(options);
            var instance = store.Instantiate(module);
            var asked = 0;
            store.OutOfFuel = asking =>
            {
                asked++;
                asking.Interrupt();
                return 1_000;
            };

            // It is used up at the entry of the caller, in the arm that calls, where nothing looks at it before the large frame is to be made, or not at all.
            for (var fuel = 1; fuel < 10; fuel++)
            {
                asked = 0;
                store.Fuel = fuel;
                var trap = Assert.Throws<WasmTrapException>(() => instance.GetFunction("main").Invoke(1));
                Assert.Equal(asked > 0 ? TrapKind.Interrupted : TrapKind.StackOverflow, trap.Kind);
                store.Fuel = 100;
                instance.GetFunction("small").Invoke();
            }
        });
    }

    [Fact]
    public void AnEndlessLoopAndEndlessRecursionRunOutOfFuel()
    {
        foreach (var tier in (string[])["never", "eager"])
        {
            using var store = NewStore($"tier-up={tier}");
            var instance = Instantiate(store);
            store.Fuel = 1_000_000;
            var trap = Assert.Throws<WasmTrapException>(() => instance.GetFunction("spin").Invoke());
            Assert.Equal(TrapKind.OutOfFuel, trap.Kind);
            Assert.Equal("spin", trap.CallStack[0].FunctionName);
            Assert.StartsWith("out of fuel\n", trap.Message, StringComparison.Ordinal);
            store.Fuel = 2_000;
            trap = Assert.Throws<WasmTrapException>(() => instance.GetFunction("recurse").Invoke(1_000_000));
            Assert.Equal(TrapKind.OutOfFuel, trap.Kind);
        }
    }

    [Fact]
    public void FuelIsRefusedWhereItIsNotCounted()
    {
        using var store = new Store();
        Assert.Equal(
            "fuel is not counted: the knob interrupt.fuel is off", Assert.Throws<InvalidOperationException>(() => store.Fuel = 5).Message);
        Assert.Equal(0, store.FuelConsumed);
        Assert.Equal(long.MaxValue, store.Fuel);
        using var counting = NewStore("interrupt.fuel-units=77");
        Assert.Equal(77, counting.Fuel);
        Assert.Throws<ArgumentOutOfRangeException>(() => counting.Fuel = -1);
    }

    private static (WasmValue Result, long Fuel)[] Run(string knobs)
    {
        using var store = NewStore(knobs);
        var instance = Instantiate(store);
        var calls = new List<(WasmValue Result, long Fuel)>();
        foreach (var count in (int[])[1, 12, 40, 90, 40])
        {
            var before = store.FuelConsumed;
            var result = instance.GetFunction("main").Invoke(count)[0];
            calls.Add((result, store.FuelConsumed - before));
        }

        return [.. calls];
    }

    /// <summary>What was used up when the fuel did not suffice, and where that was found out: who called is another matter where tail calls are inlined.</summary>
    private static (long Consumed, string Place) Stop(string knobs, long units)
    {
        using var store = NewStore(knobs);
        var instance = Instantiate(store);
        instance.GetFunction("main").Invoke(40);
        var before = store.FuelConsumed;
        store.Fuel = units;
        var trap = Assert.Throws<WasmTrapException>(() => instance.GetFunction("main").Invoke(1_000_000));
        Assert.Equal(TrapKind.OutOfFuel, trap.Kind);
        Assert.Equal(0, store.Fuel);
        return (store.FuelConsumed - before, $"function {trap.CallStack[0].FunctionIndex} at {trap.CallStack[0].BytecodeOffset}");
    }

    private static Store NewStore(string knobs) => new(EngineOptions.Default.With("interrupt.fuel", "on").WithKnobs(knobs));

    private static Instance Instantiate(Store store) =>
        store.Instantiate(Module, new Imports().Define("m", "host", HostFunction.Create((int x) => x - 1)));

    private static WasmModule Decode(string text) => WasmModule.Decode(WatAssembler.Assemble($"(module {text})"));
}
