using Harness.Engine.Numbers;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>Integer arithmetic where no rule of selection says better: on registers, and on what is in memory.</summary>
internal sealed class IntegerSelector(SelectionState state, LirWriter writer, AluWriter alu, OperandSelector operands, LoadFolding loads)
{
    /// <summary>Addition, subtraction and operations on bits.</summary>
    public void SelectAlu(int id, AluOp op, OpSize size)
    {
        var isCommutative = op != AluOp.Sub;
        var (left, right) = isCommutative ? loads.OrderedInputs(id) : (state.Graph.Input(id, 0), state.Graph.Input(id, 1));
        var hasAddress = loads.TryCoverLoad(right, size, out var address);
        var leftValue = operands.Register(left);
        var rightValue = hasAddress ? 0 : operands.Register(right);
        alu.EmitAlu(op, size, state.Value(id), leftValue, rightValue, isConstant: false, 0, hasAddress, address, isCommutative);
    }

    /// <summary>Multiplication.</summary>
    public void SelectMultiply(int id, OpSize size)
    {
        var (left, right) = loads.OrderedInputs(id);
        var hasAddress = loads.TryCoverLoad(right, size, out var address);
        var leftValue = operands.Register(left);
        var rightValue = hasAddress ? 0 : operands.Register(right);
        ref var instruction = ref writer.Emit(LirOp.Multiply, size);
        writer.Def(state.Value(id));
        writer.Use(leftValue);
        writer.Hint(state.Value(id), leftValue);
        if (hasAddress)
        {
            writer.AddAddress(ref instruction, address, OperandRole.UseLate);
        }
        else
        {
            writer.Use(rightValue, OperandPlace.Any);
        }
    }

    /// <summary>Questions about single bits, answered by one instruction.</summary>
    public void SelectCount(int id, BitOp op, OpSize size)
    {
        var hasAddress = loads.TryCoverLoad(state.Graph.Input(id, 0), size, out var address);
        var value = hasAddress ? 0 : operands.Register(state.Graph.Input(id, 0));
        ref var instruction = ref writer.Emit(LirOp.CountBits, size);
        instruction.Sub = (ushort)op;
        writer.Def(state.Value(id));
        if (hasAddress)
        {
            writer.AddAddress(ref instruction, address, OperandRole.Use);
        }
        else
        {
            writer.Use(value);
        }
    }

    /// <summary>The low part of a value, extended. What has 32 bits is zero-extended in its register.</summary>
    public void SelectExtend(int id, NumericForm form)
    {
        var value = operands.Register(state.Graph.Input(id, 0));
        if (form.IsSigned)
        {
            ref var instruction = ref writer.Emit(LirOp.Extend, form.ResultSize);
            instruction.AccessSize = (OpSize)form.Operation;
            instruction.Sub = (ushort)(form.ResultSize == OpSize.Qword ? LoadExtension.SignTo64 : LoadExtension.SignTo32);
        }
        else
        {
            writer.Emit(LirOp.Move, OpSize.Dword);
        }

        writer.Def(state.Value(id));
        writer.Use(value);
        writer.Hint(state.Value(id), value);
    }
}
