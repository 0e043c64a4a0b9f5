using Harness.Engine.X64;

namespace Harness.Engine.Heap;

/// <summary>
/// The young generation: the nursery, in which objects are made, between two survivor spaces. A young collection copies what lives in the nursery
/// and in one survivor space to the other one, or makes it old; so an object stays young for some collections, in which it may die (Ungar,
/// "Generation Scavenging", 1984).
/// </summary>
/// <remarks>
/// The spaces lie in the order survivors, nursery, survivors: nursery and the survivor space in use are neighbours, so that what a collection moves
/// is one range of addresses whichever that is.
/// </remarks>
internal sealed unsafe class YoungGeneration
{
    private readonly byte* _low;
    private readonly byte* _high;
    private readonly nuint _survivorCapacity;
    private bool _isLow = true;

    /// <summary>Takes a range of reserved addresses.</summary>
    /// <param name="start">The lowest address.</param>
    /// <param name="nurserySize">Bytes of the nursery at first.</param>
    /// <param name="nurseryCapacity">Most bytes of the nursery.</param>
    public YoungGeneration(byte* start, nuint nurserySize, nuint nurseryCapacity)
    {
        Start = _low = start;
        _survivorCapacity = SurvivorCapacityFor(nurseryCapacity);
        Nursery = start + _survivorCapacity;
        NurseryCapacity = nurseryCapacity;
        NurseryEnd = Nursery + nurserySize;
        _high = Nursery + nurseryCapacity;
        Size = (nuint)(_high - start) + _survivorCapacity;
        SurvivorTop = _low;
    }

    /// <summary>The lowest address.</summary>
    public byte* Start { get; }

    /// <summary>Bytes of addresses of all three spaces.</summary>
    public nuint Size { get; }

    /// <summary>Where the nursery begins.</summary>
    public byte* Nursery { get; }

    /// <summary>Where the nursery ends now.</summary>
    public byte* NurseryEnd { get; private set; }

    /// <summary>Most bytes of the nursery.</summary>
    public nuint NurseryCapacity { get; }

    /// <summary>Bytes of the nursery now.</summary>
    public nuint NurserySize => (nuint)(NurseryEnd - Nursery);

    /// <summary>The first survivor.</summary>
    public byte* Survivors => _isLow ? _low : _high;

    /// <summary>The end of the survivors.</summary>
    public byte* SurvivorTop { get; private set; }

    /// <summary>Bytes of the survivors, dead ones included.</summary>
    public nuint SurvivorBytes => (nuint)(SurvivorTop - Survivors);

    /// <summary>The lowest address that a young collection moves from.</summary>
    public byte* From => _isLow ? _low : Nursery;

    /// <summary>Bytes of addresses that a young collection moves from.</summary>
    public nuint FromSize => _survivorCapacity + NurseryCapacity;

    /// <summary>Where a young collection copies survivors to.</summary>
    public byte* To => _isLow ? _high : _low;

    /// <summary>The end of the room for survivors: half as much as the nursery has.</summary>
    public byte* ToEnd => To + SurvivorCapacityFor(NurserySize) - Collector.Overhang;

    /// <summary>Bytes of addresses that a generation takes.</summary>
    public static nuint SizeFor(nuint nurseryCapacity) => nurseryCapacity + (2 * SurvivorCapacityFor(nurseryCapacity));

    /// <summary>Whether an address lies in the generation.</summary>
    public bool Contains(ulong address) => address - (ulong)Start < Size;

    /// <summary>Makes the other survivor space the one in use.</summary>
    /// <param name="top">The end of what was copied to it.</param>
    public void Switch(byte* top)
    {
        _isLow = !_isLow;
        SurvivorTop = top;
    }

    /// <summary>Forgets the survivors, which are all old.</summary>
    public void Clear() => SurvivorTop = Survivors;

    /// <summary>Changes the size of the nursery, which must be empty; what it no longer needs goes back to the system.</summary>
    public void Resize(nuint size)
    {
        var end = Nursery + size;
        var firstPage = Nursery + (size + LargeObjectSpace.PageSize - 1 & ~(LargeObjectSpace.PageSize - 1));
        if (firstPage < NurseryEnd)
        {
            LinuxMemory.Discard(firstPage, (nuint)(NurseryEnd - firstPage));
        }

        NurseryEnd = end;
    }

    private static nuint SurvivorCapacityFor(nuint nurserySize) =>
        (nurserySize / 2) + LargeObjectSpace.PageSize - 1 & ~(LargeObjectSpace.PageSize - 1);
}
