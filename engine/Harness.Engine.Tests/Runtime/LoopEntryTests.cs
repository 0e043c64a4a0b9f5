using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Running functions go on in optimized code at their outermost loops, with every value where it was.</summary>
public sealed class LoopEntryTests
{
    private const int Iterations = 200;

    /// <summary>Functions of the number of iterations, each with a loop that is entered.</summary>
    private static readonly (string Name, string Text)[] Functions =
    [
        (
            "locals of all types",
            """
            (func (export "f") (param $n i32) (result i64) (local $a i64) (local $b f32) (local $c f64) (local $unused i64)
              (local.set $b (f32.const 0.5))
              (loop $next
                (local.set $a (i64.add (local.get $a) (i64.extend_i32_u (local.get $n))))
                (local.set $b (f32.add (local.get $b) (f32.const 1)))
                (local.set $c (f64.add (local.get $c) (f64.promote_f32 (local.get $b))))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (i64.add (local.get $a) (i64.trunc_f64_s (local.get $c))))
            """
        ),
        (
            "parameters and operands",
            """
            (func (export "f") (param $n i32) (result i64) (local $r i64)
              i64.const 1000
              i32.const 7
              i32.const 3
              i64.const 4
              (loop $next (param i32 i64) (result i64)
                local.set $r
                drop
                i32.const 9
                (i64.add (local.get $r) (i64.extend_i32_u (local.get $n)))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))
                local.set $r
                i64.extend_i32_u
                local.get $r
                i64.add)
              local.set $r
              i64.extend_i32_u
              local.get $r
              i64.add
              i64.add)
            """
        ),
        (
            "more locals than registers",
            $"""
            (func (export "f") (param $n i32) (result i64) {string.Concat(Enumerable.Range(0, 40).Select(i => $"(local $l{i} i64)"))}
              {string.Concat(Enumerable.Range(0, 40).Select(i => $"(local.set $l{i} (i64.const {i}))"))}
              (loop $next
                {string.Concat(Enumerable.Range(0, 39).Select(i => $"(local.set $l{i} (i64.add (local.get $l{i}) (local.get $l{i + 1})))"))}
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              {string.Concat(Enumerable.Range(0, 40).Select(i => $"(local.get $l{i})"))}
              {string.Concat(Enumerable.Repeat("(i64.add)", 39))})
            """
        ),
        (
            "loops within loops",
            """
            (func (export "f") (param $n i32) (result i64) (local $i i32) (local $sum i64)
              (block $out
                (loop $outer
                  (local.set $i (i32.const 5))
                  (loop $inner
                    (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u (i32.mul (local.get $i) (local.get $n)))))
                    (br_if $out (i64.gt_u (local.get $sum) (i64.const 200000)))
                    (br_if $inner (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
                  (br_if $outer (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
              (local.get $sum))
            """
        ),
        (
            "one loop after another, in an arm",
            """
            (func (export "f") (param $n i32) (result i64) (local $m i32) (local $sum i64)
              (local.set $m (local.get $n))
              (if (result i64) (local.get $n)
                (then
                  (loop $first
                    (local.set $sum (i64.add (local.get $sum) (i64.const 2)))
                    (br_if $first (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                  (loop $second
                    (local.set $sum (i64.mul (local.get $sum) (i64.const 3)))
                    (br_if $second (local.tee $m (i32.sub (local.get $m) (i32.const 1)))))
                  (local.get $sum))
                (else (i64.const -1))))
            """
        ),
        (
            "references and allocation",
            """
            (type $list (struct (field $value i64) (field $next (ref null $list))))
            (func (export "f") (param $n i32) (result i64) (local $head (ref null $list)) (local $sum i64) (local $last (ref $list))
              (loop $next
                (local.set $head (struct.new $list (i64.extend_i32_u (local.get $n)) (local.get $head)))
                (local.set $last (ref.as_non_null (local.get $head)))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (loop $walk
                (local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const 3)) (struct.get $list $value (local.get $head))))
                (br_if $walk (i32.eqz (ref.is_null (local.tee $head (struct.get $list $next (local.get $head)))))))
              (local.get $sum))
            """
        ),
        (
            "targets that change",
            """
            (type $t (func (param i64) (result i64)))
            (table funcref (elem $one $two $three))
            (func $one (type $t) (i64.add (local.get 0) (i64.const 1)))
            (func $two (type $t) (i64.mul (local.get 0) (i64.const 3)))
            (func $three (type $t) (i64.xor (local.get 0) (i64.const 0x5555)))
            (func (export "f") (param $n i32) (result i64) (local $x i64)
              (loop $next
                (local.set $x (call_indirect (type $t) (local.get $x) (i32.div_u (local.get $n) (i32.const 70))))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (local.get $x))
            """
        ),
        (
            "exceptions that are caught around the loop and in it",
            """
            (tag $t (param i64))
            (func $throws (param $n i32) (if (i32.eqz (i32.rem_u (local.get $n) (i32.const 7))) (then (throw $t (i64.extend_i32_u (local.get $n))))))
            (func (export "f") (param $n i32) (result i64) (local $sum i64)
              (block $caught (result i64)
                (try_table (catch $t $caught)
                  (loop $next
                    (block $here (result i64)
                      (try_table (catch $t $here) (call $throws (local.get $n)))
                      (i64.const 1))
                    (local.set $sum (i64.add (local.get $sum)))
                    (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                  (call $throws (i32.const 14)))
                (i64.const 0))
              (i64.add (local.get $sum)))
            """
        ),
        (
            "parameters on the stack",
            """
            (func (export "f") (param $n i32) (result i64)
              (call $many (local.get $n) (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4) (i64.const 5) (i64.const 6) (i64.const 7) (i64.const 8)))
            (func $many (param $n i32) (param $a i64) (param $b i64) (param $c i64) (param $d i64) (param $e i64) (param $f i64) (param $g i64) (param $h i64)
              (result i64)
              (loop $next
                (local.set $h (i64.add (i64.mul (local.get $h) (local.get $g)) (local.get $a)))
                (local.set $g (i64.add (local.get $g) (local.get $f)))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (i64.add (local.get $h) (i64.add (local.get $b) (i64.add (local.get $c) (i64.add (local.get $d) (local.get $e))))))
            """
        ),
    ];

    public static TheoryData<string> Names => [.. Functions.Select(function => function.Name)];

    private static EngineOptions Entering => EngineOptions.Default with { Osr = true, TierUp = TierUpMode.Synchronous, TieringBudget = 50 };

    [Theory]
    [MemberData(nameof(Names))]
    public void ResultsAreThoseOfBaselineCode(string name)
    {
        var text = Functions.First(function => function.Name == name).Text;
        var expected = Run(text, EngineOptions.Default with { TierUp = TierUpMode.Never }, out var none);
        Assert.Equal(0, none);
        foreach (var options in (EngineOptions[])
                 [Entering, Entering with { Deopt = false }, Entering with { StressGuardFailInterval = 3 }, Entering with { StressGcInterval = 2 },
                  Entering with { Inlining = false, PassPeel = false }, Entering with { TieringBudget = 1 },
                  Entering with { OsrThreshold = 7 }, Entering with { OsrThreshold = 3, StressGuardFailInterval = 3, StressGcInterval = 2 }])
        {
            Assert.Equal(expected, Run(text, options, out var entered));
            Assert.True(entered > 0, $"{name}: no loop was entered");
        }
    }

    [Fact]
    public void ALoopIsEnteredThatIsCompiledInTheBackground()
    {
        using var store = new Store(EngineOptions.Default with { Osr = true, TieringBudget = 1000 });
        var loops = new Loops(store);
        var instance = store.Instantiate(HandCompiler.Module(
            """
            (module
              (func (export "f") (result i64) (local $n i64)
                (loop $next
                  (local.set $n (i64.add (local.get $n) (i64.const 1)))
                  (br_if $next (i64.lt_u (local.get $n) (i64.const 500000000))))
                (local.get $n)))
            """));
        Assert.Equal(500_000_000, instance.GetFunction("f").Invoke()[0].AsI64());
        Assert.Equal(1, loops.Count);
    }

    [Fact]
    public void TrapsAndInterruptsKnowTheirPlace()
    {
        using var store = new Store(Entering);
        var loops = new Loops(store);
        var instance = store.Instantiate(HandCompiler.Module(
            """
            (module
              (func (export "f") (param $n i32) (result i32) (local $sum i32)
                (loop $next
                  (local.set $sum (i32.add (local.get $sum) (i32.div_u (i32.const 100) (local.get $n))))
                  (local.set $n (i32.sub (local.get $n) (i32.const 1)))
                  (br $next))
                (unreachable)))
            """));
        var trap = Assert.Throws<WasmTrapException>(() => instance.GetFunction("f").Invoke(Iterations));
        Assert.Equal(TrapKind.IntegerDivideByZero, trap.Kind);
        Assert.Equal(1, loops.Count);
        var frame = Assert.Single(trap.CallStack);
        Assert.Equal(Opcode.I32DivU, OpcodeAt(instance.Module, frame.BytecodeOffset));
    }

    /// <summary>Guards that are moved before the loop resume at its header, where the code was entered.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void ALoopThatStressLeavesBeforeItGetsOnIsNotEnteredForEver(int interval)
    {
        using var store = new Store(Entering with { StressGuardFailInterval = interval });
        var deopts = 0;
        store.Engine.Events.Deoptimized += _ =>
        {
            if (++deopts > 10_000)
            {
                throw new InvalidOperationException("the loop does not get on");
            }
        };
        var instance = store.Instantiate(HandCompiler.Module(
            """
            (module
              (type $t (func (param i64) (result i64)))
              (table funcref (elem $one $three))
              (func $one (type $t) (i64.add (local.get 0) (i64.const 1)))
              (func $three (type $t) (i64.mul (local.get 0) (i64.const 3)))
              (func (export "f") (param $n i32) (param $which i32) (result i64) (local $x i64)
                (loop $next
                  (local.set $x (call_indirect (type $t) (local.get $x) (local.get $which)))
                  (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (local.get $x)))
            """));
        Assert.Equal(Iterations, instance.GetFunction("f").Invoke(Iterations, 0)[0].AsI64());
    }

    [Fact]
    public void WithoutTheKnobNothingIsEntered()
    {
        Run(Functions[0].Text, Entering with { Osr = false }, out var entered);
        Assert.Equal(0, entered);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(40)]
    public void ALoopIsEnteredAfterAsManyIterationsAsTheThresholdSays(int threshold)
    {
        using var store = new Store(Entering with { OsrThreshold = threshold });
        var ticks = 0;
        var optimizedAt = -1;
        var enteredAt = -1;
        store.Engine.Events.Compiled += compiled =>
        {
            if (compiled.Code!.LoopOffset >= 0)
            {
                enteredAt = ticks;
            }
            else if (compiled.Code.Tier == CodeTier.Optimized)
            {
                optimizedAt = ticks;
            }
        };
        var instance = store.Instantiate(TickingLoop, new Imports().Define("host", "tick", HostFunction.Create(() => { ticks++; })));
        instance.GetFunction("f").Invoke(Iterations);
        Assert.Equal(Iterations, ticks);

        // The header where the function is optimized has asked already, so that one iteration always comes between.
        Assert.Equal(optimizedAt + threshold + 1, enteredAt);

        // Whoever comes after the entry counts anew.
        Assert.Equal(threshold + 1, instance.LoopRequest(1));
    }

    [Fact]
    public void ALoopThatEndsBeforeTheThresholdIsNotEntered()
    {
        var text = Functions[0].Text;
        var expected = Run(text, EngineOptions.Default with { TierUp = TierUpMode.Never }, out _);
        Assert.Equal(expected, Run(text, Entering with { OsrThreshold = Iterations }, out var entered));
        Assert.Equal(0, entered);
    }

    private static WasmModule TickingLoop => HandCompiler.Module(
        """
        (module
          (func $tick (import "host" "tick"))
          (func (export "f") (param $n i32)
            (loop $next
              (call $tick)
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))
        """);

    private static long Run(string text, EngineOptions options, out int entered)
    {
        using var store = new Store(options);
        var loops = new Loops(store);
        var instance = store.Instantiate(HandCompiler.Module($"(module {text})"));
        var result = instance.GetFunction("f").Invoke(Iterations)[0].AsI64();
        entered = loops.Count;
        return result;
    }

    /// <summary>Counts the loops of which optimized code is made.</summary>
    private sealed class Loops
    {
        public Loops(Store store) => store.Engine.Events.Compiled += compiled => Count += compiled.Code!.LoopOffset >= 0 ? 1 : 0;

        public int Count { get; private set; }
    }

    private static Opcode OpcodeAt(WasmModule module, int offset) => new BytecodeReader(module, offset, module.Bytes.Length).ReadOpcode();
}
