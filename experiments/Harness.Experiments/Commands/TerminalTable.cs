using Harness.Experiments.Reports.Tables;
using Spectre.Console;

namespace Harness.Experiments.Commands;

/// <summary>Writes tables of long texts for people: folded to the width of a terminal, elsewhere a line for each row.</summary>
internal static class TerminalTable
{
    /// <summary>Characters of a line where there is no terminal.</summary>
    private const int Unfolded = 400;

    /// <summary>Writes a table, without its notes.</summary>
    public static void Write(ResultTable table)
    {
        var written = new Table().Border(TableBorder.Simple).AddColumns(table.Columns.Select(column => Markup.Escape(column.Name)).ToArray());
        foreach (var row in table.Rows)
        {
            written.AddRow([.. row.Select((cell, i) => Markup.Escape(TableWriter.Show(cell, table.Columns[i])))]);
        }

        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = Unfolded;
        }

        AnsiConsole.Write(written);
    }
}
