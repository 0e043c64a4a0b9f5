using Harness.Engine.Configuration;
using Harness.Engine.Deoptimization;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Analysis;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Passes.Loops;
using Harness.Engine.Optimizer.Passes.Numbering;

namespace Harness.Engine.Tests.Optimizer.Passes;

/// <summary>Peeling, unrolling, and motion of what does not change in a loop.</summary>
public class LoopPassTests
{
    /// <summary>Calls through a table in a loop; <c>{0}</c> stands for what else the loop does.</summary>
    private const string CallingLoop =
        """
        (module
          (type $unary (func (param i32) (result i32)))
          (import "host" "f" (func $host))
          (memory 1)
          (global $g (mut i32) (i32.const 0))
          (table $t 4 funcref)
          (table $u 8 funcref)
          (func $inlinee (type $unary) (i32.add (local.get 0) (i32.const 37)))
          (func $main (param $n i32) (param $slot i32) (result i32) (local $sum i32)
            (loop $next
              (local.set $sum (i32.add (local.get $sum) (call_indirect $t (type $unary) (i32.const 7) (local.get $slot))))
              {0}
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $sum)))
        """;

    [Fact]
    public void APeeledLoopHasNoChecksLeft()
    {
        var graph = Speculative(CallingLoop.Replace("{0}", "nop", StringComparison.Ordinal))
            .Apply(new LoopPeeling(1000), Numbering());
        Assert.Equal(1, graph.Count(IrOp.Guard));
        Assert.Equal(0, graph.CountInLoops(IrOp.Guard, IrOp.TrapUnless, IrOp.LoadTableElement, IrOp.TableLength));
    }

    [Theory]
    [InlineData("(table.set $t (i32.const 0) (ref.null func))")]
    [InlineData("(call $host)")]
    public void TheCheckOfTheTargetStaysWhereTheTableMayChange(string other)
    {
        var graph = Speculative(CallingLoop.Replace("{0}", other, StringComparison.Ordinal))
            .Apply(new LoopPeeling(1000), Numbering());
        Assert.Equal(1, graph.CountInLoops(IrOp.Guard));
        Assert.Equal(1, graph.CountInLoops(IrOp.LoadTableElement));
    }

    [Fact]
    public void ALargeLoopIsNotPeeled()
    {
        var graph = Speculative(CallingLoop.Replace("{0}", "nop", StringComparison.Ordinal));
        var blocks = graph.ReversePostorder().Count;
        graph.Apply(new LoopPeeling(3));
        Assert.Equal(blocks, graph.ReversePostorder().Count);
    }

    [Fact]
    public void ALoopThatChecksNothingIsNotPeeled()
    {
        var graph = TestGraphs.Build(
            "(module (func (param i32) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))");
        var blocks = graph.ReversePostorder().Count;
        graph.Apply(new LoopPeeling(1000));
        Assert.Equal(blocks, graph.ReversePostorder().Count);
    }

    [Theory]
    [InlineData(1, 50, 1)]
    [InlineData(2, 50, 2)]
    [InlineData(3, 50, 2)]
    [InlineData(4, 50, 4)]
    [InlineData(64, 5, 2)]
    [InlineData(4, 3, 1)]
    public void ASmallLoopIsUnrolledWithinBothLimits(int maxFactor, int maxSize, int bodies)
    {
        var graph = TestGraphs.Build(
            "(module (func (param i32) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))");
        graph.Apply(new LoopUnrolling(maxFactor, maxSize));
        Assert.Equal(bodies, graph.CountInLoops(Opcode.I32Sub));
        Assert.Equal(1, graph.CountInLoops(IrOp.LoopStackCheck));
    }

    [Fact]
    public void ALoopThatCallsIsNotUnrolled()
    {
        var graph = Speculative(CallingLoop.Replace("{0}", "(call $host)", StringComparison.Ordinal));
        graph.Apply(new LoopUnrolling(4, 1000));
        Assert.Equal(1, graph.CountInLoops(IrOp.CallDirect));
    }

    [Fact]
    public void ThePeeledIterationIsAsFrequentAsTheLoopIsEntered()
    {
        var graph = Speculative(CallingLoop.Replace("{0}", "nop", StringComparison.Ordinal)).Apply(new LoopPeeling(1000));
        var flow = new ControlFlow(graph);
        var loop = Assert.Single(flow.Loops);
        Assert.All(
            flow.Order.Where(block => !loop.Contains(block.Id)), block => Assert.InRange(block.Frequency, 0, 1.0001));
        Assert.True(loop.Header.Frequency > 5);
    }

    /// <summary>
    /// Values of one loop used after it, in a frame state, in a later loop that is peeled as well, and around an outer loop:
    /// each use gets the value of the iteration that came last.
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void UsesAfterALoopSeeItsLastIteration(int count)
    {
        var module = TestGraphs.Module(
            """
            (module
              (global $g (mut i32) (i32.const 3))
              (func (param $n i32) (param $m i32) (result i32) (local $a i32) (local $b i32) (local $i i32)
                (loop $outer
                  (local.set $i (i32.const 0))
                  (block $out
                    (loop $first
                      (br_if $out (i32.ge_u (local.get $i) (local.get $n)))
                      (local.set $a (i32.add (i32.mul (local.get $a) (i32.const 3)) (global.get $g)))
                      (local.set $b (i32.xor (local.get $a) (local.get $i)))
                      (local.set $i (i32.add (local.get $i) (i32.const 1)))
                      (br $first)))
                  (loop $second
                    (local.set $b (i32.add (local.get $b) (i32.add (local.get $a) (global.get $g))))
                    (local.set $i (i32.sub (local.get $i) (i32.const 1)))
                    (br_if $second (i32.gt_s (local.get $i) (i32.const 0))))
                  (local.set $m (i32.sub (local.get $m) (i32.const 1)))
                  (br_if $outer (i32.gt_s (local.get $m) (i32.const 0))))
                (i32.add (i32.mul (local.get $a) (i32.const 1000003)) (local.get $b))))
            """);
        var plain = TestGraphs.Build(module, 0);
        var peeled = TestGraphs.Build(module, 0).Apply(new LoopPeeling(1000));
        Assert.True(peeled.ReversePostorder().Count > plain.ReversePostorder().Count);
        foreach (var rounds in new ulong[] { 1, 2, 3 })
        {
            Assert.Equal(
                new GraphEvaluator(module, fuel: 10_000).Outcome(plain, (ulong)count, rounds),
                new GraphEvaluator(module, fuel: 10_000).Outcome(peeled, (ulong)count, rounds));
        }
    }

    [Fact]
    public void WhatDoesNotChangeMovesBeforeTheLoop()
    {
        var graph = TestGraphs.Build(
            """
            (module (func (param $n i32) (param $k i32) (result i32) (local $sum i32)
              (loop
                (local.set $sum (i32.add (local.get $sum) (i32.mul (local.get $k) (i32.const 5))))
                (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (local.get $sum)))
            """).Apply(new LoopInvariantCodeMotion());
        Assert.Equal(0, graph.CountInLoops(Opcode.I32Mul));
        Assert.Equal(1, graph.CountInLoops(Opcode.I32Add));
    }

    /// <summary>The arms of an if compute the same, and neither is before the other; before the loop one is.</summary>
    [Fact]
    public void WhatTwoPlacesComputeMovesOnce()
    {
        var graph = TestGraphs.Build(
            """
            (module (type $a (array (mut i32)))
              (func (param $n i32) (param $a (ref $a)) (result i32) (local $sum i32)
                (loop
                  (if (i32.and (local.get $n) (i32.const 1))
                    (then (local.set $sum (i32.add (local.get $sum) (i32.mul (array.len (local.get $a)) (i32.const 5)))))
                    (else (local.set $sum (i32.sub (local.get $sum) (i32.mul (array.len (local.get $a)) (i32.const 5))))))
                  (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (local.get $sum)))
            """).Apply(new LoopInvariantCodeMotion());
        Assert.Equal(0, graph.CountInLoops(Opcode.ArrayLen, Opcode.I32Mul));
        Assert.Equal((1, 1), (graph.Count(Opcode.ArrayLen), graph.Count(Opcode.I32Mul)));
    }

    [Theory]
    [InlineData("(global.get $g)", "nop", 0)]
    [InlineData("(global.get $g)", "(global.set $g (local.get $n))", 1)]
    [InlineData("(i32.div_u (local.get $n) (local.get $k))", "nop", 1)]
    [InlineData("(i32.div_u (local.get $k) (local.get $k))", "nop", 1)]
    [InlineData("(i32.div_u (local.get $k) (i32.const 3))", "nop", 0)]
    [InlineData("(i32.load (local.get $k))", "nop", 1)]
    [InlineData("(memory.size)", "nop", 0)]
    [InlineData("(memory.size)", "(drop (memory.grow (i32.const 1)))", 1)]
    public void WhatMayChangeOrTrapStays(string value, string other, int expected)
    {
        var graph = TestGraphs.Build(
            $"""
            (module (memory 1) (global $g (mut i32) (i32.const 0))
            (func (param $n i32) (param $k i32) (result i32) (local $sum i32)
              (loop
                (local.set $sum (i32.add (local.get $sum) {value}))
                {other}
                (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (local.get $sum)))
            """).Apply(new LoopInvariantCodeMotion());
        Opcode[] ops = [Opcode.GlobalGet, Opcode.I32DivU, Opcode.I32Load, IrOp.MemoryByteLength];
        Assert.Equal(expected, graph.CountInLoops(ops));
        Assert.Equal(1, graph.Count(ops));
    }

    /// <summary>Checks move as guards that resume at the loop's start.</summary>
    [Fact]
    public void ChecksMoveWithTheStateOfTheLoopsEntry()
    {
        var graph = Speculative(CallingLoop.Replace("{0}", "(i32.store (local.get $n) (local.get $sum))", StringComparison.Ordinal))
            .Apply(new LoopInvariantCodeMotion());
        Assert.Equal(0, graph.CountInLoops(IrOp.Guard, IrOp.TrapUnless, IrOp.LoadTableElement));
        Node[] guards = [.. graph.ReversePostorder().SelectMany(block => block.Nodes).Select(id => graph[id])
            .Where(node => node.Op == IrOp.Guard)];
        Assert.Equal([(long)DeoptReason.TrapInLoop, (long)DeoptReason.WrongCallTarget], guards.Select(guard => guard.Immediate));
        Assert.All(guards, guard => Assert.Equal(ResumeKind.LoopEntry, graph.FrameStates[guard.Aux].Resume));
    }

    [Fact]
    public void ChecksStayWithoutDeopts()
    {
        var graph = Speculative(CallingLoop.Replace("{0}", "nop", StringComparison.Ordinal), allowDeopt: false)
            .Apply(new LoopInvariantCodeMotion());
        Assert.Equal(1, graph.CountInLoops(IrOp.LoadTableElement));
        Assert.True(graph.CountInLoops(IrOp.TrapUnless) > 0);
    }

    /// <summary>
    /// The index is in bounds of the first table in every iteration; the second table is read in some only, and is not to be
    /// read on the strength of the first one's check.
    /// </summary>
    [Fact]
    public void AnElementMovesOnlyBehindTheCheckOfItsOwnTable()
    {
        var graph = Speculative(
            CallingLoop.Replace(
                "{0}",
                "(if (i32.and (local.get $n) (i32.const 1)) (then (drop (table.get $u (local.get $slot)))))",
                StringComparison.Ordinal)).Apply(new LoopInvariantCodeMotion());
        var left = graph.ReversePostorder().SelectMany(block => block.Nodes)
            .Single(id => graph[id].Op == IrOp.LoadTableElement && graph[id].Immediate == 1);
        Assert.NotNull(new ControlFlow(graph).LoopOf(graph[left].Block));
    }

    private static ValueNumbering Numbering() =>
        new(Redundancies.Computations | Redundancies.Loads | Redundancies.Checks);

    /// <summary>The graph of <c>$main</c> where the only indirect call has always gone to <c>$inlinee</c>.</summary>
    private static Graph Speculative(string text, bool allowDeopt = true)
    {
        var module = TestGraphs.Module(text);
        var feedback = SyntheticFeedback.Parse(module, ["main@0 -> $inlinee:1000000"]);
        return TestGraphs.Build(
            module, SyntheticFeedback.FunctionNamed(module, "main"), feedback, allowDeopt, EngineOptions.Default);
    }
}
