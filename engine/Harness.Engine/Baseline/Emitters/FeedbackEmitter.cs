using Harness.Engine.Baseline.Model;
using Harness.Engine.Deoptimization;
using Harness.Engine.Feedback;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Counts calls and records their targets in the feedback vector.</summary>
internal sealed class FeedbackEmitter(BaselineState state)
{
    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;
    private readonly ColdPaths _cold = state.Cold;
    private readonly ResumePointRecorder _resume = state.Resume;
    private int[] _offsets = new int[64];
    private int _count;

    /// <summary>Offsets in the module's bytes of the call instructions that have feedback slots, in the order of the slots.</summary>
    public ReadOnlySpan<int> CallOffsets => _offsets.AsSpan(0, _count);

    /// <summary>Forgets all slots.</summary>
    public void Clear() => _count = 0;

    /// <summary>
    /// Gives the call instruction a feedback slot, if feedback is wanted, and describes the state before it. What the call leaves
    /// on the stack has been spilled; only its operands may be in registers.
    /// </summary>
    /// <returns>The slot's offset in the vector; -1 without feedback.</returns>
    public int AddFeedbackSlot()
    {
        if (!_body.WantsFeedback)
        {
            return -1;
        }

        _resume.Record(ResumeKind.BeforeInstruction);
        if (_count == _offsets.Length)
        {
            Array.Resize(ref _offsets, 2 * _count);
        }

        _offsets[_count] = _body.Offset;
        return _count++ * FeedbackSlot.Size;
    }

    /// <summary>Counts a direct call, if feedback is wanted.</summary>
    public void CountCall(int feedbackSlot)
    {
        if (feedbackSlot < 0)
        {
            return;
        }

        _asm.Mov(OpSize.Qword, Gpr.R10, Mem.Base(Gpr.Rbp, FrameLayout.FeedbackVector));
        _asm.Unary(UnaryOp.Inc, OpSize.Qword, Mem.Base(Gpr.R10, feedbackSlot + FeedbackSlot.CountOffset));
    }

    /// <summary>Records the call of the function in the scratch register, if feedback is wanted.</summary>
    public void RecordTarget(int feedbackSlot)
    {
        if (feedbackSlot < 0)
        {
            return;
        }

        _asm.Mov(OpSize.Qword, Gpr.R10, Mem.Base(Gpr.Rbp, FrameLayout.FeedbackVector));
        _asm.Alu(
            AluOp.Cmp, OpSize.Qword, Mem.Base(Gpr.R10, feedbackSlot + FeedbackSlot.TargetOffset), CallingConvention.Scratch);
        _asm.Jcc(Condition.NotEqual, _cold.AddReturning(ColdPathKind.FeedbackMiss, operand: feedbackSlot));
        _asm.Unary(UnaryOp.Inc, OpSize.Qword, Mem.Base(Gpr.R10, feedbackSlot + FeedbackSlot.CountOffset));
        _cold.BindResume();
    }
}
