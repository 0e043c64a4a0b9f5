using System.Text.RegularExpressions;

namespace Harness.Experiments.Fuzzing.Mutation;

/// <summary>
/// The modules on which this engine and V8 may differ: those that one of them refuses for a reason in <c>experiments/fuzz/known-differences.yaml</c>.
/// </summary>
internal sealed class KnownDifferences
{
    private readonly List<(string Side, Regex Message, string Reason)> _differences;

    private KnownDifferences(IEnumerable<Row> rows, string path) => _differences = [.. rows.Select(row => Read(row, path))];

    /// <summary>Where they are listed.</summary>
    public static string DefaultPath => Path.Combine(ProjectLayout.Root, "experiments", "fuzz", "known-differences.yaml");

    /// <summary>Reads a list.</summary>
    /// <exception cref="HarnessException">It cannot be read or is malformed.</exception>
    public static KnownDifferences Read(string path) => new(YamlFile.Read<List<Row>>(path, "list of differences"), path);

    /// <summary>Why one engine may refuse a module that the other one takes.</summary>
    /// <param name="side">Who refuses: <c>ours</c> or <c>v8</c>.</param>
    /// <param name="message">What it says.</param>
    /// <returns>The reason; null if there is none.</returns>
    public string? ReasonFor(string side, string message) =>
        _differences.Find(difference => difference.Side == side && difference.Message.IsMatch(message)).Reason;

    private static (string Side, Regex Message, string Reason) Read(Row row, string path)
    {
        if (row.Side is not ("ours" or "v8"))
        {
            throw new HarnessException($"list of differences {path}: a side is 'ours' or 'v8', not '{row.Side}'");
        }

        if (string.IsNullOrWhiteSpace(row.Reason) || string.IsNullOrWhiteSpace(row.Message))
        {
            throw new HarnessException($"list of differences {path}: each difference has a side, a message and a reason");
        }

        try
        {
            return (row.Side, new Regex(row.Message, RegexOptions.CultureInvariant), row.Reason);
        }
        catch (ArgumentException exception)
        {
            throw new HarnessException($"list of differences {path}: '{row.Message}' is no regular expression: {exception.Message}", exception);
        }
    }

    /// <summary>A difference as the file has it.</summary>
    internal sealed class Row
    {
        /// <summary>Who refuses.</summary>
        public string Side { get; set; } = "";

        /// <summary>A regular expression for what it says.</summary>
        public string Message { get; set; } = "";

        /// <summary>Why that is right.</summary>
        public string Reason { get; set; } = "";
    }
}
