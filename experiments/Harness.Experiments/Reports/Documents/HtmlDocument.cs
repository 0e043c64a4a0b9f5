using Harness.Experiments.Reports.Html;

namespace Harness.Experiments.Reports.Documents;

/// <summary>Writes a report as one HTML document that needs nothing else.</summary>
internal static class HtmlDocument
{
    /// <summary>Writes a document.</summary>
    public static void Write(HtmlWriter html, ReportDocument document)
    {
        HtmlPage.Write(html, document.Title, document.Subtitle, [.. document.Sections.Select(section => (section.Id, section.Title))], () =>
        {
            foreach (var section in document.Sections)
            {
                html.Open("section", ("id", section.Id)).Element("h2", section.Title);
                foreach (var item in section.Items)
                {
                    Write(html, item);
                }

                html.Close();
            }
        });
    }

    private static void Write(HtmlWriter html, ReportItem item)
    {
        switch (item)
        {
            case ReportText { IsStrong: true } paragraph:
                html.Open("p").Element("strong", paragraph.Text).Close();
                break;
            case ReportText paragraph:
                html.Element("p", paragraph.Text);
                break;
            case ReportList list:
                html.Open("ul");
                foreach (var entry in list.Entries)
                {
                    html.Element("li", entry);
                }

                html.Close();
                break;
            case ReportCode code:
                html.Open("pre").Element("code", code.Text).Close();
                break;
            case ReportTable table:
                HtmlTable.Write(html, table.Caption, table.Table);
                break;
            case ReportFigure figure:
                HtmlFigure.Write(html, figure.Figure, "figure-" + figure.Name);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(item), item, null);
        }
    }
}
