namespace Harness.Engine.Runtime;

/// <summary>
/// Collects the <see cref="StackMap"/>s of a function; equal ones are there once. The slots of a map are runs of <see cref="StackMap.SlotsPerRun"/>, in
/// groups of <see cref="StackMap.RunsPerGroup"/>, which maps share: in a function with many references and many calls they differ little from each other.
/// </summary>
internal sealed class StackMapBuilder
{
    /// <summary>The number of the set without slots.</summary>
    public const int NoSlots = -1;

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
    private ulong[] _runNumbers = new ulong[16];
    private ulong[] _groupNumbers = new ulong[16];

    /// <summary>The slots whose runs and groups have those numbers, and how many words of them there are.</summary>
    private ulong[] _lastSlots = new ulong[16 * WordsPerRun];
    private int _lastLength;

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
        _lastLength = 0;
    }

    /// <summary>The number of a set of slots.</summary>
    /// <param name="slots">A bit for each slot.</param>
    public int SetOf(ReadOnlySpan<ulong> slots)
    {
        slots = slots.TrimEnd(0UL);
        if (slots.IsEmpty) return NoSlots;
        int count = RunsIn(slots.Length);
        if (count > _runNumbers.Length)
        {
            Array.Resize(ref _runNumbers, 2 * count);
            Array.Resize(ref _groupNumbers, 2 * count);
            Array.Resize(ref _lastSlots, 2 * count * WordsPerRun);
        }

        // Sets that follow each other have most runs in common.
        int lastCount = RunsIn(_lastLength);
        int groups = 0;
        for (int first = 0; first < count; first += StackMap.RunsPerGroup, groups++)
        {
            int end = Math.Min(first + StackMap.RunsPerGroup, count);
            bool isSame = end == Math.Min(first + StackMap.RunsPerGroup, lastCount);
            for (int i = first; i < end; i++)
            {
                int start = i * WordsPerRun;
                var run = slots[start..Math.Min(start + WordsPerRun, slots.Length)];
                if (!run.SequenceEqual(LastRun(start)))
                {
                    _runNumbers[i] = (ulong)_runs.Add(run);
                    isSame = false;
                }
            }

            if (!isSame)
            {
                _groupNumbers[groups] = (ulong)_groups.Add(_runNumbers.AsSpan(first..end));
            }
        }

        slots.CopyTo(_lastSlots);
        _lastLength = slots.Length;
        return _sets.Add(_groupNumbers.AsSpan(0, groups));
    }

    /// <summary>Lists the words of a set of slots, in place of what was listed before.</summary>
    public void ListWords(int set, List<ulong> words)
    {
        words.Clear();
        if (set == NoSlots) return;
        foreach (ulong group in _sets[set])
        {
            foreach (ulong run in _groups[(int)group]) words.AddRange(_runs[(int)run]);
        }
    }

    /// <summary>The number of a map; -1 if it is empty.</summary>
    /// <param name="set">The number of its set of slots.</param>
    /// <param name="registers">Its registers, as bits by number.</param>
    public int MapOf(int set, uint registers)
    {
        if (set == NoSlots && registers == 0) return -1;
        return _maps.Add([((ulong)(set + 1) << 32) | registers]);
    }

    /// <summary>All maps by number.</summary>
    /// <param name="firstSlot">Offset of the first slot from rbp.</param>
    /// <param name="slotSize">Bytes of a slot.</param>
    public StackMap[] ToArray(int firstSlot, int slotSize)
    {
        var maps = new StackMap[_maps.Count];
        for (int i = 0; i < maps.Length; i++)
        {
            ulong map = _maps[i][0];
            maps[i] = new StackMap(GroupsOf((int)(map >> 32) - 1), firstSlot, slotSize, (uint)map);
        }

        return maps;
    }

    /// <summary>A run of the set before, by where it begins; empty if it had no such run.</summary>
    private ReadOnlySpan<ulong> LastRun(int start) =>
        start < _lastLength ? _lastSlots.AsSpan(start, Math.Min(WordsPerRun, _lastLength - start)) : [];

    private static int RunsIn(int words) => (words + WordsPerRun - 1) / WordsPerRun;

    private ulong[][][] GroupsOf(int set) => set == NoSlots ? [] : ListOnce(_sets[set], _groupArrays, _groups.Count, _listGroup);

    /// <summary>The parts that have some numbers, each of which is made once.</summary>
    /// <param name="numbers">The numbers.</param>
    /// <param name="made">The parts that are made, by number; null for others.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="make">Makes one.</param>
    private static T[] ListOnce<T>(ReadOnlySpan<ulong> numbers, List<T?> made, int count, Func<int, T> make)
        where T : class
    {
        while (made.Count < count) made.Add(null);
        var parts = new T[numbers.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            int number = (int)numbers[i];
            parts[i] = made[number] ??= make(number);
        }

        return parts;
    }
}
