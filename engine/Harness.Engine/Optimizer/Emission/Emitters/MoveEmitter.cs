using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.Runtime;
using Harness.Engine.Vectors;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission.Emitters;

/// <summary>
/// Moves between places, and constants. In the frame an i32 takes 8 bytes, zero-extended as in registers. Cycles are broken through
/// <see cref="CallingConvention.Scratch"/>; what goes from frame to frame passes through
/// <see cref="CallingConvention.ScratchXmm"/>. Where a vector breaks the cycle, they change places.
/// </summary>
internal sealed class MoveEmitter(EmissionState state, Assembler asm, VectorEmitter vectors) : IMoveEmitter
{
    /// <summary>Whether a vector that breaks a cycle is in the scratch register of floats.</summary>
    private bool _keepsVector;

    /// <summary>Begins with a function.</summary>
    public void Clear() => _keepsVector = false;

    /// <inheritdoc/>
    public Location ScratchFor(IrType type)
    {
        _keepsVector = type == IrType.V128;
        return _keepsVector ? Location.Of(CallingConvention.ScratchXmm) : Location.Of(CallingConvention.Scratch);
    }

    /// <inheritdoc/>
    public void EmitMove(Move move)
    {
        if (move.To.IsNone)
        {
            return;
        }

        if (move.From.IsNone)
        {
            EmitConstantTo(move.To, move.Type, move.Constant);
        }
        else if (move.Type == IrType.V128)
        {
            EmitVectorMove(move.To, move.From);
        }
        else if (move.From.IsStack && move.To.IsStack && _keepsVector)
        {
            asm.Mov(OpSize.Qword, CallingConvention.Scratch, move.From.Memory);
            asm.Mov(OpSize.Qword, move.To.Memory, CallingConvention.Scratch);
        }
        else if (move.From.IsStack && move.To.IsStack)
        {
            EmitLoadScalar(OpSize.Qword, CallingConvention.ScratchXmm, move.From.Memory);
            asm.MovScalar(OpSize.Qword, move.To.Memory, CallingConvention.ScratchXmm);
        }
        else
        {
            EmitCopy(EmissionState.SizeOf(move.Type), move.To, move.From);
        }
    }

    /// <summary>Copies between places, unless they are one.</summary>
    public void EmitCopy(OpSize size, Gpr to, Gpr from)
    {
        if (to != from)
        {
            asm.Mov(size, to, from);
        }
    }

    /// <summary>Copies between two registers, or a register and the frame.</summary>
    public void EmitCopy(OpSize size, Location to, Location from)
    {
        if (to == from)
        {
            return;
        }

        if (to.IsGpr)
        {
            if (from.IsGpr)
            {
                asm.Mov(size, to.Gpr, from.Gpr);
            }
            else if (from.IsXmm)
            {
                asm.MovBits(OpSize.Qword, to.Gpr, from.Xmm);
            }
            else
            {
                asm.Mov(size, to.Gpr, from.Memory);
            }
        }
        else if (to.IsXmm)
        {
            if (from.IsXmm)
            {
                EmitCopy(to.Xmm, from.Xmm);
            }
            else if (from.IsGpr)
            {
                EmitMoveBits(OpSize.Qword, to.Xmm, from.Gpr);
            }
            else
            {
                EmitLoadScalar(size, to.Xmm, from.Memory);
            }
        }
        else if (from.IsGpr)
        {
            asm.Mov(OpSize.Qword, to.Memory, from.Gpr);
        }
        else
        {
            asm.MovScalar(OpSize.Qword, to.Memory, from.Xmm);
        }
    }

    /// <summary>Copies between places, unless they are one.</summary>
    public void EmitCopy(Xmm to, Xmm from)
    {
        if (to == from)
        {
            return;
        }

        if (CpuFeatures.Avx)
        {
            asm.VexMovAps(to, from);
        }
        else
        {
            asm.MovAps(to, from);
        }
    }

    private void EmitConstantTo(Location to, IrType type, long bits)
    {
        if (type == IrType.V128)
        {
            EmitVectorConstantTo(to, bits);
        }
        else if (to.IsGpr)
        {
            EmitConstant(to.Gpr, bits);
        }
        else if (to.IsXmm)
        {
            EmitFloatConstant(to.Xmm, EmissionState.SizeOf(type), bits);
        }
        else
        {
            EmitConstantTo(to.Memory, bits);
        }
    }

    private void EmitConstantTo(Mem to, long bits)
    {
        if (bits == (int)bits)
        {
            asm.Mov(OpSize.Qword, to, (int)bits);
        }
        else
        {
            asm.MovImm(CallingConvention.Scratch, bits);
            asm.Mov(OpSize.Qword, to, CallingConvention.Scratch);
        }
    }

    /// <summary>Loads an integer.</summary>
    public void EmitConstant(Gpr to, long bits)
    {
        if (bits == 0)
        {
            asm.Zero(to);
        }
        else
        {
            asm.MovImm(to, bits);
        }
    }

    /// <summary>Loads a float.</summary>
    public void EmitFloatConstant(Xmm to, OpSize size, long bits)
    {
        if (bits == 0)
        {
            EmitClear(to);
        }
        else
        {
            EmitLoadScalar(size, to, FloatConstant(size, bits));
        }
    }

    // Three-operand encodings also where they have but two operands: they do not wait for the upper part of the register.
    public void EmitLoadScalar(OpSize size, Xmm to, Mem from)
    {
        if (CpuFeatures.Avx)
        {
            asm.VexMovScalar(size, to, from);
        }
        else
        {
            asm.MovScalar(size, to, from);
        }
    }

    /// <summary>Copies bits to a register of floats.</summary>
    public void EmitMoveBits(OpSize size, Xmm to, Gpr from)
    {
        if (CpuFeatures.Avx)
        {
            asm.VexMovBits(size, to, from);
        }
        else
        {
            asm.MovBits(size, to, from);
        }
    }

    /// <summary>Sets a register of floats to 0.</summary>
    public void EmitClear(Xmm register)
    {
        if (CpuFeatures.Avx)
        {
            asm.Vex(SseOp.XorPs, register, register, register);
        }
        else
        {
            asm.Sse(SseOp.XorPs, register, register);
        }
    }

    /// <summary>A float behind the code.</summary>
    public Mem FloatConstant(OpSize size, long bits) =>
        size == OpSize.Dword ? asm.Constant32((uint)bits) : asm.Constant64((ulong)bits);

    /// <summary>Moves a vector between registers and spill slots.</summary>
    public void EmitVectorMove(Location to, Location from)
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
        else if (_keepsVector)
        {
            for (var offset = 0; offset < FrameLayout.BaselineVectorSlotSize; offset += sizeof(long))
            {
                asm.Mov(OpSize.Qword, CallingConvention.Scratch, from.Memory.Offset(offset));
                asm.Mov(OpSize.Qword, to.Memory.Offset(offset), CallingConvention.Scratch);
            }
        }
        else
        {
            asm.MovAps(CallingConvention.ScratchXmm, from.Memory);
            asm.MovAps(to.Memory, CallingConvention.ScratchXmm);
        }
    }

    /// <summary>Copies between vector registers.</summary>
    public void EmitVectorCopy(Xmm to, Xmm from)
    {
        if (to == from)
        {
            return;
        }

        if (vectors.Features.HasThreeOperands)
        {
            asm.VexMovAps(to, from);
        }
        else
        {
            asm.MovAps(to, from);
        }
    }

    /// <summary>Loads a vector.</summary>
    public void EmitVectorConstant(Xmm to, long number)
    {
        if (number != VectorPool.Zero)
        {
            asm.MovAps(to, VectorConstant(number));
        }
        else if (vectors.Features.HasThreeOperands)
        {
            asm.Vex(PackedOp.Pxor, to, to, to);
        }
        else
        {
            asm.Packed(PackedOp.Pxor, to, to);
        }
    }

    private void EmitVectorConstantTo(Location to, long number)
    {
        var register = to.IsXmm ? to.Xmm : CallingConvention.ScratchXmm;
        EmitVectorConstant(register, number);
        if (to.IsStack)
        {
            asm.MovAps(to.Memory, register);
        }
    }

    /// <summary>A constant behind the code, which is aligned.</summary>
    public Mem VectorConstant(long number)
    {
        var vector = state.Code.Graph.Vectors[number];
        return asm.Constant128(vector.Low, vector.High);
    }
}
