using Harness.Engine.Baseline.Model;
using Harness.Engine.Modules;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary><c>select</c>.</summary>
internal sealed class SelectEmitter(BaselineState state, ConditionEmitter conditions)
{
    private readonly Assembler _asm = state.Assembler;
    private readonly FrameSlots _frame = state.Frame;
    private readonly ValueStack _stack = state.Stack;
    private readonly ConditionEmitter _conditions = conditions;

    /// <summary>Selects by an operand.</summary>
    public void Emit() => Emit(_conditions.PopCondition());

    /// <summary>Selects by a test that was made.</summary>
    public void Emit(FlagTest test)
    {
        // Constants are loaded without changing the flags.
        _frame.KeepsFlags = true;
        var kind = _stack.Peek().Kind;
        var size = RegisterSet.SizeOf(kind);
        if (RegisterSet.IsFloat(kind) || test.Unordered != UnorderedRule.None)
        {
            var other = _stack.Pop(RegisterSet.None);
            var result = _stack.PopOwned(other.Bit);
            var keep = _asm.NewLabel();
            _conditions.EmitJump(test, keep);
            _frame.Move(result, other, kind);
            _asm.Bind(keep);
            _stack.Push(kind, result);
        }
        else if (_stack.Peek().IsFrame)
        {
            _stack.Drop();
            var slot = _frame.Slot(_stack.Height);
            var result = _stack.PopOwned(RegisterSet.None);
            _asm.Cmov(test.Condition.Negate(), size, result.Gpr, slot);
            _stack.Push(kind, result);
        }
        else
        {
            EmitSelectRegisters(test.Condition, kind);
        }

        _frame.KeepsFlags = false;
    }

    private void EmitSelectRegisters(Condition condition, ValueKind kind)
    {
        var size = RegisterSet.SizeOf(kind);
        var second = _stack.Pop(RegisterSet.None);
        var first = _stack.Pop(second.Bit);
        if (_stack.IsUsed(first) && !_stack.IsUsed(second))
        {
            _asm.Cmov(condition, size, second.Gpr, first.Gpr);
            _stack.Push(kind, second);
            return;
        }

        var result = first;
        if (_stack.IsUsed(first))
        {
            result = _stack.Allocate(kind, first.Bit | second.Bit);
            _frame.Move(result, first, kind);
        }

        _asm.Cmov(condition.Negate(), size, result.Gpr, second.Gpr);
        _stack.Push(kind, result);
    }
}
