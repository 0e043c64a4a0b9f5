using Harness.Engine.Baseline.Model;
using Harness.Engine.Modules;
using Harness.Engine.Numbers;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Floating-point arithmetic.</summary>
internal sealed class FloatEmitter(BaselineState state)
{
    private const ulong SignBit64 = 1UL << 63;
    private const ulong SignBits32 = 0x8000_0000_8000_0000;

    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;
    private readonly FrameSlots _frame = state.Frame;
    private readonly ValueStack _stack = state.Stack;
    private readonly ColdPaths _cold = state.Cold;

    /// <summary>Compiles an instruction of floating-point arithmetic.</summary>
    public void Compile(Opcode opcode, NumericForm form)
    {
        var kind = form.Result;
        var isSingle = form.Size == OpSize.Dword;
        switch (form.Kind)
        {
            case NumericFormKind.FloatAbs: EmitSignOperation(SseOp.AndPs, kind); break;
            case NumericFormKind.FloatNegate: EmitSignOperation(SseOp.XorPs, kind); break;
            case NumericFormKind.FloatRound: EmitRound((RoundingMode)form.Operation, kind); break;
            case NumericFormKind.FloatUnary: EmitFloatUnary((SseOp)form.Operation, kind); break;
            case NumericFormKind.FloatBinary: EmitFloatBinary((SseOp)form.Operation, kind); break;
            case NumericFormKind.FloatMin: EmitMinMax(isSingle ? SseOp.MinSs : SseOp.MinSd, kind); break;
            case NumericFormKind.FloatMax: EmitMinMax(isSingle ? SseOp.MaxSs : SseOp.MaxSd, kind); break;
            case NumericFormKind.FloatCopySign: EmitCopysign(kind); break;
            default: throw _body.NotSupported(opcode);
        }
    }

    private void EmitFloatBinary(SseOp op, ValueKind kind)
    {
        if (_stack.Peek().IsFrame)
        {
            _stack.Drop();
            var slot = _frame.Slot(_stack.Height);
            var operand = _stack.PopOwned(RegisterSet.None);
            _asm.Sse(op, operand.Xmm, slot);
            _stack.Push(kind, operand);
            return;
        }

        var right = _stack.Pop(RegisterSet.None);
        var left = _stack.Pop(right.Bit);
        var result = left;
        if (CpuFeatures.Avx)
        {
            if (_stack.IsUsed(left))
            {
                result = !_stack.IsUsed(right) ? right : _stack.Allocate(kind, left.Bit | right.Bit);
            }

            _asm.Vex(op, result.Xmm, left.Xmm, right.Xmm);
        }
        else
        {
            if (_stack.IsUsed(left))
            {
                result = _stack.Allocate(kind, left.Bit | right.Bit);
                _frame.Move(result, left, kind);
            }

            _asm.Sse(op, result.Xmm, right.Xmm);
        }

        _stack.Push(kind, result);
    }

    /// <summary>An operation with one operand, which may be a conversion between widths.</summary>
    private void EmitFloatUnary(SseOp op, ValueKind to)
    {
        var operand = _stack.Pop(RegisterSet.None);
        var result = _stack.IsUsed(operand) ? _stack.Allocate(to, operand.Bit) : operand;
        if (CpuFeatures.Avx)
        {
            _asm.Vex(op, result.Xmm, operand.Xmm, operand.Xmm);
        }
        else
        {
            _asm.Sse(op, result.Xmm, operand.Xmm);
        }

        _stack.Push(to, result);
    }

    private void EmitRound(RoundingMode mode, ValueKind kind)
    {
        var operand = _stack.Pop(RegisterSet.None);
        var result = _stack.IsUsed(operand) ? _stack.Allocate(kind, operand.Bit) : operand;
        if (CpuFeatures.Avx)
        {
            _asm.VexRound(RegisterSet.SizeOf(kind), result.Xmm, operand.Xmm, operand.Xmm, mode);
        }
        else
        {
            _asm.Round(RegisterSet.SizeOf(kind), result.Xmm, operand.Xmm, mode);
        }

        _stack.Push(kind, result);
    }

    /// <summary>Clears the sign (and) or flips it (xor).</summary>
    private void EmitSignOperation(SseOp op, ValueKind kind)
    {
        var result = _stack.PopOwned(RegisterSet.None);
        _asm.Sse(op, result.Xmm, SignMask(kind, isInverted: op == SseOp.AndPs));
        _stack.Push(kind, result);
    }

    private void EmitCopysign(ValueKind kind)
    {
        var sign = _stack.Pop(RegisterSet.None);
        var result = _stack.PopOwned(sign.Bit);
        var scratch = CallingConvention.ScratchXmm;
        _asm.MovAps(scratch, sign.Xmm);
        _asm.Sse(SseOp.AndPs, scratch, SignMask(kind, isInverted: false));
        _asm.Sse(SseOp.AndPs, result.Xmm, SignMask(kind, isInverted: true));
        _asm.Sse(SseOp.OrPs, result.Xmm, scratch);
        _stack.Push(kind, result);
    }

    private Mem SignMask(ValueKind kind, bool isInverted)
    {
        var mask = kind == ValueKind.F32 ? SignBits32 : SignBit64;
        mask = isInverted ? ~mask : mask;
        return _asm.Constant128(mask, mask);
    }

    /// <summary>
    /// The processor's minimum and maximum are right for operands that are ordered and not equal; zeros of either sign and values
    /// that are not numbers go a way of their own.
    /// </summary>
    private void EmitMinMax(SseOp op, ValueKind kind)
    {
        var right = _stack.Pop(RegisterSet.None);
        var result = _stack.PopOwned(right.Bit);
        var size = RegisterSet.SizeOf(kind);
        _asm.Sse(size == OpSize.Dword ? SseOp.UcomiSs : SseOp.UcomiSd, result.Xmm, right.Xmm);
        var isMaximum = op is SseOp.MaxSs or SseOp.MaxSd;
        _asm.Jcc(Condition.Equal, _cold.AddReturning(
            ColdPathKind.MinMaxOfEqual, result, right, size, operand: isMaximum ? 1 : 0));
        _asm.Sse(op, result.Xmm, right.Xmm);
        _cold.BindResume();
        _stack.Push(kind, result);
    }
}
