using System.Runtime.InteropServices;
using Harness.Engine.X64;

namespace Harness.Engine.Heap;

/// <summary>
/// Objects that are too large to be copied: each takes whole pages, which are given back as soon as a full collection finds it
/// dead. Objects stay where they are, and are marked in their header.
/// </summary>
internal sealed unsafe class LargeObjectSpace
{
    /// <summary>Granularity of the space, in bytes.</summary>
    public const nuint PageSize = 4096;

    private readonly byte* _end;
    private readonly List<Run> _objects = [];

    /// <summary>Unused runs of pages below the frontier in ascending order, no two adjacent.</summary>
    private readonly List<Run> _free = [];

    private byte* _frontier;

    /// <summary>Takes a range of reserved addresses.</summary>
    public LargeObjectSpace(byte* start, nuint size)
    {
        Start = _frontier = start;
        _end = start + size;
    }

    /// <summary>The lowest address.</summary>
    public byte* Start { get; }

    /// <summary>Bytes of pages that objects take, dead ones included.</summary>
    public nuint Used { get; private set; }

    /// <summary>Bytes of addresses that objects lie in.</summary>
    public nuint Extent => (nuint)(_frontier - Start);

    /// <summary>Number of objects, dead ones included.</summary>
    public int Count => _objects.Count;

    /// <summary>Zeroed memory for an object, or null if there are no addresses left.</summary>
    public byte* Allocate(nuint size)
    {
        size = (size + PageSize - 1) & ~(PageSize - 1);
        var start = TakeFree(size);
        if (start == null)
        {
            if ((nuint)(_end - _frontier) < size)
            {
                return null;
            }

            start = _frontier;
            _frontier += size;
        }

        _objects.Add(new Run(start, size));
        Used += size;
        return start;
    }

    /// <summary>Frees the objects that are not marked, and takes the marks off the others.</summary>
    public void Sweep()
    {
        var kept = 0;
        var objects = CollectionsMarshal.AsSpan(_objects);
        foreach (var run in objects)
        {
            var header = (ulong*)run.Start;
            if ((*header & ObjectHeader.MarkedBit) != 0)
            {
                *header &= ~ObjectHeader.MarkedBit;
                objects[kept++] = run;
            }
            else
            {
                LinuxMemory.Discard(run.Start, run.Size);
                Used -= run.Size;
                Free(run);
            }
        }

        CollectionsMarshal.SetCount(_objects, kept);
    }

    /// <summary>Frees all objects.</summary>
    public void Clear()
    {
        if (Extent > 0)
        {
            LinuxMemory.Discard(Start, Extent);
        }

        _objects.Clear();
        _free.Clear();
        _frontier = Start;
        Used = 0;
    }

    /// <summary>The address of an object by its number.</summary>
    public byte* ObjectAt(int index) => _objects[index].Start;

    private byte* TakeFree(nuint size)
    {
        for (var i = 0; i < _free.Count; i++)
        {
            var run = _free[i];
            if (run.Size < size)
            {
                continue;
            }

            if (run.Size == size)
            {
                _free.RemoveAt(i);
            }
            else
            {
                _free[i] = new Run(run.Start + size, run.Size - size);
            }

            return run.Start;
        }

        return null;
    }

    private void Free(Run run)
    {
        var low = 0;
        var high = _free.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_free[middle].Start < run.Start)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        if (low < _free.Count && run.End == _free[low].Start)
        {
            run = new Run(run.Start, run.Size + _free[low].Size);
            _free.RemoveAt(low);
        }

        if (low > 0 && _free[low - 1].End == run.Start)
        {
            run = new Run(_free[low - 1].Start, _free[low - 1].Size + run.Size);
            _free.RemoveAt(--low);
        }

        if (run.End == _frontier)
        {
            _frontier = run.Start;
        }
        else
        {
            _free.Insert(low, run);
        }
    }

    private readonly struct Run(byte* start, nuint size)
    {
        public byte* Start { get; } = start;

        public nuint Size { get; } = size;

        public byte* End => Start + Size;
    }
}
