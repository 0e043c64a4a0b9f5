using System.Text.RegularExpressions;
using Harness.Experiments.Reports;
using Harness.Experiments.Results;

namespace Harness.Experiments.Tests.Documents;

/// <summary>What the documents say of results that were measured under the older rule of warm-up is what the rows say, whatever formats come.</summary>
public sealed partial class WarmUpRuleNoteTests
{
    private static readonly IReadOnlyList<ResultsFolder> Folders =
        [.. Directory.EnumerateDirectories(ProjectLayout.Results).Order(StringComparer.Ordinal).Select(path => new ResultsFolder(path)).Where(folder => File.Exists(folder.Results))];

    [Fact]
    public void EverySummarySaysItWhereItConcernsAnEngine()
    {
        Assert.NotEmpty(Folders);
        Assert.All(Folders, folder => Assert.Equal(
            (folder.Path, Cautions.OfRule(MeasurementFile.Read(folder.Results)).Any()),
            (folder.Path, File.ReadAllText(folder.Summary).Contains("may have been timed too early", StringComparison.Ordinal))));
    }

    [Fact]
    public void TheDocumentOfResultsNamesWhatItConcerns()
    {
        var text = File.ReadAllText(Path.Combine(ProjectLayout.Root, "RESULTS.md")).ReplaceLineEndings(" ");
        var note = Note().Match(text);
        Assert.True(note.Success, "RESULTS.md has no sentence on the older rule of warm-up");
        var (newer, concerned) = (Names(note.Groups["newer"].Value), Names(note.Groups["concerned"].Value));
        foreach (var folder in Folders)
        {
            var (name, rows) = (Path.GetFileName(folder.Path), MeasurementFile.Read(folder.Results));
            Assert.Equal((name, rows.All(row => row.Format >= Measurement.GainFormat)), (name, newer.Contains(name)));

            // A section of its own says it of comparisons with oneself.
            if (!name.StartsWith("agreement-aa", StringComparison.Ordinal))
            {
                Assert.Equal((name, Cautions.OfRule(rows).Any()), (name, concerned.Contains(name)));
            }
        }
    }

    private static HashSet<string> Names(string text) => [.. Name().Matches(text).Select(match => match.Groups[1].Value)];

    [GeneratedRegex("All but (?<newer>[^.]*?) were measured under an older rule of warm-up, .*?: that concerns (?<concerned>.*?) \\(")]
    private static partial Regex Note();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
