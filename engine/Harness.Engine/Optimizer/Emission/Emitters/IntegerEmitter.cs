using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission.Emitters;

/// <summary>Integer arithmetic.</summary>
internal sealed class IntegerEmitter(
    OperandLocations locations, SiteRecorder sites, ColdPaths coldPaths, MoveEmitter moveEmitter, Assembler asm)
{
    /// <summary>Addition, subtraction and operations on bits.</summary>
    public void EmitAlu(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var op = (AluOp)instruction.Sub;
        var size = instruction.Size;
        var left = locations.Input(operands, 1).Gpr;
        if (instruction.HasImmediate)
        {
            EmitAluConstant(op, size, locations.Result(operands).Gpr, left, (int)instruction.Immediate);
            return;
        }

        if (instruction.HasAddress)
        {
            var right = locations.AddressOf(instruction, operands, 2);
            var target = locations.Result(operands).Gpr;
            moveEmitter.EmitCopy(OpSize.Qword, target, left);
            sites.NoteFault(instruction);
            asm.Alu(op, size, target, right);
            return;
        }

        var other = locations.Input(operands, 2);
        var result = locations.Result(operands).Gpr;
        if (other.IsStack)
        {
            moveEmitter.EmitCopy(OpSize.Qword, result, left);
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
            moveEmitter.EmitCopy(OpSize.Qword, result, left);
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
            moveEmitter.EmitCopy(OpSize.Qword, result, left);
            asm.Alu(op, size, result, constant);
        }
    }

    /// <summary>Multiplication.</summary>
    public void EmitMultiply(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var size = instruction.Size;
        var left = locations.Input(operands, 1);
        if (instruction.HasImmediate)
        {
            if (left.IsStack)
            {
                asm.Imul(size, locations.Result(operands).Gpr, left.Memory, (int)instruction.Immediate);
            }
            else
            {
                asm.Imul(size, locations.Result(operands).Gpr, left.Gpr, (int)instruction.Immediate);
            }

            return;
        }

        if (instruction.HasAddress)
        {
            var right = locations.AddressOf(instruction, operands, 2);
            var target = locations.Result(operands).Gpr;
            moveEmitter.EmitCopy(OpSize.Qword, target, left.Gpr);
            sites.NoteFault(instruction);
            asm.Imul(size, target, right);
            return;
        }

        var other = locations.Input(operands, 2);
        var result = locations.Result(operands).Gpr;
        if (other.IsStack)
        {
            moveEmitter.EmitCopy(OpSize.Qword, result, left.Gpr);
            asm.Imul(size, result, other.Memory);
        }
        else if (result == other.Gpr)
        {
            asm.Imul(size, result, left.Gpr);
        }
        else
        {
            moveEmitter.EmitCopy(OpSize.Qword, result, left.Gpr);
            asm.Imul(size, result, other.Gpr);
        }
    }

    /// <summary>A shift by a constant.</summary>
    public void EmitShiftConstant(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var op = (ShiftOp)instruction.Sub;
        var size = instruction.Size;
        var count = (int)instruction.Immediate;
        var left = locations.Input(operands, 1).Gpr;
        var result = locations.Result(operands).Gpr;
        var isRotation = op is ShiftOp.Rol or ShiftOp.Ror;
        if (isRotation && result != left && CpuFeatures.Bmi2)
        {
            var bits = size == OpSize.Dword ? 32 : 64;
            asm.Rorx(size, result, left, op == ShiftOp.Ror ? count : (bits - count) & (bits - 1));
            return;
        }

        moveEmitter.EmitCopy(OpSize.Qword, result, left);
        if (count != 0)
        {
            asm.Shift(op, size, result, count);
        }
    }

    /// <summary>A shift.</summary>
    public void EmitShift(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var op = (ShiftOp)instruction.Sub;
        var size = instruction.Size;
        var left = locations.Input(operands, 1);
        var count = locations.Input(operands, 2).Gpr;
        var result = locations.Result(operands).Gpr;
        if (instruction.Clobbers != 0)
        {
            asm.Mov(OpSize.Qword, CallingConvention.Scratch, left.Gpr);
            moveEmitter.EmitCopy(OpSize.Dword, Gpr.Rcx, count);
            asm.ShiftCl(op, size, CallingConvention.Scratch);
            asm.Mov(OpSize.Qword, result, CallingConvention.Scratch);
            return;
        }

        var shift = op switch
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

    /// <summary>Negation and complement.</summary>
    public void EmitUnary(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var input = locations.Input(operands, 1).Gpr;
        var result = locations.Result(operands).Gpr;
        moveEmitter.EmitCopy(OpSize.Qword, result, input);
        asm.Unary((UnaryOp)instruction.Sub, instruction.Size, result);
    }

    /// <summary>Questions about single bits.</summary>
    public void EmitCountBits(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var op = (BitOp)instruction.Sub;
        var size = instruction.Size;
        if (instruction.HasAddress)
        {
            var address = locations.AddressOf(instruction, operands, 1);
            var target = locations.Result(operands).Gpr;
            sites.NoteFault(instruction);
            asm.Mov(size, target, address);
            EmitCountBits(op, size, target, target);
            return;
        }

        var input = locations.Input(operands, 1).Gpr;
        EmitCountBits(op, size, locations.Result(operands).Gpr, input);
    }

    /// <summary>Questions about single bits.</summary>
    public void EmitCountBits(BitOp op, OpSize size, Gpr result, Gpr input)
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
        var bits = size == OpSize.Dword ? 32 : 64;
        asm.Bits(op, size, CallingConvention.Scratch, input);
        var found = asm.NewLabel();
        asm.JccShort(Condition.NotZero, found);
        asm.MovImm(CallingConvention.Scratch, op == BitOp.Bsr ? (2 * bits) - 1 : bits);
        asm.Bind(found);
        if (op == BitOp.Bsr)
        {
            asm.Alu(AluOp.Xor, size, CallingConvention.Scratch, bits - 1);
        }

        asm.Mov(OpSize.Dword, result, CallingConvention.Scratch);
    }

    /// <summary>The low part of a value, extended.</summary>
    public void EmitExtend(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var input = locations.Input(operands, 1).Gpr;
        var result = locations.Result(operands).Gpr;
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

    /// <summary>Division and remainder.</summary>
    public void EmitDivide(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var size = instruction.Size;
        var op = (Opcode)instruction.Sub;
        var checks = (DivisionChecks)instruction.Immediate;
        var isSigned = op is Opcode.I64DivS or Opcode.I64RemS;
        var isRemainder = op is Opcode.I64RemS or Opcode.I64RemU;
        var left = locations.Input(operands, 1).Gpr;
        var right = locations.Input(operands, 2).Gpr;
        if ((checks & DivisionChecks.Zero) != 0)
        {
            asm.Test(size, right, right);
            asm.Jcc(Condition.Zero, coldPaths.AddTrap(instruction, TrapKind.IntegerDivideByZero));
        }

        moveEmitter.EmitCopy(size, Gpr.Rax, left);
        Label resume = default;
        if (isSigned)
        {
            if ((checks & DivisionChecks.MinusOne) != 0)
            {
                asm.Alu(AluOp.Cmp, size, right, -1);
                ref var path = ref coldPaths.AddColdPath(
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

        moveEmitter.EmitCopy(size, locations.Result(operands).Gpr, isRemainder ? Gpr.Rdx : Gpr.Rax);
    }
}
