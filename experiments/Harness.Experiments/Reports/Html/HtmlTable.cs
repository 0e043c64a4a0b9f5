using System.Globalization;
using Harness.Experiments.Reports.Tables;

namespace Harness.Experiments.Reports.Html;

/// <summary>
/// Writes tables that can be sorted by any column and filtered by text, with the keyboard too; without scripts they are still tables. Numbers that are shown rounded have all their digits
/// beside that (<c>data-v</c>).
/// </summary>
internal static class HtmlTable
{
    /// <summary>Rows from which on a table has a field to filter it.</summary>
    private const int LeastRowsForFilter = 8;

    /// <summary>Writes a table.</summary>
    /// <param name="html">What to write to.</param>
    /// <param name="caption">What it shows.</param>
    /// <param name="table">The table.</param>
    public static void Write(HtmlWriter html, string caption, ResultTable table)
    {
        html.Open("div", ("class", "table"));
        if (table.Rows.Count >= LeastRowsForFilter)
        {
            html.Open("p", ("class", "filter")).Open("label").Text("Filter ").Void("input", ("type", "search"), ("autocomplete", "off"), ("aria-label", "Filter " + caption)).Close()
                .Element("output", $"{table.Rows.Count} rows").Close();
        }

        html.Open("div", ("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", caption)).Open("table").Element("caption", caption).Open("thead").Open("tr");
        foreach (var column in table.Columns)
        {
            html.Open("th", ("scope", "col"), ("class", column.IsText ? "t" : "n")).Element("button", Title(column.Name), ("type", "button")).Close();
        }

        html.Close().Close().Open("tbody");
        foreach (var row in table.Rows)
        {
            html.Open("tr");
            for (var i = 0; i < row.Length; i++)
            {
                WriteCell(html, table.Columns[i], row[i]);
            }

            html.Close();
        }

        html.Close().Close().Close();
        foreach (var note in table.Notes)
        {
            html.Element("p", note, ("class", "note"));
        }

        html.Close();
    }

    private static void WriteCell(HtmlWriter html, TableColumn column, object? cell)
    {
        var text = TableWriter.Show(cell, column);
        if (column.IsText)
        {
            html.Element("td", text);
            return;
        }

        var exact = cell is null || text.Length == 0 ? text : Convert.ToDouble(cell, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture);
        if (exact == text)
        {
            html.Element("td", text, ("class", "n"));
        }
        else
        {
            html.Element("td", text, ("class", "n"), ("data-v", exact));
        }
    }

    private static string Title(string name) => name.Replace('_', ' ');
}
