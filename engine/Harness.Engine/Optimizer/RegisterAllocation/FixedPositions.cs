using System.Numerics;
using Harness.Engine.Optimizer.Lowering;

namespace Harness.Engine.Optimizer.RegisterAllocation;

/// <summary>
/// The positions at which instructions overwrite registers, as ascending lists: one for calls, which overwrite all, and one for each
/// register. They are asked about positions that only grow.
/// </summary>
internal sealed class FixedPositions(LifetimeBuilder builder)
{
    private const int Never = int.MaxValue;
    private const int Calls = Location.RegisterCount;

    private readonly Lifetimes _lifetimes = builder.Lifetimes;
    private readonly GrowList<int>[] _lists = MakeLists();
    private readonly int[] _cursors = new int[Location.RegisterCount + 1];

    /// <summary>The next call that a value lives across, as it was found last, by value; it holds until that position.</summary>
    private int[] _knownCalls = new int[512];

    /// <summary>Registers that single instructions overwrite.</summary>
    public uint Clobbered { get; private set; }

    /// <summary>Starts over for a function whose lifetimes have just been computed.</summary>
    public void Reset(int valueCount)
    {
        foreach (var list in _lists)
        {
            list.Clear();
        }

        Array.Clear(_cursors);
        Clobbered = 0;
        foreach (var position in builder.Calls.Span)
        {
            _lists[Calls].Add(position);
        }

        foreach (var (position, registers) in builder.Clobbers.Span)
        {
            Clobbered |= registers;
            for (var left = registers; left != 0; left &= left - 1)
            {
                _lists[BitOperations.TrailingZeroCount(left)].Add(position);
            }
        }

        if (_knownCalls.Length < valueCount)
        {
            _knownCalls = new int[valueCount * 2];
        }

        Array.Fill(_knownCalls, -1, 0, valueCount);
    }

    /// <summary>The first call that an interval lives across from its start on, which nothing was asked for behind; <see cref="Never"/> if none.</summary>
    public int NextCall(int interval)
    {
        if (_lifetimes[interval].Next != 0)
        {
            // The value lives on behind the interval.
            return FirstWithin(interval, Calls);
        }

        ref var known = ref _knownCalls[_lifetimes[interval].Value];
        if (known < _lifetimes[interval].Start)
        {
            known = FirstWithin(interval, Calls);
        }

        return known;
    }

    /// <summary>The first position at which a register is overwritten while an interval lives; <see cref="Never"/> if none.</summary>
    public int NextClobber(int interval, int register) => FirstWithin(interval, register);

    private int FirstWithin(int interval, int list)
    {
        var positions = _lists[list];
        ref var cursor = ref _cursors[list];
        cursor = FirstFrom(positions, cursor, _lifetimes[interval].Start);
        var index = cursor;
        for (var range = _lifetimes[interval].CurrentRange; range != 0 && index < positions.Count;)
        {
            ref var part = ref _lifetimes.Range(range);
            if (positions[index] >= part.End)
            {
                range = part.Next;
            }
            else if (positions[index] >= part.Start)
            {
                return positions[index];
            }
            else
            {
                index = FirstFrom(positions, index + 1, part.Start);
            }
        }

        return Never;
    }

    /// <summary>The first index at or behind one whose position is at or behind another, by a search that doubles its steps.</summary>
    private static int FirstFrom(GrowList<int> positions, int index, int position)
    {
        var step = 1;
        var high = index;
        while (high < positions.Count && positions[high] < position)
        {
            index = high + 1;
            high += step;
            step *= 2;
        }

        high = Math.Min(high, positions.Count);
        while (index < high)
        {
            var middle = (index + high) >>> 1;
            if (positions[middle] < position)
            {
                index = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return index;
    }

    private static GrowList<int>[] MakeLists()
    {
        var lists = new GrowList<int>[Location.RegisterCount + 1];
        for (var i = 0; i < lists.Length; i++)
        {
            lists[i] = new GrowList<int>();
        }

        return lists;
    }
}
