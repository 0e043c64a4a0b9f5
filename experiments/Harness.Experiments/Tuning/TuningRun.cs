using Harness.Experiments.Statistics;
using Harness.Experiments.Tuning.Search;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Tuning;

/// <summary>
/// A search and the judgement of what it found. Each round measures the baseline beside the candidates, in random order. The winner is
/// measured in rounds of its own, then on programs that took no part: what wins a search was lucky as well, and only fresh rounds tell how much.
/// </summary>
internal sealed class TuningRun(TuningSpecification specification, IEvaluator evaluator, Action<string>? progress = null)
{
    private const string Baseline = "default";
    private const double Significant = 0.05;
    private const string UnknownCode = "size of code not known";

    private static readonly string[] Phases = ["search", "validation", "confirm", "held-out"];

    /// <summary>Batches in a row that brought nothing new, after which a space of few points counts as exhausted.</summary>
    private const int StaleBatches = 25;

    private readonly Dictionary<(string Phase, string Configuration), List<Evaluation>> measured = [];
    private readonly TuningMath math = new(specification);
    private int processes;
    private double seconds;

    /// <summary>Searches, chooses, confirms.</summary>
    public TuningResult Run()
    {
        var trials = Search();
        var usable = trials.Where(trial => double.IsFinite(trial.Score)).DistinctBy(trial => trial.Name).OrderBy(trial => trial.Score).ToList();
        if (usable.Count == 0)
            return new TuningResult(trials, null, null, null, [$"every candidate failed, the first with {trials[0].Failure}"]);
        var finalists = Remeasure(Finalists(usable));
        var winner = usable.First(trial => trial.Name == finalists.MinBy(trial => trial.Score)!.Name);
        if (winner.Knobs.Count == 0)
            return new TuningResult(trials, winner, null, null, ["the default is the best"]) { Finalists = finalists };
        progress?.Invoke($"confirming {winner.Name}");
        string[] searched = [.. specification.Train.Concat(specification.Validation).Select(workload => workload.Name)];
        string[] heldOut = [.. specification.HeldOut.Select(workload => workload.Name)];
        MeasureRounds("confirm", 1, specification.ConfirmRounds, [winner], searched);
        MeasureRounds("held-out", 1, specification.ConfirmRounds, [winner], heldOut);
        var failed = Rows("confirm", winner.Name).Concat(Rows("held-out", winner.Name)).FirstOrDefault(row => !row.IsOk);
        if (failed is not null)
            return new TuningResult(trials, winner, null, null, [$"{failed.Workload} failed in phase {failed.Phase}: {failed.Status}"]) { Finalists = finalists };

        var judgements = new List<Judgement> { Judge("confirm", winner, searched) };
        if (heldOut.Length > 0)
            judgements.Add(Judge("held-out", winner, heldOut));
        var corrected = Holm.Adjust([.. judgements.Select(judgement => judgement.PValue)]);
        for (var i = 0; i < judgements.Count; i++)
            judgements[i] = judgements[i] with { PValue = corrected[i] };
        return new TuningResult(trials, winner, judgements[0], judgements.ElementAtOrDefault(1), Object(judgements)) { Finalists = finalists };
    }

    private List<Trial> Search()
    {
        var method = SearchMethods.Create(specification.Method, specification.Space, specification.Seed, specification.Trials);
        var trials = new List<Trial>();
        var round = 0;
        var stale = 0;
        while (processes + specification.ProcessesOfBatch <= specification.Processes && seconds < specification.Minutes * 60 && stale < StaleBatches)
        {
            var batch = Propose(method, trials);
            stale = batch.All(candidate => trials.Any(trial => trial.Name == candidate.Name)) ? stale + 1 : 0;
            trials.AddRange(Race(batch, trials, ref round));
            var best = trials.MinBy(trial => trial.Score)!;
            progress?.Invoke(FormattableString.Invariant($"{trials.Count} candidates, {processes} processes; {Describe(best)}"));
        }

        return trials;
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
        string[] workloads = [.. specification.Train.Select(workload => workload.Name)];
        for (var target = specification.Racing.Rounds; ; target *= specification.Racing.Factor)
        {
            MeasureRounds("search", first + done, target - done, alive, workloads);
            done = target;
            foreach (var trial in alive)
                scored[trial.Name] = Score("search", trial, workloads, first);
            if (alive.Count == 1)
                break;
            alive = Best([.. alive.Select(trial => scored[trial.Name])], earlier, Math.Max(1, alive.Count / specification.Racing.Factor));
        }

        round += done;
        return [.. batch.Select(trial => scored[trial.Name])];
    }

    /// <summary>The best of some candidates: by their scores, or by what they add to the front of a search that wants one, in which those that break a constraint have no part and come last.</summary>
    private List<Trial> Best(List<Trial> candidates, List<Trial> earlier, int count)
    {
        var ordered = candidates.OrderBy(trial => trial.Score).ToList();
        if (specification.Method != SearchMethods.OfSeveral)
            return [.. ordered.Take(count)];
        var feasible = ordered.Where(trial => trial.IsFeasible).ToList();
        var chosen = Hypervolume.Choose([.. feasible.Select(PartsOf)], [.. earlier.Where(trial => trial.IsFeasible).Select(PartsOf)], count);
        return [.. chosen.Select(place => feasible[place]).Concat(ordered.Except(feasible)).Take(count)];

        double[] PartsOf(Trial trial) => TrialHistory.PartsOf(specification.Objective, trial);
    }

    private List<Trial> Finalists(List<Trial> usable) => Best(usable, [], specification.Finalists);

    /// <summary>The finalists once more in fresh rounds, on the validation programs if there are any: the search's own rounds flatter whoever was lucky.</summary>
    private List<Trial> Remeasure(List<Trial> finalists)
    {
        if (finalists.Count == 1)
            return finalists;
        progress?.Invoke($"choosing among {finalists.Count} finalists");
        string[] workloads = [.. (specification.Validation.Count > 0 ? specification.Validation : specification.Train).Select(workload => workload.Name)];
        MeasureRounds("validation", 1, specification.ConfirmRounds, finalists, workloads);
        return [.. finalists.Select(trial => Score("validation", trial, workloads, 1))];
    }

    private void MeasureRounds(string phase, int first, int count, List<Trial> candidates, string[] workloads)
    {
        var programs = workloads.GroupBy(specification.ProgramOf).ToList();
        List<(string Name, IReadOnlyDictionary<string, string> Knobs)> configurations =
            [(Baseline, new Dictionary<string, string>()), .. candidates.Where(trial => trial.Knobs.Count > 0).Select(trial => (trial.Name, trial.Knobs))];
        for (var round = first; round < first + count; round++)
        {
            var random = SearchMethods.RandomOf(unchecked((specification.Seed * Phases.Length) + Array.IndexOf(Phases, phase)), round);
            var cells = configurations.SelectMany(configuration => programs.Select(program => (configuration, program))).OrderBy(_ => random.NextDouble()).ToList();
            foreach (var (configuration, program) in cells)
            {
                var rows = evaluator.Evaluate(new EvaluationProcess(phase, round, configuration.Name, program.Key, [.. program]), configuration.Knobs);
                if (configuration.Name == Baseline && rows.FirstOrDefault(row => !row.IsOk) is { } failed)
                    throw new HarnessException($"the default configuration failed on '{failed.Workload}': {failed.Status}; leave the program out, or mend it, and delete its lines from evaluations.csv");
                Rows(phase, configuration.Name).AddRange(rows);
                processes++;
                seconds += rows.Sum(row => row.ProcessSeconds);
            }
        }
    }

    private Trial Score(string phase, Trial trial, string[] workloads, int first)
    {
        var own = Rows(phase, trial.Knobs.Count == 0 ? Baseline : trial.Name).Where(row => row.Round >= first).ToList();
        if (own.FirstOrDefault(row => !row.IsOk) is { } failed)
            return trial with { Score = double.PositiveInfinity, Objective = double.NaN, Failure = $"{failed.Workload}: {failed.Status}", Processes = processes };
        var baseline = Rows(phase, Baseline);
        var (time, code, compile) = (math.TimeOf(own, baseline, workloads), math.CodeOf(own, baseline, workloads), math.CompileOf(own, baseline, workloads));
        var objective = math.Combine(time, code, compile);
        var score = objective + math.PenaltyOf(own, baseline, workloads, code);
        return trial with
        {
            Score = double.IsNaN(score) ? double.PositiveInfinity : score,
            Objective = objective,
            Failure = !double.IsNaN(score) ? null : specification.WeighsCode && double.IsNaN(code) ? UnknownCode : "time from bytes to module not known",
            TimeRatio = Math.Exp(time),
            CodeRatio = Math.Exp(code),
            CompileRatio = Math.Exp(compile),
            Rounds = own.Select(row => row.Round).Distinct().Count(),
            Processes = processes,
        };
    }

    private Judgement Judge(string phase, Trial winner, string[] workloads)
    {
        var (own, baseline) = (Rows(phase, winner.Name), Rows(phase, Baseline));
        var units = math.UnitsOf(workloads);
        var samples = workloads.Select(workload => (Numerator: TuningMath.SampleOf(baseline, workload), Denominator: TuningMath.SampleOf(own, workload))).ToList();
        var bootstrap = new RoundBootstrap([.. own.Select(row => row.Round).Distinct()], specification.Seed);
        var differences = samples.Select(pair => Difference.Between(pair.Numerator, pair.Denominator)).ToList();
        var corrected = Holm.Adjust([.. differences.Select(difference => difference.PValue)]);
        var ratios = samples.ConvertAll(pair => Ratio.Of(pair.Numerator, pair.Denominator));
        var gains = own.GroupBy(row => row.Round).Select(group => -math.ObjectiveOfRound([.. group], baseline)).Where(double.IsFinite).ToList();
        return new Judgement(
            bootstrap.Mean([.. units.Select(unit => (TuningMath.SampleOf(baseline, unit), TuningMath.SampleOf(own, unit)))], [.. units.Select(unit => specification.ProgramOf(unit[0]))]),
            MedianInterval.Of(Sample.Of(gains.Select(Math.Exp))),
            SignedRank.PValue(gains),
            Math.Exp(math.CodeOf(own, baseline, workloads)),
            [.. workloads.Select((workload, i) => new ProgramJudgement(workload, ratios[i], corrected[i], RatioVerdicts.Of(corrected[i], differences[i].Direction, ratios[i].Value)))]);
    }

    private List<string> Object(List<Judgement> judgements)
    {
        var objections = new List<string>();
        foreach (var (judgement, where) in judgements.Zip((string[])["in fresh rounds", "on held-out programs"]))
        {
            if (!(judgement.Gain.Low > 1 && judgement.PValue < Significant))
                objections.Add(FormattableString.Invariant($"no gain {where} that is clear of noise: {judgement.Gain.Value:0.000} ({judgement.Gain.Low:0.000}–{judgement.Gain.High:0.000}), corrected p {judgement.PValue:0.###}"));
            foreach (var program in judgement.Programs.Where(program => program.Speedup.Value * specification.Constraints.Slower < 1))
                objections.Add(FormattableString.Invariant($"{program.Program} is slower than allowed {where}: {program.Speedup.Value:0.000}"));
            if (specification.WeighsCode && double.IsNaN(judgement.CodeRatio))
                objections.Add($"{UnknownCode} {where}");
            if (judgement.CodeRatio > specification.Constraints.Code)
                objections.Add(FormattableString.Invariant($"more code than allowed {where}: {judgement.CodeRatio:0.000}"));
        }

        return objections;
    }

    private List<Evaluation> Rows(string phase, string configuration)
    {
        if (!measured.TryGetValue((phase, configuration), out var rows))
            measured[(phase, configuration)] = rows = [];
        return rows;
    }
}
