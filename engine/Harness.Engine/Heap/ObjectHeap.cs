using System.Diagnostics;
using System.Runtime.CompilerServices;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Heap;

/// <summary>
/// The heap of a store: a nursery in which compiled code allocates by moving a pointer, survivors that are young still, an old generation, and large
/// objects apart. A young collection copies what lives in nursery and survivor space to the other survivor space, or into the old generation what is
/// old enough or does not fit (<see cref="YoungGeneration"/>, <see cref="NurseryPolicy"/>). A full collection copies all that lives but
/// large objects into the other half of the old generation, and sweeps the large ones: there are no young objects after it.
/// </summary>
/// <remarks>
/// <para>Memory is reserved at the first allocation, in one piece: lower half, young generation, upper half, large objects, and the
/// <see cref="CardTable"/> of these. A word is a reference to a heap object if and only if it lies in there before the cards, so that the collector tests
/// nothing else.</para>
/// <para>One thread at a time uses a heap. No other thread reads it, compilers in the background included, but those that help it with a full collection
/// (<see cref="ParallelEvacuation"/>).</para>
/// </remarks>
internal sealed unsafe partial class ObjectHeap : IDisposable
{
    /// <summary>
    /// Most bytes of an array that compiled code allocates itself, through <see cref="Stub.CollectGarbage"/> where it does not
    /// fit; larger ones are made by <see cref="Builtin.ArrayNew"/>. It allocates every structure: only those of thousands of vectors are larger.
    /// </summary>
    public const int MaxInlineSize = 96 * 1024;

    /// <summary>
    /// Most bytes of any object that compiled code allocates itself: of a structure with as many fields as there may be, all vectors, and a descriptor. The smallest nursery has room for it.
    /// </summary>
    public const int MaxRoom = ObjectHeader.Size + ((ImplementationLimits.StructFields + 1) * 2 * sizeof(ulong));

    /// <summary>Most bytes of any object, whatever the heap's limit: what a span of an array's elements can be long.</summary>
    public const int MaxObjectSize = int.MaxValue;

    /// <summary>Every this many collections of <c>stress.gc-interval</c>, one is full, while the heap is small.</summary>
    private const int StressFullInterval = 4;

    /// <summary>Bytes of old objects that delay the next full one by a collection, so that large heaps can be stressed as well.</summary>
    private const nuint StressFullBytes = 64 << 10;

    /// <summary>Most that is allocated beyond the limit without a collection.</summary>
    private const nuint MinimumSlack = 64 << 20;

    private readonly StoreContext* _context;
    private readonly IRootProvider _roots;
    private readonly AddressList _scopes = new();
    private readonly NurseryPolicy _policy;
    private readonly nuint _limit;
    private readonly nuint _slack;
    private readonly nuint _minimumThreshold;
    private readonly nuint _keptMemory;
    private readonly double _growthFactor;
    private readonly bool _hugePages;
    private readonly int _stressInterval;
    private readonly CollectionSharing _sharing;
    private HeapReservation? _reservation;
    private ulong _start;

    /// <summary>Bytes of addresses of objects.</summary>
    private ulong _size;

    /// <summary>Where allocation began after the last collection.</summary>
    private byte* _nurseryStart;

    private YoungGeneration? _young;
    private OldGeneration? _old;
    private LargeObjectSpace? _large;
    private CardTable? _cards;
    private RememberedSet? _remembered;
    private Collector? _collector;

    /// <summary>Bytes of old and large objects that start a full collection.</summary>
    private nuint _threshold;

    /// <summary>What the nursery's size is to be after the running collection; 0 to leave it.</summary>
    private nuint _nextNurserySize;

    private int _stressCountdown;

    /// <summary>Collections by stress since the last full one of these.</summary>
    private int _stressCollections;

    /// <summary>Whether an allocation that never collects has met a full nursery or threshold since the last collection, or a collection was asked for.</summary>
    private bool _hasPutOff;

    /// <summary>Whether a full one was asked for.</summary>
    private bool _isFullDue;

    private bool _isDisposed;

    /// <summary>Makes an empty heap, which takes no memory yet.</summary>
    /// <param name="context">Where compiled code finds the nursery.</param>
    /// <param name="options">The sizes.</param>
    /// <param name="roots">Knows all references outside of the heap but those of <see cref="Handles"/>.</param>
    public ObjectHeap(StoreContext* context, EngineOptions options, IRootProvider roots)
    {
        _context = context;
        _roots = roots;
        _policy = new NurseryPolicy(options);
        _limit = (nuint)options.HeapLimit << 20;
        _slack = Math.Max(_limit / 4, MinimumSlack);
        _keptMemory = (nuint)options.HeapKeptMemory << 20;
        _minimumThreshold = (nuint)options.HeapMinimumThreshold << 20;
        _growthFactor = options.HeapGrowthFactor;
        _hugePages = options.HeapHugePages;
        _stressInterval = _stressCountdown = options.StressGcInterval;
        _sharing = CollectionSharing.From(options);
        Handles = new HandleTable(this);
    }

    /// <summary>The objects that the host holds.</summary>
    public HandleTable Handles { get; }

    /// <summary>The objects of the host that heap objects stand for.</summary>
    public HostObjectTable HostObjects { get; } = new();

    /// <summary>Told of each collection, on the thread that collects.</summary>
    public Action<CollectionEvent>? Collected { get; init; }

    /// <summary>Collections of the heap so far, young and full ones: objects stay where they are while it is the same.</summary>
    public long Collections => _youngCollections + (long)_fullCollections;

    /// <summary>Collections of the whole heap so far.</summary>
    public long FullCollections => _fullCollections;

    /// <summary>What each thread has done of the last full collection that was shared (<see cref="ParallelEvacuation.Shares"/>); empty if none was.</summary>
    public (long Objects, long Bytes)[] CollectionShares => _collector?.Evacuation?.Shares ?? [];

    /// <summary>Bytes of all old and large objects, dead ones included.</summary>
    public nuint OldBytes => _old is null ? 0 : _old.Used + _large!.Used;

    /// <summary>Makes places roots until the result is disposed of: <c>using var scope = heap.Protect(&amp;local);</c></summary>
    /// <param name="slots">The first place; must not move, as locals do not.</param>
    /// <param name="count">How many places.</param>
    public RootScope Protect(ulong* slots, nuint count = 1) => new(_scopes, slots, count);

    /// <summary>
    /// Makes room for an allocation by compiled code that did not fit, by a collection if need be (<see cref="Stub.CollectGarbage"/>).
    /// </summary>
    /// <param name="bytes">Bytes wanted, at most <see cref="MaxRoom"/>.</param>
    /// <returns>False if the limit is reached: the allocation is to trap (<see cref="TrapKind.OutOfMemory"/>).</returns>
    public bool MakeRoom(nuint bytes)
    {
        if (_reservation is null)
        {
            Reserve();
        }

        if (_stressInterval > 0)
        {
            return MakeStressedRoom(bytes);
        }

        if ((nuint)(_young!.NurseryEnd - _context->AllocationTop) < bytes || OldBytes > _threshold)
        {
            Collect(isFull: false);
        }

        return OpenNursery();
    }

    /// <summary>Whether a collection was put off or asked for, and none was made since.</summary>
    public bool IsCollectionDue => _hasPutOff;

    /// <summary>
    /// Collects garbage if allocations that never collect have put that off, or if that was asked for. Whoever makes such allocations in any number calls this in between,
    /// where all references are known: compiled code may not allocate at all.
    /// </summary>
    public void CatchUp()
    {
        if (_hasPutOff)
        {
            Collect(isFull: false);
        }
    }

    /// <summary>
    /// Has garbage collected at the next <see cref="CatchUp"/>, if not before. It is for whoever keeps something for objects of the host, of whose size this heap knows nothing. A heap in
    /// which nothing was ever allocated has no garbage.
    /// </summary>
    /// <param name="isFull">Whether to collect the whole heap.</param>
    public void AskForCollection(bool isFull)
    {
        if (_reservation is null)
        {
            return;
        }

        _isFullDue |= isFull;
        PutOff();
    }

    /// <summary>Remembers an old array that references were stored in, and where.</summary>
    /// <param name="array">The array.</param>
    /// <param name="index">The first element that was written.</param>
    /// <param name="count">How many were.</param>
    public void Remember(ulong array, uint index, uint count)
    {
        var header = *(ulong*)array;
        if (count == 0 || (header & (ObjectHeader.UnrememberedBit | ObjectHeader.CardedBit)) == 0)
        {
            return;
        }

        if ((header & ObjectHeader.CardedBit) != 0)
        {
            _cards!.Mark((ulong*)(array + ObjectLayout.ArrayElements) + index, count);
        }

        Remember(array);
    }

    /// <summary>
    /// Puts an old object into the remembered set, unless it is there (<see cref="Stub.Remember"/>): it may refer to young objects
    /// until the next collection.
    /// </summary>
    public void Remember(ulong address)
    {
        if ((*(ulong*)address & ObjectHeader.UnrememberedBit) == 0)
        {
            return;
        }

        *(ulong*)address &= ~ObjectHeader.UnrememberedBit;
        _remembered!.Add(address);
    }

    /// <summary>Whether a word is a reference to an object of this heap.</summary>
    public bool Contains(ulong word) => word - _start < _size;

    /// <summary>Whether a word is a reference to an object that a young collection can move.</summary>
    public bool IsYoung(ulong word) => _young is not null && _young.Contains(word);

    /// <summary>Collects garbage.</summary>
    /// <param name="isFull">Whether to collect the whole heap; else that is done only when the old generation has grown enough.</param>
    public void Collect(bool isFull)
    {
        if (_reservation is null)
        {
            return;
        }

        // Who never collects may be small, and do with small pages.
        if (_hugePages)
        {
            _reservation.PreferHugePages();
        }

        var start = Stopwatch.GetTimestamp();
        var allocated = NurseryUsed;
        var promoted = _promoted;
        var moved = _promoted + _moved + _aged;
        isFull |= _isFullDue || OldBytes > _threshold;
        CountAllocated();
        if (!isFull)
        {
            CollectYoung();
            isFull = OldBytes > _limit;
        }

        if (isFull)
        {
            CollectFully();
        }

        EmptyNursery();
        _hasPutOff = _isFullDue = false;
        var pause = Stopwatch.GetElapsedTime(start);
        _pauses.Add(pause);
        Collected?.Invoke(new CollectionEvent(
            isFull, pause, allocated, _promoted - promoted, _promoted + _moved + _aged - moved, (long)(OldBytes + _young!.SurvivorBytes)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _context->AllocationTop = _context->AllocationLimit = null;
        if (_reservation is not null)
        {
            Leave(_reservation);
        }

        _reservation = null;
        _context->Cards = null;
        _context->RememberedTop = null;
        _young = null;
        _size = 0;
        Handles.Dispose();
        _collector?.Dispose();
        _scopes.Dispose();
    }

    private void Reserve()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);

        // What one young collection promotes and what is allocated beyond the limit fits as well.
        var nursery = Align(_policy.MaximumSize);
        var young = Align(YoungGeneration.SizeFor(nursery));
        var capacity = Align(_limit + _slack + (2 * young));
        var half = capacity + Align(_sharing.WasteFor(capacity));
        var large = 2 * (_limit + _slack);
        var size = half + young + half + large;
        var cards = CardTable.SizeFor(size);
        _reservation = HeapReservation.Take(size + cards + RememberedSet.SizeFor(half + large), half, young, _hugePages);
        var start = _reservation.Start;
        _start = (ulong)start;
        _size = size;
        _cards = new CardTable(_context, start + size, start);
        _remembered = new RememberedSet(_context, start + size + cards);
        _collector = new Collector(_cards, _remembered, _sharing);
        _young = new YoungGeneration(start + half, _policy.InitialSize, nursery);
        var upper = start + half + young;
        _old = new OldGeneration(
            start, upper, capacity, _reservation.Touched[(int)HeapReservation.Part.Low], _reservation.Touched[(int)HeapReservation.Part.High]);
        _large = new LargeObjectSpace(upper + half, large);
        _threshold = Math.Min(_minimumThreshold, _limit);
        _nurseryStart = _context->AllocationTop = _young.Nursery;
        _context->AllocationLimit = _stressInterval > 0 ? _young.Nursery : _young.NurseryEnd;
    }

    /// <summary>Leaves the addresses, and some memory, to the next heap.</summary>
    private void Leave(HeapReservation reservation)
    {
        _large!.Clear();
        LinuxMemory.Discard((byte*)_start + _size, reservation.Size - (nuint)_size);
        var young = 2 * _young!.NurserySize;
        var kept = young < _keptMemory ? (_keptMemory - young) / 2 & ~(OldGeneration.Granularity - 1) : 0;
        (reservation.Touched[(int)HeapReservation.Part.Low], reservation.Touched[(int)HeapReservation.Part.High]) = _old!.Leave(kept);
        reservation.Touched[(int)HeapReservation.Part.Young] = young;
        reservation.Leave(_keptMemory);
    }

    private static nuint Align(nuint size) => (size + OldGeneration.Granularity - 1) & ~(OldGeneration.Granularity - 1);

    /// <summary>Lets compiled code allocate, unless the limit is reached: then its next allocation tries to collect again.</summary>
    private bool OpenNursery()
    {
        var hasRoom = OldBytes <= _limit;
        _context->AllocationLimit = hasRoom ? _young!.NurseryEnd : _context->AllocationTop;
        return hasRoom;
    }

    /// <summary>Every allocation comes here; room is made for this one alone.</summary>
    private bool MakeStressedRoom(nuint bytes)
    {
        if (--_stressCountdown <= 0)
        {
            _stressCountdown = _stressInterval;
            var isFull = ++_stressCollections >= StressFullInterval + (int)(OldBytes / StressFullBytes);
            if (isFull)
            {
                _stressCollections = 0;
                Verify();
            }

            Collect(isFull);
        }

        if ((nuint)(_young!.NurseryEnd - _context->AllocationTop) < bytes || OldBytes > _limit)
        {
            Collect(isFull: false);
        }

        var hasRoom = OldBytes <= _limit;
        _context->AllocationLimit = _context->AllocationTop + (hasRoom ? bytes : 0);
        return hasRoom;
    }

    private void CollectYoung()
    {
        var before = _old!.Top;
        var survivors = _young!.SurvivorBytes;
        var left = _young.Survivors;
        _collector!.BeginYoung(_young, _policy.PromotionAge, before);
        VisitRoots(isFull: false);
        var read = _collector.VisitRemembered();
        _collector.DrainYoung();
        HostObjects.Update(_collector, isFull: false);
        _old.Top = _collector.Free;
        _young.Switch(_collector.SurvivorTop);
        Overwrite(left, survivors);
        var promoted = (nuint)(_old.Top - before);
        _promoted += (long)promoted;
        _aged += (long)_young.SurvivorBytes;
        _youngCollections++;
        var work = new YoungCollectionWork(
            (nuint)NurseryUsed, survivors, _collector.SurvivedAgain, promoted + _young.SurvivorBytes, read);
        _nextNurserySize = _policy.Adapt(work, _young.NurserySize);
    }

    private void CollectFully()
    {
        var from = _old!.IsLow ? _old.Start : _young!.Start;
        var left = _old.Start;
        var extent = _old.Extent;
        var to = _old.Other;
        ClearCardsOfLargeArrays();
        _collector!.BeginFull(from, (nuint)(_large!.Start - _young!.Start), to, _large.Start, _large.Extent);
        VisitRoots(isFull: true);
        _collector.DrainFull();
        HostObjects.Update(_collector, isFull: true);
        _remembered!.Clear();
        _large.Sweep();
        var moved = (nuint)(_collector.Free - to) - _collector.FilledBytes;
        _moved += (long)moved;
        _live = moved + _large.Used;
        var grown = Math.Max((nuint)(_live * _growthFactor), _live + _young.NurserySize);
        _threshold = Math.Min(Math.Max(_minimumThreshold, grown), _limit);
        _cards!.Clear(left, extent);
        _old.Switch(_collector.Free, _threshold, Math.Min(_threshold, _minimumThreshold), _collector.FilledBytes);
        Overwrite(_young.Survivors, _young.SurvivorBytes);
        _young.Clear();
        _fullCollections++;
        _helpedCollections += _collector.HelperBytes > 0 ? 1 : 0;
        _movedByHelpers += _collector.HelperBytes;
    }

    /// <summary>Of all arrays with cards, those that do not move keep them: nothing young is left for these to refer to.</summary>
    private void ClearCardsOfLargeArrays()
    {
        for (nuint i = 0; i < _remembered!.Count; i++)
        {
            var address = (byte*)(_remembered.Items[i] & ~RememberedSet.Whole);
            if (address >= _large!.Start)
            {
                _cards!.Clear(address, Collector.SizeOf(address));
            }
        }
    }

    private void VisitRoots(bool isFull)
    {
        _roots.VisitRoots(_collector!, onlyYoung: !isFull);
        Handles.VisitRoots(_collector!, isFull);
        for (nuint i = 0; i < _scopes.Count; i += 2)
        {
            _collector!.Visit((ulong*)_scopes.Items[i], (nuint)_scopes.Items[i + 1]);
        }
    }

    /// <summary>Under stress, overwrites what objects have left, so that a reference that was forgotten does not meet one that looks right.</summary>
    private void Overwrite(byte* start, nuint size)
    {
        if (_stressInterval > 0)
        {
            Unsafe.InitBlockUnaligned(start, 0xA5, (uint)size);
        }
    }

    /// <summary>
    /// Starts the nursery anew. Under stress it goes on behind what was collected: so a reference that was forgotten does not meet a new object that
    /// looks like the one that moved.
    /// </summary>
    private void EmptyNursery()
    {
        var top = _context->AllocationTop;
        var start = _young!.Nursery;
        Overwrite(_nurseryStart, (nuint)(top - _nurseryStart));
        if (_nextNurserySize != 0 && _nextNurserySize != _young.NurserySize)
        {
            _young.Resize(_nextNurserySize);
        }

        _nextNurserySize = 0;
        if (_stressInterval > 0 && (nuint)(_young.NurseryEnd - top) >= MaxRoom)
        {
            start = top;
        }

        _nurseryStart = _context->AllocationTop = start;
        _context->AllocationLimit = start;
    }
}
