using System.Diagnostics;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.Tests.Runtime;

namespace Harness.Engine.Tests.Threads;

/// <summary>Waiting and notifying on real threads.</summary>
public sealed class WaitNotifyTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly WasmModule Module = HandCompiler.Module(
        """
        (module
          (import "m" "memory" (memory 1 1 shared))
          (func (export "wait32") (param i32 i32 i64) (result i32) (memory.atomic.wait32 (local.get 0) (local.get 1) (local.get 2)))
          (func (export "wait64") (param i32 i64 i64) (result i32) (memory.atomic.wait64 (local.get 0) (local.get 1) (local.get 2)))
          (func (export "notify") (param i32 i32) (result i32) (memory.atomic.notify (local.get 0) (local.get 1)))
          (func (export "one") (result i32) (i32.const 1))

          ;; The mutex of the proposal around a counter that is not atomic.
          (func $lock (param $at i32)
            (block $done
              (loop $retry
                (br_if $done (i32.eqz (i32.atomic.rmw.cmpxchg (local.get $at) (i32.const 0) (i32.const 1))))
                (drop (memory.atomic.wait32 (local.get $at) (i32.const 1) (i64.const -1)))
                (br $retry))))
          (func $unlock (param $at i32)
            (i32.atomic.store (local.get $at) (i32.const 0))
            (drop (memory.atomic.notify (local.get $at) (i32.const 1))))
          (func (export "count") (param $times i32)
            (loop $next
              (call $lock (i32.const 64))
              (i32.store (i32.const 128) (i32.add (i32.load (i32.const 128)) (i32.const 1)))
              (call $unlock (i32.const 64))
              (br_if $next (local.tee $times (i32.sub (local.get $times) (i32.const 1))))))

          ;; Threads take turns: each waits until the word is its own number.
          (func (export "turns") (param $own i32) (param $times i32) (local $seen i32)
            (loop $next
              (block $mine
                (loop $wait
                  (br_if $mine (i32.eq (local.tee $seen (i32.atomic.load (i32.const 256))) (local.get $own)))
                  (drop (memory.atomic.wait32 (i32.const 256) (local.get $seen) (i64.const -1)))
                  (br $wait)))
              (i32.atomic.store (i32.const 256) (i32.sub (i32.const 1) (local.get $own)))
              (drop (memory.atomic.notify (i32.const 256) (i32.const -1)))
              (br_if $next (local.tee $times (i32.sub (local.get $times) (i32.const 1)))))))
        """);

    private readonly SharedMemory _memory = new(new MemoryType(new Limits(1, 1), Is64: false, IsShared: true));

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void AWaitTellsHowItEnded()
    {
        using var store = NewStore(out var instance);
        Write(8, 5);
        Assert.Equal(1, instance.GetFunction("wait32").Invoke(8, 4, -1L)[0].AsI32());
        Assert.Equal(2, instance.GetFunction("wait32").Invoke(8, 5, 0L)[0].AsI32());
        Assert.Equal(1, instance.GetFunction("wait64").Invoke(8, 1L << 32, -1L)[0].AsI32());
        Assert.Equal(2, instance.GetFunction("wait64").Invoke(8, 5L, 1L)[0].AsI32());
        foreach (var timeout in (ReadOnlySpan<long>)[1, 300_000, 1_700_000, 30_000_000])
        {
            var start = Stopwatch.GetTimestamp();
            Assert.Equal(2, instance.GetFunction("wait32").Invoke(8, 5, timeout)[0].AsI32());
            Assert.True(Stopwatch.GetElapsedTime(start).TotalNanoseconds >= timeout - 200, $"a wait of {timeout} ns ended early");
        }

        Assert.Equal(0, instance.GetFunction("notify").Invoke(8, -1)[0].AsI32());
    }

    [Fact]
    public async Task NotificationsWakeTheLongestWaitingFirst()
    {
        var woken = new List<int>();
        var waiting = new List<Task>();
        for (var i = 0; i < 3; i++)
        {
            var number = i;
            waiting.Add(Start(instance =>
            {
                var zero = number == 1 ? (WasmValue)0L : 0;
                Assert.Equal(0, instance.GetFunction(number == 1 ? "wait64" : "wait32").Invoke(16, zero, -1L)[0].AsI32());
                lock (woken)
                {
                    woken.Add(number);
                }
            }));
            AwaitWaiters(16, i + 1);
        }

        Assert.Equal(0u, _memory.Notify(24, uint.MaxValue));
        Assert.Equal(0u, _memory.Notify(16, 0));
        for (var i = 0; i < 3; i++)
        {
            using var store = NewStore(out var instance);
            Assert.Equal(1, instance.GetFunction("notify").Invoke(16, 1)[0].AsI32());
            await waiting[i].WaitAsync(Patience);
            lock (woken)
            {
                Assert.Equal(Enumerable.Range(0, i + 1), woken);
            }
        }
    }

    [Fact]
    public async Task ANotificationWakesAsManyAsItCounts()
    {
        Task[] waiting = [.. Enumerable.Range(0, 4).Select(_ => Start(instance => instance.GetFunction("wait32").Invoke(16, 0, -1L)))];
        AwaitWaiters(16, 4);
        Assert.Equal(3u, _memory.Notify(16, 3));
        Assert.Equal(1u, _memory.Notify(16, uint.MaxValue));
        await Task.WhenAll(waiting).WaitAsync(Patience);
        Assert.Equal(0u, _memory.Notify(16, uint.MaxValue));
    }

    [Theory]
    [InlineData(TierUpMode.Never)]
    [InlineData(TierUpMode.Eager)]
    public async Task AMutexExcludes(TierUpMode tierUp)
    {
        const int times = 3000;
        Task[] counting = [.. Enumerable.Range(0, 3).Select(_ => Start(instance => instance.GetFunction("count").Invoke(times), tierUp))];
        await Task.WhenAll(counting).WaitAsync(Patience);
        Assert.Equal(3 * times, Read(128));
    }

    [Theory]
    [InlineData(TierUpMode.Never)]
    [InlineData(TierUpMode.Eager)]
    public async Task NoNotificationIsLost(TierUpMode tierUp)
    {
        Task[] players = [.. Enumerable.Range(0, 2).Select(own => Start(instance => instance.GetFunction("turns").Invoke(own, 3000), tierUp))];
        await Task.WhenAll(players).WaitAsync(Patience);
    }

    [Theory]
    [InlineData(-1L)]
    [InlineData(long.MaxValue)]
    public async Task AnInterruptEndsAWait(long timeout)
    {
        using var store = NewStore(out var instance);
        var waiting = Task.Factory.StartNew(
            () =>
            {
                var trap = Assert.Throws<WasmTrapException>(() => instance.GetFunction("wait32").Invoke(16, 0, timeout));
                Assert.Equal(TrapKind.Interrupted, trap.Kind);
                Assert.Equal(0, Assert.Single(trap.CallStack).FunctionIndex);
            },
            TaskCreationOptions.LongRunning);
        AwaitWaiters(16, 1);
        store.Interrupt();
        await waiting.WaitAsync(Patience);

        // Nobody waits any more, and the interrupt was used up.
        Assert.Equal(0u, _memory.Notify(16, 1));
        Assert.Equal(1, instance.GetFunction("one").Invoke()[0].AsI32());
    }

    [Fact]
    public async Task ACancelledCallEndsItsWait()
    {
        using var store = NewStore(out var instance);
        using var source = new CancellationTokenSource();
        Task waiting = Task.Factory.StartNew(
            () => Assert.Throws<OperationCanceledException>(() => instance.GetFunction("wait32").Invoke([16, 0, -1L], source.Token)), TaskCreationOptions.LongRunning);
        AwaitWaiters(16, 1);
        await source.CancelAsync();
        await waiting.WaitAsync(Patience);
        Assert.Equal(0u, _memory.Notify(16, 1));
        Assert.Equal(1, instance.GetFunction("one").Invoke()[0].AsI32());
    }

    [Fact]
    public async Task ADeadlineEndsAWaitUnlessItIsProlonged()
    {
        using var store = NewStore(out var instance, hasEpochs: true);
        var asked = 0;
        store.EpochDeadlineReached = _ => Interlocked.Increment(ref asked) == 1 ? 1 : 0;
        store.SetEpochDeadline(1);
        var waiting = Task.Factory.StartNew(
            () => Assert.Equal(TrapKind.Interrupted, Assert.Throws<WasmTrapException>(() => instance.GetFunction("wait32").Invoke(16, 0, -1L)).Kind), TaskCreationOptions.LongRunning);
        AwaitWaiters(16, 1);
        store.Engine.IncrementEpoch();
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref asked) == 1, Patience));

        // It is prolonged by one epoch, and waits on.
        Assert.False(waiting.IsCompleted);
        AwaitWaiters(16, 1);
        store.Engine.IncrementEpoch();
        await waiting.WaitAsync(Patience);
        Assert.Equal(0u, _memory.Notify(16, 1));
    }

    /// <summary>Code that waits stands where its store cannot be entered, also by the function that is asked for more time.</summary>
    [Fact]
    public async Task AFunctionThatIsAskedDuringAWaitCannotUseTheStore()
    {
        using var store = NewStore(out var instance, hasEpochs: true);
        store.EpochDeadlineReached = _ => instance.GetFunction("one").Invoke().Length;
        store.SetEpochDeadline(1);
        Task waiting = Task.Factory.StartNew(
            () => Assert.Throws<InvalidOperationException>(() => instance.GetFunction("wait32").Invoke(16, 0, -1L)), TaskCreationOptions.LongRunning);
        AwaitWaiters(16, 1);
        store.Engine.IncrementEpoch();
        await waiting.WaitAsync(Patience);
        Assert.Equal(0u, _memory.Notify(16, 1));
    }

    [Fact]
    public void AnInterruptThatCameBeforeEndsAWaitAtOnce()
    {
        var interrupting = new SharedMemoryHost();
        using var store = new Store();
        var instance = store.Instantiate(
            HandCompiler.Module(
                """
                (module
                  (import "m" "memory" (memory 1 1 shared))
                  (import "m" "interrupt" (func $interrupt))
                  (func (export "run") (result i32) (call $interrupt) (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
                """),
            new Imports().Define("m", "memory", _memory).Define("m", "interrupt", HostFunction.Create(() => interrupting.Store!.Interrupt())));
        interrupting.Store = store;
        Assert.Equal(TrapKind.Interrupted, Assert.Throws<WasmTrapException>(() => instance.GetFunction("run").Invoke()).Kind);
        Assert.Equal(0u, _memory.Notify(0, 1));
    }

    private Store NewStore(out Instance instance, TierUpMode tierUp = TierUpMode.Background, bool hasEpochs = false)
    {
        var store = new Store(new EngineOptions { TierUp = tierUp, InterruptEpochs = hasEpochs });
        instance = store.Instantiate(Module, new Imports().Define("m", "memory", _memory));
        return store;
    }

    /// <summary>Runs something on a thread and in a store of its own.</summary>
    private Task Start(Action<Instance> action, TierUpMode tierUp = TierUpMode.Background) => Task.Factory.StartNew(
        () =>
        {
            using var store = NewStore(out var instance, tierUp);
            action(instance);
        },
        TaskCreationOptions.LongRunning);

    private void AwaitWaiters(ulong address, int count) =>
        Assert.True(SpinWait.SpinUntil(() => _memory.Waiters.CountAt(address) == count, Patience));

    private void Write(ulong address, int value)
    {
        using var store = new Store();
        _memory.In(store).Write(address, value);
    }

    private int Read(ulong address)
    {
        using var store = new Store();
        return _memory.In(store).Read<int>(address);
    }

    /// <summary>The store that a function of the host is to interrupt, which is made after the function.</summary>
    private sealed class SharedMemoryHost
    {
        public Store? Store { get; set; }
    }
}
