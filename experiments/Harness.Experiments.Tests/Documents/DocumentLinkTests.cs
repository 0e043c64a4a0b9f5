namespace Harness.Experiments.Tests.Documents;

/// <summary>Every link of a document leads to a file or folder that there is, and to a heading that the document there has. So what is moved or renamed is so in the links, too.</summary>
public sealed class DocumentLinkTests
{
    [Fact]
    public void EveryLinkLeadsSomewhere()
    {
        var links = DocumentLink.FindAll().ToList();
        Assert.NotEmpty(links);
        var broken = links
            .Select(link => (Link: link, Problem: link.FindProblem(ProjectLayout.Root)))
            .Where(pair => pair.Problem is not null)
            .Select(pair => $"{pair.Link}: {pair.Problem}")
            .ToList();
        Assert.True(broken.Count == 0, $"links of documents that lead nowhere:\n{string.Join('\n', broken)}");
    }

    [Theory]
    [InlineData("a [b](c.md), [d\ne](#f)\n![g](h/i.png)\n", "1: c.md", "2: #f", "3: h/i.png")]
    [InlineData("[`a`](b)\n```\n[c](d)\n```\n`[e](f)` [g](h \"i\")\n", "1: b", "5: h")]
    [InlineData("[a](https://example.org/b) [c](mailto:d@example.org)\n", "")]
    public void LinksAreFoundInDocuments(string text, params string[] expected)
    {
        var found = DocumentLink.Find("x.md", text).Select(link => $"{link.Line}: {link.Target}").ToList();
        Assert.Equal(expected.Where(line => line.Length > 0), found);
    }

    [Theory]
    [InlineData("# A heading\n", "a-heading")]
    [InlineData("## V8's example: why?\n", "v8s-example-why")]
    [InlineData("## C# and `evaluations.csv`\n", "c-and-evaluationscsv")]
    [InlineData("### [A name](b.md), c_d – e-f ###\n", "a-name-c_d--e-f")]
    [InlineData("## Sums\n## Sums\n# Sums\n", "sums", "sums-1", "sums-2")]
    [InlineData("```\n# none\n```\n#none\n##  Some\n", "some")]
    public void AnchorsAreThoseThatGitHubMakes(string text, params string[] expected) => Assert.Equal(expected, DocumentLink.AnchorsOf(text));

    [Theory]
    [InlineData("b.md", null)]
    [InlineData("folder", null)]
    [InlineData("folder/with%20space.md#there", null)]
    [InlineData("#here", null)]
    [InlineData("..", "it leaves the project")]
    [InlineData("/a.md", "it leaves the project")]
    [InlineData("c.md", "there is nothing of this name")]
    [InlineData("B.md", "there is nothing of this name")]
    [InlineData("#there", "there is no such heading")]
    [InlineData("b.md#Here", "there is no such heading")]
    [InlineData("data.csv#here", "there is no such heading")]
    public void WhatALinkLacksIsTold(string target, string? problem)
    {
        using var folder = new TemporaryFolder();
        var document = folder.Write("a.md", "# Here\n");
        folder.Write("b.md", "# Here\n");
        folder.Write("data.csv", "# here\n");
        folder.Write("folder/with space.md", "# There\n");
        Assert.Equal(problem, new DocumentLink(document, 1, target).FindProblem(folder.Path));
    }
}
