namespace Harness.Engine.Runtime.Stacks;

/// <summary>
/// Collects the <see cref="StackMap"/>s of a function; equal ones are there once. The slots of a map are runs of <see cref="StackMap.SlotsPerRun"/>, in
/// groups of <see cref="StackMap.RunsPerGroup"/>, which maps share: in a function with many references and many calls they differ little from each other. What has changed
/// since the set before is all that is looked at, if the caller says where that is.
/// </summary>
internal sealed class StackMapBuilder
{
    /// <summary>The number of the set without slots.</summary>
    public const int NoSlots = -1;

    /// <summary>Stands for a run or a group without slots; the numbers of others are counted from 1.</summary>
    private const ulong Empty = 0;

    private const int WordsPerRun = StackMap.SlotsPerRun / 64;

    private readonly WordSequences _runs = new();
    private readonly WordSequences _groups = new();
    private readonly WordSequences _sets = new();
    private readonly List<ulong[]?> _runArrays = [];
    private readonly List<ulong[][]?> _groupArrays = [];
    private readonly Func<int, ulong[]> _listRun;
    private readonly Func<int, ulong[][]> _listGroup;

    /// <summary>The maps, a word each: the number of the set of slots, counted from 1, and the registers.</summary>
    private readonly WordSequences _maps = new();

    /// <summary>The last set: its words, and the numbers of its runs and groups, with nothing behind its end.</summary>
    private ulong[] _words = new ulong[2 * StackMap.RunsPerGroup * WordsPerRun];
    private ulong[] _runNumbers = new ulong[2 * StackMap.RunsPerGroup];
    private ulong[] _groupNumbers = new ulong[2];
    private int _length;

    /// <summary>Most groups that a set has had.</summary>
    private int _groupCount;

    /// <summary>No maps.</summary>
    public StackMapBuilder()
    {
        _listRun = number => _runs[number].ToArray();
        _listGroup = number => ListOnce(_groups[number], _runArrays, _runs.Count, _listRun);
    }

    /// <summary>Forgets all maps and sets.</summary>
    public void Clear()
    {
        _runs.Clear();
        _groups.Clear();
        _sets.Clear();
        _runArrays.Clear();
        _groupArrays.Clear();
        _maps.Clear();
        var runs = _groupCount * StackMap.RunsPerGroup;
        _words.AsSpan(0, runs * WordsPerRun).Clear();
        _runNumbers.AsSpan(0, runs).Clear();
        _groupNumbers.AsSpan(0, _groupCount).Clear();
        _length = 0;
        _groupCount = 0;
    }

    /// <summary>The number of a set of slots.</summary>
    /// <param name="slots">A bit for each slot.</param>
    public int SetOf(ReadOnlySpan<ulong> slots)
    {
        MakeRoom(RunsIn(Math.Max(slots.Length, _length)));
        UpdateRuns(slots, ulong.MaxValue, 0, RunsIn(Math.Max(slots.Length, _length)));
        return SetOfRuns(slots.Length);
    }

    /// <summary>The number of a set of slots of which it is known where it differs from the one before.</summary>
    /// <param name="slots">A bit for each slot.</param>
    /// <param name="lastMask">The bits of the last word that count.</param>
    /// <param name="changed">The words that may have changed since the last set, ascending, but for those from the end of either set on.</param>
    public int SetOf(ReadOnlySpan<ulong> slots, ulong lastMask, ReadOnlySpan<int> changed)
    {
        var longer = Math.Max(slots.Length, _length);
        var shorter = Math.Min(slots.Length, _length);
        MakeRoom(RunsIn(longer));
        for (var i = 0; i < changed.Length;)
        {
            // What has changed may be far apart: a local, and the operands on the top. Of a group all is looked at together, so that it gets one number.
            var first = changed[i] / WordsPerRun;
            var last = first;
            for (i++; i < changed.Length && changed[i] / WordsPerRun / StackMap.RunsPerGroup == first / StackMap.RunsPerGroup; i++)
            {
                last = changed[i] / WordsPerRun;
            }

            UpdateRuns(slots, lastMask, first, last + 1);
        }

        UpdateRuns(slots, lastMask, Math.Max(shorter - 1, 0) / WordsPerRun, RunsIn(longer));
        return SetOfRuns(slots.Length);
    }

    /// <summary>The number of the set whose runs are known.</summary>
    /// <param name="length">Its words.</param>
    private int SetOfRuns(int length)
    {
        _length = length;
        ReadOnlySpan<ulong> groups = _groupNumbers.AsSpan(0, _groupCount).TrimEnd(Empty);
        return groups.IsEmpty ? NoSlots : _sets.Add(groups);
    }

    /// <summary>Lists the words of a set of slots, in place of what was listed before.</summary>
    public void ListWords(int set, List<ulong> words)
    {
        words.Clear();
        if (set == NoSlots)
        {
            return;
        }

        var groups = _sets[set];
        for (var group = 0; group < groups.Length; group++)
        {
            var runs = groups[group] == Empty ? [] : _groups[(int)groups[group] - 1];
            for (var run = 0; run < runs.Length; run++)
            {
                if (runs[run] == Empty)
                {
                    continue;
                }

                while (words.Count < ((group * StackMap.RunsPerGroup) + run) * WordsPerRun)
                {
                    words.Add(0);
                }

                words.AddRange(_runs[(int)runs[run] - 1]);
            }
        }
    }

    /// <summary>The number of a map; -1 if it is empty.</summary>
    /// <param name="set">The number of its set of slots.</param>
    /// <param name="registers">Its registers, as bits by number.</param>
    public int MapOf(int set, uint registers)
    {
        if (set == NoSlots && registers == 0)
        {
            return -1;
        }

        return _maps.Add([((ulong)(set + 1) << 32) | registers]);
    }

    /// <summary>All maps by number.</summary>
    /// <param name="firstSlot">Offset of the first slot from rbp.</param>
    /// <param name="slotSize">Bytes of a slot.</param>
    public StackMap[] ToArray(int firstSlot, int slotSize)
    {
        var maps = new StackMap[_maps.Count];
        for (var i = 0; i < maps.Length; i++)
        {
            var map = _maps[i][0];
            maps[i] = new StackMap(GroupsOf((int)(map >> 32) - 1), firstSlot, slotSize, (uint)map);
        }

        return maps;
    }

    private static int RunsIn(int words) => (words + WordsPerRun - 1) / WordsPerRun;

    /// <summary>The number of a sequence without what is empty at its end.</summary>
    private static ulong NumberOf(WordSequences sequences, ReadOnlySpan<ulong> words)
    {
        words = words.TrimEnd(0UL);
        return words.IsEmpty ? Empty : (ulong)sequences.Add(words) + 1;
    }

    private void MakeRoom(int runs)
    {
        var groups = (runs + StackMap.RunsPerGroup - 1) / StackMap.RunsPerGroup;
        _groupCount = Math.Max(_groupCount, groups);
        if (groups <= _groupNumbers.Length)
        {
            return;
        }

        Array.Resize(ref _groupNumbers, 2 * groups);
        Array.Resize(ref _runNumbers, 2 * groups * StackMap.RunsPerGroup);
        Array.Resize(ref _words, 2 * groups * StackMap.RunsPerGroup * WordsPerRun);
    }

    /// <summary>Looks at runs from one to before another, and gives those that are others now, and their groups, their numbers.</summary>
    private void UpdateRuns(ReadOnlySpan<ulong> slots, ulong lastMask, int run, int end)
    {
        Span<ulong> words = stackalloc ulong[WordsPerRun];
        while (run < end)
        {
            var group = run / StackMap.RunsPerGroup;
            var isSame = true;
            for (; run < end && run / StackMap.RunsPerGroup == group; run++)
            {
                var start = run * WordsPerRun;
                var count = Math.Clamp(slots.Length - start, 0, WordsPerRun);
                words.Clear();
                if (count > 0)
                {
                    slots.Slice(start, count).CopyTo(words);
                    words[count - 1] &= start + count == slots.Length ? lastMask : ulong.MaxValue;
                }

                var known = _words.AsSpan(start, WordsPerRun);
                if (!known.SequenceEqual(words))
                {
                    words.CopyTo(known);
                    _runNumbers[run] = NumberOf(_runs, words);
                    isSame = false;
                }
            }

            if (!isSame)
            {
                _groupNumbers[group] = NumberOf(_groups, _runNumbers.AsSpan(group * StackMap.RunsPerGroup, StackMap.RunsPerGroup));
            }
        }
    }

    private ulong[][][] GroupsOf(int set) => set == NoSlots ? [] : ListOnce(_sets[set], _groupArrays, _groups.Count, _listGroup);

    /// <summary>The parts that have some numbers, each of which is made once.</summary>
    /// <param name="numbers">The numbers.</param>
    /// <param name="made">The parts that are made, by number; null for others.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="make">Makes one.</param>
    private static T[][] ListOnce<T>(ReadOnlySpan<ulong> numbers, List<T[]?> made, int count, Func<int, T[]> make)
    {
        while (made.Count < count)
        {
            made.Add(null);
        }

        var parts = new T[numbers.Length][];
        for (var i = 0; i < parts.Length; i++)
        {
            var number = (int)numbers[i] - 1;
            parts[i] = numbers[i] == Empty ? [] : (made[number] ??= make(number));
        }

        return parts;
    }
}
