using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Passes;

/// <summary>What makes two nodes equal: operator, inputs (-1 if there are fewer), immediates, and the version of the state read.</summary>
internal readonly record struct ValueKey(
    Opcode Op, int First, int Second, int Third, long Immediate, int Aux, int Version)
{
    /// <summary>Part by part: what the language would generate goes through a comparer for each, until the .NET runtime has optimized it.</summary>
    public bool Equals(ValueKey other) =>
        Op == other.Op && First == other.First && Second == other.Second && Third == other.Third
        && Immediate == other.Immediate && Aux == other.Aux && Version == other.Version;

    /// <inheritdoc/>
    public override int GetHashCode() => (int)Hash();

    /// <summary>A hash of all parts.</summary>
    public uint Hash()
    {
        ulong hash = ((ulong)Op << 48) ^ ((ulong)(uint)First << 24) ^ (uint)Second;
        hash = (hash ^ (ulong)Immediate ^ ((ulong)(uint)Third << 40)) * 0x9E3779B97F4A7C15;
        hash = (hash ^ (hash >> 32) ^ ((ulong)(uint)Version << 16) ^ (uint)Aux) * 0x9E3779B97F4A7C15;
        return (uint)(hash >> 32);
    }
}

/// <summary>
/// A hash table of values that forgets in the reverse order of learning, as a walk over the dominator tree asks for. A later
/// entry hides an earlier one with the same key.
/// </summary>
internal sealed class ValueTable
{
    private int[] buckets = new int[256];
    private Entry[] entries = new Entry[256];

    /// <summary>Number of entries.</summary>
    public int Count { get; private set; }

    /// <summary>The value with a key; if there is none, the given one is added and returned.</summary>
    public int FindOrAdd(in ValueKey key, int value)
    {
        uint hash = key.Hash();
        for (int i = buckets[hash & (uint)(buckets.Length - 1)] - 1; i >= 0; i = entries[i].Next)
        {
            if (entries[i].Hash == hash && entries[i].Key == key)
            {
                return entries[i].Value;
            }
        }

        Insert(in key, hash, value);
        return value;
    }

    /// <summary>The value with a key; -1 if there is none.</summary>
    public int Find(in ValueKey key)
    {
        uint hash = key.Hash();
        for (int i = buckets[hash & (uint)(buckets.Length - 1)] - 1; i >= 0; i = entries[i].Next)
        {
            if (entries[i].Hash == hash && entries[i].Key == key)
            {
                return entries[i].Value;
            }
        }

        return -1;
    }

    /// <summary>Adds an entry.</summary>
    public void Add(in ValueKey key, int value) => Insert(in key, key.Hash(), value);

    /// <summary>Removes the latest entries until so many are left.</summary>
    public void Shrink(int count)
    {
        while (Count > count)
        {
            ref Entry entry = ref entries[--Count];
            buckets[entry.Hash & (uint)(buckets.Length - 1)] = entry.Next + 1;
        }
    }

    private void Insert(in ValueKey key, uint hash, int value)
    {
        if (Count == entries.Length)
        {
            Grow();
        }

        ref int bucket = ref buckets[hash & (uint)(buckets.Length - 1)];
        entries[Count] = new Entry { Key = key, Hash = hash, Value = value, Next = bucket - 1 };
        bucket = ++Count;
    }

    private void Grow()
    {
        Array.Resize(ref entries, entries.Length * 2);
        buckets = new int[entries.Length];
        for (int i = 0; i < Count; i++)
        {
            ref int bucket = ref buckets[entries[i].Hash & (uint)(buckets.Length - 1)];
            entries[i].Next = bucket - 1;
            bucket = i + 1;
        }
    }

    private struct Entry
    {
        public ValueKey Key;
        public uint Hash;
        public int Value;
        public int Next;
    }
}
