using System.Numerics;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline;

/// <content>Integer arithmetic.</content>
internal sealed partial class FunctionCompiler
{
    private void CompileNumeric(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.I32Eqz: EmitEqualsZero(OpSize.Dword); break;
            case Opcode.I32Eq: EmitIntegerCompare(OpSize.Dword, Condition.Equal); break;
            case Opcode.I32Ne: EmitIntegerCompare(OpSize.Dword, Condition.NotEqual); break;
            case Opcode.I32LtS: EmitIntegerCompare(OpSize.Dword, Condition.Less); break;
            case Opcode.I32LtU: EmitIntegerCompare(OpSize.Dword, Condition.Below); break;
            case Opcode.I32GtS: EmitIntegerCompare(OpSize.Dword, Condition.Greater); break;
            case Opcode.I32GtU: EmitIntegerCompare(OpSize.Dword, Condition.Above); break;
            case Opcode.I32LeS: EmitIntegerCompare(OpSize.Dword, Condition.LessOrEqual); break;
            case Opcode.I32LeU: EmitIntegerCompare(OpSize.Dword, Condition.BelowOrEqual); break;
            case Opcode.I32GeS: EmitIntegerCompare(OpSize.Dword, Condition.GreaterOrEqual); break;
            case Opcode.I32GeU: EmitIntegerCompare(OpSize.Dword, Condition.AboveOrEqual); break;

            case Opcode.I64Eqz: EmitEqualsZero(OpSize.Qword); break;
            case Opcode.I64Eq: EmitIntegerCompare(OpSize.Qword, Condition.Equal); break;
            case Opcode.I64Ne: EmitIntegerCompare(OpSize.Qword, Condition.NotEqual); break;
            case Opcode.I64LtS: EmitIntegerCompare(OpSize.Qword, Condition.Less); break;
            case Opcode.I64LtU: EmitIntegerCompare(OpSize.Qword, Condition.Below); break;
            case Opcode.I64GtS: EmitIntegerCompare(OpSize.Qword, Condition.Greater); break;
            case Opcode.I64GtU: EmitIntegerCompare(OpSize.Qword, Condition.Above); break;
            case Opcode.I64LeS: EmitIntegerCompare(OpSize.Qword, Condition.LessOrEqual); break;
            case Opcode.I64LeU: EmitIntegerCompare(OpSize.Qword, Condition.BelowOrEqual); break;
            case Opcode.I64GeS: EmitIntegerCompare(OpSize.Qword, Condition.GreaterOrEqual); break;
            case Opcode.I64GeU: EmitIntegerCompare(OpSize.Qword, Condition.AboveOrEqual); break;

            case Opcode.F32Eq: EmitFloatCompare(OpSize.Dword, Condition.Equal, UnorderedRule.IsFalse); break;
            case Opcode.F32Ne: EmitFloatCompare(OpSize.Dword, Condition.NotEqual, UnorderedRule.IsTrue); break;
            case Opcode.F32Lt: EmitFloatCompare(OpSize.Dword, Condition.Below, UnorderedRule.None); break;
            case Opcode.F32Gt: EmitFloatCompare(OpSize.Dword, Condition.Above, UnorderedRule.None); break;
            case Opcode.F32Le: EmitFloatCompare(OpSize.Dword, Condition.BelowOrEqual, UnorderedRule.None); break;
            case Opcode.F32Ge: EmitFloatCompare(OpSize.Dword, Condition.AboveOrEqual, UnorderedRule.None); break;
            case Opcode.F64Eq: EmitFloatCompare(OpSize.Qword, Condition.Equal, UnorderedRule.IsFalse); break;
            case Opcode.F64Ne: EmitFloatCompare(OpSize.Qword, Condition.NotEqual, UnorderedRule.IsTrue); break;
            case Opcode.F64Lt: EmitFloatCompare(OpSize.Qword, Condition.Below, UnorderedRule.None); break;
            case Opcode.F64Gt: EmitFloatCompare(OpSize.Qword, Condition.Above, UnorderedRule.None); break;
            case Opcode.F64Le: EmitFloatCompare(OpSize.Qword, Condition.BelowOrEqual, UnorderedRule.None); break;
            case Opcode.F64Ge: EmitFloatCompare(OpSize.Qword, Condition.AboveOrEqual, UnorderedRule.None); break;

            case Opcode.I32Clz: EmitCountZeros(ValueKind.I32, isLeading: true); break;
            case Opcode.I32Ctz: EmitCountZeros(ValueKind.I32, isLeading: false); break;
            case Opcode.I32Popcnt: EmitPopcnt(ValueKind.I32); break;
            case Opcode.I32Add: EmitAlu(AluOp.Add, ValueKind.I32); break;
            case Opcode.I32Sub: EmitAlu(AluOp.Sub, ValueKind.I32); break;
            case Opcode.I32Mul: EmitMultiply(ValueKind.I32); break;
            case Opcode.I32DivS: EmitDivide(ValueKind.I32, isSigned: true, wantsRemainder: false); break;
            case Opcode.I32DivU: EmitDivide(ValueKind.I32, isSigned: false, wantsRemainder: false); break;
            case Opcode.I32RemS: EmitDivide(ValueKind.I32, isSigned: true, wantsRemainder: true); break;
            case Opcode.I32RemU: EmitDivide(ValueKind.I32, isSigned: false, wantsRemainder: true); break;
            case Opcode.I32And: EmitAlu(AluOp.And, ValueKind.I32); break;
            case Opcode.I32Or: EmitAlu(AluOp.Or, ValueKind.I32); break;
            case Opcode.I32Xor: EmitAlu(AluOp.Xor, ValueKind.I32); break;
            case Opcode.I32Shl: EmitShift(ShiftOp.Shl, ValueKind.I32); break;
            case Opcode.I32ShrS: EmitShift(ShiftOp.Sar, ValueKind.I32); break;
            case Opcode.I32ShrU: EmitShift(ShiftOp.Shr, ValueKind.I32); break;
            case Opcode.I32Rotl: EmitShift(ShiftOp.Rol, ValueKind.I32); break;
            case Opcode.I32Rotr: EmitShift(ShiftOp.Ror, ValueKind.I32); break;

            case Opcode.I64Clz: EmitCountZeros(ValueKind.I64, isLeading: true); break;
            case Opcode.I64Ctz: EmitCountZeros(ValueKind.I64, isLeading: false); break;
            case Opcode.I64Popcnt: EmitPopcnt(ValueKind.I64); break;
            case Opcode.I64Add: EmitAlu(AluOp.Add, ValueKind.I64); break;
            case Opcode.I64Sub: EmitAlu(AluOp.Sub, ValueKind.I64); break;
            case Opcode.I64Mul: EmitMultiply(ValueKind.I64); break;
            case Opcode.I64DivS: EmitDivide(ValueKind.I64, isSigned: true, wantsRemainder: false); break;
            case Opcode.I64DivU: EmitDivide(ValueKind.I64, isSigned: false, wantsRemainder: false); break;
            case Opcode.I64RemS: EmitDivide(ValueKind.I64, isSigned: true, wantsRemainder: true); break;
            case Opcode.I64RemU: EmitDivide(ValueKind.I64, isSigned: false, wantsRemainder: true); break;
            case Opcode.I64And: EmitAlu(AluOp.And, ValueKind.I64); break;
            case Opcode.I64Or: EmitAlu(AluOp.Or, ValueKind.I64); break;
            case Opcode.I64Xor: EmitAlu(AluOp.Xor, ValueKind.I64); break;
            case Opcode.I64Shl: EmitShift(ShiftOp.Shl, ValueKind.I64); break;
            case Opcode.I64ShrS: EmitShift(ShiftOp.Sar, ValueKind.I64); break;
            case Opcode.I64ShrU: EmitShift(ShiftOp.Shr, ValueKind.I64); break;
            case Opcode.I64Rotl: EmitShift(ShiftOp.Rol, ValueKind.I64); break;
            case Opcode.I64Rotr: EmitShift(ShiftOp.Ror, ValueKind.I64); break;

            case Opcode.I32WrapI64: EmitExtend(OpSize.Dword, ValueKind.I32, isSigned: false); break;
            case Opcode.I64ExtendI32S: EmitExtend(OpSize.Dword, ValueKind.I64, isSigned: true); break;
            case Opcode.I64ExtendI32U: EmitExtendUnsigned(); break;
            case Opcode.I32Extend8S: EmitExtend(OpSize.Byte, ValueKind.I32, isSigned: true); break;
            case Opcode.I32Extend16S: EmitExtend(OpSize.Word, ValueKind.I32, isSigned: true); break;
            case Opcode.I64Extend8S: EmitExtend(OpSize.Byte, ValueKind.I64, isSigned: true); break;
            case Opcode.I64Extend16S: EmitExtend(OpSize.Word, ValueKind.I64, isSigned: true); break;
            case Opcode.I64Extend32S: EmitExtend(OpSize.Dword, ValueKind.I64, isSigned: true); break;

            default: CompileFloat(opcode); break;
        }
    }

    private void EmitAlu(AluOp op, ValueKind kind)
    {
        var size = RegisterSet.SizeOf(kind);
        bool isCommutative = op != AluOp.Sub;
        ref var right = ref _cache.Peek();
        ref var left = ref _cache.Peek(1);
        if (right.IsConstant)
        {
            int constant = right.Constant;
            _cache.Drop();
            EmitAluConstant(op, kind, constant);
        }
        else if (left.IsConstant && isCommutative)
        {
            int constant = left.Constant;
            var register = _cache.PopOwned(RegisterSet.None);
            _cache.Drop();
            _asm.Alu(op, size, register.Gpr, constant);
            _cache.Push(kind, register);
        }
        else if (right.IsFrame)
        {
            _cache.Drop();
            var slot = _cache.Slot(_cache.Height);
            var result = _cache.PopOwned(RegisterSet.None);
            _asm.Alu(op, size, result.Gpr, slot);
            _cache.Push(kind, result);
        }
        else
        {
            EmitAluRegisters(op, kind);
        }
    }

    private void EmitAluConstant(AluOp op, ValueKind kind, int constant)
    {
        ref var left = ref _cache.Peek();
        if (left.IsConstant)
        {
            long value = Fold(op, left.ConstantBits, kind == ValueKind.I32 ? (uint)constant : constant);
            _cache.Drop();
            PushConstant(kind == ValueKind.I32 ? (int)value : value, kind);
            return;
        }

        var size = RegisterSet.SizeOf(kind);
        var operand = _cache.Pop(RegisterSet.None);
        var result = operand;
        if (_cache.IsUsed(operand))
        {
            result = _cache.Allocate(kind, operand.Bit);
            if (op is AluOp.Add or AluOp.Sub && constant != int.MinValue)
            {
                int displacement = op == AluOp.Add ? constant : -constant;
                _asm.Lea(size, result.Gpr, Mem.Base(operand.Gpr, displacement));
                _cache.Push(kind, result);
                return;
            }

            _cache.Move(result, operand, kind);
        }

        _asm.Alu(op, size, result.Gpr, constant);
        _cache.Push(kind, result);
    }

    private void EmitAluRegisters(AluOp op, ValueKind kind)
    {
        var size = RegisterSet.SizeOf(kind);
        bool isCommutative = op != AluOp.Sub;
        var right = _cache.Pop(RegisterSet.None);
        if (isCommutative && _cache.Peek().IsFrame && !_cache.IsUsed(right))
        {
            _cache.Drop();
            _asm.Alu(op, size, right.Gpr, _cache.Slot(_cache.Height));
            _cache.Push(kind, right);
            return;
        }

        var left = _cache.Pop(right.Bit);
        var result = left;
        if (_cache.IsUsed(left))
        {
            if (isCommutative && !_cache.IsUsed(right))
            {
                _asm.Alu(op, size, right.Gpr, left.Gpr);
                _cache.Push(kind, right);
                return;
            }

            result = _cache.Allocate(kind, left.Bit | right.Bit);
            if (op == AluOp.Add)
            {
                _asm.Lea(size, result.Gpr, Mem.BaseIndex(left.Gpr, right.Gpr));
                _cache.Push(kind, result);
                return;
            }

            _cache.Move(result, left, kind);
        }

        _asm.Alu(op, size, result.Gpr, right.Gpr);
        _cache.Push(kind, result);
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
        ref var right = ref _cache.Peek();
        ref var left = ref _cache.Peek(1);
        if (right.IsConstant || left.IsConstant)
        {
            int constant = right.IsConstant ? right.Constant : left.Constant;
            bool isLeft = !right.IsConstant;
            if (!isLeft)
            {
                _cache.Drop();
            }

            var operand = _cache.Pop(RegisterSet.None);
            if (isLeft)
            {
                _cache.Drop();
            }

            EmitMultiplyConstant(kind, operand, constant);
            return;
        }

        if (right.IsFrame)
        {
            _cache.Drop();
            var slot = _cache.Slot(_cache.Height);
            var product = _cache.PopOwned(RegisterSet.None);
            _asm.Imul(size, product.Gpr, slot);
            _cache.Push(kind, product);
            return;
        }

        var factor = _cache.Pop(RegisterSet.None);
        var other = _cache.Pop(factor.Bit);
        var result = other;
        if (_cache.IsUsed(other))
        {
            if (_cache.IsUsed(factor))
            {
                result = _cache.Allocate(kind, other.Bit | factor.Bit);
                _cache.Move(result, other, kind);
            }
            else
            {
                (result, factor) = (factor, other);
            }
        }

        _asm.Imul(size, result.Gpr, factor.Gpr);
        _cache.Push(kind, result);
    }

    private void EmitMultiplyConstant(ValueKind kind, Register operand, int constant)
    {
        var size = RegisterSet.SizeOf(kind);
        var result = _cache.IsUsed(operand) ? _cache.Allocate(kind, operand.Bit) : operand;
        if (constant > 0 && BitOperations.IsPow2(constant))
        {
            if (result != operand)
            {
                _cache.Move(result, operand, kind);
            }

            _asm.Shift(ShiftOp.Shl, size, result.Gpr, BitOperations.Log2((uint)constant));
        }
        else
        {
            _asm.Imul(size, result.Gpr, operand.Gpr, constant);
        }

        _cache.Push(kind, result);
    }

    private void EmitShift(ShiftOp op, ValueKind kind)
    {
        var size = RegisterSet.SizeOf(kind);
        if (_cache.Peek().IsConstant)
        {
            int bits = _cache.Peek().Constant & (size == OpSize.Dword ? 31 : 63);
            _cache.Drop();
            var operand = _cache.PopOwned(RegisterSet.None);
            if (bits != 0)
            {
                _asm.Shift(op, size, operand.Gpr, bits);
            }

            _cache.Push(kind, operand);
            return;
        }

        if (op is ShiftOp.Shl or ShiftOp.Shr or ShiftOp.Sar && CpuFeatures.Bmi2)
        {
            var count = _cache.Pop(RegisterSet.None);
            var operand = _cache.Pop(count.Bit);
            var result = !_cache.IsUsed(operand) ? operand
                : !_cache.IsUsed(count) ? count : _cache.Allocate(kind, operand.Bit | count.Bit);
            var extended = op == ShiftOp.Shl ? ShiftXOp.Shlx : op == ShiftOp.Shr ? ShiftXOp.Shrx : ShiftXOp.Sarx;
            _asm.ShiftX(extended, size, result.Gpr, operand.Gpr, count.Gpr);
            _cache.Push(kind, result);
            return;
        }

        EmitShiftByCl(op, kind);
    }

    private void EmitShiftByCl(ShiftOp op, ValueKind kind)
    {
        const uint rcx = 1u << (int)Gpr.Rcx;
        var count = _cache.Pop(RegisterSet.None);
        var result = _cache.PopOwned(rcx | count.Bit);
        _cache.Vacate(Gpr.Rcx, result.Bit | count.Bit);
        if (count != Gpr.Rcx)
        {
            _asm.Mov(OpSize.Dword, Gpr.Rcx, count.Gpr);
        }

        _asm.ShiftCl(op, RegisterSet.SizeOf(kind), result.Gpr);
        _cache.Push(kind, result);
    }

    private void EmitCountZeros(ValueKind kind, bool isLeading)
    {
        var size = RegisterSet.SizeOf(kind);
        int bits = size == OpSize.Dword ? 32 : 64;
        var operand = _cache.Pop(RegisterSet.None).Gpr;
        if (isLeading ? CpuFeatures.Lzcnt : CpuFeatures.Bmi1)
        {
            var count = _cache.AllocateGpr(RegisterSet.None);
            _asm.Bits(isLeading ? BitOp.Lzcnt : BitOp.Tzcnt, size, count, operand);
            _cache.Push(kind, count);
            return;
        }

        // A scan of zero leaves its result undefined: then it comes from the scratch register, as if there were one bit more.
        var result = _cache.AllocateGpr(RegisterSet.Of(operand));
        _asm.MovImm(CallingConvention.Scratch, isLeading ? (2 * bits) - 1 : bits);
        _asm.Bits(isLeading ? BitOp.Bsr : BitOp.Bsf, size, result, operand);
        _asm.Cmov(Condition.Zero, size, result, CallingConvention.Scratch);
        if (isLeading)
        {
            _asm.Alu(AluOp.Xor, size, result, bits - 1);
        }

        _cache.Push(kind, result);
    }

    private void EmitPopcnt(ValueKind kind)
    {
        var operand = _cache.Pop(RegisterSet.None).Gpr;
        var result = _cache.AllocateGpr(RegisterSet.None);
        _asm.Bits(BitOp.Popcnt, RegisterSet.SizeOf(kind), result, operand);
        _cache.Push(kind, result);
    }

    private void EmitExtend(OpSize from, ValueKind to, bool isSigned)
    {
        var operand = _cache.Pop(RegisterSet.None);
        var result = _cache.IsUsed(operand) ? _cache.Allocate(to, operand.Bit) : operand;
        if (isSigned)
        {
            _asm.MovSx(RegisterSet.SizeOf(to), from, result.Gpr, operand.Gpr);
        }
        else
        {
            _asm.MovZx(from, result.Gpr, operand.Gpr);
        }

        _cache.Push(to, result);
    }

    /// <summary>An i32 in a register is zero-extended already: only its kind changes.</summary>
    private void EmitExtendUnsigned()
    {
        if (_cache.Peek().IsConstant)
        {
            long value = _cache.Peek().ConstantBits;
            _cache.Drop();
            PushConstant(value, ValueKind.I64);
            return;
        }

        _cache.Push(ValueKind.I64, _cache.Pop(RegisterSet.None));
    }

    private void EmitDivide(ValueKind kind, bool isSigned, bool wantsRemainder)
    {
        const uint fixedRegisters = (1u << (int)Gpr.Rax) | (1u << (int)Gpr.Rdx);
        var size = RegisterSet.SizeOf(kind);
        if (_cache.Peek().IsConstant && !isSigned && EmitDivideByPowerOfTwo(kind, wantsRemainder))
        {
            return;
        }

        int? constant = _cache.Peek().IsConstant ? _cache.Peek().Constant : null;
        var divisor = _cache.PopOutside(fixedRegisters);
        var dividend = _cache.Pop(divisor.Bit | RegisterSet.Of(Gpr.Rdx));
        _cache.Vacate(Gpr.Rax, fixedRegisters | divisor.Bit | dividend.Bit);
        _cache.Vacate(Gpr.Rdx, fixedRegisters | divisor.Bit | dividend.Bit);
        if (dividend != Gpr.Rax)
        {
            _asm.Mov(size, Gpr.Rax, dividend.Gpr);
        }

        if (constant is null or 0)
        {
            _asm.Test(size, divisor.Gpr, divisor.Gpr);
            _asm.Jcc(Condition.Zero, AddTrap(TrapKind.IntegerDivideByZero));
        }

        bool mayBeMinusOne = isSigned && constant is null or -1;
        int minusOnePath = 0;
        if (mayBeMinusOne)
        {
            _asm.Alu(AluOp.Cmp, size, divisor.Gpr, -1);
            minusOnePath = _coldCount;
            _asm.Jcc(Condition.Equal, AddReturningPath(
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
            _asm.Bind(_cold[minusOnePath].Resume);
        }

        _cache.Push(kind, wantsRemainder ? Gpr.Rdx : Gpr.Rax);
    }

    /// <summary>Unsigned division by a constant power of two is a shift or a mask. Says whether it was that.</summary>
    private bool EmitDivideByPowerOfTwo(ValueKind kind, bool wantsRemainder)
    {
        int constant = _cache.Peek().Constant;
        if (constant <= 0 || !BitOperations.IsPow2(constant))
        {
            return false;
        }

        _cache.Drop();
        var result = _cache.PopOwned(RegisterSet.None).Gpr;
        var size = RegisterSet.SizeOf(kind);
        if (wantsRemainder)
        {
            _asm.Alu(AluOp.And, size, result, constant - 1);
        }
        else if (constant > 1)
        {
            _asm.Shift(ShiftOp.Shr, size, result, BitOperations.Log2((uint)constant));
        }

        _cache.Push(kind, result);
        return true;
    }
}
