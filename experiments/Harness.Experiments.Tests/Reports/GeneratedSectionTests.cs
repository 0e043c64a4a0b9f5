using Harness.Experiments.Commands;
using Harness.Experiments.Reports;

namespace Harness.Experiments.Tests.Reports;

public sealed class GeneratedSectionTests
{
    private const string Document = "before\n<!-- begin: ./harness knobs --markdown README.md -->\nold\n<!-- end -->\nafter\n";

    [Fact]
    public void OnlyTheSectionIsReplaced() => Assert.Equal(
        Document.Replace("old", "| new |", StringComparison.Ordinal),
        GeneratedSection.Replace(Document, "README.md", "./harness knobs", "| new |\n"));

    [Fact]
    public void AMissingSectionIsAMistake() =>
        Assert.Throws<HarnessException>(() => GeneratedSection.Replace(Document, "README.md", "./harness compare v8-example", ""));

    [Fact]
    public void TheKnobsInTheReadmeAreThoseOfTheRegistry()
    {
        var readme = File.ReadAllText(Path.Combine(ProjectLayout.Root, "README.md"));
        var current = GeneratedSection.Replace(readme, "README.md", "./harness knobs", KnobsCommand.ToMarkdown());
        Assert.True(readme == current, "the knobs have changed; run ./harness knobs --markdown README.md");
    }
}
