namespace Harness.Engine.Tests.Baseline;

/// <summary>References in all the places where baseline code keeps them, while objects move.</summary>
public sealed class CollectionTests
{
    private const string Boxes = """
        (type $box (struct (field $n (mut i32)) (field $next (mut (ref null $box)))))
        (type $boxes (array (mut (ref null $box))))
        (func $box (param i32) (result (ref $box)) (struct.new $box (local.get 0) (ref.null $box)))
        (func $n (param (ref null $box)) (result i32) (struct.get $box $n (local.get 0)))
        """;

    public static TheoryData<string> Configurations =>
        ["heap.nursery-size=256", "stress.gc-interval=1", "stress.gc-interval=2", "stress.gc-interval=7"];

    [Theory]
    [MemberData(nameof(Configurations))]
    public void ParametersAndResultsInRegistersAndOnTheStack(string knob)
    {
        string[] all = [.. Enumerable.Range(0, 14).Select(i => $"$p{i}")];
        var parameters = string.Concat(all.Select((name, i) => i % 5 == 4 ? $"(param {name} i32) " : $"(param {name} (ref null $box)) "));
        var results = string.Concat(all.Where((_, i) => i % 5 != 4).Select(_ => "(ref null $box) "));
        var arguments = string.Concat(all.Select((_, i) => i % 5 == 4 ? $"(i32.const {i}) " : $"(call $box (i32.const {i})) "));
        var all2 = string.Concat(all.Select(name => $"(local.get {name}) "));
        var sum = "(i32.const 0) " + string.Concat(all.Select((name, i) =>
            $"(i32.add (i32.mul (i32.const {i + 1}) {(i % 5 == 4 ? $"(local.get {name})" : $"(call $n (local.get {name}))")})) "));
        using var run = new BaselineRun($"""
            {Boxes}
            (type $all (func {parameters} (result i32)))
            (table funcref (elem $sum $tail))
            (elem declare func $sum)
            (func $sum (type $all) {parameters} (result i32)
              (drop (call $box (i32.const 99)))
              {sum})
            (func $tail {parameters} (result i32)
              (drop (struct.new $box (i32.const 7) (local.get $p13)))
              (return_call $sum {all2}))
            (func $less (param $a (ref null $box)) (result i32)
              (return_call $tail {string.Concat(all.Select((_, i) => i % 5 == 4 ? $"(i32.const {i}) " : $"(struct.new $box (i32.const {i}) (local.get $a)) "))}))
            (func $give {parameters} (result {results})
              (drop (call $box (i32.const 98)))
              {string.Concat(all.Where((_, i) => i % 5 != 4).Select(name => $"(local.get {name}) "))})
            (func (export "direct") (result i32) (call $sum {arguments}))
            (func (export "indirect") (param i32) (result i32) (call_indirect (type $all) {arguments} (local.get 0)))
            (func (export "reference") (result i32) (call_ref $all {arguments} (ref.func $sum)))
            (func (export "tail") (result i32) (return_call_ref $all {arguments} (ref.func $sum)))
            (func (export "less") (result i32) (i32.add (call $less (call $box (i32.const 3))) (call $less (ref.null $box))))
            (func (export "results") (result i32) (local $total i32)
              (call $give {arguments})
              {string.Concat(all.Where((_, i) => i % 5 != 4).Select(_ => """
                  (struct.get $box $n)
                  (local.set $total (i32.add (local.get $total)))
                  (drop (call $box (i32.const 5)))
                  """))}
              (local.get $total))
            """, knob);
        var expected = Enumerable.Range(0, 14).Sum(i => i * (i + 1));
        Assert.Equal(expected, run.Call("direct").AsI32());
        Assert.Equal(expected, run.Call("indirect", 0).AsI32());
        Assert.Equal(expected, run.Call("indirect", 1).AsI32());
        Assert.Equal(expected, run.Call("reference").AsI32());
        Assert.Equal(expected, run.Call("tail").AsI32());
        Assert.Equal(2 * expected, run.Call("less").AsI32());
        Assert.Equal(Enumerable.Range(0, 14).Where(i => i % 5 != 4).Sum(), run.Call("results").AsI32());
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void LocalsInRegistersAroundALoopThatAllocates(string knob)
    {
        using var run = new BaselineRun($"""
            {Boxes}
            (func (export "f") (param $count i32) (result i32)
              (local $a (ref null $box)) (local $b (ref null $box)) (local $c (ref null $box)) (local $never (ref null $box))
              (local $old (ref null $box))
              (local.set $a (struct.new $box (i32.const 1) (ref.null $box)))
              (local.set $b (local.get $a))
              (local.set $old (local.get $a))
              (loop $next
                ;; The same object in two locals and on the stack.
                (local.get $b)
                (local.set $c (struct.new $box (i32.add (struct.get $box $n (local.get $b)) (i32.const 1)) (local.get $a)))
                (if (i32.eqz (ref.eq (local.get $b))) (then (unreachable)))
                (local.set $a (local.get $b))
                (local.set $b (local.get $c))
                ;; An old object refers to a young one.
                (struct.set $box $next (local.get $old) (local.get $c))
                (br_if $next (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
              (if (i32.eqz (ref.is_null (local.get $never))) (then (unreachable)))
              (if (i32.eqz (ref.eq (struct.get $box $next (local.get $old)) (local.get $b))) (then (unreachable)))
              (i32.sub (i32.mul (struct.get $box $n (local.get $c)) (i32.const 1000)) (struct.get $box $n (local.get $a))))
            """, knob);
        Assert.Equal((1001 * 1000) - 1000, run.Call("f", 1000).AsI32());
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void LocalsInARegisterAndInTheirSlotAtOnce(string knob)
    {
        // The call puts the locals into their slots, reading them loads them again, the allocation moves the objects, and the next call
        // gives the registers up without storing them.
        using var run = new BaselineRun($"""
            {Boxes}
            (func $nothing)
            (func $f (param $a (ref $box)) (param $b (ref $box)) (result i32) (local $n i32)
              (call $nothing)
              (local.set $n (i32.add (struct.get $box $n (local.get $a)) (struct.get $box $n (local.get $b))))
              (drop (struct.new $box (i32.const 99) (ref.null $box)))
              (drop (struct.new $box (i32.const 98) (local.get $b)))
              (call $nothing)
              (i32.add (i32.mul (local.get $n) (i32.const 100))
                (i32.add (i32.mul (struct.get $box $n (local.get $a)) (i32.const 10)) (struct.get $box $n (local.get $b)))))
            (func (export "f") (result i32)
              (call $f (struct.new $box (i32.const 1) (ref.null $box)) (struct.new $box (i32.const 2) (ref.null $box))))
            """, knob);
        Assert.Equal(312, run.Call("f").AsI32());
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void OperandsOfNestedAllocations(string knob)
    {
        using var run = new BaselineRun("""
            (type $tree (struct (field (ref null $tree)) (field i32) (field f64) (field (ref null $tree))))
            (func $build (param $depth i32) (result (ref null $tree))
              (if (result (ref null $tree)) (local.get $depth)
                (then
                  (struct.new $tree
                    (call $build (i32.sub (local.get $depth) (i32.const 1)))
                    (local.get $depth)
                    (f64.convert_i32_s (local.get $depth))
                    (struct.new $tree
                      (struct.new $tree (ref.null $tree) (i32.const 100) (f64.const 0) (call $build (i32.sub (local.get $depth) (i32.const 1))))
                      (i32.const 10) (f64.const 10)
                      (struct.new_default $tree))))
                (else (ref.null $tree))))
            (func $sum (param $tree (ref null $tree)) (result i32)
              (block $empty
                (br_on_null $empty (local.get $tree))
                (drop)
                (return (i32.add (struct.get $tree 1 (local.get $tree))
                  (i32.add (call $sum (struct.get $tree 0 (local.get $tree))) (call $sum (struct.get $tree 3 (local.get $tree)))))))
              (i32.const 0))
            (func (export "f") (param i32) (result i32) (call $sum (call $build (local.get 0))))
            """, knob);
        int Expected(int depth) => depth == 0 ? 0 : depth + 110 + (2 * Expected(depth - 1));
        Assert.Equal(Expected(6), run.Call("f", 6).AsI32());
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void ReferencesWhereControlComesTogether(string knob)
    {
        using var run = new BaselineRun($"""
            {Boxes}
            (func $pick (param $a (ref null $box)) (param $b (ref null $box)) (param $k i32) (result i32)
              (local $kept (ref null $box)) (local $null (ref null $box))
              (block $done (result i32 (ref null $box))
                (i32.const 1000)
                (local.get $a)
                (br_if $done (i32.eqz (local.get $k)))
                (drop)
                (local.get $b)
                (br_if $done (i32.eq (local.get $k) (i32.const 1)))
                (drop)
                (local.set $kept (struct.new $box (i32.const 30) (local.get $b)))
                (if (result (ref null $box)) (i32.eq (local.get $k) (i32.const 2))
                  (then (struct.new $box (i32.const 31) (local.get $kept)))
                  (else
                    (local.set $null (local.get $kept))
                    (call $box (i32.const 32)))))
              (struct.new $box (i32.const 50) (local.get $kept))
              (drop)
              (call $n)
              (i32.add)
              (if (result i32) (ref.is_null (local.get $null)) (then (i32.const 0)) (else (i32.mul (call $n (local.get $null)) (i32.const 10000))))
              (i32.add)
              (i32.add (i32.mul (i32.const 100) (i32.add (call $n (local.get $a)) (call $n (local.get $b))))))
            (func (export "f") (param i32) (result i32)
              (call $pick (call $box (i32.const 1)) (call $box (i32.const 2)) (local.get 0)))
            """, knob);
        Assert.Equal([1301, 1302, 1331, 301_332], Enumerable.Range(0, 4).Select(k => run.Call("f", k).AsI32()));
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void SlotsThatHoldWhatIsNoReferenceAnyMore(string knob)
    {
        // The frames of one function leave numbers, and references to objects that have moved, where the other has its slots.
        using var run = new BaselineRun($"""
            {Boxes}
            (func $dirty (param $n i64) (result i32)
              (local $a i64) (local $b i64) (local $c i64) (local $x (ref null $box)) (local $y (ref null $box))
              (local.set $x (call $box (i32.const 1)))
              (local.set $a (i64.mul (local.get $n) (i64.const 8)))
              (local.set $b (i64.mul (local.get $n) (i64.const 16)))
              (local.set $c (i64.mul (local.get $n) (i64.const 24)))
              (local.set $y (call $box (i32.const 2)))
              (i32.add (i32.add (call $n (local.get $x)) (call $n (local.get $y)))
                (i32.wrap_i64 (i64.sub (i64.add (local.get $a) (local.get $b)) (local.get $c)))))
            (func $clean (result i32)
              (local $a (ref null $box)) (local $b (ref null $box)) (local $c (ref null $box)) (local $d (ref null $box)) (local $e (ref null $box))
              (drop (call $box (i32.const 1)))
              (loop $once
                (if (call $n (call $box (i32.const 0))) (then
                  (local.set $a (call $box (i32.const 1)))
                  (local.set $c (local.get $a))
                  (local.set $e (local.get $a))
                  (br $once))))
              (drop (call $box (i32.const 2)))
              (i32.add (ref.is_null (local.get $a))
                (i32.add (i32.add (ref.is_null (local.get $b)) (ref.is_null (local.get $c)))
                  (i32.add (ref.is_null (local.get $d)) (ref.is_null (local.get $e))))))
            (func (export "f") (param $i i32) (result i32) (local $sum i32)
              (loop $next
                (local.set $sum (i32.add (local.get $sum) (i32.add (call $dirty (i64.const 0x1234567)) (call $clean))))
                (br_if $next (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
              (local.get $sum))
            """, knob);
        Assert.Equal(800, run.Call("f", 100).AsI32());
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void ArraysOfReferencesSmallAndLarge(string knob)
    {
        using var run = new BaselineRun($"""
            {Boxes}
            (func (export "f") (param $length i32) (result i32)
              (local $a (ref null $boxes)) (local $b (ref null $boxes)) (local $i i32)
              (local.set $a (array.new $boxes (call $box (i32.const 3)) (local.get $length)))
              (array.set $boxes (local.get $a) (i32.sub (local.get $length) (i32.const 1)) (struct.new $box (i32.const 4) (ref.null $box)))
              (local.set $b (array.new $boxes (array.get $boxes (local.get $a) (i32.const 0)) (local.get $length)))
              (array.fill $boxes (local.get $b) (i32.const 1) (struct.new $box (i32.const 5) (ref.null $box)) (i32.const 2))
              (array.copy $boxes $boxes (local.get $b) (i32.const 4) (local.get $a) (i32.sub (local.get $length) (i32.const 2)) (i32.const 2))
              (drop (call $box (i32.const 9)))
              (loop $next
                (array.set $boxes (local.get $b) (i32.const 6)
                  (struct.new $box (local.get $i) (array.get $boxes (local.get $b) (i32.const 6))))
                (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 50))))
              (local.set $i (i32.const 0))
              (i32.const 0)
              (loop $digit (param i32) (result i32)
                (i32.mul (i32.const 10))
                (i32.add (call $n (array.get $boxes (local.get $b) (local.get $i))))
                (br_if $digit (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 6))))
              (i32.mul (i32.const 100))
              (i32.add (call $n (array.get $boxes (local.get $b) (i32.const 6)))))
            """, knob);
        Assert.Equal((355_334 * 100) + 49, run.Call("f", 8).AsI32());
        Assert.Equal((355_334 * 100) + 49, run.Call("f", 50_000).AsI32());
    }

    [Fact]
    public void ObjectsThatOnlyOldOnesReferToSurvive()
    {
        using var run = new BaselineRun($"""
            {Boxes}
            (global $old (mut (ref null $box)) (ref.null $box))
            (func (export "f") (param $i i32) (result i32) (local $x (ref null $box)) (local $sum i32)
              (global.set $old (call $box (i32.const 0)))
              (loop $next
                (struct.set $box $next (global.get $old)
                  (struct.new $box (local.get $i) (struct.get $box $next (global.get $old))))
                (drop (array.new_default $boxes (i32.const 1000)))
                (br_if $next (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
              (local.set $x (struct.get $box $next (global.get $old)))
              (block $end
                (loop $more
                  (br_if $end (ref.is_null (local.get $x)))
                  (local.set $sum (i32.add (local.get $sum) (struct.get $box $n (local.get $x))))
                  (local.set $x (struct.get $box $next (local.get $x)))
                  (br $more)))
              (local.get $sum))
            """, "heap.nursery-size=256");
        Assert.Equal(1000 * 1001 / 2, run.Call("f", 1000).AsI32());
    }
}
