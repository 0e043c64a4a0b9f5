using Harness.Engine.X64;

namespace Harness.Engine.Vectors;

/// <content>Shuffles: one instruction where there is one that does it, else bytes by tables.</content>
internal sealed partial class VectorEmitter
{
    /// <summary>The bits that tell bytes of a shuffle's second operand.</summary>
    private const ulong SecondOperand = 0x1010_1010_1010_1010;

    private void Shuffle(in VectorOperands operands)
    {
        if (ShuffleMatch.TryFind(operands.Low, operands.High, out var match))
        {
            EmitMatch(match, operands);
        }
        else if (((operands.Low | operands.High) & SecondOperand) == 0)
        {
            ShuffleBytes(operands.Result, operands.A, SplitLanes(operands.Low).First, SplitLanes(operands.High).First);
        }
        else if ((operands.Low & operands.High & SecondOperand) == SecondOperand)
        {
            ShuffleBytes(operands.Result, operands.B, SplitLanes(operands.Low).Second, SplitLanes(operands.High).Second);
        }
        else
        {
            ShuffleBoth(operands);
        }
    }

    private void EmitMatch(in ShuffleMatch match, in VectorOperands operands)
    {
        var result = operands.Result;
        var first = match.FirstIsB ? operands.B : operands.A;
        var second = match.SecondIsB ? operands.B : operands.A;
        switch (match.Kind)
        {
            case ShuffleKind.Copy:
                if (result != first)
                {
                    Copy(result, first);
                }

                break;
            case ShuffleKind.Unary:
                _asm.Packed(match.ImmediateOperation, result, first, match.Immediate);
                break;
            case ShuffleKind.Binary when Features.HasThreeOperands:
                _asm.Vex(match.Operation, result, first, second);
                break;
            case ShuffleKind.BinaryImmediate when Features.HasThreeOperands:
                _asm.Vex(match.ImmediateOperation, result, first, second, match.Immediate);
                break;
            case ShuffleKind.Binary or ShuffleKind.BinaryImmediate when result == second && first != second:
                // The first operand cannot be overwritten by itself.
                Copy(Scratch, first);
                EmitInPlace(match, Scratch, second);
                Copy(result, Scratch);
                break;
            default:
                if (result != first)
                {
                    Copy(result, first);
                }

                EmitInPlace(match, result, second);
                break;
        }
    }

    private void EmitInPlace(in ShuffleMatch match, Xmm result, Xmm second)
    {
        if (match.Kind == ShuffleKind.Binary)
        {
            _asm.Packed(match.Operation, result, second);
        }
        else
        {
            _asm.Packed(match.ImmediateOperation, result, second, match.Immediate);
        }
    }

    /// <summary>Takes bytes of one operand by a table.</summary>
    private void ShuffleBytes(Xmm result, Xmm source, ulong low, ulong high)
    {
        var table = _asm.Constant128(low, high);
        if (Features.HasThreeOperands)
        {
            _asm.Vex(PackedOp.Pshufb, result, source, table);
            return;
        }

        if (result != source)
        {
            Copy(result, source);
        }

        _asm.Packed(PackedOp.Pshufb, result, table);
    }

    /// <summary>Takes bytes of both operands by tables in which a highest bit makes zero.</summary>
    private void ShuffleBoth(in VectorOperands operands)
    {
        var (firstLow, secondLow) = SplitLanes(operands.Low);
        var (firstHigh, secondHigh) = SplitLanes(operands.High);
        ShuffleBytes(Scratch, operands.B, secondLow, secondHigh);
        ShuffleBytes(operands.Result, operands.A, firstLow, firstHigh);
        _asm.Packed(PackedOp.Por, operands.Result, Scratch);
    }

    /// <summary>The numbers of bytes for the first and the second operand; where the byte is of the other one, the highest bit is set.</summary>
    private static (ulong First, ulong Second) SplitLanes(ulong lanes)
    {
        // A byte of the second operand has a number with this bit, which becomes the highest one.
        var isSecond = (lanes & SecondOperand) << 3;
        var number = lanes & 0x0F0F_0F0F_0F0F_0F0F;
        return (number | isSecond, number | (isSecond ^ 0x8080_8080_8080_8080));
    }
}
