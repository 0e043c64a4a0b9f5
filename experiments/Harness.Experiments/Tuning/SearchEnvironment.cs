using Harness.Experiments.Statistics;

namespace Harness.Experiments.Tuning;

/// <summary>
/// What the rows of a search tell of the machine meanwhile, in the sentences that are said of sweeps, and in which phases it was disturbed: in the phase that searches noise makes it chase luck, in
/// those that judge it widens intervals.
/// </summary>
/// <param name="Warnings">What touched the figures; empty where nothing did, or where the rows do not tell.</param>
/// <param name="Unknown">That rows do not tell, as those of older versions of the harness; null where all do.</param>
internal sealed record SearchEnvironment(IReadOnlyList<string> Warnings, string? Unknown)
{
    /// <summary>Of a search that nobody has looked at.</summary>
    public static SearchEnvironment None { get; } = new([], null);

    /// <summary>The warnings, and what is not known.</summary>
    public IReadOnlyList<string> Sentences => [.. Warnings, .. Unknown is { } unknown ? [unknown] : Array.Empty<string>()];

    /// <summary>Judges the rows of a search.</summary>
    /// <param name="rows">All of them: a selection would tell less of how fast the machine is where it is quiet.</param>
    public static SearchEnvironment Of(IReadOnlyList<Evaluation> rows) =>
        new([.. Disturbances.DescribeAll(rows), .. DescribePhases(rows) is { } phases ? [phases] : Array.Empty<string>()], DescribeUnknown(rows));

    /// <summary>How many processes of each phase others disturbed; null where that were none, or where there is one phase, of which the sentence about all of them speaks.</summary>
    private static string? DescribePhases(IReadOnlyList<Evaluation> rows)
    {
        var phases = Disturbances.ProcessesOf(rows).GroupBy(row => row.Process.Part)
            .Select(phase => (Name: phase.Key, Count: phase.Count(), Disturbed: phase.Count(row => row.Interference.IsDisturbance)))
            .ToList();
        return phases.Count < 2 || phases.TrueForAll(phase => phase.Disturbed == 0)
            ? null
            : $"Disturbed processes by phase: {string.Join(", ", phases.Select(phase => $"{phase.Name} {phase.Disturbed} of {phase.Count}"))}.";
    }

    private static string? DescribeUnknown(IReadOnlyList<Evaluation> rows)
    {
        var unknown = rows.Count(row => !row.Interference.IsKnown);
        return unknown == 0 ? null : $"What else the machine did is not known of {unknown} of {rows.Count} rows, which an older version of the harness measured.";
    }
}
