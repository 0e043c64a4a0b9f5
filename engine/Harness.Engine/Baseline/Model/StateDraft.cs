namespace Harness.Engine.Baseline.Model;

/// <summary>
/// A state that is put together from another one: chunks that stay as they are are shared, the others are copied before they are changed. What becomes
/// what it became in the state before is shared as well: all labels of a branch table mostly agree on the same.
/// </summary>
internal sealed class StateDraft(StateChunks chunks)
{
    private readonly StateChunks _chunks = chunks;
    private readonly List<int> _own = [];
    private StackValue[] _values = new StackValue[4 * StateChunks.Size];
    private bool[] _isOwn = new bool[4];

    /// <summary>By place, the chunk that was added last, whatever that has become since.</summary>
    private int[] _added = new int[4];

    /// <summary>Begins a state of a height, in which nothing is changed yet.</summary>
    public void Begin(int height)
    {
        _own.Clear();
        var count = StateChunks.CountFor(height);
        if (count > _isOwn.Length)
        {
            _isOwn = new bool[Math.Max(count, 2 * _isOwn.Length)];
            _added = new int[_isOwn.Length];
            _values = new StackValue[_isOwn.Length * StateChunks.Size];
        }
    }

    /// <summary>The values of a chunk, to be changed.</summary>
    /// <param name="source">The state that this is made from.</param>
    /// <param name="chunk">The place of the chunk.</param>
    public Span<StackValue> Own(ReadOnlySpan<int> source, int chunk)
    {
        var own = _values.AsSpan(chunk << StateChunks.SizeBits, StateChunks.Size);
        if (!_isOwn[chunk])
        {
            _isOwn[chunk] = true;
            _own.Add(chunk);
            var copied = source[chunk];
            _chunks[copied][.._chunks.SummaryOf(copied).Length].CopyTo(own);
        }

        return own;
    }

    /// <summary>Makes the state.</summary>
    /// <param name="source">The state that it is made from, which has as many values at least.</param>
    /// <param name="target">Where the numbers of its chunks go.</param>
    /// <param name="height">Its height.</param>
    public void Finish(ReadOnlySpan<int> source, Span<int> target, int height)
    {
        source[..target.Length].CopyTo(target);
        foreach (var chunk in _own)
        {
            _isOwn[chunk] = false;
            var first = chunk << StateChunks.SizeBits;
            ReadOnlySpan<StackValue> own = _values.AsSpan(first, Math.Min(StateChunks.Size, height - first));
            if (BeginsWith(source[chunk], own))
            {
                continue;
            }

            if (!IsSame(_added[chunk], own))
            {
                _added[chunk] = _chunks.Add(own);
            }

            target[chunk] = _added[chunk];
        }
    }

    private bool BeginsWith(int chunk, ReadOnlySpan<StackValue> values) =>
        _chunks.SummaryOf(chunk).Length >= values.Length && StateChunks.NextDifference(values, _chunks[chunk], 0) >= values.Length;

    private bool IsSame(int chunk, ReadOnlySpan<StackValue> values) =>
        chunk < _chunks.Count && _chunks.SummaryOf(chunk).Length == values.Length && BeginsWith(chunk, values);
}
