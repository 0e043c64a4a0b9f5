namespace Harness.Engine.Cache;

/// <summary>Reads what a <see cref="RecordWriter"/> has written. Whatever bytes it is given, it reads none behind them, and makes nothing that is much larger than they are.</summary>
/// <param name="bytes">What was written.</param>
internal ref struct RecordReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>How many bytes were read.</summary>
    public int Position { get; private set; }

    /// <summary>How many bytes are left.</summary>
    public readonly int Left => _bytes.Length - Position;

    /// <summary>Reads bits that were written as a number without a sign.</summary>
    /// <exception cref="InvalidDataException">There is no such number.</exception>
    public ulong ReadBits()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (Left == 0)
            {
                throw Malformed();
            }

            var next = _bytes[Position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Malformed();
    }

    /// <summary>Reads a number.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public long ReadLong()
    {
        var bits = ReadBits();
        return (long)(bits >> 1) ^ -(long)(bits & 1);
    }

    /// <summary>Reads a number of 32 bits.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public int ReadInt()
    {
        var value = ReadLong();
        return value == (int)value ? (int)value : throw Malformed();
    }

    /// <summary>Reads a number from 0 up to a limit.</summary>
    /// <param name="limit">What it is below.</param>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public int ReadIndex(int limit)
    {
        var value = ReadInt();
        return (uint)value < (uint)limit ? value : throw Malformed();
    }

    /// <summary>Reads how many things follow, each of which takes a byte at least.</summary>
    /// <exception cref="InvalidDataException">There are not so many.</exception>
    public int ReadCount()
    {
        var count = ReadInt();
        return (uint)count <= (uint)Left ? count : throw Malformed();
    }

    /// <summary>Reads bytes that were written with their count.</summary>
    /// <exception cref="InvalidDataException">There are not so many.</exception>
    public ReadOnlySpan<byte> ReadBytes() => Take(ReadInt());

    /// <summary>Takes a number of bytes.</summary>
    /// <exception cref="InvalidDataException">There are not so many.</exception>
    public ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)Left)
        {
            throw Malformed();
        }

        var taken = _bytes.Slice(Position, count);
        Position += count;
        return taken;
    }

    /// <summary>Reads numbers that were written as distances.</summary>
    /// <exception cref="InvalidDataException">There are none.</exception>
    public int[] ReadInts()
    {
        var numbers = new int[ReadCount()];
        long last = 0;
        for (var i = 0; i < numbers.Length; i++)
        {
            last += ReadLong();
            numbers[i] = last == (int)last ? (int)last : throw Malformed();
        }

        return numbers;
    }

    /// <summary>Reads flags.</summary>
    /// <exception cref="InvalidDataException">There are none.</exception>
    public bool[] ReadFlags()
    {
        var count = ReadInt();
        if (count < 0 || (count + 7L) / 8 > Left)
        {
            throw Malformed();
        }

        var bits = Take((int)((count + 7L) / 8));
        var flags = new bool[count];
        for (var i = 0; i < flags.Length; i++)
        {
            flags[i] = (bits[i / 8] & (1 << (i % 8))) != 0;
        }

        return flags;
    }

    /// <summary>The error that the bytes are not what is read.</summary>
    public static InvalidDataException Malformed() => new("the bytes are not what was written");
}
