using Harness.Engine.X64;

namespace Harness.Engine.Heap;

/// <summary>
/// The old generation: two halves, of which one is in use. Objects lie in it without gaps, in the order in which they came; a full
/// collection copies those that live to the other half, so that nothing ever fragments.
/// </summary>
/// <remarks>The nursery lies between the halves: what a full collection moves from is one range of addresses.</remarks>
internal sealed unsafe class OldGeneration
{
    private readonly byte* _low;
    private readonly byte* _high;

    /// <summary>Takes two ranges of reserved addresses.</summary>
    /// <param name="low">The lower half.</param>
    /// <param name="high">The upper half.</param>
    /// <param name="capacity">Bytes of each.</param>
    public OldGeneration(byte* low, byte* high, nuint capacity)
    {
        _low = low;
        _high = high;
        Capacity = capacity;
        Start = Top = low;
        LinuxMemory.PreferHugePages(low, capacity);
        LinuxMemory.PreferHugePages(high, capacity);
    }

    /// <summary>Bytes of a half.</summary>
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
    public nuint Used => (nuint)(Top - Start);

    /// <summary>Makes the other half the one in use, and gives the memory of this one back.</summary>
    /// <param name="top">The end of what was copied to the other half.</param>
    public void Switch(byte* top)
    {
        byte* left = Start;
        nuint used = (Used + LargeObjectSpace.PageSize - 1) & ~(LargeObjectSpace.PageSize - 1);
        Start = Other;
        Top = top;
        if (used > 0) LinuxMemory.Discard(left, used);
    }
}
