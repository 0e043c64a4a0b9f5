using Harness.Engine.Deoptimization;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission;

/// <content>Guards, checks, and the code behind the function that they lead to.</content>
internal sealed partial class CodeEmitter
{
    private readonly GrowList<ColdPath> coldPaths = new();
    private readonly List<DeoptPoint> deoptPoints = [];

    /// <summary>The deopt points of the code, in ascending order.</summary>
    public List<DeoptPoint> DeoptPoints => deoptPoints;

    private ref ColdPath AddColdPath(ColdPathKind kind, in LirInstruction instruction)
    {
        int index = coldPaths.Add(new ColdPath { Kind = kind, Entry = asm.NewLabel(), Instruction = position >> 2 });
        return ref coldPaths[index];
    }

    private Label AddTrap(in LirInstruction instruction, TrapKind kind)
    {
        ref ColdPath path = ref AddColdPath(ColdPathKind.Trap, instruction);
        path.Trap = kind;
        return path.Entry;
    }

    private void EmitStackCheck(in LirInstruction instruction)
    {
        asm.Alu(AluOp.Cmp, OpSize.Qword, Gpr.Rsp, Mem.Base(CallingConvention.Instance, InstanceHeader.StackLimitOffset));
        EmitStackGuardIf(Condition.Below, instruction);
    }

    private void EmitEpochCheck(in LirInstruction instruction)
    {
        asm.Mov(OpSize.Qword, Scratch, Mem.Base(CallingConvention.Instance, InstanceHeader.ContextOffset));
        asm.Alu(AluOp.Cmp, OpSize.Qword, Mem.Base(Scratch, StoreContext.EpochsLeftOffset), 0);
        EmitStackGuardIf(Condition.LessOrEqual, instruction);
    }

    private void EmitUseFuel(in LirInstruction instruction)
    {
        asm.Mov(OpSize.Qword, Scratch, Mem.Base(CallingConvention.Instance, InstanceHeader.ContextOffset));
        asm.Alu(AluOp.Sub, OpSize.Qword, Mem.Base(Scratch, StoreContext.FuelOffset), (int)instruction.Immediate);
        if (instruction.Sub != 0)
        {
            EmitStackGuardIf(Condition.Sign, instruction);
        }
    }

    private void EmitStackGuardIf(Condition condition, in LirInstruction instruction)
    {
        ref ColdPath path = ref AddColdPath(ColdPathKind.StackGuard, instruction);
        path.Resume = asm.NewLabel();
        asm.Jcc(condition, path.Entry);
        asm.Bind(path.Resume);
    }

    private void EmitGuard(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        DeoptPoint exit = DescribeExit(instruction.Aux, operands, position, (DeoptReason)instruction.Sub);
        if (module.Options.StressGuardFailInterval > 0)
        {
            asm.Alu(
                AluOp.Sub,
                OpSize.Qword,
                Mem.Base(CallingConvention.Instance, InstanceHeader.GuardFailureCountdownOffset),
                1);
            asm.Jcc(Condition.Zero, AddDeopt(instruction, exit with { Reason = DeoptReason.Stress }));
        }

        EmitCompare(instruction, operands, 0);
        EmitJumpIf(instruction.Condition, AddDeopt(instruction, exit));
    }

    private Label AddDeopt(in LirInstruction instruction, DeoptPoint exit)
    {
        ref ColdPath path = ref AddColdPath(ColdPathKind.Deoptimize, instruction);
        path.DeoptPoint = deoptPoints.Count;
        deoptPoints.Add(exit);
        return path.Entry;
    }

    private void EmitColdPaths()
    {
        // Paths of cold blocks come after those of hot ones; a path may add another one.
        for (int i = 0; i < coldPaths.Count; i++)
        {
            ColdPath path = coldPaths[i];
            position = 4 * path.Instruction;
            LirInstruction instruction = code.Instruction(path.Instruction);
            asm.Bind(path.Entry);
            if (keepsSourceMap)
            {
                NoteSource(instruction);
            }

            EmitColdPath(path, instruction);
        }
    }

    private void EmitColdPath(in ColdPath path, in LirInstruction instruction)
    {
        switch (path.Kind)
        {
            case ColdPathKind.Trap:
                EmitTrapCall(instruction, path.Trap);
                return;
            case ColdPathKind.Deoptimize:
                EmitDeoptCall(path.DeoptPoint);
                return;
            case ColdPathKind.StackGuard:
                asm.Call(NativeRuntime.AddressOf(Stub.StackGuard));
                AddSite(instruction, asm.Position, TrapKind.None);
                break;
            case ColdPathKind.DivideByMinusOne:
                asm.Unary(UnaryOp.Neg, path.Size, Gpr.Rax);
                asm.Jcc(Condition.Overflow, AddTrap(instruction, TrapKind.IntegerOverflow));
                break;
            case ColdPathKind.RemainderByMinusOne:
                asm.Zero(Gpr.Rdx);
                break;
            case ColdPathKind.EqualMinimum or ColdPathKind.EqualMaximum:
                EmitEqualMinMax(path);
                break;
            case ColdPathKind.ConvertLargeUnsigned:
                EmitConvertLargeUnsigned(path);
                break;
            case ColdPathKind.FailedTruncation:
                EmitFailedTruncation(path, instruction);
                return;
            case ColdPathKind.Saturation:
                EmitSaturation(path, instruction);
                break;
            case ColdPathKind.CollectGarbage:
                asm.MovImm(Scratch, instruction.Immediate);
                EmitCollectGarbage(instruction);
                break;
            case ColdPathKind.CollectForArray:
                EmitCollectForArray(instruction);
                break;
            case ColdPathKind.LargeArray:
                EmitLargeArray(instruction);
                break;
            case ColdPathKind.Remember:
                EmitRemember(path, instruction);
                break;
            case ColdPathKind.TailCallToAnyInstance:
                EmitTailCallToAnyInstance(instruction);
                return;
        }

        asm.Jmp(path.Resume);
    }

    private void EmitTrapCall(in LirInstruction instruction, TrapKind kind)
    {
        asm.Call(NativeRuntime.AddressOf(Stub.Trap));
        AddSite(instruction, asm.Position, kind);
    }

    private void EmitDeoptCall(int point)
    {
        asm.Call(NativeRuntime.AddressOf(Stub.Deoptimize));
        deoptPoints[point] = deoptPoints[point] with { ReturnOffset = asm.Position };
    }

    /// <summary>Equal floats differ at most in sign, so that bit operations choose; NaN comes out of an addition.</summary>
    private void EmitEqualMinMax(in ColdPath path)
    {
        Label unordered = asm.NewLabel();
        asm.JccShort(Condition.Parity, unordered);
        EmitFloatInPlace(path.Kind == ColdPathKind.EqualMinimum ? SseOp.OrPs : SseOp.AndPs, path.Float, path.OtherFloat);
        asm.Jmp(path.Resume);
        asm.Bind(unordered);
        EmitFloatInPlace(path.Size == OpSize.Dword ? SseOp.AddSs : SseOp.AddSd, path.Float, path.OtherFloat);
    }

    /// <summary>Converts half of the integer, the lowest bit kept for rounding, and doubles the result.</summary>
    private void EmitConvertLargeUnsigned(in ColdPath path)
    {
        bool isSingle = path.Size == OpSize.Dword;
        Label isEven = asm.NewLabel();
        asm.Mov(OpSize.Qword, Scratch, path.Integer);
        asm.Shift(ShiftOp.Shr, OpSize.Qword, Scratch, 1);
        asm.JccShort(Condition.NoCarry, isEven);
        asm.Alu(AluOp.Or, OpSize.Qword, Scratch, 1);
        asm.Bind(isEven);
        EmitConvert(isSingle ? IntToFloatOp.CvtSi64ToSs : IntToFloatOp.CvtSi64ToSd, path.Float, Scratch);
        EmitFloatInPlace(isSingle ? SseOp.AddSs : SseOp.AddSd, path.Float, path.Float);
    }

    private void EmitFailedTruncation(in ColdPath path, in LirInstruction instruction)
    {
        var (isSingle, is64, isUnsigned) = Describe((Opcode)instruction.Sub);
        Label overflow = AddTrap(instruction, TrapKind.IntegerOverflow);
        asm.Sse(UcomisOf(path.Size), path.Float, path.Float);
        asm.Jcc(Condition.Parity, AddTrap(instruction, TrapKind.InvalidConversionToInteger));
        if (isUnsigned)
        {
            asm.Jmp(overflow);
            return;
        }

        // The smallest integer is right for what lies between it and the next smaller one.
        double limit = is64 ? -9223372036854775808d : -2147483648d;
        bool isExact = is64 || isSingle;
        double bound = isExact ? limit : limit - 1;
        long bits = isSingle ? BitConverter.SingleToUInt32Bits((float)bound) : BitConverter.DoubleToInt64Bits(bound);
        asm.Sse(UcomisOf(path.Size), path.Float, FloatConstant(path.Size, bits));
        asm.Jcc(isExact ? Condition.Below : Condition.BelowOrEqual, overflow);
        EmitClear(ScratchXmm);
        asm.Sse(UcomisOf(path.Size), path.Float, ScratchXmm);
        asm.Jcc(Condition.Above, overflow);
        asm.Jmp(path.Resume);
    }

    private void EmitSaturation(in ColdPath path, in LirInstruction instruction)
    {
        var (_, is64, isUnsigned) = Describe((Opcode)instruction.Sub);
        long smallest = isUnsigned ? 0 : is64 ? long.MinValue : unchecked((uint)int.MinValue);
        long largest = isUnsigned ? (is64 ? -1 : uint.MaxValue) : is64 ? long.MaxValue : int.MaxValue;
        EmitClear(ScratchXmm);
        asm.Sse(UcomisOf(path.Size), path.Float, ScratchXmm);
        asm.MovImm(path.Integer, 0);
        asm.Jcc(Condition.Parity, path.Resume);
        asm.MovImm(path.Integer, smallest);
        asm.Jcc(Condition.BelowOrEqual, path.Resume);
        asm.MovImm(path.Integer, largest);
    }
}
