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
        for (var group = 0; group < Groups.Count; group++)
        {
            for (var series = 0; series < Series; series++)
            {
                if (Bars(group, series) is not { } bar)
                    continue;
                var center = group + (GroupGap / 2) + ((series + 0.5) * width);
                var drawn = plot.Add.Bars(new List<Bar> { new() { Position = center, Size = width, Value = scale.At(bar.Value), ValueBase = scale.Base, FillColor = SeriesColors.Of(series, Series) } });
                drawn.Bars[0].LineWidth = 0.5f;
                drawn.Bars[0].LineColor = SeriesColors.Stroke;
                if (bar.HasInterval)
                    AddInterval(plot, center, scale, bar);
                var top = scale.At(bar.HasInterval ? Math.Max(bar.High, Math.Max(1, bar.Value)) : Math.Max(1, bar.Value));
                var y = data.Bottom - (float)((top - scale.Low) / (scale.High - scale.Low) * data.Height);
                numbers.Add((bar.Value.ToString("0.00", CultureInfo.InvariantCulture), new SKPoint(data.Left + (float)(center / Groups.Count * data.Width), y - 4)));
            }
        }

        plot.Add.HorizontalLine(scale.At(1), 1.2f, SeriesColors.Reference, LinePattern.Dashed);
        canvas.Data(plot, data);
        foreach (var (text, at) in numbers)
            canvas.Text(text, at, NumberStyle, SKTextAlign.Left, -90);
    }

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
                    continue;
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
