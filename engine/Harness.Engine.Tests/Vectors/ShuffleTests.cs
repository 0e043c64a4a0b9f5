using System.Buffers.Binary;
using Harness.Engine.Vectors;
using Harness.Engine.X64;

namespace Harness.Engine.Tests.Vectors;

/// <summary>Which shuffles one instruction does.</summary>
public sealed class ShuffleTests
{
    private const int Bytes = 16;

    /// <summary>Shuffles that one instruction does, some of them of every kind.</summary>
    public static byte[][] Matched { get; } =
    [
        .. new[] { 1, 2, 4, 8 }.SelectMany(width => new[] { 0, 8 }.SelectMany(half => new[] { (0, 16), (16, 0), (0, 0), (16, 16) }.Select(
            operands => Make(i => ((i / width % 2 == 0) ? operands.Item1 : operands.Item2) + half + (i / width / 2 * width) + (i % width))))),
        Lanes32(3, 2, 1, 0), Lanes32(0, 0, 0, 0), Lanes32(7, 7, 4, 5), Lanes32(0, 1, 6, 7), Lanes32(5, 4, 3, 3),
        Words(3, 2, 1, 0, 4, 5, 6, 7), Words(0, 1, 2, 3, 4, 4, 7, 7), Words(8, 8, 8, 9, 12, 13, 14, 15), Words(0, 9, 2, 11, 4, 13, 6, 15),
        Words(8, 1, 2, 3, 4, 5, 6, 15), Make(i => i + 5), Make(i => (i + 16 + 3) % 32), Make(i => (i + 1) % 16), Make(i => 16 + ((i + 11) % 16)), Make(i => i + 16),
    ];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Matched.Length)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void OneInstructionIsFound(int number)
    {
        var bytes = Matched[number];
        Assert.True(TryFind(bytes, out var match), string.Join(' ', bytes));
        Assert.Equal(bytes, Apply(match));
    }

    [Fact]
    public void WhateverIsFoundDoesTheShuffle()
    {
        var random = new Random(5);
        var found = 0;
        for (var i = 0; i < 20_000; i++)
        {
            // Few numbers in rows, so that some are matched.
            var width = 1 << random.Next(5);
            var bytes = Make(place => 0);
            for (var place = 0; place < Bytes; place += width)
            {
                var first = random.Next(32 / width) * width;
                for (var j = 0; j < width; j++)
                {
                    bytes[place + j] = (byte)(first + j);
                }
            }

            if (!TryFind(bytes, out var match))
            {
                continue;
            }

            found++;
            Assert.Equal(bytes, Apply(match));
        }

        Assert.InRange(found, 1000, 19_000);
    }

    private static bool TryFind(byte[] bytes, out ShuffleMatch match) => ShuffleMatch.TryFind(
        BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(8)), out match);

    /// <summary>The numbers of the bytes that an instruction gives, by the manual of the processor.</summary>
    private static byte[] Apply(in ShuffleMatch match)
    {
        var a = match.FirstIsB ? Bytes : 0;
        var b = match.SecondIsB ? Bytes : 0;
        var immediate = match.Immediate;
        if (match.Kind == ShuffleKind.Copy)
        {
            return Make(i => a + i);
        }

        if (match.Kind == ShuffleKind.Binary)
        {
            var (width, half) = match.Operation switch
            {
                PackedOp.PunpckLbw => (1, 0),
                PackedOp.PunpckLwd => (2, 0),
                PackedOp.PunpckLdq => (4, 0),
                PackedOp.PunpckLqdq => (8, 0),
                PackedOp.PunpckHbw => (1, 8),
                PackedOp.PunpckHwd => (2, 8),
                PackedOp.PunpckHdq => (4, 8),
                _ => (8, 8),
            };
            return Make(i => (i / width % 2 == 0 ? a : b) + half + (i / width / 2 * width) + (i % width));
        }

        return match.ImmediateOperation switch
        {
            PackedImmediateOp.PshufD => Make(i => a + (4 * ((immediate >> (2 * (i / 4))) & 3)) + (i % 4)),
            PackedImmediateOp.PshufLw => Make(i => a + (i >= 8 ? i : (2 * ((immediate >> (2 * (i / 2))) & 3)) + (i % 2))),
            PackedImmediateOp.PshufHw => Make(i => a + (i < 8 ? i : 8 + (2 * ((immediate >> (2 * ((i - 8) / 2))) & 3)) + (i % 2))),
            PackedImmediateOp.ShufPs => Make(i => (i < 8 ? a : b) + (4 * ((immediate >> (2 * (i / 4))) & 3)) + (i % 4)),
            PackedImmediateOp.PblendW => Make(i => ((immediate >> (i / 2)) & 1) == 0 ? a + i : b + i),
            _ => Make(i => i + immediate < Bytes ? b + i + immediate : a + i + immediate - Bytes),
        };
    }

    private static byte[] Lanes32(params int[] lanes) => Make(i => (4 * lanes[i / 4]) + (i % 4));

    private static byte[] Words(params int[] words) => Make(i => (2 * words[i / 2]) + (i % 2));

    private static byte[] Make(Func<int, int> number) => [.. Enumerable.Range(0, Bytes).Select(i => (byte)number(i))];
}
