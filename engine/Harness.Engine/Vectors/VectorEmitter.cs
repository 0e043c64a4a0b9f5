using Harness.Engine.X64;
using CallingConvention = Harness.Engine.Runtime.CallingConvention;

namespace Harness.Engine.Vectors;

/// <summary>
/// Emits the machine code of vector instructions for both compilers, which choose the registers. The scratch registers of the calling
/// convention are overwritten. Where memory is accessed, the first instruction does it, and no other.
/// </summary>
/// <remarks>
/// The sequences for conversions, minimum and maximum of floats follow those that V8 and Cranelift use; their constants are in the pool
/// behind the code.
/// </remarks>
internal sealed partial class VectorEmitter(Assembler assembler)
{
    private const Xmm Scratch = CallingConvention.ScratchXmm;
    private const Gpr Integer = CallingConvention.Scratch;

    /// <summary>The numbers of lanes of 32 bits that move the upper half of a vector to the lower one.</summary>
    private const int UpperHalf = 0xEE;

    private readonly Assembler _asm = assembler;

    /// <summary>What the code may use; nothing beyond SSE4.1 to begin with.</summary>
    public VectorFeatures Features { get; set; }

    /// <summary>Emits one instruction.</summary>
    /// <param name="row">What it becomes.</param>
    /// <param name="operands">Its registers.</param>
    public void Emit(in VectorSelection row, in VectorOperands operands)
    {
        if (row.Recipe == VectorRecipe.Shuffle)
        {
            Shuffle(operands);
            return;
        }

        if (row.IsMultiplyAdd && Features.FusesMultiplyAdd)
        {
            EmitFused(row, operands);
            return;
        }

        if (row.OverwritesFirst)
        {
            if (Features.HasThreeOperands && TryEmitThreeOperand(row, operands))
            {
                return;
            }

            if (operands.Result != operands.A)
            {
                Copy(operands.Result, operands.A);
            }

            EmitOverwriting(row, operands);
            return;
        }

        switch (row.Recipe)
        {
            case VectorRecipe.Load:
                _asm.MovUps(operands.Result, operands.Memory);
                break;
            case VectorRecipe.LoadPacked:
                _asm.Packed(row.Operation, operands.Result, operands.Memory);
                break;
            case VectorRecipe.Load8Splat when Features.HasBroadcasts:
                _asm.Vex(BroadcastOp.Vpbroadcastb, operands.Result, operands.Memory);
                break;
            case VectorRecipe.Load8Splat:
                _asm.MovZx(OpSize.Byte, Integer, operands.Memory);
                Splat8(operands.Result, Integer);
                break;
            case VectorRecipe.Load16Splat when Features.HasBroadcasts:
                _asm.Vex(BroadcastOp.Vpbroadcastw, operands.Result, operands.Memory);
                break;
            case VectorRecipe.Load16Splat:
                _asm.MovZx(OpSize.Word, Integer, operands.Memory);
                Splat16(operands.Result, Integer);
                break;
            case VectorRecipe.Load32Splat when Features.HasThreeOperands:
                _asm.Vex(BroadcastOp.VbroadcastSs, operands.Result, operands.Memory);
                break;
            case VectorRecipe.Load32Splat:
                _asm.MovScalar(OpSize.Dword, operands.Result, operands.Memory);
                _asm.Packed(PackedImmediateOp.PshufD, operands.Result, operands.Result, 0);
                break;
            case VectorRecipe.LoadScalar:
                _asm.MovScalar(row.LaneSize, operands.Result, operands.Memory);
                break;
            case VectorRecipe.Store:
                _asm.MovUps(operands.Memory, operands.A);
                break;
            case VectorRecipe.StoreLane:
                _asm.ExtractLane(row.LaneSize, operands.Memory, operands.A, operands.Lane);
                break;
            case VectorRecipe.Splat8:
                Splat8(operands.Result, operands.Integer);
                break;
            case VectorRecipe.Splat16:
                Splat16(operands.Result, operands.Integer);
                break;
            case VectorRecipe.Splat32:
                _asm.MovBits(OpSize.Dword, operands.Result, operands.Integer);
                _asm.Packed(PackedImmediateOp.PshufD, operands.Result, operands.Result, 0);
                break;
            case VectorRecipe.Splat64:
                _asm.MovBits(OpSize.Qword, operands.Result, operands.Integer);
                _asm.Packed(PackedOp.PunpckLqdq, operands.Result, operands.Result);
                break;
            case VectorRecipe.Unary:
                _asm.Packed(row.Operation, operands.Result, operands.A);
                break;
            case VectorRecipe.UnaryImmediate:
                _asm.Packed(row.ImmediateOperation, operands.Result, operands.A, row.Immediate);
                break;
            case VectorRecipe.ExtendHigh:
                _asm.Packed(PackedImmediateOp.PshufD, operands.Result, operands.A, UpperHalf);
                _asm.Packed(row.Operation, operands.Result, operands.Result);
                break;
            case VectorRecipe.ExtractF32:
                ExtractFloat(operands, lanesPerLane: 1);
                break;
            case VectorRecipe.ExtractF64:
                ExtractFloat(operands, lanesPerLane: 2);
                break;
            default:
                EmitIntegerResult(row, operands);
                break;
        }
    }

    private void EmitIntegerResult(in VectorSelection row, in VectorOperands operands)
    {
        var result = operands.IntegerResult;
        switch (row.Recipe)
        {
            case VectorRecipe.Extract:
                _asm.ExtractLane(row.LaneSize, result, operands.A, operands.Lane);
                break;
            case VectorRecipe.ExtractSigned:
                _asm.ExtractLane(row.LaneSize, result, operands.A, operands.Lane);
                _asm.MovSx(OpSize.Dword, row.LaneSize, result, result);
                break;
            case VectorRecipe.AnyTrue or VectorRecipe.AllTrue:
                EmitTest(row, operands.A);
                SetByte(row.WhenTrue, result);
                break;
            case VectorRecipe.BitMask8:
                _asm.Cvt(FloatToIntOp.PMovMskB, result, operands.A);
                break;
            case VectorRecipe.BitMask16:
                Copy(Scratch, operands.A);
                _asm.Packed(PackedOp.PackSswb, Scratch, Scratch);
                _asm.Cvt(FloatToIntOp.PMovMskB, result, Scratch);
                _asm.MovZx(OpSize.Byte, result, result);
                break;
            case VectorRecipe.BitMask32:
                _asm.Cvt(FloatToIntOp.MovMskPs, result, operands.A);
                break;
            case VectorRecipe.BitMask64:
                _asm.Cvt(FloatToIntOp.MovMskPd, result, operands.A);
                break;
            default:
                throw new ArgumentException($"{row.Opcode} has no recipe", nameof(row));
        }
    }

    /// <summary>Sets the flags by a question about all lanes (<see cref="VectorSelection.IsTest"/>).</summary>
    public void EmitTest(in VectorSelection row, Xmm vector)
    {
        if (row.Recipe == VectorRecipe.AnyTrue)
        {
            _asm.Packed(PackedOp.Ptest, vector, vector);
            return;
        }

        Zero(Scratch);
        _asm.Packed(row.Operation, Scratch, vector);
        _asm.Packed(PackedOp.Ptest, Scratch, Scratch);
    }

    private void SetByte(Condition condition, Gpr result)
    {
        _asm.Setcc(condition, result);
        _asm.MovZx(OpSize.Byte, result, result);
    }

    private void Splat8(Xmm result, Gpr value)
    {
        _asm.MovBits(OpSize.Dword, result, value);
        if (Features.HasBroadcasts)
        {
            _asm.Vex(BroadcastOp.Vpbroadcastb, result, result);
            return;
        }

        Zero(Scratch);
        _asm.Packed(PackedOp.Pshufb, result, Scratch);
    }

    private void Splat16(Xmm result, Gpr value)
    {
        _asm.MovBits(OpSize.Dword, result, value);
        if (Features.HasBroadcasts)
        {
            _asm.Vex(BroadcastOp.Vpbroadcastw, result, result);
            return;
        }

        _asm.Packed(PackedImmediateOp.PshufLw, result, result, 0);
        _asm.Packed(PackedImmediateOp.PshufD, result, result, 0);
    }

    /// <summary>Moves a lane to the lowest place.</summary>
    private void ExtractFloat(in VectorOperands operands, int lanesPerLane)
    {
        if (operands.Lane != 0)
        {
            var lanes = lanesPerLane == 1 ? operands.Lane : UpperHalf;
            _asm.Packed(PackedImmediateOp.PshufD, operands.Result, operands.A, lanes);
        }
        else if (operands.Result != operands.A)
        {
            Copy(operands.Result, operands.A);
        }
    }

    private void Copy(Xmm destination, Xmm source)
    {
        if (Features.HasThreeOperands)
        {
            _asm.VexMovAps(destination, source);
        }
        else
        {
            _asm.MovAps(destination, source);
        }
    }

    private void Zero(Xmm register) => _asm.Packed(PackedOp.Pxor, register, register);

    private void Ones(Xmm register) => _asm.Packed(PackedOp.PcmpEqd, register, register);

    /// <summary>A constant with the same eight bytes twice.</summary>
    private Mem Repeat64(ulong bits) => _asm.Constant128(bits, bits);

    /// <summary>A constant with the same four bytes in all lanes.</summary>
    private Mem Repeat32(uint bits) => Repeat64(bits * 0x1_0000_0001UL);

    /// <summary>A constant with the same two bytes in all lanes.</summary>
    private Mem Repeat16(ushort bits) => Repeat64(bits * 0x0001_0001_0001_0001UL);

    /// <summary>A constant with the same byte in all lanes.</summary>
    private Mem Repeat8(byte bits) => Repeat64(bits * 0x0101_0101_0101_0101UL);
}
