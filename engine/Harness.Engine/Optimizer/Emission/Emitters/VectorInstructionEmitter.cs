using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Vectors;

namespace Harness.Engine.Optimizer.Emission.Emitters;

/// <summary>
/// Instructions on vectors, in the registers that the allocator has given to their operands. Their spill slots are aligned to 16 bytes;
/// where they travel in memory they may lie anywhere.
/// </summary>
internal sealed class VectorInstructionEmitter(
    EmissionState state, OperandLocations locations, SiteRecorder sites, MoveEmitter moveEmitter, VectorEmitter vectors)
{
    /// <summary>Emits an instruction on vectors.</summary>
    public void EmitVector(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        switch (instruction.Op)
        {
            case LirOp.LoadVector:
                moveEmitter.EmitVectorConstant(locations.Result(operands).Xmm, instruction.Immediate);
                break;
            case LirOp.VectorBinary:
                EmitVectorBinary(instruction, operands);
                break;
            case LirOp.VectorShift:
                ref readonly var shift = ref VectorSelections.Of((Opcode)instruction.Sub);
                vectors.EmitShift(shift, locations.Result(operands).Xmm, locations.Input(operands, 1).Xmm, (int)instruction.Immediate);
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
        ref readonly var row = ref VectorSelections.Of((Opcode)instruction.Sub);
        var result = locations.Result(operands).Xmm;
        var left = locations.Input(operands, 1).Xmm;
        if (instruction.HasImmediate)
        {
            vectors.EmitBinary(row, result, left, moveEmitter.VectorConstant(instruction.Immediate));
        }
        else if (instruction.HasAddress)
        {
            var memory = locations.AddressOf(instruction, operands, 2);
            sites.NoteFault(instruction);
            vectors.EmitBinary(row, result, left, memory);
        }
        else if (locations.Input(operands, 2) is { IsStack: true } right)
        {
            vectors.EmitBinary(row, result, left, right.Memory);
        }
        else
        {
            vectors.EmitBinary(row, result, left, locations.Input(operands, 2).Xmm);
        }
    }

    private void EmitVectorAccess(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        ref readonly var row = ref VectorSelections.Of((Opcode)instruction.Sub);
        var isStore = instruction.Op == LirOp.VectorStore;
        var hasVector = isStore || row.Recipe == VectorRecipe.LoadLane;
        var access = new VectorOperands { Lane = (int)instruction.Immediate };
        if (!isStore)
        {
            access.Result = locations.Result(operands).Xmm;
        }

        int next = instruction.ResultCount;
        if (hasVector)
        {
            access.A = locations.Input(operands, next++).Xmm;
        }

        access.Memory = locations.AddressOf(instruction, operands, next);
        if (row.OverwritesFirst)
        {
            // What may fault is the first instruction of a sequence, which here it would not be.
            moveEmitter.EmitVectorCopy(access.Result, access.A);
            access.A = access.Result;
        }

        sites.NoteFault(instruction);
        vectors.Emit(row, access);
    }

    private void EmitVectorSequence(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var info = OpcodeTable.Get((Opcode)instruction.Sub);
        ref readonly var row = ref VectorSelections.Of(info.Opcode);
        var sequence = default(VectorOperands);
        var result = locations.Result(operands);
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
            sequence.Temporary = locations.LocationAt(operands[1].Value, state.Position + 2).Xmm;
        }

        for (var i = 0; i < info.Parameters.Length; i++)
        {
            var input = locations.Input(operands, instruction.ResultCount + i);
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
            (sequence.Low, sequence.High) = state.Code.Graph.Vectors[instruction.Immediate];
        }
        else
        {
            sequence.Lane = (int)instruction.Immediate;
        }

        vectors.Emit(row, sequence);
    }
}
