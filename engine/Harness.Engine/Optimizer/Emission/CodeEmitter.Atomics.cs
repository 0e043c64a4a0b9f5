using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission;

/// <content>Atomic instructions but loads. What was in memory comes to the result's register last, when no input is needed any more.</content>
internal sealed partial class CodeEmitter
{
    private void EmitAtomic(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        int first = instruction.ResultCount;
        var operation = (AtomicOperation)instruction.Sub;
        OpSize size = instruction.Size;
        OpSize accessed = instruction.AccessSize;
        Gpr value = Input(operands, first).Gpr;
        Gpr replacement = operation == AtomicOperation.CompareExchange ? Input(operands, first + 1).Gpr : Gpr.None;
        Mem address = AddressOf(instruction, operands, replacement == Gpr.None ? first + 1 : first + 2);
        Gpr before = Gpr.Rax;
        switch (operation)
        {
            case AtomicOperation.CompareExchange:
                EmitCopy(size, Gpr.Rax, value);
                NoteFault(instruction);
                asm.LockCmpxchg(accessed, address, replacement);
                break;
            case AtomicOperation.Add or AtomicOperation.Subtract or AtomicOperation.Exchange:
                before = Scratch;
                asm.Mov(size, Scratch, value);
                if (operation == AtomicOperation.Subtract) asm.Unary(UnaryOp.Neg, size, Scratch);
                NoteFault(instruction);
                if (operation == AtomicOperation.Exchange) asm.Xchg(accessed, address, Scratch);
                else asm.LockXadd(accessed, address, Scratch);
                break;
            default:
                NoteFault(instruction);
                asm.MovZx(accessed, Gpr.Rax, address);
                Label again = asm.NewBoundLabel();
                asm.Mov(size, Scratch, Gpr.Rax);
                asm.Alu(AtomicOperations.AluOf(operation), size, Scratch, value);
                NoteFault(instruction);
                asm.LockCmpxchg(accessed, address, Scratch);
                asm.JccShort(Condition.NotEqual, again);
                break;
        }

        if (first == 0) return;
        Gpr result = Result(operands).Gpr;
        if (accessed < size) asm.MovZx(accessed, result, before);
        else EmitCopy(size, result, before);
    }
}
