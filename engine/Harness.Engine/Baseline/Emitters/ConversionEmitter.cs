using Harness.Engine.Baseline.Model;
using Harness.Engine.Modules;
using Harness.Engine.Numbers;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Conversions between numbers: extensions, truncations, roundings and reinterpretations.</summary>
internal sealed class ConversionEmitter(BaselineState state)
{
    /// <summary>2^63 as a double and as a single.</summary>
    private const ulong TwoToThe63 = 0x43E0_0000_0000_0000;
    private const uint TwoToThe63Single = 0x5F00_0000;

    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;
    private readonly ValueStack _stack = state.Stack;
    private readonly ColdPaths _cold = state.Cold;

    /// <summary>Compiles a conversion that is no change of a float's width.</summary>
    public void Compile(Opcode opcode, NumericForm form)
    {
        var from = form.Operand;
        var to = form.Result;
        switch (form.Kind)
        {
            case NumericFormKind.Extend when form.IsSigned || to == ValueKind.I32: EmitExtend((OpSize)form.Operation, to, form.IsSigned); break;
            case NumericFormKind.Extend: EmitExtendUnsigned(); break;
            case NumericFormKind.Truncate when to == ValueKind.I32: EmitTruncate32(from, form.IsSigned); break;
            case NumericFormKind.Truncate when form.IsSigned: EmitTruncateSigned64(from, ColdPathKind.TruncationToMinimum); break;
            case NumericFormKind.Truncate: EmitTruncateUnsigned64(from, isSaturating: false); break;
            case NumericFormKind.TruncateSaturating when to == ValueKind.I32: EmitSaturate32(from, form.IsSigned); break;
            case NumericFormKind.TruncateSaturating when form.IsSigned: EmitTruncateSigned64(from, ColdPathKind.SaturateSigned64); break;
            case NumericFormKind.TruncateSaturating: EmitTruncateUnsigned64(from, isSaturating: true); break;
            case NumericFormKind.ConvertToFloat when !form.IsSigned && from == ValueKind.I64: EmitConvertUnsigned64(ConversionOf64(to), to); break;
            case NumericFormKind.ConvertToFloat: EmitConvert(ConversionOf(form), to); break;
            case NumericFormKind.Reinterpret when to is ValueKind.I32 or ValueKind.I64: EmitReinterpretToInteger(to); break;
            case NumericFormKind.Reinterpret: EmitReinterpretToFloat(to); break;
            default: throw _body.NotSupported(opcode);
        }
    }

    private static IntToFloatOp ConversionOf64(ValueKind to) =>
        to == ValueKind.F32 ? IntToFloatOp.CvtSi64ToSs : IntToFloatOp.CvtSi64ToSd;

    /// <summary>An unsigned integer of 32 bits is a signed one of 64, being zero-extended.</summary>
    private static IntToFloatOp ConversionOf(NumericForm form) =>
        !form.IsSigned || form.Operand == ValueKind.I64 ? ConversionOf64(form.Result)
        : form.Result == ValueKind.F32 ? IntToFloatOp.CvtSi32ToSs
        : IntToFloatOp.CvtSi32ToSd;

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
            var value = _stack.Peek().ConstantBits;
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
        var large = _cold.Count;
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
