using Harness.Engine.X64;

namespace Harness.Engine.Vectors;

/// <content>Floating-point arithmetic, and conversions of lanes.</content>
internal sealed partial class VectorEmitter
{
    /// <summary>Bits of a NaN's payload below the one that makes it quiet, with sign and exponent those to shift ones away from.</summary>
    private const int CanonicalShift32 = 10;
    private const int CanonicalShift64 = 13;

    /// <summary>2^31 - 1, 2^32 - 1 and 2^52 as doubles.</summary>
    private const ulong LargestSigned32 = 0x41DF_FFFF_FFC0_0000;
    private const ulong LargestUnsigned32 = 0x41EF_FFFF_FFE0_0000;
    private const ulong TwoToThe52 = 0x4330_0000_0000_0000;

    private void EmitFloat(in VectorSelection row, in VectorOperands operands)
    {
        var result = operands.Result;
        switch (row.Recipe)
        {
            case VectorRecipe.AbsoluteF32:
                _asm.Sse(SseOp.AndPs, result, Repeat32(0x7FFF_FFFF));
                break;
            case VectorRecipe.NegateF32:
                _asm.Sse(SseOp.XorPs, result, Repeat32(0x8000_0000));
                break;
            case VectorRecipe.AbsoluteF64:
                _asm.Sse(SseOp.AndPd, result, Repeat64(long.MaxValue));
                break;
            case VectorRecipe.NegateF64:
                _asm.Sse(SseOp.XorPd, result, Repeat64(1UL << 63));
                break;
            case VectorRecipe.MinimumF32:
                Minimum(row, operands, PackedImmediateOp.CmpPs, PackedShiftOp.Psrld, CanonicalShift32);
                break;
            case VectorRecipe.MinimumF64:
                Minimum(row, operands, PackedImmediateOp.CmpPd, PackedShiftOp.Psrlq, CanonicalShift64);
                break;
            case VectorRecipe.MaximumF32:
                Maximum(row, operands, PackedOp.SubPs, PackedImmediateOp.CmpPs, PackedShiftOp.Psrld, CanonicalShift32);
                break;
            case VectorRecipe.MaximumF64:
                Maximum(row, operands, PackedOp.SubPd, PackedImmediateOp.CmpPd, PackedShiftOp.Psrlq, CanonicalShift64);
                break;
            case VectorRecipe.MultiplyAdd:
                _asm.Packed(row.Operation, result, operands.B);
                _asm.Packed(row.Second, result, operands.C);
                break;
            case VectorRecipe.NegatedMultiplyAdd:
                _asm.Packed(row.Operation, result, operands.B);
                Copy(Scratch, operands.C);
                _asm.Packed(row.Second, Scratch, result);
                Copy(result, Scratch);
                break;
            case VectorRecipe.DotAdd:
                _asm.Packed(PackedOp.PmaddUbsw, result, operands.B);
                _asm.Packed(PackedOp.PmaddWd, result, Repeat16(1));
                _asm.Packed(PackedOp.Paddd, result, operands.C);
                break;
            default:
                EmitConversion(row, operands);
                break;
        }
    }

    /// <summary>
    /// The processor's minimum is the second operand for NaNs and zeros: it is taken in both orders, the signs and NaNs of both are put
    /// together, and NaNs lose their payload.
    /// </summary>
    private void Minimum(in VectorSelection row, in VectorOperands operands, PackedImmediateOp compare, PackedShiftOp shift, int count)
    {
        var result = operands.Result;
        Copy(Scratch, operands.B);
        _asm.Packed(row.Operation, Scratch, result);
        _asm.Packed(row.Operation, result, operands.B);
        _asm.Sse(SseOp.OrPs, Scratch, result);
        _asm.Packed(compare, result, Scratch, (int)PackedComparison.Unordered);
        _asm.Sse(SseOp.OrPs, Scratch, result);
        _asm.Packed(shift, result, count);
        _asm.Sse(SseOp.AndnPs, result, Scratch);
    }

    /// <summary>As <see cref="Minimum"/>. Where both orders differ in the sign only, that of the positive zero is right: the difference is subtracted.</summary>
    private void Maximum(
        in VectorSelection row, in VectorOperands operands, PackedOp subtract, PackedImmediateOp compare, PackedShiftOp shift, int count)
    {
        var result = operands.Result;
        Copy(Scratch, operands.B);
        _asm.Packed(row.Operation, Scratch, result);
        _asm.Packed(row.Operation, result, operands.B);
        _asm.Sse(SseOp.XorPs, result, Scratch);
        _asm.Sse(SseOp.OrPs, Scratch, result);
        _asm.Packed(subtract, Scratch, result);
        _asm.Packed(compare, result, Scratch, (int)PackedComparison.Unordered);
        _asm.Packed(shift, result, count);
        _asm.Sse(SseOp.AndnPs, result, Scratch);
    }

    private void EmitConversion(in VectorSelection row, in VectorOperands operands)
    {
        var result = operands.Result;
        switch (row.Recipe)
        {
            case VectorRecipe.TruncateSigned:
                TruncateSigned(result);
                break;
            case VectorRecipe.TruncateUnsigned:
                TruncateUnsigned(result, operands.Temporary);
                break;
            case VectorRecipe.TruncateSignedF64:
                // The minimum is its second operand, a zero, where the first is a NaN; below the range the conversion gives the right value.
                Copy(Scratch, result);
                _asm.Packed(PackedImmediateOp.CmpPd, Scratch, Scratch, (int)PackedComparison.Equal);
                _asm.Sse(SseOp.AndPd, Scratch, Repeat64(LargestSigned32));
                _asm.Packed(PackedOp.MinPd, result, Scratch);
                _asm.Packed(PackedOp.CvttPd2Dq, result, result);
                break;
            case VectorRecipe.TruncateUnsignedF64:
                // Plus 2^52, the integer is in the low bits.
                _asm.Sse(SseOp.XorPs, Scratch, Scratch);
                _asm.Packed(PackedOp.MaxPd, result, Scratch);
                _asm.Packed(PackedOp.MinPd, result, Repeat64(LargestUnsigned32));
                _asm.Packed(PackedImmediateOp.RoundPd, result, result, (int)RoundingMode.Truncate);
                _asm.Packed(PackedOp.AddPd, result, Repeat64(TwoToThe52));
                _asm.Packed(PackedImmediateOp.ShufPs, result, Scratch, 0x88);
                break;
            case VectorRecipe.ConvertUnsigned:
                // The low 16 bits and the rest, halved and doubled, are converted without error, and their sum is rounded once.
                Zero(Scratch);
                _asm.Packed(PackedImmediateOp.PblendW, Scratch, result, 0x55);
                _asm.Packed(PackedOp.Psubd, result, Scratch);
                _asm.Packed(PackedOp.CvtDq2Ps, Scratch, Scratch);
                _asm.Packed(PackedShiftOp.Psrld, result, 1);
                _asm.Packed(PackedOp.CvtDq2Ps, result, result);
                _asm.Packed(PackedOp.AddPs, result, result);
                _asm.Packed(PackedOp.AddPs, result, Scratch);
                break;
            case VectorRecipe.ConvertUnsignedF64:
                // Below the exponent of 2^52 an integer is the double 2^52 more.
                _asm.Packed(PackedOp.UnpckLPs, result, Repeat32((uint)(TwoToThe52 >> 32)));
                _asm.Packed(PackedOp.SubPd, result, Repeat64(TwoToThe52));
                break;
            default:
                throw new ArgumentException($"{row.Opcode} has no recipe", nameof(row));
        }
    }

    /// <summary>What does not fit becomes the smallest integer, of which all bits are flipped where the float was positive.</summary>
    private void TruncateSigned(Xmm result)
    {
        Copy(Scratch, result);
        _asm.Packed(PackedImmediateOp.CmpPs, Scratch, Scratch, (int)PackedComparison.Equal);
        _asm.Sse(SseOp.AndPs, result, Scratch);
        _asm.Packed(PackedOp.Pxor, Scratch, result);
        _asm.Packed(PackedOp.CvttPs2Dq, result, result);
        _asm.Packed(PackedOp.Pand, Scratch, result);
        _asm.Packed(PackedShiftOp.Psrad, Scratch, 31);
        _asm.Packed(PackedOp.Pxor, result, Scratch);
    }

    /// <summary>Converts the float, and what it exceeds 2^31 by, which is added where the float itself did not fit.</summary>
    private void TruncateUnsigned(Xmm result, Xmm temporary)
    {
        Zero(temporary);
        _asm.Packed(PackedOp.MaxPs, result, temporary);
        Ones(temporary);
        _asm.Packed(PackedShiftOp.Psrld, temporary, 1);
        _asm.Packed(PackedOp.CvtDq2Ps, temporary, temporary);
        Copy(Scratch, result);
        _asm.Packed(PackedOp.SubPs, Scratch, temporary);
        _asm.Packed(PackedImmediateOp.CmpPs, temporary, Scratch, (int)PackedComparison.LessOrEqual);
        _asm.Packed(PackedOp.CvttPs2Dq, Scratch, Scratch);
        _asm.Packed(PackedOp.Pxor, Scratch, temporary);
        Zero(temporary);
        _asm.Packed(PackedOp.PmaxSd, Scratch, temporary);
        _asm.Packed(PackedOp.CvttPs2Dq, result, result);
        _asm.Packed(PackedOp.Paddd, result, Scratch);
    }

    /// <summary>
    /// A relaxed product and sum as one instruction (<see cref="VectorFeatures.FusesMultiplyAdd"/>), in the register of the first or, after a
    /// copy if need be, of the third operand.
    /// </summary>
    private void EmitFused(in VectorSelection row, in VectorOperands operands)
    {
        var isNegated = row.Recipe == VectorRecipe.NegatedMultiplyAdd;
        var isSingle = row.Operation == PackedOp.MulPs;
        if (operands.Result == operands.A)
        {
            var product = isNegated
                ? (isSingle ? FusedOp.Vfnmadd213Ps : FusedOp.Vfnmadd213Pd)
                : (isSingle ? FusedOp.Vfmadd213Ps : FusedOp.Vfmadd213Pd);
            _asm.Vex(product, operands.Result, operands.B, operands.C);
            return;
        }

        var sum = isNegated
            ? (isSingle ? FusedOp.Vfnmadd231Ps : FusedOp.Vfnmadd231Pd)
            : (isSingle ? FusedOp.Vfmadd231Ps : FusedOp.Vfmadd231Pd);
        if (operands.Result != operands.C)
        {
            _asm.VexMovAps(operands.Result, operands.C);
        }

        _asm.Vex(sum, operands.Result, operands.A, operands.B);
    }
}
