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
/// and filter, a section per program, the environment, and the commands to do it again.
/// </summary>
internal sealed class HtmlReport
{
    private const int MostCautions = 60;

    private static readonly (SteadinessClass Class, string Name)[] ClassNames =
        [(SteadinessClass.Flat, "flat"), (SteadinessClass.WarmUp, "warm-up"), (SteadinessClass.SlowDown, "slow-down"), (SteadinessClass.NoSteadyState, "no steady state")];

    private static readonly (string Id, string Title)[] Sections =
    [
        ("summary", "Summary"), ("careful", "To be careful of"), ("charts", "Charts"), ("tables", "Tables"), ("programs", "Programs"), ("failures", "Failures"), ("environment", "Environment"),
        ("again", "To do it again"),
    ];

    private readonly HtmlWriter html = new();
    private readonly ResultsFolder folder;
    private readonly SweepDefinition sweep;
    private readonly SweepSummary summary;
    private readonly Provenance? provenance;
    private readonly IReadOnlyList<Failure> failures;

    private HtmlReport(ResultsFolder folder, SweepDefinition sweep, SweepSummary summary)
    {
        this.folder = folder;
        this.sweep = sweep;
        this.summary = summary;
        provenance = Provenance.Read(folder.Provenance);
        failures = File.Exists(folder.Failures) ? DurableCsv<Failure>.Read(folder.Failures) : [];
    }

    /// <summary>Makes the document.</summary>
    /// <exception cref="HarnessException">There are no rows, or charts cannot be drawn.</exception>
    public static string Create(ResultsFolder folder)
    {
        var (sweep, summary) = ReportWriter.Summarize(folder);
        return new HtmlReport(folder, sweep, summary).Write();
    }

    private string Write()
    {
        var origin = provenance is null ? "origin unknown" : $"{provenance.Machine.Cpu}, {provenance.Machine.Cores} cores; begun {provenance.Runs[0].StartedUtc}";
        var subtitle = $"Sweep '{sweep.Name}': {summary.Workloads.Count} programs, {sweep.Configurations.Count} configurations, {string.Join(", ", summary.Engines.Select(EngineCatalog.TitleOf))}; {SweepChart.Describe(summary)}; {origin}.";
        return HtmlPage.Write(html, sweep.Title, subtitle, Sections, () =>
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
        if (summary.Disturbances is { } disturbances)
            html.Element("p", disturbances, ("class", "note"));
        html.Close();
    }

    private void WriteCautions()
    {
        Begin("careful", "To be careful of");
        string[] cautions = [.. Cautions.OfResults(sweep, provenance, failures.Count), .. Cautions.OfCells(sweep, summary)];
        if (cautions.Length == 0)
        {
            html.Element("p", "Nothing was noticed.").Close();
            return;
        }

        html.Open("div", ("class", "warnings")).Open("ul");
        foreach (var caution in cautions.Take(MostCautions))
            html.Element("li", caution);
        html.Close();
        if (cautions.Length > MostCautions)
            html.Element("p", $"{cautions.Length - MostCautions} more are in summary.md.");
        html.Close().Close();
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
        HtmlTable.Write(html, "Geometric means", MakeMeans());
        HtmlTable.Write(html, "Every cell", ComparisonTables.OfSweep(sweep, summary));
        if (summary.SteadinessOfCells.Values.Any(cell => cell.Processes.Any(process => process.Class != SteadinessClass.TooShort)))
            HtmlTable.Write(html, "Steady states", SteadinessTable.Create(summary.SteadinessOfCells));
        if (sweep.Repetitions >= MedianInterval.LeastValues && Agreement.Of(sweep, summary) is { } agreement)
            HtmlTable.Write(html, "Configurations against themselves", AgreementTable.Create(agreement));
        html.Close();
    }

    private ResultTable MakeMeans()
    {
        var table = new ResultTable(
        [
            new("engine"), new("configuration"), new("programs", "0"), new("speedup", "0.000"), new("low", "0.000"), new("high", "0.000"), new("low_for_programs_like_these", "0.00"), new("high_for_programs_like_these", "0.00"),
        ]);
        foreach (var engine in summary.Engines.Where(engine => sweep.SpeedupObstacle(engine) is null))
        {
            foreach (var configuration in sweep.Configurations)
            {
                if (summary.MeanSpeedup(engine, configuration.Name) is not { } mean)
                    continue;
                table.Add(
                    EngineCatalog.TitleOf(engine), configuration.Title, mean.Programs, mean.Measured.Value,
                    mean.Measured.HasInterval ? mean.Measured.Low : null, mean.Measured.HasInterval ? mean.Measured.High : null,
                    mean.General.HasInterval ? mean.General.Low : null, mean.General.HasInterval ? mean.General.High : null);
            }
        }

        return table;
    }

    private void WritePrograms()
    {
        Begin("programs", "Programs");
        var withCharts = ReportCharts.HasProgramCharts(summary);
        for (var i = 0; i < summary.Workloads.Count; i++)
        {
            var workload = summary.Workloads[i];
            html.Open("section", ("id", $"program-{i}")).Element("h3", workload.Title).Open("details").Element("summary", $"{workload.Name}: every configuration");
            HtmlTable.Write(html, workload.Title, MakeProgram(workload.Name));
            if (withCharts)
                HtmlFigure.Write(html, RepetitionDots.OfWorkload(sweep, summary, workload), $"program-{i}-dots");
            html.Close().Close();
        }

        html.Close();
    }

    private ResultTable MakeProgram(string workload)
    {
        var table = new ResultTable(
        [
            new("engine"), new("configuration"), new("n", "0"), new("ms", "0.00"), new("low", "0.00"), new("high", "0.00"), new("speedup", "0.00"), new("p_corrected", "0.####"), new("outliers", "0"),
            new("code_bytes", "0"), new("deopts", "0"), new("compile_ms", "0.0"), new("steady_state"),
        ]);
        foreach (var engine in summary.Engines)
        {
            var hasSpeedups = sweep.SpeedupObstacle(engine) is null;
            foreach (var configuration in sweep.Configurations)
            {
                if (summary.Find(engine, configuration.Name, workload) is not { } cell)
                    continue;
                table.Add(
                    EngineCatalog.TitleOf(engine), configuration.Title, cell.Count, cell.Time.Value, cell.Time.HasInterval ? cell.Time.Low : null, cell.Time.HasInterval ? cell.Time.High : null,
                    hasSpeedups ? cell.Speedup?.Value : null, cell.Difference?.AdjustedPValue, cell.Outliers, cell.OptimizedBytes, cell.Deopts, cell.CompileMs,
                    Describe(summary.SteadinessOfCells.GetValueOrDefault(new Cell(engine, configuration.Name, workload))));
            }
        }

        return table;
    }

    private static string Describe(CellSteadiness? steadiness) => steadiness is null ? "" : string.Join(", ", ClassNames
        .Where(pair => steadiness.Count(pair.Class) > 0)
        .Select(pair => $"{steadiness.Count(pair.Class)} {pair.Name}"));

    private void WriteFailures()
    {
        Begin("failures", "Failures");
        if (provenance?.Gaps is { Count: > 0 } gaps)
        {
            html.Element("p", "Not measured, because an engine cannot or need not:").Open("ul");
            foreach (var gap in gaps)
                html.Element("li", gap.ToString());
            html.Close();
        }

        if (failures.Count == 0)
        {
            html.Element("p", "No repetition failed.").Close();
            return;
        }

        var table = new ResultTable([new("engine"), new("configuration"), new("workload"), new("repetition", "0"), new("status"), new("message")]);
        foreach (var failure in failures)
            table.Add(failure.Engine, failure.Configuration, failure.Workload, failure.Repetition, failure.Status, failure.Message);
        HtmlTable.Write(html, "Repetitions that failed, and are in no number", table);
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
            foreach (var line in provenance.Runs.Select(earlier => earlier.CommandLine).Distinct())
                commands.Append($"./{line}\n");
        }

        commands.Append($"./harness report {sweep.Name}\n");
        html.Open("pre").Element("code", commands.ToString()).Close();
        html.Element("p", $"The numbers of this document are in {Path.GetFileName(folder.Path)}/results.csv; './harness compare {sweep.Name} --csv' prints them.", ("class", "note")).Close();
    }
}
