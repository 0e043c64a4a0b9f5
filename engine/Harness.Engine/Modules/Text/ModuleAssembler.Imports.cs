namespace Harness.Engine.Modules.Text;

/// <content>Imports: single ones, and groups of one module (compact import section proposal).</content>
internal sealed partial class ModuleAssembler
{
    /// <summary>Gives out the indices of what an import field imports.</summary>
    private void DeclareImport()
    {
        _cursor.ExpectName();
        if (_cursor.Kind == TokenKind.String)
        {
            _cursor.ExpectName();
            DeclareImported();
            return;
        }

        var (typed, untyped) = (0, 0);
        while (_cursor.TryOpen("item"))
        {
            var token = _cursor.Current;
            _cursor.ExpectName();
            var isTyped = _cursor.Kind == TokenKind.LeftParenthesis;
            if (isTyped)
            {
                DeclareImported();
            }

            _ = isTyped ? typed++ : untyped++;
            if (typed > 0 && untyped > 0)
            {
                throw _cursor.Error("unexpected item: either all of a group have types, or none", token);
            }

            _cursor.Close();
        }

        if (typed > 0 || _cursor.Kind != TokenKind.LeftParenthesis)
        {
            return;
        }

        _cursor.Advance();
        var space = SpaceOf(_cursor.Text.ToString());
        _cursor.Advance();
        if (_cursor.Kind == TokenKind.Identifier)
        {
            throw _cursor.Error("identifier not allowed", _cursor.Current);
        }

        space.Add(untyped);
        _cursor.SkipGroup();
    }

    /// <summary>Gives out the index of one import, at the <c>(</c> of its type.</summary>
    private void DeclareImported()
    {
        _cursor.Expect(TokenKind.LeftParenthesis);
        var space = SpaceOf(_cursor.Text.ToString());
        _cursor.Advance();
        space.Define(_cursor);
        _cursor.SkipGroup();
    }

    private void Import()
    {
        var writer = _importSection.Next();
        writer.Name(_cursor.ExpectName());
        if (_cursor.Kind == TokenKind.String)
        {
            writer.Name(_cursor.ExpectName());
            ImportedType(writer);
            return;
        }

        writer.Name(string.Empty);
        var count = 0;
        var isTyped = true;
        var items = new WasmWriter();
        for (; _cursor.TryOpen("item"); count++)
        {
            items.Name(_cursor.ExpectName());
            isTyped = _cursor.Kind == TokenKind.LeftParenthesis;
            if (isTyped)
            {
                ImportedType(items);
            }

            _cursor.Close();
        }

        if (_cursor.Kind == TokenKind.LeftParenthesis && (count == 0 || !isTyped))
        {
            writer.Byte(BinaryFormat.ImportsOfType);
            ImportedType(writer);
        }
        else
        {
            if (!isTyped)
            {
                throw _cursor.Unexpected();
            }

            writer.Byte(BinaryFormat.ImportsOfModule);
        }

        writer.U32(count);
        writer.Bytes(items.Written);
    }

    /// <summary>Writes the type of something imported, in parentheses.</summary>
    private void ImportedType(WasmWriter writer)
    {
        _cursor.Expect(TokenKind.LeftParenthesis);
        var kind = _cursor.Advance();
        _cursor.TryIdentifier();
        ImportedType(_cursor.TextOf(kind), writer);
        _cursor.Close();
    }

    private void ImportedType(ReadOnlySpan<char> keyword, WasmWriter writer)
    {
        var kind = KindOf(keyword);
        var isExact = kind == ExternalKind.Function && _cursor.TryOpen("exact");
        writer.Byte(isExact ? BinaryFormat.ExactFunctionKind : (byte)kind);
        switch (kind)
        {
            case ExternalKind.Function:
                writer.U32(_types.TypeUse(new IndexSpace("local")).Resolve(_scope));
                if (isExact)
                {
                    _cursor.Close();
                }

                break;
            case ExternalKind.Table:
                TableType(AddressType(), writer);
                break;
            case ExternalKind.Memory:
                MemoryLimits(AddressType(), writer);
                break;
            case ExternalKind.Global:
                _types.MutableType(writer, canBePacked: false);
                break;
            default:
                TagType(writer);
                break;
        }
    }
}
