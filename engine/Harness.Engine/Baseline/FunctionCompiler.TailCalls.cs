using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline;

/// <content>
/// Tail calls: the frame makes way for the callee's, whose stack arguments take the place of the own ones. The callee may belong to another
/// instance, since who calls a function with such a tail call does not rely on the instance register afterwards.
/// </content>
internal sealed partial class FunctionCompiler
{
    private void EmitReturnCall(int functionIndex)
    {
        EmitExitBudget();
        var type = _module.Functions[functionIndex].Type;
        if (_layout.IsImportedFunction(functionIndex))
        {
            int importBytes = EmitArguments(type);
            LoadFunctionReference(functionIndex, CallingConvention.Scratch);
            EmitTailCallToAnyInstance(importBytes);
            return;
        }

        int slot = AddFeedbackSlot();
        int stackBytes = EmitArguments(type);
        CountCall(slot);
        LeaveFrame(stackBytes);
        _asm.Jmp(InstanceField(_layout.FunctionReferenceOf(functionIndex) + FunctionReference.EntryOffset));
    }

    private void EmitReturnCallIndirect()
    {
        EmitExitBudget();
        var definition = _module.GetType(_reader.ReadIndex());
        int tableIndex = _reader.ReadIndex();
        int slot = AddFeedbackSlot();
        LoadTableTarget(definition, tableIndex);
        EmitIndirectReturnCall(definition.Function!, slot);
    }

    private void EmitReturnCallRef()
    {
        EmitExitBudget();
        var type = _module.GetType(_reader.ReadIndex()).Function!;
        int slot = AddFeedbackSlot();
        PopTarget();
        EmitIndirectReturnCall(type, slot);
    }

    /// <summary>Tail-calls the function whose reference is in the scratch register.</summary>
    private void EmitIndirectReturnCall(FunctionType type, int feedbackSlot)
    {
        var target = CallingConvention.Scratch;
        int stackBytes = EmitArguments(type);
        RecordTarget(feedbackSlot);
        _asm.Alu(
            AluOp.Cmp, OpSize.Qword, CallingConvention.Instance, Mem.Base(target, FunctionReference.InstanceOffset));
        _asm.Jcc(
            Condition.NotEqual, AddColdPath(new ColdPath { Kind = ColdPathKind.TailCallToAnyInstance, Operand = stackBytes }));
        LeaveFrame(stackBytes);
        _asm.Jmp(Mem.Base(target, FunctionReference.EntryOffset));
    }

    /// <summary>
    /// Tail-calls the function whose reference is in the scratch register, with its arguments in place, in its instance. A function of the
    /// host is called from this frame, which tells it who calls; its callees have frames above, so that no chain of calls grows by that.
    /// </summary>
    private void EmitTailCallToAnyInstance(int stackBytes)
    {
        var target = CallingConvention.Scratch;
        var host = _asm.NewLabel();
        _asm.Alu(AluOp.Cmp, OpSize.Qword, Mem.Base(target, FunctionReference.HostHandleOffset), 0);
        _asm.Jcc(Condition.NotEqual, host);
        EnterInstanceOfTarget();
        LeaveFrame(stackBytes);
        _asm.Jmp(Mem.Base(target, FunctionReference.EntryOffset));
        _asm.Bind(host);
        CallReference(stackMap: -1);
        EmitEpilogue();
    }

    /// <summary>
    /// Takes down the frame, with the callee's stack arguments, which lie at rsp, moved up so that the return address comes
    /// right below them and the caller finds rsp as it expects it.
    /// </summary>
    private void LeaveFrame(int stackBytes)
    {
        if (stackBytes == 0 && _stackParameterBytes == 0)
        {
            _asm.Leave();
            return;
        }

        const Gpr returnAddress = Gpr.R10;
        const Gpr callerFrame = Gpr.R12;
        const Gpr newTop = Gpr.R13;
        _asm.Mov(OpSize.Qword, returnAddress, Mem.Base(Gpr.Rbp, FrameLayout.ReturnAddress));
        _asm.Mov(OpSize.Qword, callerFrame, Mem.Base(Gpr.Rbp));
        _asm.Lea(OpSize.Qword, newTop, Mem.Base(Gpr.Rbp, FrameLayout.ReturnAddress + _stackParameterBytes - stackBytes));

        // Upwards and from the top: what is overwritten has been moved.
        for (int offset = stackBytes - sizeof(long); offset >= 0; offset -= sizeof(long))
        {
            _asm.MovScalar(OpSize.Qword, CallingConvention.ScratchXmm, Mem.Base(Gpr.Rsp, offset));
            _asm.MovScalar(OpSize.Qword, Mem.Base(newTop, sizeof(long) + offset), CallingConvention.ScratchXmm);
        }

        _asm.Mov(OpSize.Qword, Mem.Base(newTop), returnAddress);
        _asm.Mov(OpSize.Qword, Gpr.Rbp, callerFrame);
        _asm.Mov(OpSize.Qword, Gpr.Rsp, newTop);
    }
}
