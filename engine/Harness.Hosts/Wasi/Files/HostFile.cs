namespace Harness.Hosts.Wasi.Files;

/// <summary>An open file of the host, or a stream: a descriptor of Linux.</summary>
internal sealed unsafe class HostFile : WasiFile
{
    private const ulong BytesToRead = 0x541B;
    private readonly int _descriptor;
    private readonly bool _isOwned;
    private FdFlags _flags;

    /// <summary>How many use the descriptor: who has it open, and who waits for it.</summary>
    private int _users = 1;

    /// <summary>Wraps a descriptor.</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="flags">The flags with which it was opened.</param>
    /// <param name="isOwned">Whether it is closed with this object.</param>
    public HostFile(int descriptor, FdFlags flags, bool isOwned)
    {
        _descriptor = descriptor;
        _flags = flags;
        _isOwned = isOwned;
        Type = Stat().Type;
    }

    /// <inheritdoc/>
    public override FileType Type { get; }

    /// <inheritdoc/>
    public override FdFlags Flags
    {
        get => _flags;
        set
        {
            // What the system notes of a standard stream is noted for all that have inherited it, this process and its shell among them.
            if (_isOwned)
            {
                Posix.Check(Posix.Control(_descriptor, Posix.SetStatusFlags, HostFolder.FlagsOf(value)));
            }
            else if ((value & ~FdFlags.Nonblock) != 0)
            {
                throw new WasiErrorException(Errno.Notsup);
            }

            _flags = value;
        }
    }

    /// <inheritdoc/>
    public override int? Pollable => Type == FileType.RegularFile ? null : _descriptor;

    /// <inheritdoc/>
    public override ulong Available => Posix.Ioctl(_descriptor, BytesToRead, out var count) == 0 ? (ulong)count : 0;

    /// <inheritdoc/>
    public override FileStat Stat()
    {
        Posix.Check(Posix.Stat(_descriptor, out var stat));
        return Posix.Convert(stat);
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (MustNotWait)
        {
            RefuseToWait(Posix.PollIn);
        }

        fixed (byte* pointer = buffer)
        {
            nint count;
            do
            {
                count = Posix.Read(_descriptor, pointer, buffer.Length);
            }
            while (count < 0 && WasInterrupted());
            return (int)Posix.Check(count);
        }
    }

    /// <inheritdoc/>
    public override int Write(ReadOnlySpan<byte> buffer)
    {
        if (MustNotWait)
        {
            RefuseToWait(Posix.PollOut);
            buffer = buffer[..Math.Min(buffer.Length, Posix.PipePart)];
        }

        fixed (byte* pointer = buffer)
        {
            nint count;
            do
            {
                count = Posix.Write(_descriptor, pointer, buffer.Length);
            }
            while (count < 0 && WasInterrupted());
            return (int)Posix.Check(count);
        }
    }

    /// <inheritdoc/>
    public override int ReadAt(Span<byte> buffer, ulong offset)
    {
        fixed (byte* pointer = buffer)
        {
            return (int)Posix.Check(Posix.ReadAt(_descriptor, pointer, buffer.Length, (long)offset));
        }
    }

    /// <inheritdoc/>
    public override int WriteAt(ReadOnlySpan<byte> buffer, ulong offset)
    {
        fixed (byte* pointer = buffer)
        {
            return (int)Posix.Check(Posix.WriteAt(_descriptor, pointer, buffer.Length, (long)offset));
        }
    }

    /// <inheritdoc/>
    public override ulong Seek(long offset, Whence whence) => (ulong)Posix.Check(Posix.Seek(_descriptor, offset, (int)whence));

    /// <inheritdoc/>
    public override void Sync(bool dataOnly) => Posix.Check(dataOnly ? Posix.SyncData(_descriptor) : Posix.SyncAll(_descriptor));

    /// <inheritdoc/>
    public override void Allocate(ulong offset, ulong length)
    {
        if (Posix.Allocate(_descriptor, (long)offset, (long)length) is not 0 and int error)
        {
            throw new WasiErrorException(LinuxErrno.ToWasi(error));
        }
    }

    /// <inheritdoc/>
    public override void SetSize(ulong size) => Posix.Check(Posix.SetSize(_descriptor, (long)size));

    /// <inheritdoc/>
    public override void SetTimes(FileTimes times)
    {
        var native = stackalloc NativeTime[2];
        Posix.Convert(times, native);
        Posix.Check(Posix.SetTimes(_descriptor, native));
    }

    /// <inheritdoc/>
    public override void Hold() => Interlocked.Increment(ref _users);

    /// <inheritdoc/>
    public override void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0 && _isOwned)
        {
            _ = Posix.Close(_descriptor);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Release();
        base.Dispose();
    }

    /// <summary>Whether the system would wait for the file, as it does not know that nobody is to.</summary>
    private bool MustNotWait => !_isOwned && _flags.HasFlag(FdFlags.Nonblock) && Pollable is not null;

    private void RefuseToWait(short events)
    {
        var poll = new NativePoll { File = _descriptor, Events = events };
        if (Posix.Poll(&poll, 1, 0) == 0)
        {
            throw new WasiErrorException(Errno.Again);
        }
    }

    private static bool WasInterrupted() => System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == LinuxErrno.Interrupted;
}
