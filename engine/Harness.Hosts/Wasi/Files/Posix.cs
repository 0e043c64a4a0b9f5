using System.Runtime.InteropServices;

namespace Harness.Hosts.Wasi.Files;

/// <summary>The system calls of Linux on x86-64 that files need, by way of the C library. A failed call is a <see cref="WasiErrorException"/>.</summary>
internal static unsafe partial class Posix
{
    /// <summary><c>O_WRONLY</c>.</summary>
    public const int WriteOnly = 1;

    /// <summary><c>O_RDWR</c>.</summary>
    public const int ReadWrite = 2;

    /// <summary><c>O_CREAT</c>.</summary>
    public const int Create = 0x40;

    /// <summary><c>O_EXCL</c>.</summary>
    public const int Exclusive = 0x80;

    /// <summary><c>O_TRUNC</c>.</summary>
    public const int Truncate = 0x200;

    /// <summary><c>O_APPEND</c>.</summary>
    public const int Append = 0x400;

    /// <summary><c>O_NONBLOCK</c>.</summary>
    public const int Nonblock = 0x800;

    /// <summary><c>O_DSYNC</c>.</summary>
    public const int Dsync = 0x1000;

    /// <summary><c>O_SYNC</c>, which includes <see cref="Dsync"/>.</summary>
    public const int Sync = 0x101000;

    /// <summary><c>O_DIRECTORY</c>.</summary>
    public const int Directory = 0x10000;

    /// <summary><c>O_NOFOLLOW</c>.</summary>
    public const int NoFollow = 0x20000;

    /// <summary><c>O_CLOEXEC</c>.</summary>
    public const int CloseOnExec = 0x80000;

    /// <summary><c>AT_FDCWD</c>.</summary>
    public const int CurrentFolder = -100;

    /// <summary><c>AT_SYMLINK_NOFOLLOW</c>.</summary>
    public const int LinkItself = 0x100;

    /// <summary><c>AT_REMOVEDIR</c>.</summary>
    public const int RemoveFolder = 0x200;

    /// <summary><c>F_SETFL</c>.</summary>
    public const int SetStatusFlags = 4;

    /// <summary><c>POLLIN</c>.</summary>
    public const short PollIn = 1;

    /// <summary><c>POLLOUT</c>.</summary>
    public const short PollOut = 4;

    /// <summary><c>POLLHUP</c>.</summary>
    public const short PollHangUp = 16;

    /// <summary>Bytes that a pipe takes without a wait where it can be written (<c>PIPE_BUF</c>).</summary>
    public const int PipePart = 4096;

    /// <summary><c>UTIME_NOW</c>.</summary>
    public const long TimeNow = 0x3FFF_FFFF;

    /// <summary><c>UTIME_OMIT</c>.</summary>
    public const long TimeOmit = 0x3FFF_FFFE;

    private const string Libc = "libc";
    private const ulong NanosecondsPerSecond = 1_000_000_000;
    private const int FileTypeMask = 0xF000;

    /// <summary>Gives back a call's result, or fails if it is -1.</summary>
    public static int Check(int result) => result != -1 ? result : throw Error();

    /// <inheritdoc cref="Check(int)"/>
    public static nint Check(nint result) => result != -1 ? result : throw Error();

    /// <inheritdoc cref="Check(int)"/>
    public static long Check(long result) => result != -1 ? result : throw Error();

    /// <summary>What the last call failed with.</summary>
    public static WasiErrorException Error() => new(LinuxErrno.ToWasi(Marshal.GetLastPInvokeError()));

    /// <summary>Attributes as WASI has them.</summary>
    public static FileStat Convert(in NativeStat stat) => new(
        stat.Device, stat.Inode, TypeOf(stat.Mode), stat.Links, (ulong)stat.Size,
        Nanoseconds(stat.AccessTime), Nanoseconds(stat.ModificationTime), Nanoseconds(stat.ChangeTime));

    /// <summary>The type in a file's mode.</summary>
    public static FileType TypeOf(uint mode) => (mode & FileTypeMask) switch
    {
        0x2000 => FileType.CharacterDevice,
        0x4000 => FileType.Directory,
        0x6000 => FileType.BlockDevice,
        0x8000 => FileType.RegularFile,
        0xA000 => FileType.SymbolicLink,
        0xC000 => FileType.SocketStream,
        _ => FileType.Unknown,
    };

    /// <summary>Fills in the two times of <c>utimensat</c>: access and modification.</summary>
    public static void Convert(FileTimes times, NativeTime* result)
    {
        times.Check();
        result[0] = Convert(times.Flags.HasFlag(TimeFlags.Access), times.Flags.HasFlag(TimeFlags.AccessNow), times.Access);
        result[1] = Convert(times.Flags.HasFlag(TimeFlags.Modification), times.Flags.HasFlag(TimeFlags.ModificationNow), times.Modification);
    }

    [LibraryImport(Libc, EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OpenAt(int folder, string name, int flags, int mode);

    [LibraryImport(Libc, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int file);

    [LibraryImport(Libc, EntryPoint = "fstat", SetLastError = true)]
    public static partial int Stat(int file, out NativeStat stat);

    [LibraryImport(Libc, EntryPoint = "fstatat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int StatAt(int folder, string name, out NativeStat stat, int flags);

    [LibraryImport(Libc, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int file, byte* buffer, nint count);

    [LibraryImport(Libc, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int file, byte* buffer, nint count);

    [LibraryImport(Libc, EntryPoint = "pread", SetLastError = true)]
    public static partial nint ReadAt(int file, byte* buffer, nint count, long offset);

    [LibraryImport(Libc, EntryPoint = "pwrite", SetLastError = true)]
    public static partial nint WriteAt(int file, byte* buffer, nint count, long offset);

    [LibraryImport(Libc, EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(int file, long offset, int whence);

    [LibraryImport(Libc, EntryPoint = "fsync", SetLastError = true)]
    public static partial int SyncAll(int file);

    [LibraryImport(Libc, EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int SyncData(int file);

    [LibraryImport(Libc, EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int SetSize(int file, long size);

    [LibraryImport(Libc, EntryPoint = "posix_fallocate")]
    public static partial int Allocate(int file, long offset, long length);

    [LibraryImport(Libc, EntryPoint = "futimens", SetLastError = true)]
    public static partial int SetTimes(int file, NativeTime* times);

    [LibraryImport(Libc, EntryPoint = "utimensat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetTimesAt(int folder, string name, NativeTime* times, int flags);

    [LibraryImport(Libc, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(int file, int command, int argument);

    [LibraryImport(Libc, EntryPoint = "readlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ReadLinkAt(int folder, string name, byte* buffer, nint count);

    [LibraryImport(Libc, EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int CreateFolderAt(int folder, string name, int mode);

    [LibraryImport(Libc, EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int UnlinkAt(int folder, string name, int flags);

    [LibraryImport(Libc, EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RenameAt(int folder, string name, int newFolder, string newName);

    [LibraryImport(Libc, EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int LinkAt(int folder, string name, int newFolder, string newName, int flags);

    [LibraryImport(Libc, EntryPoint = "symlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int CreateLinkAt(string target, int folder, string name);

    [LibraryImport(Libc, EntryPoint = "fdopendir", SetLastError = true)]
    public static partial nint OpenListing(int file);

    [LibraryImport(Libc, EntryPoint = "readdir", SetLastError = true)]
    public static partial NativeEntry* NextEntry(nint listing);

    [LibraryImport(Libc, EntryPoint = "closedir", SetLastError = true)]
    public static partial int CloseListing(nint listing);

    [LibraryImport(Libc, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(NativePoll* files, ulong count, int milliseconds);

    [LibraryImport(Libc, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Ioctl(int file, ulong request, out int value);

    [LibraryImport(Libc, EntryPoint = "clock_gettime", SetLastError = true)]
    public static partial int GetTime(int clock, out NativeTime time);

    [LibraryImport(Libc, EntryPoint = "clock_getres", SetLastError = true)]
    public static partial int GetResolution(int clock, out NativeTime time);

    /// <summary>A time as one number.</summary>
    public static ulong Nanoseconds(NativeTime time) => ((ulong)time.Seconds * NanosecondsPerSecond) + (ulong)time.Nanoseconds;

    private static NativeTime Convert(bool isGiven, bool isNow, ulong time)
    {
        if (isNow)
        {
            return new NativeTime(0, TimeNow);
        }

        return isGiven
            ? new NativeTime((long)(time / NanosecondsPerSecond), (long)(time % NanosecondsPerSecond))
            : new NativeTime(0, TimeOmit);
    }
}

/// <summary><c>struct timespec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct NativeTime(long Seconds, long Nanoseconds);

/// <summary><c>struct stat</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct NativeStat
{
    public readonly ulong Device;
    public readonly ulong Inode;
    public readonly ulong Links;
    public readonly uint Mode;
    public readonly uint User;
    public readonly uint Group;
    public readonly uint Padding;
    public readonly ulong SpecialDevice;
    public readonly long Size;
    public readonly long BlockSize;
    public readonly long Blocks;
    public readonly NativeTime AccessTime;
    public readonly NativeTime ModificationTime;
    public readonly NativeTime ChangeTime;
    public readonly long Reserved0;
    public readonly long Reserved1;
    public readonly long Reserved2;
}

/// <summary><c>struct dirent</c>.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal unsafe struct NativeEntry
{
    public ulong Inode;
    public long Offset;
    public ushort Length;
    public byte Type;
    public fixed byte Name[256];
}

/// <summary><c>struct pollfd</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativePoll
{
    public int File;
    public short Events;
    public short Result;
}
