using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Reports.Tables;

/// <summary>
/// Ranks engines and configurations by the geometric mean of their times. Those whose mean is not shown to differ from that of the first of their group share
/// its rank. Who is first was chosen by the same times, so that the intervals are those of all pairs together.
/// </summary>
internal static class RankTable
{
    /// <summary>Makes the table.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="summary">Its statistics.</param>
    /// <param name="engines">The engines that are ranked.</param>
    public static ResultTable Create(SweepDefinition sweep, SweepSummary summary, IReadOnlyList<string> engines)
    {
        var workloads = summary.CommonWorkloads(engines);
        if (workloads.Count == 0)
        {
            throw new HarnessException($"no workload of sweep '{sweep.Name}' was measured in every configuration on {string.Join(" and ", engines)}: there is no common ground to rank on; choose one engine with --engine");
        }

        var competitors = (
            from engine in engines
            from configuration in sweep.Configurations
            let cells = workloads.Select(workload => summary.Find(engine, configuration.Name, workload.Name)).OfType<CellSummary>().ToArray()
            where cells.Length == workloads.Count
            let times = cells.Select(cell => cell.Time.Value).ToArray()
            select (Name: (Engine: engine, Configuration: configuration.Name), Times: times, Mean: Math.Exp(times.Average(time => Math.Log(time)))))
            .OrderBy(competitor => competitor.Mean)
            .ToList();
        var table = new ResultTable(
        [
            new("rank", "0"), new("engine"), new("configuration"), new("time", "0.00"), new("time_low", "0.00"), new("time_high", "0.00"),
            new("fastest_in", "0"), new("worst", "0.00"), new("worst_workload"), new("code_bytes", "0"),
        ]);
        var least = workloads.Select((_, i) => competitors.Min(competitor => competitor.Times[i])).ToArray();
        var pairs = competitors.Count * (competitors.Count - 1) / 2;
        var widening = MedianInterval.WideningFor(Math.Max(1, pairs));
        var hasIntervals = true;
        var (rank, leader) = (1, competitors[0].Name);
        for (var i = 0; i < competitors.Count; i++)
        {
            var competitor = competitors[i];
            var toBest = summary.Mean(workloads, competitor.Name, competitors[0].Name)!.Value.Measured.Widened(widening);
            hasIntervals &= toBest.HasInterval;
            var toLeader = leader == competitors[0].Name ? toBest : summary.Mean(workloads, competitor.Name, leader)!.Value.Measured.Widened(widening);
            if (i > 0 && toLeader is { HasInterval: true, Low: > 1 })
            {
                (rank, leader) = (i + 1, competitor.Name);
            }

            var losses = competitor.Times.Select((time, workload) => time / least[workload]).ToArray();
            var worst = Array.IndexOf(losses, losses.Max());
            table.Add(
                rank, competitor.Name.Engine, competitor.Name.Configuration, toBest.Value,
                toBest.HasInterval && i > 0 ? toBest.Low : null, toBest.HasInterval && i > 0 ? toBest.High : null,
                competitor.Times.Where((time, workload) => time <= least[workload]).Count(), losses[worst], workloads[worst].Name,
                CodeBytes(summary, workloads, competitor.Name));
        }

        AddNotes(table, summary, workloads, pairs, hasIntervals);
        return table;
    }

    /// <summary>The optimized code of all programs: all workloads of a program have that of its process, which counts once. Null where the engine does not tell.</summary>
    private static double? CodeBytes(SweepSummary summary, IReadOnlyList<Workload> workloads, (string Engine, string Configuration) competitor)
    {
        var sum = workloads.DistinctBy(workload => workload.Program).Sum(workload => summary.Find(competitor.Engine, competitor.Configuration, workload.Name)!.OptimizedBytes);
        return double.IsNaN(sum) ? null : sum;
    }

    private static void AddNotes(ResultTable table, SweepSummary summary, IReadOnlyList<Workload> workloads, int pairs, bool hasIntervals)
    {
        table.AddNote($"time: geometric mean over {workloads.Count} workloads in relation to the first, with its interval, which is one of 95% for {(pairs > 1 ? $"all {pairs} pairs together" : "the pair")}; worst: time in relation to the fastest of all in that workload.");
        table.AddNote(hasIntervals
            ? "Equal ranks: no difference from the first of that rank is shown."
            : $"With fewer than {MedianInterval.LeastValues} repetitions nothing tells chance from difference: the order of equals is chance.");
        var missing = summary.Workloads.Except(workloads).Select(workload => workload.Name).ToList();
        if (missing.Count > 0)
        {
            table.AddNote($"Not measured everywhere, and so left out: {string.Join(", ", missing)}.");
        }

        foreach (var disturbance in summary.Disturbances)
        {
            table.AddNote(disturbance);
        }
    }
}
