namespace Harness.Engine.Modules;

/// <summary>
/// Something for each type of the process, by canonical id. Reading takes no lock; whoever writes holds one. As no id is given twice, a block of ids
/// whose types are all gone takes no memory any more.
/// </summary>
/// <typeparam name="T">What there is for a type.</typeparam>
internal sealed class TypeTable<T>
    where T : class
{
    private const int BlockBits = 8;
    private const int BlockSize = 1 << BlockBits;

    private volatile Block?[] _blocks = new Block?[4];

    /// <summary>What there is for a type; null if there is nothing, or the type is gone.</summary>
    public T? this[int id]
    {
        get
        {
            var blocks = _blocks;
            var number = id >> BlockBits;
            return (uint)number < (uint)blocks.Length && Volatile.Read(ref blocks[number]) is { } block
                ? Volatile.Read(ref block.Values[id & (BlockSize - 1)])
                : null;
        }
    }

    /// <summary>Sets what there is for a type that is not gone.</summary>
    public void Set(int id, T value) => Volatile.Write(ref BlockOf(id).Values[id & (BlockSize - 1)], value);

    /// <summary>A type is gone, and its id will not come again.</summary>
    public void Remove(int id)
    {
        var block = BlockOf(id);
        Volatile.Write(ref block.Values[id & (BlockSize - 1)], null);
        if (++block.Removed == BlockSize)
        {
            Volatile.Write(ref _blocks[id >> BlockBits], null);
        }
    }

    private Block BlockOf(int id)
    {
        var number = id >> BlockBits;
        if (number >= _blocks.Length)
        {
            var larger = new Block?[Math.Max(2 * _blocks.Length, number + 1)];
            _blocks.CopyTo(larger, 0);
            _blocks = larger;
        }

        if (_blocks[number] is { } known)
        {
            return known;
        }

        var made = new Block();
        Volatile.Write(ref _blocks[number], made);
        return made;
    }

    private sealed class Block
    {
        public readonly T?[] Values = new T?[BlockSize];
        public int Removed;
    }
}
