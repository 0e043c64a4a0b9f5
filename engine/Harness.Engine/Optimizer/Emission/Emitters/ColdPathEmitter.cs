using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission.Emitters;

/// <summary>The code behind the function that guards, checks and slow cases lead to.</summary>
internal sealed class ColdPathEmitter(
    EmissionState state, SiteRecorder sites, ColdPaths coldPaths, FloatEmitter floats, ConversionEmitter conversions, CheckEmitter checks,
    TailCallEmitter tailCalls, AllocationEmitter allocations, WriteBarrierEmitter writeBarriers, Assembler asm)
{
    /// <summary>Emits all of it.</summary>
    public void EmitColdPaths()
    {
        // Paths of cold blocks come after those of hot ones; a path may add another one.
        for (var i = 0; i < coldPaths.Paths.Count; i++)
        {
            var path = coldPaths.Paths[i];
            state.Position = 4 * path.Instruction;
            var instruction = state.Code.Instruction(path.Instruction);
            asm.Bind(path.Entry);
            if (sites.KeepsSourceMap)
            {
                sites.NoteSource(instruction);
            }

            EmitColdPath(path, instruction);
        }
    }

    private void EmitColdPath(in ColdPath path, in LirInstruction instruction)
    {
        switch (path.Kind)
        {
            case ColdPathKind.Trap:
                checks.EmitTrapCall(instruction, path.Trap);
                return;
            case ColdPathKind.Deoptimize:
                checks.EmitDeoptCall(path.DeoptPoint);
                return;
            case ColdPathKind.StackGuard:
                asm.Call(NativeRuntime.AddressOf(Stub.StackGuard));
                sites.AddSite(instruction, asm.Position, TrapKind.None);
                break;
            case ColdPathKind.DivideByMinusOne:
                asm.Unary(UnaryOp.Neg, path.Size, Gpr.Rax);
                asm.Jcc(Condition.Overflow, coldPaths.AddTrap(instruction, TrapKind.IntegerOverflow));
                break;
            case ColdPathKind.RemainderByMinusOne:
                asm.Zero(Gpr.Rdx);
                break;
            case ColdPathKind.EqualMinimum or ColdPathKind.EqualMaximum:
                EmitEqualMinMax(path);
                break;
            case ColdPathKind.ConvertLargeUnsigned:
                conversions.EmitConvertLargeUnsigned(path);
                break;
            case ColdPathKind.FailedTruncation:
                conversions.EmitFailedTruncation(path, instruction);
                return;
            case ColdPathKind.Saturation:
                conversions.EmitSaturation(path, instruction);
                break;
            case ColdPathKind.CollectGarbage:
                asm.MovImm(CallingConvention.Scratch, instruction.Immediate);
                allocations.EmitCollectGarbage(instruction);
                break;
            case ColdPathKind.CollectForArray:
                allocations.EmitCollectForArray(instruction);
                break;
            case ColdPathKind.LargeArray:
                allocations.EmitLargeArray(instruction);
                break;
            case ColdPathKind.Remember:
                writeBarriers.EmitRemember(path, instruction);
                break;
            case ColdPathKind.TailCallToAnyInstance:
                tailCalls.EmitTailCallToAnyInstance(instruction);
                return;
        }

        asm.Jmp(path.Resume);
    }

    /// <summary>Equal floats differ at most in sign, so that bit operations choose; NaN comes out of an addition.</summary>
    private void EmitEqualMinMax(in ColdPath path)
    {
        var unordered = asm.NewLabel();
        asm.JccShort(Condition.Parity, unordered);
        floats.EmitFloatInPlace(path.Kind == ColdPathKind.EqualMinimum ? SseOp.OrPs : SseOp.AndPs, path.Float, path.OtherFloat);
        asm.Jmp(path.Resume);
        asm.Bind(unordered);
        floats.EmitFloatInPlace(path.Size == OpSize.Dword ? SseOp.AddSs : SseOp.AddSd, path.Float, path.OtherFloat);
    }
}
