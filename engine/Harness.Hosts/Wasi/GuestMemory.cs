using System.Text;
using Harness.Engine.Runtime;

namespace Harness.Hosts.Wasi;

/// <summary>A program's memory. What reaches beyond it fails with <see cref="Errno.Fault"/>.</summary>
internal readonly struct GuestMemory(Memory memory)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The store in which the program runs.</summary>
    public Store Store => memory.Store;

    /// <summary>Some bytes.</summary>
    public Span<byte> Bytes(ulong address, ulong length)
    {
        var size = memory.ByteLength;
        if (length > int.MaxValue || length > size || address > size - length)
        {
            throw new WasiErrorException(Errno.Fault);
        }

        return memory.Span(address, (int)length);
    }

    /// <summary>A little-endian value.</summary>
    public unsafe T Read<T>(ulong address)
        where T : unmanaged
    {
        Bytes(address, (ulong)sizeof(T));
        return memory.Read<T>(address);
    }

    /// <summary>Stores a little-endian value.</summary>
    public unsafe void Write<T>(ulong address, T value)
        where T : unmanaged
    {
        Bytes(address, (ulong)sizeof(T));
        memory.Write(address, value);
    }

    /// <summary>A path.</summary>
    public string Path(ulong address, ulong length)
    {
        var bytes = Bytes(address, length);
        if (length > PathResolver.MaximumPathLength)
        {
            throw new WasiErrorException(Errno.Nametoolong);
        }

        return Decode(bytes);
    }

    /// <summary>Text of a path; no byte is zero.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Contains((byte)0))
        {
            throw new WasiErrorException(Errno.Inval);
        }

        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new WasiErrorException(Errno.Ilseq);
        }
    }
}
