using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline;

/// <content>Comparisons, which are fused with the branch or selection that follows, and <c>select</c>.</content>
internal sealed partial class FunctionCompiler
{
    private void EmitIntegerCompare(OpSize size, Condition condition)
    {
        ref var right = ref _cache.Peek();
        ref var left = ref _cache.Peek(1);
        if (right.IsConstant)
        {
            int constant = right.Constant;
            _cache.Drop();
            if (left.IsFrame)
            {
                _cache.Drop();
                _asm.Alu(AluOp.Cmp, size, _cache.Slot(_cache.Height), constant);
            }
            else
            {
                CompareConstant(size, _cache.Pop(RegisterSet.None).Gpr, constant);
            }
        }
        else if (left.IsConstant)
        {
            int constant = left.Constant;
            var register = _cache.Pop(RegisterSet.None);
            _cache.Drop();
            CompareConstant(size, register.Gpr, constant);
            condition = condition.Swap();
        }
        else if (right.IsFrame)
        {
            _cache.Drop();
            var slot = _cache.Slot(_cache.Height);
            _asm.Alu(AluOp.Cmp, size, _cache.Pop(RegisterSet.None).Gpr, slot);
        }
        else
        {
            var register = _cache.Pop(RegisterSet.None);
            if (left.IsFrame)
            {
                _cache.Drop();
                _asm.Alu(AluOp.Cmp, size, _cache.Slot(_cache.Height), register.Gpr);
            }
            else
            {
                _asm.Alu(AluOp.Cmp, size, _cache.Pop(register.Bit).Gpr, register.Gpr);
            }
        }

        UseFlags(new FlagTest(condition));
    }

    private void EmitEqualsZero(OpSize size)
    {
        var register = _cache.Pop(RegisterSet.None).Gpr;
        _asm.Test(size, register, register);
        UseFlags(new FlagTest(Condition.Zero));
    }

    private void EmitFloatCompare(OpSize size, Condition condition, UnorderedRule unordered)
    {
        // An ordering that fails for unordered operands is "above": less-than is asked the other way round.
        bool isSwapped = condition is Condition.Below or Condition.BelowOrEqual;
        var right = _cache.Pop(RegisterSet.None);
        var left = _cache.Pop(right.Bit);
        (var first, var second) = isSwapped ? (right, left) : (left, right);
        _asm.Sse(size == OpSize.Dword ? SseOp.UcomiSs : SseOp.UcomiSd, first.Xmm, second.Xmm);
        UseFlags(new FlagTest(isSwapped ? condition.Swap() : condition, unordered));
    }

    private void CompareConstant(OpSize size, Gpr register, int constant)
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

    /// <summary>Uses a test of the flags right in the instruction that follows, or else pushes its outcome.</summary>
    private void UseFlags(FlagTest test)
    {
        while (true)
        {
            int next = _reader.Offset;
            switch (_reader.PeekOpcode())
            {
                case Opcode.I32Eqz:
                    _reader.ReadOpcode();
                    test = test.Negate();
                    break;
                case Opcode.BrIf:
                    _reader.ReadOpcode();
                    BeginFused(next);
                    EmitBranchIf(test, _reader.ReadIndex());
                    return;
                case Opcode.If:
                    _reader.ReadOpcode();
                    BeginFused(next);
                    EmitIf(test);
                    return;
                case Opcode.Select:
                    _reader.ReadOpcode();
                    BeginFused(next);
                    EmitSelect(test);
                    return;
                default:
                    PushFlag(test);
                    return;
            }
        }
    }

    private void BeginFused(int offset)
    {
        _offset = offset;
        SourceMap?.Add((_asm.Position, offset));
    }

    private void PushFlag(FlagTest test)
    {
        _cache.KeepsFlags = true;
        var result = _cache.AllocateGpr(RegisterSet.None);
        _cache.KeepsFlags = false;
        _asm.Setcc(test.Condition, result);
        if (test.Unordered != UnorderedRule.None)
        {
            bool isTrue = test.Unordered == UnorderedRule.IsTrue;
            _asm.Setcc(isTrue ? Condition.Parity : Condition.NoParity, CallingConvention.Scratch);
            _asm.Alu(isTrue ? AluOp.Or : AluOp.And, OpSize.Dword, result, CallingConvention.Scratch);
        }

        _asm.MovZx(OpSize.Byte, result, result);
        _cache.Push(ValueKind.I32, result);
    }

    /// <summary>Pops an i32 and tests whether it is not zero.</summary>
    private FlagTest PopCondition()
    {
        var register = _cache.Pop(RegisterSet.None).Gpr;
        _asm.Test(OpSize.Dword, register, register);
        return new FlagTest(Condition.NotZero);
    }

    /// <summary>Jumps if a test holds. The flags stay.</summary>
    private void EmitJump(FlagTest test, Label label)
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

    private void EmitSelect() => EmitSelect(PopCondition());

    private void EmitSelect(FlagTest test)
    {
        // Constants are loaded without changing the flags.
        _cache.KeepsFlags = true;
        var kind = _cache.Peek().Kind;
        var size = RegisterSet.SizeOf(kind);
        if (RegisterSet.IsFloat(kind) || test.Unordered != UnorderedRule.None)
        {
            var other = _cache.Pop(RegisterSet.None);
            var result = _cache.PopOwned(other.Bit);
            var keep = _asm.NewLabel();
            EmitJump(test, keep);
            _cache.Move(result, other, kind);
            _asm.Bind(keep);
            _cache.Push(kind, result);
        }
        else if (_cache.Peek().IsFrame)
        {
            _cache.Drop();
            var slot = _cache.Slot(_cache.Height);
            var result = _cache.PopOwned(RegisterSet.None);
            _asm.Cmov(test.Condition.Negate(), size, result.Gpr, slot);
            _cache.Push(kind, result);
        }
        else
        {
            EmitSelectRegisters(test.Condition, kind);
        }

        _cache.KeepsFlags = false;
    }

    private void EmitSelectRegisters(Condition condition, ValueKind kind)
    {
        var size = RegisterSet.SizeOf(kind);
        var second = _cache.Pop(RegisterSet.None);
        var first = _cache.Pop(second.Bit);
        if (_cache.IsUsed(first) && !_cache.IsUsed(second))
        {
            _asm.Cmov(condition, size, second.Gpr, first.Gpr);
            _cache.Push(kind, second);
            return;
        }

        var result = first;
        if (_cache.IsUsed(first))
        {
            result = _cache.Allocate(kind, first.Bit | second.Bit);
            _cache.Move(result, first, kind);
        }

        _asm.Cmov(condition.Negate(), size, result.Gpr, second.Gpr);
        _cache.Push(kind, result);
    }
}
