namespace Harness.Engine.Runtime;

/// <summary>Collects the <see cref="StackMap"/>s of a function while it is compiled; equal ones are there once.</summary>
internal sealed class StackMapTable
{
    private const int Buckets = 64;

    private readonly List<StackMap> _maps = [];
    private readonly List<int> _next = [];
    private readonly int[] _first = new int[Buckets];
    private int[] _offsets = new int[64];
    private int _count;
    private uint _hash;

    /// <summary>An empty table.</summary>
    public StackMapTable() => Clear();

    /// <summary>Forgets all maps.</summary>
    public void Clear()
    {
        _maps.Clear();
        _next.Clear();
        Array.Fill(_first, -1);
        _count = 0;
        _hash = 0;
    }

    /// <summary>Adds a slot to the map that <see cref="Finish"/> completes; equal maps have theirs in the same order.</summary>
    public void AddSlot(int rbpOffset)
    {
        if (_count == _offsets.Length) Array.Resize(ref _offsets, 2 * _count);
        _offsets[_count++] = rbpOffset;
        _hash = (_hash * 31) + (uint)rbpOffset;
    }

    /// <summary>Completes a map.</summary>
    /// <param name="registers">Its registers.</param>
    /// <returns>What <see cref="CodeSite.StackMap"/> is to be: the map's index, or -1 if it is empty.</returns>
    public int Finish(uint registers = 0)
    {
        if (_count == 0 && registers == 0) return -1;
        ref int first = ref _first[((_hash * 31) + registers) * 0x9E3779B1u >> 26];
        var offsets = _offsets.AsSpan(0, _count);
        _count = 0;
        _hash = 0;
        for (int i = first; i >= 0; i = _next[i])
        {
            if (_maps[i].Registers == registers && offsets.SequenceEqual(_maps[i].RbpOffsets)) return i;
        }

        _maps.Add(new StackMap(offsets.ToArray(), registers));
        _next.Add(first);
        return first = _maps.Count - 1;
    }

    /// <summary>All maps by index.</summary>
    public StackMap[] ToArray() => [.. _maps];
}
