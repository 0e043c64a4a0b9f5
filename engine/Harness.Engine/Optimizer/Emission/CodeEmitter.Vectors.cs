using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.Runtime;
using Harness.Engine.Vectors;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission;

/// <content>
/// Vectors: their instructions, in the registers that the allocator has given to their operands, and their moves. Their spill slots are aligned
/// to 16 bytes; where they travel in memory they may lie anywhere.
/// </content>
internal sealed partial class CodeEmitter
{
    private readonly VectorEmitter vectors;
    private V128[]? constantVectors;

    /// <summary>The vectors of the graph by number, for what is read when the graph is gone.</summary>
    private V128[] ConstantVectors => code.Graph.HasVectors ? constantVectors ??= code.Graph.Vectors.ToArray() : [];

    private void PrepareVectors()
    {
        vectors.UsesAvx = CpuFeatures.Avx && module.Options.VectorsAvx;
        constantVectors = null;
        keepsVector = false;
        moveSize = code.HasVectors ? SizeEstimate.VectorMove : SizeEstimate.Move;
    }

    private void EmitVector(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        switch (instruction.Op)
        {
            case LirOp.LoadVector:
                EmitVectorConstant(Result(operands).Xmm, instruction.Immediate);
                break;
            case LirOp.VectorBinary:
                EmitVectorBinary(instruction, operands);
                break;
            case LirOp.VectorShift:
                ref readonly VectorSelection shift = ref VectorSelections.Of((Opcode)instruction.Sub);
                vectors.EmitShift(shift, Result(operands).Xmm, Input(operands, 1).Xmm, (int)instruction.Immediate);
                break;
            case LirOp.VectorLoad or LirOp.VectorStore:
                EmitVectorAccess(instruction, operands);
                break;
            default:
                EmitVectorSequence(instruction, operands);
                break;
        }
    }

    private void EmitVectorBinary(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        ref readonly VectorSelection row = ref VectorSelections.Of((Opcode)instruction.Sub);
        Xmm result = Result(operands).Xmm;
        Xmm left = Input(operands, 1).Xmm;
        if (instruction.HasImmediate)
        {
            vectors.EmitBinary(row, result, left, VectorConstant(instruction.Immediate));
        }
        else if (instruction.HasAddress)
        {
            Mem memory = AddressOf(instruction, operands, 2);
            NoteFault(instruction);
            vectors.EmitBinary(row, result, left, memory);
        }
        else if (Input(operands, 2) is { IsStack: true } right)
        {
            vectors.EmitBinary(row, result, left, right.Memory);
        }
        else
        {
            vectors.EmitBinary(row, result, left, Input(operands, 2).Xmm);
        }
    }

    private void EmitVectorAccess(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        ref readonly VectorSelection row = ref VectorSelections.Of((Opcode)instruction.Sub);
        bool isStore = instruction.Op == LirOp.VectorStore;
        bool hasVector = isStore || row.Recipe == VectorRecipe.LoadLane;
        var access = new VectorOperands { Lane = (int)instruction.Immediate };
        if (!isStore)
        {
            access.Result = Result(operands).Xmm;
        }

        int next = instruction.ResultCount;
        if (hasVector)
        {
            access.A = Input(operands, next++).Xmm;
        }

        access.Memory = AddressOf(instruction, operands, next);
        if (row.OverwritesFirst)
        {
            // What may fault is the first instruction of a sequence, which here it would not be.
            EmitVectorCopy(access.Result, access.A);
            access.A = access.Result;
        }

        NoteFault(instruction);
        vectors.Emit(row, access);
    }

    private void EmitVectorSequence(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        OpcodeInfo info = OpcodeTable.Get((Opcode)instruction.Sub);
        ref readonly VectorSelection row = ref VectorSelections.Of(info.Opcode);
        var sequence = default(VectorOperands);
        Location result = Result(operands);
        if (result.IsXmm)
        {
            sequence.Result = result.Xmm;
        }
        else
        {
            sequence.IntegerResult = result.Gpr;
        }

        if (instruction.ResultCount > 1)
        {
            sequence.Temporary = LocationAt(operands[1].Value, position + 2).Xmm;
        }

        for (int i = 0; i < info.Parameters.Length; i++)
        {
            Location input = Input(operands, instruction.ResultCount + i);
            if (input.IsGpr)
            {
                sequence.Integer = input.Gpr;
                continue;
            }

            switch (row.Swaps && i < 2 ? 1 - i : i)
            {
                case 0: sequence.A = input.Xmm; break;
                case 1: sequence.B = input.Xmm; break;
                default: sequence.C = input.Xmm; break;
            }
        }

        if (info.Immediates == ImmediateKind.Shuffle)
        {
            (sequence.Low, sequence.High) = code.Graph.Vectors[instruction.Immediate];
        }
        else
        {
            sequence.Lane = (int)instruction.Immediate;
        }

        vectors.Emit(row, sequence);
    }

    private void EmitVectorConstant(Xmm to, long number)
    {
        if (number != VectorPool.Zero)
        {
            asm.MovAps(to, VectorConstant(number));
        }
        else if (vectors.UsesAvx)
        {
            asm.Vex(PackedOp.Pxor, to, to, to);
        }
        else
        {
            asm.Packed(PackedOp.Pxor, to, to);
        }
    }

    /// <summary>A constant behind the code, which is aligned.</summary>
    private Mem VectorConstant(long number)
    {
        V128 vector = code.Graph.Vectors[number];
        return asm.Constant128(vector.Low, vector.High);
    }

    private void EmitVectorConstantTo(Location to, long number)
    {
        Xmm register = to.IsXmm ? to.Xmm : ScratchXmm;
        EmitVectorConstant(register, number);
        if (to.IsStack)
        {
            asm.MovAps(to.Memory, register);
        }
    }

    private void EmitVectorCopy(Xmm to, Xmm from)
    {
        if (to == from)
        {
            return;
        }

        if (vectors.UsesAvx)
        {
            asm.VexMovAps(to, from);
        }
        else
        {
            asm.MovAps(to, from);
        }
    }

    /// <summary>Moves a vector between registers and spill slots.</summary>
    private void EmitVectorMove(Location to, Location from)
    {
        if (to == from)
        {
            return;
        }

        if (to.IsXmm && from.IsXmm)
        {
            EmitVectorCopy(to.Xmm, from.Xmm);
        }
        else if (to.IsXmm)
        {
            asm.MovAps(to.Xmm, from.Memory);
        }
        else if (from.IsXmm)
        {
            asm.MovAps(to.Memory, from.Xmm);
        }
        else if (keepsVector)
        {
            for (int offset = 0; offset < FrameLayout.BaselineVectorSlotSize; offset += sizeof(long))
            {
                asm.Mov(OpSize.Qword, Scratch, from.Memory.Offset(offset));
                asm.Mov(OpSize.Qword, to.Memory.Offset(offset), Scratch);
            }
        }
        else
        {
            asm.MovAps(ScratchXmm, from.Memory);
            asm.MovAps(to.Memory, ScratchXmm);
        }
    }

    /// <summary>Brings a vector from where it travels in memory to where it shall lie.</summary>
    private void EmitVectorReceive(Location to, Mem from)
    {
        Xmm register = to.IsXmm ? to.Xmm : ScratchXmm;
        asm.MovUps(register, from);
        if (to.IsStack)
        {
            asm.MovAps(to.Memory, register);
        }
    }

    /// <summary>Stores a vector, which may be a constant, where it travels in memory.</summary>
    private void EmitVectorSend(LirOperand value, Mem to)
    {
        Location from = value.IsConstant ? Location.None : LocationAt(value.Value, position);
        Xmm register = from.IsXmm ? from.Xmm : ScratchXmm;
        if (value.IsConstant)
        {
            EmitVectorConstant(register, code.Graph[value.ConstantNode].Immediate);
        }
        else if (from.IsStack)
        {
            asm.MovAps(register, from.Memory);
        }

        asm.MovUps(to, register);
    }

    /// <summary>Whether an operand, a constant or not, is a vector.</summary>
    private bool IsVector(LirOperand value) =>
        value.IsConstant ? code.Graph[value.ConstantNode].Type == IrType.V128 : code.IsVector(value.Value);

    /// <summary>Selects by conditions that have been compared; two of floats take two of the processor.</summary>
    private void EmitSelectVector(FlagCondition condition, Xmm result, Location first, Location second)
    {
        Label done = asm.NewLabel();
        var target = Location.Of(result);
        if (condition is FlagCondition.FloatEqual or FlagCondition.FloatNotEqual)
        {
            (Location whenEqual, Location otherwise) = condition == FlagCondition.FloatEqual ? (first, second) : (second, first);
            Label other = asm.NewLabel();
            EmitVectorMove(target, whenEqual);
            asm.JccShort(Condition.Parity, other);
            asm.JccShort(Condition.Equal, done);
            asm.Bind(other);
            EmitVectorMove(target, otherwise);
        }
        else
        {
            EmitVectorMove(target, second);
            asm.JccShort(condition.ToCondition().Negate(), done);
            EmitVectorMove(target, first);
        }

        asm.Bind(done);
    }
}
