using System.Globalization;
using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Statistics;
using ScottPlot;
using SkiaSharp;

namespace Harness.Experiments.Charts.Panels;

/// <summary>Groups of bars with their intervals and values, and a line at 1.</summary>
/// <param name="ValueTitle">Title of the value axis.</param>
/// <param name="Groups">Names of the groups, in order.</param>
/// <param name="Series">Number of bars in a group.</param>
/// <param name="Bars">Value of a bar by group and series; null where there is none.</param>
internal sealed record BarPanel(string ValueTitle, IReadOnlyList<string> Groups, int Series, Func<int, int, Estimate?> Bars) : IPanelBody
{
    /// <summary>The panels that have a common scale with this one, so that their bars can be compared.</summary>
    public IReadOnlyList<BarPanel> SameScale { get; init; } = [];

    /// <summary>Colour and number of the pattern of each series; by their order if left out.</summary>
    public IReadOnlyList<(Color Color, int Pattern)> Looks { get; init; } = [];

    private const float DataHeight = 165;
    private const float GroupGap = 0.28f;
    private const float NumberSize = 8;

    private static readonly TextStyle NumberStyle = new(NumberSize, Color: SKColor.Parse("#444444"));

    public float LeastWidth => (Groups.Count * Math.Max(PanelAxes.LeastLabelDistance, Series * (NumberSize + 2) / (1 - GroupGap))) + 60;

    public float HeightFor(float width) => PanelAxes.Top + DataHeight + MakeAxes().Bottom(width);

    public void Draw(FigureCanvas canvas, SKRect area)
    {
        var axes = MakeAxes();
        var data = axes.DataArea(area);
        var plot = new Plot();
        axes.Draw(canvas, area, plot, 0, Groups.Count);
        var scale = axes.Values;
        var width = (1 - GroupGap) / Series;
        var numbers = new List<(string Text, SKPoint At)>();
        var patterns = new List<(SKRect Bar, Color Color, int Pattern)>();
        for (var group = 0; group < Groups.Count; group++)
        {
            for (var series = 0; series < Series; series++)
            {
                if (Bars(group, series) is not { } bar)
                {
                    continue;
                }

                var center = group + (GroupGap / 2) + ((series + 0.5) * width);
                var (color, pattern) = LookOf(series);
                var drawn = plot.Add.Bars(new List<Bar> { new() { Position = center, Size = width, Value = scale.At(bar.Value), ValueBase = scale.Base, FillColor = color } });
                drawn.Bars[0].LineWidth = 0.5f;
                drawn.Bars[0].LineColor = SeriesColors.Stroke;
                if (bar.HasInterval)
                {
                    AddInterval(plot, center, scale, bar);
                }

                patterns.Add((new SKRect(X(center - (width / 2)), Math.Min(Y(scale.At(bar.Value)), Y(scale.Base)), X(center + (width / 2)), Math.Max(Y(scale.At(bar.Value)), Y(scale.Base))), color, pattern));
                var top = scale.At(bar.HasInterval ? Math.Max(bar.High, Math.Max(1, bar.Value)) : Math.Max(1, bar.Value));
                numbers.Add((bar.Value.ToString("0.00", CultureInfo.InvariantCulture), new SKPoint(X(center), Y(top) - 4)));
            }
        }

        DashedLine.AddReference(plot, scale.At(1), Groups.Count);
        canvas.Data(plot, data);
        foreach (var (bar, color, pattern) in patterns)
        {
            canvas.Hatch(SKRect.Intersect(bar, data), color.ToSKColor(), pattern);
        }

        foreach (var (text, at) in numbers)
        {
            canvas.Text(text, at, NumberStyle, SKTextAlign.Left, -90);
        }

        float X(double position) => data.Left + (float)(position / Groups.Count * data.Width);

        float Y(double position) => data.Bottom - (float)((position - scale.Low) / (scale.High - scale.Low) * data.Height);
    }

    private (Color Color, int Pattern) LookOf(int series) => Looks.Count > 0 ? Looks[series] : (SeriesColors.Of(series, Series), series);

    private static void AddInterval(Plot plot, double center, ValueScale scale, Estimate bar)
    {
        var line = plot.Add.Line(center, scale.At(bar.Low), center, scale.At(bar.High));
        line.LineWidth = 1.2f;
        line.LineColor = SeriesColors.Stroke;
    }

    private PanelAxes MakeAxes()
    {
        // Room for the turned numbers above the bars.
        var headroom = (NumberStyle.WidthOf("00.00") + 10) / DataHeight;
        var scale = ValueScale.ForRatios([1, .. Values(), .. SameScale.SelectMany(panel => panel.Values())], headroom);
        return new PanelAxes(ValueTitle, scale, [.. Groups.Select((group, index) => ((index + 0.5) / Groups.Count, group))], "");
    }

    private IEnumerable<double> Values()
    {
        for (var group = 0; group < Groups.Count; group++)
        {
            for (var series = 0; series < Series; series++)
            {
                if (Bars(group, series) is not { } bar)
                {
                    continue;
                }

                yield return bar.Value;
                if (bar.HasInterval)
                {
                    yield return bar.Low;
                    yield return bar.High;
                }
            }
        }
    }
}
