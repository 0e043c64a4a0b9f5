using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Passes.Numbering;

/// <summary>What makes two nodes equal: operator, inputs (-1 if there are fewer), immediates, and the version of the state read.</summary>
internal readonly record struct ValueKey(
    Opcode Op, int First, int Second, int Third, long Immediate, int Aux, int Version)
{
    /// <summary>Most inputs of a node that has a key.</summary>
    public const int MaxInputs = 3;

    /// <summary>Part by part: what the language would generate goes through a comparer for each, until the .NET runtime has optimized it.</summary>
    public bool Equals(ValueKey other) =>
        Op == other.Op && First == other.First && Second == other.Second && Third == other.Third
        && Immediate == other.Immediate && Aux == other.Aux && Version == other.Version;

    /// <inheritdoc/>
    public override int GetHashCode() => (int)Hash();

    /// <summary>A hash of all parts.</summary>
    public uint Hash()
    {
        var hash = ((ulong)Op << 48) ^ ((ulong)(uint)First << 24) ^ (uint)Second;
        hash = (hash ^ (ulong)Immediate ^ ((ulong)(uint)Third << 40)) * 0x9E3779B97F4A7C15;
        hash = (hash ^ (hash >> 32) ^ ((ulong)(uint)Version << 16) ^ (uint)Aux) * 0x9E3779B97F4A7C15;
        return (uint)(hash >> 32);
    }
}

/// <summary>
/// A hash table of values that forgets in the reverse order of learning, as a walk over the dominator tree asks for. A later
/// entry hides an earlier one with the same key. What searches go through is apart from the keys, so that of a large table it still lies in the caches.
/// </summary>
internal sealed class ValueTable
{
    private int[] _buckets = new int[256];
    private Link[] _links = new Link[256];
    private Entry[] _entries = new Entry[256];

    /// <summary>Number of entries.</summary>
    public int Count { get; private set; }

    /// <summary>The value with a key; if there is none, the given one is added and returned.</summary>
    public int FindOrAdd(in ValueKey key, int value)
    {
        var hash = key.Hash();
        var found = IndexOf(in key, hash);
        if (found >= 0)
        {
            return _entries[found].Value;
        }

        Insert(in key, hash, value);
        return value;
    }

    /// <summary>The value with a key; -1 if there is none.</summary>
    public int Find(in ValueKey key)
    {
        var found = IndexOf(in key, key.Hash());
        return found >= 0 ? _entries[found].Value : -1;
    }

    /// <summary>Adds an entry.</summary>
    public void Add(in ValueKey key, int value) => Insert(in key, key.Hash(), value);

    /// <summary>Removes the latest entries until so many are left.</summary>
    public void Shrink(int count)
    {
        while (Count > count)
        {
            var link = _links[--Count];
            _buckets[link.Hash & (uint)(_buckets.Length - 1)] = link.Next + 1;
        }
    }

    private int IndexOf(in ValueKey key, uint hash)
    {
        var index = _buckets[hash & (uint)(_buckets.Length - 1)] - 1;
        while (index >= 0)
        {
            var link = _links[index];
            if (link.Hash == hash && _entries[index].Key == key)
            {
                break;
            }

            index = link.Next;
        }

        return index;
    }

    private void Insert(in ValueKey key, uint hash, int value)
    {
        if (Count == _entries.Length)
        {
            Grow();
        }

        ref var bucket = ref _buckets[hash & (uint)(_buckets.Length - 1)];
        _links[Count] = new Link(hash, bucket - 1);
        _entries[Count] = new Entry(key, value);
        bucket = ++Count;
    }

    private void Grow()
    {
        Array.Resize(ref _entries, _entries.Length * 2);
        Array.Resize(ref _links, _entries.Length);
        _buckets = new int[_entries.Length];
        for (var i = 0; i < Count; i++)
        {
            ref var bucket = ref _buckets[_links[i].Hash & (uint)(_buckets.Length - 1)];
            _links[i] = _links[i] with { Next = bucket - 1 };
            bucket = i + 1;
        }
    }

    private readonly record struct Entry(ValueKey Key, int Value);

    /// <summary>How an entry is found.</summary>
    /// <param name="Hash">The hash of its key.</param>
    /// <param name="Next">The entry that is looked at next; -1 for none.</param>
    private readonly record struct Link(uint Hash, int Next);
}
