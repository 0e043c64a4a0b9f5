using System.Globalization;
using System.Text;
using Harness.Experiments.Statistics;

namespace Harness.Experiments.Reports;

/// <summary>A table in Markdown, whose cells may hold any text.</summary>
/// <param name="columns">Titles of the columns, and whether they hold text; the others hold numbers.</param>
internal sealed class MarkdownTable(IReadOnlyList<(string Title, bool IsText)> columns)
{
    private readonly List<IReadOnlyList<string>> rows = [];

    /// <summary>Makes a table whose first columns hold text.</summary>
    /// <param name="titles">Titles of the columns; all but the first <paramref name="textColumns"/> hold numbers.</param>
    /// <param name="textColumns">Number of columns, from the left, that hold text.</param>
    public MarkdownTable(IReadOnlyList<string> titles, int textColumns = 1)
        : this([.. titles.Select((title, index) => (title, index < textColumns))])
    {
    }

    /// <summary>Adds a row; missing cells at its end are empty.</summary>
    public void Add(params IEnumerable<string> cells) => rows.Add([.. cells]);

    /// <summary>Writes the table and an empty line.</summary>
    public void WriteTo(StringBuilder text)
    {
        WriteRow(text, [.. columns.Select(column => column.Title)]);
        WriteRow(text, [.. columns.Select(column => column.IsText ? "---" : "---:")]);
        foreach (var row in rows)
            WriteRow(text, [.. row, .. Enumerable.Repeat("", columns.Count - row.Count)]);
        text.Append('\n');
    }

    /// <summary>A speedup with its interval.</summary>
    public static string Times(Estimate? estimate) => estimate is { } e ? WithInterval(e, "0.00", "x") : "–";

    /// <summary>A ratio or a time with its interval.</summary>
    public static string Ratio(Estimate? estimate) => estimate is { } e ? WithInterval(e, "0.00", "") : "–";

    /// <summary>A number.</summary>
    public static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string WithInterval(Estimate e, string format, string unit) =>
        Number(e.Value, format) + unit + (e.HasInterval ? $" ({Number(e.Low, format)}–{Number(e.High, format)})" : "");

    private static void WriteRow(StringBuilder text, IReadOnlyList<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" "))).Append(" |\n");
}
