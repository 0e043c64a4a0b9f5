using Harness.Engine.Baseline.Model;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>
/// Code out of line for floating-point instructions: minimum and maximum of equal numbers, truncations and conversions of what does not
/// fit.
/// </summary>
internal sealed class FloatColdPathEmitter(BaselineState state, StubCalls stubs, ConversionEmitter conversions)
{
    private readonly Assembler _asm = state.Assembler;
    private readonly StubCalls _stubs = stubs;
    private readonly ConversionEmitter _conversions = conversions;

    /// <summary>Emits a piece of code out of line.</summary>
    public void Emit(in ColdPath path)
    {
        var a = path.A;
        var b = path.B;
        switch (path.Kind)
        {
            case ColdPathKind.MinMaxOfEqual:
                EmitMinMaxOfEqual(path);
                break;
            case ColdPathKind.TruncationFailed:
                TestForNumber(path.Size, a.Xmm);
                _stubs.EmitTrapUnless(Condition.NoParity, TrapKind.InvalidConversionToInteger);
                _stubs.EmitTrapHere(TrapKind.IntegerOverflow);
                break;
            case ColdPathKind.TruncationToMinimum:
                TestForNumber(path.Size, b.Xmm);
                _stubs.EmitTrapUnless(Condition.NoParity, TrapKind.InvalidConversionToInteger);
                CompareWithMinimum64(path.Size, b.Xmm);
                _stubs.EmitTrapUnless(Condition.Equal, TrapKind.IntegerOverflow);
                break;
            case ColdPathKind.TruncationOfLarge:
                EmitTruncationOfLarge(path);
                _stubs.EmitTrapUnless(Condition.NoSign, TrapKind.IntegerOverflow);
                EmitAddTwoToThe63(a.Gpr);
                break;
            case ColdPathKind.SaturateSigned32:
                EmitSaturateSigned(path, int.MinValue & 0xFFFF_FFFFL, int.MaxValue);
                break;
            case ColdPathKind.SaturateSigned64:
                EmitSaturateSigned(path, long.MinValue, long.MaxValue);
                break;
            case ColdPathKind.SaturateUnsigned32:
                EmitCompareWithZero(path.Size, b.Xmm);
                _asm.MovImm(a.Gpr, 0);
                _asm.Jcc(Condition.BelowOrEqual, path.Resume);
                _asm.MovImm(a.Gpr, uint.MaxValue);
                break;
            case ColdPathKind.SaturateToZero:
                _asm.Zero(a.Gpr);
                break;
            case ColdPathKind.SaturateLarge:
                EmitTruncationOfLarge(path);
                EmitAddTwoToThe63(a.Gpr);
                _asm.Jcc(Condition.Sign, path.Resume);
                _asm.MovImm(a.Gpr, -1);
                break;
            case ColdPathKind.ConvertLarge:
                EmitConvertLarge(path);
                break;
        }
    }

    private static SseOp CompareOf(OpSize size) => size == OpSize.Dword ? SseOp.UcomiSs : SseOp.UcomiSd;

    /// <summary>Sets the parity flag for what is not a number.</summary>
    private void TestForNumber(OpSize size, Xmm value) => _asm.Sse(CompareOf(size), value, value);

    private void CompareWithMinimum64(OpSize size, Xmm value)
    {
        var minimum = size == OpSize.Dword ? _asm.Constant32(0xDF00_0000) : _asm.Constant64(0xC3E0_0000_0000_0000);
        _asm.Sse(CompareOf(size), value, minimum);
    }

    private void EmitCompareWithZero(OpSize size, Xmm value)
    {
        _asm.Sse(SseOp.XorPs, CallingConvention.ScratchXmm, CallingConvention.ScratchXmm);
        _asm.Sse(CompareOf(size), value, CallingConvention.ScratchXmm);
    }

    private void EmitMinMaxOfEqual(in ColdPath path)
    {
        var isMaximum = path.Operand != 0;
        var unordered = _asm.NewLabel();
        _asm.JccShort(Condition.Parity, unordered);

        // Equal values differ at most in the sign of zero: a negative one wins the minimum, and loses the maximum.
        _asm.Sse(isMaximum ? SseOp.AndPs : SseOp.OrPs, path.A.Xmm, path.B.Xmm);
        _asm.Jmp(path.Resume);
        _asm.Bind(unordered);
        _asm.Sse(path.Size == OpSize.Dword ? SseOp.AddSs : SseOp.AddSd, path.A.Xmm, path.B.Xmm);
    }

    private void EmitSaturateSigned(in ColdPath path, long minimum, long maximum)
    {
        EmitCompareWithZero(path.Size, path.B.Xmm);
        _asm.MovImm(path.A.Gpr, 0);
        _asm.Jcc(Condition.Parity, path.Resume);
        _asm.MovImm(path.A.Gpr, minimum);
        _asm.Jcc(Condition.Below, path.Resume);
        _asm.MovImm(path.A.Gpr, maximum);
    }

    /// <summary>Truncates B - 2^63 to A, which is negative if that does not fit.</summary>
    private void EmitTruncationOfLarge(in ColdPath path)
    {
        var isSingle = path.Size == OpSize.Dword;
        _asm.MovAps(CallingConvention.ScratchXmm, path.B.Xmm);
        _asm.Sse(isSingle ? SseOp.SubSs : SseOp.SubSd, CallingConvention.ScratchXmm, _conversions.Limit63(path.Size));
        _asm.Cvt(
            isSingle ? FloatToIntOp.CvttSsToSi64 : FloatToIntOp.CvttSdToSi64, path.A.Gpr, CallingConvention.ScratchXmm);
        _asm.Test(OpSize.Qword, path.A.Gpr, path.A.Gpr);
    }

    private void EmitAddTwoToThe63(Gpr register)
    {
        _asm.MovImm(CallingConvention.Scratch, long.MinValue);
        _asm.Alu(AluOp.Xor, OpSize.Qword, register, CallingConvention.Scratch);
    }

    /// <summary>Converts half the integer, with the lowest bit kept so that rounding comes out right, and doubles it.</summary>
    private void EmitConvertLarge(in ColdPath path)
    {
        var isSingle = path.Size == OpSize.Dword;
        var half = CallingConvention.Scratch;
        var even = _asm.NewLabel();
        _asm.Mov(OpSize.Qword, half, path.A.Gpr);
        _asm.Shift(ShiftOp.Shr, OpSize.Qword, half, 1);
        _asm.JccShort(Condition.NoCarry, even);
        _asm.Alu(AluOp.Or, OpSize.Qword, half, 1);
        _asm.Bind(even);
        _conversions.Convert(isSingle ? IntToFloatOp.CvtSi64ToSs : IntToFloatOp.CvtSi64ToSd, path.B.Xmm, half);
        _asm.Sse(isSingle ? SseOp.AddSs : SseOp.AddSd, path.B.Xmm, path.B.Xmm);
    }
}
