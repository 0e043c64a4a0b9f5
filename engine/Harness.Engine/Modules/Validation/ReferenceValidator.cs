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
                    throw state.Invalid($"undeclared function reference {index}");
                state.Environment.Bodies.NoteReference((int)index);
                PushDefined(function.Type);
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
        if (others < 0) throw state.Invalid("type mismatch: the label takes no reference");
        if (!reference.IsSubtypeOf(label.LabelType(others))) stacks.ThrowMismatch(reference, label.LabelType(others));
        for (var i = others - 1; i >= 0; i--) stacks.Pop(label.LabelType(i));
        for (var i = 0; i < others; i++) stacks.Push(label.LabelType(i));
    }

    /// <summary>Pushes a reference to a type that the module defines.</summary>
    public void PushDefined(DefinedType type) =>
        stacks.Push(ValueType.Reference(HeapType.Defined(type.CanonicalId), nullable: false));
}
