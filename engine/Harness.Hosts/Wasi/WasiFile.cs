namespace Harness.Hosts.Wasi;

/// <summary>
/// What a descriptor refers to: an open file, folder or stream. What a kind of file does not support fails as POSIX says. Where no
/// other is named, errors are a <see cref="WasiErrorException"/>.
/// </summary>
internal abstract class WasiFile : IDisposable
{
    /// <summary>What it is.</summary>
    public abstract FileType Type { get; }

    /// <summary>How it reads and writes.</summary>
    public virtual FdFlags Flags { get; set; }

    /// <summary>Its attributes.</summary>
    public abstract FileStat Stat();

    /// <summary>Reads from the present position, which moves on.</summary>
    /// <returns>How many bytes there were; 0 at the end.</returns>
    public virtual int Read(Span<byte> buffer) => throw new WasiErrorException(Errno.Badf);

    /// <summary>Writes at the present position, which moves on.</summary>
    /// <returns>How many bytes were written.</returns>
    public virtual int Write(ReadOnlySpan<byte> buffer) => throw new WasiErrorException(Errno.Badf);

    /// <summary>Reads from a position.</summary>
    public virtual int ReadAt(Span<byte> buffer, ulong offset) => throw new WasiErrorException(Errno.Spipe);

    /// <summary>Writes at a position.</summary>
    public virtual int WriteAt(ReadOnlySpan<byte> buffer, ulong offset) => throw new WasiErrorException(Errno.Spipe);

    /// <summary>Moves the position.</summary>
    /// <returns>The new position.</returns>
    public virtual ulong Seek(long offset, Whence whence) => throw new WasiErrorException(Errno.Spipe);

    /// <summary>Waits until all is on the disk.</summary>
    /// <param name="dataOnly">Whether attributes do not matter.</param>
    public virtual void Sync(bool dataOnly) => throw new WasiErrorException(Errno.Inval);

    /// <summary>Makes sure that there is room for a range, and that the file reaches to its end.</summary>
    public virtual void Allocate(ulong offset, ulong length) => throw new WasiErrorException(Errno.Badf);

    /// <summary>Cuts the file off, or fills it up with zeros.</summary>
    public virtual void SetSize(ulong size) => throw new WasiErrorException(Errno.Badf);

    /// <summary>Sets times.</summary>
    public virtual void SetTimes(FileTimes times) => throw new WasiErrorException(Errno.Badf);

    /// <summary>What reading and writing need to wait for: a descriptor of Linux to poll, or null if neither ever waits.</summary>
    public virtual int? Pollable => null;

    /// <summary>How many bytes can be read at once, as far as that is known; at least 1 if there might be some.</summary>
    public virtual ulong Available => 1;

    /// <summary>Somebody goes on using it, be it closed meanwhile: what it has of the system stays until <see cref="Release"/>. Not to be called of one that is closed.</summary>
    public virtual void Hold()
    {
    }

    /// <summary>Whoever has held it does not use it any more.</summary>
    public virtual void Release()
    {
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }
}
