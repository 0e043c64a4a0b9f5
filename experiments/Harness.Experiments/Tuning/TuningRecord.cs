namespace Harness.Experiments.Tuning;

/// <summary>
/// What a run decided, as its rows tell: which candidates each round had, and so which of them went on, came to the end and won. A report that goes by it is about the run that was made, also where another version of
/// the harness would have searched or chosen otherwise.
/// </summary>
internal sealed class TuningRecord
{
    private readonly Dictionary<(string Phase, int Round), List<string>> _candidates;

    /// <summary>Takes the rows of a run.</summary>
    public TuningRecord(IEnumerable<Evaluation> rows) => _candidates = rows.GroupBy(row => (row.Phase, row.Round))
        .ToDictionary(round => round.Key, round => round.Select(row => row.Configuration).Where(name => name != TuningRun.Baseline).Distinct().ToList());

    /// <summary>Whether anything was measured in a round.</summary>
    public bool Has(string phase, int round) => _candidates.ContainsKey((phase, round));

    /// <summary>The configurations that a round has rows of beside the baseline, in the order of the rows; none where there is no such round.</summary>
    public IReadOnlyList<string> Candidates(string phase, int round) => _candidates.GetValueOrDefault((phase, round)) ?? [];
}
