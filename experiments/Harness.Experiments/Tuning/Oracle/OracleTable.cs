using Harness.Experiments.Reports.Tables;
using Harness.Experiments.Statistics;

namespace Harness.Experiments.Tuning.Oracle;

/// <summary>How much of what an oracle gains each policy gets.</summary>
internal sealed class OracleTable
{
    private const string ConfirmPhase = "confirm";

    private readonly Dictionary<string, Sample> _times = [];
    private readonly Dictionary<string, Sample> _sizes = [];
    private readonly Dictionary<string, List<string>> _failures = [];
    private readonly string _without;

    /// <summary>Reads the rounds in which all policies were compared.</summary>
    /// <param name="rows">Rows of a search of decisions.</param>
    /// <param name="without">Name of the configuration that inlines nothing.</param>
    /// <exception cref="HarnessException">There are no such rounds yet.</exception>
    public OracleTable(IReadOnlyList<Evaluation> rows, string without)
    {
        _without = without;
        Environment = SearchEnvironment.Of(rows);
        Rounds = rows.Where(row => row.Phase == ConfirmPhase).Select(row => row.Round).Distinct().Count();
        foreach (var configuration in rows.Where(row => row.Phase == ConfirmPhase).GroupBy(row => row.Configuration))
        {
            // Times are of rounds in which all workloads went well; what failed in others is told.
            var all = configuration.GroupBy(row => row.Round).ToList();
            var well = all.Where(round => round.All(row => row.IsOk)).ToList();
            _failures[configuration.Key] = [.. all.Select(round => round.FirstOrDefault(row => !row.IsOk)?.Status).OfType<string>()];
            _times[configuration.Key] = new Sample(well.Select(round => (round.Key, Math.Exp(round.Average(row => Math.Log(row.ExecuteMs))))));
            _sizes[configuration.Key] = new Sample(well.Where(round => round.All(row => row.OptimizedBytes > 0)).Select(round => (round.Key, (double)round.First().OptimizedBytes)));
        }

        if (!_times.ContainsKey(without) || !_times.ContainsKey(OracleSearch.FoundName))
        {
            throw new HarnessException("the search has not compared what it found with all policies yet; go on with the same 'harness oracle' command");
        }
    }

    /// <summary>Fresh rounds that there are.</summary>
    public int Rounds { get; }

    /// <summary>What the rows of the whole search tell of the machine meanwhile.</summary>
    public SearchEnvironment Environment { get; }

    /// <summary>The policies, the fastest first, those that failed after all others, and the oracle last.</summary>
    public IEnumerable<string> Policies => _times.Keys.Where(name => name != _without && name != OracleSearch.FoundName)
        .OrderBy(name => _failures[name].Count > 0).ThenBy(name => TimeOf(name).Value).Append(OracleSearch.FoundName);

    /// <summary>Fresh rounds in which a configuration failed.</summary>
    public int FailuresOf(string configuration) => _failures[configuration].Count;

    /// <summary>The configurations that failed in any fresh round.</summary>
    private IEnumerable<string> Failed => _failures.Keys.Where(name => FailuresOf(name) > 0).Order(StringComparer.Ordinal);

    /// <summary>Whether what shares are made of is there: neither the oracle nor the program without inlining failed.</summary>
    private bool IsComparable => FailuresOf(OracleSearch.FoundName) + FailuresOf(_without) == 0;

    /// <summary>Time in relation to that without inlining.</summary>
    public Estimate TimeOf(string policy) => MedianInterval.Of(_times[policy].DividedBy(_times[_without]));

    /// <summary>
    /// What a policy saves of the time without inlining, as a share of what the oracle saves, round by round; null where the oracle's own gain is not clear of noise, and where the policy, the oracle or what both are
    /// compared with failed in any round: what the rounds that went well say is not what using it would be. A policy that makes the program slower has a share below 0.
    /// </summary>
    public Estimate? ShareOf(string policy)
    {
        if (!IsComparable || FailuresOf(policy) > 0)
        {
            return null;
        }

        var oracle = TimeOf(OracleSearch.FoundName);
        if (!(oracle.HasInterval ? oracle.High < 1 : oracle.Value < 1))
        {
            return null;
        }

        var saved = _times[_without].Minus(_times[policy]).DividedBy(_times[_without].Minus(_times[OracleSearch.FoundName]));
        return saved.Count == 0 ? null : MedianInterval.Of(saved);
    }

    /// <summary>Code in relation to that without inlining; not a number where either is not known.</summary>
    public double CodeOf(string policy) => _sizes[policy].DividedBy(_sizes[_without]) is { Count: > 0 } ratio ? ratio.Median : double.NaN;

    /// <summary>The table of one program.</summary>
    public ResultTable Create()
    {
        var table = new ResultTable([new("policy"), new("time", "0.000"), new("low", "0.000"), new("high", "0.000"), new("share_of_gain", "0.00"), new("share_low", "0.00"), new("share_high", "0.00"), new("code", "0.00"), new("failed", "0")]);
        foreach (var policy in Policies)
        {
            var (time, share) = (TimeOf(policy), ShareOf(policy));
            table.Add(policy, time.Value, time.Low, time.High, share?.Value, share?.Low, share?.High, CodeOf(policy), FailuresOf(policy));
        }

        table.AddNote($"time and code in relation to no inlining; share_of_gain: what a policy saves of that time, as a share of what the decisions found by measurement save. {Rounds} fresh rounds.");
        foreach (var name in Failed)
        {
            table.AddNote($"{name} failed in {FailuresOf(name)} of the fresh rounds ({string.Join(", ", _failures[name].Distinct())}) and has no share; its time is that of the others.");
        }

        if (!IsComparable)
        {
            table.AddNote("What shares are of failed: nobody has one.");
        }
        else if (ShareOf(OracleSearch.FoundName) is null)
        {
            table.AddNote("Inlining gains nothing here that is clear of noise, whoever decides.");
        }

        foreach (var sentence in Environment.Sentences)
        {
            table.AddNote(sentence);
        }

        return table;
    }

    /// <summary>The shares of several programs beside each other.</summary>
    public static ResultTable Compare(IReadOnlyList<(string Program, OracleTable Table)> programs)
    {
        var table = new ResultTable([new("policy"), .. programs.Select(program => new TableColumn(program.Program, "0.00")), new("mean", "0.00")]);
        var rows = programs.SelectMany(program => program.Table.Policies).Distinct().Select(policy =>
        {
            var shares = programs.Select(program => program.Table._times.ContainsKey(policy) ? program.Table.ShareOf(policy)?.Value : null).ToList();
            return (Policy: policy, Shares: shares, Mean: shares.OfType<double>().DefaultIfEmpty(double.NaN).Average());
        });
        foreach (var row in rows.OrderBy(row => row.Policy == OracleSearch.FoundName).ThenByDescending(row => double.IsNaN(row.Mean) ? double.NegativeInfinity : row.Mean))
        {
            table.Add([row.Policy, .. row.Shares.Select(share => (object?)share), row.Mean]);
        }

        table.AddNote("Share of what the decisions found by measurement save of the time without inlining. Programs in which they save nothing that is clear of noise have no shares, and are in no mean.");
        foreach (var (program, one) in programs.Where(program => program.Table.Failed.Any()))
        {
            table.AddNote($"{program}: {string.Join(", ", one.Failed)} failed in fresh rounds; {(one.IsComparable ? "what failed has no share, and its mean is over the other programs" : "nobody has a share")}.");
        }

        foreach (var policy in programs.SelectMany(program => program.Table.Policies).Distinct())
        {
            List<string> lacking = [.. programs.Where(program => program.Table.ShareOf(OracleSearch.FoundName) is not null && !program.Table._times.ContainsKey(policy)).Select(program => program.Program)];
            if (lacking.Count > 0)
            {
                table.AddNote($"{policy} was not compared in {string.Join(", ", lacking)}: its mean is over the other programs.");
            }
        }

        foreach (var (program, one) in programs)
        {
            foreach (var sentence in one.Environment.Sentences)
            {
                table.AddNote($"{program}: {sentence}");
            }
        }

        return table;
    }
}
