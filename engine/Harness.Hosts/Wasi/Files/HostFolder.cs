using System.Runtime.InteropServices;

namespace Harness.Hosts.Wasi.Files;

/// <summary>An open folder of the host.</summary>
internal sealed unsafe class HostFolder : WasiFolder
{
    private const int FileMode = 0x1B6;
    private const int FolderMode = 0x1FF;
    private const int NoEntry = 2;
    private const int OpenFolderFlags = Posix.Directory | Posix.NoFollow | Posix.CloseOnExec;
    private readonly int _descriptor;

    private HostFolder(int descriptor) => _descriptor = descriptor;

    /// <inheritdoc/>
    public override FdFlags Flags
    {
        get => base.Flags;
        set
        {
            Posix.Check(Posix.Control(_descriptor, Posix.SetStatusFlags, FlagsOf(value)));
            base.Flags = value;
        }
    }

    /// <summary>Opens a folder of the host by path, following symbolic links.</summary>
    public static HostFolder Open(string path) =>
        new(Posix.Check(Posix.OpenAt(Posix.CurrentFolder, path, Posix.Directory | Posix.CloseOnExec, 0)));

    /// <summary>Flags as Linux has them.</summary>
    public static int FlagsOf(FdFlags flags) =>
        (flags.HasFlag(FdFlags.Append) ? Posix.Append : 0)
        | (flags.HasFlag(FdFlags.Dsync) ? Posix.Dsync : 0)
        | (flags.HasFlag(FdFlags.Nonblock) ? Posix.Nonblock : 0)
        | ((flags & (FdFlags.Sync | FdFlags.Rsync)) != 0 ? Posix.Sync : 0);

    /// <inheritdoc/>
    public override FileStat Stat()
    {
        Posix.Check(Posix.Stat(_descriptor, out var stat));
        return Posix.Convert(stat);
    }

    /// <inheritdoc/>
    public override FileStat? TryStat(string name)
    {
        if (Posix.StatAt(_descriptor, name, out var stat, Posix.LinkItself) == 0)
        {
            return Posix.Convert(stat);
        }

        return Marshal.GetLastPInvokeError() == NoEntry ? null : throw Posix.Error();
    }

    /// <inheritdoc/>
    public override WasiFolder OpenFolder(string name)
    {
        var descriptor = Posix.OpenAt(_descriptor, name, OpenFolderFlags, 0);
        if (descriptor >= 0)
        {
            return new HostFolder(descriptor);
        }

        // With O_DIRECTORY a symbolic link that is not followed is no folder.
        throw Posix.Error();
    }

    /// <inheritdoc/>
    public override WasiFile OpenFile(string name, OpenFlags open, FdFlags flags, bool read, bool write)
    {
        var native = Posix.NoFollow | Posix.CloseOnExec | FlagsOf(flags);
        if (write)
        {
            native |= read ? Posix.ReadWrite : Posix.WriteOnly;
        }

        if (open.HasFlag(OpenFlags.Create))
        {
            native |= Posix.Create;
        }

        if (open.HasFlag(OpenFlags.Exclusive))
        {
            native |= Posix.Exclusive;
        }

        if (open.HasFlag(OpenFlags.Truncate))
        {
            native |= Posix.Truncate;
        }

        // To open a FIFO would wait for who opens its other end, which nobody could end.
        var descriptor = Posix.Check(Posix.OpenAt(_descriptor, name, native | Posix.Nonblock, FileMode));
        var file = new HostFile(descriptor, flags, isOwned: true);
        if (!flags.HasFlag(FdFlags.Nonblock))
        {
            file.Flags = flags;
        }

        return file;
    }

    /// <inheritdoc/>
    public override string ReadLink(string name)
    {
        var buffer = stackalloc byte[PathResolver.MaximumPathLength];
        var length = Posix.Check(Posix.ReadLinkAt(_descriptor, name, buffer, PathResolver.MaximumPathLength));
        return GuestMemory.Decode(new ReadOnlySpan<byte>(buffer, (int)length));
    }

    /// <inheritdoc/>
    public override void CreateFolder(string name) => Posix.Check(Posix.CreateFolderAt(_descriptor, name, FolderMode));

    /// <inheritdoc/>
    public override void RemoveFolder(string name) => Posix.Check(Posix.UnlinkAt(_descriptor, name, Posix.RemoveFolder));

    /// <inheritdoc/>
    public override void Unlink(string name) => Posix.Check(Posix.UnlinkAt(_descriptor, name, 0));

    /// <inheritdoc/>
    public override void Rename(string name, WasiFolder newFolder, string newName) =>
        Posix.Check(Posix.RenameAt(_descriptor, name, Same(newFolder)._descriptor, newName));

    /// <inheritdoc/>
    public override void Link(string name, WasiFolder newFolder, string newName) =>
        Posix.Check(Posix.LinkAt(_descriptor, name, Same(newFolder)._descriptor, newName, 0));

    /// <inheritdoc/>
    public override void CreateLink(string target, string name) => Posix.Check(Posix.CreateLinkAt(target, _descriptor, name));

    /// <inheritdoc/>
    public override void SetTimes(string name, FileTimes times)
    {
        var native = stackalloc NativeTime[2];
        Posix.Convert(times, native);
        Posix.Check(Posix.SetTimesAt(_descriptor, name, native, Posix.LinkItself));
    }

    /// <inheritdoc/>
    public override void SetTimes(FileTimes times) => SetTimes(".", times);

    /// <inheritdoc/>
    public override void Sync(bool dataOnly) => Posix.Check(dataOnly ? Posix.SyncData(_descriptor) : Posix.SyncAll(_descriptor));

    /// <inheritdoc/>
    public override IReadOnlyList<FolderEntry> List()
    {
        // A descriptor of its own, whose position begins at the first entry; the listing closes it.
        var descriptor = Posix.Check(Posix.OpenAt(_descriptor, ".", OpenFolderFlags, 0));
        var listing = Posix.OpenListing(descriptor);
        if (listing == 0)
        {
            var error = Posix.Error();
            _ = Posix.Close(descriptor);
            throw error;
        }

        try
        {
            var entries = new List<FolderEntry>();
            while (Posix.NextEntry(listing) is var entry && entry != null)
            {
                var name = Marshal.PtrToStringUTF8((nint)entry->Name)!;
                if (name is not ("." or ".."))
                {
                    entries.Add(new FolderEntry(name, entry->Inode, Posix.TypeOf((uint)entry->Type << 12)));
                }
            }

            entries.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
            return entries;
        }
        finally
        {
            _ = Posix.CloseListing(listing);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _ = Posix.Close(_descriptor);
        base.Dispose();
    }

    private static HostFolder Same(WasiFolder folder) => folder as HostFolder ?? throw new WasiErrorException(Errno.Xdev);
}
