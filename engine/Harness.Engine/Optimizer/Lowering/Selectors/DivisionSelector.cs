using System.Numerics;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>
/// Division: by constants with multiplications and shifts (Granlund and Montgomery, "Division by Invariant Integers using
/// Multiplication", 1994), else with the division instructions.
/// </summary>
internal sealed class DivisionSelector(SelectionState state, LirWriter writer, AluWriter alu, OperandSelector operands)
{
    /// <summary>Division and remainder.</summary>
    public void SelectDivision(int id, Opcode op, OpSize size)
    {
        var dividend = state.Graph.Input(id, 0);
        var divisor = state.Graph.Input(id, 1);
        var checks = DivisionChecks.Zero | DivisionChecks.MinusOne;
        if (Constants.TryGetInteger(state.Graph, divisor, out var constant))
        {
            var isSigned = op is Opcode.I64DivS or Opcode.I64RemS;
            var unsigned = size == OpSize.Dword ? (uint)constant : (ulong)constant;
            if (!isSigned && unsigned != 0 && TryDivideUnsigned(id, op, dividend, unsigned, size))
            {
                return;
            }

            if (isSigned && constant > 1 && TryDivideSigned(id, op, dividend, constant, size))
            {
                return;
            }

            checks = constant switch
            {
                0 => DivisionChecks.Zero,
                -1 => DivisionChecks.MinusOne,
                _ => DivisionChecks.None,
            };
        }

        var left = operands.Register(dividend);
        var right = operands.Register(divisor);
        ref var instruction = ref writer.Emit(LirOp.Divide, size);
        instruction.Sub = (ushort)op;
        instruction.Immediate = (long)checks;
        instruction.Clobbers = (1u << (int)Gpr.Rax) | (1u << (int)Gpr.Rdx);
        writer.Def(state.Value(id), hint: op is Opcode.I64DivS or Opcode.I64DivU ? LirWriter.RaxHint : LirWriter.RdxHint);
        writer.Use(left, hint: LirWriter.RaxHint);
        writer.Use(right, role: OperandRole.UseAfterClobber);
    }

    private bool TryDivideUnsigned(int id, Opcode op, int dividend, ulong divisor, OpSize size)
    {
        if (BitOperations.IsPow2(divisor))
        {
            var value = operands.Register(dividend);
            var shift = BitOperations.Log2(divisor);
            if (op == Opcode.I64DivU)
            {
                alu.EmitShift(ShiftOp.Shr, size, state.Value(id), value, shift);
            }
            else if (shift <= 31)
            {
                alu.EmitAlu(AluOp.And, size, state.Value(id), value, 0, true, (long)divisor - 1, false, default, true);
            }
            else
            {
                var mask = writer.Constant((long)divisor - 1);
                alu.EmitAlu(AluOp.And, size, state.Value(id), value, mask, false, 0, false, default, true);
            }

            return true;
        }

        if (size == OpSize.Qword)
        {
            return false;
        }

        // With l = ceil(log2 d), the multiplier 2^32 (2^l - d) / d + 1 has 32 bits, its top bit being added apart.
        var left = operands.Register(dividend);
        var log = 32 - BitOperations.LeadingZeroCount((uint)divisor - 1);
        var multiplier = ((1UL << 32) * ((1UL << log) - divisor) / divisor) + 1;
        int quotient;
        if (TryShortMultiplier((uint)divisor, log, out var shorter, out var shift32))
        {
            var product = MultiplyLong(left, shorter);
            quotient = alu.ShiftConstant(ShiftOp.Shr, OpSize.Qword, product, 32 + shift32);
        }
        else
        {
            var high = alu.ShiftConstant(ShiftOp.Shr, OpSize.Qword, MultiplyLong(left, multiplier), 32);
            var rest = alu.ShiftConstant(ShiftOp.Shr, OpSize.Dword, alu.Alu(AluOp.Sub, OpSize.Dword, left, high), 1);
            quotient = alu.ShiftConstant(ShiftOp.Shr, OpSize.Dword, alu.Alu(AluOp.Add, OpSize.Dword, rest, high), log - 1);
        }

        FinishDivision(id, op == Opcode.I64DivU, left, quotient, (int)divisor);
        return true;
    }

    /// <summary>Looks for a multiplier of 32 bits: m = ceil(2^(32+s) / d) with m d - 2^(32+s) at most 2^s.</summary>
    private static bool TryShortMultiplier(uint divisor, int log, out uint multiplier, out int shift)
    {
        // With s = 32 no multiplier has 32 bits.
        for (shift = 0; shift <= log && shift < 32; shift++)
        {
            var power = 1UL << (32 + shift);
            var candidate = ((power - 1) / divisor) + 1;
            if (candidate <= uint.MaxValue && (candidate * divisor) - power <= 1UL << shift)
            {
                multiplier = (uint)candidate;
                return true;
            }
        }

        multiplier = 0;
        return false;
    }

    private bool TryDivideSigned(int id, Opcode op, int dividend, long divisor, OpSize size)
    {
        var isQuotient = op == Opcode.I64DivS;
        if (BitOperations.IsPow2(divisor))
        {
            DivideByPowerOfTwo(id, isQuotient, operands.Register(dividend), BitOperations.Log2((ulong)divisor), size);
            return true;
        }

        if (size == OpSize.Qword)
        {
            return false;
        }

        // m = ceil(2^(32+s) / d) below 2^31 and 2^s at least the error: the product's high part is the floor of the quotient,
        // one too small for negative dividends.
        var shift = 0;
        ulong multiplier;
        for (; ; shift++)
        {
            var power = 1UL << (32 + shift);
            multiplier = (power / (ulong)divisor) + 1;
            if ((multiplier * (ulong)divisor) - power <= 1UL << (shift + 1))
            {
                break;
            }
        }

        var left = operands.Register(dividend);
        var wide = state.Code.NewValue(IrType.I64);
        ref var extend = ref writer.Emit(LirOp.Extend, OpSize.Qword);
        extend.AccessSize = OpSize.Dword;
        extend.Sub = (ushort)LoadExtension.SignTo64;
        writer.Def(wide);
        writer.Use(left);
        var floor = alu.ShiftConstant(ShiftOp.Sar, OpSize.Qword, MultiplyLong(wide, multiplier), 32 + shift);
        var sign = alu.ShiftConstant(ShiftOp.Sar, OpSize.Dword, left, 31);
        FinishDivision(id, isQuotient, left, alu.Alu(AluOp.Sub, OpSize.Dword, floor, sign), (int)divisor);
        return true;
    }

    /// <summary>Rounds towards zero by adding 2^n - 1 to negative dividends first.</summary>
    private void DivideByPowerOfTwo(int id, bool isQuotient, int left, int shift, OpSize size)
    {
        var bits = size == OpSize.Dword ? 32 : 64;
        var sign = shift == 1 ? left : alu.ShiftConstant(ShiftOp.Sar, size, left, bits - 1);
        var bias = alu.ShiftConstant(ShiftOp.Shr, size, sign, bits - shift);
        var biased = alu.Alu(AluOp.Add, size, left, bias);
        if (isQuotient)
        {
            alu.EmitShift(ShiftOp.Sar, size, state.Value(id), biased, shift);
            return;
        }

        var quotient = alu.ShiftConstant(ShiftOp.Sar, size, biased, shift);
        var multiple = alu.ShiftConstant(ShiftOp.Shl, size, quotient, shift);
        alu.EmitAlu(AluOp.Sub, size, state.Value(id), left, multiple, false, 0, false, default, false);
    }

    /// <summary>Gives the quotient, or the remainder computed from it, as a node's result.</summary>
    private void FinishDivision(int id, bool isQuotient, int dividend, int quotient, int divisor)
    {
        if (isQuotient)
        {
            alu.EmitShift(ShiftOp.Shr, OpSize.Qword, state.Value(id), quotient, 0);
            return;
        }

        var multiple = state.Code.NewValue(IrType.I32);
        alu.EmitMultiply(OpSize.Dword, multiple, quotient, divisor);
        alu.EmitAlu(AluOp.Sub, OpSize.Dword, state.Value(id), dividend, multiple, false, 0, false, default, false);
    }

    /// <summary>The product with a constant in 64 bits.</summary>
    private int MultiplyLong(int left, ulong factor)
    {
        var result = state.Code.NewValue(IrType.I64);
        if (factor <= int.MaxValue)
        {
            alu.EmitMultiply(OpSize.Qword, result, left, (int)factor);
            return result;
        }

        var right = writer.Constant((long)factor);
        writer.Emit(LirOp.Multiply, OpSize.Qword);
        writer.Def(result);
        writer.Use(right);
        writer.Use(left, OperandPlace.Any);
        writer.Hint(result, right);
        return result;
    }
}
