using System.Text.Json.Nodes;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Hosts.JavaScript;

/// <summary>Describes modules and what they export for the scripts of the WebAssembly API: as JSON, with a letter for each type.</summary>
internal static class Descriptions
{
    /// <summary>The imports and exports of a module.</summary>
    public static string Of(WasmModule module) => new JsonObject
    {
        ["imports"] = new JsonArray([.. module.Imports.Select((import, index) => OfImport(module, import, index))]),
        ["exports"] = new JsonArray([.. module.Exports.Select(export => new JsonObject { ["name"] = export.Name, ["kind"] = KindOf(export.Kind) })]),
    }.ToJsonString();

    /// <summary>What JavaScript has to know of an item beside its kind.</summary>
    public static JsonObject TypeOf(Extern item) => item switch
    {
        Global global => new JsonObject { ["type"] = LetterOf(global.Type.Type).ToString(), ["mutable"] = global.Type.IsMutable },
        Table table => new JsonObject { ["type"] = LetterOf(table.Type.ElementType).ToString(), ["is64"] = table.Type.Is64 },
        Memory { Type.PageSizeLog2: not MemoryType.UsualPageSizeLog2 } => throw new NotSupportedException("WebAssembly: JavaScript has no memories whose pages are not of 64 KiB"),
        Memory memory => new JsonObject
        {
            ["initial"] = memory.Pages,
            ["maximum"] = memory.Type.Limits.Maximum is { } maximum ? JsonValue.Create(maximum) : null,
            ["is64"] = memory.Type.Is64,
            ["shared"] = memory.Type.IsShared,
        },
        WasmFunction function => new JsonObject { ["name"] = Math.Max(function.Index, 0).ToString(System.Globalization.CultureInfo.InvariantCulture), ["signature"] = SignatureOf(function.Type) },
        Tag tag => new JsonObject { ["types"] = string.Concat(tag.Type.Type.Parameters.Select(LetterOf)) },
        _ => [],
    };

    /// <summary>Parameters, '&gt;', results.</summary>
    public static string SignatureOf(FunctionType type) => string.Concat([.. type.Parameters.Select(LetterOf), '>', .. type.Results.Select(LetterOf)]);

    public static string KindOf(ExternalKind kind) => kind.ToString().ToLowerInvariant();

    private static JsonObject OfImport(WasmModule module, Import import, int index)
    {
        var item = new JsonObject { ["module"] = import.ModuleName, ["name"] = import.Name, ["kind"] = KindOf(import.Kind), ["index"] = index };
        switch (import.Kind)
        {
            case ExternalKind.Function:
                item["signature"] = SignatureOf(module.Functions[import.Index].Type);
                if (module.Functions[import.Index].Builtin is not null) item["builtin"] = true;
                break;
            case ExternalKind.Global:
                GlobalType type = module.Globals[import.Index].Type;
                item["type"] = LetterOf(type.Type).ToString();
                item["mutable"] = type.IsMutable;
                break;
        }

        return item;
    }

    private static char LetterOf(ValueType type) => type.Kind switch
    {
        ValueKind.I32 => 'i',
        ValueKind.I64 => 'l',
        ValueKind.F32 => 'f',
        ValueKind.F64 => 'd',
        ValueKind.V128 => 'v',
        _ => TypeRegistry.TopOf(type.HeapType) switch
        {
            AbstractHeapType.Extern => 'e',
            AbstractHeapType.Any => 'a',
            AbstractHeapType.Func => 'F',
            _ => 'x',
        },
    };
}
