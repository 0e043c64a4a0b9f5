namespace Harness.Engine.Heap;

/// <content>What the heap counts.</content>
internal sealed unsafe partial class ObjectHeap
{
    private readonly PauseHistogram _pauses = new();
    private int _youngCollections;
    private int _fullCollections;
    private int _helpedCollections;
    private long _movedByHelpers;

    /// <summary>Bytes allocated up to the last collection, and those allocated outside of the nursery since.</summary>
    private long _allocated;

    private long _promoted;
    private long _aged;
    private long _moved;
    private nuint _live;
    private nuint _largestUsed;

    /// <summary>What the heap has done so far.</summary>
    public HeapStatistics Statistics => new(
        _youngCollections,
        _fullCollections,
        _pauses.Median,
        _pauses.Maximum,
        _pauses.Total,
        _allocated + NurseryUsed,
        _promoted,
        _aged,
        _moved,
        (long)_live,
        (long)OldBytes + NurseryUsed + (long)(_young?.SurvivorBytes ?? 0),
        (long)Math.Max(_largestUsed, OldBytes),
        (long)(_young?.NurserySize ?? 0),
        _helpedCollections,
        _movedByHelpers);

    private long NurseryUsed => _reservation is null ? 0 : _context->AllocationTop - _nurseryStart;

    /// <summary>To be called before the nursery is emptied.</summary>
    private void CountAllocated()
    {
        _allocated += NurseryUsed;
        _largestUsed = Math.Max(_largestUsed, OldBytes);
    }
}
