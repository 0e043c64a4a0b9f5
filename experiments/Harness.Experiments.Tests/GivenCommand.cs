namespace Harness.Experiments.Tests;

/// <summary>A WASI command that writes what it was given: its environment variables, each with a zero behind it, its standard input, and the file <c>data/sub/in.txt</c>.</summary>
internal static class GivenCommand
{
    /// <summary>Its module, as text.</summary>
    public const string Text = """
        (module
          (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 1)
          (data (i32.const 0) "data/sub/in.txt")
          (func $write (param $at i32) (param $length i32)
            (i32.store (i32.const 24) (local.get $at))
            (i32.store (i32.const 28) (local.get $length))
            (drop (call $fd_write (i32.const 1) (i32.const 24) (i32.const 1) (i32.const 32))))
          (func $copy (param $file i32)
            (loop $next
              (i32.store (i32.const 24) (i32.const 4096))
              (i32.store (i32.const 28) (i32.const 100))
              (i32.store (i32.const 40) (i32.const 0))
              (drop (call $fd_read (local.get $file) (i32.const 24) (i32.const 1) (i32.const 40)))
              (if (i32.load (i32.const 40))
                (then (call $write (i32.const 4096) (i32.load (i32.const 40))) (br $next)))))
          (func (export "_start")
            (drop (call $environ_sizes_get (i32.const 16) (i32.const 20)))
            (drop (call $environ_get (i32.const 512) (i32.const 1024)))
            (call $write (i32.const 1024) (i32.load (i32.const 20)))
            (call $copy (i32.const 0))
            (drop (call $path_open
              (i32.const 3) (i32.const 1) (i32.const 0) (i32.const 15) (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 36)))
            (call $copy (i32.load (i32.const 36)))))
        """;
}
