using Harness.Engine.Cache;
using Harness.Engine.Runtime.Stacks;

namespace Harness.Engine.Tests.Cache;

/// <summary>What was written is read, and nothing else is.</summary>
public sealed class RecordTests
{
    private static readonly long[] Numbers = [0, 1, -1, 63, 64, -64, -65, 127, 128, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue];

    [Fact]
    public void NumbersComeBack()
    {
        var writer = new RecordWriter();
        foreach (var number in Numbers)
        {
            writer.Write(number);
            writer.Write((ulong)number);
        }

        var reader = new RecordReader(writer.Written);
        foreach (var number in Numbers)
        {
            Assert.Equal(number, reader.ReadLong());
            Assert.Equal((ulong)number, reader.ReadBits());
        }

        Assert.Equal(0, reader.Left);
    }

    [Fact]
    public void ListsComeBack()
    {
        var writer = new RecordWriter();
        writer.Write([7, 7, -3, int.MaxValue, int.MinValue]);
        writer.Write([true, false, true, true, false, false, false, false, true]);
        writer.Write("bytes"u8);
        writer.Write(ReadOnlySpan<int>.Empty);
        var reader = new RecordReader(writer.Written);
        Assert.Equal([7, 7, -3, int.MaxValue, int.MinValue], reader.ReadInts());
        Assert.Equal([true, false, true, true, false, false, false, false, true], reader.ReadFlags());
        Assert.True(reader.ReadBytes().SequenceEqual("bytes"u8));
        Assert.Empty(reader.ReadInts());
        Assert.Equal(0, reader.Left);
    }

    [Fact]
    public void NothingIsReadBehindTheEnd()
    {
        Assert.Throws<InvalidDataException>(() => new RecordReader([]).ReadLong());
        Assert.Throws<InvalidDataException>(() => new RecordReader([0x80]).ReadLong());
        Assert.Throws<InvalidDataException>(() => new RecordReader([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]).ReadLong());
        Assert.Throws<InvalidDataException>(() => new RecordReader([4, 1]).ReadBytes());
        Assert.Throws<InvalidDataException>(() => new RecordReader([1]).ReadBytes());
        Assert.Throws<InvalidDataException>(() => new RecordReader([0xFE, 0xFF, 0xFF, 0xFF, 0x0F, 1]).ReadInts());
        Assert.Throws<InvalidDataException>(() => new RecordReader([0xFE, 0xFF, 0xFF, 0xFF, 0x0F, 1]).ReadFlags());
        Assert.Throws<InvalidDataException>(() => new RecordReader([4]).ReadIndex(2));
        Assert.Throws<InvalidDataException>(() => new RecordReader([1]).ReadIndex(2));
    }

    /// <summary>Maps that share their parts in memory share them in bytes.</summary>
    [Fact]
    public void StackMapsComeBackAndShareWhatTheyShared()
    {
        const int references = 40_000;
        const int calls = 1000;
        var builder = new StackMapBuilder();
        var slots = new ulong[references / 64];
        slots.AsSpan().Fill(ulong.MaxValue);
        for (var i = 0; i < calls; i++)
        {
            slots[i % slots.Length] ^= 1UL << (i % 64);
            builder.MapOf(builder.SetOf(slots), (uint)(i & 7));
        }

        var maps = builder.ToArray(-24, 8);
        Assert.Equal(calls, maps.Length);
        var writer = new RecordWriter();
        StackMapRecord.Write(writer, maps);
        Assert.InRange(writer.Written.Length, 1, calls * 400);
        var reader = new RecordReader(writer.Written);
        var read = StackMapRecord.Read(ref reader, -24, 8);
        Assert.Equal(0, reader.Left);
        Assert.Equal(maps.Select(map => map.Registers), read.Select(map => map.Registers));
        foreach (var i in (ReadOnlySpan<int>)[0, 1, 500, calls - 1])
        {
            Assert.Equal(maps[i].RbpOffsets, read[i].RbpOffsets);
        }
    }
}
