using System.Numerics;
using Harness.Engine.Optimizer.Lowering;

namespace Harness.Engine.Optimizer.RegisterAllocation;

/// <summary>
/// The intervals that have a register, but are in a hole of their lifetimes: by register, in the order in which they come back. Whoever asks when
/// a register is needed again looks at the first of them only.
/// </summary>
internal sealed class InactiveIntervals(Lifetimes lifetimes)
{
    private const int Never = int.MaxValue;

    private readonly GrowList<int>[] _byRegister = MakeLists();
    private uint _registers;

    /// <summary>The first position at which one of them comes back.</summary>
    public int NextReturn { get; private set; } = Never;

    /// <summary>Forgets all of them.</summary>
    public void Clear()
    {
        for (; _registers != 0; _registers &= _registers - 1)
        {
            _byRegister[BitOperations.TrailingZeroCount(_registers)].Clear();
        }

        NextReturn = Never;
    }

    /// <summary>Those that have a register, the one that comes back first being the last.</summary>
    public ReadOnlySpan<int> Of(int register) => _byRegister[register].Span;

    /// <summary>The position at which one of them comes back.</summary>
    public int ReturnOf(int interval) => lifetimes.Range(lifetimes[interval].CurrentRange).Start;

    /// <summary>Adds one.</summary>
    public void Add(int interval)
    {
        var register = lifetimes[interval].Location.Code;
        var position = ReturnOf(interval);
        var list = _byRegister[register];
        var low = 0;
        var high = list.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (ReturnOf(list[middle]) > position)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        list.Add(interval);
        list.Span[low..^1].CopyTo(list.Span[(low + 1)..]);
        list[low] = interval;
        _registers |= 1u << register;
        NextReturn = Math.Min(NextReturn, position);
    }

    /// <summary>Takes out one that comes back at or before a position; says whether there was one.</summary>
    public bool TryTake(int position, out int interval)
    {
        NextReturn = Never;
        for (var left = _registers; left != 0; left &= left - 1)
        {
            var register = BitOperations.TrailingZeroCount(left);
            var list = _byRegister[register];
            interval = list[list.Count - 1];
            var first = ReturnOf(interval);
            if (first <= position)
            {
                RemoveAt(register, list.Count - 1);
                return true;
            }

            NextReturn = Math.Min(NextReturn, first);
        }

        interval = 0;
        return false;
    }

    /// <summary>Takes one out by its place in <see cref="Of"/>.</summary>
    public void RemoveAt(int register, int index)
    {
        var list = _byRegister[register];
        list.Span[(index + 1)..].CopyTo(list.Span[index..]);
        list.Truncate(list.Count - 1);
        if (list.Count == 0)
        {
            _registers &= ~(1u << register);
        }
    }

    private static GrowList<int>[] MakeLists()
    {
        var lists = new GrowList<int>[Location.RegisterCount];
        for (var i = 0; i < lists.Length; i++)
        {
            lists[i] = new GrowList<int>();
        }

        return lists;
    }
}
