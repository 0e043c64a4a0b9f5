using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission.Emitters;

/// <summary>
/// Tail calls: the frame makes way for the callee's, whose stack arguments take the place of the own ones. The callee may belong to another
/// instance, since who calls a function with such a tail call does not rely on the instance register afterwards.
/// </summary>
internal sealed class TailCallEmitter(
    EmissionState state, OperandLocations locations, SiteRecorder sites, ColdPaths coldPaths, MoveEmitter moveEmitter,
    ArgumentEmitter argumentPassing, CallEmitter calls, Assembler asm, SignatureCache signatures)
{
    /// <summary>Emits a tail call.</summary>
    public void EmitTailCall(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var layout = signatures.Get((int)instruction.Immediate);
        var isReference = instruction.Aux < 0;
        var reference = isReference ? locations.Input(operands, 0) : Location.None;
        var arguments = isReference ? operands[1..] : operands;
        argumentPassing.EmitStackArguments(arguments, layout);
        reference = argumentPassing.EmitRegisterArguments(arguments, layout.Parameters, reference);
        if (!isReference && !state.Module.Layout.IsImportedFunction(instruction.Aux))
        {
            EmitLeave(layout.StackParameterBytes);
            var entry = state.Module.Layout.FunctionReferenceOf(instruction.Aux) + FunctionReference.EntryOffset;
            asm.Jmp(Mem.Base(CallingConvention.Instance, entry));
            return;
        }

        if (!isReference)
        {
            asm.Mov(
                OpSize.Qword, CallingConvention.Scratch, Mem.Base(CallingConvention.Instance, state.Module.Layout.ImportedFunction(instruction.Aux)));
            EmitTailCallToAnyInstance(instruction);
            return;
        }

        moveEmitter.EmitCopy(OpSize.Qword, Location.Of(CallingConvention.Scratch), reference);
        asm.Alu(AluOp.Cmp, OpSize.Qword, CallingConvention.Instance, Mem.Base(CallingConvention.Scratch, FunctionReference.InstanceOffset));
        asm.Jcc(Condition.NotEqual, coldPaths.AddColdPath(ColdPathKind.TailCallToAnyInstance, instruction).Entry);
        EmitLeave(layout.StackParameterBytes);
        asm.Jmp(Mem.Base(CallingConvention.Scratch, FunctionReference.EntryOffset));
    }

    /// <summary>
    /// Tail-calls the function whose reference is in the scratch register, with its arguments in place, in its instance. A function of the
    /// host is called from this frame, which tells it who calls, and returned from with its results where they are.
    /// </summary>
    public void EmitTailCallToAnyInstance(in LirInstruction instruction)
    {
        var host = asm.NewLabel();
        asm.Alu(AluOp.Cmp, OpSize.Qword, Mem.Base(CallingConvention.Scratch, FunctionReference.HostHandleOffset), 0);
        asm.Jcc(Condition.NotEqual, host);
        calls.EmitEnterInstance();
        EmitLeave(signatures.Get((int)instruction.Immediate).StackParameterBytes);
        asm.Jmp(Mem.Base(CallingConvention.Scratch, FunctionReference.EntryOffset));
        asm.Bind(host);
        calls.EmitEnterInstance();
        asm.Call(Mem.Base(CallingConvention.Scratch, FunctionReference.EntryOffset));
        sites.AddCallSite(instruction);
        asm.Leave();
        asm.Ret(state.Signature.StackParameterBytes);
    }

    /// <summary>
    /// Takes down the frame, with the callee's stack arguments, which lie at rsp, moved up so that the return address comes right
    /// below them and the caller finds rsp as it expects it.
    /// </summary>
    private void EmitLeave(int stackBytes)
    {
        var ownStackBytes = state.Signature.StackParameterBytes;
        if (stackBytes == 0 && ownStackBytes == 0)
        {
            asm.Leave();
            return;
        }

        // None of these is a parameter's register.
        const Gpr returnAddress = Gpr.R10;
        const Gpr callerFrame = Gpr.R12;
        const Gpr newTop = Gpr.R13;
        asm.Mov(OpSize.Qword, returnAddress, Mem.Base(Gpr.Rbp, FrameLayout.ReturnAddress));
        asm.Mov(OpSize.Qword, callerFrame, Mem.Base(Gpr.Rbp));
        asm.Lea(OpSize.Qword, newTop, Mem.Base(Gpr.Rbp, FrameLayout.ReturnAddress + ownStackBytes - stackBytes));

        // From the top: what is overwritten has been moved.
        for (var offset = stackBytes - sizeof(long); offset >= 0; offset -= sizeof(long))
        {
            moveEmitter.EmitLoadScalar(OpSize.Qword, CallingConvention.ScratchXmm, Mem.Base(Gpr.Rsp, offset));
            asm.MovScalar(OpSize.Qword, Mem.Base(newTop, sizeof(long) + offset), CallingConvention.ScratchXmm);
        }

        asm.Mov(OpSize.Qword, Mem.Base(newTop), returnAddress);
        asm.Mov(OpSize.Qword, Gpr.Rbp, callerFrame);
        asm.Mov(OpSize.Qword, Gpr.Rsp, newTop);
    }
}
