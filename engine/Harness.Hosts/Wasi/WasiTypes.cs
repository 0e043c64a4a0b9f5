namespace Harness.Hosts.Wasi;

/// <summary>What a file is (<c>filetype</c>).</summary>
internal enum FileType : byte
{
    /// <summary>Something else, a pipe for example.</summary>
    Unknown,

    /// <summary>A block device.</summary>
    BlockDevice,

    /// <summary>A character device, a terminal for example.</summary>
    CharacterDevice,

    /// <summary>A folder.</summary>
    Directory,

    /// <summary>A regular file.</summary>
    RegularFile,

    /// <summary>A socket of datagrams.</summary>
    SocketDgram,

    /// <summary>A socket of a stream.</summary>
    SocketStream,

    /// <summary>A symbolic link.</summary>
    SymbolicLink,
}

/// <summary>How a descriptor reads and writes (<c>fdflags</c>).</summary>
[Flags]
internal enum FdFlags : ushort
{
    /// <summary>In no special way.</summary>
    None = 0,

    /// <summary>Writes go to the end of the file.</summary>
    Append = 1,

    /// <summary>Writes wait until data is on the disk.</summary>
    Dsync = 2,

    /// <summary>Operations fail instead of waiting.</summary>
    Nonblock = 4,

    /// <summary>Reads wait for writes of the same data.</summary>
    Rsync = 8,

    /// <summary>Writes wait until data and attributes are on the disk.</summary>
    Sync = 16,

    /// <summary>All that there are.</summary>
    All = 31,
}

/// <summary>What opening does besides (<c>oflags</c>).</summary>
[Flags]
internal enum OpenFlags : ushort
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A file that is not there is made.</summary>
    Create = 1,

    /// <summary>It must be a folder.</summary>
    Directory = 2,

    /// <summary>It must not be there yet.</summary>
    Exclusive = 4,

    /// <summary>What is in it is dropped.</summary>
    Truncate = 8,

    /// <summary>All that there are.</summary>
    All = 15,
}

/// <summary>From where a position counts (<c>whence</c>).</summary>
internal enum Whence : byte
{
    /// <summary>From the beginning of the file.</summary>
    Set,

    /// <summary>From the present position.</summary>
    Current,

    /// <summary>From the end of the file.</summary>
    End,
}

/// <summary>Which times are set, and to what (<c>fstflags</c>).</summary>
[Flags]
internal enum TimeFlags : ushort
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The access time, to what is given.</summary>
    Access = 1,

    /// <summary>The access time, to now.</summary>
    AccessNow = 2,

    /// <summary>The modification time, to what is given.</summary>
    Modification = 4,

    /// <summary>The modification time, to now.</summary>
    ModificationNow = 8,

    /// <summary>All that there are.</summary>
    All = 15,
}

/// <summary>Sets of flags as programs pass them: in 32 bits, of which some must be zero.</summary>
internal static class PassedFlags
{
    /// <summary>The flags.</summary>
    /// <param name="bits">What was passed.</param>
    /// <param name="all">All that there are.</param>
    /// <exception cref="WasiErrorException">There is one that there is not.</exception>
    public static ushort Check(ulong bits, ushort all) => (bits & ~(ulong)all) == 0 ? (ushort)bits : throw new WasiErrorException(Errno.Inval);
}

/// <summary>Attributes of a file (<c>filestat</c>); times in nanoseconds since 1970.</summary>
internal readonly record struct FileStat(
    ulong Device, ulong Inode, FileType Type, ulong Links, ulong Size, ulong AccessTime, ulong ModificationTime, ulong ChangeTime);

/// <summary>Times to set: nanoseconds since 1970, where <see cref="TimeFlags"/> says so.</summary>
internal readonly record struct FileTimes(ulong Access, ulong Modification, TimeFlags Flags)
{
    /// <summary>What a program passes.</summary>
    /// <exception cref="WasiErrorException">There is a flag that there is not.</exception>
    public FileTimes(ulong access, ulong modification, ulong flags)
        : this(access, modification, (TimeFlags)PassedFlags.Check(flags, (ushort)TimeFlags.All))
    {
    }

    /// <summary>Checks that no time is set to two values.</summary>
    public void Check()
    {
        const TimeFlags bothAccess = TimeFlags.Access | TimeFlags.AccessNow;
        const TimeFlags bothModification = TimeFlags.Modification | TimeFlags.ModificationNow;
        if ((Flags & bothAccess) == bothAccess || (Flags & bothModification) == bothModification)
        {
            throw new WasiErrorException(Errno.Inval);
        }
    }
}

/// <summary>One entry of a folder.</summary>
internal readonly record struct FolderEntry(string Name, ulong Inode, FileType Type);
