using Harness.Experiments.Charts;
using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Growth;
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
    private const string Five = """
        engines: [ours, v8, jsc, spidermonkey, wasmtime]
        workloads: [v8-example, gc]
        configurations:
          - {name: no-speculation, title: no speculation, knobs: {inlining.call-indirect: off, deopt: off}, engines: [ours, v8]}
          - {name: inlining, knobs: {deopt: off}, engines: [ours, v8]}
          - {name: inlining-deopt, title: inlining + deopt, engines: [ours, v8]}
          - {name: no-inlining, title: no inlining, knobs: {inlining: off}, engines: [jsc, spidermonkey, wasmtime]}
          - {name: default, title: "the engine's own inlining", engines: [jsc, spidermonkey, wasmtime]}
        baseline: no-speculation
        baselines: {jsc: no-inlining, spidermonkey: no-inlining, wasmtime: no-inlining}
        """;

    private const string TwoKnobs = "workloads: [sort-two-orders, recursion]\ngrid: {polymorphism-limit: [1, 2, 3, 4, 6, 8], inlining.budget: [100, 5000]}";

    [Theory]
    [InlineData(Bars, "Bars")]
    [InlineData(FewBars, "Bars")]
    [InlineData(TwoKnobs, "Bars")]
    [InlineData(Bars, "Sorted")]
    [InlineData(Bars, "Slope")]
    [InlineData(FewBars, "Slope")]
    [InlineData(Five, "Bars")]
    [InlineData(Five, "Slope")]
    [InlineData(Five, "Dots")]
    [InlineData(OneKnob, "Lines")]
    [InlineData(TwoKnobs, "Lines")]
    [InlineData(OneKnob, "Means")]
    [InlineData(TwoKnobs, "Means")]
    [InlineData(TwoKnobs, "Heat")]
    [InlineData(Bars, "Dots")]
    [InlineData(Bars, "Pareto")]
    [InlineData(TwoKnobs, "Pareto")]
    [InlineData(FewBars, "Iterations")]
    public void NoTextIsCutOrCoversAnother(string text, string kind)
    {
        var sweep = TestSweeps.Read(text);
        RequireReadable(SweepChart.Create(Enum.Parse<ChartKind>(kind), sweep, new SweepSummary(sweep, Rows(sweep))));
    }

    [Fact]
    public void NorInTheChartsOfGrowthAndOfOneProgram()
    {
        var shapes = ShapeGrowth.Of([..
            from shape in Enumerable.Range(1, 20)
            from tier in (string[])["baseline", "optimizing"]
            from size in (int[])[100, 200, 400, 800, 1600]
            select new GrowthRow
            {
                Shape = $"a shape of the number {shape}", Tier = tier, Size = size, ModuleBytes = size, CompileMs = Math.Pow(size, 0.9 + (shape * 0.03)), PageFaults = 0, PageFaultMs = 0, FirstCompileMs = size, FirstPageFaults = size, AllocatedBytes = (long)Math.Pow(size, 1 + (shape % 5 * 0.02)),
                CodeBytes = size, LongestStep = "build", Refusal = "",
            }]);
        var growth = GrowthChart.Create(shapes);
        Assert.Contains($": {shapes.Count(shape => shape.IsExcessive)} of 40 ", growth.Title, StringComparison.Ordinal);
        RequireReadable(growth);
        var sweep = TestSweeps.Read(Bars);
        RequireReadable(RepetitionDots.OfWorkload(sweep, new SweepSummary(sweep, Rows(sweep)), sweep.Workloads[0]));
    }

    [Fact]
    public void TheAxisOfRepetitionsInMillisecondsEndsWithThem()
    {
        var sweep = TestSweeps.Read(FewBars);
        var rows = Rows(sweep).Select((row, i) => row with { ExecuteMs = 100 + (i % 8) }).ToList();
        var panel = Assert.Single(RepetitionDots.OfWorkload(sweep, new SweepSummary(sweep, rows), sweep.Workloads[0]).Panels);
        var scale = Assert.IsType<Experiments.Charts.Panels.DotPanel>(panel.Body).Scale;
        Assert.InRange(scale.Low, 98, 100);
        Assert.InRange(scale.High, 107, 109);
    }

    /// <summary>Where times are nanoseconds, too.</summary>
    [Fact]
    public void TheLabelsOfALogarithmicAxisAreWhereTheySay()
    {
        foreach (var scale in (ValueScale[])[ValueScale.ForAmounts([1e-6, 1e-4], fromZero: false), ValueScale.ForAmounts([1e-6, 1e3], fromZero: false), ValueScale.ForRatios([0.001, 20])])
        {
            Assert.InRange(scale.Ticks.Count, 3, 10);
            Assert.All(scale.Ticks, tick => Assert.InRange(double.Parse(tick.Label.TrimEnd('x'), System.Globalization.CultureInfo.InvariantCulture) / Math.Pow(2, tick.Position), 0.95, 1.05));
        }
    }

    private static void RequireReadable(Figure figure)
    {
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
    public void BarsOfAnEngineAreThoseOfItsOwnConfigurationsAndItsGapsAreNamed()
    {
        var sweep = TestSweeps.Read(Five);
        var rows = Rows(sweep).Where(row => row.Engine != "wasmtime").ToList();
        var summary = new SweepSummary(sweep, rows) { Gaps = [new EngineGap("wasmtime", null, "v8-example", "runs no JavaScript"), new EngineGap("wasmtime", null, "gc-trees", "runs no JavaScript")] };
        var figure = SweepChart.Create(ChartKind.Bars, sweep, summary);
        Assert.Equal(["this engine", "V8", "JavaScriptCore", "SpiderMonkey"], figure.Panels.Select(panel => panel.Title).OrderBy(title => "tVJS".IndexOf(title[0], StringComparison.Ordinal)));
        Assert.Equal([1, 1, 2, 2], figure.Panels.OrderBy(panel => panel.Title, StringComparer.Ordinal).Select(panel => ((Experiments.Charts.Panels.BarPanel)panel.Body).Series));
        Assert.Contains("Wasmtime was not measured: it runs no JavaScript (2 programs).", figure.Notes);
    }

    [Fact]
    public void TitlesSayWhatWasFound()
    {
        var sweep = TestSweeps.Read(FewBars);
        var rows = Rows(sweep).Select(row => row with { ExecuteMs = row.Configuration == "a" ? 5 : 10 }).ToList();
        var summary = new SweepSummary(sweep, rows);
        Assert.EndsWith(": 2.00x on this engine with “a” in the mean", SweepChart.Create(ChartKind.Bars, sweep, summary).Title, StringComparison.Ordinal);
        Assert.EndsWith(": faster in 2 of 2, slower in 0", SweepChart.Create(ChartKind.Slope, sweep, summary).Title, StringComparison.Ordinal);
        Assert.EndsWith(": faster in 0 of 2, slower in 2", SweepChart.Create(ChartKind.Slope, sweep, summary, ("a", "base")).Title, StringComparison.Ordinal);
        Assert.EndsWith(": no row of 4 falls into two groups", SweepChart.Create(ChartKind.Dots, sweep, summary).Title, StringComparison.Ordinal);
        Assert.Contains("has no configuration 'c'", Assert.Throws<HarnessException>(() => SweepChart.Create(ChartKind.Slope, sweep, summary, ("a", "c"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NotesNameSpeedupsOverFewerRoundsThanTheirCellsHave()
    {
        var sweep = TestSweeps.Read(FewBars);
        var rows = Rows(sweep);
        Assert.DoesNotContain(SweepChart.Notes(sweep, new SweepSummary(sweep, rows)), Lacks);
        var partial = new SweepSummary(sweep, rows.Where(row => row is not { Configuration: "base", Workload: "recursion", Repetition: 3 or 4 }).ToList());
        var title = sweep.Workloads.Single(workload => workload.Name == "recursion").Title;
        Assert.EndsWith($"fewer than their processes: {title}, a (6 of 8).", Assert.Single(SweepChart.Notes(sweep, partial), Lacks), StringComparison.Ordinal);

        // A sweep that was stopped in the middle of a round may have them in every cell.
        var many = TestSweeps.Read("workloads: [recursion, sort-two-orders]\nconfigurations: [{name: base}, {name: a, knobs: {deopt: off}}, {name: b, knobs: {inlining: off}}, {name: c, knobs: {inlining.budget: 100}}]");
        var stopped = new SweepSummary(many, Rows(many).Where(row => row is not { Configuration: "base", Repetition: 4 }).ToList());
        Assert.EndsWith("so that 6 speedups are over fewer than their processes, by 1 at most.", Assert.Single(SweepChart.Notes(many, stopped), Lacks), StringComparison.Ordinal);

        static bool Lacks(string note) => note.Contains("the baseline lacks rounds", StringComparison.Ordinal);
    }

    /// <summary>Each group has a baseline of its own: speedups over two of them make no line.</summary>
    [Fact]
    public void SlopesJoinSpeedupsOverTheSameBaseline()
    {
        var sweep = TestSweeps.Read("workloads: [recursion, two-targets]\nconfigurations: [{name: base}, {name: a}, {name: other-base}, {name: b}]");
        sweep = sweep with { Configurations = [.. sweep.Configurations.Select(configuration => configuration with { Baseline = configuration.Name is "base" or "a" ? "base" : "other-base" })] };
        var summary = new SweepSummary(sweep, Rows(sweep));
        Assert.Equal(["other-base", "b"], Pair(null));
        Assert.Equal(["base", "a"], Pair(("base", "a")));
        Assert.Contains("with the same baseline", Assert.Throws<HarnessException>(() => Pair(("a", "b"))).Message, StringComparison.Ordinal);
        var grouped = sweep with { Configurations = [.. sweep.Configurations.Where(configuration => configuration.Name != "b")] };
        Assert.Contains("with the same baseline", Assert.Throws<HarnessException>(() => SweepChart.Create(ChartKind.Slope, grouped, new SweepSummary(grouped, Rows(grouped)))).Message, StringComparison.Ordinal);

        IReadOnlyList<string> Pair((string From, string To)? between) =>
            Assert.IsType<Experiments.Charts.Panels.LinePanel>(Assert.Single(SweepChart.Create(ChartKind.Slope, sweep, summary, between).Panels).Body).KnobValues;
    }

    [Fact]
    public void NotesNameSomeOfVeryManyProgramsThatAreInNoMean()
    {
        var sweep = TestSweeps.Read("workloads: [all]\nconfigurations: [{name: base}, {name: a}]");
        var partial = sweep.Workloads.Skip(2).Select(workload => workload.Name).ToHashSet();
        var summary = new SweepSummary(sweep, Rows(sweep).Where(row => row.Configuration == "base" || !partial.Contains(row.Workload)).ToList());
        Assert.InRange(partial.Count, 22, int.MaxValue);
        var note = Assert.Single(SweepChart.Notes(sweep, summary), text => text.Contains("and so in no mean", StringComparison.Ordinal));
        Assert.EndsWith($"{summary.Workloads[21].Title} and {partial.Count - 20} more.", note, StringComparison.Ordinal);
    }

    [Fact]
    public void CostsAreMeansOverTheSameProgramsAndWhatTheyLeaveOutIsNamed()
    {
        var sweep = TestSweeps.Read("workloads: [recursion, two-targets]\nconfigurations: [{name: base}, {name: a}, {name: b}, {name: none}]");
        var bytes = new Dictionary<(string, string), long>
        {
            [("base", "recursion")] = 100, [("a", "recursion")] = 200, [("b", "recursion")] = 300,
            [("base", "two-targets")] = 100, [("a", "two-targets")] = 0, [("b", "two-targets")] = 9000,
        };
        var rows = Rows(sweep).Select(row => row with { OptimizedBytes = bytes.GetValueOrDefault((row.Configuration, row.Workload)) }).ToList();
        var figure = SweepChart.Create(ChartKind.Pareto, sweep, new SweepSummary(sweep, rows));
        var points = ((Experiments.Charts.Panels.ScatterPanel)Assert.Single(figure.Panels).Body).Points;
        Assert.Equal([("base", 1.0), ("a", 2.0), ("b", 3.0)], points.Select(point => (point.Name, Math.Round(point.Cost, 9))));
        var left = sweep.Workloads.Single(workload => workload.Name == "two-targets").Title;
        Assert.Contains($"this engine: code: costs are means over 1 of 2 programs, without those in which it is 0 in some configuration: {left}.", figure.Notes);
        Assert.Contains("this engine: code: without the configurations in which it is always 0: none.", figure.Notes);
        RequireReadable(figure);
    }

    /// <summary>Code is of a process, and as large in all workloads that it times.</summary>
    [Fact]
    public void TheCostOfAProgramCountsOnce()
    {
        var sweep = TestSweeps.Read("workloads: [recursion, two-targets, sort-two-orders]\nconfigurations: [{name: base}, {name: a}]");
        sweep = sweep with { Workloads = [.. sweep.Workloads.Select(workload => workload.Name == "recursion" ? workload : workload with { Program = "both" })] };
        var rows = Rows(sweep).Select(row => row with { OptimizedBytes = row is { Configuration: "a", Workload: "recursion" } ? 400 : 100 }).ToList();
        var points = ((Experiments.Charts.Panels.ScatterPanel)Assert.Single(SweepChart.Create(ChartKind.Pareto, sweep, new SweepSummary(sweep, rows)).Panels).Body).Points;
        Assert.Equal([("base", 1.0), ("a", 2.0)], points.Select(point => (point.Name, Math.Round(point.Cost, 9))));
    }

    /// <summary>Where the rows have it: those of the first format do not.</summary>
    [Fact]
    public void MemoryIsACostOfItsOwn()
    {
        var sweep = TestSweeps.Read("workloads: [recursion, two-targets]\nconfigurations: [{name: base}, {name: a}]");
        List<Measurement> rows = [.. Rows(sweep).Select(row => row with { OptimizedBytes = 100 })];
        Assert.Contains("code, time of compilation or memory is known to differ", Assert.Throws<HarnessException>(() => SweepChart.Create(ChartKind.Pareto, sweep, new SweepSummary(sweep, rows))).Message, StringComparison.Ordinal);
        var figure = SweepChart.Create(ChartKind.Pareto, sweep, new SweepSummary(sweep, [.. rows.Select(row => row with { PeakMemoryBytes = row.Configuration == "a" ? 90_000_000 : 60_000_000 })]));
        var panel = Assert.Single(figure.Panels);
        Assert.Equal("this engine: memory", panel.Title);
        var points = ((Experiments.Charts.Panels.ScatterPanel)panel.Body).Points;
        Assert.Equal([("base", 1.0), ("a", 1.5)], points.Select(point => (point.Name, Math.Round(point.Cost, 9))));
        RequireReadable(figure);
    }

    [Theory]
    [InlineData(FewBars, "Bars")]
    [InlineData(FewBars, "Slope")]
    [InlineData(FewBars, "Dots")]
    [InlineData(FewBars, "Iterations")]
    [InlineData(OneKnob, "Lines")]
    [InlineData(TwoKnobs, "Heat")]
    [InlineData(Bars, "Pareto")]
    public void EveryChartSaysWhatDisturbedIt(string text, string kind)
    {
        var sweep = TestSweeps.Read(text);
        var rows = Rows(sweep).Select(row => row with { ElapsedMs = 1000, OthersCpuMs = 500 }).ToList();
        var figure = SweepChart.Create(Enum.Parse<ChartKind>(kind), sweep, new SweepSummary(sweep, rows));
        Assert.Contains(figure.Notes, note => note.StartsWith("Noisy environment: ", StringComparison.Ordinal));
        RequireReadable(figure);
    }

    [Fact]
    public void PatternsDifferWhereThereIsNoColour()
    {
        var pictures = Enumerable.Range(0, 5).Select(pattern =>
        {
            using var bitmap = new SKBitmap(40, 40);
            using (var canvas = new SKCanvas(bitmap))
            {
                canvas.Clear(SKColors.Gray);
                new FigureCanvas(canvas).Hatch(new SKRect(5, 5, 35, 35), SKColors.Gray, pattern);
            }

            Assert.Equal(SKColors.Gray, bitmap.GetPixel(2, 20));
            return Convert.ToHexString(bitmap.Bytes);
        }).ToList();
        Assert.Equal(5, pictures.Distinct().Count());
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

    /// <summary>What Skia cannot write into SVG files it leaves out, and says so on the terminal.</summary>
    [Theory]
    [InlineData(FewBars, "Bars")]
    [InlineData(FewBars, "Slope")]
    [InlineData(OneKnob, "Lines")]
    [InlineData(FewBars, "Iterations")]
    public void DashedLinesAreDashedInSvgFilesToo(string text, string kind)
    {
        var sweep = TestSweeps.Read(text);
        var svg = FigureFile.ToSvg(SweepChart.Create(Enum.Parse<ChartKind>(kind), sweep, new SweepSummary(sweep, Rows(sweep))));
        var red = System.Xml.Linq.XDocument.Parse(svg).Descendants().Where(element => element.Attribute("stroke")?.Value.Equals("#C0392B", StringComparison.OrdinalIgnoreCase) == true).ToList();
        Assert.InRange(red.Count, 14, int.MaxValue);
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
            foreach (var configuration in sweep.Configurations.Where(configuration => configuration.IsFor(engine)))
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
