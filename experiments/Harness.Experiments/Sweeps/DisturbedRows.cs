using Harness.Experiments.Results;

namespace Harness.Experiments.Sweeps;

/// <summary>
/// Takes out of results what was measured while others used the machine, so that the sweep measures it again. Which rows these are is told by what others did, never by the times:
/// leaving out what was slow would make every result better than it is.
/// </summary>
internal static class DisturbedRows
{
    /// <summary>Moves the rows of all disturbed processes to <c>disturbed.csv</c>, whole processes at a time. A kill at any moment loses none: what was moved before is not moved twice.</summary>
    /// <returns>How many processes are to be measured again.</returns>
    public static int SetAside(ResultsFolder folder)
    {
        if (!File.Exists(folder.Results))
        {
            return 0;
        }

        // Nobody else appends rows until the rest has taken the place of all: they would be lost.
        using var results = DurableCsv<Measurement>.Open(folder.Results, out var rows);
        MeasurementFile.Check(rows, folder.Results);
        var disturbed = rows.GroupBy(row => (row.Engine, row.Configuration, row.Program, row.Repetition)).Where(process => process.Any(row => row.Interference.IsDisturbance)).ToList();
        if (disturbed.Count == 0)
        {
            return 0;
        }

        using (var aside = DurableCsv<Measurement>.Open(folder.Disturbed, out var earlier))
        {
            aside.Append([.. disturbed.SelectMany(process => process).Except(earlier)]);
        }

        var moved = disturbed.SelectMany(process => process).Select(row => row.Key).ToHashSet();
        var rest = folder.Results + WholeFile.TemporarySuffix;
        File.Delete(rest);
        using (var kept = DurableCsv<Measurement>.Open(rest, out _))
        {
            kept.Append([.. rows.Where(row => !moved.Contains(row.Key))]);
        }

        File.Move(rest, folder.Results, overwrite: true);
        if (Provenance.Read(folder.Provenance) is { } provenance)
        {
            (provenance with { MeasuredAgain = (provenance.MeasuredAgain ?? 0) + disturbed.Count, FinishedUtc = null }).Write(folder.Provenance);
        }

        return disturbed.Count;
    }
}
