using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission;

/// <content>
/// Moves between places. In the frame an i32 takes 8 bytes, zero-extended as in registers. Cycles are broken through
/// <see cref="CallingConvention.Scratch"/>; what goes from frame to frame passes through
/// <see cref="CallingConvention.ScratchXmm"/>. Where a vector breaks the cycle, they change places.
/// </content>
internal sealed partial class CodeEmitter
{
    /// <summary>Whether a vector that breaks a cycle is in the scratch register of floats.</summary>
    private bool keepsVector;

    /// <inheritdoc/>
    public Location ScratchFor(IrType type)
    {
        keepsVector = type == IrType.V128;
        return keepsVector ? Location.Of(CallingConvention.ScratchXmm) : Location.Of(CallingConvention.Scratch);
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
        else if (move.From.IsStack && move.To.IsStack && keepsVector)
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
            EmitCopy(SizeOf(move.Type), move.To, move.From);
        }
    }

    /// <summary>Copies between two registers, or a register and the frame.</summary>
    private void EmitCopy(OpSize size, Location to, Location from)
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
            EmitFloatConstant(to.Xmm, SizeOf(type), bits);
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

    private void EmitConstant(Gpr to, long bits)
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

    private void EmitFloatConstant(Xmm to, OpSize size, long bits)
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
    private void EmitLoadScalar(OpSize size, Xmm to, Mem from)
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

    private void EmitMoveBits(OpSize size, Xmm to, Gpr from)
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

    private void EmitCopy(Xmm to, Xmm from)
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

    private void EmitClear(Xmm register)
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

    private Mem FloatConstant(OpSize size, long bits) =>
        size == OpSize.Dword ? asm.Constant32((uint)bits) : asm.Constant64((ulong)bits);
}
