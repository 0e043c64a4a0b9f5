using Harness.Engine.Heap;
using Harness.Engine.Runtime;

namespace Harness.Hosts.JavaScript;

/// <summary>
/// The objects of a store's heap that JavaScript has wrappers of. An object has one id at a time, however often it is handed out. Objects move: the index by
/// address is made anew after each collection.
/// </summary>
internal sealed class HeapObjectTable(Store store)
{
    private readonly List<(HeapReference? Reference, int Holders)> _objects = [];
    private readonly Stack<int> _free = new();
    private readonly Dictionary<ulong, int> _byAddress = [];
    private long _collections = -1;

    /// <summary>The id of an object; one more wrapper holds it until <see cref="Release"/>.</summary>
    public int Hold(HeapReference reference)
    {
        Refresh();
        if (_byAddress.TryGetValue(reference.Address, out int id))
        {
            _objects[id] = (_objects[id].Reference, _objects[id].Holders + 1);
            if (!ReferenceEquals(_objects[id].Reference, reference)) reference.Dispose();
            return id;
        }

        id = _free.TryPop(out int free) ? free : _objects.Count;
        if (id == _objects.Count) _objects.Add(default);
        _objects[id] = (reference, 1);
        _byAddress[reference.Address] = id;
        return id;
    }

    /// <summary>The object with an id.</summary>
    public HeapReference Get(int id) => _objects[id].Reference!;

    /// <summary>One wrapper less holds an object.</summary>
    public void Release(int id)
    {
        (HeapReference? reference, int holders) = _objects[id];
        if (reference is null) return;
        if (holders > 1)
        {
            _objects[id] = (reference, holders - 1);
            return;
        }

        Refresh();
        _byAddress.Remove(reference.Address);
        reference.Dispose();
        _objects[id] = default;
        _free.Push(id);
    }

    private void Refresh()
    {
        HeapStatistics statistics = store.HeapStatistics;
        long collections = statistics.YoungCollections + statistics.FullCollections;
        if (collections == _collections) return;
        _collections = collections;
        _byAddress.Clear();
        for (int id = 0; id < _objects.Count; id++)
        {
            if (_objects[id].Reference is { } reference) _byAddress[reference.Address] = id;
        }
    }
}
