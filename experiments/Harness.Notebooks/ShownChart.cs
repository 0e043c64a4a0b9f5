using System.Net;
using Harness.Experiments.Charts.Drawing;

namespace Harness.Notebooks;

/// <summary>A chart of results.</summary>
public sealed class ShownChart : IShown
{
    private readonly Figure figure;
    private readonly float width;

    internal ShownChart(Figure figure, float width)
    {
        this.figure = figure;
        this.width = width;
    }

    /// <summary>What it finds or shows.</summary>
    public string Title => figure.Title;

    /// <summary>Writes it into a file.</summary>
    /// <param name="path">The file; its ending says the format: <c>.png</c>, <c>.svg</c>, <c>.pdf</c>.</param>
    public void Save(string path) => FigureFile.Write(figure, path, width);

    /// <inheritdoc/>
    public string ToHtml() =>
        $"<img alt=\"{WebUtility.HtmlEncode(figure.Title)}\" src=\"data:image/png;base64,{Convert.ToBase64String(FigureFile.ToPng(figure, width, scale: 1))}\"/>";

    /// <summary>Its title.</summary>
    public override string ToString() => Title;
}
