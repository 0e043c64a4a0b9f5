using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Harness.Engine.Modules;
using CallingConvention = Harness.Engine.Runtime.CallingConvention;

namespace Harness.Engine.Baseline;

/// <content>
/// The states that branches agree on. The first branch to a label settles where each value is expected there; later ones move
/// theirs to these places. In such a state no register holds two values.
/// </content>
internal sealed partial class FunctionCompiler
{
    /// <summary>Registers of each file that a loop's state may take up: the others are left to the operands inside.</summary>
    private const int LoopGprs = 8;
    private const int LoopXmms = 12;

    /// <summary>Most saved values: what exceeds it is a function made to exhaust memory.</summary>
    private const int MaxStates = 1 << 26;

    private StackValue[] _states = new StackValue[1024];
    private int _stateEnd;

    private Span<StackValue> StateOf(in ControlFrame frame) => _states.AsSpan(frame.State, frame.TargetHeight);

    private Span<StackValue> ElseStateOf(in ControlFrame frame) =>
        _states.AsSpan(frame.ElseState, frame.BaseHeight + frame.Signature.ParameterCount);

    private int ReserveState(int height)
    {
        int start = _stateEnd;
        _stateEnd += height;
        if (_stateEnd > _states.Length)
        {
            if (_stateEnd > MaxStates)
            {
                throw new NotSupportedException($"the function at offset 0x{_function.BodyStart:x} has too many locals in nested blocks");
            }

            Array.Resize(ref _states, Math.Max(_stateEnd, 2 * _states.Length));
        }

        return start;
    }

    /// <summary>Settles the state of a label at its first branch, if this is it, from the state of that branch.</summary>
    private void EnsureTarget(ref ControlFrame frame, ReadOnlySpan<StackValue> source)
    {
        if (frame.IsTarget)
        {
            return;
        }

        frame.IsTarget = true;
        ref readonly var summary = ref _scan[frame.Summary];
        var target = StateOf(frame);
        uint busy = RegistersOf(source);
        uint taken = 0;
        for (int i = 0; i < frame.BaseHeight; i++)
        {
            ref readonly var value = ref source[i];
            if (value.IsFrame)
            {
                target[i] = value;
                continue;
            }

            bool isModified = i < _localCount && summary.Modifies(i);
            target[i] = value.Place switch
            {
                ValuePlace.Constant => !isModified ? value
                    : summary.HasCall ? StackValue.InFrame(value.Kind) : TakeRegister(value.Kind, ref taken, busy, busy),
                _ => value.IsSaved && summary.HasCall ? StackValue.InFrame(value.Kind) : KeepRegister(value, ref taken, busy),
            };
        }

        int shift = source.Length - target.Length;
        for (int i = frame.BaseHeight; i < target.Length; i++)
        {
            var value = source[i + shift];
            value.IsSaved = false;
            target[i] = value.IsRegister && (taken & value.Register.Bit) == 0
                ? KeepRegister(value, ref taken, busy)
                : TakeRegister(value.Kind, ref taken, busy, RegisterSet.None);
        }
    }

    /// <summary>
    /// Settles the state at the start of a loop. Without calls in the loop, what it uses is put into registers; with calls, no
    /// register would survive to the next iteration, so that everything goes to the frame. Constants that the loop does not change
    /// stay.
    /// </summary>
    private void SettleLoopState(ref ControlFrame frame)
    {
        frame.IsTarget = true;
        ref readonly var summary = ref _scan[frame.Summary];
        var target = StateOf(frame);
        for (int i = 0; i < target.Length; i++)
        {
            ref readonly var value = ref _cache[i];
            bool isModified = i < _localCount ? summary.Modifies(i) : i >= frame.BaseHeight;
            target[i] = value.IsConstant && !isModified ? value : StackValue.InFrame(value.Kind);
        }

        if (summary.HasCall)
        {
            return;
        }

        uint busy = _cache.Used;
        uint taken = 0;
        int gprs = LoopGprs;
        int xmms = LoopXmms;
        for (int i = 0; i < target.Length; i++)
        {
            ref readonly var value = ref _cache[i];
            if (value.IsRegister && (i >= _localCount || summary.Uses(i)) && (taken & value.Register.Bit) == 0
                && TakeTurn(value.Kind, ref gprs, ref xmms))
            {
                target[i] = KeepRegister(StackValue.In(value.Register, value.Kind), ref taken, busy);
            }
        }

        for (int i = 0; i < target.Length; i++)
        {
            var kind = target[i].Kind;
            if (target[i].IsFrame && (i >= frame.BaseHeight || (i < _localCount && summary.Uses(i)))
                && TakeTurn(kind, ref gprs, ref xmms))
            {
                target[i] = TakeRegister(kind, ref taken, busy, RegisterSet.None);
            }
        }

        for (int i = 0; i < target.Length; i++)
        {
            ref readonly var value = ref _cache[i];
            if (value.IsRegister && target[i].IsFrame && (taken & value.Register.Bit) == 0
                && TakeTurn(value.Kind, ref gprs, ref xmms))
            {
                target[i] = KeepRegister(StackValue.In(value.Register, value.Kind), ref taken, busy);
            }
        }
    }

    private static bool TakeTurn(ValueKind kind, ref int gprs, ref int xmms) =>
        RegisterSet.IsFloat(kind) ? --xmms >= 0 : --gprs >= 0;

    private static uint RegistersOf(ReadOnlySpan<StackValue> values)
    {
        uint registers = 0;
        foreach (ref readonly var value in values)
        {
            if (value.IsRegister)
            {
                registers |= value.Register.Bit;
            }
        }

        return registers;
    }

    /// <summary>Expects a value in the register it is in, or in another one, or in the frame, if that is taken.</summary>
    private static StackValue KeepRegister(in StackValue value, ref uint taken, uint busy)
    {
        if ((taken & value.Register.Bit) == 0)
        {
            taken |= value.Register.Bit;
            return value;
        }

        return value.IsSaved ? StackValue.InFrame(value.Kind) : TakeRegister(value.Kind, ref taken, busy, busy);
    }

    /// <summary>Expects a value in a register that is not taken, of the busy ones last; in the frame if there is none.</summary>
    private static StackValue TakeRegister(ValueKind kind, ref uint taken, uint busy, uint excluded)
    {
        uint free = RegisterSet.For(kind) & ~taken & ~excluded;
        if ((free & ~busy) != 0)
        {
            free &= ~busy;
        }

        if (free == 0)
        {
            return StackValue.InFrame(kind);
        }

        var register = Register.First(free);
        taken |= register.Bit;
        return StackValue.In(register, kind);
    }

    /// <summary>Whether a branch to a label from here needs no moves.</summary>
    private bool IsSatisfied(in ControlFrame frame)
    {
        var target = StateOf(frame);
        var source = _cache.Values;
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

    private static bool Satisfies(ReadOnlySpan<StackValue> source, ReadOnlySpan<StackValue> target)
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
    private void Transfer(ReadOnlySpan<StackValue> target, int arity)
    {
        var source = _cache.Values;
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
    private void Transfer(in StackValue value, in StackValue expected, int height, bool isInSlot)
    {
        if (!isInSlot && (expected.IsFrame || expected.IsSaved))
        {
            _cache.Store(height, value);
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
                CopyWords(_cache.Slot(i + shift), _cache.Slot(i), source[i + shift].Kind);
            }
        }
    }
}
