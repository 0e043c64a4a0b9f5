using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Harness.Engine.Heap;

/// <summary>A growing list of words in native memory, such as the addresses of remembered objects.</summary>
internal sealed unsafe class AddressList : IDisposable
{
    private ulong* _items;
    private nuint _capacity;

    /// <summary>How many words there are.</summary>
    public nuint Count { get; private set; }

    /// <summary>The words.</summary>
    public ulong* Items => _items;

    /// <summary>Adds a word at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong item)
    {
        if (Count == _capacity)
        {
            Grow();
        }

        _items[Count++] = item;
    }

    /// <summary>Takes the last word away, if there is one.</summary>
    public bool TryPop(out ulong item)
    {
        item = Count > 0 ? _items[--Count] : 0;
        return item != 0;
    }

    /// <summary>Takes the last words away.</summary>
    public void RemoveLast(nuint count) => Count -= count;

    /// <summary>Takes all words away, and most of the memory of a list that was long.</summary>
    public void Clear()
    {
        const nuint Keep = 1 << 16;
        Count = 0;
        if (_capacity <= Keep)
        {
            return;
        }

        _capacity = Keep;
        _items = (ulong*)NativeMemory.Realloc(_items, _capacity * sizeof(ulong));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_items);
        _items = null;
        _capacity = Count = 0;
    }

    private void Grow()
    {
        _capacity = Math.Max(_capacity * 2, 256);
        _items = (ulong*)NativeMemory.Realloc(_items, _capacity * sizeof(ulong));
    }
}
