using System.Buffers.Binary;
using Harness.Engine.X64;

namespace Harness.Engine.Vectors;

/// <summary>What kind of instruction does a shuffle.</summary>
internal enum ShuffleKind : byte
{
    /// <summary>One operand as it is.</summary>
    Copy,

    /// <summary>D = op(first, immediate).</summary>
    Unary,

    /// <summary>D = op(first, second).</summary>
    Binary,

    /// <summary>D = op(first, second, immediate).</summary>
    BinaryImmediate,
}

/// <summary>A shuffle that one instruction does, whose operands may be either of the shuffle's.</summary>
/// <param name="Kind">What kind of instruction it is.</param>
/// <param name="Operation">The operation without an immediate.</param>
/// <param name="ImmediateOperation">The operation with an immediate.</param>
/// <param name="Immediate">The immediate.</param>
/// <param name="FirstIsB">Whether the first operand is the second one of the shuffle.</param>
/// <param name="SecondIsB">Whether the second operand is the second one of the shuffle.</param>
internal readonly record struct ShuffleMatch(
    ShuffleKind Kind, PackedOp Operation, PackedImmediateOp ImmediateOperation, int Immediate, bool FirstIsB, bool SecondIsB)
{
    private const int Bytes = 16;

    /// <summary>The interleaving operations by width of the lanes: that of the lower halves, then that of the upper ones.</summary>
    private static readonly (int Width, PackedOp Low, PackedOp High)[] Interleavings =
    [
        (1, PackedOp.PunpckLbw, PackedOp.PunpckHbw),
        (2, PackedOp.PunpckLwd, PackedOp.PunpckHwd),
        (4, PackedOp.PunpckLdq, PackedOp.PunpckHdq),
        (8, PackedOp.PunpckLqdq, PackedOp.PunpckHqdq),
    ];

    /// <summary>Finds an instruction.</summary>
    /// <param name="low">The numbers of the first eight bytes, below 32.</param>
    /// <param name="high">The numbers of the other eight bytes.</param>
    /// <param name="match">The instruction.</param>
    /// <returns>Whether there is one.</returns>
    public static bool TryFind(ulong low, ulong high, out ShuffleMatch match)
    {
        Span<byte> numbers = stackalloc byte[Bytes];
        BinaryPrimitives.WriteUInt64LittleEndian(numbers, low);
        BinaryPrimitives.WriteUInt64LittleEndian(numbers[8..], high);
        return TryUnary(numbers, isB: false, out match)
            || TryUnary(numbers, isB: true, out match)
            || TryInterleave(numbers, out match)
            || TryAlign(numbers, out match)
            || TryBlend(numbers, out match)
            || TrySelect(numbers, out match);
    }

    /// <summary>The byte of either operand.</summary>
    private static int ByteOf(bool isB, int index) => index + (isB ? Bytes : 0);

    private static bool TryUnary(ReadOnlySpan<byte> numbers, bool isB, out ShuffleMatch match)
    {
        Span<byte> own = stackalloc byte[Bytes];
        var isInPlace = true;
        match = default;
        for (var i = 0; i < Bytes; i++)
        {
            if (numbers[i] >= Bytes != isB)
            {
                return false;
            }

            own[i] = (byte)(numbers[i] % Bytes);
            isInPlace &= own[i] == i;
        }

        if (isInPlace)
        {
            match = new ShuffleMatch(ShuffleKind.Copy, default, default, 0, isB, isB);
            return true;
        }

        if (TryLanes(own, sizeof(int), 0, out var lanes))
        {
            match = new ShuffleMatch(ShuffleKind.Unary, default, PackedImmediateOp.PshufD, lanes, isB, isB);
            return true;
        }

        if (IsInPlace(own[8..], 8) && TryLanes(own[..8], sizeof(short), 0, out var lowWords))
        {
            match = new ShuffleMatch(ShuffleKind.Unary, default, PackedImmediateOp.PshufLw, lowWords, isB, isB);
            return true;
        }

        if (IsInPlace(own[..8], 0) && TryLanes(own[8..], sizeof(short), 8, out var highWords))
        {
            match = new ShuffleMatch(ShuffleKind.Unary, default, PackedImmediateOp.PshufHw, highWords, isB, isB);
            return true;
        }

        return false;
    }

    private static bool IsInPlace(ReadOnlySpan<byte> numbers, int first)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            if (numbers[i] != first + i)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether bytes are whole lanes, four of them, from an offset on; gives their numbers, two bits each.</summary>
    private static bool TryLanes(ReadOnlySpan<byte> numbers, int width, int offset, out int lanes)
    {
        lanes = 0;
        for (var lane = 0; lane < 4; lane++)
        {
            var first = numbers[lane * width] - offset;
            if (first < 0 || first % width != 0 || first / width > 3)
            {
                return false;
            }

            for (var i = 1; i < width; i++)
            {
                if (numbers[(lane * width) + i] != offset + first + i)
                {
                    return false;
                }
            }

            lanes |= first / width << (2 * lane);
        }

        return true;
    }

    private static bool TryInterleave(ReadOnlySpan<byte> numbers, out ShuffleMatch match)
    {
        foreach (var (width, low, high) in Interleavings)
        {
            for (var half = 0; half <= 8; half += 8)
            {
                for (var operands = 0; operands < 4; operands++)
                {
                    var firstIsB = (operands & 1) != 0;
                    var secondIsB = (operands & 2) != 0;
                    var isIt = true;
                    for (var i = 0; isIt && i < Bytes; i++)
                    {
                        var lane = i / width;
                        isIt = numbers[i] == ByteOf((lane & 1) == 0 ? firstIsB : secondIsB, half + ((lane >> 1) * width) + (i % width));
                    }

                    if (isIt)
                    {
                        match = new ShuffleMatch(ShuffleKind.Binary, half == 0 ? low : high, default, 0, firstIsB, secondIsB);
                        return true;
                    }
                }
            }
        }

        match = default;
        return false;
    }

    /// <summary>Sixteen bytes in a row, which begin in the second operand and go on in the first one.</summary>
    private static bool TryAlign(ReadOnlySpan<byte> numbers, out ShuffleMatch match)
    {
        var secondIsB = numbers[0] >= Bytes;
        var firstIsB = numbers[Bytes - 1] >= Bytes;
        var distance = numbers[0] % Bytes;
        match = new ShuffleMatch(ShuffleKind.BinaryImmediate, default, PackedImmediateOp.Palignr, distance, firstIsB, secondIsB);
        for (var i = 0; i < Bytes; i++)
        {
            var place = distance + i;
            if (numbers[i] != (place < Bytes ? ByteOf(secondIsB, place) : ByteOf(firstIsB, place - Bytes)))
            {
                return false;
            }
        }

        return distance != 0;
    }

    /// <summary>Words in their places, of either operand.</summary>
    private static bool TryBlend(ReadOnlySpan<byte> numbers, out ShuffleMatch match)
    {
        var words = 0;
        match = default;
        for (var i = 0; i < Bytes; i++)
        {
            var isB = numbers[i & ~1] >= Bytes;
            if (numbers[i] != ByteOf(isB, i))
            {
                return false;
            }

            words |= isB ? 1 << (i >> 1) : 0;
        }

        match = new ShuffleMatch(ShuffleKind.BinaryImmediate, default, PackedImmediateOp.PblendW, words, FirstIsB: false, SecondIsB: true);
        return true;
    }

    /// <summary>Two lanes of 32 bits of one operand, then two of the other one.</summary>
    private static bool TrySelect(ReadOnlySpan<byte> numbers, out ShuffleMatch match)
    {
        var firstIsB = numbers[0] >= Bytes;
        var secondIsB = numbers[8] >= Bytes;
        Span<byte> own = stackalloc byte[Bytes];
        match = default;
        for (var i = 0; i < Bytes; i++)
        {
            if (numbers[i] >= Bytes != (i < 8 ? firstIsB : secondIsB))
            {
                return false;
            }

            own[i] = (byte)(numbers[i] % Bytes);
        }

        if (!TryLanes(own, sizeof(int), 0, out var lanes))
        {
            return false;
        }

        match = new ShuffleMatch(ShuffleKind.BinaryImmediate, default, PackedImmediateOp.ShufPs, lanes, firstIsB, secondIsB);
        return true;
    }
}
