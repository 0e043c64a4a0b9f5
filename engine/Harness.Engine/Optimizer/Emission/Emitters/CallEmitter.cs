using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission.Emitters;

/// <summary>Calls of functions and of the runtime.</summary>
internal sealed class CallEmitter(
    EmissionState state, OperandLocations locations, SiteRecorder sites, MoveEmitter moveEmitter, ArgumentEmitter argumentPassing,
    Assembler asm, SignatureCache signatures, ParallelMoves group)
{
    /// <summary>Emits a call.</summary>
    public void EmitCall(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        if (instruction.Op == LirOp.CallBuiltin)
        {
            EmitBuiltinCall(instruction, operands);
            return;
        }

        var results = operands[..instruction.ResultCount];
        var arguments = operands[instruction.ResultCount..];
        var layout = signatures.Get((int)instruction.Immediate);
        var reference = Location.None;
        if (instruction.Op == LirOp.CallReference)
        {
            reference = locations.Input(arguments, 0);
            arguments = arguments[1..];
        }

        argumentPassing.EmitStackArguments(arguments, layout);
        reference = argumentPassing.EmitRegisterArguments(arguments, layout.Parameters, reference);
        switch (instruction.Op)
        {
            case LirOp.CallDirect:
                var entry = state.Module.Layout.FunctionReferenceOf(instruction.Aux) + FunctionReference.EntryOffset;
                asm.Call(Mem.Base(CallingConvention.Instance, entry));
                sites.AddCallSite(instruction);
                if (state.Module.Module.Functions[instruction.Aux].MayLeaveInstance)
                {
                    EmitReturnToInstance();
                }

                break;
            case LirOp.CallImport:
                asm.Mov(
                    OpSize.Qword,
                    CallingConvention.Scratch,
                    Mem.Base(CallingConvention.Instance, state.Module.Layout.ImportedFunction(instruction.Aux)));
                EmitReferenceCall(instruction);
                break;
            default:
                moveEmitter.EmitCopy(OpSize.Qword, Location.Of(CallingConvention.Scratch), reference);
                EmitReferenceCall(instruction);
                break;
        }

        argumentPassing.EmitResults(results, layout);
    }

    /// <summary>Calls the function whose reference is in the scratch register, and comes back to this instance.</summary>
    private void EmitReferenceCall(in LirInstruction instruction)
    {
        EmitEnterInstance();
        asm.Call(Mem.Base(CallingConvention.Scratch, FunctionReference.EntryOffset));
        sites.AddCallSite(instruction);
        EmitReturnToInstance();
    }

    /// <summary>Enters the instance of the function whose reference is in the scratch register, which may have a memory where this one has none.</summary>
    public void EmitEnterInstance()
    {
        asm.Mov(OpSize.Qword, CallingConvention.Instance, Mem.Base(CallingConvention.Scratch, FunctionReference.InstanceOffset));
        asm.Mov(
            OpSize.Qword,
            CallingConvention.MemoryBase,
            Mem.Base(CallingConvention.Instance, InstanceHeader.MemoryBaseOffset));
    }

    private void EmitReturnToInstance()
    {
        asm.Mov(OpSize.Qword, CallingConvention.Instance, Mem.Base(Gpr.Rbp, FrameLayout.Instance));
        if (state.Module.Module.Memories.Length > 0)
        {
            asm.Mov(
                OpSize.Qword,
                CallingConvention.MemoryBase,
                Mem.Base(CallingConvention.Instance, InstanceHeader.MemoryBaseOffset));
        }
    }

    private void EmitBuiltinCall(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        int results = instruction.ResultCount;
        for (var i = results; i < operands.Length; i++)
        {
            argumentPassing.AddArgument(operands[i], Location.Of(CallingConvention.SystemVParameters[i - results + 1]));
        }

        group.Emit(moveEmitter);
        asm.Mov(OpSize.Qword, Gpr.Rdi, CallingConvention.Instance);
        asm.Mov(OpSize.Qword, Gpr.Rax, Mem.Base(CallingConvention.Instance, InstanceHeader.BuiltinsOffset));
        asm.Call(Mem.Base(Gpr.Rax, instruction.Sub * sizeof(long)));
        sites.AddCallSite(instruction);
        if (results == 0 || operands[0].Value == 0)
        {
            return;
        }

        // The upper half of a 32-bit result is anything.
        var to = locations.LocationAt(operands[0].Value, state.Position + 2);
        var size = EmissionState.SizeOf(state.Code.TypeOf(operands[0].Value));
        if (to.IsGpr)
        {
            asm.Mov(size, to.Gpr, Gpr.Rax);
        }
        else if (to.IsStack)
        {
            asm.Mov(size, Gpr.Rax, Gpr.Rax);
            asm.Mov(OpSize.Qword, to.Memory, Gpr.Rax);
        }
    }
}
