namespace Harness.Engine.Heap;

/// <summary>Whether an allocation made by C# may collect garbage first.</summary>
internal enum Allocation
{
    /// <summary>
    /// It may: references that the caller holds are stale afterwards, but for those in places that a <see cref="RootScope"/> or a root provider
    /// knows. Fails when the heap's limit is reached.
    /// </summary>
    MayCollect,

    /// <summary>
    /// It must not: where the nursery is full, the object is old from the beginning. The limit of the heap is left to the next
    /// allocation that may collect, the collection to that or to <see cref="ObjectHeap.CatchUp"/>.
    /// </summary>
    NeverCollect,
}
