using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Lowering;

/// <content>
/// Atomic instructions: loads are loads, stores are exchanges whose result nobody wants, and all others are one operation of the low-level
/// representation.
/// </content>
internal sealed partial class InstructionSelector
{
    private void SelectAtomic(int id, Opcode op)
    {
        if (op == Opcode.AtomicFence)
        {
            Emit(LirOp.Fence, OpSize.Dword);
            return;
        }

        var accessed = (OpSize)OpcodeTable.Get(op).NaturalAlignment;
        if (op <= Opcode.I64AtomicLoad32U)
        {
            Load(Value(id), MemoryAddress(id, (int)accessed), accessed);
            return;
        }

        bool isStore = op <= Opcode.I64AtomicStore32;
        AtomicOperation operation = isStore ? AtomicOperation.Exchange : AtomicOperations.Of(op);
        bool usesRax = operation is not (AtomicOperation.Add or AtomicOperation.Subtract or AtomicOperation.Exchange);
        OperandRole role = usesRax ? OperandRole.UseAfterClobber : OperandRole.Use;
        int value = Register(graph.Input(id, 1));
        int replacement = operation == AtomicOperation.CompareExchange ? Register(graph.Input(id, 2)) : 0;
        Address address = MemoryAddress(id, (int)accessed);
        ref LirInstruction instruction = ref Emit(LirOp.Atomic, SizeOf(graph[graph.Input(id, 1)].Type));
        instruction.AccessSize = accessed;
        instruction.Sub = (ushort)operation;
        instruction.Clobbers = usesRax ? 1u << (int)Gpr.Rax : 0;
        if (!isStore) Def(Value(id), hint: usesRax ? RaxHint : LirOperand.NoHint);
        if (operation == AtomicOperation.CompareExchange)
        {
            Use(value, hint: RaxHint);
            Use(replacement, role: role);
        }
        else
        {
            Use(value, role: role);
        }

        AddAddress(ref instruction, address, role);
    }
}
