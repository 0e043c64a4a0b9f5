using Harness.Engine.Heap;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>Elements of tables.</summary>
internal sealed class TableSelector(
    SelectionState state, LirWriter writer, InstanceFields instance, OperandSelector operands, ReferenceFacts references)
{
    /// <summary>The address of the element that a node accesses.</summary>
    public Address TableElement(int id)
    {
        var elements = state.Code.NewValue(IrType.I64);
        writer.Load(elements, instance.TableField(id, TableData.ElementsOffset), OpSize.Qword);
        var address = Address.OfBase(elements, 0);
        var index = state.Graph.Input(id, 0);
        if (Constants.TryGetInteger(state.Graph, index, out _)
            && (ulong)Constants.RegisterBits(state.Graph, index) < int.MaxValue / sizeof(long))
        {
            address.Displacement = (int)Constants.RegisterBits(state.Graph, index) * sizeof(long);
        }
        else
        {
            address.Index = operands.Register(index);
            address.ScaleLog2 = 3;
        }

        return address;
    }

    /// <summary>A new element of a table.</summary>
    public void SelectStoreTableElement(int id)
    {
        var value = Constants.IsConstant(state.Graph, state.Graph.Input(id, 1)) ? 0 : operands.Register(state.Graph.Input(id, 1));
        writer.Store(TableElement(id), OpSize.Qword, isFloat: false, value, 0);
        if (ObjectLayout.IsHeapReference(state.ModuleCode.Module.Tables[(int)state.Graph[id].Immediate].Type.ElementType) && references.MayBeObject(state.Graph.Input(id, 1)))
        {
            writer.Store(TableCard(id), OpSize.Byte, isFloat: false, 0, 1);
        }
    }

    /// <summary>The card of the table element that a node writes.</summary>
    private Address TableCard(int id)
    {
        var cards = state.Code.NewValue(IrType.I64);
        writer.Load(cards, instance.TableField(id, TableData.CardsOffset), OpSize.Qword);
        var address = Address.OfBase(cards, 0);
        var index = state.Graph.Input(id, 0);
        if (Constants.TryGetInteger(state.Graph, index, out _) && (ulong)Constants.RegisterBits(state.Graph, index) < int.MaxValue)
        {
            address.Displacement = (int)Constants.RegisterBits(state.Graph, index) >> TableData.CardShift;
        }
        else
        {
            var element = operands.Register(index);
            address.Index = state.Code.NewValue(IrType.I64);
            ref var shift = ref writer.Emit(LirOp.ShiftConstant, OpSize.Qword);
            shift.Sub = (ushort)ShiftOp.Shr;
            shift.Immediate = TableData.CardShift;
            writer.Def(address.Index);
            writer.Use(element);
        }

        return address;
    }
}
