using Harness.Engine.Baseline.Model;
using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>
/// The legacy exception handling instructions. The clauses of a <c>try</c> follow its landing pad; the exception is on the stack in
/// them, below their operands, for <c>rethrow</c>.
/// </summary>
internal sealed class LegacyExceptionEmitter(
    BaselineState state, LabelStates labels, StateTransfer transfers, BlockEmitter blocks, ExceptionEmitter exceptions)
{
    /// <summary>In place of a tag: that of <c>catch_all</c>.</summary>
    public const int AnyTag = -1;

    private readonly Assembler _asm = state.Assembler;
    private readonly FrameSlots _frame = state.Frame;
    private readonly ValueStack _stack = state.Stack;
    private readonly ControlStack _control = state.Control;
    private readonly ExceptionHandlers _handlers = state.Handlers;
    private readonly LabelStates _labels = labels;
    private readonly StateTransfer _transfers = transfers;
    private readonly BlockEmitter _blocks = blocks;
    private readonly ExceptionEmitter _exceptions = exceptions;

    /// <summary><c>try</c>.</summary>
    public void EmitTry() => _handlers.Open(ref _control.Push(ControlKind.Try), _labels);

    /// <summary><c>catch</c>, or <c>catch_all</c> with <see cref="AnyTag"/>.</summary>
    public void EmitCatch(int tag)
    {
        ref var frame = ref _control.FrameAt(0);
        if (frame.Kind == ControlKind.Try)
        {
            frame.Kind = ControlKind.Catch;
            if (_handlers.Close(ref frame))
            {
                _blocks.EmitJumpToEnd(ref frame);
                frame.ElseLabel = _handlers.LandingPad(frame.LandingPad);
            }
            else if (_control.IsReachable)
            {
                // Nothing throws: the clauses are skipped, and the end is behind them.
                _labels.EnsureTarget(ref frame);
                _transfers.Transfer(frame);
            }
        }
        else if (_control.IsReachable)
        {
            _blocks.EmitJumpToEnd(ref frame);
        }

        if (frame.LandingPad < 0)
        {
            _blocks.BecomeUnreachable();
            return;
        }

        _asm.Bind(frame.ElseLabel);
        frame.ElseLabel = default;
        _stack.Restore(_control.HandlerStateOf(frame), frame.BaseHeight);
        _stack.Push(ValueKind.Ref, ExceptionEmitter.Exception);
        _control.IsReachable = true;
        if (tag != AnyTag)
        {
            frame.ElseLabel = _asm.NewLabel();
            _exceptions.EmitTagTest(tag, frame.ElseLabel);
            _exceptions.PushValues(tag);
        }
    }

    /// <summary>The end of a <c>try</c> without clauses, whose exceptions go to the landing pad of a block around.</summary>
    public void EmitEndOfTry(ref ControlFrame frame, int catcher)
    {
        if (!_handlers.Close(ref frame))
        {
            _blocks.EmitEndOfBlock(ref frame);
            return;
        }

        _blocks.EmitJumpToEnd(ref frame);
        _asm.Bind(_handlers.LandingPad(frame.LandingPad));
        _exceptions.EmitThrowFurther(frame, catcher);
        _exceptions.EmitEndBehindPad(frame);
    }

    /// <summary>The end of a <c>try</c> with clauses, at the end of the last one.</summary>
    public void EmitEndOfCatch(ref ControlFrame frame)
    {
        _blocks.EmitJumpToEnd(ref frame);
        if (frame.LandingPad >= 0 && frame.ElseLabel.IsValid)
        {
            _asm.Bind(frame.ElseLabel);
            _exceptions.EmitThrowFurther(frame, _handlers.Catcher);
        }

        _exceptions.EmitEndBehindPad(frame);
    }

    /// <summary>Ends a <c>try</c> whose exceptions are as if thrown where a label around it is.</summary>
    public void EmitDelegate(int label)
    {
        ref var frame = ref _control.FrameAt(0);
        var target = _control.Depth - 2 - label;
        var catcher = frame.OuterCatcher;
        while (catcher > target)
        {
            catcher = _control[catcher].OuterCatcher;
        }

        EmitEndOfTry(ref frame, catcher);
        _blocks.PopControl(frame);
    }

    /// <summary><c>rethrow</c>.</summary>
    public void EmitRethrow(int label)
    {
        var slot = _control.FrameAt(label).BaseHeight;
        _stack.SpillBelow(_stack.Height);
        _handlers.SaveConstants();
        _asm.Mov(OpSize.Qword, ExceptionEmitter.Exception, _frame.Slot(slot));
        _exceptions.EmitThrowException();
    }
}
