using Harness.Experiments.Statistics;

namespace Harness.Experiments.Tuning;

/// <summary>Ratios to the baseline, round by round, and the objective made of them.</summary>
internal sealed class TuningMath(TuningSpecification specification)
{
    /// <summary>The times of a program by round.</summary>
    public static Sample SampleOf(IEnumerable<Evaluation> rows, string program) => SampleOf(rows, program, row => row.ExecuteMs);

    /// <summary>A quantity of each program in relation to the baseline's of the same rounds; programs where either is 0 are left out.</summary>
    public IReadOnlyList<Sample> Ratios(IReadOnlyList<Evaluation> rows, IReadOnlyList<Evaluation> baseline, IEnumerable<string> programs, Func<Evaluation, double> quantity) =>
        [.. programs.Select(program => SampleOf(rows, program, quantity).DividedBy(SampleOf(baseline, program, quantity))).Where(ratio => ratio.Count > 0)];

    /// <summary>Mean of the logarithms of medians; 0 where there are none.</summary>
    public double MeanLog(IReadOnlyList<Sample> ratios) => ratios.Count == 0 ? 0 : ratios.Average(ratio => Math.Log(ratio.Median));

    /// <summary>The objective, of logarithms of ratios.</summary>
    public double Combine(double time, double code, double compile) =>
        ((specification.Objective.Time * time) + (specification.Objective.Code * code) + (specification.Objective.Compile * compile))
        / (specification.Objective.Time + specification.Objective.Code + specification.Objective.Compile);

    /// <summary>The objective in one round.</summary>
    public double ObjectiveOfRound(IReadOnlyList<Evaluation> round, IReadOnlyList<Evaluation> baseline)
    {
        var programs = round.Select(row => row.Program).ToList();
        return Combine(
            MeanLog(Ratios(round, baseline, programs, row => row.ExecuteMs)),
            MeanLog(Ratios(round, baseline, programs, row => row.OptimizedBytes)),
            MeanLog(Ratios(round, baseline, programs, row => row.CompileMs)));
    }

    private static Sample SampleOf(IEnumerable<Evaluation> rows, string program, Func<Evaluation, double> quantity) =>
        new(rows.Where(row => row.Program == program && quantity(row) > 0).Select(row => (row.Round, quantity(row))));
}
