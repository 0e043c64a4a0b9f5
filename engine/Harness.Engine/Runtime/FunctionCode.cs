using Harness.Engine.Deoptimization;
using Harness.Engine.Runtime.Tiering;

namespace Harness.Engine.Runtime;

/// <summary>
/// What there is for one function of a module. Whoever makes its baseline code holds it meanwhile; what may change under others' eyes can be read at any
/// time.
/// </summary>
internal sealed class FunctionCode
{
    /// <summary>How often a guest that waits for another thread's compilation of a function looks whether it is to end.</summary>
    private static readonly TimeSpan InterestInterval = TimeSpan.FromMilliseconds(1);

    private CompiledCode? _baseline;
    private CompiledCode? _optimized;
    private ResumeMap? _resumeMap;
    private int _usedUpBudgets;
    private volatile bool _hasFailed;

    /// <summary>Its baseline code; null before its first call.</summary>
    public CompiledCode? Baseline
    {
        get => Volatile.Read(ref _baseline);
        set => Volatile.Write(ref _baseline, value);
    }

    /// <summary>Its optimized code that is in use; null if there is none.</summary>
    public CompiledCode? Optimized
    {
        get => Volatile.Read(ref _optimized);
        set => Volatile.Write(ref _optimized, value);
    }

    /// <summary>Where its baseline code can be entered in the middle; null until somebody asks.</summary>
    public ResumeMap? ResumeMap
    {
        get => Volatile.Read(ref _resumeMap);
        set => Volatile.Write(ref _resumeMap, value);
    }

    /// <summary>How often its optimized code was left by a failed guard, stress aside. The module's gate guards it.</summary>
    public int DeoptCount { get; set; }

    /// <summary>By offset of their loops, optimized code that begins there; null where it cannot be made. The module's gate guards it.</summary>
    public Dictionary<int, CompiledCode?>? Loops { get; set; }

    /// <summary>How often it has used up its budget.</summary>
    public int UsedUpBudgets => Volatile.Read(ref _usedUpBudgets);

    /// <summary>Whether it stays in baseline code for good.</summary>
    public bool HasFailed
    {
        get => _hasFailed;
        set => _hasFailed = value;
    }

    /// <summary>Counts a budget that it has used up.</summary>
    public void CountUsedUpBudget() => Interlocked.Increment(ref _usedUpBudgets);

    /// <summary>Takes hold of the function, which another thread may be compiling: as long as somebody wants to wait for that.</summary>
    /// <exception cref="OperationCanceledException">Nobody does any more.</exception>
    public void Enter(CompilationInterest interest)
    {
        while (!Monitor.TryEnter(this, InterestInterval))
        {
            interest.ThrowIfGone();
        }
    }

    /// <summary>Lets go of the function.</summary>
    public void Exit() => Monitor.Exit(this);

    /// <summary>All code that there is for the function.</summary>
    public IEnumerable<CompiledCode> All()
    {
        if (Baseline is { } baseline)
        {
            yield return baseline;
        }

        foreach (var loop in Loops?.Values ?? Enumerable.Empty<CompiledCode?>())
        {
            if (loop is not null)
            {
                yield return loop;
            }
        }

        if (Optimized is { } optimized)
        {
            yield return optimized;
        }
    }
}
