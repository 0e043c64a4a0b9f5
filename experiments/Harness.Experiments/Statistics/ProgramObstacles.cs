using System.Text.RegularExpressions;
using Harness.Experiments.Engines;
using Harness.Experiments.Results;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Statistics;

/// <summary>Why workloads of a sweep have no rows: a program that is absent, an engine that cannot run it, a failure.</summary>
/// <param name="configuration">Name of the configuration that is looked at.</param>
/// <param name="engines">Names of the engines.</param>
/// <param name="provenance">Has the gaps; null where it is lost.</param>
/// <param name="failures">What failed, in the order in which it did.</param>
internal sealed partial class ProgramObstacles(string configuration, IReadOnlyList<string> engines, Provenance? provenance, IReadOnlyList<Failure> failures)
{
    private const string Absent = "absent";

    /// <summary>Why there are no rows of a workload, in one line; empty where there are.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="rows">How many rows an engine has.</param>
    public string Describe(Workload workload, Func<string, int> rows)
    {
        var missing = engines.Where(engine => rows(engine) == 0).ToList();
        if (missing.Count == 0)
        {
            return "";
        }

        if (missing.Count == engines.Count && failures.LastOrDefault(failure => failure.Workload == workload.Program && failure.Status == Absent) is { } absence)
        {
            return $"absent: {WithoutFolders(absence.Message)}";
        }

        return string.Join("; ", missing.Select(engine => $"{EngineCatalog.TitleOf(engine)}: {WithoutFolders(Reason(engine, workload.Program))}"));
    }

    private string Reason(string engine, string program)
    {
        var run = new ProgramRun(engine, configuration, program, Repetition: 1);
        if (provenance?.Gaps?.FirstOrDefault(gap => gap.Covers(run)) is { } gap)
        {
            return "it " + gap.Reason;
        }

        return failures.LastOrDefault(failure => failure.Workload == program && failure.Engine == engine && failure.Configuration == configuration) is { } failed
            ? $"{failed.Status}: {failed.Message}"
            : "not measured";
    }

    /// <summary>Where a file lies on the machine that measured says nothing to anybody else.</summary>
    private static string WithoutFolders(string message) => Folders().Replace(message, "");

    [GeneratedRegex(@"(?<![\w.])/(?:[^/\s']+/)+")]
    private static partial Regex Folders();
}
