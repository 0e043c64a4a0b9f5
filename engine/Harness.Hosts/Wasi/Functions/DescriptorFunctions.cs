using System.Text;

namespace Harness.Hosts.Wasi.Functions;

/// <summary>Functions of descriptors: <c>fd_*</c>, but reading and writing, which <see cref="TransferFunctions"/> are.</summary>
internal sealed class DescriptorFunctions
{
    private const int EntrySize = 24;
    private const ulong AdviceCount = 6;
    private readonly DescriptorTable _descriptors;

    private DescriptorFunctions(DescriptorTable descriptors) => _descriptors = descriptors;

    public static void Add(WasiFunctionTable table, DescriptorTable descriptors)
    {
        var functions = new DescriptorFunctions(descriptors);
        table.Add("fd_advise", "illi", (_, a) => functions.Advise(a));
        table.Add("fd_allocate", "ill", (_, a) => descriptors.Get(a[0], Rights.FdAllocate).File.Allocate(a[1], a[2]));
        table.Add("fd_close", "i", (_, a) => descriptors.Close(a[0]));
        table.Add("fd_datasync", "i", (_, a) => descriptors.Get(a[0], Rights.FdDatasync).File.Sync(dataOnly: true));
        table.Add("fd_fdstat_get", "ii", functions.GetStatus);
        table.Add("fd_fdstat_set_flags", "ii", (_, a) => functions.SetFlags(a));
        table.Add("fd_fdstat_set_rights", "ill", (_, a) => functions.SetRights(a));
        table.Add("fd_filestat_get", "ii", (memory, a) => WriteStat(memory, a[1], descriptors.Get(a[0], Rights.FdFilestatGet).File.Stat()));
        table.Add("fd_filestat_set_size", "il", (_, a) => descriptors.Get(a[0], Rights.FdFilestatSetSize).File.SetSize(a[1]));
        table.Add("fd_filestat_set_times", "illi", (_, a) =>
            descriptors.Get(a[0], Rights.FdFilestatSetTimes).File.SetTimes(new FileTimes(a[1], a[2], a[3])));
        table.Add("fd_prestat_get", "ii", functions.GetPreopen);
        table.Add("fd_prestat_dir_name", "iii", functions.GetPreopenName);
        table.Add("fd_readdir", "iiili", functions.ReadFolder);
        table.Add("fd_renumber", "ii", (_, a) => descriptors.Renumber(a[0], a[1]));
        table.Add("fd_seek", "ilii", functions.Seek);
        table.Add("fd_sync", "i", (_, a) => descriptors.Get(a[0], Rights.FdSync).File.Sync(dataOnly: false));
        table.Add("fd_tell", "ii", (memory, a) => memory.Write(a[1], descriptors.Get(a[0], Rights.FdTell).File.Seek(0, Whence.Current)));
    }

    /// <summary>Writes a <c>filestat</c>.</summary>
    public static void WriteStat(GuestMemory memory, ulong address, FileStat stat)
    {
        memory.Write(address, stat.Device);
        memory.Write(address + 8, stat.Inode);
        memory.Write(address + 16, (ulong)stat.Type);
        memory.Write(address + 24, stat.Links);
        memory.Write(address + 32, stat.Size);
        memory.Write(address + 40, stat.AccessTime);
        memory.Write(address + 48, stat.ModificationTime);
        memory.Write(address + 56, stat.ChangeTime);
    }

    /// <summary>Checks advice, which changes nothing.</summary>
    private void Advise(ReadOnlySpan<ulong> a)
    {
        _descriptors.Get(a[0], Rights.FdAdvise);
        if (a[3] >= AdviceCount)
        {
            throw new WasiErrorException(Errno.Inval);
        }
    }

    private void GetStatus(GuestMemory memory, ReadOnlySpan<ulong> a)
    {
        var descriptor = _descriptors.Get(a[0]);
        memory.Write(a[1], (ushort)descriptor.File.Type);
        memory.Write(a[1] + 2, (ushort)descriptor.File.Flags);
        memory.Write(a[1] + 4, 0u);
        memory.Write(a[1] + 8, (ulong)descriptor.Rights);
        memory.Write(a[1] + 16, (ulong)descriptor.Inheriting);
    }

    private void SetFlags(ReadOnlySpan<ulong> a)
    {
        var descriptor = _descriptors.Get(a[0], Rights.FdFdstatSetFlags);
        descriptor.File.Flags = (FdFlags)PassedFlags.Check(a[1], (ushort)FdFlags.All);
    }

    /// <summary>Rights can be given up but not taken.</summary>
    private void SetRights(ReadOnlySpan<ulong> a)
    {
        var descriptor = _descriptors.Get(a[0]);
        var (rights, inheriting) = ((Rights)a[1], (Rights)a[2]);
        if ((rights & ~descriptor.Rights) != 0 || (inheriting & ~descriptor.Inheriting) != 0)
        {
            throw new WasiErrorException(Errno.Notcapable);
        }

        descriptor.Rights = rights;
        descriptor.Inheriting = inheriting;
    }

    private void GetPreopen(GuestMemory memory, ReadOnlySpan<ulong> a)
    {
        var path = _descriptors.Get(a[0]).PreopenPath ?? throw new WasiErrorException(Errno.Badf);
        memory.Write(a[1], 0u);
        memory.Write(a[1] + 4, (uint)Encoding.UTF8.GetByteCount(path));
    }

    private void GetPreopenName(GuestMemory memory, ReadOnlySpan<ulong> a)
    {
        var path = _descriptors.Get(a[0]).PreopenPath ?? throw new WasiErrorException(Errno.Badf);
        var bytes = Encoding.UTF8.GetBytes(path);
        if ((ulong)bytes.Length > a[2])
        {
            throw new WasiErrorException(Errno.Nametoolong);
        }

        bytes.CopyTo(memory.Bytes(a[1], (ulong)bytes.Length));
    }

    private void Seek(GuestMemory memory, ReadOnlySpan<ulong> a)
    {
        var (offset, whence) = ((long)a[1], a[2]);
        var isTell = offset == 0 && whence == (ulong)Whence.Current;
        var descriptor = _descriptors.Get(a[0]);
        if (descriptor.File is not WasiFolder && descriptor.File.Type != FileType.RegularFile)
        {
            throw new WasiErrorException(Errno.Spipe);
        }

        _descriptors.Get(a[0], isTell ? Rights.FdTell : Rights.FdSeek);
        if (whence > (ulong)Whence.End)
        {
            throw new WasiErrorException(Errno.Inval);
        }

        memory.Write(a[3], descriptor.File.Seek(offset, (Whence)whence));
    }

    /// <summary>Writes entries from a cookie on; the last one is cut off where the buffer ends.</summary>
    private void ReadFolder(GuestMemory memory, ReadOnlySpan<ulong> a)
    {
        var descriptor = _descriptors.GetFolder(a[0], Rights.FdReaddir);
        var folder = (WasiFolder)descriptor.File;
        var buffer = memory.Bytes(a[1], a[2]);
        var cookie = a[3];
        if (cookie == 0 || descriptor.Listing is null)
        {
            var self = folder.Stat().Inode;
            _descriptors.KeepListing(descriptor, [new FolderEntry(".", self, FileType.Directory), new FolderEntry("..", 0, FileType.Directory), .. folder.List()]);
        }

        var listing = descriptor.Listing!;
        var used = 0;
        Span<byte> header = stackalloc byte[EntrySize];
        for (var i = cookie; i < (ulong)listing.Count && used < buffer.Length; i++)
        {
            var entry = listing[(int)i];
            var name = Encoding.UTF8.GetBytes(entry.Name);
            header.Clear();
            BitConverter.TryWriteBytes(header, i + 1);
            BitConverter.TryWriteBytes(header[8..], entry.Inode);
            BitConverter.TryWriteBytes(header[16..], name.Length);
            header[20] = (byte)entry.Type;
            used += CopyPart(header, buffer[used..]);
            used += CopyPart(name, buffer[used..]);
        }

        memory.Write(a[4], (uint)used);
    }

    private static int CopyPart(ReadOnlySpan<byte> bytes, Span<byte> buffer)
    {
        var count = Math.Min(bytes.Length, buffer.Length);
        bytes[..count].CopyTo(buffer);
        return count;
    }
}
