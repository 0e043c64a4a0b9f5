namespace Harness.Engine.Modules;

/// <content>References, structures and arrays (specification, section 3.4).</content>
internal sealed partial class FunctionValidator
{
    private void ValidateReferenceInstruction(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.RefNull:
                Push(ValueType.Reference(_environment.ReadHeapType(ref _reader), nullable: true));
                break;
            case Opcode.RefIsNull:
                PopReference();
                Push(ValueType.I32);
                break;
            case Opcode.RefFunc:
                var index = _reader.ReadVarU32();
                var function = _environment.GetFunction(index, _offset);
                if (!_environment.ReferencedFunctions.Contains((int)index))
                    throw Invalid($"undeclared function reference {index}");
                _environment.Bodies.NoteReference((int)index);
                PushDefined(function.Type);
                break;
            case Opcode.RefEq:
                Pop(ValueType.EqRef);
                Pop(ValueType.EqRef);
                Push(ValueType.I32);
                break;
            case Opcode.RefAsNonNull:
                Push(PopReference().WithNull(false));
                break;
            case Opcode.BrOnNull:
                ref var label = ref ReadLabel();
                var tested = PopReference();
                PopLabel(ref label);
                PushLabel(ref label);
                Push(tested.WithNull(false));
                break;
            default:
                ValidateBranchWithReference(ref ReadLabel(), PopReference().WithNull(false));
                break;
        }
    }

    /// <summary>
    /// Checks a branch that takes a reference as the last operand of the label, and keeps the operands below.
    /// </summary>
    private void ValidateBranchWithReference(ref ControlFrame label, ValueType reference)
    {
        var others = label.LabelArity - 1;
        if (others < 0) throw Invalid("type mismatch: the label takes no reference");
        if (!reference.IsSubtypeOf(label.LabelType(others))) ThrowMismatch(reference, label.LabelType(others));
        for (var i = others - 1; i >= 0; i--) Pop(label.LabelType(i));
        for (var i = 0; i < others; i++) Push(label.LabelType(i));
    }

    private void ValidateAggregateInstruction(Opcode opcode)
    {
        var access = OpcodeTable.GetAccess(opcode);
        switch (opcode)
        {
            case var _ when access.Kind == AccessKind.Field:
                ValidateFieldAccess(access, _environment.GetType(_reader.ReadVarU32(), _offset));
                break;
            case var _ when access.Kind == AccessKind.Element:
                ValidateElementAccess(access, _environment.GetType(_reader.ReadVarU32(), _offset));
                break;
            case Opcode.StructNew or Opcode.StructNewDefault:
                ValidateStructNew(opcode, _environment.GetType(_reader.ReadVarU32(), _offset));
                break;
            case Opcode.ArrayLen:
                Pop(ValueType.Reference(AbstractHeapType.Array, nullable: true));
                Push(ValueType.I32);
                break;
            case >= Opcode.ArrayNew and <= Opcode.ArrayInitElem:
                ValidateArrayInstruction(opcode, _environment.GetType(_reader.ReadVarU32(), _offset));
                break;
            case Opcode.RefTest or Opcode.RefTestNull:
                PopCastOperand(_environment.ReadHeapType(ref _reader));
                Push(ValueType.I32);
                break;
            case Opcode.RefCast or Opcode.RefCastNull:
                var target = _environment.ReadHeapType(ref _reader);
                PopCastOperand(target);
                Push(ValueType.Reference(target, opcode == Opcode.RefCastNull));
                break;
            case Opcode.BrOnCast or Opcode.BrOnCastFail:
                ValidateBranchOnCast(opcode);
                break;
            case Opcode.AnyConvertExtern:
                ValidateConversion(AbstractHeapType.Extern, AbstractHeapType.Any);
                break;
            case Opcode.ExternConvertAny:
                ValidateConversion(AbstractHeapType.Any, AbstractHeapType.Extern);
                break;
            case Opcode.RefI31:
                Pop(ValueType.I32);
                Push(ValueType.Reference(AbstractHeapType.I31, nullable: false));
                break;
            case Opcode.I31GetS or Opcode.I31GetU:
                Pop(ValueType.I31Ref);
                Push(ValueType.I32);
                break;
            default:
                ThrowIllegal(opcode);
                break;
        }
    }

    private void ValidateStructNew(Opcode opcode, DefinedType type)
    {
        var structure = AggregateRules.RequireStruct(type, _offset);
        _hasVectors |= AggregateRules.HasVector(structure);
        if (opcode == Opcode.StructNewDefault)
            AggregateRules.RequireDefaultable(structure, _offset);
        else
            for (var i = structure.Fields.Length - 1; i >= 0; i--) Pop(structure.Fields[i].Type);
        PushDefined(type);
    }

    private void ValidateFieldAccess(OperatorAccess access, DefinedType type)
    {
        var structure = AggregateRules.RequireStruct(type, _offset);
        var index = _reader.ReadVarU32();
        if (index >= (uint)structure.Fields.Length) throw Invalid($"unknown field {index}");
        var field = structure.Fields[(int)index];
        NoteVector(field.Type);
        if (access.IsWrite)
        {
            if (!field.IsMutable) throw Invalid("immutable field");
            Pop(field.Type);
            PopNullable(type);
        }
        else
        {
            CheckExtension(field, access.Extension != AccessExtension.None);
            PopNullable(type);
            Push(field.Type);
        }
    }

    private void ValidateElementAccess(OperatorAccess access, DefinedType type)
    {
        var element = AggregateRules.RequireArray(type, _offset).Element;
        NoteVector(element.Type);
        if (access.IsWrite)
        {
            CheckMutable(element);
            Pop(element.Type);
            Pop(ValueType.I32);
            PopNullable(type);
        }
        else
        {
            CheckExtension(element, access.Extension != AccessExtension.None);
            Pop(ValueType.I32);
            PopNullable(type);
            Push(element.Type);
        }
    }

    private void ValidateArrayInstruction(Opcode opcode, DefinedType type)
    {
        var element = AggregateRules.RequireArray(type, _offset).Element;
        NoteVector(element.Type);
        switch (opcode)
        {
            case Opcode.ArrayNew:
                Pop(ValueType.I32);
                Pop(element.Type);
                PushDefined(type);
                break;
            case Opcode.ArrayNewDefault:
                AggregateRules.RequireDefaultable(element, _offset);
                Pop(ValueType.I32);
                PushDefined(type);
                break;
            case Opcode.ArrayNewFixed:
                for (var i = AggregateRules.ReadFixedCount(ref _reader); i > 0; i--) Pop(element.Type);
                PushDefined(type);
                break;
            case Opcode.ArrayNewData or Opcode.ArrayNewElem:
                ReadArraySource(opcode == Opcode.ArrayNewData, element);
                Pop(ValueType.I32);
                Pop(ValueType.I32);
                PushDefined(type);
                break;
            case Opcode.ArrayFill:
                CheckMutable(element);
                Pop(ValueType.I32);
                Pop(element.Type);
                Pop(ValueType.I32);
                PopNullable(type);
                break;
            case Opcode.ArrayCopy:
                ValidateArrayCopy(type, element);
                break;
            default:
                CheckMutable(element);
                ReadArraySource(opcode == Opcode.ArrayInitData, element);
                PopRange(ValueType.I32, ValueType.I32, ValueType.I32);
                PopNullable(type);
                break;
        }
    }

    private void ValidateArrayCopy(DefinedType destination, FieldType destinationElement)
    {
        var source = _environment.GetType(_reader.ReadVarU32(), _offset);
        var sourceElement = AggregateRules.RequireArray(source, _offset).Element;
        CheckMutable(destinationElement);
        if (sourceElement.Packing != destinationElement.Packing
            || !sourceElement.Type.IsSubtypeOf(destinationElement.Type))
        {
            throw Invalid("array types do not match");
        }

        Pop(ValueType.I32);
        Pop(ValueType.I32);
        PopNullable(source);
        Pop(ValueType.I32);
        PopNullable(destination);
    }

    /// <summary>Reads the segment that an array is initialised from.</summary>
    private void ReadArraySource(bool fromData, FieldType element)
    {
        var segment = _reader.ReadVarU32();
        if (fromData)
        {
            _environment.CheckData(segment, _offset);
            if (element.Type.IsReference)
                throw Invalid("array type is not numeric or vector");
        }
        else
        {
            var type = _environment.GetElementType(segment, _offset);
            if (element.IsPacked || !type.IsSubtypeOf(element.Type)) ThrowMismatch(type, element.Type);
        }
    }

    private void ValidateBranchOnCast(Opcode opcode)
    {
        var flags = _reader.ReadByte();
        if (flags > 3) throw new MalformedModuleException("malformed br_on_cast flags", _offset);
        ref var label = ref ReadLabel();
        var source = ValueType.Reference(_environment.ReadHeapType(ref _reader), (flags & 1) != 0);
        var target = ValueType.Reference(_environment.ReadHeapType(ref _reader), (flags & 2) != 0);
        if (!target.IsSubtypeOf(source)) ThrowMismatch(target, source);

        // What is not the target: null is left only if the target does not take it.
        var rest = source.WithNull(source.IsNullable && !target.IsNullable);
        Pop(source);
        ValidateBranchWithReference(ref label, opcode == Opcode.BrOnCast ? target : rest);
        Push(opcode == Opcode.BrOnCast ? rest : target);
    }

    private void ValidateConversion(AbstractHeapType from, AbstractHeapType to)
    {
        var operand = PopReference();
        var expected = ValueType.Reference(from, nullable: true);
        if (!operand.IsSubtypeOf(expected)) ThrowMismatch(operand, expected);
        Push(ValueType.Reference(to, operand.IsNullable));
    }

    /// <summary>Pops what can be cast to a heap type: anything of the same hierarchy.</summary>
    private void PopCastOperand(HeapType target) =>
        Pop(ValueType.Reference(TypeRegistry.TopOf(target), nullable: true));

    private void PopNullable(DefinedType type) =>
        Pop(ValueType.Reference(HeapType.Defined(type.CanonicalId), nullable: true));

    private void PushDefined(DefinedType type) =>
        Push(ValueType.Reference(HeapType.Defined(type.CanonicalId), nullable: false));

    private void CheckMutable(FieldType element)
    {
        if (!element.IsMutable) throw Invalid("immutable array");
    }

    private void CheckExtension(FieldType field, bool extends)
    {
        if (field.IsPacked != extends)
            throw Invalid($"type mismatch: field is {(field.IsPacked ? "packed" : "unpacked")}");
    }
}
