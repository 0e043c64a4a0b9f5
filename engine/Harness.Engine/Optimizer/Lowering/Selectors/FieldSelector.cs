using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>Accesses to fields and elements, and what the collector is told of them.</summary>
internal sealed class FieldSelector(
    SelectionState state, LirWriter writer, OperandSelector operands, ReferenceFacts references, ObjectAddressing objectAddresses)
{
    /// <summary>Selects an access to a field or element.</summary>
    public void SelectObjectAccess(int id, Access access)
    {
        var address = access.Kind == AccessKind.Field ? objectAddresses.FieldAddress(id) : objectAddresses.ElementAddress(id);
        if (access.IsWrite)
        {
            SelectSet(id, access, address);
        }
        else
        {
            SelectGet(id, access, address);
        }
    }

    private void SelectGet(int id, Access access, in Address address)
    {
        var size = (OpSize)access.SizeLog2;
        if (state.Graph[id].Type is IrType.F32 or IrType.F64)
        {
            writer.EmitWithAddress(LirOp.LoadScalar, size, state.Value(id), address);
        }
        else if (state.Graph[id].Type == IrType.V128)
        {
            writer.LoadVector(state.Value(id), address);
        }
        else
        {
            writer.Load(state.Value(id), address, size, access.Extension == AccessExtension.Sign ? LoadExtension.SignTo32 : LoadExtension.Zero);
        }
    }

    private void SelectSet(int id, Access access, in Address address)
    {
        var field = access.Type;
        var stored = access.Value;
        StoreField(address, field, stored);
        var target = state.Graph.Input(id, 0);
        if (ObjectLayout.IsHeapReference(field) && references.MayBeObject(stored) && !references.IsFresh(target, id))
        {
            EmitWriteBarrier(operands.Register(target), address, isElement: access.Kind == AccessKind.Element);
        }
    }

    /// <summary>Tells the collector of a store; of one in an array also where, as long arrays are read in parts.</summary>
    private void EmitWriteBarrier(int written, in Address place, bool isElement)
    {
        ref var instruction = ref writer.Emit(LirOp.WriteBarrier, OpSize.Qword);
        instruction.Immediate = isElement ? place.Displacement : 0;
        writer.Use(written);
        if (isElement && place.Index != 0)
        {
            writer.Use(place.Index);
        }
    }

    /// <summary>Stores a value in a field without telling the collector.</summary>
    public void StoreField(in Address address, FieldType field, int stored)
    {
        if (field.Type.IsVector)
        {
            writer.StoreVector(address, operands.Register(stored));
            return;
        }

        var size = (OpSize)int.Log2(ObjectLayout.SizeOf(field));
        var isConstant = operands.TryStoredConstant(stored, size, out var bits);
        var value = isConstant ? 0 : operands.Register(operands.StripExtension(stored, size));
        writer.Store(address, size, state.Graph[stored].Type is IrType.F32 or IrType.F64, value, bits);
    }
}
