using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Tail calls from one instance to another: they take no stack, and whoever called finds its own instance again.</summary>
public sealed class InstanceTailCallTests
{
    /// <summary>Far more calls than the stack has room for.</summary>
    private const int Endless = 2_000_000;

    /// <summary>Configurations in which the same must happen.</summary>
    public static TheoryData<string> Configurations =>
    [
        "tier-up=never",
        "tier-up=eager",
        "tier-up=synchronous stress.tier-up-after=2",
        "tier-up=synchronous stress.tier-up-after=2 inlining=off",
        "tier-up=synchronous stress.tier-up-after=2 stress.guard-fail-interval=3",
        "tier-up=synchronous stress.tier-up-after=2 stress.gc-interval=1",
        "tier-up=synchronous stress.tier-up-after=2 stress.guard-fail-interval=2 stress.gc-interval=1",
        "tier-up=synchronous stress.tier-up-after=2 stress.guard-fail-interval=2 stress.gc-interval=1 stress.code-regions=3",
    ];

    [Theory, MemberData(nameof(Configurations))]
    public void ChainsBetweenInstancesTakeNoStack(string knobs)
    {
        // There by import, table or reference, back by table: whichever the depth tells.
        const string there = """
            (type $t (func (param i32 i64) (result i64)))
            (table (export "table") 2 funcref)
            (func (export "there") (type $t)
              (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
              (return_call_indirect (type $t)
                (i32.sub (local.get 0) (i32.const 1)) (i64.add (local.get 1) (i64.const 3)) (i32.const 0)))
            """;
        const string back = """
            (type $t (func (param i32 i64) (result i64)))
            (import "a" "table" (table 2 funcref))
            (import "a" "there" (func $there (type $t)))
            (elem (i32.const 0) func $back)
            (elem declare func $there)
            (func $back (export "back") (type $t)
              (if (i32.and (local.get 0) (i32.const 2))
                (then (return_call $there (local.get 0) (local.get 1))))
              (return_call_ref $t (local.get 0) (i64.add (local.get 1) (i64.const 1)) (ref.func $there)))
            (func (export "from here") (type $t)
              (i64.add (call $back (local.get 0) (local.get 1)) (i64.const 1000)))
            """;
        using var run = new LinkedRun(knobs);
        var first = run.Instantiate(there);
        var second = run.Instantiate(back, ("a", first));
        var expected = (3L * Endless) + Enumerable.Range(0, Endless + 1).LongCount(depth => (depth & 2) == 0);
        Assert.Equal(expected, second.GetFunction("back").Invoke(Endless, 0L)[0]);
        Assert.Equal(expected + 1000, second.GetFunction("from here").Invoke(Endless, 0L)[0]);
        Assert.Equal(expected - 1, first.GetFunction("there").Invoke(Endless, 0L)[0]);
    }

    [Theory, MemberData(nameof(Configurations))]
    public void ChainsThroughInstancesOfOneModuleTakeNoStack(string knobs)
    {
        // Three instances share code and pass a call around.
        const string text = """
            (type $t (func (param i32 i32) (result i32)))
            (global $own (import "m" "own") i32)
            (global $next (mut (ref null $t)) (ref.null $t))
            (func (export "set") (param funcref) (global.set $next (ref.cast (ref $t) (local.get 0))))
            (func (export "pass") (type $t)
              (if (i32.eqz (local.get 0)) (then (return (i32.add (local.get 1) (global.get $own)))))
              (return_call_ref $t
                (i32.sub (local.get 0) (i32.const 1)) (i32.xor (local.get 1) (global.get $own)) (global.get $next)))
            """;
        using var run = new LinkedRun(knobs);
        var module = LinkedRun.Decode(text);
        var ring = new Instance[3];
        for (var i = 0; i < ring.Length; i++)
        {
            var own = new Global(run.Store, new GlobalType(ValueType.I32, IsMutable: false), 1 << (4 * i));
            ring[i] = run.Store.Instantiate(module, new Imports().Define("m", "own", own));
        }

        for (var i = 0; i < ring.Length; i++)
        {
            ring[i].GetFunction("set").Invoke(WasmValue.FromFunction(ring[(i + 1) % ring.Length].GetFunction("pass")));
        }

        // 2,000,000 = 3 * 666,666 + 2: the first two owe one more than an even number each.
        Assert.Equal(0x011 + 0x100, ring[0].GetFunction("pass").Invoke(Endless, 0)[0]);
        Assert.Equal(0x110 + 0x001, ring[1].GetFunction("pass").Invoke(Endless, 0)[0]);
    }

    [Theory, MemberData(nameof(Configurations))]
    public void CallersFindTheirOwnMemoryAndGlobals(string knobs)
    {
        // $direct, $through and $inlined are called directly, end in the other instance and are left from there.
        const string other = """
            (memory 1) (data (i32.const 4) "\64")
            (global $g (mut i32) (i32.const 1000))
            (type $t (func (param i32) (result i32)))
            (func (export "f") (type $t) (i32.add (i32.load (i32.const 4)) (i32.add (local.get 0) (global.get $g))))
            """;
        const string own = """
            (type $t (func (param i32) (result i32)))
            (import "other" "f" (func $f (type $t)))
            (memory 1) (data (i32.const 4) "\07")
            (global $g (mut i32) (i32.const 20))
            (table funcref (elem $f))
            (func $direct (type $t) (return_call $f (local.get 0)))
            (func $indirect (type $t) (return_call_indirect (type $t) (local.get 0) (i32.const 0)))
            (func $ref (type $t) (return_call_ref $t (local.get 0) (ref.func $f)))
            (func $through (type $t)
              (if (i32.and (local.get 0) (i32.const 1)) (then (return_call $indirect (local.get 0))))
              (return_call $ref (local.get 0)))
            (func $after (param i32) (result i32)
              (i32.add (local.get 0) (i32.add (i32.load (i32.const 4)) (global.get $g))))
            (func (export "direct") (type $t) (call $after (call $direct (local.get 0))))
            (func (export "indirect") (type $t) (call $after (call $indirect (local.get 0))))
            (func (export "ref") (type $t) (call $after (call $ref (local.get 0))))
            (func (export "through") (type $t)
              (i32.store (i32.const 4) (i32.const 7))
              (call $through (local.get 0))
              (i32.add (i32.load (i32.const 4)))
              (i32.add (global.get $g))
              (global.set $g (i32.const 20)))
            (func (export "loop") (param $n i32) (result i32) (local $sum i32)
              (loop $next
                (local.set $sum (i32.add (local.get $sum) (call $after (call $through (local.get $n)))))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (local.get $sum))
            """;
        using var run = new LinkedRun(knobs);
        var instance = run.Instantiate(own, ("other", run.Instantiate(other)));
        for (var i = 0; i < 6; i++)
        {
            foreach (var name in (string[])["direct", "indirect", "ref", "through"])
            {
                Assert.Equal(1100 + i + 27, instance.GetFunction(name).Invoke(i)[0]);
            }

            Assert.Equal((100 * 1127) + 5050, instance.GetFunction("loop").Invoke(100)[0]);
        }
    }

    [Theory, MemberData(nameof(Configurations))]
    public void OrdinaryCallsGiveCalleesTheirOwnMemory(string knobs)
    {
        const string other = """
            (memory 1) (data (i32.const 4) "\64")
            (type $t (func (param i32) (result i32)))
            (func (export "f") (type $t) (i32.add (i32.load (local.get 0)) (i32.const 1)))
            """;
        const string calls = """
            (type $t (func (param i32) (result i32)))
            (import "other" "f" (func $f (type $t)))
            (table funcref (elem $f))
            (func (export "import") (type $t) (i32.add (call $f (local.get 0)) (i32.const 1)))
            (func (export "table") (type $t) (i32.add (call_indirect (type $t) (local.get 0) (i32.const 0)) (i32.const 1)))
            (func (export "ref") (type $t) (i32.add (call_ref $t (local.get 0) (ref.func $f)) (i32.const 1)))
            """;
        using var run = new LinkedRun(knobs);
        var imported = run.Instantiate(other);
        foreach (var instance in (Instance[])
                 [run.Instantiate(calls, ("other", imported)), run.Instantiate(calls + "(memory 1)", ("other", imported))])
        {
            foreach (var name in (string[])["import", "table", "ref"])
            {
                for (var i = 0; i < 5; i++)
                {
                    Assert.Equal(102, instance.GetFunction(name).Invoke(4)[0]);
                    Assert.Equal(2, instance.GetFunction(name).Invoke(8)[0]);
                }
            }
        }
    }

    [Theory, MemberData(nameof(Configurations))]
    public void CalleesMayTakeMoreOnTheStackThanTheirCallers(string knobs)
    {
        // 2 parameters, 24 of all kinds and 13; 9 results, most of them in memory.
        string[] kinds = ["i32", "f64", "i64", "f32"];
        var many = string.Join(' ', Enumerable.Range(0, 24).Select(i => kinds[i % 4]));
        const string middle = "i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64";
        const string results = "i64 i64 i64 i64 i64 i64 f64 i64 i64";
        var types = $"""
            (type $few (func (param i32 i64) (result {results})))
            (type $many (func (param {many}) (result {results})))
            (type $middle (func (param {middle}) (result {results})))
            """;
        var constants = string.Concat(Enumerable.Range(2, 22).Select(i => i % 4 == 2
            ? "(local.get 1) " : i % 4 == 0 ? $"(i32.const {i}) " : $"({kinds[i % 4]}.const {i}) "));
        var wide = $"""
            {types}
            (table (export "table") 3 funcref)
            (elem (i32.const 1) func $many)
            (func $many (export "many") (type $many)
              (if (i32.eqz (local.get 0)) (then (return_call_indirect (type $middle)
                (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4) (i64.const 5) (i64.const 6) (i64.const 7) (i64.const 8)
                (i64.const 9) (i64.trunc_f64_s (local.get 21)) (i64.extend_i32_s (local.get 20)) (local.get 2) (local.get 22)
                (i32.const 2))))
              (return_call_indirect (type $few) (i32.sub (local.get 0) (i32.const 1)) (local.get 22) (i32.const 0)))
            """;
        var narrow = $"""
            {types}
            (import "wide" "table" (table 3 funcref))
            (import "wide" "many" (func $many (type $many)))
            (elem (i32.const 0) func $few)
            (elem (i32.const 2) func $middle)
            (memory 1) (data (i32.const 0) "\2a")
            (func $few (export "few") (type $few)
              (return_call $many (local.get 0) (f64.const 1) {constants}))
            (func $middle (type $middle)
              (local.get 0) (local.get 8) (local.get 9) (local.get 10) (local.get 11) (local.get 12)
              (f64.const 0.5) (i64.load8_u (i32.const 0)) (i64.const -1))
            (func (export "sum") (param i32) (result i64) (local $last i64)
              (call $few (local.get 0) (i64.const 77))
              (i64.add) (local.set $last) (drop)
              (i64.add) (i64.add) (i64.add) (i64.add) (i64.add)
              (i64.add (local.get $last)) (i64.add (i64.load8_u (i32.const 0))))
            """;
        using var run = new LinkedRun(knobs);
        var instance = run.Instantiate(narrow, ("wide", run.Instantiate(wide)));
        WasmValue[] expected = [1L, 9L, 21L, 20L, 77L, 77L, 0.5, 42L, -1L];
        foreach (var depth in (int[])[0, 1, 2, 3, Endless / 4])
        {
            Assert.Equal(expected, instance.GetFunction("few").Invoke(depth, 77L));
            Assert.Equal(1L + 9 + 21 + 20 + 77 + 77 + 42 - 1 + 42, instance.GetFunction("sum").Invoke(depth)[0]);
        }
    }

    [Theory, MemberData(nameof(Configurations))]
    public void ReferencesArriveThoughObjectsMove(string knobs)
    {
        // A new object at every hop, most references on the stack; the caller keeps one in its frame.
        var parameters = string.Concat(Enumerable.Repeat("(ref null $box) ", 12));
        var rotated = string.Concat(Enumerable.Range(2, 11).Select(i => $"(local.get {i}) "));
        var types = $"""
            (rec (type $box (struct (field $value (mut i32)) (field $next (ref null $box)))))
            (type $t (func (param i32) (param {parameters}) (result (ref null $box))))
            """;
        var hop = $"""
            {types}
            (import "m" "table" (table 2 funcref))
            (global $own (mut (ref null $box)) (ref.null $box))
            (func $hop (export "hop") (type $t)
              (if (i32.eqz (local.get 0)) (then (return (local.get 12))))
              (global.set $own (struct.new $box (i32.const 5) (ref.null $box)))
              (return_call_indirect (type $t)
                (i32.sub (local.get 0) (i32.const 1)) {rotated}
                (struct.new $box (i32.add (local.get 0) (struct.get $box $value (local.get 1))) (ref.null $box))
                (i32.and (local.get 0) (i32.const 1))))
            (func (export "run") (param $depth i32) (result i32) (local $kept (ref null $box))
              (local.set $kept (struct.new $box (i32.const 1000000) (ref.null $box)))
              (call $hop (local.get $depth) {string.Concat(Enumerable.Range(1, 12).Select(i => $"(struct.new $box (i32.const {i}) (ref.null $box)) "))})
              (struct.get $box $value)
              (i32.add (struct.get $box $value (local.get $kept))))
            """;
        using var run = new LinkedRun(knobs);
        var table = new Table(run.Store, new TableType(ValueType.FuncRef, new Limits(2, null), Is64: false), WasmValue.FromFunction(null));
        var imports = new Imports().Define("m", "table", table);
        Instance[] instances = [.. Enumerable.Range(0, 2).Select(_ => run.Store.Instantiate(LinkedRun.Decode(hop), imports))];
        for (var i = 0; i < 2; i++)
        {
            table[(ulong)i] = WasmValue.FromFunction(instances[i].GetFunction("hop"));
        }

        foreach (var depth in (int[])[0, 1, 11, 12, 13, 30, 1000])
        {
            // The values as the hops make them.
            var values = new Queue<int>(Enumerable.Range(1, 12));
            for (var left = depth; left > 0; left--)
            {
                values.Enqueue(left + values.Dequeue());
            }

            Assert.Equal(1_000_000 + values.Last(), instances[0].GetFunction("run").Invoke(depth)[0]);
        }
    }

    [Theory, MemberData(nameof(Configurations))]
    public void FunctionsOfTheHostAreToldWhoCalls(string knobs)
    {
        const string text = """
            (type $t (func (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
            (import "m" "host" (func $host (type $t)))
            (memory 1) (data (i32.const 0) "\09")
            (table (export "table") 1 funcref)
            (elem (i32.const 0) func $host)
            (func $direct (type $t)
              (return_call $host (local.get 9) (local.get 8) (local.get 7) (local.get 6) (local.get 5)
                (local.get 4) (local.get 3) (local.get 2) (local.get 1) (local.get 0)))
            (func $indirect (type $t)
              (return_call_indirect (type $t) (local.get 9) (local.get 8) (local.get 7) (local.get 6) (local.get 5)
                (local.get 4) (local.get 3) (local.get 2) (local.get 1) (local.get 0) (i32.const 0)))
            (func $ref (type $t)
              (return_call_ref $t (local.get 9) (local.get 8) (local.get 7) (local.get 6) (local.get 5)
                (local.get 4) (local.get 3) (local.get 2) (local.get 1) (local.get 0) (ref.func $host)))
            (func $run (export "run") (param i32) (result i32)
              (block (block (block (br_table 0 1 2 (local.get 0)))
                  (return (call $after (call $direct (local.get 0) (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4)
                    (i32.const 5) (i32.const 6) (i32.const 7) (i32.const 8) (i32.const 9)))))
                (return (call $after (call $indirect (local.get 0) (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4)
                  (i32.const 5) (i32.const 6) (i32.const 7) (i32.const 8) (i32.const 9)))))
              (call $after (call $ref (local.get 0) (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4)
                (i32.const 5) (i32.const 6) (i32.const 7) (i32.const 8) (i32.const 9))))
            (func $after (param i32) (result i32) (i32.add (local.get 0) (i32.load8_u (i32.const 0))))
            (func (export "leave") (param i32) (result i32)
              (return_call $direct (local.get 0) (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4)
                (i32.const 5) (i32.const 6) (i32.const 7) (i32.const 8) (i32.const 9)))
            """;
        using var run = new LinkedRun(knobs);
        Instance? instance = null;
        var callbacks = 0;
        var type = FunctionType.Of([.. Enumerable.Repeat(ValueType.I32, 10)], [ValueType.I32]);
        instance = run.Store.Instantiate(LinkedRun.Decode(text), new Imports().Define("m", "host", HostFunction.Create(
            type,
            (caller, arguments, results) =>
            {
                Assert.Same(instance, caller.Instance);
                Assert.Equal(9, arguments[0].AsI32());
                Assert.Equal(1, arguments[8].AsI32());
                var which = arguments[9].AsI32();
                if (which == 3)
                {
                    callbacks++;
                    results[0] = 1 + instance!.GetFunction("run").Invoke(0)[0].AsI32();
                }
                else
                {
                    results[0] = 100 + which;
                }
            })));
        for (var i = 0; i < 6; i++)
        {
            for (var which = 0; which < 3; which++)
            {
                Assert.Equal(109 + which, instance.GetFunction("run").Invoke(which)[0]);
            }

            Assert.Equal(109 + 1 + 9, instance.GetFunction("run").Invoke(3)[0]);
            Assert.Equal(105, instance.GetFunction("leave").Invoke(5)[0]);
        }

        Assert.Equal(6, callbacks);
    }

    [Theory, MemberData(nameof(Configurations))]
    public void AHandlerOfTheFunctionThatMadeWayCatchesNothing(string knobs)
    {
        const string other = """
            (import "m" "e" (tag $e (param i32)))
            (memory 1) (data (i32.const 0) "\64")
            (func (export "throw") (param i32) (throw $e (i32.add (local.get 0) (i32.load8_u (i32.const 0)))))
            """;
        const string own = """
            (import "m" "e" (tag $e (param i32)))
            (import "other" "throw" (func $throw (param i32)))
            (import "m" "host" (func $host (param i32)))
            (type $t (func (param i32)))
            (table funcref (elem $throw $host))
            (memory 1) (data (i32.const 0) "\05")
            (func $tail (param $x i32) (param $which i32)
              (block $wrong (result i32)
                (try_table (catch $e $wrong)
                  (if (i32.eqz (local.get $which)) (then (return_call $throw (local.get $x))))
                  (if (i32.eq (local.get $which) (i32.const 1)) (then (return_call $host (local.get $x))))
                  (return_call_indirect (type $t) (local.get $x) (i32.sub (local.get $which) (i32.const 2))))
                (unreachable))
              (unreachable))
            (func (export "f") (param $x i32) (param $which i32) (result i32)
              (block $caught (result i32)
                (try_table (catch $e $caught) (call $tail (local.get $x) (local.get $which)))
                (i32.const -1))
              (i32.add (i32.load8_u (i32.const 0))))
            (func (export "g") (param $x i32) (param $which i32) (call $tail (local.get $x) (local.get $which)))
            """;
        using var run = new LinkedRun(knobs);
        var type = FunctionType.Of([ValueType.I32], []);
        var tag = new Tag(run.Store, new TagType(TypeRegistry.CanonicalId(type), type));
        var imports = new Imports().Define("m", "e", tag).Define("m", "host", HostFunction.Create((int x) =>
        {
            if (x >= 0)
            {
                throw new WasmException(tag, x + 100);
            }
        }));
        imports.Define("other", run.Store.Instantiate(LinkedRun.Decode(other), imports));
        var instance = run.Store.Instantiate(LinkedRun.Decode(own), imports);
        for (var i = 0; i < 4; i++)
        {
            for (var which = 0; which < 4; which++)
            {
                Assert.Equal(105 + i, instance.GetFunction("f").Invoke(i, which)[0]);
                var thrown = Assert.Throws<WasmException>(() => instance.GetFunction("g").Invoke(i, which));
                Assert.Equal(100 + i, thrown.Values[0]);
            }
        }
    }

    [Theory, MemberData(nameof(Configurations))]
    public void TheStackOfATrapHasNoFunctionThatMadeWay(string knobs)
    {
        const string other = """
            (type $t (func (param i32) (result i32)))
            (func $divide (export "divide") (type $t) (i32.div_s (i32.const 10) (local.get 0)))
            """;
        const string own = """
            (type $t (func (param i32) (result i32)))
            (import "other" "divide" (func $divide (type $t)))
            (global $g (mut i32) (i32.const 3))
            (func $gone (type $t) (return_call $divide (local.get 0)))
            (func $caller (export "f") (type $t) (i32.add (call $gone (local.get 0)) (global.get $g)))
            """;
        using var run = new LinkedRun(knobs);
        var instance = run.Instantiate(own, ("other", run.Instantiate(other)));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(8, instance.GetFunction("f").Invoke(2)[0]);
            var trap = Assert.Throws<WasmTrapException>(() => instance.GetFunction("f").Invoke(0));
            Assert.Equal(TrapKind.IntegerDivideByZero, trap.Kind);
            string[] names = [.. trap.CallStack.Select(frame => frame.FunctionName)];

            // What was inlined at the call has no frame of its own, but is part of the call's place in the caller.
            Assert.Equal("divide", names[0]);
            Assert.Equal("caller", names[^1]);
            Assert.All(trap.CallStack.Skip(1).SkipLast(1), frame => Assert.True(frame.IsInlined));
        }
    }

    [Theory, MemberData(nameof(Configurations))]
    public void TargetsMayChangeFromTheOwnInstanceToAnother(string knobs)
    {
        // The site is optimized for the function of the own instance.
        const string other = """
            (type $t (func (param i32) (result i32)))
            (import "m" "table" (table 1 funcref))
            (memory 1) (data (i32.const 0) "\64")
            (func (export "f") (type $t) (i32.add (local.get 0) (i32.load8_u (i32.const 0))))
            """;
        const string own = """
            (type $t (func (param i32) (result i32)))
            (import "m" "table" (table 1 funcref))
            (memory 1) (data (i32.const 0) "\05")
            (func (export "own") (type $t) (i32.add (local.get 0) (i32.load8_u (i32.const 0))))
            (func $tail (type $t) (return_call_indirect (type $t) (local.get 0) (i32.const 0)))
            (func (export "run") (type $t) (i32.add (call $tail (local.get 0)) (i32.load8_u (i32.const 0))))
            (func (export "loop") (param $n i32) (result i32) (local $sum i32)
              (loop $next
                (local.set $sum (i32.add (local.get $sum) (call $tail (i32.load8_u (i32.const 0)))))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (local.get $sum))
            """;
        using var run = new LinkedRun(knobs);
        var table = new Table(run.Store, new TableType(ValueType.FuncRef, new Limits(1, null), Is64: false), WasmValue.FromFunction(null));
        var imports = new Imports().Define("m", "table", table);
        var foreign = run.Store.Instantiate(LinkedRun.Decode(other), imports);
        var instance = run.Store.Instantiate(LinkedRun.Decode(own), imports);
        for (var round = 0; round < 3; round++)
        {
            table[0] = WasmValue.FromFunction(instance.GetFunction("own"));
            for (var i = 0; i < 5; i++)
            {
                Assert.Equal(i + 10, instance.GetFunction("run").Invoke(i)[0]);
                Assert.Equal(1000, instance.GetFunction("loop").Invoke(100)[0]);
            }

            table[0] = WasmValue.FromFunction(foreign.GetFunction("f"));
            for (var i = 0; i < 5; i++)
            {
                Assert.Equal(i + 105, instance.GetFunction("run").Invoke(i)[0]);
                Assert.Equal(10_500, instance.GetFunction("loop").Invoke(100)[0]);
            }
        }
    }

    [Theory]
    [InlineData("tier-up=never")]
    [InlineData("tier-up=eager")]
    public async Task AnInterruptEndsAnEndlessChain(string knobs)
    {
        const string text = """
            (type $t (func))
            (import "m" "table" (table 2 funcref))
            (global $other (import "m" "other") i32)
            (func (export "f") (type $t) (return_call_indirect (type $t) (global.get $other)))
            """;
        using var run = new LinkedRun(knobs);
        var table = new Table(run.Store, new TableType(ValueType.FuncRef, new Limits(2, null), Is64: false), WasmValue.FromFunction(null));
        for (var i = 0; i < 2; i++)
        {
            var other = new Global(run.Store, new GlobalType(ValueType.I32, IsMutable: false), 1 - i);
            var instance = run.Store.Instantiate(
                LinkedRun.Decode(text), new Imports().Define("m", "table", table).Define("m", "other", other));
            table[(ulong)i] = WasmValue.FromFunction(instance.GetFunction("f"));
        }

        await using var timer = new Timer(_ => run.Store.Interrupt(), null, 50, Timeout.Infinite);
        var trap = Assert.Throws<WasmTrapException>(() => table[0].AsFunction()!.Invoke());
        Assert.Equal(TrapKind.Interrupted, trap.Kind);
    }
}
