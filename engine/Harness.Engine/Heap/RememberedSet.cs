using System.Runtime.CompilerServices;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Heap;

/// <summary>
/// The old objects that may refer to young ones, as a list of addresses in native memory. <see cref="Stub.Remember"/> adds to it in machine
/// code. There are addresses for as many as the heap can have, so that it is never full.
/// </summary>
/// <remarks>An array with cards that is to be read as a whole nevertheless, as it was written before it was old, has <see cref="Whole"/> in its entry.</remarks>
internal sealed unsafe class RememberedSet
{
    /// <summary>The bit of an entry that tells to read all of the array, whatever its cards say.</summary>
    public const ulong Whole = 1;

    /// <summary>Bytes of entries whose memory is kept when the list is cleared.</summary>
    private const nuint KeptBytes = 1 << 20;

    /// <summary>Bytes of the smallest object that has a reference.</summary>
    private const nuint SmallestObject = ObjectHeader.Size + sizeof(ulong);

    private readonly StoreContext* _context;

    /// <summary>Bytes that may have memory.</summary>
    private nuint _touched;

    /// <summary>Makes an empty set.</summary>
    /// <param name="context">Where the end of the list is.</param>
    /// <param name="memory">Reserved addresses, <see cref="SizeFor"/> bytes.</param>
    public RememberedSet(StoreContext* context, byte* memory)
    {
        _context = context;
        Items = _context->RememberedTop = (ulong*)memory;
    }

    /// <summary>The addresses.</summary>
    public ulong* Items { get; }

    /// <summary>How many there are.</summary>
    public nuint Count => (nuint)(_context->RememberedTop - Items);

    /// <summary>Bytes for the entries of a heap that has so many bytes for old and large objects; each is in the set once.</summary>
    public static nuint SizeFor(nuint old) => (old / SmallestObject * sizeof(ulong)) & ~(LargeObjectSpace.PageSize - 1);

    /// <summary>Adds the address of an object, which must not be in the set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong address) => *_context->RememberedTop++ = address;

    /// <summary>Keeps the first entries only.</summary>
    public void Truncate(nuint count)
    {
        _touched = Math.Max(_touched, Count * sizeof(ulong));
        _context->RememberedTop = Items + count;
    }

    /// <summary>Takes all addresses away, and most of the memory of a list that was long.</summary>
    public void Clear()
    {
        Truncate(0);
        if (_touched <= KeptBytes)
        {
            return;
        }

        LinuxMemory.Discard((byte*)Items + KeptBytes, (_touched - KeptBytes + LargeObjectSpace.PageSize - 1) & ~(LargeObjectSpace.PageSize - 1));
        _touched = KeptBytes;
    }
}
