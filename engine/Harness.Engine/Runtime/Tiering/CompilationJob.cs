using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Harness.Engine.Feedback;

namespace Harness.Engine.Runtime.Tiering;

/// <summary>A function to be optimized with the feedback of an instance. The <see cref="TierUpDriver"/> guards what can change.</summary>
internal sealed class CompilationJob : IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly long _requested = Stopwatch.GetTimestamp();

    /// <summary>Makes a job that is as hot as one budget.</summary>
    public CompilationJob(Instance instance, int functionIndex, int loop = -1)
    {
        Loop = loop;
        Instance = instance;
        FunctionIndex = functionIndex;
        Feedback = new FeedbackSnapshot(instance);
        Heat.Add();
    }

    /// <summary>The instance that asked; not to be used once it was removed from its module's code.</summary>
    public Instance Instance { get; }

    /// <summary>The code of the function's module.</summary>
    public ModuleCode Code => Instance.Code;

    /// <summary>The function.</summary>
    public int FunctionIndex { get; }

    /// <summary>Offset in the module's bytes of the loop that the code is to begin at; -1 for the function.</summary>
    public int Loop { get; }

    /// <summary>What its call sites have seen.</summary>
    public FeedbackSnapshot Feedback { get; }

    /// <summary>How much the function does in baseline code while it waits.</summary>
    public Heat Heat { get; } = new();

    /// <summary>Time since it was asked for.</summary>
    public TimeSpan Age => Stopwatch.GetElapsedTime(_requested);

    /// <summary>How long it had waited when a thread took it.</summary>
    public TimeSpan Queued { get; set; }

    /// <summary>Whether a guest waits for it, so that it comes before all others.</summary>
    public bool IsAwaited { get; set; }

    /// <summary>Whether there is nothing to wait for any more.</summary>
    public bool IsDone { get; set; }

    /// <summary>What went wrong.</summary>
    public ExceptionDispatchInfo? Failure { get; set; }

    /// <summary>Asks the compiler to give up.</summary>
    public CancellationToken Cancellation => _cancellation.Token;

    /// <summary>Says that the code is not wanted any more.</summary>
    public void Cancel() => _cancellation.Cancel();

    /// <summary>To be called once it is neither queued nor running.</summary>
    public void Dispose() => _cancellation.Dispose();

    /// <summary>Whether this is the job of a function, or of a loop.</summary>
    public bool IsOf(ModuleCode code, int functionIndex, int loop) => FunctionIndex == functionIndex && Loop == loop && Code == code;

    /// <summary>The job that comes next: one that is awaited, else the hottest, and of equally hot ones the smallest function.</summary>
    public static CompilationJob Hottest(List<CompilationJob> jobs)
    {
        var now = Stopwatch.GetTimestamp();
        var best = jobs[0];
        for (var i = 1; i < jobs.Count; i++)
        {
            if (jobs[i].ComesBefore(best, now))
            {
                best = jobs[i];
            }
        }

        return best;
    }

    private int BodySize => Code.Module.Functions[FunctionIndex].BodySize;

    private bool ComesBefore(CompilationJob other, long now)
    {
        if (IsAwaited != other.IsAwaited)
        {
            return IsAwaited;
        }

        var (heat, otherHeat) = (Heat.At(now), other.Heat.At(now));
        return heat != otherHeat ? heat > otherHeat : BodySize < other.BodySize;
    }
}

/// <summary>
/// How often something happened lately: each time counts one, and half as much after each <see cref="HalfLife"/>, so that what was hot
/// once does not stand in the way of what is hot now.
/// </summary>
internal sealed class Heat
{
    private static readonly TimeSpan HalfLife = TimeSpan.FromMilliseconds(250);

    private double _value;
    private long _since = Stopwatch.GetTimestamp();

    /// <summary>Counts one more now.</summary>
    public void Add()
    {
        var now = Stopwatch.GetTimestamp();
        _value = At(now) + 1;
        _since = now;
    }

    /// <summary>The heat at a time of the <see cref="Stopwatch"/>, to three digits, so that what happened at about once is equally hot.</summary>
    public double At(long timestamp) =>
        Math.Round(_value * Math.Pow(0.5, Stopwatch.GetElapsedTime(_since, timestamp) / HalfLife), 3);
}
