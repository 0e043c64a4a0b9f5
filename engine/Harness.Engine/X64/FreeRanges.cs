namespace Harness.Engine.X64;

/// <summary>
/// The free ranges of a space, joined with their neighbours. A range is taken out of the smallest that is large enough, by a search that costs the logarithm of how many
/// there are: where nothing fits, that is known as fast. Not safe for use by several threads at once.
/// </summary>
internal sealed class FreeRanges
{
    private readonly SortedSet<Range> _ranges = new(new SmallestFirst());
    private readonly Dictionary<int, int> _sizesByStart = [];
    private readonly Dictionary<int, int> _startsByEnd = [];

    /// <summary>How many ranges there are.</summary>
    public int Count => _sizesByStart.Count;

    /// <summary>Takes a range out of one that is large enough.</summary>
    /// <returns>Where it starts; negative if there is none.</returns>
    public int Take(int size)
    {
        if (Count == 0 || _ranges.Max.Size < size)
        {
            return -1;
        }

        var smallest = _ranges.GetViewBetween(new Range(size, 0), new Range(int.MaxValue, int.MaxValue)).Min;
        Remove(smallest.Start);
        var rest = smallest.Size - size;
        if (rest != 0)
        {
            Insert(smallest.Start, rest);
        }

        return smallest.Start + rest;
    }

    /// <summary>Adds a range, joined with its neighbours.</summary>
    public void Add(int start, int size)
    {
        if (_startsByEnd.TryGetValue(start, out var before))
        {
            size += Remove(before);
            start = before;
        }

        if (_sizesByStart.ContainsKey(start + size))
        {
            size += Remove(start + size);
        }

        Insert(start, size);
    }

    /// <summary>Takes the range that ends at a place.</summary>
    /// <returns>Where it starts; the place if there is none.</returns>
    public int TakeBefore(int end)
    {
        if (!_startsByEnd.TryGetValue(end, out var start))
        {
            return end;
        }

        Remove(start);
        return start;
    }

    private void Insert(int start, int size)
    {
        _ranges.Add(new Range(size, start));
        _sizesByStart.Add(start, size);
        _startsByEnd.Add(start + size, start);
    }

    /// <returns>The size of the range.</returns>
    private int Remove(int start)
    {
        _sizesByStart.Remove(start, out var size);
        _startsByEnd.Remove(start + size);
        _ranges.Remove(new Range(size, start));
        return size;
    }

    private readonly record struct Range(int Size, int Start);

    /// <summary>A comparer of the framework's would be compiled anew in each process.</summary>
    private sealed class SmallestFirst : IComparer<Range>
    {
        public int Compare(Range x, Range y) => x.Size != y.Size ? x.Size.CompareTo(y.Size) : x.Start.CompareTo(y.Start);
    }
}
