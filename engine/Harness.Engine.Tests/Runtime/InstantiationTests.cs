using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Linking, initial values, active segments and what stays visible when they fail.</summary>
public sealed class InstantiationTests
{
    private static Store NewStore() => new HandCompiler()
        .Baseline(0, w =>
        {
            w.Prologue();
            w.Epilogue();
        })
        .NewStore();

    [Fact]
    public void MissingAndWrongImportsAreNamed()
    {
        using var store = NewStore();
        var module = HandCompiler.Module("""(module (import "env" "f" (func (param i32))))""");

        var missing = Assert.Throws<LinkException>(() => store.Instantiate(module));
        Assert.Equal("unknown import: \"env\" \"f\": function [i32] -> []", missing.Message);
        var wrong = Assert.Throws<LinkException>(() =>
            store.Instantiate(module, new Imports().Define("env", "f", HostFunction.Create((long _) => { }))));
        Assert.Equal("incompatible import type: \"env\" \"f\"", wrong.Message);
        store.Instantiate(module, new Imports().Define("env", "f", HostFunction.Create((int _) => { })));
    }

    [Fact]
    public void ImportsAreNamedOnOneLine()
    {
        using var store = NewStore();
        var module = HandCompiler.Module("""(module (import "two\nlines" "\1b[31mred" (func)))""");
        var missing = Assert.Throws<LinkException>(() => store.Instantiate(module));
        Assert.Equal("""unknown import: "two\0alines" "\1b[31mred": function [] -> []""", missing.Message);
    }

    /// <summary>A few bytes of a module can ask for much text: here each import has the name of the module and the type of them all.</summary>
    [Fact]
    public void OfVeryManyMissingImportsTheFirstAreNamed()
    {
        using var store = NewStore();
        var items = string.Concat(Enumerable.Range(0, 2_000).Select(i => $"(item \"f{i}\") "));
        var module = HandCompiler.Module($"(module (import \"{new string('m', 1_000)}\" {items} (func (param i32 i64))))");

        var message = Assert.Throws<LinkException>(() => store.Instantiate(module)).Message;
        Assert.StartsWith("unknown import: \"mmm", message, StringComparison.Ordinal);
        Assert.Contains("m\" \"f8\": function [i32 i64] -> []; ", message, StringComparison.Ordinal);
        Assert.EndsWith("; and more", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 10_000, 12_000);
    }

    [Fact]
    public void EveryOfManyExportsIsFoundByItsName()
    {
        const int count = 20_000;
        using var store = NewStore();
        var exports = string.Concat(Enumerable.Range(0, count).Select(i => $"(export \"f{i}\" (func $f)) (export \"g{i}\" (global $g)) "));
        var instance = store.Instantiate(HandCompiler.Module($"(module (func $f) (global $g i32 (i32.const 7)) {exports})"));
        for (var i = 0; i < count; i++)
        {
            Assert.Equal($"f{i}", instance.Module.FindExport($"f{i}")!.Name);
            Assert.IsType<WasmFunction>(instance.Export($"f{i}"));
            Assert.IsType<Global>(instance.Export($"g{i}"));
        }

        Assert.Null(instance.Export($"f{count}"));
        Assert.Null(instance.Export("F0"));
    }

    [Theory]
    [InlineData("(memory 2)", true)]
    [InlineData("(memory 3)", false)]
    [InlineData("(memory 1 4)", true)]
    [InlineData("(memory 1 3)", false)]
    [InlineData("(memory i64 1)", false)]
    [InlineData("(memory 1 4 shared)", false)]
    [InlineData("(table 1 funcref)", false)]
    public void MemoriesMatchByTheirCurrentSize(string import, bool matches)
    {
        using var store = NewStore();
        var memory = new Memory(store, new MemoryType(new Limits(1, 4), Is64: false));
        Assert.Equal(1, memory.Grow(1));
        var module = HandCompiler.Module($"(module (import \"m\" \"x\" {import}))");
        var imports = new Imports().Define("m", "x", memory);
        if (matches)
        {
            store.Instantiate(module, imports);
        }
        else
        {
            Assert.Throws<LinkException>(() => store.Instantiate(module, imports));
        }
    }

    [Theory]
    [InlineData(TierUpMode.Never)]
    [InlineData(TierUpMode.Eager)]
    public void ASharedMemoryAndTypesWithVectorsAreOfUseWithoutThreadsAndVectorInstructions(TierUpMode tierUp)
    {
        using var store = new Store(new EngineOptions { TierUp = tierUp });
        var memory = new Memory(store, new MemoryType(new Limits(1, 4), Is64: false, IsShared: true));
        var instance = store.Instantiate(
            HandCompiler.Module(
                """
                (module
                  (type $box (struct (field i32) (field v128) (field i64)))
                  (import "m" "x" (memory 1 8 shared))
                  (func (export "last") (param (ref null $box)) (result i64) (struct.get $box 2 (local.get 0)))
                  (func (export "is") (param anyref) (result i32) (ref.test (ref $box) (local.get 0)))
                  (func (export "add") (param i32) (result i32)
                    (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (local.get 0)))
                    (memory.grow (i32.const 1))))
                """),
            new Imports().Define("m", "x", memory));
        Assert.Equal(1, instance.GetFunction("add").Invoke(5)[0].AsI32());
        Assert.Equal(2, instance.GetFunction("add").Invoke(7)[0].AsI32());
        Assert.Equal(12, memory.Read<int>(8));
        Assert.Equal(0, instance.GetFunction("is").Invoke(WasmValue.Null(HeapType.Abstract(AbstractHeapType.Any)))[0].AsI32());
        var trap = Assert.Throws<WasmTrapException>(() => instance.GetFunction("last").Invoke(WasmValue.Null(HeapType.Abstract(AbstractHeapType.Any))));
        Assert.Equal(TrapKind.NullStructure, trap.Kind);
    }

    [Fact]
    public void InitialValuesAreComputed()
    {
        using var store = NewStore();
        var instance = store.Instantiate(
            HandCompiler.Module(
                """
                (module
                  (import "m" "g" (global $g i32))
                  (global (export "sum") i32 (i32.add (global.get $g) (i32.mul (i32.const 3) (i32.const -5))))
                  (global (export "wide") i64 (i64.sub (i64.const 1) (i64.const 2)))
                  (global (export "f64") (mut f64) (f64.const 1.5))
                  (func $f)
                  (global (export "ref") funcref (ref.func $f))
                  (table (export "t") 3 funcref (ref.func $f))
                  (elem (i32.const 1) funcref (ref.null func))
                  (memory (export "mem") 1)
                  (data (i32.const 2) "abc")
                  (data (global.get $g) "\ff"))
                """),
            new Imports().Define("m", "g", new Global(store, new GlobalType(ValueType.I32, false), 20)));

        Assert.Equal(5, instance.GetGlobal("sum").Value.AsI32());
        Assert.Equal(-1L, instance.GetGlobal("wide").Value.AsI64());
        var mutable = instance.GetGlobal("f64");
        mutable.Value = 2.5;
        Assert.Equal(2.5, mutable.Value.AsF64());
        Assert.Throws<InvalidOperationException>(() => instance.GetGlobal("sum").Value = 1);
        var f = instance.GetGlobal("ref").Value.AsFunction()!;
        var table = instance.GetTable("t");
        Assert.Same(f, table[0].AsFunction());
        Assert.True(table[1].IsNull);
        Assert.Same(f, table[2].AsFunction());
        var memory = instance.GetMemory("mem");
        Assert.Equal("abc"u8, memory.Span(2, 3));
        Assert.Equal(0xFF, memory.Read<byte>(20));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Read<int>(65533));
    }

    [Fact]
    public void WhatWasWrittenBeforeAFailureStays()
    {
        using var store = NewStore();
        var memory = new Memory(store, new MemoryType(new Limits(1, null), Is64: false));
        var table = new Table(store, new TableType(ValueType.FuncRef, new Limits(2, null), false), WasmValue.FromFunction(null));
        var imports = new Imports().Define("m", "mem", memory).Define("m", "t", table);
        var module = HandCompiler.Module(
            """
            (module (import "m" "mem" (memory 1)) (import "m" "t" (table 2 funcref)) (func $f)
              (elem (i32.const 1) $f)
              (data (i32.const 5) "x")
              (data (i32.const 65535) "yz"))
            """);

        var trap = Assert.Throws<WasmTrapException>(() => store.Instantiate(module, imports));

        Assert.Equal(TrapKind.MemoryOutOfBounds, trap.Kind);
        Assert.Equal((byte)'x', memory.Read<byte>(5));
        Assert.Equal(0, memory.Read<byte>(65535));
        table[1].AsFunction()!.Invoke();
    }

    [Fact]
    public void MemoriesAndTablesGrowToTheirLimits()
    {
        using var store = NewStore();
        var memory = new Memory(store, new MemoryType(new Limits(0, 3), Is64: false));
        Assert.Equal(0, memory.Grow(2));
        memory.Write(65536 + 65532, 0x12345678);
        Assert.Equal(2, memory.Grow(1));
        Assert.Equal(-1, memory.Grow(1));
        Assert.Equal(0x12345678, memory.Read<int>(65536 + 65532));
        Assert.Equal(0, memory.Read<int>((3 * 65536) - 4));

        var large = new Memory(store, new MemoryType(new Limits(0, null), Is64: false));
        Assert.Equal(0, large.Grow(65536));
        Assert.Equal(-1, large.Grow(1));
        var wide = new Memory(store, new MemoryType(new Limits(1, null), Is64: true));
        Assert.Equal(-1, wide.Grow(Memory.MaximumBytes64 / MemoryType.UsualPageSize));

        var table = new Table(store, new TableType(ValueType.ExternRef, new Limits(1, 5), false), WasmValue.FromExtern("a"));
        Assert.Equal(1, table.Grow(4, WasmValue.FromExtern("b")));
        Assert.Equal(-1, table.Grow(1, WasmValue.FromExtern("b")));
        Assert.Equal("a", table[0].AsExtern());
        Assert.Equal("b", table[4].AsExtern());
    }

    [Fact]
    public void StartFunctionsRun()
    {
        using var store = NewStore();
        var started = 0;
        store.Instantiate(
            HandCompiler.Module("""(module (import "m" "s" (func)) (start 0))"""),
            new Imports().Define("m", "s", HostFunction.Create(() => { started++; })));
        Assert.Equal(1, started);
    }

    [Fact]
    public void ExportsCanBeImported()
    {
        using var store = NewStore();
        var exporter = store.Instantiate(HandCompiler.Module(
            """(module (func (export "f")) (memory (export "m") 1) (table (export "t") 1 funcref) (global (export "g") i32 (i32.const 9)))"""));
        var importer = store.Instantiate(
            HandCompiler.Module(
                """
                (module (func (export "f2") (import "a" "f")) (memory (export "m2") (import "a" "m") 1)
                  (table (export "t2") (import "a" "t") 1 funcref) (global (export "g2") (import "a" "g") i32))
                """),
            new Imports().Define("a", exporter));

        Assert.Same(exporter.GetFunction("f"), importer.GetFunction("f2"));
        Assert.Same(exporter.GetMemory("m"), importer.GetMemory("m2"));
        Assert.Same(exporter.GetTable("t"), importer.GetTable("t2"));
        Assert.Equal(9, importer.GetGlobal("g2").Value.AsI32());
        Assert.Throws<KeyNotFoundException>(() => importer.GetFunction("nope"));
    }
}
