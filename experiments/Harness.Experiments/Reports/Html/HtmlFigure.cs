using System.Text.RegularExpressions;
using Harness.Experiments.Charts.Drawing;

namespace Harness.Experiments.Reports.Html;

/// <summary>Puts figures into HTML as pictures of lines and texts that need no file and stay sharp at any size.</summary>
internal static partial class HtmlFigure
{
    /// <summary>Writes a figure.</summary>
    /// <param name="html">What to write to.</param>
    /// <param name="figure">The figure.</param>
    /// <param name="prefix">What makes its ids different from those of all other figures of the document.</param>
    public static void Write(HtmlWriter html, Figure figure, string prefix)
    {
        var svg = FigureFile.ToSvg(figure);
        svg = svg[svg.IndexOf("<svg", StringComparison.Ordinal)..];
        svg = Ids().Replace(svg, match => $"{match.Groups["before"].Value}{prefix}-{match.Groups["id"].Value}");

        // What needs more than the usual width keeps it, and is moved sideways: made smaller, nobody could read it.
        var attributes = figure.Measure(Figure.StandardWidth).Width > Figure.StandardWidth ? "role=\"img\" class=\"wide\"" : "role=\"img\"";
        html.Open("figure").Open("div", ("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", figure.Title + ": " + figure.Subtitle))
            .Markup(svg.Replace("<svg ", $"<svg {attributes} ", StringComparison.Ordinal)).Close();
        if (figure.Source.Length > 0)
        {
            html.Element("figcaption", figure.Source);
        }

        html.Close();
    }

    /// <summary>An id, and references to one.</summary>
    [GeneratedRegex("(?<before> id=\"|url\\(#|href=\"#)(?<id>[A-Za-z_])")]
    private static partial Regex Ids();
}
