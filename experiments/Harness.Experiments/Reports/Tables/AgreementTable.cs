using Harness.Experiments.Statistics;

namespace Harness.Experiments.Reports.Tables;

/// <summary>What comes out when a configuration is measured against itself.</summary>
internal static class AgreementTable
{
    /// <summary>The table of what is to be judged: what was found, and what is expected.</summary>
    public static ResultTable Create(Agreement agreement)
    {
        var table = new ResultTable([new("quantity"), new("n", "0"), new("found", "0.0000"), new("low", "0.0000"), new("high", "0.0000"), new("expected")]);
        Add("intervals that hold 1", agreement.Pairs.Count, agreement.Coverage, "0.95");
        Add("tests that find a difference, uncorrected", agreement.Pairs.Count, agreement.FalsePositives, "at most 0.05");
        table.Add("tests that find a difference, corrected", agreement.Pairs.Count, (double)agreement.CorrectedFalsePositives / agreement.Pairs.Count, null, null, "none in 95 of 100 sweeps");
        if (agreement.Means.Count > 0)
        {
            var covered = agreement.Means.Count(mean => mean.Low <= 1 && 1 <= mean.High);
            table.Add("intervals of geometric means that hold 1", agreement.Means.Count, (double)covered / agreement.Means.Count, null, null, "0.95");
        }

        table.AddNote("Pairs of the same knobs, compared as if they were different configurations; low and high: 95% interval of the share (Clopper and Pearson 1934), as far as pairs do not depend on each other.");
        table.AddNote(Judge(agreement));
        if (!agreement.CanFindCorrected)
        {
            table.AddNote($"After {agreement.Rounds} rounds no test of {agreement.Pairs.Count} can find a difference once it is corrected: that none did says nothing. More rounds would.");
        }

        foreach (var pair in agreement.Pairs.Where(pair => !pair.IsCovered).Take(20))
        {
            table.AddNote(FormattableString.Invariant($"Does not hold 1: {pair.A.Workload}, {pair.A.Configuration} and {pair.B}, {pair.A.Engine}: {pair.Ratio.Value:0.000} ({pair.Ratio.Low:0.000}–{pair.Ratio.High:0.000}), p = {MarkdownTable.Probability(pair.PValue, "0.0000")}."));
        }

        return table;

        void Add(string quantity, int count, Estimate share, string expected) => table.Add(quantity, count, share.Value, share.Low, share.High, expected);
    }

    private static string Judge(Agreement agreement) => agreement.Coverage switch
    {
        { Low: > MedianInterval.Confidence } => "The intervals are wider than they say.",
        { High: < MedianInterval.Confidence } => "The intervals are narrower than they say: on this machine, differences that they show may be none.",
        _ => "The intervals hold what they say, as far as so many pairs can tell.",
    };
}
