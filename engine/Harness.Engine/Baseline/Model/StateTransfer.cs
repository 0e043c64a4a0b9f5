using CallingConvention = Harness.Engine.Runtime.CallingConvention;

namespace Harness.Engine.Baseline.Model;

/// <summary>Moves values from where they are to where a label expects them. What has not changed since the label's state was settled is passed over.</summary>
internal sealed class StateTransfer(BaselineState state)
{
    private readonly FrameSlots _frame = state.Frame;
    private readonly ValueStack _stack = state.Stack;
    private readonly ParallelMove _moves = state.Moves;
    private readonly ControlStack _control = state.Control;
    private readonly StateChunks _chunks = state.Chunks;

    /// <summary>Whether a branch to a label from here needs no moves.</summary>
    public bool IsSatisfied(in ControlFrame frame)
    {
        ReadOnlySpan<int> target = _control.StateOf(frame);
        var shift = _stack.Height - frame.TargetHeight;
        if (!IsSatisfied(target, shift == 0 ? frame.TargetHeight : frame.BaseHeight))
        {
            return false;
        }

        for (var i = frame.BaseHeight; shift != 0 && i < frame.TargetHeight; i++)
        {
            ref readonly var expected = ref _chunks.ValueOf(target, i);
            if (!expected.IsRegister || !_stack[i + shift].Satisfies(expected))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a branch moves nothing but what it takes along; a return moves nothing else.</summary>
    public bool AreOnlyOperandsMoved(in ControlFrame frame) =>
        frame.Kind == ControlKind.Function || IsSatisfied(_control.StateOf(frame), frame.BaseHeight);

    /// <summary>Whether code that expects a state can be entered with another one of the same height without a move.</summary>
    public bool Satisfies(ReadOnlySpan<int> source, ReadOnlySpan<int> target, int height)
    {
        for (var i = source.CommonPrefixLength(target); i < target.Length; i += 1 + source[(i + 1)..].CommonPrefixLength(target[(i + 1)..]))
        {
            var count = Math.Min(StateChunks.Size, height - (i << StateChunks.SizeBits));
            if (!Satisfies(_chunks[source[i]][..count], _chunks[target[i]][..count]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Moves the values from where they are to where a label expects them. What the compiler knows of the current state does not change.</summary>
    public void Transfer(in ControlFrame frame) => Transfer(_control.StateOf(frame), frame.TargetHeight, frame.BranchArity);

    /// <summary>
    /// Moves the values from where they are to where a label expects them. What the compiler knows of the current state does not
    /// change: a branch that is not taken goes on with it.
    /// </summary>
    /// <param name="target">What is expected.</param>
    /// <param name="height">How many values are.</param>
    /// <param name="arity">How many values on the top are taken along; those between them and the target's others are dropped.</param>
    public void Transfer(ReadOnlySpan<int> target, int height, int arity)
    {
        var source = _stack.Values;
        var shift = source.Length - height;
        var baseHeight = height - arity;
        if (shift != 0)
        {
            LowerFrameValues(source, baseHeight, height, shift);
        }

        var below = target[..StateChunks.CountFor(baseHeight)];
        for (var chunk = _stack.NextDifference(below, 0); chunk < below.Length; chunk = _stack.NextDifference(below, chunk + 1))
        {
            var first = chunk << StateChunks.SizeBits;
            var values = source[first..Math.Min(first + StateChunks.Size, baseHeight)];
            if (!TryAdopt(chunk, values, target[chunk]))
            {
                TransferChunk(values, _chunks[target[chunk]], first);
            }
        }

        for (var i = baseHeight; i < height; i++)
        {
            ref readonly var value = ref source[i + shift];
            Transfer(value, _chunks.ValueOf(target, i), i, isInSlot: value.IsFrame || (value.IsSaved && shift == 0));
        }

        _moves.Execute(CallingConvention.Scratch);
    }

    /// <summary>Whether the first values are where a label expects them.</summary>
    private bool IsSatisfied(ReadOnlySpan<int> target, int height)
    {
        var below = target[..StateChunks.CountFor(height)];
        for (var chunk = _stack.NextDifference(below, 0); chunk < below.Length; chunk = _stack.NextDifference(below, chunk + 1))
        {
            var first = chunk << StateChunks.SizeBits;
            var values = _stack.Values[first..Math.Min(first + StateChunks.Size, height)];
            if (!TryAdopt(chunk, values, target[chunk]) && !Satisfies(values, _chunks[target[chunk]]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Notes that a chunk is the one that is expected, if all of its values are equal: where a function has very many locals, most of them lie in the
    /// frame at every branch.
    /// </summary>
    private bool TryAdopt(int chunk, ReadOnlySpan<StackValue> values, int expected)
    {
        if (values.Length != StateChunks.Size
            || _chunks.SummaryOf(expected).Length != StateChunks.Size
            || StateChunks.NextDifference(values, _chunks[expected], 0) != StateChunks.Size)
        {
            return false;
        }

        _stack.Adopt(chunk, expected);
        return true;
    }

    private static bool Satisfies(ReadOnlySpan<StackValue> source, ReadOnlySpan<StackValue> target)
    {
        for (var i = StateChunks.NextDifference(source, target, 0); i < source.Length; i = StateChunks.NextDifference(source, target, i + 1))
        {
            if (!source[i].Satisfies(target[i]))
            {
                return false;
            }
        }

        return true;
    }

    private void TransferChunk(ReadOnlySpan<StackValue> source, ReadOnlySpan<StackValue> target, int first)
    {
        for (var i = StateChunks.NextDifference(source, target, 0); i < source.Length; i = StateChunks.NextDifference(source, target, i + 1))
        {
            if (!source[i].Satisfies(target[i]))
            {
                Transfer(source[i], target[i], first + i, isInSlot: source[i].IsFrame || source[i].IsSaved);
            }
        }
    }

    /// <summary>Moves one value to where it is expected, at a height.</summary>
    private void Transfer(in StackValue value, in StackValue expected, int height, bool isInSlot)
    {
        if (!isInSlot && (expected.IsFrame || expected.IsSaved))
        {
            _frame.Store(height, value);
        }

        if (expected.IsRegister)
        {
            _moves.Add(expected.Register, value, height);
        }
    }

    /// <summary>Copies values that are in the frame to the slots of their new heights.</summary>
    private void LowerFrameValues(ReadOnlySpan<StackValue> source, int start, int end, int shift)
    {
        for (var i = start; i < end; i++)
        {
            if (source[i + shift].IsFrame)
            {
                _frame.CopyWords(_frame.Slot(i + shift), _frame.Slot(i), source[i + shift].Kind);
            }
        }
    }
}
