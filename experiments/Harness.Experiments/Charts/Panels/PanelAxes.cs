using Harness.Experiments.Charts.Drawing;
using ScottPlot;
using SkiaSharp;

namespace Harness.Experiments.Charts.Panels;

/// <summary>
/// The labelled axes around a data area: values on the left, names or values below. Names that do not fit side by side are turned, and the
/// margins follow from what the labels measure.
/// </summary>
/// <param name="ValueTitle">Title of the value axis, above it.</param>
/// <param name="Values">The value axis.</param>
/// <param name="Labels">Positions on the lower axis, from 0 to 1, and their labels.</param>
/// <param name="LowerTitle">Title of the lower axis; may be empty.</param>
internal sealed record PanelAxes(string ValueTitle, ValueScale Values, IReadOnlyList<(double Place, string Label)> Labels, string LowerTitle)
{
    private const float Gap = 5;
    private const float Slant = 40;
    private static readonly TextStyle LabelStyle = new(9.5f);
    private static readonly SKColor TickColor = SKColor.Parse("#888888");

    /// <summary>Least distance between the labels of the lower axis once they are turned, in points.</summary>
    public static float LeastLabelDistance => LabelStyle.Size * 1.15f / MathF.Sin(Slant * MathF.PI / 180);

    /// <summary>Room left of the data area.</summary>
    public float Left(float width)
    {
        var left = LabelStyle.WidestOf(Values.Ticks.Select(tick => tick.Label)) + Gap + 3;
        if (Labels.Count == 0)
        {
            return left;
        }

        // A turned label reaches to the left of its place, an upright one by half. Its place moves with the room that is left of it.
        var share = IsTurned(width) ? MathF.Cos(Slant * MathF.PI / 180) : 0.5f;
        var inner = width - Right(width);
        var reach = Labels.Max(label => label.Place >= 1 ? 0 : ((LabelStyle.WidthOf(label.Label) * share) - ((float)label.Place * inner)) / (1 - (float)label.Place));
        return Math.Max(left, reach);
    }

    /// <summary>Room right of the data area.</summary>
    public float Right(float width) =>
        Labels.Count == 0 || IsTurned(width) ? 4 : Math.Max(4, Labels.Max(label => (LabelStyle.WidthOf(label.Label) / 2) - (float)((1 - label.Place) * width * 0.8)));

    /// <summary>Room above the data area.</summary>
    public static float Top => LabelStyle.LineHeight + 3;

    /// <summary>Room below the data area.</summary>
    public float Bottom(float width)
    {
        var labels = IsTurned(width)
            ? (LabelStyle.WidestOf(Labels.Select(label => label.Label)) * MathF.Sin(Slant * MathF.PI / 180)) + LabelStyle.Size
            : LabelStyle.LineHeight;
        return Gap + (Labels.Count == 0 ? 0 : labels) + (LowerTitle.Length == 0 ? 0 : LabelStyle.LineHeight + 2);
    }

    /// <summary>The data area within the area of a panel.</summary>
    public SKRect DataArea(SKRect area) => new(
        area.Left + Left(area.Width), area.Top + Top, area.Right - Right(area.Width), area.Bottom - Bottom(area.Width));

    /// <summary>Draws the labels around the data area, and prepares a plot's grid and limits.</summary>
    /// <param name="canvas">What is drawn on.</param>
    /// <param name="area">The area of the panel.</param>
    /// <param name="plot">The plot of the data area, whose lower axis goes from <paramref name="low"/> to <paramref name="high"/>.</param>
    /// <param name="low">Lower end of the lower axis.</param>
    /// <param name="high">Upper end of the lower axis.</param>
    public void Draw(FigureCanvas canvas, SKRect area, Plot plot, double low, double high)
    {
        var data = DataArea(area);
        canvas.Text(ValueTitle, new SKPoint(area.Left, area.Top + (LabelStyle.LineHeight / 2)), LabelStyle);
        foreach (var (position, label) in Values.Ticks)
        {
            var y = data.Bottom - (float)((position - Values.Low) / (Values.High - Values.Low) * data.Height);
            canvas.Text(label, new SKPoint(data.Left - Gap, y), LabelStyle, SKTextAlign.Right);
            canvas.Line(new SKPoint(data.Left - 3, y), new SKPoint(data.Left, y), TickColor, 0.8f);
            var line = plot.Add.HorizontalLine(position, 0.8f, SeriesColors.Grid);
            line.IsVisible = true;
        }

        var turned = IsTurned(area.Width);
        foreach (var (place, label) in Labels)
        {
            var x = data.Left + ((float)place * data.Width);
            canvas.Line(new SKPoint(x, data.Bottom), new SKPoint(x, data.Bottom + 3), TickColor, 0.8f);
            if (turned)
            {
                canvas.Text(label, new SKPoint(x + 2, data.Bottom + Gap + (LabelStyle.Size / 2)), LabelStyle, SKTextAlign.Right, -Slant);
            }
            else
            {
                canvas.Text(label, new SKPoint(x, data.Bottom + Gap + (LabelStyle.LineHeight / 2)), LabelStyle, SKTextAlign.Center);
            }
        }

        if (LowerTitle.Length > 0)
        {
            canvas.Text(LowerTitle, new SKPoint(data.MidX, area.Bottom - (LabelStyle.LineHeight / 2)), LabelStyle, SKTextAlign.Center);
        }

        plot.HideGrid();
        plot.Axes.SetLimits(low, high, Values.Low, Values.High);
    }

    private bool IsTurned(float width)
    {
        if (Labels.Count < 2)
        {
            return false;
        }

        var usable = width - LabelStyle.WidestOf(Values.Ticks.Select(tick => tick.Label)) - Gap - 7;
        for (var i = 1; i < Labels.Count; i++)
        {
            var distance = (Labels[i].Place - Labels[i - 1].Place) * usable;
            if ((LabelStyle.WidthOf(Labels[i].Label) + LabelStyle.WidthOf(Labels[i - 1].Label)) / 2 > distance - 6)
            {
                return true;
            }
        }

        return false;
    }
}
