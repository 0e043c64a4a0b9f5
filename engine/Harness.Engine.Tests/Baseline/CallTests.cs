using System.Globalization;
using Harness.Engine.Feedback;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Baseline;

/// <summary>Calls between functions in baseline code.</summary>
public sealed class CallTests
{
    [Fact]
    public void ManyMixedParametersAndResultsArriveInOrder()
    {
        string[] kinds = ["i32", "f64", "i64", "f32"];
        var types = string.Join(' ', Enumerable.Range(0, 44).Select(i => kinds[i % 4]));
        var reversed = string.Join(' ', Enumerable.Range(0, 44).Select(i => kinds[(43 - i) % 4]));
        var gets = string.Concat(Enumerable.Range(0, 44).Select(i => $"(local.get {43 - i}) "));
        using var run = new BaselineRun($"""
            (table funcref (elem $reverse))
            (type $t (func (param {types}) (result {reversed})))
            (type $u (func (param {reversed}) (result {types})))
            (func $reverse (type $t) {gets})
            (func $back (type $u) {gets})
            (func (export "f") (param i32) (result {reversed})
              {Constants()}
              (call $reverse)
              (call $back)
              (call_indirect (type $t) (local.get 0)))
            """);
        var expected = Enumerable.Range(0, 44).Reverse().Select(i => (i % 4) switch
        {
            0 => WasmValue.FromI32(-i),
            1 => WasmValue.FromF64(i + 0.5),
            2 => WasmValue.FromI64((1L << 40) + i),
            _ => WasmValue.FromF32(i + 0.25f),
        });
        Assert.Equal(expected, run.CallAll("f", 0));

        string Constants() => string.Concat(Enumerable.Range(0, 44).Select(i => (i % 4) switch
        {
            0 => string.Create(CultureInfo.InvariantCulture, $"(i32.const {-i}) "),
            1 => string.Create(CultureInfo.InvariantCulture, $"(f64.const {i + 0.5}) "),
            2 => string.Create(CultureInfo.InvariantCulture, $"(i64.const {(1L << 40) + i}) "),
            _ => string.Create(CultureInfo.InvariantCulture, $"(f32.const {i + 0.25}) "),
        }));
    }

    [Fact]
    public void CallsAreCountedBesideEntriesOfTheirCaller()
    {
        using var run = new BaselineRun("""
            (func (export "caller") (param i32) (result i32)
              (if (local.get 0) (then (call $leaf)))
              (call $leaf)
              (local.get 0))
            (func $leaf)
            """, "tier-up=synchronous");
        foreach (var argument in (ReadOnlySpan<int>)[0, 1, 0, 0, 1])
        {
            run.Call("caller", argument);
        }

        var feedback = new FeedbackSnapshot(run.Instance).FeedbackOf(0)!;
        Assert.Equal(5, feedback.Invocations);
        Assert.Equal([2, 5], feedback.Sites.Select(site => site.Count));
    }

    [Fact]
    public void ArgumentsInEachOthersRegistersAreExchanged()
    {
        using var run = new BaselineRun("""
            (func $pack (param i32 i32 i32 f64 f64) (result f64)
              (f64.add
                (f64.convert_i32_s (i32.add (i32.mul (local.get 0) (i32.const 100))
                  (i32.add (i32.mul (local.get 1) (i32.const 10)) (local.get 2))))
                (f64.sub (local.get 3) (local.get 4))))
            (func (export "rotate") (param i32 i32 i32 f64 f64) (result f64)
              (call $pack (local.get 1) (local.get 2) (local.get 0) (local.get 4) (local.get 3)))
            (func (export "swap") (param i32 i32 i32 f64 f64) (result f64)
              (call $pack (local.get 1) (local.get 0) (local.get 0) (local.get 4) (local.get 4)))
            """);
        Assert.Equal(231 + 0.25, run.Call("rotate", 1, 2, 3, 0.5, 0.75).AsF64());
        Assert.Equal(211, run.Call("swap", 1, 2, 3, 0.5, 0.75).AsF64());
    }

    [Fact]
    public void RecursionKeepsEachFramesLocals()
    {
        using var run = new BaselineRun("""
            (func $fib (export "fib") (param i32) (result i64)
              (if (result i64) (i32.lt_s (local.get 0) (i32.const 2))
                (then (i64.extend_i32_s (local.get 0)))
                (else (i64.add (call $fib (i32.sub (local.get 0) (i32.const 1))) (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
            (func $deep (export "deep") (param i32 f64) (result f64)
              (if (result f64) (local.get 0)
                (then (f64.add (local.get 1) (call $deep (i32.sub (local.get 0) (i32.const 1)) (f64.add (local.get 1) (f64.const 1)))))
                (else (local.get 1))))
            (func $forever (export "forever") (result i32) (i32.add (call $forever) (i32.const 1)))
            """);
        Assert.Equal(6765, run.Call("fib", 20).AsI64());
        Assert.Equal(5050, run.Call("deep", 100, 0.0).AsF64());
        Assert.Equal(TrapKind.StackOverflow, run.TrapOf("forever"));
        Assert.Equal(6765, run.Call("fib", 20).AsI64());
    }

    [Fact]
    public void IndirectCallsCheckIndexNullAndType()
    {
        using var run = new BaselineRun("""
            (type $one (func (param i32) (result i32)))
            (type $base (sub (func (param i32) (result i32))))
            (type $derived (sub $base (func (param i32) (result i32))))
            (table 10 funcref)
            (elem (i32.const 0) $twice $other $below)
            (func $twice (type $one) (i32.mul (local.get 0) (i32.const 2)))
            (func $other (param i64))
            (func $below (type $derived) (i32.mul (local.get 0) (i32.const 3)))
            (func (export "exact") (param i32 i32) (result i32) (call_indirect (type $one) (local.get 1) (local.get 0)))
            (func (export "open") (param i32 i32) (result i32) (call_indirect (type $base) (local.get 1) (local.get 0)))
            (func (export "constant") (result i32) (call_indirect (type $one) (i32.const 5) (i32.const 0)))
            (func (export "constant outside") (result i32) (call_indirect (type $one) (i32.const 5) (i32.const 10)))
            """);
        Assert.Equal(14, run.Call("exact", 0, 7).AsI32());
        Assert.Equal(21, run.Call("open", 2, 7).AsI32());
        Assert.Equal(10, run.Call("constant").AsI32());
        Assert.Equal(TrapKind.IndirectCallTypeMismatch, run.TrapOf("exact", 1, 7));
        Assert.Equal(TrapKind.IndirectCallTypeMismatch, run.TrapOf("exact", 2, 7));
        Assert.Equal(TrapKind.IndirectCallTypeMismatch, run.TrapOf("open", 1, 7));
        Assert.Equal(TrapKind.UninitializedElement, run.TrapOf("exact", 5, 7));
        Assert.Equal(TrapKind.UninitializedElement, run.TrapOf("open", 5, 7));
        Assert.Equal(TrapKind.UndefinedElement, run.TrapOf("exact", 10, 7));
        Assert.Equal(TrapKind.UndefinedElement, run.TrapOf("exact", -1, 7));
        Assert.Equal(TrapKind.UndefinedElement, run.TrapOf("constant outside"));
    }

    [Fact]
    public void TypedReferencesAreCalledAndTestedForNull()
    {
        using var run = new BaselineRun("""
            (type $t (func (param i32) (result i32)))
            (elem declare func $inc)
            (func $inc (type $t) (i32.add (local.get 0) (i32.const 1)))
            (func $choose (param i32) (result (ref null $t))
              (if (result (ref null $t)) (local.get 0) (then (ref.func $inc)) (else (ref.null $t))))
            (func (export "call") (param i32) (result i32) (call_ref $t (i32.const 41) (call $choose (local.get 0))))
            (func (export "is null") (param i32) (result i32) (ref.is_null (call $choose (local.get 0))))
            (func (export "non null") (param i32) (result i32)
              (call_ref $t (i32.const 1) (ref.as_non_null (call $choose (local.get 0)))))
            (func (export "on null") (param i32) (result i32)
              (block $null
                (br_on_null $null (call $choose (local.get 0)))
                (drop)
                (return (i32.const 1)))
              (i32.const 2))
            (func (export "on non null") (param i32) (result i32)
              (block $some (result (ref $t))
                (br_on_non_null $some (call $choose (local.get 0)))
                (return (i32.const 2)))
              (drop)
              (i32.const 1))
            """);
        Assert.Equal(42, run.Call("call", 1).AsI32());
        Assert.Equal(TrapKind.NullFunctionReference, run.TrapOf("call", 0));
        Assert.Equal(0, run.Call("is null", 1).AsI32());
        Assert.Equal(1, run.Call("is null", 0).AsI32());
        Assert.Equal(2, run.Call("non null", 1).AsI32());
        Assert.Equal(TrapKind.NullReference, run.TrapOf("non null", 0));
        Assert.Equal(1, run.Call("on null", 1).AsI32());
        Assert.Equal(2, run.Call("on null", 0).AsI32());
        Assert.Equal(1, run.Call("on non null", 1).AsI32());
        Assert.Equal(2, run.Call("on non null", 0).AsI32());
    }

    [Fact]
    public void TailCallsTakeNoStack()
    {
        var many = string.Join(' ', Enumerable.Repeat("i64", 14));
        var gets = string.Concat(Enumerable.Range(1, 13).Select(i => $"(local.get {i}) "));
        using var run = new BaselineRun($"""
            (type $count (func (param i32 i64) (result i64)))
            (table funcref (elem $indirect))
            (func $direct (export "direct") (type $count)
              (if (result i64) (local.get 0)
                (then (return_call $direct (i32.sub (local.get 0) (i32.const 1)) (i64.add (local.get 1) (i64.const 2))))
                (else (local.get 1))))
            (func $indirect (export "indirect") (type $count)
              (if (result i64) (local.get 0)
                (then (return_call_indirect (type $count)
                  (i32.sub (local.get 0) (i32.const 1)) (i64.add (local.get 1) (i64.const 2)) (i32.const 0)))
                (else (local.get 1))))
            (func $ref (export "ref") (type $count)
              (if (result i64) (local.get 0)
                (then (return_call_ref $count
                  (i32.sub (local.get 0) (i32.const 1)) (i64.add (local.get 1) (i64.const 2)) (ref.func $ref)))
                (else (local.get 1))))
            ;; Between functions with and without stack parameters.
            (func $few (export "few") (type $count)
              (return_call $many (i64.extend_i32_u (local.get 0)) (local.get 1)
                (i64.const 3) (i64.const 4) (i64.const 5) (i64.const 6) (i64.const 7) (i64.const 8) (i64.const 9) (i64.const 10)
                (i64.const 11) (i64.const 12) (i64.const 13) (i64.const 14)))
            (func $many (param {many}) (result i64)
              (if (result i64) (i64.eqz (local.get 0))
                (then (i64.add (local.get 1) (i64.add (local.get 8) (local.get 13))))
                (else
                  (if (result i64) (i64.eqz (i64.and (local.get 0) (i64.const 1)))
                    (then (return_call $few (i32.wrap_i64 (i64.sub (local.get 0) (i64.const 1))) (i64.add (local.get 1) (local.get 10))))
                    (else (return_call $many (i64.sub (local.get 0) (i64.const 1)) {gets}))))))
            """);
        foreach (var name in (string[])["direct", "indirect", "ref"])
        {
            Assert.Equal(2_000_001, run.Call(name, 1_000_000, 1L).AsI64());
        }

        Assert.Equal(9 + 14 + (11 * 500_000), run.Call("few", 1_000_000, 0L).AsI64());
    }

    [Fact]
    public void ImportedFunctionsRunInTheirOwnInstance()
    {
        using var run = new BaselineRun("""
            (memory (export "m") 1)
            (global $g (mut i32) (i32.const 5))
            (func (export "read") (param i32) (result i32) (i32.add (i32.load (local.get 0)) (global.get $g)))
            """);
        var importer = run.Store.Instantiate(
            WasmModule.Decode(WatAssembler.Assemble("""
                (module
                  (func $read (import "a" "read") (param i32) (result i32))
                  (memory 1)
                  (data (i32.const 8) "\07")
                  (func (export "f") (result i32)
                    (i32.add (call $read (i32.const 8)) (i32.load (i32.const 8))))
                  (func $tail (export "tail") (result i32) (return_call $read (i32.const 8)))
                  (func (export "after tail") (result i32)
                    (i32.add (call $tail) (i32.load (i32.const 8)))))
                """)),
            new Imports().Define("a", run.Instance));
        Assert.Equal(12, importer.GetFunction("f").Invoke()[0].AsI32());
        Assert.Equal(5, importer.GetFunction("tail").Invoke()[0].AsI32());
        Assert.Equal(12, importer.GetFunction("after tail").Invoke()[0].AsI32());
    }

    [Fact]
    public void FramesThatOperandsMakeLargeAreCheckedBeforeTheyAreMade()
    {
        // Where the frame turns out to be large, a block is open, traps are to come behind the body, and most of the body is still to be compiled.
        var operands = string.Concat(Enumerable.Repeat("(i32.load8_u (local.get 0)) (local.get 0) ", 10_000));
        var sums = string.Concat(Enumerable.Repeat("i32.add ", 19_999));
        using var run = new BaselineRun($"""
            (memory 1)
            (data (i32.const 0) "\00\01\02\03")
            (func $f (export "f") (param i32) (result i32)
              (block (result i32)
                {operands}
                (if (i32.gt_s (local.get 0) (i32.const 0)) (then (drop (call $f (i32.sub (local.get 0) (i32.const 1))))))
                {sums}))
            (func $g (export "g") (param i32) (result i32)
              {operands}
              (if (i32.ge_s (local.get 0) (i32.const 0)) (then (drop (call $g (local.get 0)))))
              {sums})
            """);
        Assert.Equal(60_000, run.Call("f", 3).AsI32());
        Assert.Equal(TrapKind.MemoryOutOfBounds, run.TrapOf("f", -1));
        Assert.Equal(TrapKind.StackOverflow, run.TrapOf("g", 2));
        Assert.Equal(40_000, run.Call("f", 2).AsI32());
    }

    [Fact]
    public void LargeFramesAreCheckedBeforeTheyAreMade()
    {
        var locals = string.Join(' ', Enumerable.Repeat("i64", 40_000));
        using var run = new BaselineRun($"""
            (func $f (export "f") (param i32) (result i64) (local {locals})
              (local.set 39999 (i64.const 3))
              (if (i32.gt_s (local.get 0) (i32.const 0)) (then
                (local.set 39999 (i64.add (local.get 39999) (call $f (i32.sub (local.get 0) (i32.const 1)))))))
              (local.get 39999))
            """);
        Assert.Equal(12, run.Call("f", 3).AsI64());
        Assert.Equal(TrapKind.StackOverflow, run.TrapOf("f", int.MaxValue));
        Assert.Equal(12, run.Call("f", 3).AsI64());
    }
}
