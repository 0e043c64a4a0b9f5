using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Harness.Dart.Ir;
using Harness.Dart.Syntax;

namespace Harness.Dart.Backend;

/// <summary>
/// Where the instructions of a module come from, and its form as a source map of revision 3 (ECMA-426): all code is one line, and a column is an offset from the start of the module's bytes.
/// </summary>
internal sealed class CodeMap(SourcePositions positions)
{
    private const string Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    private readonly List<(int Offset, int Place)> _places = [];

    /// <summary>The offset in the module from which those of places are counted.</summary>
    public int Start { get; set; }

    /// <summary>Notes where the instructions come from that begin at an offset, up to the next that is noted; offsets ascend.</summary>
    /// <param name="offset">The offset from <see cref="Start"/>.</param>
    /// <param name="place">The place; 0 for what the compiler made itself.</param>
    public void Add(int offset, int place)
    {
        if (place != (_places.Count == 0 ? 0 : _places[^1].Place))
        {
            _places.Add((offset, place));
        }
    }

    /// <summary>The source map as JSON, with the texts of all files that it names.</summary>
    /// <param name="folder">The folder in which the map will lie: files have their paths from there.</param>
    public string ToJson(string folder)
    {
        var files = new List<SourceFile>();
        var mappings = Mappings(files);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", 3);
            json.WriteStartArray("sources");
            foreach (var file in files)
            {
                json.WriteStringValue(AddressOf(file, folder));
            }

            json.WriteEndArray();
            json.WriteStartArray("sourcesContent");
            foreach (var file in files)
            {
                json.WriteStringValue(file.Text);
            }

            json.WriteEndArray();
            json.WriteStartArray("names");
            json.WriteEndArray();
            json.WriteString("mappings", mappings);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private string Mappings(List<SourceFile> files)
    {
        var text = new StringBuilder();
        var indices = new Dictionary<SourceFile, int>();
        var (offset, source, line, column) = (0, 0, 0, 0);
        foreach (var (from, place) in _places)
        {
            if (text.Length > 0)
            {
                text.Append(',');
            }

            Write(text, Start + from - offset);
            offset = Start + from;
            if (place == 0)
            {
                continue;
            }

            var (file, position) = positions.Find(place);
            if (!indices.TryGetValue(file, out var index))
            {
                indices[file] = index = files.Count;
                files.Add(file);
            }

            var (fileLine, fileColumn) = file.Locate(Math.Min(position, file.Text.Length));
            Write(text, index - source);
            Write(text, fileLine - 1 - line);
            Write(text, fileColumn - 1 - column);
            (source, line, column) = (index, fileLine - 1, fileColumn - 1);
        }

        return text.ToString();
    }

    /// <summary>Writes a number in base 64 with a variable number of digits, the sign in the lowest bit.</summary>
    private static void Write(StringBuilder text, int value)
    {
        var rest = value < 0 ? ((uint)-value << 1) | 1 : (uint)value << 1;
        do
        {
            var digit = rest & 31;
            rest >>= 5;
            text.Append(Digits[(int)(rest > 0 ? digit | 32 : digit)]);
        }
        while (rest > 0);
    }

    // A library of the core has its URI for an address, a file its path from the folder.
    private static string AddressOf(SourceFile file, string folder) => file.Name.StartsWith("dart:", StringComparison.Ordinal)
        ? file.Name
        : string.Join('/', Path.GetRelativePath(folder, file.Name).Split(Path.DirectorySeparatorChar).Select(Uri.EscapeDataString));
}
