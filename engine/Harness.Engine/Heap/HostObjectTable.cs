using System.Runtime.InteropServices;

namespace Harness.Engine.Heap;

/// <summary>
/// The objects of the host that heap objects of type <see cref="BuiltinTypeId.HostObject"/>, their wrappers, stand for. An entry goes when
/// a collection finds that its wrapper died. An object has one wrapper at a time.
/// </summary>
internal sealed class HostObjectTable
{
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<object, int> _indices = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<int> _free = [];
    private readonly List<int> _young = [];

    /// <summary>How many objects of the host are held.</summary>
    public int Count => _indices.Count;

    /// <summary>The wrapper of an object, or 0 if it has none.</summary>
    public ulong WrapperOf(object value) => _indices.TryGetValue(value, out var index) ? _entries[index].Wrapper : 0;

    /// <summary>Adds an object that has no wrapper, and gives the index that the wrapper is to hold.</summary>
    public int Add(object value, ulong wrapper)
    {
        var entry = new Entry(value, wrapper);
        if (_free.TryPop(out var index))
        {
            _entries[index] = entry;
        }
        else
        {
            index = _entries.Count;
            _entries.Add(entry);
        }

        _indices.Add(value, index);
        _young.Add(index);
        return index;
    }

    /// <summary>The object that a wrapper with an index stands for.</summary>
    public object this[long index] => _entries[(int)index].Value!;

    /// <summary>Follows the wrappers that moved and removes the objects whose wrappers died, after all live objects were reached.</summary>
    public void Update(Collector collector, bool isFull)
    {
        var entries = CollectionsMarshal.AsSpan(_entries);
        if (isFull)
        {
            for (var i = 0; i < entries.Length; i++)
            {
                if (entries[i].Value is not null)
                {
                    Update(entries, i, collector);
                }
            }
        }
        else
        {
            var kept = 0;
            var young = CollectionsMarshal.AsSpan(_young);
            foreach (var index in young)
            {
                if (Update(entries, index, collector))
                {
                    young[kept++] = index;
                }
            }

            CollectionsMarshal.SetCount(_young, kept);
            return;
        }

        _young.Clear();
    }

    /// <summary>Returns whether the wrapper lives and is young.</summary>
    private bool Update(Span<Entry> entries, int index, Collector collector)
    {
        ref var entry = ref entries[index];
        var wrapper = collector.Relocate(entry.Wrapper);
        if (wrapper != 0)
        {
            entry = entry with { Wrapper = wrapper };
            return collector.IsYoung(wrapper);
        }

        _indices.Remove(entry.Value!);
        entry = default;
        _free.Push(index);
        return false;
    }

    private readonly record struct Entry(object? Value, ulong Wrapper);
}
