using Harness.Engine.Baseline.Model;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>
/// Tail calls: the frame makes way for the callee's, whose stack arguments take the place of the own ones. The callee may belong to another
/// instance, since who calls a function with such a tail call does not rely on the instance register afterwards.
/// </summary>
internal sealed class TailCallEmitter(
    BaselineState state, InstanceFields instance, FrameEmitter framing, FeedbackEmitter feedback, CallEmitter calls)
{
    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;
    private readonly ColdPaths _cold = state.Cold;
    private readonly InstanceFields _instance = instance;
    private readonly FrameEmitter _framing = framing;
    private readonly FeedbackEmitter _feedback = feedback;
    private readonly CallEmitter _calls = calls;

    /// <summary><c>return_call</c>.</summary>
    public void EmitReturnCall(int functionIndex)
    {
        _framing.EmitExitBudget();
        var type = _body.Module.Functions[functionIndex].Type;
        if (_body.Layout.IsImportedFunction(functionIndex))
        {
            var importBytes = _calls.EmitArguments(type);
            _instance.LoadFunctionReference(functionIndex, CallingConvention.Scratch);
            EmitTailCallToAnyInstance(importBytes);
            return;
        }

        var slot = _feedback.AddFeedbackSlot();
        var stackBytes = _calls.EmitArguments(type);
        _feedback.CountCall(slot);
        LeaveFrame(stackBytes);
        _asm.Jmp(InstanceFields.At(_body.Layout.FunctionReferenceOf(functionIndex) + FunctionReference.EntryOffset));
    }

    /// <summary><c>return_call_indirect</c>.</summary>
    public void EmitReturnCallIndirect()
    {
        _framing.EmitExitBudget();
        var definition = _body.Module.GetType(_body.Reader.ReadIndex());
        var tableIndex = _body.Reader.ReadIndex();
        var slot = _feedback.AddFeedbackSlot();
        _calls.LoadTableTarget(definition, tableIndex);
        EmitIndirectReturnCall(definition.Function!, slot);
    }

    /// <summary><c>return_call_ref</c>.</summary>
    public void EmitReturnCallRef()
    {
        _framing.EmitExitBudget();
        var type = _body.Module.GetType(_body.Reader.ReadIndex()).Function!;
        var slot = _feedback.AddFeedbackSlot();
        _calls.PopTarget();
        EmitIndirectReturnCall(type, slot);
    }

    /// <summary>Tail-calls the function whose reference is in the scratch register.</summary>
    private void EmitIndirectReturnCall(FunctionType type, int feedbackSlot)
    {
        var target = CallingConvention.Scratch;
        var stackBytes = _calls.EmitArguments(type);
        _feedback.RecordTarget(feedbackSlot);
        _asm.Alu(
            AluOp.Cmp, OpSize.Qword, CallingConvention.Instance, Mem.Base(target, FunctionReference.InstanceOffset));
        _asm.Jcc(
            Condition.NotEqual, _cold.Add(new ColdPath { Kind = ColdPathKind.TailCallToAnyInstance, Operand = stackBytes }));
        LeaveFrame(stackBytes);
        _asm.Jmp(Mem.Base(target, FunctionReference.EntryOffset));
    }

    /// <summary>
    /// Tail-calls the function whose reference is in the scratch register, with its arguments in place, in its instance. A function of the
    /// host is called from this frame, which tells it who calls; its callees have frames above, so that no chain of calls grows by that.
    /// </summary>
    public void EmitTailCallToAnyInstance(int stackBytes)
    {
        var target = CallingConvention.Scratch;
        var host = _asm.NewLabel();
        _asm.Alu(AluOp.Cmp, OpSize.Qword, Mem.Base(target, FunctionReference.HostHandleOffset), 0);
        _asm.Jcc(Condition.NotEqual, host);
        _calls.EnterInstanceOfTarget();
        LeaveFrame(stackBytes);
        _asm.Jmp(Mem.Base(target, FunctionReference.EntryOffset));
        _asm.Bind(host);
        _calls.CallReference(stackMap: -1);
        _framing.EmitEpilogue();
    }

    /// <summary>
    /// Takes down the frame, with the callee's stack arguments, which lie at rsp, moved up so that the return address comes
    /// right below them and the caller finds rsp as it expects it.
    /// </summary>
    private void LeaveFrame(int stackBytes)
    {
        if (stackBytes == 0 && _body.StackParameterBytes == 0)
        {
            _asm.Leave();
            return;
        }

        const Gpr returnAddress = Gpr.R10;
        const Gpr callerFrame = Gpr.R12;
        const Gpr newTop = Gpr.R13;
        _asm.Mov(OpSize.Qword, returnAddress, Mem.Base(Gpr.Rbp, FrameLayout.ReturnAddress));
        _asm.Mov(OpSize.Qword, callerFrame, Mem.Base(Gpr.Rbp));
        _asm.Lea(OpSize.Qword, newTop, Mem.Base(Gpr.Rbp, FrameLayout.ReturnAddress + _body.StackParameterBytes - stackBytes));

        // Upwards and from the top: what is overwritten has been moved.
        for (var offset = stackBytes - sizeof(long); offset >= 0; offset -= sizeof(long))
        {
            _asm.MovScalar(OpSize.Qword, CallingConvention.ScratchXmm, Mem.Base(Gpr.Rsp, offset));
            _asm.MovScalar(OpSize.Qword, Mem.Base(newTop, sizeof(long) + offset), CallingConvention.ScratchXmm);
        }

        _asm.Mov(OpSize.Qword, Mem.Base(newTop), returnAddress);
        _asm.Mov(OpSize.Qword, Gpr.Rbp, callerFrame);
        _asm.Mov(OpSize.Qword, Gpr.Rsp, newTop);
    }
}
