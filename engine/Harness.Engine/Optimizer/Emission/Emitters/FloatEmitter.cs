using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission.Emitters;

/// <summary>Arithmetic on floats.</summary>
internal sealed class FloatEmitter(
    OperandLocations locations, SiteRecorder sites, ColdPaths coldPaths, MoveEmitter moveEmitter, Assembler asm)
{
    private const ulong SignMask32 = 0x8000_0000_8000_0000;
    private const ulong SignMask64 = 0x8000_0000_0000_0000;

    /// <summary>An operation on two floats.</summary>
    public void EmitFloatBinary(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var op = (SseOp)instruction.Sub;
        var left = locations.Input(operands, 1).Xmm;
        if (instruction.HasImmediate || instruction.HasAddress)
        {
            var memory = instruction.HasImmediate
                ? moveEmitter.FloatConstant(instruction.Size, instruction.Immediate)
                : locations.AddressOf(instruction, operands, 2);
            EmitFloatBinary(instruction, op, locations.Result(operands).Xmm, left, memory);
            return;
        }

        var right = locations.Input(operands, 2);
        var result = locations.Result(operands).Xmm;
        if (right.IsStack)
        {
            EmitFloatBinary(instruction, op, result, left, right.Memory);
        }
        else if (CpuFeatures.Avx)
        {
            asm.Vex(op, result, left, right.Xmm);
        }
        else
        {
            moveEmitter.EmitCopy(result, left);
            asm.Sse(op, result, right.Xmm);
        }
    }

    /// <summary>An operation on two floats.</summary>
    public void EmitFloatBinary(in LirInstruction instruction, SseOp op, Xmm result, Xmm left, Mem right)
    {
        if (CpuFeatures.Avx)
        {
            sites.NoteFault(instruction);
            asm.Vex(op, result, left, right);
        }
        else
        {
            moveEmitter.EmitCopy(result, left);
            sites.NoteFault(instruction);
            asm.Sse(op, result, right);
        }
    }

    /// <summary>An operation whose result takes the place of its first operand.</summary>
    public void EmitFloatInPlace(SseOp op, Xmm result, Xmm right)
    {
        if (CpuFeatures.Avx)
        {
            asm.Vex(op, result, result, right);
        }
        else
        {
            asm.Sse(op, result, right);
        }
    }

    /// <summary>An operation whose result takes the place of its first operand.</summary>
    public void EmitFloatInPlace(SseOp op, Xmm result, Mem right)
    {
        if (CpuFeatures.Avx)
        {
            asm.Vex(op, result, result, right);
        }
        else
        {
            asm.Sse(op, result, right);
        }
    }

    /// <summary>An operation on one float.</summary>
    public void EmitFloatUnary(SseOp op, Xmm result, Xmm input)
    {
        if (CpuFeatures.Avx)
        {
            asm.Vex(op, result, input, input);
        }
        else
        {
            asm.Sse(op, result, input);
        }
    }

    /// <summary>Rounds to an integer.</summary>
    public void EmitRound(OpSize size, Xmm result, Xmm input, RoundingMode mode)
    {
        if (CpuFeatures.Avx)
        {
            asm.VexRound(size, result, input, input, mode);
        }
        else
        {
            asm.Round(size, result, input, mode);
        }
    }

    /// <summary>An operation on the bits of floats.</summary>
    public void EmitBitwise(SseOp op, Xmm result, Xmm input, Mem mask)
    {
        if (CpuFeatures.Avx)
        {
            asm.Vex(op, result, input, mask);
        }
        else
        {
            moveEmitter.EmitCopy(result, input);
            asm.Sse(op, result, mask);
        }
    }

    /// <summary>A mask behind the code.</summary>
    public Mem MaskConstant(ulong bits) => asm.Constant128(bits, bits);

    /// <summary>The bits of a float but its sign are 0.</summary>
    public static ulong SignMask(OpSize size) => size == OpSize.Dword ? SignMask32 : SignMask64;

    /// <summary>The machine's minimum and maximum are right but for equal operands, which may be zeros, and NaN.</summary>
    public void EmitMinMax(in LirInstruction instruction, ReadOnlySpan<LirOperand> operands)
    {
        var isMin = instruction.Op == LirOp.FloatMin;
        var isSingle = instruction.Size == OpSize.Dword;
        var left = locations.Input(operands, 1).Xmm;
        var right = locations.Input(operands, 2).Xmm;
        var result = locations.Result(operands).Xmm;
        moveEmitter.EmitCopy(result, left);
        asm.Sse(ConditionEmitter.UcomisOf(instruction.Size), result, right);
        ref var path = ref coldPaths.AddColdPath(isMin ? ColdPathKind.EqualMinimum : ColdPathKind.EqualMaximum, instruction);
        path.Size = instruction.Size;
        path.Float = result;
        path.OtherFloat = right;
        path.Resume = asm.NewLabel();
        asm.Jcc(Condition.Equal, path.Entry);
        EmitFloatInPlace(
            isMin ? (isSingle ? SseOp.MinSs : SseOp.MinSd) : (isSingle ? SseOp.MaxSs : SseOp.MaxSd), result, right);
        asm.Bind(path.Resume);
    }
}
