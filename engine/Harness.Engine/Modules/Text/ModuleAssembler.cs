namespace Harness.Engine.Modules.Text;

/// <summary>
/// Assembles the fields of one module (specification section 6.6). A first pass over the fields gives out all indices and
/// binds their names, a second one writes the type section, a third one all other sections.
/// </summary>
internal sealed partial class ModuleAssembler
{
    private readonly TokenCursor _cursor;
    private readonly ModuleScope _scope = new();
    private readonly TypeAssembler _types;
    private readonly InstructionAssembler _instructions;
    private readonly List<Field> _fields = [];

    private ModuleAssembler(TokenCursor cursor)
    {
        _cursor = cursor;
        _types = new TypeAssembler(cursor, _scope);
        _instructions = new InstructionAssembler(cursor, _scope, _types);
    }

    /// <summary>A field of the module.</summary>
    /// <param name="Keyword">The word after its <c>(</c>.</param>
    /// <param name="Position">The token after the keyword and the name.</param>
    /// <param name="Index">The index of what it defines, if it defines something with an index.</param>
    private readonly record struct Field(string Keyword, int Position, int Index);

    /// <summary>
    /// Assembles fields up to the <c>)</c> that closes their module or the end of the text, which is left.
    /// </summary>
    /// <param name="cursor">Stands on the first field.</param>
    /// <param name="name">The module's name, or null.</param>
    /// <exception cref="WatException">The module is malformed or needs something unsupported.</exception>
    public static byte[] Assemble(TokenCursor cursor, string? name)
    {
        var assembler = new ModuleAssembler(cursor);
        assembler.Declare();
        var end = cursor.Position;
        foreach (var field in assembler._fields)
        {
            cursor.Position = field.Position;
            assembler.TypeField(field);
        }

        foreach (var field in assembler._fields)
        {
            cursor.Position = field.Position;
            assembler.Define(field);
        }

        cursor.Position = end;
        return assembler.Link(name);
    }

    /// <summary>Gives out the indices and binds the names of all fields.</summary>
    private void Declare()
    {
        var defined = (string?)null;
        var hasStart = false;
        while (_cursor.Kind == TokenKind.LeftParenthesis)
        {
            _cursor.Advance();
            var token = _cursor.Current;
            var keyword = token.Kind == TokenKind.Keyword ? _cursor.Text.ToString() : throw _cursor.Unexpected();
            switch (keyword)
            {
                case "type":
                    _cursor.Advance();
                    AddField(keyword, _scope.Types);
                    break;
                case "rec":
                    _cursor.Advance();
                    _fields.Add(new Field(keyword, _cursor.Position, 0));
                    DeclareGroup();
                    break;
                case "import":
                    if (defined is not null)
                    {
                        throw _cursor.Error($"import after {defined}", token);
                    }

                    _cursor.Advance();
                    _fields.Add(new Field(keyword, _cursor.Position, 0));
                    DeclareImport();
                    break;
                case "func" or "table" or "memory" or "global" or "tag":
                    _cursor.Advance();
                    AddField(keyword, SpaceOf(keyword));
                    DeclareAbbreviations(keyword, token, ref defined);
                    break;
                case "elem":
                    _cursor.Advance();
                    AddField(keyword, _scope.Elements);
                    break;
                case "data":
                    _cursor.Advance();
                    AddField(keyword, _scope.Data);
                    break;
                case "start":
                    if (hasStart)
                    {
                        throw _cursor.Error("multiple start sections", token);
                    }

                    hasStart = true;
                    _cursor.Advance();
                    _fields.Add(new Field(keyword, _cursor.Position, 0));
                    break;
                case "export":
                    _cursor.Advance();
                    _fields.Add(new Field(keyword, _cursor.Position, 0));
                    break;
                default:
                    throw _cursor.Unexpected();
            }

            _cursor.SkipGroup();
        }
    }

    private void AddField(string keyword, IndexSpace space)
    {
        var index = space.Define(_cursor);
        _fields.Add(new Field(keyword, _cursor.Position, index));
    }

    private IndexSpace SpaceOf(string keyword) => keyword switch
    {
        "func" => _scope.Functions,
        "table" => _scope.Tables,
        "memory" => _scope.Memories,
        "global" => _scope.Globals,
        "tag" => _scope.Tags,
        _ => throw _cursor.Unexpected(),
    };

    private void DeclareGroup()
    {
        while (_cursor.TryOpen("type"))
        {
            _scope.Types.Define(_cursor);
            _cursor.SkipGroup();
        }
    }

    /// <summary>Looks for an inline import, and for inline segments, which take indices.</summary>
    private void DeclareAbbreviations(string keyword, Token token, ref string? defined)
    {
        while (_cursor.TryOpen("export"))
        {
            _cursor.SkipGroup();
        }

        if (_cursor.TryOpen("import"))
        {
            if (defined is not null)
            {
                throw _cursor.Error($"import after {defined}", token);
            }

            _cursor.SkipGroup();
            return;
        }

        defined ??= keyword == "func" ? "function" : keyword;
        var isTable = keyword == "table";
        if (!isTable && keyword != "memory")
        {
            return;
        }

        AddressType();
        if (!isTable && _cursor.TryOpen("pagesize"))
        {
            _cursor.SkipGroup();
        }

        if (!isTable && _cursor.AtOpen("data"))
        {
            _scope.Data.Add();
        }

        if (isTable && _types.AtValueType)
        {
            _scope.Elements.Add();
        }
    }

    /// <summary>Takes the address type of a memory or table, and tells whether it is i64.</summary>
    private bool AddressType()
    {
        if (_cursor.TryKeyword("i64"))
        {
            return true;
        }

        _cursor.TryKeyword("i32");
        return false;
    }

    private void TypeField(Field field)
    {
        switch (field.Keyword)
        {
            case "type":
                _types.Definition(_typeSection.Next(), isAlone: true);
                break;
            case "rec":
                RecursionGroup(_typeSection.Next());
                break;
        }
    }

    private void RecursionGroup(WasmWriter writer)
    {
        var members = new WasmWriter();
        var start = _cursor.Position;
        var count = 0;
        for (; _cursor.TryOpen("type"); count++)
        {
            _cursor.SkipGroup();
        }

        _cursor.Position = start;
        while (_cursor.TryOpen("type"))
        {
            _cursor.TryIdentifier();
            _types.Definition(members, isAlone: count == 1);
        }

        _cursor.Close();
        writer.Byte(BinaryFormat.RecursionGroupForm);
        writer.U32(count);
        writer.Bytes(members.Written);
    }
}
