using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Optimizer.CodeGeneration;

/// <summary>Objects in optimized code, with and without a collection at every allocation.</summary>
public class ObjectCodeTests
{
    private const string Stress = "stress.gc-interval=1";
    private const string Never = "stress.gc-interval=0";

    [Theory]
    [InlineData(Stress)]
    [InlineData(Never)]
    public void FieldsOfAllSizesKeepTheirValues(string knob)
    {
        using var run = new OptimizedRun(
            """
            (type $s (struct (field (mut i8)) (field (mut i16)) (field (mut i32)) (field (mut i64)) (field (mut f32))
              (field (mut f64)) (field (mut anyref)) (field (mut funcref))))
            (func $f (export "f") (result i32) (i32.const 5))
            (func $get (export "main") (param $x i32) (result i32 i32 i32 i32 i32 i64 f32 f64 i32 i32) (local $s (ref null $s))
              (local.set $s (struct.new $s (local.get $x) (local.get $x) (local.get $x) (i64.extend_i32_s (local.get $x))
                (f32.convert_i32_s (local.get $x)) (f64.convert_i32_s (local.get $x))
                (ref.i31 (local.get $x)) (ref.func $f)))
              (drop (struct.new_default $s))
              (struct.get_s $s 0 (local.get $s)) (struct.get_u $s 0 (local.get $s))
              (struct.get_s $s 1 (local.get $s)) (struct.get_u $s 1 (local.get $s))
              (struct.get $s 2 (local.get $s)) (struct.get $s 3 (local.get $s)) (struct.get $s 4 (local.get $s))
              (struct.get $s 5 (local.get $s)) (i31.get_s (ref.cast i31ref (struct.get $s 6 (local.get $s))))
              (ref.is_null (struct.get $s 7 (local.get $s))))
            """,
            knob);
        var values = run.CallAll("main", -2);
        Assert.Equal([-2, 254, -2, 65534, -2], values[..5].Select(value => value.AsI32()));
        Assert.Equal(-2, values[5].AsI64());
        Assert.Equal(-2, values[6].AsF32());
        Assert.Equal(-2, values[7].AsF64());
        Assert.Equal([-2, 0], values[8..].Select(value => value.AsI32()));
    }

    [Fact]
    public void AccessesToNullTrap()
    {
        var wide = string.Join(' ', Enumerable.Repeat("(field i64)", 600));
        using var run = new OptimizedRun(
            $"""
            (type $s (struct (field (mut i32))))
            (type $a (array (mut i32)))
            (type $wide (struct {wide}))
            (func (export "get") (param (ref null $s)) (result i32) (struct.get $s 0 (local.get 0)))
            (func (export "set") (param (ref null $s)) (struct.set $s 0 (local.get 0) (i32.const 1)))
            (func (export "compare") (param (ref null $s)) (result i32)
              (if (result i32) (i32.eq (struct.get $s 0 (local.get 0)) (i32.const 7)) (then (i32.const 1)) (else (i32.const 2))))
            (func (export "wide") (param (ref null $wide)) (result i64) (struct.get $wide 599 (local.get 0)))
            (func (export "len") (param (ref null $a)) (result i32) (array.len (local.get 0)))
            (func (export "element") (param (ref null $a) i32) (result i32) (array.get $a (local.get 0) (local.get 1)))
            (func (export "i31") (param i31ref) (result i32) (i31.get_u (local.get 0)))
            (func (export "cast") (param anyref) (result i32) (struct.get $s 0 (ref.cast (ref $s) (local.get 0))))
            """);
        var none = WasmValue.Null(Harness.Engine.Modules.HeapType.Abstract(Harness.Engine.Modules.AbstractHeapType.None));
        Assert.Equal(TrapKind.NullStructure, run.TrapOf("get", none));
        Assert.Equal(TrapKind.NullStructure, run.TrapOf("set", none));
        Assert.Equal(TrapKind.NullStructure, run.TrapOf("compare", none));
        Assert.Equal(TrapKind.NullStructure, run.TrapOf("wide", none));
        Assert.Equal(TrapKind.NullArray, run.TrapOf("len", none));
        Assert.Equal(TrapKind.NullArray, run.TrapOf("element", none, 1_000_000));
        Assert.Equal(TrapKind.NullI31, run.TrapOf("i31", none));
        Assert.Equal(TrapKind.CastFailure, run.TrapOf("cast", none));
    }

    [Theory]
    [InlineData("pass.peel=off")]
    [InlineData("pass.peel=on")]
    public void AnAccessInALoopStaysBehindTheCheckForNull(string knob)
    {
        using var run = new OptimizedRun(
            """
            (type $a (array (mut i32)))
            (func (export "main") (param $a (ref null $a)) (param $n i32) (result i32) (local $sum i32)
              (block $done
                (loop $next
                  (local.set $sum (i32.add (local.get $sum) (array.len (br_on_null $done (local.get $a)))))
                  (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
              (local.get $sum))
            """,
            knob);
        Assert.Equal(0, run.Call("main", WasmValue.Null(Harness.Engine.Modules.HeapType.Abstract(Harness.Engine.Modules.AbstractHeapType.None)), 3).AsI32());
    }

    [Theory]
    [InlineData("i8", "i32", "array.get_u", 1)]
    [InlineData("i16", "i32", "array.get_u", 2)]
    [InlineData("i32", "i32", "array.get", 4)]
    [InlineData("i64", "i64", "array.get", 8)]
    [InlineData("f32", "f32", "array.get", 4)]
    [InlineData("f64", "f64", "array.get", 8)]
    public void NewArraysHoldTheirElementEverywhere(string element, string type, string get, int size)
    {
        using var run = new OptimizedRun(
            $"""
            (type $a (array (mut {element})))
            (func $check (param $a (ref $a)) (param $length i32) (param $x {type}) (result i32) (local $i i32)
              (if (i32.ne (array.len (local.get $a)) (local.get $length)) (then (return (i32.const -1))))
              (loop $next
                (if (i32.ge_u (local.get $i) (local.get $length)) (then (return (i32.const 1))))
                (if ({type}.ne ({get} $a (local.get $a) (local.get $i)) (local.get $x)) (then (return (i32.const -2))))
                (local.set $i (i32.add (local.get $i) (i32.const 1)))
                (br $next))
              unreachable)
            (func (export "of") (param $n i32) (param $x {type}) (result i32) (local $a (ref null $a)) (local $b (ref null $a))
              (local.set $a (array.new $a (local.get $x) (local.get $n)))
              (local.set $b (array.new $a (local.get $x) (local.get $n)))
              (i32.mul (call $check (ref.as_non_null (local.get $a)) (local.get $n) (local.get $x))
                       (call $check (ref.as_non_null (local.get $b)) (local.get $n) (local.get $x))))
            (func (export "zero") (param $n i32) (result i32)
              (call $check (array.new_default $a (local.get $n)) (local.get $n) ({type}.const 0)))
            (func (export "three") (param $x {type}) (result i32)
              (call $check (array.new $a (local.get $x) (i32.const 3)) (i32.const 3) (local.get $x)))
            (func (export "fixed") (param $x {type}) (result i32)
              (call $check (array.new_fixed $a 2 (local.get $x) (local.get $x)) (i32.const 2) (local.get $x)))
            """);
        var x = type switch { "i32" => (WasmValue)41, "i64" => 41L, "f32" => 41f, _ => 41d };
        foreach (var length in (int[])[0, 1, 2, 3, 7, 8, 9, 17, 1000, 98304 / size, (98304 / size) - 16, 200_000])
        {
            Assert.Equal(1, run.Call("of", length, x).AsI32());
            Assert.Equal(1, run.Call("zero", length).AsI32());
        }

        Assert.Equal(1, run.Call("three", x).AsI32());
        Assert.Equal(1, run.Call("fixed", x).AsI32());
        Assert.Equal(TrapKind.OutOfMemory, run.TrapOf("zero", -1));
    }

    [Theory]
    [InlineData(Stress)]
    [InlineData(Never)]
    public void ManyReferencesLiveAcrossAllocations(string knob)
    {
        const int count = 24;
        var all = Enumerable.Range(0, count);
        using var run = new OptimizedRun(
            $"""
            (type $box (struct (field i32)))
            (type $a (array (mut (ref null $box))))
            (func $sum (param {string.Join(' ', all.Select(_ => "(ref $box)"))}) (param i32) (result i32)
              (drop (struct.new $box (i32.const 0)))
              {string.Join(' ', all.Select(i => $"(struct.get $box 0 (local.get {i}))"))}
              {string.Join(' ', all.Skip(1).Select(_ => "i32.add"))} (i32.add (local.get {count})))
            (func (export "main") (param $x i32) (result i32) {string.Join(' ', all.Select(i => $"(local $b{i} (ref null $box))"))}
              {string.Join('\n', all.Select(i => $"(local.set $b{i} (struct.new $box (i32.add (local.get $x) (i32.const {i}))))"))}
              {string.Join('\n', all.Select(i => $"(ref.as_non_null (local.get $b{i}))"))}
              (array.len (array.new $a (local.get $b3) (local.get $x)))
              (call $sum))
            (func (export "loop") (param $n i32) (result i32) (local $first (ref null $box)) (local $last (ref null $box)) (local $sum i32)
              (local.set $first (struct.new $box (i32.const 3)))
              (local.set $last (local.get $first))
              (loop $next
                (local.set $last (struct.new $box (i32.add (struct.get $box 0 (local.get $last)) (struct.get $box 0 (local.get $first)))))
                (local.set $sum (i32.add (local.get $sum) (struct.get $box 0 (local.get $last))))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (local.get $sum))
            """,
            knob);
        Assert.Equal((count * 40) + (count * (count - 1) / 2) + 40, run.Call("main", 40).AsI32());
        Assert.Equal(Enumerable.Range(2, 100).Sum(i => 3 * i), run.Call("loop", 100).AsI32());
    }

    [Theory]
    [InlineData(Stress)]
    [InlineData(Never)]
    public void OldObjectsKeepTheYoungOnesThatAreStoredIntoThem(string knob)
    {
        using var run = new OptimizedRun(
            """
            (type $node (struct (field i32) (field (mut (ref null $node)))))
            (type $a (array (mut (ref null $node))))
            (global $head (mut (ref null $node)) (ref.null $node))
            (global $array (mut (ref null $a)) (ref.null $a))
            (func (export "main") (param $n i32) (result i32) (local $i i32) (local $sum i32) (local $node (ref null $node))
              (global.set $array (array.new_default $a (local.get $n)))
              (global.set $head (struct.new $node (i32.const 0) (ref.null $node)))
              (local.set $node (global.get $head))
              (loop $next
                (struct.set $node 1 (local.get $node) (struct.new $node (local.get $i) (ref.null $node)))
                (local.set $node (struct.get $node 1 (local.get $node)))
                (array.set $a (global.get $array) (local.get $i) (struct.new $node (local.get $i) (ref.null $node)))
                (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
              (local.set $node (global.get $head))
              (loop $next
                (local.set $sum (i32.add (local.get $sum) (struct.get $node 0 (local.get $node))))
                (br_if $next (i32.eqz (ref.is_null (local.tee $node (struct.get $node 1 (local.get $node)))))))
              (local.set $i (i32.const 0))
              (loop $next
                (local.set $sum
                  (i32.add (local.get $sum) (struct.get $node 0 (array.get $a (global.get $array) (local.get $i)))))
                (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
              (local.get $sum))
            """,
            knob);
        var n = knob == Stress ? 300 : 100_000;
        Assert.Equal(unchecked((int)((long)n * (n - 1))), run.Call("main", n).AsI32());
    }

    [Fact]
    public void CastsAndTestsAgreeWithTheTypes()
    {
        // What is made, and of which of the types below it is.
        (string Made, string[] Types)[] values =
        [
            ("(ref.null none)", []),
            ("(ref.i31 (i32.const 3))", ["any", "eq", "i31"]),
            ("(struct.new $open (i32.const 1))", ["any", "eq", "struct", "$open"]),
            ("(struct.new $closed (i32.const 1))", ["any", "eq", "struct", "$open", "$closed"]),
            ("(struct.new $deep (i32.const 1))", ["any", "eq", "struct", "$open", "$middle", "$deep"]),
            ("(struct.new $other (i64.const 1))", ["any", "eq", "struct", "$other"]),
            ("(array.new $a (i32.const 1) (i32.const 1))", ["any", "eq", "array", "$a"]),
            ("(any.convert_extern (global.get $host))", ["any"]),
        ];
        string[] types = ["any", "eq", "i31", "struct", "array", "none", "$open", "$closed", "$middle", "$deep", "$other", "$a"];
        var functions = string.Join('\n', types.SelectMany(type => (string[])
        [
            $"""(func (export "test{type}") (param i32) (result i32) (ref.test (ref {type}) (call $make (local.get 0))))""",
            $"""(func (export "testnull{type}") (param i32) (result i32) (ref.test (ref null {type}) (call $make (local.get 0))))""",
            $"""(func (export "cast{type}") (param i32) (drop (ref.cast (ref {type}) (call $make (local.get 0)))))""",
            $"""
            (func (export "branch{type}") (param i32) (result i32)
              (block $yes (result (ref {type}))
                (drop (br_on_cast $yes anyref (ref {type}) (call $make (local.get 0))))
                (return (i32.const 0)))
              (drop) (i32.const 1))
            (func (export "branchnull{type}") (param i32) (result i32)
              (block $no (result anyref)
                (drop (br_on_cast_fail $no anyref (ref null {type}) (call $make (local.get 0))))
                (return (i32.const 1)))
              (drop) (i32.const 0))
            """,
        ]));
        var cases = string.Concat(values.Reverse().Select((value, i) =>
            $"(if (i32.eq (local.get 0) (i32.const {values.Length - 1 - i})) (then (return {value.Made})))"));
        using var run = new OptimizedRun(
            $"""
            (type $open (sub (struct (field i32))))
            (type $closed (sub final $open (struct (field i32))))
            (type $middle (sub $open (struct (field i32))))
            (type $deep (sub $middle (struct (field i32))))
            (type $other (struct (field i64)))
            (type $a (array (mut i32)))
            (global $host (mut externref) (ref.null extern))
            (func (export "setHost") (param externref) (global.set $host (local.get 0)))
            (func $make (param i32) (result anyref) {cases} unreachable)
            {functions}
            """);
        run.CallAll("setHost", WasmValue.FromExtern(new object()));
        for (var i = 0; i < values.Length; i++)
        {
            foreach (var type in types)
            {
                var isNull = i == 0;
                var expected = values[i].Types.Contains(type) ? 1 : 0;
                var orNull = isNull ? 1 : expected;
                Assert.Equal((type, i, expected), (type, i, run.Call($"test{type}", i).AsI32()));
                Assert.Equal((type, i, orNull), (type, i, run.Call($"testnull{type}", i).AsI32()));
                Assert.Equal((type, i, expected), (type, i, run.Call($"branch{type}", i).AsI32()));
                Assert.Equal((type, i, orNull), (type, i, run.Call($"branchnull{type}", i).AsI32()));
                if (expected == 1)
                {
                    run.CallAll($"cast{type}", i);
                }
                else
                {
                    Assert.Equal(TrapKind.CastFailure, run.TrapOf($"cast{type}", i));
                }
            }
        }
    }

    [Theory]
    [InlineData(2, 20)]
    [InlineData(20, 2)]
    [InlineData(14, 15)]
    [InlineData(12, 12)]
    public void TailCallsPassAnyNumberOfArguments(int from, int to)
    {
        string Locals(int count, int total) =>
            string.Join(' ', Enumerable.Range(0, count).Select(i => i < total ? $"(local.get {i})" : $"(i32.const {i})"));

        var sum = $"{Locals(to, to)} {string.Join(' ', Enumerable.Repeat("i32.add", to - 1))}";
        using var run = new OptimizedRun(
            $"""
            (type $to (func (param {string.Join(' ', Enumerable.Repeat("i32", to))}) (result i32)))
            (table funcref (elem $callee))
            (func $callee (type $to) {sum})
            (func $direct (param {string.Join(' ', Enumerable.Repeat("i32", from))}) (result i32)
              (return_call $callee {Locals(to, from)}))
            (func $indirect (param {string.Join(' ', Enumerable.Repeat("i32", from))}) (result i32)
              (return_call_indirect (type $to) {Locals(to, from)} (i32.const 0)))
            (func $ref (param {string.Join(' ', Enumerable.Repeat("i32", from))}) (result i32)
              (return_call_ref $to {Locals(to, from)} (ref.func $callee)))
            (func (export "main") (result i32)
              (call $direct {Locals(from, 0)}) (call $indirect {Locals(from, 0)}) (call $ref {Locals(from, 0)}) i32.add i32.add)
            (elem declare func $callee)
            """,
            "inlining=off");
        Assert.Equal(3 * (to * (to - 1) / 2), run.Call("main").AsI32());
    }

    [Fact]
    public void TailCallsNeedNoStack()
    {
        using var run = new OptimizedRun(
            """
            (type $f (func (param i32 i32) (result i32)))
            (func $even (type $f) (if (result i32) (local.get 0)
              (then (return_call_ref $f (i32.sub (local.get 0) (i32.const 1)) (local.get 1) (ref.func $odd))) (else (i32.const 1))))
            (func $odd (type $f) (if (result i32) (local.get 0)
              (then (return_call $even (i32.sub (local.get 0) (i32.const 1)) (local.get 1))) (else (i32.const 0))))
            (func (export "even") (param i32) (result i32) (call $even (local.get 0) (i32.const 0)))
            (elem declare func $odd)
            """,
            "inlining=off");
        Assert.Equal(1, run.Call("even", 1_000_000).AsI32());
        Assert.Equal(0, run.Call("even", 999_999).AsI32());
    }
}
