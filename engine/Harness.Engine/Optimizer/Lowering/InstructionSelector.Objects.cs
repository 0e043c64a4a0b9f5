using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering;

/// <content>
/// Fields, elements and i31s. Addresses inside of objects are made in the instruction that accesses them: none lives across a place
/// where objects move.
/// </content>
internal sealed partial class InstructionSelector
{
    /// <summary>Accesses below this address fault.</summary>
    private const int NullPageSize = 4096;

    private void SelectObject(int id, Opcode op)
    {
        switch (op)
        {
            case var accessing when OpcodeTable.GetAccess(accessing).IsObject:
                SelectObjectAccess(id, Access.Of(graph, id));
                break;
            case Opcode.ArrayLen:
                Load(Value(id), LengthAddress(id), OpSize.Dword);
                break;
            case Opcode.RefI31:
                int integer = Register(graph.Input(id, 0));
                var twice = new Address { FixedBase = Gpr.None, Base = integer, Index = integer, Displacement = 1 };
                Lea(Value(id), twice, OpSize.Dword);
                break;
            case Opcode.I31GetS or Opcode.I31GetU:
                SelectI31Get(id, op == Opcode.I31GetS ? ShiftOp.Sar : ShiftOp.Shr);
                break;
            default:
                SelectNew(id, op);
                break;
        }
    }

    private void SelectObjectAccess(int id, Access access)
    {
        Address address = access.Kind == AccessKind.Field ? FieldAddress(id) : ElementAddress(id);
        if (access.IsWrite)
        {
            SelectSet(id, access, address);
        }
        else
        {
            SelectGet(id, access, address);
        }
    }

    private void SelectI31Get(int id, ShiftOp shift)
    {
        int reference = Register(graph.Input(id, 0));
        if (MayBeNull(graph.Input(id, 0)))
        {
            TrapIfNull(reference, TrapKind.NullI31);
        }

        // Only the low half counts.
        ref LirInstruction instruction = ref Emit(LirOp.ShiftConstant, OpSize.Dword);
        instruction.Sub = (ushort)shift;
        instruction.Immediate = 1;
        Def(Value(id));
        Use(reference);
        Hint(Value(id), reference);
    }

    private void SelectGet(int id, Access access, in Address address)
    {
        var size = (OpSize)access.SizeLog2;
        if (graph[id].Type is IrType.F32 or IrType.F64)
        {
            EmitWithAddress(LirOp.LoadScalar, size, Value(id), address);
        }
        else if (graph[id].Type == IrType.V128)
        {
            LoadVector(Value(id), address);
        }
        else
        {
            Load(Value(id), address, size, access.Extension == AccessExtension.Sign ? LoadExtension.SignTo32 : LoadExtension.Zero);
        }
    }

    private void SelectSet(int id, Access access, in Address address)
    {
        FieldType field = access.Type;
        int stored = access.Value;
        StoreField(address, field, stored);
        int target = graph.Input(id, 0);
        if (ObjectLayout.IsHeapReference(field) && MayBeObject(stored) && !IsFresh(target, id))
        {
            EmitWriteBarrier(Register(target), address, isElement: access.Kind == AccessKind.Element);
        }
    }

    /// <summary>Tells the collector of a store; of one in an array also where, as long arrays are read in parts.</summary>
    private void EmitWriteBarrier(int written, in Address place, bool isElement)
    {
        ref LirInstruction instruction = ref Emit(LirOp.WriteBarrier, OpSize.Qword);
        instruction.Immediate = isElement ? place.Displacement : 0;
        Use(written);
        if (isElement && place.Index != 0) Use(place.Index);
    }

    /// <summary>Stores a value in a field without telling the collector.</summary>
    private void StoreField(in Address address, FieldType field, int stored)
    {
        if (field.Type.IsVector)
        {
            StoreVector(address, Register(stored));
            return;
        }

        var size = (OpSize)int.Log2(ObjectLayout.SizeOf(field));
        bool isConstant = TryStoredConstant(stored, size, out long bits);
        int value = isConstant ? 0 : Register(StripExtension(stored, size));
        Store(address, size, graph[stored].Type is IrType.F32 or IrType.F64, value, bits);
    }

    private FieldType ElementOf(int id) => TypeRegistry.Get(graph[id].Aux).Array!.Element;

    /// <summary>The address of the field that a node accesses, after the check for null that it may need.</summary>
    private Address FieldAddress(int id)
    {
        int structure = graph.Input(id, 0);
        int offset = (int)Access.Of(graph, id).Offset;
        Address address = Address.OfBase(Register(structure), offset);
        if (!MayBeNull(structure))
        {
            return address;
        }

        if (offset < NullPageSize)
        {
            address.Fault = TrapKind.NullStructure;
        }
        else
        {
            TrapIfNull(address.Base, TrapKind.NullStructure);
        }

        return address;
    }

    private Address LengthAddress(int id)
    {
        int array = graph.Input(id, 0);
        Address address = Address.OfBase(Register(array), ObjectLayout.ArrayLength);
        address.Fault = MayBeNull(array) ? TrapKind.NullArray : TrapKind.None;
        return address;
    }

    /// <summary>The address of the element that a node accesses: its index is in bounds, and so the array is not null.</summary>
    private Address ElementAddress(int id)
    {
        int size = ObjectLayout.Of(graph[id].Aux).ElementSize;
        int array = Register(graph.Input(id, 0));
        int index = graph.Input(id, 1);
        Address address = Address.OfBase(array, ObjectLayout.ArrayElements);
        if (Constants.TryGetInteger(graph, index, out long constant)
            && (uint)constant < (int.MaxValue - ObjectLayout.ArrayElements) / Math.Max(sizeof(long), size))
        {
            address.Displacement += (int)constant * size;
        }
        else if (size > sizeof(long))
        {
            address.Index = ScaleIndex(Register(index), int.Log2(size));
        }
        else
        {
            address.Index = Register(index);
            address.ScaleLog2 = (byte)int.Log2(size);
        }

        return address;
    }

    /// <summary>An index as the distance that it stands for, where that is more than an address can scale by.</summary>
    private int ScaleIndex(int index, int sizeLog2)
    {
        int scaled = code.NewValue(IrType.I64);
        ref LirInstruction shift = ref Emit(LirOp.ShiftConstant, OpSize.Qword);
        shift.Sub = (ushort)ShiftOp.Shl;
        shift.Immediate = sizeLog2;
        Def(scaled);
        Use(index);
        Hint(scaled, index);
        return scaled;
    }

    private void TrapIfNull(int reference, TrapKind kind)
    {
        ref LirInstruction instruction = ref Emit(LirOp.TrapIf, OpSize.Qword);
        instruction.Sub = (ushort)kind;
        instruction.Compare = CompareKind.Test;
        instruction.Condition = Condition.Equal.ToFlag();
        Use(reference);
        Use(reference, OperandPlace.Any);
    }

    private bool MayBeNull(int id)
    {
        ValueType type = graph[id].ReferenceType;
        return !type.IsReference || type.IsNullable;
    }

    /// <summary>Whether a reference may be the address of a heap object.</summary>
    private bool MayBeObject(int id)
    {
        ValueType type = graph[id].ReferenceType;
        return !Constants.IsConstant(graph, id) && graph[id].Op is not (Opcode.RefI31 or IrOp.FunctionAddress)
            && (!type.IsReference || (ObjectLayout.IsHeapReference(type) && type.HeapType != HeapType.Abstract(AbstractHeapType.I31)));
    }

    /// <summary>The node whose value a node has as well.</summary>
    private int OriginOf(int id)
    {
        while (IsSameAsInput(graph[id].Op))
        {
            id = graph.Input(id, 0);
        }

        return id;
    }

    /// <summary>Whether an operator gives its input, of which it tells more.</summary>
    private static bool IsSameAsInput(Opcode op) => op is IrOp.Narrow or IrOp.RefCast or Opcode.RefAsNonNull;
}
