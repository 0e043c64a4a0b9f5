using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline;

/// <content>Functions on strings that the engine provides, in the place of calls.</content>
internal sealed partial class FunctionCompiler
{
    /// <summary>Compiles a call of a function on strings, unless it has to be a call; says whether it has not.</summary>
    private bool TryEmitStringBuiltin(StringBuiltin builtin)
    {
        switch (builtin)
        {
            case StringBuiltin.Cast:
                _cache.Push(ValueKind.Ref, PopString(RegisterSet.None, isNullable: false));
                return true;
            case StringBuiltin.Test:
                var tested = _cache.Pop(RegisterSet.None).Gpr;
                UseFlags(EmitTypeTest(tested, HeapType.String, isNullable: false, mayBeSmallInteger: true));
                return true;
            case StringBuiltin.Length:
                var text = PopString(RegisterSet.None, isNullable: false).Gpr;
                var length = _cache.AllocateGpr(RegisterSet.None);
                _asm.Mov(OpSize.Dword, length, Mem.Base(text, ObjectLayout.ArrayLength));
                _cache.Push(ValueKind.I32, length);
                return true;
            case StringBuiltin.CharCodeAt:
                EmitCharCodeAt();
                return true;
            case StringBuiltin.Equals:
                EmitStringEquals();
                return true;
            default:
                return false;
        }
    }

    /// <summary>Pops a reference, which traps unless it is a string.</summary>
    private Register PopString(uint pinned, bool isNullable)
    {
        var reference = _cache.Pop(pinned);
        var test = EmitTypeTest(reference.Gpr, HeapType.String, isNullable, mayBeSmallInteger: true, TrapKind.CastFailure);
        _asm.Jcc(test.Negate().Condition, AddTrap(TrapKind.CastFailure));
        return reference;
    }

    private void EmitCharCodeAt()
    {
        var index = _cache.Pop(RegisterSet.None);
        var text = PopString(index.Bit, isNullable: false).Gpr;
        _asm.Alu(AluOp.Cmp, OpSize.Dword, index.Gpr, Mem.Base(text, ObjectLayout.ArrayLength));
        _asm.Jcc(Condition.AboveOrEqual, AddTrap(TrapKind.StringOutOfBounds));
        var unit = _cache.AllocateGpr(RegisterSet.None);
        _asm.MovZx(OpSize.Word, unit, Mem.BaseIndex(text, index.Gpr, sizeof(char), ObjectLayout.ArrayElements));
        _cache.Push(ValueKind.I32, unit);
    }

    private void EmitStringEquals()
    {
        var right = PopString(RegisterSet.None, isNullable: true);
        var left = PopString(right.Bit, isNullable: true);
        _cache.Push(ValueKind.Ref, left);
        _cache.Push(ValueKind.Ref, right);
        EmitBuiltin(Builtin.StringEquals, null, 2);
        _cache.Push(ValueKind.I32, Gpr.Rax);
    }
}
