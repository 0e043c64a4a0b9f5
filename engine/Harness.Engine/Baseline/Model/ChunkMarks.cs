using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Harness.Engine.Baseline.Model;

/// <summary>
/// What is known of each chunk of the stack without looking at its values: as what it was saved, if it is still the same, and what it may have.
/// Whatever changes a value sets the marks, and whoever has looked takes them off. Many chunks are searched at a time.
/// </summary>
internal sealed class ChunkMarks
{
    /// <summary>Chunks that there is room for at first.</summary>
    public const int InitialChunks = 4;

    /// <summary>The number of a chunk that is not saved.</summary>
    private const int Changed = -1;

    /// <summary>The references of a chunk are not known.</summary>
    private const byte Unmapped = 1;

    /// <summary>Nobody has looked at the constants of a chunk since it changed.</summary>
    private const byte NewConstants = 2;

    /// <summary>Nobody has described where the values of a chunk lie since it changed.</summary>
    private const byte Undescribed = 4;

    /// <summary>Nobody has looked at a chunk since it changed.</summary>
    private const byte Stale = Unmapped | NewConstants | Undescribed;

    /// <summary>All marks with <see cref="Unmapped"/>, and all with <see cref="NewConstants"/>.</summary>
    private static ReadOnlySpan<byte> WithUnmapped => [1, 3, 5, 7];

    private static ReadOnlySpan<byte> WithNewConstants => [2, 3, 6, 7];

    private int[] _numbers = new int[InitialChunks];
    private byte[] _stale = new byte[InitialChunks];
    private bool[] _registers = new bool[InitialChunks];
    private bool[] _constants = new bool[InitialChunks];

    /// <summary>Nothing is saved yet.</summary>
    public ChunkMarks() => Clear();

    /// <summary>By chunk, the frame slots that hold references, as bits.</summary>
    public ulong[] References { get; private set; } = new ulong[InitialChunks];

    /// <summary>Makes room for twice as many chunks.</summary>
    public void Grow()
    {
        var count = _numbers.Length;
        Array.Resize(ref _numbers, 2 * count);
        Array.Resize(ref _stale, 2 * count);
        Array.Resize(ref _registers, 2 * count);
        Array.Resize(ref _constants, 2 * count);
        var references = References;
        Array.Resize(ref references, 2 * count);
        References = references;
        Clear(count);
    }

    /// <summary>Begins with another function.</summary>
    public void Clear() => Clear(0);

    /// <summary>A value has changed.</summary>
    /// <param name="index">Its height.</param>
    /// <param name="place">Where it is now.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Change(int index, ValuePlace place)
    {
        var chunk = index >> StateChunks.SizeBits;
        _numbers[chunk] = Changed;
        _stale[chunk] = Stale;
        if (place == ValuePlace.Register)
        {
            _registers[chunk] = true;
        }
        else if (place == ValuePlace.Constant)
        {
            _constants[chunk] = true;
        }
    }

    /// <summary>The numbers under which the first chunks are saved.</summary>
    public Span<int> Numbers(int count) => _numbers.AsSpan(0, count);

    /// <summary>The first chunk, from one on, that is not saved; the count if there is none.</summary>
    public int NextChanged(int start, int count)
    {
        var next = _numbers.AsSpan(start, count - start).IndexOf(Changed);
        return next < 0 ? count : start + next;
    }

    /// <summary>The first chunk, from one on, that is not the one of a state; the length of the state if there is none.</summary>
    public int NextDifference(ReadOnlySpan<int> state, int start) => start + state[start..].CommonPrefixLength(_numbers.AsSpan(start));

    /// <summary>The first chunk, from one on, that may have values in registers; the count if there is none.</summary>
    public int NextWithRegisters(int start, int count) => Next(_registers, start, count);

    /// <summary>The last chunk before one that may have values in registers; -1 if there is none.</summary>
    public int LastWithRegisters(int end) => _registers.AsSpan(0, end).LastIndexOf(true);

    /// <summary>The first chunk, from one on, that may have constants; the count if there is none.</summary>
    public int NextWithConstants(int start, int count) => Next(_constants, start, count);

    /// <summary>A chunk has become a saved one.</summary>
    public void Restored(int chunk, int number, in StateChunks.Summary summary)
    {
        _numbers[chunk] = number;
        _stale[chunk] = Stale;
        _registers[chunk] = summary.Registers != 0;
        _constants[chunk] = summary.Constants != 0;
    }

    /// <summary>A chunk was saved, so that it is known exactly what it has.</summary>
    public void Saved(int chunk, in StateChunks.Summary summary)
    {
        _registers[chunk] = summary.Registers != 0;
        _constants[chunk] = summary.Constants != 0;
    }

    /// <summary>Chunks that were saved under certain numbers are saved no more.</summary>
    /// <param name="number">The first of the numbers.</param>
    /// <param name="count">How many chunks there are.</param>
    public void ForgetFrom(int number, int count)
    {
        var numbers = _numbers.AsSpan(0, count);
        var vectors = MemoryMarshal.Cast<int, Vector<int>>(numbers);
        foreach (ref var vector in vectors)
        {
            vector = Vector.ConditionalSelect(Vector.GreaterThanOrEqual(vector, new Vector<int>(number)), new Vector<int>(Changed), vector);
        }

        foreach (ref var left in numbers[(vectors.Length * Vector<int>.Count)..])
        {
            if (left >= number)
            {
                left = Changed;
            }
        }
    }

    /// <summary>How many of the first chunks are saved under a number or a later one.</summary>
    public int CountFrom(int number, int count)
    {
        var numbers = _numbers.AsSpan(0, count);
        var vectors = MemoryMarshal.Cast<int, Vector<int>>(numbers);
        var found = Vector<int>.Zero;
        foreach (ref var vector in vectors)
        {
            // What is true is -1 in each lane.
            found -= Vector.GreaterThanOrEqual(vector, new Vector<int>(number));
        }

        var total = Vector.Sum(found);
        foreach (var left in numbers[(vectors.Length * Vector<int>.Count)..])
        {
            total += left >= number ? 1 : 0;
        }

        return total;
    }

    /// <summary>Whether a chunk may have values in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MayHaveRegisters(int chunk) => _registers[chunk];

    /// <summary>A chunk was found to have no values in registers.</summary>
    public void HasNoRegisters(int chunk) => _registers[chunk] = false;

    /// <summary>The first chunk, from one on, whose references are not known; the count if there is none.</summary>
    public int NextUnmapped(int start, int count)
    {
        var next = _stale.AsSpan(start, count - start).IndexOfAny(WithUnmapped);
        return next < 0 ? count : start + next;
    }

    /// <summary>The references of a chunk are known.</summary>
    public void HasMapped(int chunk) => _stale[chunk] &= Stale ^ Unmapped;

    /// <summary>The first chunk, from one on, that may have constants at which nobody has looked; the count if there is none.</summary>
    public int NextWithNewConstants(int start, int count)
    {
        while (start < count)
        {
            var next = _stale.AsSpan(start, count - start).IndexOfAny(WithNewConstants);
            if (next < 0)
            {
                return count;
            }

            start += next;
            if (_constants[start])
            {
                return start;
            }

            HasSeenConstants(start++);
        }

        return count;
    }

    /// <summary>The constants of a chunk have been looked at.</summary>
    public void HasSeenConstants(int chunk) => _stale[chunk] &= Stale ^ NewConstants;

    /// <summary>Whether the values of a chunk were described and have not changed since.</summary>
    public bool IsDescribed(int chunk) => (_stale[chunk] & Undescribed) == 0;

    /// <summary>The values of a chunk are described.</summary>
    public void HasDescribed(int chunk) => _stale[chunk] &= Stale ^ Undescribed;

    /// <summary>Lets the constants of all chunks be looked at.</summary>
    public void LookAtConstants(int count)
    {
        foreach (ref var stale in _stale.AsSpan(0, count))
        {
            stale |= NewConstants;
        }
    }

    private void Clear(int start)
    {
        _numbers.AsSpan(start).Fill(Changed);
        _stale.AsSpan(start).Fill(Stale);
        _registers.AsSpan(start).Clear();
        _constants.AsSpan(start).Clear();
    }

    private static int Next(bool[] marks, int start, int count)
    {
        var next = marks.AsSpan(start, count - start).IndexOf(true);
        return next < 0 ? count : start + next;
    }
}
