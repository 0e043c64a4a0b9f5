using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tuning;

/// <summary>What a tuning run searches, on what, and what counts as better.</summary>
internal sealed record TuningSpecification
{
    /// <summary>Name of the run and of its folder.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the engine: <c>ours</c>, <c>v8</c>.</summary>
    public required string Engine { get; init; }

    public required SearchSpace Space { get; init; }

    /// <summary>One of <see cref="Search.SearchMethods.Names"/>.</summary>
    public required string Method { get; init; }

    /// <summary>Programs that the search measures.</summary>
    public required IReadOnlyList<Workload> Train { get; init; }

    /// <summary>Programs by which the winner is chosen among the finalists; may be empty.</summary>
    public required IReadOnlyList<Workload> Validation { get; init; }

    /// <summary>Programs that only the winner is measured on; may be empty.</summary>
    public required IReadOnlyList<Workload> HeldOut { get; init; }

    /// <summary>The programs of all these by name.</summary>
    public required IReadOnlyDictionary<string, ProgramDefinition> Programs { get; init; }

    public required TuningObjective Objective { get; init; }

    /// <summary>Whether each benchmark that a program times counts in means of times as much as a whole program does; else a program counts once, whatever it times.</summary>
    public bool WeighsBenchmarks { get; init; }

    public required TuningConstraints Constraints { get; init; }

    public required RacingRule Racing { get; init; }

    /// <summary>Processes that the search may start, baseline included; confirmation comes on top.</summary>
    public required int Processes { get; init; }

    /// <summary>Time that the search may take, in minutes, summed over its processes; infinite if not limited.</summary>
    public required double Minutes { get; init; }

    /// <summary>Candidates that come to validation.</summary>
    public required int Finalists { get; init; }

    /// <summary>Fresh rounds in which the winner must hold.</summary>
    public required int ConfirmRounds { get; init; }

    public required int Seed { get; init; }

    /// <summary>Seconds after which a process counts as failed.</summary>
    public required double TimeoutSeconds { get; init; }

    /// <summary>Calls that a process times.</summary>
    public required int TimedCalls { get; init; }

    /// <summary>The text of the file, kept with the results.</summary>
    public required string SourceText { get; init; }

    /// <summary>The quantities that decide anything: those that the objective weighs, and those that are limited.</summary>
    public IReadOnlyList<TuningQuantity> Deciding => [.. TuningQuantity.All.Where(quantity => Objective.WeightOf(quantity) > 0 || double.IsFinite(Constraints.LimitOf(quantity)))];

    /// <summary>Whether anything decides that an engine tells in a process that nobody times: sizes of code, collections.</summary>
    public bool WeighsObserved => Deciding.Any(quantity => quantity.IsObservedOnce);

    /// <summary>Processes of the largest batch: what a race of it takes at most.</summary>
    public int ProcessesOfBatch
    {
        get
        {
            var (alive, done, sum) = (Racing.Candidates, 0, 0);
            var programs = CountPrograms(Train);
            for (var target = Racing.Rounds; ; target *= Racing.Factor)
            {
                sum += (target - done) * (alive + 1) * programs;
                done = target;
                if (alive == 1)
                {
                    return sum;
                }

                alive = Math.Max(1, alive / Racing.Factor);
            }
        }
    }

    /// <summary>The workloads that a phase measures, by the phase's name in rows.</summary>
    public IReadOnlyList<Workload> MeasuredIn(string phase) => phase switch
    {
        TuningRun.Search => Train,
        TuningRun.Validation => Validation.Count > 0 ? Validation : Train,
        TuningRun.Confirmation => [.. Train, .. Validation],
        TuningRun.HeldOut => HeldOut,
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, null),
    };

    /// <summary>Name of the program whose processes measure a workload.</summary>
    public string ProgramOf(string workload) => Train.Concat(Validation).Concat(HeldOut).First(known => known.Name == workload).Program;

    /// <summary>Processes that measure workloads once: as many as they have programs.</summary>
    public static int CountPrograms(IEnumerable<Workload> workloads) => workloads.Select(workload => workload.Program).Distinct().Count();

    /// <summary>Candidates that the budget of processes lets the search try; no number to plan with where only minutes are limited.</summary>
    public int Trials => Math.Max(1, Processes / ProcessesOfBatch) * Racing.Candidates;
}

/// <summary>What is made small: a weighted sum of the logarithms of quantities in relation to the baseline's.</summary>
/// <param name="Weights">Weights by quantity; those without one are not weighed.</param>
internal sealed record TuningObjective(IReadOnlyDictionary<TuningQuantity, double> Weights)
{
    /// <summary>Time alone.</summary>
    public static TuningObjective OfTime { get; } = new(new Dictionary<TuningQuantity, double> { [TuningQuantity.Time] = 1 });

    /// <summary>The quantities that have a weight.</summary>
    public IReadOnlyList<TuningQuantity> Quantities => [.. TuningQuantity.All.Where(quantity => WeightOf(quantity) > 0)];

    /// <summary>The weight of a quantity; 0 for none.</summary>
    public double WeightOf(TuningQuantity quantity) => Weights.GetValueOrDefault(quantity);

    /// <summary>It in words, with the numbers of the specification.</summary>
    public override string ToString() => string.Join(", ", Quantities.Select(quantity => FormattableString.Invariant($"{quantity.Name} {WeightOf(quantity)}")));
}

/// <summary>What a winner may not do.</summary>
/// <param name="Slower">Largest time of any program, and of any benchmark that a program times, in relation to the baseline: 1.02 for 2% slower; infinite for no limit.</param>
/// <param name="Means">Of quantities that are a process's, the largest geometric mean over the programs likewise; those without one are not limited.</param>
internal sealed record TuningConstraints(double Slower, IReadOnlyDictionary<TuningQuantity, double> Means)
{
    /// <summary>What specifications call the limit of times.</summary>
    public const string SlowerName = "slower";

    /// <summary>Nothing is limited.</summary>
    public static TuningConstraints None { get; } = new(double.PositiveInfinity, new Dictionary<TuningQuantity, double>());

    /// <summary>Whether anything is limited.</summary>
    public bool IsAny => double.IsFinite(Slower) || Means.Count > 0;

    /// <summary>The limit of a quantity, of times that of each program; infinite for none.</summary>
    public double LimitOf(TuningQuantity quantity) => quantity == TuningQuantity.Time ? Slower : Means.TryGetValue(quantity, out var limit) ? limit : double.PositiveInfinity;

    /// <summary>They in words, with the numbers of the specification.</summary>
    public override string ToString() => string.Join(", ", TuningQuantity.All
        .Where(quantity => double.IsFinite(LimitOf(quantity)))
        .Select(quantity => FormattableString.Invariant($"{(quantity == TuningQuantity.Time ? SlowerName : quantity.Name)} {LimitOf(quantity)}")));
}

/// <summary>
/// Successive halving (Jamieson and Talwalkar 2016) with paired rounds: a batch is measured in some rounds, the best part of it in a multiple of them, and so on,
/// so that repetitions go where they decide something.
/// </summary>
/// <param name="Candidates">Size of a batch; 1 for no racing.</param>
/// <param name="Rounds">Rounds of the first stage.</param>
/// <param name="Factor">By how much the rounds grow and the candidates shrink, stage by stage.</param>
internal sealed record RacingRule(int Candidates, int Rounds, int Factor);
