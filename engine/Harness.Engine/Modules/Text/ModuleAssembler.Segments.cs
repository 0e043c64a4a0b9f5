namespace Harness.Engine.Modules.Text;

/// <content>Element and data segments, and the assembly of all sections.</content>
internal sealed partial class ModuleAssembler
{
    private static readonly EncodedType FunctionReference = EncodedType.NullableReference(AbstractHeapType.Func);

    /// <summary>The elements of a segment.</summary>
    /// <param name="Type">Their type, if they are given by expressions; null if by function indices.</param>
    /// <param name="Count">Their number.</param>
    /// <param name="Content">Their encodings.</param>
    private readonly record struct Elements(EncodedType? Type, int Count, WasmWriter Content);

    private void ElementSegment()
    {
        if (_cursor.TryKeyword("declare"))
        {
            WriteElementSegment(ElementList(), null, null, isDeclared: true);
            return;
        }

        if (!_cursor.AtOpen("table") && (_cursor.Kind != TokenKind.LeftParenthesis || _types.AtValueType))
        {
            WriteElementSegment(ElementList(), null, null);
            return;
        }

        var hasTable = _cursor.TryOpen("table");
        var table = hasTable ? _scope.Tables.Resolve(_cursor) : 0;
        if (hasTable)
        {
            _cursor.Close();
        }

        var offset = new WasmWriter();
        Expression("offset", offset);
        var isBare = !hasTable && (_cursor.AtIndex || _cursor.Kind == TokenKind.RightParenthesis);
        WriteElementSegment(isBare ? ElementFunctions(FunctionReference) : ElementList(), table, offset);
    }

    private Elements ElementList()
    {
        if (_cursor.TryKeyword("func"))
        {
            return ElementFunctions(FunctionReference);
        }

        return ElementExpressions(_types.ReferenceType());
    }

    /// <summary>Parses elements given by function indices, which are turned into expressions if their type asks for it.</summary>
    private Elements ElementFunctions(EncodedType type)
    {
        var content = new WasmWriter();
        var count = 0;
        var asExpressions = type != FunctionReference;
        for (; _cursor.AtIndex; count++)
        {
            if (asExpressions)
            {
                content.Opcode(Opcode.RefFunc);
            }

            content.U32(_scope.Functions.Resolve(_cursor));
            if (asExpressions)
            {
                content.Opcode(Opcode.End);
            }
        }

        return new Elements(asExpressions ? type : null, count, content);
    }

    private Elements ElementExpressions(EncodedType type)
    {
        var content = new WasmWriter();
        var count = 0;
        for (; _cursor.Kind == TokenKind.LeftParenthesis; count++)
        {
            Expression("item", content);
        }

        return new Elements(type, count, content);
    }

    /// <summary>Writes a segment in the shortest of the eight forms (specification section 5.5.12).</summary>
    private void WriteElementSegment(Elements elements, uint? table, WasmWriter? offset, bool isDeclared = false)
    {
        const int IsPassiveOrDeclared = 1, HasTableOrIsDeclared = 2, HasExpressions = 4;
        var isActive = table is not null;
        var isShort = table == 0 && (elements.Type is null || elements.Type == FunctionReference);
        var flags = elements.Type is null ? 0 : HasExpressions;
        if (!isActive)
        {
            flags |= IsPassiveOrDeclared;
        }

        if (isDeclared || (isActive && !isShort))
        {
            flags |= HasTableOrIsDeclared;
        }

        var writer = _elementSection.Next();
        writer.U32(flags);
        if (isActive && !isShort)
        {
            writer.U32(table!.Value);
        }

        if (offset is not null)
        {
            writer.Bytes(offset.Written);
        }

        if (!isShort)
        {
            if (elements.Type is { } type)
            {
                type.Write(writer);
            }
            else
            {
                writer.Byte(0);
            }
        }

        writer.U32(elements.Count);
        writer.Bytes(elements.Content.Written);
    }

    private void DataSegment()
    {
        uint? memory = null;
        WasmWriter? offset = null;
        if (_cursor.TryOpen("memory"))
        {
            memory = _scope.Memories.Resolve(_cursor);
            _cursor.Close();
        }

        if (memory is not null || _cursor.Kind == TokenKind.LeftParenthesis)
        {
            offset = new WasmWriter();
            Expression("offset", offset);
        }

        WriteDataSegment(_cursor.Strings(), memory ?? 0, offset);
    }

    private void WriteDataSegment(byte[] bytes, uint memory, WasmWriter? offset)
    {
        var writer = _dataSection.Next();
        writer.U32(offset is null ? 1 : memory == 0 ? 0 : 2);
        if (offset is not null && memory != 0)
        {
            writer.U32(memory);
        }

        if (offset is not null)
        {
            writer.Bytes(offset.Written);
        }

        writer.Sized(bytes);
    }

    private static WasmWriter OffsetZero(bool isAddressed64)
    {
        var writer = new WasmWriter();
        writer.Opcode(isAddressed64 ? Opcode.I64Const : Opcode.I32Const);
        writer.I64(0);
        writer.Opcode(Opcode.End);
        return writer;
    }

    /// <summary>Writes all sections in their order.</summary>
    private byte[] Link(string? name)
    {
        foreach (var signature in _scope.ImplicitTypes)
        {
            signature.Write(_typeSection.Next());
        }

        var module = new WasmWriter();
        module.Header();
        _typeSection.WriteTo(module);
        _importSection.WriteTo(module);
        _functionSection.WriteTo(module);
        _tableSection.WriteTo(module);
        _memorySection.WriteTo(module);
        _tagSection.WriteTo(module);
        _globalSection.WriteTo(module);
        _exportSection.WriteTo(module);
        if (_start is { } start)
        {
            module.Section(SectionId.Start, section => section.U32(start));
        }

        _elementSection.WriteTo(module);
        if (_scope.NeedsDataCount)
        {
            module.Section(SectionId.DataCount, section => section.U32(_dataSection.Count));
        }

        _codeSection.WriteTo(module);
        _dataSection.WriteTo(module);
        WriteNames(name, module);
        return module.ToArray();
    }

    /// <summary>Writes the custom section with the names of the module, its functions and their locals.</summary>
    private void WriteNames(string? name, WasmWriter module)
    {
        if (name is null && !_scope.Functions.HasNames && _namedLocals.Count == 0)
        {
            return;
        }

        const byte ModuleSubsection = 0, FunctionSubsection = 1, LocalSubsection = 2;
        module.Section(SectionId.Custom, section =>
        {
            section.Name("name");
            if (name is not null)
            {
                section.Byte(ModuleSubsection);
                section.Sized(content => content.Name(name));
            }

            if (_scope.Functions.HasNames)
            {
                section.Byte(FunctionSubsection);
                section.Sized(content => WriteNameMap(_scope.Functions, content));
            }

            if (_namedLocals.Count > 0)
            {
                section.Byte(LocalSubsection);
                section.Sized(WriteLocalNames);
            }
        });
    }

    private void WriteLocalNames(WasmWriter content)
    {
        content.U32(_namedLocals.Count);
        foreach (var (function, locals) in _namedLocals)
        {
            content.U32(function);
            WriteNameMap(locals, content);
        }
    }

    private static void WriteNameMap(IndexSpace space, WasmWriter writer)
    {
        writer.U32(space.NameCount);
        foreach (var (name, index) in space.Names)
        {
            writer.U32(index);
            writer.Name(name);
        }
    }
}
