using System.Globalization;
using System.Xml.Linq;
using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Charts.Panels;
using Harness.Experiments.Commands;
using Harness.Experiments.Reports.Documents;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Tuning;
using Harness.Experiments.Tuning.Reporting;
using SkiaSharp;

namespace Harness.Experiments.Tests.Tuning.Reporting;

public sealed class TuningReportTests
{
    private const string Text = """
        method: random
        knobs:
          inlining.budget: {low: 100, high: 10000, scale: log}
          inlining.factor: {low: 1, high: 20}
          inlining.policy: {values: [v8, benefit, incremental]}
          deopt.limit: {low: 1, high: 50, when: {inlining.policy: [benefit, incremental]}}
        train: [two-targets, three-targets]
        held-out: [recursion, histogram]
        racing: {candidates: 4, rounds: 1, factor: 2}
        budget: {processes: 600}
        """;

    private static readonly Lazy<(TuningSpecification Specification, TuningResult Result)> LazyRun = new(() =>
    {
        var specification = TestTuning.Read(Text);
        return (specification, new TuningRun(specification, new FunctionEvaluator(1, Time, code: Code)).Run());
    });

    private static ReportDocument Document => TuningDocument.Create(LazyRun.Value.Specification, LazyRun.Value.Result, [], provenance: null);

    private static ResultTable TableOf(string section) => Document.Sections.Single(candidate => candidate.Id == section).Items.OfType<ReportTable>().First().Table;

    [Fact]
    public void TheKnobsThatMatterAreNamed()
    {
        var rows = TableOf("knobs").Rows.ToDictionary(row => (string)row[0]!, row => (double)row[1]!);
        Assert.Equal("inlining.budget", rows.Where(row => !row.Key.Contains(" with ", StringComparison.Ordinal)).MaxBy(row => row.Value).Key);
        Assert.True(rows["inlining.policy"] > rows["inlining.factor"], "the factor has no effect");
        Assert.InRange(rows["deopt.limit"], 0, 0.15);
    }

    [Fact]
    public void SlicesFollowTheResponse()
    {
        var (specification, result) = LazyRun.Value;
        var model = ResponseModel.Fit(specification.Space, result.Trials, 1)!;
        var places = model.PlacesOf(0);
        Assert.Equal(9, places.Count);
        Assert.InRange(model.Average(0, places[^1]).Value / model.Average(0, places[0]).Value, 1.2, 1.6);
        Assert.Equal(["v8", "benefit", "incremental"], model.PlacesOf(2).Select(specification.Space.Parameters[2].At));
        Assert.InRange(model.Slice(0, places[^1], result.Winner!.Point) / model.Slice(0, places[0], result.Winner.Point), 1.2, 1.7);
    }

    [Fact]
    public void TheFrontHasNoCandidateThatAnotherBeats()
    {
        var front = TuningFigures.FrontOf([.. LazyRun.Value.Result.Trials.Where(trial => double.IsFinite(trial.Score))], TuningQuantity.Code);
        Assert.True(front.Count > 1);
        Assert.Equal(front.OrderBy(trial => trial.Ratios[TuningQuantity.Code]), front);
        Assert.Equal(front.OrderByDescending(trial => trial.Ratios[TuningQuantity.Time]), front);
    }

    /// <summary>What is weighed or limited is shown against speed with a front of its own.</summary>
    [Fact]
    public void MemoryThatDecidesHasAFrontBesideThatOfCode()
    {
        var (specification, result) = LazyRun.Value;
        List<Trial> measured = [.. result.Trials.Where(trial => double.IsFinite(trial.Score))];
        Assert.Equal([TuningQuantity.Code], TuningFigures.CostsOf(specification, measured));
        var limited = specification with { Constraints = TuningConstraints.None with { Means = new Dictionary<TuningQuantity, double> { [TuningQuantity.Memory] = 1.5 } } };
        Assert.Equal([TuningQuantity.Code, TuningQuantity.Memory], TuningFigures.CostsOf(limited, measured));
        Assert.Equal(["optimized code", "peak memory"], TuningFigures.Front(limited, measured)!.Panels.Select(panel => panel.Title));
        var tables = TuningDocument.Create(limited, result, [], provenance: null).Sections.Single(section => section.Id == "front").Items.OfType<ReportTable>().ToList();
        Assert.Contains(tables, table => table.Caption.StartsWith("What no other candidate beats in both speed and peak memory", StringComparison.Ordinal));
        Assert.Contains("memory", tables[0].Table.Columns.Select(column => column.Name));
        Assert.Contains(", peak memory 1.00x", MarkdownDocument.Write(TuningDocument.Create(limited, result, [], provenance: null)), StringComparison.Ordinal);
    }

    [Fact]
    public void BothFormsHaveAllSections()
    {
        var (specification, result) = LazyRun.Value;
        Assert.True(result.IsFound, string.Join("; ", result.Objections));
        using var folder = new TemporaryFolder();
        var run = new TuningFolder(folder.Path);
        folder.Write("winner-jsc.flags", "--of-an-earlier-report");
        TuningReport.Write(run, specification, result, [new ReportText("<b>decisions</b>")]);
        var markdown = File.ReadAllText(run.Report);
        var html = File.ReadAllText(run.HtmlReport);
        foreach (var section in TuningDocument.Create(specification, result, [new ReportText("")], provenance: null).Sections)
        {
            Assert.Contains($"\n## {section.Title}\n", markdown, StringComparison.Ordinal);
            Assert.Contains($"id=\"{section.Id}\"", html, StringComparison.Ordinal);
        }

        Assert.Contains("&lt;b&gt;decisions&lt;/b&gt;", html, StringComparison.Ordinal);
        Parse(html);
        foreach (var name in (string[])["progress", "slices", "maps", "front"])
        {
            Assert.True(File.Exists(run.Chart(name, "svg")) && File.Exists(run.Chart(name, "png")), name);
            Assert.Contains($"({name}.svg)", markdown, StringComparison.Ordinal);
        }

        Assert.Equal(result.Winner!.Knobs, File.ReadAllLines(run.Winner).Select(line => line.Split(": ")).ToDictionary(parts => parts[0], parts => parts[1]));
        Assert.Contains($"--wasm-inlining-budget={result.Winner.Knobs["inlining.budget"]}", File.ReadAllLines(run.SettingsPath("v8")));
        Assert.False(File.Exists(run.SettingsPath("jsc")), "JavaScriptCore has none of the knobs");
        Assert.Contains("which has no setting for inlining.policy", markdown, StringComparison.Ordinal);
    }

    /// <summary>In both forms and beside every chart: a chart is quoted without its document.</summary>
    [Fact]
    public void ANoisySearchIsOneInEveryForm()
    {
        var specification = TestTuning.Read(Text);
        var evaluator = new FunctionEvaluator(1, Time, code: Code) { OthersCpuMs = key => key.Phase == TuningRun.Search && key.Round <= 10 ? 500 : 0 };
        var result = new TuningRun(specification, evaluator).Run();
        const string noisy = "Noisy environment: ";
        Assert.StartsWith(noisy, result.Environment.Warnings[0], StringComparison.Ordinal);
        Assert.Contains("confirm 0 of 44", result.Environment.Warnings[1], StringComparison.Ordinal);
        using var folder = new TemporaryFolder();
        var run = new TuningFolder(folder.Path);
        TuningReport.Write(run, specification, result, []);
        Assert.Contains($"\n- {result.Environment.Warnings[0]}\n", File.ReadAllText(run.Report), StringComparison.Ordinal);
        Assert.Contains(Parse(File.ReadAllText(run.HtmlReport)).Descendants("li"), entry => entry.Value.StartsWith(noisy, StringComparison.Ordinal));
        var document = TuningDocument.Create(specification, result, [], provenance: null);
        Assert.Equal(["progress", "slices", "maps", "front"], document.Figures.Select(figure => figure.Name));
        Assert.All(document.Figures, figure => Assert.Contains(figure.Figure.Notes, note => note.StartsWith(noisy, StringComparison.Ordinal)));
        Assert.All(Document.Figures, figure => Assert.Empty(figure.Figure.Notes));
    }

    [Fact]
    public void TheProgramWithTheLargestEffectIsRunInBothConfigurations()
    {
        var (specification, result) = LazyRun.Value;
        var table = Assert.IsType<ReportTable>(Assert.Single(WinnerDecisions.Of(specification, result, 1)));
        Assert.Contains(specification.Train.Concat(specification.HeldOut), workload => table.Caption.StartsWith(workload.Program, StringComparison.Ordinal));
        Assert.Contains(table.Table.Notes, note => note.Contains("a is the default, b the winner", StringComparison.Ordinal));
        Assert.Contains("wire_bytes", table.Table.Columns.Select(column => column.Name));
        Assert.Empty(WinnerDecisions.Of(specification with { Engine = "v8" }, result, 1));
        Assert.Empty(WinnerDecisions.Of(specification, result, 0));
    }

    /// <summary>What a winner says of the Dart compiler is part of it: of how it is used, and of what is run to explain it.</summary>
    [Fact]
    public void AWinnerThatCompilesOtherwiseIsExplainedInItsModule()
    {
        var specification = TestTuning.Read("""
            method: random
            knobs: {dart.dispatch: {}, inlining.budget: {low: 100, high: 10000}}
            train: [dart-queens]
            held-out: [dart-receivers-4]
            racing: {candidates: 4, rounds: 2, factor: 2}
            budget: {processes: 200}
            """);
        var result = new TuningRun(specification, new FunctionEvaluator(1, (knobs, _) => knobs.GetValueOrDefault("dart.dispatch") == "vtable-fields" ? 0.8 : 1)).Run();
        Assert.True(result.IsFound, string.Join("; ", result.Objections));
        var use = TuningDocument.Create(specification, result, [], provenance: null).Sections.Single(section => section.Id == "use");
        Assert.Contains(use.Items.OfType<ReportCode>(), code => code.Text.Contains(" --dart.dispatch vtable-fields", StringComparison.Ordinal) && code.Text.Contains(" --inlining.budget ", StringComparison.Ordinal));

        // Virtual calls are calls of references there, and through a table by default.
        var winner = result.Winner! with { Knobs = new Dictionary<string, string> { ["dart.dispatch"] = "vtable-fields", ["inlining"] = "off" } };
        var table = WinnerDecisions.Of(specification, result with { Winner = winner }, 2).OfType<ReportTable>().Single(table => table.Caption.StartsWith("dart-receivers-4", StringComparison.Ordinal)).Table;
        Assert.Contains(table.Rows, row => ((string)row[2]!).StartsWith("call_ref", StringComparison.Ordinal));
        Assert.Contains(table.Notes, note => note.StartsWith("Both run the module that the winner's knobs compile (dart.dispatch=vtable-fields)", StringComparison.Ordinal));

        // What is not compiled has no other module.
        var uncompiled = TestTuning.Read(TestTuning.Text);
        var judged = new TuningRun(uncompiled, new FunctionEvaluator(1, Time)).Run();
        var plain = Assert.IsType<ReportTable>(Assert.Single(WinnerDecisions.Of(uncompiled, judged with { Winner = winner }, 1))).Table;
        Assert.DoesNotContain(plain.Notes, note => note.StartsWith("Both run the module", StringComparison.Ordinal));
    }

    [Fact]
    public void NothingFoundIsSaidFirstAndLeavesNoWinner()
    {
        using var folder = new TemporaryFolder();
        var run = new TuningFolder(folder.Path);
        folder.Write(TuningFolder.WinnerFile, "deopt: off");
        var specification = TestTuning.Read(TestTuning.Text);
        TuningReport.Write(run, specification, new TuningRun(specification, new FunctionEvaluator(3, (_, _) => 1)).Run(), []);
        Assert.StartsWith("Nothing found", ((ReportText)TuningDocument.Create(specification, new TuningRun(specification, new FunctionEvaluator(3, (_, _) => 1)).Run(), [], null).Sections[0].Items[0]).Text, StringComparison.Ordinal);
        Assert.Empty(run.WinnerFiles);
        Assert.Contains("The default stays".ToUpperInvariant(), File.ReadAllText(run.Report).ToUpperInvariant(), StringComparison.Ordinal);
    }

    [Fact]
    public void AReportSaysWhatToDo()
    {
        var advice = Advice(Document);
        Assert.Contains(advice, entry => entry.StartsWith("Quote 1.", StringComparison.Ordinal) && entry.Contains("on the held-out programs", StringComparison.Ordinal));
        Assert.Contains(advice, entry => entry.Contains("goes back to inlining.budget (", StringComparison.Ordinal));
        var values = TableOf("verdict");
        Assert.Contains(values.Rows, row => (string)row[0]! == "inlining.budget" && (string)row[1]! == "5000" && (string)row[2]! == LazyRun.Value.Result.Winner!.Knobs["inlining.budget"]);

        var specification = TestTuning.Read(TestTuning.Text);
        var nothing = Advice(TuningDocument.Create(specification, new TuningRun(specification, new FunctionEvaluator(3, (_, _) => 1)).Run(), [], provenance: null));
        Assert.All(nothing.Take(2), entry => Assert.StartsWith("The best candidate ", entry, StringComparison.Ordinal));
        Assert.DoesNotContain(nothing, entry => entry.StartsWith("Quote", StringComparison.Ordinal));

        static IReadOnlyList<string> Advice(ReportDocument document) => Assert.IsType<ReportList>(Assert.Single(document.Sections.Single(section => section.Id == "advice").Items)).Entries;
    }

    /// <summary>23 benchmarks of which one is a third slower in every one of 8 rounds: no corrected test of 8 rounds can show that, and the report does not say that none is slower.</summary>
    [Fact]
    public void TooFewRoundsShowNoProgramToBeNoSlower()
    {
        var specification = TestTuning.Read(TestTuning.Text.Replace("held-out: [recursion, histogram]", "held-out: [dart/micro]", StringComparison.Ordinal) + "\nconfirm-rounds: 8\nweigh: benchmarks");
        var slow = specification.HeldOut[3].Name;
        var result = new TuningRun(specification, new FunctionEvaluator(1, (knobs, workload) => knobs.Count == 0 ? 1 : workload == slow ? 1.5 : 0.7)).Run();
        var items = TuningDocument.Create(specification, result, [], provenance: null).Sections.Single(section => section.Id == "held-out").Items;
        Assert.DoesNotContain(items.OfType<ReportText>(), item => item.Text.StartsWith("No program is", StringComparison.Ordinal));
        Assert.Contains(items.OfType<ReportText>(), item => item.Text.Contains("corrected for 23 of them, no test of fewer than 10 rounds can", StringComparison.Ordinal));
        Assert.Contains(TuningAdvice.Of(specification, result, model: null), entry => entry.StartsWith($"Look into what becomes slower: {slow} 0.6", StringComparison.Ordinal));
    }

    [Fact]
    public void AFewCandidatesGiveNoModel()
    {
        var specification = TestTuning.Read(Text.Replace("processes: 600", "processes: 60", StringComparison.Ordinal));
        var document = TuningDocument.Create(specification, new TuningRun(specification, new FunctionEvaluator(1, Time)).Run(), [], provenance: null);
        var items = document.Sections.Single(section => section.Id == "knobs").Items;
        Assert.Contains("too few candidates to tell", ((ReportText)Assert.Single(items)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void SizesThatNobodyToldAreNotShown()
    {
        var specification = TestTuning.Read(TestTuning.Text);
        var result = new TuningRun(specification, new FunctionEvaluator(1, Time, code: (_, _) => 0)).Run();
        var document = TuningDocument.Create(specification, result, [], provenance: null);
        Assert.DoesNotContain(document.Figures, figure => figure.Name == "front");
        Assert.Contains("size of code not known", MarkdownDocument.Write(document), StringComparison.Ordinal);
        Assert.DoesNotContain("code", document.Sections.Single(section => section.Id == "candidates").Items.OfType<ReportTable>().First().Table.Columns.Select(column => column.Name));
    }

    /// <summary>Who sees a title and nothing else takes away what was found.</summary>
    [Fact]
    public void TitlesOfChartsSayWhatWasFound()
    {
        var (specification, result) = LazyRun.Value;
        List<Trial> measured = [.. result.Trials.Where(trial => double.IsFinite(trial.Score))];
        var titles = Document.Figures.ToDictionary(figure => figure.Name, figure => figure.Figure.Title);
        var best = measured.MinBy(trial => trial.Objective)!;
        Assert.Equal(
            FormattableString.Invariant($"test: the best of {measured.Count} candidates, found after {best.Processes} processes, is {Math.Exp(-best.Objective):0.000}x as good as the default, as the search saw it"),
            titles["progress"]);
        Assert.StartsWith("test: what differs between candidates goes back to inlining.budget (", titles["slices"], StringComparison.Ordinal);
        Assert.Matches(@"^test: (no two knobs explain 2%|\S+ and \S+ together explain \d+%) of what differs between candidates beyond what each does alone$", titles["maps"]);
        Assert.Matches(@"^test: from \d\.\d\dx the speed at \d\.\d\dx to \d\.\d\dx the speed at \d\.\d\dx the optimized code, as the search saw it$", titles["front"]);

        // What breaks a constraint is no finding.
        List<Trial> broken = [.. measured.Select(trial => trial with { Score = trial.Objective + 1 })];
        Assert.Equal("no candidate keeps the constraints", TuningFindings.OfFront(broken, [TuningQuantity.Code]));
        Assert.Null(TuningFigures.Progress(specification, broken));
        List<Trial> slower = [.. measured.Select(trial => trial with { Objective = 0.1, Score = 0.1 })];
        Assert.Equal($"test: none of {measured.Count} candidates is better than the default, as the search saw it", TuningFigures.Progress(specification, slower)!.Title);
        Assert.EndsWith("; no candidate beats 1.00x the speed at 1.00x the peak memory in either", TuningFindings.OfFront(
            [.. measured.Select(trial => trial with { Ratios = new TuningRatios(new Dictionary<TuningQuantity, double> { [TuningQuantity.Time] = 1, [TuningQuantity.Code] = trial.Ratios[TuningQuantity.Code], [TuningQuantity.Memory] = 1 }) })],
            [TuningQuantity.Code, TuningQuantity.Memory]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("progress")]
    [InlineData("slices")]
    [InlineData("maps")]
    [InlineData("front")]
    public void NoTextIsCutOrCoversAnother(string name)
    {
        var figure = Document.Figures.Single(candidate => candidate.Name == name).Figure;
        foreach (var width in (float[])[Figure.StandardWidth, 1200])
        {
            var size = figure.Measure(width);
            using var recorder = new SKPictureRecorder();
            var canvas = new FigureCanvas(recorder.BeginRecording(new SKRect(0, 0, size.Width, size.Height)));
            figure.Draw(canvas, size.Width);
            Assert.NotEmpty(canvas.Texts);
            Assert.Empty(canvas.Texts.Where(box => box.Corners.Any(corner => corner.X < 0 || corner.Y < 0 || corner.X > size.Width || corner.Y > size.Height)).Select(box => $"'{box.Text}' is cut at width {width}"));
            Assert.Empty(
                from first in Enumerable.Range(0, canvas.Texts.Count)
                from second in Enumerable.Range(first + 1, canvas.Texts.Count - first - 1)
                where canvas.Texts[first].Overlaps(canvas.Texts[second])
                select $"'{canvas.Texts[first].Text}' covers '{canvas.Texts[second].Text}' at width {width}");
        }
    }

    /// <summary>Constraints that half of the candidates break change what is chosen, not what is said of the knobs, and what breaks them is marked.</summary>
    [Fact]
    public void WhatBrokenConstraintsAddIsShownNowhereAsObjective()
    {
        var (specification, free) = LazyRun.Value;
        var limited = specification with { Constraints = TuningConstraints.None with { Means = new Dictionary<TuningQuantity, double> { [TuningQuantity.Code] = 1.1 } } };
        var result = new TuningRun(limited, new FunctionEvaluator(1, Time, code: Code)).Run();
        Assert.InRange(result.Trials.Count(trial => !trial.IsFeasible), 10, result.Trials.Count - 10);
        Assert.All(result.Trials, trial => Assert.Equal(Math.Log(trial.Ratios[TuningQuantity.Time]), trial.Objective, 10));
        Assert.All(result.Trials, trial => Assert.Equal(trial.Ratios[TuningQuantity.Code] > 1.1, trial.Penalty > 0));

        // A random search proposes the same candidates, and a race measures those that it drops in the same first round.
        Assert.Equal(free.Trials[0].Name, result.Trials[0].Name);
        var (model, plain) = (ResponseModel.Fit(limited.Space, result.Trials, 1)!, ResponseModel.Fit(specification.Space, free.Trials, 1)!);
        foreach (var place in plain.PlacesOf(0))
        {
            Assert.Equal(plain.Average(0, place).Value, model.Average(0, place).Value, 0.08);
        }

        var document = TuningDocument.Create(limited, result, [], provenance: null);
        var rows = document.Sections.Single(section => section.Id == "candidates").Items.OfType<ReportTable>().First().Table.Rows;
        Assert.All(rows, row => Assert.Equal(result.Trials.Any(trial => trial.Name == (string)row[0]! && trial.IsFeasible && Math.Exp(-trial.Objective).Equals(row[1])), (string)row[^1]! == "kept"));
        var kept = result.Trials.Where(trial => trial.IsFeasible).Max(trial => Math.Exp(-trial.Objective));
        Assert.True(result.Trials.Max(trial => Math.Exp(-trial.Objective)) > kept * 1.05, "the fastest ones break the limit");
        var progress = Assert.IsType<LinePanel>(document.Figures.Single(figure => figure.Name == "progress").Figure.Panels[0].Body);
        Assert.Equal(kept, progress.Points(0, progress.KnobValues.Count - 1)!.Value.Value, 10);
    }

    [Fact]
    public void ASearchOfSeveralQuantitiesHasAFrontOfFinalists()
    {
        var specification = TestTuning.Read(Text.Replace("method: random", "method: hypervolume\nobjective: {time: 1, code: 1}", StringComparison.Ordinal).Replace("processes: 600", "processes: 300", StringComparison.Ordinal));
        var result = new TuningRun(specification, new FunctionEvaluator(1, Time, code: Code)).Run();
        Assert.Equal(3, result.Finalists.Count);

        // One is fast with much code, one is small.
        Assert.True(result.Finalists.Max(trial => trial.Ratios[TuningQuantity.Code]) / result.Finalists.Min(trial => trial.Ratios[TuningQuantity.Code]) > 1.3);
        Assert.True(result.Finalists.Max(trial => trial.Ratios[TuningQuantity.Time]) / result.Finalists.Min(trial => trial.Ratios[TuningQuantity.Time]) > 1.1);
        var tables = TuningDocument.Create(specification, result, [], provenance: null).Sections.Single(section => section.Id == "front").Items.OfType<ReportTable>();
        Assert.Contains(tables, table => table.Caption.StartsWith("The finalists", StringComparison.Ordinal));
    }

    /// <summary>The fast end of the front is not allowed: neither the finalists nor most of the search go there.</summary>
    [Fact]
    public void AFrontIsSearchedWithinItsConstraints()
    {
        var text = Text.Replace("method: random", "method: hypervolume\nobjective: {time: 1, code: 1}", StringComparison.Ordinal).Replace("processes: 600", "processes: 300", StringComparison.Ordinal);
        var result = new TuningRun(TestTuning.Read(text + "\nconstraints: {code: 1.02}"), new FunctionEvaluator(1, Time, code: Code)).Run();
        Assert.Equal(3, result.Finalists.Count);
        Assert.All(result.Finalists, trial => Assert.True(trial.IsFeasible, FormattableString.Invariant($"{trial.Name} has {trial.Ratios[TuningQuantity.Code]:0.000} of the code")));
        var later = result.Trials.Skip(result.Trials.Count / 2).ToList();
        Assert.True(later.Count(trial => trial.IsFeasible) * 4 >= later.Count * 3, $"{later.Count(trial => trial.IsFeasible)} of {later.Count} later candidates are allowed");
    }

    private static XElement Parse(string html)
    {
        // The document type and the script are what XML has not.
        var text = html["<!DOCTYPE html>\n".Length..];
        var (start, end) = (text.IndexOf("<script>", StringComparison.Ordinal) + "<script>".Length, text.IndexOf("</script>", StringComparison.Ordinal));
        return XElement.Parse(text[..start] + text[end..]);
    }

    private static double Budget(IReadOnlyDictionary<string, string> knobs) =>
        knobs.TryGetValue("inlining.budget", out var text) ? double.Parse(text, CultureInfo.InvariantCulture) : 1000;

    /// <summary>Faster with a larger budget, and with a policy other than V8's.</summary>
    private static double Time(IReadOnlyDictionary<string, string> knobs, string program) =>
        1.25 - (0.4 * Math.Log(Budget(knobs) / 100) / Math.Log(100)) - (knobs.GetValueOrDefault("inlining.policy", "v8") == "v8" ? 0 : 0.08);

    private static double Code(IReadOnlyDictionary<string, string> knobs, string program) => Math.Round(1000 * (1 + (0.5 * Math.Log(Budget(knobs) / 100) / Math.Log(100))));
}
