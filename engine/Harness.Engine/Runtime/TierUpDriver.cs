using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Harness.Engine.Configuration;
using Harness.Engine.Feedback;

namespace Harness.Engine.Runtime;

/// <summary>
/// Decides what happens when a function's budget is used up, and runs the optimizing compiler on a thread of its own: also
/// where the guest waits for it, since the guest's stack may be nearly used up.
/// </summary>
internal sealed class TierUpDriver(WasmEngine engine) : IDisposable
{
    private const int CompileStackBytes = 64 << 20;

    private readonly object _gate = new();
    private readonly List<Job> _queue = [];
    private readonly HashSet<(ModuleCode Code, int FunctionIndex)> _failed = [];
    private Job? _current;
    private Thread? _thread;
    private bool _isDisposed;

    /// <summary>How many functions wait to be optimized, or are being optimized.</summary>
    public int PendingCount
    {
        get
        {
            lock (_gate)
            {
                return _queue.Count + (_current is null ? 0 : 1);
            }
        }
    }

    /// <summary>A function has used up its budget in an instance.</summary>
    public void BudgetUsedUp(Instance instance, int functionIndex)
    {
        ModuleCode code = instance.Code;
        ref int budget = ref instance.TieringBudget(functionIndex);
        if (engine.Options.TierUp == TierUpMode.Never
            || code.OptimizedCode(functionIndex) is not null
            || HasFailed(code, functionIndex))
        {
            budget = int.MaxValue;
            return;
        }

        budget = code.InitialBudget;
        if (engine.Options.TierUp == TierUpMode.Background) Request(instance, functionIndex);
        else Optimize(instance, functionIndex);
    }

    /// <summary>
    /// Optimizes a function now, unless the compiler does not support it: then it stays in baseline code. All else that the
    /// compiler throws is thrown here.
    /// </summary>
    public void Optimize(Instance instance, int functionIndex)
    {
        if (HasFailed(instance.Code, functionIndex)) return;
        Job job = Request(instance, functionIndex);
        lock (_gate)
        {
            job.Priority = int.MaxValue;
            while (!job.IsDone) Monitor.Wait(_gate);
        }

        if (job.Failure is { SourceException: not NotSupportedException } failure) failure.Throw();
    }

    /// <summary>Waits until no function waits to be optimized.</summary>
    public bool WaitUntilSettled(TimeSpan timeout)
    {
        long start = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            while (_queue.Count != 0 || _current is not null)
            {
                TimeSpan left = timeout - Stopwatch.GetElapsedTime(start);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_gate, left)) return false;
            }

            return true;
        }
    }

    /// <summary>Makes sure that no compilation uses an instance's feedback any more.</summary>
    public void Cancel(Instance instance)
    {
        lock (_gate)
        {
            foreach (Job job in _queue)
            {
                job.IsDone |= job.Instance == instance;
            }

            _queue.RemoveAll(job => job.Instance == instance);
            while (_current?.Instance == instance) Monitor.Wait(_gate);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Ends the compile thread once it has finished what it is at.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _queue.Clear();
            Monitor.PulseAll(_gate);
        }

        _thread?.Join();
    }

    private bool HasFailed(ModuleCode code, int functionIndex)
    {
        lock (_gate)
        {
            return _failed.Contains((code, functionIndex));
        }
    }

    /// <summary>Queues a function; one that is queued already gains priority.</summary>
    private Job Request(Instance instance, int functionIndex)
    {
        Job job;
        lock (_gate)
        {
            if (Find(instance.Code, functionIndex) is { } queued)
            {
                queued.Priority = Math.Min(queued.Priority, int.MaxValue / 2) * 2;
                return queued;
            }

            job = new Job(instance, functionIndex);
            _queue.Add(job);
            if (_thread is null)
            {
                _thread = new Thread(Run, CompileStackBytes) { IsBackground = true, Name = "optimizing compiler" };
                _thread.Start();
            }

            Monitor.PulseAll(_gate);
        }

        engine.Events.OnTierUpRequested(instance.Code, functionIndex);
        return job;
    }

    private Job? Find(ModuleCode code, int functionIndex)
    {
        if (_current is { } current && current.Instance.Code == code && current.FunctionIndex == functionIndex) return current;
        return _queue.Find(job => job.Instance.Code == code && job.FunctionIndex == functionIndex);
    }

    private void Run()
    {
        while (Next() is { } job)
        {
            Exception? failure = Compile(job);
            lock (_gate)
            {
                if (failure is not null)
                {
                    job.Failure = ExceptionDispatchInfo.Capture(failure);
                    _failed.Add((job.Instance.Code, job.FunctionIndex));
                }

                job.IsDone = true;
                _current = null;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private Job? Next()
    {
        lock (_gate)
        {
            while (!_isDisposed && _queue.Count == 0) Monitor.Wait(_gate);
            if (_isDisposed) return null;
            int best = 0;
            for (int i = 1; i < _queue.Count; i++)
            {
                if (_queue[i].Priority > _queue[best].Priority) best = i;
            }

            _current = _queue[best];
            _queue.RemoveAt(best);
            return _current;
        }
    }

    private Exception? Compile(Job job)
    {
        ModuleCode owner = job.Instance.Code;
        try
        {
            long start = Stopwatch.GetTimestamp();
            CompiledCode code = engine.OptimizingCompiler.Compile(
                owner, job.FunctionIndex, new FeedbackSnapshot(job.Instance), owner.AllowsDeopt(job.FunctionIndex));
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            owner.Install(job.Instance, code);
            engine.Events.OnCompiled(owner, code, time);
            return null;
        }
        catch (Exception e)
        {
            engine.Events.OnCompilationFailed(owner, job.FunctionIndex, e);
            return e;
        }
    }

    /// <summary>A function to be optimized with the feedback of an instance.</summary>
    private sealed class Job(Instance instance, int functionIndex)
    {
        public Instance Instance { get; } = instance;

        public int FunctionIndex { get; } = functionIndex;

        public int Priority { get; set; } = 1;

        public bool IsDone { get; set; }

        public ExceptionDispatchInfo? Failure { get; set; }
    }
}
