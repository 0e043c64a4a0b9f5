using Harness.Experiments;
using Harness.Experiments.Charts;
using Harness.Experiments.Charts.Drawing;
using Harness.Experiments.Engines;
using Harness.Experiments.Reports;
using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;

namespace Harness.Notebooks;

/// <summary>The results of a sweep, read and summed up as the commands of the harness do it.</summary>
public sealed class SweepResults
{
    private readonly ResultsFolder _folder;
    private readonly SweepDefinition _sweep;
    private readonly SweepSummary _summary;
    private readonly ResultsView _view;

    private SweepResults(ResultsFolder folder)
    {
        _folder = folder;
        _view = ResultsView.Open(folder);
        (_sweep, _summary) = ReportWriter.Summarize(folder);
        Rows = [.. _view.Rows.Select(row => new ResultRow(row.Engine, row.Configuration, row.Workload, row.Repetition, row.ExecuteMs, row.CompileMs, row.OptimizedBytes, row.TierUps, row.Deopts))];
    }

    /// <summary>Reads results.</summary>
    /// <param name="results">A results folder, or the name of one in <c>results</c>.</param>
    /// <exception cref="Exception">There are none, or they are damaged; the message says what to do.</exception>
    public static SweepResults Open(string results) => new(ResultsFolder.Find(results));

    /// <summary>Reads results if they are there.</summary>
    /// <param name="results">A results folder, or the name of one in <c>results</c>.</param>
    /// <returns>The results; null where they were not measured yet.</returns>
    public static SweepResults? Find(string results)
    {
        ArgumentException.ThrowIfNullOrEmpty(results);
        return File.Exists(new ResultsFolder(Directory.Exists(results) ? results : Path.Combine(ProjectLayout.Results, results)).Results) ? Open(results) : null;
    }

    /// <summary>Title of the sweep.</summary>
    public string Title => _sweep.Title;

    /// <summary>The rows in the order of measuring.</summary>
    public IReadOnlyList<ResultRow> Rows { get; }

    /// <summary>Names of the engines that were measured.</summary>
    public IReadOnlyList<string> Engines => _summary.Engines;

    /// <summary>Names of the configurations, in the sweep's order.</summary>
    public IReadOnlyList<string> Configurations => [.. _sweep.Configurations.Select(configuration => configuration.Name)];

    /// <summary>Names of the workloads that were measured, in the sweep's order.</summary>
    public IReadOnlyList<string> Workloads => [.. _summary.Workloads.Select(workload => workload.Name)];

    /// <summary>What a reader should know before quoting a number.</summary>
    public IReadOnlyList<string> Cautions => Experiments.Reports.Cautions.Of(_sweep, _summary, _view.Provenance, _folder.ReadFailures());

    /// <summary>The value of a knob in a configuration; null where the provenance does not tell.</summary>
    public string? Knob(string configuration, string name) =>
        _view.Provenance?.Knobs.GetValueOrDefault(configuration)?.GetValueOrDefault(name);

    /// <summary>Median time of a cell in ms; null where it was not measured.</summary>
    public Interval? Time(string engine, string configuration, string workload) => Interval.Of(_summary.Find(engine, configuration, workload)?.Time);

    /// <summary>Speedup of a cell over the baseline; null where one of them was not measured, or the engine's baseline does not do what the sweep's does.</summary>
    public Interval? Speedup(string engine, string configuration, string workload) => Interval.Of(_summary.Find(engine, configuration, workload)?.Speedup);

    /// <summary>Geometric mean of the speedups over the workloads that the engine ran in every configuration; a claim about just these. Null where there are none.</summary>
    public Interval? MeanSpeedup(string engine, string configuration) => Interval.Of(_summary.MeanSpeedup(engine, configuration)?.Measured);

    /// <summary>The geometric means of all engines and configurations, with the interval for programs like these.</summary>
    public ShownTable Means()
    {
        var table = new ResultTable([new("engine"), new("configuration"), new("workloads", "0"), new("speedup", "0.00"), new("low", "0.00"), new("high", "0.00"), new("low_for_programs_like_these", "0.00"), new("high_for_programs_like_these", "0.00")]);
        foreach (var engine in _summary.Engines)
        {
            foreach (var configuration in _summary.ConfigurationsOf(engine))
            {
                if (_summary.MeanSpeedup(engine, configuration.Name) is not { } mean)
                {
                    continue;
                }

                table.Add(EngineCatalog.TitleOf(engine), configuration.Title, _summary.CommonWorkloads(engine).Count, mean.Measured.Value, mean.Measured.Low, mean.Measured.High, mean.General.Low, mean.General.High);
            }
        }

        foreach (var note in SweepChart.Notes(_sweep, _summary))
        {
            table.AddNote(note);
        }

        if (_summary.SharedPrograms is { } shared)
        {
            table.AddNote(shared);
        }

        return new ShownTable(table);
    }

    /// <summary>Every cell with its time, speedup, test and code size.</summary>
    public ShownTable Cells() => new(ComparisonTables.OfSweep(_sweep, _summary));

    /// <summary>Engines and configurations from the fastest to the slowest; equals share a rank.</summary>
    public ShownTable Rank() => new(RankTable.Create(_sweep, _summary, _summary.Engines));

    /// <summary>Which processes reached a steady state.</summary>
    public ShownTable Steadiness() => new(SteadinessTable.Create(_summary.SteadinessOfCells));

    /// <summary>Rows, filtered, grouped or pivoted, as <c>harness show</c> does it.</summary>
    /// <param name="where">Conditions such as <c>engine=ours</c>, separated by commas.</param>
    /// <param name="by">Columns whose equal values make a group, separated by commas; empty for single rows.</param>
    /// <param name="columns">Columns that are shown, separated by commas: those of <c>results.csv</c>, and every knob.</param>
    /// <param name="pivot">A column whose values become columns.</param>
    public ShownTable Show(string where = "", string by = "", string columns = "", string? pivot = null) =>
        new(new ResultsSelection { Where = Names(where), By = Names(by), Columns = Names(columns), Pivot = pivot }.Apply(_view));

    /// <summary>Draws a chart.</summary>
    /// <param name="kind"><c>auto</c>, <c>bars</c>, <c>sorted</c>, <c>slope</c>, <c>lines</c>, <c>means</c>, <c>heat</c>, <c>dots</c>, <c>pareto</c> or <c>iterations</c>.</param>
    /// <param name="width">Width in points; a column of a paper has 241.</param>
    /// <exception cref="ArgumentException">There is no such kind.</exception>
    /// <exception cref="Exception">The results have no such chart; the message says why.</exception>
    public ShownChart Chart(string kind = "auto", float width = Figure.StandardWidth)
    {
        if (!Enum.TryParse<ChartKind>(kind, ignoreCase: true, out var chosen) || !Enum.IsDefined(chosen))
        {
            throw new ArgumentException($"there is no chart '{kind}'; there are {string.Join(", ", Enum.GetNames<ChartKind>().Select(name => name.ToLowerInvariant()))}", nameof(kind));
        }

        return new ShownChart(SweepChart.Create(chosen, _sweep, _summary), width);
    }

    private static string[] Names(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
