using Harness.Experiments.Results;

namespace Harness.Experiments.Statistics;

/// <summary>How the processes of a cell went.</summary>
internal sealed class CellSteadiness
{
    private readonly Measurement[] _rows;
    private readonly ProcessSteadiness[] _processes;

    private CellSteadiness(Measurement[] rows, ProcessSteadiness[] processes)
    {
        (_rows, _processes) = (rows, processes);
    }

    /// <summary>The processes, in the order of rounds.</summary>
    public IReadOnlyList<ProcessSteadiness> Processes => _processes;

    /// <summary>Whether some process has enough iterations for a judgement.</summary>
    public bool IsJudged => Array.Exists(_processes, process => process.Class != SteadinessClass.TooShort);

    /// <summary>Whether processes of the same cell went in different ways, as far as that can be told.</summary>
    public bool IsInconsistent => _processes.Select(process => process.Class).Where(kind => kind != SteadinessClass.TooShort).Distinct().Count() > 1;

    /// <summary>Whether some process ended slower than it had been, or without a steady state.</summary>
    public bool IsDoubtful => Array.Exists(_processes, process => process.Class is SteadinessClass.SlowDown or SteadinessClass.NoSteadyState);

    /// <summary>The number of processes of a class.</summary>
    public int Count(SteadinessClass kind)
    {
        var count = 0;
        foreach (var process in _processes)
        {
            count += process.Class == kind ? 1 : 0;
        }

        return count;
    }

    /// <summary>A process with its iterations and segments, which are not kept: they are found anew from its row.</summary>
    /// <param name="process">Its place in <see cref="Processes"/>.</param>
    public Steadiness Trace(int process) => Steadiness.Of(_rows[process]);

    /// <summary>Classifies the processes of each cell of a sweep. Rows of programs that give several have the iterations of the whole process.</summary>
    public static Dictionary<Cell, CellSteadiness> Of(IEnumerable<Measurement> rows) =>
        Of(rows.GroupBy(row => row.Key.Cell).ToDictionary(group => group.Key, group => group.ToArray()));

    /// <summary>The same of rows that are grouped by cell already.</summary>
    public static Dictionary<Cell, CellSteadiness> Of(IReadOnlyDictionary<Cell, Measurement[]> cells)
    {
        var scan = new SteadinessScan();
        return cells.ToDictionary(cell => cell.Key, cell =>
        {
            Measurement[] ordered = [.. cell.Value.OrderBy(row => row.Repetition)];
            return new CellSteadiness(ordered, Array.ConvertAll(ordered, scan.Classify));
        });
    }
}
