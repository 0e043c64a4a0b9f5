using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Build.Builders;

/// <summary>
/// Null checks, tests and casts of references. What a check establishes is a <see cref="IrOp.Narrow"/> behind it; along an edge
/// to a label it is the label's type.
/// </summary>
internal sealed class ReferenceBuilder(BuildState state, ReferenceChecks checks, BranchBuilder branches, GraphAssembler assembler)
{
    private const int SourceIsNullable = 1;
    private const int TargetIsNullable = 2;

    /// <summary>Builds an instruction on references; says whether it was one.</summary>
    public bool VisitReference(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.RefNull:
                state.Reader.ReadHeapType();
                state.Push(assembler.Zero(IrType.Ref));
                return true;
            case Opcode.RefFunc:
                state.Push(assembler.FunctionAddress(state.Reader.ReadIndex()));
                return true;
            case Opcode.RefIsNull:
                state.Push(assembler.Append(opcode, IrType.I32, [state.Pop()]));
                return true;
            case Opcode.RefEq:
                var second = state.Pop();
                state.Push(assembler.Append(IrOp.ReferenceEqual, IrType.I32, [state.Pop(), second]));
                return true;
            case Opcode.RefAsNonNull:
                state.Push(checks.CheckNotNull(state.Pop(), TrapKind.NullReference));
                return true;
            case Opcode.BrOnNull:
                VisitBrOnNull(state.Reader.ReadIndex());
                return true;
            case Opcode.BrOnNonNull:
                VisitBrOnNonNull(state.Reader.ReadIndex());
                return true;
            case Opcode.RefTest or Opcode.RefTestNull:
                var tested = Modules.ValueType.Reference(state.Reader.ReadHeapType(), opcode == Opcode.RefTestNull);
                state.Push(assembler.RefTest(state.Pop(), tested));
                return true;
            case Opcode.RefCast or Opcode.RefCastNull:
                var target = Modules.ValueType.Reference(state.Reader.ReadHeapType(), opcode == Opcode.RefCastNull);
                var operand = state.Pop();
                state.Push(assembler.Append(IrOp.RefCast, checks.CastType(operand, target), [operand]));
                return true;
            case Opcode.BrOnCast:
                VisitBrOnCast(branchWhen: true);
                return true;
            case Opcode.BrOnCastFail:
                VisitBrOnCast(branchWhen: false);
                return true;
            case Opcode.AnyConvertExtern:
                state.Push(Convert(state.Pop(), AbstractHeapType.Any));
                return true;
            case Opcode.ExternConvertAny:
                state.Push(Convert(state.Pop(), AbstractHeapType.Extern));
                return true;
            case Opcode.RefI31:
                state.Push(assembler.Append(
                    opcode, Modules.ValueType.Reference(AbstractHeapType.I31, nullable: false), [state.Pop()]));
                return true;
            case Opcode.I31GetS or Opcode.I31GetU:
                state.Push(assembler.Append(opcode, IrType.I32, [state.Pop()]));
                return true;
            default:
                return false;
        }
    }

    /// <summary>The same reference in another hierarchy.</summary>
    private int Convert(int reference, AbstractHeapType type) => assembler.Append(
        IrOp.Narrow, Modules.ValueType.Reference(type, assembler.MayBeNull(reference)), [reference]);

    private void VisitBrOnNull(int depth)
    {
        var reference = state.Pop();
        branches.BranchIf(assembler.Append(Opcode.RefIsNull, IrType.I32, [reference]), depth, branchWhen: true);
        state.Push(assembler.NarrowToNonNull(reference));
    }

    private void VisitBrOnNonNull(int depth)
    {
        branches.BranchIf(assembler.Append(Opcode.RefIsNull, IrType.I32, [state.Stack[^1]]), depth, branchWhen: false);
        state.Pop();
    }

    /// <summary>Builds <c>br_on_cast</c> or <c>br_on_cast_fail</c>: a test, a branch, and what is known where it is not taken.</summary>
    private void VisitBrOnCast(bool branchWhen)
    {
        int flags = state.Reader.ReadByte();
        var depth = state.Reader.ReadIndex();
        var source = Modules.ValueType.Reference(state.Reader.ReadHeapType(), (flags & SourceIsNullable) != 0);
        var target = Modules.ValueType.Reference(state.Reader.ReadHeapType(), (flags & TargetIsNullable) != 0);
        var reference = state.Stack[^1];
        branches.BranchIf(assembler.RefTest(reference, target), depth, branchWhen);
        var rest = branchWhen ? source.WithNull(source.IsNullable && !target.IsNullable) : target;
        state.Stack[^1] = assembler.Narrow(reference, rest);
    }
}
