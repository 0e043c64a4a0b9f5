using Harness.Experiments.Charts.Drawing;
using ScottPlot;
using SkiaSharp;

namespace Harness.Experiments.Tests.Charts;

/// <summary>What Skia draws has to live until it is drawn; SkiaSharp does not see to that, and a path that the garbage collector frees too early ends the process.</summary>
public sealed class PlotMarkerTests
{
    private const int Middle = 20;
    private const float Size = 24;

    [Fact]
    public void AFigureDrawsAllMarkersOfItsPlots()
    {
        Coordinates[] points = [new(1, 1), new(2, 3), new(3, 2)];
        var plot = new Plot();
        plot.Add.Scatter(points).MarkerShape = MarkerShape.FilledDiamond;
        plot.Add.Scatter(points).MarkerShape = MarkerShape.FilledTriangleUp;
        plot.Add.Markers(points, MarkerShape.OpenDiamond);
        plot.Add.Marker(2, 2, MarkerShape.FilledCircle);
        plot.Add.Line(1, 1, 3, 3);
        plot.Add.Polygon(points);
        using var recorder = new SKPictureRecorder();
        var area = new SKRect(0, 0, 100, 100);
        new FigureCanvas(recorder.BeginRecording(area)).Data(plot, area);
        var marked = plot.GetPlottables().OfType<IHasMarker>().ToList();
        Assert.Equal(6, marked.Count);
        Assert.All(marked, plottable => Assert.Same(PlotMarker.Instance, plottable.MarkerStyle.CustomRenderer));
    }

    [Fact]
    public void WhatIsLeftToScottPlotHasNoPath()
    {
        Assert.All(PlotMarker.WithoutPath, shape => Assert.False(HasPath(shape), $"{shape} is drawn with a path"));
        Assert.True(HasPath(MarkerShape.OpenDiamond));

        static bool HasPath(MarkerShape shape) =>
            shape.GetMarker().GetType().GetMethod(nameof(IMarker.Render))!.GetMethodBody()!.LocalVariables.Any(variable => variable.LocalType == typeof(SKPath));
    }

    [Theory]
    [InlineData(MarkerShape.FilledCircle, true, Size)]
    [InlineData(MarkerShape.OpenCircle, false, Size)]
    [InlineData(MarkerShape.FilledSquare, true, Size)]
    [InlineData(MarkerShape.FilledTriangleUp, true, Size * 0.866f)]
    [InlineData(MarkerShape.FilledDiamond, true, Size)]
    [InlineData(MarkerShape.OpenDiamond, false, Size)]
    public void MarkersHaveTheirShape(MarkerShape shape, bool isFilled, float height)
    {
        using var bitmap = new SKBitmap(2 * Middle, 2 * Middle);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(SKColors.White);
            using var paint = Paint.NewDisposablePaint();
            PlotMarker.Instance.Render(canvas, paint, new Pixel((float)Middle, Middle), Size, new MarkerStyle(shape, Size, Colors.Blue) { LineWidth = 1 });
        }

        Assert.Equal(isFilled, IsDrawn(Middle, Middle));
        var rows = Enumerable.Range(0, bitmap.Height).Where(y => Enumerable.Range(0, bitmap.Width).Any(x => IsDrawn(x, y))).ToList();
        Assert.InRange(rows[^1] - rows[0] + 1, height - 3, height + 3);
        var columns = Enumerable.Range(0, bitmap.Width).Where(x => Enumerable.Range(0, bitmap.Height).Any(y => IsDrawn(x, y))).ToList();
        Assert.InRange(columns[^1] - columns[0] + 1, Size - 3, Size + 3);

        bool IsDrawn(int x, int y) => bitmap.GetPixel(x, y).Red < 128;
    }

    [Fact]
    public void AShapeThatNoFigureHasIsAMistake()
    {
        using var bitmap = new SKBitmap(1, 1);
        using var canvas = new SKCanvas(bitmap);
        using var paint = Paint.NewDisposablePaint();
        Assert.Throws<ArgumentOutOfRangeException>(() => PlotMarker.Instance.Render(canvas, paint, new Pixel(0f, 0f), Size, new MarkerStyle(MarkerShape.Asterisk, Size)));
    }
}
