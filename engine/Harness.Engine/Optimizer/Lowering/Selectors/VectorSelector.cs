using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Vectors;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>
/// Vectors. What an instruction becomes is said by the vector selection; here is decided where its operands are: a second operand may lie in
/// the frame, among the constants or, with three-operand encodings, anywhere in memory, and a constant count of a shift is part of the instruction.
/// </summary>
internal sealed class VectorSelector(
    SelectionState state, LirWriter writer, OperandSelector operands, MemoryAddressing addresses, LoadFolding loads)
{
    private const int MaxVectorOperands = 3;

    /// <summary>Selects a node on vectors.</summary>
    public void SelectVector(int id, Opcode op)
    {
        var info = OpcodeTable.Get(op);
        ref readonly var row = ref VectorSelections.Of(op);
        if (VectorOperators.IsAccess(op))
        {
            SelectVectorAccess(id, info);
        }
        else if (row.IsBinary)
        {
            SelectVectorBinary(id, row);
        }
        else if (row.IsShift && Constants.TryGetInteger(state.Graph, state.Graph.Input(id, 1), out var count))
        {
            SelectVectorShift(id, op, count);
        }
        else
        {
            SelectVectorSequence(id, info, row);
        }
    }

    private void SelectVectorAccess(int id, OpcodeInfo info)
    {
        var isLoad = info.Results.Length != 0;
        var vector = info.Parameters.Length == 2 ? operands.Register(state.Graph.Input(id, 1)) : 0;
        var address = addresses.MemoryAddress(id, info.NaturalAlignment);
        ref var instruction = ref writer.Emit(isLoad ? LirOp.VectorLoad : LirOp.VectorStore, OpSize.Qword);
        instruction.Sub = (ushort)info.Opcode;
        instruction.Immediate = VectorOperators.LaneOf(in state.Graph[id]);
        if (isLoad)
        {
            writer.Def(state.Value(id));
        }

        if (vector != 0)
        {
            writer.Use(vector);
            if (isLoad)
            {
                writer.Hint(state.Value(id), vector);
            }
        }

        writer.AddAddress(ref instruction, address, OperandRole.Use);
    }

    private void SelectVectorBinary(int id, in VectorSelection row)
    {
        var left = state.Graph.Input(id, row.Swaps ? 1 : 0);
        var right = state.Graph.Input(id, row.Swaps ? 0 : 1);
        if (row.IsCommutative && state.Graph[left].Op == Opcode.V128Const && state.Graph[right].Op != Opcode.V128Const)
        {
            (left, right) = (right, left);
        }

        var isConstant = state.Graph[right].Op == Opcode.V128Const;
        var hasAddress = loads.TryCoverVector(right, out var address);
        if (!hasAddress && !isConstant && row.IsCommutative && loads.TryCoverVector(left, out address))
        {
            hasAddress = true;
            left = right;
        }

        operands.WriteBinary(
            id, LirOp.VectorBinary, OpSize.Qword, (ushort)row.Opcode, left, right, hasAddress ? address : null, state.Vectors.HasThreeOperands);
    }

    private void SelectVectorShift(int id, Opcode op, long count)
    {
        var value = operands.Register(state.Graph.Input(id, 0));
        ref var instruction = ref writer.Emit(LirOp.VectorShift, OpSize.Qword);
        instruction.Sub = (ushort)op;
        instruction.Immediate = count;
        writer.Def(state.Value(id));
        writer.Use(value);
        writer.Hint(state.Value(id), value);
    }

    /// <summary>
    /// Any other instruction. Where the result is computed in the register of an operand, all others are read after that has been
    /// overwritten.
    /// </summary>
    private void SelectVectorSequence(int id, OpcodeInfo info, in VectorSelection row)
    {
        Span<int> inputs = stackalloc int[MaxVectorOperands];
        var count = info.Parameters.Length;
        for (var i = 0; i < count; i++)
        {
            inputs[i] = operands.Register(state.Graph.Input(id, i));
        }

        var overwritten = row.OverwrittenOperand(state.Vectors);
        var temporary = row.Temporaries == 0 ? 0 : state.Code.NewValue(IrType.V128);
        ref var instruction = ref writer.Emit(LirOp.Vector, OpSize.Qword);
        instruction.Sub = (ushort)info.Opcode;
        instruction.Immediate = state.Graph[id].Immediate;
        writer.Def(state.Value(id));
        if (temporary != 0)
        {
            writer.Def(temporary);
        }

        for (var i = 0; i < count; i++)
        {
            var isLate = row.OverwritesFirst && i != overwritten && state.Code.IsFloat(inputs[i]);
            writer.Use(inputs[i], role: isLate ? OperandRole.UseLate : OperandRole.Use);
        }

        if (state.Code.IsFloat(inputs[overwritten]))
        {
            writer.Hint(state.Value(id), inputs[overwritten]);
        }
    }
}
