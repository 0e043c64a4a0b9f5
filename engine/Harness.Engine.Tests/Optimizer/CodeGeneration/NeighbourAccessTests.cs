using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Optimizer.CodeGeneration;

/// <summary>Elements beside one that was checked: a check is left out only where it could not have failed.</summary>
public class NeighbourAccessTests
{
    private const string Module =
        """
        (type $a (array (mut i32)))
        (global $a (ref $a) (array.new_fixed $a 4 (i32.const 1) (i32.const 10) (i32.const 100) (i32.const 1000)))
        (func $any (param $a (ref $a)) (param $i i32) (result i32)
          (i32.add
            (array.get $a (local.get $a) (i32.add (local.get $i) (i32.const 1)))
            (array.get $a (local.get $a) (local.get $i))))
        (func $positive (param $a (ref $a)) (param $i i32) (result i32)
          (local.set $i (i32.shr_u (local.get $i) (i32.const 1)))
          (array.get $a (local.get $a) (i32.add (local.get $i) (i32.const 2)))
          (array.get $a (local.get $a) (i32.add (local.get $i) (i32.const 1)))
          (array.get $a (local.get $a) (local.get $i))
          i32.add i32.add)
        (func $upwards (param $a (ref $a)) (param $i i32) (result i32)
          (array.get $a (local.get $a) (local.get $i))
          (array.get $a (local.get $a) (i32.add (local.get $i) (i32.const 1)))
          (array.get $a (local.get $a) (i32.add (local.get $i) (i32.const 2)))
          i32.add i32.add)
        (func $far (param $a (ref $a)) (param $i i32) (result i32)
          (local.set $i (i32.shr_u (local.get $i) (i32.const 1)))
          (i32.add
            (array.get $a (local.get $a) (i32.add (local.get $i) (i32.const -2147483647)))
            (array.get $a (local.get $a) (i32.add (local.get $i) (i32.const 1)))))
        (func (export "any") (param i32) (result i32) (call $any (global.get $a) (local.get 0)))
        (func (export "positive") (param i32) (result i32) (call $positive (global.get $a) (local.get 0)))
        (func (export "upwards") (param i32) (result i32) (call $upwards (global.get $a) (local.get 0)))
        (func (export "far") (param i32) (result i32) (call $far (global.get $a) (local.get 0)))
        """;

    [Theory]
    [InlineData("inlining=on")]
    [InlineData("inlining=off")]
    [InlineData("deopt=off")]
    [InlineData("stress.gc-interval=1")]
    [InlineData("stress.guard-fail-interval=1")]
    [InlineData("tier-up=never")]
    public void IndicesOnEitherSideOfTheBoundsGiveElementsOrTrap(string knob)
    {
        using var run = new OptimizedRun(Module, knob);
        int[] elements = [1, 10, 100, 1000];
        foreach (var i in (int[])[-3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, int.MinValue, int.MinValue + 1, int.MaxValue, int.MaxValue - 1])
        {
            var half = (int)((uint)i >> 1);
            Check("any", i, [unchecked(i + 1), i]);
            Check("positive", i, [half + 2, half + 1, half]);
            Check("upwards", i, [i, unchecked(i + 1), unchecked(i + 2)]);
            Check("far", i, [unchecked(half + -2147483647), half + 1]);
        }

        void Check(string function, int argument, int[] indices)
        {
            if (Array.TrueForAll(indices, index => (uint)index < (uint)elements.Length))
            {
                Assert.Equal((function, argument, indices.Sum(index => elements[index])), (function, argument, run.Call(function, argument).AsI32()));
            }
            else
            {
                Assert.Equal((function, argument, TrapKind.ArrayOutOfBounds), (function, argument, run.TrapOf(function, argument)));
            }
        }
    }

    [Fact]
    public void OneCheckServesAllElementsBeforeIt()
    {
        using var run = new OptimizedRun(
            """
            (type $a (array (mut i32)))
            (func (export "main") (param i32) (result i32) (call $get (array.new_default $a (i32.const 3)) (local.get 0)))
            (func $get (export "get") (param $a (ref $a)) (param $i i32) (result i32)
              (local.set $i (i32.shr_u (local.get $i) (i32.const 1)))
              (array.get $a (local.get $a) (i32.add (local.get $i) (i32.const 2)))
              (array.get $a (local.get $a) (i32.add (local.get $i) (i32.const 1)))
              (array.get $a (local.get $a) (local.get $i))
              i32.add i32.add)
            """,
            "inlining=off");
        Assert.Equal(0, run.Call("main", 1).AsI32());
        Assert.Single(run.Listing("get"), line => line.StartsWith("cmp", StringComparison.Ordinal));
    }
}
