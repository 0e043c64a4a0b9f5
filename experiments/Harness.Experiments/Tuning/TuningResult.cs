using Harness.Experiments.Statistics;

namespace Harness.Experiments.Tuning;

/// <summary>A candidate with its objective and its score, both in relation to the baseline, as logarithms; below 0 is better.</summary>
/// <param name="Knobs">Its values.</param>
/// <param name="Point">Its point in the unit cube.</param>
/// <param name="Score">By what candidates are ranked: the objective with what broken constraints add; infinite where a process failed, or a quantity that decides is not known.</param>
/// <param name="Ratios">Geometric means of all quantities in relation to the baseline.</param>
/// <param name="Rounds">Rounds that it was measured in.</param>
/// <param name="Processes">Processes that the search had started when it was done.</param>
internal sealed record Trial(
    IReadOnlyDictionary<string, string> Knobs, double[] Point, double Score, TuningRatios Ratios, int Rounds, int Processes)
{
    /// <summary>A candidate before it is measured; it counts as failed.</summary>
    public static Trial Unmeasured(IReadOnlyDictionary<string, string> knobs, double[] point) => new(knobs, point, double.PositiveInfinity, TuningRatios.None, 0, 0);

    public string Name => SearchSpace.NameOf(Knobs);

    /// <summary>The objective alone, which is what is shown; not a number where a process failed, or a quantity of it is not known.</summary>
    public double Objective { get; init; } = double.NaN;

    /// <summary>What broken constraints add to the objective; not a number where it has none.</summary>
    public double Penalty => Score - Objective;

    /// <summary>Whether it worked and keeps all constraints, as far as its rounds tell.</summary>
    public bool IsFeasible => double.IsFinite(Score) && Score <= Objective;

    /// <summary>The round of the search that it was measured in first; 0 before it is measured.</summary>
    public int FirstRound { get; init; }

    /// <summary>Whether it was left in the end of a race, and so was measured in all of the race's rounds.</summary>
    public bool HasWon { get; init; }

    /// <summary>Why it has no score, in words; null where it has one, and before it is measured.</summary>
    public string? Failure { get; init; }
}

/// <summary>How the winner does on one set of programs, in rounds that the search never saw.</summary>
/// <param name="Speedup">Geometric mean over the programs, or over the benchmarks where the specification weighs these.</param>
/// <param name="Gain">The objective in relation to the baseline, median over the rounds, as a factor: above 1 is better.</param>
/// <param name="PValue">Signed-rank test of the objective over the rounds, two-sided, corrected after Holm over all such sets.</param>
/// <param name="Ratios">Geometric means of all quantities in relation to the baseline.</param>
/// <param name="Programs">Each program alone; of a program that times several benchmarks, each of these.</param>
internal sealed record Judgement(GeometricMean Speedup, Estimate Gain, double PValue, TuningRatios Ratios, IReadOnlyList<ProgramJudgement> Programs)
{
    /// <summary>The direction of the test: 1 where it finds gains, -1 where losses. Over very many rounds it can be another than that of the median, where a few large losses stand against many small gains.</summary>
    public required int Direction { get; init; }

    /// <summary>Whether a gain is shown: the interval of the objective and the corrected test both say so.</summary>
    public bool IsGain => Gain.Low > 1 && PValue < Holm.Level && Direction > 0;

    /// <summary>A program's speedup with an interval that is widened so that those of all programs have the confidence together.</summary>
    public Estimate TogetherOf(ProgramJudgement program) => program.Speedup.Widened(MedianInterval.WideningFor(Programs.Count));

    /// <summary>
    /// What the rounds tell of a program and the limit of times, by the widened interval: of many programs in few rounds, some are always measured beyond a limit that they keep. Where there is no interval, the value alone
    /// decides, and shows no limit to be kept.
    /// </summary>
    /// <param name="program">One of the programs.</param>
    /// <param name="slower">The limit: largest time in relation to the baseline; infinite for none.</param>
    public LimitVerdict LimitOf(ProgramJudgement program, double slower)
    {
        var speedup = TogetherOf(program);
        if (double.IsInfinity(slower) || speedup.Low * slower >= 1)
        {
            return LimitVerdict.Kept;
        }

        return speedup.High * slower >= 1 || speedup.Value * slower >= 1 ? LimitVerdict.Open : LimitVerdict.Broken;
    }
}

/// <summary>What is shown of a program and a limit.</summary>
internal enum LimitVerdict
{
    /// <summary>It keeps the limit.</summary>
    Kept,

    /// <summary>The rounds do not tell.</summary>
    Open,

    /// <summary>It breaks the limit.</summary>
    Broken,
}

/// <summary>One program or benchmark: its speedup, the p-value of the difference after Holm's correction over the programs of its set, and what the test says.</summary>
internal sealed record ProgramJudgement(string Program, Estimate Speedup, double PValue, RatioVerdict Verdict);

/// <summary>What a tuning run found.</summary>
/// <param name="Trials">All candidates, each once, in the order of their first rounds.</param>
/// <param name="Winner">The one that was confirmed or not; null where all failed.</param>
/// <param name="Confirmed">On train and validation programs, in fresh rounds.</param>
/// <param name="HeldOut">On held-out programs; null where there are none.</param>
/// <param name="Objections">Why the winner is none; empty where it is one.</param>
internal sealed record TuningResult(
    IReadOnlyList<Trial> Trials, Trial? Winner, Judgement? Confirmed, Judgement? HeldOut, IReadOnlyList<string> Objections)
{
    /// <summary>The finalists as they came out of fresh rounds; as the search saw it where there was one alone.</summary>
    public IReadOnlyList<Trial> Finalists { get; init; } = [];

    /// <summary>What the fresh rounds leave open: limits that are neither shown to be kept nor to be broken. A winner that has some is one with reservations.</summary>
    public IReadOnlyList<string> Reservations { get; init; } = [];

    /// <summary>What the rows tell of the machine meanwhile.</summary>
    public SearchEnvironment Environment { get; init; } = SearchEnvironment.None;

    /// <summary>Whether something better than the default was found, which breaks no limit as far as is shown.</summary>
    public bool IsFound => Winner is not null && Objections.Count == 0;
}
