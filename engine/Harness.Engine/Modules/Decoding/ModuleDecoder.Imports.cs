namespace Harness.Engine.Modules.Decoding;

/// <content>The import section (specification, section 5.5.5), groups of imports included (compact import section proposal).</content>
internal sealed partial class ModuleDecoder
{
    private void DecodeImports(ModuleReader section)
    {
        for (var count = section.ReadCount(ImplementationLimits.Imports, "imports"); count > 0; count--)
        {
            var moduleName = section.ReadName();
            var name = section.ReadName();
            switch (name.Length == 0 ? section.PeekByte() : 0)
            {
                case BinaryFormat.ImportsOfModule:
                    section.ReadByte();
                    for (var items = ReadImportCount(ref section); items > 0; items--)
                    {
                        name = section.ReadName();
                        AddImport(moduleName, name, DecodeImportedType(ref section));
                    }

                    break;
                case BinaryFormat.ImportsOfType:
                    section.ReadByte();
                    var type = DecodeImportedType(ref section);
                    for (var items = ReadImportCount(ref section); items > 0; items--)
                    {
                        AddImport(moduleName, section.ReadName(), type);
                    }

                    break;
                default:
                    AddImport(moduleName, name, DecodeImportedType(ref section));
                    break;
            }
        }

        _importedFunctions = _environment.Functions.Count;
        section.ExpectEnd();
    }

    /// <summary>Reads the number of imports of a group, which together with those before it must be within the limit.</summary>
    private int ReadImportCount(ref ModuleReader section)
    {
        var at = section.Offset;
        var count = section.ReadCount(ImplementationLimits.Imports, "imports");
        return count <= ImplementationLimits.Imports - _imports.Count
            ? count
            : throw InvalidModuleException.TooMany("imports", ImplementationLimits.Imports, at);
    }

    private ImportedType DecodeImportedType(ref ModuleReader section)
    {
        var isExact = section.PeekByte() == BinaryFormat.ExactFunctionKind;
        if (isExact)
        {
            section.ReadByte();
        }

        var kind = isExact ? ExternalKind.Function : DecodeExternalKind(ref section, "malformed import kind");
        var at = section.Offset;
        return kind switch
        {
            ExternalKind.Function => new ImportedType(kind, at, section.ReadVarU32(), isExact),
            ExternalKind.Table => new ImportedType(kind, at, Type: ExternalTypeDecoder.DecodeTable(ref section, _environment)),
            ExternalKind.Memory => new ImportedType(kind, at, Type: ExternalTypeDecoder.DecodeMemory(ref section)),
            ExternalKind.Global => new ImportedType(kind, at, Type: ExternalTypeDecoder.DecodeGlobal(ref section, _environment)),
            _ => new ImportedType(kind, at, Type: ExternalTypeDecoder.DecodeTag(ref section, _environment)),
        };
    }

    private void AddImport(string moduleName, string name, ImportedType imported)
    {
        int index;
        switch (imported.Type)
        {
            case TableType table:
                index = _environment.Tables.Count;
                AddTable(new TableInfo(table, null, true), imported.Offset);
                break;
            case MemoryType memory:
                index = _environment.Memories.Count;
                AddMemory(new MemoryInfo(memory, true), imported.Offset);
                break;
            case GlobalType global:
                index = _environment.Globals.Count;
                AddGlobal(new GlobalInfo(global, null, true), imported.Offset);
                break;
            case TagType tag:
                index = _environment.Tags.Count;
                AddTag(new TagInfo(tag, true), imported.Offset);
                break;
            default:
                index = _environment.Functions.Count;
                AddFunction(imported.TypeIndex, imported.Offset, imported.IsExact, BuiltinOf(moduleName, name));
                break;
        }

        Add(_imports, new Import(moduleName, name, imported.Kind, index), ImplementationLimits.Imports, "imports", imported.Offset);
    }

    /// <summary>What is asked of something imported.</summary>
    /// <param name="Kind">Its kind.</param>
    /// <param name="Offset">Where that was read.</param>
    /// <param name="TypeIndex">Of a function, the index of its type.</param>
    /// <param name="IsExact">Of a function, whether it must not have a subtype of its type (custom descriptors proposal).</param>
    /// <param name="Type">The type of anything else.</param>
    private readonly record struct ImportedType(
        ExternalKind Kind, int Offset, uint TypeIndex = 0, bool IsExact = false, object? Type = null);
}
