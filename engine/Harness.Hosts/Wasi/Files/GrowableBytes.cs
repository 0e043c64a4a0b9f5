namespace Harness.Hosts.Wasi.Files;

/// <summary>The content of a file in memory.</summary>
/// <param name="space">Where its bytes are taken from.</param>
internal sealed class GrowableBytes(MemorySpace space)
{
    /// <summary>The most bytes of a file in memory, 1 GiB.</summary>
    public const int MaximumLength = 1 << 30;

    private byte[] _bytes = [];

    /// <summary>How many bytes there are.</summary>
    public int Length { get; private set; }

    /// <summary>Copies the bytes from a position on.</summary>
    /// <returns>How many there were.</returns>
    public int Read(Span<byte> buffer, ulong offset)
    {
        if (offset >= (ulong)Length)
        {
            return 0;
        }

        var count = Math.Min(buffer.Length, Length - (int)offset);
        _bytes.AsSpan((int)offset, count).CopyTo(buffer);
        return count;
    }

    /// <summary>Writes at a position, after filling up with zeros if it is beyond the end.</summary>
    public void Write(ReadOnlySpan<byte> buffer, ulong offset)
    {
        if (buffer.IsEmpty)
        {
            return;
        }

        if (buffer.Length > MaximumLength || offset > (ulong)(MaximumLength - buffer.Length))
        {
            throw new WasiErrorException(Errno.Fbig);
        }

        var end = (int)offset + buffer.Length;
        if (end > Length)
        {
            SetLength((ulong)end);
        }

        buffer.CopyTo(_bytes.AsSpan((int)offset));
    }

    /// <summary>Cuts off, or fills up with zeros.</summary>
    public void SetLength(ulong length)
    {
        if (length > MaximumLength)
        {
            throw new WasiErrorException(Errno.Fbig);
        }

        if (length == 0)
        {
            Free();
            return;
        }

        if ((int)length > _bytes.Length)
        {
            Enlarge((int)length);
        }

        if ((int)length < Length)
        {
            _bytes.AsSpan((int)length, Length - (int)length).Clear();
        }

        Length = (int)length;
    }

    /// <summary>Cuts off everything, and gives back its space.</summary>
    public void Free()
    {
        space.GiveBack(_bytes.Length);
        _bytes = [];
        Length = 0;
    }

    /// <summary>A copy of the bytes.</summary>
    public byte[] ToArray() => _bytes.AsSpan(0, Length).ToArray();

    /// <summary>Makes room for so many bytes, and for twice as many as there was room for where there is space for that.</summary>
    private void Enlarge(int length)
    {
        var room = (int)Math.Min(MaximumLength, Math.Max(length, _bytes.Length * 2L));
        if (!space.TryTake(room - _bytes.Length))
        {
            room = length;
            if (!space.TryTake(room - _bytes.Length))
            {
                throw new WasiErrorException(Errno.Nospc);
            }
        }

        try
        {
            Array.Resize(ref _bytes, room);
        }
        catch (OutOfMemoryException)
        {
            space.GiveBack(room - _bytes.Length);
            throw new WasiErrorException(Errno.Nospc);
        }
    }
}
