using Harness.Dart;

namespace Harness.Experiments.Conformance;

/// <summary>A folder of Dart's conformance suite, or a part of it: which of its files are tests, and what comes of them.</summary>
internal sealed class ConformanceSuite
{
    /// <summary>The longest that a test may run unless something else is said, in seconds.</summary>
    public const int DefaultTimeout = 10;

    private const string Pattern = "*_t*.dart";

    private readonly string _root;
    private readonly TimeSpan _timeout;
    private readonly List<Entry> _entries = [];

    /// <summary>Looks for the tests of a folder: files <c>*_t*.dart</c> with a function <c>main</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="filter">A text that the files' paths have.</param>
    /// <param name="every">Takes only each so many-th test of a directory.</param>
    /// <param name="from">The number of the first test taken of a directory, from 1 on.</param>
    /// <param name="timeout">The longest that a test may run, in seconds, from 1 to 1,000,000; V8 and the compiler get more (<see cref="DartTest"/>).</param>
    /// <exception cref="HarnessException">The folder is not there, or has no such test.</exception>
    public ConformanceSuite(string folder, string filter = "", int every = 1, int from = 1, int timeout = DefaultTimeout)
    {
        if (!Directory.Exists(folder))
        {
            throw new HarnessException($"there is no folder '{folder}'");
        }

        _root = folder;
        _timeout = TimeSpan.FromSeconds(timeout);
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder, Pattern, SearchOption.AllDirectories).Where(file => file.Contains(filter, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            if (!File.ReadAllText(file).Contains("main(", StringComparison.Ordinal))
            {
                continue;
            }

            var directory = DirectoryOf(file);
            var number = seen[directory] = seen.GetValueOrDefault(directory) + 1;
            if (number >= from && (number - from) % every == 0)
            {
                _entries.Add(new Entry(file, directory));
            }
        }

        if (_entries.Count == 0)
        {
            throw new HarnessException($"'{folder}' has no tests ({Pattern}){(seen.Count > 0 ? $" from number {from} on" : filter.Length > 0 ? $" whose path has '{filter}'" : "")}");
        }
    }

    /// <summary>Compiles and runs the tests, several at a time.</summary>
    /// <param name="lowering">The compiler's choices.</param>
    /// <param name="node">Path of Node, to run each test on V8 too; null for this engine alone.</param>
    /// <param name="jobs">Tests to run at a time.</param>
    /// <param name="report">Is told what comes of each, as soon as it is known, one call at a time.</param>
    /// <exception cref="HarnessException">A tool that the compilation needs could not be run.</exception>
    public void Run(DartOptions lowering, string? node, int jobs, Action<ConformanceResult> report)
    {
        var reporting = new Lock();
        try
        {
            Parallel.ForEach(_entries, new ParallelOptions { MaxDegreeOfParallelism = jobs }, entry =>
            {
                var result = Run(entry, lowering, node);
                lock (reporting)
                {
                    report(result);
                }
            });
        }
        catch (AggregateException failures) when (failures.Flatten().InnerExceptions.OfType<HarnessException>().FirstOrDefault() is { } failure)
        {
            throw new HarnessException(failure.Message, failure);
        }
    }

    private ConformanceResult Run(Entry entry, DartOptions lowering, string? node)
    {
        var test = new DartTest(entry.File, _timeout);
        var mustBeRefused = test.MustBeRefused();
        var (outcome, reason) = test.Run(lowering, mustBeRefused ? null : node);
        return new ConformanceResult(Path.GetRelativePath(_root, entry.File), entry.Directory, mustBeRefused, outcome, reason);
    }

    private string DirectoryOf(string file)
    {
        var relative = Path.GetRelativePath(_root, file);
        var end = relative.IndexOf(Path.DirectorySeparatorChar, StringComparison.Ordinal);
        return end < 0 ? "." : relative[..end];
    }

    private readonly record struct Entry(string File, string Directory);
}
