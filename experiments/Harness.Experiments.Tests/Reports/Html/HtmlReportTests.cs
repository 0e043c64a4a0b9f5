using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Harness.Experiments.Reports;
using Harness.Experiments.Reports.Html;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Results;
using Harness.Experiments.Tests.Results;
using Harness.Experiments.Tests.Statistics;

namespace Harness.Experiments.Tests.Reports.Html;

public sealed partial class HtmlReportTests : IDisposable
{
    /// <summary>A text that would be markup wherever it were not escaped.</summary>
    private const string Hostile = "</td><script>alert(1)</script><img src=x onerror=alert(1)>\" onload=\"alert(1)' &amp; <!-- ]]>";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheDocumentIsWellFormedAndItsLinksLeadSomewhere()
    {
        var document = Parse(Create(SyntheticResults.Pair(_folder.File("results"), 1.5, ["ours", "v8"])));
        var ids = document.Descendants().Attributes("id").Select(id => id.Value).ToList();
        Assert.Equal(ids.Distinct(), ids);
        var links = document.Descendants().Attributes("href").Select(href => href.Value).ToList();
        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.Contains(link.TrimStart('#'), ids));
        foreach (var section in (string[])["summary", "careful", "charts", "tables", "programs", "failures", "environment", "again"])
        {
            Assert.Contains(section, ids);
        }

        Assert.All(document.Descendants("table"), table =>
        {
            Assert.NotEmpty(table.Element("caption")!.Value);
            Assert.All(table.Element("thead")!.Descendants("th"), head => Assert.Equal("col", head.Attribute("scope")?.Value));
            var columns = table.Element("thead")!.Descendants("th").Count();
            Assert.All(table.Element("tbody")!.Elements("tr"), row => Assert.Equal(columns, row.Elements("td").Count()));
        });
        Assert.Single(document.Descendants("h1"));
        Assert.Equal("en", document.Attribute("lang")?.Value);
    }

    [Fact]
    public void NothingIsFetchedFromAnywhere()
    {
        var text = Create(SyntheticResults.Pair(_folder.File("results"), 1.5));
        foreach (var element in Parse(text).Descendants())
        {
            foreach (var attribute in element.Attributes().Where(attribute => !attribute.IsNamespaceDeclaration))
            {
                var name = attribute.Name.LocalName;
                if (name == "href")
                {
                    Assert.Matches("^(#|data:)", attribute.Value);
                }

                Assert.DoesNotContain(name, (string[])["src", "srcset", "action", "poster", "formaction", "background"]);
                Assert.False(name.StartsWith("on", StringComparison.Ordinal), name);
                Assert.DoesNotMatch("url\\((?!#)", attribute.Value);
            }

            Assert.DoesNotContain(element.Name.LocalName, (string[])["link", "iframe", "object", "embed", "base", "foreignObject"]);
        }

        Assert.DoesNotContain("@import", text, StringComparison.Ordinal);
        Assert.DoesNotMatch("url\\((?!#)", Style(text));
        Assert.DoesNotMatch("fetch|XMLHttpRequest|import\\(|innerHTML|eval", Script(text));
        Assert.Contains("default-src 'none'", Parse(text).Descendants("meta").Attributes("content").Select(content => content.Value).Single(content => content.Contains("src", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatWasReadIsNeverMarkup()
    {
        var results = SyntheticResults.Pair(_folder.File("results"), 1.5);
        File.WriteAllText(results.Sweep, File.ReadAllText(results.Sweep).Replace("title: Synthetic", $"title: '{Hostile.Replace("'", "''", StringComparison.Ordinal)}'", StringComparison.Ordinal)
            .Replace("{name: fast,", $"{{name: fast, title: '{Hostile.Replace("'", "''", StringComparison.Ordinal)}',", StringComparison.Ordinal));
        var provenance = Provenance.Read(results.Provenance)!;
        (provenance with
        {
            Machine = provenance.Machine with { Cpu = Hostile },
            Workloads = [.. provenance.Workloads!.Select(workload => workload with { Title = Hostile })],
            Runs = [provenance.Runs[0] with { CommandLine = Hostile }],
        }).Write(results.Provenance);
        using (var failures = DurableCsv<Failure>.Open(results.Failures, out _))
        {
            failures.Append(new Failure { Engine = Hostile, Configuration = Hostile, Workload = Hostile, Repetition = 1, Status = Hostile, Message = Hostile });
        }

        var document = Parse(Create(results));
        Assert.Single(document.Descendants("script"));
        Assert.Empty(document.Descendants("img"));
        Assert.DoesNotContain(document.Descendants().Attributes(), attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal));

        // It is there as text: as title, in headings, in cells, in the commands.
        Assert.Equal(Hostile, document.Descendants("title").First().Value);
        Assert.Equal(Hostile, document.Descendants("h1").Single().Value);
        Assert.Equal([.. ((string[])["alpha", "beta", "gamma"]).Select(name => $"{Hostile} ({name})")], document.Descendants("h3").Select(title => title.Value));
        Assert.Contains(document.Descendants("td"), cell => cell.Value == Hostile);
        Assert.Contains(Hostile, document.Descendants("code").Single().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void FindingsAndWarningsAreInWords()
    {
        var results = SyntheticResults.Pair(_folder.File("results"), 1.5);
        File.Delete(results.Provenance);
        File.WriteAllText(results.Sweep, File.ReadAllText(results.Sweep).Replace("[alpha, beta, gamma]", "[two-targets, recursion]", StringComparison.Ordinal));
        File.WriteAllText(results.Results, File.ReadAllText(results.Results).Replace("alpha", "two-targets", StringComparison.Ordinal).Replace("beta", "recursion", StringComparison.Ordinal));
        var sections = Parse(Create(results)).Descendants("section").ToDictionary(section => section.Attribute("id")!.Value, section => section.Value);
        Assert.Matches("“fast” is 1\\.(4[5-9]|5[0-5]) times as fast as “base” in the geometric mean over 2 programs \\(95% interval 1\\.\\d\\d–1\\.\\d\\d\\)", sections["summary"]);
        Assert.Contains("It is faster in 2 programs, slower in none; in 0 no difference is shown", sections["summary"], StringComparison.Ordinal);
        Assert.Contains("provenance.json is missing", sections["careful"], StringComparison.Ordinal);
    }

    [Fact]
    public void OneProgramIsOne()
    {
        var summary = Parse(Create(SyntheticResults.Pair(_folder.File("results"), 1.5, workloads: "alpha"))).Descendants("section").Single(section => section.Attribute("id")!.Value == "summary").Value;
        Assert.Contains(" in the geometric mean over 1 program (95% interval ", summary, StringComparison.Ordinal);
        Assert.Contains("It is faster in 1 program, slower in none; in 0 no difference is shown", summary, StringComparison.Ordinal);
    }

    [Fact]
    public void ColoursHaveEnoughContrast()
    {
        var style = Style(Create(SyntheticResults.Pair(_folder.File("results"), 1.5, repetitions: 3)));
        var colors = Variable().Matches(style).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["color"].Value);
        foreach (var (ink, paper) in ((string, string)[])[("ink", "paper"), ("muted", "paper"), ("accent", "paper"), ("ink", "head-paper"), ("warn-ink", "warn-paper")])
        {
            Assert.True(Contrast(colors[ink], colors[paper]) >= 4.5, $"{ink} on {paper}: {Contrast(colors[ink], colors[paper])}");
        }

        Assert.DoesNotMatch("[^-]color: *#|background: *#", style);
    }

    [Fact]
    public void ColumnsAreExplained()
    {
        var document = Parse(Create(SyntheticResults.Pair(_folder.File("results"), 1.5)));
        var sections = document.Descendants("section").ToDictionary(section => section.Attribute("id")!.Value);
        var explained = sections["tables"].Descendants("dt").SelectMany(term => term.Value.Split(", ")).ToHashSet();
        var numbers = new[] { sections["tables"], sections["programs"] }.SelectMany(section => section.Descendants("th")).Where(head => head.Attribute("class")!.Value == "n").Select(head => head.Value.Trim()).Distinct().ToList();
        Assert.InRange(numbers.Count, 20, int.MaxValue);
        Assert.Empty(numbers.Except(explained));
        Assert.Empty(explained.Except(numbers));
    }

    [Fact]
    public void NumbersThatAreShownRoundedHaveAllTheirDigits()
    {
        var results = SyntheticResults.Pair(_folder.File("results"), 1.5);
        var (_, summary) = ReportWriter.Summarize(results);
        var cell = Table(Parse(Create(results)), "Every cell").Element("tbody")!.Elements("tr").Select(row => row.Elements("td").ToList()).Single(row => row[1].Value == "beta" && row[2].Value == "fast");
        var found = summary.Find("ours", "fast", "beta")!;
        Assert.Equal("21", cell[3].Value);
        Assert.Null(cell[3].Attribute("data-v"));
        Assert.Equal(
            [found.Time.Value, found.Time.Low, found.Time.High, found.Speedup!.Value.Value, found.Speedup.Value.Low, found.Speedup.Value.High],
            cell[4..10].Select(number => double.Parse(number.Attribute("data-v")!.Value, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void ProgramsAreReachedByLinks()
    {
        var document = Parse(Create(SyntheticResults.Pair(_folder.File("results"), 1.5)));
        var links = document.Descendants("nav").Single(nav => nav.Attribute("aria-label")?.Value == "Programs").Descendants("a").ToDictionary(link => link.Attribute("href")!.Value.TrimStart('#'), link => link.Value);
        Assert.Equal(links, document.Descendants("section").Where(section => section.Element("h3") is not null).ToDictionary(section => section.Attribute("id")!.Value, section => section.Element("h3")!.Value));
    }

    [Fact]
    public void ANoisyEnvironmentIsToldOnce()
    {
        var results = SyntheticResults.Pair(_folder.File("results"), 1.5);
        Change(results, row => row with { ElapsedMs = 1000, OthersCpuMs = 900 });
        var document = Parse(Create(results));
        Assert.Single(document.Descendants("section").Single(section => section.Attribute("id")!.Value == "summary").Elements("p"), note => note.Value.StartsWith("Noisy environment", StringComparison.Ordinal));
        var (sweep, summary) = ReportWriter.Summarize(results);
        Assert.Single(ComparisonTables.OfSweep(sweep, summary).Notes, note => note.StartsWith("Noisy environment", StringComparison.Ordinal));
    }

    [Fact]
    public void ASlowMachineIsToldOnce()
    {
        var results = SyntheticResults.Pair(_folder.File("results"), 1.5);
        Change(results, row => row with { Machine = "a", ProbeBeforeMs = 3, ProbeAfterMs = row.Repetition == 1 ? 7 : 3 });
        var document = Parse(Create(results));
        Assert.Single(document.Descendants("section").Single(section => section.Attribute("id")!.Value == "summary").Elements("p"), note => note.Value.StartsWith("Slow machine: beside 6 of 126 processes", StringComparison.Ordinal));
        var (sweep, summary) = ReportWriter.Summarize(results);
        Assert.Single(ComparisonTables.OfSweep(sweep, summary).Notes, note => note.StartsWith("Slow machine", StringComparison.Ordinal));
        Assert.Contains("\nSlow machine: beside 6 of 126 processes", SummaryReport.CreateMeans(sweep, summary), StringComparison.Ordinal);
    }

    [Fact]
    public void WarningsOfCellsAreCountedByKind()
    {
        var results = SyntheticResults.Pair(_folder.File("results"), 1.5, workloads: string.Join(',', Enumerable.Range(1, 24).Select(i => $"program-{i}")));
        Change(results, row => row with { Settled = row.Workload == "program-1", ExecuteMs = row.Workload == "program-1" && row.Repetition % 2 == 0 ? 2 * row.ExecuteMs : row.ExecuteMs });
        var careful = Parse(Create(results)).Descendants("section").Single(section => section.Attribute("id")!.Value == "careful");
        var headings = careful.Descendants("p").Select(heading => heading.Value).ToList();
        Assert.Contains("Times fall into two groups, so that the median says little, in 2 of 48 cells:", headings);
        Assert.Contains("Most repetitions were timed before they had settled in 46 of 48 cells:", headings);
        Assert.Contains("6 more are in summary.md.", headings);
        Assert.Equal(40, careful.Descendants("li").Count(entry => entry.Value.EndsWith("had not settled when they were timed.", StringComparison.Ordinal)));
    }

    [Fact]
    public void AllCommitsThatWereMeasuredAreNamed()
    {
        var results = SyntheticResults.Pair(_folder.File("results"), 1.5);
        var provenance = Provenance.Read(results.Provenance)!;
        var run = provenance.Runs[0] with { Commit = "0123456789abcdef" };
        (provenance with { Runs = [run, run with { Commit = "fedcba9876543210" }] }).Write(results.Provenance);
        Assert.Single(Notes(), note => note.Contains("0123456789, fedcba9876, of which", StringComparison.Ordinal));
        (provenance with { Runs = [run, run] }).Write(results.Provenance);
        Assert.DoesNotContain(Notes(), note => note.Contains("Its runs are of", StringComparison.Ordinal));

        IEnumerable<string> Notes() => Parse(Create(results)).Descendants("p").Select(note => note.Value);
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(21, true)]
    public void ConfigurationsAreComparedWithThemselvesWhereThereAreEnoughRepetitions(int repetitions, bool expected)
    {
        var twins = new Dictionary<string, Dictionary<string, string>> { ["one"] = new() { ["deopt"] = "on" }, ["same"] = new() { ["deopt"] = "on" } };
        var results = SyntheticResults.Write(_folder.File("results"), ["ours"], twins, ["alpha", "beta"], repetitions, _ => 10);
        File.WriteAllText(results.Sweep, File.ReadAllText(results.Sweep).Replace("repetitions: 3\n", "repetitions: 21\n", StringComparison.Ordinal));
        Assert.Equal(expected, Parse(Create(results)).Descendants("caption").Any(caption => caption.Value == "Configurations against themselves"));
    }

    [Theory]
    [MemberData(nameof(SweepSummaryTests.Committed), MemberType = typeof(SweepSummaryTests))]
    public void CommittedResultsAreReported(string name)
    {
        HtmlReport.Write(ResultsFolder.Find(name), _folder.File("report.html"));
        var document = Parse(File.ReadAllText(_folder.File("report.html")));
        Assert.NotEmpty(document.Descendants("figure"));
        Assert.NotEmpty(document.Descendants("section").Single(section => section.Attribute("id")!.Value == "summary").Descendants("li"));
    }

    private static XElement Table(XElement document, string caption) => document.Descendants("table").Single(table => table.Element("caption")!.Value == caption);

    private static void Change(ResultsFolder results, Func<Measurement, Measurement> change)
    {
        Measurement[] rows = [.. MeasurementFile.Read(results.Results).Select(change)];
        File.Delete(results.Results);
        using var csv = DurableCsv<Measurement>.Open(results.Results, out _);
        csv.Append(rows);
    }

    private static string Create(ResultsFolder results)
    {
        HtmlReport.Write(results, results.Report);
        return File.ReadAllText(results.Report);
    }

    /// <summary>The ratio of contrast of the Web Content Accessibility Guidelines 2.2.</summary>
    private static double Contrast(string first, string second)
    {
        var (a, b) = (Luminance(first), Luminance(second));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(string color)
    {
        double Channel(int start)
        {
            var value = int.Parse(color.AsSpan(start, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }

        return (0.2126 * Channel(1)) + (0.7152 * Channel(3)) + (0.0722 * Channel(5));
    }

    /// <summary>The document as XML: it is well-formed but for the document type and what stands in scripts and styles.</summary>
    private static XElement Parse(string text) =>
        XElement.Parse(Raw().Replace(text[text.IndexOf("<html", StringComparison.Ordinal)..], match => match.Groups["open"].Value + match.Groups["close"].Value));

    private static string Style(string text) => Raw().Matches(text).First(match => match.Groups["open"].Value == "<style>").Groups["content"].Value;

    private static string Script(string text) => Raw().Matches(text).First(match => match.Groups["open"].Value == "<script>").Groups["content"].Value;

    [GeneratedRegex("(?<open><(?:script|style)>)(?<content>.*?)(?<close></(?:script|style)>)", RegexOptions.Singleline)]
    private static partial Regex Raw();

    [GeneratedRegex("--(?<name>[a-z-]+): (?<color>#[0-9a-f]{6});")]
    private static partial Regex Variable();
}
