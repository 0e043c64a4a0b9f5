using System.Runtime.CompilerServices;

namespace Harness.Engine.Optimizer.Lowering;

/// <summary>A list whose elements can be changed in place, and which keeps its buffer when it is cleared.</summary>
internal sealed class GrowList<T>
    where T : struct
{
    /// <summary>Length of what is sorted by insertion.</summary>
    private const int ShortRun = 16;

    private T[] items = new T[64];

    /// <summary>What was left over when elements were sorted, for the next time.</summary>
    private T[]? spare;

    /// <summary>Number of elements.</summary>
    public int Count { get; private set; }

    /// <summary>An element. Not to be kept across additions.</summary>
    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref items[index];
    }

    /// <summary>The elements. Not to be kept across additions.</summary>
    public Span<T> Span => items.AsSpan(0, Count);

    /// <summary>Removes all elements.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds an element and gives its index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Add(T item)
    {
        if (Count == items.Length)
        {
            Array.Resize(ref items, Count * 2);
        }

        items[Count] = item;
        return Count++;
    }

    /// <summary>Adds the same element several times, and gives the index of the first.</summary>
    public int AddMany(T item, int count)
    {
        int first = Count;
        if (Count + count > items.Length)
        {
            Array.Resize(ref items, Math.Max(items.Length * 2, Count + count));
        }

        items.AsSpan(Count, count).Fill(item);
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
        for (int start = 0; start < Count; start += ShortRun)
        {
            SortByInsertion(start, Math.Min(start + ShortRun, Count), compare);
        }

        if (Count <= ShortRun)
        {
            return;
        }

        T[] other = spare is { } kept && kept.Length >= Count ? kept : new T[items.Length];
        for (int length = ShortRun; length < Count; length *= 2)
        {
            for (int start = 0; start < Count; start += 2 * length)
            {
                Merge(other, start, Math.Min(start + length, Count), Math.Min(start + (2 * length), Count), compare);
            }

            (items, other) = (other, items);
        }

        spare = other;
    }

    private void SortByInsertion(int start, int end, Comparison<T> compare)
    {
        for (int i = start + 1; i < end; i++)
        {
            T item = items[i];
            int place = i;
            for (; place > start && compare(items[place - 1], item) > 0; place--)
            {
                items[place] = items[place - 1];
            }

            items[place] = item;
        }
    }

    /// <summary>Merges two runs, the second of which begins at <paramref name="middle"/>, into another buffer, at the same place.</summary>
    private void Merge(T[] target, int start, int middle, int end, Comparison<T> compare)
    {
        if (middle == end || compare(items[middle - 1], items[middle]) <= 0)
        {
            // What is sorted mostly comes in order.
            items.AsSpan(start, end - start).CopyTo(target.AsSpan(start));
            return;
        }

        int first = start;
        int second = middle;
        for (int i = start; i < end; i++)
        {
            target[i] = first < middle && (second == end || compare(items[first], items[second]) <= 0) ? items[first++] : items[second++];
        }
    }
}
