namespace Harness.Experiments.Results;

/// <summary>Reads <c>results.csv</c> and refuses what no sweep writes: numbers that are none, repetitions that are there twice.</summary>
internal static class MeasurementFile
{
    /// <summary>Reads and checks the rows.</summary>
    /// <exception cref="HarnessException">The file cannot be read or has been changed; the message says which line.</exception>
    public static IReadOnlyList<Measurement> Read(string path)
    {
        var rows = DurableCsv<Measurement>.Read(path);
        Check(rows, path);
        return rows;
    }

    /// <summary>Checks rows.</summary>
    public static void Check(IReadOnlyList<Measurement> rows, string path)
    {
        var lines = new Dictionary<RepetitionKey, int>(rows.Count);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];

            // The first line names the columns.
            var line = i + 2;
            if (!(row.ExecuteMs > 0 && double.IsFinite(row.ExecuteMs)))
            {
                throw Damaged(path, line, FormattableString.Invariant($"execute_ms is {row.ExecuteMs}, not a time above 0"));
            }

            if (row.Repetition < 1)
            {
                throw Damaged(path, line, $"repetition is {row.Repetition}; they are counted from 1");
            }

            if (!lines.TryAdd(row.Key, line))
            {
                throw Damaged(path, line, $"this is the same repetition as line {lines[row.Key]}; each counts once");
            }
        }
    }

    private static HarnessException Damaged(string path, int line, string what) =>
        new($"{path}:{line} was changed after it was measured: {what}; restore the file, or delete the line to measure it again");
}
