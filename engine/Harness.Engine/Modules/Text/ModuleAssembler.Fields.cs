using System.Numerics;

namespace Harness.Engine.Modules.Text;

/// <content>Writes what each kind of field defines to its section.</content>
internal sealed partial class ModuleAssembler
{
    private readonly SectionBuilder _typeSection = new(SectionId.Type);
    private readonly SectionBuilder _importSection = new(SectionId.Import);
    private readonly SectionBuilder _functionSection = new(SectionId.Function);
    private readonly SectionBuilder _tableSection = new(SectionId.Table);
    private readonly SectionBuilder _memorySection = new(SectionId.Memory);
    private readonly SectionBuilder _tagSection = new(SectionId.Tag);
    private readonly SectionBuilder _globalSection = new(SectionId.Global);
    private readonly SectionBuilder _exportSection = new(SectionId.Export);
    private readonly SectionBuilder _elementSection = new(SectionId.Element);
    private readonly SectionBuilder _codeSection = new(SectionId.Code);
    private readonly SectionBuilder _dataSection = new(SectionId.Data);
    private readonly SortedDictionary<int, IndexSpace> _namedLocals = [];
    private readonly WasmWriter _body = new();
    private uint? _start;

    private void Define(Field field)
    {
        switch (field.Keyword)
        {
            case "import":
                Import();
                break;
            case "func":
                Function(field.Index);
                break;
            case "table":
                Table(field.Index);
                break;
            case "memory":
                Memory(field.Index);
                break;
            case "global":
                Global(field.Index);
                break;
            case "tag":
                Tag(field.Index);
                break;
            case "export":
                Export();
                break;
            case "start":
                _start = _scope.Functions.Resolve(_cursor);
                break;
            case "elem":
                ElementSegment();
                break;
            case "data":
                DataSegment();
                break;
            default:
                return;
        }

        _cursor.Close();
    }

    private ExternalKind KindOf(ReadOnlySpan<char> keyword) => keyword switch
    {
        "func" => ExternalKind.Function,
        "table" => ExternalKind.Table,
        "memory" => ExternalKind.Memory,
        "global" => ExternalKind.Global,
        "tag" => ExternalKind.Tag,
        _ => throw _cursor.Unexpected(),
    };

    /// <summary>Takes the inline exports of a definition, and its inline import, if it is one.</summary>
    private bool TryInlineImport(string keyword, int index)
    {
        while (_cursor.TryOpen("export"))
        {
            Export(_cursor.ExpectName(), KindOf(keyword), (uint)index);
            _cursor.Close();
        }

        if (!_cursor.TryOpen("import"))
        {
            return false;
        }

        var writer = _importSection.Next();
        writer.Name(_cursor.ExpectName());
        writer.Name(_cursor.ExpectName());
        _cursor.Close();
        ImportedType(keyword, writer);
        return true;
    }

    private void Function(int index)
    {
        if (TryInlineImport("func", index))
        {
            return;
        }

        var locals = new IndexSpace("local");
        _functionSection.Next().U32(_types.TypeUse(locals).Resolve(_scope));
        var types = new List<EncodedType>();
        while (_cursor.TryOpen("local"))
        {
            _types.Declarations(types, locals);
        }

        if (locals.HasNames)
        {
            _namedLocals.Add(index, locals);
        }

        _body.Clear();
        WriteLocals(types, _body);
        _instructions.Sequence(_body, locals);
        _body.Opcode(Opcode.End);
        _codeSection.Next().Sized(_body.Written);
    }

    /// <summary>Writes the locals as runs of equal types.</summary>
    private static void WriteLocals(List<EncodedType> types, WasmWriter writer)
    {
        var runs = new List<(int Count, EncodedType Type)>();
        foreach (var type in types)
        {
            if (runs.Count > 0 && runs[^1].Type == type)
            {
                runs[^1] = (runs[^1].Count + 1, type);
            }
            else
            {
                runs.Add((1, type));
            }
        }

        writer.U32(runs.Count);
        foreach (var (count, type) in runs)
        {
            writer.U32(count);
            type.Write(writer);
        }
    }

    private void Table(int index)
    {
        if (TryInlineImport("table", index))
        {
            return;
        }

        var isAddressed64 = AddressType();
        if (_types.AtValueType)
        {
            TableOfElements(index, isAddressed64);
            return;
        }

        var type = new WasmWriter();
        TableType(isAddressed64, type);
        var writer = _tableSection.Next();
        var isInitialized = _cursor.Kind != TokenKind.RightParenthesis;
        if (isInitialized)
        {
            writer.Byte(BinaryFormat.TableWithInitializer);
            writer.Byte(0);
        }

        writer.Bytes(type.Written);
        if (isInitialized)
        {
            Expression(writer);
        }
    }

    /// <summary>Parses a table given by its elements, whose number is its size.</summary>
    private void TableOfElements(int index, bool isAddressed64)
    {
        var type = _types.ReferenceType();
        _cursor.Open("elem");
        var elements = _cursor.Kind == TokenKind.LeftParenthesis ? ElementExpressions(type) : ElementFunctions(type);
        _cursor.Close();

        var writer = _tableSection.Next();
        type.Write(writer);
        WriteLimits(isAddressed64, (ulong)elements.Count, (ulong)elements.Count, writer);
        WriteElementSegment(elements, (uint)index, OffsetZero(isAddressed64));
    }

    private void TableType(bool isAddressed64, WasmWriter writer)
    {
        var (minimum, maximum) = Limits();
        _types.ReferenceType().Write(writer);
        WriteLimits(isAddressed64, minimum, maximum, writer);
    }

    private void Memory(int index)
    {
        if (TryInlineImport("memory", index))
        {
            return;
        }

        var isAddressed64 = AddressType();
        var pageSizeLog2 = PageSize();
        if (_cursor.TryOpen("data"))
        {
            var bytes = _cursor.Strings();
            _cursor.Close();
            var log2 = pageSizeLog2 ?? MemoryType.UsualPageSizeLog2;
            var pages = ((ulong)bytes.Length + (1UL << log2) - 1) >> log2;
            WriteLimits(isAddressed64, pages, pages, _memorySection.Next(), pageSizeLog2: pageSizeLog2);
            WriteDataSegment(bytes, (uint)index, OffsetZero(isAddressed64));
            return;
        }

        if (pageSizeLog2 is not null)
        {
            throw _cursor.Unexpected();
        }

        MemoryLimits(isAddressed64, _memorySection.Next());
    }

    private void MemoryLimits(bool isAddressed64, WasmWriter writer)
    {
        var (minimum, maximum) = Limits();
        var isShared = _cursor.TryKeyword("shared");
        WriteLimits(isAddressed64, minimum, maximum, writer, isShared, PageSize());
    }

    /// <summary>Takes a page size, which is a power of two, and gives its binary logarithm; null if there is none.</summary>
    private int? PageSize()
    {
        if (!_cursor.TryOpen("pagesize"))
        {
            return null;
        }

        var token = _cursor.Current;
        var size = _cursor.ExpectU64();
        _cursor.Close();
        return BitOperations.IsPow2(size) ? BitOperations.Log2(size) : throw _cursor.Error("invalid custom page size", token);
    }

    private (ulong Minimum, ulong? Maximum) Limits()
    {
        var minimum = _cursor.ExpectU64();
        return (minimum, _cursor.Kind == TokenKind.Natural ? _cursor.ExpectU64() : null);
    }

    private static void WriteLimits(
        bool isAddressed64, ulong minimum, ulong? maximum, WasmWriter writer, bool isShared = false, int? pageSizeLog2 = null)
    {
        writer.Byte((byte)((maximum is null ? 0 : 1) | (isShared ? 2 : 0) | (isAddressed64 ? 4 : 0) | (pageSizeLog2 is null ? 0 : 8)));
        writer.U64(minimum);
        if (maximum is { } limit)
        {
            writer.U64(limit);
        }

        if (pageSizeLog2 is { } log2)
        {
            writer.U32(log2);
        }
    }

    private void Global(int index)
    {
        if (TryInlineImport("global", index))
        {
            return;
        }

        var writer = _globalSection.Next();
        _types.MutableType(writer, canBePacked: false);
        Expression(writer);
    }

    private void Tag(int index)
    {
        if (TryInlineImport("tag", index))
        {
            return;
        }

        TagType(_tagSection.Next());
    }

    private void TagType(WasmWriter writer)
    {
        writer.Byte(0);
        writer.U32(_types.TypeUse(new IndexSpace("local")).Resolve(_scope));
    }

    private void Export()
    {
        var name = _cursor.ExpectName();
        _cursor.Expect(TokenKind.LeftParenthesis);
        var keyword = _cursor.Text.ToString();
        var kind = KindOf(keyword);
        _cursor.Advance();
        Export(name, kind, SpaceOf(keyword).Resolve(_cursor));
        _cursor.Close();
    }

    private void Export(string name, ExternalKind kind, uint index)
    {
        var writer = _exportSection.Next();
        writer.Name(name);
        writer.Byte((byte)kind);
        writer.U32(index);
    }

    /// <summary>Parses the instructions of a constant expression up to the next <c>)</c>.</summary>
    private void Expression(WasmWriter writer)
    {
        _instructions.Sequence(writer);
        writer.Opcode(Opcode.End);
    }

    /// <summary>Parses a constant expression in parentheses: one instruction, or several after a keyword.</summary>
    private void Expression(string keyword, WasmWriter writer)
    {
        if (_cursor.TryOpen(keyword))
        {
            _instructions.Sequence(writer);
            _cursor.Close();
        }
        else
        {
            _instructions.Folded(writer);
        }

        writer.Opcode(Opcode.End);
    }
}
