using System.Collections.Concurrent;

namespace Harness.Engine.Heap;

/// <summary>The objects that <see cref="HeapReference"/>s keep alive, in native memory: roots of the collector.</summary>
internal sealed unsafe class HandleTable : IDisposable
{
    private readonly AddressList _slots = new();
    private readonly Stack<int> _free = [];

    /// <summary>Those that may hold young objects; a place that is used again and again is here once.</summary>
    private readonly HashSet<int> _young = [];

    /// <summary>What finalizers have released: they run on a thread of their own.</summary>
    private readonly ConcurrentQueue<int> _released = [];

    private bool _isDisposed;

    /// <summary>Makes the table of a heap.</summary>
    public HandleTable(ObjectHeap heap) => Heap = heap;

    /// <summary>The heap that the objects are in.</summary>
    public ObjectHeap Heap { get; }

    /// <summary>How many objects are held; released ones count until the next collection or new handle.</summary>
    public int Count => (int)_slots.Count - _free.Count;

    /// <summary>Holds an object.</summary>
    public HeapReference Add(ulong address)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        TakeReleased();
        if (_free.TryPop(out var index))
        {
            _slots.Items[index] = address;
        }
        else
        {
            index = (int)_slots.Count;
            _slots.Add(address);
        }

        _young.Add(index);
        return new HeapReference(this, index);
    }

    /// <summary>The address that an object has until the next collection.</summary>
    /// <exception cref="ObjectDisposedException">The store was disposed of.</exception>
    public ulong AddressAt(int index)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _slots.Items[index];
    }

    /// <summary>Releases an object, on the thread that uses the heap.</summary>
    public void Release(int index)
    {
        if (_isDisposed)
        {
            return;
        }

        _slots.Items[index] = 0;
        _free.Push(index);
    }

    /// <summary>Releases an object soon. Any thread may call this.</summary>
    public void ReleaseLater(int index) => _released.Enqueue(index);

    /// <summary>Shows the objects to a collector, in a young collection only those that can be young.</summary>
    public void VisitRoots(IRootVisitor visitor, bool isFull)
    {
        TakeReleased();
        if (isFull)
        {
            VisitAll(visitor);
            _young.Clear();
            return;
        }

        foreach (var index in _young)
        {
            visitor.Visit(_slots.Items + index);
        }

        _young.RemoveWhere(index => !Heap.IsYoung(_slots.Items[index]));
    }

    /// <summary>Shows all objects to a visitor.</summary>
    public void VisitAll(IRootVisitor visitor) => visitor.Visit(_slots.Items, _slots.Count);

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        _slots.Dispose();
    }

    private void TakeReleased()
    {
        while (_released.TryDequeue(out var index))
        {
            Release(index);
        }
    }
}
