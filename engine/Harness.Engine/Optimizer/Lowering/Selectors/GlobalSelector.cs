using Harness.Engine.Optimizer.Ir;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>Globals.</summary>
internal sealed class GlobalSelector(SelectionState state, LirWriter writer, InstanceFields instance, OperandSelector operands)
{
    /// <summary>A global's value.</summary>
    public void SelectGlobalGet(int id)
    {
        var type = state.Graph[id].Type;
        var address = instance.Field(state.ModuleCode.Layout.Global((int)state.Graph[id].Immediate), 0);
        if (type is IrType.F32 or IrType.F64)
        {
            writer.EmitWithAddress(LirOp.LoadScalar, LirWriter.SizeOf(type), state.Value(id), address);
        }
        else if (type == IrType.V128)
        {
            writer.LoadVector(state.Value(id), address);
        }
        else
        {
            writer.Load(state.Value(id), address, LirWriter.SizeOf(type));
        }
    }

    /// <summary>A new value for a global.</summary>
    public void SelectGlobalSet(int id)
    {
        var stored = state.Graph.Input(id, 0);
        var type = state.Graph[stored].Type;
        if (type == IrType.V128)
        {
            var vector = operands.Register(stored);
            writer.StoreVector(instance.Field(state.ModuleCode.Layout.Global((int)state.Graph[id].Immediate), 0), vector);
            return;
        }

        var size = LirWriter.SizeOf(type);
        var isConstant = operands.TryStoredConstant(stored, size, out var bits);
        var value = isConstant ? 0 : operands.Register(stored);
        var address = instance.Field(state.ModuleCode.Layout.Global((int)state.Graph[id].Immediate), 0);
        writer.Store(address, size, type is IrType.F32 or IrType.F64, value, bits);
    }
}
