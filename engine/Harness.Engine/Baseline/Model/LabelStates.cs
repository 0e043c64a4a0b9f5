using Harness.Engine.Modules;

namespace Harness.Engine.Baseline.Model;

/// <summary>
/// Settles where a label expects each value: the first branch to it decides, and the start of a loop at once. In such a state no register
/// holds two values.
/// </summary>
internal sealed class LabelStates(BaselineState state)
{
    /// <summary>Registers of each file that a loop's state may take up: the others are left to the operands inside.</summary>
    private const int LoopGprs = 8;
    private const int LoopXmms = 12;

    private readonly FunctionBody _body = state.Body;
    private readonly ValueStack _stack = state.Stack;
    private readonly ControlStack _control = state.Control;

    /// <summary>Settles the state of a label at its first branch, if this is it, from the state of that branch.</summary>
    public void EnsureTarget(ref ControlFrame frame, ReadOnlySpan<StackValue> source)
    {
        if (frame.IsTarget)
        {
            return;
        }

        frame.IsTarget = true;
        ref readonly var summary = ref _body.Scan[frame.Summary];
        var target = _control.StateOf(frame);
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

            bool isModified = i < _body.LocalCount && summary.Modifies(i);
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
    public void SettleLoopState(ref ControlFrame frame)
    {
        frame.IsTarget = true;
        ref readonly var summary = ref _body.Scan[frame.Summary];
        var target = _control.StateOf(frame);
        for (int i = 0; i < target.Length; i++)
        {
            ref readonly var value = ref _stack[i];
            bool isModified = i < _body.LocalCount ? summary.Modifies(i) : i >= frame.BaseHeight;
            target[i] = value.IsConstant && !isModified ? value : StackValue.InFrame(value.Kind);
        }

        if (summary.HasCall)
        {
            return;
        }

        uint busy = _stack.Used;
        uint taken = 0;
        int gprs = LoopGprs;
        int xmms = LoopXmms;
        for (int i = 0; i < target.Length; i++)
        {
            ref readonly var value = ref _stack[i];
            if (value.IsRegister && (i >= _body.LocalCount || summary.Uses(i)) && (taken & value.Register.Bit) == 0
                && TakeTurn(value.Kind, ref gprs, ref xmms))
            {
                target[i] = KeepRegister(StackValue.In(value.Register, value.Kind), ref taken, busy);
            }
        }

        for (int i = 0; i < target.Length; i++)
        {
            var kind = target[i].Kind;
            if (target[i].IsFrame && (i >= frame.BaseHeight || (i < _body.LocalCount && summary.Uses(i)))
                && TakeTurn(kind, ref gprs, ref xmms))
            {
                target[i] = TakeRegister(kind, ref taken, busy, RegisterSet.None);
            }
        }

        for (int i = 0; i < target.Length; i++)
        {
            ref readonly var value = ref _stack[i];
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
}
