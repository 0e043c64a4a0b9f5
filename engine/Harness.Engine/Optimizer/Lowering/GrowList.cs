using System.Runtime.CompilerServices;

namespace Harness.Engine.Optimizer.Lowering;

/// <summary>A list whose elements can be changed in place, and which keeps its buffer when it is cleared.</summary>
internal sealed class GrowList<T>
    where T : struct
{
    private T[] items = new T[64];

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
}
