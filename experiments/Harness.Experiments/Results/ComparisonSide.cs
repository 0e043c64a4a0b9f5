using System.Text.RegularExpressions;
using Harness.Experiments.Sweeps;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Results;

/// <summary>
/// One side of a comparison: the rows of a results folder, as they are or as they were in a commit, of all suites, engines and configurations or of one. In words:
/// <c>RESULTS[@COMMIT][,suite=NAME][,engine=NAME][,configuration=NAME]</c>.
/// </summary>
/// <param name="Text">What the user wrote.</param>
/// <param name="Folder">The folder.</param>
/// <param name="Suite">The suite of programs that it is restricted to; null for all.</param>
/// <param name="Engine">The engine that it is restricted to; null for all.</param>
/// <param name="Configuration">The configuration that it is restricted to; null for all.</param>
/// <param name="View">All rows of the folder.</param>
internal sealed partial record ComparisonSide(string Text, ResultsFolder Folder, string? Suite, string? Engine, string? Configuration, ResultsView View)
{
    /// <summary>The rows of this side.</summary>
    public IEnumerable<Measurement> Rows => View.Rows.Where(row =>
        (Suite is null || SuiteCatalog.SuiteOf(row.Program) == Suite) && (Engine is null || row.Engine == Engine) && (Configuration is null || row.Configuration == Configuration));

    /// <summary>Reads what a user wrote.</summary>
    /// <exception cref="HarnessException">There are no such results, suite, engine or configuration.</exception>
    public static ComparisonSide Parse(string text)
    {
        var match = Form().Match(text);
        var suite = Value(match, "suite");
        var engine = Value(match, "engine");
        var configuration = Value(match, "configuration");
        var folder = FindFolder(match.Groups["results"].Value);
        var view = ResultsView.Open(folder);
        Require(suite, "suite", view.Rows.Select(row => SuiteCatalog.SuiteOf(row.Program)).Where(name => name.Length > 0), folder);
        Require(engine, "engine", view.Rows.Select(row => row.Engine), folder);
        Require(configuration, "configuration", view.Rows.Select(row => row.Configuration), folder);
        return new ComparisonSide(text, folder, suite, engine, configuration, view);
    }

    /// <summary>What both sides must have in common, and have not: machine, versions, settings, a line each.</summary>
    public static IReadOnlyList<string> Differences(ComparisonSide a, ComparisonSide b)
    {
        if (a.Folder.Path == b.Folder.Path)
        {
            return [];
        }

        if (a.View.Provenance is not { } first || b.View.Provenance is not { } second)
        {
            return [$"{(a.View.Provenance is null ? a.Text : b.Text)} has no provenance.json: nobody knows whether both were measured alike."];
        }

        var lines = new List<string>();
        Compare("machine", $"{first.Machine.Cpu}, {first.Machine.Cores} cores", $"{second.Machine.Cpu}, {second.Machine.Cores} cores");
        Compare("kernel", first.Machine.Kernel, second.Machine.Kernel);
        foreach (var engine in first.Engines.Keys.Intersect(second.Engines.Keys))
        {
            Compare($"engine {engine}", first.Engines[engine], second.Engines[engine]);
        }

        CompareParts("modules or inputs", "workload ");
        CompareParts("arguments or scripts", SweepFingerprints.UsagePart);
        foreach (var configuration in first.Knobs.Keys.Intersect(second.Knobs.Keys))
        {
            var differing = first.Knobs[configuration].Where(knob => second.Knobs[configuration].TryGetValue(knob.Key, out var other) && other != knob.Value).Select(knob => $"{knob.Key} {knob.Value} and {second.Knobs[configuration][knob.Key]}").ToList();
            if (differing.Count > 0)
            {
                lines.Add($"Configuration '{configuration}' has other knobs: {string.Join(", ", differing)}.");
            }
        }

        return lines;

        void Compare(string what, string left, string right)
        {
            if (left != right)
            {
                lines.Add($"Other {what}: {left} and {right}.");
            }
        }

        void CompareParts(string what, string prefix)
        {
            var differing = first.Fingerprints.Keys.Intersect(second.Fingerprints.Keys).Where(part => part.StartsWith(prefix, StringComparison.Ordinal) && first.Fingerprints[part] != second.Fingerprints[part]).ToList();
            if (differing.Count > 0)
            {
                lines.Add($"Other {what}: {string.Join(", ", differing.Select(part => part[prefix.Length..]))}.");
            }
        }
    }

    /// <summary>That a column does not mean the same in all rows of both sides, since these are of formats between which it changed; null where it does.</summary>
    public static string? ChangeOfMeaning(ComparisonSide a, ComparisonSide b, string column)
    {
        var formats = a.Rows.Concat(b.Rows).Select(row => row.Format).Distinct().Order().ToList();
        return formats.Count < 2 || ResultsView.ChangesOf(column, formats[0], formats[^1]) is not { Count: > 0 } changes
            ? null
            : $"The rows are of the formats {string.Join(" and ", formats)}, and {column} is measured otherwise since format {string.Join(", ", changes)} (experiments/FORMAT.md).";
    }

    /// <summary>Finds a results folder as it is, or as it was in a commit: <c>RESULTS[@COMMIT]</c>.</summary>
    /// <exception cref="HarnessException">There are no such results.</exception>
    public static ResultsFolder FindFolder(string text)
    {
        var at = text.LastIndexOf('@');
        return at <= 0 || Directory.Exists(text) ? ResultsFolder.Find(text) : ResultsAtCommit.Open(text[..at], text[(at + 1)..]);
    }

    private static string? Value(Match match, string name) => match.Groups[name] is not { Success: true } group ? null
        : group.Captures.Count == 1 ? group.Value
        : throw new HarnessException($"'{match.Value}' names {group.Captures.Count} of {name}, and a side has one; write one of them");

    private static void Require(string? wanted, string kind, IEnumerable<string> known, ResultsFolder folder)
    {
        if (wanted is null)
        {
            return;
        }

        List<string> names = [.. known.Distinct().Order(StringComparer.Ordinal)];
        if (!names.Contains(wanted))
        {
            throw new HarnessException($"{folder.Path} has no {kind} '{wanted}'; it has {(names.Count == 0 ? "none" : string.Join(", ", names.Take(20)))}");
        }
    }

    [GeneratedRegex("^(?<results>.*?)(,suite=(?<suite>[^,]*)|,engine=(?<engine>[^,]*)|,configuration=(?<configuration>[^,]*))*$")]
    private static partial Regex Form();
}
