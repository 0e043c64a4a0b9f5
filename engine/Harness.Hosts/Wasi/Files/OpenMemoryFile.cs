namespace Harness.Hosts.Wasi.Files;

/// <summary>An open file in memory, which counts among those who have it open.</summary>
internal sealed class OpenMemoryFile(MemoryNode node, bool canRead, bool canWrite) : WasiFile
{
    private ulong _position;
    private bool _isClosed;

    /// <inheritdoc/>
    public override FileType Type => FileType.RegularFile;

    /// <inheritdoc/>
    public override FileStat Stat() => node.Stat();

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var count = ReadAt(buffer, _position);
        _position += (ulong)count;
        return count;
    }

    /// <inheritdoc/>
    public override int Write(ReadOnlySpan<byte> buffer)
    {
        if (Flags.HasFlag(FdFlags.Append))
        {
            _position = (ulong)node.Content.Length;
        }

        var count = WriteAt(buffer, _position);
        _position += (ulong)count;
        return count;
    }

    /// <inheritdoc/>
    public override int ReadAt(Span<byte> buffer, ulong offset)
    {
        if (!canRead)
        {
            throw new WasiErrorException(Errno.Badf);
        }

        if (offset > long.MaxValue)
        {
            throw new WasiErrorException(Errno.Inval);
        }

        var count = node.Content.Read(buffer, offset);
        if (count > 0)
        {
            node.AccessTime = MemoryNode.Now;
        }

        return count;
    }

    /// <inheritdoc/>
    public override int WriteAt(ReadOnlySpan<byte> buffer, ulong offset)
    {
        if (!canWrite)
        {
            throw new WasiErrorException(Errno.Badf);
        }

        if (offset > long.MaxValue)
        {
            throw new WasiErrorException(Errno.Inval);
        }

        node.Content.Write(buffer, offset);
        if (!buffer.IsEmpty)
        {
            node.Touch();
        }

        return buffer.Length;
    }

    /// <inheritdoc/>
    public override ulong Seek(long offset, Whence whence)
    {
        var start = whence switch
        {
            Whence.Set => 0,
            Whence.Current => (long)_position,
            _ => node.Content.Length,
        };
        var position = unchecked(start + offset);
        if (offset >= 0 ? position < start : position < 0)
        {
            throw new WasiErrorException(offset >= 0 ? Errno.Overflow : Errno.Inval);
        }

        return _position = (ulong)position;
    }

    /// <inheritdoc/>
    public override void Sync(bool dataOnly)
    {
    }

    /// <inheritdoc/>
    public override void Allocate(ulong offset, ulong length)
    {
        if (!canWrite)
        {
            throw new WasiErrorException(Errno.Badf);
        }

        if (length == 0)
        {
            throw new WasiErrorException(Errno.Inval);
        }

        var end = unchecked(offset + length);
        if (end < offset)
        {
            throw new WasiErrorException(Errno.Fbig);
        }

        if (end > (ulong)node.Content.Length)
        {
            SetSize(end);
        }
    }

    /// <inheritdoc/>
    public override void SetSize(ulong size)
    {
        if (!canWrite || size > long.MaxValue)
        {
            throw new WasiErrorException(Errno.Inval);
        }

        node.Content.SetLength(size);
        node.Touch();
    }

    /// <inheritdoc/>
    public override void SetTimes(FileTimes times) => node.SetTimes(times);

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (!_isClosed)
        {
            node.Close();
        }

        _isClosed = true;
        base.Dispose();
    }
}
