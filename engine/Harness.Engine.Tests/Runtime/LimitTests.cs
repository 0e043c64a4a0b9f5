using System.Globalization;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Runtime;

/// <summary>What a store or an engine may use up at most, and that all goes on where a limit is reached.</summary>
public sealed class LimitTests
{
    [Fact]
    public void TheMemoriesOfAStoreHaveALimitInCommon()
    {
        using var store = new Store(EngineOptions.Default with { MemoryLimit = 1 });
        var module = HandCompiler.Module(
            """(module (memory 10) (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))""");
        var grow = store.Instantiate(module).GetFunction("grow");
        Assert.Equal(10, grow.Invoke(4)[0].AsI32());
        Assert.Equal(-1, grow.Invoke(3)[0].AsI32());
        var fault = Assert.Throws<InsufficientMemoryException>(() => store.Instantiate(module));
        Assert.Contains("at most 1 MiB (knob memory.limit)", fault.Message, StringComparison.Ordinal);
        Assert.Equal(14, grow.Invoke(2)[0].AsI32());
        Assert.Equal(-1, grow.Invoke(1)[0].AsI32());
    }

    /// <summary>Behind what is reserved for a host other mappings lie, such as the pages of another memory.</summary>
    [Fact]
    public void AMemoryThatAHostHasMappedIsNoLargerThanWhatIsReservedForTheHost()
    {
        using var store = new Store();
        var module = HandCompiler.Module("""(module (memory (export "m") i64 1))""");
        var mapped = store.Instantiate(module).GetMemory("m");
        mapped.Share();
        Assert.False(mapped.CanGrow(65536));
        Assert.Equal(-1, mapped.Grow(65536));
        Assert.Equal(1, mapped.Grow(65535));
        mapped.Write(MemoryPages.MostHostBytes - sizeof(long), 42L);
        Assert.Equal(42, mapped.Read<long>(MemoryPages.MostHostBytes - sizeof(long)));
        Assert.Equal(-1, mapped.Grow(1));

        var large = store.Instantiate(module).GetMemory("m");
        Assert.Equal(1, large.Grow(65536));
        Assert.Throws<NotSupportedException>(large.Share);
        Assert.Equal(65537, large.Grow(1));
    }

    /// <summary>Most of a memory has never been written when a host asks for it, as a script does with that of its glue.</summary>
    [Fact]
    public void MappingAMemoryForAHostTakesNoMemoryForWhatWasNeverWritten()
    {
        const ulong bytes = 1UL << 30;
        const ulong last = bytes - sizeof(long);
        using var store = new Store();
        var module = HandCompiler.Module($"""(module (memory (export "m") {bytes / MemoryType.UsualPageSize}) (data (i32.const 5000) "data"))""");
        var memory = store.Instantiate(module).GetMemory("m");
        memory.Write(last, 42L);
        var before = SharedResident();
        memory.Share();
        Assert.InRange(SharedResident() - before, long.MinValue, (long)bytes / 2);
        Assert.Equal("data", System.Text.Encoding.ASCII.GetString(memory.Span(5000, 4)));
        Assert.Equal(42, memory.Read<long>(last));
        Assert.Equal(0, memory.Read<long>(last - sizeof(long)));

        // In bytes, of all mappings that are shared: other tests have some, too, but not by the half gigabyte.
        static long SharedResident() => 1024 * long.Parse(
            File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssShmem:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    [Fact]
    public void TablesHaveALimit()
    {
        using var store = new Store(EngineOptions.Default with { TableLimit = 5 });
        var grow = store.Instantiate(HandCompiler.Module(
            """(module (table 3 funcref) (func (export "grow") (param i32) (result i32) (table.grow (ref.null func) (local.get 0))))"""))
            .GetFunction("grow");
        Assert.Equal(3, grow.Invoke(2)[0].AsI32());
        Assert.Equal(-1, grow.Invoke(1)[0].AsI32());
        var fault = Assert.Throws<InsufficientMemoryException>(
            () => store.Instantiate(HandCompiler.Module("(module (table 4294967295 funcref))")));
        Assert.Contains("larger than the limit of 5 (knob table.limit)", fault.Message, StringComparison.Ordinal);
        Assert.Equal(5, grow.Invoke(0)[0].AsI32());
    }

    /// <summary>What such a table is to contain would need as much room, and may have more elements than can be counted.</summary>
    [Theory]
    [InlineData("i32", 4_294_967_295L)]
    [InlineData("i64", 8_589_934_591L)]
    public void NothingIsMadeOfWhatATableBeyondTheLimitIsToContain(string index, long elements)
    {
        using var store = new Store(EngineOptions.Default with { InstanceLazyTables = true });
        var module = HandCompiler.Module($"(module (table {index} {elements} funcref) (elem ({index}.const 7) func $f) (func $f))");
        var fault = Assert.Throws<InsufficientMemoryException>(() => store.Instantiate(module));
        Assert.Contains("larger than the limit of 10000000 (knob table.limit)", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>A table of 1 MiB has 131,072 elements: half of them are there from the beginning, in whichever way the table is made.</summary>
    [Theory]
    [InlineData("", false)]
    [InlineData("(elem (i32.const 0) func $f)", false)]
    [InlineData("(elem (i32.const 0) func $f)", true)]
    public void TheTablesOfAStoreAreWithinTheLimitOfItsMemories(string elements, bool isLazy)
    {
        using var store = new Store(EngineOptions.Default with { MemoryLimit = 1, InstanceLazyTables = isLazy });
        var module = HandCompiler.Module(
            $"""
            (module (memory 1) (table 65536 funcref) {elements} (func $f)
              (func (export "grow") (param i32) (result i32) (table.grow (ref.null func) (local.get 0)))
              (func (export "grow_memory") (param i32) (result i32) (memory.grow (local.get 0))))
            """);
        var instance = store.Instantiate(module);
        var grow = instance.GetFunction("grow");
        Assert.Equal(-1, grow.Invoke(131_072)[0].AsI32());
        var fault = Assert.Throws<InsufficientMemoryException>(() => store.Instantiate(module));
        Assert.Contains("a table of 65536 elements: the memories and tables of a store take at most 1 MiB (knob memory.limit)", fault.Message, StringComparison.Ordinal);
        Assert.Equal(-1, instance.GetFunction("grow_memory").Invoke(8)[0].AsI32());
        Assert.Equal(1, instance.GetFunction("grow_memory").Invoke(1)[0].AsI32());
        Assert.Equal(65536, grow.Invoke(0)[0].AsI32());
    }

    /// <summary>What grows step by step grows as far as there is room, though it asks the system for twice as much.</summary>
    [Fact]
    public void ATableGrowsUpToTheLimitOfItsStore()
    {
        using var store = new Store(EngineOptions.Default with { MemoryLimit = 1 });
        var grow = store.Instantiate(HandCompiler.Module(
            """(module (table 0 externref) (func (export "grow") (param i32) (result i32) (table.grow (ref.null extern) (local.get 0))))"""))
            .GetFunction("grow");
        var length = 0;
        for (; grow.Invoke(10_000)[0].AsI32() == length; length += 10_000)
        {
            Assert.InRange(length, 0, 131_072);
        }

        Assert.InRange(length, 120_000, 131_072);
        Assert.Equal(length, grow.Invoke(100)[0].AsI32());
    }

    /// <summary>What tables are to contain at first is noted for each module: a small one may have a hundred thousand tables of ten million elements each.</summary>
    [Fact]
    public void WhatIsNotedOfTablesHasALimit()
    {
        var tables = string.Concat(Enumerable.Range(0, 2000).Select(i => $"(table $t{i} 1000 funcref) (elem (table $t{i}) (i32.const 1) func $f)"));
        var module = HandCompiler.Module(
            $"""
            (module (type $t (func (result i32))) {tables} (func $f (type $t) (i32.const 42))
              (func (export "first") (result i32) (call_indirect $t0 (type $t) (i32.const 1)))
              (func (export "last") (result i32) (call_indirect $t1999 (type $t) (i32.const 1))))
            """);
        using var store = new Store(EngineOptions.Default with { InstanceLazyTables = true, TableLimit = 5000 });
        var instance = store.Instantiate(module);
        Assert.Equal(5, instance.Code.TableImages.Count(image => image is not null));
        Assert.Equal(42, instance.GetFunction("first").Invoke()[0].AsI32());
        Assert.Equal(42, instance.GetFunction("last").Invoke()[0].AsI32());
    }

    [Fact]
    public void AStoreHasALimitOfInstances()
    {
        using var store = new Store(EngineOptions.Default with { InstanceLimit = 2 });
        var module = HandCompiler.Module("(module)");
        store.Instantiate(module);
        store.Instantiate(module);
        var fault = Assert.Throws<InsufficientMemoryException>(() => store.Instantiate(module));
        Assert.Contains("at most 2 instances (knob instance.limit)", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheCodeOfAnEngineHasALimit()
    {
        var functions = string.Concat(Enumerable.Range(0, 100).Select(
            i => $"(func (export \"f{i}\") (param i32) (result i32) (i32.div_u (i32.const {i}) (local.get 0)))"));
        using var store = new Store(EngineOptions.Default with { CodeLimit = 4, TierUp = TierUpMode.Never });
        var instance = store.Instantiate(HandCompiler.Module($"(module {functions})"));
        var called = 0;
        var fault = Assert.Throws<InsufficientMemoryException>(() =>
        {
            for (; called < 100; called++)
            {
                Assert.Equal(called, instance.GetFunction($"f{called}").Invoke(1)[0].AsI32());
            }
        });
        Assert.Contains("at most 4 KiB (knob code.limit)", fault.Message, StringComparison.Ordinal);
        Assert.InRange(called, 5, 99);
        for (var i = 0; i < called; i++)
        {
            Assert.Equal(i, instance.GetFunction($"f{i}").Invoke(1)[0].AsI32());
        }
    }

    [Fact]
    public void WhereTheCodeOfAnEngineHasNoRoomFunctionsStayInBaselineCode()
    {
        var body = string.Concat(Enumerable.Range(2, 300).Select(i => $"(local.set 0 (i32.div_u (i32.mul (local.get 0) (i32.const {i})) (i32.const {i})))"));
        var module = HandCompiler.Module($"""(module (func (export "f") (param i32) (result i32) {body} (local.get 0)))""");
        var options = EngineOptions.Default with { TierUp = TierUpMode.Synchronous, StressTierUpAfter = 1000 };
        using var unlimited = new Store(options);
        unlimited.Instantiate(module).GetFunction("f").Invoke(1);
        var baselineKiB = (int)((unlimited.Engine.CodeBytes + 1023) >> 10);

        using var store = new Store(options with { CodeLimit = baselineKiB, StressTierUpAfter = 2 });
        var failures = new List<Exception>();
        store.Engine.Events.CompilationFailed += failed => failures.Add(failed.Failure);
        var function = store.Instantiate(module).GetFunction("f");
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(i, function.Invoke(i)[0].AsI32());
        }

        Assert.Contains("knob code.limit", Assert.IsType<InsufficientMemoryException>(Assert.Single(failures)).Message, StringComparison.Ordinal);
    }
}
