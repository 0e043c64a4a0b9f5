namespace Harness.Engine.Modules.Validation;

/// <summary>References (specification, section 3.4).</summary>
internal sealed class ReferenceValidator(ValidationState state, ValidationStacks stacks)
{
    /// <summary>An instruction on references.</summary>
    public void ValidateReferenceInstruction(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.RefNull:
                stacks.Push(ValueType.Reference(state.Environment.ReadHeapType(ref state.Reader), nullable: true));
                break;
            case Opcode.RefIsNull:
                stacks.PopReference();
                stacks.Push(ValueType.I32);
                break;
            case Opcode.RefFunc:
                var index = state.Reader.ReadVarU32();
                var function = state.Environment.GetFunction(index, state.Offset);
                if (!state.Environment.ReferencedFunctions.Contains((int)index))
                {
                    throw state.Invalid($"undeclared function reference {index}");
                }

                state.Environment.Bodies.NoteReference((int)index);
                stacks.Push(function.ReferenceType);
                break;
            case Opcode.RefEq:
                stacks.Pop(ValueType.EqRef);
                stacks.Pop(ValueType.EqRef);
                stacks.Push(ValueType.I32);
                break;
            case Opcode.RefAsNonNull:
                stacks.Push(stacks.PopReference().WithNull(false));
                break;
            case Opcode.BrOnNull:
                ref var label = ref stacks.ReadLabel();
                var tested = stacks.PopReference();
                stacks.PopLabel(ref label);
                stacks.PushLabel(ref label);
                stacks.Push(tested.WithNull(false));
                break;
            default:
                ValidateBranchWithReference(ref stacks.ReadLabel(), stacks.PopReference().WithNull(false));
                break;
        }
    }

    /// <summary>
    /// Checks a branch that takes a reference as the last operand of the label, and keeps the operands below.
    /// </summary>
    public void ValidateBranchWithReference(ref ControlFrame label, ValueType reference)
    {
        var others = label.LabelArity - 1;
        if (others < 0)
        {
            throw state.Invalid("type mismatch: the label takes no reference");
        }

        if (!reference.IsSubtypeOf(label.LabelType(others)))
        {
            stacks.ThrowMismatch(reference, label.LabelType(others));
        }

        for (var i = others - 1; i >= 0; i--)
        {
            stacks.Pop(label.LabelType(i));
        }

        for (var i = 0; i < others; i++)
        {
            stacks.Push(label.LabelType(i));
        }
    }

    /// <summary>Reads the immediates of a branch on a cast.</summary>
    /// <param name="source">The type that is cast.</param>
    /// <param name="target">The type that it is cast to.</param>
    /// <returns>The label.</returns>
    public ref ControlFrame ReadBranchOnCast(out ValueType source, out ValueType target)
    {
        var flags = state.Reader.ReadByte();
        if (flags > 3)
        {
            throw new MalformedModuleException("malformed br_on_cast flags", state.Offset);
        }

        ref var label = ref stacks.ReadLabel();
        source = ValueType.Reference(state.Environment.ReadHeapType(ref state.Reader), (flags & 1) != 0);
        target = ValueType.Reference(state.Environment.ReadHeapType(ref state.Reader), (flags & 2) != 0);
        return ref label;
    }

    /// <summary>Checks a branch on a cast whose operands have been popped, and pushes the reference where it is not taken.</summary>
    public void ValidateBranchOnCast(ref ControlFrame label, ValueType source, ValueType target, bool branchesOnSuccess)
    {
        // What is not the target: null is left only if the target does not take it.
        var rest = source.WithNull(source.IsNullable && !target.IsNullable);
        ValidateBranchWithReference(ref label, branchesOnSuccess ? target : rest);
        stacks.Push(branchesOnSuccess ? rest : target);
    }

    /// <summary>Pushes a reference to a new object of a type that the module defines, and of no subtype.</summary>
    public void PushNew(DefinedType type) =>
        stacks.Push(ValueType.Reference(HeapType.Defined(type.CanonicalId).Exact, nullable: false));
}
