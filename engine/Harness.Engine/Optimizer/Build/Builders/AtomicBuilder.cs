using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Build.Builders;

/// <summary>
/// Atomic instructions: nodes of their own, whose alignment is checked before, and calls of the runtime to wait and notify.
/// </summary>
internal sealed class AtomicBuilder(BuildState state, RuntimeCalls runtime, GraphAssembler assembler)
{
    /// <summary>Builds an atomic instruction.</summary>
    public void VisitAtomic(Opcode opcode)
    {
        if (opcode == Opcode.AtomicFence)
        {
            state.Reader.ReadByte();
            assembler.Append(opcode, IrType.None, []);
            return;
        }

        var info = OpcodeTable.Get(opcode);
        state.Reader.ReadMemArg(out var memory, out var offset, out _);
        var operands = state.Pop(info.Parameters.Length);
        switch (opcode)
        {
            case Opcode.MemoryAtomicNotify:
                CallOnWaiters(Builtin.MemoryNotify, memory, offset, operands);
                break;
            case Opcode.MemoryAtomicWait32:
                CallOnWaiters(Builtin.MemoryWait32, memory, offset, operands);
                break;
            case Opcode.MemoryAtomicWait64:
                CallOnWaiters(Builtin.MemoryWait64, memory, offset, operands);
                break;
            default:
                CheckAlignment(operands[0], offset, (1 << info.NaturalAlignment) - 1);
                var hasResult = info.Results.Length != 0;
                var type = hasResult ? GraphAssembler.TypeOf(info.Results[0]) : IrType.None;
                var id = assembler.Append(opcode, type, operands, (long)offset, memory);
                if (hasResult)
                {
                    state.Push(id);
                }

                break;
        }
    }

    /// <summary>Traps unless the sum of an address and an offset has none of some low bits.</summary>
    private void CheckAlignment(int address, ulong offset, int mask)
    {
        if (mask == 0)
        {
            return;
        }

        var low = assembler.Graph[address].Type == IrType.I64 ? assembler.Append(Opcode.I32WrapI64, IrType.I32, [address]) : address;
        var misplaced = (int)offset & mask;
        if (misplaced != 0)
        {
            low = assembler.Append(Opcode.I32Add, IrType.I32, [low, assembler.I32(misplaced)]);
        }

        assembler.TrapIf(assembler.Append(Opcode.I32And, IrType.I32, [low, assembler.I32(mask)]), TrapKind.UnalignedAtomic);
    }

    /// <summary>Calls a runtime function with the memory, the operands and the offset; its result is negative if it traps.</summary>
    private void CallOnWaiters(Builtin builtin, int memory, ulong offset, int[] operands)
    {
        operands[0] = runtime.Widen(operands[0], runtime.Memory64(memory));
        var result = assembler.Append(
            IrOp.CallBuiltin, IrType.I64, [assembler.I64(memory), .. operands, assembler.I64((long)offset)], (long)builtin);
        assembler.TrapIf(assembler.Append(Opcode.I64LtS, IrType.I32, [result, assembler.I64(0)]), TrapKind.Pending);
        state.Push(runtime.Narrow(result, is64: false));
    }
}
