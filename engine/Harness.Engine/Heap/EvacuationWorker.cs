using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Harness.Engine.Heap;

/// <summary>
/// What one thread does of a <see cref="ParallelEvacuation"/>: it copies objects into a buffer of its own, which it takes from the old half that is copied to,
/// and follows the references of the copies, breadth first as <see cref="Collector"/> does, with the buffer as the queue. What is left in the
/// queue of a buffer that is full others may take (Imai and Tick, "Evaluation of Parallel Copying Garbage Collection on a Shared-Memory Multiprocessor", 1993).
/// </summary>
/// <remarks>
/// Two threads may reach an object at the same time: who puts the forwarding address into its header copies it, and the other one uses that address at once,
/// since nobody but whoever has the copy in the queue reads its contents.
/// </remarks>
internal sealed unsafe class EvacuationWorker : IRootVisitor, IDisposable
{
    private const int WideCopy = 256;

    private readonly ObjectShape* _shapes = ObjectShapes.Base;
    private readonly ParallelEvacuation _evacuation;
    private readonly EvacuationGrain _grain;
    private ulong _from;
    private ulong _fromSize;
    private ulong _large;
    private ulong _largeSize;
    private Hot _hot;

    /// <summary>Makes the worker of a thread.</summary>
    /// <param name="evacuation">What it is part of.</param>
    /// <param name="index">Its number there, from 0.</param>
    /// <param name="grain">The size of pieces of work.</param>
    public EvacuationWorker(ParallelEvacuation evacuation, int index, EvacuationGrain grain)
    {
        _evacuation = evacuation;
        Index = index;
        _grain = grain;
    }

    /// <summary>The number among the workers; 0 is the one of the thread that uses the heap.</summary>
    public int Index { get; }

    /// <summary>What others may take.</summary>
    public WorkDeque Items { get; } = new();

    /// <summary>What the worker takes part in.</summary>
    public ParallelEvacuation Evacuation => _evacuation;

    /// <summary>Whether a thread works for this. Changed under the lock of <see cref="CollectorThreads"/>.</summary>
    public bool IsTaken { get; set; }

    /// <summary>Whether the worker counts as one without work.</summary>
    public bool IsHungry { get; set; }

    /// <summary>Objects that were copied, or marked, in the running collection or the last one.</summary>
    public long Objects => _hot.Objects;

    /// <summary>Bytes of those that were copied.</summary>
    public long Bytes => _hot.Bytes;

    /// <summary>Bytes of the half that is copied to that this worker has filled up, as no object came there.</summary>
    public nuint FilledBytes => _hot.Filled;

    /// <summary>Starts a collection.</summary>
    /// <param name="from">What live objects are moved from.</param>
    /// <param name="fromSize">Its bytes.</param>
    /// <param name="large">The large objects to mark.</param>
    /// <param name="largeSize">Bytes of their addresses.</param>
    public void Begin(ulong from, ulong fromSize, ulong large, ulong largeSize)
    {
        _from = from;
        _fromSize = fromSize;
        _large = large;
        _largeSize = largeSize;
        _hot = default;
        IsHungry = Index > 0;
    }

    /// <summary>Follows references until this worker finds nothing to do, neither of its own nor of others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Work()
    {
        while (true)
        {
            while (_hot.Scan < _hot.Limit)
            {
                _hot.Scan = Scan(_hot.Scan);
                if ((nuint)(_hot.Free - _hot.Pending) >= _grain.SharedBytes && _evacuation.HasHungry)
                {
                    Share();
                }
            }

            if (_hot.Pending < _hot.Free)
            {
                _hot.Scan = _hot.Pending;
                _hot.Limit = _hot.Pending = _hot.Free;
                continue;
            }

            if (!Items.TryPop(out var item) && !_evacuation.TrySteal(this, out item))
            {
                return;
            }

            if (item.IsPlaces)
            {
                FollowPlaces(item.Start, item.End);
            }
            else
            {
                _hot.Scan = item.Start;
                _hot.Limit = item.End;
            }
        }
    }

    /// <summary>Adds the references of an object to what is to be followed.</summary>
    public void AddContents(byte* address)
    {
        var end = address + Collector.SizeOf(address);
        if (_shapes[*(uint*)address].Kind == ShapeKind.ReferenceArray)
        {
            AddElements(address);
        }
        else
        {
            Items.Push(WorkItem.Objects(address, end));
        }
    }

    /// <summary>Gives the rest of the buffer back, or fills it up, after the collection.</summary>
    public void Finish()
    {
        if (_hot.Free != null && !_evacuation.TryGiveBack(_hot.Free, _hot.End + Collector.Overhang))
        {
            FillRest();
        }

        _hot.Free = _hot.End = _hot.Pending = null;
        Items.Trim();
    }

    /// <inheritdoc/>
    public void Visit(ulong* slot) => Follow(slot);

    /// <inheritdoc/>
    public void Visit(ulong* slots, nuint count)
    {
        for (var end = slots + count; slots < end; slots++)
        {
            Follow(slots);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Items.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Follow(ulong* slot)
    {
        var reference = *slot;
        if (reference - _from < _fromSize)
        {
            *slot = Evacuate((byte*)reference);
        }
        else if (reference - _large < _largeSize)
        {
            Mark((ulong*)reference);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ulong Evacuate(byte* source)
    {
        var header = Volatile.Read(ref *(ulong*)source);
        if ((long)header < 0)
        {
            return AddressIn(source, header);
        }

        // The header in memory may change at any time, but never what follows it.
        var shape = _shapes + (uint)header;
        var size = shape->Kind == ShapeKind.Fixed ? (nuint)shape->Size : Collector.SizeOf(source, shape);
        if (size > _grain.LargestInBuffer)
        {
            return EvacuateAlone(source, header, size);
        }

        if ((nuint)(_hot.End - _hot.Free) < size)
        {
            NewBuffer();
        }

        var target = _hot.Free;
        var seen = Interlocked.CompareExchange(ref *(ulong*)source, (ulong)target | ObjectHeader.ForwardedBit, header);
        if (seen != header)
        {
            return AddressIn(source, seen);
        }

        _hot.Free = target + size;
        _hot.Objects++;
        _hot.Bytes += (long)size;
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

        *(ulong*)target = Collector.OldHeader(header, shape, size);
        return (ulong)target;
    }

    /// <summary>Copies an object that a buffer has no room for, or would waste too much for. Who comes second must wait until it has an address: it could not be given back.</summary>
    private ulong EvacuateAlone(byte* source, ulong header, nuint size)
    {
        var seen = Interlocked.CompareExchange(ref *(ulong*)source, ObjectHeader.ForwardedBit, header);
        if (seen != header)
        {
            return AddressIn(source, seen);
        }

        var target = _evacuation.Take(size);
        Volatile.Write(ref *(ulong*)source, (ulong)target | ObjectHeader.ForwardedBit);
        _hot.Objects++;
        _hot.Bytes += (long)size;
        var contents = size - ObjectHeader.Size;
        Buffer.MemoryCopy(source + ObjectHeader.Size, target + ObjectHeader.Size, contents, contents);
        var shape = _shapes + (uint)header;
        *(ulong*)target = Collector.OldHeader(header, shape, size);
        if (shape->HasReferences)
        {
            AddContents(target);
            _evacuation.Announce();
        }

        return (ulong)target;
    }

    /// <summary>The address in the header of an object that another thread copies.</summary>
    private static ulong AddressIn(byte* source, ulong header)
    {
        var wait = default(SpinWait);
        while (header == ObjectHeader.ForwardedBit)
        {
            wait.SpinOnce(sleep1Threshold: -1);
            header = Volatile.Read(ref *(ulong*)source);
        }

        return header & ~ObjectHeader.ForwardedBit;
    }

    private void Mark(ulong* large)
    {
        if ((Volatile.Read(ref *large) & ObjectHeader.MarkedBit) != 0)
        {
            return;
        }

        var before = Interlocked.Or(ref *large, ObjectHeader.MarkedBit | ObjectHeader.UnrememberedBit);
        if ((before & ObjectHeader.MarkedBit) != 0)
        {
            return;
        }

        _hot.Objects++;
        if (!_shapes[(uint)before].HasReferences)
        {
            return;
        }

        AddContents((byte*)large);
        _evacuation.Announce();
    }

    /// <summary>Follows the references of an object, and returns its end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Scan(byte* address)
    {
        var shape = _shapes + *(uint*)address;
        if (shape->Kind != ShapeKind.Fixed)
        {
            return ScanOther(address, shape->Kind);
        }

        for (var words = shape->ReferenceWords; words != 0; words &= words - 1)
        {
            Follow((ulong*)address + BitOperations.TrailingZeroCount(words));
        }

        return address + shape->Size;
    }

    private byte* ScanOther(byte* address, ShapeKind kind)
    {
        var size = Collector.SizeOf(address);
        if (kind != ShapeKind.ReferenceArray)
        {
            ObjectReferences.Visit(address, this);
        }
        else if (size > _grain.PlacesBytes)
        {
            AddElements(address);
        }
        else
        {
            FollowPlaces(address + ObjectLayout.ArrayElements, address + size);
        }

        return address + size;
    }

    private void AddElements(byte* array)
    {
        var start = array + ObjectLayout.ArrayElements;
        var length = *(uint*)(array + ObjectLayout.ArrayLength);
        if (length > 0)
        {
            Items.Push(WorkItem.Places(start, start + ((nuint)length * sizeof(ulong))));
        }
    }

    /// <summary>Follows the references in a piece of the places, after it has left the other pieces to others or to later.</summary>
    private void FollowPlaces(byte* start, byte* end)
    {
        if ((nuint)(end - start) > _grain.PlacesBytes)
        {
            do
            {
                var middle = start + ((nuint)(end - start) / 2 & ~(nuint)(sizeof(ulong) - 1));
                Items.Push(WorkItem.Places(middle, end));
                end = middle;
            }
            while ((nuint)(end - start) > _grain.PlacesBytes);
            _evacuation.Announce();
        }

        Visit((ulong*)start, (nuint)(end - start) / sizeof(ulong));
        if ((nuint)(_hot.Free - _hot.Pending) >= _grain.SharedBytes && _evacuation.HasHungry)
        {
            Share();
        }
    }

    /// <summary>Lets others take what is in the queue, if there is nothing else for them.</summary>
    private void Share()
    {
        if (!Items.IsEmpty)
        {
            return;
        }

        PushPending();
        _evacuation.Announce();
    }

    private void PushPending()
    {
        Items.Push(WorkItem.Objects(_hot.Pending, _hot.Free));
        _hot.Pending = _hot.Free;
    }

    private void NewBuffer()
    {
        if (_hot.Pending < _hot.Free)
        {
            PushPending();
            _evacuation.Announce();
        }

        if (_hot.Free != null)
        {
            FillRest();
        }

        _hot.Free = _hot.Pending = _evacuation.Take(_grain.BufferBytes);
        _hot.End = _hot.Free + _grain.BufferBytes - Collector.Overhang;
    }

    /// <summary>Makes the rest of the buffer an object that nothing refers to: a string.</summary>
    private void FillRest()
    {
        var size = (nuint)(_hot.End - _hot.Free) + Collector.Overhang;
        *(ulong*)_hot.Free = ObjectHeader.Of(BuiltinTypeId.String, ObjectFlags.None) | ObjectHeader.UnrememberedBit;
        *(ulong*)(_hot.Free + ObjectLayout.ArrayLength) = (size - ObjectLayout.ArrayElements) / sizeof(char);
        _hot.Filled += size;
    }

    /// <summary>What the thread changes all the time, in cache lines that no other thread's data share.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 320)]
    private struct Hot
    {
        /// <summary>Where the next copy goes.</summary>
        [FieldOffset(128)]
        public byte* Free;

        /// <summary>Where copies must end.</summary>
        [FieldOffset(136)]
        public byte* End;

        /// <summary>The first copy in the buffer whose references nobody follows yet.</summary>
        [FieldOffset(144)]
        public byte* Pending;

        /// <summary>The next object whose references are to be followed.</summary>
        [FieldOffset(152)]
        public byte* Scan;

        /// <summary>The end of these objects.</summary>
        [FieldOffset(160)]
        public byte* Limit;

        /// <inheritdoc cref="EvacuationWorker.Objects"/>
        [FieldOffset(168)]
        public long Objects;

        /// <inheritdoc cref="EvacuationWorker.Bytes"/>
        [FieldOffset(176)]
        public long Bytes;

        /// <inheritdoc cref="EvacuationWorker.FilledBytes"/>
        [FieldOffset(184)]
        public nuint Filled;
    }
}
