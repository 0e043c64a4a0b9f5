using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Whatever allocates traps where the heap is full, in every tier, and the store goes on.</summary>
public sealed class HeapLimitTests
{
    private const string Program = """
        (module
          (type $link (struct (field (ref null any)) (field externref)))
          (type $any (array (mut anyref)))
          (type $bytes (array (mut i8)))
          (type $units (array (mut i16)))
          (import "wasm:js-string" "concat" (func $concat (param externref externref) (result (ref extern))))
          (import "wasm:js-string" "substring" (func $substring (param externref i32 i32) (result (ref extern))))
          (import "wasm:js-string" "fromCharCodeArray" (func $fromUnits (param (ref null $units) i32 i32) (result (ref extern))))
          (import "m" "text" (func $text (result externref)))
          (import "m" "throw" (func $throw))
          (import "m" "thrown" (tag $thrown (param externref)))
          (import "'" "two hundred and fifty-six megabytes" (global $words (ref extern)))
          (tag $tag (param anyref))
          (data $data "0123456789")
          (elem $elements anyref (ref.i31 (i32.const 1)) (ref.i31 (i32.const 2)))
          (global $kept (mut anyref) (ref.null any))
          (global $exception (mut exnref) (ref.null exn))

          (func $keep (param $thing anyref) (global.set $kept (struct.new $link (global.get $kept) (extern.convert_any (local.get $thing)))))

          (func $structs (export "structs")
            (loop $next (global.set $kept (struct.new $link (global.get $kept) (ref.null extern))) (br $next)))
          (func $arrays (export "arrays")
            (loop $next (global.set $kept (array.new $any (global.get $kept) (i32.const 10))) (br $next)))
          (func $large (export "large")
            (loop $next (global.set $kept (array.new $any (global.get $kept) (i32.const 50000))) (br $next)))
          (func $fixed (export "fixed")
            (loop $next (global.set $kept (array.new_fixed $any 2 (global.get $kept) (ref.null any))) (br $next)))
          (func $huge (export "huge") (global.set $kept (array.new_default $any (i32.const -1))))
          (func $hugeBytes (export "hugeBytes") (global.set $kept (array.new $bytes (i32.const 7) (i32.const 0x7fffffff))))
          (func $data (export "data")
            (loop $next (call $keep (array.new_data $bytes $data (i32.const 1) (i32.const 9))) (br $next)))
          (func $elements (export "elements")
            (loop $next (call $keep (array.new_elem $any $elements (i32.const 0) (i32.const 2))) (br $next)))
          (func $concatenation (export "concatenation") (local $text externref)
            (local.set $text (global.get $words))
            (loop $next (local.set $text (call $concat (local.get $text) (local.get $text))) (br $next)))
          (func $substrings (export "substrings")
            (loop $next
              (call $keep (any.convert_extern (call $substring (global.get $words) (i32.const 1) (i32.const 30))))
              (br $next)))
          (func $units (export "units")
            (drop (call $fromUnits (array.new_default $units (i32.const 700000)) (i32.const 0) (i32.const 700000))))
          (func $texts (export "texts") (local $i i32)
            (loop $next
              (table.set $table (local.get $i) (call $text))
              (local.set $i (i32.add (local.get $i) (i32.const 1)))
              (br $next)))
          (table $table 1000000 externref)
          (func $exceptions (export "exceptions")
            (loop $next
              (global.set $exception
                (block $caught (result exnref)
                  (try_table (catch_all_ref $caught) (throw $tag (global.get $kept)))
                  (unreachable)))
              (call $keepException)
              (br $next)))
          (func $thrownTexts (export "thrownTexts") (local $i i32)
            (loop $next
              (table.set $table (local.get $i)
                (block $caught (result externref) (try_table (catch $thrown $caught) (call $throw)) (unreachable)))
              (local.set $i (i32.add (local.get $i) (i32.const 1)))
              (br $next)))
          (type $holder (struct (field exnref) (field anyref)))
          (func $keepException (global.set $kept (struct.new $holder (global.get $exception) (global.get $kept))))

          (func (export "release")
            (global.set $kept (ref.null any))
            (global.set $exception (ref.null exn))
            (table.fill $table (i32.const 0) (ref.null extern) (i32.const 1000000)))
          (func (export "fine") (result i32) (array.len (array.new_default $any (i32.const 1000)))))
        """;

    public static TheoryData<string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var tier in (string[])["baseline", "optimized", "tier-up"])
            {
                foreach (var function in (string[])
                         [
                             "structs", "arrays", "large", "fixed", "huge", "hugeBytes", "data", "elements", "concatenation", "substrings", "units",
                             "texts", "exceptions", "thrownTexts",
                         ])
                {
                    data.Add(tier, function);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void AFullHeapIsATrap(string tier, string function)
    {
        var options = EngineOptions.Default with { HeapLimit = 2, HeapNurserySize = 256 };
        using var store = new Store(tier switch
        {
            "baseline" => options with { TierUp = TierUpMode.Never },
            "optimized" => options with { TierUp = TierUpMode.Eager },
            _ => options with { TierUp = TierUpMode.Synchronous, TieringBudget = 1000 },
        });
        var text = new string('x', 10_000);
        var longText = new string('x', 100_000);
        var tagType = FunctionType.Of([ValueType.ExternRef], []);
        var tag = new Tag(store, new TagType(TypeRegistry.CanonicalId(tagType), tagType));
        var instance = store.Instantiate(
            WasmModule.Decode(WatAssembler.Assemble(Program), BuiltinSets.JsString),
            new Imports().DefineStringConstants("'")
                .Define("m", "text", (_, _, results) => results[0] = WasmValue.FromExtern(text))
                .Define("m", "thrown", tag)
                .Define("m", "throw", (_, _, _) => throw new WasmException(tag, [WasmValue.FromExtern(longText)])));
        for (var i = 0; i < 3; i++)
        {
            var trap = Assert.Throws<WasmTrapException>(() => instance.GetFunction(function).Invoke());
            Assert.Equal(TrapKind.OutOfMemory, trap.Kind);
            Assert.Equal(function, trap.CallStack[^1].FunctionName);
            instance.GetFunction("release").Invoke();
            Assert.Equal(1000, instance.GetFunction("fine").Invoke()[0].AsI32());
            store.Heap.Verify();
        }

        Assert.InRange(store.HeapStatistics.LargestUsedBytes, 0, 80 << 20);
    }

    /// <summary>Constant expressions make objects without collections.</summary>
    [Fact]
    public void WhatInstancesHaveMadeAndLostIsCollected()
    {
        using var store = new Store(EngineOptions.Default with { HeapLimit = 2, HeapNurserySize = 256 });
        var table = new Table(store, new TableType(ValueType.AnyRef, new Limits(1, null), Is64: false), WasmValue.Null(ValueType.AnyRef.HeapType));
        var module = HandCompiler.Module(
            """
            (module (type $bytes (array i8)) (import "m" "t" (table $t 1 anyref))
              (elem (table $t) (i32.const 0) anyref (array.new_default $bytes (i32.const 200000))))
            """);
        for (var i = 0; i < 1000; i++)
        {
            store.Instantiate(module, new Imports().Define("m", "t", table));
        }

        Assert.InRange(store.HeapStatistics.LargestUsedBytes, 0, 4 << 20);
    }

    /// <summary>What a host throws that is passed no references is made without collections, too.</summary>
    [Fact]
    public void WhatTheHostThrowsIsCollected()
    {
        using var store = new Store(EngineOptions.Default with { HeapLimit = 2, HeapNurserySize = 256, TierUp = TierUpMode.Never });
        var tagType = FunctionType.Of([ValueType.ExternRef], []);
        var tag = new Tag(store, new TagType(TypeRegistry.CanonicalId(tagType), tagType));
        var thrown = new WasmException(tag, [WasmValue.FromExtern(new string('x', 100_000))]);
        var instance = store.Instantiate(
            HandCompiler.Module(
                """
                (module
                  (import "m" "throw" (func $throw))
                  (func (export "f") (param i32)
                    (loop $next
                      (block $caught (try_table (catch_all $caught) (call $throw)))
                      (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
                """),
            new Imports().Define("m", "throw", HostFunction.Create(() => throw thrown)));
        instance.GetFunction("f").Invoke(1000);
        Assert.InRange(store.HeapStatistics.LargestUsedBytes, 0, 4 << 20);
    }

    /// <summary>Values of the host are converted without collections, which are made up for when the next ones come.</summary>
    [Fact]
    public void WhatTheHostGrowsATableByIsCollected()
    {
        using var store = new Store(EngineOptions.Default with { HeapLimit = 2, HeapNurserySize = 256 });
        var table = new Table(store, new TableType(ValueType.ExternRef, new Limits(1, null), Is64: false), WasmValue.FromExtern(null));
        var text = new string('x', 100_000);
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(1, table.Grow(0, WasmValue.FromExtern(text)));
        }

        Assert.InRange(store.HeapStatistics.LargestUsedBytes, 0, 4 << 20);
    }
}
