using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>
/// Exceptions in optimized code: what a function throws and catches itself, or what is inlined into it, is a jump; what comes from a call it handles without
/// going back to baseline code.
/// </summary>
public sealed class OptimizedExceptionTests
{
    /// <summary>The catching function is not the innermost, and the one in between has stack parameters. A throw becomes a jump.</summary>
    [Fact]
    public void ExceptionsOfInlinedFunctionsAreCaughtInTheFunctionsAround()
    {
        const string text = """
            (tag $e (param i32))
            (func $inner (param $x i32) (result i32)
              (if (i32.eq (local.get $x) (i32.const 7)) (then (throw $e (i32.const 70))))
              (i32.mul (local.get $x) (i32.const 2)))
            (func $middle (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
              (i32.add (local.get 8) (i32.add (local.get 9) (call $inner (local.get 0)))))
            (func $catching (param $x i32) (param $y i32) (result i32)
              (block $caught (result i32)
                (try_table (catch $e $caught)
                  (return (call $middle (local.get $x)
                    (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5) (i32.const 6) (i32.const 7)
                    (local.get $y) (i32.const 9))))
                unreachable)
              (i32.add (local.get $y)))
            (func (export "f") (param i32 i32) (result i32)
              (i32.add (call $catching (local.get 0) (local.get 1)) (i32.const 1000)))
            """;
        using var run = new ExceptionRun("tier-up=synchronous stress.tier-up-after=60 inlining.min-budget=5000", text);
        for (var i = 0; i < 80; i++)
        {
            Assert.Equal(1000 + (i == 7 ? 70 + 3 : (2 * i) + 3 + 9), run.Call("f", i, 3));
        }

        var code = run.Instance.Code.OptimizedCode(3);
        Assert.NotNull(code);
        Assert.Equal([2, 1, 0], code.InliningPositions.Select(position => position.FunctionIndex).Order().Reverse());
        Assert.Empty(code.LandingPads);
        Assert.Equal(1070 + 5, run.Call("f", 7, 5));
        Assert.Same(code, run.Instance.Code.OptimizedCode(3));
    }

    [Theory]
    [InlineData("(func (export \"f\") (block $c (try_table (catch_all $c) (throw $e (i32.const 1)))))")]
    [InlineData("(func (export \"f\") (try (do (throw $e (i32.const 1))) (catch $e (drop)) (catch_all (rethrow 0))))")]
    [InlineData("(func (export \"f\") (try (do (try (do (throw $e (i32.const 1))) (delegate 0))) (catch_all)))")]
    public void ThrowsThatTheSameFunctionCatchesAreJumps(string function)
    {
        using var run = new ExceptionRun("tier-up=eager", $"(tag $e (param i32)) {function}");
        Assert.Empty(run.Instance.GetFunction("f").Invoke());
        Assert.Empty(run.Instance.Code.OptimizedCode(0)!.LandingPads);
    }

    [Fact]
    public void WhatOptimizedCodeCatchesItHandlesItself()
    {
        // Values of all kinds, constants and stack parameters; baseline code is never made.
        const string text = """
            (import "m" "f" (func $host (param i32)))
            (import "m" "e" (tag $e (param i32)))
            (type $box (struct (field i32)))
            (type $unary (func (param i32) (result i32)))
            (elem declare func $double $negate)
            (func $double (type $unary) (i32.mul (local.get 0) (i32.const 2)))
            (func $negate (type $unary) (i32.sub (i32.const 0) (local.get 0)))
            (func (export "f")
              (param $a i32) (param $b i64) (param $c f32) (param $d f64)
              (param i32 i32 i32 i32 i32 i32 i32 i32) (param $last i32) (result f64)
              (local $box (ref null $box)) (local $unary (ref null $unary)) (local $code i32) (local $sum i32)
              (local.set $box (struct.new $box (i32.mul (local.get $a) (i32.const 3))))
              (local.set $unary (ref.func $negate))
              (block $caught (result i32)
                (try_table (catch $e $caught)
                  (call $host (local.get $a))
                  (local.set $a (i32.const 1000))
                  (call $host (local.get $last)))
                (i32.const -1))
              (local.set $code)
              (loop $next
                (local.set $sum
                  (i32.add
                    (local.get $sum)
                    (call_ref $unary
                      (local.get $last)
                      (select (result (ref null $unary))
                        (ref.func $double) (local.get $unary) (i32.and (local.get $last) (i32.const 1))))))
                (br_if $next (local.tee $last (i32.sub (local.get $last) (i32.const 1)))))
              (f64.convert_i32_s (i32.add (local.get $sum) (i32.mul (local.get $code) (i32.const 100))))
              (f64.add (f64.convert_i64_s (local.get $b)))
              (f64.add (f64.promote_f32 (local.get $c)))
              (f64.add (local.get $d))
              (f64.add (f64.convert_i32_s (i32.add (local.get $a) (struct.get $box 0 (local.get $box))))))
            """;
        using var run = new ExceptionRun("tier-up=eager stress.gc-interval=1", text, (imports, store) =>
        {
            var tag = new Tag(store, ExceptionRun.TagTypeOf(ValueType.I32));
            imports.Define("m", "e", tag).Define("m", "f", HostFunction.Create((int x) =>
            {
                if (x > 4)
                {
                    throw new WasmException(tag, x);
                }
            }));
        });
        double Run(int a, int last) => run.Call("f", a, 1L << 40, 0.5f, 0.25, 0, 0, 0, 0, 0, 0, 0, 0, last).AsF64();
        double Expected(int a, int last, int code, int caughtA) =>
            Enumerable.Range(1, last).Sum(i => (i & 1) != 0 ? 2 * i : -i) + (100 * code) + (1L << 40) + 0.75 + caughtA + (3 * a);
        Assert.Equal(Expected(2, 3, -1, 1000), Run(2, 3));
        Assert.Equal(Expected(7, 3, 7, 7), Run(7, 3));
        Assert.Equal(Expected(2, 9, 9, 1000), Run(2, 9));
        var function = run.Instance.Module.Functions.Single(candidate => candidate.Type.Parameters.Length == 13);
        Assert.Equal(2, run.Instance.Code.OptimizedCode(function.Index)!.LandingPads.Length);
        Assert.Null(run.Instance.Code.BaselineCode(function.Index));
    }
}
