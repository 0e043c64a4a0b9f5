using System.Runtime.CompilerServices;
using Harness.Engine.Optimizer.Lowering;

namespace Harness.Engine.Optimizer.RegisterAllocation;

/// <summary>
/// The intervals of a function's virtual registers. Those of whole values have the number of their value; those from splits come
/// after. Buffers are kept from function to function.
/// </summary>
internal sealed class Lifetimes
{
    private readonly GrowList<Interval> _intervals = new();
    private readonly GrowList<LiveRange> _ranges = new();
    private readonly GrowList<UsePosition> _uses = new();

    /// <summary>Number of intervals; the first is none.</summary>
    public int Count => _intervals.Count;

    /// <summary>Starts over with an empty interval for each value.</summary>
    public void Reset(int valueCount)
    {
        _intervals.Clear();
        _ranges.Clear();
        _uses.Clear();
        _ranges.Add(default);
        _uses.Add(default);
        _intervals.AddMany(new Interval { Location = Location.None }, valueCount);
    }

    /// <summary>An interval.</summary>
    public ref Interval this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _intervals[index];
    }

    /// <summary>A part of a lifetime.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref LiveRange Range(int index) => ref _ranges[index];

    /// <summary>A use.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref UsePosition Use(int index) => ref _uses[index];

    /// <summary>Adds a part in front of all others of a value, or extends the first one.</summary>
    public void AddRange(int value, int start, int end)
    {
        ref var interval = ref _intervals[value];
        if (interval.FirstRange != 0)
        {
            ref var first = ref _ranges[interval.FirstRange];
            if (first.Start <= end)
            {
                first.Start = Math.Min(first.Start, start);
                first.End = Math.Max(first.End, end);
                interval.Start = first.Start;
                interval.End = Math.Max(interval.End, end);
                return;
            }
        }
        else
        {
            interval.End = end;
        }

        interval.Value = value;
        interval.Start = start;
        interval.FirstRange = _ranges.Add(new LiveRange(start, end, interval.FirstRange));
        interval.CurrentRange = interval.FirstRange;
    }

    /// <summary>Lets a value's lifetime begin where it is defined; says whether it is used at all.</summary>
    public bool TryDefine(int value, int position)
    {
        ref var interval = ref _intervals[value];
        if (interval.FirstRange == 0)
        {
            return false;
        }

        _ranges[interval.FirstRange].Start = position;
        interval.Start = position;
        return true;
    }

    /// <summary>Adds a use in front of all others of a value.</summary>
    public void AddUse(int value, int position, UseKind kind)
    {
        ref var interval = ref _intervals[value];
        interval.FirstUse = _uses.Add(new UsePosition(position, kind, interval.FirstUse));
        interval.CurrentUse = interval.FirstUse;
    }

    /// <summary>Cuts an interval in two.</summary>
    /// <param name="index">The interval; it ends before <paramref name="position"/> afterwards.</param>
    /// <param name="position">Where: behind its start and before its end.</param>
    /// <returns>The part behind.</returns>
    public int Split(int index, int position)
    {
        var child = _intervals.Add(default);
        ref var parent = ref _intervals[index];
        var last = 0;
        var range = parent.FirstRange;
        while (_ranges[range].End <= position)
        {
            last = range;
            range = _ranges[range].Next;
        }

        if (_ranges[range].Start < position)
        {
            var whole = _ranges[range];
            var rest = _ranges.Add(new LiveRange(position, whole.End, whole.Next));
            _ranges[range] = new LiveRange(whole.Start, position, 0);
            last = range;
            range = rest;
        }
        else
        {
            _ranges[last].Next = 0;
        }

        var lastUse = 0;
        var use = parent.FirstUse;
        while (use != 0 && _uses[use].Position < position)
        {
            lastUse = use;
            use = _uses[use].Next;
        }

        if (lastUse == 0)
        {
            parent.FirstUse = 0;
        }
        else
        {
            _uses[lastUse].Next = 0;
        }

        _intervals[child] = new Interval
        {
            Value = parent.Value,
            FirstRange = range,
            CurrentRange = range,
            FirstUse = use,
            CurrentUse = use,
            Start = _ranges[range].Start,
            End = parent.End,
            Location = Location.None,
            Next = parent.Next,
            IsChild = true,
        };
        parent.Next = child;
        parent.End = _ranges[last].End;
        parent.CurrentUse = parent.CurrentUse != 0 && _uses[parent.CurrentUse].Position < position ? parent.CurrentUse : 0;
        return child;
    }

    /// <summary>Whether an interval covers a position not before those it was asked for earlier.</summary>
    public bool CoversAdvancing(int index, int position)
    {
        ref var interval = ref _intervals[index];
        while (interval.CurrentRange != 0 && _ranges[interval.CurrentRange].End <= position)
        {
            interval.CurrentRange = _ranges[interval.CurrentRange].Next;
        }

        return interval.CurrentRange != 0 && _ranges[interval.CurrentRange].Start <= position;
    }

    /// <summary>The first position that two intervals both cover; <see cref="int.MaxValue"/> if none.</summary>
    public int FirstIntersection(int one, int other)
    {
        var a = _intervals[one].CurrentRange;
        var b = _intervals[other].CurrentRange;
        while (a != 0 && b != 0)
        {
            ref var first = ref _ranges[a];
            ref var second = ref _ranges[b];
            if (first.End <= second.Start)
            {
                a = first.Next;
            }
            else if (second.End <= first.Start)
            {
                b = second.Next;
            }
            else
            {
                return Math.Max(first.Start, second.Start);
            }
        }

        return int.MaxValue;
    }

    /// <summary>The first use at or behind a position; <see cref="int.MaxValue"/> if none.</summary>
    public int NextUse(int index, int position)
    {
        for (var use = _intervals[index].FirstUse; use != 0; use = _uses[use].Next)
        {
            if (_uses[use].Position >= position)
            {
                return _uses[use].Position;
            }
        }

        return int.MaxValue;
    }

    /// <summary>
    /// The first use at or behind a position not before those that the interval was asked for earlier; <see cref="int.MaxValue"/> if none.
    /// </summary>
    public int NextUseAdvancing(int index, int position)
    {
        ref var interval = ref _intervals[index];
        while (interval.CurrentUse != 0 && _uses[interval.CurrentUse].Position < position)
        {
            interval.CurrentUse = _uses[interval.CurrentUse].Next;
        }

        return interval.CurrentUse == 0 ? int.MaxValue : _uses[interval.CurrentUse].Position;
    }

    /// <summary>The last use before a position; -1 if none.</summary>
    public int PreviousUse(int index, int position)
    {
        var previous = -1;
        for (var use = _intervals[index].FirstUse; use != 0 && _uses[use].Position < position; use = _uses[use].Next)
        {
            previous = _uses[use].Position;
        }

        return previous;
    }

    /// <summary>The interval of a value that a position belongs to, which may lie in a hole.</summary>
    /// <param name="from">An interval of the value that begins before the position.</param>
    /// <param name="position">The position.</param>
    public int At(int from, int position)
    {
        while (_intervals[from].End <= position && _intervals[from].Next != 0)
        {
            from = _intervals[from].Next;
        }

        return from;
    }
}
