using Harness.Engine.Runtime;

namespace Harness.Hosts;

/// <summary>
/// A program with the host that it needs, ready to be run iteration by iteration on this engine. Workers, <c>check</c>, <c>run</c> and
/// <c>explain</c> know programs by this interface only. It is used on one thread, whose stack must be as large as the options say
/// (<see cref="ExecutionThread"/>).
/// </summary>
public interface IProgramHost : IDisposable
{
    /// <summary>The engine that runs the program's modules: its statistics and events.</summary>
    WasmEngine Engine { get; }

    /// <summary>What the heaps of the program's stores have done so far, those of stores that are gone included.</summary>
    HeapTotals Heap { get; }

    /// <summary>The instance of the program's main module that ran last; null before there is one.</summary>
    Instance? Instance { get; }

    /// <summary>The time spent so far on turning bytes into modules, in ms.</summary>
    double CompileMilliseconds { get; }

    /// <summary>The part of <see cref="CompileMilliseconds"/> that went into decoding, but for the function bodies, in ms.</summary>
    double DecodeMilliseconds => Engine.Statistics.DecodeTime.TotalMilliseconds;

    /// <summary>The part of <see cref="CompileMilliseconds"/> that went into validating function bodies, in ms.</summary>
    double ValidateMilliseconds => Engine.Statistics.ValidationTime.TotalMilliseconds;

    /// <summary>The time spent so far on making instances, in ms.</summary>
    double InstantiateMilliseconds { get; }

    /// <summary>Compiles and instantiates what lives as long as the program. Must be called once, before the first iteration.</summary>
    /// <exception cref="ProgramException">The program cannot be loaded: a missing import, a malformed module, a script that throws.</exception>
    void Load();

    /// <summary>Runs one iteration: a call of an export, a run of the script's function, or a fresh instance with its <c>_start</c>.</summary>
    /// <returns>What the iteration gave.</returns>
    /// <exception cref="ProgramException">The program failed in a way of its own: an exit code, an uncaught exception.</exception>
    /// <exception cref="WasmTrapException">It trapped.</exception>
    ProgramOutput Iterate();

    /// <summary>Lets the program itself look at what its iterations left, where it can. Called once, after the last.</summary>
    /// <exception cref="ProgramException">It finds something wrong.</exception>
    void Validate()
    {
    }
}

/// <summary>What one iteration of a program gave.</summary>
public sealed record ProgramOutput
{
    /// <summary>What it wrote to its standard output or to the console, line ends as written.</summary>
    public string Text { get; init; } = "";

    /// <summary>The same as bytes, where the program writes bytes; null where it prints text.</summary>
    public byte[]? Bytes { get; init; }

    /// <summary>What it wrote to its standard error.</summary>
    public string ErrorText { get; init; } = "";

    /// <summary>Its exit code; 0 where it has none.</summary>
    public int ExitCode { get; init; }

    /// <summary>The results of the call, where an iteration is a call of an export.</summary>
    public IReadOnlyList<WasmValue> Results { get; init; } = [];

    /// <summary>The files that it wrote, by path.</summary>
    public IReadOnlyDictionary<string, byte[]> Files { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>The part of the iteration that is to be timed, in ms, where the program or its host tells it from what is done around it; null where it is the whole iteration.</summary>
    public double? TimedMilliseconds { get; init; }

    /// <summary>CPU time of that part on all threads of the process, in ms; null where it was not taken.</summary>
    public double? TimedCpuMilliseconds { get; init; }
}

/// <summary>What the heaps of a program have done up to one moment.</summary>
/// <param name="YoungCollections">Collections of a nursery alone.</param>
/// <param name="FullCollections">Collections of a whole heap.</param>
/// <param name="Pause">Time of all collections.</param>
/// <param name="LongestPause">Time of the longest of them; zero without any.</param>
/// <param name="AllocatedBytes">Bytes of all objects ever made.</param>
/// <param name="PromotedBytes">Bytes copied from a nursery into an old generation.</param>
public readonly record struct HeapTotals(long YoungCollections, long FullCollections, TimeSpan Pause, TimeSpan LongestPause, long AllocatedBytes, long PromotedBytes)
{
    /// <summary>What the heap of one store has done.</summary>
    public static HeapTotals Of(Store store)
    {
        ArgumentNullException.ThrowIfNull(store);
        var heap = store.HeapStatistics;
        return new HeapTotals(heap.YoungCollections, heap.FullCollections, heap.TotalPause, heap.MaximumPause, heap.AllocatedBytes, heap.PromotedBytes);
    }

    /// <summary>What both have done.</summary>
    public static HeapTotals operator +(HeapTotals left, HeapTotals right) => Add(left, right);

    /// <summary>What both have done.</summary>
    public static HeapTotals Add(HeapTotals left, HeapTotals right) => new(
        left.YoungCollections + right.YoungCollections,
        left.FullCollections + right.FullCollections,
        left.Pause + right.Pause,
        left.LongestPause > right.LongestPause ? left.LongestPause : right.LongestPause,
        left.AllocatedBytes + right.AllocatedBytes,
        left.PromotedBytes + right.PromotedBytes);
}

/// <summary>A program failed, or cannot be loaded. The message is one line that says what is wrong.</summary>
public sealed class ProgramException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="message">What is wrong, in one line.</param>
    /// <param name="innerException">What led to it.</param>
    public ProgramException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Whether the program ran, but gave something else than it must.</summary>
    public bool IsWrongResult { get; init; }
}
