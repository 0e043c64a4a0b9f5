using System.Runtime.InteropServices;

namespace Harness.Engine.Baseline.Model;

/// <content>States that are saved and taken over, and what of them is found chunk by chunk.</content>
internal sealed partial class ValueStack
{
    /// <summary>The words that <see cref="References"/> has told last.</summary>
    private readonly List<int> _changedWords = [];

    /// <summary>The first chunk, from one on, that may have constants at which nobody has looked; the count if there is none.</summary>
    public int NextWithNewConstants(int start, int count) => _chunks.NextWithNewConstants(start, count);

    /// <summary>Whoever looks at constants has looked at those of a chunk, and need not until it changes.</summary>
    public void HasSeenConstants(int chunk) => _chunks.HasSeenConstants(chunk);

    /// <summary>Whether the values of a chunk were described and have not changed since.</summary>
    public bool IsDescribed(int chunk) => _chunks.IsDescribed(chunk);

    /// <summary>Whoever describes where values lie has done so for a chunk.</summary>
    public void HasDescribed(int chunk) => _chunks.HasDescribed(chunk);

    /// <summary>All constants are to be looked at anew.</summary>
    public void LookAtConstants() => _chunks.LookAtConstants(StateChunks.CountFor(_height));

    /// <summary>The state as it is, as the numbers of its chunks. Not to be kept: it changes with the stack.</summary>
    public ReadOnlySpan<int> Save()
    {
        var count = StateChunks.CountFor(_height);
        var numbers = _chunks.Numbers(count);
        for (var i = _chunks.NextChanged(0, count); i < count; i = _chunks.NextChanged(i + 1, count))
        {
            var first = i << StateChunks.SizeBits;
            numbers[i] = _saved.Add(_values.AsSpan(first, Math.Min(StateChunks.Size, _height - first)));
            if (first + StateChunks.Size <= _height)
            {
                // Of the last chunk, what lies above the stack may come back.
                _chunks.Saved(i, _saved.SummaryOf(numbers[i]));
            }
        }

        return numbers;
    }

    /// <summary>The first chunk, from one on, that is not the one of a state; the length of the state if there is none.</summary>
    /// <param name="state">The numbers of the chunks of the state.</param>
    /// <param name="start">The chunk to begin with.</param>
    public int NextDifference(ReadOnlySpan<int> state, int start) => _chunks.NextDifference(state, start);

    /// <summary>The first chunk, from one on, that may have values in registers; the count if there is none.</summary>
    public int NextWithRegisters(int start, int count) => _chunks.NextWithRegisters(start, count);

    /// <summary>The first chunk, from one on, that may have constants; the count if there is none.</summary>
    public int NextWithConstants(int start, int count) => _chunks.NextWithConstants(start, count);

    /// <summary>Takes over a state that was saved.</summary>
    /// <param name="state">The numbers of its chunks.</param>
    /// <param name="height">How many values it has.</param>
    public void Restore(ReadOnlySpan<int> state, int height)
    {
        _height = height;
        for (var i = _chunks.NextDifference(state, 0); i < state.Length; i = _chunks.NextDifference(state, i + 1))
        {
            var first = i << StateChunks.SizeBits;
            var localEnd = Math.Min(first + StateChunks.Size, _localCount);
            ref readonly var summary = ref _saved.SummaryOf(state[i]);
            ConstantLocals -= CountConstants(first, localEnd);
            _saved[state[i]][..summary.Length].CopyTo(_values.AsSpan(first));
            ConstantLocals += CountConstants(first, localEnd);
            _chunks.Restored(i, state[i], summary);
        }

        _registers.ForgetUses();
        for (var i = _chunks.NextWithRegisters(0, state.Length); i < state.Length; i = _chunks.NextWithRegisters(i + 1, state.Length))
        {
            var first = i << StateChunks.SizeBits;
            Retain(first, Math.Min(first + StateChunks.Size, height));
        }
    }

    /// <summary>Forgets the saved chunks from a number on.</summary>
    public void ForgetFrom(int number) => _chunks.ForgetFrom(number, StateChunks.CountFor(_maxHeight));

    /// <summary>The numbers under which chunks of the stack are saved; negative of those that are not.</summary>
    public Span<int> SavedChunks => _chunks.Numbers(StateChunks.CountFor(_maxHeight));

    /// <summary>How many chunks of the stack are those that were saved under a number or a later one.</summary>
    public int CountFrom(int number) => _chunks.CountFrom(number, StateChunks.CountFor(_height));

    /// <summary>A chunk whose values all are those of a saved one becomes that: nobody need compare them again until it changes.</summary>
    /// <param name="chunk">The place of the chunk.</param>
    /// <param name="number">The saved one.</param>
    public void Adopt(int chunk, int number) => _chunks.Restored(chunk, number, _saved.SummaryOf(number));

    /// <summary>Finds the references on the stack.</summary>
    /// <param name="registers">The registers that hold references.</param>
    /// <param name="changed">The words below the top that may have changed since this was last asked for, ascending; from where the stack ended then, all may have.</param>
    /// <returns>The frame slots that do, a bit for each height; those above the stack mean nothing.</returns>
    public ReadOnlySpan<ulong> References(out uint registers, out ReadOnlySpan<int> changed)
    {
        registers = 0;
        _changedWords.Clear();
        var count = StateChunks.CountFor(_height);
        for (var i = _chunks.NextUnmapped(0, count); i < count; i = _chunks.NextUnmapped(i + 1, count))
        {
            _chunks.References[i] = StackMapTable.ReferencesIn(_values.AsSpan(i << StateChunks.SizeBits, StateChunks.Size));
            _chunks.HasMapped(i);
            _changedWords.Add(i);
        }

        for (var i = _chunks.NextWithRegisters(0, count); i < count; i = _chunks.NextWithRegisters(i + 1, count))
        {
            var first = i << StateChunks.SizeBits;
            var values = _values.AsSpan(first, Math.Min(StateChunks.Size, _height - first));
            if (values.Length == StateChunks.Size && !StackValue.AnyInRegister(values))
            {
                _chunks.HasNoRegisters(i);
            }
            else
            {
                registers |= StackMapTable.RegistersWithReferences(values);
            }
        }

        changed = CollectionsMarshal.AsSpan(_changedWords);
        return _chunks.References.AsSpan(0, count);
    }

    /// <summary>Counts the registers of values from one height to another.</summary>
    private void Retain(int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            if (_values[i].IsRegister)
            {
                _registers.Retain(_values[i].Register);
                _lastHolders[_values[i].Register.Code] = i;
            }
        }
    }

    private int CountConstants(int start, int end)
    {
        var count = 0;
        for (var i = start; i < end; i++)
        {
            count += _values[i].IsConstant ? 1 : 0;
        }

        return count;
    }
}
