using Harness.Hosts.Wasi.Files;

namespace Harness.Hosts.Wasi.Functions;

/// <summary>Reading and writing: <c>fd_read</c>, <c>fd_pread</c>, <c>fd_write</c>, <c>fd_pwrite</c>. Where that waits, for a pipe for example, others may call functions meanwhile, and what ends the execution ends it, too.</summary>
internal static class TransferFunctions
{
    private const uint VectorEntrySize = 8;

    /// <summary>Reads into or writes from a buffer.</summary>
    /// <param name="file">The file.</param>
    /// <param name="buffer">The buffer.</param>
    /// <param name="offset">Where in the file, if not at its present position.</param>
    /// <param name="waiting">How to wait.</param>
    private delegate int Transfer(WasiFile file, Span<byte> buffer, ulong offset, Waiting waiting);

    public static void Add(WasiFunctionTable table, DescriptorTable descriptors)
    {
        table.Add("fd_read", "iiii", (memory, a) =>
            TransferHeld(table, descriptors, Rights.FdRead, memory, a, static (file, buffer, _, waiting) => Read(file, buffer, waiting)), waits: true);
        table.Add("fd_pread", "iiili", (memory, a) =>
            TransferAll(memory, Seekable(descriptors, a[0], Rights.FdRead), a[1], a[2], a[3], a[4], static (file, buffer, offset, _) => file.ReadAt(buffer, offset), default));
        table.Add("fd_write", "iiii", (memory, a) =>
            TransferHeld(table, descriptors, Rights.FdWrite, memory, a, static (file, buffer, _, waiting) => Write(file, buffer, waiting)), waits: true);
        table.Add("fd_pwrite", "iiili", (memory, a) =>
            TransferAll(memory, Seekable(descriptors, a[0], Rights.FdWrite), a[1], a[2], a[3], a[4], static (file, buffer, offset, _) => file.WriteAt(buffer, offset), default));
    }

    /// <summary>A file with positions; a stream has none, whatever rights it has.</summary>
    private static WasiFile Seekable(DescriptorTable descriptors, ulong number, Rights right)
    {
        var file = descriptors.Get(number, right).File;
        if (file is not WasiFolder && file.Type != FileType.RegularFile)
        {
            throw new WasiErrorException(Errno.Spipe);
        }

        descriptors.Get(number, right | Rights.FdSeek);
        return file;
    }

    /// <summary>Transfers at the present position of a file, which stays what it is should another thread close it meanwhile.</summary>
    private static void TransferHeld(WasiFunctionTable table, DescriptorTable descriptors, Rights right, GuestMemory memory, ReadOnlySpan<ulong> a, Transfer transfer)
    {
        WasiFile file;
        lock (table.Gate)
        {
            file = descriptors.Get(a[0], right).File;
            file.Hold();
        }

        try
        {
            TransferAll(memory, file, a[1], a[2], 0, a[3], transfer, new Waiting(table, memory.Store));
        }
        finally
        {
            file.Release();
        }
    }

    private static int Read(WasiFile file, Span<byte> buffer, Waiting waiting)
    {
        using (waiting.EnterFor(file, Posix.PollIn, waits: !buffer.IsEmpty))
        {
            return file.Read(buffer);
        }
    }

    /// <summary>Writes a buffer. What might wait is written in parts, as a pipe that can be written has room for one, but not for more.</summary>
    private static int Write(WasiFile file, ReadOnlySpan<byte> buffer, Waiting waiting)
    {
        var part = Waiting.MayBeFor(file) ? Posix.PipePart : buffer.Length;
        var done = 0;
        do
        {
            int written;
            try
            {
                using (waiting.EnterFor(file, Posix.PollOut, waits: !buffer.IsEmpty))
                {
                    written = file.Write(buffer.Slice(done, Math.Min(buffer.Length - done, part)));
                }
            }
            catch (WasiErrorException) when (done > 0)
            {
                break;
            }

            done += written;
            if (written == 0 || part == buffer.Length)
            {
                break;
            }
        }
        while (done < buffer.Length);
        return done;
    }

    /// <summary>
    /// Goes through a vector of buffers until one is not used up. Of a stream it takes no more than one, since the next might wait. What
    /// fails after something was transferred is not yet an error.
    /// </summary>
    private static void TransferAll(GuestMemory memory, WasiFile file, ulong vector, ulong count, ulong offset, ulong result, Transfer transfer, Waiting waiting)
    {
        memory.Bytes(vector, count * VectorEntrySize);
        memory.Write(result, 0u);
        uint total = 0;
        var any = false;
        for (ulong i = 0; i < count; i++)
        {
            var entry = vector + (i * VectorEntrySize);
            var buffer = memory.Bytes(memory.Read<uint>(entry), memory.Read<uint>(entry + 4));
            if (buffer.IsEmpty && (any || i + 1 < count))
            {
                continue;
            }

            if (total > int.MaxValue - (uint)buffer.Length)
            {
                break;
            }

            any = true;
            int part;
            try
            {
                part = transfer(file, buffer, offset + total, waiting);
            }
            catch (WasiErrorException) when (total > 0)
            {
                break;
            }

            total += (uint)part;
            if (part < buffer.Length || (file.Type != FileType.RegularFile && part > 0 && file is not StreamFile))
            {
                break;
            }
        }

        memory.Write(result, total);
    }
}
