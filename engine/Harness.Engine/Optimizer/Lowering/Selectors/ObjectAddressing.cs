using Harness.Engine.Heap;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>
/// Addresses of fields, lengths and elements, which are made in the instruction that accesses them: none lives across a place where
/// objects move.
/// </summary>
internal sealed class ObjectAddressing(SelectionState state, LirWriter writer, OperandSelector operands, ReferenceFacts references)
{
    /// <summary>Accesses below this address fault.</summary>
    private const int NullPageSize = 4096;

    /// <summary>The address of the field that a node accesses, after the check for null that it may need.</summary>
    public Address FieldAddress(int id)
    {
        var structure = state.Graph.Input(id, 0);
        var access = Access.Of(state.Graph, id);
        var offset = (int)access.Offset;
        var address = Address.OfBase(operands.Register(structure), offset);
        if (!references.MayBeNull(structure))
        {
            return address;
        }

        if (offset < NullPageSize)
        {
            address.Fault = access.NullTrap;
        }
        else
        {
            TrapIfNull(address.Base, access.NullTrap);
        }

        return address;
    }

    /// <summary>The address of the length of the array that a node asks, whose access traps on null.</summary>
    public Address LengthAddress(int id)
    {
        var array = state.Graph.Input(id, 0);
        var address = Address.OfBase(operands.Register(array), ObjectLayout.ArrayLength);
        address.Fault = references.MayBeNull(array) ? TrapKind.NullArray : TrapKind.None;
        return address;
    }

    /// <summary>The address of the element that a node accesses: its index is in bounds, and so the array is not null.</summary>
    public Address ElementAddress(int id)
    {
        var size = ObjectLayout.Of(state.Graph[id].Aux).ElementSize;
        var array = operands.Register(state.Graph.Input(id, 0));
        var index = state.Graph.Input(id, 1);
        var address = Address.OfBase(array, ObjectLayout.ArrayElements);
        if (Constants.TryGetInteger(state.Graph, index, out var constant)
            && (uint)constant < (int.MaxValue - ObjectLayout.ArrayElements) / Math.Max(sizeof(long), size))
        {
            address.Displacement += (int)constant * size;
        }
        else if (size > sizeof(long))
        {
            address.Index = ScaleIndex(operands.Register(index), int.Log2(size));
        }
        else
        {
            address.Index = operands.Register(index);
            address.ScaleLog2 = (byte)int.Log2(size);
        }

        return address;
    }

    /// <summary>An index as the distance that it stands for, where that is more than an address can scale by.</summary>
    private int ScaleIndex(int index, int sizeLog2)
    {
        var scaled = state.Code.NewValue(IrType.I64);
        ref var shift = ref writer.Emit(LirOp.ShiftConstant, OpSize.Qword);
        shift.Sub = (ushort)ShiftOp.Shl;
        shift.Immediate = sizeLog2;
        writer.Def(scaled);
        writer.Use(index);
        writer.Hint(scaled, index);
        return scaled;
    }

    /// <summary>Traps where a reference is null.</summary>
    public void TrapIfNull(int reference, TrapKind kind)
    {
        ref var instruction = ref writer.Emit(LirOp.TrapIf, OpSize.Qword);
        instruction.Sub = (ushort)kind;
        instruction.Compare = CompareKind.Test;
        instruction.Condition = Condition.Equal.ToFlag();
        writer.Use(reference);
        writer.Use(reference, OperandPlace.Any);
    }
}
