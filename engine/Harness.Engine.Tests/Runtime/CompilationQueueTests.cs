using System.Diagnostics;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Tests.Runtime;

/// <summary>The order and the threads of compilations, and that nothing waits for one that is not wanted any more.</summary>
public sealed class CompilationQueueTests
{
    private const int Functions = 4;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private static readonly WasmModule Module = HandCompiler.Module(
        $"(module {string.Concat(Enumerable.Range(0, Functions).Select(i => $"(func (export \"f{i}\") (result i32) i32.const 0)"))})");

    /// <summary>Compiled functions, in their order; each compilation waits for the gate.</summary>
    private sealed class SlowCompiler : IDisposable
    {
        private readonly List<int> _started = [];

        public SlowCompiler()
        {
            Hand = new HandCompiler();
            for (var i = 0; i < Functions; i++)
            {
                var function = i;
                Hand.Baseline(i, w => Baseline(w, function)).Optimized(i, w =>
                {
                    lock (_started)
                    {
                        _started.Add(function);
                        Monitor.PulseAll(_started);
                    }

                    Gate.Wait();
                    w.Prologue();
                    w.A.MovImm(Gpr.Rax, 2);
                    w.Epilogue();
                });
            }
        }

        public HandCompiler Hand { get; }

        public ManualResetEventSlim Gate { get; } = new();

        public int[] WaitForStarts(int count)
        {
            lock (_started)
            {
                while (_started.Count < count)
                {
                    Assert.True(Monitor.Wait(_started, Soon));
                }

                return [.. _started];
            }
        }

        public void Dispose()
        {
            Gate.Set();
            Hand.Dispose();
        }

        public static void Baseline(HandWriter w, int function)
        {
            var used = w.A.NewLabel();
            var goOn = w.A.NewLabel();
            w.Prologue(guard: true);
            w.A.Alu(AluOp.Sub, OpSize.Dword, Mem.Base(Gpr.R14, w.Code.Layout.TieringBudget(function)), 1);
            w.A.Jcc(Condition.Sign, used);
            w.A.Bind(goOn);
            w.Guard();
            w.A.MovImm(Gpr.Rax, 1);
            w.Epilogue();
            w.A.Bind(used);
            w.A.MovImm(Gpr.R11, function);
            w.CallStub(Stub.TierUp);
            w.Site(5);
            w.A.Jmp(goOn);
        }
    }

    [Fact]
    public void TheHottestFunctionComesFirst()
    {
        using var slow = new SlowCompiler();
        using var store = slow.Hand.NewStore(EngineOptions.Default with { TieringBudget = 1, TieringThreads = 1 });
        var instance = store.Instantiate(Module);
        Call(instance, 0, 2);
        slow.WaitForStarts(1);
        Call(instance, 1, 2);
        Call(instance, 2, 4);
        Call(instance, 3, 8);
        Assert.Equal(4, store.Engine.Statistics.PendingCompilations);
        slow.Gate.Set();
        Assert.True(store.Engine.WaitUntilSettled(Soon));
        Assert.Equal([0, 3, 2, 1], slow.WaitForStarts(Functions));
    }

    [Fact]
    public void SeveralThreadsCompile()
    {
        using var slow = new SlowCompiler();
        using var store = slow.Hand.NewStore(EngineOptions.Default with { TieringBudget = 1, TieringThreads = 3 });
        var instance = store.Instantiate(Module);
        for (var i = 0; i < Functions; i++)
        {
            Call(instance, i, 2);
        }

        Assert.Equal(3, slow.WaitForStarts(3).Length);
        slow.Gate.Set();
        Assert.True(store.Engine.WaitUntilSettled(Soon));
        for (var i = 0; i < Functions; i++)
        {
            Assert.Equal(2, Call(instance, i, 1));
        }
    }

    /// <summary>One thread compiles the first function, until it is let, while the second one waits.</summary>
    [Fact]
    public void WaitsAreCountedFromTheRequest()
    {
        var pause = TimeSpan.FromMilliseconds(30);
        using var slow = new SlowCompiler();
        using var store = slow.Hand.NewStore(EngineOptions.Default with { TieringBudget = 1, TieringThreads = 1 });
        Assert.Equal(CompilationWaits.None, store.Engine.Statistics.Waits);
        var instance = store.Instantiate(Module);
        Call(instance, 0, 2);
        slow.WaitForStarts(1);
        Call(instance, 1, 2);
        var first = store.Engine.Statistics.Waits;
        Assert.Equal((1, 0), (first.Begun, first.Installed));
        Thread.Sleep(pause);
        slow.Gate.Set();
        Assert.True(store.Engine.WaitUntilSettled(Soon));

        var waits = store.Engine.Statistics.Waits;
        Assert.Equal((2, 2), (waits.Begun, waits.Installed));
        Assert.True(waits.LongestQueued >= pause && waits.LongestQueued > first.LongestQueued);
        Assert.Equal(first.Queued + waits.LongestQueued, waits.Queued);
        Assert.InRange(waits.LongestUntilInstalled, waits.LongestQueued, waits.UntilInstalled - pause);
    }

    /// <summary>What there is no memory to optimize needs none to go on.</summary>
    [Fact]
    public void WithoutMemoryForItsCompilationAFunctionStaysInBaselineCode()
    {
        var hand = new HandCompiler()
            .Baseline(0, static w => SlowCompiler.Baseline(w, 0))
            .Optimized(0, static _ => GC.KeepAlive(new byte[int.MaxValue]));
        using var store = hand.NewStore(EngineOptions.Default with { TierUp = TierUpMode.Synchronous, TieringBudget = 1 });
        var instance = store.Instantiate(Module);
        Assert.Equal(1, Call(instance, 0, 10));
        Assert.Equal(1, store.Engine.Statistics.FailedCompilations);
        Assert.Equal((1, 0), (store.Engine.Statistics.Waits.Begun, store.Engine.Statistics.Waits.Installed));
    }

    /// <summary>The system may have no thread left, and may have one later.</summary>
    [Theory]
    [InlineData(TierUpMode.Synchronous)]
    [InlineData(TierUpMode.Background)]
    public void WithoutAThreadFunctionsGoOnInBaselineCodeUntilThereIsOne(TierUpMode mode)
    {
        using var slow = new SlowCompiler();
        slow.Gate.Set();
        using var store = slow.Hand.NewStore(EngineOptions.Default with { TierUp = mode, TieringBudget = 1, TieringThreads = 1 });
        var driver = store.Engine.TierUp;
        var start = driver.StartThread;
        driver.StartThread = static _ => throw new InsufficientMemoryException("no thread is left");
        var instance = store.Instantiate(Module);
        Assert.Equal(1, Call(instance, 0, 10));
        Assert.True(store.Engine.IsSettled);
        Assert.Empty(slow.WaitForStarts(0));

        driver.StartThread = start;
        Call(instance, 0, 2);
        Assert.True(store.Engine.WaitUntilSettled(Soon));
        Assert.Equal(2, Call(instance, 0, 1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void DisposingDoesNotWaitForACompilation(bool hasEngineOfItsOwn)
    {
        using var slow = new SlowCompiler();
        var engine = slow.Hand.NewEngine(EngineOptions.Default with { TieringBudget = 1, TieringThreads = 1 });
        var store = new Store(engine);
        var instance = store.Instantiate(Module);
        Call(instance, 0, 2);
        slow.WaitForStarts(1);
        Call(instance, 1, 2);
        var start = Stopwatch.GetTimestamp();
        store.Dispose();
        if (hasEngineOfItsOwn)
        {
            engine.Dispose();
        }

        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(1));

        slow.Gate.Set();
        if (hasEngineOfItsOwn)
        {
            return;
        }

        // What ran is there for the next instance, and what waited is asked for at once.
        Assert.True(engine.WaitUntilSettled(Soon));
        using var next = new Store(engine);
        instance = next.Instantiate(Module);
        Assert.Equal(2, Call(instance, 0, 1));
        Assert.Equal(1, Call(instance, 1, 1));
        Assert.True(engine.WaitUntilSettled(Soon));
        Assert.Equal(2, Call(instance, 1, 1));
        engine.Dispose();
    }

    [Theory]
    [InlineData(TierUpMode.Synchronous)]
    [InlineData(TierUpMode.Eager)]
    public void AnInterruptEndsAGuestThatWaitsForACompilation(TierUpMode mode)
    {
        using var slow = new SlowCompiler();
        using var store = slow.Hand.NewStore(EngineOptions.Default with { TierUp = mode, TieringBudget = 1 });
        var instance = store.Instantiate(Module);
        long interrupted = 0;
        var other = new Thread(() =>
        {
            slow.WaitForStarts(1);
            interrupted = Stopwatch.GetTimestamp();
            store.Interrupt();
        });
        other.Start();
        var trap = Assert.Throws<WasmTrapException>(() => Call(instance, 0, 2));
        Assert.Equal(TrapKind.Interrupted, trap.Kind);
        other.Join();
        Assert.True(Stopwatch.GetElapsedTime(interrupted) < TimeSpan.FromSeconds(1));
        slow.Gate.Set();
        Assert.True(store.Engine.WaitUntilSettled(Soon));
        Assert.Equal(2, Call(instance, 0, 1));
    }

    private static int Call(Instance instance, int function, int times)
    {
        var result = 0;
        for (var i = 0; i < times; i++)
        {
            result = instance.GetFunction($"f{function}").Invoke()[0].AsI32();
        }

        return result;
    }
}
