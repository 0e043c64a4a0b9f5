using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline;

/// <content>Floating-point arithmetic and conversions.</content>
internal sealed partial class FunctionCompiler
{
    private const ulong SignBit64 = 1UL << 63;
    private const ulong SignBits32 = 0x8000_0000_8000_0000;

    /// <summary>2^63 as a double and as a single.</summary>
    private const ulong TwoToThe63 = 0x43E0_0000_0000_0000;
    private const uint TwoToThe63Single = 0x5F00_0000;

    private void CompileFloat(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.F32Abs: EmitSignOperation(SseOp.AndPs, ValueKind.F32); break;
            case Opcode.F32Neg: EmitSignOperation(SseOp.XorPs, ValueKind.F32); break;
            case Opcode.F32Ceil: EmitRound(RoundingMode.Ceiling, ValueKind.F32); break;
            case Opcode.F32Floor: EmitRound(RoundingMode.Floor, ValueKind.F32); break;
            case Opcode.F32Trunc: EmitRound(RoundingMode.Truncate, ValueKind.F32); break;
            case Opcode.F32Nearest: EmitRound(RoundingMode.Nearest, ValueKind.F32); break;
            case Opcode.F32Sqrt: EmitFloatUnary(SseOp.SqrtSs, ValueKind.F32, ValueKind.F32); break;
            case Opcode.F32Add: EmitFloatBinary(SseOp.AddSs, ValueKind.F32); break;
            case Opcode.F32Sub: EmitFloatBinary(SseOp.SubSs, ValueKind.F32); break;
            case Opcode.F32Mul: EmitFloatBinary(SseOp.MulSs, ValueKind.F32); break;
            case Opcode.F32Div: EmitFloatBinary(SseOp.DivSs, ValueKind.F32); break;
            case Opcode.F32Min: EmitMinMax(SseOp.MinSs, ValueKind.F32); break;
            case Opcode.F32Max: EmitMinMax(SseOp.MaxSs, ValueKind.F32); break;
            case Opcode.F32Copysign: EmitCopysign(ValueKind.F32); break;

            case Opcode.F64Abs: EmitSignOperation(SseOp.AndPs, ValueKind.F64); break;
            case Opcode.F64Neg: EmitSignOperation(SseOp.XorPs, ValueKind.F64); break;
            case Opcode.F64Ceil: EmitRound(RoundingMode.Ceiling, ValueKind.F64); break;
            case Opcode.F64Floor: EmitRound(RoundingMode.Floor, ValueKind.F64); break;
            case Opcode.F64Trunc: EmitRound(RoundingMode.Truncate, ValueKind.F64); break;
            case Opcode.F64Nearest: EmitRound(RoundingMode.Nearest, ValueKind.F64); break;
            case Opcode.F64Sqrt: EmitFloatUnary(SseOp.SqrtSd, ValueKind.F64, ValueKind.F64); break;
            case Opcode.F64Add: EmitFloatBinary(SseOp.AddSd, ValueKind.F64); break;
            case Opcode.F64Sub: EmitFloatBinary(SseOp.SubSd, ValueKind.F64); break;
            case Opcode.F64Mul: EmitFloatBinary(SseOp.MulSd, ValueKind.F64); break;
            case Opcode.F64Div: EmitFloatBinary(SseOp.DivSd, ValueKind.F64); break;
            case Opcode.F64Min: EmitMinMax(SseOp.MinSd, ValueKind.F64); break;
            case Opcode.F64Max: EmitMinMax(SseOp.MaxSd, ValueKind.F64); break;
            case Opcode.F64Copysign: EmitCopysign(ValueKind.F64); break;

            case Opcode.I32TruncF32S: EmitTruncate32(ValueKind.F32, isSigned: true); break;
            case Opcode.I32TruncF32U: EmitTruncate32(ValueKind.F32, isSigned: false); break;
            case Opcode.I32TruncF64S: EmitTruncate32(ValueKind.F64, isSigned: true); break;
            case Opcode.I32TruncF64U: EmitTruncate32(ValueKind.F64, isSigned: false); break;
            case Opcode.I64TruncF32S: EmitTruncateSigned64(ValueKind.F32, ColdPathKind.TruncationToMinimum); break;
            case Opcode.I64TruncF32U: EmitTruncateUnsigned64(ValueKind.F32, isSaturating: false); break;
            case Opcode.I64TruncF64S: EmitTruncateSigned64(ValueKind.F64, ColdPathKind.TruncationToMinimum); break;
            case Opcode.I64TruncF64U: EmitTruncateUnsigned64(ValueKind.F64, isSaturating: false); break;

            case Opcode.F32ConvertI32S: EmitConvert(IntToFloatOp.CvtSi32ToSs, ValueKind.F32); break;
            case Opcode.F32ConvertI32U: EmitConvert(IntToFloatOp.CvtSi64ToSs, ValueKind.F32); break;
            case Opcode.F32ConvertI64S: EmitConvert(IntToFloatOp.CvtSi64ToSs, ValueKind.F32); break;
            case Opcode.F32ConvertI64U: EmitConvertUnsigned64(IntToFloatOp.CvtSi64ToSs, ValueKind.F32); break;
            case Opcode.F32DemoteF64: EmitFloatUnary(SseOp.CvtSd2Ss, ValueKind.F64, ValueKind.F32); break;
            case Opcode.F64ConvertI32S: EmitConvert(IntToFloatOp.CvtSi32ToSd, ValueKind.F64); break;
            case Opcode.F64ConvertI32U: EmitConvert(IntToFloatOp.CvtSi64ToSd, ValueKind.F64); break;
            case Opcode.F64ConvertI64S: EmitConvert(IntToFloatOp.CvtSi64ToSd, ValueKind.F64); break;
            case Opcode.F64ConvertI64U: EmitConvertUnsigned64(IntToFloatOp.CvtSi64ToSd, ValueKind.F64); break;
            case Opcode.F64PromoteF32: EmitFloatUnary(SseOp.CvtSs2Sd, ValueKind.F32, ValueKind.F64); break;

            case Opcode.I32ReinterpretF32: EmitReinterpretToInteger(ValueKind.I32); break;
            case Opcode.I64ReinterpretF64: EmitReinterpretToInteger(ValueKind.I64); break;
            case Opcode.F32ReinterpretI32: EmitReinterpretToFloat(ValueKind.F32); break;
            case Opcode.F64ReinterpretI64: EmitReinterpretToFloat(ValueKind.F64); break;
            default: throw NotSupported(opcode);
        }
    }

    private void CompileSaturating(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.I32TruncSatF32S: EmitSaturate32(ValueKind.F32, isSigned: true); break;
            case Opcode.I32TruncSatF32U: EmitSaturate32(ValueKind.F32, isSigned: false); break;
            case Opcode.I32TruncSatF64S: EmitSaturate32(ValueKind.F64, isSigned: true); break;
            case Opcode.I32TruncSatF64U: EmitSaturate32(ValueKind.F64, isSigned: false); break;
            case Opcode.I64TruncSatF32S: EmitTruncateSigned64(ValueKind.F32, ColdPathKind.SaturateSigned64); break;
            case Opcode.I64TruncSatF32U: EmitTruncateUnsigned64(ValueKind.F32, isSaturating: true); break;
            case Opcode.I64TruncSatF64S: EmitTruncateSigned64(ValueKind.F64, ColdPathKind.SaturateSigned64); break;
            case Opcode.I64TruncSatF64U: EmitTruncateUnsigned64(ValueKind.F64, isSaturating: true); break;
        }
    }

    private void EmitFloatBinary(SseOp op, ValueKind kind)
    {
        if (_cache.Peek().IsFrame)
        {
            _cache.Drop();
            var slot = _cache.Slot(_cache.Height);
            var operand = _cache.PopOwned(RegisterSet.None);
            _asm.Sse(op, operand.Xmm, slot);
            _cache.Push(kind, operand);
            return;
        }

        var right = _cache.Pop(RegisterSet.None);
        var left = _cache.Pop(right.Bit);
        var result = left;
        if (CpuFeatures.Avx)
        {
            if (_cache.IsUsed(left))
            {
                result = !_cache.IsUsed(right) ? right : _cache.Allocate(kind, left.Bit | right.Bit);
            }

            _asm.Vex(op, result.Xmm, left.Xmm, right.Xmm);
        }
        else
        {
            if (_cache.IsUsed(left))
            {
                result = _cache.Allocate(kind, left.Bit | right.Bit);
                _cache.Move(result, left, kind);
            }

            _asm.Sse(op, result.Xmm, right.Xmm);
        }

        _cache.Push(kind, result);
    }

    private void EmitFloatUnary(SseOp op, ValueKind from, ValueKind to)
    {
        var operand = _cache.Pop(RegisterSet.None);
        var result = _cache.IsUsed(operand) ? _cache.Allocate(to, operand.Bit) : operand;
        if (CpuFeatures.Avx)
        {
            _asm.Vex(op, result.Xmm, operand.Xmm, operand.Xmm);
        }
        else
        {
            _asm.Sse(op, result.Xmm, operand.Xmm);
        }

        _cache.Push(to, result);
    }

    private void EmitRound(RoundingMode mode, ValueKind kind)
    {
        var operand = _cache.Pop(RegisterSet.None);
        var result = _cache.IsUsed(operand) ? _cache.Allocate(kind, operand.Bit) : operand;
        if (CpuFeatures.Avx)
        {
            _asm.VexRound(RegisterSet.SizeOf(kind), result.Xmm, operand.Xmm, operand.Xmm, mode);
        }
        else
        {
            _asm.Round(RegisterSet.SizeOf(kind), result.Xmm, operand.Xmm, mode);
        }

        _cache.Push(kind, result);
    }

    /// <summary>Clears the sign (and) or flips it (xor).</summary>
    private void EmitSignOperation(SseOp op, ValueKind kind)
    {
        var result = _cache.PopOwned(RegisterSet.None);
        _asm.Sse(op, result.Xmm, SignMask(kind, isInverted: op == SseOp.AndPs));
        _cache.Push(kind, result);
    }

    private void EmitCopysign(ValueKind kind)
    {
        var sign = _cache.Pop(RegisterSet.None);
        var result = _cache.PopOwned(sign.Bit);
        var scratch = CallingConvention.ScratchXmm;
        _asm.MovAps(scratch, sign.Xmm);
        _asm.Sse(SseOp.AndPs, scratch, SignMask(kind, isInverted: false));
        _asm.Sse(SseOp.AndPs, result.Xmm, SignMask(kind, isInverted: true));
        _asm.Sse(SseOp.OrPs, result.Xmm, scratch);
        _cache.Push(kind, result);
    }

    private Mem SignMask(ValueKind kind, bool isInverted)
    {
        ulong mask = kind == ValueKind.F32 ? SignBits32 : SignBit64;
        mask = isInverted ? ~mask : mask;
        return _asm.Constant128(mask, mask);
    }

    /// <summary>
    /// The processor's minimum and maximum are right for operands that are ordered and not equal; zeros of either sign and values
    /// that are not numbers go a way of their own.
    /// </summary>
    private void EmitMinMax(SseOp op, ValueKind kind)
    {
        var right = _cache.Pop(RegisterSet.None);
        var result = _cache.PopOwned(right.Bit);
        var size = RegisterSet.SizeOf(kind);
        _asm.Sse(size == OpSize.Dword ? SseOp.UcomiSs : SseOp.UcomiSd, result.Xmm, right.Xmm);
        bool isMaximum = op is SseOp.MaxSs or SseOp.MaxSd;
        _asm.Jcc(Condition.Equal, AddReturningPath(
            ColdPathKind.MinMaxOfEqual, result, right, size, operand: isMaximum ? 1 : 0));
        _asm.Sse(op, result.Xmm, right.Xmm);
        BindResume();
        _cache.Push(kind, result);
    }

    /// <summary>Truncates to 64 bits, and looks whether the result has no more than 32.</summary>
    private void EmitTruncate32(ValueKind from, bool isSigned)
    {
        var source = _cache.Pop(RegisterSet.None);
        var result = _cache.AllocateGpr(RegisterSet.None);
        CompareTruncated32(from, isSigned, result, source.Xmm);
        _asm.Jcc(Condition.NotEqual, AddTerminalPath(
            ColdPathKind.TruncationFailed, TrapKind.IntegerOverflow, source, RegisterSet.SizeOf(from)));
        if (isSigned)
        {
            _asm.Mov(OpSize.Dword, result, result);
        }

        _cache.Push(ValueKind.I32, result);
    }

    private void EmitSaturate32(ValueKind from, bool isSigned)
    {
        var source = _cache.Pop(RegisterSet.None);
        var result = _cache.AllocateGpr(RegisterSet.None);
        CompareTruncated32(from, isSigned, result, source.Xmm);
        var kind = isSigned ? ColdPathKind.SaturateSigned32 : ColdPathKind.SaturateUnsigned32;
        _asm.Jcc(Condition.NotEqual, AddReturningPath(kind, result, source, RegisterSet.SizeOf(from)));
        if (isSigned)
        {
            _asm.Mov(OpSize.Dword, result, result);
        }

        BindResume();
        _cache.Push(ValueKind.I32, result);
    }

    private void CompareTruncated32(ValueKind from, bool isSigned, Gpr result, Xmm source)
    {
        _asm.Cvt(TruncationTo64(from), result, source);
        if (isSigned)
        {
            _asm.MovSx(OpSize.Qword, OpSize.Dword, CallingConvention.Scratch, result);
        }
        else
        {
            _asm.Mov(OpSize.Dword, CallingConvention.Scratch, result);
        }

        _asm.Alu(AluOp.Cmp, OpSize.Qword, CallingConvention.Scratch, result);
    }

    /// <summary>The smallest integer stands for failure as well: only for it, comparison with 1 overflows.</summary>
    private void EmitTruncateSigned64(ValueKind from, ColdPathKind path)
    {
        var source = _cache.Pop(RegisterSet.None);
        var result = _cache.AllocateGpr(RegisterSet.None);
        _asm.Cvt(TruncationTo64(from), result, source.Xmm);
        _asm.Alu(AluOp.Cmp, OpSize.Qword, result, 1);
        _asm.Jcc(Condition.Overflow, AddReturningPath(path, result, source, RegisterSet.SizeOf(from)));
        BindResume();
        _cache.Push(ValueKind.I64, result);
    }

    private void EmitTruncateUnsigned64(ValueKind from, bool isSaturating)
    {
        var source = _cache.Pop(RegisterSet.None);
        var result = _cache.AllocateGpr(RegisterSet.None);
        var size = RegisterSet.SizeOf(from);
        _asm.Sse(size == OpSize.Dword ? SseOp.UcomiSs : SseOp.UcomiSd, source.Xmm, Limit63(size));
        int large = _coldCount;
        _asm.Jcc(Condition.AboveOrEqual, AddReturningPath(
            isSaturating ? ColdPathKind.SaturateLarge : ColdPathKind.TruncationOfLarge, result, source, size));
        _asm.Cvt(TruncationTo64(from), result, source.Xmm);
        _asm.Test(OpSize.Qword, result, result);
        if (isSaturating)
        {
            _asm.Jcc(Condition.Sign, AddReturningPath(ColdPathKind.SaturateToZero, result));
            BindResume();
        }
        else
        {
            _asm.Jcc(Condition.Sign, AddTerminalPath(
                ColdPathKind.TruncationFailed, TrapKind.IntegerOverflow, source, size));
        }

        _asm.Bind(_cold[large].Resume);
        _cache.Push(ValueKind.I64, result);
    }

    private Mem Limit63(OpSize size) =>
        size == OpSize.Dword ? _asm.Constant32(TwoToThe63Single) : _asm.Constant64(TwoToThe63);

    private static FloatToIntOp TruncationTo64(ValueKind from) =>
        from == ValueKind.F32 ? FloatToIntOp.CvttSsToSi64 : FloatToIntOp.CvttSdToSi64;

    /// <summary>Converts a signed integer; an unsigned one of 32 bits is a signed one of 64, being zero-extended.</summary>
    private void EmitConvert(IntToFloatOp op, ValueKind to)
    {
        var source = _cache.Pop(RegisterSet.None);
        var result = _cache.Allocate(to, RegisterSet.None);
        Convert(op, result.Xmm, source.Gpr);
        _cache.Push(to, result);
    }

    private void EmitConvertUnsigned64(IntToFloatOp op, ValueKind to)
    {
        var source = _cache.Pop(RegisterSet.None);
        var result = _cache.Allocate(to, RegisterSet.None);
        _asm.Test(OpSize.Qword, source.Gpr, source.Gpr);
        _asm.Jcc(Condition.Sign, AddReturningPath(
            ColdPathKind.ConvertLarge, source, result, RegisterSet.SizeOf(to)));
        Convert(op, result.Xmm, source.Gpr);
        BindResume();
        _cache.Push(to, result);
    }

    /// <summary>Converts after clearing the destination, so that the conversion does not wait for its old value.</summary>
    private void Convert(IntToFloatOp op, Xmm result, Gpr source)
    {
        _asm.Sse(SseOp.XorPs, result, result);
        _asm.Cvt(op, result, source);
    }

    private void EmitReinterpretToInteger(ValueKind to)
    {
        var source = _cache.Pop(RegisterSet.None);
        var result = _cache.AllocateGpr(RegisterSet.None);
        _asm.MovBits(RegisterSet.SizeOf(to), result, source.Xmm);
        _cache.Push(to, result);
    }

    private void EmitReinterpretToFloat(ValueKind to)
    {
        var source = _cache.Pop(RegisterSet.None);
        var result = _cache.Allocate(to, RegisterSet.None);
        _asm.MovBits(RegisterSet.SizeOf(to), result.Xmm, source.Gpr);
        _cache.Push(to, result);
    }
}
