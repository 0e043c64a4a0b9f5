using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Statistics;
using ScottPlot;
using SkiaSharp;

namespace Harness.Experiments.Charts.Panels;

/// <summary>
/// How a value follows a knob: a line per series over the knob's values, which stand side by side at equal distances, with intervals, and the
/// names of the series at the ends of their lines.
/// </summary>
/// <param name="ValueTitle">Title of the value axis.</param>
/// <param name="KnobTitle">Title of the lower axis.</param>
/// <param name="KnobValues">Values of the knob, in order.</param>
/// <param name="Series">Names of the series, in order.</param>
/// <param name="Points">Value of a point by series and value of the knob; null where there is none.</param>
/// <param name="Emphasized">The series drawn boldly; -1 for none.</param>
internal sealed record LinePanel(
    string ValueTitle, string KnobTitle, IReadOnlyList<string> KnobValues, IReadOnlyList<string> Series, Func<int, int, Estimate?> Points, int Emphasized) : IPanelBody
{
    /// <summary>For each series whether it rises (1), falls (-1) or neither (0), where that is what is to be seen; empty for colours in the order of the series.</summary>
    public IReadOnlyList<int> Directions { get; init; } = [];

    private const float LeastDataHeight = 190;
    private static readonly TextStyle NameStyle = new(9.5f);

    private float NamesWidth => NameStyle.WidestOf(Series) + 10;

    /// <summary>High enough that the names fit below each other.</summary>
    private float DataHeight => Math.Max(LeastDataHeight, (Series.Count + 1) * NameStyle.LineHeight);

    public float LeastWidth => NamesWidth + (Directions.Count > 0 ? (2.4f * NameStyle.WidestOf(KnobValues)) + 80 : (KnobValues.Count * PanelAxes.LeastLabelDistance) + 120);

    public float HeightFor(float width) => PanelAxes.Top + DataHeight + MakeAxes().Bottom(width - NamesWidth);

    public void Draw(FigureCanvas canvas, SKRect area)
    {
        var axes = MakeAxes();
        var scale = axes.Values;
        var inner = new SKRect(area.Left, area.Top, area.Right - NamesWidth, area.Bottom);
        var data = axes.DataArea(inner);
        var plot = new Plot();
        axes.Draw(canvas, inner, plot, 0, KnobValues.Count);
        DashedLine.AddReference(plot, scale.At(1), KnobValues.Count);
        var ends = new List<(int Series, float Y)>();
        for (var series = 0; series < Series.Count; series++)
        {
            var points = new List<Coordinates>();
            for (var value = 0; value < KnobValues.Count; value++)
            {
                if (Points(series, value) is not { } point)
                {
                    continue;
                }

                points.Add(new Coordinates(PlaceOf(value), scale.At(point.Value)));
                if (point.HasInterval)
                {
                    var interval = plot.Add.Line(PlaceOf(value), scale.At(point.Low), PlaceOf(value), scale.At(point.High));
                    interval.LineColor = ColorOf(series);
                    interval.LineWidth = 1;
                }
            }

            if (points.Count == 0)
            {
                continue;
            }

            var line = plot.Add.Scatter(points, ColorOf(series));
            line.LineWidth = series == Emphasized ? 2.6f : DirectionOf(series) switch { 0 => 0.8f, < 0 => 0, _ => 1.3f };
            if (DirectionOf(series) < 0)
            {
                DashedLine.Add(plot, points[0], points[^1], ColorOf(series), 1.3f, 14);
            }

            line.MarkerShape = MarkerOf(series);
            line.MarkerSize = series == Emphasized ? 6 : 4;
            ends.Add((series, data.Bottom - (float)((points[^1].Y - scale.Low) / (scale.High - scale.Low) * data.Height)));
        }

        canvas.Data(plot, data);
        DrawNames(canvas, data, ends);
    }

    /// <summary>Writes each name at the end of its line, moved where others are in the way.</summary>
    private void DrawNames(FigureCanvas canvas, SKRect data, List<(int Series, float Y)> ends)
    {
        var ordered = ends.OrderBy(end => end.Y).ToList();
        var places = ordered.Select(end => end.Y).ToArray();
        var distance = NameStyle.LineHeight;
        for (var i = 1; i < places.Length; i++)
        {
            places[i] = Math.Max(places[i], places[i - 1] + distance);
        }

        for (var (i, limit) = (places.Length - 1, data.Bottom - (distance / 2)); i >= 0; i--, limit -= distance)
        {
            places[i] = Math.Min(places[i], limit);
        }

        for (var i = 0; i < places.Length; i++)
        {
            var color = ColorOf(ordered[i].Series).ToSKColor();
            canvas.Line(new SKPoint(data.Right, ordered[i].Y), new SKPoint(data.Right + 7, places[i]), color, 0.8f);
            canvas.Text(Series[ordered[i].Series], new SKPoint(data.Right + 9, places[i]), NameStyle with { Bold = ordered[i].Series == Emphasized });
        }
    }

    /// <summary>Where a value of the knob lies, in columns: in the middle of its column, or nearer to the edges where only the way from one to the other matters, so that names are near their lines.</summary>
    private double PlaceOf(int value) => Directions.Count == 0 ? value + 0.5 : value + (value == 0 ? 0.3 : 0.85);

    private int? DirectionOf(int series) => Directions.Count == 0 ? null : Directions[series];

    private Color ColorOf(int series) => DirectionOf(series) switch
    {
        < 0 => SeriesColors.Reference,
        0 => SeriesColors.Undecided,
        > 0 => SeriesColors.Of(0, 1),
        null => series == Emphasized ? SeriesColors.Stroke : SeriesColors.Of(series, Math.Max(3, Series.Count)),
    };

    /// <summary>Neighbours in the order of colours have other marks, so that lines are told apart without colour, too.</summary>
    private static MarkerShape MarkerOf(int series) => (series % 4) switch
    {
        0 => MarkerShape.FilledCircle,
        1 => MarkerShape.FilledSquare,
        2 => MarkerShape.FilledTriangleUp,
        _ => MarkerShape.FilledDiamond,
    };

    private PanelAxes MakeAxes()
    {
        var values = new List<double> { 1 };
        for (var series = 0; series < Series.Count; series++)
        {
            for (var value = 0; value < KnobValues.Count; value++)
            {
                if (Points(series, value) is { } point)
                {
                    values.AddRange(point.HasInterval ? [point.Low, point.High] : [point.Value]);
                }
            }
        }

        return new PanelAxes(
            ValueTitle,
            Directions.Count > 0 ? ValueScale.ForAmounts(values, fromZero: false) : ValueScale.ForRatios(values, 0.04),
            [.. KnobValues.Select((value, index) => (PlaceOf(index) / KnobValues.Count, value))],
            KnobTitle);
    }
}
