namespace Harness.Experiments.Conformance;

/// <summary>
/// Tests of others that are expected to fail, each with the reason. A file has lines <c>file | test | reason</c>; a <c>*</c> at the end of the test's name
/// stands for any rest of it, lines that begin with <c>#</c> are comments.
/// </summary>
internal sealed class ExpectedFailures
{
    private const string Separator = " | ";

    private readonly ILookup<string, Entry> _entries;

    private ExpectedFailures(IEnumerable<Entry> entries) => _entries = entries.ToLookup(entry => entry.File);

    /// <summary>The file for the tests of the JavaScript API.</summary>
    public static string DefaultPath => Path.Combine(ProjectLayout.Root, "experiments", "js-api-failures.txt");

    /// <summary>Reads a file.</summary>
    /// <exception cref="HarnessException">It is missing, or a line is wrong.</exception>
    public static ExpectedFailures Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new HarnessException($"there is no file of expected failures {path}");
        }

        var lines = File.ReadAllLines(path);
        return new ExpectedFailures([.. Enumerable.Range(0, lines.Length).Where(i => lines[i].Length > 0 && lines[i][0] != '#').Select(i => Parse(lines[i], path, i + 1))]);
    }

    /// <summary>Why a test is expected to fail; null if it is not.</summary>
    public string? ReasonFor(string file, string test) => _entries[file].FirstOrDefault(entry => entry.Matches(test))?.Reason;

    private static Entry Parse(string line, string path, int number)
    {
        var first = line.IndexOf(Separator, StringComparison.Ordinal);
        var last = line.LastIndexOf(Separator, StringComparison.Ordinal);
        return first > 0 && last > first && last + Separator.Length < line.Length
            ? new Entry(line[..first], line[(first + Separator.Length)..last], line[(last + Separator.Length)..])
            : throw new HarnessException($"{path}:{number}: not 'file{Separator}test{Separator}reason'");
    }

    private sealed record Entry(string File, string Test, string Reason)
    {
        public bool Matches(string test) => Test.EndsWith('*') ? test.StartsWith(Test[..^1], StringComparison.Ordinal) : test == Test;
    }
}
