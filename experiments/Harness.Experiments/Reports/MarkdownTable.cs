using System.Globalization;
using System.Text;
using Harness.Experiments.Statistics;

namespace Harness.Experiments.Reports;

/// <summary>A table in Markdown, whose cells may hold any text.</summary>
/// <param name="columns">Titles of the columns, and whether they hold text; the others hold numbers.</param>
internal sealed class MarkdownTable(IReadOnlyList<(string Title, bool IsText)> columns)
{
    /// <summary>The smallest probability that is written as a number.</summary>
    private const double LeastProbability = 1e-4;

    private readonly List<IReadOnlyList<string>> _rows = [];

    /// <summary>Makes a table whose first columns hold text.</summary>
    /// <param name="titles">Titles of the columns; all but the first <paramref name="textColumns"/> hold numbers.</param>
    /// <param name="textColumns">Number of columns, from the left, that hold text.</param>
    public MarkdownTable(IReadOnlyList<string> titles, int textColumns = 1)
        : this([.. titles.Select((title, index) => (title, index < textColumns))])
    {
    }

    /// <summary>Adds a row; missing cells at its end are empty.</summary>
    public void Add(params IEnumerable<string> cells) => _rows.Add([.. cells]);

    /// <summary>Writes the table and an empty line.</summary>
    public void WriteTo(StringBuilder text)
    {
        WriteRow(text, [.. columns.Select(column => column.Title)]);
        WriteRow(text, [.. columns.Select(column => column.IsText ? "---" : "---:")]);
        foreach (var row in _rows)
        {
            WriteRow(text, [.. row, .. Enumerable.Repeat("", columns.Count - row.Count)]);
        }

        text.Append('\n');
    }

    /// <summary>A speedup with its interval.</summary>
    public static string Times(Estimate? estimate) => estimate is { } e ? WithInterval(e, "0.00", "x") : "–";

    /// <summary>A time in ms with its interval: of less than 1 ms three digits that say something, so that microseconds are not 0.00.</summary>
    public static string Time(Estimate? estimate) => estimate is { } e ? WithInterval(e, TimeFormat(e.Value, "0.00"), "") : "–";

    /// <summary>A time in ms.</summary>
    /// <param name="milliseconds">The time.</param>
    /// <param name="format">How it is written from 1 ms on; below it has three digits that say something.</param>
    public static string Time(double milliseconds, string format) => Number(milliseconds, TimeFormat(milliseconds, format));

    /// <summary>A ratio with its interval.</summary>
    public static string Ratio(Estimate? estimate) => estimate is { } e ? WithInterval(e, "0.00", "") : "–";

    /// <summary>A probability: one that is not 0 is never written as 0.</summary>
    /// <param name="probability">The probability.</param>
    /// <param name="format">How it is written from 0.0001 on.</param>
    public static string Probability(double probability, string format) => probability < LeastProbability ? $"<{Number(LeastProbability, "0.####")}" : Number(probability, format);

    /// <summary>A number.</summary>
    public static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string TimeFormat(double milliseconds, string format) =>
        milliseconds is > 0 and < 1 ? string.Create(CultureInfo.InvariantCulture, $"F{Math.Clamp(2 - (int)Math.Floor(Math.Log10(milliseconds)), 3, 9)}") : format;

    private static string WithInterval(Estimate e, string format, string unit) =>
        Number(e.Value, format) + unit + (e.HasInterval ? $" ({Number(e.Low, format)}–{Number(e.High, format)})" : "");

    private static void WriteRow(StringBuilder text, IReadOnlyList<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells.Select(cell => OneLine.Of(cell.Replace("|", "\\|", StringComparison.Ordinal)))).Append(" |\n");
}
