using System.Globalization;
using Harness.Experiments.Sweeps;
using MathNet.Numerics.Statistics;

namespace Harness.Experiments.Tuning.Oracle;

/// <summary>What a search of decisions costs, as far as that is known before it.</summary>
/// <param name="rules">How it goes about it.</param>
/// <param name="starts">Policies that it starts from and compares with.</param>
/// <param name="earlier">How long processes of the program took before, in seconds; empty where none was measured.</param>
internal sealed class OracleCost(OracleRules rules, int starts, IReadOnlyList<double> earlier)
{
    /// <summary>Configurations that are compared in the end: the starts, no inlining, and what was found.</summary>
    public int Configurations => starts + 2;

    /// <summary>Processes of the fresh rounds at the end.</summary>
    public int Judgement => rules.Rounds * Configurations;

    /// <summary>How long the processes take; null where none was measured before.</summary>
    public TimeSpan? Duration => earlier.Count == 0 ? null : TimeSpan.FromSeconds(earlier.Median() * (rules.Processes + Judgement));

    /// <summary>It in words, a line each.</summary>
    /// <param name="program">Name of the program.</param>
    public IReadOnlyList<string> Describe(string program)
    {
        var explained = $"it is run up to {OracleSearch.MostExplanations(rules, starts)} times more, to tell what is decided, where a change of a single call is tried";
        return
        [
            $"{program}: search from {starts} policies in at most {rules.Processes} processes, and up to {OracleSearch.MostBeyond} more to end a race",
            $"judgement in {Judgement} processes more ({Configurations} configurations, {rules.Rounds} fresh rounds)",
            Duration is { } time
                ? string.Create(CultureInfo.InvariantCulture, $"about {SweepEstimate.Words(time)}, by {earlier.Count} earlier processes of {earlier.Median():0.0} s; beside them {explained}")
                : $"how long is not known: no process of it was measured before; beside them {explained}",
        ];
    }
}
