using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.Tests.Runtime;

namespace Harness.Engine.Tests.Threads;

/// <summary>Memories that several stores have.</summary>
public sealed class SharedMemoryTests
{
    private static readonly MemoryType OneToFour = new(new Limits(1, 4), Is64: false, IsShared: true);

    [Fact]
    public void AnExportedMemoryIsImportedIntoAnotherStore()
    {
        using var engine = new WasmEngine();
        using var first = new Store(engine);
        using var second = new Store(engine);
        var exporter = first.Instantiate(HandCompiler.Module(
            """
            (module (memory (export "memory") 1 4 shared) (data (i32.const 8) "\2a\00\00\00")
              (func (export "grow") (result i32) (memory.grow (i32.const 1)))
              (func (export "load") (param i32) (result i32) (i32.load (local.get 0))))
            """));
        var importer = second.Instantiate(
            HandCompiler.Module(
                """
                (module (import "m" "memory" (memory 1 4 shared))
                  (func (export "size") (result i32) (memory.size))
                  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
                  (func (export "store") (param i32 i32) (i32.store (local.get 0) (local.get 1))))
                """),
            new Imports().Define("m", exporter));

        Assert.Equal(42, importer.GetFunction("load").Invoke(8)[0].AsI32());
        Assert.Equal(1, exporter.GetFunction("grow").Invoke()[0].AsI32());
        Assert.Equal(2, importer.GetFunction("size").Invoke()[0].AsI32());
        importer.GetFunction("store").Invoke(131068, 7);
        Assert.Equal(7, exporter.GetFunction("load").Invoke(131068)[0].AsI32());
        Assert.Equal(2ul, exporter.GetMemory("memory").Pages);
    }

    [Fact]
    public void AStoreSeesASharedMemoryAsOneThing()
    {
        using var memory = new SharedMemory(OneToFour);
        using var store = new Store();
        Assert.Same(memory.In(store), memory.In(store));
        Assert.Same(memory, memory.In(store).Shared);
        var instance = store.Instantiate(
            HandCompiler.Module("""(module (import "m" "a" (memory 1 4 shared)) (import "m" "b" (memory 1 4 shared)) (export "a" (memory 0)) (export "b" (memory 1)))"""),
            new Imports().Define("m", "a", memory).Define("m", "b", memory.In(store)));
        Assert.Same(memory.In(store), instance.GetMemory("a"));
        Assert.Same(instance.GetMemory("a"), instance.GetMemory("b"));
    }

    [Theory]
    [InlineData("(memory 1 4 shared)", true)]
    [InlineData("(memory 0 9 shared)", true)]
    [InlineData("(memory 2 4 shared)", false)]
    [InlineData("(memory 1 3 shared)", false)]
    [InlineData("(memory 1 4)", false)]
    [InlineData("(memory i64 1 4 shared)", false)]
    [InlineData("(func)", false)]
    public void ImportsMatchByType(string import, bool matches)
    {
        using var memory = new SharedMemory(OneToFour);
        using var store = new Store();
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

    [Fact]
    public void WhatIsNotSharedStaysInItsStore()
    {
        using var first = new Store();
        using var second = new Store();
        var imports = new Imports().Define("m", "x", new Memory(first, new MemoryType(new Limits(1, 4), Is64: false)));
        Assert.Throws<ArgumentException>(() => second.Instantiate(HandCompiler.Module("(module (import \"m\" \"x\" (memory 1 4)))"), imports));
        Assert.Throws<ArgumentException>(() => new SharedMemory(new MemoryType(new Limits(1, 4), Is64: false)));
        Assert.Throws<ArgumentException>(() => new SharedMemory(new MemoryType(new Limits(1, null), Is64: false, IsShared: true)));
    }

    [Fact]
    public void AMemoryLivesAsLongAsOneOfItsUsers()
    {
        SharedMemory memory;
        using var last = new Store();
        using (var first = new Store())
        {
            var own = new Memory(first, OneToFour);
            own.Write(100, 5);
            memory = own.Shared!;
            memory.In(last);
        }

        Assert.Equal(5, memory.In(last).Read<int>(100));
        Assert.Equal(1, memory.Grow(3));
        Assert.Equal(-1, memory.Grow(1));
        last.Dispose();
        using var late = new Store();
        Assert.Throws<ObjectDisposedException>(() => memory.In(late));
        Assert.Throws<ObjectDisposedException>(() => memory.Grow(0));
        Assert.Throws<ObjectDisposedException>(() => memory.ByteLength);

        var made = new SharedMemory(OneToFour);
        made.In(late).Write(0, 1);
        made.Dispose();
        made.Dispose();
        Assert.Equal(1, made.In(late).Read<int>(0));
    }

    [Fact]
    public void TheLimitCountsEachMemoryOnce()
    {
        var options = new EngineOptions { MemoryLimit = 1 };
        var type = new MemoryType(new Limits(8, 32), Is64: false, IsShared: true);
        using var engine = new WasmEngine(options);
        using var first = new Store(engine);
        using var second = new Store(engine);
        var memory = new Memory(first, type);
        var seen = memory.Shared!.In(second);
        Assert.Equal(8, seen.Grow(4));
        Assert.Equal(-1, memory.Grow(5));
        Assert.Throws<InsufficientMemoryException>(() => new Memory(first, type));
        Assert.Equal(8ul, new Memory(second, type).Pages);
        using var alone = new SharedMemory(type, options);
        Assert.Equal(8, alone.Grow(8));
        Assert.Throws<InsufficientMemoryException>(() => new SharedMemory(type with { Limits = new Limits(17, 20) }, options));
    }

    /// <summary>Loads and questions for the size that are not atomic are made each time, so that loops which wait for a change come to an end.</summary>
    [Theory]
    [InlineData("i32.load", TierUpMode.Never)]
    [InlineData("i32.load", TierUpMode.Eager)]
    [InlineData("v128.any_true (v128.load", TierUpMode.Eager)]
    public async Task LoopsSeeWhatOtherThreadsDo(string load, TierUpMode tierUp)
    {
        using var engine = new WasmEngine(new EngineOptions { TierUp = tierUp });
        using var memory = new SharedMemory(OneToFour);
        using var store = new Store(engine);
        var instance = store.Instantiate(
            HandCompiler.Module(
                $"""
                (module
                  (import "m" "memory" (memory 1 4 shared))
                  (func (export "run") (param $p i32) (result i32) (local $turns i32)
                    (i32.store offset=64 (local.get $p) (i32.const 1))
                    (loop $flag
                      (local.set $turns (i32.add (local.get $turns) (i32.const 1)))
                      (br_if $flag ({load} offset=64 (local.get $p)){(load.Contains('(', StringComparison.Ordinal) ? ")" : "")}))
                    (loop $size (br_if $size (i32.ne (memory.size) (i32.const 2))))
                    (local.get $turns)))
                """),
            new Imports().Define("m", "memory", memory));
        var running = Task.Factory.StartNew(() => instance.GetFunction("run").Invoke(0)[0].AsI32(), TaskCreationOptions.LongRunning);
        using var observer = new Store(engine);
        var seen = memory.In(observer);
        Assert.True(SpinWait.SpinUntil(() => seen.Read<int>(64) == 1, TimeSpan.FromSeconds(30)));
        Thread.Sleep(5);
        seen.Write(64, 0);
        Thread.Sleep(5);
        memory.Grow(1);
        if (await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(30))) != running)
        {
            store.Interrupt();
        }

        Assert.True(await running > 1);
    }

    /// <summary>One thread grows the memory; the others read its size and at once use all of it.</summary>
    [Theory]
    [InlineData("", TierUpMode.Never, true)]
    [InlineData("", TierUpMode.Eager, true)]
    [InlineData("", TierUpMode.Never, false)]
    [InlineData("", TierUpMode.Eager, false)]
    [InlineData("i64", TierUpMode.Eager, true)]
    public async Task MemoriesGrowWhileOthersRun(string addressType, TierUpMode tierUp, bool guardPages)
    {
        const int pages = 200;
        using var engine = new WasmEngine(new EngineOptions { TierUp = tierUp, MemoryGuardPages = guardPages });
        using var memory = new SharedMemory(new MemoryType(new Limits(1, pages), Is64: addressType.Length > 0, IsShared: true));
        var type = addressType.Length > 0 ? "i64" : "i32";
        var module = HandCompiler.Module($$"""
            (module
              (import "m" "memory" (memory {{addressType}} 1 {{pages}} shared))
              (func (export "use") (param $until {{type}}) (result i32) (local $size {{type}}) (local $before {{type}})
                (loop $again
                  (local.set $size (memory.size))
                  (if ({{type}}.lt_u (local.get $size) (local.get $before)) (then (return (i32.const 1))))
                  (local.set $before (local.get $size))
                  (drop (i32.atomic.rmw.add ({{type}}.sub ({{type}}.shl (local.get $size) ({{type}}.const 16)) ({{type}}.const 4)) (i32.const 1)))
                  (i32.store ({{type}}.sub ({{type}}.shl (local.get $size) ({{type}}.const 16)) ({{type}}.const 8)) (i32.const -1))
                  (br_if $again ({{type}}.ne (local.get $size) (local.get $until))))
                (i32.const 0)))
            """);
        Task<int>[] users = [.. Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(Use, TaskCreationOptions.LongRunning))];
        for (var size = 1; size < pages; size++)
        {
            Assert.Equal(size, memory.Grow(1));
            if (size % 8 == 0)
            {
                Thread.Sleep(1);
            }
        }

        Assert.Equal(-1, memory.Grow(1));
        var outcomes = await Task.WhenAll(users);
        Assert.All(outcomes, outcome => Assert.Equal(0, outcome));

        int Use()
        {
            using var store = new Store(engine);
            var instance = store.Instantiate(module, new Imports().Define("m", "memory", memory));
            var until = type == "i64" ? (WasmValue)(long)pages : pages;
            return instance.GetFunction("use").Invoke(until)[0].AsI32();
        }
    }
}
