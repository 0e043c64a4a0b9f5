using Harness.Engine.Configuration;

namespace Harness.Engine.Heap;

/// <summary>Whether and how the full collections of a heap are shared among threads.</summary>
/// <param name="Threads">Most threads, the one that uses the heap included.</param>
/// <param name="Threshold">Bytes that one thread copies before others help.</param>
/// <param name="Grain">The size of pieces of work.</param>
/// <param name="IsStressed">Whether others help with whatever there is, and are waited for at the beginning.</param>
internal readonly record struct CollectionSharing(int Threads, nuint Threshold, EvacuationGrain Grain, bool IsStressed)
{
    /// <summary>Most threads where no knob says how many.</summary>
    private const int MostAutomaticThreads = 4;

    /// <summary>Whether anything is shared.</summary>
    public bool IsOn => Threads > 1 || IsStressed;

    /// <summary>Most bytes of copies that are no objects, when so many bytes are copied.</summary>
    public nuint WasteFor(nuint bytes) => IsOn ? (bytes / EvacuationGrain.WasteRatio) + ((nuint)Threads * Grain.BufferBytes) : 0;

    /// <summary>What the knobs say.</summary>
    public static CollectionSharing From(EngineOptions options)
    {
        if (options.StressGcThreads > 0)
        {
            return new(options.StressGcThreads, 0, EvacuationGrain.Stress, IsStressed: true);
        }

        var threads = options.HeapCollectionThreads > 0 ? options.HeapCollectionThreads : Math.Min(Environment.ProcessorCount, MostAutomaticThreads);
        return new(threads, (nuint)options.HeapParallelThreshold << 10, EvacuationGrain.Usual, IsStressed: false);
    }
}

/// <summary>The size of pieces of work that the threads of a collection take from each other.</summary>
/// <param name="BufferBytes">Bytes of the buffer that a thread copies to.</param>
/// <param name="LargestInBuffer">Bytes of the largest object that is copied to a buffer: nearly that much of each can stay empty.</param>
/// <param name="PlacesBytes">Bytes of an array from which on it is read in pieces.</param>
/// <param name="SharedBytes">Bytes of objects that are worth being taken by a thread without work.</param>
internal readonly record struct EvacuationGrain(nuint BufferBytes, nuint LargestInBuffer, nuint PlacesBytes, nuint SharedBytes)
{
    /// <summary>
    /// A buffer that a thread leaves since the next object does not fit has this many times more bytes of objects than it leaves empty, or still more.
    /// </summary>
    public const nuint WasteRatio = 8;

    /// <summary>Pieces whose exchange costs little beside the work.</summary>
    public static EvacuationGrain Usual { get; } = new(32 << 10, 2 << 10, 8 << 10, 1 << 10);

    /// <summary>The smallest pieces, so that threads meet as often as they can.</summary>
    public static EvacuationGrain Stress { get; } = new(512, 32, 32, ObjectHeader.Alignment);
}
