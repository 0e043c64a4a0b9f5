namespace Harness.Engine.Baseline.Model;

/// <summary>
/// Walks over the chunks of a state in which a block may change where values are expected: those that may have values in registers, or constants that the
/// block changes. That is known of the current state; where another one differs from it, a chunk is taken to be such.
/// </summary>
internal ref struct AffectedChunks
{
    private readonly ValueStack _stack;
    private readonly ReadOnlySpan<int> _state;
    private readonly bool _changesConstants;
    private int _nextWithRegisters;
    private int _nextWithConstants;
    private int _nextDifference;

    /// <summary>Begins before the first chunk.</summary>
    /// <param name="stack">The current state.</param>
    /// <param name="state">The numbers of the chunks of the state.</param>
    /// <param name="count">How many of its chunks are walked over.</param>
    /// <param name="summary">The block.</param>
    public AffectedChunks(ValueStack stack, ReadOnlySpan<int> state, int count, in BlockSummary summary)
    {
        _stack = stack;
        _state = state[..count];
        _changesConstants = summary.ModifiesAny(StateChunks.Size);
        _nextWithRegisters = stack.NextWithRegisters(0, count);

        // Of the locals in the first chunk is known which ones a block changes, of the others only whether it changes any.
        _nextWithConstants = _changesConstants || summary.ModifiesAny(0) ? stack.NextWithConstants(0, _changesConstants ? count : Math.Min(1, count)) : count;
        _nextDifference = stack.NextDifference(_state, 0);
        Current = -1;
    }

    /// <summary>The chunk.</summary>
    public int Current { get; private set; }

    /// <summary>Goes on to the next chunk, if there is one.</summary>
    public bool MoveNext()
    {
        var count = _state.Length;
        Current = Math.Min(_nextWithRegisters, Math.Min(_nextWithConstants, _nextDifference));
        if (Current >= count)
        {
            return false;
        }

        if (_nextWithRegisters == Current)
        {
            _nextWithRegisters = _stack.NextWithRegisters(Current + 1, count);
        }

        if (_nextWithConstants == Current)
        {
            _nextWithConstants = _changesConstants ? _stack.NextWithConstants(Current + 1, count) : count;
        }

        if (_nextDifference == Current)
        {
            _nextDifference = _stack.NextDifference(_state, Current + 1);
        }

        return true;
    }
}
