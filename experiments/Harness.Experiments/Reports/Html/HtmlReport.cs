using System.Text;
using System.Text.Json.Nodes;
using Harness.Experiments.Charts;
using Harness.Experiments.Engines;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Reports.Html;

/// <summary>
/// A sweep's results as one HTML document that needs nothing else: no file, no network. It has the findings in words, what to be careful of, the charts, tables to sort
/// and filter, a section per program, the environment, and the commands to do it again. What each part says is computed when the part is written, and is then in the file: of very large results no more
/// is in memory than of one table. <see cref="ReportLimits"/> says how much of them is shown.
/// </summary>
internal sealed class HtmlReport
{
    private static readonly (string Id, string Title)[] Sections =
    [
        ("summary", "Summary"), ("careful", "To be careful of"), ("charts", "Charts"), ("tables", "Tables"), ("programs", "Programs"), ("failures", "Failures"), ("environment", "Environment"),
        ("again", "To do it again"),
    ];

    private readonly HtmlWriter html;
    private readonly ResultsFolder folder;
    private readonly SweepDefinition sweep;
    private readonly SweepSummary summary;
    private readonly Provenance? provenance;
    private readonly IReadOnlyList<Failure> failures;

    private HtmlReport(HtmlWriter html, ResultsFolder folder, SweepDefinition sweep, SweepSummary summary)
    {
        this.html = html;
        this.folder = folder;
        this.sweep = sweep;
        this.summary = summary;
        provenance = Provenance.Read(folder.Provenance);
        failures = folder.ReadFailures();
    }

    /// <summary>Writes the document of a results folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="HarnessException">There are no rows, charts cannot be drawn, or the file cannot be written.</exception>
    public static void Write(ResultsFolder folder, string path)
    {
        var (sweep, summary) = ReportWriter.Summarize(folder);
        HtmlFile.Write(path, html => new HtmlReport(html, folder, sweep, summary).Write());
    }

    private void Write()
    {
        var origin = provenance is null ? "origin unknown" : $"{provenance.Machine.Cpu}, {provenance.Machine.Cores} cores; begun {provenance.Runs[0].StartedUtc}";
        var programs = summary.Workloads.Select(workload => workload.Program).Distinct().Count();
        var subtitle = $"Sweep '{sweep.Name}': {(programs == summary.Workloads.Count ? "" : $"{summary.Workloads.Count} workloads of ")}{programs} programs, {sweep.Configurations.Count} configurations, {string.Join(", ", summary.Engines.Select(EngineCatalog.TitleOf))}; {SweepChart.Describe(summary)}; {origin}.";
        HtmlPage.Write(html, sweep.Title, subtitle, Sections, () =>
        {
            WriteSummary();
            WriteCautions();
            WriteCharts();
            WriteTables();
            WritePrograms();
            WriteFailures();
            WriteEnvironment();
            WriteCommands();
        });
    }

    private void Begin(string id, string title) => html.Open("section", ("id", id)).Element("h2", title);

    private void WriteSummary()
    {
        Begin("summary", "Summary");
        html.Open("ul");
        foreach (var finding in Findings.Of(sweep, summary))
            html.Element("li", finding);
        html.Close();
        foreach (var note in SweepChart.Notes(sweep, summary))
            html.Element("p", note, ("class", "note"));
        html.Close();
    }

    private void WriteCautions()
    {
        Begin("careful", "To be careful of");
        var ofResults = Cautions.OfResults(summary, provenance, failures);
        var ofCells = Cautions.OfCells(sweep, summary);
        if (ofResults.Count + ofCells.Count == 0)
        {
            html.Element("p", "Nothing was noticed.").Close();
            return;
        }

        html.Open("div", ("class", "warnings"));
        if (ofResults.Count > 0)
            WriteList(ofResults, "");
        foreach (var kind in ofCells.GroupBy(caution => caution.Kind).OrderBy(kind => kind.Key))
        {
            html.Element("p", $"{HeadingOf(kind.Key)} in {kind.Count()} of {summary.Cells.Count} cells:");
            WriteList([.. kind.Select(caution => caution.Text)], "are in summary.md");
        }

        html.Close().Close();
    }

    private static string HeadingOf(CautionKind kind) => kind switch
    {
        CautionKind.TwoGroups => "Times fall into two groups, so that the median says little,",
        CautionKind.Unsettled => "Most repetitions were timed before they had settled",
        CautionKind.Unsteady => "Processes became slower again or reached no steady state",
        CautionKind.TooShort => "A timed call is too short for the clock",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>Writes a list, of a long one the beginning.</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="where">Where the others are, in words that follow their number; empty where all are shown.</param>
    private void WriteList(IReadOnlyCollection<string> entries, string where)
    {
        html.Open("ul");
        foreach (var entry in where.Length == 0 ? entries : entries.Take(ReportLimits.Entries))
            html.Element("li", entry);
        html.Close();
        if (where.Length > 0 && entries.Count > ReportLimits.Entries)
            html.Element("p", $"{entries.Count - ReportLimits.Entries} more {where}.");
    }

    private void WriteCharts()
    {
        Begin("charts", "Charts");
        var (figures, omitted) = ReportCharts.Choose(sweep, summary);
        foreach (var (kind, figure) in figures)
            HtmlFigure.Write(html, figure, "chart-" + kind.ToString().ToLowerInvariant());
        foreach (var reason in omitted)
            html.Element("p", reason, ("class", "note"));
        html.Close();
    }

    private void WriteTables()
    {
        Begin("tables", "Tables");
        ColumnMeanings.Write(html);
        HtmlTable.Write(html, "Geometric means", MakeMeans());
        HtmlTable.Write(html, "Every cell", MakeCells());
        if (summary.SteadinessOfCells.Values.Any(cell => cell.IsJudged))
            HtmlTable.Write(html, "Steady states", MakeSteadiness());
        if (Agreement.Find(sweep, summary) is { } agreement)
            HtmlTable.Write(html, "Configurations against themselves", AgreementTable.Create(agreement));
        html.Close();
    }

    private ResultTable MakeMeans()
    {
        var table = new ResultTable(
        [
            new("engine"), new("configuration"), new("programs", "0"), new("speedup", "0.000"), new("low", "0.000"), new("high", "0.000"), new("low_for_programs_like_these", "0.00"), new("high_for_programs_like_these", "0.00"),
        ]);
        var means = (
            from engine in summary.Engines
            from configuration in sweep.Configurations
            let mean = summary.MeanSpeedup(engine, configuration.Name)
            where mean is not null
            select (Engine: engine, configuration.Title, Mean: mean.Value)).ToList();
        var shown = Notable.Choose(means, ReportLimits.Rows, mean => (0, Notable.DistanceOf(mean.Mean.Measured)));
        foreach (var (engine, title, mean) in shown)
        {
            table.Add(
                EngineCatalog.TitleOf(engine), title, mean.Programs, mean.Measured.Value,
                mean.Measured.HasInterval ? mean.Measured.Low : null, mean.Measured.HasInterval ? mean.Measured.High : null,
                mean.General.HasInterval ? mean.General.Low : null, mean.General.HasInterval ? mean.General.High : null);
        }

        if (summary.SharedPrograms is { } shared)
            table.AddNote(shared);
        if (shown.Count < means.Count)
            table.AddNote($"{shown.Count} of {means.Count} means: those farthest from 1. 'harness compare {sweep.Name} --csv' prints all of them.");
        return table;
    }

    private ResultTable MakeCells()
    {
        if (summary.Cells.Count <= ReportLimits.Rows)
            return ComparisonTables.OfSweep(sweep, summary);
        var shown = Notable.Choose(summary.Cells.ToList(), ReportLimits.Rows, pair => Notable.RankOf(pair.Value)).Select(pair => pair.Key).ToHashSet();
        var table = ComparisonTables.OfSweep(sweep, summary, shown);
        table.AddNote($"{shown.Count} of {summary.Cells.Count} cells: the differences that are shown, the largest first, then the others; programs have tables of their own below. 'harness compare {sweep.Name} --csv' prints times, speedups and tests of all; results.csv has the rest.");
        return table;
    }

    private ResultTable MakeSteadiness()
    {
        var cells = summary.SteadinessOfCells;
        if (cells.Count <= ReportLimits.Rows)
            return SteadinessTable.Create(cells);
        var shown = Notable.Choose(cells.ToList(), ReportLimits.Rows, pair => Notable.RankOf(pair.Value)).Select(pair => pair.Key).ToHashSet();
        var table = SteadinessTable.Create(cells, shown);
        table.AddNote($"{shown.Count} of {cells.Count} cells: those whose processes slowed down, did not settle or differ come first. 'harness steady {sweep.Name}' prints all.");
        return table;
    }

    private void WritePrograms()
    {
        Begin("programs", "Programs");
        new ProgramSections(sweep, summary).Write(html);
        html.Close();
    }

    private void WriteFailures()
    {
        Begin("failures", "Failures");
        if (provenance?.Gaps is { Count: > 0 } gaps)
        {
            html.Element("p", "Not measured, because an engine cannot or need not:");
            WriteList([.. gaps.Select(gap => gap.ToString())], "are in provenance.json");
        }

        if (failures.Count == 0)
        {
            html.Element("p", "No repetition failed.").Close();
            return;
        }

        var table = new ResultTable([new("engine"), new("configuration"), new("workload"), new("repetition", "0"), new("status"), new("message")]);
        foreach (var failure in failures.Take(ReportLimits.Rows))
            table.Add(failure.Engine, failure.Configuration, failure.Workload, failure.Repetition, failure.Status, failure.Message);
        if (failures.Count > ReportLimits.Rows)
            table.AddNote($"The first {ReportLimits.Rows} of {failures.Count}: failures.csv has all.");
        HtmlTable.Write(html, "What failed, and is in no number unless a later run measured it", table);
        html.Close();
    }

    private void WriteEnvironment()
    {
        Begin("environment", "Environment");
        if (provenance is null)
        {
            html.Element("p", "provenance.json is missing: nothing is known.").Close();
            return;
        }

        var json = provenance.ToJson();
        var facts = new ResultTable([new("fact"), new("value")]);
        foreach (var part in json.Where(part => part.Key is not ("knobs" or "workloads" or "fingerprints" or "gaps")))
            AddFacts(facts, part.Key, part.Value);
        HtmlTable.Write(html, "Where and with what it was measured", facts);
        HtmlTable.Write(html, "Knobs in which the configurations differ", MakeKnobs());
        html.Close();
    }

    /// <summary>Adds a row per leaf of JSON. Trees are small: provenance is written by the harness.</summary>
    private static void AddFacts(ResultTable table, string path, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members)
                    AddFacts(table, $"{path}.{name}", value);
                break;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                    AddFacts(table, $"{path} {i + 1}", items[i]);
                break;
            case not null:
                table.Add(path, node.ToString());
                break;
        }
    }

    private ResultTable MakeKnobs()
    {
        var configurations = sweep.Configurations.Where(configuration => provenance!.Knobs.ContainsKey(configuration.Name)).ToList();
        var differing = configurations
            .SelectMany(configuration => provenance!.Knobs[configuration.Name].Keys)
            .Distinct()
            .Where(knob => configurations.Select(configuration => provenance!.Knobs[configuration.Name].GetValueOrDefault(knob)).Distinct().Count() > 1)
            .ToList();
        var table = new ResultTable([new("configuration"), .. differing.Select(knob => new TableColumn(knob))]);
        foreach (var configuration in configurations)
            table.Add([configuration.Title, .. differing.Select(knob => provenance!.Knobs[configuration.Name].GetValueOrDefault(knob))]);
        return table;
    }

    private void WriteCommands()
    {
        Begin("again", "To do it again");
        var commands = new StringBuilder();
        if (provenance is not null)
        {
            var run = provenance.Runs[^1];
            if (run.Commit is { } commit)
                commands.Append($"git checkout {commit}\n");
            foreach (var line in provenance.CommandLines)
                commands.Append($"./{line}\n");
        }

        commands.Append($"./harness report {sweep.Name}\n");
        html.Open("pre").Element("code", commands.ToString()).Close();
        if (provenance is { Commits.Count: > 1 })
            html.Element("p", $"Its runs are of the commits {string.Join(", ", provenance.Commits)}, of which the last run's is named; provenance.json says which command is of which.", ("class", "note"));
        html.Element("p", $"The numbers of this document are in {Path.GetFileName(folder.Path)}/results.csv; './harness compare {sweep.Name} --csv' prints them.", ("class", "note")).Close();
    }
}
