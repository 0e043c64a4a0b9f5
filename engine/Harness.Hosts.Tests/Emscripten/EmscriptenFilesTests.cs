using Harness.Engine.Runtime;
using Harness.Hosts.Wasi;
using static Harness.Hosts.Tests.Emscripten.EmscriptenRun;

namespace Harness.Hosts.Tests.Emscripten;

/// <summary>System calls of files, of which there are none: each says so by the error number that a C library understands.</summary>
public sealed class EmscriptenFilesTests
{
    [Theory]
    [InlineData("__syscall_openat", "i32 i32 i32 i32", (int)Errno.Noent)]
    [InlineData("__syscall_stat64", "i32 i32", (int)Errno.Noent)]
    [InlineData("__syscall_unlinkat", "i32 i32 i32", (int)Errno.Noent)]
    [InlineData("__syscall_mkdirat", "i32 i32 i32", (int)Errno.Nosys)]
    [InlineData("__syscall_getdents64", "i32 i32 i32", (int)Errno.Nosys)]
    [InlineData("__syscall_ftruncate64", "i32 i64", (int)Errno.Nosys)]
    [InlineData("_mmap_js", "i32 i32 i32 i32 i64 i32 i32", (int)Errno.Nosys)]
    [InlineData("_munmap_js", "i32 i32 i32 i32 i32 i64", (int)Errno.Nosys)]
    [InlineData("__syscall_fstat64", "i32 i32", (int)Errno.Badf)]
    [InlineData("__syscall_ioctl", "i32 i32 i32", (int)Errno.Notty)]
    [InlineData("__syscall_fcntl64", "i32 i32 i32", 0)]
    public void ThereAreNoFiles(string name, string parameters, int error)
    {
        using var store = new Store();
        using var host = Load(store, $"""
            (module
              (import "env" "{name}" (func $f (param {parameters}) (result i32)))
              (memory (export "memory") 1)
              (func (export "call") (result i32) (call $f {string.Join(' ', parameters.Split(' ').Select(type => $"({type}.const 64)"))})))
            """);
        Assert.Equal([-error], Call(host, "call"));
    }

    /// <summary>A size is given for the folder's name with the zero behind it.</summary>
    [Theory]
    [InlineData(0, -(int)Errno.Inval, 0)]
    [InlineData(1, -(int)Errno.Range, 0)]
    [InlineData(2, 2, (int)'/')]
    [InlineData(100, 2, (int)'/')]
    public void TheWorkingFolderIsTheRoot(int size, int result, int first)
    {
        using var store = new Store();
        using var host = Load(store, """
            (module
              (import "env" "__syscall_getcwd" (func $folder (param i32 i32) (result i32)))
              (memory (export "memory") 1)
              (func (export "call") (param i32) (result i32 i32) (call $folder (i32.const 64) (local.get 0)) (i32.load16_u (i32.const 64))))
            """);
        Assert.Equal([result, first], Call(host, "call", size));
    }
}
