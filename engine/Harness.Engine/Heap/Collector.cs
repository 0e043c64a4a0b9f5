using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Harness.Engine.Runtime;

namespace Harness.Engine.Heap;

/// <summary>
/// Copies what lives out of a range of addresses, breadth first, with the copies themselves as the queue (Cheney, "A Nonrecursive
/// List Compacting Algorithm", 1970); objects in the large object space are marked instead. A young collection has two such queues, survivors and
/// promoted objects, and finds out which old objects refer to young ones still; in a full collection all that lives becomes old, and other threads
/// help where that is much (<see cref="ParallelEvacuation"/>).
/// </summary>
internal sealed unsafe class Collector : IRootVisitor, IDisposable
{
    /// <summary>Most bytes that are written behind the last copy.</summary>
    public const int Overhang = 32 - ObjectHeader.Alignment;

    private const int WideCopy = 256;

    /// <summary>References of a card.</summary>
    private const int CardWords = (1 << CardTable.CardShift) / sizeof(ulong);

    private readonly ObjectShape* _shapes = ObjectShapes.Base;
    private readonly AddressList _marked = new();
    private readonly CardTable _cards;
    private readonly RememberedSet _remembered;
    private readonly IRootVisitor _oldFollower;
    private readonly CollectionSharing _sharing;
    private ParallelEvacuation? _evacuation;
    private ulong _from;
    private ulong _fromSize;
    private ulong _young;
    private ulong _youngSize;
    private ulong _large;
    private ulong _largeSize;
    private byte* _to;
    private byte* _scan;
    private byte* _survivorScan;
    private byte* _survivorEnd;
    private int _promotionAge;

    /// <summary>Whether a reference to a young object was seen since this was set to false.</summary>
    private bool _foundYoung;

    /// <summary>Makes the collector of a heap.</summary>
    /// <param name="cards">Where references were stored into long arrays.</param>
    /// <param name="remembered">The old objects that references were stored into.</param>
    /// <param name="sharing">Whether full collections are shared with other threads.</param>
    public Collector(CardTable cards, RememberedSet remembered, CollectionSharing sharing)
    {
        _cards = cards;
        _remembered = remembered;
        _sharing = sharing;
        _oldFollower = new OldFollower(this);
    }

    /// <summary>Where the next old copy goes.</summary>
    public byte* Free { get; private set; }

    /// <summary>Where the next copy of a survivor goes.</summary>
    public byte* SurvivorTop { get; private set; }

    /// <summary>Bytes of objects that were copied from the survivor space, by the running young collection.</summary>
    public nuint SurvivedAgain { get; private set; }

    /// <summary>Bytes before <see cref="Free"/> that are no copies, after a full collection.</summary>
    public nuint FilledBytes { get; private set; }

    /// <summary>Bytes that other threads have copied, in a full collection.</summary>
    public long HelperBytes { get; private set; }

    /// <summary>The last full collection that was shared; null if none was.</summary>
    public ParallelEvacuation? Evacuation => _evacuation;

    /// <summary>Starts a collection of the young generation.</summary>
    /// <param name="young">What is moved from, and where survivors go.</param>
    /// <param name="promotionAge">The age at which an object becomes old.</param>
    /// <param name="to">Where old copies go; copies may write <see cref="Overhang"/> bytes behind the last one.</param>
    public void BeginYoung(YoungGeneration young, int promotionAge, byte* to)
    {
        _from = (ulong)young.From;
        _fromSize = young.FromSize;
        _young = (ulong)young.Start;
        _youngSize = young.Size;
        _large = _largeSize = 0;
        _scan = Free = to;
        _survivorScan = SurvivorTop = young.To;
        _survivorEnd = young.ToEnd;
        _promotionAge = promotionAge;
        SurvivedAgain = 0;
    }

    /// <summary>Starts a collection of the whole heap.</summary>
    /// <param name="from">The range that live objects are moved from.</param>
    /// <param name="fromSize">Its bytes.</param>
    /// <param name="to">Where they are moved to; copies may write <see cref="Overhang"/> bytes behind the last one.</param>
    /// <param name="large">The large objects to mark.</param>
    /// <param name="largeSize">Bytes of their addresses.</param>
    public void BeginFull(byte* from, nuint fromSize, byte* to, byte* large, nuint largeSize)
    {
        _from = (ulong)from;
        _fromSize = fromSize;
        _young = _youngSize = 0;
        _large = (ulong)large;
        _largeSize = largeSize;
        _to = _scan = Free = to;
        _promotionAge = 0;
        FilledBytes = 0;
        HelperBytes = 0;
    }

    /// <inheritdoc/>
    public void Visit(ulong* slot) => Follow<AnyHolder>(slot);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Visit(ulong* slots, nuint count) => Follow<AnyHolder>(slots, slots + count);

    /// <summary>Follows the references of all remembered objects, keeps those that refer to young ones still, and gives the bytes that were read.</summary>
    public nuint VisitRemembered()
    {
        nuint bytes = 0;
        nuint kept = 0;
        var count = _remembered.Count;
        var items = _remembered.Items;
        for (nuint i = 0; i < count; i++)
        {
            var address = (byte*)(items[i] & ~RememberedSet.Whole);
            _foundYoung = false;
            if ((*(ulong*)address & ObjectHeader.CardedBit) != 0)
            {
                bytes += ScanCards(address, isWhole: (items[i] & RememberedSet.Whole) != 0);
            }
            else
            {
                bytes += (nuint)(Scan<OldHolder>(address) - address);
            }

            if (_foundYoung)
            {
                items[kept++] = (ulong)address;
            }
            else
            {
                *(ulong*)address |= ObjectHeader.UnrememberedBit;
            }
        }

        _remembered.Truncate(kept);
        return bytes;
    }

    /// <summary>Follows all references of what a young collection reached.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void DrainYoung()
    {
        do
        {
            while (_survivorScan < SurvivorTop)
            {
                _survivorScan = Scan<AnyHolder>(_survivorScan);
            }

            while (_scan < Free)
            {
                var promoted = _scan;
                _foundYoung = false;
                _scan = Scan<OldHolder>(promoted);
                if (_foundYoung)
                {
                    Remember(promoted);
                }
            }
        }
        while (_survivorScan < SurvivorTop);
    }

    /// <summary>Follows all references of what a full collection reached.</summary>
    public void DrainFull()
    {
        if (DrainAlone(_sharing.IsOn ? _sharing.Threshold : nuint.MaxValue))
        {
            return;
        }

        _evacuation ??= new ParallelEvacuation(_sharing);
        var worker = _evacuation.Begin(_from, _fromSize, _large, _largeSize, Free);
        if (_scan < Free)
        {
            worker.Items.Push(WorkItem.Objects(_scan, Free));
        }

        while (_marked.TryPop(out var address))
        {
            worker.AddContents((byte*)address);
        }

        _scan = Free = _evacuation.Run();
        FilledBytes = _evacuation.FilledBytes;
        HelperBytes = _evacuation.HelperBytes;
    }

    /// <summary>The address that an object has after the collection, 0 if it died. Not for large objects.</summary>
    public ulong Relocate(ulong address)
    {
        if (address - _from >= _fromSize)
        {
            return address;
        }

        var header = *(ulong*)address;
        return (long)header < 0 ? header & ~ObjectHeader.ForwardedBit : 0;
    }

    /// <summary>Whether an object is young after a young collection.</summary>
    public bool IsYoung(ulong address) => address - _young < _youngSize;

    /// <summary>Bytes of an object.</summary>
    public static nuint SizeOf(byte* address) => SizeOf(address, ObjectShapes.Base + *(uint*)address);

    /// <summary>Bytes of an object whose header may be a forwarding address already.</summary>
    /// <param name="address">The object.</param>
    /// <param name="shape">The shape that its header told.</param>
    public static nuint SizeOf(byte* address, ObjectShape* shape)
    {
        return shape->Kind switch
        {
            ShapeKind.Fixed or ShapeKind.FixedLong => (nuint)shape->Size,
            ShapeKind.Exception => (nuint)shape->Size + ((nuint)TagOf(address)->ValueCount * sizeof(ulong)),
            _ => (nuint)shape->ArraySize(*(uint*)(address + ObjectLayout.ArrayLength)),
        };
    }

    /// <summary>The header flags that an old object has from the beginning, besides those of its kind.</summary>
    public static ulong CardedBitFor(ObjectShape* shape, nuint size) =>
        shape->Kind == ShapeKind.ReferenceArray && size >= CardTable.MinimumArraySize ? ObjectHeader.CardedBit : 0;

    /// <summary>The header of an object that has become old.</summary>
    /// <param name="header">Its header before.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="size">Its bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong OldHeader(ulong header, ObjectShape* shape, nuint size)
    {
        header = (header & ~ObjectHeader.AgeMask) | ObjectHeader.UnrememberedBit;
        return shape->Kind == ShapeKind.ReferenceArray ? header | CardedBitFor(shape, size) : header;
    }

    /// <summary>The tag of an exception.</summary>
    public static TagData* TagOf(byte* exception) => *(TagData**)(exception + ObjectLayout.ExceptionTag);

    /// <inheritdoc/>
    public void Dispose()
    {
        _marked.Dispose();
        _evacuation?.Dispose();
    }

    /// <summary>Follows references until none are left, or until more than some bytes were copied or are to be read at once.</summary>
    /// <returns>Whether none are left.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool DrainAlone(nuint most)
    {
        do
        {
            while (_scan < Free)
            {
                if ((nuint)(Free - _to) > most)
                {
                    return false;
                }

                _scan = Scan<AnyHolder>(_scan);
            }

            if (_marked.Count > 0 && SizeOf((byte*)_marked.Items[_marked.Count - 1]) > most)
            {
                return false;
            }
        }
        while (ScanMarked());
        return true;
    }

    /// <summary>An old object that refers to a young one: from now on its header says so.</summary>
    private void Remember(byte* address)
    {
        *(ulong*)address &= ~ObjectHeader.UnrememberedBit;
        _remembered.Add((ulong)address);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Follow<THolder>(ulong* slot)
        where THolder : struct, IHolder
    {
        // Null, i31s and functions lie outside of all ranges.
        var reference = *slot;
        if (reference - _from < _fromSize)
        {
            *slot = reference = Evacuate((byte*)reference);
        }
        else if (reference - _large < _largeSize)
        {
            Mark((ulong*)reference);
        }

        if (THolder.IsOld && reference - _young < _youngSize)
        {
            _foundYoung = true;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Follow<THolder>(ulong* slots, ulong* end)
        where THolder : struct, IHolder
    {
        for (; slots < end; slots++)
        {
            Follow<THolder>(slots);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ulong Evacuate(byte* source)
    {
        var header = *(ulong*)source;
        if ((long)header < 0)
        {
            return header & ~ObjectHeader.ForwardedBit;
        }

        var shape = _shapes + (uint)header;
        var size = shape->Kind == ShapeKind.Fixed ? (nuint)shape->Size : SizeOf(source);
        var age = ObjectHeader.AgeOf(header);
        if (age > 0)
        {
            SurvivedAgain += size;
        }

        byte* target;
        if (age < _promotionAge && (nuint)(_survivorEnd - SurvivorTop) >= size)
        {
            target = SurvivorTop;
            SurvivorTop = target + size;
            header += ObjectHeader.OneCollection;
        }
        else
        {
            target = Free;
            Free = target + size;
            header = OldHeader(header, shape, size);
        }

        if (size <= WideCopy)
        {
            for (nuint i = 0; i < size; i += 32)
            {
                Vector256.Store(Vector256.Load(source + i), target + i);
            }
        }
        else
        {
            Buffer.MemoryCopy(source, target, size, size);
        }

        *(ulong*)target = header;
        *(ulong*)source = (ulong)target | ObjectHeader.ForwardedBit;
        return (ulong)target;
    }

    private void Mark(ulong* large)
    {
        if ((*large & ObjectHeader.MarkedBit) != 0)
        {
            return;
        }

        *large |= ObjectHeader.MarkedBit | ObjectHeader.UnrememberedBit;
        if (_shapes[(uint)*large].HasReferences)
        {
            _marked.Add((ulong)large);
        }
    }

    private bool ScanMarked()
    {
        if (!_marked.TryPop(out var address))
        {
            return false;
        }

        Scan<AnyHolder>((byte*)address);
        return true;
    }

    /// <summary>Follows the references of an object, and returns its end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Scan<THolder>(byte* address)
        where THolder : struct, IHolder
    {
        var shape = _shapes + *(uint*)address;
        if (shape->Kind != ShapeKind.Fixed)
        {
            return ScanOther<THolder>(address, shape->Kind);
        }

        for (var words = shape->ReferenceWords; words != 0; words &= words - 1)
        {
            Follow<THolder>((ulong*)address + BitOperations.TrailingZeroCount(words));
        }

        return address + shape->Size;
    }

    private byte* ScanOther<THolder>(byte* address, ShapeKind kind)
        where THolder : struct, IHolder
    {
        var end = address + SizeOf(address);
        if (kind != ShapeKind.ReferenceArray)
        {
            ObjectReferences.Visit(address, THolder.IsOld ? _oldFollower : this);
        }
        else if (THolder.IsOld && (*(ulong*)address & ObjectHeader.CardedBit) != 0)
        {
            ScanCards(address, isWhole: true);
        }
        else
        {
            Follow<THolder>((ulong*)(address + ObjectLayout.ArrayElements), (ulong*)end);
        }

        return end;
    }

    /// <summary>
    /// Follows the references of an array at marked cards, or all, and leaves those cards marked where there are young objects. The cards at both
    /// ends, which neighbours may share, are read in any case.
    /// </summary>
    /// <returns>Bytes that were read.</returns>
    private nuint ScanCards(byte* array, bool isWhole)
    {
        var slot = (ulong*)(array + ObjectLayout.ArrayElements);
        var end = slot + *(uint*)(array + ObjectLayout.ArrayLength);
        var card = _cards.CardOf(slot);
        var last = _cards.CardOf(end - 1);
        nuint bytes = 0;
        var found = false;
        var isEnd = true;
        var next = (ulong*)(((nuint)slot + (1 << CardTable.CardShift)) & ~(nuint)((1 << CardTable.CardShift) - 1));
        while (true)
        {
            if (isWhole || isEnd || *card != 0)
            {
                var limit = next < end ? next : end;
                bytes += (nuint)(limit - slot) * sizeof(ulong);
                _foundYoung = false;
                Follow<OldHolder>(slot, limit);
                *card = _foundYoung ? (byte)1 : (byte)0;
                found |= _foundYoung;
            }

            if (card == last)
            {
                break;
            }

            card++;
            slot = next;
            next += CardWords;
            isEnd = card == last;
            if (isWhole)
            {
                continue;
            }

            // Most cards of a long array are not marked.
            while (last - card > sizeof(ulong) && *(ulong*)card == 0)
            {
                card += sizeof(ulong);
                slot += sizeof(ulong) * CardWords;
                next += sizeof(ulong) * CardWords;
            }
        }

        _foundYoung = found;
        return bytes;
    }

    /// <summary>Whether references are followed for an object that is old: then it matters whether they lead to young ones.</summary>
    private interface IHolder
    {
        static abstract bool IsOld { get; }
    }

    private readonly struct OldHolder : IHolder
    {
        public static bool IsOld => true;
    }

    private readonly struct AnyHolder : IHolder
    {
        public static bool IsOld => false;
    }

    /// <summary>Follows the references of old objects of rare shapes.</summary>
    private sealed class OldFollower(Collector collector) : IRootVisitor
    {
        public void Visit(ulong* slot) => collector.Follow<OldHolder>(slot);

        public void Visit(ulong* slots, nuint count) => collector.Follow<OldHolder>(slots, slots + count);
    }
}
