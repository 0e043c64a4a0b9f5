using Harness.Engine.Baseline.Model;
using Harness.Engine.Modules;
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
    public void Compile(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.I32Eqz: EmitEqualsZero(OpSize.Dword); break;
            case Opcode.I32Eq: EmitIntegerCompare(OpSize.Dword, Condition.Equal); break;
            case Opcode.I32Ne: EmitIntegerCompare(OpSize.Dword, Condition.NotEqual); break;
            case Opcode.I32LtS: EmitIntegerCompare(OpSize.Dword, Condition.Less); break;
            case Opcode.I32LtU: EmitIntegerCompare(OpSize.Dword, Condition.Below); break;
            case Opcode.I32GtS: EmitIntegerCompare(OpSize.Dword, Condition.Greater); break;
            case Opcode.I32GtU: EmitIntegerCompare(OpSize.Dword, Condition.Above); break;
            case Opcode.I32LeS: EmitIntegerCompare(OpSize.Dword, Condition.LessOrEqual); break;
            case Opcode.I32LeU: EmitIntegerCompare(OpSize.Dword, Condition.BelowOrEqual); break;
            case Opcode.I32GeS: EmitIntegerCompare(OpSize.Dword, Condition.GreaterOrEqual); break;
            case Opcode.I32GeU: EmitIntegerCompare(OpSize.Dword, Condition.AboveOrEqual); break;

            case Opcode.I64Eqz: EmitEqualsZero(OpSize.Qword); break;
            case Opcode.I64Eq: EmitIntegerCompare(OpSize.Qword, Condition.Equal); break;
            case Opcode.I64Ne: EmitIntegerCompare(OpSize.Qword, Condition.NotEqual); break;
            case Opcode.I64LtS: EmitIntegerCompare(OpSize.Qword, Condition.Less); break;
            case Opcode.I64LtU: EmitIntegerCompare(OpSize.Qword, Condition.Below); break;
            case Opcode.I64GtS: EmitIntegerCompare(OpSize.Qword, Condition.Greater); break;
            case Opcode.I64GtU: EmitIntegerCompare(OpSize.Qword, Condition.Above); break;
            case Opcode.I64LeS: EmitIntegerCompare(OpSize.Qword, Condition.LessOrEqual); break;
            case Opcode.I64LeU: EmitIntegerCompare(OpSize.Qword, Condition.BelowOrEqual); break;
            case Opcode.I64GeS: EmitIntegerCompare(OpSize.Qword, Condition.GreaterOrEqual); break;
            case Opcode.I64GeU: EmitIntegerCompare(OpSize.Qword, Condition.AboveOrEqual); break;

            case Opcode.F32Eq: EmitFloatCompare(OpSize.Dword, Condition.Equal, UnorderedRule.IsFalse); break;
            case Opcode.F32Ne: EmitFloatCompare(OpSize.Dword, Condition.NotEqual, UnorderedRule.IsTrue); break;
            case Opcode.F32Lt: EmitFloatCompare(OpSize.Dword, Condition.Below, UnorderedRule.None); break;
            case Opcode.F32Gt: EmitFloatCompare(OpSize.Dword, Condition.Above, UnorderedRule.None); break;
            case Opcode.F32Le: EmitFloatCompare(OpSize.Dword, Condition.BelowOrEqual, UnorderedRule.None); break;
            case Opcode.F32Ge: EmitFloatCompare(OpSize.Dword, Condition.AboveOrEqual, UnorderedRule.None); break;

            case Opcode.F64Eq: EmitFloatCompare(OpSize.Qword, Condition.Equal, UnorderedRule.IsFalse); break;
            case Opcode.F64Ne: EmitFloatCompare(OpSize.Qword, Condition.NotEqual, UnorderedRule.IsTrue); break;
            case Opcode.F64Lt: EmitFloatCompare(OpSize.Qword, Condition.Below, UnorderedRule.None); break;
            case Opcode.F64Gt: EmitFloatCompare(OpSize.Qword, Condition.Above, UnorderedRule.None); break;
            case Opcode.F64Le: EmitFloatCompare(OpSize.Qword, Condition.BelowOrEqual, UnorderedRule.None); break;
            case Opcode.F64Ge: EmitFloatCompare(OpSize.Qword, Condition.AboveOrEqual, UnorderedRule.None); break;
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
            int constant = right.Constant;
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
            int constant = left.Constant;
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

    private void EmitFloatCompare(OpSize size, Condition condition, UnorderedRule unordered)
    {
        // An ordering that fails for unordered operands is "above": less-than is asked the other way round.
        bool isSwapped = condition is Condition.Below or Condition.BelowOrEqual;
        var right = _stack.Pop(RegisterSet.None);
        var left = _stack.Pop(right.Bit);
        (var first, var second) = isSwapped ? (right, left) : (left, right);
        _asm.Sse(size == OpSize.Dword ? SseOp.UcomiSs : SseOp.UcomiSd, first.Xmm, second.Xmm);
        _flags.UseFlags(new FlagTest(isSwapped ? condition.Swap() : condition, unordered));
    }
}
