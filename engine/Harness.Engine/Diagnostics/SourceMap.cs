using System.Globalization;
using System.Text.Json;

namespace Harness.Engine.Diagnostics;

/// <summary>
/// The source lines of a module's instructions, by a source map of revision 3 (ECMA-426): for WebAssembly all generated code is one line, and a column is the offset of an instruction from
/// the start of the module's bytes.
/// </summary>
internal sealed class SourceMap
{
    private const string Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /// <summary>Most fields of a mapping: column, source, line, column there, name.</summary>
    private const int MostFields = 5;

    private readonly List<(int Offset, int Source, int Line, int Column)> _mappings = [];
    private readonly IReadOnlyList<string> _names;
    private readonly IReadOnlyList<string[]?> _contents;
    private readonly Uri _folder;

    private SourceMap(IReadOnlyList<string> names, IReadOnlyList<string[]?> contents, string folder)
    {
        _names = names;
        _contents = contents;
        _folder = new Uri(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar);
    }

    /// <summary>Reads a map.</summary>
    /// <param name="json">Its text.</param>
    /// <param name="folder">The folder from which sources have their addresses; in it, or below it, sources are looked for that the map does not hold.</param>
    /// <exception cref="FormatException">It is malformed.</exception>
    public static SourceMap Parse(string json, string folder)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.GetProperty("version").GetInt32() != 3)
        {
            throw new FormatException("its version is not 3");
        }

        List<string> names = [.. root.GetProperty("sources").EnumerateArray().Select(source => source.GetString() ?? "")];
        List<string?> held = root.TryGetProperty("sourcesContent", out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(text => text.GetString())] : [];
        var map = new SourceMap(names, [.. names.Select((name, i) => (held.ElementAtOrDefault(i) ?? ReadBelow(folder, name))?.Split('\n'))], folder);
        map.Decode(root.GetProperty("mappings").GetString() ?? "");
        return map;
    }

    /// <summary>The source line of an instruction, as <c>file:line: text</c>; null where the map has none for it.</summary>
    /// <param name="offset">Its offset from the start of the module's bytes.</param>
    public string? At(int offset)
    {
        if (MappingOf(offset) is not var (_, source, line, _))
        {
            return null;
        }

        var text = _contents[source] is { } lines && line < lines.Length ? ": " + lines[line].Trim() : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(_names[source])}:{line + 1}{text}");
    }

    /// <summary>Where an instruction comes from; null where the map does not say.</summary>
    /// <param name="offset">Its offset from the start of the module's bytes.</param>
    public SourcePlace? Find(int offset)
    {
        if (MappingOf(offset) is not var (_, source, line, column))
        {
            return null;
        }

        var name = _names[source];
        return new SourcePlace(Uri.TryCreate(_folder, name, out var address) ? address.AbsoluteUri : name, line + 1, column + 1);
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

    /// <summary>The text of a source in a folder or below it; nothing that lies elsewhere is read.</summary>
    private static string? ReadBelow(string folder, string name)
    {
        var path = Path.GetFullPath(Path.Combine(folder, name));
        return path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal) && File.Exists(path) ? File.ReadAllText(path) : null;
    }

    /// <summary>The last mapping up to an offset; null where there is none, or where it has no source.</summary>
    private (int Offset, int Source, int Line, int Column)? MappingOf(int offset)
    {
        var (low, high) = (0, _mappings.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_mappings[middle].Offset <= offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low > 0 && _mappings[low - 1] is { Source: >= 0 } found ? found : null;
    }

    /// <summary>Decodes the mappings: numbers in base 64 with a variable number of digits, each the difference to the one before.</summary>
    private void Decode(string text)
    {
        Span<int> fields = stackalloc int[MostFields];
        var (offset, source, line, column) = (0, 0, 0, 0);
        foreach (var segment in text.TrimEnd(';').Split(','))
        {
            if (segment.Length == 0)
            {
                continue;
            }

            var count = DecodeSegment(segment, fields);
            offset += fields[0];
            if (count >= 4)
            {
                source += fields[1];
                line += fields[2];
                column += fields[3];
                if (source < 0 || source >= _names.Count || line < 0)
                {
                    throw new FormatException($"a mapping names source {source} and line {line + 1}, which there are not");
                }
            }

            _mappings.Add((offset, count >= 4 ? source : -1, line, column));
        }

        _mappings.Sort((first, second) => first.Offset.CompareTo(second.Offset));
    }

    private static int DecodeSegment(string segment, Span<int> fields)
    {
        var (count, value, shift) = (0, 0, 0);
        foreach (var letter in segment)
        {
            var digit = Digits.IndexOf(letter, StringComparison.Ordinal);
            if (digit < 0 || shift > 30 || count == fields.Length)
            {
                throw new FormatException($"'{segment}' is no mapping");
            }

            value |= (digit & 31) << shift;
            shift += 5;
            if (digit >= 32)
            {
                continue;
            }

            fields[count++] = (value & 1) == 0 ? value >> 1 : -(value >> 1);
            (value, shift) = (0, 0);
        }

        return shift == 0 ? count : throw new FormatException($"'{segment}' is no mapping");
    }
}

/// <summary>A place in a source.</summary>
/// <param name="Source">The source's address: that of a file begins with <c>file://</c>.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column in UTF-16 code units, from 1.</param>
internal readonly record struct SourcePlace(string Source, int Line, int Column);
