namespace Harness.Engine.Modules.Validation;

/// <summary>Structures, arrays, casts and i31s (specification, section 3.4).</summary>
internal sealed class AggregateValidator(
    ValidationState state, ValidationStacks stacks, MemoryValidator memories, ReferenceValidator references, DescriptorValidator descriptors)
{
    /// <summary>An instruction of the prefix for structures and arrays.</summary>
    public void ValidateAggregateInstruction(Opcode opcode)
    {
        var access = OpcodeTable.GetAccess(opcode);
        switch (opcode)
        {
            case var _ when access.Kind == AccessKind.Field:
                ValidateFieldAccess(access, state.Environment.GetType(state.Reader.ReadVarU32(), state.Offset));
                break;
            case var _ when access.Kind == AccessKind.Element:
                ValidateElementAccess(access, state.Environment.GetType(state.Reader.ReadVarU32(), state.Offset));
                break;
            case Opcode.StructNew or Opcode.StructNewDefault or Opcode.StructNewDesc or Opcode.StructNewDefaultDesc:
                ValidateStructNew(opcode, state.Environment.GetType(state.Reader.ReadVarU32(), state.Offset));
                break;
            case Opcode.ArrayLen:
                stacks.Pop(ValueType.Reference(AbstractHeapType.Array, nullable: true));
                stacks.Push(ValueType.I32);
                break;
            case >= Opcode.ArrayNew and <= Opcode.ArrayInitElem:
                ValidateArrayInstruction(opcode, state.Environment.GetType(state.Reader.ReadVarU32(), state.Offset));
                break;
            case Opcode.RefTest or Opcode.RefTestNull:
                PopCastOperand(state.Environment.ReadHeapType(ref state.Reader));
                stacks.Push(ValueType.I32);
                break;
            case Opcode.RefCast or Opcode.RefCastNull:
                var target = state.Environment.ReadHeapType(ref state.Reader);
                PopCastOperand(target);
                stacks.Push(ValueType.Reference(target, opcode == Opcode.RefCastNull));
                break;
            case Opcode.BrOnCast or Opcode.BrOnCastFail:
                ValidateBranchOnCast(opcode);
                break;
            case >= Opcode.RefGetDesc and <= Opcode.BrOnCastDescEqFail:
                descriptors.ValidateDescriptorInstruction(opcode);
                break;
            case Opcode.AnyConvertExtern:
                ValidateConversion(AbstractHeapType.Extern, AbstractHeapType.Any);
                break;
            case Opcode.ExternConvertAny:
                ValidateConversion(AbstractHeapType.Any, AbstractHeapType.Extern);
                break;
            case Opcode.RefI31:
                stacks.Pop(ValueType.I32);
                stacks.Push(ValueType.Reference(AbstractHeapType.I31, nullable: false));
                break;
            case Opcode.I31GetS or Opcode.I31GetU:
                stacks.Pop(ValueType.I31Ref);
                stacks.Push(ValueType.I32);
                break;
            default:
                state.ThrowIllegal(opcode);
                break;
        }
    }

    private void ValidateStructNew(Opcode opcode, DefinedType type)
    {
        var structure = AggregateRules.RequireStruct(type, state.Offset);
        state.HasVectors |= structure.HasVectors;
        if (AggregateRules.RequireAllocation(type, opcode, state.Offset) is { } descriptor)
        {
            stacks.Pop(descriptor);
        }

        if (opcode is Opcode.StructNewDefault or Opcode.StructNewDefaultDesc)
        {
            AggregateRules.RequireDefaultable(structure, state.Offset);
        }
        else
        {
            for (var i = structure.Fields.Length - 1; i >= 0; i--)
            {
                stacks.Pop(structure.Fields[i].Type);
            }
        }

        references.PushNew(type);
    }

    private void ValidateFieldAccess(OperatorAccess access, DefinedType type)
    {
        var structure = AggregateRules.RequireStruct(type, state.Offset);
        var index = state.Reader.ReadVarU32();
        if (index >= (uint)structure.Fields.Length)
        {
            throw state.Invalid($"unknown field {index}");
        }

        var field = structure.Fields[(int)index];
        state.NoteVector(field.Type);
        if (access.IsWrite)
        {
            if (!field.IsMutable)
            {
                throw state.Invalid("immutable field");
            }

            stacks.Pop(field.Type);
            PopNullable(type);
        }
        else
        {
            CheckExtension(field, access.Extension != AccessExtension.None);
            PopNullable(type);
            stacks.Push(field.Type);
        }
    }

    private void ValidateElementAccess(OperatorAccess access, DefinedType type)
    {
        var element = AggregateRules.RequireArray(type, state.Offset).Element;
        state.NoteVector(element.Type);
        if (access.IsWrite)
        {
            CheckMutable(element);
            stacks.Pop(element.Type);
            stacks.Pop(ValueType.I32);
            PopNullable(type);
        }
        else
        {
            CheckExtension(element, access.Extension != AccessExtension.None);
            stacks.Pop(ValueType.I32);
            PopNullable(type);
            stacks.Push(element.Type);
        }
    }

    private void ValidateArrayInstruction(Opcode opcode, DefinedType type)
    {
        var element = AggregateRules.RequireArray(type, state.Offset).Element;
        state.NoteVector(element.Type);
        switch (opcode)
        {
            case Opcode.ArrayNew:
                stacks.Pop(ValueType.I32);
                stacks.Pop(element.Type);
                references.PushNew(type);
                break;
            case Opcode.ArrayNewDefault:
                AggregateRules.RequireDefaultable(element, state.Offset);
                stacks.Pop(ValueType.I32);
                references.PushNew(type);
                break;
            case Opcode.ArrayNewFixed:
                for (var i = AggregateRules.ReadFixedCount(ref state.Reader); i > 0; i--)
                {
                    stacks.Pop(element.Type);
                }

                references.PushNew(type);
                break;
            case Opcode.ArrayNewData or Opcode.ArrayNewElem:
                ReadArraySource(opcode == Opcode.ArrayNewData, element);
                stacks.Pop(ValueType.I32);
                stacks.Pop(ValueType.I32);
                references.PushNew(type);
                break;
            case Opcode.ArrayFill:
                CheckMutable(element);
                stacks.Pop(ValueType.I32);
                stacks.Pop(element.Type);
                stacks.Pop(ValueType.I32);
                PopNullable(type);
                break;
            case Opcode.ArrayCopy:
                ValidateArrayCopy(type, element);
                break;
            default:
                CheckMutable(element);
                ReadArraySource(opcode == Opcode.ArrayInitData, element);
                memories.PopRange(ValueType.I32, ValueType.I32, ValueType.I32);
                PopNullable(type);
                break;
        }
    }

    private void ValidateArrayCopy(DefinedType destination, FieldType destinationElement)
    {
        var source = state.Environment.GetType(state.Reader.ReadVarU32(), state.Offset);
        var sourceElement = AggregateRules.RequireArray(source, state.Offset).Element;
        CheckMutable(destinationElement);
        if (sourceElement.Packing != destinationElement.Packing
            || !sourceElement.Type.IsSubtypeOf(destinationElement.Type))
        {
            throw state.Invalid("array types do not match");
        }

        stacks.Pop(ValueType.I32);
        stacks.Pop(ValueType.I32);
        PopNullable(source);
        stacks.Pop(ValueType.I32);
        PopNullable(destination);
    }

    /// <summary>Reads the segment that an array is initialised from.</summary>
    private void ReadArraySource(bool fromData, FieldType element)
    {
        var segment = state.Reader.ReadVarU32();
        if (fromData)
        {
            state.Environment.CheckData(segment, state.Offset);
            if (element.Type.IsReference)
            {
                throw state.Invalid("array type is not numeric or vector");
            }
        }
        else
        {
            var type = state.Environment.GetElementType(segment, state.Offset);
            if (element.IsPacked || !type.IsSubtypeOf(element.Type))
            {
                stacks.ThrowMismatch(type, element.Type);
            }
        }
    }

    private void ValidateBranchOnCast(Opcode opcode)
    {
        ref var label = ref references.ReadBranchOnCast(out var source, out var target);
        if (!target.IsSubtypeOf(source))
        {
            stacks.ThrowMismatch(target, source);
        }

        stacks.Pop(source);
        references.ValidateBranchOnCast(ref label, source, target, branchesOnSuccess: opcode == Opcode.BrOnCast);
    }

    private void ValidateConversion(AbstractHeapType from, AbstractHeapType to)
    {
        var operand = stacks.PopReference();
        var expected = ValueType.Reference(from, nullable: true);
        if (!operand.IsSubtypeOf(expected))
        {
            stacks.ThrowMismatch(operand, expected);
        }

        stacks.Push(ValueType.Reference(to, operand.IsNullable));
    }

    /// <summary>Pops what can be cast to a heap type: anything of the same hierarchy.</summary>
    private void PopCastOperand(HeapType target) =>
        stacks.Pop(ValueType.Reference(TypeRegistry.TopOf(target), nullable: true));

    private void PopNullable(DefinedType type) =>
        stacks.Pop(ValueType.Reference(HeapType.Defined(type.CanonicalId), nullable: true));

    private void CheckMutable(FieldType element)
    {
        if (!element.IsMutable)
        {
            throw state.Invalid("immutable array");
        }
    }

    private void CheckExtension(FieldType field, bool extends)
    {
        if (field.IsPacked != extends)
        {
            throw state.Invalid($"type mismatch: field is {(field.IsPacked ? "packed" : "unpacked")}");
        }
    }
}
