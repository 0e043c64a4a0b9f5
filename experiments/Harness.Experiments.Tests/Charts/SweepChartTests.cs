using Harness.Experiments.Charts;
using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Tests.Sweeps;
using SkiaSharp;

namespace Harness.Experiments.Tests.Charts;

public sealed class SweepChartTests
{
    private const string Bars = "engines: [ours, v8]\nworkloads: [all]\nconfigurations: [{name: base}, {name: a}, {name: a rather long name of a configuration}, {name: b}]";
    private const string FewBars = "workloads: [recursion, two-targets]\nconfigurations: [{name: base}, {name: a}]";
    private const string OneKnob = "engines: [ours, v8]\nworkloads: [all]\ngrid: {inlining.budget: [100, 1000, 5000, 20000, 50000]}";
    private const string TwoKnobs = "workloads: [sort-two-orders, recursion]\ngrid: {polymorphism-limit: [1, 2, 3, 4, 6, 8], inlining.budget: [100, 5000]}";

    [Theory]
    [InlineData(Bars, "Bars")]
    [InlineData(FewBars, "Bars")]
    [InlineData(TwoKnobs, "Bars")]
    [InlineData(Bars, "Sorted")]
    [InlineData(OneKnob, "Lines")]
    [InlineData(TwoKnobs, "Lines")]
    [InlineData(TwoKnobs, "Heat")]
    [InlineData(Bars, "Dots")]
    [InlineData(Bars, "Pareto")]
    [InlineData(TwoKnobs, "Pareto")]
    [InlineData(FewBars, "Iterations")]
    public void NoTextIsCutOrCoversAnother(string text, string kind)
    {
        var sweep = TestSweeps.Read(text);
        var figure = SweepChart.Create(Enum.Parse<ChartKind>(kind), sweep, new SweepSummary(sweep, Rows(sweep)));
        foreach (var width in (float[])[Figure.ColumnWidth, Figure.StandardWidth, 1200])
        {
            var size = figure.Measure(width);
            using var recorder = new SKPictureRecorder();
            var canvas = new FigureCanvas(recorder.BeginRecording(new SKRect(0, 0, size.Width, size.Height)));
            figure.Draw(canvas, size.Width);

            Assert.NotEmpty(canvas.Texts);
            var cut = canvas.Texts.Where(box => box.Corners.Any(corner => corner.X < 0 || corner.Y < 0 || corner.X > size.Width || corner.Y > size.Height));
            Assert.Empty(cut.Select(box => $"'{box.Text}' is cut at width {width}"));
            var covering =
                from first in Enumerable.Range(0, canvas.Texts.Count)
                from second in Enumerable.Range(first + 1, canvas.Texts.Count - first - 1)
                where canvas.Texts[first].Overlaps(canvas.Texts[second])
                select $"'{canvas.Texts[first].Text}' covers '{canvas.Texts[second].Text}' at width {width}";
            Assert.Empty(covering);
        }
    }

    [Fact]
    public void OverlapIsFoundWhateverTheTurn()
    {
        var upright = new TextBox("a", new SKPoint(0, 0), new SKRect(0, -5, 40, 5), 0);
        Assert.True(upright.Overlaps(new TextBox("b", new SKPoint(20, 15), new SKRect(0, -5, 40, 5), -90)));
        Assert.False(upright.Overlaps(new TextBox("b", new SKPoint(20, 40), new SKRect(0, -5, 30, 5), -90)));
        Assert.False(upright.Overlaps(new TextBox("b", new SKPoint(0, 11), new SKRect(0, -5, 40, 5), 0)));
    }

    [Theory]
    [InlineData(OneKnob, "--kind lines")]
    [InlineData(TwoKnobs, "--kind lines")]
    [InlineData(FewBars, "--kind bars")]
    public void TheSweepDecidesWhatIsDrawn(string text, string source) =>
        Assert.Contains(source, Create(text).Source, StringComparison.Ordinal);

    [Theory]
    [InlineData("png", new byte[] { 0x89, 0x50, 0x4e, 0x47 })]
    [InlineData("pdf", new byte[] { 0x25, 0x50, 0x44, 0x46 })]
    public void FilesHaveTheirFormat(string format, byte[] magic)
    {
        using var folder = new TemporaryFolder();
        FigureFile.Write(Create(FewBars), folder.File("chart." + format));
        Assert.Equal(magic, File.ReadAllBytes(folder.File("chart." + format))[..4]);
    }

    [Fact]
    public void AnSvgFileSaysWhatItShowsAndWhatMadeIt()
    {
        using var folder = new TemporaryFolder();
        FigureFile.Write(Create(FewBars), folder.File("chart.svg"));
        var document = System.Xml.Linq.XDocument.Load(folder.File("chart.svg"));
        Assert.Contains(document.Root!.Elements(), element => element.Name.LocalName == "desc" && element.Value.Contains("harness chart", StringComparison.Ordinal));
    }

    [Fact]
    public void AnUnknownFormatIsRefused()
    {
        var failure = Assert.Throws<HarnessException>(() => FigureFile.Write(Create(FewBars), "chart.bmp"));
        Assert.Contains("not as '.bmp'", failure.Message, StringComparison.Ordinal);
    }

    private static Figure Create(string text)
    {
        var sweep = TestSweeps.Read(text);
        return SweepChart.Create(ChartKind.Auto, sweep, new SweepSummary(sweep, Rows(sweep)));
    }

    /// <summary>Repetitions with speedups of all sizes, from losses to large gains.</summary>
    private static List<Measurement> Rows(SweepDefinition sweep)
    {
        var random = new Random(7);
        var rows = new List<Measurement>();
        foreach (var engine in sweep.Engines)
        {
            foreach (var configuration in sweep.Configurations)
            {
                foreach (var workload in sweep.Workloads)
                {
                    var center = 10 * Math.Exp((random.NextDouble() * 2) - 1.5);
                    rows.AddRange(Enumerable.Range(1, 8).Select(repetition => new Measurement
                    {
                        Engine = engine, Configuration = configuration.Name, Workload = workload.Name, Repetition = repetition,
                        ExecuteMs = center * (1 + (random.NextDouble() * 0.1)), OptimizedBytes = 1000 + random.Next(500),
                        IterationsMs = string.Join(';', Enumerable.Range(0, 40).Select(i => (center * (i < 9 ? 3 : 1) * (1 + (random.NextDouble() * 0.02))).ToString(System.Globalization.CultureInfo.InvariantCulture))),
                    }));
                }
            }
        }

        return rows;
    }
}
