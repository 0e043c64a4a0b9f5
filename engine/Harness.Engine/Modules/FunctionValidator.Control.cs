namespace Harness.Engine.Modules;

/// <content>Blocks, branches and calls (specification, section 3.4).</content>
internal sealed partial class FunctionValidator
{
    private BlockSignature ReadBlockType()
    {
        var at = _reader.Offset;
        var code = _reader.PeekByte();
        if (code == BinaryFormat.EmptyBlock)
        {
            _reader.ReadByte();
            return default;
        }

        if ((code & 0xC0) == 0x40)
        {
            var result = _environment.ReadValueType(ref _reader);
            NoteVector(result);
            return new BlockSignature(result);
        }

        var index = _reader.ReadVarI33();
        if (index < 0) throw new MalformedModuleException("malformed block type", at);
        var type = _environment.GetFunctionType((uint)index, at);
        _hasVectors |= type.HasVectors;
        return new BlockSignature(type);
    }

    private void ValidateBlock(Opcode opcode)
    {
        var signature = ReadBlockType();
        PopParameters(signature);
        PushFrame(opcode, signature);
        PushParameters(signature);
    }

    private void ValidateElse()
    {
        if (_frames[_depth - 1].Opcode != Opcode.If) throw new MalformedModuleException("END opcode expected", _offset);
        ref var frame = ref PopResults();
        frame.Opcode = Opcode.Else;
        _unreachable = false;
        PushParameters(frame.Signature);
    }

    private void ValidateEnd()
    {
        ref var frame = ref PopResults();
        var signature = frame.Signature;
        if (frame.Opcode == Opcode.If) CheckMissingElse(signature);
        PopFrame(ref frame);
        if (_depth == 0) return;
        for (var i = 0; i < signature.ResultCount; i++) Push(signature.Result(i));
    }

    /// <summary>Without an <c>else</c>, the parameters are the results.</summary>
    private void CheckMissingElse(BlockSignature signature)
    {
        var matches = signature.ParameterCount == signature.ResultCount;
        for (var i = 0; matches && i < signature.ResultCount; i++)
            matches = signature.Parameter(i).IsSubtypeOf(signature.Result(i));
        if (!matches) throw Invalid("type mismatch: an else is missing");
    }

    private void ValidateBranchTable()
    {
        var labels = _reader.ReadCount(int.MaxValue, "labels");
        Pop(ValueType.I32);
        ref var first = ref ReadLabel();
        CheckOperands(ref first);
        ref var last = ref first;
        for (; labels > 0; labels--)
        {
            ref var label = ref ReadLabel();
            if (label.LabelArity != first.LabelArity)
                throw Invalid("type mismatch: labels with different numbers of operands");
            if (label.TakesSameAs(last)) continue;
            CheckOperands(ref label);
            last = ref label;
        }

        MarkUnreachable();
    }

    /// <summary>Checks that a branch to a block finds its operands, and leaves them.</summary>
    private void CheckOperands(ref ControlFrame frame)
    {
        var position = _height;
        for (var i = frame.LabelArity - 1; i >= 0; i--)
        {
            var expected = frame.LabelType(i);
            if (position > _floor)
            {
                var actual = _stack[--position];
                if (!actual.IsSubtypeOf(expected)) ThrowMismatch(actual, expected);
            }
            else if (!_unreachable)
            {
                ThrowMissing(expected);
            }
        }
    }

    private FunctionType ReadIndirectCallee()
    {
        var type = _environment.GetFunctionType(_reader.ReadVarU32(), _offset);
        var table = _environment.GetTable(_reader.ReadVarU32(), _offset);
        if (!table.ElementType.IsSubtypeOf(ValueType.FuncRef)) ThrowMismatch(table.ElementType, ValueType.FuncRef);
        Pop(table.AddressType);
        return type;
    }

    private FunctionType ReadReferencedCallee()
    {
        var index = _reader.ReadVarU32();
        var type = _environment.GetFunctionType(index, _offset);
        Pop(ValueType.Reference(_environment.ResolveType(index, _offset), nullable: true));
        return type;
    }

    private void ValidateCall(FunctionType callee)
    {
        _hasVectors |= callee.HasVectors;
        PopAll(callee.Parameters.AsSpan());
        PushAll(callee.Results.AsSpan());
    }

    private void ValidateTailCall(FunctionType callee)
    {
        _hasVectors |= callee.HasVectors;
        PopAll(callee.Parameters.AsSpan());
        MarkUnreachable();
        PushAll(callee.Results.AsSpan());
        if (callee.Results.Length != _frames[0].LabelArity)
            throw Invalid("type mismatch: the callee has other results");
        PopLabel(ref _frames[0]);
    }

    /// <summary>A <c>catch</c> or <c>catch_all</c> of the legacy exception handling instructions.</summary>
    private void ValidateLegacyCatch(Opcode opcode, ReadOnlySpan<ValueType> values)
    {
        if (_frames[_depth - 1].Opcode is not (Opcode.Try or Opcode.Catch))
            throw new MalformedModuleException("END opcode expected", _offset);
        ref var frame = ref PopResults();
        frame.Opcode = opcode;
        _unreachable = false;
        PushAll(values);
    }

    /// <summary>The end of a <c>try</c> without clauses of its own. The label is one outside of it.</summary>
    private void ValidateDelegate()
    {
        if (_frames[_depth - 1].Opcode != Opcode.Try) throw new MalformedModuleException("END opcode expected", _offset);
        ref var frame = ref PopResults();
        var signature = frame.Signature;
        PopFrame(ref frame);
        ReadLabel();
        for (var i = 0; i < signature.ResultCount; i++) Push(signature.Result(i));
    }

    private void ValidateTryTable()
    {
        var signature = ReadBlockType();
        PopParameters(signature);
        for (var clauses = _reader.ReadCount(int.MaxValue, "catch clauses"); clauses > 0; clauses--) ValidateCatch();
        PushFrame(Opcode.TryTable, signature);
        PushParameters(signature);
    }

    private void ValidateCatch()
    {
        var at = _reader.Offset;
        var kind = (CatchKind)_reader.ReadByte();
        if (kind > CatchKind.CatchAllRef) throw new MalformedModuleException("malformed catch clause", at);
        ReadOnlySpan<ValueType> values = default;
        if (kind is CatchKind.Catch or CatchKind.CatchRef)
        {
            var caught = _environment.GetTag(_reader.ReadVarU32(), at).Type;
            _hasVectors |= caught.HasVectors;
            values = caught.Parameters.AsSpan();
        }

        var withReference = kind is CatchKind.CatchRef or CatchKind.CatchAllRef;
        ref var label = ref ReadLabel();
        if (label.LabelArity != values.Length + (withReference ? 1 : 0))
            throw new InvalidModuleException("type mismatch: the label takes another number of operands", at);
        for (var i = 0; i < values.Length; i++)
        {
            if (!values[i].IsSubtypeOf(label.LabelType(i))) ThrowMismatch(values[i], label.LabelType(i));
        }

        var exception = ValueType.Reference(AbstractHeapType.Exn, nullable: false);
        if (withReference && !exception.IsSubtypeOf(label.LabelType(values.Length)))
            ThrowMismatch(exception, label.LabelType(values.Length));
    }
}
