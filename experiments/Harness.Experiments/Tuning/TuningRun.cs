using Harness.Experiments.Engines;
using Harness.Experiments.Reports;
using Harness.Experiments.Statistics;
using Harness.Experiments.Tuning.Search;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Tuning;

/// <summary>
/// A search and the judgement of what it found. Each round measures the baseline beside the candidates, in random order. The winner is
/// measured in rounds of its own, then on programs that took no part: what wins a search was lucky as well, and only fresh rounds tell how much.
/// </summary>
/// <param name="specification">What is searched.</param>
/// <param name="evaluator">What measures.</param>
/// <param name="progress">Takes a line of text now and then; null for none.</param>
/// <param name="decided">What a finished run decided, which is then not decided anew; null for a run that searches.</param>
internal sealed class TuningRun(TuningSpecification specification, IEvaluator evaluator, Action<string>? progress = null, TuningRecord? decided = null)
{
    /// <summary>Name of the baseline's configuration.</summary>
    public const string Baseline = "default";

    /// <summary>The phase in which candidates are tried; all others judge.</summary>
    public const string Search = "search";

    /// <summary>The phase in which the winner is chosen among the finalists.</summary>
    public const string Validation = "validation";

    /// <summary>The phase in which the winner is measured on the programs that it was found on.</summary>
    public const string Confirmation = "confirm";

    /// <summary>The phase in which the winner is measured on programs that took no part.</summary>
    public const string HeldOut = "held-out";

    private static readonly string[] PhaseNames = [Search, Validation, Confirmation, HeldOut];

    /// <summary>Batches in a row that brought nothing new, after which a space of few points counts as exhausted.</summary>
    private const int StaleBatches = 25;

    private readonly Dictionary<(string Phase, string Configuration), List<Evaluation>> _measured = [];
    private readonly TuningMath _math = new(specification);
    private int _processes;
    private double _seconds;

    /// <summary>All phases, in the order in which they are measured.</summary>
    public static IReadOnlyList<string> Phases => PhaseNames;

    /// <summary>Searches, chooses, confirms.</summary>
    public TuningResult Run() => Decide() with { Environment = SearchEnvironment.Of([.. _measured.Values.SelectMany(rows => rows)]) };

    private TuningResult Decide()
    {
        var trials = Explore();
        var usable = trials.Where(trial => double.IsFinite(trial.Score)).OrderBy(trial => trial.Score).ToList();
        if (usable.Count == 0)
        {
            return new TuningResult(trials, null, null, null, [$"every candidate failed, the first with {trials[0].Failure}"]);
        }

        var finalists = Remeasure(Finalists(trials, usable));
        var winner = Winner(trials, finalists);
        if (winner.Knobs.Count == 0)
        {
            return new TuningResult(trials, winner, null, null, ["the default is the best"]) { Finalists = finalists };
        }

        progress?.Invoke($"confirming {winner.Name}");
        var (searched, heldOut) = (WorkloadsOf(Confirmation), WorkloadsOf(HeldOut));
        MeasureRounds(Confirmation, 1, specification.ConfirmRounds, [winner], searched);
        MeasureRounds(HeldOut, 1, specification.ConfirmRounds, [winner], heldOut);
        var failed = Rows(Confirmation, winner.Name).Concat(Rows(HeldOut, winner.Name)).FirstOrDefault(row => !row.IsOk);
        if (failed is not null)
        {
            return new TuningResult(trials, winner, null, null, [$"{failed.Workload} failed in phase {failed.Phase}: {failed.Status}"]) { Finalists = finalists };
        }

        var judgements = new List<Judgement> { Judge(Confirmation, winner, searched) };
        if (heldOut.Length > 0)
        {
            judgements.Add(Judge(HeldOut, winner, heldOut));
        }

        var corrected = Holm.Adjust([.. judgements.Select(judgement => judgement.PValue)]);
        for (var i = 0; i < judgements.Count; i++)
        {
            judgements[i] = judgements[i] with { PValue = corrected[i] };
        }

        var (objections, reservations) = Object(judgements);
        return new TuningResult(trials, winner, judgements[0], judgements.ElementAtOrDefault(1), objections) { Finalists = finalists, Reservations = reservations };
    }

    /// <summary>Searches, and judges nothing.</summary>
    /// <returns>The candidates, in the order of their rounds.</returns>
    public List<Trial> Explore()
    {
        var method = SearchMethods.Create(specification.Method, specification.Space, specification.Seed, specification.Trials);
        var trials = new List<Trial>();
        var round = 0;
        var stale = 0;
        while (decided is null
            ? _processes + specification.ProcessesOfBatch <= specification.Processes && _seconds < specification.Minutes * 60 && stale < StaleBatches
            : round == 0 || decided.Has(Search, round + 1))
        {
            var batch = decided is null ? Propose(method, trials) : Decided(Search, round + 1);
            stale = batch.All(candidate => trials.Any(trial => trial.Name == candidate.Name)) ? stale + 1 : 0;
            trials.AddRange(Race(batch, trials, ref round));
            var best = trials.MinBy(trial => trial.Score)!;
            progress?.Invoke(FormattableString.Invariant($"{trials.Count} candidates, {_processes} processes; {Describe(best)}"));
        }

        // Now more is known of how much times vary than when the first ones were scored. A candidate that was in several races is one, with the rounds of all of them. Rows do not tell the order within a batch, which
        // therefore is that of the names.
        var workloads = WorkloadsOf(Search);
        return
        [
            .. trials.GroupBy(trial => trial.Name).Select(Together)
                .OrderBy(trial => trial.FirstRound)
                .ThenBy(trial => trial.Name, StringComparer.Ordinal),
        ];

        Trial Together(IEnumerable<Trial> races)
        {
            var first = races.First();
            return Score(Search, first, workloads, first.FirstRound) with { Processes = first.Processes, HasWon = races.Any(trial => trial.HasWon) };
        }
    }

    /// <summary>The candidates of a round of a finished run, not measured yet; the default where it had no others.</summary>
    private List<Trial> Decided(string phase, int round)
    {
        var names = decided!.Candidates(phase, round);
        return [.. (names.Count > 0 ? names : [Baseline]).Select(specification.Space.Parse).Select(values => Trial.Unmeasured(values, specification.Space.PointOf(values)))];
    }

    private static string Describe(Trial best) => double.IsFinite(best.Score)
        ? FormattableString.Invariant($"best so far {Math.Exp(-best.Objective):0.000} with {best.Name}{(best.IsFeasible ? "" : ", which breaks a constraint")}")
        : $"none has worked so far, the first for {best.Failure}";

    /// <summary>A batch: what is proposed but not yet measured counts as mediocre meanwhile, so that proposals differ.</summary>
    private List<Trial> Propose(ISearchMethod method, List<Trial> trials)
    {
        var history = TrialHistory.Of(specification.Objective, trials);
        var lie = history.Count == 0 ? 0 : history.Select(observation => observation.Value).Median();
        double[]? parts = history.Count == 0 ? null : [.. history[0].Parts!.Select((_, i) => history.Select(observation => observation.Parts![i]).Median())];
        var batch = new List<Trial>();
        for (var i = 0; i < specification.Racing.Candidates; i++)
        {
            var point = specification.Space.Snap(method.Propose(history));
            history.Add(new Observation(point, lie, parts));
            batch.Add(Trial.Unmeasured(specification.Space.Decode(point), point));
        }

        return batch;
    }

    private List<Trial> Race(List<Trial> batch, List<Trial> earlier, ref int round)
    {
        var first = round + 1;
        var (alive, done) = (batch.DistinctBy(trial => trial.Name).ToList(), 0);
        var scored = new Dictionary<string, Trial>();
        var workloads = WorkloadsOf(Search);
        for (var target = specification.Racing.Rounds; ; target *= specification.Racing.Factor)
        {
            MeasureRounds(Search, first + done, target - done, alive, workloads);
            done = target;
            foreach (var trial in alive)
            {
                scored[trial.Name] = Score(Search, trial, workloads, first);
            }

            if (alive.Count == 1)
            {
                break;
            }

            alive = decided is null
                ? Best([.. alive.Select(trial => scored[trial.Name])], earlier, Math.Max(1, alive.Count / specification.Racing.Factor))
                : Decided(Search, first + done);
        }

        scored[alive[0].Name] = scored[alive[0].Name] with { HasWon = true };
        round += done;
        return [.. batch.Select(trial => scored[trial.Name])];
    }

    /// <summary>The best of some candidates: by their scores, or by what they add to the front of a search that wants one, in which those that break a constraint have no part and come last.</summary>
    private List<Trial> Best(List<Trial> candidates, List<Trial> earlier, int count)
    {
        var ordered = candidates.OrderBy(trial => trial.Score).ToList();
        if (specification.Method != SearchMethods.OfSeveral)
        {
            return [.. ordered.Take(count)];
        }

        var feasible = ordered.Where(trial => trial.IsFeasible).ToList();
        var chosen = Hypervolume.Choose([.. feasible.Select(PartsOf)], [.. earlier.Where(trial => trial.IsFeasible).Select(PartsOf)], count);
        return [.. chosen.Select(place => feasible[place]).Concat(ordered.Except(feasible)).Take(count)];

        double[] PartsOf(Trial trial) => TrialHistory.PartsOf(specification.Objective, trial);
    }

    /// <summary>
    /// Those that come to fresh rounds: the best that worked and won their races, or those of the finished run. The others were measured in fewer rounds, where luck goes farther: of many of them the best would be the
    /// luckiest one. A front is chosen among all, since races have one winner only.
    /// </summary>
    private List<Trial> Finalists(List<Trial> trials, List<Trial> usable)
    {
        foreach (var phase in (string[])[Validation, Confirmation])
        {
            if (decided?.Candidates(phase, 1) is { Count: > 0 } names)
            {
                return [.. names.Select(name => Find(trials, name))];
            }
        }

        return specification.Method == SearchMethods.OfSeveral
            ? Best(usable, [], specification.Finalists)
            : [.. usable.OrderByDescending(trial => trial.HasWon).Take(specification.Finalists)];
    }

    /// <summary>The best of the finalists in fresh rounds, with what the search measured of it.</summary>
    private Trial Winner(List<Trial> trials, List<Trial> finalists) =>
        Find(trials, decided?.Candidates(Confirmation, 1) is { Count: > 0 } names ? names[0] : finalists.MinBy(trial => trial.Score)!.Name);

    private static Trial Find(List<Trial> trials, string name) => trials.FirstOrDefault(trial => trial.Name == name)
        ?? throw new HarnessException($"evaluations.csv was changed after it was measured: it judges {name}, which no row of the search has");

    /// <summary>The finalists once more in fresh rounds, on the validation programs if there are any: the search's own rounds flatter whoever was lucky.</summary>
    private List<Trial> Remeasure(List<Trial> finalists)
    {
        if (finalists.Count == 1)
        {
            return finalists;
        }

        progress?.Invoke($"choosing among {finalists.Count} finalists");
        var workloads = WorkloadsOf(Validation);
        MeasureRounds(Validation, 1, specification.ConfirmRounds, finalists, workloads);
        return [.. finalists.Select(trial => Score(Validation, trial, workloads, 1)).OrderBy(trial => trial.Score)];
    }

    private void MeasureRounds(string phase, int first, int count, List<Trial> candidates, string[] workloads)
    {
        var programs = workloads.GroupBy(specification.ProgramOf).ToList();
        List<(string Name, IReadOnlyDictionary<string, string> Knobs)> configurations =
            [(Baseline, new Dictionary<string, string>()), .. candidates.Where(trial => trial.Knobs.Count > 0).Select(trial => (trial.Name, trial.Knobs))];
        for (var round = first; round < first + count; round++)
        {
            evaluator.Begin(phase, round, [.. configurations.Select(configuration => configuration.Name)]);
            var random = SearchMethods.RandomOf(unchecked((specification.Seed * PhaseNames.Length) + Array.IndexOf(PhaseNames, phase)), round);
            var cells = configurations.SelectMany(configuration => programs.Select(program => (configuration, program))).OrderBy(_ => random.NextDouble()).ToList();
            foreach (var (configuration, program) in cells)
            {
                var rows = evaluator.Evaluate(new EvaluationProcess(phase, round, configuration.Name, program.Key, [.. program]), configuration.Knobs);
                if (configuration.Name == Baseline && rows.FirstOrDefault(row => !row.IsOk) is { } failed)
                {
                    throw new HarnessException($"the default configuration failed on '{failed.Workload}': {failed.Status}; leave the program out, or mend it, and delete its lines from evaluations.csv");
                }

                if (configuration.Name == Baseline && phase == Search && round == 1)
                {
                    RequireTold(program.Key, rows);
                }

                Rows(phase, configuration.Name).AddRange(rows);
                _processes++;
                _seconds += rows.Sum(row => row.ProcessSeconds);
            }
        }
    }

    /// <summary>Refuses to go on where the very first processes lack what decides: all others would as well, and nothing could be found.</summary>
    private void RequireTold(string program, IReadOnlyList<Evaluation> rows)
    {
        if (specification.Deciding.FirstOrDefault(quantity => quantity.IsAlwaysThere && rows.Any(row => !(quantity.Read(row) > 0))) is { } untold)
        {
            throw new HarnessException($"{EngineCatalog.TitleOf(specification.Engine)} did not tell {untold.Told}, of '{program}'; leave {untold.Name} out of objective and constraints, and choose another folder with --results");
        }
    }

    private Trial Score(string phase, Trial trial, string[] workloads, int first)
    {
        var own = Rows(phase, trial.Knobs.Count == 0 ? Baseline : trial.Name).Where(row => row.Round >= first).ToList();
        return _math.Score(trial, own, Rows(phase, Baseline), workloads) with { FirstRound = first, Processes = _processes };
    }

    private Judgement Judge(string phase, Trial winner, string[] workloads)
    {
        var (own, baseline) = (Rows(phase, winner.Name), Rows(phase, Baseline));
        var units = _math.UnitsOf(workloads);
        var samples = workloads.Select(workload => (Numerator: TuningMath.SampleOf(baseline, workload), Denominator: TuningMath.SampleOf(own, workload))).ToList();
        var bootstrap = new RoundBootstrap([.. own.Select(row => row.Round).Distinct()], specification.Seed);
        var differences = samples.Select(pair => Difference.Between(pair.Numerator, pair.Denominator)).ToList();
        var corrected = Holm.Adjust([.. differences.Select(difference => difference.PValue)]);
        var ratios = samples.ConvertAll(pair => Ratio.Of(pair.Numerator, pair.Denominator));
        var gains = _math.GainsOf(own, baseline);
        var test = SignedRank.Test(gains);
        return new Judgement(
            bootstrap.Mean([.. units.Select(unit => (TuningMath.SampleOf(baseline, unit), TuningMath.SampleOf(own, unit)))], [.. units.Select(unit => specification.ProgramOf(unit[0]))]),
            TuningMath.GainOf(gains),
            test.PValue,
            _math.RatiosOf(own, baseline, workloads),
            [.. workloads.Select((workload, i) => new ProgramJudgement(workload, ratios[i], corrected[i], RatioVerdicts.Of(corrected[i], differences[i].Direction, ratios[i].Value)))]) { Direction = test.Direction };
    }

    /// <summary>Why the winner is none, and what is left open: a program that was measured beyond the limit of times, but not shown to be there, is neither hidden nor taken for a proof.</summary>
    private (List<string> Objections, List<string> Reservations) Object(List<Judgement> judgements)
    {
        var (objections, reservations) = (new List<string>(), new List<string>());
        foreach (var (judgement, where) in judgements.Zip((string[])["in fresh rounds", "on held-out programs"]))
        {
            if (!judgement.IsGain)
            {
                objections.Add(FormattableString.Invariant($"no gain {where} that is clear of noise: {judgement.Gain.Value:0.000} ({judgement.Gain.Low:0.000}–{judgement.Gain.High:0.000}), corrected p {MarkdownTable.Probability(judgement.PValue, "0.####")}{(judgement is { Gain.Low: > 1, PValue: < Holm.Level, Direction: < 0 } ? ", and the test finds losses" : "")}"));
            }

            foreach (var program in judgement.Programs.Where(program => program.Speedup.Value * specification.Constraints.Slower < 1))
            {
                var together = judgement.TogetherOf(program);
                var figures = FormattableString.Invariant($"{together.Value:0.000} ({together.Low:0.000}–{together.High:0.000}, all {judgement.Programs.Count} intervals together)");
                if (judgement.LimitOf(program, specification.Constraints.Slower) == LimitVerdict.Broken)
                {
                    objections.Add($"{program.Program} is slower than allowed {where}: {figures}");
                }
                else
                {
                    reservations.Add($"{program.Program} may be slower than allowed {where}: {figures}");
                }
            }

            foreach (var quantity in TuningQuantity.Costs.Intersect(specification.Deciding))
            {
                var ratio = judgement.Ratios[quantity];
                if (double.IsNaN(ratio))
                {
                    objections.Add($"{quantity.Unknown} {where}");
                }

                if (ratio > specification.Constraints.LimitOf(quantity))
                {
                    objections.Add(FormattableString.Invariant($"{quantity.Excess} than allowed {where}: {ratio:0.000}"));
                }
            }
        }

        return (objections, reservations);
    }

    private string[] WorkloadsOf(string phase) => [.. specification.MeasuredIn(phase).Select(workload => workload.Name)];

    private List<Evaluation> Rows(string phase, string configuration)
    {
        if (!_measured.TryGetValue((phase, configuration), out var rows))
        {
            _measured[(phase, configuration)] = rows = [];
        }

        return rows;
    }
}
