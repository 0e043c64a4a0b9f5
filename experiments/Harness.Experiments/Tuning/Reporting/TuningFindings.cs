using Harness.Experiments.Reports;

namespace Harness.Experiments.Tuning.Reporting;

/// <summary>
/// What the charts of a search show in a few words, for their titles. All of it is of the rounds in which candidates were chosen, which flatter the best: titles with figures of candidates say so, those of the fitted model have
/// it in their subtitles.
/// </summary>
internal static class TuningFindings
{
    /// <summary>A knob, or a pair of them, that explains less of the variance is not named.</summary>
    public const double LittleShare = 0.02;

    private const int MostKnobs = 3;

    /// <summary>By how much the best candidate that keeps the constraints beats the default, and after how many processes it was found.</summary>
    /// <param name="specification">What was searched.</param>
    /// <param name="measured">The candidates that worked, at least one of which keeps the constraints.</param>
    public static string OfProgress(TuningSpecification specification, IReadOnlyList<Trial> measured)
    {
        var feasible = measured.Where(trial => trial.IsFeasible).ToList();
        var best = feasible.OrderBy(trial => trial.Objective).ThenBy(trial => trial.Processes).First();
        var constraints = specification.Constraints.IsAny ? " that keep the constraints" : "";
        return best.Objective < 0
            ? FormattableString.Invariant($"the best of {Count(feasible.Count, "candidate")}{constraints}, found after {best.Processes} processes, is {Math.Exp(-best.Objective):0.000}x as good as the default")
            : FormattableString.Invariant($"none of {Count(feasible.Count, "candidate")}{constraints} is better than the default");
    }

    /// <summary>Which knobs the differences between candidates go back to.</summary>
    public static string OfKnobs(TuningSpecification specification, ResponseModel model)
    {
        var strong = model.Knobs.Where(knob => model.Variance.Single(knob).Share >= LittleShare).ToList();
        return strong.Count == 0
            ? $"no knob alone explains {Percent(LittleShare)} of what differs between candidates"
            : $"what differs between candidates goes back to {string.Join(", ", strong.Take(MostKnobs).Select(knob => $"{specification.Space.Parameters[knob].Name} ({Percent(model.Variance.Single(knob).Share)})"))}{(strong.Count > MostKnobs ? $" and {strong.Count - MostKnobs} more" : "")}";
    }

    /// <summary>Which two knobs explain most together.</summary>
    /// <param name="specification">What was searched.</param>
    /// <param name="model">The response, of two knobs at least.</param>
    public static string OfPairs(TuningSpecification specification, ResponseModel model)
    {
        var (first, second) = model.Variance.Pairs.First();
        var share = model.Variance.Pair(first, second).Share;
        return share < LittleShare
            ? $"no two knobs explain {Percent(LittleShare)} of what differs between candidates beyond what each does alone"
            : $"{specification.Space.Parameters[first].Name} and {specification.Space.Parameters[second].Name} together explain {Percent(share)} of what differs between candidates beyond what each does alone";
    }

    /// <summary>What speed costs: the ends of the front of candidates that keep the constraints, for each cost.</summary>
    public static string OfFront(IReadOnlyList<Trial> measured, IReadOnlyList<TuningQuantity> costs)
    {
        var feasible = measured.Where(trial => trial.IsFeasible).ToList();
        return feasible.Count == 0 ? "no candidate keeps the constraints" : string.Join("; ", costs.Select(OfCost).OfType<string>());

        string? OfCost(TuningQuantity cost)
        {
            var front = TuningFigures.FrontOf(feasible, cost);
            if (front.Count == 0)
            {
                return null;
            }

            var (least, fastest) = (Point(front[0], cost), Point(front[^1], cost));
            return least == fastest ? $"no candidate beats {least} the {cost.Title} in either" : $"from {least} to {fastest} the {cost.Title}";
        }

        static string Point(Trial trial, TuningQuantity cost) => $"{Number(1 / trial.Ratios[TuningQuantity.Time])}x the speed at {Number(trial.Ratios[cost])}x";
    }

    private static string Number(double value) => MarkdownTable.Number(value, "0.00");

    private static string Percent(double share) => MarkdownTable.Number(100 * share, "0") + "%";

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : FormattableString.Invariant($"{count} {what}s");
}
