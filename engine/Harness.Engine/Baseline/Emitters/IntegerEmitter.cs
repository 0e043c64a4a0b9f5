using System.Numerics;
using Harness.Engine.Baseline.Model;
using Harness.Engine.Modules;
using Harness.Engine.Numbers;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Integer arithmetic.</summary>
internal sealed class IntegerEmitter(BaselineState state)
{
    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;
    private readonly FrameSlots _frame = state.Frame;
    private readonly ValueStack _stack = state.Stack;
    private readonly ColdPaths _cold = state.Cold;

    /// <summary>Compiles an instruction of integer arithmetic.</summary>
    public void Compile(Opcode opcode, NumericForm form)
    {
        var kind = form.Operand;
        switch (form.Kind)
        {
            case NumericFormKind.LeadingZeros: EmitCountZeros(kind, isLeading: true); break;
            case NumericFormKind.TrailingZeros: EmitCountZeros(kind, isLeading: false); break;
            case NumericFormKind.Bits: EmitBits((BitOp)form.Operation, kind); break;
            case NumericFormKind.Alu: EmitAlu((AluOp)form.Operation, kind); break;
            case NumericFormKind.Multiply: EmitMultiply(kind); break;
            case NumericFormKind.Divide: EmitDivide(kind, form.IsSigned, wantsRemainder: form.Operation != 0); break;
            case NumericFormKind.Shift: EmitShift((ShiftOp)form.Operation, kind); break;
            default: throw _body.NotSupported(opcode);
        }
    }

    private void EmitAlu(AluOp op, ValueKind kind)
    {
        var size = RegisterSet.SizeOf(kind);
        var isCommutative = op != AluOp.Sub;
        ref readonly var right = ref _stack.Peek();
        ref readonly var left = ref _stack.Peek(1);
        if (right.IsConstant)
        {
            var constant = right.Constant;
            _stack.Drop();
            EmitAluConstant(op, kind, constant);
        }
        else if (left.IsConstant && isCommutative)
        {
            var constant = left.Constant;
            var register = _stack.PopOwned(RegisterSet.None);
            _stack.Drop();
            _asm.Alu(op, size, register.Gpr, constant);
            _stack.Push(kind, register);
        }
        else if (right.IsFrame)
        {
            _stack.Drop();
            var slot = _frame.Slot(_stack.Height);
            var result = _stack.PopOwned(RegisterSet.None);
            _asm.Alu(op, size, result.Gpr, slot);
            _stack.Push(kind, result);
        }
        else
        {
            EmitAluRegisters(op, kind);
        }
    }

    private void EmitAluConstant(AluOp op, ValueKind kind, int constant)
    {
        ref readonly var left = ref _stack.Peek();
        if (left.IsConstant)
        {
            var value = Fold(op, left.ConstantBits, kind == ValueKind.I32 ? (uint)constant : constant);
            _stack.Drop();
            _stack.PushConstant(kind == ValueKind.I32 ? (int)value : value, kind);
            return;
        }

        var size = RegisterSet.SizeOf(kind);
        var operand = _stack.Pop(RegisterSet.None);
        var result = operand;
        if (_stack.IsUsed(operand))
        {
            result = _stack.Allocate(kind, operand.Bit);
            if (op is AluOp.Add or AluOp.Sub && constant != int.MinValue)
            {
                var displacement = op == AluOp.Add ? constant : -constant;
                _asm.Lea(size, result.Gpr, Mem.Base(operand.Gpr, displacement));
                _stack.Push(kind, result);
                return;
            }

            _frame.Move(result, operand, kind);
        }

        _asm.Alu(op, size, result.Gpr, constant);
        _stack.Push(kind, result);
    }

    private void EmitAluRegisters(AluOp op, ValueKind kind)
    {
        var size = RegisterSet.SizeOf(kind);
        var isCommutative = op != AluOp.Sub;
        var right = _stack.Pop(RegisterSet.None);
        if (isCommutative && _stack.Peek().IsFrame && !_stack.IsUsed(right))
        {
            _stack.Drop();
            _asm.Alu(op, size, right.Gpr, _frame.Slot(_stack.Height));
            _stack.Push(kind, right);
            return;
        }

        var left = _stack.Pop(right.Bit);
        var result = left;
        if (_stack.IsUsed(left))
        {
            if (isCommutative && !_stack.IsUsed(right))
            {
                _asm.Alu(op, size, right.Gpr, left.Gpr);
                _stack.Push(kind, right);
                return;
            }

            result = _stack.Allocate(kind, left.Bit | right.Bit);
            if (op == AluOp.Add)
            {
                _asm.Lea(size, result.Gpr, Mem.BaseIndex(left.Gpr, right.Gpr));
                _stack.Push(kind, result);
                return;
            }

            _frame.Move(result, left, kind);
        }

        _asm.Alu(op, size, result.Gpr, right.Gpr);
        _stack.Push(kind, result);
    }

    private static long Fold(AluOp op, long left, long right) => op switch
    {
        AluOp.Add => left + right,
        AluOp.Sub => left - right,
        AluOp.And => left & right,
        AluOp.Or => left | right,
        _ => left ^ right,
    };

    private void EmitMultiply(ValueKind kind)
    {
        var size = RegisterSet.SizeOf(kind);
        ref readonly var right = ref _stack.Peek();
        ref readonly var left = ref _stack.Peek(1);
        if (right.IsConstant || left.IsConstant)
        {
            var constant = right.IsConstant ? right.Constant : left.Constant;
            var isLeft = !right.IsConstant;
            if (!isLeft)
            {
                _stack.Drop();
            }

            var operand = _stack.Pop(RegisterSet.None);
            if (isLeft)
            {
                _stack.Drop();
            }

            EmitMultiplyConstant(kind, operand, constant);
            return;
        }

        if (right.IsFrame)
        {
            _stack.Drop();
            var slot = _frame.Slot(_stack.Height);
            var product = _stack.PopOwned(RegisterSet.None);
            _asm.Imul(size, product.Gpr, slot);
            _stack.Push(kind, product);
            return;
        }

        var factor = _stack.Pop(RegisterSet.None);
        var other = _stack.Pop(factor.Bit);
        var result = other;
        if (_stack.IsUsed(other))
        {
            if (_stack.IsUsed(factor))
            {
                result = _stack.Allocate(kind, other.Bit | factor.Bit);
                _frame.Move(result, other, kind);
            }
            else
            {
                (result, factor) = (factor, other);
            }
        }

        _asm.Imul(size, result.Gpr, factor.Gpr);
        _stack.Push(kind, result);
    }

    private void EmitMultiplyConstant(ValueKind kind, Register operand, int constant)
    {
        var size = RegisterSet.SizeOf(kind);
        var result = _stack.IsUsed(operand) ? _stack.Allocate(kind, operand.Bit) : operand;
        if (constant > 0 && BitOperations.IsPow2(constant))
        {
            if (result != operand)
            {
                _frame.Move(result, operand, kind);
            }

            _asm.Shift(ShiftOp.Shl, size, result.Gpr, BitOperations.Log2((uint)constant));
        }
        else
        {
            _asm.Imul(size, result.Gpr, operand.Gpr, constant);
        }

        _stack.Push(kind, result);
    }

    private void EmitShift(ShiftOp op, ValueKind kind)
    {
        var size = RegisterSet.SizeOf(kind);
        if (_stack.Peek().IsConstant)
        {
            var bits = _stack.Peek().Constant & (size == OpSize.Dword ? 31 : 63);
            _stack.Drop();
            var operand = _stack.PopOwned(RegisterSet.None);
            if (bits != 0)
            {
                _asm.Shift(op, size, operand.Gpr, bits);
            }

            _stack.Push(kind, operand);
            return;
        }

        if (op is ShiftOp.Shl or ShiftOp.Shr or ShiftOp.Sar && CpuFeatures.Bmi2)
        {
            var count = _stack.Pop(RegisterSet.None);
            var operand = _stack.Pop(count.Bit);
            var result = !_stack.IsUsed(operand) ? operand
                : !_stack.IsUsed(count) ? count : _stack.Allocate(kind, operand.Bit | count.Bit);
            var extended = op == ShiftOp.Shl ? ShiftXOp.Shlx : op == ShiftOp.Shr ? ShiftXOp.Shrx : ShiftXOp.Sarx;
            _asm.ShiftX(extended, size, result.Gpr, operand.Gpr, count.Gpr);
            _stack.Push(kind, result);
            return;
        }

        EmitShiftByCl(op, kind);
    }

    private void EmitShiftByCl(ShiftOp op, ValueKind kind)
    {
        const uint rcx = 1u << (int)Gpr.Rcx;
        var count = _stack.Pop(RegisterSet.None);
        var result = _stack.PopOwned(rcx | count.Bit);
        _stack.Vacate(Gpr.Rcx, result.Bit | count.Bit);
        if (count != Gpr.Rcx)
        {
            _asm.Mov(OpSize.Dword, Gpr.Rcx, count.Gpr);
        }

        _asm.ShiftCl(op, RegisterSet.SizeOf(kind), result.Gpr);
        _stack.Push(kind, result);
    }

    private void EmitCountZeros(ValueKind kind, bool isLeading)
    {
        var size = RegisterSet.SizeOf(kind);
        var bits = size == OpSize.Dword ? 32 : 64;
        var operand = _stack.Pop(RegisterSet.None).Gpr;
        if (isLeading ? CpuFeatures.Lzcnt : CpuFeatures.Bmi1)
        {
            var count = _stack.AllocateGpr(RegisterSet.None);
            _asm.Bits(isLeading ? BitOp.Lzcnt : BitOp.Tzcnt, size, count, operand);
            _stack.Push(kind, count);
            return;
        }

        // A scan of zero leaves its result undefined: then it comes from the scratch register, as if there were one bit more.
        var result = _stack.AllocateGpr(RegisterSet.Of(operand));
        _asm.MovImm(CallingConvention.Scratch, isLeading ? (2 * bits) - 1 : bits);
        _asm.Bits(isLeading ? BitOp.Bsr : BitOp.Bsf, size, result, operand);
        _asm.Cmov(Condition.Zero, size, result, CallingConvention.Scratch);
        if (isLeading)
        {
            _asm.Alu(AluOp.Xor, size, result, bits - 1);
        }

        _stack.Push(kind, result);
    }

    private void EmitBits(BitOp op, ValueKind kind)
    {
        var operand = _stack.Pop(RegisterSet.None).Gpr;
        var result = _stack.AllocateGpr(RegisterSet.None);
        _asm.Bits(op, RegisterSet.SizeOf(kind), result, operand);
        _stack.Push(kind, result);
    }

    private void EmitDivide(ValueKind kind, bool isSigned, bool wantsRemainder)
    {
        const uint fixedRegisters = (1u << (int)Gpr.Rax) | (1u << (int)Gpr.Rdx);
        var size = RegisterSet.SizeOf(kind);
        if (_stack.Peek().IsConstant && !isSigned && EmitDivideByPowerOfTwo(kind, wantsRemainder))
        {
            return;
        }

        int? constant = _stack.Peek().IsConstant ? _stack.Peek().Constant : null;
        var divisor = _stack.PopOutside(fixedRegisters);
        var dividend = _stack.Pop(divisor.Bit | RegisterSet.Of(Gpr.Rdx));
        _stack.Vacate(Gpr.Rax, fixedRegisters | divisor.Bit | dividend.Bit);
        _stack.Vacate(Gpr.Rdx, fixedRegisters | divisor.Bit | dividend.Bit);
        if (dividend != Gpr.Rax)
        {
            _asm.Mov(size, Gpr.Rax, dividend.Gpr);
        }

        if (constant is null or 0)
        {
            _asm.Test(size, divisor.Gpr, divisor.Gpr);
            _asm.Jcc(Condition.Zero, _cold.AddTrap(TrapKind.IntegerDivideByZero));
        }

        var mayBeMinusOne = isSigned && constant is null or -1;
        var minusOnePath = 0;
        if (mayBeMinusOne)
        {
            _asm.Alu(AluOp.Cmp, size, divisor.Gpr, -1);
            minusOnePath = _cold.Count;
            _asm.Jcc(Condition.Equal, _cold.AddReturning(
                wantsRemainder ? ColdPathKind.ZeroRemainder : ColdPathKind.NegateForDivision, size: size));
        }

        if (isSigned)
        {
            _asm.Cdq(size);
            _asm.Unary(UnaryOp.Idiv, size, divisor.Gpr);
        }
        else
        {
            _asm.Zero(Gpr.Rdx);
            _asm.Unary(UnaryOp.Div, size, divisor.Gpr);
        }

        if (mayBeMinusOne)
        {
            _cold.BindResume(minusOnePath);
        }

        _stack.Push(kind, wantsRemainder ? Gpr.Rdx : Gpr.Rax);
    }

    /// <summary>Unsigned division by a constant power of two is a shift or a mask. Says whether it was that.</summary>
    private bool EmitDivideByPowerOfTwo(ValueKind kind, bool wantsRemainder)
    {
        var constant = _stack.Peek().Constant;
        if (constant <= 0 || !BitOperations.IsPow2(constant))
        {
            return false;
        }

        _stack.Drop();
        var result = _stack.PopOwned(RegisterSet.None).Gpr;
        var size = RegisterSet.SizeOf(kind);
        if (wantsRemainder)
        {
            _asm.Alu(AluOp.And, size, result, constant - 1);
        }
        else if (constant > 1)
        {
            _asm.Shift(ShiftOp.Shr, size, result, BitOperations.Log2((uint)constant));
        }

        _stack.Push(kind, result);
        return true;
    }
}
