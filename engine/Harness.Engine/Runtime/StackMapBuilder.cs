namespace Harness.Engine.Runtime;

/// <summary>
/// Collects the <see cref="StackMap"/>s of a function; equal ones are there once. The slots of a map are runs of <see cref="StackMap.SlotsPerRun"/>, which
/// maps share: in a function with many references and many calls they differ little from each other.
/// </summary>
internal sealed class StackMapBuilder
{
    /// <summary>The number of the set without slots.</summary>
    public const int NoSlots = -1;

    private const int WordsPerRun = StackMap.SlotsPerRun / 64;

    private readonly WordSequences _runs = new();
    private readonly WordSequences _sets = new();
    private readonly List<ulong[]?> _runArrays = [];

    /// <summary>The maps, a word each: the number of the set of slots, counted from 1, and the registers.</summary>
    private readonly WordSequences _maps = new();
    private ulong[] _runNumbers = new ulong[16];

    /// <summary>The slots whose runs have those numbers, and how many words of them there are.</summary>
    private ulong[] _lastSlots = new ulong[16 * WordsPerRun];
    private int _lastLength;

    /// <summary>Forgets all maps and sets.</summary>
    public void Clear()
    {
        _runs.Clear();
        _sets.Clear();
        _runArrays.Clear();
        _maps.Clear();
        _lastLength = 0;
    }

    /// <summary>The number of a set of slots.</summary>
    /// <param name="slots">A bit for each slot.</param>
    public int SetOf(ReadOnlySpan<ulong> slots)
    {
        slots = slots.TrimEnd(0UL);
        if (slots.IsEmpty) return NoSlots;
        int count = (slots.Length + WordsPerRun - 1) / WordsPerRun;
        if (count > _runNumbers.Length)
        {
            Array.Resize(ref _runNumbers, 2 * count);
            Array.Resize(ref _lastSlots, 2 * count * WordsPerRun);
        }

        // Sets that follow each other have most runs in common.
        for (int i = 0, start = 0; i < count; i++, start += WordsPerRun)
        {
            var run = slots[start..Math.Min(start + WordsPerRun, slots.Length)];
            if (!run.SequenceEqual(LastRun(start)))
            {
                _runNumbers[i] = (ulong)_runs.Add(run);
            }
        }

        slots.CopyTo(_lastSlots);
        _lastLength = slots.Length;
        return _sets.Add(_runNumbers.AsSpan(0, count));
    }

    /// <summary>Lists the words of a set of slots, in place of what was listed before.</summary>
    public void ListWords(int set, List<ulong> words)
    {
        words.Clear();
        if (set == NoSlots) return;
        foreach (ulong run in _sets[set]) words.AddRange(_runs[(int)run]);
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
            maps[i] = new StackMap(RunsOf((int)(map >> 32) - 1), firstSlot, slotSize, (uint)map);
        }

        return maps;
    }

    /// <summary>A run of the set before, by where it begins; empty if it had no such run.</summary>
    private ReadOnlySpan<ulong> LastRun(int start) =>
        start < _lastLength ? _lastSlots.AsSpan(start, Math.Min(WordsPerRun, _lastLength - start)) : [];

    private ulong[][] RunsOf(int set)
    {
        if (set == NoSlots) return [];
        ReadOnlySpan<ulong> numbers = _sets[set];
        var runs = new ulong[numbers.Length][];
        while (_runArrays.Count < _runs.Count) _runArrays.Add(null);
        for (int i = 0; i < runs.Length; i++)
        {
            int number = (int)numbers[i];
            runs[i] = _runArrays[number] ??= _runs[number].ToArray();
        }

        return runs;
    }
}
