using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.Runtime;
using Harness.Engine.Vectors;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission;

/// <content>Integer arithmetic and memory accesses.</content>
internal sealed partial class CodeEmitter
{
    private const Gpr Scratch = CallingConvention.Scratch;

    private void EmitLea(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        Gpr result = Result(operands).Gpr;
        asm.Lea(instruction.Size, result, AddressOf(instruction, operands, 1));
    }

    private void EmitAlu(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var op = (AluOp)instruction.Sub;
        OpSize size = instruction.Size;
        Gpr left = Input(operands, 1).Gpr;
        if (instruction.HasImmediate)
        {
            EmitAluConstant(op, size, Result(operands).Gpr, left, (int)instruction.Immediate);
            return;
        }

        if (instruction.HasAddress)
        {
            Mem right = AddressOf(instruction, operands, 2);
            Gpr target = Result(operands).Gpr;
            EmitCopy(OpSize.Qword, target, left);
            NoteFault(instruction);
            asm.Alu(op, size, target, right);
            return;
        }

        Location other = Input(operands, 2);
        Gpr result = Result(operands).Gpr;
        if (other.IsStack)
        {
            EmitCopy(OpSize.Qword, result, left);
            asm.Alu(op, size, result, other.Memory);
        }
        else if (result == other.Gpr && result != left)
        {
            // Only commutative operations share their result's register with the right input.
            asm.Alu(op, size, result, left);
        }
        else if (op == AluOp.Add && result != left)
        {
            asm.Lea(size, result, Mem.BaseIndex(left, other.Gpr));
        }
        else
        {
            EmitCopy(OpSize.Qword, result, left);
            asm.Alu(op, size, result, other.Gpr);
        }
    }

    private void EmitAluConstant(AluOp op, OpSize size, Gpr result, Gpr left, int constant)
    {
        if (result != left && op == AluOp.Add)
        {
            asm.Lea(size, result, Mem.Base(left, constant));
        }
        else if (result != left && op == AluOp.Sub && constant != int.MinValue)
        {
            asm.Lea(size, result, Mem.Base(left, -constant));
        }
        else
        {
            EmitCopy(OpSize.Qword, result, left);
            asm.Alu(op, size, result, constant);
        }
    }

    private void EmitCopy(OpSize size, Gpr to, Gpr from)
    {
        if (to != from)
        {
            asm.Mov(size, to, from);
        }
    }

    private void EmitMultiply(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        OpSize size = instruction.Size;
        Location left = Input(operands, 1);
        if (instruction.HasImmediate)
        {
            if (left.IsStack)
            {
                asm.Imul(size, Result(operands).Gpr, left.Memory, (int)instruction.Immediate);
            }
            else
            {
                asm.Imul(size, Result(operands).Gpr, left.Gpr, (int)instruction.Immediate);
            }

            return;
        }

        if (instruction.HasAddress)
        {
            Mem right = AddressOf(instruction, operands, 2);
            Gpr target = Result(operands).Gpr;
            EmitCopy(OpSize.Qword, target, left.Gpr);
            NoteFault(instruction);
            asm.Imul(size, target, right);
            return;
        }

        Location other = Input(operands, 2);
        Gpr result = Result(operands).Gpr;
        if (other.IsStack)
        {
            EmitCopy(OpSize.Qword, result, left.Gpr);
            asm.Imul(size, result, other.Memory);
        }
        else if (result == other.Gpr)
        {
            asm.Imul(size, result, left.Gpr);
        }
        else
        {
            EmitCopy(OpSize.Qword, result, left.Gpr);
            asm.Imul(size, result, other.Gpr);
        }
    }

    private void EmitShiftConstant(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var op = (ShiftOp)instruction.Sub;
        OpSize size = instruction.Size;
        int count = (int)instruction.Immediate;
        Gpr left = Input(operands, 1).Gpr;
        Gpr result = Result(operands).Gpr;
        bool isRotation = op is ShiftOp.Rol or ShiftOp.Ror;
        if (isRotation && result != left && CpuFeatures.Bmi2)
        {
            int bits = size == OpSize.Dword ? 32 : 64;
            asm.Rorx(size, result, left, op == ShiftOp.Ror ? count : (bits - count) & (bits - 1));
            return;
        }

        EmitCopy(OpSize.Qword, result, left);
        if (count != 0)
        {
            asm.Shift(op, size, result, count);
        }
    }

    private void EmitShift(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var op = (ShiftOp)instruction.Sub;
        OpSize size = instruction.Size;
        Location left = Input(operands, 1);
        Gpr count = Input(operands, 2).Gpr;
        Gpr result = Result(operands).Gpr;
        if (instruction.Clobbers != 0)
        {
            asm.Mov(OpSize.Qword, Scratch, left.Gpr);
            EmitCopy(OpSize.Dword, Gpr.Rcx, count);
            asm.ShiftCl(op, size, Scratch);
            asm.Mov(OpSize.Qword, result, Scratch);
            return;
        }

        ShiftXOp shift = op switch
        {
            ShiftOp.Shl => ShiftXOp.Shlx,
            ShiftOp.Shr => ShiftXOp.Shrx,
            _ => ShiftXOp.Sarx,
        };
        if (left.IsStack)
        {
            asm.ShiftX(shift, size, result, left.Memory, count);
        }
        else
        {
            asm.ShiftX(shift, size, result, left.Gpr, count);
        }
    }

    private void EmitUnary(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        Gpr input = Input(operands, 1).Gpr;
        Gpr result = Result(operands).Gpr;
        EmitCopy(OpSize.Qword, result, input);
        asm.Unary((UnaryOp)instruction.Sub, instruction.Size, result);
    }

    private void EmitCountBits(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var op = (BitOp)instruction.Sub;
        OpSize size = instruction.Size;
        if (instruction.HasAddress)
        {
            Mem address = AddressOf(instruction, operands, 1);
            Gpr target = Result(operands).Gpr;
            NoteFault(instruction);
            asm.Mov(size, target, address);
            EmitCountBits(op, size, target, target);
            return;
        }

        Gpr input = Input(operands, 1).Gpr;
        EmitCountBits(op, size, Result(operands).Gpr, input);
    }

    private void EmitCountBits(BitOp op, OpSize size, Gpr result, Gpr input)
    {
        if (op is not (BitOp.Bsr or BitOp.Bsf))
        {
            // These write the whole register, but processors wait for its old value unless it is the input.
            if (result != input)
            {
                asm.Zero(result);
            }

            asm.Bits(op, size, result, input);
            return;
        }

        // Old processors have no count of zeros; of 0 the scans find nothing.
        int bits = size == OpSize.Dword ? 32 : 64;
        asm.Bits(op, size, Scratch, input);
        Label found = asm.NewLabel();
        asm.JccShort(Condition.NotZero, found);
        asm.MovImm(Scratch, op == BitOp.Bsr ? (2 * bits) - 1 : bits);
        asm.Bind(found);
        if (op == BitOp.Bsr)
        {
            asm.Alu(AluOp.Xor, size, Scratch, bits - 1);
        }

        asm.Mov(OpSize.Dword, result, Scratch);
    }

    private void EmitExtend(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        Gpr input = Input(operands, 1).Gpr;
        Gpr result = Result(operands).Gpr;
        switch ((LoadExtension)instruction.Sub)
        {
            case LoadExtension.Zero:
                asm.MovZx(instruction.AccessSize, result, input);
                break;
            case LoadExtension.SignTo32:
                asm.MovSx(OpSize.Dword, instruction.AccessSize, result, input);
                break;
            default:
                asm.MovSx(OpSize.Qword, instruction.AccessSize, result, input);
                break;
        }
    }

    private void EmitDivide(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        OpSize size = instruction.Size;
        var op = (Opcode)instruction.Sub;
        var checks = (DivisionChecks)instruction.Immediate;
        bool isSigned = op is Opcode.I64DivS or Opcode.I64RemS;
        bool isRemainder = op is Opcode.I64RemS or Opcode.I64RemU;
        Gpr left = Input(operands, 1).Gpr;
        Gpr right = Input(operands, 2).Gpr;
        if ((checks & DivisionChecks.Zero) != 0)
        {
            asm.Test(size, right, right);
            asm.Jcc(Condition.Zero, AddTrap(instruction, TrapKind.IntegerDivideByZero));
        }

        EmitCopy(size, Gpr.Rax, left);
        Label resume = default;
        if (isSigned)
        {
            if ((checks & DivisionChecks.MinusOne) != 0)
            {
                asm.Alu(AluOp.Cmp, size, right, -1);
                ref ColdPath path = ref AddColdPath(
                    isRemainder ? ColdPathKind.RemainderByMinusOne : ColdPathKind.DivideByMinusOne, instruction);
                path.Size = size;
                resume = path.Resume = asm.NewLabel();
                asm.Jcc(Condition.Equal, path.Entry);
            }

            asm.Cdq(size);
            asm.Unary(UnaryOp.Idiv, size, right);
        }
        else
        {
            asm.Zero(Gpr.Rdx);
            asm.Unary(UnaryOp.Div, size, right);
        }

        if (resume.IsValid)
        {
            asm.Bind(resume);
        }

        EmitCopy(size, Result(operands).Gpr, isRemainder ? Gpr.Rdx : Gpr.Rax);
    }

    private void EmitLoad(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        Mem address = AddressOf(instruction, operands, 1);
        Gpr result = Result(operands).Gpr;
        NoteFault(instruction);
        switch ((LoadExtension)instruction.Sub)
        {
            case LoadExtension.Zero:
                asm.MovZx(instruction.AccessSize, result, address);
                break;
            case LoadExtension.SignTo32:
                asm.MovSx(OpSize.Dword, instruction.AccessSize, result, address);
                break;
            default:
                asm.MovSx(OpSize.Qword, instruction.AccessSize, result, address);
                break;
        }
    }

    private void EmitStore(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        if (instruction.HasImmediate)
        {
            Mem address = AddressOf(instruction, operands, 0);
            NoteFault(instruction);
            asm.Mov(instruction.AccessSize, address, (int)instruction.Immediate);
            return;
        }

        Gpr value = Input(operands, 0).Gpr;
        Mem target = AddressOf(instruction, operands, 1);
        NoteFault(instruction);
        asm.Mov(instruction.AccessSize, target, value);
    }

    private void EmitBoundsCheck(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        Gpr index = Input(operands, 0).Gpr;
        Mem length = AddressOf(instruction, operands, 1);
        Label trap = AddTrap(instruction, TrapKind.MemoryOutOfBounds);
        if (instruction.Immediate == (int)instruction.Immediate)
        {
            asm.Mov(OpSize.Qword, Scratch, index);
            asm.Alu(AluOp.Add, OpSize.Qword, Scratch, (int)instruction.Immediate);
        }
        else
        {
            asm.MovImm(Scratch, instruction.Immediate);
            asm.Alu(AluOp.Add, OpSize.Qword, Scratch, index);
        }

        asm.Jcc(Condition.Carry, trap);
        asm.Alu(AluOp.Cmp, OpSize.Qword, Scratch, length);
        asm.Jcc(Condition.Above, trap);
    }

    /// <summary>Sets the flags for an instruction with a comparison, whose operands begin at an index.</summary>
    private void EmitCompare(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands, int index)
    {
        OpSize size = instruction.Size;
        if (instruction.Compare == CompareKind.Vector)
        {
            ref readonly VectorSelection test = ref VectorSelections.Of((Opcode)instruction.Immediate);
            vectors.EmitTest(test, Input(operands, index).Xmm);
            return;
        }

        if (instruction.HasAddress && instruction.HasImmediate)
        {
            Mem address = AddressOf(instruction, operands, index);
            NoteFault(instruction);
            if (instruction.Compare == CompareKind.Test)
            {
                asm.Test(size, address, (int)instruction.Immediate);
            }
            else
            {
                asm.Alu(AluOp.Cmp, size, address, (int)instruction.Immediate);
            }

            return;
        }

        Location left = Input(operands, index);
        if (instruction.HasAddress)
        {
            Mem address = AddressOf(instruction, operands, index + 1);
            NoteFault(instruction);
            EmitCompare(instruction.Compare, size, left, address);
        }
        else if (instruction.HasImmediate)
        {
            EmitCompareConstant(instruction.Compare, size, left, (int)instruction.Immediate);
        }
        else
        {
            Location right = Input(operands, index + 1);
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

    private void EmitCompare(CompareKind kind, OpSize size, Location left, Mem right)
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

    private void EmitCompareConstant(CompareKind kind, OpSize size, Location left, int constant)
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

    private static SseOp UcomisOf(OpSize size) => size == OpSize.Dword ? SseOp.UcomiSs : SseOp.UcomiSd;

    /// <summary>Jumps when a condition holds of the flags.</summary>
    private void EmitJumpIf(FlagCondition condition, Label target, bool isNear = false)
    {
        switch (condition)
        {
            case FlagCondition.FloatNotEqual:
                EmitJumpIf(Condition.Parity, target, isNear);
                EmitJumpIf(Condition.NotEqual, target, isNear);
                break;
            case FlagCondition.FloatEqual:
                Label unordered = asm.NewLabel();
                asm.JccShort(Condition.Parity, unordered);
                EmitJumpIf(Condition.Equal, target, isNear);
                asm.Bind(unordered);
                break;
            default:
                EmitJumpIf(condition.ToCondition(), target, isNear);
                break;
        }
    }

    private void EmitJumpIf(Condition condition, Label target, bool isNear)
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

    private void EmitSetCondition(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        EmitCompare(instruction, operands, 1);
        Gpr result = Result(operands).Gpr;
        switch (instruction.Condition)
        {
            case FlagCondition.FloatEqual:
                asm.Setcc(Condition.NoParity, result);
                asm.MovZx(OpSize.Byte, result, result);
                asm.MovImm(Scratch, 0);
                asm.Cmov(Condition.NotEqual, OpSize.Dword, result, Scratch);
                break;
            case FlagCondition.FloatNotEqual:
                asm.Setcc(Condition.Parity, result);
                asm.MovZx(OpSize.Byte, result, result);
                asm.MovImm(Scratch, 1);
                asm.Cmov(Condition.NotEqual, OpSize.Dword, result, Scratch);
                break;
            default:
                asm.Setcc(instruction.Condition.ToCondition(), result);
                asm.MovZx(OpSize.Byte, result, result);
                break;
        }
    }

    private void EmitSelect(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        EmitCompare(instruction, operands, 3);
        Location first = Input(operands, 1);
        Location second = Input(operands, 2);
        Location result = Result(operands);
        OpSize size = instruction.AccessSize;
        if (code.IsVector(operands[0].Value))
        {
            EmitSelectVector(instruction.Condition, result.Xmm, first, second);
            return;
        }

        if (instruction.Condition >= FlagCondition.FloatEqual)
        {
            // Not equal or unordered: two conditions, either of which selects the other value.
            (Location otherwise, Location whenEqual) = instruction.Condition == FlagCondition.FloatEqual
                ? (second, first)
                : (first, second);
            EmitCopy(size, result, whenEqual);
            EmitConditionalCopy(Condition.Parity, size, result, otherwise);
            EmitConditionalCopy(Condition.NotEqual, size, result, otherwise);
            return;
        }

        EmitCopy(size, result, second);
        EmitConditionalCopy(instruction.Condition.ToCondition(), size, result, first);
    }

    private void EmitConditionalCopy(Condition condition, OpSize size, Location to, Location from)
    {
        if (to.IsXmm)
        {
            Label skip = asm.NewLabel();
            asm.JccShort(condition.Negate(), skip);
            EmitCopy(size, to, from);
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
}
