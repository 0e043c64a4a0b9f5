using System.Buffers;

namespace Harness.Engine.Cache;

/// <summary>Writes numbers in as many bytes as they need: seven bits a byte, the lowest first, signs folded into the lowest bit. <see cref="RecordReader"/> reads them.</summary>
internal sealed class RecordWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    /// <summary>Writes bits as a number without a sign.</summary>
    public void Write(ulong value)
    {
        const int mostBytes = 10;
        var bytes = _bytes.GetSpan(mostBytes);
        var count = 0;
        for (; value >= 0x80; value >>= 7)
        {
            bytes[count++] = (byte)(value | 0x80);
        }

        bytes[count++] = (byte)value;
        _bytes.Advance(count);
    }

    /// <summary>Writes a number.</summary>
    public void Write(long value) => Write((ulong)(value << 1) ^ (ulong)(value >> 63));

    /// <summary>Writes bytes and how many they are.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        Write((long)bytes.Length);
        Append(bytes);
    }

    /// <summary>Writes bytes alone.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    /// <summary>Writes numbers, and how many they are, as distances from one to the next.</summary>
    public void Write(ReadOnlySpan<int> numbers)
    {
        Write((long)numbers.Length);
        var last = 0;
        foreach (var number in numbers)
        {
            Write((long)number - last);
            last = number;
        }
    }

    /// <summary>Writes flags, eight a byte, and how many they are.</summary>
    public void Write(bool[] flags)
    {
        Write((long)flags.Length);
        for (var first = 0; first < flags.Length; first += 8)
        {
            var bits = 0;
            for (var i = first; i < Math.Min(first + 8, flags.Length); i++)
            {
                bits |= flags[i] ? 1 << (i - first) : 0;
            }

            Append([(byte)bits]);
        }
    }
}
