using ScottPlot;
using SkiaSharp;

namespace Harness.Experiments.Charts.Drawing;

/// <summary>
/// What a figure is drawn on. Data areas are ScottPlot's; every text is drawn here, with its measured box remembered, so that it can
/// be told whether a label is cut or covers another.
/// </summary>
internal sealed class FigureCanvas(SKCanvas canvas)
{
    private static readonly SKColor Ink = SKColor.Parse("#222222");

    private static readonly SKColor FrameColor = SKColor.Parse("#888888");

    /// <summary>Number of patterns of <see cref="Hatch"/>, with that of no lines.</summary>
    private const int HatchPatterns = 5;

    private readonly List<TextBox> _texts = [];

    /// <summary>All texts drawn so far.</summary>
    public IReadOnlyList<TextBox> Texts => _texts;

    /// <summary>Draws a text in one line.</summary>
    /// <param name="text">The text.</param>
    /// <param name="anchor">Where it stands: the middle of its height, and the point that <paramref name="align"/> names.</param>
    /// <param name="style">How it looks.</param>
    /// <param name="align">Which point of its width the anchor is.</param>
    /// <param name="degrees">Turn around the anchor, clockwise.</param>
    public void Text(string text, SKPoint anchor, TextStyle style, SKTextAlign align = SKTextAlign.Left, float degrees = 0)
    {
        if (text.Length == 0)
        {
            return;
        }

        using var font = ChartFont.Create(style.Size, style.Bold);
        using var paint = new SKPaint { Color = style.Color ?? Ink, IsAntialias = true };
        var width = font.MeasureText(text);
        var left = align switch { SKTextAlign.Left => 0, SKTextAlign.Center => -width / 2, _ => -width };

        // Letters with neither ascenders nor descenders stand between these lines; what sticks out is small.
        var ascent = style.Size * 0.76f;
        var descent = style.Size * 0.2f;
        var baseline = (ascent - descent) / 2;
        _texts.Add(new TextBox(text, anchor, new SKRect(left, baseline - ascent, left + width, baseline + descent), degrees));
        canvas.Save();
        canvas.Translate(anchor.X, anchor.Y);
        canvas.RotateDegrees(degrees);
        canvas.DrawText(text, left, baseline, SKTextAlign.Left, font, paint);
        canvas.Restore();
    }

    /// <summary>Draws lines of text below each other.</summary>
    /// <returns>Where the next thing below may begin.</returns>
    public float Lines(IEnumerable<string> lines, float left, float top, TextStyle style)
    {
        foreach (var line in lines)
        {
            Text(line, new SKPoint(left, top + (style.LineHeight / 2)), style);
            top += style.LineHeight;
        }

        return top;
    }

    /// <summary>Draws a filled rectangle, as legends have.</summary>
    public void Swatch(SKRect area, SKColor color)
    {
        using var fill = new SKPaint { Color = color, IsAntialias = true };
        canvas.DrawRect(area, fill);
    }

    /// <summary>
    /// Draws a pattern over a filled rectangle, so that series are told apart where there is no colour: none, rising, falling, level or crossing lines, and so on again. Lines are light
    /// on what is dark and dark on what is light.
    /// </summary>
    public void Hatch(SKRect area, SKColor fill, int pattern)
    {
        const float distance = 4.5f;
        if (area.IsEmpty || pattern % HatchPatterns == 0)
        {
            return;
        }

        fill.ToHsl(out _, out _, out var lightness);
        var color = lightness < 50 ? SKColors.White.WithAlpha(170) : Ink.WithAlpha(150);
        canvas.Save();
        canvas.ClipRect(area);
        var (rising, falling, level) = (pattern % HatchPatterns is 1 or 4, pattern % HatchPatterns is 2 or 4, pattern % HatchPatterns == 3);
        if (level)
        {
            for (var y = area.Bottom - (distance / 2); y > area.Top; y -= distance)
            {
                Line(new SKPoint(area.Left, y), new SKPoint(area.Right, y), color, 0.8f);
            }
        }

        // From a corner that does not depend on the bar's height, so that bars of a series look alike.
        for (var x = area.Left - area.Height; (rising || falling) && x < area.Right; x += distance)
        {
            if (rising)
            {
                Line(new SKPoint(x, area.Bottom), new SKPoint(x + area.Height, area.Top), color, 0.8f);
            }

            if (falling)
            {
                Line(new SKPoint(x, area.Top), new SKPoint(x + area.Height, area.Bottom), color, 0.8f);
            }
        }

        canvas.Restore();
    }

    /// <summary>Draws a straight line.</summary>
    public void Line(SKPoint from, SKPoint to, SKColor color, float width)
    {
        using var stroke = new SKPaint { Color = color, StrokeWidth = width, IsStroke = true, IsAntialias = true };
        canvas.DrawLine(from, to, stroke);
    }

    /// <summary>Draws the inside of a plot, grid and data without labels, and a frame around it. What is to lie on top is drawn after it.</summary>
    public void Data(Plot plot, SKRect area)
    {
        plot.Layout.Frameless();
        plot.HideLegend();
        PlotMarker.DrawAllOf(plot);
        canvas.Save();

        // ScottPlot clears what it draws on: no more than the data area.
        canvas.ClipRect(area);
        plot.Render(canvas, new PixelRect(area.Left, area.Right, area.Bottom, area.Top));
        canvas.Restore();
        using var frame = new SKPaint { Color = FrameColor, IsStroke = true, StrokeWidth = 0.8f, IsAntialias = true };
        canvas.DrawRect(area, frame);
    }
}
