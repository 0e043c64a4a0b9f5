using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline;

/// <content>
/// Tail calls: the frame makes way for the callee's, whose stack arguments take the place of the own ones. Callers of a function of
/// their own instance rely on the instance register after the call; therefore a callee of another instance is called and
/// returned from instead.
/// </content>
internal sealed partial class FunctionCompiler
{
    private void EmitReturnCall(int functionIndex)
    {
        EmitExitBudget();
        var type = _module.Functions[functionIndex].Type;
        if (_layout.IsImportedFunction(functionIndex))
        {
            EmitArguments(type);
            LoadFunctionReference(functionIndex, CallingConvention.Scratch);
            CallReference(stackMap: -1);
            ReturnToInstance();
            EmitEpilogue();
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
        _asm.Jcc(Condition.NotEqual, AddColdPath(new ColdPath { Kind = ColdPathKind.CallAndReturn }));
        LeaveFrame(stackBytes);
        _asm.Jmp(Mem.Base(target, FunctionReference.EntryOffset));
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
