using System.Diagnostics;
using System.Globalization;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.Runtime.Instances;
using Harness.Engine.Tests.Modules;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Tables that are filled when something first accesses them are like any others, whoever comes first: code of either tier, the host, another instance.</summary>
public sealed class LazyTableTests
{
    private const int Length = 3000;

    private static readonly EngineOptions Lazy = EngineOptions.Default with { InstanceLazyTables = true, InstanceLazyFunctions = true };

    /// <summary>A table of 3,000 elements, of which element 10 + 7 i is function i % 5, and the last one an imported one.</summary>
    private static readonly WasmModule Large = HandCompiler.Module(
        $$"""
        (module
          (type $f (func (result i32)))
          (import "m" "host" (func $host (type $f)))
          (table $t (export "t") {{Length}} 200000 funcref) (table $other (export "other") 10 funcref)
          {{string.Concat(Enumerable.Range(0, 400).Select(i => string.Create(CultureInfo.InvariantCulture, $"(elem (table $t) (i32.const {10 + (7 * i)}) func $f{i % 5})")))}}
          (elem (table $t) (i32.const {{Length - 1}}) func $host)
          {{string.Concat(Enumerable.Range(0, 5).Select(i => string.Create(CultureInfo.InvariantCulture, $"(func $f{i} (type $f) (i32.const {100 + i}))")))}}
          (func (export "call") (param i32) (result i32) (call_indirect $t (type $f) (local.get 0)))
          (func (export "copy") (param i32) (result i32) (table.copy $other $t (i32.const 2) (local.get 0) (i32.const 1)) (call_indirect $other (type $f) (i32.const 2)))
          (func (export "set") (param i32) (table.set $t (local.get 0) (ref.func $f4)))
          (func (export "grow") (param i32) (result i32) (table.grow $t (ref.func $f3) (local.get 0)))
          (func (export "size") (result i32) (table.size $t))
          (func (export "sum") (result i32) (local $i i32) (local $sum i32)
            (local.set $i (i32.const 10))
            (loop $next
              (local.set $sum (i32.add (local.get $sum) (call_indirect $t (type $f) (local.get $i))))
              (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 7))) (i32.const 2800))))
            (local.get $sum)))
        """);

    private static Imports Host => new Imports().Define("m", "host", HostFunction.Create(() => 7));

    private static int Call(Instance instance, string function, params int[] arguments) =>
        instance.GetFunction(function).Invoke([.. arguments.Select(argument => (WasmValue)argument)]) is [{ } result] ? result.AsI32() : 0;

    private static int Expected(int element) => element == Length - 1 ? 7 : element < 10 || (element - 10) % 7 != 0 || (element - 10) / 7 >= 400 ? -1 : 100 + ((element - 10) / 7 % 5);

    public static TheoryData<TierUpMode, string> Firsts
    {
        get
        {
            var data = new TheoryData<TierUpMode, string>();
            foreach (var mode in new[] { TierUpMode.Never, TierUpMode.Eager })
            {
                foreach (var first in new[] { "call", "copy", "host", "set", "grow", "last", "null" })
                {
                    data.Add(mode, first);
                }
            }

            return data;
        }
    }

    /// <summary>A module may have very many tables and very many segments.</summary>
    [Fact]
    public void WhatManyTablesContainIsFoundInOnePassOverTheSegments()
    {
        const int count = 100_000;
        var module = new ModuleBuilder()
            .Types(ModuleBuilder.Function([], []))
            .Section(SectionId.Function, 1, w => w.U32(0))
            .Section(SectionId.Table, count, w =>
            {
                for (var i = 0; i < count; i++)
                {
                    w.Bytes([0x70, 0, 1]);
                }
            })
            .Section(SectionId.Element, count, w =>
            {
                for (var i = 0; i < count; i++)
                {
                    w.Bytes([0, 0x41, 0, 0x0B, 1, 0]);
                }
            })
            .Code(_ => { })
            .Decode();
        var watch = Stopwatch.StartNew();
        var images = TableImage.Create(module, new InstanceLayout(module), limit: 1);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"{watch.Elapsed}");
        Assert.NotNull(images[0]);
        Assert.Equal(count - 1, images.Count(image => image is null));
    }

    [Theory]
    [MemberData(nameof(Firsts))]
    public void WhoeverComesFirstFindsTheElements(TierUpMode mode, string first)
    {
        using var store = new Store(Lazy with { TierUp = mode });
        var instance = store.Instantiate(Large, Host);
        var changed = -1;
        switch (first)
        {
            case "call":
                Assert.Equal(101, Call(instance, "call", 17));
                break;
            case "copy":
                Assert.Equal(104, Call(instance, "copy", 38));
                break;
            case "host":
                Assert.Equal(102, instance.GetTable("t")[24].AsFunction()!.Invoke()[0].AsI32());
                break;
            case "set":
                changed = 1700;
                Call(instance, "set", changed);
                break;
            case "grow":
                Assert.Equal(Length, Call(instance, "grow", 100));
                Assert.Equal(103, Call(instance, "call", Length + 99));
                break;
            case "last":
                Assert.Equal(7, Call(instance, "call", Length - 1));
                break;
            default:
                Assert.Equal(TrapKind.UninitializedElement, Assert.Throws<WasmTrapException>(() => Call(instance, "call", 11)).Kind);
                break;
        }

        for (var i = 0; i < Length; i++)
        {
            var element = i;
            var expected = i == changed ? 104 : Expected(i);
            if (expected < 0)
            {
                Assert.Equal(TrapKind.UninitializedElement, Assert.Throws<WasmTrapException>(() => Call(instance, "call", element)).Kind);
            }
            else
            {
                Assert.Equal(expected, Call(instance, "call", element));
            }
        }

        Assert.Equal(TrapKind.UndefinedElement, Assert.Throws<WasmTrapException>(() => Call(instance, "call", Length + 5000)).Kind);
        Assert.Equal(Call(instance, "size"), (int)instance.GetTable("t").Length);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100_000)]
    [InlineData(190_000)]
    public void TablesGrowInTheirPlaceAndBeyond(int delta)
    {
        using var store = new Store(Lazy);
        var instance = store.Instantiate(Large, Host);
        Assert.Equal(Length, Call(instance, "grow", delta));
        Assert.Equal(103, Call(instance, "call", Length));
        Assert.Equal(103, Call(instance, "call", Length + delta - 1));
        Assert.Equal(7, Call(instance, "call", Length - 1));
        Assert.Equal(Enumerable.Range(0, Length).Where(i => i is >= 10 and < 2800 && Expected(i) > 0).Sum(Expected), Call(instance, "sum"));
        Assert.Equal(Length + delta, Call(instance, "size"));
    }

    [Fact]
    public void ALoopInOptimizedCodeFillsTheTable()
    {
        using var engine = new WasmEngine(Lazy with { TierUp = TierUpMode.Eager });
        var expected = Enumerable.Range(0, Length).Where(i => i is >= 10 and < 2800 && Expected(i) > 0).Sum(Expected);
        for (var i = 0; i < 20; i++)
        {
            using var store = new Store(engine);
            Assert.Equal(expected, Call(store.Instantiate(Large, Host), "sum"));
        }
    }

    [Fact]
    public void AnotherInstanceSharesTheTable()
    {
        var importer = HandCompiler.Module(
            """
            (module (type $f (func (result i32))) (import "m" "t" (table $t 10 funcref)) (elem (i32.const 17) func $own)
              (func $own (type $f) (i32.const 55))
              (func (export "call") (param i32) (result i32) (call_indirect $t (type $f) (local.get 0))))
            """);
        using var store = new Store(Lazy);
        var instance = store.Instantiate(Large, Host);
        var other = store.Instantiate(importer, new Imports().Define("m", "t", instance.GetTable("t")));
        Assert.Equal(55, Call(instance, "call", 17));
        Assert.Equal(102, Call(other, "call", 24));
    }

    /// <summary>What comes before a segment that does not fit is visible, what comes after is not.</summary>
    [Fact]
    public void ASegmentThatDoesNotFitKeepsTablesAsTheyAreThen()
    {
        var module = HandCompiler.Module(
            """
            (module (type $f (func (result i32)))
              (import "m" "t" (table $t 20 funcref)) (table $own 500 funcref)
              (elem (table $t) (i32.const 0) func $ask) (elem (table $own) (i32.const 1) func $one) (elem (table $t) (i32.const 19) func $one $one) (elem (table $own) (i32.const 2) func $one)
              (func $one (type $f) (i32.const 1))
              (func $ask (type $f) (i32.add (ref.is_null (table.get $own (i32.const 1))) (i32.mul (i32.const 2) (ref.is_null (table.get $own (i32.const 2)))))))
            """);
        using var store = new Store(Lazy with { StressInstancePool = true, InstancePool = 2 });
        var table = new Table(store, new TableType(ValueType.FuncRef, new Limits(20, null), Is64: false), WasmValue.Null(ValueType.FuncRef.HeapType));
        Assert.Equal(TrapKind.TableOutOfBounds, Assert.Throws<WasmTrapException>(() => store.Instantiate(module, new Imports().Define("m", "t", table))).Kind);
        Assert.Equal(2, table[0].AsFunction()!.Invoke()[0].AsI32());
    }

    [Fact]
    public void ManyTablesComeAndGo()
    {
        using var engine = new WasmEngine(Lazy);
        for (var round = 0; round < 5; round++)
        {
            Store[] stores = [.. Enumerable.Range(0, 300).Select(_ => new Store(engine))];
            foreach (var store in stores)
            {
                Assert.Equal(7, Call(store.Instantiate(Large, Host), "call", Length - 1));
            }

            foreach (var store in stores)
            {
                store.Dispose();
            }
        }
    }

    /// <summary>References that are mapped have their instance whichever way they are taken.</summary>
    [Theory]
    [InlineData(TierUpMode.Never)]
    [InlineData(TierUpMode.Eager)]
    public void ReferencesAreWholeHoweverTheyAreTaken(TierUpMode mode)
    {
        var functions = string.Concat(Enumerable.Range(0, 2000).Select(i => string.Create(CultureInfo.InvariantCulture, $"(func $f{i} (type $f) (global.get $g))")));
        var module = HandCompiler.Module(
            $$"""
            (module (type $f (func (result i32))) (import "m" "take" (func $take (param funcref) (result i32)))
              (global $g (mut i32) (i32.const 42)) (global $held funcref (ref.func $f1999)) (table $t 4 funcref)
              {{functions}}
              (elem (table $t) (i32.const 1) func $f500) (elem (table $t) (i32.const 2) funcref (ref.func $f600)) (elem $passive func $f700) (elem declare func $f800)
              (export "exported" (func $f900))
              (func (export "held") (result i32) (call $take (global.get $held)))
              (func (export "table") (param i32) (result i32) (call_indirect (type $f) (local.get 0)))
              (func (export "init") (table.init $t $passive (i32.const 3) (i32.const 0) (i32.const 1)))
              (func (export "code") (result i32) (call_ref $f (ref.func $f800)))
              (func (export "direct") (result i32) (call $f1000)))
            """);
        using var store = new Store(Lazy with { TierUp = mode });
        var instance = store.Instantiate(module, new Imports().Define("m", "take", HostFunction.Create(
            new FunctionType([ValueType.FuncRef], [ValueType.I32]), (_, arguments, results) => results[0] = arguments[0].AsFunction()!.Invoke()[0])));
        Assert.Equal(42, instance.GetFunction("exported").Invoke()[0].AsI32());
        Assert.Equal([42, 42], new[] { 1, 2 }.Select(i => Call(instance, "table", i)));
        instance.GetFunction("init").Invoke();
        Assert.Equal(42, Call(instance, "table", 3));
        Assert.Equal([42, 42, 42], new[] { "held", "code", "direct" }.Select(name => Call(instance, name)));
    }
}
