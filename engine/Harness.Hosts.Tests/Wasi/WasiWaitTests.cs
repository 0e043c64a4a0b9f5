using System.Diagnostics;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;
using Harness.Hosts.Wasi;
using Harness.Hosts.Wasi.Files;

namespace Harness.Hosts.Tests.Wasi;

/// <summary>Reading and writing what may wait: pipes, of which FIFOs are the ones that a program can open.</summary>
public sealed class WasiWaitTests
{
    /// <summary>Opens the FIFO; the number of its descriptor is at address 8 then. An attempt transfers a byte (vector at 16) or a MiB (at 24), and leaves at 32 how many bytes it were.</summary>
    private const string Fifo = """
        (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        """;

    private const string Functions = """
        (data (i32.const 0) "fifo")
        (data (i32.const 16) "\40\00\00\00\01\00\00\00\00\10\00\00\00\00\10\00")
        (func $open_fifo
          (if (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 0) (i64.const 66) (i64.const 0) (i32.const 0) (i32.const 8))
            (then (unreachable))))
        """;

    [Theory]
    [InlineData("$read", 16)]
    [InlineData("$write", 24)]
    public async Task AProgramThatWaitsForAPipeCanBeInterrupted(string function, int vector)
    {
        using var folder = await WithFifo();
        using var store = new Store();
        using var wasi = new WasiHost(new WasiOptions().Preopen(".", folder.Path));
        using var timer = new Timer(_ => store.Interrupt(), null, dueTime: 100, Timeout.Infinite);
        var module = Program($"""(call $open_fifo) (drop (call {function} (i32.load (i32.const 8)) (i32.const {vector}) (i32.const 1) (i32.const 32)))""");
        var run = Task.Run(() => Assert.Throws<WasmTrapException>(() => wasi.Run(store, module)).Kind);
        Assert.Equal(TrapKind.Interrupted, await run.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task WhatComesThroughAPipeIsWaitedFor()
    {
        using var folder = await WithFifo();
        using var host = HostFolder.Open(folder.Path);
        using var other = host.OpenFile("fifo", OpenFlags.None, FdFlags.None, read: true, write: true);
        using var store = new Store();
        using var wasi = new WasiHost(new WasiOptions().Preopen(".", folder.Path));
        using var timer = new Timer(_ => other.Write("x"u8), null, dueTime: 100, Timeout.Infinite);
        var module = Program(
            """
            (call $open_fifo)
            (if (call $read (i32.load (i32.const 8)) (i32.const 16) (i32.const 1) (i32.const 32)) (then (unreachable)))
            (call $exit (i32.add (i32.load (i32.const 32)) (i32.load8_u (i32.const 64))))
            """);
        Assert.Equal(1 + 'x', await Task.Run(() => wasi.Run(store, module)).WaitAsync(TimeSpan.FromSeconds(30)));
    }

    /// <summary>A standard stream of this process stays as others have opened it, who have it too.</summary>
    [Fact]
    public async Task AStreamThatIsInheritedStaysAsItIs()
    {
        using var folder = await WithFifo();
        using var host = HostFolder.Open(folder.Path);
        using var opened = host.OpenFile("fifo", OpenFlags.None, FdFlags.None, read: true, write: true);
        using var inherited = new HostFile(opened.Pollable!.Value, FdFlags.None, isOwned: false) { Flags = FdFlags.Nonblock };
        var flags = File.ReadLines($"/proc/self/fdinfo/{opened.Pollable}").Single(line => line.StartsWith("flags:", StringComparison.Ordinal));
        Assert.Equal(0, Convert.ToInt32(flags["flags:".Length..].Trim(), fromBase: 8) & Posix.Nonblock);
        Assert.Equal(Errno.Again, Assert.Throws<WasiErrorException>(() => inherited.Read(new byte[1])).Error);
        Assert.Equal(4096, inherited.Write(new byte[5000]));
        Assert.Equal(4096, inherited.Read(new byte[5000]));
        Assert.Equal(Errno.Notsup, Assert.Throws<WasiErrorException>(() => inherited.Flags = FdFlags.Append).Error);
    }

    /// <summary>A large buffer goes into a pipe in parts, but as a whole where somebody reads.</summary>
    [Fact]
    public async Task ABufferIsWrittenAsAWhole()
    {
        using var folder = await WithFifo();
        using var host = HostFolder.Open(folder.Path);
        using var other = host.OpenFile("fifo", OpenFlags.None, FdFlags.None, read: true, write: true);
        using var store = new Store();
        using var wasi = new WasiHost(new WasiOptions().Preopen(".", folder.Path));
        var module = Program(
            """
            (call $open_fifo)
            (if (call $write (i32.load (i32.const 8)) (i32.const 24) (i32.const 1) (i32.const 32)) (then (unreachable)))
            (call $exit (i32.load (i32.const 32)))
            """);
        var run = Task.Run(() => wasi.Run(store, module));
        var buffer = new byte[10_000];
        for (var left = 1 << 20; left > 0;)
        {
            left -= other.Read(buffer.AsSpan(0, Math.Min(left, buffer.Length)));
        }

        Assert.Equal(1 << 20, await run.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    /// <summary>A thread that waits for a pipe lets others write into it.</summary>
    [Fact]
    public async Task OtherThreadsWriteWhatOneWaitsFor()
    {
        using var folder = await WithFifo();
        using var store = new Store();
        using var wasi = new WasiHost(new WasiOptions().Preopen(".", folder.Path));
        var module = ProgramWithThreads(
            """
            (func (export "_start")
              (call $open_fifo)
              (drop (call $spawn (i32.const 0)))
              (if (call $read (i32.load (i32.const 8)) (i32.const 16) (i32.const 1) (i32.const 32)) (then (unreachable)))
              (call $exit (i32.add (i32.const 40) (i32.load (i32.const 32)))))
            (func (export "wasi_thread_start") (param i32 i32)
              ;; For a while, in which the main thread comes to wait.
              (drop (memory.atomic.wait32 (i32.const 512) (i32.const 0) (i64.const 100_000_000)))
              (drop (call $write (i32.load (i32.const 8)) (i32.const 16) (i32.const 1) (i32.const 48)))
              (drop (memory.atomic.wait32 (i32.const 512) (i32.const 0) (i64.const -1))))
            """);
        Assert.Equal(41, await Task.Run(() => wasi.Run(store, module)).WaitAsync(TimeSpan.FromSeconds(30)));
    }

    /// <summary>Of two threads that wait for the same pipe one gets what comes, and the other goes on waiting, which does not keep the program from its end.</summary>
    [Fact]
    public async Task WhoeverComesTooLateGoesOnWaiting()
    {
        using var folder = await WithFifo();
        using var store = new Store();
        using var wasi = new WasiHost(new WasiOptions().Preopen(".", folder.Path));
        var module = ProgramWithThreads(
            """
            (func (export "_start")
              (call $open_fifo)
              (drop (call $spawn (i32.const 0)))
              (drop (call $spawn (i32.const 0)))
              ;; For a while, in which both come to wait; then until one has read, and the other may have tried.
              (drop (memory.atomic.wait32 (i32.const 512) (i32.const 0) (i64.const 100_000_000)))
              (drop (call $write (i32.load (i32.const 8)) (i32.const 16) (i32.const 1) (i32.const 48)))
              (drop (memory.atomic.wait32 (i32.const 516) (i32.const 0) (i64.const -1)))
              (drop (memory.atomic.wait32 (i32.const 512) (i32.const 0) (i64.const 100_000_000)))
              (call $exit (i32.atomic.load (i32.const 516))))
            (func (export "wasi_thread_start") (param i32 i32)
              (drop (call $read (i32.load (i32.const 8)) (i32.const 16) (i32.const 1) (i32.const 32)))
              (drop (i32.atomic.rmw.add (i32.const 516) (i32.const 1)))
              (drop (memory.atomic.notify (i32.const 516) (i32.const 1))))
            """);
        Assert.Equal(1, await Task.Run(() => wasi.Run(store, module)).WaitAsync(TimeSpan.FromSeconds(30)));
    }

    private static WasmModule Program(string start) => WasmModule.Decode(WatAssembler.Assemble($"""
        (module
          {Fifo}
          (memory (export "memory") 18)
          {Functions}
          (func (export "_start") {start}))
        """));

    private static WasmModule ProgramWithThreads(string functions) => WasmModule.Decode(WatAssembler.Assemble($"""
        (module
          (import "env" "memory" (memory 17 17 shared))
          (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
          {Fifo}
          (export "memory" (memory 0))
          {Functions}
          {functions})
        """));

    private static async Task<TestFolder> WithFifo()
    {
        var folder = new TestFolder();
        using var made = Process.Start("mkfifo", [Path.Combine(folder.Path, "fifo")]);
        await made.WaitForExitAsync();
        return folder;
    }
}
