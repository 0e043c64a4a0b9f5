using Harness.Engine.Modules;

namespace Harness.Engine.Runtime;

/// <summary>What an engine has done up to one moment.</summary>
/// <param name="BaselineFunctions">Functions compiled by the baseline compiler.</param>
/// <param name="BaselineCodeBytes">Bytes of machine code that it made.</param>
/// <param name="BaselineCompileTime">Time that it took.</param>
/// <param name="OptimizedFunctions">Compilations by the optimizing compiler; a function counts each time.</param>
/// <param name="OptimizedCodeBytes">Bytes of machine code that it made, also of code discarded since.</param>
/// <param name="OptimizedCompileTime">Time that it took.</param>
/// <param name="LiveOptimizedCodeBytes">Bytes of optimized code in use.</param>
/// <param name="PendingCompilations">Functions that wait to be optimized, or are being optimized.</param>
/// <param name="FailedCompilations">Functions that the optimizing compiler could not compile: they stay in baseline code.</param>
/// <param name="Deopts">Failed guards that left optimized code, those of stress aside.</param>
/// <param name="StressDeopts">Guards that failed by <c>stress.guard-fail-interval</c> alone.</param>
/// <param name="DiscardedFunctions">Optimized code that was taken out of use after a deopt.</param>
/// <param name="Collections">What the heaps of all stores have done.</param>
public sealed record EngineStatistics(
    int BaselineFunctions,
    long BaselineCodeBytes,
    TimeSpan BaselineCompileTime,
    int OptimizedFunctions,
    long OptimizedCodeBytes,
    TimeSpan OptimizedCompileTime,
    long LiveOptimizedCodeBytes,
    int PendingCompilations,
    int FailedCompilations,
    int Deopts,
    int StressDeopts,
    int DiscardedFunctions,
    CollectionTotals Collections)
{
    /// <summary>
    /// Time that passed while modules were made of bytes, without <see cref="ValidationTime"/>: for sections, types and constant expressions, and for what the cache knows of the module.
    /// </summary>
    public TimeSpan DecodeTime { get; init; }

    /// <summary>Time that passed while function bodies were validated (<see cref="WasmModule.ValidationTime"/>).</summary>
    public TimeSpan ValidationTime { get; init; }

    /// <summary>How long functions have waited for the optimizing compiler.</summary>
    public CompilationWaits Waits { get; init; } = CompilationWaits.None;

    /// <summary>Functions whose baseline code came out of the cache (knob <c>cache.directory</c>); these were not compiled.</summary>
    public int CacheHits { get; init; }

    /// <summary>Functions that were compiled by the baseline compiler though there is a cache, since it did not have them.</summary>
    public int CacheMisses { get; init; }

    /// <summary>Functions, and loops, whose optimized code came out of the cache; these were not compiled by the optimizing compiler.</summary>
    public int CacheOptimizedHits { get; init; }

    /// <summary>Pieces of code that the cache does not keep since they refer to something that has no name beyond the process.</summary>
    public int CacheUnnamed { get; init; }
}

/// <summary>What the collections of all heaps of an engine come to.</summary>
/// <param name="Young">Collections of the young generation alone.</param>
/// <param name="Full">Collections of a whole heap.</param>
/// <param name="Time">Time of all collections.</param>
/// <param name="LongestPause">Time of the longest.</param>
/// <param name="PromotedBytes">Bytes that young collections made old.</param>
/// <param name="MovedBytes">Bytes that were copied in all.</param>
public sealed record CollectionTotals(int Young, int Full, TimeSpan Time, TimeSpan LongestPause, long PromotedBytes, long MovedBytes)
{
    /// <summary>No collection.</summary>
    public static CollectionTotals None { get; } = new(0, 0, TimeSpan.Zero, TimeSpan.Zero, 0, 0);

    /// <summary>These and one more.</summary>
    internal CollectionTotals With(CollectionEvent collection) => new(
        Young + (collection.IsFull ? 0 : 1),
        Full + (collection.IsFull ? 1 : 0),
        Time + collection.Duration,
        collection.Duration > LongestPause ? collection.Duration : LongestPause,
        PromotedBytes + collection.PromotedBytes,
        MovedBytes + collection.MovedBytes);
}
