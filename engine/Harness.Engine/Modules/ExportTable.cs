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

    /// <summary>Bits of a slot that say which export it is; the others are the lowest of its name's hash.</summary>
    private const int IndexBits = 20;
    private const uint IndexMask = (1u << IndexBits) - 1;

    /// <summary>Bits of a hash by which exports are taken together, so that what a part of them goes to lies in the caches.</summary>
    private const int PartBits = 8;

    /// <summary>Tables of fewer exports lie in the caches as a whole.</summary>
    private const int LeastInParts = 1 << 12;

    private readonly ModuleReader _module;

    /// <summary>By export, where it begins in the module's bytes.</summary>
    private readonly int[] _offsets;

    /// <summary>
    /// From the place on that the highest bits of a hash name, up to the first that is free (0), the exports with that hash among others, each in one word: its number counted from 1, and
    /// beside it bits of the hash, so that hardly any name is looked at but the right one. At most half of the slots are taken.
    /// </summary>
    private uint[] _slots = new uint[2];
    private int _slotShift = 31;
    private int _count;
    private Export[]? _all;

    /// <summary>Hashes of the names, until all exports are there.</summary>
    private uint[] _hashes;

    /// <summary>Makes room for exports.</summary>
    /// <param name="module">Reads the module, whose bytes outlive the table.</param>
    /// <param name="count">How many there are to be, at most <see cref="ImplementationLimits.Exports"/>.</param>
    public ExportTable(ModuleReader module, int count)
    {
        _module = module;
        _offsets = new int[count];
        _hashes = count == 0 ? [] : ArrayPool<uint>.Shared.Rent(count);
    }

    /// <summary>All of them, in the order of the binary. They are listed at first use.</summary>
    public ImmutableArray<Export> All => ImmutableCollectionsMarshal.AsImmutableArray(_all ??= List());

    /// <summary>Adds an export that is well-formed.</summary>
    /// <param name="offset">Where it begins in the module's bytes.</param>
    /// <param name="name">Its name.</param>
    public void Add(int offset, ReadOnlySpan<byte> name)
    {
        _offsets[_count] = offset;
        _hashes[_count++] = HashOf(name);
    }

    /// <summary>Ends the table, from where on exports can be found.</summary>
    /// <returns>Where the first export begins that has the name of one before; -1 if there is none.</returns>
    public int Seal()
    {
        if (_hashes.Length == 0)
        {
            return -1;
        }

        _slots = new uint[BitOperations.RoundUpToPowerOf2(2 * (uint)Math.Max(_count, 1))];
        _slotShift = 32 - BitOperations.Log2((uint)_slots.Length);
        var first = _count < LeastInParts ? InsertAll() : InsertInParts();
        ArrayPool<uint>.Shared.Return(_hashes);
        _hashes = [];
        return first == int.MaxValue ? -1 : _offsets[first];
    }

    /// <summary>The name of the export that begins at a place.</summary>
    /// <param name="offset">Where it begins in the module's bytes.</param>
    public string NameAt(int offset) => _module.Slice(offset, _module.End).ReadName();

    /// <summary>The export with a name, or null.</summary>
    public Export? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var most = Encoding.UTF8.GetMaxByteCount(name.Length);
        byte[]? rented = null;
        var bytes = most <= MostOnStack ? stackalloc byte[MostOnStack] : (rented = ArrayPool<byte>.Shared.Rent(most));
        var found = IndexOf(bytes[..Encoding.UTF8.GetBytes(name, bytes)], (uint)string.GetHashCode(name.AsSpan()));
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return found < 0 ? null : _all is { } all ? all[found] : Read(found);
    }

    /// <summary>The items of a kind that are exported, by their indices among the module's items of that kind. All exports are read for it.</summary>
    public HashSet<int> ItemsOf(ExternalKind kind)
    {
        var items = new HashSet<int>();
        for (var i = 0; i < _count; i++)
        {
            var reader = ReaderAt(i);
            reader.ReadNameBytes();
            if ((ExternalKind)reader.ReadByte() == kind)
            {
                items.Add((int)reader.ReadVarU32());
            }
        }

        return items;
    }

    /// <summary>The hash of the text, which nobody can foresee, so that no module is made of names that all have the same.</summary>
    private static uint HashOf(ReadOnlySpan<byte> name)
    {
        char[]? rented = null;
        var text = name.Length <= MostOnStack ? stackalloc char[MostOnStack] : (rented = ArrayPool<char>.Shared.Rent(name.Length));
        var hash = (uint)string.GetHashCode(text[..Encoding.UTF8.GetChars(name, text)]);
        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }

        return hash;
    }

    private int IndexOf(ReadOnlySpan<byte> name, uint hash)
    {
        for (var place = hash >> _slotShift; _slots[place] != 0; place = Behind(place))
        {
            if (IsLike(_slots[place], hash) && NameOf(_slots[place]).SequenceEqual(name))
            {
                return NumberOf(_slots[place]);
            }
        }

        return -1;
    }

    /// <summary>Makes all exports be found, in their order.</summary>
    /// <returns>The first one that has the name of one before; <see cref="int.MaxValue"/> if there is none.</returns>
    private int InsertAll()
    {
        var first = int.MaxValue;
        for (var i = 0; i < _count; i++)
        {
            first = Math.Min(first, Insert(i, _hashes[i]));
        }

        return first;
    }

    /// <summary>
    /// The same for very many: those that go to one part of the table are inserted together, since each would otherwise have to wait for another piece of memory.
    /// </summary>
    private int InsertInParts()
    {
        Span<int> starts = stackalloc int[(1 << PartBits) + 1];
        starts.Clear();
        foreach (var hash in _hashes.AsSpan(0, _count))
        {
            starts[(int)(hash >> (32 - PartBits)) + 1]++;
        }

        for (var i = 1; i < starts.Length; i++)
        {
            starts[i] += starts[i - 1];
        }

        var sorted = ArrayPool<(uint Hash, int Index)>.Shared.Rent(_count);
        for (var i = 0; i < _count; i++)
        {
            sorted[starts[(int)(_hashes[i] >> (32 - PartBits))]++] = (_hashes[i], i);
        }

        var first = int.MaxValue;
        foreach (var (hash, index) in sorted.AsSpan(0, _count))
        {
            first = Math.Min(first, Insert(index, hash));
        }

        ArrayPool<(uint Hash, int Index)>.Shared.Return(sorted);
        return first;
    }

    /// <summary>Makes an export be found, unless one before has its name.</summary>
    /// <returns>The export if so; otherwise <see cref="int.MaxValue"/>.</returns>
    private int Insert(int index, uint hash)
    {
        var place = hash >> _slotShift;
        for (; _slots[place] != 0; place = Behind(place))
        {
            if (IsLike(_slots[place], hash) && NameOf(_slots[place]).SequenceEqual(ReaderAt(index).ReadNameBytes()))
            {
                return index;
            }
        }

        _slots[place] = (hash << IndexBits) | (uint)(index + 1);
        return int.MaxValue;
    }

    private uint Behind(uint place) => (place + 1) & (uint)(_slots.Length - 1);

    private static bool IsLike(uint slot, uint hash) => ((slot ^ (hash << IndexBits)) & ~IndexMask) == 0;

    private static int NumberOf(uint slot) => (int)(slot & IndexMask) - 1;

    private ReadOnlySpan<byte> NameOf(uint slot) => ReaderAt(NumberOf(slot)).ReadNameBytes();

    private Export[] List()
    {
        var exports = new Export[_count];
        for (var i = 0; i < exports.Length; i++)
        {
            exports[i] = Read(i);
        }

        return exports;
    }

    private Export Read(int index)
    {
        var reader = ReaderAt(index);
        return new Export(reader.ReadName(), (ExternalKind)reader.ReadByte(), (int)reader.ReadVarU32());
    }

    private ModuleReader ReaderAt(int index) => _module.Slice(_offsets[index], _module.End);
}
