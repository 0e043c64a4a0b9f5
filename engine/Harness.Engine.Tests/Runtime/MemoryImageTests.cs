using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.Runtime.Instances;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Instances whose memories map an image are like those whose segments were copied.</summary>
public sealed class MemoryImageTests
{
    private const int Instances = 4;

    private static readonly EngineOptions Options = EngineOptions.Default with { MemoryImageMinSize = 1 };

    /// <summary>2,000 characters, so that images are worth it.</summary>
    private static readonly string Filling = new('x', 2000);

    public static TheoryData<string, bool> Modules => new()
    {
        { $"""(memory (export "m") 3) (data (i32.const 5000) "{Filling}") (data (i32.const 5001) "overlap") (data "passive")""", true },
        { $"""(memory (export "m") 1) (data (i32.const 63536) "{Filling}")""", true },
        { $"""(memory (export "m") i64 2) (data (i64.const 0) "{Filling}") (data (i64.const 131072) "")""", true },
        { $"""(memory 1) (memory (export "m") 2) (data (memory 1) (i32.const 70000) "{Filling}") (data (i32.const 1) "first")""", true },
        { $"""(memory (export "m") 40) (data (i32.const 0) "{Filling}") (data (i32.const 2621436) "last")""", false },
        { $"""(global $g i32 (i32.const 8)) (memory (export "m") 1) (data (global.get $g) "{Filling}")""", false },
        { """(memory (export "m") 1) (data (i32.const 5) "short")""", false },
        { """(memory (export "m") 1)""", false },
    };

    [Theory]
    [MemberData(nameof(Modules))]
    public void LaterInstancesBeginAsTheFirst(string text, bool hasImage)
    {
        var module = HandCompiler.Module($"(module {text})");
        var images = MemoryImage.Create(module, 1024);
        Assert.Equal(hasImage, images is { Length: > 0 });
        foreach (var image in images ?? [])
        {
            image.Dispose();
        }

        using var engine = new WasmEngine(Options);
        using var store = new Store(engine);
        byte[]? first = null;
        for (var i = 0; i < Instances; i++)
        {
            var memory = store.Instantiate(module).GetMemory("m");
            var content = memory.Span(0, (int)memory.ByteLength).ToArray();
            first ??= content;
            Assert.Equal(first, content);

            // What one instance writes no other sees, and new pages are zeros.
            memory.Span(0, (int)memory.ByteLength).Fill(0xEE);
            Assert.Equal((long)memory.Pages, memory.Grow(1));
            Assert.Equal(-1, memory.Span(memory.ByteLength - MemoryType.UsualPageSize, MemoryType.UsualPageSize).IndexOfAnyExcept((byte)0));
        }
    }

    [Fact]
    public void SegmentsAreDroppedAllTheSame()
    {
        var module = HandCompiler.Module(
            $"""
            (module (memory 1) (data $active (i32.const 0) "{Filling}") (data $passive "abc")
              (func (export "active") (memory.init $active (i32.const 0) (i32.const 0) (i32.const 1)))
              (func (export "passive") (memory.init $passive (i32.const 0) (i32.const 0) (i32.const 3))))
            """);
        using var store = new Store(Options);
        for (var i = 0; i < Instances; i++)
        {
            var instance = store.Instantiate(module);
            instance.GetFunction("passive").Invoke();
            Assert.Equal(TrapKind.MemoryOutOfBounds, Assert.Throws<WasmTrapException>(() => instance.GetFunction("active").Invoke()).Kind);
        }
    }

    [Fact]
    public void WhatDoesNotFitTrapsInEveryInstanceAndLeavesWhatWasWrittenBefore()
    {
        var module = HandCompiler.Module(
            $"""(module (memory (import "m" "m") 1) (data (i32.const 0) "{Filling}") (data (i32.const 65535) "ab"))""");
        using var store = new Store(Options);
        for (var i = 0; i < Instances; i++)
        {
            var memory = new Memory(store, new MemoryType(new Limits(1, null), Is64: false));
            Assert.Throws<WasmTrapException>(() => store.Instantiate(module, new Imports().Define("m", "m", memory)));
            Assert.Equal((byte)'x', memory.Read<byte>(1999));
            Assert.Equal(0, memory.Read<byte>(65535));
        }
    }

    [Fact]
    public void FilesAreClosedWithTheEngine()
    {
        // No other test has an image of this size.
        var module = HandCompiler.Module($"""(module (memory 1) (data (i32.const 0) "{new string('x', 50_000)}"))""");
        using (var engine = new WasmEngine(Options))
        {
            using var store = new Store(engine);
            store.Instantiate(module);
            Assert.Equal(0, OpenImages());
            store.Instantiate(module);
            Assert.Equal(1, OpenImages());
        }

        Assert.Equal(0, OpenImages());
    }

    private static int OpenImages() => Directory.EnumerateFiles("/proc/self/fd").Count(IsImage);

    private static bool IsImage(string file)
    {
        try
        {
            return new FileInfo(file).LinkTarget?.Contains("wasm memory image, 52 KiB", StringComparison.Ordinal) ?? false;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
