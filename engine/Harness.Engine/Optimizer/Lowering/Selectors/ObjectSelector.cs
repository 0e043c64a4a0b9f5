using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>Nodes on objects: accesses, lengths, i31s, and new objects.</summary>
internal sealed class ObjectSelector(
    SelectionState state, LirWriter writer, OperandSelector operands, ReferenceFacts references, ObjectAddressing objectAddresses,
    FieldSelector fields, AllocationSelector allocations, ExceptionSelector exceptions)
{
    /// <summary>Selects a node on objects.</summary>
    public void SelectObject(int id, Opcode op)
    {
        switch (op)
        {
            case var accessing when OpcodeTable.GetAccess(accessing).IsObject:
                fields.SelectObjectAccess(id, Access.Of(state.Graph, id));
                break;
            case Opcode.ArrayLen:
                writer.Load(state.Value(id), objectAddresses.LengthAddress(id), OpSize.Dword);
                break;
            case Opcode.RefI31:
                var integer = operands.Register(state.Graph.Input(id, 0));
                var twice = new Address { FixedBase = Gpr.None, Base = integer, Index = integer, Displacement = 1 };
                writer.Lea(state.Value(id), twice, OpSize.Dword);
                break;
            case Opcode.I31GetS or Opcode.I31GetU:
                SelectI31Get(id, op == Opcode.I31GetS ? ShiftOp.Sar : ShiftOp.Shr);
                break;
            default:
                SelectNew(id, op);
                break;
        }
    }

    private void SelectI31Get(int id, ShiftOp shift)
    {
        var reference = operands.Register(state.Graph.Input(id, 0));
        if (references.MayBeNull(state.Graph.Input(id, 0)))
        {
            objectAddresses.TrapIfNull(reference, TrapKind.NullI31);
        }

        // Only the low half counts.
        ref var instruction = ref writer.Emit(LirOp.ShiftConstant, OpSize.Dword);
        instruction.Sub = (ushort)shift;
        instruction.Immediate = 1;
        writer.Def(state.Value(id));
        writer.Use(reference);
        writer.Hint(state.Value(id), reference);
    }

    private void SelectNew(int id, Opcode op)
    {
        switch (op)
        {
            case IrOp.NewStruct:
                allocations.SelectNewStruct(id);
                break;
            case IrOp.NewArrayFixed:
                var count = state.Graph[id].InputCount;
                allocations.BeginArray(id, count);
                for (var i = 0; i < count; i++)
                {
                    allocations.StoreElement(id, i, state.Graph.Input(id, i));
                }

                break;
            case IrOp.NewArray:
                allocations.SelectNewArray(id);
                break;
            case IrOp.NewException:
                exceptions.SelectNewException(id);
                break;
            default:
                throw new NotSupportedException($"no instruction is known for {op}");
        }
    }
}
