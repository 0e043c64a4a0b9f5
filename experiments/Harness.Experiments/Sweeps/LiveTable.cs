using System.Globalization;
using Harness.Experiments.Engines;
using Harness.Experiments.Reports;
using Harness.Experiments.Results;

namespace Harness.Experiments.Sweeps;

/// <summary>
/// What a sweep has found so far, as a table that fits a terminal: a line for each workload, the baseline's median time and the others' speedups, by medians. A first look while
/// it runs, without intervals; the rows that were measured last stay in sight where there is no room for all.
/// </summary>
internal sealed class LiveTable
{
    private const int LeastNameWidth = 12;
    private const int MostNameWidth = 32;
    private const int ColumnGap = 2;

    private readonly SweepDefinition _sweep;
    private readonly HashSet<string> _workloads;
    private readonly List<(string Engine, SweepConfiguration Configuration)> _columns;
    private readonly Dictionary<Cell, List<double>> _times = [];
    private readonly List<string> _recent = [];

    public LiveTable(SweepDefinition sweep)
    {
        _sweep = sweep;
        _workloads = [.. sweep.Workloads.Select(workload => workload.Name)];
        _columns = [.. sweep.Engines.SelectMany(engine => sweep.ConfigurationsFor(engine), (engine, configuration) => (engine, configuration))];
    }

    /// <summary>Takes a row; one of a workload that is not measured this time is passed over.</summary>
    public void Add(Measurement row)
    {
        if (!_workloads.Contains(row.Workload))
        {
            return;
        }

        var cell = row.Key.Cell;
        if (!_times.TryGetValue(cell, out var values))
        {
            _times.Add(cell, values = []);
        }

        var place = values.BinarySearch(row.ExecuteMs);
        values.Insert(place < 0 ? ~place : place, row.ExecuteMs);
        _recent.Remove(row.Workload);
        _recent.Add(row.Workload);
    }

    /// <summary>The table.</summary>
    /// <param name="width">Most characters of a line.</param>
    /// <param name="height">Most lines.</param>
    /// <returns>Its lines; none where nothing was measured, or nothing would be seen of it.</returns>
    public IReadOnlyList<string> Lines(int width, int height)
    {
        const int headLines = 1;
        const int leastHeight = 3;
        if (_recent.Count == 0 || height < leastHeight)
        {
            return [];
        }

        var rows = _recent.Count <= height - headLines ? _recent.Count : height - headLines - 1;
        var shown = _sweep.Workloads.Select(workload => workload.Name).Where(_recent.TakeLast(rows).ToHashSet().Contains).ToList();
        var nameWidth = Math.Clamp(shown.Max(name => name.Length), LeastNameWidth, MostNameWidth);
        var texts = _columns.Select(column => shown.Select(workload => Text(column.Engine, column.Configuration, workload)).Prepend(Title(column)).ToList()).ToList();

        // As many columns as there is room for, from the left.
        var widths = texts.Select(column => column.Max(text => text.Length)).ToList();
        var fitting = 0;
        for (var used = nameWidth; fitting < widths.Count && used + ColumnGap + widths[fitting] <= width; fitting++)
        {
            used += ColumnGap + widths[fitting];
        }

        if (fitting == 0)
        {
            return [];
        }

        var lines = Enumerable.Range(0, shown.Count + headLines)
            .Select(line => Cut(line == 0 ? "" : shown[line - 1], nameWidth).PadRight(nameWidth) + string.Concat(Enumerable.Range(0, fitting).Select(i => new string(' ', ColumnGap) + texts[i][line].PadLeft(widths[i]))))
            .ToList();
        if (rows < _recent.Count)
        {
            lines.Add(Cut(string.Create(CultureInfo.InvariantCulture, $"… and {_recent.Count - rows} more"), width));
        }

        return lines;
    }

    private string Title((string Engine, SweepConfiguration Configuration) column) =>
        _sweep.Engines.Count == 1 ? column.Configuration.Name : $"{EngineCatalog.TitleOf(column.Engine)}: {column.Configuration.Name}";

    private string Text(string engine, SweepConfiguration configuration, string workload)
    {
        if (!_times.TryGetValue(new Cell(engine, configuration.Name, workload), out var own))
        {
            return "";
        }

        if (_sweep.IsBaseline(engine, configuration))
        {
            return Time(own);
        }

        return _times.TryGetValue(new Cell(engine, _sweep.BaselineOf(engine, configuration), workload), out var baseline)
            ? string.Create(CultureInfo.InvariantCulture, $"{Median(baseline) / Median(own):0.00}x")
            : Time(own);
    }

    private static string Time(List<double> sorted) => $"{MarkdownTable.Time(Median(sorted), "0.0")} ms";

    private static double Median(List<double> sorted) => MathNet.Numerics.Statistics.SortedArrayStatistics.Median([.. sorted]);

    private static string Cut(string text, int width) => text.Length <= width ? text : text[..(width - 1)] + "…";
}
