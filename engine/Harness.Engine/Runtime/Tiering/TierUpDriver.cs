using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Harness.Engine.Configuration;

namespace Harness.Engine.Runtime.Tiering;

/// <summary>
/// Decides what happens when a function's budget is used up, and runs the optimizing compiler on threads of its own: also where the
/// guest waits for it, since the guest's stack may be nearly used up. Functions are taken in the order of their heat. Nothing waits for a
/// compilation that nobody wants any more. Where the system has no thread left, functions go on in baseline code until they ask again.
/// </summary>
internal sealed class TierUpDriver(WasmEngine engine) : IDisposable
{
    private const int CompileStackBytes = 64 << 20;
    private const int MostThreadsByDefault = 4;

    /// <summary>How long a thread waits for work before it ends.</summary>
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(2);

    private readonly object _gate = new();
    private readonly List<CompilationJob> _queue = [];
    private readonly List<CompilationJob> _running = [];
    private int _threads;
    private int _idleThreads;
    private bool _isDisposed;
    private CompilationWaits _waits = CompilationWaits.None;

    /// <summary>How many functions wait to be optimized, or are being optimized.</summary>
    public int PendingCount
    {
        get
        {
            lock (_gate)
            {
                return _queue.Count + _running.Count;
            }
        }
    }

    /// <summary>How long functions have waited so far.</summary>
    public CompilationWaits Waits
    {
        get
        {
            lock (_gate)
            {
                return _waits;
            }
        }
    }

    /// <summary>Starts a thread; throws what <see cref="Thread.Start()"/> does.</summary>
    public Action<Thread> StartThread { get; set; } = static thread => thread.Start();

    private int MaxThreads => engine.Options.TieringThreads > 0
        ? engine.Options.TieringThreads
        : Math.Clamp(Environment.ProcessorCount - 1, 1, MostThreadsByDefault);

    /// <summary>A function has used up its budget in an instance.</summary>
    public void BudgetUsedUp(Instance instance, int functionIndex)
    {
        var code = instance.Code;
        ref var budget = ref instance.TieringBudget(functionIndex);
        if (engine.Options.TierUp == TierUpMode.Never
            || code.OptimizedCode(functionIndex) is not null
            || code.HasFailed(functionIndex))
        {
            budget = int.MaxValue;
            return;
        }

        code.CountUsedUpBudget(functionIndex);
        budget = code.InitialBudget;
        if (engine.Options.TierUp == TierUpMode.Background)
        {
            Request(instance, functionIndex, loop: -1, isAwaited: false);
        }
        else
        {
            Optimize(instance, functionIndex);
        }
    }

    /// <summary>
    /// Optimizes a function now, unless the compiler does not support it or there is no memory for that or no room for its code: then it stays in baseline code, as it does
    /// for now where the store is interrupted. All else that the compiler throws is thrown here.
    /// </summary>
    public void Optimize(Instance instance, int functionIndex)
    {
        if (instance.Code.HasFailed(functionIndex))
        {
            return;
        }

        Await(Request(instance, functionIndex, loop: -1, isAwaited: true));
    }

    /// <summary>Optimizes a function from a loop on: now, or in the background where functions are optimized there, too.</summary>
    public void OptimizeLoop(Instance instance, int functionIndex, int loop)
    {
        if (engine.Options.TierUp == TierUpMode.Never || instance.Code.HasLoopFailed(functionIndex, loop))
        {
            return;
        }

        var isAwaited = engine.Options.TierUp != TierUpMode.Background;
        var job = Request(instance, functionIndex, loop, isAwaited);
        if (isAwaited)
        {
            Await(job);
        }
    }

    private void Await(CompilationJob? job)
    {
        if (job is null)
        {
            return;
        }

        lock (_gate)
        {
            while (!job.IsDone && !job.Instance.Store.IsInterruptRequested)
            {
                Monitor.Wait(_gate);
            }
        }

        if (job is { IsDone: true, Failure: { SourceException: not (NotSupportedException or OutOfMemoryException) } failure })
        {
            failure.Throw();
        }
    }

    /// <summary>Lets threads that wait for a compilation look whether they still want it.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until no function waits to be optimized.</summary>
    public bool WaitUntilSettled(TimeSpan timeout)
    {
        var start = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            while (_queue.Count != 0 || _running.Count != 0)
            {
                var left = timeout - Stopwatch.GetElapsedTime(start);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_gate, left))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>
    /// Makes sure that no compilation uses an instance any more: those that wait are dropped, those that run go on with what is kept of
    /// its feedback, or are cancelled where nothing is kept.
    /// </summary>
    /// <returns>The functions whose compilation was dropped.</returns>
    public List<int> Cancel(Instance instance)
    {
        var dropped = new List<int>();
        lock (_gate)
        {
            foreach (var job in _queue)
            {
                if (job.Instance != instance)
                {
                    continue;
                }

                job.IsDone = true;
                if (job.Loop < 0)
                {
                    dropped.Add(job.FunctionIndex);
                }
            }

            _queue.RemoveAll(job => job.Instance == instance);
            foreach (var job in _running)
            {
                if (job.Instance != instance)
                {
                    continue;
                }

                job.Feedback.Detach();
                if (!engine.Options.TieringShare)
                {
                    job.Cancel();
                }
            }

            Monitor.PulseAll(_gate);
        }

        return dropped;
    }

    /// <summary>Ends the compile threads as soon as they notice, without waiting for it: what they still finish is freed.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            foreach (var job in _queue)
            {
                job.IsDone = true;
            }

            foreach (var job in _running)
            {
                job.Cancel();
            }

            _queue.Clear();
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Queues a function; one that is queued already gets hotter. Null if the engine is disposed of, or there is no thread that would take it.</summary>
    private CompilationJob? Request(Instance instance, int functionIndex, int loop, bool isAwaited)
    {
        CompilationJob job;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return null;
            }

            if (Find(instance.Code, functionIndex, loop) is { } known)
            {
                known.Heat.Add();
                known.IsAwaited |= isAwaited;
                return known;
            }

            job = new CompilationJob(instance, functionIndex, loop) { IsAwaited = isAwaited };
            _queue.Add(job);
            if (_queue.Count > _idleThreads && _threads < MaxThreads && !TryStartThread() && _threads == 0)
            {
                _queue.Remove(job);
                job.Dispose();
                return null;
            }

            Monitor.PulseAll(_gate);
        }

        engine.Events.OnTierUpRequested(instance, functionIndex);
        return job;
    }

    /// <summary>Starts one more thread, which waits for the gate.</summary>
    /// <returns>False where the system has none left.</returns>
    private bool TryStartThread()
    {
        try
        {
            StartThread(new Thread(Run, CompileStackBytes) { IsBackground = true, Name = "optimizing compiler" });
        }
        catch (Exception fault) when (fault is OutOfMemoryException or ThreadStartException)
        {
            return false;
        }

        _threads++;
        return true;
    }

    private CompilationJob? Find(ModuleCode code, int functionIndex, int loop) =>
        _running.Find(job => job.IsOf(code, functionIndex, loop)) ?? _queue.Find(job => job.IsOf(code, functionIndex, loop));

    private void Run()
    {
        while (RunNext())
        {
        }
    }

    /// <summary>Does one job. A method of its own, so that no local keeps the job while the thread waits for the next.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool RunNext()
    {
        if (Next() is not { } job)
        {
            return false;
        }

        var failure = Compile(job);
        lock (_gate)
        {
            if (failure is not null)
            {
                job.Failure = ExceptionDispatchInfo.Capture(failure);
            }

            job.IsDone = true;
            _running.Remove(job);
            job.Dispose();
            Monitor.PulseAll(_gate);
        }

        return true;
    }

    /// <summary>Takes the hottest function; null if the thread is to end.</summary>
    private CompilationJob? Next()
    {
        lock (_gate)
        {
            while (!_isDisposed && _queue.Count == 0)
            {
                _idleThreads++;
                var isSignalled = Monitor.Wait(_gate, IdleTime);
                _idleThreads--;
                if (!isSignalled)
                {
                    break;
                }
            }

            if (_isDisposed || _queue.Count == 0)
            {
                _threads--;
                return null;
            }

            var hottest = CompilationJob.Hottest(_queue);
            _queue.Remove(hottest);
            _running.Add(hottest);
            hottest.Queued = hottest.Age;
            return hottest;
        }
    }

    private Exception? Compile(CompilationJob job)
    {
        var owner = job.Code;
        try
        {
            if (KeptCode.TryInstall(owner, job.FunctionIndex, job.Loop, new CompilationInterest(job.Cancellation)))
            {
                return null;
            }

            lock (_gate)
            {
                _waits = _waits.WithBegun(job.Queued);
            }

            var start = Stopwatch.GetTimestamp();
            var allowsDeopt = owner.AllowsDeopt(job.FunctionIndex);
            var code = job.Loop < 0
                ? engine.OptimizingCompiler.Compile(owner, job.FunctionIndex, job.Feedback, allowsDeopt, job.Cancellation)
                : engine.OptimizingCompiler.CompileLoop(owner, job.FunctionIndex, job.Loop, job.Feedback, allowsDeopt, job.Cancellation);
            var time = Stopwatch.GetElapsedTime(start);
            if (!owner.Install(job.Instance, code, job.Cancellation))
            {
                return null;
            }

            var untilInstalled = job.Age;
            lock (_gate)
            {
                _waits = _waits.WithInstalled(untilInstalled);
            }

            engine.Events.OnCompiled(owner, code, time, store: null, job.Queued, untilInstalled);
            return null;
        }
        catch (OperationCanceledException) when (job.Cancellation.IsCancellationRequested || owner.IsFreed)
        {
            return null;
        }
        catch (Exception e)
        {
            if (job.Loop < 0)
            {
                owner.SetFailed(job.FunctionIndex);
            }
            else
            {
                owner.SetLoopFailed(job.FunctionIndex, job.Loop);
            }

            return Tell(owner, job.FunctionIndex, e);
        }
    }

    /// <summary>Tells that a compilation has failed.</summary>
    /// <returns>What it has failed with, or what a handler of the event has thrown, which nobody but who waits for the compilation could be told: it must not end the thread, and with it the process.</returns>
    private Exception Tell(ModuleCode owner, int functionIndex, Exception failure)
    {
        try
        {
            engine.Events.OnCompilationFailed(owner, functionIndex, failure);
            return failure;
        }
        catch (Exception thrown)
        {
            return thrown;
        }
    }
}
