using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission;

/// <content>Floats and conversions.</content>
internal sealed partial class CodeEmitter
{
    private const Xmm ScratchXmm = CallingConvention.ScratchXmm;
    private const ulong SignMask32 = 0x8000_0000_8000_0000;
    private const ulong SignMask64 = 0x8000_0000_0000_0000;

    private void EmitFloat(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        OpSize size = instruction.Size;
        Location input = instruction.Op == LirOp.FloatBinary ? default : Input(operands, 1);
        switch (instruction.Op)
        {
            case LirOp.FloatBinary:
                EmitFloatBinary(instruction, operands);
                break;
            case LirOp.FloatUnary:
                EmitFloatUnary((SseOp)instruction.Sub, Result(operands).Xmm, input.Xmm);
                break;
            case LirOp.FloatRound:
                EmitRound(size, Result(operands).Xmm, input.Xmm, (RoundingMode)instruction.Sub);
                break;
            case LirOp.FloatMin or LirOp.FloatMax:
                EmitMinMax(instruction, operands);
                break;
            case LirOp.FloatAbs:
                EmitBitwise(SseOp.AndPs, Result(operands).Xmm, input.Xmm, MaskConstant(~SignMask(size)));
                break;
            case LirOp.FloatNegate:
                EmitBitwise(SseOp.XorPs, Result(operands).Xmm, input.Xmm, MaskConstant(SignMask(size)));
                break;
            case LirOp.FloatCopySign:
                Xmm sign = Input(operands, 2).Xmm;
                EmitBitwise(SseOp.AndPs, ScratchXmm, sign, MaskConstant(SignMask(size)));
                Xmm result = Result(operands).Xmm;
                EmitBitwise(SseOp.AndPs, result, input.Xmm, MaskConstant(~SignMask(size)));
                EmitFloatInPlace(SseOp.OrPs, result, ScratchXmm);
                break;
            case LirOp.Reinterpret:
                EmitReinterpret(size, Result(operands), input);
                break;
            case LirOp.ConvertToFloat:
                EmitConvertToFloat(instruction, Result(operands).Xmm, input.Gpr);
                break;
            case LirOp.Truncate:
                EmitTruncate(instruction, Result(operands).Gpr, input.Xmm);
                break;
            case LirOp.TruncateSaturating:
                EmitTruncateSaturating(instruction, Result(operands).Gpr, input.Xmm);
                break;
            default:
                throw new InvalidOperationException($"{instruction.Op} cannot be emitted");
        }
    }

    private void EmitFloatBinary(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var op = (SseOp)instruction.Sub;
        Xmm left = Input(operands, 1).Xmm;
        if (instruction.HasImmediate || instruction.HasAddress)
        {
            Mem memory = instruction.HasImmediate
                ? FloatConstant(instruction.Size, instruction.Immediate)
                : AddressOf(instruction, operands, 2);
            EmitFloatBinary(instruction, op, Result(operands).Xmm, left, memory);
            return;
        }

        Location right = Input(operands, 2);
        Xmm result = Result(operands).Xmm;
        if (right.IsStack)
        {
            EmitFloatBinary(instruction, op, result, left, right.Memory);
        }
        else if (CpuFeatures.Avx)
        {
            asm.Vex(op, result, left, right.Xmm);
        }
        else
        {
            EmitCopy(result, left);
            asm.Sse(op, result, right.Xmm);
        }
    }

    private void EmitFloatBinary(in LirInstruction instruction, SseOp op, Xmm result, Xmm left, Mem right)
    {
        if (CpuFeatures.Avx)
        {
            NoteFault(instruction);
            asm.Vex(op, result, left, right);
        }
        else
        {
            EmitCopy(result, left);
            NoteFault(instruction);
            asm.Sse(op, result, right);
        }
    }

    private void EmitFloatInPlace(SseOp op, Xmm result, Xmm right)
    {
        if (CpuFeatures.Avx)
        {
            asm.Vex(op, result, result, right);
        }
        else
        {
            asm.Sse(op, result, right);
        }
    }

    private void EmitFloatInPlace(SseOp op, Xmm result, Mem right)
    {
        if (CpuFeatures.Avx)
        {
            asm.Vex(op, result, result, right);
        }
        else
        {
            asm.Sse(op, result, right);
        }
    }

    private void EmitFloatUnary(SseOp op, Xmm result, Xmm input)
    {
        if (CpuFeatures.Avx)
        {
            asm.Vex(op, result, input, input);
        }
        else
        {
            asm.Sse(op, result, input);
        }
    }

    private void EmitRound(OpSize size, Xmm result, Xmm input, RoundingMode mode)
    {
        if (CpuFeatures.Avx)
        {
            asm.VexRound(size, result, input, input, mode);
        }
        else
        {
            asm.Round(size, result, input, mode);
        }
    }

    private void EmitBitwise(SseOp op, Xmm result, Xmm input, Mem mask)
    {
        if (CpuFeatures.Avx)
        {
            asm.Vex(op, result, input, mask);
        }
        else
        {
            EmitCopy(result, input);
            asm.Sse(op, result, mask);
        }
    }

    private Mem MaskConstant(ulong bits) => asm.Constant128(bits, bits);

    private static ulong SignMask(OpSize size) => size == OpSize.Dword ? SignMask32 : SignMask64;

    /// <summary>The machine's minimum and maximum are right but for equal operands, which may be zeros, and NaN.</summary>
    private void EmitMinMax(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        bool isMin = instruction.Op == LirOp.FloatMin;
        bool isSingle = instruction.Size == OpSize.Dword;
        Xmm left = Input(operands, 1).Xmm;
        Xmm right = Input(operands, 2).Xmm;
        Xmm result = Result(operands).Xmm;
        EmitCopy(result, left);
        asm.Sse(UcomisOf(instruction.Size), result, right);
        ref ColdPath path = ref AddColdPath(isMin ? ColdPathKind.EqualMinimum : ColdPathKind.EqualMaximum, instruction);
        path.Size = instruction.Size;
        path.Float = result;
        path.OtherFloat = right;
        path.Resume = asm.NewLabel();
        asm.Jcc(Condition.Equal, path.Entry);
        EmitFloatInPlace(
            isMin ? (isSingle ? SseOp.MinSs : SseOp.MinSd) : (isSingle ? SseOp.MaxSs : SseOp.MaxSd), result, right);
        asm.Bind(path.Resume);
    }

    private void EmitReinterpret(OpSize size, Location result, Location input)
    {
        if (result.IsGpr)
        {
            asm.MovBits(size, result.Gpr, input.Xmm);
        }
        else
        {
            EmitMoveBits(size, result.Xmm, input.Gpr);
        }
    }

    private void EmitConvertToFloat(in LirInstruction instruction, Xmm result, Gpr input)
    {
        var op = (Opcode)instruction.Sub;
        bool isSingle = op <= Opcode.F32ConvertI64U;
        EmitClear(result);
        switch (op)
        {
            case Opcode.F32ConvertI32S or Opcode.F64ConvertI32S:
                EmitConvert(isSingle ? IntToFloatOp.CvtSi32ToSs : IntToFloatOp.CvtSi32ToSd, result, input);
                break;
            case Opcode.F32ConvertI64U or Opcode.F64ConvertI64U:
                ref ColdPath path = ref AddColdPath(ColdPathKind.ConvertLargeUnsigned, instruction);
                path.Size = isSingle ? OpSize.Dword : OpSize.Qword;
                path.Float = result;
                path.Integer = input;
                path.Resume = asm.NewLabel();
                asm.Test(OpSize.Qword, input, input);
                asm.Jcc(Condition.Sign, path.Entry);
                EmitConvert(isSingle ? IntToFloatOp.CvtSi64ToSs : IntToFloatOp.CvtSi64ToSd, result, input);
                asm.Bind(path.Resume);
                break;
            default:
                // An i32 is zero-extended in its register.
                EmitConvert(isSingle ? IntToFloatOp.CvtSi64ToSs : IntToFloatOp.CvtSi64ToSd, result, input);
                break;
        }
    }

    private void EmitConvert(IntToFloatOp op, Xmm result, Gpr input)
    {
        if (CpuFeatures.Avx)
        {
            asm.Vex(op, result, result, input);
        }
        else
        {
            asm.Cvt(op, result, input);
        }
    }

    private void EmitTruncate(in LirInstruction instruction, Gpr result, Xmm input)
    {
        var (isSingle, is64, isUnsigned) = Describe((Opcode)instruction.Sub);
        ref ColdPath path = ref AddColdPath(ColdPathKind.FailedTruncation, instruction);
        path.Size = isSingle ? OpSize.Dword : OpSize.Qword;
        path.Float = input;
        path.Resume = asm.NewLabel();
        EmitTruncation(ref path, result, input, isSingle, is64, isUnsigned);
        asm.Bind(path.Resume);
    }

    private void EmitTruncateSaturating(in LirInstruction instruction, Gpr result, Xmm input)
    {
        var (isSingle, is64, isUnsigned) = Describe((Opcode)instruction.Sub);
        ref ColdPath path = ref AddColdPath(ColdPathKind.Saturation, instruction);
        path.Size = isSingle ? OpSize.Dword : OpSize.Qword;
        path.Float = input;
        path.Integer = result;
        path.Resume = asm.NewLabel();
        EmitTruncation(ref path, result, input, isSingle, is64, isUnsigned);
        asm.Bind(path.Resume);
    }

    /// <summary>Truncates, and goes to a cold path when the result may not be that of the operand.</summary>
    private void EmitTruncation(ref ColdPath path, Gpr result, Xmm input, bool isSingle, bool is64, bool isUnsigned)
    {
        FloatToIntOp to32 = isSingle ? FloatToIntOp.CvttSsToSi32 : FloatToIntOp.CvttSdToSi32;
        FloatToIntOp to64 = isSingle ? FloatToIntOp.CvttSsToSi64 : FloatToIntOp.CvttSdToSi64;
        if (!isUnsigned)
        {
            // Failure gives the smallest integer, the only one from which 1 cannot be subtracted.
            OpSize size = is64 ? OpSize.Qword : OpSize.Dword;
            asm.Cvt(is64 ? to64 : to32, result, input);
            asm.Alu(AluOp.Cmp, size, result, 1);
            asm.Jcc(Condition.Overflow, path.Entry);
        }
        else if (!is64)
        {
            // Truncated to 64 bits, and right if the upper half is 0.
            asm.Cvt(to64, result, input);
            asm.Mov(OpSize.Dword, Scratch, result);
            asm.Alu(AluOp.Cmp, OpSize.Qword, Scratch, result);
            asm.Jcc(Condition.NotEqual, path.Entry);
        }
        else
        {
            // From 2^63 on, 2^63 is subtracted before and added after.
            long limit = isSingle
                ? BitConverter.SingleToUInt32Bits(9223372036854775808f)
                : BitConverter.DoubleToInt64Bits(9223372036854775808d);
            OpSize size = isSingle ? OpSize.Dword : OpSize.Qword;
            Label large = asm.NewLabel();
            Label done = asm.NewLabel();
            asm.Sse(UcomisOf(size), input, FloatConstant(size, limit));
            asm.JccShort(Condition.AboveOrEqual, large);
            asm.Cvt(to64, result, input);
            asm.Test(OpSize.Qword, result, result);
            asm.Jcc(Condition.Sign, path.Entry);
            asm.JmpShort(done);
            asm.Bind(large);
            EmitCopy(ScratchXmm, input);
            EmitFloatInPlace(isSingle ? SseOp.SubSs : SseOp.SubSd, ScratchXmm, FloatConstant(size, limit));
            asm.Cvt(to64, result, ScratchXmm);
            asm.Test(OpSize.Qword, result, result);
            asm.Jcc(Condition.Sign, path.Entry);
            asm.MovImm(Scratch, long.MinValue);
            asm.Alu(AluOp.Xor, OpSize.Qword, result, Scratch);
            asm.Bind(done);
        }
    }

    /// <summary>The types of a truncation.</summary>
    private static (bool IsSingle, bool Is64, bool IsUnsigned) Describe(Opcode op) => op switch
    {
        Opcode.I32TruncF32S or Opcode.I32TruncSatF32S => (true, false, false),
        Opcode.I32TruncF32U or Opcode.I32TruncSatF32U => (true, false, true),
        Opcode.I32TruncF64S or Opcode.I32TruncSatF64S => (false, false, false),
        Opcode.I32TruncF64U or Opcode.I32TruncSatF64U => (false, false, true),
        Opcode.I64TruncF32S or Opcode.I64TruncSatF32S => (true, true, false),
        Opcode.I64TruncF32U or Opcode.I64TruncSatF32U => (true, true, true),
        Opcode.I64TruncF64S or Opcode.I64TruncSatF64S => (false, true, false),
        _ => (false, true, true),
    };
}
