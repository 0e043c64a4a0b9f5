using Harness.Engine.Baseline.Model;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Baseline.Emitters;

/// <summary>References as such.</summary>
internal sealed class ReferenceEmitter(BaselineState state, InstanceFields instance, BranchEmitter branches, CompareEmitter comparisons)
{
    private readonly Assembler _asm = state.Assembler;
    private readonly FunctionBody _body = state.Body;
    private readonly ValueStack _stack = state.Stack;
    private readonly ColdPaths _cold = state.Cold;
    private readonly InstanceFields _instance = instance;
    private readonly BranchEmitter _branches = branches;
    private readonly CompareEmitter _comparisons = comparisons;

    /// <summary>Compiles an instruction on references of any type.</summary>
    public void Compile(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.RefNull:
                _body.Reader.SkipImmediates(opcode);
                _stack.Push(StackValue.Known(0, ValueKind.Ref));
                break;
            case Opcode.RefIsNull:
                _comparisons.EmitEqualsZero(OpSize.Qword);
                break;
            case Opcode.RefEq:
                _comparisons.EmitIntegerCompare(OpSize.Qword, Condition.Equal);
                break;
            case Opcode.RefFunc:
                var reference = _stack.AllocateGpr(RegisterSet.None);
                _instance.LoadFunctionReference(_body.Reader.ReadIndex(), reference);
                _stack.Push(ValueKind.Ref, reference);
                break;
            case Opcode.RefAsNonNull:
                EmitRefAsNonNull();
                break;
            case Opcode.BrOnNull:
                EmitBranchOnNull(_body.Reader.ReadIndex());
                break;
            case Opcode.BrOnNonNull:
                EmitBranchOnNonNull(_body.Reader.ReadIndex());
                break;
            default:
                throw _body.NotSupported(opcode);
        }
    }

    private void EmitRefAsNonNull()
    {
        var reference = _stack.Pop(RegisterSet.None);
        _asm.Test(OpSize.Qword, reference.Gpr, reference.Gpr);
        _asm.Jcc(Condition.Zero, _cold.AddTrap(TrapKind.NullReference));
        _stack.Push(ValueKind.Ref, reference);
    }

    private void EmitBranchOnNull(int depth)
    {
        var reference = _stack.Pop(RegisterSet.None);
        _asm.Test(OpSize.Qword, reference.Gpr, reference.Gpr);
        _branches.EmitBranchIf(new FlagTest(Condition.Zero), depth);
        _stack.Push(ValueKind.Ref, reference);
    }

    private void EmitBranchOnNonNull(int depth)
    {
        var reference = _stack.Pop(RegisterSet.None);
        _asm.Test(OpSize.Qword, reference.Gpr, reference.Gpr);
        _stack.Push(ValueKind.Ref, reference);
        _branches.EmitBranchIf(new FlagTest(Condition.NotZero), depth);
        _stack.Drop();
    }
}
