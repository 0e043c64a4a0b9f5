using Harness.Engine.X64;

namespace Harness.Engine.Vectors;

/// <content>What three-operand encodings do without a copy, single operations whose second operand may be in memory, and shifts by constants.</content>
internal sealed partial class VectorEmitter
{
    /// <summary>Emits one operation with two operands (<see cref="VectorSelection.IsBinary"/>).</summary>
    /// <param name="row">The operation.</param>
    /// <param name="result">The result; not the register of <paramref name="b"/>, unless encodings have three operands.</param>
    /// <param name="a">The first operand.</param>
    /// <param name="b">The second operand.</param>
    public void EmitBinary(in VectorSelection row, Xmm result, Xmm a, Xmm b)
    {
        var hasImmediate = row.Recipe == VectorRecipe.BinaryImmediate;
        if (Features.HasThreeOperands)
        {
            if (hasImmediate)
            {
                _asm.Vex(row.ImmediateOperation, result, a, b, row.Immediate);
            }
            else
            {
                _asm.Vex(row.Operation, result, a, b);
            }

            return;
        }

        if (result != a)
        {
            Copy(result, a);
        }

        if (hasImmediate)
        {
            _asm.Packed(row.ImmediateOperation, result, b, row.Immediate);
        }
        else
        {
            _asm.Packed(row.Operation, result, b);
        }
    }

    /// <summary>Emits one operation with two operands, of which the second is in memory; with three operands, as one instruction.</summary>
    /// <param name="row">The operation.</param>
    /// <param name="result">The result.</param>
    /// <param name="a">The first operand.</param>
    /// <param name="b">The second operand, aligned to 16 bytes unless encodings have three operands.</param>
    public void EmitBinary(in VectorSelection row, Xmm result, Xmm a, Mem b)
    {
        var hasImmediate = row.Recipe == VectorRecipe.BinaryImmediate;
        if (Features.HasThreeOperands)
        {
            if (hasImmediate)
            {
                _asm.Vex(row.ImmediateOperation, result, a, b, row.Immediate);
            }
            else
            {
                _asm.Vex(row.Operation, result, a, b);
            }

            return;
        }

        if (result != a)
        {
            Copy(result, a);
        }

        if (hasImmediate)
        {
            _asm.Packed(row.ImmediateOperation, result, b, row.Immediate);
        }
        else
        {
            _asm.Packed(row.Operation, result, b);
        }
    }

    /// <summary>Emits a shift (<see cref="VectorSelection.IsShift"/>) by a constant.</summary>
    /// <param name="row">The shift.</param>
    /// <param name="result">The result.</param>
    /// <param name="a">What is shifted.</param>
    /// <param name="count">By how many bits, of which as many count as the lane's width has.</param>
    public void EmitShift(in VectorSelection row, Xmm result, Xmm a, int count)
    {
        switch (row.Recipe)
        {
            case VectorRecipe.Shift:
                Shift(WithConstant(row.Operation), result, a, count & row.Immediate);
                break;
            case VectorRecipe.ShiftLeft8:
                Shift(PackedShiftOp.Psllw, result, a, count & 7);
                _asm.Packed(PackedOp.Pand, result, Repeat8((byte)(byte.MaxValue << (count & 7))));
                break;
            case VectorRecipe.ShiftRightUnsigned8:
                Shift(PackedShiftOp.Psrlw, result, a, count & 7);
                _asm.Packed(PackedOp.Pand, result, Repeat8((byte)(byte.MaxValue >> (count & 7))));
                break;
            case VectorRecipe.ShiftRightSigned8:
                // The sign bit is moved along, and what is left of it is subtracted.
                Shift(PackedShiftOp.Psrlw, result, a, count & 7);
                var sign8 = Repeat8((byte)(0x80 >> (count & 7)));
                _asm.Packed(PackedOp.Pand, result, Repeat8((byte)(byte.MaxValue >> (count & 7))));
                _asm.Packed(PackedOp.Pxor, result, sign8);
                _asm.Packed(PackedOp.Psubb, result, sign8);
                break;
            case VectorRecipe.ShiftRightSigned64:
                Shift(PackedShiftOp.Psrlq, result, a, count & 63);
                var sign64 = Repeat64((1UL << 63) >> (count & 63));
                _asm.Packed(PackedOp.Pxor, result, sign64);
                _asm.Packed(PackedOp.Psubq, result, sign64);
                break;
            default:
                throw new ArgumentException($"{row.Opcode} is no shift", nameof(row));
        }
    }

    private void Shift(PackedShiftOp op, Xmm result, Xmm a, int count)
    {
        if (Features.HasThreeOperands)
        {
            _asm.Vex(op, result, a, count);
            return;
        }

        if (result != a)
        {
            Copy(result, a);
        }

        _asm.Packed(op, result, count);
    }

    /// <summary>The form with a constant count of an operation that shifts by the count in a register.</summary>
    private static PackedShiftOp WithConstant(PackedOp operation) => operation switch
    {
        PackedOp.Psllw => PackedShiftOp.Psllw,
        PackedOp.Pslld => PackedShiftOp.Pslld,
        PackedOp.Psllq => PackedShiftOp.Psllq,
        PackedOp.Psrlw => PackedShiftOp.Psrlw,
        PackedOp.Psrld => PackedShiftOp.Psrld,
        PackedOp.Psrlq => PackedShiftOp.Psrlq,
        PackedOp.Psraw => PackedShiftOp.Psraw,
        PackedOp.Psrad => PackedShiftOp.Psrad,
        _ => throw new ArgumentException($"{operation} is no shift", nameof(operation)),
    };

    /// <summary>
    /// Emits an instruction whose first operation takes the first operand from its own register; says whether that is so. The last operands
    /// are in other registers than the result all the same.
    /// </summary>
    private bool TryEmitThreeOperand(in VectorSelection row, in VectorOperands operands)
    {
        var result = operands.Result;
        switch (row.Recipe)
        {
            case VectorRecipe.Binary or VectorRecipe.BinaryImmediate:
                EmitBinary(row, result, operands.A, operands.B);
                return true;
            case VectorRecipe.InvertedBinary:
                _asm.Vex(row.Operation, result, operands.A, operands.B);
                Invert(result);
                return true;
            case VectorRecipe.EqualToExtremum:
                _asm.Vex(row.Operation, Scratch, operands.A, operands.B);
                _asm.Vex(row.Second, result, operands.A, Scratch);
                return true;
            case VectorRecipe.UnequalToExtremum:
                _asm.Vex(row.Operation, Scratch, operands.A, operands.B);
                _asm.Vex(row.Second, result, operands.A, Scratch);
                Invert(result);
                return true;
            case VectorRecipe.Not:
                Ones(Scratch);
                _asm.Vex(PackedOp.Pxor, result, operands.A, Scratch);
                return true;
            case VectorRecipe.BitSelect:
                _asm.Vex(PackedOp.Pandn, Scratch, operands.C, operands.B);
                _asm.Vex(PackedOp.Pand, result, operands.A, operands.C);
                _asm.Packed(PackedOp.Por, result, Scratch);
                return true;
            case VectorRecipe.Swizzle:
                _asm.Vex(PackedOp.PaddUsb, Scratch, operands.B, Repeat8(0x70));
                _asm.Vex(PackedOp.Pshufb, result, operands.A, Scratch);
                return true;
            case VectorRecipe.Negate:
                Zero(Scratch);
                _asm.Vex(row.Operation, result, Scratch, operands.A);
                return true;
            case VectorRecipe.Shift:
                LoadShiftCount(operands.Integer, row.Immediate);
                _asm.Vex(row.Operation, result, operands.A, Scratch);
                return true;
            case VectorRecipe.MultiplyAdd:
                _asm.Vex(row.Operation, result, operands.A, operands.B);
                _asm.Packed(row.Second, result, operands.C);
                return true;
            case VectorRecipe.NegatedMultiplyAdd:
                _asm.Vex(row.Operation, Scratch, operands.A, operands.B);
                _asm.Vex(row.Second, result, operands.C, Scratch);
                return true;
            case VectorRecipe.AbsoluteF32:
                _asm.Vex(SseOp.AndPs, result, operands.A, Repeat32(0x7FFF_FFFF));
                return true;
            case VectorRecipe.NegateF32:
                _asm.Vex(SseOp.XorPs, result, operands.A, Repeat32(0x8000_0000));
                return true;
            case VectorRecipe.AbsoluteF64:
                _asm.Vex(SseOp.AndPd, result, operands.A, Repeat64(long.MaxValue));
                return true;
            case VectorRecipe.NegateF64:
                _asm.Vex(SseOp.XorPd, result, operands.A, Repeat64(1UL << 63));
                return true;
            default:
                return false;
        }
    }
}
