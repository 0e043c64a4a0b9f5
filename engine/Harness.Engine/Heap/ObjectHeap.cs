using System.Diagnostics;
using System.Runtime.CompilerServices;
using Harness.Engine.Configuration;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Heap;

/// <summary>
/// The heap of a store: a nursery in which compiled code allocates by moving a pointer, an old generation, and large objects apart.
/// A young collection copies what lives in the nursery into the old generation at once, whatever its age (Appel, "Simple
/// Generational Garbage Collection and Fast Allocation", 1989): each object is copied once, the nursery is empty afterwards, and so
/// nothing old refers to something young then and the remembered set starts empty again. What aging would gain, that objects made just before a
/// collection die young after all, is little where the nursery is much larger than what lives at any time. A full collection copies
/// nursery and old generation into the other half of the old generation, and sweeps the large objects.
/// </summary>
/// <remarks>
/// <para>Memory is reserved at the first allocation, in one piece: lower half, nursery, upper half, large objects. A word is a reference to
/// a heap object if and only if it lies in there, so that the collector tests nothing else.</para>
/// <para>One thread at a time uses a heap. No other thread reads it, compilers in the background included.</para>
/// </remarks>
internal sealed unsafe partial class ObjectHeap : IDisposable
{
    /// <summary>
    /// Most bytes of an object that compiled code allocates itself, through <see cref="Stub.CollectGarbage"/> where it does not
    /// fit; larger than any structure. Larger arrays are made by <see cref="Builtin.ArrayNew"/>.
    /// </summary>
    public const int MaxInlineSize = 96 * 1024;

    /// <summary>Most bytes of any object, whatever the heap's limit: what a span of an array's elements can be long.</summary>
    public const int MaxObjectSize = int.MaxValue;

    /// <summary>Every this many collections of <c>stress.gc-interval</c>, one is full, while the heap is small.</summary>
    private const int StressFullInterval = 4;

    /// <summary>Bytes of old objects that delay the next full one by a collection, so that large heaps can be stressed as well.</summary>
    private const nuint StressFullBytes = 64 << 10;

    /// <summary>Largest size of the nursery as a multiple of <c>heap.nursery-size</c>.</summary>
    private const int NurseryGrowth = 16;

    /// <summary>Most that is allocated beyond the limit without a collection.</summary>
    private const nuint MinimumSlack = 64 << 20;

    private readonly StoreContext* _context;
    private readonly IRootProvider _roots;
    private readonly Collector _collector = new();
    private readonly RememberedSet _remembered;
    private readonly AddressList _scopes = new();
    private readonly nuint _nurserySize;
    private readonly nuint _limit;
    private readonly nuint _slack;
    private readonly nuint _minimumThreshold;
    private readonly double _growthFactor;
    private readonly bool _hugePages;
    private readonly int _stressInterval;
    private byte* _reservation;
    private nuint _reservationSize;
    private byte* _nursery;
    private nuint _nurseryCapacity;
    private byte* _nurseryEnd;

    /// <summary>Where allocation began after the last collection.</summary>
    private byte* _nurseryStart;

    private OldGeneration? _old;
    private LargeObjectSpace? _large;

    /// <summary>Bytes of old and large objects that start a full collection.</summary>
    private nuint _threshold;

    private int _stressCountdown;

    /// <summary>Collections by stress since the last full one of these.</summary>
    private int _stressCollections;

    /// <summary>Whether an allocation that never collects has met a full nursery or threshold since the last collection.</summary>
    private bool _hasPutOff;

    private bool _isDisposed;

    /// <summary>Makes an empty heap, which takes no memory yet.</summary>
    /// <param name="context">Where compiled code finds the nursery.</param>
    /// <param name="options">The sizes.</param>
    /// <param name="roots">Knows all references outside of the heap but those of <see cref="Handles"/>.</param>
    public ObjectHeap(StoreContext* context, EngineOptions options, IRootProvider roots)
    {
        _context = context;
        _roots = roots;
        _remembered = new RememberedSet(context);
        _nurserySize = (nuint)options.HeapNurserySize << 10;
        _limit = (nuint)options.HeapLimit << 20;
        _slack = Math.Max(_limit / 4, MinimumSlack);
        _minimumThreshold = (nuint)options.HeapMinimumThreshold << 20;
        _growthFactor = options.HeapGrowthFactor;
        _hugePages = options.HeapHugePages;
        _stressInterval = _stressCountdown = options.StressGcInterval;
        Handles = new HandleTable(this);
    }

    /// <summary>The objects that the host holds.</summary>
    public HandleTable Handles { get; }

    /// <summary>The objects of the host that heap objects stand for.</summary>
    public HostObjectTable HostObjects { get; } = new();

    /// <summary>Told of each collection, on the thread that collects.</summary>
    public Action<CollectionEvent>? Collected { get; init; }

    /// <summary>Bytes of all old and large objects, dead ones included.</summary>
    private nuint OldBytes => _old is null ? 0 : _old.Used + _large!.Used;

    /// <summary>Makes places roots until the result is disposed of: <c>using var scope = heap.Protect(&amp;local);</c></summary>
    /// <param name="slots">The first place; must not move, as locals do not.</param>
    /// <param name="count">How many places.</param>
    public RootScope Protect(ulong* slots, nuint count = 1) => new(_scopes, slots, count);

    /// <summary>
    /// Makes room for an allocation by compiled code that did not fit, by a collection if need be (<see cref="Stub.CollectGarbage"/>).
    /// </summary>
    /// <param name="bytes">Bytes wanted, at most <see cref="MaxInlineSize"/>.</param>
    /// <returns>False if the limit is reached: the allocation is to trap (<see cref="TrapKind.OutOfMemory"/>).</returns>
    public bool MakeRoom(nuint bytes)
    {
        if (_reservation == null) Reserve();
        if (_stressInterval > 0) return MakeStressedRoom(bytes);
        if ((nuint)(_nurseryEnd - _context->AllocationTop) < bytes || OldBytes > _threshold) Collect(isFull: false);
        return OpenNursery();
    }

    /// <summary>
    /// Collects garbage if allocations that never collect have put that off. Whoever makes these in any number calls this in between, where
    /// all references are known: compiled code may not allocate at all.
    /// </summary>
    public void CatchUp()
    {
        if (_hasPutOff) Collect(isFull: false);
    }

    /// <summary>
    /// Puts an old object into the remembered set, unless it is there (<see cref="Stub.Remember"/>): it may refer to young objects
    /// until the next collection.
    /// </summary>
    public void Remember(ulong address)
    {
        if ((*(ulong*)address & ObjectHeader.UnrememberedBit) == 0) return;
        *(ulong*)address &= ~ObjectHeader.UnrememberedBit;
        _remembered.Add(address);
    }

    /// <summary>Whether a word is a reference to an object of this heap.</summary>
    public bool Contains(ulong word) => word - (ulong)_reservation < _reservationSize;

    /// <summary>Whether a word is a reference to an object that a young collection can move.</summary>
    public bool IsYoung(ulong word) => word - (ulong)_nursery < (ulong)(_nurseryEnd - _nursery);

    /// <summary>Collects garbage.</summary>
    /// <param name="isFull">Whether to collect the whole heap; else that is done only when the old generation has grown enough.</param>
    public void Collect(bool isFull)
    {
        if (_reservation == null) return;
        long start = Stopwatch.GetTimestamp();
        long allocated = NurseryUsed;
        long moved = _promoted + _moved;
        isFull |= OldBytes > _threshold;
        CountAllocated();
        if (!isFull)
        {
            CollectYoung();
            isFull = OldBytes > _limit;
        }

        if (isFull) CollectFully();
        EmptyNursery();
        _hasPutOff = false;
        TimeSpan pause = Stopwatch.GetElapsedTime(start);
        _pauses.Add(pause);
        Collected?.Invoke(new CollectionEvent(isFull, pause, allocated, _promoted + _moved - moved, (long)OldBytes));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _context->AllocationTop = _context->AllocationLimit = null;
        if (_reservation != null) LinuxMemory.Unmap(_reservation, _reservationSize);
        _reservation = null;
        _reservationSize = 0;
        Handles.Dispose();
        _collector.Dispose();
        _remembered.Dispose();
        _scopes.Dispose();
    }

    private void Reserve()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);

        // What one young collection promotes and what is allocated beyond the limit fits as well.
        _nurseryCapacity = Align(Math.Max(_nurserySize, Math.Min(NurseryGrowth * _nurserySize, _limit / 8)));
        nuint half = Align(_limit + _slack + (2 * _nurseryCapacity));
        nuint large = 2 * (_limit + _slack);
        _reservationSize = half + _nurseryCapacity + half + large;
        _reservation = LinuxMemory.MapPages(_reservationSize);
        if (_hugePages) LinuxMemory.PreferHugePages(_reservation, _reservationSize);
        _nursery = _reservation + half;
        _nurseryEnd = _nursery + _nurserySize;
        _nurseryStart = _nursery;
        byte* upper = _nursery + _nurseryCapacity;
        _old = new OldGeneration(_reservation, upper, half);
        _large = new LargeObjectSpace(upper + half, large);
        _threshold = Math.Min(_minimumThreshold, _limit);
        _context->AllocationTop = _nursery;
        _context->AllocationLimit = _stressInterval > 0 ? _nursery : _nurseryEnd;
    }

    private static nuint Align(nuint size) => (size + OldGeneration.Granularity - 1) & ~(OldGeneration.Granularity - 1);

    /// <summary>Lets compiled code allocate, unless the limit is reached: then its next allocation tries to collect again.</summary>
    private bool OpenNursery()
    {
        bool hasRoom = OldBytes <= _limit;
        _context->AllocationLimit = hasRoom ? _nurseryEnd : _context->AllocationTop;
        return hasRoom;
    }

    /// <summary>Every allocation comes here; room is made for this one alone.</summary>
    private bool MakeStressedRoom(nuint bytes)
    {
        if (--_stressCountdown <= 0)
        {
            _stressCountdown = _stressInterval;
            bool isFull = ++_stressCollections >= StressFullInterval + (int)(OldBytes / StressFullBytes);
            if (isFull)
            {
                _stressCollections = 0;
                Verify();
            }

            Collect(isFull);
        }

        if ((nuint)(_nurseryEnd - _context->AllocationTop) < bytes || OldBytes > _limit) Collect(isFull: false);
        bool hasRoom = OldBytes <= _limit;
        _context->AllocationLimit = _context->AllocationTop + (hasRoom ? bytes : 0);
        return hasRoom;
    }

    private void CollectYoung()
    {
        byte* before = _old!.Top;
        _collector.Begin(_nursery, _nurseryCapacity, before, null, 0);
        VisitRoots(isFull: false);
        nuint remembered = VisitRemembered();
        _collector.Drain();
        HostObjects.Update(_collector, isFull: false);
        _remembered.Clear();
        ResizeNursery(remembered);
        _old.Top = _collector.Free;
        _promoted += _old.Top - before;
        _youngCollections++;
    }

    private void CollectFully()
    {
        byte* from = _old!.IsLow ? _old.Start : _nursery;
        byte* to = _old.Other;
        _collector.Begin(from, _old.Capacity + _nurseryCapacity, to, _large!.Start, _large.Extent);
        VisitRoots(isFull: true);
        _collector.Drain();
        HostObjects.Update(_collector, isFull: true);
        _remembered.Clear();
        _large.Sweep();
        nuint moved = (nuint)(_collector.Free - to);
        _moved += (long)moved;
        _live = moved + _large.Used;
        nuint grown = Math.Max((nuint)(_live * _growthFactor), _live + (nuint)(_nurseryEnd - _nursery));
        _threshold = Math.Min(Math.Max(_minimumThreshold, grown), _limit);
        _old.Switch(_collector.Free, _threshold, Math.Min(_threshold, _minimumThreshold));
        _fullCollections++;
    }

    private void VisitRoots(bool isFull)
    {
        _roots.VisitRoots(_collector);
        Handles.VisitRoots(_collector, isFull);
        for (nuint i = 0; i < _scopes.Count; i += 2) _collector.Visit((ulong*)_scopes.Items[i], (nuint)_scopes.Items[i + 1]);
    }

    /// <summary>Follows the references of all remembered objects, and gives the bytes that these take.</summary>
    private nuint VisitRemembered()
    {
        nuint bytes = 0;
        for (nuint i = 0; i < _remembered.Count; i++)
        {
            byte* address = (byte*)_remembered.Items[i];
            *(ulong*)address |= ObjectHeader.UnrememberedBit;
            bytes += (nuint)(_collector.VisitObject(address) - address);
        }

        return bytes;
    }

    /// <summary>
    /// Remembered objects are read as a whole, however large. So that this stays in proportion to what is allocated, also while a large array is
    /// filled, the nursery grows with them: two bytes are read for each that is allocated.
    /// </summary>
    /// <param name="remembered">Bytes of the objects that were remembered.</param>
    private void ResizeNursery(nuint remembered)
    {
        if (_stressInterval > 0) return;
        nuint before = (nuint)(_nurseryEnd - _nursery);
        nuint size = Math.Clamp(remembered / 2 & ~(LargeObjectSpace.PageSize - 1), _nurserySize, _nurseryCapacity);
        if (size < before) LinuxMemory.Discard(_nursery + size, before - size);
        _nurseryEnd = _nursery + size;
    }

    /// <summary>
    /// Starts the nursery anew. Under stress it goes on behind what was collected, which is overwritten: so a reference that was
    /// forgotten does not meet a new object that looks like the one that moved.
    /// </summary>
    private void EmptyNursery()
    {
        byte* top = _context->AllocationTop;
        byte* start = _nursery;
        if (_stressInterval > 0)
        {
            Unsafe.InitBlockUnaligned(_nurseryStart, 0xA5, (uint)(top - _nurseryStart));
            if ((nuint)(_nurseryEnd - top) >= MaxInlineSize) start = top;
        }

        _nurseryStart = _context->AllocationTop = start;
        _context->AllocationLimit = start;
    }
}
