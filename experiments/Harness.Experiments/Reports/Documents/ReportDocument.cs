using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Reports.Tables;

namespace Harness.Experiments.Reports.Documents;

/// <summary>What a report says, apart from how it is written: <see cref="MarkdownDocument"/> and <see cref="HtmlDocument"/> write it.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Subtitle">What it is about and where its figures are from, in a sentence or two.</param>
/// <param name="Sections">Its sections, in order.</param>
internal sealed record ReportDocument(string Title, string Subtitle, IReadOnlyList<ReportSection> Sections)
{
    /// <summary>All figures, in order.</summary>
    public IEnumerable<ReportFigure> Figures => Sections.SelectMany(section => section.Items).OfType<ReportFigure>();
}

/// <summary>A section.</summary>
/// <param name="Id">Its name in links: letters, digits and hyphens, unique in the document.</param>
/// <param name="Title">Its title.</param>
/// <param name="Items">What it holds, in order.</param>
internal sealed record ReportSection(string Id, string Title, IReadOnlyList<ReportItem> Items);

/// <summary>A part of a section.</summary>
internal abstract record ReportItem;

/// <summary>A paragraph.</summary>
/// <param name="Text">Its text, without markup.</param>
/// <param name="IsStrong">Whether it is what a reader must not miss.</param>
internal sealed record ReportText(string Text, bool IsStrong = false) : ReportItem;

/// <summary>Short statements, each on its own.</summary>
internal sealed record ReportList(IReadOnlyList<string> Entries) : ReportItem;

/// <summary>Commands or a file's text, kept as they are.</summary>
internal sealed record ReportCode(string Text) : ReportItem;

/// <summary>A table.</summary>
/// <param name="Caption">What it shows.</param>
/// <param name="Table">The table.</param>
internal sealed record ReportTable(string Caption, ResultTable Table) : ReportItem;

/// <summary>A chart.</summary>
/// <param name="Name">Name of its files, without an ending; unique in the document.</param>
/// <param name="Figure">The chart.</param>
internal sealed record ReportFigure(string Name, Figure Figure) : ReportItem;
