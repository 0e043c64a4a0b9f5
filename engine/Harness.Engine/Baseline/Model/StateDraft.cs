namespace Harness.Engine.Baseline.Model;

/// <summary>A state that is put together from another one: chunks that stay as they are are shared, the others are copied before they are changed.</summary>
internal sealed class StateDraft(StateChunks chunks)
{
    private readonly StateChunks _chunks = chunks;
    private StackValue[] _values = new StackValue[4 * StateChunks.Size];
    private bool[] _isOwn = new bool[4];

    /// <summary>Begins a state of a height, in which nothing is changed yet.</summary>
    public void Begin(int height)
    {
        int count = StateChunks.CountFor(height);
        if (count > _isOwn.Length)
        {
            _isOwn = new bool[Math.Max(count, 2 * _isOwn.Length)];
            _values = new StackValue[_isOwn.Length * StateChunks.Size];
        }

        _isOwn.AsSpan(0, count).Clear();
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
            if (chunk < source.Length)
            {
                int copied = source[chunk];
                _chunks[copied][.._chunks.SummaryOf(copied).Length].CopyTo(own);
            }
        }

        return own;
    }

    /// <summary>Makes the state.</summary>
    /// <param name="source">The state that it is made from.</param>
    /// <param name="target">Where the numbers of its chunks go.</param>
    /// <param name="height">Its height.</param>
    public void Finish(ReadOnlySpan<int> source, Span<int> target, int height)
    {
        for (int i = 0; i < target.Length; i++)
        {
            int first = i << StateChunks.SizeBits;
            if (!_isOwn[i])
            {
                target[i] = source[i];
                continue;
            }

            ReadOnlySpan<StackValue> own = _values.AsSpan(first, Math.Min(StateChunks.Size, height - first));
            bool isSame = i < source.Length && _chunks.SummaryOf(source[i]).Length >= own.Length
                && StateChunks.NextDifference(own, _chunks[source[i]], 0) == own.Length;
            target[i] = isSame ? source[i] : _chunks.Add(own);
        }
    }
}
