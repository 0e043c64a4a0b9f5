using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Statistics;
using ScottPlot;
using SkiaSharp;

namespace Harness.Experiments.Charts.Panels;

/// <summary>A named point: what is paid, and what is got for it.</summary>
internal sealed record ScatterPoint(string Name, double Cost, Estimate Gain);

/// <summary>Points of cost and gain with the Pareto front: those that no other point beats in both.</summary>
/// <param name="CostTitle">Title of the lower axis.</param>
/// <param name="GainTitle">Title of the value axis.</param>
/// <param name="Points">The points; numbered in the chart, and named below it.</param>
internal sealed record ScatterPanel(string CostTitle, string GainTitle, IReadOnlyList<ScatterPoint> Points) : IPanelBody
{
    private const float DataHeight = 220;
    private static readonly TextStyle NameStyle = new(9);

    public float LeastWidth => Math.Max(220, NameStyle.WidestOf(Points.Select((point, index) => Named(index))) + 20);

    public float HeightFor(float width) => PanelAxes.Top + DataHeight + MakeAxes().Bottom(width) + (Points.Count * NameStyle.LineHeight) + 6;

    public void Draw(FigureCanvas canvas, SKRect area)
    {
        var axes = MakeAxes();
        var costs = ValueScale.ForAmounts([.. Points.Select(point => point.Cost)], fromZero: false);
        var inner = new SKRect(area.Left, area.Top, area.Right, area.Top + PanelAxes.Top + DataHeight + axes.Bottom(area.Width));
        var data = axes.DataArea(inner);
        var plot = new Plot();
        axes.Draw(canvas, inner, plot, costs.Low, costs.High);
        var front = Front().Select(point => new Coordinates(costs.At(point.Cost), axes.Values.At(point.Gain.Value))).ToArray();
        var line = plot.Add.Scatter(front, SeriesColors.Of(0, 2));
        line.MarkerSize = 0;
        var numbers = new List<TextBox>();
        for (var i = 0; i < Points.Count; i++)
        {
            var (x, y) = (costs.At(Points[i].Cost), axes.Values.At(Points[i].Gain.Value));
            if (Points[i].Gain.HasInterval)
            {
                var interval = plot.Add.Line(x, axes.Values.At(Points[i].Gain.Low), x, axes.Values.At(Points[i].Gain.High));
                interval.LineColor = SeriesColors.Stroke;
                interval.LineWidth = 1;
            }

            plot.Add.Marker(x, y, MarkerShape.FilledCircle, 7, SeriesColors.Of(1, 2));
        }

        canvas.Data(plot, data);
        for (var i = 0; i < Points.Count; i++)
        {
            var x = data.Left + (float)((costs.At(Points[i].Cost) - costs.Low) / (costs.High - costs.Low) * data.Width);
            var y = data.Bottom - (float)((axes.Values.At(Points[i].Gain.Value) - axes.Values.Low) / (axes.Values.High - axes.Values.Low) * data.Height);
            DrawNumber(canvas, numbers, $"{i + 1}", x, y, data);
            canvas.Text(Named(i), new SKPoint(area.Left, inner.Bottom + 6 + ((i + 0.5f) * NameStyle.LineHeight)), NameStyle);
        }
    }

    /// <summary>Writes a point's number beside it, where no other number is.</summary>
    private static void DrawNumber(FigureCanvas canvas, List<TextBox> taken, string text, float x, float y, SKRect data)
    {
        ReadOnlySpan<(float X, float Y)> places = [(8, -7), (8, 8), (-8, -7), (-8, 8), (8, -18), (8, 19), (-8, -18), (-8, 19)];
        var width = NameStyle.WidthOf(text);
        foreach (var (dx, dy) in places)
        {
            var extent = new SKRect(dx > 0 ? 0 : -width, -NameStyle.Size / 2, dx > 0 ? width : 0, NameStyle.Size / 2);
            var box = new TextBox(text, new SKPoint(x + dx, y + dy), extent, 0);
            if (box.Corners.Any(corner => !data.Contains(corner)) || taken.Any(other => other.Overlaps(box)))
            {
                continue;
            }

            taken.Add(box);
            canvas.Text(text, box.Anchor, NameStyle, dx > 0 ? SKTextAlign.Left : SKTextAlign.Right);
            return;
        }
    }

    private string Named(int index) => FormattableString.Invariant($"{index + 1}  {Points[index].Name}: {Points[index].Gain.Value:0.00}x at {Points[index].Cost:0.00}");

    private List<ScatterPoint> Front()
    {
        var front = new List<ScatterPoint>();
        foreach (var point in Points.OrderBy(point => point.Cost).ThenByDescending(point => point.Gain.Value))
        {
            if (front.Count == 0 || point.Gain.Value > front[^1].Gain.Value)
            {
                front.Add(point);
            }
        }

        return front;
    }

    private PanelAxes MakeAxes()
    {
        var gains = Points.SelectMany(point => point.Gain.HasInterval ? new[] { point.Gain.Low, point.Gain.High } : [point.Gain.Value]).ToList();
        var costs = ValueScale.ForAmounts([.. Points.Select(point => point.Cost)], fromZero: false);
        return new PanelAxes(GainTitle, ValueScale.ForAmounts(gains, fromZero: false), [.. costs.Ticks.Select(tick => ((tick.Position - costs.Low) / (costs.High - costs.Low), tick.Label))], CostTitle);
    }
}
