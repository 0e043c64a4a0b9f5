using Harness.Experiments.Results;
using Harness.Experiments.Statistics;

namespace Harness.Experiments.Tuning;

/// <summary>How far a search is and what it has found so far, as the rows tell that there are; also of one that runs meanwhile.</summary>
internal sealed record TuningStatus
{
    private static readonly Dictionary<string, double> NothingMeasuredBefore = [];

    /// <summary>The phase that is measured, or that was measured last.</summary>
    public required string Phase { get; init; }

    /// <summary>When it was finished; null where it is not.</summary>
    public required string? FinishedUtc { get; init; }

    /// <summary>The phases that have rows, in the order in which they are measured.</summary>
    public required IReadOnlyList<PhaseStatus> Phases { get; init; }

    /// <summary>What the search may take of each quantity that limits it; empty where nobody knows its specification.</summary>
    public required IReadOnlyList<BudgetStatus> Budget { get; init; }

    /// <summary>The processes that judge, of those that there are at most; null where nobody knows the specification, of a shard, which judges nothing, and of a search that is finished, which judges no more.</summary>
    public required BudgetStatus? Judgement { get; init; }

    /// <summary>Processes of the largest batch: where no more are left of the budget, the search ends.</summary>
    public required int? ProcessesOfBatch { get; init; }

    /// <summary>What the rows tell of the machine meanwhile.</summary>
    public required SearchEnvironment Environment { get; init; }

    /// <summary>The best candidate as the last phase has it that tells; null where there is none so far.</summary>
    public LeadingCandidate? Best => Phases.Select(phase => phase.Best).LastOrDefault(best => best is not null);

    /// <summary>Reads it off the rows of a search.</summary>
    /// <param name="specification">What is searched; null where it cannot be read, so that rows are only counted.</param>
    /// <param name="rows">The rows, in the order in which they were measured.</param>
    /// <param name="provenance">Where they come from; null where that is not known.</param>
    public static TuningStatus Of(TuningSpecification? specification, IReadOnlyList<Evaluation> rows, Provenance? provenance)
    {
        var byPhase = rows.ToLookup(row => row.Phase);
        return new TuningStatus
        {
            Phase = PhaseOf(specification, rows, provenance),
            FinishedUtc = provenance?.FinishedUtc,
            Phases = [.. TuningRun.Phases.Where(byPhase.Contains).Select(phase => PhaseStatus.Of(specification, phase, [.. byPhase[phase]]))],
            Budget = specification is null ? [] : BudgetOf(specification, [.. byPhase[TuningRun.Search]]),
            Judgement = specification is null || provenance?.Shard is not null || provenance?.FinishedUtc is not null ? null : JudgementOf(specification, rows.Where(row => row.Phase != TuningRun.Search)),
            ProcessesOfBatch = specification?.ProcessesOfBatch,
            Environment = SearchEnvironment.Of(rows),
        };
    }

    /// <summary>Rows are appended as they are measured, so that the last one tells. What was merged of shards is searched to its end.</summary>
    private static string PhaseOf(TuningSpecification? specification, IReadOnlyList<Evaluation> rows, Provenance? provenance)
    {
        var last = rows.Count == 0 ? TuningRun.Search : rows[^1].Phase;
        if (last != TuningRun.Search || provenance is not { Shards.Count: > 0 })
        {
            return last;
        }

        return specification?.Finalists == 1 ? TuningRun.Confirmation : TuningRun.Validation;
    }

    private static List<BudgetStatus> BudgetOf(TuningSpecification specification, IReadOnlyList<Evaluation> search)
    {
        var budget = new List<BudgetStatus>();
        if (specification.Processes < int.MaxValue)
        {
            budget.Add(new BudgetStatus("processes", specification.Processes, CountProcesses(specification, search)));
        }

        if (double.IsFinite(specification.Minutes))
        {
            budget.Add(new BudgetStatus("minutes", specification.Minutes, search.Sum(row => row.ProcessSeconds) / 60));
        }

        return budget;
    }

    private static BudgetStatus JudgementOf(TuningSpecification specification, IEnumerable<Evaluation> rows) =>
        new("processes", new TuningCost(specification, NothingMeasuredBefore).JudgementProcesses, CountProcesses(specification, rows));

    /// <summary>Rows of older versions do not name their program, which the specification then does, as long as it has the workload.</summary>
    private static int CountProcesses(TuningSpecification specification, IEnumerable<Evaluation> rows)
    {
        var programs = specification.Train.Concat(specification.Validation).Concat(specification.HeldOut).ToDictionary(workload => workload.Name, workload => workload.Program);
        return rows.Select(row => row.Process with { Program = row.Program.Length > 0 ? row.Program : programs.GetValueOrDefault(row.Workload, row.Workload) }).Distinct().Count();
    }
}

/// <summary>What is measured of a phase.</summary>
/// <param name="Name">Its name in rows.</param>
/// <param name="Rounds">Rounds that were begun.</param>
/// <param name="Candidates">Candidates that were measured beside the default.</param>
/// <param name="Measurements">Rows.</param>
/// <param name="Failed">Rows of processes that failed.</param>
/// <param name="Minutes">Time of the processes, in minutes.</param>
/// <param name="Best">The best of its candidates; null where none has worked so far in a whole round, or nobody knows the specification.</param>
internal sealed record PhaseStatus(string Name, int Rounds, int Candidates, int Measurements, int Failed, double Minutes, LeadingCandidate? Best)
{
    /// <summary>Reads it off the rows of the phase.</summary>
    public static PhaseStatus Of(TuningSpecification? specification, string phase, IReadOnlyList<Evaluation> rows) => new(
        phase,
        rows.Select(row => row.Round).Distinct().Count(),
        rows.Select(row => row.Configuration).Where(name => name != TuningRun.Baseline).Distinct().Count(),
        rows.Count,
        rows.Count(row => !row.IsOk),
        rows.Sum(row => row.ProcessSeconds) / 60,
        specification is null ? null : LeadingCandidate.Of(specification, phase, rows));
}

/// <summary>The candidate that is best so far, as one phase has it.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="Configuration">Its knob values.</param>
/// <param name="Objective">The objective as reports have it of a winner: a factor over the default, the median over the rounds, with its interval where there are enough of them.</param>
/// <param name="Rounds">Rounds that were measured whole, of it and of the default.</param>
/// <param name="IsFeasible">Whether it keeps the constraints, as far as these rounds tell.</param>
internal sealed record LeadingCandidate(string Phase, string Configuration, Estimate Objective, int Rounds, bool IsFeasible)
{
    /// <summary>What is scored are rows, whatever knobs they are of.</summary>
    private static readonly Trial Nameless = Trial.Unmeasured(new Dictionary<string, string>(), []);

    /// <summary>Finds it, by the score that the search goes by; null where no candidate has worked in a whole round. One that has failed is out at once, also in a round that is still measured.</summary>
    public static LeadingCandidate? Of(TuningSpecification specification, string phase, IReadOnlyList<Evaluation> rows)
    {
        string[] workloads = [.. specification.MeasuredIn(phase).Select(workload => workload.Name)];
        var math = new TuningMath(specification);
        var whole = rows.GroupBy(row => row.Configuration).ToDictionary(configuration => configuration.Key, configuration => WholeRounds(configuration, workloads));
        if (workloads.Length == 0 || !whole.TryGetValue(TuningRun.Baseline, out var baseline) || baseline.Count == 0)
        {
            return null;
        }

        var rounds = baseline.Select(row => row.Round).ToHashSet();
        var failed = rows.Where(row => !row.IsOk).Select(row => row.Configuration).ToHashSet();
        var scored = new List<(string Name, List<Evaluation> Rows, Trial Trial)>();
        foreach (var (name, all) in whole.Where(configuration => configuration.Key != TuningRun.Baseline && !failed.Contains(configuration.Key)))
        {
            List<Evaluation> own = [.. all.Where(row => rounds.Contains(row.Round))];
            if (own.Count > 0 && math.Score(Nameless, own, baseline, workloads) is { } trial && double.IsFinite(trial.Score))
            {
                scored.Add((name, own, trial));
            }
        }

        if (scored.Count == 0)
        {
            return null;
        }

        var best = scored.MinBy(candidate => candidate.Trial.Score);
        return new LeadingCandidate(phase, best.Name, TuningMath.GainOf(math.GainsOf(best.Rows, baseline)), best.Trial.Rounds, best.Trial.IsFeasible);
    }

    /// <summary>The rows of the rounds in which all workloads were measured: of those that are measured at the moment, some would stand for all.</summary>
    private static List<Evaluation> WholeRounds(IEnumerable<Evaluation> rows, string[] workloads) =>
    [
        .. rows.Where(row => workloads.Contains(row.Workload))
            .GroupBy(row => row.Round)
            .Where(round => round.Select(row => row.Workload).Distinct().Count() == workloads.Length)
            .SelectMany(round => round),
    ];
}

/// <summary>What a search may take of something, and what it has taken.</summary>
/// <param name="Unit">What is counted.</param>
/// <param name="Limit">How much it may take.</param>
/// <param name="Used">How much it has taken.</param>
internal sealed record BudgetStatus(string Unit, double Limit, double Used)
{
    /// <summary>How much is left.</summary>
    public double Left => Math.Max(0, Limit - Used);
}
