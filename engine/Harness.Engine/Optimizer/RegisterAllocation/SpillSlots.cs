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

    private readonly Lifetimes lifetimes = builder.Lifetimes;
    private readonly GrowList<Web> webs = new();
    private readonly GrowList<(double Frequency, int Parameter, int Argument)> pairs = new();
    private readonly GrowList<int> order = new();
    private readonly PriorityQueue<int, int> free = new();
    private int[] webOfValue = new int[512];
    private LirCode code = null!;
    private long steps;

    /// <summary>Number of slots.</summary>
    public int Count { get; private set; }

    /// <summary>The slot of a value; -1 if it never lies in the frame.</summary>
    public int Of(int value) => webOfValue[value] == None ? None : webs[webOfValue[value]].Slot;

    /// <summary>Starts over for a function, none of whose values lies in the frame yet.</summary>
    public void Reset(LirCode lir)
    {
        code = lir;
        Count = 0;
        webs.Clear();
        if (webOfValue.Length < code.ValueCount)
        {
            webOfValue = new int[code.ValueCount * 2];
        }

        Array.Fill(webOfValue, None, 0, code.ValueCount);
    }

    /// <summary>Notes that a value lies in the frame at times.</summary>
    /// <returns>Its place until <see cref="Assign"/> gives it the final one.</returns>
    public Location Add(int value)
    {
        if (webOfValue[value] == None)
        {
            webOfValue[value] = webs.Add(new Web { Value = value, Parent = webs.Count });
        }

        return Location.OfSlot(webOfValue[value]);
    }

    /// <summary>Gives slots to all values that were noted, and lets the intervals in the frame lie there.</summary>
    public void Assign()
    {
        if (webs.Count == 0)
        {
            return;
        }

        long parts = 0;
        for (int i = 0; i < webs.Count; i++)
        {
            parts += MakeRanges(ref webs[i]);
        }

        steps = StepsPerRange * parts;
        JoinParameters();
        AssignSlots(ofVectors: false, first: 0, step: 1);
        if (code.HasVectors)
        {
            AssignSlots(ofVectors: true, first: (Count + VectorSlots) & ~1, step: VectorSlots);
        }

        for (int i = 0; i < webs.Count; i++)
        {
            Location slot = Location.OfSlot(webs[i].Slot = webs[Find(i)].Slot);
            for (int interval = webs[i].Value; interval != 0; interval = lifetimes[interval].Next)
            {
                if (lifetimes[interval].Location.IsStack)
                {
                    lifetimes[interval].Location = slot;
                }
            }

            webs[i].Ranges = null!;
        }
    }

    /// <summary>Lists the parts of a value's lifetime; says how many they are.</summary>
    private int MakeRanges(ref Web web)
    {
        int count = 0;
        for (int interval = web.Value; interval != 0; interval = lifetimes[interval].Next)
        {
            for (int range = lifetimes[interval].FirstRange; range != 0; range = lifetimes.Range(range).Next)
            {
                count++;
            }
        }

        var ranges = new (int Start, int End)[count];
        int next = 0;
        for (int interval = web.Value; interval != 0; interval = lifetimes[interval].Next)
        {
            for (int range = lifetimes[interval].FirstRange; range != 0; range = lifetimes.Range(range).Next)
            {
                ref LiveRange part = ref lifetimes.Range(range);
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
        pairs.Clear();
        for (int i = 0; i < code.BlockCount; i++)
        {
            ref LirBlock block = ref code.Block(i);
            if (block.SuccessorCount != 1)
            {
                continue;
            }

            ref LirBlock target = ref code.Block(code.Successors[block.FirstSuccessor]);
            if (target.GraphBlock < 0)
            {
                continue;
            }

            List<int> parameters = code.Graph.Blocks[target.GraphBlock].Parameters;
            ReadOnlySpan<LirOperand> arguments = code.Operands(code.Instruction(block.EndInstruction - 1));
            for (int p = 0; p < parameters.Count; p++)
            {
                int parameter = webOfValue[code.ValueOfNode[parameters[p]]];
                int argument = arguments[p].IsConstant ? None : webOfValue[arguments[p].Value];
                if (parameter != None && argument != None && parameter != argument)
                {
                    pairs.Add((block.Frequency, parameter, argument));
                }
            }
        }

        pairs.Sort(static (a, b) => a.Frequency != b.Frequency ? b.Frequency.CompareTo(a.Frequency)
            : a.Parameter != b.Parameter ? a.Parameter.CompareTo(b.Parameter)
            : a.Argument.CompareTo(b.Argument));
        foreach (var (_, parameter, argument) in pairs.Span)
        {
            Join(Find(parameter), Find(argument));
        }
    }

    private int Find(int web)
    {
        while (webs[web].Parent != web)
        {
            web = webs[web].Parent = webs[webs[web].Parent].Parent;
        }

        return web;
    }

    /// <summary>Makes two webs one, unless their lifetimes overlap.</summary>
    private void Join(int one, int other)
    {
        if (one == other || steps < 0)
        {
            return;
        }

        ReadOnlySpan<(int Start, int End)> a = webs[one].Ranges.AsSpan(0, webs[one].RangeCount);
        ReadOnlySpan<(int Start, int End)> b = webs[other].Ranges.AsSpan(0, webs[other].RangeCount);
        if (Overlap(a, b))
        {
            return;
        }

        Merge(ref webs[one].Ranges, a.Length, b);
        webs[one].RangeCount = a.Length + b.Length;
        webs[other].Parent = one;
        webs[other].Ranges = null!;
    }

    /// <summary>Whether any of some parts overlaps one of others, both of which are in order.</summary>
    private bool Overlap(ReadOnlySpan<(int Start, int End)> a, ReadOnlySpan<(int Start, int End)> b)
    {
        int i = 0;
        int j = 0;
        while (i < a.Length || j < b.Length)
        {
            steps--;
            bool isFirst = j == b.Length || (i < a.Length && a[i].Start < b[j].Start);
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
        int next = count + others.Length;
        if (next > ranges.Length)
        {
            Array.Resize(ref ranges, Math.Max(next, 2 * ranges.Length));
        }

        // From the last to the first, so that none is overwritten before it has moved.
        int i = count - 1;
        for (int j = others.Length - 1; j >= 0;)
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
        int next = first;
        order.Clear();
        for (int i = 0; i < webs.Count; i++)
        {
            if (webs[i].Parent == i && code.IsVector(webs[i].Value) == ofVectors)
            {
                order.Add(i);
            }
        }

        order.Sort((a, b) => webs[a].Ranges[0].Start != webs[b].Ranges[0].Start
            ? webs[a].Ranges[0].Start.CompareTo(webs[b].Ranges[0].Start)
            : a.CompareTo(b));
        free.Clear();
        foreach (int web in order.Span)
        {
            int slot;
            if (free.TryPeek(out int dead, out int end) && end <= webs[web].Ranges[0].Start)
            {
                free.Dequeue();
                slot = dead;
            }
            else
            {
                slot = next;
                next += step;
                Count = slot + 1;
            }

            webs[web].Slot = slot;
            free.Enqueue(slot, webs[web].Ranges[webs[web].RangeCount - 1].End);
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
