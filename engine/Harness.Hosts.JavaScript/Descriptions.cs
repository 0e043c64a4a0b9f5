using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;

namespace Harness.Hosts.JavaScript;

/// <summary>
/// Describes modules and what they export for the scripts of the WebAssembly API: as JSON, with a letter for each type. It is written as it goes, since modules have imports by the thousand.
/// </summary>
internal static class Descriptions
{
    /// <summary>The imports and exports of a module.</summary>
    public static string Of(WasmModule module) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("imports");
        for (var i = 0; i < module.Imports.Length; i++)
        {
            WriteImport(json, module, module.Imports[i], i);
        }

        json.WriteEndArray();
        json.WriteStartArray("exports");
        foreach (var export in module.Exports)
        {
            json.WriteStartObject();
            json.WriteString("name", export.Name);
            json.WriteString("kind", KindOf(export.Kind));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>What JavaScript has to know of an item beside its kind.</summary>
    public static string Of(Extern item) => Write(json => WriteItem(json, item));

    /// <summary>What an instance exports: a list of name, kind, number and what <see cref="Of(Extern)"/> says.</summary>
    /// <param name="module">Its module.</param>
    /// <param name="find">The number of an export, and the item itself.</param>
    public static string Of(WasmModule module, Func<Export, (int Id, Extern Item)> find) => Write(json =>
    {
        json.WriteStartArray();
        foreach (var export in module.Exports)
        {
            var (id, item) = find(export);
            json.WriteStartArray();
            json.WriteStringValue(export.Name);
            json.WriteStringValue(KindOf(export.Kind));
            json.WriteNumberValue(id);
            WriteItem(json, item);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    });

    /// <summary>Parameters, '&gt;', results.</summary>
    public static string SignatureOf(FunctionType type) => $"{LettersOf(type.Parameters)}>{LettersOf(type.Results)}";

    private static string KindOf(ExternalKind kind) => kind switch
    {
        ExternalKind.Function => "function",
        ExternalKind.Table => "table",
        ExternalKind.Memory => "memory",
        ExternalKind.Global => "global",
        _ => "tag",
    };

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteImport(Utf8JsonWriter json, WasmModule module, Import import, int index)
    {
        json.WriteStartObject();
        json.WriteString("module", import.ModuleName);
        json.WriteString("name", import.Name);
        json.WriteString("kind", KindOf(import.Kind));
        json.WriteNumber("index", index);
        switch (import.Kind)
        {
            case ExternalKind.Function:
                json.WriteString("signature", SignatureOf(module.Functions[import.Index].Type));
                if (module.Functions[import.Index].Builtin is not null)
                {
                    json.WriteBoolean("builtin", true);
                }

                break;
            case ExternalKind.Global:
                WriteGlobal(json, module.Globals[import.Index].Type);
                break;
        }

        json.WriteEndObject();
    }

    private static void WriteItem(Utf8JsonWriter json, Extern item)
    {
        json.WriteStartObject();
        switch (item)
        {
            case WasmFunction function:
                json.WriteString("name", Math.Max(function.Index, 0).ToString(CultureInfo.InvariantCulture));
                json.WriteString("signature", SignatureOf(function.Type));
                break;
            case Global global:
                WriteGlobal(json, global.Type);
                break;
            case Table table:
                WriteType(json, table.Type.ElementType);
                json.WriteBoolean("is64", table.Type.Is64);
                break;
            case Memory { Type.PageSizeLog2: not MemoryType.UsualPageSizeLog2 }:
                throw new NotSupportedException("WebAssembly: JavaScript has no memories whose pages are not of 64 KiB");
            case Memory memory:
                json.WriteNumber("initial", memory.Pages);
                if (memory.Type.Limits.Maximum is { } maximum)
                {
                    json.WriteNumber("maximum", maximum);
                }

                json.WriteBoolean("is64", memory.Type.Is64);
                json.WriteBoolean("shared", memory.Type.IsShared);
                break;
            case Tag tag:
                json.WriteString("types", LettersOf(tag.Type.Type.Parameters));
                break;
        }

        json.WriteEndObject();
    }

    private static void WriteGlobal(Utf8JsonWriter json, GlobalType type)
    {
        WriteType(json, type.Type);
        json.WriteBoolean("mutable", type.IsMutable);
    }

    private static void WriteType(Utf8JsonWriter json, ValueType type) => json.WriteString("type", LetterOf(type).ToString());

    private static string LettersOf(ImmutableArray<ValueType> types)
    {
        var letters = new char[types.Length];
        for (var i = 0; i < letters.Length; i++)
        {
            letters[i] = LetterOf(types[i]);
        }

        return new string(letters);
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
