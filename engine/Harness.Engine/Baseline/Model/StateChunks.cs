using System.Runtime.InteropServices;

namespace Harness.Engine.Baseline.Model;

/// <summary>
/// Parts of states, in chunks of 64 values that never change once they are here. A state is a list of their numbers, so that states share what is
/// equal in them: what a branch costs depends on what has changed since the last one, and hardly on how many locals a function has.
/// </summary>
internal sealed class StateChunks
{
    /// <summary>Values of a chunk.</summary>
    public const int Size = 1 << SizeBits;

    /// <summary>The binary logarithm of <see cref="Size"/>.</summary>
    public const int SizeBits = 6;

    private StackValue[] _values = new StackValue[16 * Size];
    private Summary[] _summaries = new Summary[16];

    /// <summary>Number of chunks.</summary>
    public int Count { get; private set; }

    /// <summary>How many chunks a state of a height has.</summary>
    public static int CountFor(int height) => (height + Size - 1) >> SizeBits;

    /// <summary>The values of a chunk: as many as it was made of, and anything behind them.</summary>
    public ReadOnlySpan<StackValue> this[int chunk] => _values.AsSpan(chunk << SizeBits, Size);

    /// <summary>A value of a state.</summary>
    /// <param name="state">The numbers of its chunks.</param>
    /// <param name="index">The height of the value.</param>
    public ref readonly StackValue ValueOf(ReadOnlySpan<int> state, int index) =>
        ref _values[(state[index >> SizeBits] << SizeBits) | (index & (Size - 1))];

    /// <summary>What is known of a chunk.</summary>
    public ref readonly Summary SummaryOf(int chunk) => ref _summaries[chunk];

    /// <summary>Adds a chunk.</summary>
    /// <param name="values">Its values, at most <see cref="Size"/>.</param>
    /// <returns>Its number.</returns>
    public int Add(ReadOnlySpan<StackValue> values)
    {
        if (Count == _summaries.Length)
        {
            Array.Resize(ref _summaries, 2 * Count);
            Array.Resize(ref _values, Size * _summaries.Length);
        }

        values.CopyTo(_values.AsSpan(Count << SizeBits));
        _summaries[Count] = Summarize(values);
        return Count++;
    }

    /// <summary>Gives a chunk a lower number, or the one that it has, in place of whatever had that.</summary>
    public void Move(int from, int to)
    {
        if (from == to)
        {
            return;
        }

        this[from].CopyTo(_values.AsSpan(to << SizeBits));
        _summaries[to] = _summaries[from];
    }

    /// <summary>Removes the chunks from a number on.</summary>
    public void Truncate(int count) => Count = count;

    /// <summary>The first index, from one on, at which values differ in their bits; the length of the shorter list if there is none.</summary>
    public static int NextDifference(ReadOnlySpan<StackValue> one, ReadOnlySpan<StackValue> other, int start) =>
        start + MemoryMarshal.Cast<StackValue, ulong>(one[start..]).CommonPrefixLength(MemoryMarshal.Cast<StackValue, ulong>(other[start..]));

    private static Summary Summarize(ReadOnlySpan<StackValue> values)
    {
        uint registers = 0;
        var constants = 0;
        if (StackValue.AnyBeyondFrame(values))
        {
            foreach (ref readonly var value in values)
            {
                registers |= RegisterSet.Of(value);
                constants += value.IsConstant ? 1 : 0;
            }
        }

        return new Summary(values.Length, registers, constants);
    }

    /// <summary>What is known of a chunk without looking at its values.</summary>
    /// <param name="Length">How many values it was made of.</param>
    /// <param name="Registers">The registers that they are in.</param>
    /// <param name="Constants">How many are constants.</param>
    internal readonly record struct Summary(int Length, uint Registers, int Constants);
}
