using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Reports.Tables;

/// <summary>How many processes of each cell reached a steady state, in which way, and when.</summary>
internal static class SteadinessTable
{
    /// <summary>Makes the table.</summary>
    /// <param name="cells">The cells.</param>
    /// <param name="shown">Those that have a row; null for all.</param>
    public static ResultTable Create(IReadOnlyDictionary<Cell, CellSteadiness> cells, IReadOnlySet<Cell>? shown = null)
    {
        var table = new ResultTable(
        [
            new("engine"), new("configuration"), new("workload"), new("processes", "0"), new("flat", "0"), new("warm_up", "0"), new("slow_down", "0"),
            new("no_steady_state", "0"), new("too_short", "0"), new("steady_after_iterations", "0"), TableColumn.Time("steady_after_ms", "0.0"),
        ]);
        foreach (var (cell, steadiness) in cells)
        {
            if (shown is not null && !shown.Contains(cell))
            {
                continue;
            }

            var steady = steadiness.Processes.Where(process => process.Class is not (SteadinessClass.TooShort or SteadinessClass.NoSteadyState)).ToList();
            table.Add(
                cell.Engine, cell.Configuration, cell.Workload, steadiness.Processes.Count,
                steadiness.Count(SteadinessClass.Flat), steadiness.Count(SteadinessClass.WarmUp), steadiness.Count(SteadinessClass.SlowDown),
                steadiness.Count(SteadinessClass.NoSteadyState), steadiness.Count(SteadinessClass.TooShort),
                steady.Count == 0 ? null : steady.Select(process => (double)process.SteadyFrom).Median(), steady.Count == 0 ? null : steady.Select(process => process.SteadyAfterMs).Median());
        }

        table.AddNote($"Classes of Barrett et al. (2017), by changepoints of each process's iterations; fewer than {Steadiness.LeastIterations} iterations are too few to tell. Where fewer calls warmed up than were timed the timed ones are looked at, and the steady state is counted from the first of these: the column of results.csv of the same name has the warm-up in it.");
        var inconsistent = cells.Values.Count(cell => cell.IsInconsistent);
        if (inconsistent > 0)
        {
            table.AddNote($"In {inconsistent} of {cells.Count} cells processes went in different ways.");
        }

        if (cells.Values.Any(cell => cell.Processes.Any(process => process.Iterations == Steadiness.MostIterations)))
        {
            table.AddNote($"Of processes with more than {Steadiness.MostIterations} iterations of a kind the last {Steadiness.MostIterations} are looked at: what was before these is in no class, and not counted before the steady state.");
        }

        if (cells.Values.All(cell => cell.Processes.All(process => process.Iterations == 0)))
        {
            table.AddNote("These results have no iterations (format 1): measure again to see them.");
        }

        return table;
    }
}
