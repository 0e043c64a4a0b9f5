using Harness.Engine.Baseline.Model;
using Harness.Engine.Deoptimization;
using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Blocks, from where they begin to where they end, and what of them cannot be reached.</summary>
internal sealed class BlockEmitter(
    BaselineState state, LabelStates labels, StateTransfer transfers, FrameEmitter framing, ConditionEmitter conditions)
{
    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;
    private readonly ValueStack _stack = state.Stack;
    private readonly ControlStack _control = state.Control;
    private readonly ResumePointRecorder _resume = state.Resume;
    private readonly LabelStates _labels = labels;
    private readonly StateTransfer _transfers = transfers;
    private readonly FrameEmitter _framing = framing;
    private readonly ConditionEmitter _conditions = conditions;

    /// <summary><c>loop</c>.</summary>
    public void EmitLoop()
    {
        ref var frame = ref _control.Push(ControlKind.Loop);
        _labels.SettleLoopState(ref frame);
        _transfers.Transfer(frame);
        _stack.Restore(_control.StateOf(frame), frame.TargetHeight);
        _asm.Bind(frame.Label);
        _resume.Record(ResumeKind.LoopEntry);
        if (_control.OutermostLoop < 0)
        {
            _control.OutermostLoop = _control.Depth - 1;
            if (_body.EntersLoops)
            {
                _framing.EmitLoopRequest();
            }
        }

        _framing.EmitStackGuard();
        _framing.EmitEpochCheck();
        if (_body.CountsBudget)
        {
            _framing.EmitBudget(_body.Scan[frame.Summary].EndOffset - _body.Offset);
        }
    }

    /// <summary><c>if</c>, by a test that was made.</summary>
    public void EmitIf(FlagTest condition)
    {
        _labels.Limit();
        ref var frame = ref _control.Push(ControlKind.If);
        frame.ElseLabel = _asm.NewLabel();
        frame.ElseState = _control.SaveState();
        frame.ElseRegisters = _stack.Used;
        _conditions.EmitJump(condition.Negate(), frame.ElseLabel);
    }

    /// <summary><c>else</c>.</summary>
    public void EmitElse()
    {
        ref var frame = ref _control.FrameAt(0);
        if (_control.IsReachable)
        {
            _labels.EnsureTarget(ref frame);
            _transfers.Transfer(frame);
            _asm.Jmp(frame.Label);
        }

        frame.Kind = ControlKind.Else;
        _asm.Bind(frame.ElseLabel);
        _stack.Restore(_control.ElseStateOf(frame), frame.ElseHeight);
        _control.IsReachable = true;
    }

    /// <summary>The end of a block that catches nothing.</summary>
    public void EmitEndOfBlock(ref ControlFrame frame)
    {
        if (frame.IsTarget)
        {
            if (_control.IsReachable)
            {
                _transfers.Transfer(frame);
            }

            BindTarget(frame);
        }
    }

    /// <summary>The end of an <c>if</c> without <c>else</c>: its parameters, which are its results, go past it when the condition is false.</summary>
    public void EmitEndOfIf(ref ControlFrame frame)
    {
        var elseState = _control.ElseStateOf(frame);
        if (!_control.IsReachable && !frame.IsTarget)
        {
            _asm.Bind(frame.ElseLabel);
            _stack.Restore(elseState, frame.ElseHeight);
            _control.IsReachable = true;
            return;
        }

        if (!frame.IsTarget)
        {
            // Whoever has lost the registers to a call must not load them all again.
            if (_body.Scan[frame.Summary].HasCall)
            {
                _labels.EnsureTarget(ref frame);
            }
            else
            {
                _labels.Settle(ref frame, elseState, frame.ElseHeight, frame.ElseRegisters);
            }
        }

        if (_control.IsReachable)
        {
            _transfers.Transfer(frame);
        }

        if (_transfers.Satisfies(elseState, _control.StateOf(frame), frame.TargetHeight))
        {
            _asm.Bind(frame.ElseLabel);
        }
        else
        {
            if (_control.IsReachable)
            {
                _asm.Jmp(frame.Label);
            }

            _asm.Bind(frame.ElseLabel);
            _stack.Restore(elseState, frame.ElseHeight);
            _transfers.Transfer(frame);
        }

        BindTarget(frame);
    }

    /// <summary>Goes on at a label that something branches to, in the state that its branches agree on.</summary>
    public void BindTarget(in ControlFrame frame)
    {
        _asm.Bind(frame.Label);
        _stack.Restore(_control.StateOf(frame), frame.TargetHeight);
        _control.IsReachable = true;
    }

    /// <summary>Goes to a block's end, if this place can be reached.</summary>
    public void EmitJumpToEnd(ref ControlFrame frame)
    {
        if (_control.IsReachable)
        {
            _labels.EnsureTarget(ref frame);
            _transfers.Transfer(frame);
            _asm.Jmp(frame.Label);
        }
    }

    /// <summary>Closes a block, and skips what cannot be reached behind it.</summary>
    public void PopControl(in ControlFrame frame)
    {
        _control.Pop(frame);
        if (!_control.IsReachable)
        {
            SkipUnreachable();
        }
    }

    /// <summary>Behind an instruction that does not go on: skips what cannot be reached.</summary>
    public void BecomeUnreachable()
    {
        _control.IsReachable = false;
        SkipUnreachable();
    }

    /// <summary>Skips instructions up to the <c>else</c>, <c>end</c> or clause of the current block.</summary>
    private void SkipUnreachable()
    {
        while (true)
        {
            var offset = _body.Reader.Offset;
            var opcode = _body.Reader.ReadOpcode();
            switch (opcode)
            {
                case Opcode.Block:
                case Opcode.Loop:
                case Opcode.If:
                case Opcode.TryTable:
                case Opcode.Try:
                    // A block that cannot be reached is left at once: the look ahead knows its end.
                    ref readonly var block = ref _body.Scan[_body.NextBlock];
                    _body.Reader.Offset = block.EndOffset;
                    _body.NextBlock = block.NextBlock;
                    break;
                case Opcode.End:
                case Opcode.Else:
                case Opcode.Catch:
                case Opcode.CatchAll:
                case Opcode.Delegate:
                    _body.Reader.Offset = offset;
                    return;
                default:
                    _body.Reader.SkipImmediates(opcode);
                    break;
            }
        }
    }
}
