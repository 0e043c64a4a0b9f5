using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Optimizer.CodeGeneration;

public class CodeShapeTests
{
    [Fact]
    public void ACountingLoopHasNoMovesAndOneJump()
    {
        using var run = new OptimizedRun(
            """
            (func (export "sum") (param $n i32) (result i32) (local $sum i32)
              (loop $next
                (local.set $sum (i32.add (local.get $sum) (local.get $n)))
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (local.get $sum))
            """,
            "pass.peel=off",
            "pass.unroll=off");
        Assert.Equal(5050, run.Call("sum", 100).AsI32());
        var loop = LoopOf(run.Listing("sum"));
        Assert.DoesNotContain(loop, line => line.StartsWith("mov", StringComparison.Ordinal));
        Assert.Single(loop, line => line.StartsWith('j') && !line.StartsWith("jb", StringComparison.Ordinal));
    }

    [Fact]
    public void ValuesThatLiveAcrossCallsAreStoredOnce()
    {
        using var run = new OptimizedRun(
            """
            (func $f (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
            (func (export "main") (param $x i32) (result i32)
              (i32.add
                (i32.add (call $f (local.get $x)) (call $f (local.get $x)))
                (i32.add (call $f (local.get $x)) (local.get $x))))
            """,
            "inlining=off");
        Assert.Equal((3 * 8) + 7, run.Call("main", 7).AsI32());
        Assert.Single(run.Listing("main"), line => line == "mov [rbp-0x10], rax");
    }

    [Fact]
    public void WhatALoopDoesNotUseIsNotLoadedInIt()
    {
        // The way out in the middle has code of its own; six values wait for the end of the loop, and there is no room for them.
        using var run = new OptimizedRun(
            """
            (memory 1)
            (func (export "main") (param $n i32) (param $a i32) (param $b i32) (param $c i32) (param $d i32) (param $e i32) (param $f i32)
              (result i32)
              (local $i i32) (local $sum i32) (local $x i32) (local $y i32) (local $z i32)
              (block $out
                (loop $next
                  (local.set $x (i32.load offset=0 (local.get $i)))
                  (if (i32.gt_u (local.get $x) (i32.const 1000))
                    (then (local.set $sum (local.get $x)) (br $out)))
                  (local.set $y (i32.load offset=4 (local.get $i)))
                  (local.set $z (i32.load offset=8 (local.get $i)))
                  (i32.store offset=0 (local.get $i) (local.get $z))
                  (i32.store offset=4 (local.get $i) (local.get $x))
                  (i32.store offset=8 (local.get $i) (i32.add (local.get $y) (local.get $sum)))
                  (local.set $sum (i32.add (local.get $sum) (i32.add (local.get $x) (i32.mul (local.get $y) (local.get $z)))))
                  (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 12))) (local.get $n)))))
              (i32.add (local.get $sum)
                (i32.xor (i32.add (local.get $a) (local.get $b))
                  (i32.xor (i32.add (local.get $c) (local.get $d)) (i32.add (local.get $e) (local.get $f))))))
            """,
            "pass.peel=off",
            "pass.unroll=off");
        Assert.Equal(15, run.Call("main", 120, 1, 2, 3, 4, 5, 6).AsI32());
        // Two of them have no register, and are read from the frame once each: behind the loop.
        Assert.Equal(
            2,
            run.Listing("main").Count(line => line.Contains("[rbp-", StringComparison.Ordinal) && !line.StartsWith("mov [", StringComparison.Ordinal)));
    }

    [Fact]
    public void ALoadIsPartOfTheOperationThatUsesIt()
    {
        using var run = new OptimizedRun(
            """
            (memory 1) (data (i32.const 8) "\05")
            (func (export "main") (param i32 i32) (result i32) (i32.add (local.get 1) (i32.load offset=8 (local.get 0))))
            """);
        Assert.Equal(12, run.Call("main", 0, 7).AsI32());
        Assert.Contains(
            run.Listing("main"),
            line => line.StartsWith("add", StringComparison.Ordinal) && line.Contains("[r15+", StringComparison.Ordinal));
        Assert.Equal(TrapKind.MemoryOutOfBounds, run.TrapOf("main", -16, 7));
    }

    [Fact]
    public void AStoreBetweenKeepsALoadWhereItIs()
    {
        using var run = new OptimizedRun(
            """
            (memory 1) (data (i32.const 8) "\05")
            (func (export "main") (param i32) (result i32) (local $old i32)
              (local.set $old (i32.load (local.get 0)))
              (i32.store (i32.const 8) (i32.const 100))
              (i32.add (local.get $old) (local.get 0)))
            """);
        Assert.Equal(13, run.Call("main", 8).AsI32());
    }

    [Theory]
    [InlineData("(i32.eq (i32.load (local.get $p)) (i32.const 5))")]
    [InlineData("(i32.ne (i32.load (local.get $p)) (i32.const 0))")]
    [InlineData("(i32.eqz (i32.eqz (i32.load (local.get $p))))")]
    [InlineData("(i32.eqz (i64.ne (i64.load (local.get $p)) (i64.const 5)))")]
    [InlineData("(f64.lt (f64.load (local.get $p)) (f64.const 1))")]
    public void WhatAComparisonOfSeveralUsersComparesIsLoadedOnce(string condition)
    {
        // A choice makes the comparison anew and must not read memory; a branch and a value might.
        using var run = new OptimizedRun(
            $"""
            (memory 1) (data (i32.const 8) "\05\00\00\00\00\00\00\00\00\00\00\00\00\00\00\40")
            (func (export "choose") (param $p i32) (param $a i32) (param $b i32) (result i32) (local $c i32) (local $chosen i32)
              (local.set $c {condition})
              (local.set $chosen (select (local.get $a) (local.get $b) (local.get $c)))
              (if (result i32) (local.get $c)
                (then (i32.add (local.get $chosen) (i32.const 1)))
                (else (i32.mul (local.get $chosen) (i32.const 3)))))
            (func (export "add") (param $p i32) (param $a i32) (result i32) (local $c i32)
              (local.set $c {condition})
              (if (result i32) (local.get $c)
                (then (i32.add (local.get $a) (local.get $c)))
                (else (i32.sub (local.get $c) (local.get $a)))))
            """);
        Assert.Equal(11, run.Call("choose", 8, 10, 20).AsI32());
        Assert.Equal(60, run.Call("choose", 16, 10, 20).AsI32());
        Assert.Equal(TrapKind.MemoryOutOfBounds, run.TrapOf("choose", -16, 10, 20));
        Assert.Single(run.Listing("choose"), line => line.Contains("[r15+", StringComparison.Ordinal));
        Assert.Equal(11, run.Call("add", 8, 10).AsI32());
        Assert.Equal(-10, run.Call("add", 16, 10).AsI32());
        Assert.Single(run.Listing("add"), line => line.Contains("[r15+", StringComparison.Ordinal));
    }

    [Fact]
    public void ManyParametersAndResultsTravelInMemory()
    {
        var types = string.Join(' ', Enumerable.Repeat("i32 f64", 12));
        var values = string.Join(' ', Enumerable.Range(0, 24).Select(i => $"(local.get {23 - (i ^ 1)})"));
        using var run = new OptimizedRun(
            $"""
            (func $turn (param {types}) (result {types}) {values})
            (func (export "main") (param {types}) (result {types})
              {string.Join(' ', Enumerable.Range(0, 24).Select(i => $"(local.get {i})"))} call $turn call $turn)
            """,
            "inlining=off");
        WasmValue[] arguments =
            [.. Enumerable.Range(0, 24).Select(i => i % 2 == 0 ? WasmValue.FromI32(i) : WasmValue.FromF64(i + 0.5))];
        Assert.Equal(arguments, run.CallAll("main", arguments));
    }

    /// <summary>The lines from the target of the last conditional jump backwards up to that jump.</summary>
    private static string[] LoopOf(string[] lines)
    {
        var end = Array.FindLastIndex(lines, line => line.StartsWith("jne", StringComparison.Ordinal));
        var start = Array.FindIndex(lines, line => line.StartsWith("add", StringComparison.Ordinal));
        return lines[start..(end + 1)];
    }
}
