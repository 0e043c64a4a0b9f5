using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline;

/// <content>
/// The legacy exception handling instructions. The clauses of a <c>try</c> follow its landing pad; the exception is on the stack in
/// them, below their operands, for <c>rethrow</c>.
/// </content>
internal sealed partial class FunctionCompiler
{
    /// <summary>In place of a tag: that of <c>catch_all</c>.</summary>
    private const int AnyTag = -1;

    private void EmitTry() => OpenHandler(ref PushControl(ControlKind.Try));

    private void EmitCatch(int tag)
    {
        ref var frame = ref FrameAt(0);
        if (frame.Kind == ControlKind.Try)
        {
            frame.Kind = ControlKind.Catch;
            if (CloseHandler(ref frame))
            {
                EmitJumpToEnd(ref frame);
                frame.ElseLabel = _landingPads[frame.LandingPad];
            }
            else if (_reachable)
            {
                // Nothing throws: the clauses are skipped, and the end is behind them.
                EnsureTarget(ref frame, _cache.Values);
                Transfer(StateOf(frame), frame.BranchArity);
            }
        }
        else if (_reachable)
        {
            EmitJumpToEnd(ref frame);
        }

        if (frame.LandingPad < 0)
        {
            BecomeUnreachable();
            return;
        }

        _asm.Bind(frame.ElseLabel);
        frame.ElseLabel = default;
        _cache.Restore(HandlerStateOf(frame));
        _cache.Push(ValueKind.Ref, Exception);
        _reachable = true;
        if (tag != AnyTag)
        {
            frame.ElseLabel = _asm.NewLabel();
            EmitTagTest(tag, frame.ElseLabel);
        }
    }

    /// <summary>The end of a <c>try</c> without clauses, whose exceptions go to the landing pad of a block around.</summary>
    private void EmitEndOfTry(ref ControlFrame frame, int catcher)
    {
        if (!CloseHandler(ref frame))
        {
            EmitEndOfBlock(ref frame);
            return;
        }

        EmitJumpToEnd(ref frame);
        _asm.Bind(_landingPads[frame.LandingPad]);
        EmitThrowFurther(frame, catcher);
        EmitEndBehindPad(frame);
    }

    /// <summary>The end of a <c>try</c> with clauses, at the end of the last one.</summary>
    private void EmitEndOfCatch(ref ControlFrame frame)
    {
        EmitJumpToEnd(ref frame);
        if (frame.LandingPad >= 0 && frame.ElseLabel.IsValid)
        {
            _asm.Bind(frame.ElseLabel);
            EmitThrowFurther(frame, _catcher);
        }

        EmitEndBehindPad(frame);
    }

    /// <summary>Ends a <c>try</c> whose exceptions are as if thrown where a label around it is.</summary>
    private void EmitDelegate(int label)
    {
        ref var frame = ref FrameAt(0);
        int target = _controlDepth - 2 - label;
        int catcher = frame.OuterCatcher;
        while (catcher > target)
        {
            catcher = _controls[catcher].OuterCatcher;
        }

        EmitEndOfTry(ref frame, catcher);
        PopControl(frame);
    }

    private void EmitRethrow(int label)
    {
        int slot = FrameAt(label).BaseHeight;
        _cache.SpillBelow(_cache.Height);
        SaveForHandler();
        _asm.Mov(OpSize.Qword, Exception, _cache.Slot(slot));
        EmitThrowException();
    }
}
