using Harness.Engine.Baseline.Model;
using Harness.Engine.Modules;
using Harness.Engine.Numbers;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Comparisons, which are fused with the branch or selection that follows.</summary>
internal sealed class CompareEmitter(BaselineState state, ConditionEmitter conditions, FlagFusion flags)
{
    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;
    private readonly FrameSlots _frame = state.Frame;
    private readonly ValueStack _stack = state.Stack;
    private readonly ConditionEmitter _conditions = conditions;
    private readonly FlagFusion _flags = flags;

    /// <summary>Compiles a comparison of numbers.</summary>
    public void Compile(Opcode opcode, NumericForm form)
    {
        switch (form.Kind)
        {
            case NumericFormKind.EqualsZero: EmitEqualsZero(form.Size); break;
            case NumericFormKind.CompareIntegers: EmitIntegerCompare(form.Size, (Condition)form.Operation); break;
            case NumericFormKind.CompareFloats: EmitFloatCompare(form.Size, (FloatRelation)form.Operation); break;
            default: throw _body.NotSupported(opcode);
        }
    }

    /// <summary>Compares two integers or references.</summary>
    public void EmitIntegerCompare(OpSize size, Condition condition)
    {
        ref readonly var right = ref _stack.Peek();
        ref readonly var left = ref _stack.Peek(1);
        if (right.IsConstant)
        {
            var constant = right.Constant;
            _stack.Drop();
            if (left.IsFrame)
            {
                _stack.Drop();
                _asm.Alu(AluOp.Cmp, size, _frame.Slot(_stack.Height), constant);
            }
            else
            {
                _conditions.CompareConstant(size, _stack.Pop(RegisterSet.None).Gpr, constant);
            }
        }
        else if (left.IsConstant)
        {
            var constant = left.Constant;
            var register = _stack.Pop(RegisterSet.None);
            _stack.Drop();
            _conditions.CompareConstant(size, register.Gpr, constant);
            condition = condition.Swap();
        }
        else if (right.IsFrame)
        {
            _stack.Drop();
            var slot = _frame.Slot(_stack.Height);
            _asm.Alu(AluOp.Cmp, size, _stack.Pop(RegisterSet.None).Gpr, slot);
        }
        else
        {
            var register = _stack.Pop(RegisterSet.None);
            if (left.IsFrame)
            {
                _stack.Drop();
                _asm.Alu(AluOp.Cmp, size, _frame.Slot(_stack.Height), register.Gpr);
            }
            else
            {
                _asm.Alu(AluOp.Cmp, size, _stack.Pop(register.Bit).Gpr, register.Gpr);
            }
        }

        _flags.UseFlags(new FlagTest(condition));
    }

    /// <summary>Compares an integer or a reference with zero.</summary>
    public void EmitEqualsZero(OpSize size)
    {
        var register = _stack.Pop(RegisterSet.None).Gpr;
        _asm.Test(size, register, register);
        _flags.UseFlags(new FlagTest(Condition.Zero));
    }

    private void EmitFloatCompare(OpSize size, FloatRelation relation)
    {
        // An ordering that fails for unordered operands is "above": less-than is asked the other way round.
        var isSwapped = relation is FloatRelation.Less or FloatRelation.LessOrEqual;
        var right = _stack.Pop(RegisterSet.None);
        var left = _stack.Pop(right.Bit);
        var (first, second) = isSwapped ? (right, left) : (left, right);
        _asm.Sse(size == OpSize.Dword ? SseOp.UcomiSs : SseOp.UcomiSd, first.Xmm, second.Xmm);
        _flags.UseFlags(relation switch
        {
            FloatRelation.Equal => new FlagTest(Condition.Equal, UnorderedRule.IsFalse),
            FloatRelation.NotEqual => new FlagTest(Condition.NotEqual, UnorderedRule.IsTrue),
            FloatRelation.Less or FloatRelation.Greater => new FlagTest(Condition.Above),
            _ => new FlagTest(Condition.AboveOrEqual),
        });
    }
}
