using Harness.Engine.Baseline.Model;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Conversions between numbers: extensions, truncations, roundings and reinterpretations.</summary>
internal sealed class ConversionEmitter(BaselineState state, FloatEmitter floats)
{
    /// <summary>2^63 as a double and as a single.</summary>
    private const ulong TwoToThe63 = 0x43E0_0000_0000_0000;
    private const uint TwoToThe63Single = 0x5F00_0000;

    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;
    private readonly ValueStack _stack = state.Stack;
    private readonly ColdPaths _cold = state.Cold;
    private readonly FloatEmitter _floats = floats;

    /// <summary>Compiles a conversion.</summary>
    public void Compile(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.I32WrapI64: EmitExtend(OpSize.Dword, ValueKind.I32, isSigned: false); break;
            case Opcode.I64ExtendI32S: EmitExtend(OpSize.Dword, ValueKind.I64, isSigned: true); break;
            case Opcode.I64ExtendI32U: EmitExtendUnsigned(); break;
            case Opcode.I32Extend8S: EmitExtend(OpSize.Byte, ValueKind.I32, isSigned: true); break;
            case Opcode.I32Extend16S: EmitExtend(OpSize.Word, ValueKind.I32, isSigned: true); break;
            case Opcode.I64Extend8S: EmitExtend(OpSize.Byte, ValueKind.I64, isSigned: true); break;
            case Opcode.I64Extend16S: EmitExtend(OpSize.Word, ValueKind.I64, isSigned: true); break;
            case Opcode.I64Extend32S: EmitExtend(OpSize.Dword, ValueKind.I64, isSigned: true); break;

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
            case Opcode.F32DemoteF64: _floats.EmitFloatUnary(SseOp.CvtSd2Ss, ValueKind.F64, ValueKind.F32); break;
            case Opcode.F64ConvertI32S: EmitConvert(IntToFloatOp.CvtSi32ToSd, ValueKind.F64); break;
            case Opcode.F64ConvertI32U: EmitConvert(IntToFloatOp.CvtSi64ToSd, ValueKind.F64); break;
            case Opcode.F64ConvertI64S: EmitConvert(IntToFloatOp.CvtSi64ToSd, ValueKind.F64); break;
            case Opcode.F64ConvertI64U: EmitConvertUnsigned64(IntToFloatOp.CvtSi64ToSd, ValueKind.F64); break;
            case Opcode.F64PromoteF32: _floats.EmitFloatUnary(SseOp.CvtSs2Sd, ValueKind.F32, ValueKind.F64); break;

            case Opcode.I32ReinterpretF32: EmitReinterpretToInteger(ValueKind.I32); break;
            case Opcode.I64ReinterpretF64: EmitReinterpretToInteger(ValueKind.I64); break;
            case Opcode.F32ReinterpretI32: EmitReinterpretToFloat(ValueKind.F32); break;
            case Opcode.F64ReinterpretI64: EmitReinterpretToFloat(ValueKind.F64); break;
            default: throw _body.NotSupported(opcode);
        }
    }

    /// <summary>Compiles a truncation that saturates.</summary>
    public void CompileSaturating(Opcode opcode)
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

    private void EmitExtend(OpSize from, ValueKind to, bool isSigned)
    {
        var operand = _stack.Pop(RegisterSet.None);
        var result = _stack.IsUsed(operand) ? _stack.Allocate(to, operand.Bit) : operand;
        if (isSigned)
        {
            _asm.MovSx(RegisterSet.SizeOf(to), from, result.Gpr, operand.Gpr);
        }
        else
        {
            _asm.MovZx(from, result.Gpr, operand.Gpr);
        }

        _stack.Push(to, result);
    }

    /// <summary>An i32 in a register is zero-extended already: only its kind changes.</summary>
    private void EmitExtendUnsigned()
    {
        if (_stack.Peek().IsConstant)
        {
            long value = _stack.Peek().ConstantBits;
            _stack.Drop();
            _stack.PushConstant(value, ValueKind.I64);
            return;
        }

        _stack.Push(ValueKind.I64, _stack.Pop(RegisterSet.None));
    }

    /// <summary>Truncates to 64 bits, and looks whether the result has no more than 32.</summary>
    private void EmitTruncate32(ValueKind from, bool isSigned)
    {
        var source = _stack.Pop(RegisterSet.None);
        var result = _stack.AllocateGpr(RegisterSet.None);
        CompareTruncated32(from, isSigned, result, source.Xmm);
        _asm.Jcc(Condition.NotEqual, _cold.AddTerminal(
            ColdPathKind.TruncationFailed, TrapKind.IntegerOverflow, source, RegisterSet.SizeOf(from)));
        if (isSigned)
        {
            _asm.Mov(OpSize.Dword, result, result);
        }

        _stack.Push(ValueKind.I32, result);
    }

    private void EmitSaturate32(ValueKind from, bool isSigned)
    {
        var source = _stack.Pop(RegisterSet.None);
        var result = _stack.AllocateGpr(RegisterSet.None);
        CompareTruncated32(from, isSigned, result, source.Xmm);
        var kind = isSigned ? ColdPathKind.SaturateSigned32 : ColdPathKind.SaturateUnsigned32;
        _asm.Jcc(Condition.NotEqual, _cold.AddReturning(kind, result, source, RegisterSet.SizeOf(from)));
        if (isSigned)
        {
            _asm.Mov(OpSize.Dword, result, result);
        }

        _cold.BindResume();
        _stack.Push(ValueKind.I32, result);
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
        var source = _stack.Pop(RegisterSet.None);
        var result = _stack.AllocateGpr(RegisterSet.None);
        _asm.Cvt(TruncationTo64(from), result, source.Xmm);
        _asm.Alu(AluOp.Cmp, OpSize.Qword, result, 1);
        _asm.Jcc(Condition.Overflow, _cold.AddReturning(path, result, source, RegisterSet.SizeOf(from)));
        _cold.BindResume();
        _stack.Push(ValueKind.I64, result);
    }

    private void EmitTruncateUnsigned64(ValueKind from, bool isSaturating)
    {
        var source = _stack.Pop(RegisterSet.None);
        var result = _stack.AllocateGpr(RegisterSet.None);
        var size = RegisterSet.SizeOf(from);
        _asm.Sse(size == OpSize.Dword ? SseOp.UcomiSs : SseOp.UcomiSd, source.Xmm, Limit63(size));
        int large = _cold.Count;
        _asm.Jcc(Condition.AboveOrEqual, _cold.AddReturning(
            isSaturating ? ColdPathKind.SaturateLarge : ColdPathKind.TruncationOfLarge, result, source, size));
        _asm.Cvt(TruncationTo64(from), result, source.Xmm);
        _asm.Test(OpSize.Qword, result, result);
        if (isSaturating)
        {
            _asm.Jcc(Condition.Sign, _cold.AddReturning(ColdPathKind.SaturateToZero, result));
            _cold.BindResume();
        }
        else
        {
            _asm.Jcc(Condition.Sign, _cold.AddTerminal(
                ColdPathKind.TruncationFailed, TrapKind.IntegerOverflow, source, size));
        }

        _cold.BindResume(large);
        _stack.Push(ValueKind.I64, result);
    }

    /// <summary>2^63 as a number of a width.</summary>
    public Mem Limit63(OpSize size) =>
        size == OpSize.Dword ? _asm.Constant32(TwoToThe63Single) : _asm.Constant64(TwoToThe63);

    private static FloatToIntOp TruncationTo64(ValueKind from) =>
        from == ValueKind.F32 ? FloatToIntOp.CvttSsToSi64 : FloatToIntOp.CvttSdToSi64;

    /// <summary>Converts a signed integer; an unsigned one of 32 bits is a signed one of 64, being zero-extended.</summary>
    private void EmitConvert(IntToFloatOp op, ValueKind to)
    {
        var source = _stack.Pop(RegisterSet.None);
        var result = _stack.Allocate(to, RegisterSet.None);
        Convert(op, result.Xmm, source.Gpr);
        _stack.Push(to, result);
    }

    private void EmitConvertUnsigned64(IntToFloatOp op, ValueKind to)
    {
        var source = _stack.Pop(RegisterSet.None);
        var result = _stack.Allocate(to, RegisterSet.None);
        _asm.Test(OpSize.Qword, source.Gpr, source.Gpr);
        _asm.Jcc(Condition.Sign, _cold.AddReturning(
            ColdPathKind.ConvertLarge, source, result, RegisterSet.SizeOf(to)));
        Convert(op, result.Xmm, source.Gpr);
        _cold.BindResume();
        _stack.Push(to, result);
    }

    /// <summary>Converts after clearing the destination, so that the conversion does not wait for its old value.</summary>
    public void Convert(IntToFloatOp op, Xmm result, Gpr source)
    {
        _asm.Sse(SseOp.XorPs, result, result);
        _asm.Cvt(op, result, source);
    }

    private void EmitReinterpretToInteger(ValueKind to)
    {
        var source = _stack.Pop(RegisterSet.None);
        var result = _stack.AllocateGpr(RegisterSet.None);
        _asm.MovBits(RegisterSet.SizeOf(to), result, source.Xmm);
        _stack.Push(to, result);
    }

    private void EmitReinterpretToFloat(ValueKind to)
    {
        var source = _stack.Pop(RegisterSet.None);
        var result = _stack.Allocate(to, RegisterSet.None);
        _asm.MovBits(RegisterSet.SizeOf(to), result.Xmm, source.Gpr);
        _stack.Push(to, result);
    }
}
