using Harness.Engine.Baseline.Model;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Tests of the processor's flags: how they are made from a value, become a value, or decide on a jump.</summary>
internal sealed class ConditionEmitter(BaselineState state)
{
    private readonly Assembler _asm = state.Assembler;
    private readonly FrameSlots _frame = state.Frame;
    private readonly ValueStack _stack = state.Stack;

    /// <summary>Compares a register with a constant.</summary>
    public void CompareConstant(OpSize size, Gpr register, int constant)
    {
        if (constant == 0)
        {
            _asm.Test(size, register, register);
        }
        else
        {
            _asm.Alu(AluOp.Cmp, size, register, constant);
        }
    }

    /// <summary>Pops an i32 and tests whether it is not zero.</summary>
    public FlagTest PopCondition()
    {
        var register = _stack.Pop(RegisterSet.None).Gpr;
        _asm.Test(OpSize.Dword, register, register);
        return new FlagTest(Condition.NotZero);
    }

    /// <summary>Jumps if a test holds. The flags stay.</summary>
    public void EmitJump(FlagTest test, Label label)
    {
        if (test.Unordered == UnorderedRule.IsFalse)
        {
            var otherwise = _asm.NewLabel();
            _asm.JccShort(Condition.Parity, otherwise);
            _asm.Jcc(test.Condition, label);
            _asm.Bind(otherwise);
            return;
        }

        if (test.Unordered == UnorderedRule.IsTrue)
        {
            _asm.Jcc(Condition.Parity, label);
        }

        _asm.Jcc(test.Condition, label);
    }

    /// <summary>Pushes the outcome of a test, 1 or 0. The flags are lost.</summary>
    public void PushFlag(FlagTest test)
    {
        _frame.KeepsFlags = true;
        var result = _stack.AllocateGpr(RegisterSet.None);
        _frame.KeepsFlags = false;
        _asm.Setcc(test.Condition, result);
        if (test.Unordered != UnorderedRule.None)
        {
            var isTrue = test.Unordered == UnorderedRule.IsTrue;
            _asm.Setcc(isTrue ? Condition.Parity : Condition.NoParity, CallingConvention.Scratch);
            _asm.Alu(isTrue ? AluOp.Or : AluOp.And, OpSize.Dword, result, CallingConvention.Scratch);
        }

        _asm.MovZx(OpSize.Byte, result, result);
        _stack.Push(ValueKind.I32, result);
    }
}
