using System.Runtime.InteropServices;

namespace Harness.Engine.Heap;

/// <summary>
/// Work of one thread of a collection, which others may take: the owner adds and takes at one end, thieves take at the other, and nobody waits for
/// anybody (Chase and Lev, "Dynamic Circular Work-Stealing Deque", 2005). It lies in native memory.
/// </summary>
internal sealed unsafe class WorkDeque : IDisposable
{
    private const long InitialCapacity = 256;

    /// <summary>Most items whose memory is kept between collections.</summary>
    private const long KeptCapacity = 1 << 14;

    private readonly Ends* _ends;

    /// <summary>Makes an empty deque.</summary>
    public WorkDeque()
    {
        _ends = (Ends*)NativeMemory.AlignedAlloc((nuint)sizeof(Ends), 128);
        *_ends = default;
        _ends->Buffer = (nint)NewBuffer(InitialCapacity, null);
    }

    /// <summary>Whether there is nothing to take. What other threads do at the same time may or may not count.</summary>
    public bool IsEmpty => Volatile.Read(ref _ends->Bottom) <= Volatile.Read(ref _ends->Top);

    /// <summary>Adds an item. For the owner.</summary>
    public void Push(WorkItem item)
    {
        var bottom = _ends->Bottom;
        var buffer = (Buffer*)_ends->Buffer;
        if (bottom - Volatile.Read(ref _ends->Top) >= buffer->Capacity)
        {
            buffer = Grow(buffer, bottom);
        }

        *buffer->At(bottom) = item;
        Volatile.Write(ref _ends->Bottom, bottom + 1);
    }

    /// <summary>Takes the item that was added last. For the owner.</summary>
    public bool TryPop(out WorkItem item)
    {
        var bottom = _ends->Bottom - 1;
        _ends->Bottom = bottom;
        Interlocked.MemoryBarrier();
        var top = Volatile.Read(ref _ends->Top);
        if (top > bottom)
        {
            Volatile.Write(ref _ends->Bottom, bottom + 1);
            item = default;
            return false;
        }

        item = *((Buffer*)_ends->Buffer)->At(bottom);
        if (top < bottom)
        {
            return true;
        }

        // The last item: a thief may want it as well.
        var isOurs = Interlocked.CompareExchange(ref _ends->Top, top + 1, top) == top;
        Volatile.Write(ref _ends->Bottom, bottom + 1);
        return isOurs;
    }

    /// <summary>Takes the item that was added first. For any thread.</summary>
    /// <returns>False if there is none, or somebody else has taken it just now.</returns>
    public bool TrySteal(out WorkItem item)
    {
        var top = Volatile.Read(ref _ends->Top);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _ends->Bottom) <= top)
        {
            item = default;
            return false;
        }

        // Where the place is used anew meanwhile, the exchange fails.
        item = *((Buffer*)Volatile.Read(ref _ends->Buffer))->At(top);
        return Interlocked.CompareExchange(ref _ends->Top, top + 1, top) == top;
    }

    /// <summary>Gives memory back that is not needed for an empty deque. No other thread may use it.</summary>
    public void Trim()
    {
        var buffer = (Buffer*)_ends->Buffer;
        FreeAll(buffer->Smaller);
        buffer->Smaller = null;
        if (buffer->Capacity <= KeptCapacity)
        {
            return;
        }

        FreeAll(buffer);
        *_ends = default;
        _ends->Buffer = (nint)NewBuffer(InitialCapacity, null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        FreeAll((Buffer*)_ends->Buffer);
        NativeMemory.AlignedFree(_ends);
    }

    /// <summary>Thieves may still read the smaller buffer, so that it stays until the collection is over.</summary>
    private Buffer* Grow(Buffer* smaller, long bottom)
    {
        Buffer* buffer = null;
        try
        {
            buffer = NewBuffer(2 * smaller->Capacity, smaller);
        }
        catch (OutOfMemoryException)
        {
            // Half of the objects have moved, and other threads go on: whoever caught this would use, or free, memory that they write.
            Environment.FailFast("no memory is left to go on with a garbage collection");
        }

        for (var i = Volatile.Read(ref _ends->Top); i < bottom; i++)
        {
            *buffer->At(i) = *smaller->At(i);
        }

        Volatile.Write(ref _ends->Buffer, (nint)buffer);
        return buffer;
    }

    private static Buffer* NewBuffer(long capacity, Buffer* smaller)
    {
        var buffer = (Buffer*)NativeMemory.Alloc((nuint)sizeof(Buffer) + ((nuint)capacity * (nuint)sizeof(WorkItem)));
        buffer->Capacity = capacity;
        buffer->Smaller = smaller;
        return buffer;
    }

    private static void FreeAll(Buffer* buffer)
    {
        while (buffer != null)
        {
            var smaller = buffer->Smaller;
            NativeMemory.Free(buffer);
            buffer = smaller;
        }
    }

    /// <summary>Each end has a cache line of its own, and a neighbour that is fetched along with it.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Ends
    {
        /// <summary>Number of the next item for thieves.</summary>
        [FieldOffset(0)]
        public long Top;

        /// <summary>Number of the next item that is added.</summary>
        [FieldOffset(128)]
        public long Bottom;

        /// <summary>The <see cref="WorkDeque.Buffer"/>.</summary>
        [FieldOffset(256)]
        public nint Buffer;
    }

    /// <summary>What precedes a ring of items.</summary>
    private struct Buffer
    {
        /// <summary>How many items there is room for: a power of two.</summary>
        public long Capacity;

        /// <summary>The buffer before.</summary>
        public Buffer* Smaller;

        public WorkItem* At(long number)
        {
            fixed (Buffer* buffer = &this)
            {
                return (WorkItem*)(buffer + 1) + (number & (Capacity - 1));
            }
        }
    }
}

/// <summary>Something that a thread of a collection has to do: follow the references of objects that lie side by side, or those in consecutive places.</summary>
internal readonly unsafe struct WorkItem
{
    private const ulong PlacesBit = 1;

    private readonly ulong _start;
    private readonly ulong _end;

    private WorkItem(ulong start, ulong end)
    {
        _start = start;
        _end = end;
    }

    /// <summary>Whether this is about places; else about objects.</summary>
    public bool IsPlaces => (_end & PlacesBit) != 0;

    /// <summary>The first object or place.</summary>
    public byte* Start => (byte*)_start;

    /// <summary>The end of the last one.</summary>
    public byte* End => (byte*)(_end & ~PlacesBit);

    /// <summary>To follow the references of objects.</summary>
    public static WorkItem Objects(byte* start, byte* end) => new((ulong)start, (ulong)end);

    /// <summary>To follow the references in places of 8 bytes.</summary>
    public static WorkItem Places(byte* start, byte* end) => new((ulong)start, (ulong)end | PlacesBit);
}
