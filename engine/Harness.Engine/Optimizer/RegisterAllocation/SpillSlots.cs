using Harness.Engine.Optimizer.Lowering;

namespace Harness.Engine.Optimizer.RegisterAllocation;

/// <summary>
/// Gives the values that lie in the frame their spill slots. A block parameter and the values passed to it share one where their
/// lifetimes allow it, so that passing them is no move (the phi webs of Chaitin's coalescing, confined to slots); webs whose
/// lifetimes are apart share one as well. So the dozens of values which the state machine of an interpreter or a decompressor keeps in the frame stay where they are on every edge.
/// </summary>
/// <remarks>
/// Slots have 8 bytes. A vector takes two, has the number of the lower one, which is even so that the vector is aligned, and shares them with
/// vectors only: two places are the same or have nothing in common.
/// The lifetimes of a web's values do not overlap, so that at each moment at most one of them is in the slot. Parameters that run
/// often are joined first. Joining costs the number of parts of both lifetimes, and the whole is bounded by a multiple of the
/// number of all parts: what is joined beyond that stays apart.
/// </remarks>
internal sealed class SpillSlots(LifetimeBuilder builder)
{
    private const int None = -1;

    /// <summary>Slots of a vector.</summary>
    private const int VectorSlots = 2;

    /// <summary>Steps of comparing lifetimes, for each part of a lifetime.</summary>
    private const int StepsPerRange = 64;

    private readonly Lifetimes _lifetimes = builder.Lifetimes;
    private readonly GrowList<Web> _webs = new();
    private readonly GrowList<(double Frequency, int Parameter, int Argument)> _pairs = new();
    private readonly GrowList<int> _order = new();
    private readonly PriorityQueue<int, int> _free = new();
    private int[] _webOfValue = new int[512];
    private LirCode _code = null!;
    private long _steps;

    /// <summary>Number of slots.</summary>
    public int Count { get; private set; }

    /// <summary>The slot of a value; -1 if it never lies in the frame.</summary>
    public int Of(int value) => _webOfValue[value] == None ? None : _webs[_webOfValue[value]].Slot;

    /// <summary>Starts over for a function, none of whose values lies in the frame yet.</summary>
    public void Reset(LirCode lir)
    {
        _code = lir;
        Count = 0;
        _webs.Clear();
        if (_webOfValue.Length < _code.ValueCount)
        {
            _webOfValue = new int[_code.ValueCount * 2];
        }

        Array.Fill(_webOfValue, None, 0, _code.ValueCount);
    }

    /// <summary>Notes that a value lies in the frame at times.</summary>
    /// <returns>Its place until <see cref="Assign"/> gives it the final one.</returns>
    public Location Add(int value)
    {
        if (_webOfValue[value] == None)
        {
            _webOfValue[value] = _webs.Add(new Web { Value = value, Parent = _webs.Count });
        }

        return Location.OfSlot(_webOfValue[value]);
    }

    /// <summary>Gives slots to all values that were noted, and lets the intervals in the frame lie there.</summary>
    public void Assign()
    {
        if (_webs.Count == 0)
        {
            return;
        }

        long parts = 0;
        for (var i = 0; i < _webs.Count; i++)
        {
            parts += MakeRanges(ref _webs[i]);
        }

        _steps = StepsPerRange * parts;
        JoinParameters();
        AssignSlots(ofVectors: false, first: 0, step: 1);
        if (_code.HasVectors)
        {
            AssignSlots(ofVectors: true, first: (Count + VectorSlots) & ~1, step: VectorSlots);
        }

        for (var i = 0; i < _webs.Count; i++)
        {
            var slot = Location.OfSlot(_webs[i].Slot = _webs[Find(i)].Slot);
            for (var interval = _webs[i].Value; interval != 0; interval = _lifetimes[interval].Next)
            {
                if (_lifetimes[interval].Location.IsStack)
                {
                    _lifetimes[interval].Location = slot;
                }
            }

            _webs[i].Ranges = null!;
        }
    }

    /// <summary>Lists the parts of a value's lifetime; says how many they are.</summary>
    private int MakeRanges(ref Web web)
    {
        var count = 0;
        for (var interval = web.Value; interval != 0; interval = _lifetimes[interval].Next)
        {
            for (var range = _lifetimes[interval].FirstRange; range != 0; range = _lifetimes.Range(range).Next)
            {
                count++;
            }
        }

        var ranges = new (int Start, int End)[count];
        var next = 0;
        for (var interval = web.Value; interval != 0; interval = _lifetimes[interval].Next)
        {
            for (var range = _lifetimes[interval].FirstRange; range != 0; range = _lifetimes.Range(range).Next)
            {
                ref var part = ref _lifetimes.Range(range);
                if (next > 0 && ranges[next - 1].End == part.Start)
                {
                    ranges[next - 1].End = part.End;
                }
                else
                {
                    ranges[next++] = (part.Start, part.End);
                }
            }
        }

        web.Ranges = ranges;
        web.RangeCount = next;
        return next;
    }

    private void JoinParameters()
    {
        _pairs.Clear();
        for (var i = 0; i < _code.BlockCount; i++)
        {
            ref var block = ref _code.Block(i);
            if (block.SuccessorCount != 1)
            {
                continue;
            }

            ref var target = ref _code.Block(_code.Successors[block.FirstSuccessor]);
            if (target.GraphBlock < 0)
            {
                continue;
            }

            var parameters = _code.Graph.Blocks[target.GraphBlock].Parameters;
            var arguments = _code.Operands(_code.Instruction(block.EndInstruction - 1));
            for (var p = 0; p < parameters.Count; p++)
            {
                var parameter = _webOfValue[_code.ValueOfNode[parameters[p]]];
                var argument = arguments[p].IsConstant ? None : _webOfValue[arguments[p].Value];
                if (parameter != None && argument != None && parameter != argument)
                {
                    _pairs.Add((block.Frequency, parameter, argument));
                }
            }
        }

        _pairs.Sort(static (a, b) => a.Frequency != b.Frequency ? b.Frequency.CompareTo(a.Frequency)
            : a.Parameter != b.Parameter ? a.Parameter.CompareTo(b.Parameter)
            : a.Argument.CompareTo(b.Argument));
        foreach (var (_, parameter, argument) in _pairs.Span)
        {
            Join(Find(parameter), Find(argument));
        }
    }

    private int Find(int web)
    {
        while (_webs[web].Parent != web)
        {
            web = _webs[web].Parent = _webs[_webs[web].Parent].Parent;
        }

        return web;
    }

    /// <summary>Makes two webs one, unless their lifetimes overlap.</summary>
    private void Join(int one, int other)
    {
        if (one == other || _steps < 0)
        {
            return;
        }

        ReadOnlySpan<(int Start, int End)> a = _webs[one].Ranges.AsSpan(0, _webs[one].RangeCount);
        ReadOnlySpan<(int Start, int End)> b = _webs[other].Ranges.AsSpan(0, _webs[other].RangeCount);
        if (Overlap(a, b))
        {
            return;
        }

        Merge(ref _webs[one].Ranges, a.Length, b);
        _webs[one].RangeCount = a.Length + b.Length;
        _webs[other].Parent = one;
        _webs[other].Ranges = null!;
    }

    /// <summary>Whether any of some parts overlaps one of others, both of which are in order.</summary>
    private bool Overlap(ReadOnlySpan<(int Start, int End)> a, ReadOnlySpan<(int Start, int End)> b)
    {
        var i = 0;
        var j = 0;
        while (i < a.Length || j < b.Length)
        {
            _steps--;
            var isFirst = j == b.Length || (i < a.Length && a[i].Start < b[j].Start);
            if (i < a.Length && j < b.Length && (isFirst ? a[i].End > b[j].Start : b[j].End > a[i].Start))
            {
                return true;
            }

            if (isFirst)
            {
                i++;
            }
            else
            {
                j++;
            }
        }

        return false;
    }

    /// <summary>Puts parts in order among those at the front of an array, which grows by as much as it is long, so that a web that grows and grows is not copied each time.</summary>
    private static void Merge(ref (int Start, int End)[] ranges, int count, ReadOnlySpan<(int Start, int End)> others)
    {
        var next = count + others.Length;
        if (next > ranges.Length)
        {
            Array.Resize(ref ranges, Math.Max(next, 2 * ranges.Length));
        }

        // From the last to the first, so that none is overwritten before it has moved.
        var i = count - 1;
        for (var j = others.Length - 1; j >= 0;)
        {
            ranges[--next] = i >= 0 && ranges[i].Start >= others[j].Start ? ranges[i--] : others[j--];
        }
    }

    /// <summary>Gives each web, of vectors or of others, the slot of one that is dead before it begins, if there is one.</summary>
    /// <param name="ofVectors">Which webs.</param>
    /// <param name="first">The first slot.</param>
    /// <param name="step">How much further the next one is.</param>
    private void AssignSlots(bool ofVectors, int first, int step)
    {
        var next = first;
        _order.Clear();
        for (var i = 0; i < _webs.Count; i++)
        {
            if (_webs[i].Parent == i && _code.IsVector(_webs[i].Value) == ofVectors)
            {
                _order.Add(i);
            }
        }

        _order.Sort((a, b) => _webs[a].Ranges[0].Start != _webs[b].Ranges[0].Start
            ? _webs[a].Ranges[0].Start.CompareTo(_webs[b].Ranges[0].Start)
            : a.CompareTo(b));
        _free.Clear();
        foreach (var web in _order.Span)
        {
            int slot;
            if (_free.TryPeek(out var dead, out var end) && end <= _webs[web].Ranges[0].Start)
            {
                _free.Dequeue();
                slot = dead;
            }
            else
            {
                slot = next;
                next += step;
                Count = slot + 1;
            }

            _webs[web].Slot = slot;
            _free.Enqueue(slot, _webs[web].Ranges[_webs[web].RangeCount - 1].End);
        }
    }

    private struct Web
    {
        public int Value;
        public int Parent;
        public int Slot;
        public int RangeCount;
        public (int Start, int End)[] Ranges;
    }
}
