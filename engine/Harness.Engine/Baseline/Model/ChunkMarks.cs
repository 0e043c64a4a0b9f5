using System.Runtime.CompilerServices;

namespace Harness.Engine.Baseline.Model;

/// <summary>
/// What is known of each chunk of the stack without looking at its values: whether it is still what was saved, and what it may have. Marks are set
/// by whatever changes a value, and taken off by whoever has looked.
/// </summary>
internal sealed class ChunkMarks
{
    /// <summary>Chunks that there is room for at first.</summary>
    public const int InitialChunks = 4;

    /// <summary>It differs from the saved chunk, or there is none.</summary>
    private const byte Changed = 1;

    /// <summary>Its references are not known.</summary>
    private const byte Unmapped = 2;

    /// <summary>Nobody has looked at its constants since it changed.</summary>
    private const byte NewConstants = 4;

    /// <summary>It may have values in registers: the place of a value, shifted by <see cref="PlaceShift"/>.</summary>
    private const byte Registers = (int)ValuePlace.Register << PlaceShift;

    /// <summary>It may have constants.</summary>
    private const byte Constants = (int)ValuePlace.Constant << PlaceShift;

    private const int PlaceShift = 3;
    private const byte AllNew = Changed | Unmapped | NewConstants;

    private byte[] _marks = new byte[InitialChunks];
    private int[] _numbers = new int[InitialChunks];

    /// <summary>By chunk, the frame slots that hold references, as bits.</summary>
    public ulong[] References { get; private set; } = new ulong[InitialChunks];

    /// <summary>Nothing is saved yet.</summary>
    public ChunkMarks() => Clear();

    /// <summary>Makes room for twice as many chunks.</summary>
    public void Grow()
    {
        int count = _marks.Length;
        Array.Resize(ref _marks, 2 * count);
        Array.Fill(_marks, AllNew, count, count);
        Array.Resize(ref _numbers, _marks.Length);
        ulong[] references = References;
        Array.Resize(ref references, _marks.Length);
        References = references;
    }

    /// <summary>Begins with another function.</summary>
    public void Clear() => Array.Fill(_marks, AllNew);

    /// <summary>A value has changed.</summary>
    /// <param name="index">Its height.</param>
    /// <param name="place">Where it is now.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Change(int index, ValuePlace place) =>
        _marks[index >> StateChunks.SizeBits] |= (byte)(AllNew | ((int)place << PlaceShift));

    /// <summary>Whether a chunk differs from what was saved.</summary>
    public bool IsChanged(int chunk) => (_marks[chunk] & Changed) != 0;

    /// <summary>Whether a chunk is a saved one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsSame(int chunk, int number) => _numbers[chunk] == number && (_marks[chunk] & Changed) == 0;

    /// <summary>A chunk has been saved.</summary>
    public void Saved(int chunk, int number)
    {
        _numbers[chunk] = number;
        _marks[chunk] &= Changed ^ byte.MaxValue;
    }

    /// <summary>A chunk has become a saved one.</summary>
    public void Restored(int chunk, int number, in StateChunks.Summary summary)
    {
        byte unmapped = IsSame(chunk, number) ? (byte)(_marks[chunk] & Unmapped) : Unmapped;
        _numbers[chunk] = number;
        _marks[chunk] = (byte)(unmapped | NewConstants | (summary.Registers != 0 ? Registers : 0) | (summary.Constants != 0 ? Constants : 0));
    }

    /// <summary>The numbers of the first chunks.</summary>
    public ReadOnlySpan<int> Numbers(int count) => _numbers.AsSpan(0, count);

    /// <summary>Chunks that were saved under certain numbers are saved no more.</summary>
    /// <param name="number">The first of the numbers.</param>
    /// <param name="count">How many chunks there are.</param>
    public void ForgetFrom(int number, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (_numbers[i] >= number) _marks[i] |= Changed;
        }
    }

    /// <summary>Whether a chunk may have values in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MayHaveRegisters(int chunk) => (_marks[chunk] & Registers) != 0;

    /// <summary>A chunk was found to have no values in registers.</summary>
    public void HasNoRegisters(int chunk) => _marks[chunk] &= Registers ^ byte.MaxValue;

    /// <summary>Whether the references of a chunk are to be found, which they are then.</summary>
    public bool TakeReferences(int chunk)
    {
        bool isUnmapped = (_marks[chunk] & Unmapped) != 0;
        _marks[chunk] &= Unmapped ^ byte.MaxValue;
        return isUnmapped;
    }

    /// <summary>Whether a chunk may have constants that nobody has looked at.</summary>
    public bool MayHaveNewConstants(int chunk) => (_marks[chunk] & (NewConstants | Constants)) == (NewConstants | Constants);

    /// <summary>The constants of a chunk have been looked at.</summary>
    public void HasSeenConstants(int chunk) => _marks[chunk] &= NewConstants ^ byte.MaxValue;

    /// <summary>Lets the constants of all chunks be looked at.</summary>
    public void LookAtConstants(int count)
    {
        foreach (ref byte marks in _marks.AsSpan(0, count))
        {
            marks |= NewConstants;
        }
    }
}
