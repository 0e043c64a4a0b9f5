using System.Globalization;
using System.Text;
using Harness.Experiments.Reports.Tables;

namespace Harness.Experiments.Reports.Documents;

/// <summary>Writes a report as Markdown, whose figures are files beside it.</summary>
internal static class MarkdownDocument
{
    /// <summary>The text of the document.</summary>
    /// <param name="document">The document.</param>
    /// <param name="figureFormat">The ending of the figures' files.</param>
    public static string Write(ReportDocument document, string figureFormat = "svg")
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {document.Title}\n\n{document.Subtitle}\n");
        foreach (var section in document.Sections)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {section.Title}\n");
            foreach (var item in section.Items)
            {
                Write(text.Append('\n'), item, figureFormat);
            }
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, ReportItem item, string figureFormat)
    {
        switch (item)
        {
            case ReportText paragraph:
                text.Append(paragraph.IsStrong ? $"**{paragraph.Text}**\n" : paragraph.Text + "\n");
                break;
            case ReportList list:
                foreach (var entry in list.Entries)
                {
                    text.Append("- ").Append(entry).Append('\n');
                }

                break;
            case ReportCode code:
                text.Append("```\n").Append(code.Text.TrimEnd('\n')).Append("\n```\n");
                break;
            case ReportTable table:
                text.Append(table.Caption).Append("\n\n").Append(TableWriter.Write(table.Table, TableFormat.Markdown).TrimEnd('\n')).Append('\n');
                break;
            case ReportFigure figure:
                text.Append(CultureInfo.InvariantCulture, $"![{figure.Figure.Title}: {figure.Figure.Subtitle}]({figure.Name}.{figureFormat})\n");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(item), item, null);
        }
    }
}
