using Harness.Experiments.Engines;
using Harness.Experiments.Results;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Reports.Tables;

/// <summary>Which part of results is shown, and in which form: rows as they are, groups of them, or one column's values across.</summary>
internal sealed record ResultsSelection
{
    private static readonly string[] DefaultColumns = ["engine", "configuration", "workload", "repetition", "execute_ms", "compile_ms", "optimized_bytes", "tier_ups", "deopts"];
    private static readonly string[] DefaultGroups = ["engine", "configuration", "workload"];

    /// <summary>The measured numbers that are of a row itself. The others are of the process, and the same in all rows that it gives.</summary>
    private static readonly HashSet<string> NumbersOfRows = ["repetition", "execute_ms", "execute_min_ms", "execute_max_ms", "timed_calls"];

    /// <summary>Conditions that rows have to meet.</summary>
    public IReadOnlyList<string> Where { get; init; } = [];

    /// <summary>The columns that are shown; empty for those of most interest.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>The columns whose equal values make a group; empty for none.</summary>
    public IReadOnlyList<string> By { get; init; } = [];

    /// <summary>The column whose values become columns; null for none.</summary>
    public string? Pivot { get; init; }

    /// <summary>What is shown of a group of values.</summary>
    public GroupStatistic Statistic { get; init; }

    /// <summary>The column to sort by, with a minus sign before it for the largest first; null for the order of measuring.</summary>
    public string? Sort { get; init; }

    /// <summary>Most rows that are shown.</summary>
    public int Limit { get; init; } = int.MaxValue;

    /// <summary>Makes the table.</summary>
    /// <exception cref="HarnessException">A column or condition is wrong.</exception>
    public ResultTable Apply(ResultsView view)
    {
        var filters = Where.Select(text => RowFilter.Parse(text, view)).ToList();
        var rows = view.Rows.Where(row => filters.TrueForAll(filter => filter.Accepts(row))).ToList();
        var table = Pivot is not null ? MakePivot(view, rows) : By.Count > 0 ? MakeGroups(view, rows) : MakeRows(view, rows);
        if (rows.Count == 0)
        {
            table.AddNote("No row meets the conditions.");
        }

        return Shorten(table);
    }

    private ResultTable MakeRows(ResultsView view, List<Measurement> rows)
    {
        var columns = (Columns.Count > 0 ? Columns : [.. DefaultColumns, .. view.DifferingKnobs().Select(knob => knob.Name)]).Select(view.Find).ToList();
        var table = new ResultTable([.. columns.Select(Describe)]);
        foreach (var row in rows)
        {
            table.Add([.. columns.Select(column => column.Read(row))]);
        }

        return table;
    }

    private ResultTable MakeGroups(ResultsView view, List<Measurement> rows)
    {
        var groups = By.Select(view.Find).ToList();
        var values = (Columns.Count > 0 ? Columns : ["execute_ms", "compile_ms", "optimized_bytes", "tier_ups", "deopts"]).Select(view.FindNumber).ToList();
        var table = new ResultTable([.. groups.Select(Describe), new TableColumn("n", "0"), .. values.Select(Describe)]);
        foreach (var (key, members) in Group(rows, groups))
        {
            table.Add([.. key, members.Count, .. values.Select(column => (object?)Summarize(members, column))]);
        }

        NoteWhatIsObservedOnce(table, rows, values);
        return table;
    }

    private ResultTable MakePivot(ResultsView view, List<Measurement> rows)
    {
        var across = view.Find(Pivot!);
        var metric = view.FindNumber(Columns.Count switch { 0 => "execute_ms", 1 => Columns[0], _ => throw new HarnessException("a pivot shows one column of numbers; name one with --columns") });
        var groups = (By.Count > 0 ? By : DefaultGroups.Where(name => name != Pivot)).Select(view.Find).ToList();
        var titles = rows.Select(row => TableWriter.Exact(across.Read(row))).Distinct().ToList();
        const int most = 200;
        if (titles.Count > most)
        {
            throw new HarnessException($"column '{Pivot}' has {titles.Count} values, too many to be columns (at most {most}); pivot by another, or use --where");
        }

        var table = new ResultTable([.. groups.Select(Describe), .. titles.Select(title => Describe(metric) with { Name = title })]);
        foreach (var (key, members) in Group(rows, groups))
        {
            var cells = members.GroupBy(row => TableWriter.Exact(across.Read(row))).ToDictionary(cell => cell.Key, cell => Summarize([.. cell], metric));
            table.Add([.. key, .. titles.Select(title => cells.TryGetValue(title, out var value) ? (object?)value : null)]);
        }

        table.AddNote($"{Statistic.ToString().ToLowerInvariant()} of {metric.Name} by {Pivot}");
        NoteWhatIsObservedOnce(table, rows, [metric]);
        return table;
    }

    private static List<(object?[] Key, List<Measurement> Members)> Group(List<Measurement> rows, List<ResultColumn> columns)
    {
        var groups = new Dictionary<string, (object?[] Key, List<Measurement> Members)>();
        foreach (var row in rows)
        {
            var key = columns.Select(column => column.Read(row)).ToArray();
            var text = string.Join('\0', key.Select(TableWriter.Exact));
            if (!groups.TryGetValue(text, out var group))
            {
                groups.Add(text, group = (key, []));
            }

            group.Members.Add(row);
        }

        return [.. groups.Values];
    }

    /// <summary>Rows that have one observation over and over are no sample: they have no deviation, and count once in a sum.</summary>
    private double Summarize(List<Measurement> rows, ResultColumn column)
    {
        if (Statistic == GroupStatistic.Deviation && rows.Exists(row => EngineCatalog.IsObservedOnce(row.Engine, column.Name)))
        {
            return double.NaN;
        }

        var summed = Statistic == GroupStatistic.Sum ? rows.DistinctBy(row => ObservationOf(row, column)) : rows;
        var known = summed.Select(column.ReadNumber).Where(value => !double.IsNaN(value)).ToArray();
        return known.Length == 0 ? double.NaN : Statistic switch
        {
            GroupStatistic.Median => known.Median(),
            GroupStatistic.Mean => known.Mean(),
            GroupStatistic.Minimum => known.Min(),
            GroupStatistic.Maximum => known.Max(),
            GroupStatistic.Deviation => known.StandardDeviation(),
            GroupStatistic.Sum => known.Sum(),
            _ => throw new ArgumentOutOfRangeException(nameof(rows), Statistic, null),
        };
    }

    /// <summary>Names what a row's value was observed in: the row itself, its process, or, where one process has told it for all rows of the cell, that process, of which only what it told is known.</summary>
    private static (string Engine, string Configuration, string Program, string Workload, int Repetition, double Told) ObservationOf(Measurement row, ResultColumn column)
    {
        if (EngineCatalog.IsObservedOnce(row.Engine, column.Name))
        {
            return (row.Engine, row.Configuration, row.Program, "", 0, column.ReadNumber(row));
        }

        var isOfRow = NumbersOfRows.Contains(column.Name) || !ResultsView.Measured.Contains(column);
        return (row.Engine, row.Configuration, row.Program, isOfRow ? row.Workload : "", row.Repetition, 0);
    }

    private static void NoteWhatIsObservedOnce(ResultTable table, List<Measurement> rows, List<ResultColumn> columns)
    {
        foreach (var engine in rows.Select(row => row.Engine).Distinct())
        {
            var observed = columns.Where(column => EngineCatalog.IsObservedOnce(engine, column.Name)).Select(column => column.Name).ToList();
            if (observed.Count > 0)
            {
                table.AddNote($"{string.Join(", ", observed)}: {EngineCatalog.TitleOf(engine)} tells this only in a process of the cell that nobody times; all rows of a cell have what that one told, which is one observation, has no deviation, and counts once in a sum.");
            }
        }
    }

    private ResultTable Shorten(ResultTable table)
    {
        IEnumerable<object?[]> rows = table.Rows;
        if (Sort is { } sort)
        {
            var descending = sort.StartsWith('-');
            var name = descending ? sort[1..] : sort;
            var index = table.Columns.Select(column => column.Name).ToList().IndexOf(name);
            if (index < 0)
            {
                throw new HarnessException($"the table has no column '{name}' to sort by; it has {string.Join(", ", table.Columns.Select(column => column.Name))}");
            }

            var knownFirst = rows.OrderBy(row => row[index] is null or double.NaN);
            rows = descending ? knownFirst.ThenByDescending(row => row[index], CellOrder.Instance) : knownFirst.ThenBy(row => row[index], CellOrder.Instance);
        }

        var shortened = new ResultTable(table.Columns);
        foreach (var row in rows.Take(Limit))
        {
            shortened.Add(row);
        }

        foreach (var note in table.Notes)
        {
            shortened.AddNote(note);
        }

        if (table.Rows.Count > Limit)
        {
            shortened.AddNote($"{table.Rows.Count - Limit} more rows are not shown.");
        }

        return shortened;
    }

    private static TableColumn Describe(ResultColumn column) => column.Type == typeof(double) && column.Name.EndsWith("_ms", StringComparison.Ordinal)
        ? TableColumn.Time(column.Name, "0.000")
        : new(column.Name, !column.IsNumber ? null : column.Type != typeof(double) ? "0" : "0.####");

    /// <summary>Numbers by size, texts by their letters. What is missing comes last in either direction, which is not asked here.</summary>
    private sealed class CellOrder : IComparer<object?>
    {
        public static CellOrder Instance { get; } = new();

        public int Compare(object? x, object? y) => (x, y) switch
        {
            (null, null) => 0,
            (null, _) => 1,
            (_, null) => -1,
            (string left, string right) => string.CompareOrdinal(left, right),
            (IConvertible left, IConvertible right) when left is not string && right is not string && left is not DateTime =>
                left.ToDouble(null).CompareTo(right.ToDouble(null)),
            (IComparable left, _) => left.CompareTo(y),
            _ => 0,
        };
    }
}

/// <summary>What is shown of a group of values.</summary>
internal enum GroupStatistic
{
    /// <summary>The middle one.</summary>
    Median,

    /// <summary>The arithmetic mean.</summary>
    Mean,

    /// <summary>The smallest.</summary>
    Minimum,

    /// <summary>The largest.</summary>
    Maximum,

    /// <summary>The standard deviation of a sample.</summary>
    Deviation,

    /// <summary>All of them together; what rows have of one process counts once.</summary>
    Sum,
}
