using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>
/// Arithmetic on 128 bits. A node is the low half, and a projection of it the high one; where nobody asks for the high half there is none, and the
/// low one is what arithmetic on 64 bits gives.
/// </summary>
internal sealed class WideSelector(SelectionState state, LirWriter writer, AluWriter alu, OperandSelector operands)
{
    /// <summary>Addition and subtraction: the carry goes from half to half.</summary>
    public void SelectWideAlu(int id, AluOp op)
    {
        var isCommutative = op == AluOp.Add;
        var high = HighHalf(id);
        var leftLow = operands.Register(state.Graph.Input(id, 0));
        var rightLow = operands.Register(state.Graph.Input(id, 2));
        if (high == 0)
        {
            alu.EmitAlu(op, OpSize.Qword, state.Value(id), leftLow, rightLow, false, 0, false, default, isCommutative);
            return;
        }

        var leftHigh = operands.Register(state.Graph.Input(id, 1));
        var isConstant = operands.TryImmediate(state.Graph.Input(id, 3), OpSize.Qword, out var constant);
        var rightHigh = isConstant ? 0 : operands.Register(state.Graph.Input(id, 3));
        var role = isCommutative ? OperandRole.Use : OperandRole.UseLate;
        ref var instruction = ref writer.Emit(LirOp.WideAlu, OpSize.Qword);
        instruction.Sub = (ushort)op;
        writer.Def(state.Value(id));
        writer.Def(high);
        writer.Use(leftLow);
        writer.Use(leftHigh);
        writer.Use(rightLow, OperandPlace.Any, role);
        writer.Hint(state.Value(id), leftLow);
        writer.Hint(high, leftHigh);
        if (isConstant)
        {
            instruction.HasImmediate = true;
            instruction.Immediate = constant;
        }
        else
        {
            writer.Use(rightHigh, OperandPlace.Any, role);
        }

        CopyHighHalf(id, high);
    }

    /// <summary>Multiplication of two numbers of 64 bits.</summary>
    public void SelectWideMultiply(int id, bool isSigned)
    {
        var high = HighHalf(id);
        var left = operands.Register(state.Graph.Input(id, 0));
        var right = operands.Register(state.Graph.Input(id, 1));
        if (high == 0)
        {
            writer.Emit(LirOp.Multiply, OpSize.Qword);
            writer.Def(state.Value(id));
            writer.Use(left);
            writer.Use(right, OperandPlace.Any);
            writer.Hint(state.Value(id), left);
            return;
        }

        ref var instruction = ref writer.Emit(LirOp.WideMultiply, OpSize.Qword);
        instruction.Sub = (ushort)(isSigned ? UnaryOp.Imul : UnaryOp.Mul);
        instruction.Clobbers = (1u << (int)Gpr.Rax) | (1u << (int)Gpr.Rdx);
        writer.Def(state.Value(id), hint: LirWriter.RaxHint);
        writer.Def(high, hint: LirWriter.RdxHint);
        writer.Use(left, hint: LirWriter.RaxHint);
        writer.Use(right, role: OperandRole.UseAfterClobber);
        CopyHighHalf(id, high);
    }

    /// <summary>The virtual register of the high half; 0 if nobody uses it.</summary>
    private int HighHalf(int id) => state.Nodes[id].FirstProjection is var first and not 0 ? state.Value(first) : 0;

    /// <summary>Gives the high half to all its other projections: copies of blocks have copies of them.</summary>
    private void CopyHighHalf(int id, int high)
    {
        for (var other = state.Nodes[state.Nodes[id].FirstProjection].NextProjection; other != 0; other = state.Nodes[other].NextProjection)
        {
            writer.Emit(LirOp.Move, OpSize.Qword);
            writer.Def(state.Value(other));
            writer.Use(high);
            writer.Hint(state.Value(other), high);
        }
    }
}
