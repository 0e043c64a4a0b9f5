using System.Text.RegularExpressions;
using System.Xml.Linq;
using Harness.Experiments.Reports.Html;
using Harness.Experiments.Results;
using Harness.Experiments.Tests.Results;

namespace Harness.Experiments.Tests.Reports.Html;

/// <summary>Of results that are more than anybody can read, a report shows what matters most, says what it leaves out, and names the command that shows the rest.</summary>
public sealed partial class LargeReportTests(LargeReportTests.LargeReport report) : IClassFixture<LargeReportTests.LargeReport>
{
    private const int Configurations = 250;
    private const int Programs = 17;

    [Fact]
    public void TheTableOfAllCellsHasTheLargestDifferencesAndEveryMean()
    {
        var rows = RowsOf("Every cell");
        Assert.Equal(ReportLimits.Rows + Configurations, rows.Count);
        Assert.Contains(rows, row => row is [_, "program-17", "budget-249", ..]);
        Assert.Equal(Configurations, rows.Count(row => row[1] == "geometric mean"));
        Assert.Contains("2000 of 4250 cells: the differences that are shown, the largest first, then the others; programs have tables of their own below. 'harness compare large --csv' prints times, speedups and tests of all; results.csv has the rest.", NotesBelow("Every cell"));

        // What is left out is nearer to 1 than all that is shown.
        var shown = rows.Where(row => row[1] != "geometric mean").Select(row => (row[1], row[2])).ToHashSet();
        var (_, summary) = Experiments.Reports.ReportWriter.Summarize(new ResultsFolder(report.Results));
        var distances = summary.Cells.ToLookup(pair => shown.Contains((pair.Key.Workload, pair.Key.Configuration)), pair => Math.Abs(Math.Log(pair.Value.Speedup!.Value.Value)));
        Assert.True(distances[false].Max() <= distances[true].Min());
    }

    [Fact]
    public void TheTableOfSteadyStatesIsCutToo()
    {
        Assert.Equal(ReportLimits.Rows, RowsOf("Steady states").Count);
        Assert.Contains("2000 of 4250 cells: those whose processes slowed down, did not settle or differ come first. 'harness steady large' prints all.", NotesBelow("Steady states"));
    }

    [Fact]
    public void TheTableOfAProgramHasItsBaselineAndTheLargestDifferences()
    {
        for (var i = 1; i <= Programs; i++)
        {
            var rows = RowsOf($"Program program-{i}");
            Assert.Equal(ReportLimits.RowsOfProgram, rows.Count);
            Assert.Equal("budget-1", rows[0][1]);
            Assert.Contains("120 of 250 rows: the baselines, then the differences that are shown, the largest first, then the others. 'harness compare large --csv' prints times, speedups and tests of all; results.csv has the rest.", NotesBelow($"Program program-{i}"));
        }

        Assert.Contains(RowsOf("Program program-17"), row => row[1] == "budget-249");
    }

    [Fact]
    public void RepetitionsAreDrawnWhileThereIsRoomForThem()
    {
        var programs = Section("programs");
        Assert.Contains("Repetitions are drawn for 16 of 17 programs, 4000 dots together at most; those with most times in two groups come first. 'harness chart large --kind dots' draws all.", programs.Elements("p").Select(note => note.Value));
        Assert.Equal(16, programs.Descendants("figure").Count());
    }

    [Fact]
    public void TheFastestOfManyIsNotToBeQuoted()
    {
        var findings = Section("summary").Descendants("li").Select(finding => finding.Value).ToList();
        Assert.StartsWith("This engine: “budget-249” is 1.1", findings[0], StringComparison.Ordinal);
        Assert.Contains("This engine: of 249 configurations these are the fastest 5 and the slowest; the tables have all. The fastest of so many is partly so by chance, which its interval does not count: measure it again, by itself, before its number is quoted.", findings);
    }

    [Fact]
    public void MeansAreDrawnWhereThereAreTooManyLines()
    {
        var charts = Section("charts");
        Assert.Contains(charts.Descendants("figcaption"), source => source.Value.EndsWith("--kind means", StringComparison.Ordinal));
        Assert.DoesNotContain(charts.Descendants("figcaption"), source => source.Value.EndsWith("--kind lines", StringComparison.Ordinal));
        foreach (var kind in (string[])["lines", "sorted", "dots"])
        {
            Assert.Contains(charts.Elements("p"), note => note.Value.EndsWith($"harness chart large --kind {kind} draws it.", StringComparison.Ordinal));
        }
    }

    /// <summary>A chart with a place for each of 250 values is wider than a page; made as wide as one, nobody could read it.</summary>
    [Fact]
    public void WideChartsAreNotMadeSmaller()
    {
        var wide = Section("charts").Descendants("figure").ToDictionary(
            figure => figure.Element("figcaption")!.Value.Split(' ')[^1],
            figure => figure.Descendants().First(element => element.Name.LocalName == "svg").Attribute("class")?.Value == "wide");
        Assert.True(wide["means"]);
        Assert.False(wide["iterations"]);
    }

    [Fact]
    public void WhatSpeedCostsIsNotDrawnWhereAllCostTheSame() =>
        Assert.Contains("No chart 'pareto': sweep 'large' has no engine whose code, time of compilation or memory is known to differ between two configurations.", Section("charts").Elements("p").Select(note => note.Value));

    private XElement Section(string id) => report.Document.Descendants("section").Single(section => section.Attribute("id")!.Value == id);

    private XElement Table(string caption) => report.Document.Descendants("table").Single(table => table.Element("caption")!.Value == caption);

    private List<string[]> RowsOf(string caption) => [.. Table(caption).Element("tbody")!.Elements("tr").Select(row => row.Elements("td").Select(cell => cell.Value).ToArray())];

    private List<string> NotesBelow(string caption) => [.. Table(caption).Ancestors("div").First(box => box.Attribute("class")?.Value == "table").Elements("p").Select(note => note.Value)];

    [GeneratedRegex("<(script|style)>.*?</(script|style)>", RegexOptions.Singleline)]
    private static partial Regex Raw();

    /// <summary>A report of more cells, rows and programs than it shows.</summary>
    public sealed class LargeReport : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public LargeReport()
        {
            var budgets = Enumerable.Range(1, Configurations).ToDictionary(i => $"budget-{i}", i => new Dictionary<string, string> { ["inlining.budget"] = $"{i * 10}" });
            var results = SyntheticResults.Write(
                _folder.File("large"), ["ours"], budgets, [.. Enumerable.Range(1, Programs).Select(i => $"program-{i}")], 1,
                cell => cell is { Configuration: "budget-249", Workload: "program-17" } ? 1 : 10);
            HtmlReport.Write(results, results.Report);
            Results = results.Path;
            var text = File.ReadAllText(results.Report);
            Document = XElement.Parse(Raw().Replace(text[text.IndexOf("<html", StringComparison.Ordinal)..], ""));
        }

        /// <summary>The results folder.</summary>
        public string Results { get; }

        /// <summary>The document, without script and style.</summary>
        public XElement Document { get; }

        public void Dispose() => _folder.Dispose();
    }
}
