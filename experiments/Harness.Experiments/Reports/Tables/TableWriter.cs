using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Harness.Experiments.Reports.Tables;

/// <summary>Writes tables as text, JSON, CSV and Markdown.</summary>
internal static class TableWriter
{
    private const string Gap = "  ";
    private static readonly JsonWriterOptions JsonOptions = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The table in a format. Its notes are part of the forms that people read, and of none that programs read.</summary>
    public static string Write(ResultTable table, TableFormat format) => format switch
    {
        TableFormat.Text => ToText(table),
        TableFormat.Json => ToJson(table),
        TableFormat.Csv => ToCsv(table),
        TableFormat.Markdown => ToMarkdown(table),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, null),
    };

    /// <summary>A cell as people read it.</summary>
    public static string Show(object? cell, TableColumn column) => cell switch
    {
        null => "",
        double number when double.IsNaN(number) => "",
        double time when column is { IsTime: true, Format: { } format } => MarkdownTable.Time(time, format),
        double probability when column is { IsProbability: true, Format: { } format } => MarkdownTable.Probability(probability, format),
        IFormattable number when column.Format is { } format && IsNumber(cell) => number.ToString(format, CultureInfo.InvariantCulture),
        _ => Exact(cell),
    };

    /// <summary>A cell with all that it says.</summary>
    public static string Exact(object? cell) => cell switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        double number => double.IsNaN(number) ? "" : number.ToString("R", CultureInfo.InvariantCulture),
        DateTime time => time.ToString(Results.Measurement.TimeFormat, CultureInfo.InvariantCulture),
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        _ => cell.ToString() ?? "",
    };

    private static bool IsNumber(object cell) => cell is double or float or decimal or int or long or short or byte or sbyte or uint or ulong or ushort or System.Numerics.BigInteger;

    private static string ToText(ResultTable table)
    {
        var cells = table.Rows.Select(row => row.Select((cell, i) => OneLine.Of(Show(cell, table.Columns[i]))).ToArray()).ToList();
        var names = table.Columns.Select(column => OneLine.Of(column.Name)).ToArray();
        var widths = names.Select((name, i) => cells.Select(row => row[i].Length).Append(name.Length).Max()).ToArray();
        var text = new StringBuilder();
        AppendLine(text, table, widths, names);
        AppendLine(text, table, widths, [.. widths.Select(width => new string('-', width))]);
        foreach (var row in cells)
        {
            AppendLine(text, table, widths, row);
        }

        AppendNotes(text, table);
        return text.ToString();
    }

    private static void AppendLine(StringBuilder text, ResultTable table, int[] widths, string[] cells)
    {
        var line = string.Join(Gap, cells.Select((cell, i) => table.Columns[i].IsText ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i])));
        text.Append(line.TrimEnd()).Append('\n');
    }

    private static string ToMarkdown(ResultTable table)
    {
        var text = new StringBuilder();
        var markdown = new MarkdownTable([.. table.Columns.Select(column => (column.Name, column.IsText))]);
        foreach (var row in table.Rows)
        {
            markdown.Add(row.Select((cell, i) => Show(cell, table.Columns[i])));
        }

        markdown.WriteTo(text);
        AppendNotes(text, table);
        return text.ToString();
    }

    private static void AppendNotes(StringBuilder text, ResultTable table)
    {
        if (table.Notes.Count > 0 && (text.Length < 2 || text[^2] != '\n'))
        {
            text.Append('\n');
        }

        foreach (var note in table.Notes)
        {
            text.Append(OneLine.Of(note)).Append('\n');
        }
    }

    private static string ToCsv(ResultTable table)
    {
        var text = new StringBuilder();
        text.AppendJoin(',', table.Columns.Select(column => Quote(column.Name))).Append('\n');
        foreach (var row in table.Rows)
        {
            text.AppendJoin(',', row.Select(cell => Quote(Exact(cell)))).Append('\n');
        }

        return text.ToString();
    }

    private static string Quote(string text) =>
        text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private static string ToJson(ResultTable table)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, JsonOptions))
        {
            json.WriteStartArray();
            foreach (var row in table.Rows)
            {
                json.WriteStartObject();
                for (var i = 0; i < row.Length; i++)
                {
                    json.WritePropertyName(table.Columns[i].Name);
                    WriteValue(json, row[i]);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void WriteValue(Utf8JsonWriter json, object? cell)
    {
        switch (cell)
        {
            case null:
            case double number when !double.IsFinite(number):
                json.WriteNullValue();
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case not null when IsNumber(cell):
                json.WriteRawValue(Exact(cell));
                break;
            default:
                json.WriteStringValue(Exact(cell));
                break;
        }
    }
}
