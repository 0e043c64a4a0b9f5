using ScottPlot;
using SkiaSharp;

namespace Harness.Experiments.Charts.Drawing;

/// <summary>
/// A figure as it is printed: title, subtitle, legend, panels below each other, notes. Its height follows from what it has to hold, so that
/// nothing is ever cut.
/// </summary>
internal sealed record Figure
{
    /// <summary>Width that a figure has unless its panels need more, in points.</summary>
    public const float StandardWidth = 760;

    /// <summary>Width of a column of a paper, in points (85 mm).</summary>
    public const float ColumnWidth = 241;

    private const float Margin = 14;
    private const float PanelGap = 12;

    private static readonly TextStyle TitleStyle = new(15, Bold: true);
    private static readonly TextStyle SubtitleStyle = new(10.5f);
    private static readonly TextStyle LegendStyle = new(10.5f);
    private static readonly TextStyle PanelTitleStyle = new(11.5f, Bold: true);
    private static readonly TextStyle NoteStyle = new(8.5f, Color: SKColor.Parse("#666666"));

    /// <summary>What is found or shown.</summary>
    public required string Title { get; init; }

    /// <summary>What exactly is drawn: quantity, statistic, interval.</summary>
    public required string Subtitle { get; init; }

    /// <summary>Names and colours of series, whose patterns follow from their order; empty where the panels name them.</summary>
    public IReadOnlyList<(string Name, Color Color)> Legend { get; init; } = [];

    public required IReadOnlyList<FigurePanel> Panels { get; init; }

    /// <summary>What a reader has to know to read it rightly, a line each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Where the data is from and the command that made the figure; kept in the file's metadata.</summary>
    public string Source { get; init; } = "";

    /// <summary>The space that the figure takes, in points.</summary>
    /// <param name="width">The width wished for; panels that need more get more.</param>
    public SKSize Measure(float width)
    {
        using var recorder = new SKPictureRecorder();
        var bounds = Bounds(width);

        // Panels say how high they are: they are drawn once, at the end.
        var bottom = Draw(new FigureCanvas(recorder.BeginRecording(new SKRect(0, 0, bounds, 1))), bounds, withPanels: false);
        return new SKSize(bounds, bottom);
    }

    /// <summary>Draws the figure.</summary>
    /// <param name="canvas">What it is drawn on.</param>
    /// <param name="width">Its width, as measured.</param>
    /// <returns>Its lower end.</returns>
    public float Draw(FigureCanvas canvas, float width) => Draw(canvas, width, withPanels: true);

    private float Draw(FigureCanvas canvas, float width, bool withPanels)
    {
        var inner = width - (2 * Margin);
        var y = canvas.Lines(TitleStyle.Wrap(Title, inner), Margin, Margin, TitleStyle);
        y = canvas.Lines(SubtitleStyle.Wrap(Subtitle, inner), Margin, y + 2, SubtitleStyle);
        if (Legend.Count > 0)
        {
            y = DrawLegend(canvas, y + 6, inner);
        }

        foreach (var panel in Panels)
        {
            y += PanelGap;
            if (panel.Title.Length > 0)
            {
                y = canvas.Lines(PanelTitleStyle.Wrap(panel.Title, inner), Margin, y, PanelTitleStyle) + 4;
            }

            var height = panel.Body.HeightFor(inner);
            if (withPanels)
            {
                panel.Body.Draw(canvas, new SKRect(Margin, y, Margin + inner, y + height));
            }

            y += height;
        }

        if (Notes.Count > 0)
        {
            y = canvas.Lines(Notes.SelectMany(note => NoteStyle.Wrap(note, inner)), Margin, y + 8, NoteStyle);
        }

        return y + Margin;
    }

    private float Bounds(float width) => Math.Max(width, Panels.Max(panel => panel.Body.LeastWidth) + (2 * Margin));

    private float DrawLegend(FigureCanvas canvas, float top, float inner)
    {
        const float swatch = 11;
        const float gap = 5;
        var x = Margin;
        for (var i = 0; i < Legend.Count; i++)
        {
            var (name, color) = Legend[i];
            var needed = swatch + gap + LegendStyle.WidthOf(name);
            if (x > Margin && x + needed > Margin + inner)
            {
                x = Margin;
                top += LegendStyle.LineHeight;
            }

            var middle = top + (LegendStyle.LineHeight / 2);
            var box = new SKRect(x, middle - (swatch / 2), x + swatch, middle + (swatch / 2));
            canvas.Swatch(box, color.ToSKColor());
            canvas.Hatch(box, color.ToSKColor(), i);
            canvas.Text(name, new SKPoint(x + swatch + gap, middle), LegendStyle);
            x += needed + 16;
        }

        return top + LegendStyle.LineHeight;
    }
}

/// <summary>A titled part of a figure.</summary>
/// <param name="Title">Its title; may be empty.</param>
/// <param name="Body">What it shows.</param>
internal sealed record FigurePanel(string Title, IPanelBody Body);

/// <summary>The inside of a panel: a data area and its labels.</summary>
internal interface IPanelBody
{
    /// <summary>Width below which its labels would cover each other, in points.</summary>
    float LeastWidth { get; }

    /// <summary>The height that it takes at a width, in points.</summary>
    float HeightFor(float width);

    /// <summary>Draws it into an area of its height.</summary>
    void Draw(FigureCanvas canvas, SKRect area);
}
