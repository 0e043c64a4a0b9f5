using Harness.Engine.Runtime;

namespace Harness.Engine.Heap;

/// <summary>
/// A byte for each 512 bytes of heap addresses, which is 1 where a reference may have been stored into an old array since that was last read
/// (Wilson and Moher, "A Card-Marking Scheme for Controlling Intergenerational References in Generation-Based Garbage Collection on Stock
/// Hardware", 1989). A collection reads long arrays at marked cards only; objects that are not <see cref="ObjectFlags.Carded"/> are read as a
/// whole, and cards of their places mean nothing.
/// </summary>
/// <remarks>
/// Arrays may share the card at an end with their neighbours: whether that is marked says nothing, and it is read whenever its array is in the
/// remembered set.
/// </remarks>
internal sealed unsafe class CardTable
{
    /// <summary>Binary logarithm of the bytes that share a card.</summary>
    public const int CardShift = 9;

    /// <summary>Bytes of an array of references from which on it has cards.</summary>
    public const nuint MinimumArraySize = 2048;

    private readonly StoreContext* _context;

    /// <summary>Takes zeroed memory of a byte for each card of a range of addresses.</summary>
    public CardTable(StoreContext* context, byte* memory, byte* firstAddress)
    {
        _context = context;
        context->Cards = memory - ((nuint)firstAddress >> CardShift);
    }

    /// <summary>The card of an address.</summary>
    public byte* CardOf(void* address) => _context->Cards + ((nuint)address >> CardShift);

    /// <summary>Marks the cards of consecutive places, at least one.</summary>
    public void Mark(ulong* places, nuint count)
    {
        var first = CardOf(places);
        new Span<byte>(first, (int)(CardOf(places + count - 1) - first) + 1).Fill(1);
    }

    /// <summary>Takes the marks off all cards of a range of addresses.</summary>
    public void Clear(byte* start, nuint size)
    {
        if (size == 0)
        {
            return;
        }

        var first = CardOf(start);
        new Span<byte>(first, (int)(CardOf(start + size - 1) - first) + 1).Clear();
    }

    /// <summary>Bytes of the cards of a range of addresses.</summary>
    public static nuint SizeFor(nuint size) => ((size >> CardShift) + LargeObjectSpace.PageSize) & ~(LargeObjectSpace.PageSize - 1);
}
