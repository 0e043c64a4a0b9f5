using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.Runtime;
using Harness.Engine.Vectors;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission.Emitters;

/// <summary>Comparisons, and what depends on their flags: jumps, values and selections.</summary>
internal sealed class ConditionEmitter(
    EmissionState state, OperandLocations locations, SiteRecorder sites, MoveEmitter moveEmitter, Assembler asm, VectorEmitter vectors,
    TypeMentions types)
{
    /// <summary>Sets the flags for an instruction with a comparison, whose operands begin at an index.</summary>
    public void EmitCompare(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands, int index)
    {
        var size = instruction.Size;
        if (instruction.Compare == CompareKind.Vector)
        {
            ref readonly var test = ref VectorSelections.Of((Opcode)instruction.Immediate);
            vectors.EmitTest(test, locations.Input(operands, index).Xmm);
            return;
        }

        if (instruction.HasAddress && instruction.HasImmediate)
        {
            var address = locations.AddressOf(instruction, operands, index);
            sites.NoteFault(instruction);
            if (instruction.IsType)
            {
                types.Compare(address, (int)instruction.Immediate);
            }
            else if (instruction.Compare == CompareKind.Test)
            {
                asm.Test(size, address, (int)instruction.Immediate);
            }
            else
            {
                asm.Alu(AluOp.Cmp, size, address, (int)instruction.Immediate);
            }

            return;
        }

        var left = locations.Input(operands, index);
        if (instruction.HasAddress)
        {
            var address = locations.AddressOf(instruction, operands, index + 1);
            sites.NoteFault(instruction);
            EmitCompare(instruction.Compare, size, left, address);
        }
        else if (instruction.IsType)
        {
            EmitCompareType(left, (int)instruction.Immediate);
        }
        else if (instruction.HasImmediate)
        {
            EmitCompareConstant(instruction.Compare, size, left, (int)instruction.Immediate);
        }
        else
        {
            var right = locations.Input(operands, index + 1);
            if (right.IsStack)
            {
                EmitCompare(instruction.Compare, size, left, right.Memory);
            }
            else if (instruction.Compare == CompareKind.Float)
            {
                asm.Sse(UcomisOf(size), left.Xmm, right.Xmm);
            }
            else if (instruction.Compare == CompareKind.Test)
            {
                asm.Test(size, left.Gpr, right.Gpr);
            }
            else
            {
                asm.Alu(AluOp.Cmp, size, left.Gpr, right.Gpr);
            }
        }
    }

    /// <summary>Sets the flags.</summary>
    public void EmitCompare(CompareKind kind, OpSize size, Location left, Mem right)
    {
        switch (kind)
        {
            case CompareKind.Float:
                asm.Sse(UcomisOf(size), left.Xmm, right);
                break;
            case CompareKind.Test:
                asm.Test(size, right, left.Gpr);
                break;
            default:
                asm.Alu(AluOp.Cmp, size, left.Gpr, right);
                break;
        }
    }

    private void EmitCompareType(Location left, int type)
    {
        if (left.IsStack)
        {
            types.Compare(left.Memory, type);
        }
        else
        {
            types.Compare(left.Gpr, type);
        }
    }

    /// <summary>Compares a register with a constant.</summary>
    public void EmitCompareConstant(CompareKind kind, OpSize size, Location left, int constant)
    {
        if (kind == CompareKind.Test)
        {
            if (left.IsStack)
            {
                asm.Test(size, left.Memory, constant);
            }
            else
            {
                asm.Test(size, left.Gpr, constant);
            }
        }
        else if (left.IsStack)
        {
            asm.Alu(AluOp.Cmp, size, left.Memory, constant);
        }
        else if (constant == 0)
        {
            asm.Test(size, left.Gpr, left.Gpr);
        }
        else
        {
            asm.Alu(AluOp.Cmp, size, left.Gpr, constant);
        }
    }

    /// <summary>The comparison of floats of a size.</summary>
    public static SseOp UcomisOf(OpSize size) => size == OpSize.Dword ? SseOp.UcomiSs : SseOp.UcomiSd;

    /// <summary>Jumps when a condition holds of the flags.</summary>
    public void EmitJumpIf(FlagCondition condition, Label target, bool isNear = false)
    {
        switch (condition)
        {
            case FlagCondition.FloatNotEqual:
                EmitJumpIf(Condition.Parity, target, isNear);
                EmitJumpIf(Condition.NotEqual, target, isNear);
                break;
            case FlagCondition.FloatEqual:
                var unordered = asm.NewLabel();
                asm.JccShort(Condition.Parity, unordered);
                EmitJumpIf(Condition.Equal, target, isNear);
                asm.Bind(unordered);
                break;
            default:
                EmitJumpIf(condition.ToCondition(), target, isNear);
                break;
        }
    }

    /// <summary>Jumps where a condition holds.</summary>
    public void EmitJumpIf(Condition condition, Label target, bool isNear)
    {
        if (isNear)
        {
            asm.JccShort(condition, target);
        }
        else
        {
            asm.Jcc(condition, target);
        }
    }

    /// <summary>A condition as an i32.</summary>
    public void EmitSetCondition(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        EmitCompare(instruction, operands, 1);
        var result = locations.Result(operands).Gpr;
        switch (instruction.Condition)
        {
            case FlagCondition.FloatEqual:
                asm.Setcc(Condition.NoParity, result);
                asm.MovZx(OpSize.Byte, result, result);
                asm.MovImm(CallingConvention.Scratch, 0);
                asm.Cmov(Condition.NotEqual, OpSize.Dword, result, CallingConvention.Scratch);
                break;
            case FlagCondition.FloatNotEqual:
                asm.Setcc(Condition.Parity, result);
                asm.MovZx(OpSize.Byte, result, result);
                asm.MovImm(CallingConvention.Scratch, 1);
                asm.Cmov(Condition.NotEqual, OpSize.Dword, result, CallingConvention.Scratch);
                break;
            default:
                asm.Setcc(instruction.Condition.ToCondition(), result);
                asm.MovZx(OpSize.Byte, result, result);
                break;
        }
    }

    /// <summary>One of two values by a condition.</summary>
    public void EmitSelect(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        EmitCompare(instruction, operands, 3);
        var first = locations.Input(operands, 1);
        var second = locations.Input(operands, 2);
        var result = locations.Result(operands);
        var size = instruction.AccessSize;
        if (state.Code.IsVector(operands[0].Value))
        {
            EmitSelectVector(instruction.Condition, result.Xmm, first, second);
            return;
        }

        if (instruction.Condition >= FlagCondition.FloatEqual)
        {
            // Not equal or unordered: two conditions, either of which selects the other value.
            var (otherwise, whenEqual) = instruction.Condition == FlagCondition.FloatEqual
                ? (second, first)
                : (first, second);
            moveEmitter.EmitCopy(size, result, whenEqual);
            EmitConditionalCopy(Condition.Parity, size, result, otherwise);
            EmitConditionalCopy(Condition.NotEqual, size, result, otherwise);
            return;
        }

        moveEmitter.EmitCopy(size, result, second);
        EmitConditionalCopy(instruction.Condition.ToCondition(), size, result, first);
    }

    private void EmitConditionalCopy(Condition condition, OpSize size, Location to, Location from)
    {
        if (to.IsXmm)
        {
            var skip = asm.NewLabel();
            asm.JccShort(condition.Negate(), skip);
            moveEmitter.EmitCopy(size, to, from);
            asm.Bind(skip);
        }
        else if (from.IsStack)
        {
            asm.Cmov(condition, size, to.Gpr, from.Memory);
        }
        else
        {
            asm.Cmov(condition, size, to.Gpr, from.Gpr);
        }
    }

    /// <summary>Selects by conditions that have been compared; two of floats take two of the processor.</summary>
    private void EmitSelectVector(FlagCondition condition, Xmm result, Location first, Location second)
    {
        var done = asm.NewLabel();
        var target = Location.Of(result);
        if (condition is FlagCondition.FloatEqual or FlagCondition.FloatNotEqual)
        {
            var (whenEqual, otherwise) = condition == FlagCondition.FloatEqual ? (first, second) : (second, first);
            var other = asm.NewLabel();
            moveEmitter.EmitVectorMove(target, whenEqual);
            asm.JccShort(Condition.Parity, other);
            asm.JccShort(Condition.Equal, done);
            asm.Bind(other);
            moveEmitter.EmitVectorMove(target, otherwise);
        }
        else
        {
            moveEmitter.EmitVectorMove(target, second);
            asm.JccShort(condition.ToCondition().Negate(), done);
            moveEmitter.EmitVectorMove(target, first);
        }

        asm.Bind(done);
    }
}
