using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering;

/// <content>Floats and conversions.</content>
internal sealed partial class InstructionSelector
{
    private void SelectFloatBinary(int id, SseOp op, OpSize size, bool isCommutative)
    {
        int left = graph.Input(id, 0);
        int right = graph.Input(id, 1);
        if (isCommutative && Constants.IsConstant(graph, left) && !Constants.IsConstant(graph, right))
        {
            (left, right) = (right, left);
        }

        // A constant right operand is read from memory.
        bool isConstant = Constants.IsConstant(graph, right);
        bool hasAddress = TryCoverLoad(right, size, out Address address);
        int leftValue = Register(left);
        int rightValue = hasAddress || isConstant ? 0 : Register(right);
        ref LirInstruction instruction = ref Emit(LirOp.FloatBinary, size);
        instruction.Sub = (ushort)op;
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
            Use(rightValue, OperandPlace.Any, CpuFeatures.Avx ? OperandRole.Use : OperandRole.UseLate);
        }
    }

    private void EmitFloatUnary(LirOp op, int id, OpSize size, ushort sub = 0)
    {
        int value = Register(graph.Input(id, 0));
        ref LirInstruction instruction = ref Emit(op, size);
        instruction.Sub = sub;
        Def(Value(id));
        Use(value);
        Hint(Value(id), value);
    }

    private void EmitFloatPair(LirOp op, int id, OpSize size)
    {
        int left = Register(graph.Input(id, 0));
        int right = Register(graph.Input(id, 1));
        Emit(op, size);
        Def(Value(id));
        Use(left);
        Use(right, role: OperandRole.UseLate);
        Hint(Value(id), left);
    }

    private void EmitConversion(LirOp op, int id)
    {
        int value = Register(graph.Input(id, 0));
        ref LirInstruction instruction = ref Emit(op, SizeOf(graph[id].Type));
        instruction.Sub = (ushort)graph[id].Op;
        Def(Value(id));
        Use(value, role: OperandRole.UseLate);
    }
}
