using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering.Selectors;

/// <summary>
/// Atomic instructions: loads are loads, stores are exchanges whose result nobody wants, and all others are one operation of the low-level
/// representation.
/// </summary>
internal sealed class AtomicSelector(SelectionState state, LirWriter writer, OperandSelector operands, MemoryAddressing addresses)
{
    /// <summary>Selects an atomic instruction.</summary>
    public void SelectAtomic(int id, Opcode op)
    {
        if (op == Opcode.AtomicFence)
        {
            writer.Emit(LirOp.Fence, OpSize.Dword);
            return;
        }

        var accessed = (OpSize)OpcodeTable.Get(op).NaturalAlignment;
        if (op <= Opcode.I64AtomicLoad32U)
        {
            writer.Load(state.Value(id), addresses.MemoryAddress(id, (int)accessed), accessed);
            return;
        }

        var isStore = op <= Opcode.I64AtomicStore32;
        var operation = isStore ? AtomicOperation.Exchange : AtomicOperations.Of(op);
        var usesRax = operation is not (AtomicOperation.Add or AtomicOperation.Subtract or AtomicOperation.Exchange);
        var role = usesRax ? OperandRole.UseAfterClobber : OperandRole.Use;
        var value = operands.Register(state.Graph.Input(id, 1));
        var replacement = operation == AtomicOperation.CompareExchange ? operands.Register(state.Graph.Input(id, 2)) : 0;
        var address = addresses.MemoryAddress(id, (int)accessed);
        ref var instruction = ref writer.Emit(LirOp.Atomic, LirWriter.SizeOf(state.Graph[state.Graph.Input(id, 1)].Type));
        instruction.AccessSize = accessed;
        instruction.Sub = (ushort)operation;
        instruction.Clobbers = usesRax ? 1u << (int)Gpr.Rax : 0;
        if (!isStore)
        {
            writer.Def(state.Value(id), hint: usesRax ? LirWriter.RaxHint : LirOperand.NoHint);
        }

        if (operation == AtomicOperation.CompareExchange)
        {
            writer.Use(value, hint: LirWriter.RaxHint);
            writer.Use(replacement, role: role);
        }
        else
        {
            writer.Use(value, role: role);
        }

        writer.AddAddress(ref instruction, address, role);
    }
}
