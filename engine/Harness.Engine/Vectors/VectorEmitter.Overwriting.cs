using Harness.Engine.X64;

namespace Harness.Engine.Vectors;

/// <content>The recipes that compute in the register of the first operand.</content>
internal sealed partial class VectorEmitter
{
    private void EmitOverwriting(in VectorSelection row, in VectorOperands operands)
    {
        var result = operands.Result;
        switch (row.Recipe)
        {
            case VectorRecipe.Binary:
                _asm.Packed(row.Operation, result, operands.B);
                break;
            case VectorRecipe.BinaryImmediate:
                _asm.Packed(row.ImmediateOperation, result, operands.B, row.Immediate);
                break;
            case VectorRecipe.InvertedBinary:
                _asm.Packed(row.Operation, result, operands.B);
                Invert(result);
                break;
            case VectorRecipe.EqualToExtremum:
                CompareWithExtremum(row, operands);
                break;
            case VectorRecipe.UnequalToExtremum:
                CompareWithExtremum(row, operands);
                Invert(result);
                break;
            case VectorRecipe.Not:
                Invert(result);
                break;
            case VectorRecipe.BitSelect:
                _asm.Packed(PackedOp.Pand, result, operands.C);
                Copy(Scratch, operands.C);
                _asm.Packed(PackedOp.Pandn, Scratch, operands.B);
                _asm.Packed(PackedOp.Por, result, Scratch);
                break;
            case VectorRecipe.Swizzle:
                // Numbers above 15 get their highest bit, by which a byte becomes zero.
                Copy(Scratch, operands.B);
                _asm.Packed(PackedOp.PaddUsb, Scratch, Repeat8(0x70));
                _asm.Packed(PackedOp.Pshufb, result, Scratch);
                break;
            case VectorRecipe.Replace:
                _asm.InsertLane(row.LaneSize, result, operands.Integer, operands.Lane);
                break;
            case VectorRecipe.ReplaceF32:
                _asm.Packed(PackedImmediateOp.InsertPs, result, operands.B, operands.Lane << 4);
                break;
            case VectorRecipe.ReplaceF64:
                if (operands.Lane == 0)
                {
                    _asm.Sse(SseOp.MovSd, result, operands.B);
                }
                else
                {
                    _asm.Packed(PackedOp.UnpckLPd, result, operands.B);
                }

                break;
            case VectorRecipe.LoadLane:
                _asm.InsertLane(row.LaneSize, result, operands.Memory, operands.Lane);
                break;
            default:
                EmitArithmetic(row, operands);
                break;
        }
    }

    private void EmitArithmetic(in VectorSelection row, in VectorOperands operands)
    {
        var result = operands.Result;
        switch (row.Recipe)
        {
            case VectorRecipe.Negate:
                Copy(Scratch, result);
                Zero(result);
                _asm.Packed(row.Operation, result, Scratch);
                break;
            case VectorRecipe.Absolute64:
                Copy(Scratch, result);
                _asm.Packed(PackedShiftOp.Psrad, Scratch, 31);
                _asm.Packed(PackedImmediateOp.PshufD, Scratch, Scratch, 0xF5);
                _asm.Packed(PackedOp.Pxor, result, Scratch);
                _asm.Packed(PackedOp.Psubq, result, Scratch);
                break;
            case VectorRecipe.PopulationCount:
                CountOnes(result, operands.Temporary);
                break;
            case VectorRecipe.Shift:
                LoadShiftCount(operands.Integer, row.Immediate);
                _asm.Packed(row.Operation, result, Scratch);
                break;
            case VectorRecipe.ShiftLeft8:
                LoadByteMask(operands);
                _asm.Packed(PackedOp.Pand, result, operands.Temporary);
                _asm.Packed(PackedOp.Psllw, result, Scratch);
                break;
            case VectorRecipe.ShiftRightUnsigned8:
                LoadByteMask(operands);
                _asm.Packed(PackedOp.Psrlw, result, Scratch);
                _asm.Packed(PackedOp.Pand, result, operands.Temporary);
                break;
            case VectorRecipe.ShiftRightSigned8:
                ShiftRightSigned8(operands);
                break;
            case VectorRecipe.ShiftRightSigned64:
                // The sign bit is moved along, and what is left of it is subtracted.
                LoadShiftCount(operands.Integer, 63);
                _asm.MovAps(operands.Temporary, Repeat64(1UL << 63));
                _asm.Packed(PackedOp.Psrlq, operands.Temporary, Scratch);
                _asm.Packed(PackedOp.Psrlq, result, Scratch);
                _asm.Packed(PackedOp.Pxor, result, operands.Temporary);
                _asm.Packed(PackedOp.Psubq, result, operands.Temporary);
                break;
            case VectorRecipe.PairwiseSigned8:
                _asm.MovAps(Scratch, Repeat8(1));
                _asm.Packed(PackedOp.PmaddUbsw, Scratch, result);
                Copy(result, Scratch);
                break;
            case VectorRecipe.PairwiseUnsigned8:
                _asm.Packed(PackedOp.PmaddUbsw, result, Repeat8(1));
                break;
            case VectorRecipe.PairwiseSigned16:
                _asm.Packed(PackedOp.PmaddWd, result, Repeat16(1));
                break;
            case VectorRecipe.PairwiseUnsigned16:
                // As signed numbers, each less by 2^15.
                _asm.Packed(PackedOp.Pxor, result, Repeat16(0x8000));
                _asm.Packed(PackedOp.PmaddWd, result, Repeat16(1));
                _asm.Packed(PackedOp.Paddd, result, Repeat32(0x1_0000));
                break;
            case VectorRecipe.MultiplyQ15:
                // Only -1 times -1 does not fit.
                _asm.Packed(PackedOp.PmulHrsw, result, operands.B);
                _asm.MovAps(Scratch, Repeat16(0x8000));
                _asm.Packed(PackedOp.PcmpEqw, Scratch, result);
                _asm.Packed(PackedOp.Pxor, result, Scratch);
                break;
            case VectorRecipe.MultiplyLow8:
                _asm.Packed(row.Operation, Scratch, operands.B);
                _asm.Packed(row.Operation, result, result);
                _asm.Packed(PackedOp.PmulLw, result, Scratch);
                break;
            case VectorRecipe.MultiplyHigh8:
                ShuffleLanes(Scratch, operands.B, UpperHalf);
                _asm.Packed(row.Operation, Scratch, Scratch);
                ShuffleLanes(result, result, UpperHalf);
                _asm.Packed(row.Operation, result, result);
                _asm.Packed(PackedOp.PmulLw, result, Scratch);
                break;
            case VectorRecipe.Multiply16:
                Copy(Scratch, result);
                _asm.Packed(PackedOp.PmulLw, result, operands.B);
                _asm.Packed(row.Operation, Scratch, operands.B);
                _asm.Packed(row.Second, result, Scratch);
                break;
            case VectorRecipe.Multiply32:
                ShuffleLanes(Scratch, operands.B, row.Immediate);
                ShuffleLanes(result, result, row.Immediate);
                _asm.Packed(row.Operation, result, Scratch);
                break;
            case VectorRecipe.Multiply64:
                Multiply64(operands);
                break;
            default:
                EmitFloat(row, operands);
                break;
        }
    }

    private void ShuffleLanes(Xmm destination, Xmm source, int lanes) =>
        _asm.Packed(PackedImmediateOp.PshufD, destination, source, lanes);

    private void Invert(Xmm result)
    {
        Ones(Scratch);
        _asm.Packed(PackedOp.Pxor, result, Scratch);
    }

    private void CompareWithExtremum(in VectorSelection row, in VectorOperands operands)
    {
        Copy(Scratch, operands.B);
        _asm.Packed(row.Operation, Scratch, operands.Result);
        _asm.Packed(row.Second, operands.Result, Scratch);
    }

    /// <summary>Looks the numbers of ones of both halves of each byte up in a table.</summary>
    private void CountOnes(Xmm result, Xmm temporary)
    {
        var table = _asm.Constant128(0x0302_0201_0201_0100, 0x0403_0302_0302_0201);
        var mask = Repeat8(0x0F);
        Copy(temporary, result);
        _asm.Packed(PackedOp.Pand, temporary, mask);
        _asm.Packed(PackedShiftOp.Psrlw, result, 4);
        _asm.Packed(PackedOp.Pand, result, mask);
        _asm.MovAps(Scratch, table);
        _asm.Packed(PackedOp.Pshufb, Scratch, temporary);
        _asm.MovAps(temporary, table);
        _asm.Packed(PackedOp.Pshufb, temporary, result);
        Copy(result, temporary);
        _asm.Packed(PackedOp.Paddb, result, Scratch);
    }

    /// <summary>Loads the count of a shift into the scratch register.</summary>
    private void LoadShiftCount(Gpr count, int mask)
    {
        _asm.Mov(OpSize.Dword, Integer, count);
        _asm.Alu(AluOp.And, OpSize.Dword, Integer, mask);
        _asm.MovBits(OpSize.Dword, Scratch, Integer);
    }

    /// <summary>Loads the count of a shift of bytes, and into the temporary register bytes with so many zeros above ones.</summary>
    private void LoadByteMask(in VectorOperands operands)
    {
        LoadShiftCount(operands.Integer, 7);
        Ones(operands.Temporary);
        _asm.Packed(PackedShiftOp.Psrlw, operands.Temporary, 8);
        _asm.Packed(PackedOp.Psrlw, operands.Temporary, Scratch);
        _asm.Packed(PackedOp.PackUswb, operands.Temporary, operands.Temporary);
    }

    /// <summary>Shifts each byte as the upper half of a word.</summary>
    private void ShiftRightSigned8(in VectorOperands operands)
    {
        _asm.Mov(OpSize.Dword, Integer, operands.Integer);
        _asm.Alu(AluOp.And, OpSize.Dword, Integer, 7);
        _asm.Alu(AluOp.Add, OpSize.Dword, Integer, 8);
        _asm.MovBits(OpSize.Dword, Scratch, Integer);
        _asm.Packed(PackedOp.PunpckHbw, operands.Temporary, operands.Result);
        _asm.Packed(PackedOp.PunpckLbw, operands.Result, operands.Result);
        _asm.Packed(PackedOp.Psraw, operands.Temporary, Scratch);
        _asm.Packed(PackedOp.Psraw, operands.Result, Scratch);
        _asm.Packed(PackedOp.PackSswb, operands.Result, operands.Temporary);
    }

    /// <summary>Adds the products of low by high halves, shifted, to the product of the low halves.</summary>
    private void Multiply64(in VectorOperands operands)
    {
        Copy(Scratch, operands.Result);
        _asm.Packed(PackedShiftOp.Psrlq, Scratch, 32);
        _asm.Packed(PackedOp.PmulUdq, Scratch, operands.B);
        Copy(operands.Temporary, operands.B);
        _asm.Packed(PackedShiftOp.Psrlq, operands.Temporary, 32);
        _asm.Packed(PackedOp.PmulUdq, operands.Temporary, operands.Result);
        _asm.Packed(PackedOp.Paddq, Scratch, operands.Temporary);
        _asm.Packed(PackedShiftOp.Psllq, Scratch, 32);
        _asm.Packed(PackedOp.PmulUdq, operands.Result, operands.B);
        _asm.Packed(PackedOp.Paddq, operands.Result, Scratch);
    }
}
