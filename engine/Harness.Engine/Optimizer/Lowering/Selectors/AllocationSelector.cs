using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>New objects: room and header by one instruction, then a store for each field.</summary>
internal sealed class AllocationSelector(SelectionState state, LirWriter writer, OperandSelector operands, FieldSelector fields)
{
    /// <summary>A new structure.</summary>
    public void SelectNewStruct(int id)
    {
        var layout = ObjectLayout.Of(state.Graph[id].Aux);
        var types = TypeRegistry.Get(state.Graph[id].Aux).Slots;
        Allocate(id, layout.Size, state.Graph[id].Aux, ObjectFlags.Struct);
        for (var i = 0; i < types.Length; i++)
        {
            var place = Address.OfBase(state.Value(id), layout.SlotOffsets[i]);
            if (TryPairOfConstants(id, i, layout, out var both))
            {
                writer.Store(place, OpSize.Qword, isFloat: false, 0, both);
                i++;
            }
            else
            {
                fields.StoreField(place, types[i], state.Graph.Input(id, i));
            }
        }
    }

    /// <summary>Whether a field of 32 bits and the next one get constants that one instruction can store.</summary>
    private bool TryPairOfConstants(int id, int field, ObjectLayout layout, out long both)
    {
        both = 0;
        var types = TypeRegistry.Get(state.Graph[id].Aux).Slots;
        if (field + 1 >= types.Length || layout.SlotOffsets[field] % sizeof(long) != 0
            || ObjectLayout.SizeOf(types[field]) != sizeof(int) || ObjectLayout.SizeOf(types[field + 1]) != sizeof(int)
            || !operands.TryStoredConstant(state.Graph.Input(id, field), OpSize.Dword, out var low)
            || !operands.TryStoredConstant(state.Graph.Input(id, field + 1), OpSize.Dword, out var high))
        {
            return false;
        }

        both = (high << 32) | (uint)low;
        return LirWriter.FitsInt32(both);
    }

    /// <summary>A new array of equal elements.</summary>
    public void SelectNewArray(int id)
    {
        var element = state.Graph.Input(id, 0);
        var length = state.Graph.Input(id, 1);
        if (Constants.TryGetInteger(state.Graph, length, out var count) && (ulong)count <= ReferenceFacts.MaxUnrolledElements)
        {
            BeginArray(id, (int)count);
            for (var i = 0; i < count; i++)
            {
                StoreElement(id, i, element);
            }

            return;
        }

        var layout = ObjectLayout.Of(state.Graph[id].Aux);
        var isZero = Constants.IsConstant(state.Graph, element) && Constants.RegisterBits(state.Graph, element) == 0;
        var value = isZero ? 0 : operands.Register(element);
        var lengthValue = operands.Register(length);
        var scratch = state.Code.NewValue(IrType.I64);
        ref var instruction = ref writer.Emit(LirOp.AllocateArray, OpSize.Qword);
        instruction.AccessSize = (OpSize)int.Log2(layout.ElementSize);
        instruction.Aux = state.Graph[id].Aux;
        writer.Def(state.Value(id));
        writer.Def(scratch);
        writer.Use(lengthValue, role: OperandRole.UseLate);
        if (value != 0)
        {
            writer.Use(value, role: OperandRole.UseLate);
        }
    }

    /// <summary>Makes room for an array of which the length is known.</summary>
    public void BeginArray(int id, int length)
    {
        var size = (int)ObjectLayout.Of(state.Graph[id].Aux).ArraySize((uint)length);
        Allocate(id, size, state.Graph[id].Aux, ObjectFlags.Array);
        writer.Store(Address.OfBase(state.Value(id), ObjectLayout.ArrayLength), OpSize.Dword, isFloat: false, 0, length);
    }

    /// <summary>Stores an element of a new array.</summary>
    public void StoreElement(int id, int index, int stored)
    {
        var offset = ObjectLayout.ArrayElements + (index * ObjectLayout.Of(state.Graph[id].Aux).ElementSize);
        fields.StoreField(Address.OfBase(state.Value(id), offset), ElementOf(id), stored);
    }

    /// <summary>Makes room and header of an object.</summary>
    public void Allocate(int id, int size, int type, ObjectFlags flags)
    {
        ref var instruction = ref writer.Emit(LirOp.Allocate, OpSize.Qword);
        instruction.Immediate = size;
        instruction.Aux = type;
        instruction.Sub = (ushort)flags;
        writer.Def(state.Value(id));
    }

    private FieldType ElementOf(int id) => TypeRegistry.Get(state.Graph[id].Aux).Array!.Element;
}
