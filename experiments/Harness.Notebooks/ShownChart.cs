using System.Net;
using Harness.Experiments.Charts.Drawing;

namespace Harness.Notebooks;

/// <summary>A chart of results.</summary>
public sealed class ShownChart : IShown
{
    private readonly Figure _figure;
    private readonly float _width;

    internal ShownChart(Figure figure, float width)
    {
        _figure = figure;
        _width = width;
    }

    /// <summary>What it finds or shows.</summary>
    public string Title => _figure.Title;

    /// <summary>Writes it into a file.</summary>
    /// <param name="path">The file; its ending says the format: <c>.png</c>, <c>.svg</c>, <c>.pdf</c>.</param>
    public void Save(string path) => FigureFile.Write(_figure, path, _width);

    /// <inheritdoc/>
    public string ToHtml() =>
        $"<img alt=\"{WebUtility.HtmlEncode(_figure.Title)}\" src=\"data:image/png;base64,{Convert.ToBase64String(FigureFile.ToPng(_figure, _width, scale: 1))}\"/>";

    /// <summary>Its title.</summary>
    public override string ToString() => Title;
}
