using System.Text.Encodings.Web;
using System.Text.Json;

namespace Harness.Experiments;

/// <summary>Texts in files of YAML that the harness writes, whatever they have in them.</summary>
internal static class YamlText
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A text between quotation marks: every text of JSON is one of YAML.</summary>
    public static string Quote(string text) => JsonSerializer.Serialize(text, Relaxed);

    /// <summary>A list of texts.</summary>
    public static string List(IEnumerable<string> values) => $"[{string.Join(", ", values.Select(Quote))}]";

    /// <summary>A table of texts.</summary>
    public static string Table(IEnumerable<KeyValuePair<string, string>> entries) => $"{{{string.Join(", ", entries.Select(entry => $"{Quote(entry.Key)}: {Quote(entry.Value)}"))}}}";
}
