using System.Text;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;
using Harness.Hosts.Wasi;

namespace Harness.Hosts.Tests.Wasi;

/// <summary>Programs with several threads (proposal wasi-threads).</summary>
public sealed class WasiThreadsTests
{
    /// <summary>Waits for ever, in the three ways there are.</summary>
    private const string WaitForever = """
        (func $wait (drop (memory.atomic.wait32 (i32.const 512) (i32.const 0) (i64.const -1))))
        (func $spin (loop $again (br $again)))
        (func $sleep
          (i64.store (i32.const 536) (i64.const 1))
          (i64.store (i32.const 544) (i64.const 0xFFFFFFFFFFFFFFF))
          (drop (call $poll (i32.const 520) (i32.const 600) (i32.const 1) (i32.const 700))))
        """;

    [Theory]
    [InlineData(TierUpMode.Never)]
    [InlineData(TierUpMode.Eager)]
    public void ThreadsWorkTogetherAndShareTheOutput(TierUpMode tierUp)
    {
        // Each of 8 threads adds its argument, and writes a line; the main one waits for all.
        var (code, output) = Run(
            """
            (func (export "_start") (local $i i32)
              (loop $next
                (if (i32.le_s (call $spawn (i32.add (local.get $i) (i32.const 1))) (i32.const 0)) (then (unreachable)))
                (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 8))))
              (loop $wait
                (local.set $i (i32.atomic.load (i32.const 4)))
                (if (i32.lt_u (local.get $i) (i32.const 8))
                  (then
                    (drop (memory.atomic.wait32 (i32.const 4) (local.get $i) (i64.const -1)))
                    (br $wait))))
              (call $exit (i32.atomic.load (i32.const 0))))
            (func (export "wasi_thread_start") (param $number i32) (param $argument i32) (local $i i32)
              (if (i32.or (i32.lt_s (local.get $number) (i32.const 1)) (i32.gt_s (local.get $number) (i32.const 8))) (then (unreachable)))
              (loop $next
                (drop (call $write (i32.const 1) (i32.const 64) (i32.const 1) (i32.const 128)))
                (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 50))))
              (drop (i32.atomic.rmw.add (i32.const 0) (local.get $argument)))
              (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
              (drop (memory.atomic.notify (i32.const 4) (i32.const 1))))
            (data (i32.const 64) "\c8\00\00\00\05\00\00\00")
            (data (i32.const 200) "line\n")
            """,
            tierUp);
        Assert.Equal(36, code);
        Assert.Equal(string.Concat(Enumerable.Repeat("line\n", 8 * 50)), output);
    }

    [Theory]
    [InlineData("wait")]
    [InlineData("spin")]
    [InlineData("sleep")]
    public void TheEndOfTheMainThreadEndsAll(string way) =>
        Assert.Equal(0, Run($"""
            (func (export "_start") (drop (call $spawn (i32.const 0))) (drop (call $spawn (i32.const 0))))
            (func (export "wasi_thread_start") (param i32 i32) (call ${way}))
            """).Code);

    [Theory]
    [InlineData("wait")]
    [InlineData("spin")]
    [InlineData("sleep")]
    public void AThreadThatExitsEndsAll(string way) =>
        Assert.Equal(5, Run($"""
            (func (export "_start") (drop (call $spawn (i32.const 0))) (drop (call $spawn (i32.const 1))) (call ${way}))
            (func (export "wasi_thread_start") (param $number i32) (param $argument i32)
              (if (local.get $argument) (then (call $exit (i32.const 5))))
              (call ${way}))
            """).Code);

    [Fact]
    public void AThreadThatTrapsEndsAllWithItsTrap()
    {
        var trap = Assert.Throws<WasmTrapException>(() => Run("""
            (func (export "_start") (drop (call $spawn (i32.const 0))) (call $wait))
            (func (export "wasi_thread_start") (param i32 i32) (unreachable))
            """));
        Assert.Equal(TrapKind.Unreachable, trap.Kind);
    }

    [Fact]
    public void ThereAreNotTooManyThreads() =>
        Assert.Equal(6, Run("""
            (func (export "_start") (local $number i32)
              (loop $next (br_if $next (i32.gt_s (local.tee $number (call $spawn (i32.const 0))) (i32.const 0))))
              (call $exit (i32.sub (i32.const 0) (local.get $number))))
            (func (export "wasi_thread_start") (param i32 i32) (call $wait))
            """).Code);

    [Theory]
    [InlineData("(func (export \"_start\") (drop (call $spawn (i32.const 0))) (call $sleep)) (func (export \"wasi_thread_start\") (param i32))", "the program exports 'wasi_thread_start' as a function of type [i32] -> [], where its parameters are i32 and i32")]
    [InlineData("(func (export \"_start\") (param i64))", "what the program exports to begin with is a function of type [i64] -> [], which takes parameters")]
    public void WhatBeginsWithOtherParametersFailsInOneLine(string functions, string expected) =>
        Assert.Equal(expected, Assert.Throws<ProgramException>(() => Run(functions)).Message);

    /// <summary>Where the system has no thread left the program is told, and goes on.</summary>
    [Fact]
    public void AThreadThatCannotBeStartedIsOneLess()
    {
        var module = WasmModule.Decode(WatAssembler.Assemble(
            """
            (module
              (import "env" "memory" (memory 1 1 shared))
              (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
              (func (export "_start")
                ;; EAGAIN is 6.
                (if (i32.ne (call $spawn (i32.const 0)) (i32.const -6)) (then (unreachable))))
              (func (export "wasi_thread_start") (param i32 i32)))
            """));
        var attempts = 0;
        using var store = new Store();
        using var threads = new WasiThreads(new WasiFunctionTable(), module, new Imports(), _ =>
        {
            attempts++;
            throw new InsufficientMemoryException("no thread is left");
        });
        Assert.Equal(0, threads.Run(store, instance => instance.GetFunction("_start").Invoke()));
        Assert.Equal(1, attempts);
    }

    [Fact]
    public void AStoreIsOfUseAfterwards()
    {
        using var store = new Store();
        for (var i = 0; i < 20; i++)
        {
            var code = Run(store, """
                (func (export "_start") (drop (call $spawn (i32.const 0))))
                (func (export "wasi_thread_start") (param i32 i32) (call $exit (i32.const 5)))
                """);
            Assert.True(code is 0 or 5, "whichever thread ends first says how");
            var module = WasmModule.Decode(WatAssembler.Assemble("(module (func (export \"one\") (result i32) (i32.const 1)))"));
            Assert.Equal(1, store.Instantiate(module).GetFunction("one").Invoke()[0].AsI32());
        }
    }

    private static (int Code, string Output) Run(string functions, TierUpMode tierUp = TierUpMode.Background)
    {
        using var store = new Store(new EngineOptions { TierUp = tierUp });
        using var output = new MemoryStream();
        var code = Run(store, functions, output);
        return (code, Encoding.UTF8.GetString(output.ToArray()));
    }

    private static int Run(Store store, string functions, Stream? output = null)
    {
        using var host = new WasiHost(new WasiOptions { StandardOutput = output });
        return host.Run(store, WasmModule.Decode(WatAssembler.Assemble($"""
            (module
              (import "env" "memory" (memory 1 1 shared))
              (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
              (export "memory" (memory 0))
              {WaitForever}
              {functions})
            """)));
    }
}
