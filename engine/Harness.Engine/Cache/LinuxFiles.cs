using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Harness.Engine.Cache;

/// <summary>The system calls of Linux on x86-64 by which files are reached by one name in an open folder, without following links.</summary>
internal static unsafe partial class LinuxFiles
{
    /// <summary><c>O_RDONLY</c>.</summary>
    public const int ReadOnly = 0;

    /// <summary><c>O_WRONLY</c>.</summary>
    public const int WriteOnly = 1;

    /// <summary><c>O_CREAT</c> and <c>O_EXCL</c>: the file must not be there.</summary>
    public const int CreateNew = 0xC0;

    /// <summary><c>O_NONBLOCK</c>: to open a pipe does not wait.</summary>
    public const int Nonblock = 0x800;

    /// <summary><c>O_DIRECTORY</c>.</summary>
    public const int Folder = 0x10000;

    /// <summary><c>O_NOFOLLOW</c>.</summary>
    public const int NoFollow = 0x20000;

    /// <summary><c>O_CLOEXEC</c>.</summary>
    public const int CloseOnExec = 0x80000;

    /// <summary><c>ENOENT</c>.</summary>
    public const int NoEntry = 2;

    /// <summary><c>ENOTDIR</c>.</summary>
    public const int NoFolder = 20;

    /// <summary><c>EIO</c>.</summary>
    private const int FailedTransfer = 5;

    /// <summary><c>ENOMEM</c>.</summary>
    private const int NoMemory = 12;

    /// <summary><c>ENFILE</c>.</summary>
    private const int TooManyFilesInAll = 23;

    /// <summary><c>EMFILE</c>.</summary>
    private const int TooManyFiles = 24;

    private const int CurrentFolder = -100;
    private const int LinkItself = 0x100;
    private const string Libc = "libc";

    /// <summary>Opens a path.</summary>
    /// <returns>The file; null if the system refused, and <see cref="Marshal.GetLastPInvokeError"/> says why.</returns>
    public static SafeFileHandle? Open(string path, int flags) => Take(OpenFile(CurrentFolder, path, flags, 0));

    /// <summary>Opens a file of a folder, which the user alone can access if it is made.</summary>
    /// <returns>The file; null if the system refused.</returns>
    public static SafeFileHandle? OpenAt(SafeFileHandle folder, string name, int flags) => Take(OpenFileAt(folder, name, flags | NoFollow | CloseOnExec, 0x180));

    /// <summary>What is said of an open file or folder; null if nothing.</summary>
    public static FileStatus? StatusOf(SafeFileHandle file) => Stat(file, out var status) == 0 ? status : null;

    /// <summary>What is said of a file of a folder, or of the link that it is; null if nothing.</summary>
    public static FileStatus? StatusAt(SafeFileHandle folder, string name) => StatAt(folder, name, out var status, LinkItself) == 0 ? status : null;

    /// <summary>Says that a file of a folder was used now. The system may refuse.</summary>
    public static void Touch(SafeFileHandle folder, string name) => _ = SetTimes(folder, name, null, LinkItself);

    /// <summary>Gives a file of a folder another name, in place of the file that had it.</summary>
    /// <returns>Whether it has it now.</returns>
    public static bool Rename(SafeFileHandle folder, string name, string newName) => RenameAt(folder, name, folder, newName) == 0;

    /// <summary>Removes a file of a folder, if it is there.</summary>
    public static void Remove(SafeFileHandle folder, string name) => _ = Unlink(folder, name, 0);

    /// <summary>Who runs the process.</summary>
    [LibraryImport(Libc, EntryPoint = "geteuid")]
    public static partial uint User();

    /// <summary>Whether an error says nothing of a file, but that it cannot be reached now.</summary>
    public static bool MayPass(int error) => error is FailedTransfer or NoMemory or TooManyFilesInAll or TooManyFiles;

    private static SafeFileHandle? Take(int file) => file < 0 ? null : new SafeFileHandle(file, ownsHandle: true);

    [LibraryImport(Libc, EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(int folder, string path, int flags, int mode);

    [LibraryImport(Libc, EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFileAt(SafeFileHandle folder, string name, int flags, int mode);

    [LibraryImport(Libc, EntryPoint = "fstat", SetLastError = true)]
    private static partial int Stat(SafeFileHandle file, out FileStatus status);

    [LibraryImport(Libc, EntryPoint = "fstatat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatAt(SafeFileHandle folder, string name, out FileStatus status, int flags);

    [LibraryImport(Libc, EntryPoint = "utimensat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetTimes(SafeFileHandle folder, string name, void* times, int flags);

    [LibraryImport(Libc, EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt(SafeFileHandle folder, string name, SafeFileHandle newFolder, string newName);

    [LibraryImport(Libc, EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unlink(SafeFileHandle folder, string name, int flags);
}

/// <summary><c>struct stat</c> of Linux on x86-64, as far as it is read here.</summary>
[StructLayout(LayoutKind.Explicit, Size = 144)]
internal struct FileStatus
{
    private const uint TypeMask = 0xF000;
    private const uint Regular = 0x8000;
    private const uint WritableByOthers = 0x12;

    /// <summary>Type and permissions.</summary>
    [FieldOffset(24)]
    public uint Mode;

    /// <summary>The owner.</summary>
    [FieldOffset(28)]
    public uint Owner;

    /// <summary>Bytes.</summary>
    [FieldOffset(48)]
    public long Size;

    /// <summary>When it was changed, or touched, last: seconds since 1970.</summary>
    [FieldOffset(88)]
    public long Seconds;

    /// <summary>And nanoseconds.</summary>
    [FieldOffset(96)]
    public long Nanoseconds;

    /// <summary>Whether it is a regular file.</summary>
    public readonly bool IsRegular => (Mode & TypeMask) == Regular;

    /// <summary>Whether its group, or everybody, may write it.</summary>
    public readonly bool IsWritableByOthers => (Mode & WritableByOthers) != 0;
}
