using Harness.Experiments.Results;
using Harness.Experiments.Statistics;
using Harness.Experiments.Sweeps;

namespace Harness.Experiments.Reports.Tables;

/// <summary>The tables of <c>harness compare</c>: the cells of one sweep, and two sides beside each other.</summary>
internal static class ComparisonTables
{
    private const string OneObservation = "one observation";

    /// <summary>The cells of a sweep: medians, speedups over the baseline, tests; then the geometric means.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="summary">Its results.</param>
    /// <param name="shown">The cells that have a row; null for all.</param>
    public static ResultTable OfSweep(SweepDefinition sweep, SweepSummary summary, IReadOnlySet<Cell>? shown = null)
    {
        var table = new ResultTable(
        [
            new("engine"), new("workload"), new("configuration"), new("n", "0"), TableColumn.Time("ms", "0.00"), TableColumn.Time("ms_low", "0.00"), TableColumn.Time("ms_high", "0.00"),
            new("speedup", "0.00"), new("speedup_low", "0.00"), new("speedup_high", "0.00"), TableColumn.Probability("p_corrected"), new("effect", "0.00"),
        ]);
        foreach (var engine in summary.Engines)
        {
            foreach (var workload in summary.Workloads)
            {
                foreach (var configuration in sweep.Configurations)
                {
                    if (summary.Find(engine, configuration.Name, workload.Name) is not { } cell || shown?.Contains(new Cell(engine, configuration.Name, workload.Name)) == false)
                    {
                        continue;
                    }

                    var speedup = cell.Speedup;
                    table.Add(
                        engine, workload.Name, configuration.Name, cell.Count, cell.Time.Value, Low(cell.Time), High(cell.Time),
                        speedup?.Value, Low(speedup), High(speedup), cell.Difference?.AdjustedPValue, cell.Difference?.EffectSize);
                }
            }

            foreach (var configuration in sweep.Configurations)
            {
                if (summary.MeanSpeedup(engine, configuration.Name)?.Measured is { } mean)
                {
                    table.Add(engine, "geometric mean", configuration.Name, null, null, null, null, mean.Value, Low(mean), High(mean), null, null);
                }
            }
        }

        foreach (var note in Charts.SweepChart.Notes(sweep, summary))
        {
            table.AddNote(note);
        }

        return table;
    }

    /// <summary>Two sides beside each other.</summary>
    /// <param name="a">The first side.</param>
    /// <param name="b">The second side.</param>
    /// <param name="metric">The column that is compared.</param>
    /// <param name="seed">Seed of the bootstrap.</param>
    public static ResultTable OfSides(ComparisonSide a, ComparisonSide b, string metric, int seed)
    {
        var comparison = SideComparison.Of(a, b, metric, seed);
        if (comparison.Cells.Count == 0)
        {
            throw new HarnessException(
                $"{a.Text} and {b.Text} have nothing in common to compare: no workload under the same configuration on the same engine; "
                + $"name one of each, as in '{a.Text},configuration=NAME', and of programs that two suites have, the suite of each side (',suite=NAME')");
        }

        var isTime = metric.EndsWith("_ms", StringComparison.Ordinal);
        var table = new ResultTable(
        [
            new("engine"), new("configuration"), new("workload"), new("a", "0.00") { IsTime = isTime }, new("b", "0.00") { IsTime = isTime },
            new("ratio", "0.000"), new("ratio_low", "0.000"), new("ratio_high", "0.000"), TableColumn.Probability("p_corrected"), new("effect", "0.00"), new("verdict"),
        ]);
        var words = isTime ? ("b is faster", "b is slower") : ("b is smaller", "b is larger");
        foreach (var cell in comparison.Cells)
        {
            var verdict = cell.IsObservedOnce ? OneObservation : cell.Verdict switch { RatioVerdict.Above => words.Item1, RatioVerdict.Below => words.Item2, RatioVerdict.Unclear => "unclear", _ => "no difference shown" };
            table.Add(
                cell.Cell.Engine, cell.Cell.Configuration, cell.Cell.Workload, cell.A.Median, cell.B.Median,
                cell.Ratio?.Value, Low(cell.Ratio), High(cell.Ratio), cell.AdjustedPValue, cell.EffectSize, verdict);
        }

        foreach (var row in comparison.Means())
        {
            var mean = row.Mean.Measured;
            var remark = mean.HasInterval ? "" : row.IsObservedOnce ? OneObservation : "too few repetitions for an interval";
            table.Add(row.Engine, row.Configuration, "geometric mean", null, null, mean.Value, Low(mean), High(mean), null, null, remark);
        }

        AddNotes(table, comparison, a, b, metric);
        return table;
    }

    private static void AddNotes(ResultTable table, SideComparison comparison, ComparisonSide a, ComparisonSide b, string metric)
    {
        table.AddNote($"a is {a.Text}, b is {b.Text}; medians of {metric}; ratio is a ÷ b with its 95% interval.");
        if (a.Suite is not null && b.Suite is not null)
        {
            table.AddNote($"Workloads are those of the same name in the suites: {a.Suite} on side a, {b.Suite} on side b.");
        }

        table.AddNote(comparison.IsPaired
            ? "Compared round by round; Wilcoxon's signed-rank test, corrected after Holm."
            : "Measured in different sweeps, so compared as independent samples, which a drift between them would mislead; Mann–Whitney test, corrected after Holm.");
        if (comparison.Cells.Any(cell => cell.Verdict == RatioVerdict.Unclear))
        {
            table.AddNote("unclear: the test finds a difference, and not in the direction of the median ratio; look at the repetitions.");
        }

        if (comparison.Cells.Any(cell => cell.IsObservedOnce))
        {
            table.AddNote($"{OneObservation}: V8 tells {metric} only in a process of the cell that nobody times, and all rows of the cell have what that one told: there is no interval and no test.");
        }

        foreach (var workloads in comparison.WorkloadsOfMeans())
        {
            var leftOut = workloads.LeftOut.Count == 0 ? "" : $"; without those that are 0 somewhere, or that a configuration lacks: {Charts.SweepChart.ListOf(workloads.LeftOut)}";
            table.AddNote(workloads.Included.Count == 0 ? $"There is no geometric mean of {workloads.Engine}: every workload is 0 somewhere, or a configuration lacks it." : $"Geometric means of {workloads.Engine} are over {workloads.Included.Count} workloads{leftOut}.");
        }

        foreach (var difference in ComparisonSide.Differences(a, b))
        {
            table.AddNote("Careful: " + difference);
        }

        if (ComparisonSide.ChangeOfMeaning(a, b, metric) is { } change)
        {
            table.AddNote("Careful: " + change);
        }

        if (comparison.IsPaired)
        {
            Disturbed("", a);
        }
        else
        {
            Disturbed("a: ", a);
            Disturbed("b: ", b);
        }

        Missing("a", comparison.OnlyA);
        Missing("b", comparison.OnlyB);

        void Disturbed(string side, ComparisonSide of)
        {
            foreach (var disturbance in Disturbances.DescribeAll(of.View.Rows))
            {
                table.AddNote(side + disturbance);
            }
        }

        void Missing(string side, IReadOnlyList<Cell> cells)
        {
            const int named = 12;
            if (cells.Count > 0)
            {
                table.AddNote($"Only in {side}, and so in no mean: {string.Join("; ", cells.Take(named).Select(cell => $"{cell.Workload}, {cell.Configuration}, {cell.Engine}"))}{(cells.Count > named ? $"; and {cells.Count - named} more" : "")}.");
            }
        }
    }

    private static double? Low(Estimate? estimate) => estimate is { HasInterval: true } e ? e.Low : null;

    private static double? High(Estimate? estimate) => estimate is { HasInterval: true } e ? e.High : null;
}
