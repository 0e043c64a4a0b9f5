using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Harness.Engine.Runtime;

namespace Harness.Engine.Heap;

/// <summary>
/// Copies what lives out of a range of addresses, breadth first, with the copies themselves as the queue (Cheney, "A Nonrecursive
/// List Compacting Algorithm", 1970); objects in the large object space are marked instead. Young and full collections differ
/// in the range only.
/// </summary>
internal sealed unsafe class Collector : IRootVisitor, IDisposable
{
    /// <summary>Most bytes that are written behind the last copy.</summary>
    public const int Overhang = 32 - ObjectHeader.Alignment;

    private const int WideCopy = 256;

    private readonly ObjectShape* _shapes = ObjectShapes.Base;
    private readonly AddressList _marked = new();
    private ulong _from;
    private ulong _fromSize;
    private ulong _large;
    private ulong _largeSize;
    private byte* _scan;

    /// <summary>Where the next copy goes.</summary>
    public byte* Free { get; private set; }

    /// <summary>Starts a collection.</summary>
    /// <param name="from">The range that live objects are moved from.</param>
    /// <param name="fromSize">Its bytes.</param>
    /// <param name="to">Where they are moved to; copies may write <see cref="Overhang"/> bytes behind the last one.</param>
    /// <param name="large">The large objects to mark.</param>
    /// <param name="largeSize">Bytes of their addresses; 0 to leave large objects alone.</param>
    public void Begin(byte* from, nuint fromSize, byte* to, byte* large, nuint largeSize)
    {
        _from = (ulong)from;
        _fromSize = fromSize;
        _large = (ulong)large;
        _largeSize = largeSize;
        _scan = Free = to;
    }

    /// <inheritdoc/>
    public void Visit(ulong* slot) => Follow(slot);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Visit(ulong* slots, nuint count)
    {
        for (ulong* end = slots + count; slots < end; slots++) Follow(slots);
    }

    /// <summary>Follows the references of an object that does not move, and gives its end.</summary>
    public byte* VisitObject(byte* address) => Scan(address);

    /// <summary>Follows all references of what was reached.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Drain()
    {
        do
        {
            while (_scan < Free) _scan = Scan(_scan);
        }
        while (ScanMarked());
    }

    /// <summary>The address that an object has after the collection, 0 if it died. Not for large objects.</summary>
    public ulong Relocate(ulong address)
    {
        if (address - _from >= _fromSize) return address;
        ulong header = *(ulong*)address;
        return (long)header < 0 ? header & ~ObjectHeader.ForwardedBit : 0;
    }

    /// <summary>Bytes of an object.</summary>
    public static nuint SizeOf(byte* address)
    {
        ObjectShape* shape = ObjectShapes.Base + *(uint*)address;
        return shape->Kind switch
        {
            ShapeKind.Fixed or ShapeKind.FixedLong => (nuint)shape->Size,
            ShapeKind.Exception => (nuint)shape->Size + ((nuint)TagOf(address)->ValueCount * sizeof(ulong)),
            _ => (nuint)shape->ArraySize(*(uint*)(address + ObjectLayout.ArrayLength)),
        };
    }

    /// <summary>The tag of an exception.</summary>
    public static TagData* TagOf(byte* exception) => *(TagData**)(exception + ObjectLayout.ExceptionTag);

    /// <inheritdoc/>
    public void Dispose() => _marked.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Follow(ulong* slot)
    {
        // Null, i31s and functions lie outside of both ranges.
        ulong reference = *slot;
        if (reference - _from < _fromSize) *slot = Evacuate((byte*)reference);
        else if (reference - _large < _largeSize) Mark((ulong*)reference);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ulong Evacuate(byte* source)
    {
        ulong header = *(ulong*)source;
        if ((long)header < 0) return header & ~ObjectHeader.ForwardedBit;
        ObjectShape* shape = _shapes + (uint)header;
        nuint size = shape->Kind == ShapeKind.Fixed ? (nuint)shape->Size : SizeOf(source);
        byte* target = Free;
        Free = target + size;
        if (size <= WideCopy)
        {
            for (nuint i = 0; i < size; i += 32) Vector256.Store(Vector256.Load(source + i), target + i);
        }
        else
        {
            Buffer.MemoryCopy(source, target, size, size);
        }

        *(ulong*)target = header | ObjectHeader.UnrememberedBit;
        *(ulong*)source = (ulong)target | ObjectHeader.ForwardedBit;
        return (ulong)target;
    }

    private void Mark(ulong* large)
    {
        if ((*large & ObjectHeader.MarkedBit) != 0) return;
        *large |= ObjectHeader.MarkedBit | ObjectHeader.UnrememberedBit;
        if (_shapes[(uint)*large].HasReferences) _marked.Add((ulong)large);
    }

    private bool ScanMarked()
    {
        if (!_marked.TryPop(out ulong address)) return false;
        Scan((byte*)address);
        return true;
    }

    /// <summary>Follows the references of an object, and returns its end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Scan(byte* address)
    {
        ObjectShape* shape = _shapes + *(uint*)address;
        if (shape->Kind != ShapeKind.Fixed) return ScanOther(address);
        for (ulong words = shape->ReferenceWords; words != 0; words &= words - 1)
        {
            Follow((ulong*)address + BitOperations.TrailingZeroCount(words));
        }

        return address + shape->Size;
    }

    private byte* ScanOther(byte* address)
    {
        ObjectReferences.Visit(address, this);
        return address + SizeOf(address);
    }
}
