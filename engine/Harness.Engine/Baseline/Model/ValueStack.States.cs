namespace Harness.Engine.Baseline.Model;

/// <content>States that are saved and taken over, and what of them is found chunk by chunk.</content>
internal sealed partial class ValueStack
{
    /// <summary>Whether a chunk may have constants that nobody has looked at.</summary>
    public bool MayHaveNewConstants(int chunk) => _chunks.MayHaveNewConstants(chunk);

    /// <summary>Whoever looks at constants has looked at those of a chunk, and need not until it changes.</summary>
    public void HasSeenConstants(int chunk) => _chunks.HasSeenConstants(chunk);

    /// <summary>All constants are to be looked at anew.</summary>
    public void LookAtConstants() => _chunks.LookAtConstants(StateChunks.CountFor(_height));

    /// <summary>The state as it is, as the numbers of its chunks. Not to be kept: it changes with the stack.</summary>
    public ReadOnlySpan<int> Save()
    {
        int count = StateChunks.CountFor(_height);
        for (int i = 0; i < count; i++)
        {
            if (_chunks.IsChanged(i))
            {
                int first = i << StateChunks.SizeBits;
                _chunks.Saved(i, _saved.Add(_values.AsSpan(first, Math.Min(StateChunks.Size, _height - first))));
            }
        }

        return _chunks.Numbers(count);
    }

    /// <summary>Whether the values of a chunk are those of a saved one.</summary>
    /// <param name="chunk">Its place.</param>
    /// <param name="number">The number of the saved one.</param>
    public bool IsSame(int chunk, int number) => _chunks.IsSame(chunk, number);

    /// <summary>Takes over a state that was saved.</summary>
    /// <param name="state">The numbers of its chunks.</param>
    /// <param name="height">How many values it has.</param>
    public void Restore(ReadOnlySpan<int> state, int height)
    {
        _height = height;
        _registers.ForgetUses();
        ConstantLocals = 0;
        for (int i = 0; i < state.Length; i++)
        {
            int number = state[i];
            int first = i << StateChunks.SizeBits;
            ref readonly var summary = ref _saved.SummaryOf(number);
            if (!_chunks.IsSame(i, number))
            {
                _saved[number][..summary.Length].CopyTo(_values.AsSpan(first));
            }

            _chunks.Restored(i, number, summary);
            if (summary.Registers != 0)
            {
                Retain(first, Math.Min(first + StateChunks.Size, height));
            }

            if (summary.Constants != 0 && first < _localCount)
            {
                bool isWhole = first + StateChunks.Size <= _localCount;
                ConstantLocals += isWhole ? summary.Constants : CountConstants(first, _localCount);
            }
        }
    }

    /// <summary>Forgets the saved chunks from a number on.</summary>
    public void ForgetFrom(int number) => _chunks.ForgetFrom(number, StateChunks.CountFor(_maxHeight));

    /// <summary>Finds the references on the stack.</summary>
    /// <param name="registers">The registers that hold references.</param>
    /// <returns>The frame slots that do, a bit for each height; those above the stack mean nothing.</returns>
    public ReadOnlySpan<ulong> References(out uint registers)
    {
        registers = 0;
        int count = StateChunks.CountFor(_height);
        for (int i = 0; i < count; i++)
        {
            int first = i << StateChunks.SizeBits;
            if (_chunks.TakeReferences(i))
            {
                _chunks.References[i] = StackMapTable.ReferencesIn(_values.AsSpan(first, StateChunks.Size));
            }

            if (_chunks.MayHaveRegisters(i))
            {
                registers |= StackMapTable.RegistersWithReferences(_values.AsSpan(first, Math.Min(StateChunks.Size, _height - first)));
            }
        }

        return _chunks.References.AsSpan(0, count);
    }

    /// <summary>Counts the registers of values from one height to another.</summary>
    private void Retain(int start, int end)
    {
        for (int i = start; i < end; i++)
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
        int count = 0;
        for (int i = start; i < end; i++)
        {
            count += _values[i].IsConstant ? 1 : 0;
        }

        return count;
    }
}
