using Harness.Experiments.Commands;
using Harness.Experiments.Reports;

namespace Harness.Experiments.Tests.Reports;

public sealed class GeneratedSectionTests
{
    private const string Document = "before\n<!-- begin: ./harness knobs --markdown KNOBS.md -->\nold\n<!-- end -->\nafter\n";

    [Fact]
    public void OnlyTheSectionIsReplaced() => Assert.Equal(
        Document.Replace("old", "| new |", StringComparison.Ordinal),
        GeneratedSection.Replace(Document, "KNOBS.md", "./harness knobs", "| new |\n"));

    [Fact]
    public void AMissingSectionIsAMistake() =>
        Assert.Throws<HarnessException>(() => GeneratedSection.Replace(Document, "KNOBS.md", "./harness compare v8-example", ""));

    [Fact]
    public void TheOldDocumentStaysUntilTheNewOneIsComplete()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("KNOBS.md", Document);
        using var old = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(old);
        GeneratedSection.Write(path, "./harness knobs", "| new |\n");
        Assert.Equal(Document, reader.ReadToEnd());
        Assert.Equal(Document.Replace("old", "| new |", StringComparison.Ordinal), File.ReadAllText(path));
        Assert.Equal(path, Assert.Single(Directory.GetFiles(folder.Path)));
    }

    [Fact]
    public void TheKnobsOfTheDocumentAreThoseOfTheRegistry()
    {
        var document = File.ReadAllText(Path.Combine(ProjectLayout.Root, "KNOBS.md"));
        var current = GeneratedSection.Replace(document, "KNOBS.md", "./harness knobs", KnobsCommand.ToMarkdown());
        Assert.True(document == current, "the knobs have changed; run ./harness knobs --markdown KNOBS.md");
    }
}
