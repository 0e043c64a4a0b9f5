using System.Globalization;
using Harness.Engine.Configuration;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Objects with descriptors and exact types beyond what scripts can see: deopts, collections, and the host.</summary>
public sealed class DescriptorTests
{
    /// <summary>
    /// An object, and its descriptor, which optimized code does without until a call through a table goes elsewhere. The result: the number in the object, what
    /// the descriptor has, 1000 if a cast by the descriptor succeeds behind the loop, and 10,000 if the descriptor is the one that the object was made with.
    /// </summary>
    private const string Program =
        """
        (module
          (type $change (func (param i32) (result i32)))
          (rec
            (type $cell (sub (descriptor $cell.d) (struct (field $value (mut i32)))))
            (type $cell.d (sub (describes $cell) (struct (field $step i32)))))
          (table 2 funcref)
          (elem (i32.const 0) $increment $decrement)
          (func $increment (type $change) (i32.add (local.get 0) (i32.const 1)))
          (func $decrement (type $change) (i32.sub (local.get 0) (i32.const 1)))
          (func (export "run") (param $n i32) (param $change i32) (result i32)
            (local $d (ref (exact $cell.d))) (local $cell (ref $cell))
            (local.set $d (struct.new $cell.d (i32.const 300)))
            (local.set $cell (struct.new_desc $cell (i32.const 1) (local.get $d)))
            (loop $next
              (struct.set $cell $value (local.get $cell)
                (call_indirect (type $change) (struct.get $cell $value (local.get $cell)) (local.get $change)))
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (i32.add
              (i32.add
                (struct.get $cell $value (ref.cast_desc_eq (ref (exact $cell)) (local.get $cell) (local.get $d)))
                (struct.get $cell.d $step (ref.get_desc $cell (local.get $cell))))
              (i32.add
                (i32.mul (i32.const 1000)
                  (block $is (result i32)
                    (block $not (result (ref $cell))
                      (drop (br_on_cast_desc_eq_fail $not (ref $cell) (ref $cell) (local.get $cell) (local.get $d)))
                      (br $is (i32.const 1)))
                    (drop)
                    (i32.const 0)))
                (i32.mul (i32.const 10000) (ref.eq (ref.get_desc $cell (local.get $cell)) (local.get $d)))))))
        """;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void ObjectsAndDescriptorsAreMadeAtADeopt(int collectionInterval)
    {
        var options = EngineOptions.Default
            .With("tier-up", "synchronous")
            .With("stress.tier-up-after", "10")
            .With("stress.gc-interval", collectionInterval.ToString(CultureInfo.InvariantCulture));
        using var engine = new WasmEngine(options);
        using var store = new Store(engine);
        var run = store.Instantiate(Decode(Program)).GetFunction("run");
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(6 + 300 + 1000 + 10000, run.Invoke(5, 0)[0].AsI32());
        }

        Assert.Equal(0, engine.Statistics.Deopts);
        var before = store.HeapStatistics.AllocatedBytes;
        Assert.Equal(6 + 300 + 1000 + 10000, run.Invoke(5, 0)[0].AsI32());
        Assert.Equal(before, store.HeapStatistics.AllocatedBytes);
        Assert.Equal(-4 + 300 + 1000 + 10000, run.Invoke(5, 1)[0].AsI32());
        Assert.Equal(1, engine.Statistics.Deopts);
        Assert.NotEqual(before, store.HeapStatistics.AllocatedBytes);
    }

    /// <summary>The collector follows descriptors: they live as long as their objects, wherever these are.</summary>
    [Fact]
    public void DescriptorsLiveWithTheirObjects()
    {
        using var store = new Store(EngineOptions.Default);
        var instance = store.Instantiate(Decode(
            """
            (module
              (rec
                (type $node (descriptor $node.d) (struct (field $next (ref null $node))))
                (type $node.d (describes $node) (struct (field $number i32))))
              (func (export "list") (param $n i32) (result (ref null $node)) (local $list (ref null $node))
                (loop $again
                  (local.set $list (struct.new_desc $node (local.get $list) (struct.new $node.d (local.get $n))))
                  (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (local.get $list))
              (func (export "sum") (param $list (ref null $node)) (result i32) (local $sum i32)
                (block $done
                  (loop $again
                    (br_if $done (ref.is_null (local.get $list)))
                    (local.set $sum (i32.add (local.get $sum) (struct.get $node.d $number (ref.get_desc $node (local.get $list)))))
                    (local.set $list (struct.get $node $next (local.get $list)))
                    (br $again)))
                (local.get $sum)))
            """));
        var list = instance.GetFunction("list").Invoke(1000)[0];
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(500500, instance.GetFunction("sum").Invoke(list)[0].AsI32());
            store.CollectGarbage();
            for (var j = 0; j < 10; j++)
            {
                instance.GetFunction("list").Invoke(1000);
            }
        }

        // The descriptor of the first node, which stands before its field.
        Assert.Equal(1ul, ObjectHeap.ReadField(ObjectHeap.ReadField(list.AsHeap()!.Address, 0), 0));
    }

    /// <summary>Where exact types are asked for, the host may pass objects and functions of just those types.</summary>
    [Fact]
    public void TheHostPassesWhatIsOfAnExactType()
    {
        using var store = new Store(EngineOptions.Default with { TierUp = TierUpMode.Never });
        var instance = store.Instantiate(Decode(
            """
            (module
              (type $super (sub (struct (field i32))))
              (type $sub (sub $super (struct (field i32))))
              (type $f (sub (func)))
              (type $g (sub $f (func)))
              (elem declare func $f $g)
              (func $f (type $f))
              (func $g (type $g))
              (func (export "super") (result (ref $super)) (struct.new $super (i32.const 1)))
              (func (export "sub") (result (ref $super)) (struct.new $sub (i32.const 2)))
              (func (export "f") (result (ref $f)) (ref.func $f))
              (func (export "g") (result (ref $f)) (ref.func $g))
              (func (export "take") (param (ref null (exact $super))) (result i32) (struct.get $super 0 (local.get 0)))
              (func (export "take function") (param (ref (exact $f))) (result i32) (ref.test (ref (exact $f)) (local.get 0))))
            """));
        WasmValue Of(string name) => instance.GetFunction(name).Invoke()[0];
        Assert.Equal(1, instance.GetFunction("take").Invoke(Of("super"))[0].AsI32());
        Assert.Contains("(exact", Assert.Throws<ArgumentException>(() => instance.GetFunction("take").Invoke(Of("sub"))).Message, StringComparison.Ordinal);
        Assert.Equal(1, instance.GetFunction("take function").Invoke(Of("f"))[0].AsI32());
        Assert.Throws<ArgumentException>(() => instance.GetFunction("take function").Invoke(Of("g")));
    }

    /// <summary>A function of the host has the type of the import that it is made for, exactly.</summary>
    [Fact]
    public void AFunctionOfTheHostIsOfItsTypeExactly()
    {
        using var store = new Store(EngineOptions.Default);
        var module = Decode(
            """
            (module
              (type $f (sub (func (result i32))))
              (import "m" "f" (func $f (exact (type $f))))
              (global $kept (ref (exact $f)) (ref.func $f))
              (func (export "call") (result i32) (call_ref $f (global.get $kept))))
            """);
        var instance = store.Instantiate(module, new Imports().Define("m", "f", (_, _, results) => results[0] = 7));
        Assert.Equal(7, instance.GetFunction("call").Invoke()[0].AsI32());
        var missing = Assert.Throws<LinkException>(() => store.Instantiate(module));
        Assert.Contains("function exactly", missing.Message, StringComparison.Ordinal);
    }

    /// <summary>All element segments are evaluated when a module is instantiated, also those that only declare; nothing of these can be taken out afterwards.</summary>
    [Fact]
    public void DeclarativeElementSegmentsAreEvaluated()
    {
        const string types =
            """
            (rec
              (type $cell (sub (descriptor $cell.d) (struct)))
              (type $cell.d (sub (describes $cell) (struct))))
            """;
        using var store = new Store(EngineOptions.Default);
        var trapping = Decode($"(module {types} (elem declare (ref null $cell) (item (struct.new_desc $cell (ref.null none)))))");
        Assert.Equal(TrapKind.NullDescriptor, Assert.Throws<WasmTrapException>(() => store.Instantiate(trapping)).Kind);
        var instance = store.Instantiate(Decode(
            $"""
            (module
              {types}
              (table 1 (ref null $cell))
              (elem $cells declare (ref null $cell) (item (struct.new_desc $cell (struct.new $cell.d))))
              (func (export "init") (param i32) (table.init $cells (i32.const 0) (i32.const 0) (local.get 0))))
            """));
        instance.GetFunction("init").Invoke(0);
        Assert.Equal(TrapKind.TableOutOfBounds, Assert.Throws<WasmTrapException>(() => instance.GetFunction("init").Invoke(1)).Kind);
    }

    /// <summary>An object may be so large that the page at address 0 does not reach its descriptor.</summary>
    [Theory]
    [InlineData("never")]
    [InlineData("eager")]
    public void NullTrapsForDescriptorsFarBehindTheHeader(string tierUp)
    {
        var fields = string.Concat(Enumerable.Repeat("(field i64)", 600));
        using var store = new Store(EngineOptions.Default.With("tier-up", tierUp));
        var instance = store.Instantiate(Decode(
            $"""
            (module
              (type $wide (sub (struct {fields})))
              (rec
                (type $far (sub $wide (descriptor $far.d) (struct {fields})))
                (type $far.d (describes $far) (struct (field i32))))
              (func $make (param $null i32) (result (ref null $far))
                (if (result (ref null $far)) (local.get $null) (then (ref.null none))
                  (else (struct.new_default_desc $far (struct.new $far.d (i32.const 5))))))
              (func (export "get") (param $null i32) (result i32)
                (struct.get $far.d 0 (ref.get_desc $far (call $make (local.get $null)))))
              (func (export "cast") (param $null i32) (result i32)
                (ref.is_null (ref.cast_desc_eq (ref $far) (call $make (local.get $null)) (struct.new $far.d (i32.const 6))))))
            """));
        Assert.Equal(5, instance.GetFunction("get").Invoke(0)[0].AsI32());
        Assert.Equal(TrapKind.NullReference, TrapOf("get", 1));
        Assert.Equal(TrapKind.DescriptorCastFailure, TrapOf("cast", 0));
        Assert.Equal(TrapKind.DescriptorCastFailure, TrapOf("cast", 1));

        TrapKind TrapOf(string name, int argument) =>
            Assert.Throws<WasmTrapException>(() => instance.GetFunction(name).Invoke(argument)).Kind;
    }

    private static WasmModule Decode(string text) => WasmModule.Decode(WatAssembler.Assemble(text));
}
