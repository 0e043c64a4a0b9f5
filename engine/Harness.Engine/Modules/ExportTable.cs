using System.Buffers;
using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using Harness.Engine.Modules.Decoding;

namespace Harness.Engine.Modules;

/// <summary>
/// The exports of a module, which stay bytes until somebody asks for them: a text and an object for each would live as long as the module, though few of many are ever wanted. They are found by
/// name in a hash table of where they begin.
/// </summary>
internal sealed class ExportTable
{
    /// <summary>Longer names, in bytes, are worked on in memory from the heap.</summary>
    private const int MostOnStack = 128;

    private readonly ModuleReader _module;
    private readonly Entry[] _entries;

    /// <summary>By the lowest bits of a hash, the entry that was added last, counted from 1; 0 for none.</summary>
    private readonly int[] _buckets;
    private int _count;
    private Export[]? _all;

    /// <summary>Makes room for exports.</summary>
    /// <param name="module">Reads the module, whose bytes outlive the table.</param>
    /// <param name="count">How many there are to be.</param>
    public ExportTable(ModuleReader module, int count)
    {
        _module = module;
        _entries = new Entry[count];
        _buckets = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Max(count, 1))];
    }

    /// <summary>All of them, in the order of the binary. They are listed at first use.</summary>
    public ImmutableArray<Export> All => ImmutableCollectionsMarshal.AsImmutableArray(_all ??= List());

    /// <summary>Adds an export that is well-formed.</summary>
    /// <param name="offset">Where it begins in the module's bytes.</param>
    /// <param name="name">Its name.</param>
    /// <returns>False if there is one of this name.</returns>
    public bool TryAdd(int offset, ReadOnlySpan<byte> name)
    {
        var hash = HashOf(name);
        if (IndexOf(name, hash) >= 0) return false;
        ref var bucket = ref _buckets[hash & (uint)(_buckets.Length - 1)];
        _entries[_count] = new Entry(offset, hash, bucket - 1);
        bucket = ++_count;
        return true;
    }

    /// <summary>The export with a name, or null.</summary>
    public Export? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var most = Encoding.UTF8.GetMaxByteCount(name.Length);
        byte[]? rented = null;
        Span<byte> bytes = most <= MostOnStack ? stackalloc byte[MostOnStack] : (rented = ArrayPool<byte>.Shared.Rent(most));
        var found = IndexOf(bytes[..Encoding.UTF8.GetBytes(name, bytes)], (uint)string.GetHashCode(name.AsSpan()));
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return found < 0 ? null : _all is { } all ? all[found] : Read(found);
    }

    /// <summary>Whether an item is exported.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="item">Its index among the module's items of that kind.</param>
    public bool Contains(ExternalKind kind, int item)
    {
        for (var i = 0; i < _count; i++)
        {
            var reader = ReaderAt(i);
            reader.ReadNameBytes();
            if ((ExternalKind)reader.ReadByte() == kind && (int)reader.ReadVarU32() == item) return true;
        }

        return false;
    }

    /// <summary>The hash of the text, which nobody can foresee, so that no module is made of names that all have the same.</summary>
    private static uint HashOf(ReadOnlySpan<byte> name)
    {
        char[]? rented = null;
        Span<char> text = name.Length <= MostOnStack ? stackalloc char[MostOnStack] : (rented = ArrayPool<char>.Shared.Rent(name.Length));
        var hash = (uint)string.GetHashCode(text[..Encoding.UTF8.GetChars(name, text)]);
        if (rented is not null) ArrayPool<char>.Shared.Return(rented);
        return hash;
    }

    private int IndexOf(ReadOnlySpan<byte> name, uint hash)
    {
        var index = _buckets[hash & (uint)(_buckets.Length - 1)] - 1;
        while (index >= 0 && (_entries[index].Hash != hash || !ReaderAt(index).ReadNameBytes().SequenceEqual(name))) index = _entries[index].Next;
        return index;
    }

    private Export[] List()
    {
        var exports = new Export[_count];
        for (var i = 0; i < exports.Length; i++) exports[i] = Read(i);
        return exports;
    }

    private Export Read(int index)
    {
        var reader = ReaderAt(index);
        return new Export(reader.ReadName(), (ExternalKind)reader.ReadByte(), (int)reader.ReadVarU32());
    }

    private ModuleReader ReaderAt(int index) => _module.Slice(_entries[index].Offset, _module.End);

    /// <summary>Where an export is, and how it is found.</summary>
    /// <param name="Offset">Where it begins in the module's bytes.</param>
    /// <param name="Hash">The hash of its name.</param>
    /// <param name="Next">The entry that is looked at next; -1 for none.</param>
    private readonly record struct Entry(int Offset, uint Hash, int Next);
}
