using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Statistics;
using ScottPlot;
using SkiaSharp;

namespace Harness.Experiments.Charts.Panels;

/// <summary>A row of dots.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Values">The values.</param>
/// <param name="Marked">Whether it deserves attention.</param>
internal sealed record DotRow(string Name, IReadOnlyList<double> Values, bool Marked);

/// <summary>Rows of dots on a common axis, each below the density of its values: distributions beside each other.</summary>
/// <param name="ValueTitle">Title of the axis.</param>
/// <param name="Rows">The rows, from above.</param>
internal sealed record DotPanel(string ValueTitle, IReadOnlyList<DotRow> Rows) : IPanelBody
{
    private const float RowHeight = 20;

    /// <summary>Place of the dots above the lower end of their row, and height of the density above that, as shares of the row.</summary>
    private const double DotsAt = 0.22;
    private const double DensityHeight = 0.62;

    /// <summary>Values below which a density would say more than is known.</summary>
    private const int LeastForDensity = 6;
    private const int DensityPoints = 48;

    private const float LeastDataWidth = 180;
    private static readonly TextStyle LabelStyle = new(9.5f);

    /// <summary>The scale of the axis: from the smallest value to the largest.</summary>
    public ValueScale Scale => ValueScale.ForAmounts([.. Rows.SelectMany(row => row.Values).DefaultIfEmpty(1)], fromZero: false);

    private float NamesWidth => LabelStyle.WidestOf(Rows.Select(row => row.Name)) + 8;

    public float LeastWidth => NamesWidth + LeastDataWidth;

    public float HeightFor(float width) => (Rows.Count * RowHeight) + (2 * LabelStyle.LineHeight) + 8;

    public void Draw(FigureCanvas canvas, SKRect area)
    {
        var scale = Scale;
        var data = new SKRect(area.Left + NamesWidth, area.Top, area.Right - 20, area.Top + (Rows.Count * RowHeight));
        var plot = new Plot();
        plot.HideGrid();
        plot.Axes.SetLimits(scale.Low, scale.High, 0, Rows.Count);
        var lastRight = float.NegativeInfinity;
        foreach (var (position, label) in scale.Ticks)
        {
            plot.Add.VerticalLine(position, 0.8f, SeriesColors.Grid);
            var x = data.Left + (float)((position - scale.Low) / (scale.High - scale.Low) * data.Width);
            var half = LabelStyle.WidthOf(label) / 2;
            if (x - half <= lastRight + 4)
            {
                continue;
            }

            lastRight = x + half;
            canvas.Text(label, new SKPoint(x, data.Bottom + 3 + (LabelStyle.LineHeight / 2)), LabelStyle, SKTextAlign.Center);
        }

        for (var i = 0; i < Rows.Count; i++)
        {
            var row = Rows[i];
            var color = row.Marked ? SeriesColors.Reference : SeriesColors.Of(0, 1);
            var floor = Rows.Count - i - 1.0;
            if (row.Values.Count >= LeastForDensity)
            {
                AddDensity(plot, row, scale, floor, color);
            }

            plot.Add.Markers(row.Values.Select(value => new Coordinates(scale.At(value), floor + DotsAt)).ToArray(), row.Marked ? MarkerShape.OpenDiamond : MarkerShape.OpenCircle, 5, color);
            canvas.Text(row.Name, new SKPoint(data.Left - 6, data.Top + ((i + 0.5f) * RowHeight)), LabelStyle, SKTextAlign.Right);
        }

        canvas.Data(plot, data);
        canvas.Text(ValueTitle, new SKPoint(data.MidX, data.Bottom + 3 + (LabelStyle.LineHeight * 1.5f)), LabelStyle, SKTextAlign.Center);
    }

    /// <summary>Draws the density of a row's values, its highest point as high as the row allows: rows are compared by shape, not by height.</summary>
    private static void AddDensity(Plot plot, DotRow row, ValueScale scale, double floor, Color color)
    {
        var density = new KernelDensity([.. row.Values.Select(scale.At).Order()]);
        var (low, high) = density.Support;
        var points = Enumerable.Range(0, DensityPoints).Select(i => low + ((high - low) * i / (DensityPoints - 1))).Select(place => (Place: place, Height: density.At(place))).ToList();
        var highest = points.Max(point => point.Height);
        Coordinates[] corners = [new(low, floor + DotsAt), .. points.Select(point => new Coordinates(point.Place, floor + DotsAt + (DensityHeight * point.Height / highest))), new(high, floor + DotsAt)];
        var shape = plot.Add.Polygon(corners);
        shape.FillColor = color.WithAlpha(0.25);
        shape.LineColor = color;
        shape.LineWidth = 0.6f;
    }
}
