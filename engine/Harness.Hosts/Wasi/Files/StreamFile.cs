namespace Harness.Hosts.Wasi.Files;

/// <summary>A standard stream that is a stream of .NET.</summary>
internal sealed class StreamFile(Stream stream) : WasiFile
{
    /// <inheritdoc/>
    public override FileType Type => FileType.Unknown;

    /// <inheritdoc/>
    public override FileStat Stat() => new(0, 0, Type, 1, 0, 0, 0, 0);

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (!stream.CanRead)
        {
            throw new WasiErrorException(Errno.Badf);
        }

        try
        {
            return stream.Read(buffer);
        }
        catch (IOException)
        {
            throw new WasiErrorException(Errno.Io);
        }
    }

    /// <inheritdoc/>
    public override int Write(ReadOnlySpan<byte> buffer)
    {
        if (!stream.CanWrite)
        {
            throw new WasiErrorException(Errno.Badf);
        }

        try
        {
            stream.Write(buffer);
            return buffer.Length;
        }
        catch (IOException)
        {
            throw new WasiErrorException(Errno.Pipe);
        }
    }
}
