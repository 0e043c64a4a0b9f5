using Harness.Experiments.Statistics;

namespace Harness.Experiments.Tuning;

/// <summary>Ratios to the baseline, round by round, and the objective made of them.</summary>
internal sealed class TuningMath(TuningSpecification specification)
{
    /// <summary>The times of a workload by round.</summary>
    public static Sample SampleOf(IEnumerable<Evaluation> rows, string workload) => SampleOf(rows, workload, row => row.ExecuteMs);

    /// <summary>A quantity of each workload in relation to the baseline's of the same rounds; workloads where either is 0 are left out.</summary>
    public IReadOnlyList<Sample> Ratios(IReadOnlyList<Evaluation> rows, IReadOnlyList<Evaluation> baseline, IEnumerable<string> workloads, Func<Evaluation, double> quantity) =>
        [.. workloads.Select(workload => SampleOf(rows, workload, quantity).DividedBy(SampleOf(baseline, workload, quantity))).Where(ratio => ratio.Count > 0)];

    /// <summary>Mean of the logarithms of medians; 0 where there are none.</summary>
    public double MeanLog(IReadOnlyList<Sample> ratios) => ratios.Count == 0 ? 0 : ratios.Average(ratio => Math.Log(ratio.Median));

    /// <summary>The geometric mean of medians; not a number where there are none, since the engine does not tell.</summary>
    public double MeanRatio(IReadOnlyList<Sample> ratios) => ratios.Count == 0 ? double.NaN : Math.Exp(MeanLog(ratios));

    /// <summary>The objective, of logarithms of ratios.</summary>
    public double Combine(double time, double code, double compile) =>
        ((specification.Objective.Time * time) + (specification.Objective.Code * code) + (specification.Objective.Compile * compile))
        / (specification.Objective.Time + specification.Objective.Code + specification.Objective.Compile);

    /// <summary>The objective in one round.</summary>
    public double ObjectiveOfRound(IReadOnlyList<Evaluation> round, IReadOnlyList<Evaluation> baseline)
    {
        var workloads = round.Select(row => row.Workload).ToList();
        return Combine(
            MeanLog(Ratios(round, baseline, workloads, row => row.ExecuteMs)),
            MeanLog(Ratios(round, baseline, workloads, row => row.OptimizedBytes)),
            MeanLog(Ratios(round, baseline, workloads, row => row.CompileMs)));
    }

    private static Sample SampleOf(IEnumerable<Evaluation> rows, string workload, Func<Evaluation, double> quantity) =>
        new(rows.Where(row => row.Workload == workload && quantity(row) > 0).Select(row => (row.Round, quantity(row))));
}
