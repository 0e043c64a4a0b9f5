using Harness.Engine.Deoptimization;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission.Emitters;

/// <summary>Guards, traps, and checks of the stack, of epochs and of fuel.</summary>
internal sealed class CheckEmitter(
    EmissionState state, SiteRecorder sites, ColdPaths coldPaths, FrameStateDescriber frameStates, ConditionEmitter conditions,
    Assembler asm)
{
    /// <summary>Looks whether the stack has room, or somebody wants to stop the code.</summary>
    public void EmitStackCheck(in LirInstruction instruction)
    {
        asm.Alu(AluOp.Cmp, OpSize.Qword, Gpr.Rsp, Mem.Base(CallingConvention.Instance, InstanceHeader.StackLimitOffset));
        EmitStackGuardIf(Condition.Below, instruction);
    }

    /// <summary>Looks whether the epochs have run out.</summary>
    public void EmitEpochCheck(in LirInstruction instruction)
    {
        asm.Mov(OpSize.Qword, CallingConvention.Scratch, Mem.Base(CallingConvention.Instance, InstanceHeader.ContextOffset));
        asm.Alu(AluOp.Cmp, OpSize.Qword, Mem.Base(CallingConvention.Scratch, StoreContext.EpochsLeftOffset), 0);
        EmitStackGuardIf(Condition.LessOrEqual, instruction);
    }

    /// <summary>Uses fuel.</summary>
    public void EmitUseFuel(in LirInstruction instruction)
    {
        asm.Mov(OpSize.Qword, CallingConvention.Scratch, Mem.Base(CallingConvention.Instance, InstanceHeader.ContextOffset));
        asm.Alu(AluOp.Sub, OpSize.Qword, Mem.Base(CallingConvention.Scratch, StoreContext.FuelOffset), (int)instruction.Immediate);
        if (instruction.Sub != 0)
        {
            EmitStackGuardIf(Condition.Sign, instruction);
        }
    }

    private void EmitStackGuardIf(Condition condition, in LirInstruction instruction)
    {
        ref var path = ref coldPaths.AddColdPath(ColdPathKind.StackGuard, instruction);
        path.Resume = asm.NewLabel();
        asm.Jcc(condition, path.Entry);
        asm.Bind(path.Resume);
    }

    /// <summary>Deoptimizes unless a condition holds.</summary>
    public void EmitGuard(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var exit = frameStates.DescribeExit(instruction.Aux, operands, state.Position, (DeoptReason)instruction.Sub);
        if (state.Module.Options.StressGuardFailInterval > 0)
        {
            asm.Alu(
                AluOp.Sub,
                OpSize.Qword,
                Mem.Base(CallingConvention.Instance, InstanceHeader.GuardFailureCountdownOffset),
                1);
            asm.Jcc(Condition.Zero, coldPaths.AddDeopt(instruction, exit with { Reason = DeoptReason.Stress }));
        }

        conditions.EmitCompare(instruction, operands, 0);
        conditions.EmitJumpIf(instruction.Condition, coldPaths.AddDeopt(instruction, exit));
    }

    /// <summary>Traps.</summary>
    public void EmitTrapCall(in LirInstruction instruction, TrapKind kind)
    {
        asm.Call(NativeRuntime.AddressOf(Stub.Trap));
        sites.AddSite(instruction, asm.Position, kind);
    }

    /// <summary>Deoptimizes.</summary>
    public void EmitDeoptCall(int point)
    {
        asm.Call(NativeRuntime.AddressOf(Stub.Deoptimize));
        coldPaths.DeoptPoints[point] = coldPaths.DeoptPoints[point] with { ReturnOffset = asm.Position };
    }
}
