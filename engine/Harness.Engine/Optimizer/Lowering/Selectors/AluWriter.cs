using Harness.Engine.Optimizer.Ir;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>Appends integer arithmetic on virtual registers.</summary>
internal sealed class AluWriter(SelectionState state, LirWriter writer)
{
    /// <summary>Result = left op right, where that is a constant, a memory operand or a virtual register.</summary>
    public void EmitAlu(
        AluOp op, OpSize size, int result, int left, int right, bool isConstant, long immediate, bool hasAddress,
        in Address address, bool isCommutative)
    {
        ref var instruction = ref writer.Emit(LirOp.Alu, size);
        instruction.Sub = (ushort)op;
        writer.Def(result);
        writer.Use(left);
        writer.Hint(result, left);
        if (isConstant)
        {
            instruction.HasImmediate = true;
            instruction.Immediate = immediate;
        }
        else if (hasAddress)
        {
            writer.AddAddress(ref instruction, address, OperandRole.UseLate);
        }
        else
        {
            writer.Use(right, OperandPlace.Any, isCommutative ? OperandRole.Use : OperandRole.UseLate);
        }
    }

    /// <summary>Result = left op right, in a new virtual register.</summary>
    public int Alu(AluOp op, OpSize size, int left, int right)
    {
        var result = state.Code.NewValue(IrType.I64);
        EmitAlu(op, size, result, left, right, false, 0, false, default, false);
        return result;
    }

    /// <summary>Result = left shifted by a constant, in a new virtual register.</summary>
    public int ShiftConstant(ShiftOp op, OpSize size, int left, int count)
    {
        var result = state.Code.NewValue(IrType.I64);
        EmitShift(op, size, result, left, count);
        return result;
    }

    /// <summary>Result = left shifted by a constant.</summary>
    public void EmitShift(ShiftOp op, OpSize size, int result, int left, int count)
    {
        ref var instruction = ref writer.Emit(LirOp.ShiftConstant, size);
        instruction.Sub = (ushort)op;
        instruction.Immediate = count;
        writer.Def(result);
        writer.Use(left);
        writer.Hint(result, left);
    }

    /// <summary>Result = left times a constant.</summary>
    public void EmitMultiply(OpSize size, int result, int left, int factor)
    {
        ref var instruction = ref writer.Emit(LirOp.Multiply, size);
        instruction.HasImmediate = true;
        instruction.Immediate = factor;
        writer.Def(result);
        writer.Use(left, OperandPlace.Any);
        writer.Hint(result, left);
    }
}
