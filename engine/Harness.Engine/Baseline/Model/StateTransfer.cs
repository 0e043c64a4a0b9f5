using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CallingConvention = Harness.Engine.Runtime.CallingConvention;

namespace Harness.Engine.Baseline.Model;

/// <summary>Moves values from where they are to where a label expects them.</summary>
internal sealed class StateTransfer(BaselineState state)
{
    private readonly FrameSlots _frame = state.Frame;
    private readonly ValueStack _stack = state.Stack;
    private readonly ParallelMove _moves = state.Moves;
    private readonly ControlStack _control = state.Control;

    /// <summary>Whether a branch to a label from here needs no moves.</summary>
    public bool IsSatisfied(in ControlFrame frame)
    {
        var target = _control.StateOf(frame);
        var source = _stack.Values;
        int shift = source.Length - target.Length;
        if (shift == 0)
        {
            return Satisfies(source, target);
        }

        if (!Satisfies(source[..frame.BaseHeight], target[..frame.BaseHeight]))
        {
            return false;
        }

        for (int i = frame.BaseHeight; i < target.Length; i++)
        {
            if (!target[i].IsRegister || !source[i + shift].Satisfies(target[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether code that expects a state can be entered with another one without a move.</summary>
    public static bool Satisfies(ReadOnlySpan<StackValue> source, ReadOnlySpan<StackValue> target)
    {
        for (int i = NextDifference(source, target, 0); i < source.Length; i = NextDifference(source, target, i + 1))
        {
            if (!source[i].Satisfies(target[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The first index from <paramref name="start"/> at which two states differ; the length of the shorter one if there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int NextDifference(ReadOnlySpan<StackValue> source, ReadOnlySpan<StackValue> target, int start) =>
        start + MemoryMarshal.Cast<StackValue, ulong>(source[start..])
            .CommonPrefixLength(MemoryMarshal.Cast<StackValue, ulong>(target[start..]));

    /// <summary>
    /// Moves the values from where they are to where a label expects them. What the compiler knows of the current state does not
    /// change: a branch that is not taken goes on with it.
    /// </summary>
    /// <param name="target">What is expected.</param>
    /// <param name="arity">How many values on the top are taken along; those between them and the target's others are dropped.</param>
    public void Transfer(ReadOnlySpan<StackValue> target, int arity)
    {
        var source = _stack.Values;
        int shift = source.Length - target.Length;
        int baseHeight = target.Length - arity;
        if (shift != 0)
        {
            LowerFrameValues(source, baseHeight, target.Length, shift);
        }

        var below = target[..baseHeight];
        for (int i = NextDifference(source, below, 0); i < baseHeight; i = NextDifference(source, below, i + 1))
        {
            if (!source[i].Satisfies(target[i]))
            {
                Transfer(source[i], target[i], i, isInSlot: source[i].IsFrame || source[i].IsSaved);
            }
        }

        for (int i = baseHeight; i < target.Length; i++)
        {
            ref readonly var value = ref source[i + shift];
            Transfer(value, target[i], i, isInSlot: value.IsFrame || (value.IsSaved && shift == 0));
        }

        _moves.Execute(CallingConvention.Scratch);
    }

    /// <summary>Moves one value to where it is expected, at a height.</summary>
    public void Transfer(in StackValue value, in StackValue expected, int height, bool isInSlot)
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
        for (int i = start; i < end; i++)
        {
            if (source[i + shift].IsFrame)
            {
                _frame.CopyWords(_frame.Slot(i + shift), _frame.Slot(i), source[i + shift].Kind);
            }
        }
    }
}
