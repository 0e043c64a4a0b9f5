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

    private readonly HtmlWriter _html;
    private readonly ResultsFolder _folder;
    private readonly SweepDefinition _sweep;
    private readonly SweepSummary _summary;
    private readonly Provenance? _provenance;
    private readonly IReadOnlyList<Failure> _failures;

    private HtmlReport(HtmlWriter html, ResultsFolder folder, SweepDefinition sweep, SweepSummary summary)
    {
        _html = html;
        _folder = folder;
        _sweep = sweep;
        _summary = summary;
        _provenance = Provenance.Read(folder.Provenance);
        _failures = folder.ReadFailures();
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
        var origin = _provenance is null ? "origin unknown" : $"{_provenance.Machine.Cpu}, {_provenance.Machine.Cores} cores; begun {_provenance.Runs[0].StartedUtc}";
        var programs = _summary.Workloads.Select(workload => workload.Program).Distinct().Count();
        var subtitle = $"Sweep '{_sweep.Name}': {(programs == _summary.Workloads.Count ? "" : $"{_summary.Workloads.Count} workloads of ")}{programs} programs, {_sweep.Configurations.Count} configurations, {string.Join(", ", _summary.Engines.Select(EngineCatalog.TitleOf))}; {SweepChart.Describe(_summary)}; {origin}.";
        HtmlPage.Write(_html, _sweep.Title, subtitle, Sections, () =>
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

    private void Begin(string id, string title) => _html.Open("section", ("id", id)).Element("h2", title);

    private void WriteSummary()
    {
        Begin("summary", "Summary");
        _html.Open("ul");
        foreach (var finding in Findings.Of(_sweep, _summary))
        {
            _html.Element("li", finding);
        }

        _html.Close();
        foreach (var note in SweepChart.Notes(_sweep, _summary))
        {
            _html.Element("p", note, ("class", "note"));
        }

        _html.Close();
    }

    private void WriteCautions()
    {
        Begin("careful", "To be careful of");
        var ofResults = Cautions.OfResults(_summary, _provenance, _failures);
        var ofCells = Cautions.OfCells(_sweep, _summary);
        if (ofResults.Count + ofCells.Count == 0)
        {
            _html.Element("p", "Nothing was noticed.").Close();
            return;
        }

        _html.Open("div", ("class", "warnings"));
        if (ofResults.Count > 0)
        {
            WriteList(ofResults, "");
        }

        foreach (var kind in ofCells.GroupBy(caution => caution.Kind).OrderBy(kind => kind.Key))
        {
            _html.Element("p", $"{HeadingOf(kind.Key)} in {kind.Count()} of {_summary.Cells.Count} cells:");
            WriteList([.. kind.Select(caution => caution.Text)], "are in summary.md");
        }

        _html.Close().Close();
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
        _html.Open("ul");
        foreach (var entry in where.Length == 0 ? entries : entries.Take(ReportLimits.Entries))
        {
            _html.Element("li", entry);
        }

        _html.Close();
        if (where.Length > 0 && entries.Count > ReportLimits.Entries)
        {
            _html.Element("p", $"{entries.Count - ReportLimits.Entries} more {where}.");
        }
    }

    private void WriteCharts()
    {
        Begin("charts", "Charts");
        var (figures, omitted) = ReportCharts.Choose(_sweep, _summary);
        foreach (var (kind, figure) in figures)
        {
            HtmlFigure.Write(_html, figure, "chart-" + kind.ToString().ToLowerInvariant());
        }

        foreach (var reason in omitted)
        {
            _html.Element("p", reason, ("class", "note"));
        }

        _html.Close();
    }

    private void WriteTables()
    {
        Begin("tables", "Tables");
        ColumnMeanings.Write(_html);
        HtmlTable.Write(_html, "Geometric means", MakeMeans());
        HtmlTable.Write(_html, "Every cell", MakeCells());
        if (_summary.SteadinessOfCells.Values.Any(cell => cell.IsJudged))
        {
            HtmlTable.Write(_html, "Steady states", MakeSteadiness());
        }

        if (Agreement.Find(_sweep, _summary) is { } agreement)
        {
            HtmlTable.Write(_html, "Configurations against themselves", AgreementTable.Create(agreement));
        }

        _html.Close();
    }

    private ResultTable MakeMeans()
    {
        var table = new ResultTable(
        [
            new("engine"), new("configuration"), new("programs", "0"), new("speedup", "0.000"), new("low", "0.000"), new("high", "0.000"), new("low_for_programs_like_these", "0.00"), new("high_for_programs_like_these", "0.00"),
        ]);
        var means = (
            from engine in _summary.Engines
            from configuration in _sweep.Configurations
            let mean = _summary.MeanSpeedup(engine, configuration.Name)
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

        if (_summary.SharedPrograms is { } shared)
        {
            table.AddNote(shared);
        }

        if (shown.Count < means.Count)
        {
            table.AddNote($"{shown.Count} of {means.Count} means: those farthest from 1. 'harness compare {_sweep.Name} --csv' prints all of them.");
        }

        return table;
    }

    private ResultTable MakeCells()
    {
        if (_summary.Cells.Count <= ReportLimits.Rows)
        {
            return ComparisonTables.OfSweep(_sweep, _summary);
        }

        var shown = Notable.Choose(_summary.Cells.ToList(), ReportLimits.Rows, pair => Notable.RankOf(pair.Value)).Select(pair => pair.Key).ToHashSet();
        var table = ComparisonTables.OfSweep(_sweep, _summary, shown);
        table.AddNote($"{shown.Count} of {_summary.Cells.Count} cells: the differences that are shown, the largest first, then the others; programs have tables of their own below. 'harness compare {_sweep.Name} --csv' prints times, speedups and tests of all; results.csv has the rest.");
        return table;
    }

    private ResultTable MakeSteadiness()
    {
        var cells = _summary.SteadinessOfCells;
        if (cells.Count <= ReportLimits.Rows)
        {
            return SteadinessTable.Create(cells);
        }

        var shown = Notable.Choose(cells.ToList(), ReportLimits.Rows, pair => Notable.RankOf(pair.Value)).Select(pair => pair.Key).ToHashSet();
        var table = SteadinessTable.Create(cells, shown);
        table.AddNote($"{shown.Count} of {cells.Count} cells: those whose processes slowed down, did not settle or differ come first. 'harness steady {_sweep.Name}' prints all.");
        return table;
    }

    private void WritePrograms()
    {
        Begin("programs", "Programs");
        new ProgramSections(_sweep, _summary).Write(_html);
        _html.Close();
    }

    private void WriteFailures()
    {
        Begin("failures", "Failures");
        if (_provenance?.Gaps is { Count: > 0 } gaps)
        {
            _html.Element("p", "Not measured, because an engine cannot or need not:");
            WriteList([.. gaps.Select(gap => gap.ToString())], "are in provenance.json");
        }

        if (_failures.Count == 0)
        {
            _html.Element("p", "No repetition failed.").Close();
            return;
        }

        var table = new ResultTable([new("engine"), new("configuration"), new("workload"), new("repetition", "0"), new("status"), new("message")]);
        foreach (var failure in _failures.Take(ReportLimits.Rows))
        {
            table.Add(failure.Engine, failure.Configuration, failure.Workload, failure.Repetition, failure.Status, failure.Message);
        }

        if (_failures.Count > ReportLimits.Rows)
        {
            table.AddNote($"The first {ReportLimits.Rows} of {_failures.Count}: failures.csv has all.");
        }

        HtmlTable.Write(_html, "What failed, and is in no number unless a later run measured it", table);
        _html.Close();
    }

    private void WriteEnvironment()
    {
        Begin("environment", "Environment");
        if (_provenance is null)
        {
            _html.Element("p", "provenance.json is missing: nothing is known.").Close();
            return;
        }

        var json = _provenance.ToJson();
        var facts = new ResultTable([new("fact"), new("value")]);
        foreach (var part in json.Where(part => part.Key is not ("knobs" or "workloads" or "fingerprints" or "gaps")))
        {
            AddFacts(facts, part.Key, part.Value);
        }

        HtmlTable.Write(_html, "Where and with what it was measured", facts);
        HtmlTable.Write(_html, "Knobs in which the configurations differ", MakeKnobs());
        _html.Close();
    }

    /// <summary>Adds a row per leaf of JSON. Trees are small: provenance is written by the harness.</summary>
    private static void AddFacts(ResultTable table, string path, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members)
                {
                    AddFacts(table, $"{path}.{name}", value);
                }

                break;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                {
                    AddFacts(table, $"{path} {i + 1}", items[i]);
                }

                break;
            case not null:
                table.Add(path, node.ToString());
                break;
        }
    }

    private ResultTable MakeKnobs()
    {
        var configurations = _sweep.Configurations.Where(configuration => _provenance!.Knobs.ContainsKey(configuration.Name)).ToList();
        var differing = configurations
            .SelectMany(configuration => _provenance!.Knobs[configuration.Name].Keys)
            .Distinct()
            .Where(knob => configurations.Select(configuration => _provenance!.Knobs[configuration.Name].GetValueOrDefault(knob)).Distinct().Count() > 1)
            .ToList();
        var table = new ResultTable([new("configuration"), .. differing.Select(knob => new TableColumn(knob))]);
        foreach (var configuration in configurations)
        {
            table.Add([configuration.Title, .. differing.Select(knob => _provenance!.Knobs[configuration.Name].GetValueOrDefault(knob))]);
        }

        return table;
    }

    private void WriteCommands()
    {
        Begin("again", "To do it again");
        var commands = new StringBuilder();
        if (_provenance is not null)
        {
            var run = _provenance.Runs[^1];
            if (run.Commit is { } commit)
            {
                commands.Append($"git checkout {commit}\n");
            }

            foreach (var line in _provenance.CommandLines)
            {
                commands.Append($"./{line}\n");
            }
        }

        commands.Append($"./harness report {_sweep.Name}\n");
        _html.Open("pre").Element("code", commands.ToString()).Close();
        if (_provenance is { Commits.Count: > 1 })
        {
            _html.Element("p", $"Its runs are of the commits {string.Join(", ", _provenance.Commits)}, of which the last run's is named; provenance.json says which command is of which.", ("class", "note"));
        }

        _html.Element("p", $"The numbers of this document are in {Path.GetFileName(_folder.Path)}/results.csv; './harness compare {_sweep.Name} --csv' prints them.", ("class", "note")).Close();
    }
}
