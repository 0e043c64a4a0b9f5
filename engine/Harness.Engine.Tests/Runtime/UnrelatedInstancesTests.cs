using System.Buffers.Binary;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>
/// Instances of modules that have nothing to do with each other but what they import: what cannot be inlined or called directly from one to the other works in every tier, and
/// each side sees what the other one does.
/// Tail calls alone are in <see cref="InstanceTailCallTests"/>.
/// </summary>
public sealed class UnrelatedInstancesTests
{
    private const int Rounds = 60;

    /// <summary>Configurations in which the same must happen.</summary>
    public static TheoryData<string> Configurations =>
    [
        "tier-up=never",
        "tier-up=eager",
        "tier-up=synchronous stress.tier-up-after=2",
        "tier-up=synchronous stress.tier-up-after=2 inlining=off",
        "tier-up=synchronous stress.tier-up-after=2 stress.guard-fail-interval=1",
        "tier-up=synchronous stress.tier-up-after=2 stress.gc-interval=1",
        "tier-up=synchronous stress.tier-up-after=2 memory.guard-pages=off stress.guard-fail-interval=3",
        "tier-up=synchronous stress.tier-up-after=2 stress.guard-fail-interval=2 stress.gc-interval=1 stress.code-regions=3",
        "tier-up=synchronous stress.tier-up-after=2 stress.cache-round-trip=on stress.guard-fail-interval=2",
        "tier-up=synchronous tiering.budget=40 osr=on osr.threshold=3 stress.guard-fail-interval=5",
        "tier-up=synchronous stress.tier-up-after=2 compile.lazy-validation=on instance.lazy-tables=on instance.lazy-functions=on instance.pool=4 stress.instance-pool=on",
        "tier-up=synchronous stress.tier-up-after=2 inlining.policy=incremental inlining.benefit.threshold=0 polymorphism-limit=1",
    ];

    /// <summary>A call site whose target is by turns of the own instance, of two others, and of the host; each target reads the memory and the global of its own instance and changes them.</summary>
    [Theory, MemberData(nameof(Configurations))]
    public void TargetsOfOneSiteBelongToManyInstances(string knobs)
    {
        const string callee = """
            (type $t (func (param i64) (result i64)))
            (memory 1) (global $g (mut i64) (i64.const 5))
            (func (export "f") (type $t)
              (i64.store (i32.const 8) (i64.add (i64.load (i32.const 8)) (local.get 0)))
              (global.set $g (i64.add (global.get $g) (i64.const 1)))
              (i64.xor (i64.load (i32.const 8)) (global.get $g)))
            """;
        const string caller = """
            (type $t (func (param i64) (result i64)))
            (import "a" "f" (func $a (type $t))) (import "b" "f" (func $b (type $t))) (import "m" "host" (func $host (type $t)))
            (memory 1) (global $g (mut i64) (i64.const 1000))
            (table $table 4 funcref) (elem (i32.const 0) func $a $own $b $host)
            (elem declare func $a $b $own $host)
            (func $own (type $t)
              (i64.store (i32.const 8) (i64.sub (i64.load (i32.const 8)) (local.get 0)))
              (i64.add (i64.load (i32.const 8)) (global.get $g)))
            (func $pick (param i32) (result (ref $t))
              (if (i32.eqz (local.get 0)) (then (return (ref.func $a))))
              (if (i32.eq (local.get 0) (i32.const 1)) (then (return (ref.func $own))))
              (if (i32.eq (local.get 0) (i32.const 2)) (then (return (ref.func $b))))
              (ref.func $host))
            (func (export "run") (param $n i32) (result i64) (local $i i32) (local $x i64)
              (loop $next
                (local.set $x (call_indirect $table (type $t) (local.get $x) (i32.and (local.get $i) (i32.const 3))))
                (global.set $g (i64.add (global.get $g) (local.get $x)))
                (local.set $x (call_ref $t (i64.extend_i32_u (local.get $i)) (call $pick (i32.and (i32.shr_u (local.get $i) (i32.const 1)) (i32.const 3)))))
                (i64.store (i32.const 8) (i64.add (i64.load (i32.const 8)) (local.get $x)))
                (local.set $x (call $a (local.get $x)))
                (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
              (i64.add (i64.load (i32.const 8)) (global.get $g)))
            """;
        using var run = new LinkedRun(knobs);
        var a = Instantiate(run, callee);
        var b = Instantiate(run, callee + " (func (export \"unlike\"))");
        var imports = new Imports().Define("a", a).Define("b", b).Define("m", "host", HostFunction.Create((long x) => x * 3));
        var own = run.Store.Instantiate(run.Store.Engine.Decode(WatAssembler.Assemble($"(module {caller})")), imports);

        (long memory, long global) ownState = (0, 1000);
        var others = new (long Memory, long Global)[] { (0, 5), (0, 5) };
        for (var round = 0; round < 3; round++)
        {
            Assert.Equal(Expected(), own.GetFunction("run").Invoke(Rounds)[0].AsI64());
        }

        long Call(int which, long x)
        {
            if (which == 3)
            {
                return x * 3;
            }

            if (which == 1)
            {
                ownState.memory -= x;
                return ownState.memory + ownState.global;
            }

            ref var other = ref others[which / 2];
            other.Memory += x;
            other.Global++;
            return other.Memory ^ other.Global;
        }

        long Expected()
        {
            long x = 0;
            for (var i = 0; i < Rounds; i++)
            {
                x = Call(i & 3, x);
                ownState.global += x;
                x = Call((i >> 1) & 3, i);
                ownState.memory += x;
                x = Call(0, x);
            }

            return ownState.memory + ownState.global;
        }
    }

    /// <summary>A memory of another instance beside the own one: the other instance lets it grow between accesses, and bytes are copied from one to the other.</summary>
    [Theory, MemberData(nameof(Configurations))]
    public void AMemoryOfAnotherInstanceGrowsWhileItIsInUse(string knobs)
    {
        const string owner = """
            (memory (export "memory") 1 200)
            (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
            (func (export "peek") (param i32) (result i32) (i32.load (local.get 0)))
            """;
        const string user = """
            (import "o" "memory" (memory $other 1))
            (import "o" "grow" (func $grow (param i32) (result i32))) (import "o" "peek" (func $peek (param i32) (result i32)))
            (memory $own 1)
            (func (export "run") (param $n i32) (result i32) (local $i i32) (local $sum i32) (local $end i32)
              (loop $next
                (local.set $end (i32.sub (i32.mul (memory.size $other) (i32.const 65536)) (i32.const 4)))
                (i32.store $other (local.get $end) (local.get $i))
                (memory.copy $own $other (i32.const 16) (local.get $end) (i32.const 4))
                (i32.store $own offset=20 (i32.const 0) (i32.add (i32.load $own (i32.const 16)) (i32.load $own (i32.const 20))))
                (local.set $sum (i32.add (local.get $sum) (call $peek (local.get $end))))
                (if (i32.eqz (i32.and (local.get $i) (i32.const 1))) (then (drop (call $grow (i32.const 1)))))
                (local.set $sum (i32.add (local.get $sum) (i32.load $other (i32.sub (i32.mul (memory.size $other) (i32.const 65536)) (i32.const 4)))))
                (memory.copy $other $own (i32.const 0) (i32.const 20) (i32.const 4))
                (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
              (i32.add (local.get $sum) (call $peek (i32.const 0))))
            (func (export "beyond") (result i32) (i32.load $other (i32.mul (memory.size $other) (i32.const 65536))))
            """;
        using var run = new LinkedRun(knobs);
        var first = Instantiate(run, owner);
        var second = Instantiate(run, user, ("o", first));
        var expected = 0;
        var own = 0;
        for (var i = 0; i < Rounds; i++)
        {
            own += i;
            expected += i + ((i & 1) == 0 ? 0 : i);
        }

        Assert.Equal(expected + own, second.GetFunction("run").Invoke(Rounds)[0].AsI32());
        var memory = first.GetMemory("memory");
        Assert.Equal(1ul + (Rounds / 2), memory.Pages);
        Assert.Equal(own, BinaryPrimitives.ReadInt32LittleEndian(memory.Span(0, 4)));
        Assert.Equal(TrapKind.MemoryOutOfBounds, Assert.Throws<WasmTrapException>(() => second.GetFunction("beyond").Invoke()).Kind);
    }

    /// <summary>A table of another instance is written, grown and copied by both while calls go through it.</summary>
    [Theory, MemberData(nameof(Configurations))]
    public void ATableOfAnotherInstanceIsWrittenByBoth(string knobs)
    {
        const string owner = """
            (type $t (func (param i32) (result i32)))
            (table (export "table") 2 100 funcref) (elem (i32.const 0) func $one $two)
            (global $g (mut i32) (i32.const 0))
            (func $one (type $t) (global.set $g (i32.add (global.get $g) (i32.const 1))) (i32.add (local.get 0) (global.get $g)))
            (func $two (type $t) (i32.mul (local.get 0) (i32.const 2)))
            (func (export "swap") (local funcref)
              (local.set 0 (table.get (i32.const 0))) (table.set (i32.const 0) (table.get (i32.const 1))) (table.set (i32.const 1) (local.get 0)))
            (func (export "call") (param i32 i32) (result i32) (call_indirect (type $t) (local.get 1) (local.get 0)))
            """;
        const string user = """
            (type $t (func (param i32) (result i32)))
            (import "o" "table" (table $table 2 funcref)) (import "o" "swap" (func $swap)) (import "o" "call" (func $call (param i32 i32) (result i32)))
            (table $own 3 funcref) (elem declare func $three)
            (func $three (type $t) (i32.sub (local.get 0) (i32.const 3)))
            (func (export "run") (param $n i32) (result i32) (local $i i32) (local $x i32)
              (loop $next
                (local.set $x (call_indirect $table (type $t) (local.get $x) (i32.and (local.get $i) (i32.const 1))))
                (local.set $x (call $call (i32.const 1) (local.get $x)))
                (call $swap)
                (if (i32.eq (i32.rem_u (local.get $i) (i32.const 7)) (i32.const 6)) (then
                  (drop (table.grow $table (ref.func $three) (i32.const 1)))
                  (table.copy $own $table (i32.const 0) (i32.sub (table.size $table) (i32.const 1)) (i32.const 1))
                  (local.set $x (call_indirect $own (type $t) (local.get $x) (i32.const 0)))
                  (local.set $x (call $call (i32.sub (table.size $table) (i32.const 1)) (local.get $x)))))
                (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
              (local.get $x))
            (func (export "null") (result i32) (call_indirect $own (type $t) (i32.const 0) (i32.const 2)))
            """;
        using var run = new LinkedRun(knobs);
        var first = Instantiate(run, owner);
        var second = Instantiate(run, user, ("o", first));
        var counter = 0;
        Func<int, int> one = value => value + ++counter;
        Func<int, int> two = value => value * 2;
        Func<int, int>[] table = [one, two];
        var x = 0;
        for (var i = 0; i < Rounds; i++)
        {
            x = table[i & 1](x);
            x = table[1](x);
            Array.Reverse(table);
            if (i % 7 == 6)
            {
                x -= 6;
            }
        }

        Assert.Equal(x, second.GetFunction("run").Invoke(Rounds)[0].AsI32());
        Assert.Equal((ulong)(2 + (Rounds / 7)), first.GetTable("table").Length);
        Assert.Equal(TrapKind.UninitializedElement, Assert.Throws<WasmTrapException>(() => second.GetFunction("null").Invoke()).Kind);
    }

    /// <summary>Exceptions go through both instances: tags count by identity, so that one of the same type and another instance's is not caught.</summary>
    [Theory, MemberData(nameof(Configurations))]
    public void ExceptionsOfAnotherInstanceAreCaughtByTheirTagAlone(string knobs)
    {
        const string thrower = """
            (tag $t (export "tag") (param i32)) (tag $other (export "other") (param i32))
            (func (export "throw") (param i32) (result i32)
              (if (i32.eqz (i32.rem_u (local.get 0) (i32.const 3))) (then (throw $t (local.get 0))))
              (if (i32.eq (i32.rem_u (local.get 0) (i32.const 3)) (i32.const 1)) (then (throw $other (local.get 0))))
              (local.get 0))
            """;
        const string middle = """
            (import "a" "throw" (func $throw (param i32) (result i32)))
            (tag $t (param i32))
            (global $passed (export "passed") (mut i32) (i32.const 0))
            (func (export "pass") (param i32) (result i32) (local $e exnref)
              (block $caught (result i32)
                (block $any (result exnref)
                  (try_table (result i32) (catch $t $caught) (catch_all_ref $any) (call $throw (local.get 0)))
                  (return))
                (global.set $passed (i32.add (global.get $passed) (i32.const 1)))
                (throw_ref))
              (drop)
              (i32.const -1000000))
            """;
        const string catcher = """
            (import "a" "tag" (tag $t (param i32))) (import "a" "other" (tag $other (param i32)))
            (import "m" "pass" (func $pass (param i32) (result i32)))
            (func $inner (param i32) (result i32)
              (block $caught (result i32) (try_table (result i32) (catch $t $caught) (call $pass (local.get 0))) (return))
              (i32.add (i32.const 100)))
            (func (export "run") (param $n i32) (result i32) (local $i i32) (local $sum i32)
              (loop $next
                (block $done
                  (block $caught (result i32)
                    (try_table (catch $other $caught) (local.set $sum (i32.add (local.get $sum) (call $inner (local.get $i)))))
                    (br $done))
                  (i32.mul (i32.const 7))
                  (local.set $sum (i32.add (local.get $sum))))
                (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
              (local.get $sum))
            (func (export "leave") (result i32) (call $inner (i32.const 1)))
            """;
        using var run = new LinkedRun(knobs);
        var a = Instantiate(run, thrower);
        var m = Instantiate(run, middle, ("a", a));
        var c = Instantiate(run, catcher, ("a", a), ("m", m));
        var expected = Enumerable.Range(0, Rounds).Sum(i => (i % 3) switch { 0 => i + 100, 1 => 7 * i, _ => i });
        for (var round = 1; round <= 3; round++)
        {
            Assert.Equal(expected, c.GetFunction("run").Invoke(Rounds)[0].AsI32());
            Assert.Equal(round * (Rounds / 3) * 2, m.GetGlobal("passed").Value.AsI32());
        }

        var left = Assert.Throws<WasmException>(() => c.GetFunction("leave").Invoke());
        Assert.Same(a.Export("other"), left.Tag);
    }

    /// <summary>Numbers, vectors and references in globals of another instance, and objects whose type both define by themselves.</summary>
    [Theory, MemberData(nameof(Configurations))]
    public void GlobalsAndObjectsOfAnotherInstanceAreShared(string knobs)
    {
        const string owner = """
            (rec (type $node (sub (struct (field (mut i64)) (field (ref null $node))))) (type $more (sub final $node (struct (field (mut i64)) (field (ref null $node)) (field f64)))))
            (type $unlike (struct (field i32)))
            (global (export "number") (mut i64) (i64.const 3)) (global (export "vector") (mut v128) (v128.const i32x4 1 2 3 4))
            (global $list (export "list") (mut (ref null $node)) (ref.null $node)) (global (export "constant") i32 (i32.const 17))
            (func (export "push") (param i64) (global.set $list (struct.new $more (local.get 0) (global.get $list) (f64.const 0.5))))
            (func (export "any") (result anyref) (if (result anyref) (ref.is_null (global.get $list)) (then (struct.new $unlike (i32.const 1))) (else (global.get $list))))
            """;
        const string user = """
            (type $extra (func (param i32)))
            (rec (type $node (sub (struct (field (mut i64)) (field (ref null $node))))) (type $more (sub final $node (struct (field (mut i64)) (field (ref null $node)) (field f64)))))
            (import "o" "number" (global $number (mut i64))) (import "o" "vector" (global $vector (mut v128)))
            (import "o" "list" (global $list (mut (ref null $node)))) (import "o" "constant" (global $constant i32))
            (import "o" "push" (func $push (param i64))) (import "o" "any" (func $any (result anyref)))
            (func (export "run") (param $n i32) (result i64) (local $i i32) (local $sum i64) (local $node (ref null $node))
              (loop $next
                (global.set $number (i64.add (global.get $number) (i64.extend_i32_u (global.get $constant))))
                (global.set $vector (i32x4.add (global.get $vector) (i32x4.splat (local.get $i))))
                (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u (ref.test (ref $more) (call $any)))))
                (call $push (global.get $number))
                (struct.set $node 0 (global.get $list) (i64.add (struct.get $node 0 (ref.cast (ref $more) (call $any))) (i64.const 1)))
                (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
              (local.set $node (global.get $list))
              (loop $walk
                (local.set $sum (i64.add (local.get $sum) (struct.get $node 0 (local.get $node))))
                (br_if $walk (i32.eqz (ref.is_null (local.tee $node (struct.get $node 1 (local.get $node)))))))
              (i64.add (local.get $sum) (i64x2.extract_lane 1 (global.get $vector))))
            """;
        using var run = new LinkedRun(knobs);
        var first = Instantiate(run, owner);
        var second = Instantiate(run, user, ("o", first));
        long sum = 0;
        long number = 3;
        uint third = 3;
        uint fourth = 4;
        for (var i = 0; i < Rounds; i++)
        {
            number += 17;
            third += (uint)i;
            fourth += (uint)i;
            sum += (i == 0 ? 0 : 1) + number + 1;
        }

        Assert.Equal(sum + (long)(((ulong)fourth << 32) | third), second.GetFunction("run").Invoke(Rounds)[0].AsI64());
        Assert.Equal(number, first.GetGlobal("number").Value.AsI64());
    }

    /// <summary>Two instances call each other deeper than the stack has room for, and shallower; each finds its own memory whenever the other returns.</summary>
    [Theory, MemberData(nameof(Configurations))]
    public void TwoInstancesCallEachOther(string knobs)
    {
        const string first = """
            (type $t (func (param i32) (result i32)))
            (memory 1) (data (i32.const 0) "\03")
            (table (export "table") 1 funcref)
            (func (export "f") (type $t)
              (if (result i32) (local.get 0)
                (then (i32.add (call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)) (i32.load (i32.const 0))))
                (else (i32.const 0))))
            """;
        const string second = """
            (type $t (func (param i32) (result i32)))
            (import "a" "f" (func $f (type $t))) (import "a" "table" (table 1 funcref))
            (memory 1) (data (i32.const 0) "\05")
            (elem (i32.const 0) func $g)
            (func $g (export "g") (type $t)
              (if (result i32) (local.get 0)
                (then (i32.add (call $f (i32.sub (local.get 0) (i32.const 1))) (i32.load (i32.const 0))))
                (else (i32.const 0))))
            """;
        using var run = new LinkedRun(knobs);
        var a = Instantiate(run, first);
        var b = Instantiate(run, second, ("a", a));
        for (var i = 0; i < 4; i++)
        {
            foreach (var depth in (int[])[0, 1, 2, 9, 500])
            {
                Assert.Equal((5 * ((depth + 1) / 2)) + (3 * (depth / 2)), b.GetFunction("g").Invoke(depth)[0].AsI32());
            }

            Assert.Equal(TrapKind.StackOverflow, Assert.Throws<WasmTrapException>(() => b.GetFunction("g").Invoke(100_000_000)).Kind);
        }
    }

    private static Instance Instantiate(LinkedRun run, string text, params (string Name, Instance Instance)[] imported)
    {
        var imports = new Imports();
        foreach (var (name, instance) in imported)
        {
            imports.Define(name, instance);
        }

        return run.Store.Instantiate(run.Store.Engine.Decode(WatAssembler.Assemble($"(module {text})")), imports);
    }
}
