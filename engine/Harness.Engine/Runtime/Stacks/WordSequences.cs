using System.Numerics;

namespace Harness.Engine.Runtime.Stacks;

/// <summary>Sequences of 64-bit words by number; equal ones are there once. Buffers of usual sizes are kept when it is cleared.</summary>
internal sealed class WordSequences
{
    private const int None = -1;

    /// <summary>Entries that there is room for at first, half as many as there are places for their hashes.</summary>
    private const int Smallest = 32;

    private int[] _first = new int[2 * Smallest];
    private Entry[] _entries = new Entry[Smallest];
    private ulong[] _words = new ulong[64];
    private int _wordCount;

    /// <summary>No sequences.</summary>
    public WordSequences() => Array.Fill(_first, None);

    /// <summary>Number of sequences.</summary>
    public int Count { get; private set; }

    /// <summary>A sequence. Not to be kept across additions.</summary>
    public ReadOnlySpan<ulong> this[int number] => _words.AsSpan(_entries[number].Start, _entries[number].Length);

    /// <summary>Forgets all sequences.</summary>
    public void Clear()
    {
        if (Count == 0)
        {
            return;
        }

        if (_entries.Length > 32 * Smallest)
        {
            // What comes next is hardly as large.
            _entries = new Entry[Smallest];
            _first = new int[2 * Smallest];
        }

        Array.Fill(_first, None);
        Count = 0;
        _wordCount = 0;
    }

    /// <summary>The number of a sequence, which is added if it is not there.</summary>
    public int Add(ReadOnlySpan<ulong> words)
    {
        var hash = (ulong)words.Length;
        foreach (var word in words)
        {
            hash = (BitOperations.RotateLeft(hash, 5) ^ word) * 0x9E3779B97F4A7C15;
        }

        hash ^= hash >> 32;
        for (var i = _first[hash & (ulong)(_first.Length - 1)]; i != None; i = _entries[i].Next)
        {
            if (_entries[i].Hash == hash && words.SequenceEqual(this[i]))
            {
                return i;
            }
        }

        if (Count == _entries.Length)
        {
            Grow();
        }

        if (_wordCount + words.Length > _words.Length)
        {
            Array.Resize(ref _words, Math.Max(_wordCount + words.Length, 2 * _words.Length));
        }

        words.CopyTo(_words.AsSpan(_wordCount));
        ref var first = ref _first[hash & (ulong)(_first.Length - 1)];
        _entries[Count] = new Entry { Start = _wordCount, Length = words.Length, Hash = hash, Next = first };
        _wordCount += words.Length;
        return first = Count++;
    }

    private void Grow()
    {
        Array.Resize(ref _entries, 2 * Count);
        _first = new int[2 * _entries.Length];
        Array.Fill(_first, None);
        for (var i = 0; i < Count; i++)
        {
            ref var first = ref _first[_entries[i].Hash & (ulong)(_first.Length - 1)];
            _entries[i].Next = first;
            first = i;
        }
    }

    private struct Entry
    {
        public ulong Hash;
        public int Start;
        public int Length;
        public int Next;
    }
}
