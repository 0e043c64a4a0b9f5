using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Vectors;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering;

/// <content>
/// Vectors. What an instruction becomes is said by the vector selection; here is decided where its operands are: a second operand may lie in
/// the frame, among the constants or, with three-operand encodings, anywhere in memory, and a constant count of a shift is part of the instruction.
/// </content>
internal sealed partial class InstructionSelector
{
    private const int VectorBytesLog2 = 4;
    private const int MaxVectorOperands = 3;

    /// <summary>Whether vector instructions have three operands, of which one in memory need not be aligned.</summary>
    private bool HasThreeOperands => CpuFeatures.Avx && module.Options.VectorsAvx;

    private void SelectVector(int id, Opcode op)
    {
        OpcodeInfo info = OpcodeTable.Get(op);
        ref readonly VectorSelection row = ref VectorSelections.Of(op);
        if (VectorOperators.IsAccess(op))
        {
            SelectVectorAccess(id, info);
        }
        else if (row.IsBinary)
        {
            SelectVectorBinary(id, row);
        }
        else if (row.IsShift && Constants.TryGetInteger(graph, graph.Input(id, 1), out long count))
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
        bool isLoad = info.Results.Length != 0;
        int vector = info.Parameters.Length == 2 ? Register(graph.Input(id, 1)) : 0;
        Address address = MemoryAddress(id, info.NaturalAlignment);
        ref LirInstruction instruction = ref Emit(isLoad ? LirOp.VectorLoad : LirOp.VectorStore, OpSize.Qword);
        instruction.Sub = (ushort)info.Opcode;
        instruction.Immediate = VectorOperators.LaneOf(in graph[id]);
        if (isLoad)
        {
            Def(Value(id));
        }

        if (vector != 0)
        {
            Use(vector);
            if (isLoad)
            {
                Hint(Value(id), vector);
            }
        }

        AddAddress(ref instruction, address, OperandRole.Use);
    }

    private void SelectVectorBinary(int id, in VectorSelection row)
    {
        int left = graph.Input(id, row.Swaps ? 1 : 0);
        int right = graph.Input(id, row.Swaps ? 0 : 1);
        if (row.IsCommutative && graph[left].Op == Opcode.V128Const && graph[right].Op != Opcode.V128Const)
        {
            (left, right) = (right, left);
        }

        bool isConstant = graph[right].Op == Opcode.V128Const;
        bool hasAddress = TryCoverVector(right, out Address address);
        if (!hasAddress && !isConstant && row.IsCommutative && TryCoverVector(left, out address))
        {
            hasAddress = true;
            left = right;
        }

        int leftValue = Register(left);
        int rightValue = hasAddress || isConstant ? 0 : Register(right);
        ref LirInstruction instruction = ref Emit(LirOp.VectorBinary, OpSize.Qword);
        instruction.Sub = (ushort)row.Opcode;
        Def(Value(id));
        Use(leftValue);
        Hint(Value(id), leftValue);
        if (hasAddress)
        {
            AddAddress(ref instruction, address, OperandRole.Use);
        }
        else if (isConstant)
        {
            instruction.HasImmediate = true;
            instruction.Immediate = graph[right].Immediate;
        }
        else
        {
            Use(rightValue, OperandPlace.Any, HasThreeOperands ? OperandRole.Use : OperandRole.UseLate);
        }
    }

    /// <summary>The address to read a vector from instead of loading it before, as for scalars.</summary>
    private bool TryCoverVector(int id, out Address address)
    {
        address = default;
        if (!HasThreeOperands || graph[id].Op != Opcode.V128Load || !IsOnlyHere(id) || LevelAfter(id) != level)
        {
            return false;
        }

        nodes[id].IsCovered = true;
        address = MemoryAddress(id, VectorBytesLog2);
        return true;
    }

    private void SelectVectorShift(int id, Opcode op, long count)
    {
        int value = Register(graph.Input(id, 0));
        ref LirInstruction instruction = ref Emit(LirOp.VectorShift, OpSize.Qword);
        instruction.Sub = (ushort)op;
        instruction.Immediate = count;
        Def(Value(id));
        Use(value);
        Hint(Value(id), value);
    }

    /// <summary>
    /// Any other instruction. Where the result is computed in the register of the first operand, all others are read after that has been
    /// overwritten.
    /// </summary>
    private void SelectVectorSequence(int id, OpcodeInfo info, in VectorSelection row)
    {
        Span<int> operands = stackalloc int[MaxVectorOperands];
        int count = info.Parameters.Length;
        for (int i = 0; i < count; i++)
        {
            operands[i] = Register(graph.Input(id, i));
        }

        int first = row.Swaps ? 1 : 0;
        int temporary = row.Temporaries == 0 ? 0 : code.NewValue(IrType.V128);
        ref LirInstruction instruction = ref Emit(LirOp.Vector, OpSize.Qword);
        instruction.Sub = (ushort)info.Opcode;
        instruction.Immediate = graph[id].Immediate;
        Def(Value(id));
        if (temporary != 0)
        {
            Def(temporary);
        }

        for (int i = 0; i < count; i++)
        {
            bool isLate = row.OverwritesFirst && i != first && code.IsFloat(operands[i]);
            Use(operands[i], role: isLate ? OperandRole.UseLate : OperandRole.Use);
        }

        if (code.IsFloat(operands[first]))
        {
            Hint(Value(id), operands[first]);
        }
    }

    /// <summary>A question about all lanes, answered by the zero flag.</summary>
    private Comparison CompareVector(int id, Opcode op, bool whenTrue) => new()
    {
        Kind = CompareKind.Vector,
        Size = OpSize.Qword,
        Condition = (whenTrue ? VectorSelections.Of(op).WhenTrue : VectorSelections.Of(op).WhenTrue.Negate()).ToFlag(),
        Left = Register(graph.Input(id, 0)),
        HasImmediate = true,
        Immediate = (long)op,
    };

    /// <summary>A virtual register with a constant vector.</summary>
    private int VectorConstant(long number)
    {
        int value = code.NewValue(IrType.V128);
        ref LirInstruction instruction = ref Emit(LirOp.LoadVector, OpSize.Qword);
        instruction.Immediate = number;
        Def(value);
        return value;
    }

    private void LoadVector(int value, in Address address)
    {
        ref LirInstruction instruction = ref EmitWithAddress(LirOp.VectorLoad, OpSize.Qword, value, address);
        instruction.Sub = (ushort)Opcode.V128Load;
    }

    private void StoreVector(in Address address, int value)
    {
        ref LirInstruction instruction = ref Emit(LirOp.VectorStore, OpSize.Qword);
        instruction.Sub = (ushort)Opcode.V128Store;
        Use(value);
        AddAddress(ref instruction, address, OperandRole.Use);
    }
}
