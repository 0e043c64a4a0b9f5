using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Harness.Experiments.Engines;

/// <summary>
/// JSON as plain values: objects are dictionaries in the order of the text, arrays are lists, numbers are doubles, and there are texts, truth values and null. It is for processes that live
/// for milliseconds: the framework's reader and writer are compiled ahead of time, but its serializer prepares itself for each type that it meets, most of which is compiled in each process anew.
/// </summary>
internal static class JsonText
{
    private const int MostDepth = 32;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MostDepth };

    /// <summary>Reads a text.</summary>
    /// <exception cref="FormatException">It is no JSON, or nested more than 32 deep.</exception>
    public static object? Parse(string text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), new JsonReaderOptions { MaxDepth = MostDepth });
        try
        {
            reader.Read();
            var value = ReadValue(ref reader);
            return reader.Read() ? throw new FormatException("there is more behind the JSON") : value;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new FormatException(exception.Message, exception);
        }
    }

    /// <summary>Writes a value, without white space.</summary>
    /// <param name="value">A value as <see cref="Parse"/> gives it; integers, arrays of doubles and lists of texts, too.</param>
    /// <exception cref="ArgumentException">There is something in it that JSON has no form for.</exception>
    public static string Write(object? value)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, WriterOptions))
            WriteValue(writer, value);
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static object? ReadValue(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var members = new Dictionary<string, object?>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var name = reader.GetString()!;
                    reader.Read();
                    members[name] = ReadValue(ref reader);
                }

                return members;
            case JsonTokenType.StartArray:
                var items = new List<object?>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    items.Add(ReadValue(ref reader));
                return items;
            case JsonTokenType.String:
                return reader.GetString();
            case JsonTokenType.Number:
                return reader.GetDouble();
            case JsonTokenType.True:
                return true;
            case JsonTokenType.False:
                return false;
            default:
                return null;
        }
    }

    private static void WriteValue(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case double number:
                writer.WriteNumberValue(number);
                break;
            case string characters:
                writer.WriteStringValue(characters);
                break;
            case Dictionary<string, object?> members:
                writer.WriteStartObject();
                foreach (var (name, member) in members)
                {
                    writer.WritePropertyName(name);
                    WriteValue(writer, member);
                }

                writer.WriteEndObject();
                break;
            case double[] numbers:
                writer.WriteStartArray();
                foreach (var number in numbers)
                    writer.WriteNumberValue(number);
                writer.WriteEndArray();
                break;
            case IReadOnlyList<object?> items:
                writer.WriteStartArray();
                for (var i = 0; i < items.Count; i++)
                    WriteValue(writer, items[i]);
                writer.WriteEndArray();
                break;
            default:
                throw new ArgumentException($"JSON has no form for a {value.GetType()}", nameof(value));
        }
    }
}
