using Harness.Engine.Configuration;
using Harness.Experiments.Statistics;
using Harness.Experiments.Tuning.Search;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Tuning.Oracle;

/// <summary>How a search of decisions goes about it.</summary>
/// <param name="Processes">Processes that it may take, without the rounds at its end.</param>
/// <param name="LeastGain">Share of the time that a change must save to be kept.</param>
/// <param name="Rounds">Fresh rounds in which what was found is compared with all policies.</param>
/// <param name="Seed">Seed of the order of measurements.</param>
/// <param name="Guards">Call instructions at most, those called most, of which it tries what they do with targets that are not inlined: guard or generic call. 0 to leave that as it is.</param>
internal sealed record OracleRules(int Processes, double LeastGain, int Rounds, int Seed, int Guards = 0);

/// <summary>What a search of decisions can ask: what is decided, and how long that takes.</summary>
internal interface IOracleWorld
{
    /// <summary>The decisions that a choice comes to, most frequent calls first.</summary>
    IReadOnlyList<CallDecision> Explain(OracleChoice choice);

    /// <summary>Measures a choice in a fresh process.</summary>
    /// <returns>Its time; null if it failed.</returns>
    double? Measure(string phase, int round, string name, OracleChoice choice);
}

/// <summary>A change that was kept.</summary>
/// <param name="What">What was changed, in words.</param>
/// <param name="TimeRatio">Median of the time in relation to that before.</param>
internal sealed record OracleStep(string What, double TimeRatio);

/// <summary>A decision about a single call that was turned round and measured.</summary>
/// <param name="Call">The call, as it was decided about before.</param>
/// <param name="TimeRatio">Median of the time in relation to that before.</param>
/// <param name="Rounds">Rounds that it was measured in.</param>
/// <param name="IsKept">Whether the change was kept.</param>
internal sealed record MeasuredChange(CallDecision Call, double TimeRatio, int Rounds, bool IsKept)
{
    /// <summary>Standard error of the logarithm of the ratio, by how much the rounds of all changes of the search differ; 0 where that is not known.</summary>
    public double Error { get; init; }
}

/// <summary>What a search of decisions found.</summary>
/// <param name="Found">The decisions.</param>
/// <param name="Steps">The changes that led to them, in order.</param>
/// <param name="Changes">All changes of single calls that were measured and turned no other call round.</param>
/// <param name="Tried">Changes that were measured, those of whole functions among them.</param>
/// <param name="Processes">Processes that the search took.</param>
internal sealed record OracleResult(OracleChoice Found, IReadOnlyList<OracleStep> Steps, IReadOnlyList<MeasuredChange> Changes, int Tried, int Processes)
{
    /// <summary>Changes of single calls that were measured, but turned others round as well, so that nothing is known of the call alone.</summary>
    public int Entangled { get; init; }
}

/// <summary>
/// Searches the inlining decisions of a program themselves, by measurement. It starts from the policy that is fastest there; then takes over, function by function, what
/// another policy decides, and turns round the decisions about single calls, hottest first, and where it is to, guards and generic calls of those that have had several targets. Changes race in
/// small batches against what there is so far in paired rounds, are given up as soon as they do not promise enough, and the best one that holds is kept. What comes out is no bound on what could be
/// gained, but what somebody has shown to be possible.
/// </summary>
internal sealed class OracleSearch(OracleRules rules, OracleStart without, IReadOnlyList<OracleStart> starts, IOracleWorld world, Action<string>? progress = null)
{
    /// <summary>Name in the rows of what was found.</summary>
    public const string FoundName = "oracle";

    private const string SearchPhase = "search";
    private const string ConfirmPhase = "confirm";
    private const int ScreenRounds = 3;

    /// <summary>Functions whose decisions are taken over as a whole, those first that have the hottest calls.</summary>
    private const int MostFunctions = 8;

    /// <summary>Policies, the fastest ones, whose decisions are taken over.</summary>
    private const int MostStarts = 4;

    /// <summary>Calls that are turned round one by one.</summary>
    private const int MostCalls = 300;

    /// <summary>Changes that race at once, so that what there is need not be measured for each of them.</summary>
    private const int BatchSize = 5;

    /// <summary>Rounds after which a change may be given up, and at which it is decided.</summary>
    private static readonly int[] Stages = [2, 4, 7];

    /// <summary>Of the rounds of the last stage, how many a change must win.</summary>
    private const int RoundsToWin = 6;

    private readonly Dictionary<string, IReadOnlyList<CallDecision>> _explained = [];
    private readonly HashSet<string> _tried = [];
    private readonly List<OracleStep> _steps = [];
    private readonly List<MeasuredChange> _changes = [];

    /// <summary>Sum of squares, over all changes, of how far the logarithms of their ratios are from their mean, and how many of these are free: the variance of single rounds.</summary>
    private (double Squares, int Freedom) _spread;

    private IReadOnlyList<OracleStart> _ranked = [];
    private int _triedCount;
    private int _entangled;
    private int _processes;
    private int _round;

    /// <summary>Processes that a search needs: those in which it looks at what it may start from, and the least ones of a race.</summary>
    /// <param name="starts">Policies that it starts from.</param>
    public static int LeastProcesses(int starts) => (ScreenRounds * starts) + ((BatchSize + 1) * Stages[0]);

    /// <summary>Processes by which a search may exceed those that it was given: a race that has begun goes to its end.</summary>
    public static int MostBeyond => (BatchSize + 1) * (Stages[^1] - Stages[0]);

    /// <summary>How often a search asks its world at most what is decided: once for each policy that decisions are taken over from, and once for each change.</summary>
    /// <param name="rules">How it goes about it.</param>
    /// <param name="starts">Policies that it starts from.</param>
    public static int MostExplanations(OracleRules rules, int starts) =>
        Math.Min(starts, MostStarts + 1) + (BatchSize * Math.Max(0, rules.Processes - (ScreenRounds * starts)) / ((BatchSize + 1) * Stages[0]));

    private bool HasBudget => _processes + ((BatchSize + 1) * Stages[0]) <= rules.Processes;

    /// <summary>Searches, and measures what was found and all policies in fresh rounds.</summary>
    public OracleResult Run()
    {
        var found = Screen();
        progress?.Invoke($"the search starts from {found.Start.Name}");

        // A change that was refused may be worth it once others were made: as long as a pass has kept any, there is another one.
        for (var kept = true; kept && HasBudget;)
        {
            kept = false;
            _tried.Clear();
            while (HasBudget && NextChanges(found).Take(BatchSize).ToList() is { Count: > 0 } batch)
            {
                var raced = Race(batch, found);
                Remember(raced, found);
                if (raced.Where(change => change.IsKept).MinBy(change => change.Ratio) is not { } best)
                {
                    continue;
                }

                kept = true;
                found = best.Change.Choice;
                _steps.Add(new OracleStep(best.Change.What, best.Ratio));
                progress?.Invoke(FormattableString.Invariant($"{_processes} processes: {best.Ratio:0.000} of the time by this: {best.Change.What}"));

                // Others that held are tried again on top of it.
                foreach (var other in raced.Where(change => change.IsKept && change != best))
                {
                    _tried.Remove(other.Change.Key);
                }
            }
        }

        Confirm(found);
        return new OracleResult(found, _steps, [.. _changes.Select(change => change with { Error = ErrorOf(change.Rounds) })], _triedCount, _processes) { Entangled = _entangled };
    }

    /// <summary>The fastest policy.</summary>
    private OracleChoice Screen()
    {
        var times = starts.ToDictionary(start => start.Name, _ => new List<double>());
        for (var i = 0; i < ScreenRounds; i++)
        {
            var measured = MeasureRound(SearchPhase, ++_round, [.. starts.Select(start => (start.Name, OracleChoice.Of(start)))]);
            var reference = measured.Values.OfType<double>().DefaultIfEmpty(1).Average();
            foreach (var (name, time) in measured)
            {
                times[name].Add((time ?? double.PositiveInfinity) / reference);
            }
        }

        _ranked = [.. starts.Where(start => double.IsFinite(TimeOf(start.Name))).OrderBy(start => TimeOf(start.Name))];
        return _ranked.Count > 0 ? OracleChoice.Of(_ranked[0]) : throw new HarnessException("the program failed under every policy; 'harness check' shows how");

        // A policy that failed even once is no place to start from, however fast it was else, and nothing of it is taken over: what it decides is found out by running the program with it, which then may not end.
        double TimeOf(string name) => times[name].TrueForAll(double.IsFinite) ? times[name].Median() : double.PositiveInfinity;
    }

    /// <summary>Changes that were not tried, and come to something else than others: functions as a whole first, then what calls do with other targets, then single calls.</summary>
    private IEnumerable<Change> NextChanges(OracleChoice found)
    {
        var current = Explain(found);
        var names = new HashSet<string> { found.Name };
        foreach (var function in current.DistinctBy(decision => decision.Root).Take(MostFunctions))
        {
            var decided = Decided(current, function.Root);
            foreach (var start in _ranked.Where(start => start.Name != found.Start.Name).Take(MostStarts))
            {
                var key = $"{function.Root} {start.Name}";
                if (_tried.Contains(key))
                {
                    continue;
                }

                var other = Explain(OracleChoice.Of(start)).Where(decision => decision.Root == function.Root).ToList();
                var choice = found.With(function.Root, other);
                if (other.Count > 0 && !Decided(other, function.Root).SetEquals(decided) && names.Add(choice.Name))
                {
                    yield return new Change(key, $"in {function.Function}, what {start.Name} decides", choice, null);
                }
            }
        }

        foreach (var call in current.Where(call => found.Start.MayDeoptimize && call is { Miss: not null, SiteTargets: > 1 }).DistinctBy(call => call.Site).Take(rules.Guards))
        {
            var miss = call.Miss == MissHandling.Guard ? MissHandling.GenericCall : MissHandling.Guard;
            var key = $"{call.Site} {miss}";
            var choice = found.With(call.Site, miss);
            if (!_tried.Contains(key) && names.Add(choice.Name))
            {
                var handling = miss == MissHandling.Guard ? "a guard" : "a generic call";
                yield return new Change(key, $"in {call.Function}, {handling} for other targets where {call.Target} is called ({call.Site})", choice, null);
            }
        }

        foreach (var call in current.Take(MostCalls))
        {
            var key = $"{call.Path} {!call.IsInlined}";
            var choice = found.With(call, !call.IsInlined);
            if (!_tried.Contains(key) && names.Add(choice.Name))
            {
                yield return new Change(key, $"in {call.Function}, {call.Target} is {(call.IsInlined ? "not " : "")}inlined ({call.Path})", choice, call);
            }
        }
    }

    /// <summary>Races changes against what there is.</summary>
    private List<RacedChange> Race(List<Change> batch, OracleChoice found)
    {
        var all = batch.Select(change => new RacedChange(change)).ToList();
        var alive = all;
        foreach (var stage in Stages)
        {
            while (alive.Count > 0 && alive[0].Ratios.Count < stage)
            {
                var times = MeasureRound(SearchPhase, ++_round, [.. alive.Select(change => (change.Change.Choice.Name, change.Change.Choice)), (found.Name, found)]);
                if (times[found.Name] is not { } before)
                {
                    return all;
                }

                foreach (var change in alive)
                {
                    change.Ratios.Add((times[change.Change.Choice.Name] ?? double.PositiveInfinity) / before);
                }
            }

            // The fewer rounds, the more is left to hope for.
            var least = stage == Stages[0] ? rules.LeastGain / 2 : rules.LeastGain;
            alive = [.. alive.Where(change => !change.HasFailed && change.Ratio <= 1 - least)];
        }

        foreach (var change in alive)
        {
            change.IsKept = change.Ratios.Count(ratio => ratio < 1) >= RoundsToWin;
        }

        return all;
    }

    private void Remember(List<RacedChange> raced, OracleChoice before)
    {
        _triedCount += raced.Count;
        foreach (var change in raced)
        {
            _tried.Add(change.Change.Key);
            if (!change.HasFailed && change.Ratios.Count > 1)
            {
                _spread = (_spread.Squares + change.Squares, _spread.Freedom + change.Ratios.Count - 1);
            }

            if (change.Change.Call is not { } call || change.Ratios.Count == 0 || change.HasFailed)
            {
                continue;
            }

            if (IsAlone(call, before, change.Change.Choice))
            {
                _changes.Add(new MeasuredChange(call, change.Ratio, change.Ratios.Count, change.IsKept));
            }
            else
            {
                _entangled++;
            }
        }
    }

    private double ErrorOf(int rounds) => _spread.Freedom == 0 ? 0 : Math.Sqrt(_spread.Squares / _spread.Freedom * MedianInterval.RelativeVariance(rounds));

    /// <summary>
    /// Whether turning a call round turned no other: a policy with a budget lets others in where one is refused, and then the time is not that call's alone. Calls that are decided about on one side only say nothing: they are
    /// below the call, or in functions that are compiled by themselves no more.
    /// </summary>
    private bool IsAlone(CallDecision call, OracleChoice before, OracleChoice after)
    {
        var earlier = new Dictionary<string, bool>();
        foreach (var decision in Explain(before))
        {
            earlier[decision.Path] = decision.IsInlined;
        }

        return Explain(after).All(decision => decision.Path == call.Path || decision.IsBelow(call.Path) || !earlier.TryGetValue(decision.Path, out var isInlined) || isInlined == decision.IsInlined);
    }

    private void Confirm(OracleChoice found)
    {
        progress?.Invoke($"comparing with all policies in {rules.Rounds} fresh rounds");
        List<(string, OracleChoice)> all = [(without.Name, OracleChoice.Of(without)), .. starts.Select(start => (start.Name, OracleChoice.Of(start))), (FoundName, found)];
        var searched = _processes;
        for (var i = 1; i <= rules.Rounds; i++)
        {
            MeasureRound(ConfirmPhase, i, all);
        }

        _processes = searched;
    }

    private Dictionary<string, double?> MeasureRound(string phase, int number, List<(string Name, OracleChoice Choice)> choices)
    {
        var random = SearchMethods.RandomOf(unchecked((rules.Seed * 2) + (phase == ConfirmPhase ? 1 : 0)), number);
        var times = new Dictionary<string, double?>();
        foreach (var (name, choice) in choices.OrderBy(_ => random.NextDouble()).ToList())
        {
            times[name] = world.Measure(phase, number, name, choice);
            _processes++;
        }

        return times;
    }

    private IReadOnlyList<CallDecision> Explain(OracleChoice choice)
    {
        if (!_explained.TryGetValue(choice.Name, out var decisions))
        {
            _explained[choice.Name] = decisions = world.Explain(choice);
        }

        return decisions;
    }

    /// <summary>What is inlined into a function, and what a policy says about other targets there.</summary>
    private static HashSet<string> Decided(IEnumerable<CallDecision> decisions, string root) =>
    [
        .. decisions.Where(decision => decision.IsInlined && decision.Root == root)
            .SelectMany(decision => decision.IsMissByPolicy ? [decision.Path, $"{decision.Site} {decision.Miss}"] : (string[])[decision.Path]),
    ];

    /// <summary>A change to be tried.</summary>
    /// <param name="Key">What is not tried again in a pass.</param>
    /// <param name="What">It in words.</param>
    /// <param name="Choice">What comes of it.</param>
    /// <param name="Call">The call that is turned round; null for a whole function, and for what a call does with other targets.</param>
    private sealed record Change(string Key, string What, OracleChoice Choice, CallDecision? Call);

    /// <summary>A change with what was measured of it.</summary>
    private sealed class RacedChange(Change change)
    {
        public Change Change => change;

        /// <summary>Its time in relation to what there is, by round.</summary>
        public List<double> Ratios { get; } = [];

        /// <summary>Whether a process with it failed, in any round: then it is not kept, whatever the others took.</summary>
        public bool HasFailed => !Ratios.TrueForAll(double.IsFinite);

        /// <summary>The median; not a number before the first round.</summary>
        public double Ratio => Ratios.Median();

        /// <summary>Sum of the squares of how far the logarithms are from their mean.</summary>
        public double Squares
        {
            get
            {
                double[] logarithms = [.. Ratios.Select(ratio => Math.Log(ratio))];
                var mean = logarithms.Average();
                return logarithms.Sum(logarithm => (logarithm - mean) * (logarithm - mean));
            }
        }

        public bool IsKept { get; set; }
    }
}
