using System.Numerics;
using Harness.Engine.Modules;

namespace Harness.Engine.Optimizer.Passes;

/// <summary>
/// Computes operators on constants, as bits: integers sign-extended to 64 bits, floats as they lie in memory. What would trap
/// is left to the program, and so is arithmetic that makes a NaN, whose bits are the machine's choice.
/// </summary>
internal static class ConstantEvaluator
{
    /// <summary>Computes an operator with one operand.</summary>
    public static bool TryEvaluate(Opcode op, long operand, out long result)
    {
        var i = (int)operand;
        var u = (uint)operand;
        var f = BitConverter.Int32BitsToSingle(i);
        var d = BitConverter.Int64BitsToDouble(operand);
        switch (op)
        {
            case Opcode.I32Eqz: return Give(i == 0, out result);
            case Opcode.I32Clz: return Give(BitOperations.LeadingZeroCount(u), out result);
            case Opcode.I32Ctz: return Give(BitOperations.TrailingZeroCount(u), out result);
            case Opcode.I32Popcnt: return Give(BitOperations.PopCount(u), out result);
            case Opcode.I32Extend8S: return Give((sbyte)i, out result);
            case Opcode.I32Extend16S: return Give((short)i, out result);
            case Opcode.I64Eqz: return Give(operand == 0, out result);
            case Opcode.I64Clz: return Give((long)BitOperations.LeadingZeroCount((ulong)operand), out result);
            case Opcode.I64Ctz: return Give((long)BitOperations.TrailingZeroCount((ulong)operand), out result);
            case Opcode.I64Popcnt: return Give((long)BitOperations.PopCount((ulong)operand), out result);
            case Opcode.I64Extend8S: return Give((long)(sbyte)operand, out result);
            case Opcode.I64Extend16S: return Give((long)(short)operand, out result);
            case Opcode.I64Extend32S: return Give((long)i, out result);
            case Opcode.I32WrapI64: return Give(i, out result);
            case Opcode.I64ExtendI32S: return Give((long)i, out result);
            case Opcode.I64ExtendI32U: return Give((long)u, out result);
            case Opcode.I32ReinterpretF32 or Opcode.F32ReinterpretI32: return Give(i, out result);
            case Opcode.I64ReinterpretF64 or Opcode.F64ReinterpretI64: return Give(operand, out result);
            case Opcode.F32ConvertI32S: return Give((float)i, out result);
            case Opcode.F32ConvertI32U: return Give((float)u, out result);
            case Opcode.F64ConvertI32S: return Give((double)i, out result);
            case Opcode.F64ConvertI32U: return Give((double)u, out result);
            case Opcode.F32ConvertI64S: return Give((float)operand, out result);
            case Opcode.F64ConvertI64S: return Give((double)operand, out result);
            case Opcode.F64PromoteF32: return Give((double)f, out result);
            case Opcode.F32DemoteF64: return Give((float)d, out result);
            case Opcode.F32Neg: return Give(i ^ int.MinValue, out result);
            case Opcode.F64Neg: return Give(operand ^ long.MinValue, out result);
            case Opcode.F32Abs: return Give(i & int.MaxValue, out result);
            case Opcode.F64Abs: return Give(operand & long.MaxValue, out result);
            case Opcode.F32Sqrt: return Give(MathF.Sqrt(f), out result);
            case Opcode.F64Sqrt: return Give(Math.Sqrt(d), out result);
            default:
                result = 0;
                return false;
        }
    }

    /// <summary>Computes an operator with two operands.</summary>
    public static bool TryEvaluate(Opcode op, long left, long right, out long result)
    {
        var a = (int)left;
        var b = (int)right;
        var fa = BitConverter.Int32BitsToSingle(a);
        var fb = BitConverter.Int32BitsToSingle(b);
        var da = BitConverter.Int64BitsToDouble(left);
        var db = BitConverter.Int64BitsToDouble(right);
        result = 0;
        switch (op)
        {
            case Opcode.I32Add: return Give(a + b, out result);
            case Opcode.I32Sub: return Give(a - b, out result);
            case Opcode.I32Mul: return Give(a * b, out result);
            case Opcode.I32DivS: return b != 0 && !(a == int.MinValue && b == -1) && Give(a / b, out result);
            case Opcode.I32DivU: return b != 0 && Give((int)((uint)a / (uint)b), out result);
            case Opcode.I32RemS: return b != 0 && Give(b == -1 ? 0 : a % b, out result);
            case Opcode.I32RemU: return b != 0 && Give((int)((uint)a % (uint)b), out result);
            case Opcode.I32And: return Give(a & b, out result);
            case Opcode.I32Or: return Give(a | b, out result);
            case Opcode.I32Xor: return Give(a ^ b, out result);
            case Opcode.I32Shl: return Give(a << b, out result);
            case Opcode.I32ShrS: return Give(a >> b, out result);
            case Opcode.I32ShrU: return Give(a >>> b, out result);
            case Opcode.I32Rotl: return Give((int)BitOperations.RotateLeft((uint)a, b), out result);
            case Opcode.I32Rotr: return Give((int)BitOperations.RotateRight((uint)a, b), out result);
            case Opcode.I32Eq: return Give(a == b, out result);
            case Opcode.I32Ne: return Give(a != b, out result);
            case Opcode.I32LtS: return Give(a < b, out result);
            case Opcode.I32LtU: return Give((uint)a < (uint)b, out result);
            case Opcode.I32GtS: return Give(a > b, out result);
            case Opcode.I32GtU: return Give((uint)a > (uint)b, out result);
            case Opcode.I32LeS: return Give(a <= b, out result);
            case Opcode.I32LeU: return Give((uint)a <= (uint)b, out result);
            case Opcode.I32GeS: return Give(a >= b, out result);
            case Opcode.I32GeU: return Give((uint)a >= (uint)b, out result);
            case Opcode.I64Add: return Give(left + right, out result);
            case Opcode.I64Sub: return Give(left - right, out result);
            case Opcode.I64Mul: return Give(left * right, out result);
            case Opcode.I64DivS: return right != 0 && !(left == long.MinValue && right == -1) && Give(left / right, out result);
            case Opcode.I64DivU: return right != 0 && Give((long)((ulong)left / (ulong)right), out result);
            case Opcode.I64RemS: return right != 0 && Give(right == -1 ? 0 : left % right, out result);
            case Opcode.I64RemU: return right != 0 && Give((long)((ulong)left % (ulong)right), out result);
            case Opcode.I64And: return Give(left & right, out result);
            case Opcode.I64Or: return Give(left | right, out result);
            case Opcode.I64Xor: return Give(left ^ right, out result);
            case Opcode.I64Shl: return Give(left << b, out result);
            case Opcode.I64ShrS: return Give(left >> b, out result);
            case Opcode.I64ShrU: return Give(left >>> b, out result);
            case Opcode.I64Rotl: return Give((long)BitOperations.RotateLeft((ulong)left, b), out result);
            case Opcode.I64Rotr: return Give((long)BitOperations.RotateRight((ulong)left, b), out result);
            case Opcode.I64Eq: return Give(left == right, out result);
            case Opcode.I64Ne: return Give(left != right, out result);
            case Opcode.I64LtS: return Give(left < right, out result);
            case Opcode.I64LtU: return Give((ulong)left < (ulong)right, out result);
            case Opcode.I64GtS: return Give(left > right, out result);
            case Opcode.I64GtU: return Give((ulong)left > (ulong)right, out result);
            case Opcode.I64LeS: return Give(left <= right, out result);
            case Opcode.I64LeU: return Give((ulong)left <= (ulong)right, out result);
            case Opcode.I64GeS: return Give(left >= right, out result);
            case Opcode.I64GeU: return Give((ulong)left >= (ulong)right, out result);
            case Opcode.F32Eq: return Give(fa == fb, out result);
            case Opcode.F32Ne: return Give(fa != fb, out result);
            case Opcode.F32Lt: return Give(fa < fb, out result);
            case Opcode.F32Gt: return Give(fa > fb, out result);
            case Opcode.F32Le: return Give(fa <= fb, out result);
            case Opcode.F32Ge: return Give(fa >= fb, out result);
            case Opcode.F64Eq: return Give(da == db, out result);
            case Opcode.F64Ne: return Give(da != db, out result);
            case Opcode.F64Lt: return Give(da < db, out result);
            case Opcode.F64Gt: return Give(da > db, out result);
            case Opcode.F64Le: return Give(da <= db, out result);
            case Opcode.F64Ge: return Give(da >= db, out result);
            case Opcode.F32Add: return Give(fa + fb, out result);
            case Opcode.F32Sub: return Give(fa - fb, out result);
            case Opcode.F32Mul: return Give(fa * fb, out result);
            case Opcode.F32Div: return Give(fa / fb, out result);
            case Opcode.F64Add: return Give(da + db, out result);
            case Opcode.F64Sub: return Give(da - db, out result);
            case Opcode.F64Mul: return Give(da * db, out result);
            case Opcode.F64Div: return Give(da / db, out result);
            default: return false;
        }
    }

    private static bool Give(bool value, out long result)
    {
        result = value ? 1 : 0;
        return true;
    }

    private static bool Give(int value, out long result)
    {
        result = value;
        return true;
    }

    private static bool Give(long value, out long result)
    {
        result = value;
        return true;
    }

    private static bool Give(float value, out long result)
    {
        result = BitConverter.SingleToInt32Bits(value);
        return !float.IsNaN(value);
    }

    private static bool Give(double value, out long result)
    {
        result = BitConverter.DoubleToInt64Bits(value);
        return !double.IsNaN(value);
    }
}
