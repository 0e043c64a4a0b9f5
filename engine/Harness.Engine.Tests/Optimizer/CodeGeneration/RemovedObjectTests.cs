using System.Globalization;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Optimizer.CodeGeneration;

/// <summary>Objects that optimized code does without are there, and the same, after a deopt.</summary>
public sealed class RemovedObjectTests
{
    /// <summary>
    /// Adds 1 or subtracts 1 through a table, n times, on a number in an object that two fields of another object refer to.
    /// The result: the number, 1000 if both fields still refer to one object, the bytes of an array, and a field of 64 bits.
    /// </summary>
    private const string Program =
        """
        (module
          (type $change (func (param i32) (result i32)))
          (type $cell (struct (field $value (mut i32))))
          (type $bytes (array i8))
          (type $pair (struct (field $first (ref $cell)) (field $second (ref $cell)) (field $wide i64) (field $bytes (ref $bytes))))
          (table 2 funcref)
          (elem (i32.const 0) $increment $decrement)
          (func $increment (type $change) (i32.add (local.get 0) (i32.const 1)))
          (func $decrement (type $change) (i32.sub (local.get 0) (i32.const 1)))
          (func (export "run") (param $n i32) (param $change i32) (result i32)
            (local $cell (ref $cell)) (local $pair (ref $pair))
            (local.set $cell (struct.new $cell (i32.const 1)))
            (local.set $pair
              (struct.new $pair
                (local.get $cell)
                (local.get $cell)
                (i64.extend_i32_u (local.get $n))
                (array.new_fixed $bytes 2 (i32.const 20) (i32.const 30))))
            (loop $next
              (struct.set $cell $value (struct.get $pair $first (local.get $pair))
                (call_indirect (type $change) (struct.get $cell $value (local.get $cell)) (local.get $change)))
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (i32.add
              (i32.add
                (struct.get $cell $value (struct.get $pair $second (local.get $pair)))
                (i32.mul (i32.const 1000)
                  (ref.eq (struct.get $pair $first (local.get $pair)) (struct.get $pair $second (local.get $pair)))))
              (i32.add
                (i32.wrap_i64 (struct.get $pair $wide (local.get $pair)))
                (i32.add
                  (array.get_u $bytes (struct.get $pair $bytes (local.get $pair)) (i32.const 0))
                  (array.get_u $bytes (struct.get $pair $bytes (local.get $pair)) (i32.const 1)))))))
        """;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void ObjectsAreMadeAtADeopt(int collectionInterval)
    {
        var options = EngineOptions.Default
            .With("tier-up", "synchronous")
            .With("stress.tier-up-after", "10")
            .With("stress.gc-interval", collectionInterval.ToString(CultureInfo.InvariantCulture));
        using var engine = new WasmEngine(options);
        using var store = new Store(engine);
        var run = store.Instantiate(WasmModule.Decode(WatAssembler.Assemble(Program))).GetFunction("run");
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(6 + 1000 + 5 + 50, run.Invoke(5, 0)[0].AsI32());
        }

        Assert.Equal(0, engine.Statistics.Deopts);
        var before = store.HeapStatistics.AllocatedBytes;
        Assert.Equal(6 + 1000 + 5 + 50, run.Invoke(5, 0)[0].AsI32());
        Assert.Equal(before, store.HeapStatistics.AllocatedBytes);
        Assert.Equal(-4 + 1000 + 5 + 50, run.Invoke(5, 1)[0].AsI32());
        Assert.Equal(1, engine.Statistics.Deopts);
        Assert.NotEqual(before, store.HeapStatistics.AllocatedBytes);
    }

    /// <summary>A reference that was converted to another hierarchy is of the type at the top of that one, whatever it refers to.</summary>
    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    public void AConvertedReferenceIsOfTheHierarchyThatItWasConvertedTo(string castElimination)
    {
        using var run = new OptimizedRun(
            """
            (type $cell (struct (field i32)))
            (func (export "is extern") (result i32)
              (ref.test (ref extern) (extern.convert_any (struct.new $cell (i32.const 1)))))
            (func (export "is null or extern") (result i32)
              (ref.test externref (extern.convert_any (struct.new $cell (i32.const 1)))))
            (func (export "is nothing") (result i32)
              (ref.test (ref noextern) (extern.convert_any (struct.new $cell (i32.const 1)))))
            (func (export "content") (result i32)
              (struct.get $cell 0
                (ref.cast (ref $cell)
                  (any.convert_extern (ref.cast (ref extern) (extern.convert_any (struct.new $cell (i32.const 1))))))))
            """,
            $"pass.cast-elimination={castElimination}");
        Assert.Equal(1, run.Call("is extern").AsI32());
        Assert.Equal(1, run.Call("is null or extern").AsI32());
        Assert.Equal(0, run.Call("is nothing").AsI32());
        Assert.Equal(1, run.Call("content").AsI32());
    }
}
