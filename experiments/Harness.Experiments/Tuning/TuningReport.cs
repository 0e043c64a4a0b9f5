using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Reports.Documents;
using Harness.Experiments.Reports.Html;
using Harness.Experiments.Results;
using Harness.Experiments.Tuning.Reporting;

namespace Harness.Experiments.Tuning;

/// <summary>Writes what a tuning run found: Markdown with charts beside it, one HTML document, and the winner as files.</summary>
internal static class TuningReport
{
    /// <summary>Writes all files of the report.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="specification">What was searched.</param>
    /// <param name="result">What was found.</param>
    /// <param name="decisions">What the winner decides differently in programs; may be empty.</param>
    public static void Write(TuningFolder folder, TuningSpecification specification, TuningResult result, IReadOnlyList<ReportItem> decisions)
    {
        var document = TuningDocument.Create(specification, result, decisions, Provenance.Read(folder.Provenance));
        WholeFile.WriteText(folder.Report, MarkdownDocument.Write(document));
        HtmlFile.Write(folder.HtmlReport, html => HtmlDocument.Write(html, document));
        WriteWinner(folder, result);
        WriteCharts(folder, document.Figures);
    }

    /// <summary>Writes charts in every format that folders keep.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="figures">The charts.</param>
    /// <param name="width">Width in points.</param>
    public static void WriteCharts(TuningFolder folder, IEnumerable<ReportFigure> figures, float width = Figure.StandardWidth)
    {
        foreach (var figure in figures)
        {
            foreach (var format in FigureFile.KeptFormats)
            {
                FigureFile.Write(figure.Figure, folder.Chart(figure.Name, format), width);
            }
        }
    }

    /// <summary>The report as Markdown, without what only a folder knows.</summary>
    public static string CreateMarkdown(TuningSpecification specification, TuningResult result) =>
        MarkdownDocument.Write(TuningDocument.Create(specification, result, [], provenance: null));

    private static void WriteWinner(TuningFolder folder, TuningResult result)
    {
        // Of an earlier report, which may have had another winner or one that no longer is.
        foreach (var earlier in folder.WinnerFiles)
        {
            File.Delete(earlier);
        }

        if (!result.IsFound)
        {
            return;
        }

        WholeFile.WriteText(folder.Winner, string.Concat(result.Winner!.Knobs.Select(pair => $"{pair.Key}: {pair.Value}\n")));
        foreach (var settings in EngineSettings.Of(result.Winner.Knobs))
        {
            WholeFile.WriteText(folder.SettingsPath(settings.Engine), string.Join('\n', settings.Words) + "\n");
        }
    }
}
