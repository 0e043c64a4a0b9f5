using System.Net;
using System.Text;
using Harness.Experiments.Reports.Tables;

namespace Harness.Notebooks;

/// <summary>A table of results: cells are values, and shown rounded.</summary>
public sealed class ShownTable : IShown
{
    private readonly ResultTable _table;

    internal ShownTable(ResultTable table) => _table = table;

    /// <summary>Makes a table of one's own.</summary>
    /// <param name="columns">Names of the columns; numbers are shown with up to three decimals.</param>
    /// <param name="rows">The rows, each with a cell per column: a text, number or truth value, or null.</param>
    /// <exception cref="ArgumentException">A row has more or fewer cells than there are columns.</exception>
    public static ShownTable Of(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<object?>> rows)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(rows);
        var cells = rows.Select(row => row.ToArray()).ToList();
        var table = new ResultTable([.. columns.Select((name, i) => new TableColumn(name, cells.Exists(row => row.Length > i && row[i] is int or long or double) ? "0.###" : null))]);
        foreach (var row in cells)
        {
            table.Add(row);
        }

        return new ShownTable(table);
    }

    /// <summary>Names of the columns.</summary>
    public IReadOnlyList<string> Columns => [.. _table.Columns.Select(column => column.Name)];

    /// <summary>The rows, with all digits.</summary>
    public IReadOnlyList<IReadOnlyList<object?>> Rows => [.. _table.Rows];

    /// <summary>What a reader has to know to read it rightly.</summary>
    public IReadOnlyList<string> Notes => _table.Notes;

    /// <inheritdoc/>
    public string ToHtml()
    {
        var html = new StringBuilder("<table><thead><tr>");
        foreach (var column in _table.Columns)
        {
            Cell("th", column, column.Name.Replace('_', ' '));
        }

        html.Append("</tr></thead><tbody>");
        foreach (var row in _table.Rows)
        {
            html.Append("<tr>");
            for (var i = 0; i < row.Length; i++)
            {
                Cell("td", _table.Columns[i], TableWriter.Show(row[i], _table.Columns[i]));
            }

            html.Append("</tr>");
        }

        html.Append("</tbody></table>");
        foreach (var note in _table.Notes)
        {
            html.Append("<p>").Append(WebUtility.HtmlEncode(note)).Append("</p>");
        }

        return html.ToString();

        void Cell(string name, TableColumn column, string text) =>
            html.Append('<').Append(name).Append(column.IsText ? " style=\"text-align:left\">" : ">").Append(WebUtility.HtmlEncode(text)).Append("</").Append(name).Append('>');
    }

    /// <summary>It as plain text.</summary>
    public override string ToString() => TableWriter.Write(_table, TableFormat.Text);
}
