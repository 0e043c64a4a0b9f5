using System.Collections.Immutable;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering;

/// <content>New objects: room and header by one instruction, then a store for each field.</content>
internal sealed partial class InstructionSelector
{
    /// <summary>Most equal elements of a new array that are stored one by one.</summary>
    private const int MaxUnrolledElements = 16;

    private void SelectNew(int id, Opcode op)
    {
        switch (op)
        {
            case IrOp.NewStruct:
                SelectNewStruct(id);
                break;
            case IrOp.NewArrayFixed:
                int count = graph[id].InputCount;
                BeginArray(id, count);
                for (int i = 0; i < count; i++)
                {
                    StoreElement(id, i, graph.Input(id, i));
                }

                break;
            case IrOp.NewArray:
                SelectNewArray(id);
                break;
            case IrOp.NewException:
                SelectNewException(id);
                break;
            default:
                throw new NotSupportedException($"no instruction is known for {op}");
        }
    }

    private void SelectNewStruct(int id)
    {
        ObjectLayout layout = ObjectLayout.Of(graph[id].Aux);
        ImmutableArray<FieldType> fields = TypeRegistry.Get(graph[id].Aux).Struct!.Fields;
        Allocate(id, layout.Size, graph[id].Aux, ObjectFlags.Struct);
        for (int i = 0; i < fields.Length; i++)
        {
            Address place = Address.OfBase(Value(id), layout.FieldOffsets[i]);
            if (TryPairOfConstants(id, i, layout, out long both))
            {
                Store(place, OpSize.Qword, isFloat: false, 0, both);
                i++;
            }
            else
            {
                StoreField(place, fields[i], graph.Input(id, i));
            }
        }
    }

    /// <summary>Whether a field of 32 bits and the next one get constants that one instruction can store.</summary>
    private bool TryPairOfConstants(int id, int field, ObjectLayout layout, out long both)
    {
        both = 0;
        ImmutableArray<FieldType> fields = TypeRegistry.Get(graph[id].Aux).Struct!.Fields;
        if (field + 1 >= fields.Length || layout.FieldOffsets[field] % sizeof(long) != 0
            || ObjectLayout.SizeOf(fields[field]) != sizeof(int) || ObjectLayout.SizeOf(fields[field + 1]) != sizeof(int)
            || !TryStoredConstant(graph.Input(id, field), OpSize.Dword, out long low)
            || !TryStoredConstant(graph.Input(id, field + 1), OpSize.Dword, out long high))
        {
            return false;
        }

        both = (high << 32) | (uint)low;
        return FitsInt32(both);
    }

    private void SelectNewArray(int id)
    {
        int element = graph.Input(id, 0);
        int length = graph.Input(id, 1);
        if (Constants.TryGetInteger(graph, length, out long count) && (ulong)count <= MaxUnrolledElements)
        {
            BeginArray(id, (int)count);
            for (int i = 0; i < count; i++)
            {
                StoreElement(id, i, element);
            }

            return;
        }

        ObjectLayout layout = ObjectLayout.Of(graph[id].Aux);
        bool isZero = Constants.IsConstant(graph, element) && Constants.RegisterBits(graph, element) == 0;
        int value = isZero ? 0 : Register(element);
        int lengthValue = Register(length);
        int scratch = code.NewValue(IrType.I64);
        ref LirInstruction instruction = ref Emit(LirOp.AllocateArray, OpSize.Qword);
        instruction.AccessSize = (OpSize)int.Log2(layout.ElementSize);
        instruction.Aux = graph[id].Aux;
        Def(Value(id));
        Def(scratch);
        Use(lengthValue, role: OperandRole.UseLate);
        if (value != 0)
        {
            Use(value, role: OperandRole.UseLate);
        }
    }

    private void BeginArray(int id, int length)
    {
        int size = (int)ObjectLayout.Of(graph[id].Aux).ArraySize((uint)length);
        Allocate(id, size, graph[id].Aux, ObjectFlags.Array);
        Store(Address.OfBase(Value(id), ObjectLayout.ArrayLength), OpSize.Dword, isFloat: false, 0, length);
    }

    private void StoreElement(int id, int index, int stored)
    {
        int offset = ObjectLayout.ArrayElements + (index * ObjectLayout.Of(graph[id].Aux).ElementSize);
        StoreField(Address.OfBase(Value(id), offset), ElementOf(id), stored);
    }

    private void Allocate(int id, int size, int type, ObjectFlags flags)
    {
        ref LirInstruction instruction = ref Emit(LirOp.Allocate, OpSize.Qword);
        instruction.Immediate = size;
        instruction.Aux = type;
        instruction.Sub = (ushort)flags;
        Def(Value(id));
    }

    /// <summary>
    /// Whether an object is young for sure when a node executes, since it was allocated in the same block and nothing in between
    /// can collect garbage.
    /// </summary>
    private bool IsFresh(int reference, int id)
    {
        int origin = OriginOf(reference);
        bool isInline = graph[origin].Op is IrOp.NewStruct or IrOp.NewArrayFixed
            || (graph[origin].Op == IrOp.NewArray && Constants.TryGetInteger(graph, graph.Input(origin, 1), out long count)
                && (ulong)count <= MaxUnrolledElements);
        return isInline && IsInBlock(origin) && nodes[origin].Safepoint + 1 == nodes[id].Safepoint;
    }

    /// <summary>Whether garbage may be collected while a node executes.</summary>
    private static bool IsSafepoint(Opcode op) =>
        op is IrOp.CallDirect or IrOp.CallReference or IrOp.CallBuiltin
            or IrOp.NewStruct or IrOp.NewArray or IrOp.NewArrayFixed or IrOp.NewException;
}
