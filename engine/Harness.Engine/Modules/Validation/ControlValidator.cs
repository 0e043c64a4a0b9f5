using System.Collections.Immutable;

namespace Harness.Engine.Modules.Validation;

/// <summary>Blocks, branches and calls (specification, section 3.4).</summary>
internal sealed class ControlValidator(ValidationState state, ValidationStacks stacks)
{
    /// <summary>A block's type.</summary>
    public BlockSignature ReadBlockType()
    {
        var at = state.Reader.Offset;
        var code = state.Reader.PeekByte();
        if (code == BinaryFormat.EmptyBlock)
        {
            state.Reader.ReadByte();
            return default;
        }

        if ((code & 0xC0) == 0x40)
        {
            var result = state.Environment.ReadValueType(ref state.Reader);
            state.NoteVector(result);
            return new BlockSignature(result);
        }

        var index = state.Reader.ReadVarI33();
        if (index < 0)
        {
            throw new MalformedModuleException("malformed block type", at);
        }

        var type = state.Environment.GetFunctionType((uint)index, at);
        state.HasVectors |= type.HasVectors;
        return new BlockSignature(type);
    }

    /// <summary>Opens a block.</summary>
    public void ValidateBlock(Opcode opcode)
    {
        var signature = ReadBlockType();
        stacks.PopParameters(signature);
        stacks.PushFrame(opcode, signature);
        stacks.PushParameters(signature);
    }

    /// <summary><c>else</c>.</summary>
    public void ValidateElse()
    {
        if (stacks.Innermost.Opcode != Opcode.If)
        {
            throw new MalformedModuleException("END opcode expected", state.Offset);
        }

        ref var frame = ref stacks.PopResults();
        frame.Opcode = Opcode.Else;
        stacks.BeginPart();
        stacks.PushParameters(frame.Signature);
    }

    /// <summary><c>end</c>.</summary>
    public void ValidateEnd()
    {
        ref var frame = ref stacks.PopResults();
        var signature = frame.Signature;
        if (frame.Opcode == Opcode.If)
        {
            CheckMissingElse(signature);
        }

        stacks.PopFrame(ref frame);
        if (stacks.Depth == 0)
        {
            return;
        }

        for (var i = 0; i < signature.ResultCount; i++)
        {
            stacks.Push(signature.Result(i));
        }
    }

    /// <summary>Without an <c>else</c>, the parameters are the results.</summary>
    private void CheckMissingElse(BlockSignature signature)
    {
        var matches = signature.ParameterCount == signature.ResultCount;
        for (var i = 0; matches && i < signature.ResultCount; i++)
        {
            matches = signature.Parameter(i).IsSubtypeOf(signature.Result(i));
        }

        if (!matches)
        {
            throw state.Invalid("type mismatch: an else is missing");
        }
    }

    /// <summary><c>br_table</c>. Operands are checked once for all labels that take the same types, so that it costs no more than its labels and the types of the module.</summary>
    public void ValidateBranchTable()
    {
        var labels = state.Reader.ReadCount(int.MaxValue, "labels");
        stacks.Pop(ValueType.I32);
        ref var first = ref stacks.ReadLabel();
        stacks.CheckOperands(ref first);
        ref var last = ref first;
        HashSet<ImmutableArray<ValueType>>? seen = null;
        for (; labels > 0; labels--)
        {
            ref var label = ref stacks.ReadLabel();
            if (label.LabelArity != first.LabelArity)
            {
                throw state.Invalid("type mismatch: labels with different numbers of operands");
            }

            if (label.TakesSameAs(last))
            {
                continue;
            }

            last = ref label;

            // To look for one operand is no less than to check it.
            if (label.LabelArity <= 1 || (seen ??= []).Add(label.LabelTypes))
            {
                stacks.CheckOperands(ref label);
            }
        }

        stacks.MarkUnreachable();
    }

    /// <summary>The type of a function that is called through a table.</summary>
    public FunctionType ReadIndirectCallee()
    {
        var type = state.Environment.GetFunctionType(state.Reader.ReadVarU32(), state.Offset);
        var table = state.Environment.GetTable(state.Reader.ReadVarU32(), state.Offset);
        if (!table.ElementType.IsSubtypeOf(ValueType.FuncRef))
        {
            stacks.ThrowMismatch(table.ElementType, ValueType.FuncRef);
        }

        stacks.Pop(table.AddressType);
        return type;
    }

    /// <summary>The type of a function that is called by reference.</summary>
    public FunctionType ReadReferencedCallee()
    {
        var index = state.Reader.ReadVarU32();
        var type = state.Environment.GetFunctionType(index, state.Offset);
        stacks.Pop(ValueType.Reference(state.Environment.ResolveType(index, state.Offset), nullable: true));
        return type;
    }

    /// <summary>A call.</summary>
    public void ValidateCall(FunctionType callee)
    {
        state.HasVectors |= callee.HasVectors;
        stacks.PopAll(callee.Parameters.AsSpan());
        stacks.PushAll(callee.Results.AsSpan());
    }

    /// <summary>A tail call.</summary>
    public void ValidateTailCall(FunctionType callee)
    {
        state.HasVectors |= callee.HasVectors;
        stacks.PopAll(callee.Parameters.AsSpan());
        stacks.MarkUnreachable();
        stacks.PushAll(callee.Results.AsSpan());
        if (callee.Results.Length != stacks.Outermost.LabelArity)
        {
            throw state.Invalid("type mismatch: the callee has other results");
        }

        stacks.PopLabel(ref stacks.Outermost);
    }

    /// <summary>A <c>catch</c> or <c>catch_all</c> of the legacy exception handling instructions.</summary>
    public void ValidateLegacyCatch(Opcode opcode, ReadOnlySpan<ValueType> values)
    {
        if (stacks.Innermost.Opcode is not (Opcode.Try or Opcode.Catch))
        {
            throw new MalformedModuleException("END opcode expected", state.Offset);
        }

        ref var frame = ref stacks.PopResults();
        frame.Opcode = opcode;
        stacks.BeginPart();
        stacks.PushAll(values);
    }

    /// <summary>The end of a <c>try</c> without clauses of its own. The label is one outside of it.</summary>
    public void ValidateDelegate()
    {
        if (stacks.Innermost.Opcode != Opcode.Try)
        {
            throw new MalformedModuleException("END opcode expected", state.Offset);
        }

        ref var frame = ref stacks.PopResults();
        var signature = frame.Signature;
        stacks.PopFrame(ref frame);
        stacks.ReadLabel();
        for (var i = 0; i < signature.ResultCount; i++)
        {
            stacks.Push(signature.Result(i));
        }
    }

    /// <summary><c>try_table</c>.</summary>
    public void ValidateTryTable()
    {
        var signature = ReadBlockType();
        stacks.PopParameters(signature);
        for (var clauses = state.Reader.ReadCount(int.MaxValue, "catch clauses"); clauses > 0; clauses--)
        {
            ValidateCatch();
        }

        stacks.PushFrame(Opcode.TryTable, signature);
        stacks.PushParameters(signature);
    }

    private void ValidateCatch()
    {
        var at = state.Reader.Offset;
        var kind = (CatchKind)state.Reader.ReadByte();
        if (kind > CatchKind.CatchAllRef)
        {
            throw new MalformedModuleException("malformed catch clause", at);
        }

        ReadOnlySpan<ValueType> values = default;
        if (kind is CatchKind.Catch or CatchKind.CatchRef)
        {
            var caught = state.Environment.GetTag(state.Reader.ReadVarU32(), at).Type;
            state.HasVectors |= caught.HasVectors;
            values = caught.Parameters.AsSpan();
        }

        var withReference = kind is CatchKind.CatchRef or CatchKind.CatchAllRef;
        ref var label = ref stacks.ReadLabel();
        if (label.LabelArity != values.Length + (withReference ? 1 : 0))
        {
            throw new InvalidModuleException("type mismatch: the label takes another number of operands", at);
        }

        for (var i = 0; i < values.Length; i++)
        {
            if (!values[i].IsSubtypeOf(label.LabelType(i)))
            {
                stacks.ThrowMismatch(values[i], label.LabelType(i));
            }
        }

        var exception = ValueType.Reference(AbstractHeapType.Exn, nullable: false);
        if (withReference && !exception.IsSubtypeOf(label.LabelType(values.Length)))
        {
            stacks.ThrowMismatch(exception, label.LabelType(values.Length));
        }
    }
}
