namespace Harness.Experiments.Reports.Tables;

/// <summary>
/// A table as commands print it: named columns, and cells that are still values, so that people get rounded numbers and programs get all digits.
/// <see cref="TableWriter"/> writes it.
/// </summary>
/// <param name="columns">The columns, from left to right.</param>
internal sealed class ResultTable(IReadOnlyList<TableColumn> columns)
{
    private readonly List<object?[]> _rows = [];
    private readonly List<string> _notes = [];

    /// <summary>The columns, from left to right.</summary>
    public IReadOnlyList<TableColumn> Columns { get; } = columns;

    /// <summary>The rows, each with a cell per column.</summary>
    public IReadOnlyList<object?[]> Rows => _rows;

    /// <summary>What a reader has to know to read the table rightly, a line each.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Adds a row.</summary>
    /// <param name="cells">A text, number, truth value or time per column; null where there is nothing to say.</param>
    public void Add(params object?[] cells)
    {
        if (cells.Length != Columns.Count)
        {
            throw new ArgumentException($"a row has {Columns.Count} cells, not {cells.Length}", nameof(cells));
        }

        _rows.Add(cells);
    }

    /// <summary>Adds a line that stands below the table.</summary>
    public void AddNote(string note) => _notes.Add(note);
}

/// <summary>A column of a table.</summary>
/// <param name="Name">Its name in all formats: lower case, words joined by underscores, or the name of a knob.</param>
/// <param name="Format">How its numbers are shown to people, as a format of .NET; null for a column of texts.</param>
internal sealed record TableColumn(string Name, string? Format = null)
{
    /// <summary>Whether it holds texts, which stand on the left of their column.</summary>
    public bool IsText => Format is null;

    /// <summary>Whether it holds times in ms: those below 1 ms are shown with three digits that say something, whatever the format is.</summary>
    public bool IsTime { get; init; }

    /// <summary>Whether it holds probabilities: those that would be rounded to nothing are shown as smaller than the least that is not.</summary>
    public bool IsProbability { get; init; }

    /// <summary>A column of probabilities.</summary>
    /// <param name="name">Its name.</param>
    public static TableColumn Probability(string name) => new(name, "0.####") { IsProbability = true };

    /// <summary>A column of times in ms.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="format">How times from 1 ms on are shown.</param>
    public static TableColumn Time(string name, string format) => new(name, format) { IsTime = true };
}
