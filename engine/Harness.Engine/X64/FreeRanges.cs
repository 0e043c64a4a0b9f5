using System.Numerics;
using System.Runtime.InteropServices;

namespace Harness.Engine.X64;

/// <summary>
/// The free ranges of a space, joined with their neighbours, by size class: to take a range and to give one back costs the same however many there are.
/// All sizes are multiples of a unit. Not safe for use by several threads at once.
/// </summary>
internal sealed class FreeRanges
{
    /// <summary>Ranges of the class of a wanted size that are looked at before a larger one is split: they may be too small.</summary>
    private const int MostLookedAt = 8;

    /// <summary>By binary logarithm of the size, where ranges start.</summary>
    private readonly List<int>[] _classes = new List<int>[32];
    private readonly Dictionary<int, Range> _ranges = [];
    private readonly Dictionary<int, int> _startsByEnd = [];

    /// <summary>The classes that have ranges, as bits.</summary>
    private uint _filled;

    /// <summary>Nothing is free yet.</summary>
    public FreeRanges()
    {
        for (int i = 0; i < _classes.Length; i++) _classes[i] = [];
    }

    /// <summary>How many ranges there are.</summary>
    public int Count => _ranges.Count;

    /// <summary>Takes a range out of one that is large enough.</summary>
    /// <returns>Where it starts; negative if there is none.</returns>
    public int Take(int size)
    {
        int start = Find(size);
        if (start < 0)
        {
            return -1;
        }

        int rest = Remove(start) - size;
        if (rest != 0)
        {
            Insert(start, rest);
        }

        return start + rest;
    }

    /// <summary>Adds a range, joined with its neighbours.</summary>
    public void Add(int start, int size)
    {
        if (_startsByEnd.TryGetValue(start, out int before))
        {
            size += Remove(before);
            start = before;
        }

        if (_ranges.ContainsKey(start + size))
        {
            size += Remove(start + size);
        }

        Insert(start, size);
    }

    /// <summary>Takes the range that ends at a place.</summary>
    /// <returns>Where it starts; the place if there is none.</returns>
    public int TakeBefore(int end)
    {
        if (!_startsByEnd.TryGetValue(end, out int start))
        {
            return end;
        }

        Remove(start);
        return start;
    }

    private static int ClassOf(int size) => BitOperations.Log2((uint)size);

    private int Find(int size)
    {
        int own = ClassOf(size);
        ReadOnlySpan<int> starts = CollectionsMarshal.AsSpan(_classes[own]);
        for (int i = starts.Length - 1; i >= Math.Max(0, starts.Length - MostLookedAt); i--)
        {
            if (_ranges[starts[i]].Size >= size)
            {
                return starts[i];
            }
        }

        uint larger = own == 31 ? 0 : _filled >> (own + 1) << (own + 1);
        if (larger != 0)
        {
            return _classes[BitOperations.TrailingZeroCount(larger)][^1];
        }

        // Before there is no room at all, every range counts.
        foreach (int start in starts)
        {
            if (_ranges[start].Size >= size)
            {
                return start;
            }
        }

        return -1;
    }

    private void Insert(int start, int size)
    {
        int number = ClassOf(size);
        List<int> starts = _classes[number];
        _ranges.Add(start, new Range(size, starts.Count));
        _startsByEnd.Add(start + size, start);
        starts.Add(start);
        _filled |= 1u << number;
    }

    /// <returns>The size of the range.</returns>
    private int Remove(int start)
    {
        _ranges.Remove(start, out Range range);
        _startsByEnd.Remove(start + range.Size);
        int number = ClassOf(range.Size);
        List<int> starts = _classes[number];
        int moved = starts[^1];
        starts[range.Place] = moved;
        starts.RemoveAt(starts.Count - 1);
        if (moved != start)
        {
            _ranges[moved] = _ranges[moved] with { Place = range.Place };
        }

        if (starts.Count == 0)
        {
            _filled &= ~(1u << number);
        }

        return range.Size;
    }

    /// <summary>A free range.</summary>
    /// <param name="Size">Its size.</param>
    /// <param name="Place">Its place in its class.</param>
    private readonly record struct Range(int Size, int Place);
}
