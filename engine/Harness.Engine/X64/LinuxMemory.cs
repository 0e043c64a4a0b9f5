using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Harness.Engine.X64;

/// <summary>The memory mapping calls of Linux.</summary>
internal static unsafe partial class LinuxMemory
{
    public const int ProtNone = 0;
    public const int ProtRead = 1;
    public const int ProtWrite = 2;
    public const int ProtExec = 4;

    private const int MapShared = 0x01;
    private const int MapPrivateFlag = 0x02;
    private const int MapFixed = 0x10;
    private const int MapAnonymous = 0x20;
    private const int MapNoReserve = 0x4000;
    private const int RemapMayMove = 1;
    private const int RemapFixed = 2;
    private const uint CloseOnExec = 1;
    private const int AdviseDontNeed = 4;
    private const int AdviseRemove = 9;
    private const int AdviseHugePage = 14;
    private const int AdvisePopulateRead = 22;

    /// <summary>Maps zeroed pages that <see cref="MapAgain"/> can map a second time. Pages take memory once they are touched.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static byte* MapSharedPages(nuint size) =>
        Check(Mmap(null, size, ProtRead | ProtWrite, MapShared | MapAnonymous | MapNoReserve, -1, 0));

    /// <summary>Maps zeroed pages, which take memory once they are touched.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static byte* MapPages(nuint size) =>
        Check(Mmap(null, size, ProtRead | ProtWrite, MapPrivateFlag | MapAnonymous | MapNoReserve, -1, 0));

    /// <summary>Maps zeroed pages at an address if they fit there, elsewhere if not. They take memory once they are touched.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static byte* MapPagesNear(nuint address, nuint size) =>
        Check(Mmap((void*)address, size, ProtRead | ProtWrite, MapPrivateFlag | MapAnonymous | MapNoReserve, -1, 0));

    /// <summary>Reserves addresses that cannot be accessed until <see cref="Protect"/> allows it; they are zeroed then.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static byte* Reserve(nuint size) =>
        Check(Mmap(null, size, ProtNone, MapPrivateFlag | MapAnonymous | MapNoReserve, -1, 0));

    /// <summary>Maps the pages of a shared mapping at a second address.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static byte* MapAgain(byte* address, nuint size) => Check(Mremap(address, 0, size, RemapMayMove));

    /// <summary>Shared pages that take memory only where they are written.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static byte* ReserveSharedPages(nuint size) =>
        Check(Mmap(null, size, ProtRead | ProtWrite, MapShared | MapAnonymous | MapNoReserve, -1, 0));

    /// <summary>Maps the pages of shared memory a second time, in place of what is at an address.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static void MapAgainAt(byte* address, nuint size, byte* target) => Check(MremapTo(address, 0, size, RemapMayMove | RemapFixed, target));

    /// <summary>Makes a file that exists in memory only, full of zeros.</summary>
    /// <returns>Its descriptor.</returns>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static int CreateFile(string name, nuint size)
    {
        var file = MemfdCreate(name, CloseOnExec);
        if (file < 0)
        {
            throw new Win32Exception();
        }

        if (Ftruncate(file, (long)size) == 0)
        {
            return file;
        }

        var failure = new Win32Exception();
        Close(file);
        throw failure;
    }

    /// <summary>Maps a file; what is written there is written to the file.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static byte* MapFile(int file, nuint size) => Check(Mmap(null, size, ProtRead | ProtWrite, MapShared, file, 0));

    /// <summary>Maps a file copy-on-write, in place of what is at an address.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static void MapPrivateAt(int file, nuint size, byte* address) =>
        Check(Mmap(address, size, ProtRead | ProtWrite, MapPrivateFlag | MapFixed | MapNoReserve, file, 0));

    /// <summary>Maps a file copy-on-write.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static byte* MapPrivate(int file, nuint size) =>
        Check(Mmap(null, size, ProtRead | ProtWrite, MapPrivateFlag | MapNoReserve, file, 0));

    /// <summary>Closes a file. Mappings of it stay.</summary>
    public static void Close(int file) => _ = CloseFile(file);

    /// <summary>Changes what may be done to pages.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static void Protect(byte* address, nuint size, int protection)
    {
        if (Mprotect(address, size, protection) != 0)
        {
            throw new Win32Exception();
        }
    }

    /// <summary>Removes a mapping.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static void Unmap(byte* address, nuint size)
    {
        if (Munmap(address, size) != 0)
        {
            throw new Win32Exception();
        }
    }

    /// <summary>Gives the memory of mapped pages back; they are zeroed when they are touched again.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public static void Discard(byte* address, nuint size)
    {
        if (Madvise(address, size, AdviseDontNeed) != 0)
        {
            throw new Win32Exception();
        }
    }

    /// <summary>Gives the memory of shared pages back, in all places where they are mapped; they are zeroed when they are touched again. The system may refuse.</summary>
    public static void Remove(byte* address, nuint size) => _ = Madvise(address, size, AdviseRemove);

    /// <summary>Asks for large pages where they fit, which cost fewer faults and translations. The system may ignore it.</summary>
    public static void PreferHugePages(byte* address, nuint size) => _ = Madvise(address, size, AdviseHugePage);

    /// <summary>Makes pages readable all at once, where each would fault when it is read; those that nobody has written take no memory. The system may ignore it.</summary>
    public static void PopulateForReading(byte* address, nuint size) => _ = Madvise(address, size, AdvisePopulateRead);

    private static byte* Check(void* address) => (nint)address != -1 ? (byte*)address : throw new Win32Exception();

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* Mmap(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MemfdCreate(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    private static partial int Ftruncate(int file, long length);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int CloseFile(int file);

    [LibraryImport("libc", EntryPoint = "mremap", SetLastError = true)]
    private static partial void* Mremap(void* address, nuint oldSize, nuint newSize, int flags);

    [LibraryImport("libc", EntryPoint = "mremap", SetLastError = true)]
    private static partial void* MremapTo(void* address, nuint oldSize, nuint newSize, int flags, void* target);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Mprotect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int Madvise(void* address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Munmap(void* address, nuint length);
}
