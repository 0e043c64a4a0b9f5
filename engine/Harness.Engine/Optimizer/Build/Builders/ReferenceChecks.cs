using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Build.Builders;

/// <summary>What a reference is checked for; behind a check it goes on as what it has been found to be.</summary>
internal sealed class ReferenceChecks(GraphAssembler assembler)
{
    /// <summary>Traps if a reference is null, and gives it as one that is not.</summary>
    public int CheckNotNull(int reference, TrapKind kind)
    {
        if (assembler.MayBeNull(reference))
        {
            assembler.TrapIf(assembler.Append(Opcode.RefIsNull, IrType.I32, [reference]), kind);
        }

        return assembler.NarrowToNonNull(reference);
    }

    /// <summary>The type of the result of a cast: null is not let in where the operand cannot be null.</summary>
    public Modules.ValueType CastType(int operand, Modules.ValueType target) =>
        target.WithNull(target.IsNullable && assembler.MayBeNull(operand));

    /// <summary>Traps unless a function has a type, or a subtype of it: the exact type is compared first.</summary>
    public void CheckType(int reference, int typeId)
    {
        var actual = assembler.Append(IrOp.LoadReferenceType, IrType.I32, [reference]);
        var expected = assembler.TypeId(typeId);
        var isExact = assembler.Append(Opcode.I32Eq, IrType.I32, [actual, expected]);
        if (TypeRegistry.Get(typeId).Definition.IsFinal)
        {
            assembler.TrapUnless(isExact, TrapKind.IndirectCallTypeMismatch);
            return;
        }

        var frequency = assembler.Current!.Frequency;
        var other = assembler.NewBlock(frequency * BuildState.SlowPathFrequency);
        var done = assembler.NewBlock(frequency);
        assembler.Terminate(TerminatorKind.Branch, isExact, [new Edge(done.Id, []), new Edge(other.Id, [])]);
        assembler.Current = other;
        var isSubtype = assembler.Append(
            IrOp.CallBuiltin, IrType.I32, [actual, expected], (long)Builtin.IsSubtype);
        assembler.TrapUnless(isSubtype, TrapKind.IndirectCallTypeMismatch);
        assembler.Terminate(TerminatorKind.Jump, -1, [new Edge(done.Id, [])]);
        assembler.Current = done;
    }
}
