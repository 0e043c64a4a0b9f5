using Harness.Engine.X64;

namespace Harness.Engine.Heap;

/// <summary>
/// The old generation: two halves, of which one is in use. Objects lie in it without gaps, in the order in which they came; a full
/// collection copies those that live to the other half, so that nothing ever fragments, and an address range without gaps needs no structure of its own. The price is address space for two halves, of
/// which a 64-bit machine has plenty, and memory for a second copy of what lives during a full collection. Where several threads copy, what their buffers leave empty is
/// filled up with objects that nothing refers to, which the next full collection leaves behind.
/// </summary>
/// <remarks>The nursery lies between the halves: what a full collection moves from is one range of addresses.</remarks>
internal sealed unsafe class OldGeneration
{
    /// <summary>Bytes in whose multiples memory is given back: those of a large page.</summary>
    public const nuint Granularity = 2 << 20;

    private readonly byte* _low;
    private readonly byte* _high;

    /// <summary>Bytes from the start of the half in use that have had memory, apart from those of objects.</summary>
    private nuint _touched;

    /// <summary>The same of the other half.</summary>
    private nuint _otherTouched;

    /// <summary>Bytes of the half in use that are filled up.</summary>
    private nuint _filled;

    /// <summary>Takes two ranges of reserved addresses.</summary>
    /// <param name="low">The lower half.</param>
    /// <param name="high">The upper half.</param>
    /// <param name="capacity">Bytes of each for objects; what is filled up must fit behind these.</param>
    /// <param name="lowTouched">Bytes of the lower half that have memory.</param>
    /// <param name="highTouched">The same of the upper half.</param>
    public OldGeneration(byte* low, byte* high, nuint capacity, nuint lowTouched = 0, nuint highTouched = 0)
    {
        _touched = lowTouched;
        _otherTouched = highTouched;
        _low = low;
        _high = high;
        Capacity = capacity;
        Start = Top = low;
    }

    /// <summary>Bytes of a half for objects.</summary>
    public nuint Capacity { get; }

    /// <summary>The first object.</summary>
    public byte* Start { get; private set; }

    /// <summary>Where the next object goes.</summary>
    public byte* Top { get; set; }

    /// <summary>Whether the lower half is in use.</summary>
    public bool IsLow => Start == _low;

    /// <summary>The half that is not in use.</summary>
    public byte* Other => IsLow ? _high : _low;

    /// <summary>Bytes of the objects, dead ones included.</summary>
    public nuint Used => Extent - _filled;

    /// <summary>Bytes of addresses that they lie in.</summary>
    public nuint Extent => (nuint)(Top - Start);

    /// <summary>
    /// Makes the other half the one in use, and gives memory back: of that half what lies behind the expected size, of this half what
    /// the next collection will not need when as much lives as now. But memory that is soon used again is kept: to get it anew costs more than to
    /// copy what lives in it.
    /// </summary>
    /// <param name="top">The end of what was copied to the other half.</param>
    /// <param name="expected">Bytes to which the generation may grow before the next full collection.</param>
    /// <param name="kept">Bytes of this half whose memory is kept in any case.</param>
    /// <param name="filled">Bytes of what was copied that are no objects that live.</param>
    public void Switch(byte* top, nuint expected, nuint kept, nuint filled)
    {
        var left = Start;
        var leftTouched = Math.Max(_touched, Extent);
        Start = Other;
        Top = top;
        _filled = filled;
        _touched = Trim(Start, Math.Max(_otherTouched, Extent), Math.Max(expected, Extent));
        _otherTouched = Trim(left, leftTouched, Math.Max(kept, Extent));
    }

    /// <summary>Gives memory of both halves back for good, but some for whoever uses the addresses next.</summary>
    /// <param name="kept">Bytes of each half whose memory is kept.</param>
    /// <returns>How many bytes of the lower and of the upper half have memory.</returns>
    public (nuint Low, nuint High) Leave(nuint kept)
    {
        var inUse = Trim(Start, Math.Max(_touched, Extent), kept);
        var other = Trim(Other, _otherTouched, kept);
        return IsLow ? (inUse, other) : (other, inUse);
    }

    /// <summary>Keeps the first bytes of a half only, and gives how many have memory then.</summary>
    private static nuint Trim(byte* half, nuint touched, nuint kept)
    {
        kept = (kept + Granularity - 1) & ~(Granularity - 1);
        if (touched <= kept)
        {
            return touched;
        }

        LinuxMemory.Discard(half + kept, ((touched + Granularity - 1) & ~(Granularity - 1)) - kept);
        return kept;
    }
}
