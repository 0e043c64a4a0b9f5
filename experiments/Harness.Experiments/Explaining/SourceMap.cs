using System.Globalization;
using System.Text;
using System.Text.Json;
using Harness.Engine.Diagnostics;
using Harness.Engine.Modules;
using Harness.Experiments.Hosting;

namespace Harness.Experiments.Explaining;

/// <summary>
/// The source lines of a module's instructions, by a source map of revision 3 (ECMA-426): for WebAssembly all generated code is one line, and a column is the offset of an instruction from
/// the start of the module's bytes.
/// </summary>
internal sealed class SourceMap
{
    /// <summary>The custom section that names the map (WebAssembly tool conventions).</summary>
    private const string Section = "sourceMappingURL";

    private const string Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /// <summary>Most fields of a mapping: column, source, line, column there, name.</summary>
    private const int MostFields = 5;

    private readonly List<(int Offset, int Source, int Line)> mappings = [];
    private readonly IReadOnlyList<string> names;
    private readonly IReadOnlyList<string[]?> contents;

    private SourceMap(IReadOnlyList<string> names, IReadOnlyList<string[]?> contents) => (this.names, this.contents) = (names, contents);

    /// <summary>The map of a module: the file beside it that its section <c>sourceMappingURL</c> names, or that has its name and the ending <c>.map</c>; null where there is none.</summary>
    /// <param name="path">The module's file.</param>
    /// <param name="module">The module.</param>
    /// <exception cref="HarnessException">There is a file, and it is no such map.</exception>
    public static SourceMap? Find(string path, WasmModule module)
    {
        if (Path.GetExtension(path) != ".wasm")
            return null;
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;

        // The section holds a name: a length and UTF-8. Of an address only the last part can lie here.
        var named = CustomSections.Find(module.Bytes, Section) is { Length: > 1 } section ? Path.GetFileName(Encoding.UTF8.GetString(section.AsSpan(LengthOfLength(section)))) : "";
        var file = ((string[])[named, Path.GetFileName(path) + ".map"]).Where(name => name.Length > 0).Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (file is null)
            return null;
        try
        {
            return Parse(File.ReadAllText(file), folder);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or ArgumentException or IOException)
        {
            throw new HarnessException($"{file} is no source map of revision 3: {OneLine.Of(exception.Message)}", exception);
        }
    }

    /// <summary>Reads a map.</summary>
    /// <param name="json">Its text.</param>
    /// <param name="folder">The folder in which, or below which, sources are looked for that the map does not hold.</param>
    /// <exception cref="FormatException">It is malformed.</exception>
    public static SourceMap Parse(string json, string folder)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.GetProperty("version").GetInt32() != 3)
            throw new FormatException("its version is not 3");
        List<string> names = [.. root.GetProperty("sources").EnumerateArray().Select(source => source.GetString() ?? "")];
        List<string?> held = root.TryGetProperty("sourcesContent", out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(text => text.GetString())] : [];
        var map = new SourceMap(names, [.. names.Select((name, i) => (held.ElementAtOrDefault(i) ?? ReadBelow(folder, name))?.Split('\n'))]);
        map.Decode(root.GetProperty("mappings").GetString() ?? "");
        return map;
    }

    /// <summary>The source line of an instruction, as <c>file:line: text</c>; null where the map has none for it.</summary>
    /// <param name="offset">Its offset from the start of the module's bytes.</param>
    public string? At(int offset)
    {
        var (low, high) = (0, mappings.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (mappings[middle].Offset <= offset)
                low = middle + 1;
            else
                high = middle;
        }

        if (low == 0 || mappings[low - 1] is not { Source: >= 0 } found)
            return null;
        var text = contents[found.Source] is { } lines && found.Line < lines.Length ? ": " + lines[found.Line].Trim() : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(names[found.Source])}:{found.Line + 1}{text}");
    }

    /// <summary>Adds source lines to the listings of an explanation.</summary>
    public Explanation AddTo(Explanation explanation) => explanation with
    {
        Functions = [.. explanation.Functions.Select(function => function with
        {
            Compilations = [.. function.Compilations.Select(compilation => compilation with
            {
                Code = [.. compilation.Code.Select(line => line.Source is { } source ? line with { Source = source with { SourceLine = At(source.Offset) } } : line)],
            })],
        })],
    };

    private static int LengthOfLength(byte[] section) => Array.FindIndex(section, letter => letter < 0x80) + 1;

    /// <summary>The text of a source in a folder or below it; nothing that lies elsewhere is read.</summary>
    private static string? ReadBelow(string folder, string name)
    {
        var path = Path.GetFullPath(Path.Combine(folder, name));
        return path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal) && File.Exists(path) ? File.ReadAllText(path) : null;
    }

    /// <summary>Decodes the mappings: numbers in base 64 with a variable number of digits, each the difference to the one before.</summary>
    private void Decode(string text)
    {
        Span<int> fields = stackalloc int[MostFields];
        var (offset, source, line) = (0, 0, 0);
        foreach (var segment in text.TrimEnd(';').Split(','))
        {
            if (segment.Length == 0)
                continue;
            var count = DecodeSegment(segment, fields);
            offset += fields[0];
            if (count >= 4)
            {
                source += fields[1];
                line += fields[2];
                if (source < 0 || source >= names.Count || line < 0)
                    throw new FormatException($"a mapping names source {source} and line {line + 1}, which there are not");
            }

            mappings.Add((offset, count >= 4 ? source : -1, line));
        }

        mappings.Sort((first, second) => first.Offset.CompareTo(second.Offset));
    }

    private static int DecodeSegment(string segment, Span<int> fields)
    {
        var (count, value, shift) = (0, 0, 0);
        foreach (var letter in segment)
        {
            var digit = Digits.IndexOf(letter, StringComparison.Ordinal);
            if (digit < 0 || shift > 30 || count == fields.Length)
                throw new FormatException($"'{segment}' is no mapping");
            value |= (digit & 31) << shift;
            shift += 5;
            if (digit >= 32)
                continue;
            fields[count++] = (value & 1) == 0 ? value >> 1 : -(value >> 1);
            (value, shift) = (0, 0);
        }

        return shift == 0 ? count : throw new FormatException($"'{segment}' is no mapping");
    }
}
