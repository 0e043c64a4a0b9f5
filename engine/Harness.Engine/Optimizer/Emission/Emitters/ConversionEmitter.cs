using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission.Emitters;

/// <summary>Conversions between integers and floats.</summary>
internal sealed class ConversionEmitter(ColdPaths coldPaths, MoveEmitter moveEmitter, FloatEmitter floats, Assembler asm)
{
    /// <summary>An integer as a float.</summary>
    public void EmitConvertToFloat(in LirInstruction instruction, Xmm result, Gpr input)
    {
        var op = (Opcode)instruction.Sub;
        var isSingle = op <= Opcode.F32ConvertI64U;
        moveEmitter.EmitClear(result);
        switch (op)
        {
            case Opcode.F32ConvertI32S or Opcode.F64ConvertI32S:
                EmitConvert(isSingle ? IntToFloatOp.CvtSi32ToSs : IntToFloatOp.CvtSi32ToSd, result, input);
                break;
            case Opcode.F32ConvertI64U or Opcode.F64ConvertI64U:
                ref var path = ref coldPaths.AddColdPath(ColdPathKind.ConvertLargeUnsigned, instruction);
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

    /// <summary>A float as an integer, or a trap.</summary>
    public void EmitTruncate(in LirInstruction instruction, Gpr result, Xmm input)
    {
        var (isSingle, is64, isUnsigned) = Describe((Opcode)instruction.Sub);
        ref var path = ref coldPaths.AddColdPath(ColdPathKind.FailedTruncation, instruction);
        path.Size = isSingle ? OpSize.Dword : OpSize.Qword;
        path.Float = input;
        path.Resume = asm.NewLabel();
        EmitTruncation(ref path, result, input, isSingle, is64, isUnsigned);
        asm.Bind(path.Resume);
    }

    /// <summary>A float as the nearest integer.</summary>
    public void EmitTruncateSaturating(in LirInstruction instruction, Gpr result, Xmm input)
    {
        var (isSingle, is64, isUnsigned) = Describe((Opcode)instruction.Sub);
        ref var path = ref coldPaths.AddColdPath(ColdPathKind.Saturation, instruction);
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
        var to32 = isSingle ? FloatToIntOp.CvttSsToSi32 : FloatToIntOp.CvttSdToSi32;
        var to64 = isSingle ? FloatToIntOp.CvttSsToSi64 : FloatToIntOp.CvttSdToSi64;
        if (!isUnsigned)
        {
            // Failure gives the smallest integer, the only one from which 1 cannot be subtracted.
            var size = is64 ? OpSize.Qword : OpSize.Dword;
            asm.Cvt(is64 ? to64 : to32, result, input);
            asm.Alu(AluOp.Cmp, size, result, 1);
            asm.Jcc(Condition.Overflow, path.Entry);
        }
        else if (!is64)
        {
            // Truncated to 64 bits, and right if the upper half is 0.
            asm.Cvt(to64, result, input);
            asm.Mov(OpSize.Dword, CallingConvention.Scratch, result);
            asm.Alu(AluOp.Cmp, OpSize.Qword, CallingConvention.Scratch, result);
            asm.Jcc(Condition.NotEqual, path.Entry);
        }
        else
        {
            // From 2^63 on, 2^63 is subtracted before and added after.
            var limit = isSingle
                ? BitConverter.SingleToUInt32Bits(9223372036854775808f)
                : BitConverter.DoubleToInt64Bits(9223372036854775808d);
            var size = isSingle ? OpSize.Dword : OpSize.Qword;
            var large = asm.NewLabel();
            var done = asm.NewLabel();
            asm.Sse(ConditionEmitter.UcomisOf(size), input, moveEmitter.FloatConstant(size, limit));
            asm.JccShort(Condition.AboveOrEqual, large);
            asm.Cvt(to64, result, input);
            asm.Test(OpSize.Qword, result, result);
            asm.Jcc(Condition.Sign, path.Entry);
            asm.JmpShort(done);
            asm.Bind(large);
            moveEmitter.EmitCopy(CallingConvention.ScratchXmm, input);
            floats.EmitFloatInPlace(isSingle ? SseOp.SubSs : SseOp.SubSd, CallingConvention.ScratchXmm, moveEmitter.FloatConstant(size, limit));
            asm.Cvt(to64, result, CallingConvention.ScratchXmm);
            asm.Test(OpSize.Qword, result, result);
            asm.Jcc(Condition.Sign, path.Entry);
            asm.MovImm(CallingConvention.Scratch, long.MinValue);
            asm.Alu(AluOp.Xor, OpSize.Qword, result, CallingConvention.Scratch);
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

    /// <summary>The same bits as another type.</summary>
    public void EmitReinterpret(OpSize size, Location result, Location input)
    {
        if (result.IsGpr)
        {
            asm.MovBits(size, result.Gpr, input.Xmm);
        }
        else
        {
            moveEmitter.EmitMoveBits(size, result.Xmm, input.Gpr);
        }
    }

    /// <summary>Converts half of the integer, the lowest bit kept for rounding, and doubles the result.</summary>
    public void EmitConvertLargeUnsigned(in ColdPath path)
    {
        var isSingle = path.Size == OpSize.Dword;
        var isEven = asm.NewLabel();
        asm.Mov(OpSize.Qword, CallingConvention.Scratch, path.Integer);
        asm.Shift(ShiftOp.Shr, OpSize.Qword, CallingConvention.Scratch, 1);
        asm.JccShort(Condition.NoCarry, isEven);
        asm.Alu(AluOp.Or, OpSize.Qword, CallingConvention.Scratch, 1);
        asm.Bind(isEven);
        EmitConvert(isSingle ? IntToFloatOp.CvtSi64ToSs : IntToFloatOp.CvtSi64ToSd, path.Float, CallingConvention.Scratch);
        floats.EmitFloatInPlace(isSingle ? SseOp.AddSs : SseOp.AddSd, path.Float, path.Float);
    }

    /// <summary>Traps, or goes on where the result was right after all.</summary>
    public void EmitFailedTruncation(in ColdPath path, in LirInstruction instruction)
    {
        var (isSingle, is64, isUnsigned) = Describe((Opcode)instruction.Sub);
        var overflow = coldPaths.AddTrap(instruction, TrapKind.IntegerOverflow);
        asm.Sse(ConditionEmitter.UcomisOf(path.Size), path.Float, path.Float);
        asm.Jcc(Condition.Parity, coldPaths.AddTrap(instruction, TrapKind.InvalidConversionToInteger));
        if (isUnsigned)
        {
            asm.Jmp(overflow);
            return;
        }

        // The smallest integer is right for what lies between it and the next smaller one.
        var limit = is64 ? -9223372036854775808d : -2147483648d;
        var isExact = is64 || isSingle;
        var bound = isExact ? limit : limit - 1;
        var bits = isSingle ? BitConverter.SingleToUInt32Bits((float)bound) : BitConverter.DoubleToInt64Bits(bound);
        asm.Sse(ConditionEmitter.UcomisOf(path.Size), path.Float, moveEmitter.FloatConstant(path.Size, bits));
        asm.Jcc(isExact ? Condition.Below : Condition.BelowOrEqual, overflow);
        moveEmitter.EmitClear(CallingConvention.ScratchXmm);
        asm.Sse(ConditionEmitter.UcomisOf(path.Size), path.Float, CallingConvention.ScratchXmm);
        asm.Jcc(Condition.Above, overflow);
        asm.Jmp(path.Resume);
    }

    /// <summary>The nearest integer, or 0 for NaN.</summary>
    public void EmitSaturation(in ColdPath path, in LirInstruction instruction)
    {
        var (_, is64, isUnsigned) = Describe((Opcode)instruction.Sub);
        var smallest = isUnsigned ? 0 : is64 ? long.MinValue : unchecked((uint)int.MinValue);
        var largest = isUnsigned ? (is64 ? -1 : uint.MaxValue) : is64 ? long.MaxValue : int.MaxValue;
        moveEmitter.EmitClear(CallingConvention.ScratchXmm);
        asm.Sse(ConditionEmitter.UcomisOf(path.Size), path.Float, CallingConvention.ScratchXmm);
        asm.MovImm(path.Integer, 0);
        asm.Jcc(Condition.Parity, path.Resume);
        asm.MovImm(path.Integer, smallest);
        asm.Jcc(Condition.BelowOrEqual, path.Resume);
        asm.MovImm(path.Integer, largest);
    }
}
