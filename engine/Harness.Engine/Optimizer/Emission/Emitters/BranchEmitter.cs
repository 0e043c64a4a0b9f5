using Harness.Engine.Optimizer.Lowering;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Optimizer.Emission.Emitters;

/// <summary>Jumps, branches and switches to blocks.</summary>
internal sealed class BranchEmitter(OperandLocations locations, BlockLabels blocks, ConditionEmitter conditions, Assembler asm)
{
    /// <summary>Most targets of a switch that comparisons find instead of a jump table.</summary>
    private const int ComparedTargets = 3;

    /// <summary>Goes on with a block.</summary>
    public void EmitJump(int target)
    {
        if (target == blocks.NextBlock)
        {
            return;
        }

        if (blocks.IsNear(target))
        {
            asm.JmpShort(blocks.Labels[target]);
        }
        else
        {
            asm.Jmp(blocks.Labels[target]);
        }
    }

    /// <summary>Goes on with one of two blocks.</summary>
    public void EmitBranch(FlagCondition condition, int taken, int otherwise)
    {
        if (taken == otherwise)
        {
            EmitJump(taken);
        }
        else if (taken == blocks.NextBlock)
        {
            conditions.EmitJumpIf(condition.Negate(), blocks.Labels[otherwise], blocks.IsNear(otherwise));
        }
        else
        {
            conditions.EmitJumpIf(condition, blocks.Labels[taken], blocks.IsNear(taken));
            EmitJump(otherwise);
        }
    }

    /// <summary>Goes on with one of several blocks.</summary>
    public void EmitSwitch(ReadOnlySpan<LirOperand> operands, in LirBlock block)
    {
        var index = locations.Input(operands, 0).Gpr;
        var count = block.SuccessorCount - 1;
        var last = blocks.TargetOf(block, count);
        if (count <= ComparedTargets)
        {
            for (var i = 0; i < count; i++)
            {
                if (blocks.TargetOf(block, i) != last)
                {
                    conditions.EmitCompareConstant(CompareKind.Integer, OpSize.Dword, Location.Of(index), i);
                    asm.Jcc(Condition.Equal, blocks.Labels[blocks.TargetOf(block, i)]);
                }
            }

            EmitJump(last);
            return;
        }

        asm.Alu(AluOp.Cmp, OpSize.Dword, index, count);
        asm.Jcc(Condition.AboveOrEqual, blocks.Labels[last]);
        var table = count <= 64 ? stackalloc Label[count] : new Label[count];
        for (var i = 0; i < count; i++)
        {
            table[i] = blocks.Labels[blocks.TargetOf(block, i)];
        }

        asm.Mov(OpSize.Dword, CallingConvention.Scratch, index);
        asm.JmpTable(CallingConvention.Scratch, Gpr.Rax, table);
    }
}
