using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission.Emitters;

/// <summary>Arithmetic on 128 bits.</summary>
internal sealed class WideEmitter(OperandLocations locations, MoveEmitter moveEmitter, Assembler asm)
{
    /// <summary>Addition and subtraction. Moves leave the carry flag alone.</summary>
    public void EmitWideAlu(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var isAddition = (AluOp)instruction.Sub == AluOp.Add;
        var leftLow = locations.Input(operands, 2).Gpr;
        var leftHigh = locations.Input(operands, 3).Gpr;
        var rightLow = locations.Input(operands, 4);
        var rightHigh = instruction.HasImmediate ? Location.None : locations.Input(operands, 5);
        var low = locations.Result(operands).Gpr;
        var high = locations.Result(operands, 1).Gpr;

        // The low half must not overwrite what the high half is computed from.
        var isInTheWay = low == leftHigh || IsIn(rightHigh, low);
        var sum = isInTheWay ? CallingConvention.Scratch : low;
        EmitHalf(isAddition ? AluOp.Add : AluOp.Sub, sum, leftLow, rightLow);
        if (instruction.HasImmediate)
        {
            moveEmitter.EmitCopy(OpSize.Qword, high, leftHigh);
            asm.Alu(isAddition ? AluOp.Adc : AluOp.Sbb, OpSize.Qword, high, (int)instruction.Immediate);
        }
        else
        {
            EmitHalf(isAddition ? AluOp.Adc : AluOp.Sbb, high, leftHigh, rightHigh);
        }

        if (isInTheWay)
        {
            asm.Mov(OpSize.Qword, low, sum);
        }
    }

    /// <summary>Only the operands of additions share registers with results on the right.</summary>
    private void EmitHalf(AluOp op, Gpr result, Gpr left, Location right)
    {
        if (right.IsStack)
        {
            moveEmitter.EmitCopy(OpSize.Qword, result, left);
            asm.Alu(op, OpSize.Qword, result, right.Memory);
        }
        else if (result == right.Gpr)
        {
            asm.Alu(op, OpSize.Qword, result, left);
        }
        else
        {
            moveEmitter.EmitCopy(OpSize.Qword, result, left);
            asm.Alu(op, OpSize.Qword, result, right.Gpr);
        }
    }

    /// <summary>Multiplication: the processor has the product in rdx and rax.</summary>
    public void EmitWideMultiply(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var left = locations.Input(operands, 2).Gpr;
        var right = locations.Input(operands, 3).Gpr;
        var low = locations.Result(operands).Gpr;
        var high = locations.Result(operands, 1).Gpr;
        moveEmitter.EmitCopy(OpSize.Qword, Gpr.Rax, left);
        asm.Unary((UnaryOp)instruction.Sub, OpSize.Qword, right);
        if (low != Gpr.Rdx)
        {
            moveEmitter.EmitCopy(OpSize.Qword, low, Gpr.Rax);
            moveEmitter.EmitCopy(OpSize.Qword, high, Gpr.Rdx);
            return;
        }

        asm.Mov(OpSize.Qword, CallingConvention.Scratch, Gpr.Rax);
        moveEmitter.EmitCopy(OpSize.Qword, high, Gpr.Rdx);
        asm.Mov(OpSize.Qword, low, CallingConvention.Scratch);
    }

    private static bool IsIn(Location location, Gpr register) => !location.IsNone && !location.IsStack && location.Gpr == register;
}
