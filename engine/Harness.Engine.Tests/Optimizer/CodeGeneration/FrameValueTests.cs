using Harness.Engine.Configuration;
using Harness.Engine.Diagnostics.Growth;

namespace Harness.Engine.Tests.Optimizer.CodeGeneration;

/// <summary>Values that lie in the frame because they are not followed through all blocks that they live through.</summary>
public sealed class FrameValueTests
{
    /// <summary>
    /// Its objects live over loops, handlers and branches while others are made. Where a call has thrown there is no result of it, but the one of
    /// an earlier iteration.
    /// </summary>
    private const string Text = """
        (type $s (struct (field (mut i32))))
        (tag $t)
        (global $kept (mut (ref null $s)) (ref.null $s))
        (func $make (param i32) (result (ref $s))
          (if (i32.eqz (local.get 0)) (then (throw $t)))
          (struct.new $s (local.get 0)))
        (func (export "f") (param $n i32) (result i32)
          (local $sum i32) (local $i i32) (local $a (ref null $s)) (local $b (ref null $s))
          (local.set $a (call $make (i32.const 7)))
          (loop $next
            (block $done
              (block $caught
                (try_table (catch_all $caught)
                  (local.set $b (call $make (i32.and (local.get $i) (i32.const 3))))
                  (local.set $sum (i32.add (local.get $sum) (struct.get $s 0 (local.get $b))))
                  (br $done)))
              (global.set $kept (call $make (i32.const 1000)))
              (if (i32.eqz (ref.is_null (local.get $b)))
                (then (local.set $sum (i32.add (local.get $sum) (struct.get $s 0 (local.get $b)))))))
            (if (i32.and (local.get $i) (i32.const 1)) (then (global.set $kept (call $make (i32.const 5)))))
            (struct.set $s 0 (local.get $a) (i32.add (struct.get $s 0 (local.get $a)) (i32.const 1)))
            (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
          (i32.add (local.get $sum) (struct.get $s 0 (local.get $a))))
        """;

    [Theory]
    [InlineData("compile.live-blocks=0")]
    [InlineData("compile.live-blocks=16")]
    public void ReferencesInTheFrameAreFoundByCollections(string knob)
    {
        using var run = new OptimizedRun(Text, knob, "inlining=off", "stress.gc-interval=1");
        var sum = 0;
        var last = -1;
        for (var i = 0; i < 40; i++)
        {
            last = (i & 3) == 0 ? last : i & 3;
            sum += Math.Max(last, 0);
        }

        Assert.Equal(sum + 7 + 40, run.Call("f", 40).AsI32());
    }

    /// <summary>Followed block by block they would be far too many.</summary>
    [Fact]
    public void ReferencesMayLiveOverVeryManyBlocks()
    {
        var module = GrowingShapes.Get("objects-over-blocks").Assemble(8000);
        Assert.Null(CompilationCost.OfOptimizing(module, EngineOptions.Default).Refusal);
    }
}
