using Harness.Engine.Configuration;
using Harness.Engine.Runtime;
using Harness.Engine.Runtime.Stubs;

namespace Harness.Engine.Tests.Runtime;

/// <summary>Short copies and fills, which machine code does without the runtime functions.</summary>
public sealed class BulkStubTests
{
    private const int Room = 512;

    private static readonly EngineOptions Baseline = EngineOptions.Default with { TierUp = TierUpMode.Never };

    private const string MemoryText = """
        (module (memory (export "memory") 1) (memory 1)
          (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
          (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
          (func (export "away") (param i32 i32 i32) (memory.copy 1 0 (local.get 0) (local.get 1) (local.get 2)))
          (func (export "back") (param i32 i32 i32) (memory.copy 0 1 (local.get 0) (local.get 1) (local.get 2))))
        """;

    public static TheoryData<int> Distances => [-1000, -129, -65, -33, -16, -7, -1, 0, 1, 2, 3, 8, 15, 31, 63, 64, 127, 1000];

    [Theory]
    [MemberData(nameof(Distances))]
    public void MemoryIsCopiedAsBySpansHoweverPlacesOverlap(int distance)
    {
        using var store = new Store(Baseline);
        var instance = store.Instantiate(HandCompiler.Module(MemoryText));
        var memory = ((Memory)instance.Export("memory")!).Span(0, 5 * Room);
        var copy = instance.GetFunction("copy");
        for (var count = 0; count <= BulkStubs.MaxBytes + 20; count++)
        {
            new Random(count).NextBytes(memory);
            var expected = memory.ToArray();
            var source = 2 * Room;
            expected.AsSpan(source, count).ToArray().CopyTo(expected.AsSpan(source + distance));
            copy.Invoke(source + distance, source, count);
            Assert.Equal(expected, memory);
        }
    }

    [Fact]
    public void MemoryIsFilledAsBySpans()
    {
        using var store = new Store(Baseline);
        var instance = store.Instantiate(HandCompiler.Module(MemoryText));
        var memory = ((Memory)instance.Export("memory")!).Span(0, Room);
        for (var count = 0; count <= BulkStubs.MaxBytes + 20; count++)
        {
            new Random(count).NextBytes(memory);
            var expected = memory.ToArray();
            expected.AsSpan(33, count).Fill(0xA5);
            instance.GetFunction("fill").Invoke(33, 0x7A5, count);
            Assert.Equal(expected, memory);
        }
    }

    [Fact]
    public void WhatIsOutOfBoundsTrapsAndWritesNothing()
    {
        using var store = new Store(Baseline);
        var instance = store.Instantiate(HandCompiler.Module(MemoryText));
        var memory = (Memory)instance.Export("memory")!;
        var size = (int)memory.ByteLength;
        foreach (var (name, arguments) in (ReadOnlySpan<(string, int[])>)
                 [
                     ("copy", [size - 9, 0, 10]), ("copy", [0, size - 9, 10]), ("copy", [size + 1, 0, 0]), ("copy", [0, -1, 0]),
                     ("copy", [0, -1, 2]), ("copy", [0, 0, -1]), ("fill", [size - 9, 1, 10]), ("fill", [-1, 1, 1]), ("fill", [0, 1, -1]),
                 ])
        {
            var trap = Assert.Throws<WasmTrapException>(
                () => instance.GetFunction(name).Invoke([.. arguments.Select(WasmValue.FromI32)]));
            Assert.Equal(TrapKind.MemoryOutOfBounds, trap.Kind);
        }

        Assert.True(memory.Span(0, size).IndexOfAnyExcept((byte)0) < 0);
        instance.GetFunction("copy").Invoke(size - 10, 0, 10);
        instance.GetFunction("fill").Invoke(size, 1, 0);
        instance.GetFunction("fill").Invoke(size - 1, 1, 1);
        Assert.Equal(1, memory.Read<byte>((ulong)size - 1));
    }

    [Fact]
    public void OtherMemoriesAreNotTakenForTheFirst()
    {
        using var store = new Store(Baseline);
        var instance = store.Instantiate(HandCompiler.Module(MemoryText));
        var memory = (Memory)instance.Export("memory")!;
        memory.Write(8, 0x1234567890ABCDEF);
        instance.GetFunction("away").Invoke(100, 8, 8);
        Assert.Equal(0, memory.Read<long>(100));
        instance.GetFunction("back").Invoke(200, 100, 8);
        Assert.Equal(0x1234567890ABCDEF, memory.Read<long>(200));
    }

    [Fact]
    public void AnOldArrayRemembersWhatIsCopiedIntoIt()
    {
        using var store = new Store(Baseline);
        var instance = store.Instantiate(HandCompiler.Module(
            """
            (module
              (type $s (struct (field i32)))
              (type $a (array (mut (ref null $s))))
              (global $old (ref $a) (array.new_default $a (i32.const 6)))
              (func (export "copy") (param i32)
                (array.copy $a $a (global.get $old) (local.get 0)
                  (array.new $a (struct.new $s (local.get 0)) (i32.const 2)) (i32.const 0) (i32.const 2)))
              (func (export "get") (param i32) (result i32)
                (struct.get $s 0 (array.get $a (global.get $old) (local.get 0)))))
            """));
        foreach (var index in (ReadOnlySpan<int>)[0, 2, 4])
        {
            store.CollectGarbage();
            instance.GetFunction("copy").Invoke(index);
            instance.GetFunction("copy").Invoke(index);
            store.Heap.Verify();
            store.Heap.Collect(isFull: false);
            Assert.Equal(index, instance.GetFunction("get").Invoke(index + 1)[0].AsI32());
        }
    }
}
