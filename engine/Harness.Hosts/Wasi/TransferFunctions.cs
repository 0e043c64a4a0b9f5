namespace Harness.Hosts.Wasi;

/// <summary>Reading and writing: <c>fd_read</c>, <c>fd_pread</c>, <c>fd_write</c>, <c>fd_pwrite</c>.</summary>
internal static class TransferFunctions
{
    private const uint VectorEntrySize = 8;

    /// <summary>Reads into or writes from a buffer.</summary>
    /// <param name="file">The file.</param>
    /// <param name="buffer">The buffer.</param>
    /// <param name="offset">Where in the file, if not at its present position.</param>
    private delegate int Transfer(WasiFile file, Span<byte> buffer, ulong offset);

    public static void Add(WasiFunctionTable table, DescriptorTable descriptors)
    {
        table.Add("fd_read", "iiii", (memory, a) =>
            TransferAll(memory, descriptors.Get(a[0], Rights.FdRead).File, a[1], a[2], 0, a[3], static (file, buffer, _) => file.Read(buffer)));
        table.Add("fd_pread", "iiili", (memory, a) =>
            TransferAll(memory, Seekable(descriptors, a[0], Rights.FdRead), a[1], a[2], a[3], a[4], static (file, buffer, offset) => file.ReadAt(buffer, offset)));
        table.Add("fd_write", "iiii", (memory, a) =>
            TransferAll(memory, descriptors.Get(a[0], Rights.FdWrite).File, a[1], a[2], 0, a[3], static (file, buffer, _) => file.Write(buffer)));
        table.Add("fd_pwrite", "iiili", (memory, a) =>
            TransferAll(memory, Seekable(descriptors, a[0], Rights.FdWrite), a[1], a[2], a[3], a[4], static (file, buffer, offset) => file.WriteAt(buffer, offset)));
    }

    /// <summary>A file with positions; a stream has none, whatever rights it has.</summary>
    private static WasiFile Seekable(DescriptorTable descriptors, ulong number, Rights right)
    {
        WasiFile file = descriptors.Get(number, right).File;
        if (file is not WasiFolder && file.Type != FileType.RegularFile) throw new WasiErrorException(Errno.Spipe);
        descriptors.Get(number, right | Rights.FdSeek);
        return file;
    }

    /// <summary>
    /// Goes through a vector of buffers until one is not used up. Of a stream it takes no more than one, since the next might wait. What
    /// fails after something was transferred is not yet an error.
    /// </summary>
    private static void TransferAll(GuestMemory memory, WasiFile file, ulong vector, ulong count, ulong offset, ulong result, Transfer transfer)
    {
        memory.Bytes(vector, count * VectorEntrySize);
        memory.Write(result, 0u);
        uint total = 0;
        bool any = false;
        for (ulong i = 0; i < count; i++)
        {
            ulong entry = vector + (i * VectorEntrySize);
            Span<byte> buffer = memory.Bytes(memory.Read<uint>(entry), memory.Read<uint>(entry + 4));
            if (buffer.IsEmpty && (any || i + 1 < count)) continue;
            if (total > int.MaxValue - (uint)buffer.Length) break;
            any = true;
            int part;
            try
            {
                part = transfer(file, buffer, offset + total);
            }
            catch (WasiErrorException) when (total > 0)
            {
                break;
            }

            total += (uint)part;
            if (part < buffer.Length || (file.Type != FileType.RegularFile && part > 0 && file is not StreamFile)) break;
        }

        memory.Write(result, total);
    }
}
