using System.Runtime.CompilerServices;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Objects of the host live as long as something in the store refers to them, and no longer.</summary>
public sealed class HostObjectLifetimeTests
{
    private const string Program = """
        (module
          (type $box (struct (field $thing (mut externref))))
          (type $things (array (mut externref)))
          (tag $wrapped (param externref))
          (table $table 4 externref)
          (global $global (mut externref) (ref.null extern))
          (global $box (ref $box) (struct.new_default $box))
          (global $things (ref $things) (array.new_default $things (i32.const 3)))
          (global $converted (mut anyref) (ref.null any))
          (global $exception (mut exnref) (ref.null exn))
          (func (export "table") (param externref) (table.set $table (i32.const 2) (local.get 0)))
          (func (export "grown table") (param externref)
            (table.set $table (i32.sub (table.size $table) (i32.const 1)) (ref.null extern))
            (drop (table.grow $table (local.get 0) (i32.const 1))))
          (func (export "global") (param externref) (global.set $global (local.get 0)))
          (func (export "any") (param externref) (global.set $converted (any.convert_extern (local.get 0))))
          (func (export "field") (param externref) (struct.set $box $thing (global.get $box) (local.get 0)))
          (func (export "element") (param externref)
            (array.fill $things (global.get $things) (i32.const 0) (local.get 0) (i32.const 3)))
          (func (export "exception") (param externref)
            (global.set $exception
              (block $caught (result exnref) (try_table (catch_all_ref $caught) (throw $wrapped (local.get 0))) (unreachable)))))
        """;

    public static TheoryData<string, TierUpMode> Places
    {
        get
        {
            var data = new TheoryData<string, TierUpMode>();
            foreach (var place in (string[])["table", "grown table", "global", "any", "field", "element", "exception"])
            {
                data.Add(place, TierUpMode.Never);
                data.Add(place, TierUpMode.Eager);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void ObjectsLiveAsLongAsTheyAreReferredTo(string place, TierUpMode tierUp)
    {
        using var store = new Store(EngineOptions.Default with { TierUp = tierUp });
        var instance = store.Instantiate(HandCompiler.Module(Program));
        var thing = Pass(place);
        for (var i = 0; i < 3; i++)
        {
            Collect();
            Assert.True(thing.IsAlive);
        }

        var other = Pass(place);
        Collect();
        Assert.Equal((false, true), (thing.IsAlive, other.IsAlive));
        instance.GetFunction(place).Invoke(WasmValue.FromExtern(null));
        Collect();
        Assert.False(other.IsAlive);

        [MethodImpl(MethodImplOptions.NoInlining)]
        WeakReference Pass(string function)
        {
            var value = new object();
            instance.GetFunction(function).Invoke(WasmValue.FromExtern(value));
            return new WeakReference(value);
        }

        void Collect()
        {
            store.CollectGarbage();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    /// <summary>Compiled code that allocates nothing itself never asks for a collection.</summary>
    [Theory]
    [InlineData("arguments")]
    [InlineData("results")]
    [InlineData("exceptions")]
    [InlineData("table")]
    [InlineData("global")]
    public void ObjectsDieThoughCompiledCodeAllocatesNothing(string way)
    {
        const int Count = 100_000;
        var made = 0;
        using var store = new Store(EngineOptions.Default with { HeapNurserySize = 256 });
        var tagType = FunctionType.Of([ValueType.ExternRef], []);
        var tag = new Tag(store, new TagType(TypeRegistry.CanonicalId(tagType), tagType));
        var none = WasmValue.FromExtern(null);
        var global = new Global(store, new GlobalType(ValueType.ExternRef, IsMutable: true), none);
        var table = new Table(store, new TableType(ValueType.ExternRef, new Limits(1, null), Is64: false), none);
        var instance = store.Instantiate(
            HandCompiler.Module(
                """
                (module
                  (import "m" "tag" (tag $tag (param externref)))
                  (import "m" "make" (func $make (result externref)))
                  (import "m" "throw" (func $throw))
                  (func (export "take") (param externref))
                  (func (export "results") (param $n i32)
                    (loop $next
                      (drop (call $make))
                      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
                  (func (export "exceptions") (param $n i32)
                    (loop $next
                      (drop (block $caught (result externref) (try_table (catch $tag $caught) (call $throw)) (ref.null extern)))
                      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))
                """),
            new Imports()
                .Define("m", "tag", tag)
                .Define("m", "make", (_, _, results) => results[0] = New())
                .Define("m", "throw", (_, _, _) => throw new WasmException(tag, [New()])));
        switch (way)
        {
            case "arguments":
                var take = instance.GetFunction("take");
                for (var i = 0; i < Count; i++)
                {
                    take.Invoke(New());
                }

                break;
            case "table":
                for (var i = 0; i < Count; i++)
                {
                    table[0] = New();
                }

                break;
            case "global":
                for (var i = 0; i < Count; i++)
                {
                    global.Value = New();
                }

                break;
            default:
                made = Count - 20_000;
                instance.GetFunction(way).Invoke(20_000);
                break;
        }

        Assert.Equal(Count, made);
        Assert.InRange(store.Heap.HostObjects.Count, 1, (256 * 1024 / 16) + 1);
        Assert.InRange(store.HeapStatistics.UsedBytes, 0, (256 * 1024) + 100);

        WasmValue New()
        {
            made++;
            return WasmValue.FromExtern(new object());
        }
    }
}
