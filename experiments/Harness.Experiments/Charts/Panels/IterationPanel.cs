using System.Globalization;
using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Statistics;
using ScottPlot;
using SkiaSharp;

namespace Harness.Experiments.Charts.Panels;

/// <summary>The iterations of processes over time: one process as dots with the means of its segments, the others faintly behind it.</summary>
/// <param name="Shown">The process that is shown with its segments.</param>
/// <param name="Others">Iterations of others of the same cell.</param>
internal sealed record IterationPanel(Steadiness Shown, IReadOnlyList<IReadOnlyList<double>> Others) : IPanelBody
{
    private const float DataHeight = 110;
    private const int MostDots = 400;

    public float LeastWidth => 200;

    private int Length => Math.Max(Shown.Iterations.Count, Others.Select(other => other.Count).DefaultIfEmpty().Max());

    public float HeightFor(float width) => PanelAxes.Top + DataHeight + MakeAxes().Bottom(width);

    public void Draw(FigureCanvas canvas, SKRect area)
    {
        var axes = MakeAxes();
        var scale = axes.Values;
        var plot = new Plot();
        axes.Draw(canvas, area, plot, 0, Length);
        foreach (var other in Others)
        {
            var behind = plot.Add.Scatter(Points(other, scale), SeriesColors.Of(0, 2).WithAlpha(0.35));
            behind.MarkerSize = 0;
            behind.LineWidth = 0.8f;
        }

        var dots = plot.Add.Scatter(Points(Shown.Iterations, scale), SeriesColors.Of(1, 2));
        dots.LineWidth = 0;
        dots.MarkerSize = 3;
        foreach (var segment in Shown.Segments)
        {
            var mean = plot.Add.Line(segment.Start, scale.At(segment.Mean), segment.End, scale.At(segment.Mean));
            mean.LineColor = SeriesColors.Stroke;
            mean.LineWidth = 1.6f;
            if (segment.Start > 0)
            {
                DashedLine.Add(plot, new(segment.Start, scale.Low), new(segment.Start, scale.High), SeriesColors.Reference, 1, 14);
            }
        }

        canvas.Data(plot, axes.DataArea(area));
    }

    /// <summary>The iterations as points; of very many an even choice.</summary>
    private static Coordinates[] Points(IReadOnlyList<double> iterations, ValueScale scale)
    {
        var step = Math.Max(1, iterations.Count / MostDots);
        return [.. Enumerable.Range(0, iterations.Count).Where(i => i % step == 0).Select(i => new Coordinates(i + 0.5, scale.At(iterations[i])))];
    }

    private PanelAxes MakeAxes()
    {
        var scale = ValueScale.ForAmounts([.. Shown.Iterations, .. Others.SelectMany(other => other)], fromZero: false);
        var step = Math.Max(1, (int)Math.Ceiling(Length / 6.0));
        var labels = Enumerable.Range(0, Length).Where(i => i % step == 0).Select(i => ((i + 0.5) / Length, (i + 1).ToString(CultureInfo.InvariantCulture)));
        return new PanelAxes("ms", scale, [.. labels], "iteration");
    }
}
