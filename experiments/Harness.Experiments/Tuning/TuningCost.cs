using Harness.Experiments.Engines;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tuning;

/// <summary>What a search costs, as far as that is known before it.</summary>
/// <param name="specification">What is searched.</param>
/// <param name="seconds">How long a process takes, in seconds, of each program that was measured on the engine before.</param>
internal sealed class TuningCost(TuningSpecification specification, IReadOnlyDictionary<string, double> seconds)
{
    private readonly List<string> _train = ProgramsOf(specification.MeasuredIn(TuningRun.Search));
    private readonly List<string> _finalists = ProgramsOf(specification.MeasuredIn(TuningRun.Validation));
    private readonly List<string> _searched = ProgramsOf(specification.MeasuredIn(TuningRun.Confirmation));
    private readonly List<string> _heldOut = ProgramsOf(specification.MeasuredIn(TuningRun.HeldOut));

    /// <summary>Processes that judge, at most: the finalists beside the default, then the winner beside it on all programs.</summary>
    public int JudgementProcesses => specification.ConfirmRounds * (((specification.Finalists + 1) * _finalists.Count) + (2 * (_searched.Count + _heldOut.Count)));

    /// <summary>How long the search takes; null where it ends by a number of processes and none of the programs was measured before.</summary>
    public TimeSpan? Search
    {
        get
        {
            if (specification.Processes == int.MaxValue)
            {
                return TimeSpan.FromMinutes(specification.Minutes);
            }

            return SecondsOf(_train) is { } round ? TimeSpan.FromSeconds(Math.Min(specification.Processes * round / _train.Count, specification.Minutes * 60)) : null;
        }
    }

    /// <summary>How long the judgement takes at most; null where none of the programs was measured before.</summary>
    public TimeSpan? Judgement => SecondsOf(_finalists) is { } choice && SecondsOf(_searched) is { } confirmation && SecondsOf(_heldOut) is { } last
        ? TimeSpan.FromSeconds(specification.ConfirmRounds * (((specification.Finalists + 1) * choice) + (2 * (confirmation + last))))
        : null;

    /// <summary>How long it takes, in a line.</summary>
    public string Describe()
    {
        var title = EngineCatalog.TitleOf(specification.Engine);
        var known = specification.Programs.Keys.Count(seconds.ContainsKey);
        return (Search, Judgement) switch
        {
            ({ } search, { } judgement) => $"about {SweepEstimate.Words(search)} for the search and at most {SweepEstimate.Words(judgement)} for the judgement, by earlier processes of {known} of {specification.Programs.Count} programs on {title}",
            ({ } search, null) => $"about {SweepEstimate.Words(search)} for the search; how long the judgement takes is not known: none of the programs was measured on {title} before",
            _ => $"how long it takes is not known: none of the programs was measured on {title} before",
        };
    }

    /// <summary>How long a round of some programs takes under one configuration, those that are not known like the average of the others; null where none is.</summary>
    private double? SecondsOf(List<string> programs)
    {
        List<double> known = [.. specification.Programs.Keys.Where(seconds.ContainsKey).Select(program => seconds[program])];
        return known.Count == 0 ? null : programs.Sum(program => seconds.TryGetValue(program, out var own) ? own : known.Average());
    }

    private static List<string> ProgramsOf(IEnumerable<Workload> workloads) => [.. workloads.Select(workload => workload.Program).Distinct()];
}
