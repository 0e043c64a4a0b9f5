using System.Globalization;
using Harness.Experiments.Charts.Drawing;
using ScottPlot;
using SkiaSharp;

namespace Harness.Experiments.Charts.Panels;

/// <summary>A line of a <see cref="GrowthPanel"/>.</summary>
/// <param name="Name">What grows.</param>
/// <param name="Exponent">The power of the size that it grows by.</param>
/// <param name="Points">Size and cost, both in relation to the smallest size.</param>
internal sealed record GrowthLine(string Name, double Exponent, IReadOnlyList<(double Size, double Cost)> Points);

/// <summary>Costs by size, both logarithmic: a line for each of many things that grow, of which the fastest are named at their ends.</summary>
/// <param name="ValueTitle">Title of the value axis.</param>
/// <param name="Lines">The lines.</param>
/// <param name="MostExponent">The largest exponent that is allowed, drawn as a line beside that of 1.</param>
internal sealed record GrowthPanel(string ValueTitle, IReadOnlyList<GrowthLine> Lines, double MostExponent) : IPanelBody
{
    private const float DataHeight = 230;
    private const int NamedLines = 8;
    private static readonly TextStyle NameStyle = new(9.5f);

    private IReadOnlyList<GrowthLine> Named => [.. Lines.OrderByDescending(line => line.Exponent).Take(NamedLines)];

    private float NamesWidth => NameStyle.WidestOf(Named.Select(LabelOf)) + 12;

    private double LargestSize => Lines.Max(line => line.Points[^1].Size);

    public float LeastWidth => NamesWidth + 260;

    public float HeightFor(float width) => PanelAxes.Top + DataHeight + MakeAxes().Bottom(width - NamesWidth);

    public void Draw(FigureCanvas canvas, SKRect area)
    {
        var axes = MakeAxes();
        var inner = new SKRect(area.Left, area.Top, area.Right - NamesWidth, area.Bottom);
        var data = axes.DataArea(inner);
        var plot = new Plot();
        axes.Draw(canvas, inner, plot, 0, Math.Log2(LargestSize));
        foreach (var line in Lines.OrderBy(line => line.Exponent))
        {
            // The steeper, the darker: what grows in proportion stays in the background.
            var drawn = plot.Add.Scatter(line.Points.Select(point => new Coordinates(Math.Log2(point.Size), axes.Values.At(point.Cost))).ToArray(), ColorOf(line));
            drawn.LineWidth = line.Exponent > MostExponent ? 2 : 1;
            drawn.MarkerSize = line.Exponent > MostExponent ? 5 : 2.5f;
        }

        foreach (var exponent in new[] { 1, MostExponent })
        {
            DashedLine.Add(plot, new(0, axes.Values.At(1)), new(Math.Log2(LargestSize), axes.Values.At(Math.Pow(LargestSize, exponent))), SeriesColors.Reference, 1.4f, 40);
        }

        canvas.Data(plot, data);
        DrawNames(canvas, data, axes.Values);
    }

    /// <summary>Writes the names at the ends of their lines, moved where others are in the way.</summary>
    private void DrawNames(FigureCanvas canvas, SKRect data, ValueScale scale)
    {
        var ends = Named
            .Select(line => (Line: line, Y: data.Bottom - (float)((scale.At(line.Points[^1].Cost) - scale.Low) / (scale.High - scale.Low) * data.Height)))
            .OrderBy(end => end.Y)
            .ToList();
        var places = ends.Select(end => end.Y).ToArray();
        for (var i = 1; i < places.Length; i++)
        {
            places[i] = Math.Max(places[i], places[i - 1] + NameStyle.LineHeight);
        }

        for (var (i, limit) = (places.Length - 1, data.Bottom - (NameStyle.LineHeight / 2)); i >= 0; i--, limit -= NameStyle.LineHeight)
        {
            places[i] = Math.Min(places[i], limit);
        }

        for (var i = 0; i < places.Length; i++)
        {
            canvas.Line(new SKPoint(data.Right, ends[i].Y), new SKPoint(data.Right + 7, places[i]), ColorOf(ends[i].Line).ToSKColor(), 0.8f);
            canvas.Text(LabelOf(ends[i].Line), new SKPoint(data.Right + 9, places[i]), NameStyle with { Bold = ends[i].Line.Exponent > MostExponent });
        }
    }

    private static string LabelOf(GrowthLine line) => string.Create(CultureInfo.InvariantCulture, $"{line.Name} {line.Exponent:0.00}");

    private Color ColorOf(GrowthLine line) => SeriesColors.At(Math.Clamp((MostExponent - line.Exponent) / 0.6, 0, 0.9));

    private PanelAxes MakeAxes()
    {
        var costs = Lines.SelectMany(line => line.Points.Select(point => point.Cost)).Append(Math.Pow(LargestSize, MostExponent)).ToList();
        var sizes = Lines[0].Points.Select(point => point.Size).ToList();
        return new PanelAxes(
            ValueTitle,
            ValueScale.ForRatios(costs, 0.04),
            [.. sizes.Select(size => (Math.Log2(size) / Math.Log2(LargestSize), size == 1 ? "N" : string.Create(CultureInfo.InvariantCulture, $"{size:0} N")))],
            "size of the module");
    }
}
