namespace Harness.Engine.Heap;

/// <summary>What a heap has done up to one moment.</summary>
/// <param name="YoungCollections">Collections of the nursery alone.</param>
/// <param name="FullCollections">Collections of the whole heap.</param>
/// <param name="MedianPause">Median time of a collection, to within 4%; zero without collections.</param>
/// <param name="MaximumPause">Longest time of a collection.</param>
/// <param name="TotalPause">Time of all collections.</param>
/// <param name="AllocatedBytes">Bytes of all objects ever made.</param>
/// <param name="PromotedBytes">Bytes that young collections copied into the old generation.</param>
/// <param name="AgedBytes">Bytes that young collections copied and left young.</param>
/// <param name="MovedBytes">Bytes that full collections copied.</param>
/// <param name="LiveBytes">Bytes that lived after the last full collection; zero without one.</param>
/// <param name="UsedBytes">Bytes of all objects now, dead ones included.</param>
/// <param name="LargestUsedBytes">Most bytes of objects of the old generation and of large ones that there were at the beginning of a collection, or are now.</param>
/// <param name="NurseryBytes">Bytes that the nursery has now; zero before the first allocation.</param>
/// <param name="HelpedCollections">Full collections in which other threads copied something.</param>
/// <param name="HelperMovedBytes">Bytes of <paramref name="MovedBytes"/> that other threads than the one that uses the heap copied.</param>
public sealed record HeapStatistics(
    int YoungCollections,
    int FullCollections,
    TimeSpan MedianPause,
    TimeSpan MaximumPause,
    TimeSpan TotalPause,
    long AllocatedBytes,
    long PromotedBytes,
    long AgedBytes,
    long MovedBytes,
    long LiveBytes,
    long UsedBytes,
    long LargestUsedBytes,
    long NurseryBytes,
    int HelpedCollections,
    long HelperMovedBytes);
