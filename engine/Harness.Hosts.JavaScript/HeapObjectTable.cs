using System.Runtime.InteropServices;
using Harness.Engine.Heap;

namespace Harness.Hosts.JavaScript;

/// <summary>
/// The objects of a store's heap that JavaScript has wrappers of. An object has one id at a time, however often it is handed out. Objects move: after a collection the index by address is
/// mended for those that it can have moved, which for a young one are the young ones alone.
/// </summary>
/// <param name="heap">The store's heap.</param>
internal sealed class HeapObjectTable(ObjectHeap heap)
{
    private readonly List<Entry> _objects = [];
    private readonly Stack<int> _free = new();
    private readonly Dictionary<ulong, int> _byAddress = [];

    /// <summary>The ids whose objects were young when the index was last right. Some may have been given back since.</summary>
    private readonly HashSet<int> _young = [];

    private long _collections;
    private long _fullCollections;

    /// <summary>How many objects there are.</summary>
    public int Count => _objects.Count - _free.Count;

    /// <summary>How many objects were looked at so far because collections may have moved them.</summary>
    public long Followed { get; private set; }

    /// <summary>The id of an object; one more wrapper holds it until <see cref="Release"/>.</summary>
    public int Hold(HeapReference reference)
    {
        Follow();
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_byAddress, reference.Address, out var isKnown);
        if (isKnown)
        {
            ref var entry = ref CollectionsMarshal.AsSpan(_objects)[known];
            entry.Holders++;
            if (!ReferenceEquals(entry.Reference, reference))
            {
                reference.Dispose();
            }

            return known;
        }

        var id = known = _free.TryPop(out var free) ? free : _objects.Count;
        if (id == _objects.Count)
        {
            _objects.Add(default);
        }

        _objects[id] = new Entry { Reference = reference, Holders = 1, Address = reference.Address };
        if (heap.IsYoung(reference.Address))
        {
            _young.Add(id);
        }

        return id;
    }

    /// <summary>The object with an id.</summary>
    public HeapReference Get(int id) => _objects[id].Reference!;

    /// <summary>One wrapper less holds an object.</summary>
    public void Release(int id)
    {
        ref var entry = ref CollectionsMarshal.AsSpan(_objects)[id];
        if (entry.Reference is not { } reference || --entry.Holders > 0)
        {
            return;
        }

        Follow();
        _byAddress.Remove(entry.Address);
        reference.Dispose();
        entry = default;
        _free.Push(id);
    }

    /// <summary>Brings the index up to date.</summary>
    private void Follow()
    {
        if (heap.Collections == _collections)
        {
            return;
        }

        var isFull = heap.FullCollections != _fullCollections;
        _collections = heap.Collections;
        _fullCollections = heap.FullCollections;
        if (isFull)
        {
            FollowAll();
        }
        else
        {
            FollowYoung();
        }
    }

    private void FollowAll()
    {
        _byAddress.Clear();
        _young.Clear();
        var entries = CollectionsMarshal.AsSpan(_objects);
        Followed += entries.Length;
        for (var id = 0; id < entries.Length; id++)
        {
            if (entries[id].Reference is not null)
            {
                Enter(id, ref entries[id]);
            }
        }
    }

    /// <summary>All leave their former addresses before one enters its new one: that may have been another's.</summary>
    private void FollowYoung()
    {
        var entries = CollectionsMarshal.AsSpan(_objects);
        Followed += _young.Count;
        int[] young = [.. _young];
        _young.Clear();
        foreach (var id in young)
        {
            if (entries[id].Reference is not null)
            {
                _byAddress.Remove(entries[id].Address);
            }
        }

        foreach (var id in young)
        {
            if (entries[id].Reference is not null)
            {
                Enter(id, ref entries[id]);
            }
        }
    }

    private void Enter(int id, ref Entry entry)
    {
        entry.Address = entry.Reference!.Address;
        _byAddress[entry.Address] = id;
        if (heap.IsYoung(entry.Address))
        {
            _young.Add(id);
        }
    }

    private struct Entry
    {
        public HeapReference? Reference;
        public int Holders;

        /// <summary>By which the object is in the index.</summary>
        public ulong Address;
    }
}
