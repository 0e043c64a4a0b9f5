using Harness.Experiments.Tuning.Search;

namespace Harness.Experiments.Tuning;

/// <summary>What a search method is told of the candidates so far. It is made anew of all of them for each proposal, so that a run that goes on tells the same.</summary>
internal static class TrialHistory
{
    /// <summary>How much more a failure counts as than the worst that is known, as a logarithm: too little to hide differences between the others.</summary>
    private const double FailureMargin = 0.1;

    /// <summary>The candidates as observations. A failure is worse than everything that was measured, and at least e times as bad as the default; and yet a number.</summary>
    /// <param name="objective">What the parts of an observation are of.</param>
    /// <param name="trials">The candidates, in order.</param>
    public static List<Observation> Of(TuningObjective objective, IReadOnlyList<Trial> trials)
    {
        var scores = WithFailures(trials.Select(trial => trial.Score));
        var parts = trials.Select(trial => PartsOf(objective, trial)).ToList();
        var columns = Enumerable.Range(0, objective.Quantities.Count).Select(part => WithFailures(parts.Select(values => values[part]))).ToList();
        return [.. trials.Select((trial, i) => new Observation(trial.Point, scores[i], [.. columns.Select(column => column[i])]))];
    }

    /// <summary>What the objective of a candidate is made of, each as a logarithm with what broken constraints add, so that a front of what is not allowed draws no search; not numbers where it has no score.</summary>
    public static double[] PartsOf(TuningObjective objective, Trial trial) =>
    [
        .. objective.Quantities.Select(quantity => double.IsFinite(trial.Score) ? Math.Log(trial.Ratios[quantity]) + trial.Penalty : double.NaN),
    ];

    private static double[] WithFailures(IEnumerable<double> values)
    {
        double[] all = [.. values];
        var failure = Math.Max(1, all.Where(double.IsFinite).DefaultIfEmpty(0).Max()) + FailureMargin;
        return [.. all.Select(value => double.IsFinite(value) ? value : failure)];
    }
}
