using ScottPlot;
using SkiaSharp;

namespace Harness.Experiments.Charts.Drawing;

/// <summary>
/// Draws the markers of plots. ScottPlot's markers of triangles and diamonds leave the paths that they draw to the garbage collector, and
/// SkiaSharp does not keep alive what a call draws: a collection just before the call has the path freed while Skia reads it, which ends the
/// process. Here a path lives until it is drawn.
/// </summary>
internal sealed class PlotMarker : IMarker
{
    private static readonly float Circumradius = 1 / MathF.Sqrt(3);

    // Corners around the centre of a marker, in units of its size.
    private static readonly SKPoint[] Diamond = [new(0.5f, 0), new(0, 0.5f), new(-0.5f, 0), new(0, -0.5f)];
    private static readonly SKPoint[] Triangle = [new(0, -Circumradius), new(0.5f, Circumradius / 2), new(-0.5f, Circumradius / 2)];

    private PlotMarker()
    {
    }

    /// <summary>The one marker that there is: it has no state.</summary>
    public static PlotMarker Instance { get; } = new();

    /// <summary>Shapes that ScottPlot draws without a path, and so draws here too.</summary>
    public static IReadOnlyList<MarkerShape> WithoutPath { get; } = [MarkerShape.None, MarkerShape.FilledCircle, MarkerShape.OpenCircle, MarkerShape.FilledSquare, MarkerShape.OpenSquare];

    /// <summary>Has all markers of a plot drawn by this class.</summary>
    /// <param name="plot">The plot, with all that it shows.</param>
    public static void DrawAllOf(Plot plot)
    {
        foreach (var marked in plot.GetPlottables().OfType<IHasMarker>())
        {
            marked.MarkerStyle.CustomRenderer = Instance;
        }
    }

    /// <summary>Draws a marker.</summary>
    /// <param name="canvas">What it is drawn on.</param>
    /// <param name="paint">The paint, whose colours are replaced.</param>
    /// <param name="center">Its centre.</param>
    /// <param name="size">Its width, in points.</param>
    /// <param name="markerStyle">Its shape, colours and lines.</param>
    /// <exception cref="ArgumentOutOfRangeException">No figure has markers of this shape.</exception>
    public void Render(SKCanvas canvas, Paint paint, Pixel center, float size, MarkerStyle markerStyle)
    {
        if (WithoutPath.Contains(markerStyle.Shape))
        {
            markerStyle.Shape.GetMarker().Render(canvas, paint, center, size, markerStyle);
            return;
        }

        var (corners, isFilled) = markerStyle.Shape switch
        {
            MarkerShape.FilledTriangleUp => (Triangle, true),
            MarkerShape.FilledDiamond => (Diamond, true),
            MarkerShape.OpenDiamond => (Diamond, false),
            var other => throw new ArgumentOutOfRangeException(nameof(markerStyle), other, "no figure has markers of this shape"),
        };
        using var path = new SKPath();
        path.AddPoly(Array.ConvertAll(corners, corner => new SKPoint(center.X + (corner.X * size), center.Y + (corner.Y * size))), close: true);
        if (isFilled)
        {
            ScottPlot.Drawing.FillPath(canvas, paint, path, markerStyle.FillStyle, new PixelRect(center, size / 2));
        }

        ScottPlot.Drawing.DrawPath(canvas, paint, path, isFilled ? markerStyle.OutlineStyle : markerStyle.LineStyle);
    }
}
