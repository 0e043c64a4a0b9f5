using Harness.Engine.Deoptimization;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission.Emitters;

/// <summary>The ends of blocks.</summary>
internal sealed class TerminatorEmitter(
    EmissionState state, SiteRecorder sites, BlockLabels blocks, ColdPaths coldPaths, FrameStateDescriber frameStates,
    MoveEmitter moveEmitter, ConditionEmitter conditions, CheckEmitter checks, ArgumentEmitter argumentPassing, TailCallEmitter tailCalls,
    BranchEmitter branches, TypeTestEmitter typeTests, Assembler asm, ParallelMoves group)
{
    /// <summary>Emits the end of a block.</summary>
    public void EmitTerminator(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        ref var block = ref state.Code.Block(blocks.CurrentBlock);
        switch (instruction.Op)
        {
            case LirOp.Jump:
                branches.EmitJump(blocks.TargetOf(block, 0));
                break;
            case LirOp.Branch:
                conditions.EmitCompare(instruction, operands, 0);
                branches.EmitBranch(instruction.Condition, blocks.TargetOf(block, 0), blocks.TargetOf(block, 1));
                break;
            case LirOp.Switch:
                branches.EmitSwitch(operands, block);
                break;
            case LirOp.Return:
                EmitReturn(operands);
                break;
            case LirOp.Trap:
                // The return address is not to be that of an instruction that may fault.
                checks.EmitTrapCall(instruction, (TrapKind)instruction.Sub);
                asm.Int3();
                break;
            case LirOp.BranchOnType:
                typeTests.EmitBranchOnType(instruction, operands, blocks.TargetOf(block, 0), blocks.TargetOf(block, 1));
                break;
            case LirOp.Throw:
                argumentPassing.AddArgument(operands[0], Location.Of(Gpr.Rax));
                group.Emit(moveEmitter);
                asm.Call(NativeRuntime.AddressOf(Stub.Throw));
                sites.AddCallSite(instruction);
                asm.Int3();
                break;
            case LirOp.Invoke:
                sites.CatchFromCall(blocks.Labels[blocks.TargetOf(block, 1)]);
                branches.EmitJump(blocks.TargetOf(block, 0));
                break;
            case LirOp.TailCall:
                tailCalls.EmitTailCall(instruction, operands);
                break;
            default:
                asm.Jmp(coldPaths.AddDeopt(instruction, frameStates.DescribeExit(instruction.Aux, operands, state.Position, (DeoptReason)instruction.Sub)));
                break;
        }
    }

    private void EmitReturn(ReadOnlySpan<LirOperand> results)
    {
        var layout = state.Signature;
        if (layout.MemoryResultWords > 0)
        {
            asm.Mov(OpSize.Qword, CallingConvention.Scratch, Mem.Base(CallingConvention.Instance, InstanceHeader.ContextOffset));
            for (var i = 0; i < results.Length; i++)
            {
                if (layout.Results[i].Kind == ArgumentPlaceKind.Memory)
                {
                    argumentPassing.EmitSend(
                        results[i],
                        Mem.Base(CallingConvention.Scratch, StoreContext.ResultsOffset + (layout.Results[i].Index * sizeof(long))));
                }
            }
        }

        argumentPassing.EmitRegisterArguments(results, layout.Results, Location.None);
        if (state.HasFrame)
        {
            asm.Leave();
        }

        asm.Ret(layout.StackParameterBytes);
    }
}
