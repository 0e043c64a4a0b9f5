using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;

namespace Harness.Engine.Optimizer.Build.Builders;

/// <summary>
/// Descriptors of structures, and casts that compare them (custom descriptors proposal). A descriptor is read as a field that never changes
/// (<see cref="DefinedType.Slots"/>). A cast by descriptor is this read and a comparison: whose descriptor is the one that is asked for is of the type that it
/// describes. Only where nothing says that the object has a descriptor at all is its type tested before.
/// </summary>
internal sealed class DescriptorBuilder(BuildState state, ReferenceChecks checks, BranchBuilder branches, GraphAssembler assembler)
{
    private const int SourceIsNullable = 1;
    private const int TargetIsNullable = 2;

    /// <summary>Builds an instruction that reads or compares descriptors; says whether it was one.</summary>
    public bool VisitDescriptor(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.RefGetDesc:
                var described = assembler.Module.GetType(state.Reader.ReadIndex());
                state.Push(Load(state.Pop(), described));
                return true;
            case Opcode.RefCastDescEq or Opcode.RefCastDescEqNull:
                VisitCast(Modules.ValueType.Reference(state.Reader.ReadHeapType(), opcode == Opcode.RefCastDescEqNull));
                return true;
            case Opcode.BrOnCastDescEq or Opcode.BrOnCastDescEqFail:
                VisitBranch(branchWhen: opcode == Opcode.BrOnCastDescEq);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The descriptor of an object, which traps on null. One of an object whose type is known exactly is of its own type exactly.</summary>
    private int Load(int reference, DefinedType described)
    {
        var descriptor = described.Definition.Descriptor!.Value;
        var isExact = ReferenceTypes.TryGetExact(assembler.Graph, reference, out var exact) && exact.CanonicalId == described.CanonicalId;
        return assembler.Append(
            Opcode.StructGet,
            Modules.ValueType.Reference(isExact ? descriptor.Exact : descriptor, nullable: false),
            [reference],
            described.DescriptorSlot,
            described.CanonicalId);
    }

    /// <summary>Whether an object has a descriptor, as i32.</summary>
    private int HasDescriptor(int reference, DefinedType described, int descriptor) =>
        assembler.Append(IrOp.ReferenceEqual, IrType.I32, [Load(reference, described), descriptor]);

    /// <summary>The type by which a reference is known to be to an object with a descriptor; null if nothing says that it has one.</summary>
    private DefinedType? DescribedTypeOf(int reference)
    {
        var known = assembler.Graph[reference].ReferenceType.HeapType;
        return known.IsDefined && TypeRegistry.Get(known.CanonicalId) is { DescriptorSlot: >= 0 } described ? described : null;
    }

    private void VisitCast(Modules.ValueType target)
    {
        var descriptor = checks.CheckNotNull(state.Pop(), TrapKind.NullDescriptor);
        var reference = state.Pop();
        var cast = reference;
        Block? done = null;
        if (target.IsNullable && assembler.MayBeNull(reference))
        {
            done = assembler.NewBlock(assembler.Current!.Frequency);
            GoTo(done, assembler.Append(Opcode.RefIsNull, IrType.I32, [reference]), isTaken: true);
            cast = assembler.NarrowToNonNull(reference);
        }

        var described = DescribedTypeOf(cast);
        if (described is null)
        {
            described = TypeRegistry.Get(target.HeapType.CanonicalId);
            TrapUnlessOfType(cast, target.WithNull(false));
            cast = assembler.Narrow(cast, target.WithNull(false));
        }
        else
        {
            cast = checks.CheckNotNull(cast, TrapKind.DescriptorCastFailure);
        }

        assembler.TrapUnless(HasDescriptor(cast, described, descriptor), TrapKind.DescriptorCastFailure);
        if (done is not null)
        {
            assembler.Terminate(TerminatorKind.Jump, -1, [new Edge(done.Id, [])]);
            assembler.Current = done;
        }

        state.Push(assembler.Narrow(reference, checks.CastType(reference, target)));
    }

    /// <summary>Traps unless a reference is of a type: by a branch, which a test of a type needs no value for.</summary>
    private void TrapUnlessOfType(int reference, Modules.ValueType type)
    {
        var failed = assembler.NewBlock(assembler.Current!.Frequency * BuildState.SlowPathFrequency);
        GoTo(failed, assembler.RefTest(reference, type), isTaken: false);
        var next = assembler.Current;
        assembler.Current = failed;
        assembler.Terminate(TerminatorKind.Trap, -1, [], (long)TrapKind.DescriptorCastFailure);
        assembler.Current = next;
    }

    /// <summary>Builds a branch on a cast: null first, then the type where it is not known, then the descriptor. A hint is about all of them together.</summary>
    private void VisitBranch(bool branchWhen)
    {
        int flags = state.Reader.ReadByte();
        var depth = state.Reader.ReadIndex();
        var source = Modules.ValueType.Reference(state.Reader.ReadHeapType(), (flags & SourceIsNullable) != 0);
        var target = Modules.ValueType.Reference(state.Reader.ReadHeapType(), (flags & TargetIsNullable) != 0);
        var descriptor = checks.CheckNotNull(state.Pop(), TrapKind.NullDescriptor);
        var reference = state.Stack[^1];
        var next = assembler.NewBlock(assembler.Current!.Frequency * (1 - (branches.BranchLikelihood() ?? 0)));
        if (assembler.MayBeNull(reference))
        {
            var isNull = assembler.Append(Opcode.RefIsNull, IrType.I32, [reference]);
            if (target.IsNullable == branchWhen)
            {
                branches.BranchIf(isNull, depth, branchWhen: true, isAuxiliary: true);
            }
            else
            {
                GoTo(next, isNull, isTaken: true);
            }
        }

        var cast = assembler.NarrowToNonNull(reference);
        var described = DescribedTypeOf(cast);
        if (described is null)
        {
            described = TypeRegistry.Get(target.HeapType.CanonicalId);
            var isOfType = assembler.RefTest(cast, target.WithNull(false));
            if (branchWhen)
            {
                GoTo(next, isOfType, isTaken: false);
            }
            else
            {
                branches.BranchIf(isOfType, depth, branchWhen: false, isAuxiliary: true);
            }

            cast = assembler.Narrow(cast, target.WithNull(false));
        }

        branches.BranchIf(HasDescriptor(cast, described, descriptor), depth, branchWhen);
        assembler.Terminate(TerminatorKind.Jump, -1, [new Edge(next.Id, [])]);
        assembler.Current = next;
        var rest = branchWhen ? source.WithNull(source.IsNullable && !target.IsNullable) : target;
        state.Stack[^1] = assembler.Narrow(reference, rest);
    }

    /// <summary>Goes to a block if a condition is not 0 (or is 0), and on in a new one otherwise.</summary>
    private void GoTo(Block target, int condition, bool isTaken)
    {
        var other = assembler.NewBlock(assembler.Current!.Frequency);
        var taken = new Edge(target.Id, []);
        var passed = new Edge(other.Id, []);
        assembler.Terminate(TerminatorKind.Branch, condition, isTaken ? [taken, passed] : [passed, taken]);
        assembler.Current = other;
    }
}
