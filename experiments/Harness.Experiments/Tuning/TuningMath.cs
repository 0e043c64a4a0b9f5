using Harness.Experiments.Statistics;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Tuning;

/// <summary>
/// Ratios to the baseline, round by round, and the objective made of them. Means are over programs: the benchmarks that one program times itself are averaged first, unless the specification
/// weighs benchmarks. All other quantities are a program's, whatever it times, and count once.
/// </summary>
internal sealed class TuningMath(TuningSpecification specification)
{
    /// <summary>What exceeding a constraint by some share adds to the objective.</summary>
    private const double PenaltyWeight = 10;

    /// <summary>Standard errors of the median ratio by which the limit of times must be exceeded before a candidate counts as breaking it: of many programs in few rounds, some are always measured beyond a limit that they keep.</summary>
    private const double StandardErrors = 2;

    /// <summary>Weight, in rounds, of how much all workloads' times vary when it is estimated how much a single one's do.</summary>
    private const double SharedRounds = 4;

    /// <summary>The times of a workload by round.</summary>
    public static Sample SampleOf(IEnumerable<Evaluation> rows, string workload) =>
        new(rows.Where(row => row.Workload == workload && row.ExecuteMs > 0).Select(row => (row.Round, row.ExecuteMs)));

    /// <summary>The geometric means of the times of several workloads by round; rounds that lack one of them are left out.</summary>
    public static Sample SampleOf(IReadOnlyList<Evaluation> rows, IReadOnlyList<string> workloads) => workloads.Count == 1
        ? SampleOf(rows, workloads[0])
        : new(rows.Where(row => workloads.Contains(row.Workload) && row.ExecuteMs > 0)
            .GroupBy(row => row.Round)
            .Where(round => round.Count() == workloads.Count)
            .Select(round => (round.Key, Math.Exp(round.Average(row => Math.Log(row.ExecuteMs))))));

    /// <summary>What counts once in means of times: the workloads of a program together, or each workload.</summary>
    public IReadOnlyList<IReadOnlyList<string>> UnitsOf(IEnumerable<string> workloads) => specification.WeighsBenchmarks
        ? [.. workloads.Select(workload => (string[])[workload])]
        : [.. workloads.GroupBy(specification.ProgramOf).Select(program => (string[])[.. program])];

    /// <summary>Mean of the logarithms of times in relation to the baseline's of the same rounds; not a number where a workload has none.</summary>
    public double TimeOf(IReadOnlyList<Evaluation> rows, IReadOnlyList<Evaluation> baseline, IReadOnlyList<string> workloads) =>
        UnitsOf(workloads).Average(unit => Math.Log(SampleOf(rows, unit).DividedBy(SampleOf(baseline, unit)).Median));

    /// <summary>
    /// The same of any quantity. Where it is a process's, a program without any on either side is left out; not a number where all are, since then nobody knows, and where a program has some on one side alone in most of the
    /// rounds: that is neither a ratio nor no change.
    /// </summary>
    public double LogarithmOf(TuningQuantity quantity, IReadOnlyList<Evaluation> rows, IReadOnlyList<Evaluation> baseline, IReadOnlyList<string> workloads) =>
        quantity == TuningQuantity.Time ? TimeOf(rows, baseline, workloads) : MeanOfPrograms(rows, baseline, workloads, quantity.Read);

    /// <summary>All quantities as ratios, those that decide nothing among them.</summary>
    public TuningRatios RatiosOf(IReadOnlyList<Evaluation> rows, IReadOnlyList<Evaluation> baseline, IReadOnlyList<string> workloads) =>
        new(TuningQuantity.All.ToDictionary(quantity => quantity, quantity => Math.Exp(LogarithmOf(quantity, rows, baseline, workloads))));

    /// <summary>
    /// What broken constraints add to the objective; 0 where none is. Every workload is held to the limit of times, and their excess is averaged as times are. Only what exceeds the limit by more than errors of the measurement
    /// do counts: else the noise of single programs, of which the worst ones are taken, would say more than the objective. Of one round of the baseline errors are not known, and nothing is said of times.
    /// Not a number where a quantity that is limited is not known.
    /// </summary>
    /// <param name="rows">Rows of a candidate.</param>
    /// <param name="baseline">Rows of the baseline, of all rounds that there are: how much times vary is learnt from them.</param>
    /// <param name="workloads">What was measured.</param>
    public double PenaltyOf(IReadOnlyList<Evaluation> rows, IReadOnlyList<Evaluation> baseline, IReadOnlyList<string> workloads)
    {
        var excess = double.IsFinite(specification.Constraints.Slower) ? ExcessOfTimes(rows, baseline, workloads) : 0;
        foreach (var quantity in TuningQuantity.Costs.Where(specification.Constraints.Means.ContainsKey))
        {
            excess += Math.Max(0, LogarithmOf(quantity, rows, baseline, workloads) - Math.Log(specification.Constraints.LimitOf(quantity)));
        }

        return PenaltyWeight * excess;
    }

    /// <summary>The objective, which is a mean of logarithms of ratios; what has no weight need not be known.</summary>
    public double ObjectiveOf(IReadOnlyList<Evaluation> rows, IReadOnlyList<Evaluation> baseline, IReadOnlyList<string> workloads)
    {
        var (sum, weights) = (0.0, 0.0);
        foreach (var quantity in specification.Objective.Quantities)
        {
            var weight = specification.Objective.WeightOf(quantity);
            sum += weight * LogarithmOf(quantity, rows, baseline, workloads);
            weights += weight;
        }

        return sum / weights;
    }

    /// <summary>The objective in one round.</summary>
    public double ObjectiveOfRound(IReadOnlyList<Evaluation> round, IReadOnlyList<Evaluation> baseline) => ObjectiveOf(round, baseline, [.. round.Select(row => row.Workload)]);

    /// <summary>The objective of each round in relation to the baseline's of the same round, as logarithms of factors: above 0 is better. Rounds of which it is not known are left out.</summary>
    public IReadOnlyList<double> GainsOf(IReadOnlyList<Evaluation> rows, IReadOnlyList<Evaluation> baseline) =>
        [.. rows.GroupBy(row => row.Round).Select(round => -ObjectiveOfRound([.. round], baseline)).Where(double.IsFinite)];

    /// <summary>The median of such gains as a factor, with its interval where there are enough rounds.</summary>
    public static Estimate GainOf(IReadOnlyList<double> gains) => MedianInterval.Of(Sample.Of(gains.Select(Math.Exp)));

    /// <summary>A candidate with what its rows say of it.</summary>
    /// <param name="trial">The candidate.</param>
    /// <param name="own">Its rows.</param>
    /// <param name="baseline">Rows of the baseline, of its rounds and of others: how much times vary is learnt from all of them.</param>
    /// <param name="workloads">What was measured.</param>
    public Trial Score(Trial trial, IReadOnlyList<Evaluation> own, IReadOnlyList<Evaluation> baseline, IReadOnlyList<string> workloads)
    {
        if (own.Where(row => !row.IsOk).OrderBy(row => row.Round).ThenBy(row => row.Workload, StringComparer.Ordinal).FirstOrDefault() is { } failed)
        {
            return trial with { Score = double.PositiveInfinity, Objective = double.NaN, Failure = $"{failed.Workload}: {failed.Status}" };
        }

        // Ratios are within rounds, which are few of those that the baseline of a long search has.
        var rounds = own.Select(row => row.Round).ToHashSet();
        List<Evaluation> beside = [.. baseline.Where(row => rounds.Contains(row.Round))];
        var ratios = RatiosOf(own, beside, workloads);
        var objective = ObjectiveOf(own, beside, workloads);
        var score = objective + PenaltyOf(own, baseline, workloads);
        return trial with
        {
            Score = double.IsNaN(score) ? double.PositiveInfinity : score,
            Objective = objective,
            Failure = double.IsNaN(score) ? (specification.Deciding.FirstOrDefault(quantity => double.IsNaN(ratios[quantity])) ?? TuningQuantity.Time).Unknown : null,
            Ratios = ratios,
            Rounds = rounds.Count,
        };
    }

    private double ExcessOfTimes(IReadOnlyList<Evaluation> rows, IReadOnlyList<Evaluation> baseline, IReadOnlyList<string> workloads)
    {
        var deviations = DeviationsOf(baseline, workloads);
        return UnitsOf(workloads).Average(unit => unit.Average(ExcessOf));

        double ExcessOf(string workload)
        {
            var ratios = SampleOf(rows, workload).DividedBy(SampleOf(baseline, workload));

            // A ratio has the errors of two processes.
            var error = deviations[workload] * Math.Sqrt(2 * MedianInterval.RelativeVariance(ratios.Count));
            return Math.Max(0, Math.Log(ratios.Median / specification.Constraints.Slower) - (StandardErrors * error));
        }
    }

    /// <summary>
    /// The standard deviation, over processes, of the logarithm of each workload's time, apart from what hits all workloads of a round alike. Infinite where the baseline has one whole round, which does not tell.
    /// </summary>
    private static Dictionary<string, double> DeviationsOf(IReadOnlyList<Evaluation> baseline, IReadOnlyList<string> workloads)
    {
        var wanted = workloads.ToHashSet();
        List<Dictionary<string, double>> rounds =
        [
            .. baseline.Where(row => row.ExecuteMs > 0 && wanted.Contains(row.Workload))
                .GroupBy(row => row.Round)
                .Where(round => round.Count() == wanted.Count)
                .Select(WithoutItsMean),
        ];
        if (rounds.Count < 2)
        {
            return wanted.ToDictionary(workload => workload, _ => double.PositiveInfinity);
        }

        var squares = wanted.ToDictionary(workload => workload, workload => SquaresOf([.. rounds.Select(round => round[workload])]));
        var shared = squares.Values.Average() / (rounds.Count - 1);

        // The mean of a round takes its share of each workload's own variance with it.
        var taken = wanted.Count > 1 ? wanted.Count / (wanted.Count - 1.0) : 1;
        return squares.ToDictionary(pair => pair.Key, pair => Math.Sqrt(taken * (pair.Value + (SharedRounds * shared)) / (rounds.Count - 1 + SharedRounds)));

        Dictionary<string, double> WithoutItsMean(IEnumerable<Evaluation> round)
        {
            var logarithms = round.ToDictionary(row => row.Workload, row => Math.Log(row.ExecuteMs));
            var mean = wanted.Count > 1 ? logarithms.Values.Average() : 0;
            return logarithms.ToDictionary(pair => pair.Key, pair => pair.Value - mean);
        }

        static double SquaresOf(double[] values)
        {
            var mean = values.Average();
            return values.Sum(value => (value - mean) * (value - mean));
        }
    }

    private double MeanOfPrograms(IReadOnlyList<Evaluation> rows, IReadOnlyList<Evaluation> baseline, IReadOnlyList<string> workloads, Func<Evaluation, double> quantity)
    {
        var logarithms = new List<double>();

        // All rows of a process have the same.
        foreach (var workload in workloads.DistinctBy(specification.ProgramOf))
        {
            var reference = ByRound(baseline);
            List<(double Own, double Reference)> some = [.. ByRound(rows).Select(pair => (Own: pair.Value, Reference: reference.GetValueOrDefault(pair.Key))).Where(pair => pair.Own > 0 || pair.Reference > 0)];
            if (some.Count == 0)
            {
                continue;
            }

            double[] known = [.. some.Where(pair => pair.Own > 0 && pair.Reference > 0).Select(pair => pair.Own / pair.Reference)];
            logarithms.Add(2 * known.Length > some.Count ? Math.Log(known.Median()) : double.NaN);

            Dictionary<int, double> ByRound(IReadOnlyList<Evaluation> of) => of.Where(row => row.Workload == workload).ToDictionary(row => row.Round, quantity);
        }

        return logarithms.Count == 0 ? double.NaN : logarithms.Average();
    }
}
