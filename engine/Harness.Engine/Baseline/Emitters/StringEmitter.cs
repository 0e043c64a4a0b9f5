using Harness.Engine.Baseline.Model;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>Functions on strings that the engine provides, in the place of calls.</summary>
internal sealed class StringEmitter(BaselineState state, FlagFusion flags, BuiltinCalls builtins, TypeTestEmitter typeTests)
{
    private readonly Assembler _asm = state.Assembler;
    private readonly ValueStack _stack = state.Stack;
    private readonly ColdPaths _cold = state.Cold;
    private readonly FlagFusion _flags = flags;
    private readonly BuiltinCalls _builtins = builtins;
    private readonly TypeTestEmitter _typeTests = typeTests;

    /// <summary>Compiles a call of a function on strings, unless it has to be a call; says whether it has not.</summary>
    public bool TryEmit(StringBuiltin builtin)
    {
        switch (builtin)
        {
            case StringBuiltin.Cast:
                _stack.Push(ValueKind.Ref, PopString(RegisterSet.None, isNullable: false));
                return true;
            case StringBuiltin.Test:
                var tested = _stack.Pop(RegisterSet.None).Gpr;
                _flags.UseFlags(_typeTests.EmitTypeTest(tested, HeapType.String, isNullable: false, mayBeSmallInteger: true));
                return true;
            case StringBuiltin.Length:
                var text = PopString(RegisterSet.None, isNullable: false).Gpr;
                var length = _stack.AllocateGpr(RegisterSet.None);
                _asm.Mov(OpSize.Dword, length, Mem.Base(text, ObjectLayout.ArrayLength));
                _stack.Push(ValueKind.I32, length);
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
        var reference = _stack.Pop(pinned);
        var test = _typeTests.EmitTypeTest(reference.Gpr, HeapType.String, isNullable, mayBeSmallInteger: true, TrapKind.CastFailure);
        _asm.Jcc(test.Negate().Condition, _cold.AddTrap(TrapKind.CastFailure));
        return reference;
    }

    private void EmitCharCodeAt()
    {
        var index = _stack.Pop(RegisterSet.None);
        var text = PopString(index.Bit, isNullable: false).Gpr;
        _asm.Alu(AluOp.Cmp, OpSize.Dword, index.Gpr, Mem.Base(text, ObjectLayout.ArrayLength));
        _asm.Jcc(Condition.AboveOrEqual, _cold.AddTrap(TrapKind.StringOutOfBounds));
        var unit = _stack.AllocateGpr(RegisterSet.None);
        _asm.MovZx(OpSize.Word, unit, Mem.BaseIndex(text, index.Gpr, sizeof(char), ObjectLayout.ArrayElements));
        _stack.Push(ValueKind.I32, unit);
    }

    private void EmitStringEquals()
    {
        var right = PopString(RegisterSet.None, isNullable: true);
        var left = PopString(right.Bit, isNullable: true);
        _stack.Push(ValueKind.Ref, left);
        _stack.Push(ValueKind.Ref, right);
        _builtins.EmitBuiltin(Builtin.StringEquals, null, 2);
        _stack.Push(ValueKind.I32, Gpr.Rax);
    }
}
