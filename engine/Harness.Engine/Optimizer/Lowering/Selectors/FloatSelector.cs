using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>Floats and conversions.</summary>
internal sealed class FloatSelector(SelectionState state, LirWriter writer, OperandSelector operands, LoadFolding loads)
{
    /// <summary>The same bits as another type.</summary>
    public void SelectReinterpret(int id)
    {
        var value = operands.Register(state.Graph.Input(id, 0));
        writer.Emit(LirOp.Reinterpret, LirWriter.SizeOf(state.Graph[id].Type));
        writer.Def(state.Value(id));
        writer.Use(value);
    }

    /// <summary>Arithmetic on two floats.</summary>
    public void SelectFloatBinary(int id, SseOp op, OpSize size, bool isCommutative)
    {
        var left = state.Graph.Input(id, 0);
        var right = state.Graph.Input(id, 1);
        if (isCommutative && Constants.IsConstant(state.Graph, left) && !Constants.IsConstant(state.Graph, right))
        {
            (left, right) = (right, left);
        }

        var hasAddress = loads.TryCoverLoad(right, size, out var address);
        operands.WriteBinary(id, LirOp.FloatBinary, size, (ushort)op, left, right, hasAddress ? address : null, CpuFeatures.Avx);
    }

    /// <summary>An operation on one float.</summary>
    public void SelectFloatUnary(LirOp op, int id, OpSize size, ushort sub = 0)
    {
        var value = operands.Register(state.Graph.Input(id, 0));
        ref var instruction = ref writer.Emit(op, size);
        instruction.Sub = sub;
        writer.Def(state.Value(id));
        writer.Use(value);
        writer.Hint(state.Value(id), value);
    }

    /// <summary>An operation on two floats that takes several instructions.</summary>
    public void SelectFloatPair(LirOp op, int id, OpSize size)
    {
        var left = operands.Register(state.Graph.Input(id, 0));
        var right = operands.Register(state.Graph.Input(id, 1));
        writer.Emit(op, size);
        writer.Def(state.Value(id));
        writer.Use(left);
        writer.Use(right, role: OperandRole.UseLate);
        writer.Hint(state.Value(id), left);
    }

    /// <summary>A conversion between integers and floats.</summary>
    public void SelectConversion(LirOp op, int id)
    {
        var value = operands.Register(state.Graph.Input(id, 0));
        ref var instruction = ref writer.Emit(op, LirWriter.SizeOf(state.Graph[id].Type));
        instruction.Sub = (ushort)state.Graph[id].Op;
        writer.Def(state.Value(id));
        writer.Use(value, role: OperandRole.UseLate);
    }
}
