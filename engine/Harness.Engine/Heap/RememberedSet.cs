using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Harness.Engine.Runtime;

namespace Harness.Engine.Heap;

/// <summary>
/// The old objects that may refer to young ones, as a list of addresses in native memory. <see cref="Stub.Remember"/> adds to it in machine
/// code, and comes to C# only when it is full.
/// </summary>
/// <remarks>An array with cards that is to be read as a whole nevertheless, as it was written before it was old, has <see cref="Whole"/> in its entry.</remarks>
internal sealed unsafe class RememberedSet : IDisposable
{
    /// <summary>The bit of an entry that tells to read all of the array, whatever its cards say.</summary>
    public const ulong Whole = 1;

    /// <summary>Entries that are kept room for.</summary>
    private const nuint MinimumCapacity = 1 << 12;

    /// <summary>Most entries that are kept room for when the list is cleared.</summary>
    private const nuint KeptCapacity = 1 << 16;

    private readonly StoreContext* _context;
    private nuint _capacity;

    /// <summary>Makes an empty set.</summary>
    /// <param name="context">Where the end of the list and of its room are.</param>
    public RememberedSet(StoreContext* context) => _context = context;

    /// <summary>The addresses.</summary>
    public ulong* Items { get; private set; }

    /// <summary>How many there are.</summary>
    public nuint Count => (nuint)(_context->RememberedTop - Items);

    /// <summary>Adds the address of an object, which must not be in the set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong address)
    {
        if (_context->RememberedTop == _context->RememberedLimit) Resize(Math.Max(2 * _capacity, MinimumCapacity));
        *_context->RememberedTop++ = address;
    }

    /// <summary>Keeps the first entries only.</summary>
    public void Truncate(nuint count) => _context->RememberedTop = Items + count;

    /// <summary>Takes all addresses away.</summary>
    public void Clear()
    {
        _context->RememberedTop = Items;
        if (_capacity > KeptCapacity) Resize(KeptCapacity);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(Items);
        _capacity = 0;
        Items = _context->RememberedTop = _context->RememberedLimit = null;
    }

    private void Resize(nuint capacity)
    {
        nuint count = Count;
        Items = (ulong*)NativeMemory.Realloc(Items, capacity * sizeof(ulong));
        _capacity = capacity;
        _context->RememberedTop = Items + count;
        _context->RememberedLimit = Items + capacity;
    }
}
