using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission.Emitters;

/// <summary>
/// Atomic instructions but loads. What was in memory comes to the result's register last, when no input is needed any more.
/// </summary>
internal sealed class AtomicEmitter(OperandLocations locations, SiteRecorder sites, MoveEmitter moveEmitter, Assembler asm)
{
    /// <summary>Emits an atomic instruction.</summary>
    public void EmitAtomic(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        int first = instruction.ResultCount;
        var operation = (AtomicOperation)instruction.Sub;
        var size = instruction.Size;
        var accessed = instruction.AccessSize;
        var value = locations.Input(operands, first).Gpr;
        var replacement = operation == AtomicOperation.CompareExchange ? locations.Input(operands, first + 1).Gpr : Gpr.None;
        var address = locations.AddressOf(instruction, operands, replacement == Gpr.None ? first + 1 : first + 2);
        var before = Gpr.Rax;
        switch (operation)
        {
            case AtomicOperation.CompareExchange:
                moveEmitter.EmitCopy(size, Gpr.Rax, value);
                sites.NoteFault(instruction);
                asm.LockCmpxchg(accessed, address, replacement);
                break;
            case AtomicOperation.Add or AtomicOperation.Subtract or AtomicOperation.Exchange:
                before = CallingConvention.Scratch;
                asm.Mov(size, CallingConvention.Scratch, value);
                if (operation == AtomicOperation.Subtract)
                {
                    asm.Unary(UnaryOp.Neg, size, CallingConvention.Scratch);
                }

                sites.NoteFault(instruction);
                if (operation == AtomicOperation.Exchange)
                {
                    asm.Xchg(accessed, address, CallingConvention.Scratch);
                }
                else
                {
                    asm.LockXadd(accessed, address, CallingConvention.Scratch);
                }

                break;
            default:
                sites.NoteFault(instruction);
                asm.MovZx(accessed, Gpr.Rax, address);
                var again = asm.NewBoundLabel();
                asm.Mov(size, CallingConvention.Scratch, Gpr.Rax);
                asm.Alu(AtomicOperations.AluOf(operation), size, CallingConvention.Scratch, value);
                sites.NoteFault(instruction);
                asm.LockCmpxchg(accessed, address, CallingConvention.Scratch);
                asm.JccShort(Condition.NotEqual, again);
                break;
        }

        if (first == 0)
        {
            return;
        }

        var result = locations.Result(operands).Gpr;
        if (accessed < size)
        {
            asm.MovZx(accessed, result, before);
        }
        else
        {
            moveEmitter.EmitCopy(size, result, before);
        }
    }
}
