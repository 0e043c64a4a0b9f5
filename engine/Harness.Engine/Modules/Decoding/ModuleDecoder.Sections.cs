using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Harness.Engine.Modules.Validation;

namespace Harness.Engine.Modules.Decoding;

/// <content>The contents of the sections, except for types and imports (specification, section 5.5).</content>
internal sealed partial class ModuleDecoder
{
    private void DecodeFunctions(ModuleReader section)
    {
        for (var count = section.ReadCount(ImplementationLimits.Functions, "functions"); count > 0; count--)
        {
            AddFunction(section.ReadVarU32(), section.Offset);
        }

        section.ExpectEnd();
    }

    private void DecodeTables(ModuleReader section)
    {
        for (var count = section.ReadCount(ImplementationLimits.Tables, "tables"); count > 0; count--)
        {
            var at = section.Offset;
            var hasInitializer = section.PeekByte() == BinaryFormat.TableWithInitializer;
            if (hasInitializer)
            {
                section.ReadByte();
                if (section.ReadByte() != 0)
                {
                    throw new MalformedModuleException("malformed table", at);
                }
            }

            var type = ExternalTypeDecoder.DecodeTable(ref section, _environment);
            if (!hasInitializer && !type.ElementType.IsNullable)
            {
                throw new InvalidModuleException("type mismatch: elements without null need an initial value", at);
            }

            var initializer = hasInitializer ? _constants.Decode(ref section, type.ElementType) : null;
            AddTable(new TableInfo(type, initializer, false), at);
        }

        section.ExpectEnd();
    }

    private void DecodeMemories(ModuleReader section)
    {
        for (var count = section.ReadCount(ImplementationLimits.Memories, "memories"); count > 0; count--)
        {
            AddMemory(new MemoryInfo(ExternalTypeDecoder.DecodeMemory(ref section), false), section.Offset);
        }

        section.ExpectEnd();
    }

    private void DecodeTags(ModuleReader section)
    {
        for (var count = section.ReadCount(ImplementationLimits.Tags, "tags"); count > 0; count--)
        {
            AddTag(new TagInfo(ExternalTypeDecoder.DecodeTag(ref section, _environment), false), section.Offset);
        }

        section.ExpectEnd();
    }

    private void DecodeGlobals(ModuleReader section)
    {
        for (var count = section.ReadCount(ImplementationLimits.Globals, "globals"); count > 0; count--)
        {
            var type = ExternalTypeDecoder.DecodeGlobal(ref section, _environment);
            AddGlobal(new GlobalInfo(type, _constants.Decode(ref section, type.Type), false), section.Offset);
        }

        section.ExpectEnd();
    }

    private void DecodeExports(ModuleReader section)
    {
        var count = section.ReadCount(ImplementationLimits.Exports, "exports");
        _exports = new ExportTable(_reader, count);
        ModuleException? fault = null;
        try
        {
            for (; count > 0; count--)
            {
                var at = section.Offset;
                var name = section.ReadNameBytes();
                var kind = DecodeExternalKind(ref section, "malformed export kind");
                var index = section.ReadVarU32();
                CheckExported(kind, index, at);
                _exports.Add(at, name);
            }
        }
        catch (ModuleException exception)
        {
            // A name that was there before comes first.
            fault = exception;
        }

        var repeated = _exports.Seal();
        if (repeated >= 0)
        {
            throw new InvalidModuleException($"duplicate export name \"{NameText.Of(_exports.NameAt(repeated))}\"", repeated);
        }

        if (fault is not null)
        {
            throw fault;
        }

        section.ExpectEnd();
    }

    private void CheckExported(ExternalKind kind, uint index, int offset)
    {
        switch (kind)
        {
            case ExternalKind.Function:
                _environment.GetFunction(index, offset);
                _environment.ReferencedFunctions.Add((int)index);
                break;
            case ExternalKind.Table:
                _environment.GetTable(index, offset);
                break;
            case ExternalKind.Memory:
                _environment.GetMemory(index, offset);
                break;
            case ExternalKind.Global:
                _environment.GetGlobal(index, offset);
                break;
            default:
                _environment.GetTag(index, offset);
                break;
        }
    }

    private void DecodeStart(ModuleReader section)
    {
        var at = section.Offset;
        var index = section.ReadVarU32();
        var type = _environment.GetFunction(index, at).Type.Function!;
        if (!type.Parameters.IsEmpty || !type.Results.IsEmpty)
        {
            throw new InvalidModuleException("start function must not have parameters or results", at);
        }

        _start = (int)index;
        section.ExpectEnd();
    }

    private void DecodeElements(ModuleReader section)
    {
        var count = section.ReadCount(ImplementationLimits.ElementSegments, "element segments");
        for (; count > 0; count--)
        {
            DecodeElementSegment(ref section);
        }

        section.ExpectEnd();
    }

    private void DecodeElementSegment(ref ModuleReader section)
    {
        // Bit 0: not active; bit 1: declarative, or an active one with a table index; bit 2: expressions, not functions.
        var at = section.Offset;
        var flags = section.ReadVarU32();
        if (flags > 7)
        {
            throw new MalformedModuleException("malformed elements segment kind", at);
        }

        var mode = (flags & 3) switch
        {
            1 => SegmentMode.Passive,
            3 => SegmentMode.Declarative,
            _ => SegmentMode.Active,
        };
        var hasExpressions = (flags & 4) != 0;
        var table = 0u;
        TableType? tableType = null;
        ConstExpression? offset = null;
        if (mode == SegmentMode.Active)
        {
            if ((flags & 2) != 0)
            {
                table = section.ReadVarU32();
            }

            tableType = _environment.GetTable(table, at);
            offset = _constants.Decode(ref section, tableType.AddressType);
        }

        var elementType = ValueType.FuncRef.WithNull(hasExpressions);
        if ((flags & 3) != 0)
        {
            if (hasExpressions)
            {
                elementType = _environment.ReadReferenceType(ref section);
            }
            else if (section.ReadByte() != 0)
            {
                throw new MalformedModuleException("malformed element kind", at);
            }
        }

        if (tableType is not null && !elementType.IsSubtypeOf(tableType.ElementType))
        {
            throw new InvalidModuleException($"type mismatch: {elementType} in a table of {tableType.ElementType}", at);
        }

        var functions = hasExpressions ? default : DecodeFunctionIndices(ref section);
        var expressions = hasExpressions ? DecodeElementExpressions(ref section, elementType) : default;
        if (hasExpressions && TryPlainFunctions(expressions, out functions))
        {
            expressions = default;
        }

        _environment.Elements.Add(new ElementSegment(mode, (int)table, offset, elementType, functions, expressions));
    }

    private ImmutableArray<int> DecodeFunctionIndices(ref ModuleReader section)
    {
        var functions = new int[section.ReadCount(ImplementationLimits.SegmentElements, "elements")];
        for (var i = 0; i < functions.Length; i++)
        {
            var at = section.Offset;
            var index = section.ReadVarU32();
            _environment.GetFunction(index, at);
            _environment.ReferencedFunctions.Add((int)index);
            functions[i] = (int)index;
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(functions);
    }

    private ImmutableArray<ConstExpression> DecodeElementExpressions(ref ModuleReader section, ValueType elementType)
    {
        var expressions = new ConstExpression[section.ReadCount(ImplementationLimits.SegmentElements, "elements")];
        for (var i = 0; i < expressions.Length; i++)
        {
            expressions[i] = _constants.Decode(ref section, elementType);
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(expressions);
    }

    /// <summary>The function indices of expressions that are all <c>ref.func</c> or <c>ref.null</c>.</summary>
    private static bool TryPlainFunctions(
        ImmutableArray<ConstExpression> expressions, out ImmutableArray<int> functions)
    {
        functions = default;
        var indices = new int[expressions.Length];
        for (var i = 0; i < indices.Length; i++)
        {
            var operations = expressions[i].Operations;
            if (operations.Length != 1)
            {
                return false;
            }

            if (operations[0].Opcode is not (Opcode.RefFunc or Opcode.RefNull))
            {
                return false;
            }

            indices[i] = operations[0].Opcode == Opcode.RefFunc ? (int)operations[0].Bits : -1;
        }

        functions = ImmutableCollectionsMarshal.AsImmutableArray(indices);
        return true;
    }

    private void DecodeCode(ModuleReader section)
    {
        var count = section.ReadCount(ImplementationLimits.Functions, "function bodies");
        _bodies = new (int, int, bool)[count];
        var found = 0;
        ModuleException? fault = null;
        try
        {
            for (; found < count; found++)
            {
                _bodies[found] = ReadBody(ref section, found);
            }
        }
        catch (ModuleException exception)
        {
            // What is wrong with a body before comes first.
            fault = exception;
        }

        if (IsKnown)
        {
            for (var i = 0; i < found; i++)
            {
                _bodies[i].HasVectors = _known!.VectorFunctions[_importedFunctions + i];
            }
        }
        else if (!IsLate)
        {
            var start = Stopwatch.GetTimestamp();
            _invalidBody = new BodyValidation(_environment, section, _importedFunctions, _bodies, found).Run(_validationThreads, _startThread, _tailCalls);
            _validationTime = Stopwatch.GetElapsedTime(start);
        }

        if (fault is not null)
        {
            throw fault;
        }

        section.ExpectEnd();
    }

    private (int Start, int End, bool HasVectors) ReadBody(ref ModuleReader section, int index)
    {
        var at = section.Offset;
        var body = section.ReadSized();
        if (body.Remaining > ImplementationLimits.FunctionSize)
        {
            throw InvalidModuleException.TooMany("bytes in a function", ImplementationLimits.FunctionSize, at);
        }

        return _importedFunctions + index < _environment.Functions.Count
            ? (body.Offset, body.End, false)
            : throw new MalformedModuleException("function and code section have inconsistent lengths", at);
    }

    private void DecodeData(ModuleReader section)
    {
        for (var count = section.ReadCount(ImplementationLimits.DataSegments, "data segments"); count > 0; count--)
        {
            // 0: active, memory 0; 1: passive; 2: active with a memory index.
            var at = section.Offset;
            var flags = section.ReadVarU32();
            if (flags > 2)
            {
                throw new MalformedModuleException("malformed data segment kind", at);
            }

            var memory = flags == 2 ? section.ReadVarU32() : 0;
            ConstExpression? offset = null;
            if (flags != 1)
            {
                offset = _constants.Decode(ref section, _environment.GetMemory(memory, at).AddressType);
            }

            var length = section.ReadVarU32();
            var start = section.Offset;
            section.Skip(length);
            var mode = flags == 1 ? SegmentMode.Passive : SegmentMode.Active;
            _data.Add(new DataSegment(mode, (int)memory, offset, start, (int)length));
        }

        section.ExpectEnd();
    }

    private static ExternalKind DecodeExternalKind(ref ModuleReader section, string message)
    {
        var at = section.Offset;
        var kind = section.ReadByte();
        return kind <= (byte)ExternalKind.Tag ? (ExternalKind)kind : throw new MalformedModuleException(message, at);
    }

    private StringBuiltin? BuiltinOf(string moduleName, string name) =>
        _builtinSets.HasFlag(BuiltinSets.JsString) && moduleName == StringBuiltins.ModuleName
        && StringBuiltins.TryGet(name, out var builtin)
            ? builtin
            : null;

    private void AddFunction(uint typeIndex, int offset, bool isExact = true, StringBuiltin? builtin = null)
    {
        _environment.GetFunctionType(typeIndex, offset);
        var function = new FunctionDeclaration((int)typeIndex, _environment.Types[(int)typeIndex], isExact, builtin);
        // The types of the engine's functions are of the usual realm alone.
        if (_environment.TypeRealm == 0 && builtin is { } known
            && !HeapType.Defined(TypeRegistry.CanonicalId(StringBuiltins.TypeOf(known))).Exact.IsSubtypeOf(function.ReferenceType.HeapType))
        {
            throw new InvalidModuleException("incompatible import type of a builtin function", offset);
        }

        Add(_environment.Functions, function, ImplementationLimits.Functions, "functions", offset);
    }

    private void AddTable(TableInfo table, int offset) =>
        Add(_environment.Tables, table, ImplementationLimits.Tables, "tables", offset);

    private void AddMemory(MemoryInfo memory, int offset) =>
        Add(_environment.Memories, memory, ImplementationLimits.Memories, "memories", offset);

    private void AddGlobal(GlobalInfo global, int offset) =>
        Add(_environment.Globals, global, ImplementationLimits.Globals, "globals", offset);

    private void AddTag(TagInfo tag, int offset) =>
        Add(_environment.Tags, tag, ImplementationLimits.Tags, "tags", offset);

    private static void Add<T>(List<T> list, T item, int limit, string items, int offset)
    {
        if (list.Count >= limit)
        {
            throw InvalidModuleException.TooMany(items, limit, offset);
        }

        list.Add(item);
    }
}
