using Harness.Engine.Optimizer.Ir;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>Globals.</summary>
internal sealed class GlobalSelector(SelectionState state, LirWriter writer, InstanceFields instance, OperandSelector operands)
{
    /// <summary>A global's value.</summary>
    public void SelectGlobalGet(int id)
    {
        IrType type = state.Graph[id].Type;
        Address address = instance.Field(state.ModuleCode.Layout.Global((int)state.Graph[id].Immediate), 0);
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
        int stored = state.Graph.Input(id, 0);
        IrType type = state.Graph[stored].Type;
        if (type == IrType.V128)
        {
            int vector = operands.Register(stored);
            writer.StoreVector(instance.Field(state.ModuleCode.Layout.Global((int)state.Graph[id].Immediate), 0), vector);
            return;
        }

        OpSize size = LirWriter.SizeOf(type);
        bool isConstant = operands.TryStoredConstant(stored, size, out long bits);
        int value = isConstant ? 0 : operands.Register(stored);
        Address address = instance.Field(state.ModuleCode.Layout.Global((int)state.Graph[id].Immediate), 0);
        writer.Store(address, size, type is IrType.F32 or IrType.F64, value, bits);
    }
}
