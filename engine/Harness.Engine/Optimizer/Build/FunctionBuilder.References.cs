using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Build;

/// <summary>
/// Null checks, tests and casts of references. What a check establishes is a <see cref="IrOp.Narrow"/> behind it; along an edge
/// to a label it is the label's type.
/// </summary>
internal sealed partial class FunctionBuilder
{
    private const int SourceIsNullable = 1;
    private const int TargetIsNullable = 2;

    /// <summary>Builds an instruction on references; says whether it was one.</summary>
    private bool VisitReference(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.RefNull:
                reader.ReadHeapType();
                Push(assembler.Zero(IrType.Ref));
                return true;
            case Opcode.RefFunc:
                Push(assembler.FunctionAddress(reader.ReadIndex()));
                return true;
            case Opcode.RefIsNull:
                Push(assembler.Append(opcode, IrType.I32, [Pop()]));
                return true;
            case Opcode.RefEq:
                int second = Pop();
                Push(assembler.Append(IrOp.ReferenceEqual, IrType.I32, [Pop(), second]));
                return true;
            case Opcode.RefAsNonNull:
                Push(CheckNotNull(Pop(), TrapKind.NullReference));
                return true;
            case Opcode.BrOnNull:
                VisitBrOnNull(reader.ReadIndex());
                return true;
            case Opcode.BrOnNonNull:
                VisitBrOnNonNull(reader.ReadIndex());
                return true;
            case Opcode.RefTest or Opcode.RefTestNull:
                Modules.ValueType tested = Modules.ValueType.Reference(reader.ReadHeapType(), opcode == Opcode.RefTestNull);
                Push(assembler.RefTest(Pop(), tested));
                return true;
            case Opcode.RefCast or Opcode.RefCastNull:
                Modules.ValueType target = Modules.ValueType.Reference(reader.ReadHeapType(), opcode == Opcode.RefCastNull);
                int operand = Pop();
                Push(assembler.Append(IrOp.RefCast, CastType(operand, target), [operand]));
                return true;
            case Opcode.BrOnCast:
                VisitBrOnCast(branchWhen: true);
                return true;
            case Opcode.BrOnCastFail:
                VisitBrOnCast(branchWhen: false);
                return true;
            case Opcode.AnyConvertExtern:
                Push(Convert(Pop(), AbstractHeapType.Any));
                return true;
            case Opcode.ExternConvertAny:
                Push(Convert(Pop(), AbstractHeapType.Extern));
                return true;
            case Opcode.RefI31:
                Push(assembler.Append(
                    opcode, Modules.ValueType.Reference(AbstractHeapType.I31, nullable: false), [Pop()]));
                return true;
            case Opcode.I31GetS or Opcode.I31GetU:
                Push(assembler.Append(opcode, IrType.I32, [Pop()]));
                return true;
            default:
                return false;
        }
    }

    /// <summary>Traps if a reference is null, and gives it as one that is not.</summary>
    private int CheckNotNull(int reference, TrapKind kind)
    {
        if (assembler.MayBeNull(reference))
        {
            assembler.TrapIf(assembler.Append(Opcode.RefIsNull, IrType.I32, [reference]), kind);
        }

        return assembler.NarrowToNonNull(reference);
    }

    /// <summary>The type of the result of a cast: null is not let in where the operand cannot be null.</summary>
    private Modules.ValueType CastType(int operand, Modules.ValueType target) =>
        target.WithNull(target.IsNullable && assembler.MayBeNull(operand));

    /// <summary>The same reference in another hierarchy.</summary>
    private int Convert(int reference, AbstractHeapType type) => assembler.Append(
        IrOp.Narrow, Modules.ValueType.Reference(type, assembler.MayBeNull(reference)), [reference]);

    private void VisitBrOnNull(int depth)
    {
        int reference = Pop();
        BranchIf(assembler.Append(Opcode.RefIsNull, IrType.I32, [reference]), depth, branchWhen: true);
        Push(assembler.NarrowToNonNull(reference));
    }

    private void VisitBrOnNonNull(int depth)
    {
        BranchIf(assembler.Append(Opcode.RefIsNull, IrType.I32, [stack[^1]]), depth, branchWhen: false);
        Pop();
    }

    /// <summary>Builds <c>br_on_cast</c> or <c>br_on_cast_fail</c>: a test, a branch, and what is known where it is not taken.</summary>
    private void VisitBrOnCast(bool branchWhen)
    {
        int flags = reader.ReadByte();
        int depth = reader.ReadIndex();
        var source = Modules.ValueType.Reference(reader.ReadHeapType(), (flags & SourceIsNullable) != 0);
        var target = Modules.ValueType.Reference(reader.ReadHeapType(), (flags & TargetIsNullable) != 0);
        int reference = stack[^1];
        BranchIf(assembler.RefTest(reference, target), depth, branchWhen);
        Modules.ValueType rest = branchWhen ? source.WithNull(source.IsNullable && !target.IsNullable) : target;
        stack[^1] = assembler.Narrow(reference, rest);
    }
}
