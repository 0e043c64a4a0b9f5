namespace Harness.Engine.Modules.Validation;

/// <summary>Descriptors of structures, and casts that compare them (custom descriptors proposal). To make objects that have one is an aggregate instruction.</summary>
internal sealed class DescriptorValidator(ValidationState state, ValidationStacks stacks, ReferenceValidator references)
{
    /// <summary>An instruction that reads or compares descriptors.</summary>
    public void ValidateDescriptorInstruction(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.RefGetDesc:
                ValidateGetDescriptor(state.Environment.GetType(state.Reader.ReadVarU32(), state.Offset));
                break;
            case Opcode.RefCastDescEq or Opcode.RefCastDescEqNull:
                var target = ValueType.Reference(state.Environment.ReadHeapType(ref state.Reader), opcode == Opcode.RefCastDescEqNull);
                PopDescriptorOf(target.HeapType);
                stacks.Pop(ValueType.Reference(TypeRegistry.TopOf(target.HeapType), nullable: true));
                stacks.Push(target);
                break;
            default:
                ValidateBranch(branchesOnSuccess: opcode == Opcode.BrOnCastDescEq);
                break;
        }
    }

    /// <summary>The descriptor of an object whose type is known exactly is of its type exactly, too.</summary>
    private void ValidateGetDescriptor(DefinedType type)
    {
        var descriptor = AggregateRules.RequireDescriptor(type, state.Offset);
        var described = HeapType.Defined(type.CanonicalId);
        var operand = stacks.PopReference();
        var isExact = operand.HeapType.IsSubtypeOf(described.Exact);
        var expected = ValueType.Reference(described, nullable: true);
        if (!operand.IsSubtypeOf(expected))
        {
            stacks.ThrowMismatch(operand, expected);
        }

        stacks.Push(ValueType.Reference(isExact ? descriptor.Exact : descriptor, nullable: false));
    }

    private void ValidateBranch(bool branchesOnSuccess)
    {
        ref var label = ref references.ReadBranchOnCast(out var source, out var target);
        if (TypeRegistry.TopOf(source.HeapType) != TypeRegistry.TopOf(target.HeapType))
        {
            stacks.ThrowMismatch(target, source);
        }

        PopDescriptorOf(target.HeapType);
        stacks.Pop(source);
        references.ValidateBranchOnCast(ref label, source, target, branchesOnSuccess);
    }

    /// <summary>Pops the descriptor that a cast compares: it tells an exact type only if it is of an exact type itself.</summary>
    private void PopDescriptorOf(HeapType target)
    {
        if (!target.IsDefined)
        {
            throw state.Invalid($"type {target} does not have a descriptor");
        }

        var descriptor = AggregateRules.RequireDescriptor(TypeRegistry.Get(target.CanonicalId), state.Offset);
        stacks.Pop(ValueType.Reference(target.IsExact ? descriptor.Exact : descriptor, nullable: true));
    }
}
