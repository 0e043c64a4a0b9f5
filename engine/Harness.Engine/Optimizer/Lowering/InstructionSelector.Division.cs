using System.Numerics;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering;

/// <content>
/// Division: by constants with multiplications and shifts (Granlund and Montgomery, "Division by Invariant Integers using
/// Multiplication", 1994), else with the division instructions.
/// </content>
internal sealed partial class InstructionSelector
{
    private void SelectDivision(int id, Opcode op, OpSize size)
    {
        int dividend = graph.Input(id, 0);
        int divisor = graph.Input(id, 1);
        var checks = DivisionChecks.Zero | DivisionChecks.MinusOne;
        if (Constants.TryGetInteger(graph, divisor, out long constant))
        {
            bool isSigned = op is Opcode.I64DivS or Opcode.I64RemS;
            ulong unsigned = size == OpSize.Dword ? (uint)constant : (ulong)constant;
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

        int left = Register(dividend);
        int right = Register(divisor);
        ref LirInstruction instruction = ref Emit(LirOp.Divide, size);
        instruction.Sub = (ushort)op;
        instruction.Immediate = (long)checks;
        instruction.Clobbers = (1u << (int)Gpr.Rax) | (1u << (int)Gpr.Rdx);
        Def(Value(id), hint: op is Opcode.I64DivS or Opcode.I64DivU ? RaxHint : RdxHint);
        Use(left, hint: RaxHint);
        Use(right, role: OperandRole.UseAfterClobber);
    }

    private bool TryDivideUnsigned(int id, Opcode op, int dividend, ulong divisor, OpSize size)
    {
        if (BitOperations.IsPow2(divisor))
        {
            int value = Register(dividend);
            int shift = BitOperations.Log2(divisor);
            if (op == Opcode.I64DivU)
            {
                EmitShift(ShiftOp.Shr, size, Value(id), value, shift);
            }
            else if (shift <= 31)
            {
                EmitAlu(AluOp.And, size, Value(id), value, 0, true, (long)divisor - 1, false, default, true);
            }
            else
            {
                int mask = Constant((long)divisor - 1);
                EmitAlu(AluOp.And, size, Value(id), value, mask, false, 0, false, default, true);
            }

            return true;
        }

        if (size == OpSize.Qword)
        {
            return false;
        }

        // With l = ceil(log2 d), the multiplier 2^32 (2^l - d) / d + 1 has 32 bits, its top bit being added apart.
        int left = Register(dividend);
        int log = 32 - BitOperations.LeadingZeroCount((uint)divisor - 1);
        ulong multiplier = ((1UL << 32) * ((1UL << log) - divisor) / divisor) + 1;
        int quotient;
        if (TryShortMultiplier((uint)divisor, log, out uint shorter, out int shift32))
        {
            int product = MultiplyLong(left, shorter);
            quotient = ShiftConstant(ShiftOp.Shr, OpSize.Qword, product, 32 + shift32);
        }
        else
        {
            int high = ShiftConstant(ShiftOp.Shr, OpSize.Qword, MultiplyLong(left, multiplier), 32);
            int rest = ShiftConstant(ShiftOp.Shr, OpSize.Dword, Alu(AluOp.Sub, OpSize.Dword, left, high), 1);
            quotient = ShiftConstant(ShiftOp.Shr, OpSize.Dword, Alu(AluOp.Add, OpSize.Dword, rest, high), log - 1);
        }

        FinishDivision(id, op == Opcode.I64DivU, left, quotient, (int)divisor);
        return true;
    }

    /// <summary>Looks for a multiplier of 32 bits: m = ceil(2^(32+s) / d) with m d - 2^(32+s) at most 2^s.</summary>
    private static bool TryShortMultiplier(uint divisor, int log, out uint multiplier, out int shift)
    {
        for (shift = 0; shift <= log; shift++)
        {
            var power = UInt128.One << (32 + shift);
            UInt128 candidate = ((power + divisor) - 1) / divisor;
            if (candidate <= uint.MaxValue && (candidate * divisor) - power <= (UInt128.One << shift))
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
        bool isQuotient = op == Opcode.I64DivS;
        if (BitOperations.IsPow2(divisor))
        {
            DivideByPowerOfTwo(id, isQuotient, Register(dividend), BitOperations.Log2((ulong)divisor), size);
            return true;
        }

        if (size == OpSize.Qword)
        {
            return false;
        }

        // m = ceil(2^(32+s) / d) below 2^31 and 2^s at least the error: the product's high part is the floor of the quotient,
        // one too small for negative dividends.
        int shift = 0;
        ulong multiplier;
        for (; ; shift++)
        {
            ulong power = 1UL << (32 + shift);
            multiplier = (power / (ulong)divisor) + 1;
            if ((multiplier * (ulong)divisor) - power <= 1UL << (shift + 1))
            {
                break;
            }
        }

        int left = Register(dividend);
        int wide = code.NewValue(IrType.I64);
        ref LirInstruction extend = ref Emit(LirOp.Extend, OpSize.Qword);
        extend.AccessSize = OpSize.Dword;
        extend.Sub = (ushort)LoadExtension.SignTo64;
        Def(wide);
        Use(left);
        int floor = ShiftConstant(ShiftOp.Sar, OpSize.Qword, MultiplyLong(wide, multiplier), 32 + shift);
        int sign = ShiftConstant(ShiftOp.Sar, OpSize.Dword, left, 31);
        FinishDivision(id, isQuotient, left, Alu(AluOp.Sub, OpSize.Dword, floor, sign), (int)divisor);
        return true;
    }

    /// <summary>Rounds towards zero by adding 2^n - 1 to negative dividends first.</summary>
    private void DivideByPowerOfTwo(int id, bool isQuotient, int left, int shift, OpSize size)
    {
        int bits = size == OpSize.Dword ? 32 : 64;
        int sign = shift == 1 ? left : ShiftConstant(ShiftOp.Sar, size, left, bits - 1);
        int bias = ShiftConstant(ShiftOp.Shr, size, sign, bits - shift);
        int biased = Alu(AluOp.Add, size, left, bias);
        if (isQuotient)
        {
            EmitShift(ShiftOp.Sar, size, Value(id), biased, shift);
            return;
        }

        int quotient = ShiftConstant(ShiftOp.Sar, size, biased, shift);
        int multiple = ShiftConstant(ShiftOp.Shl, size, quotient, shift);
        EmitAlu(AluOp.Sub, size, Value(id), left, multiple, false, 0, false, default, false);
    }

    /// <summary>Gives the quotient, or the remainder computed from it, as a node's result.</summary>
    private void FinishDivision(int id, bool isQuotient, int dividend, int quotient, int divisor)
    {
        if (isQuotient)
        {
            EmitShift(ShiftOp.Shr, OpSize.Qword, Value(id), quotient, 0);
            return;
        }

        int multiple = code.NewValue(IrType.I32);
        EmitMultiply(OpSize.Dword, multiple, quotient, divisor);
        EmitAlu(AluOp.Sub, OpSize.Dword, Value(id), dividend, multiple, false, 0, false, default, false);
    }

    /// <summary>The product with a constant in 64 bits.</summary>
    private int MultiplyLong(int left, ulong factor)
    {
        int result = code.NewValue(IrType.I64);
        if (factor <= int.MaxValue)
        {
            EmitMultiply(OpSize.Qword, result, left, (int)factor);
            return result;
        }

        int right = Constant((long)factor);
        Emit(LirOp.Multiply, OpSize.Qword);
        Def(result);
        Use(right);
        Use(left, OperandPlace.Any);
        Hint(result, right);
        return result;
    }
}
