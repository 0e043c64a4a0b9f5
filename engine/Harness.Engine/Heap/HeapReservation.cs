using Harness.Engine.X64;

namespace Harness.Engine.Heap;

/// <summary>
/// The addresses of a heap, and how much memory is behind them. A store that is disposed of leaves its reservation, with memory that
/// was touched, to the next one in the process with the same sizes: to get fresh pages from the system costs more than to allocate in them.
/// </summary>
internal sealed unsafe class HeapReservation
{
    private static readonly Lock Gate = new();

    /// <summary>Reservations that no heap uses, the last one left first.</summary>
    private static readonly Stack<HeapReservation> Kept = new();

    private static nuint _keptMemory;

    private HeapReservation(byte* start, nuint size, nuint half, nuint young)
    {
        Start = start;
        Size = size;
        Half = half;
        Young = young;
    }

    /// <summary>The lowest address.</summary>
    public byte* Start { get; }

    /// <summary>Bytes of addresses.</summary>
    public nuint Size { get; }

    /// <summary>Bytes of each half of the old generation.</summary>
    public nuint Half { get; }

    /// <summary>Bytes of the young generation, between the halves.</summary>
    public nuint Young { get; }

    /// <summary>Whether the system was asked for large pages.</summary>
    public bool HasHugePages { get; private set; }

    /// <summary>Bytes of each part that may have memory with arbitrary contents, from its start: by <see cref="Part"/>.</summary>
    public nuint[] Touched { get; } = new nuint[(int)Part.Count];

    /// <summary>Takes a reservation that was left, or makes one. Heaps of one size whose parts begin elsewhere do not take each other's.</summary>
    /// <param name="size">Bytes of addresses.</param>
    /// <param name="half">Bytes of each half of the old generation.</param>
    /// <param name="young">Bytes of the young generation, between the halves.</param>
    /// <param name="hugePages">Whether it may have large pages.</param>
    public static HeapReservation Take(nuint size, nuint half, nuint young, bool hugePages)
    {
        lock (Gate)
        {
            if (Kept.TryPeek(out var kept) && kept.HasParts(size, half, young) && (hugePages || !kept.HasHugePages))
            {
                Kept.Pop();
                _keptMemory -= kept.Memory;
                return kept;
            }
        }

        return new HeapReservation(LinuxMemory.MapPages(size), size, half, young);
    }

    /// <summary>Asks the system for large pages.</summary>
    public void PreferHugePages()
    {
        if (HasHugePages)
        {
            return;
        }

        HasHugePages = true;
        LinuxMemory.PreferHugePages(Start, Size);
    }

    /// <summary>Leaves the reservation to others, or gives it back to the system if too much is left already.</summary>
    /// <param name="limit">Most bytes of memory that all heaps together leave.</param>
    public void Leave(nuint limit)
    {
        lock (Gate)
        {
            // Those of other sizes have had their time.
            while (Kept.TryPeek(out var other) && (!other.HasParts(Size, Half, Young) || _keptMemory + Memory > limit))
            {
                if (other.HasParts(Size, Half, Young) && Memory > limit)
                {
                    break;
                }

                Kept.Pop();
                _keptMemory -= other.Memory;
                other.Free();
            }

            if (Memory <= limit)
            {
                Kept.Push(this);
                _keptMemory += Memory;
                return;
            }
        }

        Free();
    }

    private nuint Memory
    {
        get
        {
            nuint sum = 0;
            foreach (var touched in Touched)
            {
                sum += touched;
            }

            return sum;
        }
    }

    private bool HasParts(nuint size, nuint half, nuint young) => Size == size && Half == half && Young == young;

    private void Free() => LinuxMemory.Unmap(Start, Size);

    /// <summary>A part of a heap whose memory is kept.</summary>
    public enum Part
    {
        /// <summary>The lower half of the old generation.</summary>
        Low,

        /// <summary>The upper half.</summary>
        High,

        /// <summary>The nursery with its survivors.</summary>
        Young,

        /// <summary>Number of parts.</summary>
        Count,
    }
}
