using Harness.Engine.Runtime;
using Harness.Hosts.Wasi;

namespace Harness.Hosts.Emscripten;

/// <summary>The system calls of files, of which there are none: what looks for one does not find it.</summary>
internal static class EmscriptenFiles
{
    private static readonly string[] Absent =
        ["openat", "stat64", "lstat64", "newfstatat", "faccessat", "readlinkat", "unlinkat", "rmdir", "chmod", "utimensat", "renameat", "statfs64", "chdir"];

    private static readonly string[] Unsupported =
        ["mkdirat", "fchmod", "fchown32", "ftruncate64", "truncate64", "symlinkat", "linkat", "getdents64", "dup", "dup3", "pipe", "fallocate", "fdatasync", "poll", "mmap", "munmap"];

    public static void Add(Dictionary<string, HostSlotCallback> functions, EmscriptenHost host)
    {
        foreach (var name in Absent)
        {
            functions["__syscall_" + name] = (_, slots) => slots[0] = Failed(Errno.Noent);
        }

        foreach (var name in Unsupported)
        {
            functions["__syscall_" + name] = (_, slots) => slots[0] = Failed(Errno.Nosys);
        }

        functions["__syscall_fstat64"] = (_, slots) => slots[0] = Failed(Errno.Badf);
        functions["__syscall_fcntl64"] = (_, slots) => slots[0] = 0;
        functions["__syscall_ioctl"] = (_, slots) => slots[0] = Failed(Errno.Notty);
        functions["__syscall_getcwd"] = (_, slots) => slots[0] = GetFolder(host, (uint)slots[0], (uint)slots[1]);
        functions["_mmap_js"] = functions["_munmap_js"] = (_, slots) => slots[0] = Failed(Errno.Nosys);
    }

    /// <summary>System calls give negative error numbers; the high half of a slot stays zero.</summary>
    private static ulong Failed(Errno error) => (uint)-(int)error;

    private static ulong GetFolder(EmscriptenHost host, uint buffer, uint size)
    {
        if (size < 2)
        {
            return Failed(size == 0 ? Errno.Inval : Errno.Range);
        }

        "/\0"u8.CopyTo(host.Memory.Span(buffer, 2));
        return 2;
    }
}
