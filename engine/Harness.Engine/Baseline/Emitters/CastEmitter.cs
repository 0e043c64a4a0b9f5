using Harness.Engine.Baseline.Model;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>
/// Casts, and small integers as references. Nothing is known here of the types of operands: a cast by descriptor tests the type in any case, since another object may hold the same reference at the
/// same place, and in branches alone, which name the type that they cast, it may be left out.
/// </summary>
internal sealed class CastEmitter(BaselineState state, BranchEmitter branches, FlagFusion flags, TypeTestEmitter typeTests)
{
    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;
    private readonly ValueStack _stack = state.Stack;
    private readonly ColdPaths _cold = state.Cold;
    private readonly BranchEmitter _branches = branches;
    private readonly FlagFusion _flags = flags;
    private readonly TypeTestEmitter _typeTests = typeTests;

    /// <summary>Compiles a test, a cast, a conversion of references, or an instruction on small integers.</summary>
    public void Compile(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.RefTest:
            case Opcode.RefTestNull:
                var tested = _stack.Pop(RegisterSet.None).Gpr;
                _flags.UseFlags(_typeTests.EmitTypeTest(
                    tested, _body.Reader.ReadHeapType(), opcode == Opcode.RefTestNull, mayBeSmallInteger: true));
                break;
            case Opcode.RefCast:
            case Opcode.RefCastNull:
                var reference = _stack.Pop(RegisterSet.None);
                var test = _typeTests.EmitTypeTest(
                    reference.Gpr,
                    _body.Reader.ReadHeapType(),
                    opcode == Opcode.RefCastNull,
                    mayBeSmallInteger: true,
                    TrapKind.CastFailure);
                _asm.Jcc(test.Negate().Condition, _cold.AddTrap(TrapKind.CastFailure));
                _stack.Push(ValueKind.Ref, reference);
                break;
            case Opcode.BrOnCast:
            case Opcode.BrOnCastFail:
                EmitBranchOnCast(branchesOnFailure: opcode == Opcode.BrOnCastFail);
                break;
            case Opcode.RefCastDescEq:
            case Opcode.RefCastDescEqNull:
                EmitDescriptorCast(ValueType.Reference(_body.Reader.ReadHeapType(), opcode == Opcode.RefCastDescEqNull));
                break;
            case Opcode.BrOnCastDescEq:
            case Opcode.BrOnCastDescEqFail:
                EmitBranchOnDescriptorCast(branchesOnFailure: opcode == Opcode.BrOnCastDescEqFail);
                break;
            case Opcode.AnyConvertExtern:
            case Opcode.ExternConvertAny:
                // The same word means the same object in both hierarchies.
                break;
            case Opcode.RefI31:
                EmitRefI31();
                break;
            default:
                EmitI31Get(opcode == Opcode.I31GetS ? ShiftOp.Sar : ShiftOp.Shr);
                break;
        }
    }

    private void EmitBranchOnCast(bool branchesOnFailure)
    {
        var toNullable = (_body.Reader.ReadByte() & 2) != 0;
        var depth = _body.Reader.ReadIndex();
        var from = _body.Reader.ReadHeapType();
        var to = _body.Reader.ReadHeapType();
        var reference = _stack.Pop(RegisterSet.None);
        var mayBeSmallInteger = TypeRegistry.IsSubtype(HeapType.Abstract(AbstractHeapType.I31), from);
        var test = _typeTests.EmitTypeTest(reference.Gpr, to, toNullable, mayBeSmallInteger);
        _stack.Push(ValueKind.Ref, reference);
        _branches.EmitBranchIf(branchesOnFailure ? test.Negate() : test, depth);
    }

    private void EmitDescriptorCast(ValueType target)
    {
        var descriptor = PopDescriptor();
        var reference = _stack.Pop(RegisterSet.Of(descriptor));
        var test = _typeTests.EmitDescriptorTest(reference.Gpr, descriptor, HeapType.Abstract(AbstractHeapType.Any), target);
        _asm.Jcc(test.Negate().Condition, _cold.AddTrap(TrapKind.DescriptorCastFailure));
        _stack.Push(ValueKind.Ref, reference);
    }

    private void EmitBranchOnDescriptorCast(bool branchesOnFailure)
    {
        var toNullable = (_body.Reader.ReadByte() & 2) != 0;
        var depth = _body.Reader.ReadIndex();
        var from = _body.Reader.ReadHeapType();
        var to = ValueType.Reference(_body.Reader.ReadHeapType(), toNullable);
        var descriptor = PopDescriptor();
        var reference = _stack.Pop(RegisterSet.Of(descriptor));
        var test = _typeTests.EmitDescriptorTest(reference.Gpr, descriptor, from, to);
        _stack.Push(ValueKind.Ref, reference);
        _branches.EmitBranchIf(branchesOnFailure ? test.Negate() : test, depth);
    }

    /// <summary>Pops the descriptor that a cast compares, which must not be null.</summary>
    private Gpr PopDescriptor()
    {
        var descriptor = _stack.Pop(RegisterSet.None).Gpr;
        _asm.Test(OpSize.Qword, descriptor, descriptor);
        _asm.Jcc(Condition.Zero, _cold.AddTrap(TrapKind.NullDescriptor));
        return descriptor;
    }

    private void EmitRefI31()
    {
        if (_stack.Peek().IsConstant)
        {
            var word = (_stack.Peek().Constant << 1) | TypeTestEmitter.SmallIntegerTag;
            _stack.Drop();
            _stack.PushConstant((uint)word, ValueKind.Ref);
            return;
        }

        var value = _stack.Pop(RegisterSet.None).Gpr;
        var reference = _stack.AllocateGpr(RegisterSet.None);
        _asm.Lea(OpSize.Dword, reference, Mem.BaseIndex(value, value, 1, TypeTestEmitter.SmallIntegerTag));
        _stack.Push(ValueKind.Ref, reference);
    }

    /// <summary>Shifts the tag out, which is not set in null.</summary>
    private void EmitI31Get(ShiftOp shift)
    {
        var value = _stack.PopOwned(RegisterSet.None).Gpr;
        _asm.Shift(shift, OpSize.Dword, value, 1);
        _asm.Jcc(Condition.NoCarry, _cold.AddTrap(TrapKind.NullI31));
        _stack.Push(ValueKind.I32, value);
    }
}
