using Harness.Experiments.Charts;
using Harness.Experiments.Engines;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Reports.Html;

/// <summary>The part of a report that has a section per program: a table of its configurations and, while there is room, a chart of its repetitions.</summary>
internal sealed class ProgramSections
{
    private static readonly (SteadinessClass Class, string Name)[] ClassNames =
        [(SteadinessClass.Flat, "flat"), (SteadinessClass.WarmUp, "warm-up"), (SteadinessClass.SlowDown, "slow-down"), (SteadinessClass.NoSteadyState, "no steady state")];

    private readonly SweepDefinition _sweep;
    private readonly SweepSummary _summary;
    private readonly IReadOnlyList<Workload> _programs;
    private readonly IReadOnlySet<string> _drawn;

    /// <summary>Chooses what is shown.</summary>
    public ProgramSections(SweepDefinition sweep, SweepSummary summary)
    {
        (_sweep, _summary) = (sweep, summary);
        var shown = summary.Cells.Where(pair => Notable.IsShown(pair.Value)).GroupBy(pair => pair.Key.Workload).ToDictionary(group => group.Key, group => group.Count());
        _programs = Notable.Choose(summary.Workloads, ReportLimits.Programs, workload => (shown.GetValueOrDefault(workload.Name), 0));
        _drawn = ReportCharts.ChoosePrograms(summary, _programs);
    }

    /// <summary>Writes links to the sections, what is left out, and the sections.</summary>
    public void Write(HtmlWriter html)
    {
        html.Open("nav", ("aria-label", "Programs")).Open("ul");
        for (var i = 0; i < _programs.Count; i++)
        {
            html.Open("li").Element("a", _programs[i].Title, ("href", $"#program-{i}")).Close();
        }

        html.Close().Close();
        if (_programs.Count < _summary.Workloads.Count)
        {
            html.Element("p", $"{_programs.Count} of {_summary.Workloads.Count} programs have a section: those with most differences that are shown. 'harness compare {_sweep.Name} --csv' prints times, speedups and tests of all; results.csv has the rest.", ("class", "note"));
        }

        if (_drawn.Count < _programs.Count)
        {
            html.Element("p", $"Repetitions are drawn for {_drawn.Count} of {_programs.Count} programs, {ReportLimits.Dots} dots together at most; those with most times in two groups come first. 'harness chart {_sweep.Name} --kind dots' draws all.", ("class", "note"));
        }

        for (var i = 0; i < _programs.Count; i++)
        {
            var program = _programs[i];
            html.Open("section", ("id", $"program-{i}")).Element("h3", program.Title).Open("details").Element("summary", $"{program.Name}: every configuration");
            HtmlTable.Write(html, program.Title, MakeTable(program.Name));
            if (_drawn.Contains(program.Name))
            {
                HtmlFigure.Write(html, RepetitionDots.OfWorkload(_sweep, _summary, program), $"program-{i}-dots");
            }

            html.Close().Close();
        }
    }

    private ResultTable MakeTable(string workload)
    {
        var table = new ResultTable(
        [
            new("engine"), new("configuration"), new("n", "0"), TableColumn.Time("ms", "0.00"), TableColumn.Time("low", "0.00"), TableColumn.Time("high", "0.00"), new("speedup", "0.00"), TableColumn.Probability("p_corrected"), new("outliers", "0"),
            new("code_bytes", "0"), new("deopts", "0"), TableColumn.Time("compile_ms", "0.0"), TableColumn.Time("decode_ms", "0.0"), TableColumn.Time("validate_ms", "0.0"), new("steady_state"),
        ]);
        var cells = (
            from engine in _summary.Engines
            from configuration in _sweep.Configurations
            let summed = _summary.Find(engine, configuration.Name, workload)
            where summed is not null
            select (Engine: engine, Configuration: configuration, Summary: summed)).ToList();

        // The baselines come first: without them nobody knows what the others are compared with.
        var chosen = Notable.Choose(cells, ReportLimits.RowsOfProgram, cell => _sweep.IsBaseline(cell.Engine, cell.Configuration) ? (int.MaxValue, 0) : Notable.RankOf(cell.Summary));
        foreach (var (engine, configuration, cell) in chosen)
        {
            table.Add(
                EngineCatalog.TitleOf(engine), configuration.Title, cell.Count, cell.Time.Value, cell.Time.HasInterval ? cell.Time.Low : null, cell.Time.HasInterval ? cell.Time.High : null,
                cell.Speedup?.Value, cell.Difference?.AdjustedPValue, cell.Outliers, cell.OptimizedBytes, cell.Deopts, cell.CompileMs, cell.DecodeMs, cell.ValidateMs,
                Describe(_summary.SteadinessOfCells.GetValueOrDefault(new Cell(engine, configuration.Name, workload))));
        }

        if (chosen.Count < cells.Count)
        {
            table.AddNote($"{chosen.Count} of {cells.Count} rows: the baselines, then the differences that are shown, the largest first, then the others. 'harness compare {_sweep.Name} --csv' prints times, speedups and tests of all; results.csv has the rest.");
        }

        return table;
    }

    private static string Describe(CellSteadiness? steadiness) => steadiness is null ? "" : string.Join(", ", ClassNames
        .Select(pair => (pair.Name, Count: steadiness.Count(pair.Class)))
        .Where(pair => pair.Count > 0)
        .Select(pair => $"{pair.Count} {pair.Name}"));
}
