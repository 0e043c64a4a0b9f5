using System.Runtime.CompilerServices;

namespace Harness.Engine.Optimizer.Lowering;

/// <summary>A list whose elements can be changed in place, and which keeps its buffer when it is cleared.</summary>
internal sealed class GrowList<T>
    where T : struct
{
    /// <summary>Length of what is sorted by insertion.</summary>
    private const int ShortRun = 16;

    private T[] _items = new T[64];

    /// <summary>What was left over when elements were sorted, for the next time.</summary>
    private T[]? _spare;

    /// <summary>Number of elements.</summary>
    public int Count { get; private set; }

    /// <summary>An element. Not to be kept across additions.</summary>
    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _items[index];
    }

    /// <summary>The elements. Not to be kept across additions.</summary>
    public Span<T> Span => _items.AsSpan(0, Count);

    /// <summary>Removes all elements.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds an element and gives its index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Add(T item)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        _items[Count] = item;
        return Count++;
    }

    /// <summary>Adds the same element several times, and gives the index of the first.</summary>
    public int AddMany(T item, int count)
    {
        var first = Count;
        if (Count + count > _items.Length)
        {
            Array.Resize(ref _items, Math.Max(_items.Length * 2, Count + count));
        }

        _items.AsSpan(Count, count).Fill(item);
        Count += count;
        return first;
    }

    /// <summary>Removes the elements from an index on.</summary>
    public void Truncate(int count) => Count = count;

    /// <summary>
    /// Sorts the elements; those that are equal stay in their order. The framework's sort is compiled anew in each process for each type of elements, and runs slowly until it has been used for a while:
    /// no code for it can be made ahead of time.
    /// </summary>
    /// <param name="compare">Below zero if the first of two elements comes before the second one.</param>
    public void Sort(Comparison<T> compare)
    {
        for (var start = 0; start < Count; start += ShortRun)
        {
            SortByInsertion(start, Math.Min(start + ShortRun, Count), compare);
        }

        if (Count <= ShortRun)
        {
            return;
        }

        var other = _spare is { } kept && kept.Length >= Count ? kept : new T[_items.Length];
        for (var length = ShortRun; length < Count; length *= 2)
        {
            for (var start = 0; start < Count; start += 2 * length)
            {
                Merge(other, start, Math.Min(start + length, Count), Math.Min(start + (2 * length), Count), compare);
            }

            (_items, other) = (other, _items);
        }

        _spare = other;
    }

    private void SortByInsertion(int start, int end, Comparison<T> compare)
    {
        for (var i = start + 1; i < end; i++)
        {
            var item = _items[i];
            var place = i;
            for (; place > start && compare(_items[place - 1], item) > 0; place--)
            {
                _items[place] = _items[place - 1];
            }

            _items[place] = item;
        }
    }

    /// <summary>Merges two runs, the second of which begins at <paramref name="middle"/>, into another buffer, at the same place.</summary>
    private void Merge(T[] target, int start, int middle, int end, Comparison<T> compare)
    {
        if (middle == end || compare(_items[middle - 1], _items[middle]) <= 0)
        {
            // What is sorted mostly comes in order.
            _items.AsSpan(start, end - start).CopyTo(target.AsSpan(start));
            return;
        }

        var first = start;
        var second = middle;
        for (var i = start; i < end; i++)
        {
            target[i] = first < middle && (second == end || compare(_items[first], _items[second]) <= 0) ? _items[first++] : _items[second++];
        }
    }
}
