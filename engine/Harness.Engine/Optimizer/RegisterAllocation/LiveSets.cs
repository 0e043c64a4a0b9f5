using System.Runtime.CompilerServices;
using Harness.Engine.Optimizer.Lowering;

namespace Harness.Engine.Optimizer.RegisterAllocation;

/// <summary>
/// Sets of values, one for each block, that grow in turn. A set is a chain of pieces that lie next to each other in memory for a few values each: a value that
/// is added to many sets touches one place in each, and whoever goes through a set touches few. A set is known by the index of the value that was added last,
/// 0 if there is none.
/// </summary>
internal sealed class LiveSets
{
    /// <summary>Numbers in a piece, of which the first is the index that comes before: a power of two.</summary>
    private const int PieceSize = 8;

    /// <summary>The pieces; the first is none.</summary>
    private readonly GrowList<int> _numbers = new();

    /// <summary>How far the pieces reach, for <see cref="Truncate"/>.</summary>
    public int Count => _numbers.Count;

    /// <summary>The value at an index.</summary>
    public int this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _numbers[index];
    }

    /// <summary>Forgets all sets.</summary>
    public void Clear()
    {
        _numbers.Clear();
        _numbers.AddMany(0, PieceSize);
    }

    /// <summary>The index of the value that was added before the one at an index; 0 if there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Next(int index) => (index & (PieceSize - 1)) == 1 ? _numbers[index - 1] : index - 1;

    /// <summary>Adds a value to a set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ref int set, int value)
    {
        if ((set & (PieceSize - 1)) is 0 or PieceSize - 1)
        {
            var piece = _numbers.AddMany(0, PieceSize);
            _numbers[piece] = set;
            set = piece;
        }

        _numbers[++set] = value;
    }

    /// <summary>Takes the value out of a set that was added last.</summary>
    public void RemoveLast(ref int set) => set = Next(set);

    /// <summary>Forgets the pieces from an index on, of which no set has a value.</summary>
    public void Truncate(int count) => _numbers.Truncate(count);
}
